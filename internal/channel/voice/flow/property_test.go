package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A course draws what happens in a call, and holds what the package promises after
// every event. Returned is how it ended, or that it did not.
type course struct {
	*flow.Machine
	draw   func(n int) int
	due    flow.Event // nil: nobody owes an event
	joined bool
	nine   bool // the last key was a 9
	looked int  // times that digits were looked up
	told   bool // what to expect was said, or danger came first
	expect map[string]bool
	trace  []string
}

func newCourse(f flow.Flow, start flow.Start, draw func(int) int) *course {
	c := &course{Machine: flow.New(f, start), draw: draw, expect: map[string]bool{}}
	for _, s := range f.Steps {
		if s.Kind == flow.Expect {
			c.expect[s.ID] = true
		}
	}
	return c
}

// on gives an event, and returns what promise it broke.
func (c *course) on(e flow.Event) error {
	was := c.State()
	do := c.Step(e)
	c.trace = append(c.trace, fmt.Sprintf("%T%v -> %v", e, e, do))
	alert, forget, hang, put, passed := false, false, false, false, false
	for _, d := range do {
		if hang {
			return errors.New("something comes after the end")
		}
		switch d := d.(type) {
		case flow.Speak:
			c.due = nil
			if len(d.Prompts) > 0 {
				c.due = flow.Said{N: d.N}
			}
			for _, p := range d.Prompts {
				c.told = c.told || c.expect[p.Name]
				if s, _ := c.Flow().Step(p.Name); s.Kind == flow.Danger && !c.State().Danger {
					return errors.New("the words for danger are said to somebody who did not press 9")
				}
				if p.Name == "" || p.Lang == "" {
					return errors.New("a prompt without a name or a language")
				}
			}
		case flow.Wait:
			if d.After <= 0 {
				return errors.New("a time of nothing")
			}
			c.due = flow.Rang{N: d.N}
		case flow.Join:
			put = true
			c.joined, c.told = true, c.told || d.Danger
			if !c.told {
				return errors.New("in the queue without a word on what to expect")
			}
		case flow.Act:
			switch d {
			case flow.Alert:
				alert = true
				if !c.joined && was.Phase != flow.Talking {
					return errors.New("an alert for nobody")
				}
			case flow.Forget:
				forget = true
			case flow.Leave:
				c.joined = false
			case flow.HangUp:
				hang = true
			case flow.KeepPlace, flow.BreakOff:
			}
		case flow.FindPlace:
			if c.looked++; c.looked > flow.MaxTimes {
				return errors.New("digits are guessed without end")
			}
		case flow.CallBack:
			if k, ok := e.(flow.Pressed); d.Number.Len() > 0 && (!ok || k.Key != '1') || d.Hours == "" {
				return errors.New("a call back that she did not confirm, or at no hour")
			}
		case flow.PassOn:
			passed = true
			if was.Phase != flow.Through {
				return errors.New("a key of ours is passed on")
			}
		case flow.PutThrough:
			if k, ok := e.(flow.Pressed); !ok || k.Key == '9' {
				return errors.New("put through without a key")
			}
		}
	}
	key, pressed := e.(flow.Pressed)
	typing := was.Phase == flow.Wishing && was.Wished.Asks == "back.number"
	ours := was.Phase != flow.Through && was.Phase != flow.Ended
	switch {
	case typing && key.Key == '9' && alert:
		return errors.New("a digit of a number alerts at once")
	case pressed && ours && !typing && key.Key == '9' != alert:
		return errors.New("9 and the alert go apart")
	case !pressed && alert && (!typing || !c.nine):
		return errors.New("an alert without a key")
	case pressed && was.Phase != flow.Ended && key.Key == '*' && (!forget || !hang):
		return errors.New("* does not end")
	case pressed && was.Phase == flow.Through && key.Key != '*' && !passed:
		return errors.New("a key for the other line is lost")
	case forget && (!pressed || key.Key != '*'):
		return errors.New("forgotten without a wish")
	case put && was.Phase == flow.Through && e != flow.Failed:
		return errors.New("in the queue, and with another line")
	}
	if pressed {
		c.nine = key.Key == '9'
	}
	if hang != (c.Ended() && was.Phase != flow.Ended) && e != flow.Gone {
		return errors.New("over, and not hung up")
	}
	talks := c.State().Phase == flow.Talking || c.State().Phase == flow.Through
	if !c.Ended() && !talks && c.due == nil {
		return errors.New("stuck: nothing is said and no time runs")
	}
	return nil
}

