package voice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// A ledger notes what was told, and when.
type ledger struct {
	from time.Time

	mu   sync.Mutex
	all  []string
	deaf bool // nothing can be told
}

func (l *ledger) note(what string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf {
		return errors.New("the database does not answer")
	}
	l.all = append(l.all, fmt.Sprintf("%v %s", time.Since(l.from), what))
	return nil
}

func (l *ledger) hear(deaf bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaf = deaf
}

func (l *ledger) Down(_ context.Context, h trunk.Health) error {
	return l.note(h.Trunk + " " + string(h.Code))
}

func (l *ledger) Up(_ context.Context, name string) error { return l.note(name + " works") }

// told lets trunks stand as they do, one moment after the other, and returns what was told.
func told(t *testing.T, course func(l *ledger, at func(time.Duration, string, trunk.Code))) (all []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l, a := &ledger{from: time.Now()}, newAlarm()
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { a.run(ctx, time.Now, slog.New(slog.DiscardHandler), l) })
		course(l, func(moment time.Duration, name string, code trunk.Code) {
			time.Sleep(time.Until(l.from.Add(moment)))
			synctest.Wait()
			if name != "" {
				a.notice(trunk.Health{Trunk: name, Code: code, Since: time.Now()})
			}
		})
		stop()
		running.Wait()
		all = l.all
	})
	return all
}

// A trunk that is down for half a minute is told, one that comes back before is not. What
// it is may change meanwhile, and it is said again as long as it lasts.
func TestTheAlarmsClock(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for name, tt := range map[string]struct {
		course func(l *ledger, at func(time.Duration, string, trunk.Code))
		want   []string
	}{
		"after half a minute, to the second": {func(_ *ledger, at func(time.Duration, string, trunk.Code)) {
			at(0, "first", trunk.Fine)
			at(hour, "first", trunk.Network)
			at(hour+45*time.Second, "first", trunk.Fine)
			at(2*hour, "", "")
		}, []string{"0s first works", "1h0m30s first network", "1h0m45s first works"}},
		"back before that": {func(_ *ledger, at func(time.Duration, string, trunk.Code)) {
			at(0, "first", trunk.Fine)
			at(hour, "first", trunk.Network)
			at(hour+29*time.Second, "first", trunk.Fine)
			at(hour+40*time.Second, "first", trunk.Network)
			at(hour+69*time.Second, "first", trunk.Fine)
			at(2*hour, "", "")
		}, []string{"0s first works"}},
		"something else is wrong meanwhile": {func(_ *ledger, at func(time.Duration, string, trunk.Code)) {
			at(0, "first", trunk.Network)
			at(20*time.Second, "first", trunk.Registration)
			at(35*time.Second, "first", trunk.Credit)
			at(50*time.Second, "", "")
		}, []string{"30s first registration", "35s first credit"}},
		"as long as it lasts": {func(_ *ledger, at func(time.Duration, string, trunk.Code)) {
			at(0, "first", trunk.Network)
			at(2*time.Minute+40*time.Second, "", "")
		}, []string{"30s first network", "1m30s first network", "2m30s first network"}},
		"each for itself": {func(_ *ledger, at func(time.Duration, string, trunk.Code)) {
			at(0, "first", trunk.Network)
			at(10*time.Second, "second", trunk.Credit)
			at(35*time.Second, "first", trunk.Fine)
			at(50*time.Second, "", "")
		}, []string{"30s first network", "35s first works", "40s second credit"}},
		"nobody can be told for a while": {func(l *ledger, at func(time.Duration, string, trunk.Code)) {
			l.hear(true)
			at(0, "first", trunk.Network)
			at(34*time.Second, "", "")
			l.hear(false)
			at(50*time.Second, "", "")
		}, []string{"35s first network"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := told(t, tt.course); !slices.Equal(got, tt.want) {
				t.Errorf("told was %q, want %q", got, tt.want)
			}
		})
	}
}
