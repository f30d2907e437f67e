package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

func looked() edition.Key { return edition.Key{Kind: routing.KindWords, Name: "line", Lang: "ar"} }

const lookedAt = "/edition/firstlook/line/ar"

// twoGroups is the form of a first-look list.
func twoGroups() url.Values {
	return url.Values{
		"version": {"0"}, "do": {"save"},
		"groups1.was": {"1"}, "groups1.codes": {"danger"}, "groups1.expressions": {"النجدة\nساعدوني\n\n"},
		"groups2.was": {"0"}, "groups2.codes": {"tip"}, "groups2.expressions": {"رأيت"},
		"stop": {"قف"},
	}
}

// Any kind is changed, looked at, put in force, put back, reviewed and withdrawn by
// the same pages.
func TestAnEditionFromDraftToHistory(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.get("/editions").is(t, 200, "First look at a message", "As it came with the program", lookedAt)
		b.get(lookedAt+"/edit").is(t, 200, "Expressions that say something 1", `name="groups1.was" value="1"`)
		b.post(lookedAt+"/edit", twoGroups()).went(t, lookedAt+"/preview")
		preview := b.get(lookedAt + "/preview")
		preview.is(t, 200, "ساعدوني", "What would change")
		w.Advance(t, 6*time.Minute)
		form := url.Values{"version": {preview.version(t)}}
		b.post(lookedAt+"/publish", form).is(t, http.StatusUnprocessableEntity, `href="#f-stepup"`)
		if _, err := w.editions.Current(t.Context(), looked()); err == nil {
			t.Fatal("a draft is in force")
		}
		form.Set("stepup", w.Code(t, w.First))
		b.post(lookedAt+"/publish", form).went(t, lookedAt+"?done=published")
		got, err := w.editions.Current(t.Context(), looked())
		if err != nil || got.By != w.First.ID || !strings.Contains(got.Body, `["النجدة","ساعدوني"]`) || strings.Contains(got.Body, "was") {
			t.Fatalf("in force is %s by %s, %v", got.Body, got.By, err)
		}
		if list, err := routing.ParseWordList(got.Body); err != nil || list.Language != "ar" || list.Note == "" || len(list.Common) == 0 {
			t.Errorf("what the form does not ask for is lost: %+v, %v", list, err)
		}

		form = twoGroups()
		form.Del("groups2.was")
		b.post(lookedAt+"/edit", form).went(t, lookedAt+"/preview")
		b.get(lookedAt+"/preview").is(t, 200, `<li class="gone deep">`, "رأيت")
		b.post(lookedAt+"/publish", url.Values{"version": {b.get(lookedAt + "/preview").version(t)}, "reviewer": {"Rosa"}}).went(t, lookedAt+"?done=published")
		b.get(lookedAt).is(t, 200, "Reviewed by <bdi>Rosa</bdi>", lookedAt+"/back/1")
		b.get(lookedAt+"/back/2").is(t, 200, "What it changed")
		b.get(lookedAt+"/back/1").is(t, 200, "What would change", "Put this one back in force")
		b.post(lookedAt+"/back/1", nil).went(t, lookedAt+"?done=published")
		if got, _ := w.editions.Current(t.Context(), looked()); got.Number != 3 || !strings.Contains(got.Body, "رأيت") {
			t.Errorf("rolled back, in force is number %d: %s", got.Number, got.Body)
		}
		b.post(lookedAt+"/review", url.Values{"number": {"3"}, "reviewer": {"Amina"}}).went(t, lookedAt+"?done=reviewed")
		if got, _ := w.editions.Current(t.Context(), looked()); got.ReviewedBy != "Amina" {
			t.Errorf("reviewed by %q", got.ReviewedBy)
		}
		b.get(lookedAt+"/withdraw").is(t, 200, "What came with the program will hold again")
		b.post(lookedAt+"/withdraw", url.Values{"number": {"2"}}).is(t, http.StatusUnprocessableEntity, "Look at it again")
		b.post(lookedAt+"/withdraw", url.Values{"number": {"3"}}).went(t, lookedAt+"?done=withdrawn")
		if _, err := w.editions.Current(t.Context(), looked()); err == nil {
			t.Error("withdrawn, and in force")
		}
		b.get(lookedAt).is(t, 200, "As it came with the program")
	})
}

// Rows come, go and move without a script, and a fault is told at its field.
func TestRowsOfAnEdition(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for do, want := range map[string][]string{
		"add.groups":      {"groups3.was"},
		"up.groups.2":     {"رأيت", "النجدة"},
		"down.groups.1":   {"رأيت", "النجدة"},
		"remove.groups.1": {"رأيت"},
		"up.groups.9":     {"النجدة", "رأيت"},
		"add.guards":      {"guards1.was"},
	} {
		form := twoGroups()
		form.Set("do", do)
		a := b.post(lookedAt+"/edit", form)
		at := 0
		for _, s := range want {
			i := strings.Index(a.body[at:], s)
			if a.StatusCode != 200 || i < 0 {
				t.Errorf("%s: %d, %q is not there in order", do, a.StatusCode, s)
			}
			at += max(i, 0)
		}
	}
	form := twoGroups()
	form.Del("groups2.codes")
	b.post(lookedAt+"/edit", form).is(t, http.StatusUnprocessableEntity, `href="#f-groups2.codes"`, `id="f-groups2.codes"`, "Say what these expressions mean")
	if d, err := w.editions.All(t.Context(), looked()); err != nil || len(d) != 0 {
		t.Errorf("kept are %v, %v", d, err)
	}
}

