package voice

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Check is one thing that a test call shows.
type Check string

// The checks, in the order in which something is known of them.
const (
	Standing Check = "standing" // how the trunk stands: a [trunk.Code]
	SetUp    Check = "set_up"   // whether she is reached: Well, or why not
	KeyCame  Check = "key"      // whether a key of hers arrives
	ToHer    Check = "to_her"   // whether she hears us
	FromHer  Check = "from_her" // whether we hear her
)

// What comes of a check, beside what a trunk says of itself.
const (
	Well      = "fine"
	Busy      = "busy"      // she is busy, or nobody takes it
	Refused   = "refused"   // the trunk, or the other end, would not have it
	Down      = "network"   // nobody answers there
	NoPort    = "ports"     // this machine has no port left for sound
	None      = "none"      // nothing came
	Unheard   = "unheard"   // she says herself that she hears nothing
	Untold    = "untold"    // she did not say
	Soundless = "soundless" // packets come, and nothing is in them
)

// A RingMe is a test call to somebody who runs the line.
type RingMe struct {
	Trunk string
	To    seal.Text // in E.164 form. It is dialled, and kept nowhere.
	// Asks is what is said to her before the tones: that she presses 1 if she hears them.
	// Without it there are the tones alone.
	Asks audio.Clip
}

// Times of a test call.
const (
	ringFor  = 45 * time.Second
	askFor   = 40 * time.Second
	hearFor  = 8 * time.Second
	askAgain = 3 * time.Second
)

// loud is how loud a frame of somebody's voice is at least, in dB of full scale.
const loud = -42.0

// ErrTrying says that a test call is being made already.
var ErrTrying = errors.New("voice: somebody is being rung already")

// RingMe rings somebody through one trunk and tells, as soon as it is known, what works:
// she hears tones, presses a key, and says something. No contact comes of it. It returns
// when the call is over; when ctx ends it hangs up.
func (v *Voice) RingMe(ctx context.Context, r RingMe, tell func(Check, string)) error {
	if !v.trying.TryLock() {
		return ErrTrying
	}
	defer v.trying.Unlock()
	tell(Standing, string(v.standing(r.Trunk)))
	leg, err := v.open(r.Trunk) //nolint:contextcheck // ports are closed here, whatever ctx does
	if err != nil {
		tell(SetUp, NoPort)
		return nil // it was told
	}
	defer leg.Close()
	d, err := v.ringTo(ctx, r, leg)
	if err != nil {
		if ctx.Err() == nil {
			tell(SetUp, v.why(r.Trunk, err))
		}
		return ctx.Err()
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
		defer cancel()
		_ = d.Hangup(end) // she may have done so
	}()
	tell(SetUp, Well)
	t := &trial{v: v, d: d, leg: leg, tell: tell}
	leg.Hear(t.hear)
	defer leg.Hear(nil)
	return t.run(ctx, r.Asks)
}

// Outward names the trunks by which calls can go out, in their order.
func (v *Voice) Outward() (names []string) {
	for _, t := range v.cfg.Trunk.Trunks {
		if len(t.Targets) > 0 {
			names = append(names, t.Name)
		}
	}
	return names
}

// standing is how a trunk stands.
func (v *Voice) standing(name string) trunk.Code {
	for _, h := range v.trunks.Health() {
		if h.Trunk == name {
			return h.Code
		}
	}
	return trunk.Unknown
}

// ringTo calls her, and gives up when nobody takes it.
func (v *Voice) ringTo(ctx context.Context, r RingMe, leg *media.RTP) (*trunk.Dialog, error) {
	ringing, cancel := context.WithTimeout(ctx, ringFor)
	defer cancel()
	d, err := v.trunks.CallOut(ringing, trunk.Out{Trunk: r.Trunk, To: r.To, Offer: v.offers(leg)})
	if err != nil {
		return nil, err
	}
	if err := leg.Peer(d.Remote()); err != nil {
		_ = d.Hangup(ctx)
		return nil, trunk.ErrRefused
	}
	return d, nil
}

