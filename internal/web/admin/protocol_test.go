package admin_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

const minorAt = "/edition/protocol/minor/all"

// procedure is the form of a protocol of three steps.
func procedure() url.Values {
	return url.Values{
		"version": {"0"}, "do": {"save"}, "words_en_label": {"A minor"}, "urgency": {"1"},
		"fits1.was": {"0"}, "fits1.body": {"contact.minor is yes\n\n"},
		"steps1.was": {"0"}, "steps1.id": {"hello"}, "steps1.kind": {"say"}, "steps1.words_en_label": {"Say who we are"}, "steps1.phrase": {"greeting.hello"}, "steps1.skip": {"yes"},
		"steps2.was": {"0"}, "steps2.id": {"alone"}, "steps2.kind": {"ask"}, "steps2.words_en_label": {"Is she alone?"},
		"steps2.options1.was": {"0"}, "steps2.options1.code": {"yes"}, "steps2.options1.words_en_label": {"Yes"},
		"steps2.options2.was": {"0"}, "steps2.options2.code": {"no"}, "steps2.options2.words_en_label": {"No"},
		"steps2.go1.was": {"0"}, "steps2.go1.when": {"step.alone is yes"}, "steps2.go1.to": {"end"},
		"steps3.was": {"0"}, "steps3.id": {"cover"}, "steps3.kind": {"do"}, "steps3.words_en_label": {"Talk of something else"}, "steps3.act": {"cover"},
	}
}

// A procedure of the line's is begun from the draft that came with the program, tried
// out on people who are made up, and in force only when somebody has read it.
func TestAProtocolIsEditedTriedOutAndPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.get("/editions").is(t, 200, "Written procedures", minorAt, "<bdi>A minor</bdi>")
		if names := w.editions.Names(protocol.Kind); len(names) != 0 {
			t.Fatalf("in force before anybody has published them: %v", names)
		}
		b.get(minorAt+"/edit").is(t, 200, `name="steps1.was"`, `value="safe"`, "age_group is_not minor, adult")

		b.post(minorAt+"/edit", procedure()).went(t, minorAt+"/preview")
		hotlinetest.Must(t, w.editions.Begin(t.Context(), w.First.ID, interpret.PhrasesKey("en"), `[{"code":"greeting.hello","group":"greeting","text":"Hello"}]`))
		preview := b.get(minorAt + "/preview")
		preview.is(t, 200, "Tried out on people who are made up", "Somebody comes to every step", "Is she alone?: Yes", "Made-up contact 2", "Talk of something else", "no approved phrase for greeting.hello")
		if strings.Contains(preview.body, "English: no approved") {
			t.Error("a phrase is lacking that is there")
		}
		b.post(minorAt+"/publish", url.Values{"version": {preview.version(t)}}).is(t, http.StatusUnprocessableEntity, "Somebody must have read it")
		if _, err := w.editions.Current(t.Context(), protocol.Key("minor")); err == nil {
			t.Fatal("what nobody has read is in force")
		}
		b.post(minorAt+"/publish", url.Values{"version": {preview.version(t)}, "reviewer": {"The council"}}).went(t, minorAt+"?done=published")
		got, err := w.editions.Current(t.Context(), protocol.Key("minor"))
		hotlinetest.Must(t, err)
		p, err := protocol.Parse(got.Body, protocol.Ours())
		hotlinetest.Must(t, err)
		if len(p.Steps) != 3 || !p.Steps[0].Skip || p.Steps[1].Skip || p.Steps[1].Go[0].To != protocol.End || p.Fits[0][0].Values[0] != "yes" || len(p.Languages()) != 1 || got.ReviewedBy != "The council" {
			t.Errorf("in force is %s, reviewed by %q", got.Body, got.ReviewedBy)
		}

		form := procedure()
		form.Set("steps2.go1.when", "step.alone is no")
		b.post(minorAt+"/edit", form).went(t, minorAt+"/preview")
		b.get(minorAt+"/preview").is(t, 200, "another way than today", `<ins><span class="vh">`)
	})
}

// What is wrong with a step is told at its field, also in a list within the step.
func TestWhatIsWrongWithAStepIsToldThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for _, c := range []struct{ field, value, at, says string }{
		{"steps3.words_en_label", "", "steps3", "Step, row 3: Something must stand here"},
		{"steps2.go1.to", "hello", "steps2.go", "Branch, row 2: A branch goes to a step further down"},
		{"steps2.go1.when", "step.alone", "steps2.go", "Branch, row 2: "},
		{"steps2.when", "step.cover is yes", "steps2.when", "Only if all of this holds, row 2: "},
		{"steps1.phrase", "", "steps1.phrase", "Code of the approved phrase, row 1: Something must stand here"},
		{"fits1.body", "", "fits", "Contact that it is for: Something must stand here"},
		{"urgency", "12", "urgency", "Urgency, from 0 to 9: “12” is no number that fits here"},
	} {
		form := procedure()
		form.Set(c.field, c.value)
		b.post(minorAt+"/edit", form).is(t, http.StatusUnprocessableEntity, `href="#f-`+c.at+`"`, c.says)
	}
	form := procedure()
	form.Set("do", "add.steps2.options")
	b.post(minorAt+"/edit", form).is(t, 200, "steps2.options3.was")
	if all, err := w.editions.All(t.Context(), edition.Key{Kind: protocol.Kind, Name: "minor"}); err != nil || len(all) != 0 {
		t.Errorf("kept are %d, %v", len(all), err)
	}
}

// A line adds a procedure of its own by name, and takes one out of force again.
func TestAProtocolIsAddedAndTakenOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.get("/editions").is(t, 200, `href="/protocols/new"`)
		b.get("/protocols/new").is(t, 200, "A new procedure")
		for _, in := range []url.Values{{"label": {"Night bus"}, "word": {"Night bus"}}, {"label": {""}, "word": {"night_bus"}}, {"label": {"x"}, "word": {"minor"}}} {
			b.post("/protocols/new", in).is(t, http.StatusUnprocessableEntity)
		}
		const at = "/edition/protocol/night_bus/all"
		b.post("/protocols/new", url.Values{"label": {"Night bus"}, "word": {"night_bus"}}).went(t, at+"/edit")
		b.get(at+"/edit").is(t, 200, "Night bus")
		b.post("/protocols/new", url.Values{"label": {"Another"}, "word": {"night_bus"}}).is(t, http.StatusUnprocessableEntity)
		form := procedure()
		form.Set("version", "1")
		b.post(at+"/edit", form).went(t, at+"/preview")
		b.post(at+"/publish", url.Values{"version": {b.get(at + "/preview").version(t)}, "reviewer": {"The council"}}).went(t, at+"?done=published")
		if e, err := w.editions.Current(t.Context(), protocol.Key("night_bus")); err != nil || e.Number != 1 {
			t.Fatalf("in force is %d, %v", e.Number, err)
		}
		b.get(at+"/withdraw").is(t, 200, "Take it out of force", "goes on with the steps as they were")
		b.post(at+"/withdraw", url.Values{"number": {"1"}}).went(t, at+"?done=withdrawn")
		if _, err := w.editions.Current(t.Context(), protocol.Key("night_bus")); !errors.Is(err, edition.ErrMissing) {
			t.Errorf("taken out, it is in force: %v", err)
		}
	})
}
