package trunk

import (
	"log/slog"
	"testing"
	"time"
)

// A call without sound may be a telephone's fault; two running are the way's, until sound
// comes again or nobody has called for an hour.
func TestCallsWithoutSound(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := &Service{log: slog.New(slog.DiscardHandler), conf: Config{Clock: func() time.Time { return now }}}
	l := newLink(s, Trunk{Ping: -1})
	d := newDialog(s, l)
	stands := func(after string, want Code) {
		t.Helper()
		if got := l.state.last.Code; got != want {
			t.Errorf("after %s it is %q, want %q", after, got, want)
		}
	}
	d.Sounded(false)
	stands("one without sound", Fine)
	d.Sounded(true)
	d.Sounded(false)
	stands("one each way, and one", Fine)
	d.Sounded(false)
	stands("two without sound", Sound)
	d.Sounded(true)
	stands("one with sound", Fine)
	d.Sounded(false)
	d.Sounded(false)
	now = now.Add(staleAfter)
	l.note(func(*state) {})
	stands("an hour", Sound)
	now = now.Add(time.Second)
	l.note(func(*state) {})
	stands("more than an hour", Fine)
	d.Sounded(false)
	stands("one without sound after that", Fine)
}
