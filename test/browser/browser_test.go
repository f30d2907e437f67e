package browser_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

const strict = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src 'self' data:; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// A sheet is a page of the test: what is in it, and its policy.
type sheet struct{ body, policy string }

const look = `input{max-width:100%;box-sizing:border-box}body{font:16px sans-serif;color:#111;background:#fff;margin:8px}a{color:#003}button{font:inherit;min-height:44px}:focus-visible{outline:3px solid #111}`

// good is a page without fault; the others differ from it in one.
const good = `<main><h1>Help</h1><p>Words of ours. <a href="/other">Elsewhere</a></p><form method=post action=/good><label>Say <input name=w></label> <button>Send</button></form></main>`

func sheets() map[string]sheet {
	return map[string]sheet{
		"/good":    {good, strict},
		"/other":   {`<main><h1>Other</h1><p>Another page.</p></main>`, strict},
		"/alt":     {`<main><h1>Help</h1><img src="/dot.png"></main>`, strict},
		"/pale":    {`<main><h1>Help</h1><p style="color:#6b6b6b">Words that are a little pale.</p></main>`, strict},
		"/framed":  {`<main><h1>Help</h1><iframe title="Log" src="/alt"></iframe></main>`, strict},
		"/inline":  {good + `<script>document.title = 'ran'</script>`, strict},
		"/sink":    {good + `<script>document.body.insertAdjacentHTML('beforeend', '<b>x</b>')</script>`, strict + "; script-src 'unsafe-inline'"},
		"/throw":   {good + `<script>throw new Error('planted')</script>`, ""},
		"/console": {good + `<script>console.error('planted', 7)</script>`, ""},
		"/gone":    {good + `<img alt="" src="/nowhere.png">`, ""},
		"/far":     {good + `<img alt="" src="http://example.org/dot.png"><img alt="" src="http://198.51.100.7/dot.png">`, ""},
		"/wide":    {`<main><h1>Help</h1><p id=long style="width:400px">Words.</p></main>`, strict},
		"/broad":   {`<main><h1>Help</h1><p id=long style="width:700px">Words.</p></main>`, strict},
		"/shut":    {`<main><h1>Help</h1><details><summary>More</summary><button id=b>In it</button></details></main>`, strict},
		"/within":  {`<main><h1>Help</h1><iframe title="Log" src="/good"></iframe><button>After</button></main>`, strict},
		"/hidden":  {`<style>body{overflow-x:hidden}</style><main><h1>Help</h1><p id=long style="width:400px">Words.</p></main>`, strict},
		"/widerow": {`<main><h1>Help</h1><iframe title="Log" style="width:300px" src="/wide"></iframe></main>`, strict},
		"/cut":     {`<main><h1>Help</h1><p id=box style="height:24px;overflow:hidden">One line of words.</p></main>`, strict},
		"/faint":   {`<main><h1>Help</h1><button id=a>One</button> <button id=b style="outline:0">Two</button></main>`, strict},
		"/clear":   {`<style>#b:focus-visible{outline:3px solid transparent}</style><main><h1>Help</h1><button id=b>Two</button></main>`, strict},
		"/trap":    {`<main><h1>Help</h1><button id=a>One</button><button id=b>Two</button><script>document.getElementById('a').addEventListener('keydown', e => e.preventDefault())</script></main>`, ""},
		"/under":   {`<main><h1>Help</h1><button id=a>One</button></main><div style="position:fixed;inset:0;background:#fff">Over all</div>`, strict},
		"/script":  {`<main><h1>Help</h1><noscript>No script here.</noscript><p id=p>Still.</p><script>document.getElementById('p').textContent = 'Moved by script.'</script></main>`, ""},
		"/dark":    {`<style>@media (prefers-color-scheme:dark){.l{display:none}}@media (prefers-color-scheme:light){.d{display:none}}</style><main><p class=d>Night</p><p class=l>Day</p></main>`, ""},
		"/late":    {`<main><p id=p>Not yet</p><script>setTimeout(() => { document.getElementById('p').textContent = 'At last' }, 300)</script></main>`, ""},
		"/flash":   {`<main><p id=p>Plain</p><script>setInterval(() => { p.textContent = p.textContent === 'Plain' ? 'For a moment' : 'Plain' }, 150)</script></main>`, ""},
	}
}

