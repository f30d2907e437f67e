package admin_test

import (
	"bytes"
	"encoding/json"
	"math"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/outage"
)

// wav is a WAV file of a tone.
func wav(t *testing.T, length time.Duration) []byte {
	t.Helper()
	samples := make([]int16, audio.Samples(length))
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(2*math.Pi*440*float64(i)/audio.Rate))
	}
	var b bytes.Buffer
	hotlinetest.Must(t, audio.NewClip(samples).WriteWAV(&b))
	return b.Bytes()
}

// send posts a form that brings a file.
func (b *client) send(path string, file []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if file != nil {
		part, err := form.CreateFormFile("sound", "prompt.wav")
		hotlinetest.Must(b.t, err)
		_, err = part.Write(file)
		hotlinetest.Must(b.t, err)
	}
	hotlinetest.Must(b.t, form.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.w.srv.URL+path, &body)
	hotlinetest.Must(b.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	return b.sent(r)
}

// unheard reads how many of the words have no sound.
func unheard(t *testing.T, page string) int {
	t.Helper()
	m := regexp.MustCompile(`(\d+) of them have no sound yet`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page does not say how many have no sound")
	}
	n, err := strconv.Atoi(m[1])
	hotlinetest.Must(t, err)
	return n
}

// The words of the line are spoken on their pages: each has its sound, and whoever
// changes the words must speak them anew.
func TestWordsAreSpokenOnTheirPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.get("/prompts").went(t, "/prompts/en")
	page := b.get("/prompts/en")
	page.is(t, 200, "Hello. You have reached people who help", "place.next")
	silent := unheard(t, page.body)
	if f, err := flow.Parse(flow.Shipped()); err != nil || silent < len(f.Steps)/2+len(flow.Pieces()) {
		t.Errorf("%d have no sound where nothing has: %v", silent, err)
	}
	b.get("/prompts/ar").is(t, 200, "هذه المكالمة لا تُسجَّل", `dir="rtl"`)
	b.get("/prompts/xx").is(t, 404)
	const at = "/prompts/en/greeting"
	page = b.get(at)
	page.is(t, 200, "Hello. You have reached people who help", "At most 60 seconds", `type="file"`)
	if policy := page.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; script-src 'self'; media-src 'self' blob:") {
		t.Errorf("its policy is %s", policy)
	}
	b.get(at+"/sound").is(t, 404)
	b.send(at, nil).is(t, 422, "Choose a file, or record one")
	b.send(at, []byte("no sound at all")).is(t, 422, "This is no WAV file")
	b.send(at, wav(t, 61*time.Second)).is(t, 422, "at most 60 seconds")
	if a := b.send(at, make([]byte, 17<<20)); a.StatusCode < 400 || a.StatusCode >= 500 {
		t.Errorf("seventeen megabytes are answered by %d", a.StatusCode)
	}
	b.send("/prompts/en/expect", wav(t, 21*time.Second)).is(t, 422, "at most 20 seconds")
	b.send("/prompts/en/nothing", wav(t, time.Second)).is(t, 404)
	file := wav(t, 3*time.Second)
	b.send(at, file).went(t, "/prompts/en?done=prompt")
	page = b.get("/prompts/en?done=prompt")
	page.is(t, 200, "The sound is kept", "3 seconds")
	if n := unheard(t, page.body); n != silent-1 {
		t.Errorf("%d have no sound, of %d before one was given", n, silent)
	}
	b.get(at).is(t, 200, "<audio", "From <bdi>"+w.First.Name)
	heard := b.get(at + "/sound")
	if heard.body != string(file) || heard.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("heard are %d bytes of %s, not the %d that were sent", len(heard.body), heard.Header.Get("Content-Type"), len(file))
	}
	f, err := flow.Parse(flow.Shipped())
	hotlinetest.Must(t, err)
	f.Steps[0].Words["en"] = "Hello. Other words."
	_, err = w.editions.Write(t.Context(), w.First.ID, flow.Key(), f.Body(), 0)
	hotlinetest.Must(t, err)
	b.get(at).is(t, 200, "Hello. Other words.", "no sound")
	f.Steps[0].Words["en"] = "Hello. You have reached people who help, and who listen. You decide what you tell."
	_, err = w.editions.Write(t.Context(), w.First.ID, flow.Key(), f.Body(), 1)
	hotlinetest.Must(t, err)
	b.get(at).is(t, 200, "<audio")
	b.post(at, url.Values{"do": {"drop"}}).went(t, "/prompts/en?done=prompt.gone")
	b.get(at+"/sound").is(t, 404)
	w.Advance(t, 6*time.Minute)
	b.send(at, file).is(t, 422, "a fresh code")
	b.get(at+"/sound").is(t, 404)
	if a := w.as(t, w.HireBy(t, w.First, personOf(hotline.Supervisor))).get("/prompts/en"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a supervisor gets %d", a.StatusCode)
	}
}

