package voice

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// other is another line, to which she agreed to be put through. Nothing of hers goes there
// but her voice and the keys that she presses: it is a call of the line's own, that shows no
// number. Only the call's actor touches it, but for what says otherwise. Its methods may be
// called on nil, which is no other line.
type other struct {
	leg  *media.RTP
	d    *trunk.Dialog // nil until it answers
	left bool          // this process ends, and its call is left to the next one

	early   atomic.Bool        // its network says something before it answers; from the dialler's goroutine
	answers chan *trunk.Dialog // what came of dialling: nil where nothing did
	keys    chan byte          // to be pressed there
	stop    context.CancelFunc // of the dialling, and of whoever presses keys
	work    sync.WaitGroup     // which both are in
}

// mostPassed keys wait to be pressed at the other line; what comes beyond them is dropped.
const mostPassed = 32

// newOther has keys pressed there until it is stopped.
func newOther(ctx context.Context, leg *media.RTP) (context.Context, *other) {
	o := &other{leg: leg, answers: make(chan *trunk.Dialog), keys: make(chan byte, mostPassed)}
	ctx, o.stop = context.WithCancel(ctx)
	o.work.Go(func() {
		for {
			select {
			case key := <-o.keys:
				_ = leg.Dial(ctx, string(key))
			case <-ctx.Done():
				return
			}
		}
	})
	return ctx, o
}

// with reports whether the other line has answered.
func (o *other) with() bool { return o != nil && o.d != nil }

// answer gives what comes of dialling.
func (o *other) answer() <-chan *trunk.Dialog {
	if o == nil {
		return nil
	}
	return o.answers
}

// events gives what the other end does.
func (o *other) events() <-chan trunk.Event {
	if !o.with() || o.left {
		return nil
	}
	return o.d.Events()
}

func (o *other) vanished(long time.Duration) bool {
	return o.with() && !o.left && silent(o.d, o.leg, long)
}

// saved is what the next process needs to go on with it.
func (o *other) saved() []byte {
	if !o.with() {
		return nil
	}
	return o.d.Saved()
}

// putThrough dials another line. Whatever comes of it comes to the actor.
func (c *call) putThrough(ctx context.Context, number string) {
	leg, err := c.v.open("") //nolint:contextcheck // ports outlive whoever opens them
	if err != nil {
		c.fault(ctx, "put_through", err)
		c.came = append(c.came, flow.Failed)
		return
	}
	ctx, o := newOther(ctx, leg)
	c.other = o
	o.work.Go(func() {
		d := c.dials(ctx, o, number)
		select {
		case o.answers <- d:
		case <-ctx.Done():
			if d != nil {
				goodbye(ctx, d)
			}
		}
	})
}

// dials calls the other line, and returns when it answers; nil where it does not.
func (c *call) dials(ctx context.Context, o *other, number string) *trunk.Dialog {
	d, err := c.v.trunks.CallOut(ctx, trunk.Out{
		To:    seal.Conceal(number),
		Offer: c.v.offers(o.leg),
		Early: func(m sdp.Media) {
			if o.leg.Peer(m) == nil {
				o.early.Store(true)
				c.poke()
			}
		},
	})
	if err == nil {
		if err = o.leg.Peer(d.Remote()); err != nil {
			goodbye(ctx, d)
		}
	}
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, trunk.ErrBusy) {
			c.v.Log.ErrorContext(ctx, "a part of a call failed, and the call goes on", "part", "put_through", "err", err)
		}
		return nil
	}
	return d
}

// goodbye hangs up without waiting until the other end knows.
func goodbye(ctx context.Context, d *trunk.Dialog) {
	ctx, now := context.WithCancel(ctx)
	now()
	_ = d.Hangup(ctx) // it may be over already
}

// breakOff ends what was begun with another line: the dialling, or the call. Where this
// process leaves her call to the next one, it leaves that call too.
func (c *call) breakOff(ctx context.Context) {
	o := c.other
	if o == nil {
		return
	}
	c.other = nil
	c.air.close()
	o.stop()
	o.work.Wait()
	switch {
	case o.d == nil:
	case c.left == "left_over":
		o.d.LetGo()
	default:
		goodbye(ctx, o.d)
	}
	o.leg.Close()
}

