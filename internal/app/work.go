package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/jobs"
)

// handle joins the line's jobs to what does them. Each runs on one node at a time.
func (l *Line) handle(r *jobs.Runner, backups string) {
	r.Handle(contact.JobSend, func(ctx context.Context, j jobs.Job) error {
		id, message, _ := strings.Cut(j.Body, " ")
		return l.Book.Send(ctx, hotline.ContactID(id), message)
	})
	NewPost(l.Book, l.Shred, l.ways(), l.log).Handle(r)
	l.Retention.Handle(r)
	l.figures().Handle(r)
	r.Every("leaves", time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Log.Sequence(ctx) })
	r.Every("sweep", time.Second, func(ctx context.Context, _ jobs.Job) error {
		_, err := l.Book.Sweep(ctx)
		return err
	})
	r.Every("abandoned", 5*time.Second, func(ctx context.Context, _ jobs.Job) error {
		// The beat lives a minute; written contacts wait one more.
		return l.Book.Abandoned(ctx, staff.Lapse)
	})
	r.Every("ask", 10*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.ask(ctx) })
	r.Every("translators", 2*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Translators.Turn(ctx) })
	r.Every("recent", 10*time.Minute, func(ctx context.Context, _ jobs.Job) error {
		return errors.Join(l.Book.SweepRecent(ctx), l.Dialogs.Sweep(ctx))
	})
	r.Every("codes", time.Hour, func(ctx context.Context, _ jobs.Job) error { return l.Book.Expire(ctx) })
	r.Every("left as is", 10*time.Minute, func(ctx context.Context, _ jobs.Job) error {
		return l.Book.LeaveAsIs(ctx, l.teamOf(ctx))
	})
	if backups != "" {
		r.Every("tombstones", 5*time.Second, (&inscriber{line: l, path: filepath.Join(backups, TombstoneFile)}).run)
	}
	r.Every("readings", 30*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Situations.EndReadings(ctx) })
	r.Every("consents", 30*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Consents.RingOverdue(ctx) })
	r.Every("harm", 30*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Harms.Turn(ctx) })
	r.Every("legal", 30*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Legal.Desk.Turn(ctx) })
	r.Every("harm kept", time.Hour, func(ctx context.Context, _ jobs.Job) error { return l.Harms.Forget(ctx, l.Shred.Destroy) })
	r.Every("clocks", 15*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Procedures.Ring(ctx) })
	r.Every("unconfirmed", time.Minute, func(ctx context.Context, _ jobs.Job) error { return l.Emergencies.RingOverdue(ctx) })
	r.Every("decisions", time.Minute, func(ctx context.Context, _ jobs.Job) error { return RingOverdue(ctx, l.Main, l.Log, l.Bus) })
	r.Every("hours", 10*time.Second, func(ctx context.Context, _ jobs.Job) error { return l.Matcher.Turn(ctx) })
}

// teamOf tells whose contacts a queue's are, by the manifest in force.
func (l *Line) teamOf(ctx context.Context) func(hotline.QueueID) hotline.TeamID {
	v, err := l.Authority.Current(ctx)
	return func(q hotline.QueueID) hotline.TeamID {
		if err == nil {
			if t, ok := v.Manifest.Queues[q]; ok {
				return t
			}
		}
		return hotline.Desk
	}
}

// ask asks "Are you still there?" wherever neither side has said a word for long,
// in the caller's language.
func (l *Line) ask(ctx context.Context) error {
	quiet, err := l.Book.ToAsk(ctx)
	if err != nil {
		return err
	}
	for _, c := range quiet {
		words := seal.Conceal(l.words.For(c.Lang).T("front.chat.asked"))
		if err := l.Book.Ask(ctx, c, words); err != nil && !errors.Is(err, contact.ErrState) && !errors.Is(err, contact.ErrMissing) {
			return err
		}
	}
	return nil
}

// logPager is the pager of a line that has no telephone yet: it says in the log that
// somebody should open the desk, and nothing of whoever waits.
type logPager struct{ log *slog.Logger }

// Page implements [routing.Pager].
func (p logPager) Page(ctx context.Context, waiting int) error {
	p.log.WarnContext(ctx, "somebody on call, please open the desk", "waiting", waiting)
	return nil
}
