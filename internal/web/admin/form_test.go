package admin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// built is a form as it stands: number 0 is the draft.
func (w *world) built(t testing.TB, name string, number int64) form.Form {
	t.Helper()
	e, err := w.editions.Number(t.Context(), form.Key(name), number)
	hotlinetest.Must(t, err)
	f, err := form.Parse(e.Body)
	hotlinetest.Must(t, err)
	return f
}

// begun gives a line the forms that it begins with.
func (w *world) begun(t testing.TB) {
	t.Helper()
	for name, body := range form.Shipped() {
		hotlinetest.Must(t, w.editions.Begin(t.Context(), w.First.ID, form.Key(name), body))
	}
}

// netField is a field that nobody had thought of.
func netField() url.Values {
	return url.Values{
		"kind": {"one"}, "block": {"situation"}, "class": {"1"}, "fact": {""}, "code": {""},
		"words.en.label": {"Which net?"}, "words.ar.label": {"أي شبكة؟"}, "words.en.help": {"As they call it"},
		"options.1.was": {"0"}, "options.1.words.en.label": {"Trawl"}, "options.1.words.ar.label": {"جر"},
		"options.2.was": {"0"}, "options.2.words.en.label": {"Long line"}, "options.2.code": {"x_long"},
		"when.1.field": {"setting"}, "when.1.is": {"is"}, "when.1.values": {"boat"},
	}
}

// A field with a condition, in two languages, is added, tried out, put in force and
// taken back; whoever looks at number 2 later still finds it.
func TestAFieldIsAddedAndTakenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		w.begun(t)
		b := w.as(t, w.First)
		before := w.built(t, "self", 1)
		b.get("/forms").is(t, 200, "For herself or himself", "/forms/tip")
		b.get("/forms/self").is(t, 200, "every form has it", "/forms/self/field/1")
		in := netField()
		in.Set("version", "0")
		in.Set("do", "save")
		a := b.post("/forms/self/field/new", in)
		if at := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/forms/self?done=field#row-") {
			t.Fatalf("led to %d %q: %s", a.StatusCode, at, a.told())
		}
		draft := w.built(t, "self", 0)
		i := slices.IndexFunc(draft.Fields, func(f form.Field) bool { return f.Code == "x_which_net" })
		if len(draft.Fields) != len(before.Fields)+1 || i < 0 || draft.Fields[i].ID == "" || draft.Fields[i].Options[0].Code != "x_trawl" ||
			draft.Fields[i].Words["ar"].Label != "أي شبكة؟" || draft.Fields[i].When[0].Values[0] != "boat" {
			t.Fatalf("the draft is %+v", draft.Fields[max(i, 0)])
		}
		b.get("/forms/self").is(t, 200, "Which net?", "Shown if", "x_which_net")
		if a := b.get("/forms/self/preview"); strings.Contains(a.body, `name="v.x_which_net"`) || !strings.Contains(a.body, `<ins>`) {
			t.Error("the field is shown before its condition holds, or is no change")
		}
		b.post("/forms/self/preview", url.Values{"v.type": {"crisis"}, "v.setting": {"boat"}, "l": {"ar"}}).is(t, 200, `name="v.x_which_net"`, "أي شبكة؟", "جر", "Long line")
		if a := b.post("/forms/self/preview", url.Values{"v.type": {"wrong_number"}, "v.setting": {"boat"}}); strings.Contains(a.body, `name="v.x_which_net"`) {
			t.Error("what is not shown itself makes others shown")
		}

		w.Advance(t, 6*time.Minute)
		preview := b.get("/forms/self/preview")
		b.post("/edition/form/self/all/publish", url.Values{"version": {preview.version(t)}}).is(t, http.StatusUnprocessableEntity, `href="#f-stepup"`)
		b.post("/edition/form/self/all/publish", url.Values{"version": {preview.version(t)}, "stepup": {w.Code(t, w.First)}}).went(t, "/edition/form/self/all?done=published")
		if now, err := w.editions.Current(t.Context(), form.Key("self")); err != nil || now.Number != 2 {
			t.Fatalf("in force is number %d, %v", now.Number, err)
		}
		b.get("/edition/form/self/all/back/1").is(t, 200, "Which net?", "Put this one back")
		b.post("/edition/form/self/all/back/1", nil).went(t, "/edition/form/self/all?done=published")
		if now := w.built(t, "self", 3); len(now.Fields) != len(before.Fields) {
			t.Errorf("rolled back, there are %d fields, want %d", len(now.Fields), len(before.Fields))
		}
		if old := w.built(t, "self", 2); old.Fields[i].Code != "x_which_net" {
			t.Error("the form of an old record has changed")
		}
	})
}