// serve serves the pages of the test, compressed.
func serve(t *testing.T) string {
	t.Helper()
	all := sheets()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/dot.png" {
			w.Header().Set("Content-Type", "image/png")
			return
		}
		s, ok := all[r.URL.Path]
		if !ok {
			if r.URL.Path == "/favicon.ico" { // a page without an icon asks for it, whenever it likes
				w.WriteHeader(http.StatusNoContent)
				return
			}
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Encoding", "gzip")
		if s.policy != "" {
			h.Set("Content-Security-Policy", s.policy)
		}
		http.SetCookie(w, &http.Cookie{Name: "__Host-test", Value: "1", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprintf(z, `<!doctype html><html lang=%q><head><meta charset=utf-8><link rel=icon href="data:,"><title>Home</title><style>%s</style></head><body>%s</body></html>`,
			strings.Split(r.Header.Get("Accept-Language"), ",")[0], look, s.body)
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "line.localhost", 1)
}

func TestAPageWithoutFaultPasses(t *testing.T) {
	t.Parallel()
	base := serve(t)
	w := barks(t, func(t testing.TB) {
		p := browser.Chromium(t, browser.Options{})
		p.Goto(base + "/good")
		browser.Axe(t, p, browser.EnhancedContrast)
		browser.Reflow(t, p)
		browser.LargeText(t, p)
		browser.Keyboard(t, p)
	})
	if len(w.said) > 0 {
		t.Errorf("a good page was failed: %q", w.said)
	}
}

// planted is a page with one fault, and what must be said of it.
type planted struct {
	path, what string
	check      func(testing.TB, *browser.Page)
	words      []string
}

func TestEachPlantedFaultIsSeen(t *testing.T) {
	t.Parallel()
	base := serve(t)
	faults := []planted{
		{"/alt", "a picture without words", axe, []string{"image-alt"}},
		{"/framed", "a picture without words in a frame", axe, []string{"image-alt"}},
		{"/pale", "5:1 where 7:1 is asked", enhanced, []string{"color-contrast-enhanced"}},
		{"/inline", "an inline script", unseen, []string{"policy: script-src", "Inline"}},
		{"/sink", "an HTML sink", unseen, []string{"policy: require-trusted-types-for", "TrustedTypesSink"}},
		{"/throw", "an exception", unseen, []string{"exception: Error: planted"}},
		{"/console", "an error in the console", unseen, []string{"console: ", "planted", "7"}},
		{"/gone", "a picture that is not there", unseen, []string{"log: ", "404", "/nowhere.png"}},
		{"/wide", "a page that scrolls sideways", browser.Reflow, []string{"320 px too wide", "p#long"}},
		{"/hidden", "a page that cuts off what is wide", browser.Reflow, []string{"320 px too wide", "p#long"}},
		{"/widerow", "a frame that scrolls sideways", browser.Reflow, []string{"320 px too wide", "in a frame: p#long"}},
		{"/broad", "a page that does not bear a zoom", browser.Zoom, []string{"at 200 %", "p#long"}},
		{"/cut", "a box that large text does not fit", browser.LargeText, []string{"200 %", "p#box is cut off"}},
		{"/faint", "a focus that is not seen", keyboard, []string{"button#b", "not seen"}},
		{"/clear", "a focus drawn in no colour", keyboard, []string{"button#b", "not seen"}},
		{"/trap", "a button that keeps the focus", keyboard, []string{"never reached: button#b"}},
		{"/under", "a button under something", keyboard, []string{"button#a", "covered"}},
	}
	barks(t, func(w testing.TB) {
		heard := w.(*witness)
		p := browser.Chromium(w, browser.Options{})
		for _, f := range faults {
			heard.said = nil
			p.Goto(base + f.path)
			f.check(w, p)
			if !heard.about(f.words...) {
				t.Errorf("%s on %s: said %q, want something with %q", f.what, f.path, heard.said, f.words)
			}
		}
	})
}

// unseen fails a test for the faults that no reader sees.
func unseen(t testing.TB, p *browser.Page) {
	p.WaitLoaded()
	for _, f := range p.Faults() {
		t.Errorf("%s", f)
	}
}

func TestFaultsThatNobodyTakesFailTheTest(t *testing.T) {
	t.Parallel()
	base := serve(t)
	w := barks(t, func(t testing.TB) {
		p := browser.Chromium(t, browser.Options{})
		p.Goto(base + "/inline")
		p.Excuse("something else")
	})
	if !w.about("policy: script-src") {
		t.Errorf("said %q", w.said)
	}
}

func TestWhatNeverHappensEndsTheTest(t *testing.T) {
	t.Parallel()
	base := serve(t)
	for _, f := range []planted{
		{"/under", "a press on what is covered", func(_ testing.TB, p *browser.Page) { p.Click("#a") }, []string{"press #a", "covered by div"}},
		{"/good", "words that never come", func(_ testing.TB, p *browser.Page) { p.WaitText("Never") }, []string{"wait for the words Never", "Words of ours."}},
		{"/good", "a press that the browser drops", func(_ testing.TB, p *browser.Page) { p.Ignore(); p.Click("button") }, []string{"press button", "hears no press"}},
		{"/good", "a page that does not change", func(_ testing.TB, p *browser.Page) { p.Submit("h1") }, []string{"did not change"}},
	} {
		w := barks(t, func(t testing.TB) {
			p := browser.Chromium(t, browser.Options{Patience: time.Second})
			p.Goto(base + f.path)
			f.check(t, p)
		})
		if !w.about(f.words...) {
			t.Errorf("%s: said %q, want something with %q", f.what, w.said, f.words)
		}
	}
}

func axe(t testing.TB, p *browser.Page)      { browser.Axe(t, p) }
func enhanced(t testing.TB, p *browser.Page) { browser.Axe(t, p, browser.EnhancedContrast) }
func keyboard(t testing.TB, p *browser.Page) { browser.Keyboard(t, p) }

func TestContrastOfSevenIsAskedOnlyWhereNamed(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/pale")
	if got := p.Violations(); len(got) > 0 {
		t.Errorf("AA failed a contrast of 5: %v", got)
	}
}

func TestAxeSeesAPageWithoutJavaScript(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{NoScript: true})
	p.Goto(serve(t) + "/alt")
	if got := p.Violations(); len(got) != 1 || got[0].Rule != "image-alt" {
		t.Errorf("violations %v, want one of image-alt", got)
	}
}

