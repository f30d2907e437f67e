package voice_test

import (
	"context"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// exchange is the telephone network that the examination calls through.
type exchange struct{ *line }

// caller is somebody on the line.
type caller struct {
	*telephone.Call
	line *line
	id   hotline.ContactID
}

func (e exchange) Connect(_ testing.TB, p *hotlinetest.Person) { e.connect(p) }

func (e exchange) Call(_ context.Context, from, digits string) (channeltest.Telephone, error) {
	if digits != "" { // this flow asks for none: her place is found as it would find it
		return nil, channeltest.ErrNot
	}
	p := e.call(from)
	return caller{p, e.line, e.waits(p)}, nil
}

func (c caller) Contact() hotline.ContactID { return c.id }

func (c caller) Digits(context.Context) (string, error) { return "", channeltest.ErrNot }

// gone waits until nothing is left of the call.
func (c caller) gone() error {
	c.line.until("nothing is left of the call", func() bool {
		return !c.line.voice.Holds(c.id) && c.line.Count(c.line.t, `SELECT count(*) FROM dialog WHERE contact = $1`, c.id) == 0
	})
	return nil
}

func (c caller) Star(ctx context.Context) error {
	if err := c.Press(ctx, "*"); err != nil {
		return err
	}
	if err := c.Over(ctx); err != nil {
		return err
	}
	return c.gone()
}

func (c caller) HangUp(ctx context.Context) error {
	if err := c.Call.HangUp(ctx); err != nil {
		return err
	}
	return c.gone()
}

// Break hangs up: whether a line broke off, the network tells nobody who waits.
func (c caller) Break(ctx context.Context) error { return c.HangUp(ctx) }

func (c caller) Over(ctx context.Context) error {
	select {
	case <-c.Ended():
		return c.gone()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The telephone sits the examination of calls, over real SIP and sound.
func TestTheTelephoneSitsTheExamination(t *testing.T) {
	channeltest.ExamineCalls(t, channeltest.Switchboard{
		Open: func(t testing.TB, w *hotlinetest.World) channeltest.Exchange { return exchange{newLine(t, w)} },
	})
}
