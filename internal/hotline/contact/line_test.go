package contact_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// lines runs a test on a line of its own on each engine.
func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

func same(t testing.TB, got []string, want ...string) { t.Helper(); hotlinetest.Same(t, got, want...) }

// stands checks where a contact stands, and whose it is.
func stands(t testing.TB, w *hotlinetest.World, id hotline.ContactID, state contact.State, of *hotlinetest.Person) {
	t.Helper()
	c := w.Find(t, id)
	var whose hotline.PersonID
	if of != nil {
		whose = of.ID
	}
	if c.State != state || c.Advocate != whose {
		t.Errorf("it is %s and of %q, want %s and %q", c.State, c.Advocate, state, whose)
	}
}

func page(t testing.TB, w *hotlinetest.World, c *hotlinetest.Caller) []string {
	t.Helper()
	got, err := w.Page(t, c)
	must(t, err)
	return got
}

// offer rings for an advocate, as routing does, and gives what rings.
func offer(t testing.TB, w *hotlinetest.World, id hotline.ContactID, to *hotlinetest.Person) contact.Ring {
	t.Helper()
	must(t, offering(t, w, id, to))
	return rings(t, w, to)
}

func offering(t testing.TB, w *hotlinetest.World, id hotline.ContactID, to *hotlinetest.Person) error {
	t.Helper()
	c := w.Find(t, id)
	return w.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return w.Book.OfferTo(tx, c, to.ID) })
}

func rings(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person) contact.Ring {
	t.Helper()
	all, err := w.Book.Rings(t.Context(), p.ID)
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d offers ring, want 1", len(all))
	}
	if everybody, err := w.Book.Ringing(t.Context()); err != nil || !slices.Equal(everybody[p.ID], all) {
		t.Fatalf("asked for all at once, %d ring: %v", len(everybody[p.ID]), err)
	}
	return all[0]
}

func sweep(t testing.TB, w *hotlinetest.World) {
	t.Helper()
	_, err := w.Book.Sweep(t.Context())
	must(t, err)
}

// race has all of them begin at once and gives their errors.
func race(fs ...func() error) []error {
	errs := make([]error, len(fs))
	var start, all sync.WaitGroup
	start.Add(1)
	for i, f := range fs {
		all.Go(func() {
			start.Wait()
			errs[i] = f()
		})
	}
	start.Done()
	all.Wait()
	return errs
}

// oneWins checks that one of them succeeded and all others lost for this reason.
func oneWins(t testing.TB, errs []error, reasons ...error) {
	t.Helper()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !slices.ContainsFunc(reasons, func(r error) bool { return errors.Is(err, r) }):
			t.Errorf("one lost for %v, want %v", err, reasons)
		}
	}
	if won != 1 {
		t.Errorf("%d won, want 1: %v", won, errs)
	}
}

func said(words string) contact.Words {
	return contact.Words{ID: hotline.NewID(), Text: seal.Conceal(words), Seen: true}
}
