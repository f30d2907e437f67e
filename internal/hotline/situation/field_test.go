package situation_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A house has one contact, whom ana has.
func house(t *testing.T, e *dbtest.Engine) (*hotlinetest.World, *hotlinetest.Person, *hotlinetest.Caller) {
	t.Helper()
	w := hotlinetest.New(t, e)
	ana, c := w.Hire(t, hotline.Advocate), w.Arrive(t, "her words")
	w.Take(t, ana, c.Contact)
	return w, ana, c
}

func TestFieldIsSavedAgainstWhatWasSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		bea, field := w.Hire(t, hotline.Advocate), hotline.NewID()
		first, err := w.PutField(t, ana, c.Contact, field, 0, "a petrol station")
		hotlinetest.Must(t, err)
		if first.Version != 1 || first.At == 0 || first.By != ana.ID {
			t.Errorf("saved as %d at %d by %q", first.Version, first.At, first.By)
		}
		got, err := w.PutField(t, bea, c.Contact, field, 0, "a flat")
		if !errors.Is(err, situation.ErrClash) || got.Version != 1 || got.By != ana.ID {
			t.Errorf("a second first answer gives version %d by %q and %v, want a clash with ana's", got.Version, got.By, err)
		}
		if got, err = w.PutField(t, bea, c.Contact, field, 1, "a petrol station, then a flat"); err != nil || got.Version != 2 {
			t.Errorf("who has seen it saves version %d, %v", got.Version, err)
		}
		if _, err = w.PutField(t, ana, c.Contact, field, 1, "a petrol station by the road"); !errors.Is(err, situation.ErrClash) {
			t.Errorf("an older reading saves over a newer answer: %v", err)
		}
		if got, err = w.PutField(t, ana, c.Contact, field, 0, "a petrol station, then a flat"); err != nil || got.Version != 2 {
			t.Errorf("the very same answer gives version %d, %v; want the one that stands", got.Version, err)
		}
		all, err := w.Fields(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		hotlinetest.Same(t, []string{all[field]}, "a petrol station, then a flat")
		if n := w.Count(t, `SELECT count(*) FROM record_field`); n != 1 {
			t.Errorf("%d rows for one field", n)
		}
	})
}

// However many save at once from the same reading, one is saved and every other one is
// told of it.
func TestOneOfManySaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		field, saved := w.Field(t, ana, c.Contact, hotline.NewID(), "before"), make(chan string, 8)
		var all sync.WaitGroup
		for _, text := range []string{"one", "two", "three", "four", "five", "six"} {
			all.Go(func() {
				got, err := w.PutField(t, ana, c.Contact, field, 1, text)
				switch {
				case err == nil:
					saved <- text
				case !errors.Is(err, situation.ErrClash) || got.Version != 2:
					t.Errorf("%s: version %d, %v", text, got.Version, err)
				}
			})
		}
		all.Wait()
		close(saved)
		if len(saved) != 1 {
			t.Fatalf("%d were saved, want 1", len(saved))
		}
		got, err := w.Fields(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		hotlinetest.Same(t, []string{got[field]}, <-saved)
	})
}

// What may be saved was decided by a head: once the head is another, or S, or nothing is
// left of her, nothing is saved by it.
func TestNothingIsSavedByAnOldHead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		put := func() error {
			_, err := w.PutField(t, ana, c.Contact, hotline.NewID(), 0, "x")
			return err
		}
		hotlinetest.Must(t, put())
		refuses := func(r *vault.Ring, lives bool) {
			k, err := r.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "record")
			hotlinetest.Must(t, err)
			head, err := k.Head(t.Context())
			hotlinetest.Must(t, err)
			by := []int64{head.N - 1, head.N + 1}
			if !lives { // decided a moment before
				hotlinetest.Must(t, w.Book.EraseNow(t.Context(), "caller", c.Contact))
				by = []int64{head.N, w.Find(t, c.Contact).HeadN}
			}
			for _, n := range by {
				if _, err := w.Record.Put(t.Context(), ana.ID, situation.OfContact(c.Contact, k, n), k, hotline.NewID(), 0, seal.Conceal("x")); !errors.Is(err, situation.ErrHead) {
					t.Errorf("she lives: %v, by head %d of %d: %v", lives, n, head.N, err)
				}
			}
		}
		w.With(t, ana, func(r *vault.Ring) error { refuses(r, true); return nil })
		w.Close(t, ana, c.Contact)
		w.With(t, ana, func(r *vault.Ring) error { refuses(r, false); return nil })
		if err := put(); err == nil {
			t.Error("saved about an erased contact")
		}
	})
}

// A field that may not be kept is deleted, with a leaf; the others stay.
func TestDroppedFieldsLeaveALeaf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		name, town := w.Field(t, ana, c.Contact, hotline.NewID(), "a name"), w.Field(t, ana, c.Contact, hotline.NewID(), "a town")
		leaves := `SELECT count(*) FROM leaf WHERE object = $1`
		before := w.Count(t, leaves, c.Contact)
		n, err := w.Record.Drop(t.Context(), hotline.Actor(ana.ID), string(c.Contact), []string{name, hotline.NewID()}, "anonymous")
		if err != nil || n != 1 {
			t.Errorf("%d dropped, %v", n, err)
		}
		if got := w.Count(t, leaves, c.Contact) - before; got != 1 {
			t.Errorf("%d leaves", got)
		}
		if n, err = w.Record.Drop(t.Context(), hotline.Actor(ana.ID), string(c.Contact), []string{name}, "anonymous"); err != nil || n != 0 {
			t.Errorf("a repetition drops %d, %v", n, err)
		}
		all, err := w.Fields(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		if _, ok := all[name]; ok || all[town] != "a town" {
			t.Errorf("%d fields are left, want the town alone", len(all))
		}
	})
}

// Old fields keep the day on which they were saved, and not the minute.
func TestOldFieldsKeepTheDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		w.Field(t, ana, c.Contact, hotline.NewID(), "old")
		w.Advance(t, 31*24*time.Hour)
		w.SignIn(t, ana)
		w.Field(t, ana, c.Contact, hotline.NewID(), "new")
		hotlinetest.Must(t, situation.RoundRecords(t.Context(), e.Main, 30*24*time.Hour))
		if n := w.Count(t, `SELECT count(*) FROM record_field WHERE at % 86400000 <> 0`); n != 1 {
			t.Errorf("%d fields tell the minute, want the new one alone", n)
		}
	})
}

// A record goes with its owner alone.
func TestForgottenRecordIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w, ana, c := house(t, e)
		other := w.Arrive(t, "another")
		w.Take(t, ana, other.Contact)
		w.Field(t, ana, c.Contact, hotline.NewID(), "hers")
		w.Field(t, ana, other.Contact, hotline.NewID(), "the other's")
		hotlinetest.Must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return situation.Forget(tx, string(c.Contact)) }))
		if n := w.Count(t, `SELECT count(*) FROM record_field WHERE owner = $1`, other.Contact); n != 1 || w.Count(t, `SELECT count(*) FROM record_field`) != 1 {
			t.Errorf("%d of the other's fields are left, want hers gone and that one there", n)
		}
	})
}
