//go:build !race

package voice_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/peer"
	"github.com/freeline-org/freeline/test/voice"
)

func loopback() netip.Addr { return netip.MustParseAddr("127.0.0.1") }

// open makes a telephone network on this machine.
func open(t *testing.T) *telephone.Phone {
	t.Helper()
	p, err := telephone.Open(t.Context(), loopback())
	must(t, err)
	t.Cleanup(func() { must(t, p.Close()) })
	return p
}

// Whoever hangs up, at whatever stage, is gone: nothing of the call stays, and the next one
// is answered.
func TestHangUpsAtEachStage(t *testing.T) {
	l := voice.Found(t, loopback(), netip.PrefixFrom(loopback(), 32), voice.Hand("Amina", hotline.Advocate))
	l.Serve()
	who, _ := l.Cast.Find("Amina")
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	var rang atomic.Int64
	amina := voice.Sit(t, who, func() string { return "127.0.0.1:" + l.Port() }, func(kind, _ string) {
		if kind == "offer" {
			rang.Add(1)
		}
	})
	network := open(t)
	call := func() *telephone.Call {
		c, err := network.Call(ctx, telephone.Dial{Line: l.SIP, Number: voice.Number, From: peer.Nobody})
		must(t, err)
		return c
	}
	// Before anybody has a telephone: as she is greeted, in the menu, and in the queue.
	for _, keys := range []string{"", "1", "11", "119"} {
		c := call()
		must(t, c.Press(ctx, keys))
		must(t, c.HangUp(ctx))
		l.Quiet()
	}
	// She gives up before anybody answers; it may be answered all the same.
	giving, stop := context.WithCancel(ctx)
	c, err := network.Call(giving, telephone.Dial{Line: l.SIP, Number: voice.Number, From: peer.Nobody, Rings: stop})
	switch {
	case err == nil:
		must(t, c.HangUp(ctx))
	case !errors.Is(err, context.Canceled):
		t.Errorf("she gives up: %v", err)
	}
	stop()
	l.Quiet()

	amina.Connect(ctx)
	amina.Browser.Say(advocates)
	talk := func() (*telephone.Call, string) {
		c := call()
		c.Begin(voice.Tone(hers))
		l.Queue(func() { must(t, c.Press(ctx, "1")) })
		must(t, c.Hears(ctx, telephone.Tone(advocates, -20)))
		must(t, amina.Hears(ctx, voicetest.Only(hers, advocates)))
		f := voice.Last(ctx, amina, "phone", func(p desk.PhoneFrame) bool { return len(p.Calls) == 1 })
		return c, f.Calls[0].Contact
	}
	// In the talk: she, and then the advocate.
	c, _ = talk()
	must(t, c.HangUp(ctx))
	l.Quiet()
	c, id := talk()
	must(t, amina.Advocate.Say(ctx, "end", desk.End{Contact: id}))
	select {
	case <-c.Ended():
	case <-ctx.Done():
		t.Error("the advocate hangs up, and the call goes on")
	}
	l.Quiet()
	if rang.Load() < 2 {
		t.Errorf("%d calls rang", rang.Load())
	}
	disturbed(t, l)
	if log := l.Log(); strings.Contains(log, "fault of ours") {
		t.Error(log)
	}
}

// disturbed has a trunk fail and come back: the home page says to write instead, and has the
// number again.
func disturbed(t *testing.T, l *voice.Line) {
	t.Helper()
	in := l.App.Line
	by, err := in.Staff.ByName(t.Context(), "Amina")
	must(t, err)
	must(t, in.Editions.Begin(t.Context(), by.ID, flow.NumbersKey(), `{"rows":[{"dial":"`+voice.Number+`","shown":"+1 555 0109","cost":"free","bill":"open"}]}`))
	for _, step := range []struct {
		change func() error
		words  bool
	}{
		{func() error { return nil }, false},
		{func() error { return in.Outages.Down(t.Context(), "carrier", "network") }, true},
		{func() error { return in.Outages.Up(t.Context(), "carrier") }, false},
	} {
		must(t, step.change())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+l.Port()+"/", nil)
		must(t, err)
		r.Host = "line.localhost"
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		page, err := io.ReadAll(res.Body)
		must(t, errors.Join(err, res.Body.Close()))
		if words := strings.Contains(string(page), "The telephone is disturbed at the moment. You can write here instead."); words != step.words || res.StatusCode != http.StatusOK {
			t.Errorf("the home page is %d, and says that the telephone is disturbed: %v, want %v", res.StatusCode, words, step.words)
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