// thereAnswered has her talk with the other line, unless somebody of ours has answered her at
// the same moment. nil is that nobody is reached there.
func (c *call) thereAnswered(ctx context.Context, d *trunk.Dialog) {
	if d == nil {
		c.thereLost(ctx)
		return
	}
	o := c.other
	c.look(ctx)
	if c.other != o {
		goodbye(ctx, d)
		return
	}
	o.d, c.left = d, "put_through"
	c.step(ctx, flow.Connected)
	c.keep(ctx)
}

// thereHeard takes up what the other end does. When it hangs up, she hears our last words.
func (c *call) thereHeard(ctx context.Context, e trunk.Event) {
	switch e := e.(type) {
	case trunk.Offered:
		c.reoffered(ctx, e, c.other.d, c.other.leg)
	case trunk.Digit: // it has nothing to choose here
	case trunk.Ended:
		switch e.By {
		case trunk.Nobody: // hers ends in the same way
			c.other.left = true
		case trunk.Peer:
			c.breakOff(ctx)
			c.step(ctx, flow.Over)
		case trunk.Lost, trunk.Us:
			c.thereLost(ctx)
		}
	}
}

// thereLost has her hear that nobody is there, and wait for us again.
func (c *call) thereLost(ctx context.Context) {
	c.left = ""
	c.breakOff(ctx)
	c.step(ctx, flow.Failed)
	c.keep(ctx)
}

// through has her and the other line hear each other. Until it answers she hears what its
// network says, and where that says nothing, that it rings; of her nothing is heard there.
func (c *call) through(ctx context.Context) {
	o := c.other
	switch {
	case o.with():
		c.joins("through", func() func() { return media.Bridge(c.leg, o.leg) })
	case o.early.Load():
		c.joins("early", func() func() {
			o.leg.Hear(c.leg.Send)
			quiet := play(ctx, o.leg, audio.NewNoise(0, openLine), nil) // some networks speak to nobody before they hear something
			return func() {
				o.leg.Hear(nil)
				quiet()
			}
		})
	default:
		c.sound(ctx, "rings", func() audio.Source { return ringing() })
	}
}

// joins has legs hear each other, unless they do already.
func (c *call) joins(is string, join func() (stop func())) {
	if c.air.is == is {
		return
	}
	c.air.close()
	c.air.is, c.air.stop = is, join()
}

// ringing is how a telephone sounds to whoever waits for it to be answered.
func ringing() *audio.Playing {
	return audio.Record(audio.NewSequence(
		audio.NewTone(time.Second, -20, ringingHz), audio.NewNoise(4*time.Second, openLine),
	), time.Minute).Loop()
}

const ringingHz = 440

// passOn presses her key at the other line. What she pressed as a tone is heard there as it is.
func (c *call) passOn(key byte) {
	if c.tones || !c.other.with() {
		return
	}
	select {
	case c.other.keys <- key:
	default:
	}
}

// letGo notes that another line is with her. From then on this call follows her contact no
// more; she may come back to it. Where somebody of ours has answered her, the other line is
// hung up.
func (c *call) letGo(ctx context.Context) {
	if c.contact == "" {
		return
	}
	noting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := c.v.Book.PutThrough(noting, c.contact)
	switch {
	case errors.Is(err, contact.ErrState):
		c.breakOff(ctx)
		c.left = ""
		c.came = append(c.came, flow.Failed)
		c.poke()
		return
	case err != nil && !errors.Is(err, contact.ErrMissing):
		c.fault(ctx, "leave", err) // it is tried again
		return
	}
	c.v.unknown(c.contact, c)
	c.kept, c.handed, c.contact, c.row = c.contact, c.contact, "", contact.Contact{}
}

// regain goes on with the call of the line that is with her; nil where that cannot be.
func (c *call) regain(ctx context.Context, record []byte) *other {
	got := make(chan *trunk.Dialog, 1)
	err := c.v.trunks.Restore(ctx, record, func(_ context.Context, d *trunk.Dialog) {
		got <- d
		<-d.Done()
	})
	if err != nil {
		return nil
	}
	d := <-got
	leg, err := c.v.open(d.Trunk()) //nolint:contextcheck // ports outlive whoever opens them
	if err == nil {
		if err = c.v.reach(ctx, d, leg); err != nil {
			leg.Close()
		}
	}
	if err != nil {
		goodbye(ctx, d)
		return nil
	}
	_, o := newOther(ctx, leg)
	o.d, c.left = d, "put_through"
	return o
}
