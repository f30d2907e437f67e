package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
)

const (
	// lease is how long a job stays with a node that says nothing more. Whoever
	// is still at it renews it; if a node dies, its jobs go on after this time.
	lease = 5 * time.Second
	// poll is how late a job may be whose hint was lost.
	poll = 2 * time.Second
	// atOnce is how many of a kind one node does at the same time.
	atOnce = 4
)

// A Handler does a job. Its ctx ends when the job was lost to another node, and
// when this one stops. An error has it done again later; see [Again].
type Handler func(ctx context.Context, j Job) error

// Runner does the jobs of one database on this node.
type Runner struct {
	db    *db.DB
	bus   bus.Bus
	log   *slog.Logger
	name  string // tells own hints from those of other nodes
	kinds map[string]*kind
	wake  chan struct{}
}

type kind struct {
	name    string
	every   time.Duration
	f       Handler
	running int
}

// New returns a runner, which does nothing before [Runner.Run].
func New(d *db.DB, b bus.Bus, log *slog.Logger) *Runner {
	return &Runner{db: d, bus: b, log: log, name: rand.Text(), kinds: map[string]*kind{}, wake: make(chan struct{}, 1)}
}

// Handle says what does jobs of a kind. All is said before Run; what nobody on
// this node handles is left to others.
func (r *Runner) Handle(name string, f Handler) { r.kinds[name] = &kind{name: name, f: f} }

// Every has f run on one of the line's nodes, the first time at once and then
// each time an interval after it has ended. Enqueue with an empty key has it run
// before that.
func (r *Runner) Every(name string, interval time.Duration, f Handler) {
	r.kinds[name] = &kind{name: name, every: interval, f: f}
}

// Wake has the runner look now: its timers do not see a test move the clock.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run does jobs until ctx ends, and returns when the last one under way has
// returned. What was cut short is free for others at once.
func (r *Runner) Run(ctx context.Context) {
	defer r.db.Watch(topic, func() {
		r.Wake()
		r.bus.Publish(bus.Hint{Topic: topic, ID: r.name})
	})()
	defer r.bus.Subscribe(func(h bus.Hint) {
		if h.Topic == topic && h.ID != r.name || h.Topic == bus.Missed {
			r.Wake()
		}
	})()
	var workers sync.WaitGroup
	defer workers.Wait()
	finished := make(chan *kind)
	defer func() { // what is under way still reports
		for _, k := range r.kinds {
			for ; k.running > 0; k.running-- {
				<-finished
			}
		}
	}()
	r.hasten(ctx)
	for ctx.Err() == nil {
		claimed, wait, err := r.round(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "jobs cannot be read", "err", err, "again_in", poll)
		}
		for _, j := range claimed {
			k := r.kinds[j.Kind]
			k.running++
			workers.Go(func() {
				r.work(ctx, k.f, k.every, j)
				finished <- k
			})
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		case k := <-finished:
			k.running--
		}
		timer.Stop()
	}
}

