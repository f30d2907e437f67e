//go:build !race

package routing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// rush is an hour in which three hundred people write after an article in the press: most
// have a tip, one in twelve writes for herself, some are there to abuse and say that they
// write for themselves. It counts in the engine's time alone.
type rush struct {
	*night
	t       *testing.T
	people  []*hotlinetest.Person
	outside *contact.Outside
	all     map[hotline.ContactID]*chat
	answers []*chat // that go on
	ended   []*chat // of those who abuse
	waited  map[kind][]time.Duration
	turned  int // how often somebody found the door shut
}

type kind string

const (
	self  kind = "self"
	tip   kind = "tip"
	abuse kind = "abuse"
)

// long is how long somebody is answered.
func (k kind) long() time.Duration {
	return map[kind]time.Duration{self: 8 * time.Minute, tip: 3 * time.Minute, abuse: time.Minute}[k]
}

func (k kind) path() hotline.Path {
	if k == tip {
		return hotline.Tip
	}
	return hotline.Self
}

// A chat is one that came and perhaps is answered.
type chat struct {
	*hotlinetest.Caller
	kind       kind
	came, ends int64
	with       *hotlinetest.Person
}

// comes is somebody who writes, unless the door is shut to her browser.
func (r *rush) comes(k kind, c *hotlinetest.Caller) {
	r.t.Helper()
	if r.outside.Is(r.t.Context(), c.By.Lookup) {
		r.turned++
		return
	}
	path := k.path()
	r.Place.Set(contact.Placed{Queue: hotlinetest.Night, Urgency: map[hotline.Path]hotline.Urgency{hotline.Self: 3, hotline.Tip: 6}[path], Open: true})
	in := r.Incoming(c, "hello")
	in.Codes.Path = path
	made, err := r.Book.Receive(r.t.Context(), in)
	hotlinetest.Must(r.t, err)
	c.Contact = made.ID
	r.all[made.ID] = &chat{Caller: c, kind: k, came: r.Now(r.t)}
}

// ring offers what waits, and has it accepted at once. No tip may ring while somebody who
// writes for herself waits.
func (r *rush) ring() {
	r.t.Helper()
	for {
		n, err := r.matcher.Match(r.t.Context(), hotlinetest.Night)
		hotlinetest.Must(r.t, err)
		if n == 0 {
			return
		}
		now, tips := r.Now(r.t), 0
		for _, p := range r.people {
			rings, err := r.Book.Rings(r.t.Context(), p.ID)
			hotlinetest.Must(r.t, err)
			for _, o := range rings {
				id, err := r.Book.Accept(r.t.Context(), p.ID, o.ID, o.Epoch)
				hotlinetest.Must(r.t, err)
				c := r.all[id]
				r.waited[c.kind] = append(r.waited[c.kind], time.Duration(now-c.came)*time.Millisecond)
				c.ends, c.with = now+c.kind.long().Milliseconds(), p
				r.answers = append(r.answers, c)
				if c.kind == tip {
					tips++
				}
			}
		}
		if left := r.Count(r.t, `SELECT count(*) FROM contact WHERE state = 'waiting' AND path = 'self'`); left > 0 && tips > 0 {
			r.t.Errorf("%d tips ring while %d wait who write for themselves", tips, left)
		}
	}
}

// frees ends the conversations whose time has come. Who was there to abuse is kept out.
func (r *rush) frees() {
	r.t.Helper()
	now := r.Now(r.t)
	r.answers = slices.DeleteFunc(r.answers, func(c *chat) bool {
		if c.ends > now {
			return false
		}
		if c.kind == abuse {
			r.CloseAs(r.t, c.with, c.Contact, "abusive", hotline.Facts{})
			hotlinetest.Must(r.t, r.outside.KeepOut(r.t.Context(), c.with.ID, c.Contact))
			r.ended = append(r.ended, c)
		} else {
			r.Close(r.t, c.with, c.Contact)
		}
		return true
	})
}

// S9. However many tips there are and however long they have waited, whoever writes for
// herself is next as soon as anybody has room; and whoever is there to abuse, and says
// the same, takes that room once: that browser is kept out for a day, unless a supervisor
// lets it in again. The figures are the engine's.
func TestTipsAndAbuseDoNotDelayWhoWritesForHerself(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		sue := w.Hire(t, hotline.Supervisor)
		clock := func() time.Time { return time.UnixMilli(w.Now(t)) }
		r := &rush{
			night: n, t: t, all: map[hotline.ContactID]*chat{}, waited: map[kind][]time.Duration{},
			outside: contact.NewOutside(w.Engine.Main, w.Shred, w.Log, w.Bus, clock),
		}
		for range 2 {
			r.people = append(r.people, n.hire(t, staff.Person{}))
		}
		const chats, every = 300, 12 * time.Second
		for k := range chats {
			who := tip
			switch {
			case k%12 == 7:
				who = self
			case k%10 == 3:
				who = abuse
			}
			r.comes(who, w.Browser())
			if k%10 == 0 { // every two minutes they try again
				for _, c := range slices.Clone(r.ended) {
					r.comes(abuse, c.Caller)
				}
			}
			n.Advance(t, every)
			if k%4 == 0 { // the desks beat
				n.Enter(t, staff.Ready, r.people...)
			}
			r.frees()
			r.ring()
		}
		most := func(k kind) time.Duration { return slices.Max(append(r.waited[k], 0)) }
		waiting := n.Count(t, `SELECT count(*) FROM contact WHERE state = 'waiting'`)
		t.Logf("%d wrote for themselves and waited at most %v; %d tips were answered after at most %v, %d wait; %d were abusive, and found the door shut %d times",
			len(r.waited[self]), most(self), len(r.waited[tip]), most(tip), waiting, len(r.ended), r.turned)
		if got := most(self); got > 3*time.Minute {
			t.Errorf("somebody who writes for herself waited %v, longer than a tip takes", got)
		}
		if got := n.Count(t, `SELECT count(*) FROM contact WHERE state = 'waiting' AND path = 'self' AND began < $1`, n.Now(t)-(3*time.Minute).Milliseconds()); got > 0 {
			t.Errorf("%d who write for themselves wait still", got)
		}
		if waiting < 100 {
			t.Errorf("only %d wait: this is no rush", waiting)
		}

		shut := func() (n int) {
			for _, c := range r.ended {
				if r.outside.Is(t.Context(), c.By.Lookup) {
					n++
				}
			}
			return n
		}
		abusive := len(r.ended)
		if n := len(r.waited[abuse]); abusive < 20 || n > 25 || shut() != abusive {
			t.Errorf("of 25 who abuse %d were answered, and of %d who were closed %d are kept out", n, abusive, shut())
		}
		if got := n.Count(t, `SELECT count(*) FROM alert WHERE kind = $1`, contact.KeptOut); got != abusive {
			t.Errorf("the supervisors review %d, want each of the %d", got, abusive)
		}
		again := r.ended[0]
		before := again.Contact
		hotlinetest.Must(t, r.outside.LetIn(t.Context(), sue.ID, before))
		r.comes(abuse, again.Caller)
		if again.Contact == before || shut() != abusive-1 {
			t.Errorf("a supervisor let one in again: came in %v, and %d of %d others are kept out", again.Contact != before, shut(), abusive-1)
		}
		n.Advance(t, contact.KeptOutFor-2*time.Hour)
		if got := shut(); got != abusive-1 {
			t.Errorf("before the day is over %d are kept out, want %d", got, abusive-1)
		}
		n.Advance(t, 2*time.Hour)
		if got := shut(); got != 0 {
			t.Errorf("%d are kept out longer than a day", got)
		}
	})
}
