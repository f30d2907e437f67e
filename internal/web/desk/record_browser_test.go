// The race detector sees nothing of a browser, and what the desk does for one it sees in the tests
// that speak its frames.

//go:build !race

package desk_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// A seat is where somebody sits: her door to the line, already open, which can be cut.
type seat struct {
	*browser.Page
	t   *testing.T
	url string

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// sit opens the desk of a true line in Chromium, for somebody who has signed in.
func (l *line) sit(t *testing.T, p *hotlinetest.Person, o browser.Options) *seat {
	t.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 1440, 1000
	}
	s := &seat{t: t, conns: map[net.Conn]bool{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		down := s.down
		s.mu.Unlock()
		if down && r.URL.Path == desk.SocketPath {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		r.Header.Set("Cookie", cookie(p).Get("Cookie"))
		l.mux.ServeHTTP(w, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns[c] = true
		return ctx
	}
	server.Start()
	t.Cleanup(func() {
		s.cut(true)
		server.Close()
	})
	s.url = server.URL
	s.Page = browser.Chromium(t, o)
	enter(s.Page, s.url+desk.PagePath, o.Dark)
	s.WaitFor(".bar")
	return s
}

// enter opens a desk. It goes by the clock of the line and not by the device: who wants it
// dark has chosen so.
func enter(p *browser.Page, url string, dark bool) {
	p.Goto(url)
	if dark {
		p.Eval(`localStorage.setItem("freeline.desk", '{"theme":"dark"}')`, nil)
		p.Goto(url)
		p.WaitFor(`:root[data-theme="dark"]`)
	}
}

// cut ends every connection; with down set the socket does not come back.
func (s *seat) cut(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
	for c := range s.conns {
		_ = c.Close()
		delete(s.conns, c)
	}
}

// question is the place of a field on the page.
func (l *line) question(t *testing.T, c *hotlinetest.Caller, code string) string {
	t.Helper()
	return "#d-" + string(c.Contact) + "-" + l.asksOf(t, "self", code)
}

// stored is what stands in the database of a field.
func (l *line) stored(t *testing.T, p *hotlinetest.Person, c *hotlinetest.Caller, code string) string {
	t.Helper()
	all, err := l.Fields(t, p, c.Contact)
	hotlinetest.Must(t, err)
	return all[l.asksOf(t, "self", code)]
}

// What is typed in a field is saved as it is typed; what was typed while the line was down
// survives a reload and is saved when it is back.
func TestTypedFieldsAreNeverLost(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	s := l.sit(t, ana, browser.Options{})
	country := l.question(t, c, "country")
	s.WaitFor(country)
	s.Click(country + " summary")
	s.Type(country+" input[type=text]", "Over the")
	s.WaitText("Saved")
	if got := l.stored(t, ana, c, "country"); got != (form.Value{Text: "Over the"}).JSON() {
		t.Errorf("stored is %s", got)
	}
	s.cut(true)
	s.Say(" river")
	s.WaitText("Kept here until the line is back")
	s.Goto(s.url + desk.PagePath) // a new page, which finds no line
	s.cut(false)
	s.WaitFor(country)
	s.WaitTrue(`document.querySelector('` + country + ` .a')?.textContent === 'Over the river'`)
	s.WaitText("Saved")
	s.Excuse("WebSocket connection") // while it was down
	if got := l.stored(t, ana, c, "country"); got != (form.Value{Text: "Over the river"}).JSON() {
		t.Errorf("stored is %s", got)
	}
	s.Shot("record")
	browser.Axe(t, s.Page)
	if l.Find(t, c.Contact).State != contact.Live {
		t.Error("it is not live any more")
	}
}

// A record that comes while an answer is on its way makes no second one of it: what is said to
// the first would be taken for the second, and what was typed between them be lost.
func TestOneAnswerIsOnItsWay(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	s := l.sit(t, ana, browser.Options{})
	city := l.question(t, c, "city")
	s.WaitFor(city)
	s.Click(city + " summary")
	s.Inside(`(() => {
		const was = WebSocket.prototype.send;
		const told = document.documentElement.dataset; // what the test may read
		let held = [];
		told.held = told.record = told.saved = 0;
		document.addEventListener('let go', () => { const all = held; held = undefined; for (const send of all) send(); });
		WebSocket.prototype.send = function (x) {
			if (!this.counted) this.addEventListener('message', (e) => { told[JSON.parse(e.data).t]++; });
			this.counted = true;
			if (held && x.includes('"t":"field"')) told.held = held.push(() => was.call(this, x));
			else was.call(this, x);
		};
	})()`)
	s.Type(city+" input[type=text]", "Over the")
	s.WaitTrue(`document.documentElement.dataset.held === '1'`)
	s.Say(" river")
	s.Eval(`(() => { const s = document.getElementById('tongue'); s.value = 'es'; s.dispatchEvent(new Event('change', { bubbles: true })); })()`, nil)
	s.WaitTrue(`document.documentElement.dataset.record > 0`)
	var sent string
	if s.Eval(`document.documentElement.dataset.held`, &sent); sent != "1" {
		t.Errorf("%s answers of a field are on their way", sent)
	}
	s.Eval(`document.dispatchEvent(new Event('let go'))`, nil)
	s.WaitTrue(`document.documentElement.dataset.saved === '2'`)
	if got := l.stored(t, ana, c, "city"); got != (form.Value{Text: "Over the river"}).JSON() {
		t.Errorf("stored is %s", got)
	}
}

// by brings a contact in by a path.
func (l *line) by(t *testing.T, path hotline.Path, words string) *hotlinetest.Caller {
	t.Helper()
	c := l.Browser()
	in := l.Incoming(c, words)
	in.Codes.Path = path
	made, err := l.Book.Receive(t.Context(), in)
	hotlinetest.Must(t, err)
	c.Contact = made.ID
	return c
}

// From answered to saved: a tip takes three presses at most, a crisis six, and what nobody
// is behind two. Nothing else than safety and type is asked for.
func TestFewPressesFromAnsweredToSaved(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	s := l.sit(t, ana, browser.Options{})
	direct := ".form .finish .btn.pri"
	for _, way := range []struct {
		name    string
		path    hotline.Path
		presses []string
		most    int
		outcome string
	}{
		{"a tip", hotline.Tip, []string{`.form input[value="not_asked"]`, direct}, 3, "informed"},
		{"a crisis", hotline.Self, []string{
			`.form input[value="yes"]`, `.form input[value="crisis"]`, ".form .finish .btn", "dialog .btn.end", ".wrapup .btn.pri",
		}, 6, "helped"},
		{"silence", hotline.Unknown, []string{`.form input[value="silent"]`, direct}, 2, "silent"},
		{"abuse", hotline.Unknown, []string{`.form input[value="abusive"]`, direct}, 2, "abusive"},
		{"a wrong number", hotline.Unknown, []string{`.form input[value="wrong_number"]`, direct}, 2, "wrong"},
		{"a test", hotline.Unknown, []string{`.form input[value="test"]`, direct}, 2, "test"},
	} {
		c := l.by(t, way.path, "hello")
		l.Take(t, ana, c.Contact)
		s.WaitFor("#d-" + string(c.Contact) + "-" + l.asksOf(t, form.Name(way.path), form.Type))
		if len(way.presses) > way.most {
			t.Errorf("%s takes %d presses, want at most %d", way.name, len(way.presses), way.most)
		}
		for _, press := range way.presses {
			s.WaitFor(press)
			s.Click(press)
		}
		s.WaitGone(".chat")
		if got := l.head(t, ana, c.Contact); l.Find(t, c.Contact).State != contact.Closed || got.Outcome != way.outcome {
			t.Errorf("%s: it is %s, and what came of it is %q, want %q", way.name, l.Find(t, c.Contact).State, got.Outcome, way.outcome)
		}
	}
}

// The whole form of a crisis is written by the keyboard alone: one key goes to it, Enter goes
// on to the next question.
func TestWholeFormByKeyboard(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	s := l.sit(t, ana, browser.Options{})
	s.WaitFor(l.question(t, c, form.Type))
	s.Key("Alt+i")
	s.WaitFor(".form details :focus")
	focus := func() (is struct{ Kind, Field string }) {
		s.Eval(`(() => { const e = document.activeElement; return { Kind: e.type ?? "", Field: e.closest("details")?.id ?? "" } })()`, &is)
		return is
	}
	answered := map[string]bool{}
	for at := focus(); at.Field != ""; at = focus() {
		if answered[at.Field] {
			t.Fatalf("the keyboard stays at %s", at.Field)
		}
		answered[at.Field] = true
		switch at.Kind {
		case "radio", "checkbox":
			s.Key("Space")
		case "date":
			for _, digit := range "11302026" {
				s.Key(string(digit))
			}
		default:
			s.Say("12")
		}
		s.Key(map[bool]string{true: "Control+Enter", false: "Enter"}[at.Kind == "textarea"])
		s.WaitTrue(`(() => {
			const now = document.activeElement.closest("details"), last = [...document.querySelectorAll(".form details")].at(-1);
			return now ? now.id !== ` + asJSON(at.Field) + ` : last.id === ` + asJSON(at.Field) + `;
		})()`)
	}
	var left []string
	s.Eval(`[...document.querySelectorAll(".form summary:has(.a.none)")].filter((e) => /^(open|needed)$/.test(e.querySelector(".a").textContent)).map((e) => e.textContent)`, &left)
	if len(left) > 0 || len(answered) < 30 {
		t.Errorf("%d questions answered by the keyboard, left are %q", len(answered), left)
	}
	s.WaitText("Saved")
	all, err := l.Fields(t, ana, c.Contact)
	hotlinetest.Must(t, err)
	for field := range answered {
		// What the program knew already is written down at the end.
		if id := field[len(field)-26:]; all[id] == "" && id != l.asksOf(t, "self", "again") {
			var asks string
			s.Eval(`document.getElementById(`+asJSON(field)+`).textContent`, &asks)
			t.Errorf("%q is not stored", asks)
		}
	}
}

// For whom she writes is put right by the keyboard alone: the form follows while nothing
// stands in it, and says so when it stays. The keyboard is where it was before.
func TestPathIsPutRightByKeyboard(t *testing.T) {
	l := open(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	c := l.by(t, hotline.Other, "hello")
	l.Take(t, ana, c.Contact)
	s := l.sit(t, ana, browser.Options{})
	at := func(name, field string) string { return "#d-" + string(c.Contact) + "-" + l.asksOf(t, name, field) }
	chip := ".form > header .tag:not(.info)"
	set := func(keys ...string) {
		t.Helper()
		s.Eval(`document.querySelector("`+chip+`").focus()`, nil)
		s.Key("Enter")
		s.WaitFor(".whom")
		for _, key := range append([]string{"Tab", "Tab"}, keys...) { // over the level, to the choice
			s.Key(key)
		}
	}
	chosen := func(path string) {
		t.Helper()
		s.WaitTrue(`document.activeElement.closest(".whom") && document.activeElement.value === ` + asJSON(path))
	}
	back := func(says string) {
		t.Helper()
		s.WaitGone(".whom")
		s.WaitTrue(`document.activeElement === document.querySelector("` + chip + `") && document.activeElement.textContent.endsWith(` + asJSON(says) + `)`)
	}
	s.WaitFor(at("other", form.Type))
	set()
	chosen("other")
	s.Key("ArrowUp")
	chosen("self")
	s.WaitText("The form changes with it")
	if got := l.Find(t, c.Contact).Path; got != hotline.Other {
		t.Errorf("walking through the choice makes it %s", got)
	}
	s.Key("Tab")
	s.Key("Enter")
	back("For herself")
	s.WaitFor(at("self", form.Type))
	s.Click(at("self", form.Type) + ` input[value="crisis"]`)
	s.WaitText("Saved")

	set("ArrowUp") // from the first around to the last
	chosen("tip")
	s.WaitText("so it stays")
	s.Key("Tab")
	s.Key("Enter")
	back("Tip")
	s.WaitFor(at("self", form.Type))
	s.WaitText("so it stays")
	if got := l.Find(t, c.Contact).Path; got != hotline.Tip {
		t.Errorf("the path is %s", got)
	}
	s.WaitTrue(`document.querySelector('` + at("self", "language") + ` .a').textContent === "English"`)
	browser.Axe(t, s.Page)
}

// The form is used at 320 px, in the dark, in Arabic, and with letters twice as large.
func TestFormFitsEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
		lang string
	}{
		{"light", browser.Options{}, "en"},
		{"dark_pocket", browser.Options{Width: 320, Height: 900, Dark: true}, "en"},
		{"Arabic", browser.Options{}, "ar"},
		{"Arabic_pocket", browser.Options{Width: 320, Height: 900}, "ar"},
	} {
		t.Run(as.name, func(t *testing.T) {
			l := open(t, dbtest.New(t))
			ana := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Languages: []string{as.lang}, Locale: as.lang, Capacity: 3})
			c := l.in(t, as.lang, "hello")
			l.Take(t, ana, c.Contact)
			s := l.sit(t, ana, as.o)
			s.WaitFor(".bar .dot.ok")
			if as.o.Width == 320 {
				s.Click(".tabs button:nth-of-type(3)")
			}
			s.WaitFor(l.question(t, c, form.Type))
			s.Click(".form > header .tag:not(.info)")
			s.Click(`.whom input[value="tip"]`)
			s.WaitFor(".whom .btn")
			s.Shot(as.name + "_whom")
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
			s.Click(".form > header .tag.info")
			s.WaitFor(".level .say")
			s.Click(`.level input[value="confidential"]`)
			s.Click(l.question(t, c, form.Type) + ` input[value="crisis"]`)
			s.Shot(as.name + "_level")
			s.Click(".form > header .tag.info")
			s.Click(l.question(t, c, "control") + " summary")
			s.WaitFor(l.question(t, c, "control") + " input")
			s.WaitTrue(`document.querySelector(".form header [role=status]").textContent !== ""`)
			s.Shot(as.name)
			browser.Axe(t, s.Page)
			browser.Reflow(t, s.Page)
		})
	}
}

