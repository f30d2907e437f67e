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
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

// lineForm is the form of the line.
func lineForm() url.Values {
	return url.Values{"name": {"Harbour Line"}, "phone": {"+1 555 0100"}, "emergency": {"112"}, "zone": {"Europe/Lisbon"}, "languages": {"en", "ar"}, "first": {"en"}}
}

func (w *world) about(t testing.TB, lang string) (policy.About, edition.Edition) {
	t.Helper()
	e, err := w.editions.Current(t.Context(), policy.AboutKey(lang))
	hotlinetest.Must(t, err)
	a, err := policy.ParseAbout(e.Body)
	hotlinetest.Must(t, err)
	return a, e
}

func (w *world) hours(t testing.TB) *routing.Hours {
	t.Helper()
	e, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindHours))
	hotlinetest.Must(t, err)
	h, err := routing.ParseHours(e.Body)
	hotlinetest.Must(t, err)
	return h
}

func TestLineIsChangedInEveryLanguageAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.post("/line", lineForm()).went(t, "/line?done=line")
		for _, lang := range []string{"en", "ar"} {
			a, _ := w.about(t, lang)
			if a.Name != "Harbour Line" || a.Phone != (policy.Number{Dial: "+15550100", Shown: "+1 555 0100"}) || a.Emergency.Dial != "112" || a.Text.Dial != "" {
				t.Errorf("in %s the line says %+v", lang, a)
			}
		}
		if got := w.hours(t).Zone; got != "Europe/Lisbon" {
			t.Errorf("the zone is %s", got)
		}
		b.get("/line").is(t, 200, `value="Harbour Line"`, `value="Europe/Lisbon"`, "one day", "36 hours")
		b.get("/signin").went(t, "/admin")
		form := lineForm()
		form["languages"], form["first"] = []string{"fr", "en"}, []string{"fr"}
		b.post("/line", form).went(t, "/line?done=line")
		if got, _ := w.line.Languages(t.Context()); strings.Join(got, " ") != "fr en" {
			t.Errorf("the languages are %v", got)
		}
		if a, _ := w.about(t, "fr"); a.Emergency.Dial != "112" {
			t.Errorf("the new language says %+v", a)
		}
	})
}

// A number that changed does not publish a text that somebody has begun, and does
// not lose who reviewed the old one.
func TestNumberChangesAroundADraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.post("/line", lineForm()).went(t, "/line?done=line")
	b.publish(t, "en", "Tonight", "Rosa")
	b.post("/greeting/en", url.Values{"greeting": {"Not yet"}, "version": {"0"}}).went(t, "/greeting/en/preview")
	form := lineForm()
	form.Set("emergency", "911")
	b.post("/line", form).went(t, "/line?done=line")
	a, e := w.about(t, "en")
	if a.Emergency.Dial != "911" || a.Greeting != "Tonight" || e.ReviewedBy != "Rosa" {
		t.Errorf("in force is %+v, reviewed by %q", a, e.ReviewedBy)
	}
	b.get("/greeting/en").is(t, 200, "Not yet", "has begun a change")
	d, err := w.editions.Number(t.Context(), policy.AboutKey("en"), 0)
	hotlinetest.Must(t, err)
	if draft, _ := policy.ParseAbout(d.Body); draft.Emergency.Dial != "911" || draft.Greeting != "Not yet" {
		t.Errorf("the draft is %+v", draft)
	}
}

func TestFormOfTheLineIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for field, bad := range map[string]string{"name": "", "phone": "call us", "text": "1", "emergency": "1+1", "zone": "Nowhere/Town", "first": "ar"} {
		form := lineForm()
		form["languages"] = []string{"en"}
		form.Set(field, bad)
		b.post("/line", form).is(t, http.StatusUnprocessableEntity, `href="#f-`+field+`"`, `id="f-`+field+`"`)
	}
	if _, err := w.editions.Current(t.Context(), policy.AboutKey("en")); err == nil {
		t.Error("a form that is wrong was put in force")
	}
}

// week is the form of hours: day and night, but for Monday.
func week() url.Values {
	form := url.Values{"version": {"0"}, "do": {"save"}, "mon.1.from": {"20:00"}, "mon.1.to": {"08:00"}, "mon.2.from": {"9"}, "mon.2.to": {"١٢.٠٠"}}
	for _, day := range []string{"tue", "wed", "thu", "fri", "sat", "sun"} {
		form.Set(day+".all", "yes")
	}
	return form
}

var versionShown = regexp.MustCompile(`name="version" value="([0-9]+)"`)