// event draws what comes next: mostly what is due.
func (c *course) event() flow.Event {
	if c.due != nil && c.draw(3) > 0 {
		return c.due
	}
	switch c.draw(17) {
	case 0:
		return flow.Place{Before: c.draw(14), Known: c.draw(2) == 0, Wait: time.Duration(c.draw(90)) * time.Minute}
	case 1:
		return flow.Full
	case 2:
		return flow.Closed
	case 3:
		return flow.Failed
	case 4:
		return flow.Kept{Digits: seal.Conceal([]string{"", "4071"}[c.draw(2)])}
	case 5:
		return flow.Found{OK: c.draw(2) == 0}
	case 6:
		return flow.Connected
	case 7:
		return flow.Back
	case 8:
		return flow.Over
	case 9:
		if c.draw(4) == 0 {
			return flow.Answered
		}
		return flow.Began
	case 10:
		return flow.Said{N: c.State().N - c.draw(3)}
	case 11:
		return flow.Rang{N: c.State().N - c.draw(3)}
	case 12:
		return flow.Noted{OK: c.draw(2) == 0}
	}
	keys := "0123456781234567#"
	if c.draw(12) == 0 {
		keys = "9*"
	}
	return flow.Pressed{Key: keys[c.draw(len(keys))]}
}

// end lets a course come to its end: what is due comes, and whoever talks stops. It
// says within how many events.
func (c *course) end() error {
	for range 400 {
		switch s := c.State(); {
		case s.Phase == flow.Ended:
			return nil
		case s.Phase == flow.Talking || s.Phase == flow.Through:
			if err := c.on(flow.Over); err != nil {
				return err
			}
		case s.Phase == flow.Waiting && c.draw(3) == 0:
			if err := c.on(flow.Answered); err != nil {
				return err
			}
		case c.due == nil:
			return errors.New("nothing is due")
		default:
			if err := c.on(c.due); err != nil {
				return err
			}
		}
	}
	return errors.New("it does not end")
}

func (c *course) run(events int) error {
	if err := c.on(flow.Began); err != nil {
		return err
	}
	for range events {
		if err := c.on(c.event()); err != nil {
			return err
		}
		if c.draw(40) == 0 { // a restart
			b, err := json.Marshal(c.State())
			var s flow.State
			if err != nil || json.Unmarshal(b, &s) != nil {
				return fmt.Errorf("a state that is not read again: %w", err)
			}
			if err := c.resume(s); err != nil {
				return err
			}
		}
	}
	return c.end()
}

func (c *course) resume(s flow.State) error {
	if s.Due == "" {
		return nil
	}
	m, do := flow.Resume(c.Flow(), s)
	c.Machine, c.due = m, nil
	for _, d := range do {
		switch d := d.(type) {
		case flow.Speak:
			c.due = nil
			if len(d.Prompts) > 0 {
				c.due = flow.Said{N: d.N}
			}
		case flow.Wait:
			c.due = flow.Rang{N: d.N}
		case flow.Join:
			c.joined = true
		}
	}
	if s.Phase != flow.Talking && s.Phase != flow.Through && !c.Ended() && c.due == nil {
		return fmt.Errorf("stuck after a restart while %s", s.Phase)
	}
	return nil
}

func aStart(draw func(int) int) flow.Start {
	s := flow.Start{Open: draw(3) > 0, Full: draw(4) == 0}
	s.Number.Lang = []string{"", "", "fr", "ne"}[draw(4)]
	s.Number.Campaign = []string{"", "farm"}[draw(2)]
	if !s.Open && draw(2) == 0 {
		s.Opens = flow.Opening{Day: "tomorrow", Hour: draw(24), Half: draw(2) == 0}
	}
	return s
}

// Whatever happens in a call, in whatever order, the promises hold, and it ends.
func TestPromisesHoldInEveryCourse(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]flow.Flow{"shipped": shipped(t), "another line": withOther(t), "small": small()} {
		ends := map[flow.Phase]int{}
		for seed := range uint64(20_000) {
			r := rand.New(rand.NewPCG(seed, 7))
			c := newCourse(f, aStart(r.IntN), r.IntN)
			if err := c.run(r.IntN(60)); err != nil {
				t.Fatalf("%s, seed %d: %v\n%s", name, seed, err, strings.Join(c.trace, "\n"))
			}
			ends[c.State().Phase]++
		}
		if ends[flow.Ended] != 20_000 {
			t.Errorf("%s: ended %v", name, ends)
		}
	}
}

