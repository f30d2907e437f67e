package channeltest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Peer is the other side of an adapter that sits the examination: a vendor that
// behaves as it is told, once for each time, and else takes everything.
type Peer interface {
	Fail()
	Refuse()
	Lose()
	Delay() (entered <-chan struct{}, release func())
	Got() []Message
	Calls() int
}

// Examine holds an adapter against what [channel.Sender] promises. open makes an adapter
// and the peer that it speaks to; address and text are such as the channel takes.
func Examine(t *testing.T, address string, open func(t *testing.T) (channel.Sender, Peer)) {
	t.Helper()
	const text = "Zwergkanarie, as written: äé😀"
	out := func() channel.Outgoing {
		return channel.Outgoing{Ref: seal.Conceal(hotline.NewID()), To: seal.Conceal(address), Text: seal.Conceal(text)}
	}
	silent := func(t *testing.T, err error) {
		t.Helper()
		if err != nil && (strings.Contains(err.Error(), address) || strings.Contains(err.Error(), "Zwergkanarie")) {
			t.Error("the error quotes what was sent")
		}
	}
	t.Run("it arrives once, as written, and each has its own name", func(t *testing.T) {
		s, p := open(t)
		var names []string
		for range 2 {
			o := out()
			a, err := s.Send(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			name := plain(a.Receipt)
			if name == "" {
				name = plain(o.Ref)
			}
			names = append(names, name)
		}
		got := p.Got()
		if len(got) != 2 || got[0].To != address || got[0].Text != text {
			t.Errorf("%d arrived, or not as they were sent", len(got))
		}
		if names[0] == names[1] {
			t.Error("two messages have one name")
		}
	})
	for name, c := range map[string]struct {
		is   func(Peer)
		want error
	}{"the vendor is out of reach": {Peer.Fail, channel.ErrDown}, "the vendor refuses": {Peer.Refuse, channel.ErrRefused}} {
		t.Run(name, func(t *testing.T) {
			s, p := open(t)
			c.is(p)
			_, err := s.Send(t.Context(), out())
			silent(t, err)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if len(p.Got()) != 0 {
				t.Error("it arrived all the same")
			}
			if p.Calls() != 1 {
				t.Errorf("it was tried %d times, want once", p.Calls())
			}
		})
	}
	unknown := func(t *testing.T, err error) {
		t.Helper()
		silent(t, err)
		if err == nil || errors.Is(err, channel.ErrDown) || errors.Is(err, channel.ErrRefused) {
			t.Errorf("got %v, want an error that says nothing of whether it left", err)
		}
	}
	t.Run("the answer is lost", func(t *testing.T) {
		s, p := open(t)
		p.Lose()
		_, err := s.Send(t.Context(), out())
		unknown(t, err)
		if p.Calls() != 1 {
			t.Errorf("it was tried %d times, want once", p.Calls())
		}
	})
	t.Run("nobody waits any more", func(t *testing.T) {
		s, p := open(t)
		entered, release := p.Delay()
		defer release()
		ctx, stop := context.WithCancel(t.Context())
		go func() { // ends with the vendor's having it
			<-entered
			stop()
		}()
		_, err := s.Send(ctx, out())
		unknown(t, err)
	})
}