func (a answer) version(t testing.TB) string {
	t.Helper()
	m := versionShown.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no version: %d %s", a.StatusCode, a.told())
	}
	return m[1]
}

func TestHoursAreInForceOnceTheyArePublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.get("/hours").is(t, 200, "Open, day and night")
		form := week()
		form.Set("day1.date", w.time().AddDate(0, 0, 3).Format(time.DateOnly))
		form.Set("day4.date", w.time().AddDate(0, 0, 1).Format(time.DateOnly))
		form.Set("day4.1.from", "10:00")
		form.Set("day4.1.to", "11:00")
		form.Set("day2.date", "2020-01-01")
		b.post("/hours", form).went(t, "/hours/preview")
		preview := b.get("/hours/preview")
		preview.is(t, 200, "20:00 to 08:00, 09:00 to 12:00", "Closed", "10:00 to 11:00")
		if _, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindHours)); err == nil {
			t.Fatal("a draft is in force")
		}
		b.get("/hours").is(t, 200, "has begun a change", `value="20:00"`)
		b.post("/hours/publish", url.Values{"version": {preview.version(t)}}).went(t, "/hours?done=hours")
		h := w.hours(t)
		if strings.Join(h.Week["mon"], " ") != "20:00-08:00 09:00-12:00" || h.Week["sun"][0] != "24h" || len(h.Days) != 2 {
			t.Errorf("in force is %+v", h)
		}
		b.get("/hours?done=hours").is(t, 200, "These hours are in force now")

		form = week()
		form.Set("do", "copy")
		b.post("/hours", form).is(t, 200, `name="sun.1.from" type="text" value="20:00"`)
		form = week()
		form.Del("sun.all")
		b.post("/hours", form).went(t, "/hours/preview")
		b.post("/hours/publish", url.Values{"version": {b.get("/hours/preview").version(t)}}).went(t, "/hours?done=hours")
		if len(w.hours(t).Week["sun"]) != 0 {
			t.Error("Sunday is not closed")
		}
		b.get("/hours").is(t, 200, "/hours/back/1")
		b.get("/hours/back/1").is(t, 200, "Put this one back in force")
		b.post("/hours/back/1", nil).went(t, "/hours?done=hours")
		if len(w.hours(t).Week["sun"]) != 1 {
			t.Error("Sunday is not back")
		}
		b.get("/hours/back/9").is(t, http.StatusNotFound)
		b.get("/hours/back/x").is(t, http.StatusNotFound)
	})
}

// Two who change the same draft learn of each other.
func TestTwoChangeTheHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	sup := w.as(t, w.Hire(t, hotline.Supervisor))
	b := w.as(t, w.First)
	b.post("/hours", week()).went(t, "/hours/preview")
	version := b.get("/hours/preview").version(t)
	a := sup.post("/hours", week()) // from the page before
	a.is(t, http.StatusUnprocessableEntity, "Somebody else has changed this meanwhile")
	form := week()
	form.Set("version", a.version(t))
	form.Del("sat.all")
	sup.post("/hours", form).went(t, "/hours/preview")
	b.post("/hours/publish", url.Values{"version": {version}}).is(t, http.StatusUnprocessableEntity, "Look at it again")
	if _, err := w.editions.Current(t.Context(), routing.LineKey(routing.KindHours)); err == nil {
		t.Fatal("what she had not seen was put in force")
	}
	sup.post("/hours/discard", nil).went(t, "/hours?done=discarded")
	if a := sup.get("/hours"); strings.Contains(a.body, "has begun a change") {
		t.Error("the change is still there")
	}
}

func TestFormOfHoursIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	for _, c := range []struct{ set, to, fault string }{
		{"mon.1.to", "", "mon.1.to"},
		{"mon.1.from", "", "mon.1.from"},
		{"mon.1.from", "25:00", "mon.1.from"},
		{"mon.1.to", "20:00", "mon.1.to"},
		{"day3.date", "tomorrow", "day1.date"},
		{"day2.1.from", "10:00", "day1.1.to"},
		{"day2.all", "yes", "day1.date"},
	} {
		form := week()
		form.Set(c.set, c.to)
		b.post("/hours", form).is(t, http.StatusUnprocessableEntity, `href="#f-`+c.fault+`"`, `id="f-`+c.fault+`"`)
	}
}

