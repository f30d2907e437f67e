package hotlinetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// One contact from the first word to forgetting, through the doors people use.
func TestWholeLine(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		w := hotlinetest.New(t, e)
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "one")
		w.Take(t, ana, c.Contact)
		w.Reply(t, ana, c.Contact, "two")
		w.Say(t, c, "three")
		w.Note(t, ana, c.Contact, "our own")
		digits := w.ReturnCode(t, c)
		want := []string{"one", "two", "three"}
		if got, err := w.Page(t, c); err != nil || !slices.Equal(got, want) {
			t.Errorf("her page shows %q, %v; want %q", got, err, want)
		}
		if got, err := w.Desk(t, ana, c.Contact); err != nil || !slices.Equal(got, want) {
			t.Errorf("the desk shows %q, %v; want %q", got, err, want)
		}
		if got, err := w.Notes(t, ana, c.Contact); err != nil || !slices.Equal(got, []string{"our own"}) {
			t.Errorf("notes are %q, %v", got, err)
		}
		other, err := w.Return(t, digits)
		hotlinetest.Must(t, err)
		if got, err := w.Page(t, other); err != nil || !slices.Equal(got, []string{"two"}) {
			t.Errorf("by code the page shows %q, %v; want what she has not read", got, err)
		}
		backup := w.Backup(t)
		w.Close(t, ana, c.Contact)
		if got := w.Find(t, c.Contact).State; got != contact.Closed {
			t.Errorf("state is %s, want closed", got)
		}
		if got := w.Holding(t, string(c.Contact)); !slices.Contains(got, "main contact.id") {
			t.Errorf("the contact is said to stand in %q", got)
		}
		w.Advance(t, time.Hour)
		old := w.Restored(t, backup)
		if got := old.Find(t, c.Contact).State; got != contact.Live {
			t.Errorf("in the backup the state is %s, want live", got)
		}
		if got, err := old.Page(t, c); err != nil || !slices.Equal(got, want) {
			t.Errorf("the backup's page shows %q, %v; want %q", got, err, want)
		}
		for range 4 { // more sign-ins than one code is good for
			w.SignIn(t, ana)
			hotlinetest.Must(t, w.Keeper.End(t.Context(), ana.Token))
		}
	})
}
