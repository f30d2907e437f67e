package voice

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A call is one caller's, from its ring to its hang-up. Its actor's goroutine alone touches
// what stands below the channels.
type call struct {
	v   *Voice
	d   *trunk.Dialog
	leg *media.RTP

	asks chan ask      // from desks
	wake chan struct{} // the row, a browser or the queue has changed
	said chan int      // a Speak was heard to its end

	shown  atomic.Pointer[picture]
	stored atomic.Bool // its row is there
	given  atomic.Bool // another process may have it

	m       *flow.Machine
	came    []flow.Event // of what the flow has asked for
	edition int64        // of the flow
	kept    hotline.ContactID
	contact hotline.ContactID
	handed  hotline.ContactID // hers that she left for another line
	row     contact.Contact
	other   *other // line, that is dialled or with her
	tones   bool   // the key that is being taken up came in the sound, which carries it on
	timer   *time.Timer
	rings   int // which Wait the timer is of
	air     air
	desk    talk
	ended   bool // our end has hung up, or is about to
	joined  time.Time
	answers time.Time
	left    string // how it ended, for the figures
}

// Times of a call.
const (
	within = 5 * time.Second  // what the database or a trunk is given to answer
	often  = 2 * time.Second  // what a lost hint costs
	later  = 10 * time.Second // after which a trunk tries again
)

// take is a trunk's handler: it answers a call and leads it.
func (v *Voice) take(ctx context.Context, d *trunk.Dialog) {
	if err := d.Ring(); err != nil {
		return
	}
	c, err := v.answer(ctx, d)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, trunk.ErrOver) {
			v.Log.ErrorContext(ctx, "a call could not be answered", "err", err)
		}
		v.Figures.refused()
		if errors.Is(err, sdp.ErrUnacceptable) {
			_ = d.Reject(488, 0)
			return
		}
		_ = d.Reject(503, later)
		return
	}
	c.keep(ctx)
	c.do(ctx, c.m.Step(flow.Began))
	c.run(ctx)
}

// answer looks up what she will hear, and agrees on the sound.
func (v *Voice) answer(ctx context.Context, d *trunk.Dialog) (*call, error) {
	start, f, number, kept, err := v.start(ctx, d)
	if err != nil {
		return nil, err
	}
	leg, err := v.open(d.Trunk()) //nolint:contextcheck // ports outlive whoever opens them
	if err != nil {
		return nil, err
	}
	if err := v.agree(ctx, d, leg); err != nil {
		leg.Close()
		return nil, err
	}
	c := v.newCall(d, leg)
	c.m, c.edition, c.kept = flow.New(f, start), number, kept
	return c, nil
}

func (v *Voice) newCall(d *trunk.Dialog, leg *media.RTP) *call {
	c := &call{
		v: v, d: d, leg: leg, asks: make(chan ask), wake: make(chan struct{}, 1), said: make(chan int, 8),
		timer: time.NewTimer(time.Hour), desk: newTalk(),
	}
	c.timer.Stop()
	c.shown.Store(&picture{})
	c.air.leg = leg
	v.enter(c)
	v.Figures.began()
	return c
}

// start is what is known of a call before its first word.
func (v *Voice) start(ctx context.Context, d *trunk.Dialog) (s flow.Start, f flow.Flow, number int64, kept hotline.ContactID, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if f, number, err = v.Script.Flow(ctx); err != nil {
		return s, f, 0, "", err
	}
	if s.Number, err = v.Script.Number(ctx, d.To()); err != nil {
		return s, f, 0, "", err
	}
	p, err := v.Place.Standing(ctx, hotline.Call)
	if err != nil {
		return s, f, 0, "", err
	}
	s.Withheld = d.From().Len() == 0
	s.Open, s.Opens = p.Open, flow.OpeningOf(p.Now, p.Turns)
	s.Full = p.Known && p.Minutes >= longestWait
	was, err := v.Book.Kept(ctx, d.From(), seal.Text{})
	switch {
	case err == nil:
		kept = was.ID // what she hears is the same: anybody may hold her telephone
	case !errors.Is(err, contact.ErrMissing):
		return s, f, 0, "", err
	}
	return s, f, number, kept, nil
}

// longestWait is from which wait on, in minutes, the line says that it is overloaded.
const longestWait = 60

// poke has the actor look at its contact. It never waits.
func (c *call) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run leads the call until it ends.
func (c *call) run(ctx context.Context) {
	defer c.end(ctx)
	poll := time.NewTicker(often)
	defer poll.Stop()
	for !c.ended {
		select {
		case e, ok := <-c.d.Events(): // the last tells how it ended; ctx may end before that is read
			if !ok || c.heard(ctx, e) {
				return
			}
		case key := <-c.leg.Digits():
			c.tones = c.d.Remote().Event == sdp.NoEvent
			c.step(ctx, flow.Pressed{Key: key})
			c.tones = false
		case d := <-c.other.answer():
			c.thereAnswered(ctx, d)
		case e := <-c.other.events():
			c.thereHeard(ctx, e)
		case n := <-c.said:
			if n == c.air.says {
				c.air.says = 0
			}
			c.step(ctx, flow.Said{N: n})
		case <-c.timer.C:
			c.step(ctx, flow.Rang{N: c.rings})
		case <-c.wake:
			c.look(ctx)
		case <-poll.C:
			if c.vanished() {
				c.ended = true
				c.gone(ctx, "dropped", c.v.Book.Dropped)
				return
			}
			if c.other.vanished(c.v.cfg.Vanished) {
				c.thereLost(ctx)
			}
			c.look(ctx)
		case a := <-c.asks:
			a.done <- c.asked(ctx, a)
		}
	}
}