// publish puts a greeting in force through the pages.
func (b *client) publish(t testing.TB, lang, greeting, reviewer string) {
	t.Helper()
	a := b.get("/greeting/" + lang)
	b.post("/greeting/"+lang, url.Values{"greeting": {greeting}, "run_by": {"We are run by people."}, "night1.number": {"+1 555 0111"}, "night1.why": {"A line for all"}, "version": {a.version(t)}}).went(t, "/greeting/"+lang+"/preview")
	a = b.get("/greeting/" + lang + "/preview")
	a.is(t, 200, greeting)
	b.post("/greeting/"+lang+"/publish", url.Values{"version": {a.version(t)}, "reviewer": {reviewer}}).went(t, "/greeting?done=greeting")
}

func TestGreetingNeedsAReader(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		b.post("/line", lineForm()).went(t, "/line?done=line")
		b.get("/greeting").is(t, 200, "Draft, not reviewed")
		b.publish(t, "ar", "أهلًا", "Rosa")
		a, edited := w.about(t, "ar")
		if a.Greeting != "أهلًا" || edited.ReviewedBy != "Rosa" || a.Emergency.Dial != "112" || len(a.Night) != 1 || a.Night[0].Dial != "+15550111" {
			t.Errorf("in force is %+v, reviewed by %q", a, edited.ReviewedBy)
		}
		b.get("/greeting").is(t, 200, "Reviewed by")
		v := b.get("/greeting/ar").version(t)
		b.post("/greeting/ar", url.Values{"greeting": {"مرحبًا"}, "version": {v}}).went(t, "/greeting/ar/preview")
		v = b.get("/greeting/ar/preview").version(t)
		b.post("/greeting/ar/publish", url.Values{"version": {v}, "reviewer": {" "}}).is(t, http.StatusUnprocessableEntity, "Somebody must have read it")
		if a, _ := w.about(t, "ar"); a.Greeting != "أهلًا" {
			t.Error("a text that nobody read is in force")
		}
		b.post("/greeting/ar/publish", url.Values{"version": {v}, "reviewer": {"Rosa"}}).went(t, "/greeting?done=greeting")
		b.get("/greeting/ar/back/2").is(t, 200, "أهلًا", "Put this one back")
		b.post("/greeting/ar/back/2", nil).went(t, "/greeting?done=greeting")
		if a, _ := w.about(t, "ar"); a.Greeting != "أهلًا" {
			t.Errorf("in force is %q, want the one from before", a.Greeting)
		}
		b.get("/greeting/th").is(t, http.StatusNotFound)
		b.get("/greeting/xx").is(t, http.StatusNotFound)
	})
}

func TestFormOfAGreetingIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.post("/line", lineForm()).went(t, "/line?done=line")
	for _, c := range []struct{ set, to, fault string }{
		{"greeting", strings.Repeat("a", 401), "greeting"},
		{"night2.number", "call", "night1.number"},
		{"night2.number", "112", "night1.why"},
		{"night2.why", "who", "night1.number"},
	} {
		form := url.Values{"version": {"0"}}
		form.Set(c.set, c.to)
		b.post("/greeting/en", form).is(t, http.StatusUnprocessableEntity, `href="#f-`+c.fault+`"`, `id="f-`+c.fault+`"`)
	}
}

func TestOverviewSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.get("/admin").is(t, 200, "5 things are left to do", "We cannot see from here whether backups are made", "the privacy officers’ key")
	w.line.mu.Lock()
	w.line.backup = w.time().Add(-time.Hour)
	w.line.mu.Unlock()
	w.Second(t)
	b.post("/hours", week()).went(t, "/hours/preview")
	b.post("/hours/publish", url.Values{"version": {"1"}}).went(t, "/hours?done=hours")
	b.get("/admin").is(t, 200, "2 things are left to do", "The last one was made at")
	w.Advance(t, 3*24*time.Hour)
	w.SignIn(t, w.First)
	w.as(t, w.First).get("/admin").is(t, 200, "3 things are left to do", "The last one is old")
}

// Who is signed in takes her language along to other devices.
func TestLanguageIsKeptWithTheAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		p := w.Hire(t, hotline.Advocate)
		b := w.as(t, p)
		b.post("/language", url.Values{"l": {"es"}, "to": {"/devices"}}).went(t, "/devices")
		w.as(t, p).get("/devices").is(t, 200, `<html lang="es"`)
		b.post("/language", url.Values{"l": {"tlh"}, "to": {"/devices"}}).went(t, "/devices")
		w.browser(t).post("/language", url.Values{"l": {"fr"}}).went(t, "/")
		w.as(t, p).get("/devices").is(t, 200, `<html lang="es"`)
	})
}
