package telephone

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// A Call is one that was answered.
type Call struct {
	phone  *Phone
	with   Dial
	leg    *media.RTP
	dialog *sipgo.DialogClientSession
	offer  sdp.Media

	ended chan struct{}
	once  sync.Once
	stop  context.CancelFunc // of what she says; nil before she is answered
	work  sync.WaitGroup

	*audio.Ear

	mu    sync.Mutex
	mouth audio.Source // what she says; nil is nothing
	said  chan struct{}
	moved *sip.ContactHeader // where the line has said since that it is
}

func newCall(p *Phone, d Dial, leg *media.RTP) *Call {
	return &Call{phone: p, with: d, leg: leg, ended: make(chan struct{}), Ear: audio.NewEar()}
}

// dial is the way from INVITE to ACK.
func (c *Call) dial(ctx context.Context) error {
	uri, err := c.with.uri()
	if err != nil {
		return err
	}
	c.offer, err = sdp.Offer(c.ours(sdp.SendRecv))
	if err != nil {
		return err
	}
	c.dialog, err = c.phone.dials.Invite(ctx, uri, c.offer.Bytes(), append(c.with.headers("uas"), c.with.header(c.phone.on))...)
	if err != nil {
		return fmt.Errorf("telephone: %w", err)
	}
	id := c.dialog.InviteRequest.CallID().Value()
	c.phone.mu.Lock()
	c.phone.calls[id] = c
	c.phone.mu.Unlock()
	err = c.dialog.WaitAnswer(ctx, sipgo.AnswerOptions{OnResponse: func(res *sip.Response) error {
		if res.StatusCode == sip.StatusRinging && c.with.Rings != nil {
			c.with.Rings()
		}
		return nil
	}})
	var no *sipgo.ErrDialogResponse
	if errors.As(err, &no) {
		return &RefusedError{no.Res.StatusCode}
	}
	if err != nil {
		return fmt.Errorf("telephone: %w", err)
	}
	if err := c.dialog.Ack(ctx); err != nil {
		return fmt.Errorf("telephone: %w", err)
	}
	if err := c.join(c.dialog.InviteResponse.Body()); err != nil {
		return err
	}
	if c.with.Still {
		return nil
	}
	c.leg.Hear(c.hear)
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.ended: // the line has hung up already
		return nil
	default:
	}
	run, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.work.Go(func() { media.Play(run, c.leg, mouth{c, audio.NewNoise(0, -65)}) })
	return nil
}

// join reads the line's answer, and sends there.
func (c *Call) join(answer []byte) error {
	m, err := sdp.Parse(answer)
	if err != nil {
		return err
	}
	if m, err = sdp.Accept(c.offer, m); err != nil {
		return err
	}
	return c.peer(m)
}

// agree answers an offer of the line's.
func (c *Call) agree(offer []byte) ([]byte, error) {
	m, err := sdp.Parse(offer)
	if err != nil {
		return nil, err
	}
	answer, err := sdp.Answer(m, c.ours(sdp.SendRecv))
	if err != nil {
		return nil, err
	}
	return answer.Bytes(), c.peer(m)
}

func (c *Call) peer(m sdp.Media) error {
	if c.with.Through != nil {
		c.with.Through.To(m.Addr)
		_, m.Addr = c.with.Through.Ends()
	}
	return c.leg.Peer(m)
}

// hear keeps what the line says.
func (c *Call) hear(p media.Packet) {
	f := make([]int16, len(p.Payload))
	p.Codec.Decode(f, p.Payload)
	c.Hear(f)
}

// mouth is what she sends, without a pause, as telephones do: what she says, or a quiet
// room.
type mouth struct {
	c    *Call
	room audio.Source
}

func (m mouth) Next(f []int16) bool {
	m.c.mu.Lock()
	defer m.c.mu.Unlock()
	if m.c.mouth != nil {
		if m.c.mouth.Next(f) {
			return true
		}
		m.c.mouth = nil
		close(m.c.said)
	}
	return m.room.Next(f)
}