// step gives the flow an event, and does what it asks for.
func (c *call) step(ctx context.Context, e flow.Event) {
	c.do(ctx, c.m.Step(e))
	c.settle(ctx)
}

// heard takes up what her end of the call says; true is that it is over.
func (c *call) heard(ctx context.Context, e trunk.Event) (over bool) {
	switch e := e.(type) {
	case trunk.Digit:
		c.step(ctx, flow.Pressed{Key: e.Key})
	case trunk.Offered:
		c.reoffered(ctx, e, c.d, c.leg)
	case trunk.Ended:
		c.hungUp(ctx, e)
		return true
	}
	return false
}

// reoffered answers a new offer within the call, from either end of it: a hold, another
// codec, another address.
func (c *call) reoffered(ctx context.Context, e trunk.Offered, d *trunk.Dialog, leg *media.RTP) {
	ours, err := sdp.Answer(e.Media, c.v.ours(d, leg))
	if err != nil {
		_ = e.Refuse()
		return
	}
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err = e.Agree(asking, ours); err == nil {
		err = leg.Peer(d.Remote())
	}
	if err != nil && ctx.Err() == nil {
		c.fault(ctx, "agree", err)
	}
	c.keep(ctx)
}

// hungUp notes that she is gone: by her wish, or since her line broke.
func (c *call) hungUp(ctx context.Context, e trunk.Ended) {
	if e.By == trunk.Nobody { // this process ends, and another one goes on
		c.left = "left_over"
		return
	}
	c.ended = true
	if e.By == trunk.Peer {
		c.gone(ctx, "hung_up", c.v.Book.HungUp)
	} else {
		c.gone(ctx, "dropped", c.v.Book.Dropped)
	}
}

// gone notes in her contact that she is gone.
func (c *call) gone(ctx context.Context, how string, note func(context.Context, hotline.ContactID) error) {
	c.m.Step(flow.Gone)
	if c.left == "" {
		c.left = how
	}
	if c.contact == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if err := note(ctx, c.contact); err != nil && !errors.Is(err, contact.ErrMissing) {
		c.fault(ctx, "gone", err)
	}
}

// vanished reports whether nothing has come from her for long.
func (c *call) vanished() bool { return silent(c.d, c.leg, c.v.cfg.Vanished) }

// silent reports whether nothing has come from an end for long, although it does not hold the
// line: networks say goodbye for an empty battery mostly, and not always.
func silent(d *trunk.Dialog, leg *media.RTP, long time.Duration) bool {
	return d.Remote().Dir.Sends() && leg.Quality().Silence > long
}

// soundless is how long a call is up before it says something of its trunk that no sound came.
const soundless = 5 * time.Second

// sounded reports whether any sound came with a call, where that can be told: not of one that
// was over at once, nor of whoever sends none.
func sounded(q media.Quality, sends bool) (any, told bool) {
	return q.Received > 0, q.Received > 0 || sends && q.Silence > soundless
}

// end lets go of what the call holds. Where our end has ended it, she is hung up on, and its
// row goes; where the process ends, the row stays for the next one.
func (c *call) end(ctx context.Context) {
	c.timer.Stop()
	c.air.close()
	c.breakOff(ctx)
	people := c.picture().people()
	c.v.leave(c)
	c.shown.Store(&picture{})
	if any, told := sounded(c.leg.Quality(), c.d.Remote().Dir.Sends()); told {
		c.d.Sounded(any)
	}
	c.leg.Close()
	for _, p := range people {
		c.v.tell(p)
	}
	c.v.Figures.ended(c)
	if !c.ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	_ = c.d.Hangup(ctx) // it may be over already
	c.forget(ctx)
}

// hangUp ends the call from our end.
func (c *call) hangUp(how string) {
	c.ended = true
	if c.left == "" {
		c.left = how
	}
}

// open opens the ports of a call's sound, which its trunk alone may send to. Without a name
// any trunk may.
func (v *Voice) open(name string) (*media.RTP, error) {
	c := v.cfg.Sound
	for _, t := range v.cfg.Trunk.Trunks {
		if name == "" || t.Name == name {
			c.Networks = slices.Concat(c.Networks, t.Networks)
		}
	}
	return media.Open(c)
}

// ours is what our end of a call can.
func (v *Voice) ours(d *trunk.Dialog, leg *media.RTP) sdp.Ours {
	return v.can(trunk.Way{Local: d.Local(), Secure: d.Secure()}, leg)
}

func (v *Voice) can(w trunk.Way, leg *media.RTP) sdp.Ours {
	at := v.cfg.Public
	if !at.IsValid() {
		at = leg.Addr().Addr().Unmap()
	}
	if at.IsUnspecified() && w.Local.IsValid() {
		at = w.Local
	}
	return sdp.Ours{Addr: netip.AddrPortFrom(at, leg.Port()), Dir: sdp.SendRecv, Key: leg.Key(), Secure: w.Secure}
}

// offers describes our end of a call that goes out, as each trunk wants it.
func (v *Voice) offers(leg *media.RTP) func(trunk.Way) (sdp.Media, error) {
	return func(w trunk.Way) (sdp.Media, error) {
		can := v.can(w, leg)
		if !w.Secure {
			can.Key = nil // who is offered a key in clear may refuse the whole
		}
		return sdp.Offer(can)
	}
}

// agree answers her call. Where she left the offer to us, it came with the answer, and what
// she takes of it with her acknowledgement.
func (v *Voice) agree(ctx context.Context, d *trunk.Dialog, leg *media.RTP) error {
	ours, err := sdp.Answer(d.Offer(), v.ours(d, leg))
	if err != nil {
		return err
	}
	theirs, err := d.Answer(ctx, ours)
	if err != nil {
		return err
	}
	return leg.Peer(theirs)
}
