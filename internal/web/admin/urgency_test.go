package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// rules are those in force.
func (w *world) rules(t testing.TB) *routing.Rules {
	t.Helper()
	e, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindUrgency))
	hotlinetest.Must(t, err)
	r, err := routing.ParseRules(e.Body)
	hotlinetest.Must(t, err)
	return r
}

// unruled fails where rules were published.
func (w *world) unruled(t testing.TB) {
	t.Helper()
	if _, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindUrgency)); err == nil {
		t.Fatal("rules are in force that nobody put there")
	}
}

// calm is a form whose rules put who wrote danger last.
func calm() url.Values {
	return url.Values{
		"version": {"0"}, "do": {"save"}, "default": {"2"},
		"r1.class": {"9"}, "r1.reason": {"danger"}, "r1.danger": {"yes"},
		"r2.class": {"٤"}, "r2.reason": {"tip"}, "r2.path": {"tip", "info"}, "r2.minor": {"no"}, "r2.returning": {""},
		"r2.language": {"ar، pt-BR"}, "r2.channel": {"chat"}, "r2.waited": {"20"}, "r2.waits": {"1"},
	}
}

func TestUrgencyIsInForceOnceItIsPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		quiet := w.Write(t, w.Browser(), "hello from the harbour")
		w.Advance(t, 2*time.Minute)
		danger := w.Write(t, w.Browser(), "a "+hotlinetest.DangerWord)
		// A drawn handle may be a word of the page by chance ("Current", "Ash"): these are not.
		w.SQL(t, `UPDATE contact SET handle = $1 WHERE id = $2`, "Zuiderzee", quiet.ID)
		w.SQL(t, `UPDATE contact SET handle = $1 WHERE id = $2`, "Zugspitze", danger.ID)
		b.get("/urgency").is(t, 200, "came with the program", "nobody has reviewed this", `name="r1.class" type="text" value="0"`, "Row 7")
		b.post("/urgency", calm()).went(t, "/urgency/preview")
		w.unruled(t)
		preview := b.get("/urgency/preview")
		preview.is(t, 200, "Danger now, class 9. Danger now: Yes.", "For whom: A tip, Information", "العربية, português", "class 2", "2 minutes", "<s>Danger now, class 0</s> <b>Danger now, class 9</b>")
		if want := regexp.MustCompile(`<th scope="row">1</th><td>2</td>.*<th scope="row">2</th><td>1</td>`); !want.MatchString(preview.body) {
			t.Errorf("the preview does not show the places now and then:\n%s", preview.body)
		}
		for _, secret := range []string{string(quiet.ID), string(danger.ID), "Zuiderzee", "Zugspitze", "harbour"} {
			if strings.Contains(preview.body, secret) {
				t.Errorf("the preview shows more than facts: %q", secret)
			}
		}
		b.get("/urgency").is(t, 200, "has begun a change", `value="ar, pt-BR"`, `value="20"`)

		w.Advance(t, 6*time.Minute)
		form := url.Values{"version": {preview.version(t)}, "reviewer": {"Rosa"}}
		b.post("/urgency/publish", form).is(t, http.StatusUnprocessableEntity, `href="#f-stepup"`, `value="Rosa"`)
		w.unruled(t)
		form.Set("stepup", w.Code(t, w.First))
		b.post("/urgency/publish", form).went(t, "/urgency?done=urgency")
		r := w.rules(t)
		if len(r.Rows) != 2 || r.Default != 2 || r.Rows[0].Class != 9 || r.Rows[1].Class != 4 || r.Rows[1].Waited != 20 || r.Rows[1].Waits != 1 ||
			strings.Join(r.Rows[1].Language, " ") != "ar pt-BR" || r.Rows[1].Minor == nil || *r.Rows[1].Minor || r.Rows[1].Returning != nil || r.Note != "" {
			t.Errorf("in force is %+v", r)
		}
		if got, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindUrgency)); err != nil || got.ReviewedBy != "Rosa" {
			t.Errorf("reviewed by %q, %v", got.ReviewedBy, err)
		}

		form = calm()
		form.Set("default", "5")
		b.post("/urgency", form).went(t, "/urgency/preview")
		b.post("/urgency/publish", url.Values{"version": {b.get("/urgency/preview").version(t)}}).went(t, "/urgency?done=urgency")
		b.get("/urgency?done=urgency").is(t, 200, "in force now", "/urgency/back/1", "nobody has reviewed this")
		b.get("/urgency/back/1").is(t, 200, "Put this one back in force", "Where no row holds: class 2")
		w.Advance(t, 6*time.Minute)
		b.post("/urgency/back/1", nil).is(t, http.StatusUnprocessableEntity, `href="#f-stepup"`)
		if got := w.rules(t).Default; got != 5 {
			t.Errorf("without a fresh code, the class is %d", got)
		}
		b.post("/urgency/back/1", url.Values{"stepup": {w.Code(t, w.First)}}).went(t, "/urgency?done=urgency")
		if got := w.rules(t).Default; got != 2 {
			t.Errorf("rolled back, the class is %d", got)
		}
		b.get("/urgency/back/9").is(t, http.StatusNotFound)
	})
}

