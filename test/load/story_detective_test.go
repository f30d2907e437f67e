package load_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/browser"
)

// An office is a browser of somebody who has to do with the law: its pages need no script.
type office struct {
	*browser.Page
	s      *story
	secret string
	at     string // the request that is open
}

// office signs somebody in to the pages of legal requests.
func (s *story) office(name string) *office {
	s.t.Helper()
	who, ok := s.h.Cast.Find(name)
	if !ok {
		s.t.Fatalf("nobody is called %s", name)
	}
	o := &office{browser.Chromium(s.t, browser.Options{Width: 1100, Height: 900, Patience: time.Minute}), s, who.Secret, ""}
	o.Goto("http://desk.localhost:" + s.port + "/signin?to=" + url.QueryEscape("/legal"))
	o.Type(`input[name="name"]`, who.Name)
	o.Type(`input[name="passphrase"]`, who.Passphrase)
	o.Type(`input[name="code"]`, o.code())
	o.Submit(`form[action="/signin"] button`)
	o.WaitText("Legal requests")
	return o
}

func (o *office) code() string {
	o.s.t.Helper()
	code, err := account.CodeAt(seal.Conceal(o.secret), time.UnixMilli(o.s.now()))
	must(o.s.t, err)
	return code
}

// go opens a page of the staff's.
func (o *office) open(path string) {
	o.Goto("http://desk.localhost:" + o.s.port + path)
	o.WaitLoaded()
}

// enter writes down what came.
func (o *office) enter(paper, from, asks string) {
	o.s.t.Helper()
	o.open("/legal/new")
	o.Click(fmt.Sprintf(`input[name="paper"][value=%q]`, paper))
	o.Type("#f-from", from)
	o.Type("#f-words", asks)
	o.submit("main form .btn.pri")
	o.WaitText("Entered.")
	_, o.at, _ = strings.Cut(o.URL(), o.s.port)
	o.at, _, _ = strings.Cut(o.at, "?")
}

// submit gives a fresh code where the page asks for one.
func (o *office) submit(button string) {
	o.s.t.Helper()
	o.Submit(button)
	var asked bool
	if o.Eval(`document.querySelector("#f-stepup") !== null`, &asked); asked {
		o.s.later(35 * time.Second) // of the old one nobody signs again
		o.Type("#f-stepup", o.code())
		o.Submit(button)
	}
}

// do takes an act about the request that is open; fill answers what it asks.
func (o *office) do(kind string, fill func()) {
	o.s.t.Helper()
	o.open(o.at)
	button := fmt.Sprintf(`button[name="do"][value=%q]`, kind)
	o.WaitTrue(fmt.Sprintf(`document.querySelector('%s') !== null`, button))
	o.Eval(fmt.Sprintf(`document.querySelector('%s').closest("details").open = true`, button), nil)
	if fill != nil {
		fill()
	}
	o.submit(button)
	o.WaitText("Written down.")
}

func (o *office) say(kind, words string) {
	o.Type(fmt.Sprintf(`textarea[name="%s.words"]`, kind), words)
}

func (o *office) choose(name, value string) {
	o.Click(fmt.Sprintf(`input[name=%q][value=%q]`, name, value))
}

// search has the words looked for, waits for the machine, and takes in what it found.
func (o *office) search(words string) {
	o.s.t.Helper()
	o.do("search", func() { o.say("search", words) })
	waitFor(o.s.t, time.Minute, "the search to end", func() bool {
		return o.s.count(`SELECT count(*) FROM legal_search WHERE done_at = 0`) == 0
	})
	o.do("found", nil)
}