// Fields move and go; those that every form has stay; what a move breaks is told at
// the field, and cannot be published.
func TestFieldsMoveAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	w.begun(t)
	b := w.as(t, w.First)
	f := w.built(t, "tip", 1)
	code := func(i int) string {
		e, err := w.editions.Number(t.Context(), form.Key("tip"), 0)
		hotlinetest.Must(t, err)
		loose, _ := form.Parse(e.Body)
		if len(loose.Fields) == 0 {
			return "broken"
		}
		return loose.Fields[i-1].Code
	}
	b.post("/forms/tip", url.Values{"version": {"0"}, "do": {"remove.1"}}).went(t, "/forms/tip")
	b.post("/forms/tip", url.Values{"version": {"0"}, "do": {"up.4"}}).went(t, "/forms/tip#row-3")
	if got := code(3); got != f.Fields[3].Code {
		t.Errorf("third is %s, want %s", got, f.Fields[3].Code)
	}
	b.post("/forms/tip", url.Values{"version": {"0"}, "do": {"up.4"}}).is(t, http.StatusUnprocessableEntity, "Somebody else has changed this form")
	b.post("/forms/tip", url.Values{"version": {"1"}, "do": {"remove.3"}}).went(t, "/forms/tip#row-3")
	if got := code(3); got != f.Fields[2].Code {
		t.Errorf("third is %s, want %s", got, f.Fields[2].Code)
	}
	b.post("/forms/tip", url.Values{"version": {"2"}, "do": {"down.2"}}).went(t, "/forms/tip#row-3")
	a := b.get("/forms/tip")
	a.is(t, 200, "not right yet", "A condition can ask only about a choice that stands above this field")
	if a := b.get("/forms/tip/preview"); strings.Contains(a.body, "/publish") {
		t.Error("a form that is not right can be published")
	}
	b.post("/edition/form/tip/all/publish", url.Values{"version": {"3"}}).is(t, http.StatusUnprocessableEntity, "A condition can ask only about")
	if now, _ := w.editions.Current(t.Context(), form.Key("tip")); now.Number != 1 {
		t.Error("a form that is not right is in force")
	}
}

// Options and conditions come, go and move without a script, and nothing is kept
// before it is saved; what is wrong is told at its field.
func TestAFieldIsChangedWithoutAScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	w.begun(t)
	b := w.as(t, w.First)
	for do, want := range map[string][]string{
		"add.options":      {"options.3.was"},
		"up.options.2":     {`value="Long line"`, `value="Trawl"`},
		"remove.options.1": {`value="Long line"`},
		"remove.when.1":    {"newwhen"},
		"add.when":         {"when.2.field"},
	} {
		in := netField()
		in.Set("do", do)
		in.Set("newwhen", "type")
		a := b.post("/forms/self/field/new", in)
		at := 0
		for _, s := range want {
			i := strings.Index(a.body[at:], s)
			if a.StatusCode != 200 || i < 0 {
				t.Errorf("%s: %d, %q is not there in order", do, a.StatusCode, s)
			}
			at += max(i, 0)
		}
	}
	for _, c := range []struct{ set, to, fault string }{
		{"words.en.label", strings.Repeat("a", 81), "words.en.label"},
		{"code", "9", "code"},
		{"code", "net", "code"},
		{"class", "9", "class"},
		{"fact", "industry", ""},
		{"options.2.code", "X y", "options.2.code"},
		{"options.2.htcds", "nothing:x", "options.2.htcds"},
		{"options.1.words.ar.label", strings.Repeat("ب", 81), "options.1.words.ar.label"},
		{"when.1.values", "ship", "when.1"},
		{"when.1.field", "x_nothing", "when.1"},
		{"kind", "text", "kind"},
	} {
		in := netField()
		in.Set(c.set, c.to)
		if c.set == "fact" {
			in.Set("class", "2")
			c.fault = "fact"
		}
		b.post("/forms/self/field/new", in).is(t, http.StatusUnprocessableEntity, `href="#f-`+c.fault+`"`, `id="f-`+c.fault+`"`)
	}
	in := netField()
	in.Set("words.en.label", "")
	in.Set("words.ar.label", "")
	in.Set("words.en.help", "")
	b.post("/forms/self/field/new", in).is(t, http.StatusUnprocessableEntity, "Something must stand here")
	if d, err := w.editions.All(t.Context(), form.Key("self")); err != nil || len(d) != 1 {
		t.Errorf("kept are %d, %v", len(d), err)
	}
	// The two that every form has keep their code and their kind.
	f := w.built(t, "self", 1)
	in = url.Values{"version": {"0"}, "kind": {"text"}, "code": {"x_mine"}, "block": {"contact"}, "class": {"0"}, "words.en.label": {"Can you talk?"}}
	for i, o := range f.Fields[0].Options {
		at := "options." + strconv.Itoa(i+1)
		in.Set(at+".was", strconv.Itoa(i+1))
		in.Set(at+".code", o.Code)
		in.Set(at+".words.en.label", "Answer "+o.Code)
	}
	if a := b.post("/forms/self/field/1", in); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.StatusCode, a.told())
	}
	if now := w.built(t, "self", 0); now.Fields[0].Code != form.SafeNow || now.Fields[0].Kind != form.One || !now.Fields[0].Required || now.Fields[0].Words["en"].Label != "Can you talk?" {
		t.Errorf("the first field is %+v", now.Fields[0])
	}
	b.get("/forms/nobody").is(t, http.StatusNotFound)
	b.get("/forms/self/field/999").is(t, http.StatusNotFound)
}
