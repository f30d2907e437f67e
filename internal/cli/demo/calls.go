package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/config"
)

// withTelephone gives the line a telephone that is reached from this machine alone.
func withTelephone(cfg config.Config) (config.Config, error) {
	var here config.Prefix
	if err := here.UnmarshalText([]byte("127.0.0.0/8")); err != nil {
		return cfg, err
	}
	cfg.Voice.Listen = []config.Endpoint{{Transport: "udp", Host: "127.0.0.1"}}
	cfg.Voice.Browsers = "127.0.0.1:0"
	cfg.Voice.Trunks = []config.Trunk{{Name: "demo", From: []config.Prefix{here}}}
	return cfg, nil
}

// Times of a made-up call, at a human pace.
const (
	betweenCalls = 75 * time.Second
	betweenKeys  = 3 * time.Second
	mostKeys     = 12 // by which she is through what she is asked
	longestCall  = 5 * time.Minute
)

// ring has made-up people call, one after the other, until ctx ends. Whoever was answered is
// somebody who hums: tones, since nobody is there.
func ring(ctx context.Context, line netip.AddrPort, speed float64, log *slog.Logger) {
	phone, err := telephone.Open(ctx, line.Addr())
	if err != nil {
		log.ErrorContext(ctx, "nobody can call the demo", "err", err)
		return
	}
	defer phone.Close() //nolint:errcheck // the demo ends
	var calls sync.WaitGroup
	defer calls.Wait()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		from := fmt.Sprintf("+15550%03d", 110+n%80)
		calls.Go(func() {
			if err := oneCall(ctx, phone, line, from); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "a made-up call failed", "err", err)
			}
		})
		pause.Reset(time.Duration(float64(betweenCalls) / speed))
	}
}

// oneCall is one call: she presses the first key whatever she is asked, waits, hums once she is
// through, and hangs up after a while unless somebody does before.
func oneCall(ctx context.Context, phone *telephone.Phone, line netip.AddrPort, from string) error {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	c, err := phone.Call(ctx, telephone.Dial{Line: line.String(), Number: "+15550109", From: from})
	if err != nil {
		return err
	}
	tick := time.NewTicker(betweenKeys)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-c.Ended():
			return nil
		case <-ctx.Done():
			end, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer stop()
			return c.HangUp(end)
		case <-tick.C:
		}
		if n < mostKeys {
			if err := c.Press(ctx, "1"); err != nil {
				return err
			}
			continue
		}
		c.Begin(audio.NewTone(400*time.Millisecond, -20, 392+float64(n%3)*50))
	}
}