// S3, as a chat: a detective asks whether she has written, then comes with a subpoena, then
// with an order. He learns from the desk what everybody learns; what the law has us do is
// done by three people, of whom none does the others' part; nobody on the desk sees that
// anything is held. Of somebody who never wrote, the answer is empty, and proven.
func TestADetectiveAsks(t *testing.T) {
	people := []staff.Person{hand("Wren", hotline.Advocate, "en"), hand("Sol", hotline.Supervisor, "en"), hand("Pia", hotline.PrivacyOfficer, "en")}
	stories(t, []string{"en"}, people, func(s *story) {
		wren, sol := s.sit("Wren", true), s.sit("Sol", false)
		const hers = "he keeps my passport, i want to go home"
		her := s.phone("en", hers)
		wren.WaitFor(".ring")
		wren.accept(hers)
		rosa := s.newest().ID
		wren.Key("Alt+e")
		wren.Type(`.safe-edit input[id$="-name"]`, "Rosa Quispe")
		wren.Click(".safe-edit .pri")
		wren.WaitGone(".safe-edit")
		wren.answer("We find you a bed for tonight.")
		her.WaitText("We find you a bed for tonight.")
		wren.more("End…")
		wren.ClickText("End now")
		wren.WaitFor(".wrapup")
		for _, chip := range []string{`input[value="yes"]`, `input[value="crisis"]`} {
			wren.Click(".wrapup " + chip)
		}
		wren.ClickText("A plan was made")
		wren.ClickText("Save and close")
		wren.WaitGone(".chat")
		her.WaitText("This chat has ended")

		const asks = "This is Detective Ito. Has Rosa Quispe contacted you?"
		his := s.phone("en", asks)
		wren.WaitFor(".ring")
		wren.accept(asks)
		wren.phrase("neither")
		his.WaitText("We neither confirm nor deny whether somebody has contacted us.")
		wren.hides("passport", "a bed for tonight")
		hides(t, "his page", his.Shown(), "passport", "a bed for tonight")

		pia := s.office("Pia")
		pia.enter("question", "Detective Ito, city police", "Whether Rosa Quispe has written.")
		pia.WaitText("We neither confirm nor deny")
		pia.do("neither", nil)
		pia.do("paper", func() {
			pia.choose("paper.paper", "subpoena")
			pia.Type(`input[name="paper.from"]`, "County court")
			pia.Type(`input[name="paper.on"]`, "2026-11-30")
			pia.Type(`input[name="paper.due"]`, "2099-12-01")
			pia.say("paper", "All records of Rosa Quispe.")
		})
		pia.WaitText("A subpoena is not a court order.")
		pia.do("counsel", func() { pia.choose("counsel.word", "none"); pia.say("counsel", "She looks at it.") })

		sol.WaitTrue(`document.querySelector(".bar") !== null`)
		pia.search("rosa quispe")
		pia.WaitText("Found: 1")
		sol.hides("Rosa", "Quispe")
		before := [2]string{desked(wren), desked(sol)}
		pia.do("hold", func() { pia.say("hold", "The subpoena.") })
		if !s.contact(rosa).Hold {
			t.Fatal("she is not held")
		}
		if after := [2]string{desked(wren), desked(sol)}; after != before {
			t.Errorf("a desk has changed with the hold:\n%s\n%s", before, after)
		}
		pia.open(pia.at)
		pia.WaitTrue(`document.querySelector('button[value="name"]') === null`) // a subpoena names nobody

		pia.do("paper", func() {
			pia.choose("paper.paper", "order")
			pia.Type(`input[name="paper.from"]`, "County court")
			pia.Type(`input[name="paper.on"]`, "2026-12-01")
			pia.say("paper", "The words of the contact of this week.")
		})
		pia.do("name", func() { pia.say("name", "The words of contact 1, and no notes.") })
		pia.Shot("a request, with an order")

		s.later(35 * time.Second) // of her code of before nobody signs in again
		named := s.office("Sol")
		named.Click(".rows .btn")
		named.WaitText("You are named for this request.")
		named.at = pia.at
		named.Shot("the supervisor who is named")
		named.do("produce", func() {
			named.choose("produce.object", string(rosa)+" words")
			named.say("produce", "The order of 1 December.")
		})
		pia.open(pia.at + "/given/" + string(rosa))
		pia.WaitText(hers)
		pia.Shot("what is handed over")
		pia.do("hand", func() { pia.say("hand", "A print of the words, to the clerk in person.") })
		pia.do("tell", func() { pia.choose("tell.told", "not_possible"); pia.say("tell", "She left no safe way.") })
		pia.do("lift", func() { pia.say("lift", "The court has what it asked for.") })
		pia.do("close", func() { pia.say("close", "Handed over as ordered.") })
		if s.contact(rosa).Hold {
			t.Error("she is held for nothing")
		}
		browser.Axe(t, pia.Page)

		pia.enter("subpoena", "County court", "All records of Edgar Mamani.")
		pia.do("counsel", func() { pia.choose("counsel.word", "none"); pia.say("counsel", "Told.") })
		pia.search("Edgar Mamani\n+1 555 0177")
		pia.WaitText("Nothing was found")
		pia.Shot("nothing was found")
		file := pia.Download(func() { pia.ClickText("The signed statement, as a file") })
		said, err := policy.VerifyStatement(file, s.h.Config.Keys.Root, 1, "Edgar Mamani\n+1 555 0177")
		must(t, err)
		if said.Found != 0 || said.Contacts != int64(s.count(`SELECT count(*) FROM contact`)) || said.Shut != 0 {
			t.Errorf("the statement says %+v", said)
		}
		dir := t.TempDir()
		statement, words := filepath.Join(dir, "statement.json"), filepath.Join(dir, "words.txt")
		must(t, os.WriteFile(statement, file, 0o600))
		must(t, os.WriteFile(words, []byte("Edgar Mamani\n+1 555 0177\n"), 0o600))
		out, err := s.h.Command("legal", "verify", "-statement", statement, "-words", words)
		if err != nil || !strings.Contains(out, "something was found in 0 of them") || !strings.Contains(out, "it is about the words that you gave") {
			t.Errorf("the program says %q, %v", out, err)
		}
		must(t, os.WriteFile(statement, []byte(strings.Replace(string(file), `\"contacts\":2`, `\"contacts\":3`, 1)), 0o600))
		if out, err := s.h.Command("legal", "verify", "-statement", statement); err == nil {
			t.Errorf("a changed statement verifies: %q", out)
		}
		pia.do("empty", nil)
		pia.do("close", func() { pia.say("close", "The statement was handed over.") })
		if n := s.count(`SELECT count(*) FROM legal WHERE state <> 'closed'`); n != 0 {
			t.Errorf("%d requests are not closed", n)
		}
	})
}

// desked is what a desk shows, without what the clock changes.
func desked(d seat) string {
	d.s.t.Helper()
	return clockless(d.Shown())
}

// clockless leaves out what counts by itself.
func clockless(shown string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, shown)
}