// Say says something to its end. What she was saying is left off.
func (c *Call) Say(ctx context.Context, words audio.Source) error {
	said := c.Begin(words)
	select {
	case <-said:
		return nil
	case <-c.ended:
		return ErrEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ErrEnded says that the call is over.
var ErrEnded = errors.New("telephone: the call has ended")

// Begin begins to say something, and gives what is closed at its end. Nil is silence.
func (c *Call) Begin(words audio.Source) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mouth != nil {
		close(c.said)
	}
	c.mouth, c.said = words, make(chan struct{})
	if words == nil {
		close(c.said)
	}
	return c.said
}

// Press presses keys, one after the other, as RFC 4733 has it.
func (c *Call) Press(ctx context.Context, keys string) error {
	return c.leg.Dial(ctx, keys)
}

// Tone looks for a tone of at least 200 ms at the end of what is heard.
func Tone(hz, dB float64) func([]int16) bool {
	return func(since []int16) bool {
		const long = audio.Rate / 5
		return len(since) >= long && audio.Goertzel(since[len(since)-long:], hz) >= dB
	}
}

// Hold holds the line, or takes it up again.
func (c *Call) Hold(ctx context.Context, on bool) error {
	dir := sdp.SendRecv
	if on {
		dir = sdp.SendOnly
	}
	offer, err := sdp.Offer(c.ours(dir))
	if err != nil {
		return err
	}
	req := sip.NewRequest(sip.INVITE, c.target())
	for _, h := range c.with.headers("uac") {
		req.AppendHeader(h)
	}
	req.SetBody(offer.Bytes())
	res, err := c.dialog.Do(ctx, req)
	if err != nil {
		return fmt.Errorf("telephone: hold: %w", err)
	}
	if !res.IsSuccess() {
		return &RefusedError{res.StatusCode}
	}
	ack := sip.NewRequest(sip.ACK, c.target())
	if err := c.dialog.WriteRequest(ack); err != nil {
		return fmt.Errorf("telephone: hold: %w", err)
	}
	c.offer = offer
	return c.join(res.Body())
}

// target is where the line says that it is.
func (c *Call) target() sip.Uri {
	c.follow()
	if to := c.dialog.InviteResponse.Contact(); to != nil {
		return *to.Address.Clone()
	}
	return c.dialog.InviteRequest.Recipient
}

// follow goes where the line is now: another process may have gone on with the call.
func (c *Call) follow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moved != nil {
		c.dialog.InviteResponse.ReplaceHeader(c.moved)
		c.moved = nil
	}
}

// HangUp ends the call.
func (c *Call) HangUp(ctx context.Context) error {
	select {
	case <-c.ended:
		return nil
	default:
	}
	c.follow()
	err := c.dialog.Bye(ctx)
	c.end()
	if err != nil {
		return fmt.Errorf("telephone: hang up: %w", err)
	}
	return nil
}

// Breaks ends the call as her network does where her line broke and it knows: she is silent
// from then on, and it says so.
func (c *Call) Breaks(ctx context.Context) error {
	bye := sip.NewRequest(sip.BYE, c.target())
	bye.AppendHeader(sip.NewHeader("Reason", `Q.850;cause=41;text="Temporary failure"`))
	err := c.dialog.WriteBye(ctx, bye)
	c.end()
	if err != nil {
		return fmt.Errorf("telephone: break: %w", err)
	}
	return nil
}

// Vanish ends the call without a word, as an empty battery does.
func (c *Call) Vanish() { c.end() }

// Ended is closed when the call is over, whoever ended it.
func (c *Call) Ended() <-chan struct{} { return c.ended }

// end takes the call down, once.
func (c *Call) end() {
	c.once.Do(func() {
		c.mu.Lock()
		close(c.ended)
		c.NoMore(ErrEnded)
		stop := c.stop
		c.mu.Unlock()
		if stop != nil {
			stop()
		}
		c.work.Wait()
		c.leg.Close()
		if c.dialog != nil {
			c.phone.mu.Lock()
			delete(c.phone.calls, c.dialog.InviteRequest.CallID().Value())
			c.phone.mu.Unlock()
			_ = c.dialog.Close()
		}
	})
}

// Quality is how the network was, as she has it.
func (c *Call) Quality() media.Quality { return c.leg.Quality() }
