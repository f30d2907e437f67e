package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
)

// The table of places is changed like every edition, tried with words before it holds,
// and what is wrong with a number is told at its field.
func TestPlacesAreEditedAndTried(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const at = "/edition/emergency/line/all"
	b.get("/editions").is(t, 200, "Places, and who answers there", at)
	b.get(at).is(t, 200, "Nothing yet", "The program has a draft to begin with", "Try it")
	if _, err := w.editions.Current(t.Context(), emergency.Key()); err == nil {
		t.Error("made-up places are in force")
	}
	b.post(at+"/try", url.Values{"try": {"old fish markt"}}).is(t, 200, "Fits, but for a letter or two: Harbour District, Harbour Town, Harbour Coast", "1 555 0162", "1 555 0165", "Made up: nobody answers")
	b.post(at+"/try", url.Values{"try": {"nowhere at all"}}).is(t, 200, "Nothing is found")
	b.post(at+"/try", url.Values{}).is(t, 200, "Try it")

	form := url.Values{
		"version": {"0"}, "do": {"save"},
		"places1.was": {"0"}, "places1.code": {"land"}, "places1.kind": {"country"}, "places1.names": {"Vesland"}, "places1.call": {"112"}, "places1.text": {"yes"},
		"places2.was": {"0"}, "places2.code": {"mill"}, "places2.kind": {"town"}, "places2.in": {"land"}, "places2.names": {"Mill Quarter\r\nحي الطاحونة"}, "places2.near": {"red mill\r\nchurch"},
		"places2.police_name": {"Mill police"}, "places2.police_number": {"none"}, "places2.police_takes": {"call"}, "places2.police_languages": {"en\r\nar"},
	}
	b.post(at+"/edit", form).is(t, http.StatusUnprocessableEntity, `href="#f-places2.police_number"`, "A telephone cannot dial")
	form.Set("places2.police_number", "+1 555 0113")
	b.post(at+"/edit", form).went(t, at+"/preview")
	preview := b.get(at + "/preview")
	preview.is(t, 200, "Mill Quarter", "What would change", "Try it")
	a := b.post(at+"/try", url.Values{"try": {"قرب الطاحونه"}})
	a.is(t, 200, "Fits in part: Mill Quarter, Vesland", "Mill police", "Where they lie: Vesland")
	if strings.Contains(a.body, "Harbour") {
		t.Error("the draft is not what is tried")
	}
	b.post(at+"/publish", url.Values{"version": {preview.version(t)}}).went(t, at+"?done=published")
	e, err := w.editions.Current(t.Context(), emergency.Key())
	if err != nil {
		t.Fatal(err)
	}
	places, err := emergency.Parse(e.Body)
	if err != nil || len(places.Places) != 2 || len(places.Places[1].Near) != 2 || places.Places[1].Police.Name != "Mill police" || places.Places[0].Text != emergency.Yes {
		t.Errorf("in force is %s, %v", e.Body, err)
	}
	w.as(t, w.Hire(t, hotline.Reviewer)).post(at+"/try", url.Values{"try": {"vesland"}}).is(t, 200, "Fits: Vesland")
	w.as(t, w.Hire(t, hotline.Advocate)).post(at+"/try", url.Values{"try": {"vesland"}}).is(t, http.StatusForbidden)
}
