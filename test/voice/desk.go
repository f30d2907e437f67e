package voice

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/load"
)

// A Desk is an advocate at her desk without a browser, with a telephone. She takes every
// call that rings.
type Desk struct {
	*load.Advocate
	*voicetest.Browser

	tb     testing.TB
	told   chan string // frames
	mu     sync.Mutex
	frames map[string]string // the last of each kind
	seen   func(kind, frame string)
	sits   int // how often her desk was connected
	phone  int // at which of these it became a telephone
}

// Sit signs somebody in through the page of a node, and has her work until the test ends.
// seen is told of each frame that comes, at once.
func Sit(tb testing.TB, who *cast.Actor, at func() string, seen func(kind, frame string)) *Desk {
	tb.Helper()
	d := &Desk{Advocate: load.Sign(tb, who, at), tb: tb, told: make(chan string, 1), frames: map[string]string{}, seen: seen}
	d.Trace = d.note
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	var work sync.WaitGroup
	work.Go(func() { d.Work(ctx) })
	tb.Cleanup(func() { stop(); work.Wait() })
	return d
}

func (d *Desk) note(frame string) {
	var head struct{ T string }
	if json.Unmarshal([]byte(frame), &head) != nil {
		return
	}
	d.mu.Lock()
	if head.T == "snapshot" { // what was said before is of another connection
		clear(d.frames)
		d.sits++
	}
	d.frames[head.T] = frame
	d.mu.Unlock()
	if d.seen != nil {
		d.seen(head.T, frame)
	}
	select {
	case d.told <- head.T:
	default:
	}
}

// Last waits until a frame of a kind has come that is as it is wanted, and reads it.
func Last[T any](ctx context.Context, d *Desk, kind string, wanted func(T) bool) T {
	d.tb.Helper()
	for {
		d.mu.Lock()
		frame := d.frames[kind]
		d.mu.Unlock()
		var f T
		if frame != "" && json.Unmarshal([]byte(frame), &f) == nil && wanted(f) {
			return f
		}
		select {
		case <-d.told:
		case <-time.After(50 * time.Millisecond): // a frame may have come while another was looked at
		case <-ctx.Done():
			d.tb.Fatalf("%s is not told of %s as it is wanted; the last is %s", d.Name, kind, frame)
		}
	}
}

// Connect makes her desk a telephone, in place of the one that it was.
func (d *Desk) Connect(ctx context.Context) {
	d.tb.Helper()
	Last(ctx, d, "snapshot", func(desk.Snapshot) bool { return true })
	d.mu.Lock()
	d.phone = d.sits
	d.mu.Unlock()
	d.Browser = voicetest.Open(d.tb)
	must(d.tb, d.Phone(ctx, d.Browser))
	Last(ctx, d, "phone", func(p desk.PhoneFrame) bool { return p.Fresh })
}

// Reconnect makes her desk a telephone again once it is back from a line that was gone.
func (d *Desk) Reconnect(ctx context.Context) {
	d.tb.Helper()
	d.Browser.Close()
	Last(ctx, d, "snapshot", func(desk.Snapshot) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.sits > d.phone
	})
	d.Connect(ctx)
}