// The way through a call is edited, tried out on callers who are made up, put in force
// and put back.
func TestTheCallFlowIsTriedOutAndPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const at = "/edition/flow/line/all"
	b.get(at).is(t, 200, "not reviewed", "This call is not recorded")
	b.get(at+"/edit").is(t, 200, `name="steps1.id"`, `name="steps6.keys2.does"`, "What is said, العربية")
	f, err := flow.Parse(flow.Shipped())
	hotlinetest.Must(t, err)
	for i := range f.Steps {
		if f.Steps[i].ID == "choice" {
			f.Steps[i].Keys = f.Steps[i].Keys[:4] // no way to the information and the digits any more
		}
	}
	broken, err := json.Marshal(f)
	hotlinetest.Must(t, err)
	if err := w.editions.Check(flow.Kind, string(broken)); err == nil || !strings.Contains(err.Error(), "row 7: edition.fault.no_way") {
		t.Errorf("a step that nobody comes to: %v", err)
	}
	f, err = flow.Parse(flow.Shipped())
	hotlinetest.Must(t, err)
	f.Steps[0].Words["en"] = "Hello from the harbour."
	delete(f.Steps[0].Words, "fil")
	_, err = w.editions.Write(t.Context(), w.First.ID, flow.Key(), f.Body(), 0)
	hotlinetest.Must(t, err)
	b.get(at+"/preview").is(t, 200, "Made-up contact 1", "open is yes", "step.choice is 2", "choice: Let a key be chosen, key 2", "Somebody comes to every step",
		"another way than today", "Hello from the harbour.", "Filipino: no words for greeting.")
	b.post(at+"/publish", url.Values{"version": {"1"}}).is(t, 422, "reviewed")
	b.post(at+"/publish", url.Values{"version": {"1"}, "reviewer": {"Amina"}}).went(t, at+"?done=published")
	reader := flow.NewReader(w.editions)
	now, err := reader.InForce(t.Context())
	if words, lang := now.Text(flow.Prompt{Name: "greeting", Lang: "fil"}); err != nil || now.Number != 1 || words != "Hello from the harbour." || lang != "en" {
		t.Errorf("in force is number %d, which says %q in %s: %v", now.Number, words, lang, err)
	}
	f.Steps[0].Words["en"] = "Hello again."
	_, err = w.editions.Write(t.Context(), w.First.ID, flow.Key(), f.Body(), 0)
	hotlinetest.Must(t, err)
	b.post(at+"/publish", url.Values{"version": {"1"}, "reviewer": {"Amina"}}).went(t, at+"?done=published")
	b.post(at+"/back/1", nil).went(t, at+"?done=published")
	now, err = reader.InForce(t.Context())
	if words, _ := now.Text(flow.Prompt{Name: "greeting", Lang: "en"}); err != nil || now.Number != 3 || words != "Hello from the harbour." {
		t.Errorf("put back is number %d, which says %q: %v", now.Number, words, err)
	}
}

// What is wrong with a flow or with the register is said at its field.
func TestFaultsOfTheTelephoneStandAtTheirField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	row := func(v url.Values, n string, more ...string) url.Values {
		v.Set("rows"+n+".was", "")
		for i := 0; i < len(more); i += 2 {
			v.Set("rows"+n+"."+more[i], more[i+1])
		}
		return v
	}
	const at = "/edition/numbers/line/all"
	in := row(url.Values{"version": {"0"}, "do": {"save"}}, "1", "dial", "help", "cost", "free", "bill", "nothing")
	b.post(at+"/edit", in).is(t, 422, "#f-rows1.dial", "A telephone cannot dial")
	in.Set("rows1.dial", "+15550109")
	in.Set("rows1.shown", "+1 555 0109")
	b.post(at+"/edit", in).went(t, at+"/preview")
	b.post(at+"/publish", url.Values{"version": {"1"}}).went(t, at+"?done=published")
	e, err := w.editions.Current(t.Context(), flow.NumbersKey())
	hotlinetest.Must(t, err)
	n, err := flow.ParseNumbers(e.Body)
	if got, ok := n.Find("0015550109"); err != nil || !ok || got.Cost != flow.Free || got.Shown != "+1 555 0109" {
		t.Errorf("in force is %+v, %v", n, err)
	}
	form := url.Values{"version": {"0"}, "do": {"save"}}
	for n, s := range map[string]string{"1": "expect", "2": "danger", "3": "queue", "4": "end"} {
		form.Set("steps"+n+".was", "")
		form.Set("steps"+n+".id", "step_"+n)
		form.Set("steps"+n+".kind", s)
		form.Set("steps"+n+".words_en", "Words.")
	}
	form.Set("steps3.keys1.was", "")
	form.Set("steps3.keys1.key", "9")
	form.Set("steps3.keys1.does", flow.Music)
	const way = "/edition/flow/line/all"
	b.post(way+"/edit", form).is(t, 422, "9 always means danger", "#f-steps3.keys")
	form.Set("steps3.keys1.key", "1")
	b.post(way+"/edit", form).went(t, way+"/preview")
	drafts, err := w.editions.All(t.Context(), flow.Key())
	if err != nil || len(drafts) != 1 || drafts[0].State != edition.Draft {
		t.Fatalf("kept are %d, %v", len(drafts), err)
	}
	if f, err := flow.Parse(drafts[0].Body); err != nil || len(f.Steps) != 4 || f.Steps[2].Keys[0].Does != flow.Music {
		t.Errorf("the draft is %+v, %v", f, err)
	}
}

