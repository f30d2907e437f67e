package load_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/load"
)

// A story is a night on a whole line: its people at desks in real browsers, callers with
// their phones, and a clock that can be moved on.
type story struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // of the test
	h    *load.House
	a    *app.App
	port string
}

// stories tells one on each engine.
func stories(t *testing.T, languages []string, people []staff.Person, tell func(s *story)) {
	t.Helper()
	storiesOn(t, languages, people, func(*testing.T, *load.House) {}, tell)
}

// storiesOn tells one on each engine, on a line that is made ready before it runs.
func storiesOn(t *testing.T, languages []string, people []staff.Person, ready func(*testing.T, *load.House), tell func(s *story)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := &story{t: t, h: load.With(t, engine, languages, people...)}
			ready(t, s.h)
			s.serve()
			_, s.port, _ = strings.Cut(s.a.Addr().String(), ":")
			t.Parallel() // both engines at once: a story mostly waits
			tell(s)
		})
	}
}

// serve runs the line in this process until its browsers are closed.
func (s *story) serve() {
	s.t.Helper()
	cfg := s.h.Config
	cfg.Operator.Listen = load.Free(s.t)
	var err error
	s.a, err = app.New(s.t.Context(), cfg, slog.New(slog.DiscardHandler), observe.NewMetrics(), nil)
	must(s.t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	s.ctx = ctx
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.a.Run(ctx) })
	s.t.Cleanup(func() { stop(); serving.Wait() })
}

// hand is somebody to hire.
func hand(name string, role hotline.Role, languages ...string) staff.Person {
	return staff.Person{Pseudonym: name, Roles: []hotline.Role{role}, Languages: languages, Capacity: 3}
}

func (s *story) now() (ms int64) {
	s.t.Helper()
	must(s.t, s.a.Line.Main.Read(s.ctx, func(tx db.Tx) (err error) { ms, err = db.Now(tx); return err }))
	return ms
}

// later moves the clock of both databases on.
func (s *story) later(by time.Duration) {
	s.t.Helper()
	dbtest.Advance(s.t, by, s.a.Line.Main, s.a.Line.Store)
}

// beats waits until so many are at their desks, after the clock was moved on.
func (s *story) beats(people int) {
	s.t.Helper()
	waitFor(s.t, 40*time.Second, "the desks to beat", func() bool {
		return s.count(`SELECT count(*) FROM presence WHERE state = 'ready' AND beat_until > $1`, s.now()+30_000) >= people
	})
}

func (s *story) count(query string, args ...any) (n int) {
	s.t.Helper()
	must(s.t, s.a.Line.Main.One(s.ctx, query, args, &n))
	return n
}

// newest is the contact that began last.
func (s *story) newest() (c contact.Contact) {
	s.t.Helper()
	var id hotline.ContactID
	must(s.t, s.a.Line.Main.One(s.ctx, `SELECT id FROM contact ORDER BY began DESC LIMIT 1`, nil, &id))
	return s.contact(id)
}

func (s *story) contact(id hotline.ContactID) contact.Contact {
	s.t.Helper()
	c, err := s.a.Line.Book.Find(s.ctx, id)
	must(s.t, err)
	return c
}

// at waits until a contact has come to a state.
func (s *story) at(id hotline.ContactID, state contact.State) {
	s.t.Helper()
	waitFor(s.t, 40*time.Second, "the contact to be "+string(state), func() bool { return s.contact(id).State == state })
}

// A seat is somebody at her desk.
type seat struct {
	*browser.Page
	s    *story
	name string
}

// sit signs somebody in through the page. Whoever is ready is offered contacts.
func (s *story) sit(name string, ready bool) seat {
	s.t.Helper()
	d := s.signIn(name, "")
	d.begins(ready)
	return d
}

// signIn opens a desk up to its welcome, in a browser whose microphone hears a file.
func (s *story) signIn(name, microphone string) seat {
	s.t.Helper()
	who, ok := s.h.Cast.Find(name)
	if !ok {
		s.t.Fatalf("nobody is called %s", name)
	}
	p := browser.Chromium(s.t, browser.Options{Width: 1440, Height: 900, Patience: time.Minute, Capture: microphone})
	u := url.URL{Scheme: "http", Host: "desk.localhost:" + s.port, Path: "/signin"}
	p.Goto(u.String())
	p.WaitLoaded()
	code, err := account.CodeAt(seal.Conceal(who.Secret), time.UnixMilli(s.now()))
	must(s.t, err)
	p.Type(`input[name="name"]`, who.Name)
	p.Type(`input[name="passphrase"]`, who.Passphrase)
	p.Type(`input[name="code"]`, code)
	p.Submit(`form[action="/signin"] button`)
	p.WaitFor(".bar .dot.ok")
	return seat{p, s, name}
}

// begins is the last step before her shift. Whoever is ready is offered contacts.
func (d seat) begins(ready bool) {
	d.s.t.Helper()
	if ready {
		d.ClickText("Go on without sound")
	} else {
		d.ClickText("Only look around for now")
	}
	d.WaitGone("dialog")
}