// why is what a call that did not come about says. What the trunk has said of itself by it
// is the better reason.
func (v *Voice) why(name string, err error) string {
	switch at := v.standing(name); {
	case errors.Is(err, trunk.ErrBusy), errors.Is(err, context.DeadlineExceeded):
		return Busy
	case at == trunk.Credit, at == trunk.Registration:
		return string(at)
	case errors.Is(err, trunk.ErrDown):
		return Down
	}
	return Refused
}

// A trial is a test call that she has taken.
type trial struct {
	v    *Voice
	d    *trunk.Dialog
	leg  *media.RTP
	tell func(Check, string)

	mu     sync.Mutex
	came   bool          // any packet
	spoken time.Duration // how much of it was loud
}

// hear is called by whoever reads her packets.
func (t *trial) hear(p media.Packet) {
	f := make([]int16, len(p.Payload))
	p.Codec.Decode(f, p.Payload)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.came = true
	if audio.Level(f) > loud {
		t.spoken += audio.FrameLength
	}
}

// heard is what we hear of her so far.
func (t *trial) heard() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.spoken >= 200*time.Millisecond:
		return Well
	case t.came:
		return Soundless
	}
	return None
}

// run asks for a key until one comes, and listens to her.
func (t *trial) run(ctx context.Context, asks audio.Clip) error {
	stop := play(ctx, t.leg, tones(asks), nil)
	key, up := t.key(ctx)
	stop()
	switch {
	case key == 0:
		t.tell(KeyCame, None)
		t.tell(ToHer, Untold)
	case key == '2':
		t.tell(KeyCame, Well)
		t.tell(ToHer, Unheard)
	default:
		t.tell(KeyCame, Well)
		t.tell(ToHer, Well)
	}
	if up && ctx.Err() == nil {
		understood := audio.NewTone(250*time.Millisecond, -16, 880)
		defer play(ctx, t.leg, audio.NewSequence(understood, audio.NewNoise(0, openLine)), nil)()
		t.listen(ctx)
	}
	if ctx.Err() == nil {
		t.tell(FromHer, t.heard())
	}
	return ctx.Err()
}

// tones are what she hears: the words, three rising tones, a pause, and again.
func tones(asks audio.Clip) *audio.Sequence {
	parts := []audio.Source{audio.NewSilence(500 * time.Millisecond)}
	for range int(askFor/(askAgain+asks.Length())) + 1 {
		if asks.Length() > 0 {
			parts = append(parts, asks.Play())
		}
		for _, hz := range []float64{440, 554.37, 659.25} {
			parts = append(parts, audio.NewTone(300*time.Millisecond, -16, hz))
		}
		parts = append(parts, audio.NewNoise(askAgain-900*time.Millisecond, openLine))
	}
	return audio.NewSequence(parts...)
}

// key waits for a key; 0 is none. up is whether the call goes on.
func (t *trial) key(ctx context.Context) (key byte, up bool) {
	late := time.NewTimer(askFor)
	defer late.Stop()
	for {
		select {
		case e, ok := <-t.d.Events():
			if pressed, is := e.(trunk.Digit); is {
				return pressed.Key, true
			}
			if !ok || t.over(ctx, e) {
				return 0, false
			}
		case key := <-t.leg.Digits():
			return key, true
		case <-late.C:
			return 0, true
		case <-ctx.Done():
			return 0, false
		}
	}
}

// listen gives her time to say something.
func (t *trial) listen(ctx context.Context) {
	late, tick := time.NewTimer(hearFor), time.NewTicker(100*time.Millisecond)
	defer late.Stop()
	defer tick.Stop()
	for t.heard() != Well {
		select {
		case e, ok := <-t.d.Events():
			if !ok || t.over(ctx, e) {
				return
			}
		case <-tick.C:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// over takes up what her end of the call says, and reports whether it has ended.
func (t *trial) over(ctx context.Context, e trunk.Event) bool {
	switch e := e.(type) {
	case trunk.Offered:
		ours, err := sdp.Answer(e.Media, t.v.ours(t.d, t.leg))
		if err != nil {
			_ = e.Refuse()
			return false
		}
		asking, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		if e.Agree(asking, ours) == nil {
			_ = t.leg.Peer(t.d.Remote())
		}
	case trunk.Ended:
		return true
	}
	return false
}
