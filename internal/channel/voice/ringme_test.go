package voice_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A company is a telephone company through which somebody can be rung: what she does is
// what a test sets.
type company struct {
	at string

	mu    sync.Mutex
	does  func(ctx context.Context, d *trunk.Dialog)
	to    []string
	shown []string
}

func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{}
	s, err := trunk.New(trunk.Config{
		Clock: time.Now, Listen: []trunk.Listen{{Transport: "udp", Addr: "127.0.0.1:0"}},
		Trunks: []trunk.Trunk{{Name: "line", Transport: "udp", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rate: 1000, Ping: -1}},
	}, c.take, slog.New(slog.DiscardHandler))
	hotlinetest.Must(t, err)
	c.at = s.Addr("udp").String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { stop(); hotlinetest.Must(t, <-ended) })
	return c
}

func (c *company) take(ctx context.Context, d *trunk.Dialog) {
	c.mu.Lock()
	does := c.does
	c.to, c.shown = append(c.to, d.To()), append(c.shown, d.From().Reveal())
	c.mu.Unlock()
	does(ctx, d)
}

// refuses is a company that does not put a call through.
func refuses(code int) func(context.Context, *trunk.Dialog) {
	return func(_ context.Context, d *trunk.Dialog) { _ = d.Reject(code, 0) }
}

// takes is somebody who takes the call, hears it ring, presses keys and says something.
func takes(t *testing.T, keys string, says audio.Source, stays bool) func(context.Context, *trunk.Dialog) {
	return func(ctx context.Context, d *trunk.Dialog) {
		leg, err := media.Open(media.Config{Local: netip.MustParseAddr("127.0.0.1"), Clock: time.Now})
		if err != nil {
			t.Error(err)
			return
		}
		defer leg.Close()
		ours, err := sdp.Answer(d.Offer(), sdp.Ours{Addr: leg.Addr(), Dir: sdp.SendRecv})
		if err == nil {
			_, err = d.Answer(ctx, ours)
		}
		if err == nil {
			err = leg.Peer(d.Remote())
		}
		if err != nil {
			t.Errorf("she cannot take it: %v", err)
			return
		}
		tone := make(chan struct{})
		var once sync.Once
		leg.Hear(func(p media.Packet) {
			f := make([]int16, len(p.Payload))
			p.Codec.Decode(f, p.Payload)
			if audio.Goertzel(f, 440) > -22 {
				once.Do(func() { close(tone) })
			}
		})
		select {
		case <-tone:
		case <-ctx.Done():
			return
		}
		if keys != "" && leg.Dial(ctx, keys) != nil {
			return
		}
		if says != nil {
			media.Play(ctx, leg, says)
		}
		if stays {
			<-ctx.Done()
		}
	}
}

// Whoever runs the line is rung, and told in order what works: the trunk, the call, her key,
// what she hears and what is heard of her. Her number is shown to the company, the line's is
// not, and neither is written down.
func TestRingMe(t *testing.T) {
	t.Parallel()
	c, w := newCompany(t), hotlinetest.New(t, dbtest.New(t))
	l := newLine(t, w)
	l.stop()
	var log bytes.Buffer
	l.out, l.log = c.at, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	l.start(w.Dialogs)
	const number = "+15550147"
	ring := func(does func(context.Context, *trunk.Dialog)) (got string) {
		c.mu.Lock()
		c.does = does
		c.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		hotlinetest.Must(t, l.voice.RingMe(ctx, voice.RingMe{Trunk: "out", To: seal.Conceal(number)}, func(of voice.Check, what string) {
			got += fmt.Sprintf("%s %s, ", of, what)
		}))
		return strings.TrimSuffix(got, ", ")
	}
	hum := audio.NewTone(2*time.Second, -14, 300)
	for _, tt := range []struct {
		who  string
		does func(context.Context, *trunk.Dialog)
		want string
	}{
		{"all works", takes(t, "1", hum, true), "standing fine, set_up fine, key fine, to_her fine, from_her fine"},
		{"she hears nothing, and is not heard", takes(t, "2", audio.NewSilence(200*time.Millisecond), false), "standing fine, set_up fine, key fine, to_her unheard, from_her soundless"},
		{"she hangs up", takes(t, "", nil, false), "standing fine, set_up fine, key none, to_her untold, from_her none"},
		{"she is busy", refuses(486), "standing fine, set_up busy"},
		{"there is no such number", refuses(404), "standing fine, set_up refused"},
		{"it is not paid", refuses(402), "standing fine, set_up credit"},
		{"it is still not paid", refuses(402), "standing credit, set_up credit"},
	} {
		if got := ring(tt.does); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.who, got, tt.want)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.to) != 7 || slices.ContainsFunc(c.to, func(to string) bool { return to != number }) || strings.Join(c.shown, "") != "" {
		t.Errorf("rung are %d, and shown is a number: %v", len(c.to), strings.Join(c.shown, "") != "")
	}
	l.stop()
	if strings.Contains(log.String(), number[1:]) {
		t.Error("the log holds her number")
	}
	if n := w.Count(t, `SELECT count(*) FROM contact`); n != 0 {
		t.Errorf("%d contacts came of it", n)
	}
}
