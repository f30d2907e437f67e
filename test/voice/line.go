// Package voice calls a whole line: callers over SIP and RTP on one side, advocates in
// their browsers on the other, and what is heard between. Everything stays on this
// machine.
package voice

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/peer"
)

// Number is the one that the line is called on.
const Number = "+15550109"

// A Line is a line with a telephone.
type Line struct {
	*load.House
	SIP string // host and port where trunks reach it
	App *app.App

	tb     testing.TB
	beside *app.Line
}

// Beside opens the line's stores beside its process, until the test ends.
func (l *Line) Beside() *app.Line {
	l.tb.Helper()
	if l.beside == nil {
		l.beside = l.House.Beside()
	}
	return l.beside
}

// Found founds a line whose telephone is at an address of this machine, for callers who
// come from a network, and hires these people.
func Found(tb testing.TB, on netip.Addr, from netip.Prefix, people ...staff.Person) *Line {
	tb.Helper()
	return FoundOn(tb, "sqlite", on, from, people...)
}

// FoundOn founds it on an engine.
func FoundOn(tb testing.TB, engine string, on netip.Addr, from netip.Prefix, people ...staff.Person) *Line {
	tb.Helper()
	l := &Line{House: load.With(tb, engine, []string{"en"}, people...), tb: tb}
	l.Set(func(c *config.Config) {
		c.Voice = config.Voice{
			Ports:  config.Ports{From: 62000, To: 64998}, // above those that the system hands out
			Trunks: []config.Trunk{{Name: "carrier", From: []config.Prefix{{Prefix: from}}}},
		}
	})
	l.Move(on)
	l.Inside(func(in *app.Line) {
		by, err := in.Staff.ByName(tb.Context(), l.Cast.Actors[0].Name)
		must(tb, err)
		must(tb, in.Editions.Begin(tb.Context(), by.ID, flow.Key(), short(tb)))
	})
	return l
}

// Move has the telephone of whichever process begins from now on be elsewhere.
func (l *Line) Move(on netip.Addr) {
	l.tb.Helper()
	_, port, err := net.SplitHostPort(load.Free(l.tb))
	must(l.tb, err)
	n, err := strconv.Atoi(port)
	must(l.tb, err)
	l.SIP = net.JoinHostPort(on.String(), port)
	l.Set(func(c *config.Config) {
		c.Voice.Listen = []config.Endpoint{{Transport: "udp", Host: on.String(), Port: n}, {Transport: "tcp", Host: on.String(), Port: n}}
		c.Voice.Browsers = load.Free(l.tb)
	})
}

// short is the shipped flow in few steps and few words: a language, a menu, the queue.
func short(tb testing.TB) string {
	tb.Helper()
	f, err := flow.Parse(flow.Shipped())
	must(tb, err)
	kept := func(id string) bool {
		return slices.Contains([]string{"language", "expect", "choice", "danger", "queue", "bye"}, id)
	}
	f.Steps = slices.DeleteFunc(f.Steps, func(s flow.Step) bool { return !kept(s.ID) })
	for i := range f.Steps {
		s := &f.Steps[i]
		s.Words = map[string]string{"en": "Hello."}
		s.Go = slices.DeleteFunc(s.Go, func(b flow.Branch) bool { return !kept(b.To) })
		s.Keys = slices.DeleteFunc(s.Keys, func(k flow.Press) bool {
			return k.To != "" && !kept(k.To) || k.Lang != "" && k.Lang != "en" || k.Does == flow.Recall
		})
	}
	body := f.Body()
	_, err = flow.Parse(body)
	must(tb, err)
	return body
}

// Hand is somebody to hire.
func Hand(name string, role hotline.Role) staff.Person {
	return staff.Person{Pseudonym: name, Roles: []hotline.Role{role}, Languages: []string{"en"}, Capacity: 3}
}

// Serve runs the line in this process until the test ends. Its errors stand in the log.
func (l *Line) Serve() {
	l.tb.Helper()
	cfg := l.Config
	cfg.Operator.Listen = load.Free(l.tb)
	log, err := os.OpenFile(filepath.Join(l.Dir, "log.txt"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	must(l.tb, err)
	l.tb.Cleanup(func() { _ = log.Close() })
	l.App, err = app.New(l.tb.Context(), cfg, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelError})), observe.NewMetrics(), nil)
	must(l.tb, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(l.tb.Context()))
	var serving sync.WaitGroup
	serving.Go(func() { _ = l.App.Run(ctx) })
	l.tb.Cleanup(func() { stop(); serving.Wait() })
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Port is the port of its pages.
func (l *Line) Port() string {
	_, port, _ := net.SplitHostPort(l.App.Addr().String())
	return port
}

// Queue goes through the menus of the call that has just begun: English, and to talk. What
// a step says before it takes a key depends on its sounds, so the key is pressed until she
// is in the queue, where it only turns the music off.
func (l *Line) Queue(press func()) {
	l.tb.Helper()
	began := l.count()
	for range 30 {
		press()
		for until := time.Now().Add(500 * time.Millisecond); time.Now().Before(until); time.Sleep(20 * time.Millisecond) { // a queue tells nobody
			if l.count() > began {
				return
			}
		}
	}
	l.tb.Fatal("she does not come into the queue")
}

// count is how many calls wait or are answered.
func (l *Line) count() (n int) {
	l.tb.Helper()
	const query = `SELECT count(*) FROM contact WHERE channel = 'call' AND state IN ('waiting', 'offered', 'live')`
	in := l.beside
	if l.App != nil {
		in = l.App.Line
	} else if in == nil {
		in = l.Beside()
	}
	must(l.tb, in.Main.One(l.tb.Context(), query, nil, &n))
	return n
}

// Quiet waits until nothing is left of calls that have ended.
func (l *Line) Quiet() { l.tb.Helper(); Quiet(l.tb, l.App.Line) }

// Quiet waits until a line keeps no call any more.
func Quiet(tb testing.TB, l *app.Line) {
	tb.Helper()
	n := 0
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) { // a row that goes tells nobody
		must(tb, l.Main.One(tb.Context(), `SELECT count(*) FROM dialog`, nil, &n))
		if n == 0 {
			return
		}
	}
	tb.Errorf("%d calls are kept after their end", n)
}

// Tone is a voice in tests: one tone without an end.
func Tone(hz float64) audio.Source { return audio.NewTone(0, peer.ToneLevel, hz) }