var classesShown = regexp.MustCompile(`name="r[0-9]+\.class" type="text" value="([^"]*)"`)

// classes are the classes of a form's rows, in its order.
func (a answer) classes() (out string) {
	for _, m := range classesShown.FindAllStringSubmatch(a.body, -1) {
		out += m[1] + " "
	}
	return strings.TrimSpace(out)
}

// Rows are added, moved and removed without a script, and nothing of it is kept
// before it is saved.
func TestRowsAreMovedWithoutAScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for do, want := range map[string]string{
		"add": "9 ٤ 2", "up.2": "٤ 9", "down.1": "٤ 9", "remove.1": "٤", "up.1": "9 ٤", "down.2": "9 ٤", "remove.7": "9 ٤", "up.x": "9 ٤",
	} {
		form := calm()
		form.Set("do", do)
		a := b.post("/urgency", form)
		a.is(t, 200)
		if got := a.classes(); got != want {
			t.Errorf("%s gives the classes %q, want %q", do, got, want)
		}
	}
	if d, err := w.editions.All(t.Context(), routing.LineKey(routing.KindUrgency)); err != nil || len(d) != 0 {
		t.Errorf("kept are %v, %v", d, err)
	}
}

// What is wrong is named by row and field, in the reader's language.
func TestFaultsOfRulesAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for _, c := range []struct{ field, bad, at, says string }{
		{"r1.class", "0", "", ""},
		{"r2.class", "ten", "r2.class", "Row 2, Class: A class is a number"},
		{"r2.class", "0", "r2.class", "Row 2, Class: Class 0 is for danger alone"},
		{"r2.class", "", "r2.class", "Row 2, Class: A class is a number"},
		{"r2.reason", "queen", "r2.reason", "is not known here"},
		{"r2.path", "nobody", "r2.path", "Row 2, For whom:"},
		{"r2.language", "Arabic!", "r2.language", "Row 2, Languages:"},
		{"r2.channel", "C 4", "r2.channel", "Row 2, Channels:"},
		{"r2.waited", "99999", "r2.waited", "Row 2, Has waited"},
		{"r2.waits", "x", "r2.waits", "Row 2, Had to wait"},
		{"default", "0", "default", "Class where no row holds:"},
		{"r1.danger", "", "r2.row", "Row 2: Row 1 already takes"},
	} {
		form := calm()
		form.Set(c.field, c.bad)
		a := b.post("/urgency", form)
		if c.at == "" {
			a.went(t, "/urgency/preview")
			b.post("/urgency/discard", nil).went(t, "/urgency?done=discarded")
			continue
		}
		a.is(t, http.StatusUnprocessableEntity, `href="#f-`+c.at+`"`, `id="f-`+c.at+`"`, c.says)
		if strings.Contains(a.body, "⟦") {
			t.Errorf("%s: words are missing", c.field)
		}
	}
	b.post("/language", url.Values{"l": {"es"}, "to": {"/urgency"}})
	form := calm()
	form.Set("r2.class", "0")
	b.post("/urgency", form).is(t, http.StatusUnprocessableEntity, "Fila 2, Clase: La clase 0 es solo para el peligro")
}

// Who is answered first is for administrators alone to say.
func TestUrgencyIsForAdministratorsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.Hire(t, hotline.Supervisor, hotline.Advocate))
	w.as(t, w.First).post("/urgency", calm()).went(t, "/urgency/preview")
	for _, path := range []string{"/urgency", "/urgency/preview", "/urgency/back/1"} {
		b.get(path).is(t, http.StatusForbidden)
	}
	for _, path := range []string{"/urgency", "/urgency/publish", "/urgency/discard", "/urgency/back/1"} {
		b.post(path, calm()).is(t, http.StatusForbidden)
	}
	if d, err := w.editions.Number(t.Context(), routing.LineKey(routing.KindUrgency), 0); err != nil || d.Version != 1 {
		t.Errorf("the draft is %+v, %v", d, err)
	}
}

// Two who change the rules learn of each other.
func TestTwoChangeTheUrgency(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	other, b := w.as(t, w.Second(t)), w.as(t, w.First)
	b.post("/urgency", calm()).went(t, "/urgency/preview")
	version := b.get("/urgency/preview").version(t)
	form := calm()
	form.Set("do", "add")
	if got := other.post("/urgency", form).version(t); got != "0" {
		t.Errorf("a row more hides that somebody was first: version %s", got)
	}
	form.Set("do", "save")
	a := other.post("/urgency", form) // from the page before
	a.is(t, http.StatusUnprocessableEntity, "Somebody else has changed this meanwhile")
	form.Set("version", a.version(t))
	form.Set("default", "7")
	other.post("/urgency", form).went(t, "/urgency/preview")
	b.post("/urgency/publish", url.Values{"version": {version}}).is(t, http.StatusUnprocessableEntity, "Look at it again")
	w.unruled(t)
	other.post("/urgency/discard", nil).went(t, "/urgency?done=discarded")
	b.get("/urgency/preview").went(t, "/urgency")
}
