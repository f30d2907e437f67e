package observe_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/freeline-org/freeline/internal/observe"
	"github.com/freeline-org/freeline/internal/problem"
)

func TestReadyNamesThePartAndNothingElse(t *testing.T) {
	var db error
	h := observe.NewHealth(map[string]observe.Check{
		"db":  func(context.Context) error { return db },
		"bus": func(context.Context) error { return nil },
	})
	o := observe.Operator(observe.NewMetrics(), h)
	if code, got := get(t, o, "/readyz"); code != 200 || got != "bus ok\ndb ok\n" {
		t.Errorf("ready: %d %q", code, got)
	}
	db = errors.Join(errors.New(canary), problem.New(problem.Later, "db.disk"))
	if code, got := get(t, o, "/readyz"); code != 503 || got != "bus ok\ndb db.disk\n" {
		t.Errorf("full disk: %d %q", code, got)
	}
	db = errors.New(canary)
	if code, got := get(t, o, "/readyz"); code != 503 || strings.Contains(got, "Juana") {
		t.Errorf("unclassified: %d %q", code, got)
	}
	if code, got := get(t, o, "/healthz"); code != 200 || got != "ok\n" {
		t.Errorf("live with a broken part: %d %q", code, got)
	}
	if code, got := get(t, o, "/metrics"); code != 200 || !strings.Contains(got, "go_goroutines") {
		t.Errorf("metrics: %d", code)
	}
	if code, _ := get(t, o, "/"); code != 404 {
		t.Errorf("the operator's address serves something else: %d", code)
	}
}

func TestDrainingIsNotReady(t *testing.T) {
	h := observe.NewHealth(nil)
	o := observe.Operator(observe.NewMetrics(), h)
	if code, _ := get(t, o, "/readyz"); code != 200 {
		t.Errorf("before: %d", code)
	}
	h.Drain()
	if code, got := get(t, o, "/readyz"); code != 503 || got != "draining\n" {
		t.Errorf("draining: %d %q", code, got)
	}
}

func TestHangingPartIsLateAndAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		hang := make(chan struct{})
		h := observe.NewHealth(map[string]observe.Check{
			"disk": func(context.Context) error { asked.Add(1); <-hang; return nil },
			"db":   func(context.Context) error { return nil },
		})
		o := observe.Operator(observe.NewMetrics(), h)
		for range 3 {
			if code, got := get(t, o, "/readyz"); code != 503 || got != "db ok\ndisk late\n" {
				t.Errorf("%d %q", code, got)
			}
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("a part that hangs was asked %d times, want once", n)
		}
		close(hang)
		synctest.Wait()
		if code, got := get(t, o, "/readyz"); code != 200 {
			t.Errorf("after it came back: %d %q", code, got)
		}
	})
}