func TestChecksLeaveThePageAsItWas(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/cut")
	var before, after string
	const all = `[innerWidth, scrollY, ...[...document.querySelectorAll('*')].map(e => e.tagName + JSON.stringify(getComputedStyle(e)))].join('\n')`
	p.Eval(all, &before)
	p.Sideways(320)
	p.Cramped()
	p.Walk()
	p.Eval(all, &after)
	if after != before {
		t.Errorf("after the checks:\n%s\nbefore:\n%s", after, before)
	}
}

func TestReaderIsAsAskedFor(t *testing.T) {
	t.Parallel()
	base := serve(t)
	tests := []struct {
		path    string
		options browser.Options
		sees    string
		not     string
	}{
		{"/script", browser.Options{}, "Moved by script.", "No script here."},
		{"/script", browser.Options{NoScript: true}, "No script here.", "Moved by script."},
		{"/dark", browser.Options{}, "Day", "Night"},
		{"/dark", browser.Options{Dark: true}, "Night", "Day"},
		{"/late", browser.Options{}, "At last", "Not yet"},
	}
	for _, test := range tests {
		p := browser.Chromium(t, test.options)
		p.Goto(base + test.path)
		p.WaitText(test.sees)
		if got := p.Shown(); strings.Contains(got, test.not) {
			t.Errorf("%s with %+v shows %q", test.path, test.options, got)
		}
	}
	p := browser.Chromium(t, browser.Options{Lang: "ar", Width: 700})
	p.Goto(base + "/good")
	var got [3]any
	p.Eval("[document.documentElement.lang, navigator.language, innerWidth]", &got)
	if fmt.Sprint(got) != "[ar ar 700]" {
		t.Errorf("asked in, spoken, wide: %v, want [ar ar 700]", got)
	}
}

func TestWhatShowsForAMomentIsSeen(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/flash")
	if got := p.Watch(800 * time.Millisecond); !strings.Contains(got, "Plain") || !strings.Contains(got, "For a moment") {
		t.Errorf("watched: %q", got)
	}
}

