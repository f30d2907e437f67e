package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/jobs"
)

// asleep waits until the runner has settled its last job and looked whether there
// is another: the next poll is some time away then.
func asleep(t *testing.T, d *db.DB) {
	t.Helper()
	var since time.Time
	until(t, func() bool {
		if since.IsZero() && waiting(t, d) == 0 {
			since = time.Now()
		}
		return !since.IsZero() && time.Since(since) > 100*time.Millisecond
	})
}

// A job that is due is begun at once; one that is due later, when it is due:
// neither waits for the next poll.
func TestBegunWhenDue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		r := jobs.New(e.Main, bus.Memory(), quiet())
		begun := make(chan time.Time, 10)
		r.Handle("k", func(context.Context, jobs.Job) error {
			begun <- time.Now()
			return nil
		})
		defer run(t, r)()
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "first"})
		take(t, begun)
		for i, after := range []time.Duration{0, 250 * time.Millisecond, 0} {
			var quick, n int
			for ; n < 5; n++ { // the machine may be busy; the poll would be late each time
				asleep(t, e.Main)
				asked := time.Now()
				enqueue(t, e.Main, jobs.Job{Kind: "k", Key: fmt.Sprint(i, n), After: after})
				took := take(t, begun).Sub(asked)
				if took < after-time.Millisecond {
					t.Errorf("begun after %s, due after %s", took, after)
				}
				if took < after+500*time.Millisecond {
					quick++
					break
				}
			}
			if quick == 0 {
				t.Errorf("due after %s, begun late %d times", after, n)
			}
		}
	})
}

// Where only a hint through the bus can tell, it does.
func TestHintWakesAnotherNode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		hints := bus.Memory()
		writer := e.Node(t).Main
		defer run(t, jobs.New(writer, hints, quiet()))() // handles nothing, tells the others
		r := jobs.New(e.Main, hints, quiet())
		begun := make(chan time.Time, 10)
		r.Handle("k", func(context.Context, jobs.Job) error {
			begun <- time.Now()
			return nil
		})
		defer run(t, r)()
		enqueue(t, writer, jobs.Job{Kind: "k", Key: "first"})
		take(t, begun)
		for n := range 5 {
			asleep(t, e.Main)
			asked := time.Now()
			enqueue(t, writer, jobs.Job{Kind: "k", Key: fmt.Sprint(n)})
			if took := take(t, begun).Sub(asked); took < 500*time.Millisecond {
				return
			}
		}
		t.Error("always late")
	})
}

// A node that stops leaves nothing half done: what was cut short is free at once,
// and counts as no attempt.
func TestStoppingFreesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		a, b := jobs.New(e.Main, bus.Memory(), quiet()), jobs.New(e.Node(t).Main, bus.Memory(), quiet())
		begun, taken := make(chan struct{}, 1), make(chan int64, 1)
		a.Handle("k", func(ctx context.Context, _ jobs.Job) error {
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		b.Handle("k", func(_ context.Context, j jobs.Job) error {
			taken <- j.Attempt
			return nil
		})
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1"})
		stop := run(t, a)
		take(t, begun)
		stop()
		defer run(t, b)()
		if got := take(t, taken); got != 1 {
			t.Errorf("attempt %d, want 1", got)
		}
	})
}

// While a handler is at it, its lease is renewed; when the job was lost all the
// same, its context ends.
func TestLostJobEndsTheHandler(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		r := jobs.New(e.Main, bus.Memory(), quiet())
		begun, ended := make(chan int64, 2), make(chan struct{}, 2)
		r.Handle("k", func(ctx context.Context, _ jobs.Job) error {
			var at int64
			if err := e.Main.One(ctx, `SELECT run_at FROM job`, nil, &at); err != nil {
				return err
			}
			begun <- at
			<-ctx.Done()
			ended <- struct{}{}
			return ctx.Err()
		})
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1"})
		defer run(t, r)()
		first := take(t, begun)
		until(t, func() bool {
			var at int64
			if err := e.Main.One(t.Context(), `SELECT run_at FROM job`, nil, &at); err != nil {
				t.Fatal(err)
			}
			return at > first
		})
		if len(ended) != 0 {
			t.Error("ended before it was lost")
		}
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`UPDATE job SET claim = 'somebody else', run_at = run_at + 3600000`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		take(t, ended)
		var claim string
		if err := e.Main.One(t.Context(), `SELECT claim FROM job`, nil, &claim); err != nil || claim != "somebody else" {
			t.Errorf("claimed by %q, %v", claim, err)
		}
	})
}

// A repeating job runs on one of several nodes, once in each interval, and sooner
// when somebody asks.
func TestEvery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		ran := make(chan struct{}, 100)
		var nodes []*jobs.Runner
		for range 3 {
			r := jobs.New(e.Node(t).Main, bus.Memory(), quiet())
			r.Every("sweep", time.Hour, func(context.Context, jobs.Job) error {
				ran <- struct{}{}
				return nil
			})
			nodes = append(nodes, r)
			defer run(t, r)()
		}
		settled := func() {
			t.Helper()
			until(t, func() bool {
				var n int
				if err := e.Main.One(t.Context(), `SELECT count(*) FROM job WHERE claim = '' AND attempt = 0`, nil, &n); err != nil {
					t.Fatal(err)
				}
				return n == 1
			})
		}
		take(t, ran)
		for range 3 {
			settled()
			for _, r := range nodes {
				r.Wake()
			}
			e.Advance(t, time.Hour)
			for _, r := range nodes {
				r.Wake()
			}
			take(t, ran)
		}
		settled()
		enqueue(t, e.Main, jobs.Job{Kind: "sweep"})
		for _, r := range nodes {
			r.Wake()
		}
		take(t, ran)
		settled()
		if len(ran) != 0 {
			t.Errorf("ran %d times too often", len(ran))
		}
	})
}

// Retry by [jobs.Again] is no failure and keeps its own time.
func TestAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		r := jobs.New(e.Main, bus.Memory(), quiet())
		enqueue(t, e.Main, jobs.Job{Kind: "k", Key: "1", Team: "desk"})
		for range 3 {
			n, err := r.Team(t.Context(), []string{"desk"}, 5, func(_ context.Context, j jobs.Job) error {
				if j.Attempt != 1 {
					t.Errorf("attempt %d, want 1", j.Attempt)
				}
				return jobs.Again(time.Minute)
			})
			if n != 1 || err != nil {
				t.Errorf("%d done, %v; want 1", n, err)
			}
			e.Advance(t, time.Minute)
		}
	})
}

func BenchmarkJobs(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		r := jobs.New(e.Main, bus.Memory(), quiet())
		done := make(chan struct{}, 1000)
		r.Handle("k", func(context.Context, jobs.Job) error {
			done <- struct{}{}
			return nil
		})
		ctx, cancel := context.WithCancel(b.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.Run(ctx)
		}()
		n := 0
		for b.Loop() {
			n++
			err := e.Main.Write(ctx, func(tx db.Tx) error { return jobs.Enqueue(tx, jobs.Job{Kind: "k", Key: fmt.Sprint(n)}) })
			if err != nil {
				b.Fatal(err)
			}
			<-done
		}
		cancel()
		<-ended
	})
}