// A text that callers read is not put in force before somebody has read it; what
// came with the program becomes the line's own when somebody stands for it.
func TestReviewIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.post("/line", lineForm()).went(t, "/line?done=line")
	b.post("/greeting/en", url.Values{"greeting": {"Tonight"}, "version": {"0"}}).went(t, "/greeting/en/preview")
	const at = "/edition/about/line/en"
	b.get(at+"/preview").is(t, 200, "Tonight’s sentence: Tonight")
	b.post(at+"/publish", url.Values{"version": {"1"}}).is(t, http.StatusUnprocessableEntity, "Somebody must have read it")
	if a, _ := w.about(t, "en"); a.Greeting != "" {
		t.Error("what nobody has read is in force")
	}
	b.post(at+"/publish", url.Values{"version": {"1"}, "reviewer": {"Rosa"}}).went(t, at+"?done=published")

	rosa := w.as(t, w.Hire(t, hotline.Reviewer))
	rosa.get("/edition/urgency/line/all").is(t, 200, "will be marked as reviewed by")
	rosa.post("/edition/urgency/line/all/review", url.Values{"number": {"0"}, "reviewer": {"Somebody else"}}).went(t, "/edition/urgency/line/all?done=reviewed")
	got, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindUrgency))
	if err != nil || got.Body != routing.ShippedRules || got.ReviewedBy == "" || got.ReviewedBy == "Somebody else" {
		t.Errorf("reviewed by %q, %v", got.ReviewedBy, err)
	}
	rosa.post("/edition/urgency/line/all/withdraw", nil).is(t, http.StatusForbidden)
	if _, err := w.editions.Current(t.Context(), policy.AboutKey("ar")); err != nil {
		t.Error(err)
	}
}

// What is not in force until the line says so is offered to begin with, and becomes
// the line's own by a change, or when somebody stands for it as it is.
func TestWhatIsOfferedIsNotInForce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const at = "/edition/cover/line/en"
	b.get(at).is(t, 200, "Nothing yet", "The program has a draft to begin with", "Mark as reviewed")
	b.post(at+"/review", url.Values{"number": {"0"}, "reviewer": {"Rosa"}}).went(t, at+"?done=reviewed")
	got, err := w.editions.Current(t.Context(), safety.CoverKey("en"))
	if err != nil || got.ReviewedBy != "Rosa" || got.Body != safety.Shipped()[safety.CoverKey("en")] {
		t.Errorf("in force is %q, reviewed by %q, %v", got.Body, got.ReviewedBy, err)
	}
	b.get(at+"/withdraw").is(t, 200, "Nothing will take its place")

	phrases := "/edition/phrases/line/ar"
	page := b.get(phrases + "/edit")
	page.is(t, 200, "The sentence", "What it says, English", `name="body1.says_en"`)
	if strings.Contains(page.body, `name="body1.says_ar"`) {
		t.Error("what a sentence says is asked for in its own language")
	}
	all, err := interpret.Parse(interpret.Shipped()["ar"])
	hotlinetest.Must(t, err)
	form := url.Values{"version": {"0"}}
	for i, p := range all {
		row := "body" + strconv.Itoa(i+1)
		form.Set(row+".was", strconv.Itoa(i+1))
		form.Set(row+".code", p.Code)
		form.Set(row+".group", p.Group)
		form.Set(row+".text", p.Text)
		for lang, says := range p.Says {
			form.Set(row+".says_"+lang, says)
		}
	}
	form.Set("body1.text", "جملة أخرى")
	b.post(phrases+"/edit", form).went(t, phrases+"/preview")
	b.post(phrases+"/publish", url.Values{"version": {"1"}, "reviewer": {"Rosa"}}).went(t, phrases+"?done=published")
	got, err = w.editions.Current(t.Context(), interpret.PhrasesKey("ar"))
	hotlinetest.Must(t, err)
	now, err := interpret.Parse(got.Body)
	if err != nil || len(now) != len(all) || now[0].Text != "جملة أخرى" || now[1].Text != all[1].Text || len(now[1].Says) != len(all[1].Says) {
		t.Errorf("in force are %d phrases, %v; want %d", len(now), err, len(all))
	}
	form.Set("body2.text", "")
	b.post(phrases+"/edit", form).is(t, http.StatusUnprocessableEntity, `href="#f-body2.text"`, "The sentence, row 2")

	sup := w.as(t, w.Hire(t, hotline.Supervisor))
	sup.get(phrases+"/edit").is(t, 200, "جملة أخرى")
	sup.get("/edition/cover/line/en/edit").is(t, http.StatusForbidden)
	if a := sup.get("/editions"); strings.Contains(a.body, "/edition/cover/") || !strings.Contains(a.body, "/edition/phrases/") {
		t.Error("a supervisor is not shown what is hers")
	}

	words := "/edition/words/line/en"
	b.post(words+"/edit", url.Values{"version": {"0"}, "body": {"one\ntwo"}}).is(t, http.StatusUnprocessableEntity, `href="#f-body"`)
	list := strings.Fields(strings.NewReplacer("[", " ", "]", " ", ",", " ", `"`, " ").Replace(safety.Shipped()[safety.WordsKey("en")]))
	b.post(words+"/edit", url.Values{"version": {"0"}, "body": {strings.Join(append(list, "zebrafinch"), "\r\n")}}).went(t, words+"/preview")
	b.get(words+"/preview").is(t, 200, "zebrafinch")
}