// hasten brings repeating jobs forward whose interval has become shorter.
func (r *Runner) hasten(ctx context.Context) {
	err := r.db.Write(ctx, func(tx db.Tx) error {
		for _, k := range r.sorted() {
			if k.every == 0 {
				continue
			}
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE job SET run_at = $1 WHERE kind = $2 AND key = '' AND claim = '' AND run_at > $1`,
				now+k.every.Milliseconds(), k.name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		r.log.ErrorContext(ctx, "jobs cannot be read", "err", err, "again_in", poll)
	}
}

// round claims what is due of the kinds that have room, and tells how long
// nothing will be due.
func (r *Runner) round(ctx context.Context) (claimed []Job, wait time.Duration, err error) {
	room := slices.DeleteFunc(r.sorted(), func(k *kind) bool { return k.running >= k.most() })
	if len(room) == 0 {
		return nil, poll, nil
	}
	due, fresh, wait, err := r.due(ctx, room)
	if err != nil || len(due) == 0 && len(fresh) == 0 {
		return nil, wait, err
	}
	claimant := rand.Text()
	err = r.db.Write(ctx, func(tx db.Tx) error {
		claimed = nil // a second run begins anew
		for _, k := range fresh {
			if err := Enqueue(tx, Job{Kind: k.name}); err != nil {
				return err
			}
		}
		for _, k := range due {
			js, err := claim(tx, "", k.name, claimant, k.most()-k.running, lease)
			if err != nil {
				return err
			}
			claimed = append(claimed, js...)
		}
		return nil
	})
	if err != nil {
		return nil, poll, fmt.Errorf("claim: %w", err)
	}
	if len(claimed) > 0 || len(fresh) > 0 {
		wait = 0 // what comes next is not known yet
	}
	return claimed, wait, nil
}

// due looks without writing: which kinds have something due, which repeating ones
// are not there yet, and how long it is until another is due.
func (r *Runner) due(ctx context.Context, room []*kind) (due, fresh []*kind, wait time.Duration, err error) {
	wait = poll
	places := make([]string, len(room))
	args := make([]any, len(room))
	for i, k := range room {
		places[i], args[i] = fmt.Sprintf("(CAST($%d AS TEXT))", i+1), k.name
	}
	err = r.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT column1, (SELECT min(run_at) FROM job WHERE team = '' AND kind = column1)
			FROM (VALUES `+strings.Join(places, ", ")+`) AS kinds`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var at *int64
			if err := rows.Scan(&name, &at); err != nil {
				return err
			}
			switch k := r.kinds[name]; {
			case at != nil && *at <= now:
				due = append(due, k)
			case at != nil:
				wait = min(wait, time.Duration(*at-now)*time.Millisecond)
			case k.every > 0:
				fresh = append(fresh, k)
			}
		}
		return rows.Err()
	})
	return due, fresh, wait, err
}

func (k *kind) most() int {
	if k.every > 0 {
		return 1
	}
	return atOnce
}

// sorted is the kinds in one order, in which all nodes lock their jobs.
func (r *Runner) sorted() []*kind {
	all := make([]*kind, 0, len(r.kinds))
	for _, k := range r.kinds {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *kind) int { return cmp.Compare(a.name, b.name) })
	return all
}

// Claim takes up to n due jobs of teams whose keys somebody has opened; they are
// hers for half a minute. Each goes to [Runner.Finish] afterwards. See [Runner.Team].
func (r *Runner) Claim(ctx context.Context, teams []string, n int) ([]Job, error) {
	var all []Job
	claimant := rand.Text()
	for _, team := range teams {
		if team == "" || len(all) >= n {
			continue
		}
		var due bool
		err := r.db.Read(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM job WHERE team = $1 AND run_at <= $2)`, team, now).Scan(&due)
		})
		if err == nil && due {
			var js []Job
			err = r.db.Write(ctx, func(tx db.Tx) (err error) {
				js, err = claim(tx, team, "", claimant, n-len(all), teamLease)
				return err
			})
			all = append(all, js...)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("claim: %w", err), r.giveBack(ctx, all))
		}
	}
	return all, nil
}

// teamLease is long enough for what a session does between two renewals.
const teamLease = 30 * time.Second

func (r *Runner) giveBack(ctx context.Context, all []Job) error {
	var errs []error
	for _, j := range all {
		errs = append(errs, r.Finish(ctx, j, context.Canceled))
	}
	return errors.Join(errs...)
}

// Team claims up to n due jobs of teams, does them with f one after the other,
// and says how many.
func (r *Runner) Team(ctx context.Context, teams []string, n int, f Handler) (done int, err error) {
	for done < n && ctx.Err() == nil {
		all, err := r.Claim(ctx, teams, 1) // those that wait for their turn would lose their lease
		if err != nil || len(all) == 0 {
			return done, err
		}
		r.work(ctx, f, 0, all[0])
		done++
	}
	return done, nil
}