// Two sit at two desks and write in one field: the later one sees both texts in it, and what
// she picks stands on both desks.
func TestTwoDesksShowBothTexts(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	sup := l.Hire(t, hotline.Supervisor)
	hotlinetest.Must(t, l.Book.Accompany(t.Context(), sup.ID, c.Contact, true))
	a, b := l.sit(t, ana, browser.Options{}), l.sit(t, sup, browser.Options{})
	country := l.question(t, c, "country")
	for _, s := range []*seat{a, b} {
		s.WaitFor(country)
		s.Click(country + " summary")
		s.WaitFor(country + " input[type=text]")
	}
	b.cut(true) // she does not hear of what is typed meanwhile
	a.Type(country+" input[type=text]", "Inland")
	a.WaitText("Saved")
	b.Type(country+" input[type=text]", "The coast")
	b.cut(false)
	b.WaitFor(country + " .clash")
	b.WaitText("Inland")
	b.Shot("clash")
	browser.Axe(t, b.Page)
	b.ClickText("Keep both")
	for _, s := range []*seat{a, b} {
		s.WaitTrue(`document.querySelector('` + country + ` .a')?.textContent === 'Inland; The coast'`)
		s.Excuse("WebSocket connection")
	}
	if got := l.stored(t, ana, c, "country"); got != (form.Value{Text: "Inland; The coast"}).JSON() {
		t.Errorf("stored is %s", got)
	}
}