// An administrator calls the line in her browser: the draft's words, key by key, with
// nobody rung and nothing kept.
func TestATestCallGoesThroughTheDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const at = "/flow/call?start="
	for e, want := range map[string][]string{
		"open&e=":                             {"Hello. You have reached people who help", "She presses nothing", `href="/flow/call?e=9&amp;start=open#now"`},
		"open&e=n":                            {"For English, press 1.", "Pour le français, tapez 3.", `lang="ar">للعربية، الرقم 4.`},
		"open&e=n4":                           {"She presses 4", "She hears العربية from here on", "هذه المكالمة لا تُسجَّل"},
		"open&e=n1nn":                         {"To talk to somebody, press 1"},
		"open&e=n1n1":                         {"She stands in the queue", "Music", "You are in the queue now", "An advocate answers", "The line closes"},
		"open&e=n1n1n":                        {"Two people are before you", "It may take up to ten minutes"},
		"open&e=n1n12":                        {"These four digits keep your place", "seven"},
		"open&e=n1n1cn":                       {"We have just closed"},
		"open&e=9":                            {"She stands in the queue", "The staff are told: danger now", "We have understood"},
		"open&e=9a9":                          {"An advocate talks with her", "The staff are told: danger now", "The talk ends"},
		"open&e=9ao":                          {"This call still stands in your phone"},
		"open&e=9aon":                         {"The line hangs up", "The call is over."},
		"open&e=*":                            {"Her place and her messages are forgotten", "The call is over."},
		"closed&e=n1n":                        {"Nobody can answer at the moment", "We answer again tomorrow", "at eight in the morning"},
		"full&e=n1n":                          {"Very many people are calling"},
		"open&e=zzz":                          {"Hello. You have reached people who help"},
		"nowhere&e=ooo":                       {"Hello. You have reached people who help"},
		"open&e=" + strings.Repeat("n1", 300): {"You are in the queue now"},
	} {
		b.get(at+e).is(t, 200, append(want, "A test call")...)
	}
	if n := strings.Count(b.get(at+"open&e="+strings.Repeat("n1", 300)).body, "<li"); n > 600 {
		t.Errorf("a test call without an end shows %d lines", n)
	}
	if page := b.get(at + "open&e=*").body; strings.Contains(page, "She presses nothing") {
		t.Error("a call that is over goes on")
	}
	if page := b.get(at + "open&e=n9").body; strings.Contains(page, "<audio") {
		t.Error("there is sound where nobody has spoken")
	}
	b.send("/prompts/en/danger", wav(t, 2*time.Second)).went(t, "/prompts/en?done=prompt")
	b.get(at+"open&e=9").is(t, 200, `src="/prompts/en/danger/sound"`)
	f, err := flow.Parse(flow.Shipped())
	hotlinetest.Must(t, err)
	f.Steps[0].Words["en"] = "Hello from the harbour."
	_, err = w.editions.Write(t.Context(), w.First.ID, flow.Key(), f.Body(), 0)
	hotlinetest.Must(t, err)
	b.get(at+"open").is(t, 200, "Hello from the harbour.")
}

// Where no machine speaks a language, the pages say so, and say what to do instead.
func TestWhatNoMachineSpeaksIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	const none = "No machine here speaks this language"
	for path, mute := range map[string]bool{"/prompts/fil": true, "/prompts/fil/greeting": true, "/prompts/en": false, "/prompts/en/greeting": false} {
		page := b.get(path)
		page.is(t, 200)
		if got := strings.Contains(page.body, none); got != mute {
			t.Errorf("%s says so: %v", path, got)
		}
	}
	b.send("/prompts/fil/greeting", wav(t, 2*time.Second)).went(t, "/prompts/fil?done=prompt")
	if page := b.get("/prompts/fil/greeting"); strings.Contains(page.body, none) {
		t.Error("somebody has spoken it, and the page asks for it")
	}
}

// Who runs the line reads in plain words what is wrong with the telephone, and nothing
// once it works again.
func TestADisturbedTelephoneIsSaidInPlainWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b, book := w.as(t, w.First), outage.New(w.Engine.Main, w.Bus)
	if page := b.get("/admin").body; strings.Contains(page, "does not work") {
		t.Error("nothing is disturbed, and the page says so")
	}
	for why, want := range map[string]string{
		string(trunk.Network): "nobody answers", string(trunk.Registration): "name and password", string(trunk.Declined): "does not take our calls",
		string(trunk.Credit): "credit", "sound": "sound", "something new": "could not be found out",
	} {
		hotlinetest.Must(t, book.Down(t.Context(), "first", why))
		b.get("/admin").is(t, 200, "<bdi>first</bdi> does not work", want)
	}
	hotlinetest.Must(t, book.Up(t.Context(), "first"))
	if page := b.get("/admin").body; strings.Contains(page, "does not work") {
		t.Error("it works again, and the page says that it does not")
	}
}