func TestWhatStandsInAFieldIsShownButNotSaid(t *testing.T) {
	t.Parallel()
	base := serve(t)
	w := barks(t, func(t testing.TB) {
		p := browser.Chromium(t, browser.Options{Patience: time.Second})
		p.Goto(base + "/good")
		p.Type("input[name=w]", "half a sentence")
		if got := p.Shown(); !strings.Contains(got, "half a sentence") {
			t.Errorf("shown: %q", got)
		}
		p.WaitText("half a sentence")
	})
	if len(w.said) != 1 || !w.about("wait for the words half a sentence") {
		t.Errorf("said %q, want that the words are not on the page", w.said)
	}
}

func TestRequestsAreCountedAndWeighed(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p := browser.Chromium(t, browser.Options{})
	p.Goto(base + "/good")
	p.WaitLoaded()
	got := p.Requests()
	if len(got) != 1 || got[0].Kind != "Document" || got[0].Status != 200 {
		t.Fatalf("requests %+v, want one document", got)
	}
	if r := got[0]; r.Body >= r.Plain || r.Wire <= r.Body || r.Body < 200 {
		t.Errorf("%d bytes on the wire, %d of them body, %d unpacked", r.Wire, r.Body, r.Plain)
	}
	p.Forget()
	p.Goto(base + "/far")
	p.WaitLoaded()
	if got := p.Strangers(strings.TrimPrefix(base, "http://")); len(got) != 2 || got[0].Status != 0 || got[1].Status != 0 {
		t.Errorf("strangers %+v, want two that nobody answered", got)
	}
	p.WaitLoaded()
	if n := p.Excuse("ERR_NAME_NOT_RESOLVED"); n != 2 {
		t.Errorf("%d requests were refused, want 2", n)
	}
}

func TestReadersShareNothing(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p, q := browser.Chromium(t, browser.Options{}), browser.Chromium(t, browser.Options{})
	p.Goto(base + "/good")
	q.Goto(strings.Replace(base, "line.localhost", "127.0.0.1", 1) + "/nothing")
	q.Excuse("404")
	if got := p.Cookies(); len(got) != 1 || got[0].Name != "__Host-test" || !got[0].HTTPOnly || !got[0].Secure || got[0].SameSite != "Lax" {
		t.Errorf("cookies of the first %+v", got)
	}
	if got := q.Cookies(); len(got) != 0 {
		t.Errorf("cookies of the second %+v", got)
	}
}

func TestTabOrderIsListed(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/good")
	var names []string
	for _, s := range browser.Keyboard(t, p) {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " | "); got != "Elsewhere | Say | Send" {
		t.Errorf("order %q", got)
	}
	p.TabTo("input[name=w]")
	p.Say("مرحبا")
	p.Moving(func() { p.Key("Enter") })
	if got := p.Requests(); got[len(got)-1].Method != http.MethodPost {
		t.Errorf("Enter sent %+v", got[len(got)-1])
	}
}

func TestTabGoesThroughFrames(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/within")
	p.WaitLoaded()
	var names []string
	for _, s := range browser.Keyboard(t, p) {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " | "); got != "Elsewhere | Say | Send | After" {
		t.Errorf("order %q", got)
	}
}

func TestWhatIsFoldedAwayIsNotMissed(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/shut")
	if got := browser.Keyboard(t, p); len(got) != 1 {
		t.Errorf("stops %+v, want the summary", got)
	}
	p.ClickText("More")
	if got := browser.Keyboard(t, p); len(got) != 2 {
		t.Errorf("stops %+v, want summary and button", got)
	}
}

func TestMissingBrowserIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for program, open := range map[string]func(testing.TB){
		"chromium":    func(t testing.TB) { browser.Chromium(t, browser.Options{}) },
		"firefox-esr": func(t testing.TB) { browser.Firefox(t, browser.Options{}) },
	} {
		t.Setenv("CI", "")
		if w := barks(t, open); !w.skipped || !w.about("missing program: "+program) {
			t.Errorf("without %s: %q, skipped %v", program, w.said, w.skipped)
		}
		t.Setenv("CI", "true")
		if w := barks(t, open); w.skipped || !w.about("missing program: "+program) {
			t.Errorf("without %s under CI: %q, skipped %v", program, w.said, w.skipped)
		}
	}
}

func TestPicturesAreKept(t *testing.T) {
	t.Parallel()
	p := browser.Chromium(t, browser.Options{})
	p.Goto(serve(t) + "/good")
	if s, err := os.Stat(p.Shot("good")); err != nil || s.Size() < 1000 {
		t.Errorf("picture: %v, %v", s, err)
	}
}
