package routing_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// rush is an hour in which three hundred people write after an article in the press: most
// have a tip, one in twelve writes for herself, some are there to abuse. It counts in the
// engine's time alone.
type rush struct {
	*night
	t      *testing.T
	people []*hotlinetest.Person
	path   map[hotline.ContactID]hotline.Path
	came   map[hotline.ContactID]int64
	ends   map[hotline.ContactID]int64 // of those who are answered
	with   map[hotline.ContactID]*hotlinetest.Person
	waited map[hotline.Path][]time.Duration
}

// long is how long somebody is answered.
func long(p hotline.Path) time.Duration {
	if p == hotline.Self {
		return 8 * time.Minute
	}
	return 3 * time.Minute
}

func (r *rush) comes(path hotline.Path, c *hotlinetest.Caller) {
	r.t.Helper()
	r.Place.Set(contact.Placed{Queue: hotlinetest.Night, Urgency: map[hotline.Path]hotline.Urgency{hotline.Self: 3, hotline.Tip: 6}[path], Open: true})
	in := r.Incoming(c, "hello")
	in.Codes.Path = path
	made, err := r.Book.Receive(r.t.Context(), in)
	hotlinetest.Must(r.t, err)
	r.path[made.ID], r.came[made.ID] = path, r.Now(r.t)
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
				path := r.path[id]
				r.waited[path] = append(r.waited[path], time.Duration(now-r.came[id])*time.Millisecond)
				r.ends[id], r.with[id] = now+long(path).Milliseconds(), p
				if path == hotline.Tip {
					tips++
				}
			}
		}
		if left := r.Count(r.t, `SELECT count(*) FROM contact WHERE state = 'waiting' AND path = 'self'`); left > 0 && tips > 0 {
			r.t.Errorf("%d tips ring while %d wait who write for themselves", tips, left)
		}
	}
}

// frees ends the conversations whose time has come.
func (r *rush) frees() {
	r.t.Helper()
	now := r.Now(r.t)
	for id, at := range r.ends {
		if at <= now {
			r.Close(r.t, r.with[id], id)
			delete(r.ends, id)
		}
	}
}

// S9, first half. However many tips there are and however long they have waited, whoever
// writes for herself is next as soon as anybody has room. The figures are the engine's.
func TestTipsDoNotDelayWhoWritesForHerself(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		n := newNight(t, w)
		r := &rush{
			night: n, t: t, path: map[hotline.ContactID]hotline.Path{}, came: map[hotline.ContactID]int64{}, ends: map[hotline.ContactID]int64{},
			with: map[hotline.ContactID]*hotlinetest.Person{}, waited: map[hotline.Path][]time.Duration{},
		}
		for range 2 {
			r.people = append(r.people, n.hire(t, staff.Person{}))
		}
		const chats, every = 300, 12 * time.Second
		for k := range chats {
			path := hotline.Tip
			if k%12 == 7 {
				path = hotline.Self
			}
			r.comes(path, w.Browser())
			n.Advance(t, every)
			if k%4 == 0 { // the desks beat
				n.Enter(t, staff.Ready, r.people...)
			}
			r.frees()
			r.ring()
		}
		most := func(p hotline.Path) (most time.Duration) {
			for _, d := range r.waited[p] {
				most = max(most, d)
			}
			return most
		}
		waiting := n.Count(t, `SELECT count(*) FROM contact WHERE state = 'waiting'`)
		t.Logf("%d wrote for themselves and waited at most %v; %d tips were answered after at most %v, %d wait", len(r.waited[hotline.Self]), most(hotline.Self), len(r.waited[hotline.Tip]), most(hotline.Tip), waiting)
		if got := most(hotline.Self); got > 3*time.Minute {
			t.Errorf("somebody who writes for herself waited %v, longer than a tip takes", got)
		}
		if got := n.Count(t, `SELECT count(*) FROM contact WHERE state = 'waiting' AND path = 'self' AND began < $1`, n.Now(t)-(3*time.Minute).Milliseconds()); got > 0 {
			t.Errorf("%d who write for themselves wait still", got)
		}
		if waiting < 100 {
			t.Errorf("only %d wait: this is no rush", waiting)
		}
	})
}
