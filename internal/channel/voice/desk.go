package voice

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A How is how somebody of ours is in a call.
type How string

// The ways to be in a call.
const (
	Talks    How = "talks"    // the advocate
	Listens  How = "listens"  // is heard by nobody
	Whispers How = "whispers" // is heard by the advocate alone
	Joins    How = "joins"    // is heard by all
	Leaves   How = "leaves"   // is in it no more
)

// talk is what our people have made of a call.
type talk struct {
	held  bool
	keys  string
	muted map[hotline.PersonID]bool
	ears  map[hotline.PersonID]How
	place flow.Place // as she was told it
	alone time.Time  // since when her advocate's browser is gone
	asked bool       // and somebody else was asked in
}

func newTalk() talk {
	return talk{muted: map[hotline.PersonID]bool{}, ears: map[hotline.PersonID]How{}, place: flow.Place{Before: -1}}
}

// next begins a talk with another advocate, who was perhaps in it already.
func (t *talk) next(p hotline.PersonID) {
	t.held = false
	delete(t.ears, p)
	delete(t.muted, p)
}

// mostKeys is how many keys of a call a desk shows, the newest.
const mostKeys = 20

func (t *talk) told(key byte) {
	t.keys += string(key)
	if len(t.keys) > mostKeys {
		t.keys = t.keys[len(t.keys)-mostKeys:]
	}
}

// An ask is what a desk asks of a call. Its actor answers by done.
type ask struct {
	by   hotline.PersonID
	what any
	done chan error
}

// What can be asked.
type (
	mute   struct{ on bool }
	hold   struct{ on bool }
	press  struct{ key byte }
	hush   struct{ on bool }
	hangUp struct{}
	listen struct{ how How }
)

