package situation_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A record leaves by two people, once, within a day: nobody approves what she has asked
// for, nobody fetches what another has asked for, and of two who fetch at once one does.
func TestARecordLeavesByTwoAndOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, _, c := house(t, e)
		sue, tom := w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Supervisor)
		ask := func() (id string) {
			t.Helper()
			w.With(t, sue, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "export")
				hotlinetest.Must(t, err)
				head, err := k.Head(t.Context())
				hotlinetest.Must(t, err)
				_, err = w.Record.AskExport(t.Context(), sue.ID, situation.OfContact(c.Contact, k, head.N+1), k, say("a court asks"))
				refused(t, err, situation.ErrHead)
				id, err = w.Record.AskExport(t.Context(), sue.ID, situation.OfContact(c.Contact, k, head.N), k, say("a court asks"))
				return err
			})
			return id
		}
		approve := func(p *hotlinetest.Person, id string) error { return w.Record.ApproveExport(t.Context(), p.ID, id) }
		take := func(p *hotlinetest.Person, id string) error {
			of, err := w.Record.TakeExport(t.Context(), p.ID, id)
			if err == nil && of != c.Contact {
				t.Errorf("what leaves is of %q", of)
			}
			return err
		}
		id := ask()
		if in := w.Holding(t, "a court asks"); len(in) > 0 {
			t.Errorf("the reason stands readable in %v", in)
		}
		refused(t, take(sue, id), situation.ErrApproval)
		refused(t, approve(sue, id), situation.ErrSecond)
		hotlinetest.Must(t, approve(tom, id))
		refused(t, approve(tom, id), situation.ErrRequest)
		refused(t, take(tom, id), situation.ErrSecond)
		errs := make(chan error, 6)
		var all sync.WaitGroup
		for range cap(errs) {
			all.Go(func() { errs <- take(sue, id) })
		}
		all.Wait()
		close(errs)
		taken := 0
		for err := range errs {
			if err == nil {
				taken++
			} else if !errors.Is(err, situation.ErrRequest) {
				t.Error(err)
			}
		}
		if taken != 1 {
			t.Errorf("it was taken %d times", taken)
		}

		late, later := ask(), ask()
		hotlinetest.Must(t, approve(tom, late))
		w.Advance(t, 24*time.Hour)
		refused(t, take(sue, late), situation.ErrRequest)
		refused(t, approve(tom, later), situation.ErrRequest)
		if all, err := w.Record.Exports(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%d stand after a day, %v", len(all), err)
		}
		w.SignIn(t, sue)
		ask()
		if n := w.Count(t, `SELECT count(*) FROM export_request`); n != 1 {
			t.Errorf("%d rows, want the new one alone", n)
		}
	})
}
