package protocol_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

// line has one contact, whom ana has, and a supervisor.
func line(t *testing.T, e *dbtest.Engine) (w *hotlinetest.World, ana, sue *hotlinetest.Person, c *hotlinetest.Caller) {
	t.Helper()
	w = hotlinetest.New(t, e)
	ana, sue, c = w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Arrive(t, "her words")
	w.Take(t, ana, c.Contact)
	return w, ana, sue, c
}

func mark(step string) protocol.Deed { return protocol.Deed{Kind: protocol.Marking, Step: step} }

const leaves = `SELECT count(*) FROM leaf WHERE object = $1`

// What was done is there again for whoever may open what we wrote, with the edition
// that was followed; nothing of it stands readable, not even by which protocol. Each
// thing that was done leaves a leaf.
func TestWhatWasDoneIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, sue, c := line(t, e)
		id := c.Contact
		hotlinetest.Must(t, w.Step(t, ana, id, "heron", mark("call")))
		hotlinetest.Must(t, w.Step(t, ana, id, "heron", protocol.Deed{Kind: protocol.Skipping, Step: "hello", Why: "CANARY she knows us"}))
		hotlinetest.Must(t, w.Step(t, ana, id, "egret", mark("hello")))
		hotlinetest.Refused(t, w.Step(t, ana, id, "heron", protocol.Deed{Kind: protocol.Signing, Step: "may", Answer: protocol.Yes, Roles: []hotline.Role{hotline.Advocate}}), protocol.ErrSign)
		for _, step := range []string{"call", "may"} {
			hotlinetest.Must(t, w.Step(t, sue, id, "heron", protocol.Deed{Kind: protocol.Signing, Step: step, Answer: protocol.Yes, Roles: []hotline.Role{hotline.Supervisor}}))
		}
		if n := w.Count(t, leaves, contact.Steps(id)); n != 5 {
			t.Errorf("%d leaves of five things done", n)
		}
		f, err := w.Followed(t, sue, id)
		hotlinetest.Must(t, err)
		d := f.Of["heron"]
		if f.Version != 5 || d.Edition != 3 || d.Began == 0 || d.Steps["call"].By != ana.ID || d.Steps["call"].Signed.By != sue.ID ||
			d.Steps["hello"].Skipped != "CANARY she knows us" || d.Steps["may"].Answer != protocol.Yes || len(f.Of["egret"].Steps) != 1 {
			t.Errorf("version %d of edition %d, begun at %d, with %d steps and %d of the other", f.Version, d.Edition, d.Began, len(d.Steps), len(f.Of["egret"].Steps))
		}
		for _, text := range []string{"CANARY", "heron", "egret"} {
			if found := w.Holding(t, text); len(found) > 0 {
				t.Errorf("%s stands in %v", text, found)
			}
		}
	})
}

// However many do something at once, no step is lost; and what several do at once is
// done once.
func TestNobodyLosesAStep(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, _, c := line(t, e)
		var all sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for i := range 6 {
			all.Go(func() {
				if err := w.Step(t, ana, c.Contact, "p"+strconv.Itoa(i/2), mark("hello")); err == nil {
					mu.Lock()
					defer mu.Unlock()
					done++
				} else if !errors.Is(err, protocol.ErrDone) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		f, err := w.Followed(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		if done != 3 || f.Version != 3 || len(f.Of) != 3 {
			t.Errorf("%d were done, %d protocols are begun in %d versions; want 3 of each", done, len(f.Of), f.Version)
		}
	})
}

// A protocol goes on under its edition; nothing is written of whom she has had erased,
// nor by an old key; and what was done goes with the record.
func TestWhatWasDoneGoesWithTheRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, _, c := line(t, e)
		other := w.Arrive(t, "her words")
		w.Take(t, ana, other.Contact)
		for _, id := range []hotline.ContactID{c.Contact, other.Contact} {
			hotlinetest.Must(t, w.Step(t, ana, id, "any", mark("hello")))
		}
		hotlinetest.Refused(t, w.StepUnder(t, ana, c.Contact, "any", 4, mark("call"), func() {}), protocol.ErrMoved)
		w.Close(t, ana, other.Contact)
		for _, meanwhile := range []func(){
			func() { hotlinetest.Must(t, w.Book.EraseNow(t.Context(), "caller", other.Contact)) },
			func() { w.SQL(t, `UPDATE contact SET shred_s = 'another' WHERE id = $1`, string(c.Contact)) },
		} {
			hotlinetest.Refused(t, w.StepUnder(t, ana, other.Contact, "any", 3, mark("call"), meanwhile), protocol.ErrGone)
			other = c // the next
		}
		hotlinetest.Must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return protocol.Forget(tx, c.Contact) }))
		if w.Count(t, `SELECT count(*) FROM following WHERE contact = $1`, c.Contact) != 0 || w.Count(t, `SELECT count(*) FROM following`) != 1 {
			t.Error("what is forgotten is there, or what is not is gone")
		}
	})
}
