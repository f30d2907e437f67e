package demo

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
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

// calls are made-up calls: what she says once somebody has answered, with room between for
// an answer. Nobody real said any of it.
func calls() [][]string {
	return [][]string{
		{
			"Hello? Is this the help line? A friend gave me the number.",
			"I clean houses. The woman I work for keeps my passport, and she says that I owe her for the flight.",
			"I can talk until four. She is at the market.",
			"No, I do not want the police now. I only want to know what I can do.",
			"Thank you. I will call again on Sunday. Goodbye.",
		},
		{
			"He has locked the door. Please, I have to whisper.",
			"It is the second floor. There is a bakery downstairs.",
			"He is coming back.",
		},
		{
			"Good evening. I am calling for a friend. She works in a house, and they do not pay her.",
			"For a year now. They took her papers on the first day.",
			"Thank you. I will tell her that you answer.",
		},
	}
}

// Times of a made-up call, at a human pace.
const (
	betweenCalls = 75 * time.Second
	betweenKeys  = 3 * time.Second
	forAnAnswer  = 9 * time.Second // between two things that she says
	longestCall  = 5 * time.Minute
)

// A switchboard is the made-up telephone network of the demo.
type switchboard struct {
	book  *contact.Book
	at    netip.AddrPort // the line's trunk
	speed float64
	voice prompt.Voice // nil where this machine has none: she hums
	phone *telephone.Phone

	mu   sync.Mutex
	hers map[hotline.ContactID]bool // contacts whose caller is known
}

// ring has made-up people call, one after the other, until ctx ends. The first one calls at
// once: whoever tries the demo has a call to answer as soon as she is ready.
func ring(ctx context.Context, a *app.App, speed float64, log *slog.Logger) {
	phone, err := telephone.Open(ctx, a.SIP().Addr())
	if err != nil {
		log.ErrorContext(ctx, "nobody can call the demo", "err", err)
		return
	}
	defer phone.Close() //nolint:errcheck // the demo ends
	s := &switchboard{book: a.Line.Book, at: a.SIP(), speed: speed, voice: prompt.Espeak(), phone: phone, hers: map[hotline.ContactID]bool{}}
	var there sync.WaitGroup
	defer there.Wait()
	all := calls()
	for n := 0; ; n++ {
		// The numbers from +1 555 0110 to 0189 belong to nobody.
		from, says := fmt.Sprintf("+155501%02d", 10+n%80), all[n%len(all)]
		there.Go(func() {
			if err := s.call(ctx, from, says); err != nil && ctx.Err() == nil {
				log.DebugContext(ctx, "a made-up caller gave up", "err", err)
			}
		})
		if !sleep(ctx, s.of(betweenCalls)) {
			return
		}
	}
}

// of is a duration at the demo's speed.
func (s *switchboard) of(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.speed)
}

// call is one call, from the first ring to the last word: English, to talk, and patience.
func (s *switchboard) call(ctx context.Context, from string, says []string) error {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	c, err := s.phone.Call(ctx, telephone.Dial{Line: s.at.String(), Number: "+15550109", From: from})
	if err != nil {
		return err
	}
	defer func() {
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = c.HangUp(end) // where the demo has ended, nobody is there to be told
	}()
	var id hotline.ContactID
	for id == "" {
		if err := s.pause(ctx, c, betweenKeys); err != nil {
			return err
		}
		if id, err = s.mine(ctx); err != nil {
			return err
		}
		if id == "" { // what is said may take no key yet
			if err := c.Press(ctx, "1"); err != nil {
				return err
			}
		}
	}
	for state := contact.Waiting; state != contact.Live; {
		if err := s.pause(ctx, c, time.Second); err != nil {
			return err
		}
		one, err := s.book.Find(ctx, id)
		if err != nil {
			return err
		}
		state = one.State
	}
	for _, words := range says {
		if err := c.Say(ctx, s.say(ctx, words)); err != nil {
			return err
		}
		if err := s.pause(ctx, c, forAnAnswer); err != nil {
			return err
		}
	}
	return nil
}

// mine finds the contact that her call has become; none before she stands in the queue.
func (s *switchboard) mine(ctx context.Context) (hotline.ContactID, error) {
	all, err := s.book.List(ctx, 100, contact.Waiting, contact.Offered, contact.Live)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range all {
		if one.Channel == hotline.Call && !s.hers[one.ID] {
			s.hers[one.ID] = true
			return one.ID, nil
		}
	}
	return "", nil
}

// say is how she says something.
func (s *switchboard) say(ctx context.Context, words string) audio.Source {
	if s.voice != nil {
		if wav, err := s.voice(ctx, "en", words); err == nil {
			if clip, err := audio.ReadWAV(bytes.NewReader(wav)); err == nil {
				return clip.Play()
			}
		}
	}
	var hum []audio.Source
	for range min(12, 1+len(words)/12) {
		hum = append(hum, audio.NewTone(260*time.Millisecond, -18, 220, 440), audio.NewSilence(90*time.Millisecond))
	}
	return audio.NewSequence(hum...)
}

// pause lets time pass while the call is up.
func (s *switchboard) pause(ctx context.Context, c *telephone.Call, d time.Duration) error {
	t := time.NewTimer(s.of(d))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-c.Ended():
		return telephone.ErrEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}