// Whoever presses whatever, but neither * nor 9, and is patient, comes within bounded
// presses into the queue, to the information or to a word on what there is instead.
func TestEveryCourseLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]flow.Flow{"shipped": shipped(t), "another line": withOther(t)} {
		for seed := range uint64(5_000) {
			r := rand.New(rand.NewPCG(seed, 11))
			start := aStart(r.IntN)
			c := newCourse(f, start, r.IntN)
			events, keys := 0, "0123456780123456#"
			err := c.on(flow.Began)
			for ; err == nil && !c.Ended() && !c.joined && events < 300; events++ {
				switch {
				case c.State().Phase == flow.Dialing:
					err = c.on(flow.Failed)
				case r.IntN(2) == 0:
					err = c.on(flow.Pressed{Key: keys[r.IntN(len(keys))]})
				default:
					err = c.on(c.due)
				}
			}
			switch {
			case err != nil:
				t.Fatalf("%s, seed %d: %v", name, seed, err)
			case events == 300:
				t.Fatalf("%s, seed %d: nowhere after %d events", name, seed, events)
			case start.Open && !start.Full && !c.joined:
				t.Fatalf("%s, seed %d: the line is open, and she is not in the queue\n%s", name, seed, strings.Join(c.trace, "\n"))
			}
		}
	}
}

// FuzzFlow bends the steps of a good flow; what is taken keeps its promises in a course
// that the input draws.
func FuzzFlow(f *testing.F) {
	good := shipped(f)
	rows, _ := json.Marshal(good.Steps)
	f.Add(strings.Trim(string(rows), "[]"), uint64(1))
	for i := range good.Steps {
		row, _ := json.Marshal(good.Steps[i : i+1])
		f.Add(strings.Trim(string(row), "[]"), uint64(i))
	}
	f.Add(`{"id":"a","kind":"expect","words":{"en":"A"}},{"id":"d","kind":"danger","words":{"en":"D"}},{"id":"q","kind":"queue","words":{"en":"Q"},"after":1},{"id":"p","kind":"pass","words":{"en":"P"},"dial":"+15550142","keys":[{"key":"1","does":"agree"}]},{"id":"e","kind":"end","words":{"en":"E"}}`, uint64(9))
	f.Fuzz(func(t *testing.T, rows string, seed uint64) {
		if len(rows) > 1<<15 {
			return
		}
		got, err := flow.Parse(`{"steps":[` + rows + `]}`)
		if err != nil {
			var fs edition.Faults
			if !errors.As(err, &fs) || len(fs) == 0 || len(got.Steps) > 0 {
				t.Fatalf("Parse = %v", err)
			}
			return
		}
		again, err := flow.Parse(got.Body())
		if err != nil || again.Body() != got.Body() {
			t.Fatalf("what was read is not read again: %v", err)
		}
		r := rand.New(rand.NewPCG(seed, 3))
		c := newCourse(got, aStart(r.IntN), r.IntN)
		if err := c.run(r.IntN(80)); err != nil {
			t.Fatalf("%v\n%s", err, strings.Join(c.trace, "\n"))
		}
	})
}

// FuzzNumbers reads number registers, and pieces.
func FuzzNumbers(f *testing.F) {
	f.Add(`{"rows":[{"dial":"+15550109","shown":"+1 555 0109","cost":"free","bill":"nothing","networks":[{"name":"Net","cost":"zero"}]}]}`)
	f.Add(flow.ShippedPieces()["en"])
	f.Fuzz(func(t *testing.T, body string) {
		if n, err := flow.ParseNumbers(body); err == nil {
			for _, row := range n.Rows {
				if got, ok := n.Find(row.Dial); !ok || got.Dial != row.Dial {
					t.Fatalf("%q is not found: %v %v", row.Dial, got, ok)
				}
			}
		}
		if all, err := flow.ParsePieces(body); err == nil && len(all) != len(flow.Pieces()) {
			t.Fatal("a piece is missing")
		}
	})
}