// ask gives an ask to the actor of a contact's call.
func (v *Voice) ask(ctx context.Context, by hotline.PersonID, id hotline.ContactID, what any) error {
	c, ok := v.of(id)
	if !ok {
		return ErrNone
	}
	a := ask{by, what, make(chan error, 1)}
	select {
	case c.asks <- a:
	case <-c.d.Done():
		return ErrNone
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-a.done:
		return err
	case <-c.d.Done():
		return ErrNone
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Mute lets a caller hear nothing of a person, or again.
func (v *Voice) Mute(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error {
	return v.ask(ctx, by, id, mute{on})
}

// Hold gives a caller the comfort tone, and takes her from everybody's ear.
func (v *Voice) Hold(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error {
	return v.ask(ctx, by, id, hold{on})
}

// Digit presses a key of the telephone towards her end.
func (v *Voice) Digit(ctx context.Context, by hotline.PersonID, id hotline.ContactID, key byte) error {
	return v.ask(ctx, by, id, press{key})
}

// Hush notes that somebody is beside her, or no longer: she answers by keys, and no words of the
// line's come after the talk. A call that is not up is no fault.
func (v *Voice) Hush(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error {
	if err := v.ask(ctx, by, id, hush{on}); err != ErrNone { //nolint:errorlint // our own, unwrapped
		return err
	}
	return nil
}

// End has her hear the flow's last words, and then hangs up. Her contact has left live by
// then. A call that is over already is no fault.
func (v *Voice) End(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	if err := v.ask(ctx, by, id, hangUp{}); err != ErrNone { //nolint:errorlint // our own, unwrapped
		return err
	}
	return nil
}

// Listen lets somebody into a call, changes how she is in it, or lets her out. Whoever's
// telephone is not connected is refused with [ErrDeaf]: she would hear nothing, and not know why.
func (v *Voice) Listen(ctx context.Context, by hotline.PersonID, id hotline.ContactID, how How) error {
	return v.ask(ctx, by, id, listen{how})
}

// asked does what a desk asks, and lets the sound follow.
func (c *call) asked(ctx context.Context, a ask) error {
	advocate := courseOf(c.row) == talks && c.row.Advocate == a.by
	_, ear := c.desk.ears[a.by]
	switch w := a.what.(type) {
	case mute:
		if !advocate && !ear {
			return ErrNone
		}
		c.desk.muted[a.by] = w.on
	case hold:
		if !advocate {
			return ErrNone
		}
		c.desk.held = w.on
	case press:
		if !advocate {
			return ErrNone
		}
		go c.dial(ctx, w.key) // a tenth of a second; ends with the call
	case hush:
		if !advocate {
			return ErrNone
		}
		c.do(ctx, c.m.Step(flow.Hushed{On: w.on}))
		c.keep(ctx)
	case hangUp:
		c.look(ctx)
	case listen:
		if courseOf(c.row) != talks || c.row.Advocate == a.by {
			return ErrNone
		}
		if _, joined := c.v.stations.Of(a.by); !joined && w.how != Leaves {
			return ErrDeaf
		}
		delete(c.desk.ears, a.by)
		if w.how != Leaves {
			c.desk.ears[a.by] = w.how
		}
	}
	c.settle(ctx)
	return nil
}

// dial presses a key at our end.
func (c *call) dial(ctx context.Context, key byte) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = c.leg.Dial(ctx, string(key)) // pressed while another is: the advocate presses again
}

// Connect answers a browser's offer.
func (v *Voice) Connect(ctx context.Context, by hotline.PersonID, offer string) (answer string, generation int64, err error) {
	return v.stations.Connect(ctx, by, offer)
}

// Disconnect lets a browser's connection go.
func (v *Voice) Disconnect(by hotline.PersonID, generation int64) {
	v.stations.Disconnect(by, generation)
}

// Station is a person's browser.
func (v *Voice) Station(p hotline.PersonID) (*station.Station, bool) { return v.stations.Of(p) }

// Watch calls f when a person's telephone or a call that she hears has changed. f never waits.
func (v *Voice) Watch(f func(hotline.PersonID)) (stop func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.nextWatch
	v.nextWatch++
	v.watchers[n] = f
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.watchers, n)
	}
}

// tell tells whoever watches that something of a person has changed.
func (v *Voice) tell(p hotline.PersonID) {
	v.mu.RLock()
	all := slices.Collect(maps.Values(v.watchers))
	v.mu.RUnlock()
	for _, f := range all {
		f(p)
	}
}

// A Seen is a call as whoever is in it sees it.
type Seen struct {
	Contact  hotline.ContactID
	Advocate hotline.PersonID
	Answered int64 // Unix ms
	Rang     time.Duration
	Held     bool
	Silent   bool   // she answers by keys
	Keys     string // that she pressed lately
	Ears     map[hotline.PersonID]How
	Muted    map[hotline.PersonID]bool
	Line     media.Quality
}

// picture is what everybody else knows of a call. It is never changed, only replaced.
type picture struct {
	Seen
	leg *media.RTP
}

// people are those of ours who are in the call.
func (p *picture) people() []hotline.PersonID {
	all := slices.Sorted(maps.Keys(p.Ears))
	if p.Advocate != "" {
		all = append(all, p.Advocate)
	}
	return all
}

// has reports whether a person is in the call.
func (p *picture) has(who hotline.PersonID) bool {
	_, listens := p.Ears[who]
	return listens || who != "" && who == p.Advocate
}

func (c *call) picture() *picture { return c.shown.Load() }

// put puts out how the call stands, and tells those in it where that has changed.
func (c *call) put() {
	is := &picture{leg: c.leg, Seen: Seen{Contact: c.contact}}
	if c.contact != "" && courseOf(c.row) == talks {
		is.Advocate, is.Answered = c.row.Advocate, c.row.StateAt
		is.Rang = time.Duration(max(0, c.row.StateAt-c.row.Began)) * time.Millisecond
		is.Held, is.Silent, is.Keys = c.desk.held, c.m.Silent(), c.desk.keys
		is.Ears, is.Muted = maps.Clone(c.desk.ears), maps.Clone(c.desk.muted)
	}
	was := c.shown.Swap(is)
	if was.same(is) {
		return
	}
	for _, p := range slices.Compact(slices.Sorted(slices.Values(append(was.people(), is.people()...)))) {
		c.v.tell(p)
	}
}

func (p *picture) same(o *picture) bool {
	return p.Contact == o.Contact && p.Advocate == o.Advocate && p.Answered == o.Answered && p.Held == o.Held && p.Silent == o.Silent &&
		p.Keys == o.Keys && maps.Equal(p.Ears, o.Ears) && maps.Equal(p.Muted, o.Muted)
}

// Hears lists the calls that a person is in.
func (v *Voice) Hears(p hotline.PersonID) (out []Seen) {
	for _, c := range v.all() {
		is := c.picture()
		if is.Contact == "" || !is.has(p) {
			continue
		}
		seen := is.Seen
		seen.Line = is.leg.Quality()
		out = append(out, seen)
	}
	slices.SortFunc(out, func(a, b Seen) int { return strings.Compare(string(a.Contact), string(b.Contact)) })
	return out
}