// accept takes what rings.
func (d seat) accept(words string) {
	d.s.t.Helper()
	d.Click(".ring .btn.pri")
	d.WaitFor(".chat .compose textarea")
	d.WaitText(words)
}

// answer writes to the caller.
func (d seat) answer(words string) {
	d.s.t.Helper()
	d.Type(".chat[aria-current] .compose textarea", words)
	d.Key("Enter")
	d.WaitTrue(`document.querySelector('.chat[aria-current] .compose textarea').value === ''`)
}

// more chooses from the menu of the conversation.
func (d seat) more(words string) {
	d.s.t.Helper()
	d.Click(".chat[aria-current] header summary")
	d.ClickText(words)
}

// phrase sends an approved phrase, found by a word of its group.
func (d seat) phrase(of string) {
	d.s.t.Helper()
	const field = `.chat[aria-current] .compose textarea`
	d.Click(field)
	d.Key("/")
	d.WaitFor(`.phrases [aria-selected="true"]`)
	d.Say(of)
	d.WaitTrue(`document.querySelectorAll('.phrases [role="option"]').length > 0`)
	d.Key("Enter")
	d.WaitTrue(`document.querySelector('` + field + `').value !== ''`)
	d.Key("Enter")
	d.WaitTrue(`document.querySelector('` + field + `').value === ''`)
}

// draw draws a code phrase for her, and gives it as the advocate reads it out.
func (d seat) draw() (words string) {
	d.s.t.Helper()
	d.ClickText("Give her a phrase")
	d.WaitFor(".drawn .words")
	d.Eval(`document.querySelector(".drawn .words").innerText`, &words)
	d.ClickText("She has it")
	d.WaitGone(".drawn")
	return strings.TrimSpace(words)
}

// says enters what she says of who she is.
func (d seat) says(words string) {
	d.s.t.Helper()
	d.Type("#says", words)
	d.Key("Enter")
	d.WaitTrue(`!document.querySelector("#says")?.value`)
}

// hides looks that nothing of what was before is on the screen.
func (d seat) hides(words ...string) { hides(d.s.t, d.name+"'s desk", d.Shown(), words...) }

func hides(t *testing.T, where, shown string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(shown, w) {
			t.Errorf("%s shows %q:\n%s", where, w, shown)
		}
	}
}

// phone is a caller's, who writes her first words.
func (s *story) phone(lang, words string) *browser.Page {
	s.t.Helper()
	p := browser.Chromium(s.t, browser.Options{Lang: lang, World: true, Patience: time.Minute})
	p.Goto("http://line.localhost:" + s.port)
	p.Click("button[value=chat]")
	p.WaitFor("#w")
	p.Type("#w", words)
	p.Click("button[value=send]")
	p.WaitFor("#say")
	p.WaitText(words)
	return p
}

// write sends more words of hers.
func write(p *browser.Page, words string) {
	p.Type("#w", words)
	p.Click("#say button[value=send]")
	p.WaitText(words)
}

// choose answers a question of the form by the chip of a code.
func (d seat) choose(question, code string) {
	d.s.t.Helper()
	at := d.question(question)
	chip := fmt.Sprintf(`%s.querySelector('input[value=%q]')`, at, code)
	d.WaitTrue(chip + ` !== null`)
	d.Eval(`(() => { const e = `+chip+`; if (!e.checked) e.click() })()`, nil)
	d.WaitTrue(at + `.querySelector(".a:not(.none)") !== null`)
}

// question opens a question of the form, and says how it is found.
func (d seat) question(words string) string {
	d.s.t.Helper()
	at := fmt.Sprintf(`[...document.querySelectorAll(".form details")].find((e) => e.querySelector(".q").innerText === %q)`, words)
	d.WaitTrue(at + ` !== undefined`)
	d.Eval(`(() => { const e = `+at+`; if (!e.open) e.querySelector("summary").click() })()`, nil)
	return at
}

// law puts the law of a country in force, as it comes with the program, and says that the
// line works there and what its people are.
func (s *story) law(country policy.Place, roles ...policy.Role) {
	s.t.Helper()
	key := policy.DutyKey(country)
	by, err := s.a.Line.Staff.ByName(s.ctx, s.h.Cast.Actors[0].Name)
	must(s.t, err)
	must(s.t, s.a.Line.Editions.Begin(s.ctx, by.ID, key, policy.ShippedDuty()[key]))
	must(s.t, s.a.Line.Editions.Begin(s.ctx, by.ID, policy.OursKey(), policy.Ours{Place: country, Roles: roles}.Body()))
}

// pick chooses from a list.
func (d seat) pick(selector, code string) {
	d.s.t.Helper()
	d.WaitFor(selector)
	d.Eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event('change', {bubbles: true})) })()`, selector, code), nil)
}

// quoted is a text in the page's own language.
func quoted(s string) string { return fmt.Sprintf("%q", s) }
