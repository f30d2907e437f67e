package load_test

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/load"
)

// telephoned gives a line a telephone on the loopback, and says where.
func telephoned(t *testing.T, h *load.House) string {
	t.Helper()
	at := netip.MustParseAddrPort(load.Free(t))
	var lo config.Prefix
	must(t, lo.UnmarshalText([]byte("127.0.0.0/8")))
	h.Set(func(c *config.Config) {
		c.Voice.Listen = []config.Endpoint{{Transport: "udp", Host: at.Addr().String(), Port: int(at.Port())}}
		c.Voice.Browsers = "127.0.0.1:0"
		c.Voice.Trunks = []config.Trunk{{Name: "loopback", From: []config.Prefix{lo}}}
	})
	return at.String()
}

// calls is one call of a line's, and the contact that it is.
func calls(ctx context.Context, t *testing.T, a *app.App) contact.Contact {
	t.Helper()
	var c contact.Contact
	waitFor(t, 20*time.Second, "somebody talks with her", func() bool {
		all, err := a.Line.Book.List(ctx, 10, contact.Live)
		must(t, err)
		if len(all) == 1 {
			c = all[0]
		}
		return len(all) == 1
	})
	return c
}

// A whole line: a call over SIP is in danger by one key, rings at a desk that is
// joined by the desk's own socket, is answered there, is heard both ways, and is ended there:
// she hears the last words, and the desk has the wrap-up.
func TestACallIsAnsweredAtADesk(t *testing.T) {
	load.Engines(t, func(t *testing.T, engine string) {
		h := load.New(t, engine, 1, 3)
		line := telephoned(t, h)
		ctx, a, _ := serve(t, h)
		adv := load.Sign(t, h.Cast.Actors[2], func() string { return a.Addr().String() })
		var work sync.WaitGroup
		desks, leave := context.WithCancel(ctx)
		work.Go(func() { adv.Work(desks) })
		defer func() { leave(); work.Wait() }()
		waitFor(t, 20*time.Second, "the desk is open", adv.At)
		b := voicetest.Open(t)
		must(t, adv.Phone(ctx, b))

		phone, err := telephone.Open(ctx, netip.MustParseAddr("127.0.0.1"))
		must(t, err)
		defer func() { must(t, phone.Close()) }()
		her, err := phone.Call(ctx, telephone.Dial{Line: line, Number: "+15550100", From: "+15550147"})
		must(t, err)
		must(t, her.Press(ctx, "9")) // whatever is being said: danger goes before all
		c := calls(ctx, t, a)
		if c.Channel != hotline.Call || !c.Danger || c.Urgency != 0 {
			t.Errorf("she came by %s, danger %t, urgency %d", c.Channel, c.Danger, c.Urgency)
		}
		her.Begin(audio.NewTone(0, -12, 1000))
		b.Say(770)
		soon, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := her.Hears(soon, voicetest.Only(770, 1000)); err != nil {
			t.Errorf("she does not hear the advocate: %v", err)
		}
		if err := b.Hears(soon, voicetest.Only(1000, 770)); err != nil {
			t.Errorf("the advocate does not hear her: %v", err)
		}
		must(t, adv.Say(ctx, "end", desk.End{Contact: string(c.ID)}))
		select {
		case <-her.Ended():
		case <-time.After(time.Minute):
			t.Error("her line was not hung up")
		}
		if is, err := a.Line.Book.Find(ctx, c.ID); err != nil || is.State != contact.Closing {
			t.Errorf("her contact is %s: %v", is.State, err)
		}
	})
}
