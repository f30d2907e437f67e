package contact_test

import (
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// leaving is a reply to somebody at an address that the vendor has in hand this moment.
func leaving(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID) *contact.Leaving {
	t.Helper()
	m := w.Draft(t, p, id, "answer")
	w.Advance(t, w.Settings.Undo)
	l, _, err := w.Book.Leave(t.Context(), id, m)
	must(t, err)
	if l == nil {
		t.Fatal("nothing leaves")
	}
	return l
}

func left(t testing.TB, w *hotlinetest.World, l *contact.Leaving, receipt string) error {
	t.Helper()
	_, err := w.Book.Left(t.Context(), *l, contact.Departure{Sent: contact.Accepted, Receipt: seal.Conceal(receipt)})
	return err
}

func report(t testing.TB, w *hotlinetest.World, ch hotline.Channel, receipt, sent string) error {
	t.Helper()
	return w.Book.Report(t.Context(), contact.Status{Channel: ch, Name: seal.Conceal(receipt), Sent: sent})
}

// What a vendor says of something before it has given us its name for it counts as soon as
// the name is there, and never goes backwards.
func TestAReportOvertakes(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := write(t, w, hers, "words")
		w.Take(t, ana, id)
		for _, tt := range []struct {
			said []string
			want string
		}{
			{[]string{contact.Delivered}, contact.Delivered},
			{[]string{contact.Failed}, contact.Failed},
			{[]string{contact.Accepted}, contact.Accepted},
			{[]string{contact.Accepted, contact.Delivered}, contact.Delivered},
			{[]string{contact.Delivered, contact.Accepted}, contact.Delivered},
			{nil, contact.Accepted},
		} {
			l, receipt := leaving(t, w, ana, id), hotline.NewID()
			for _, sent := range tt.said {
				refused(t, report(t, w, hotline.Text, receipt, sent), contact.ErrMissing)
			}
			refused(t, report(t, w, hotline.Mail, receipt, contact.Failed), contact.ErrMissing) // of another vendor's
			must(t, left(t, w, l, receipt))
			if got := w.One(t, `SELECT sent FROM message WHERE id = $1`, l.Message); got != tt.want {
				t.Errorf("after %q it is %q, want %q", tt.said, got, tt.want)
			}
			same(t, w.Holding(t, receipt))
		}
		if n := w.Count(t, `SELECT count(*) FROM recent WHERE kind = 'said' AND contact <> ''`); n != 0 {
			t.Error("what was said early leads somewhere")
		}
	})
}

// However the two cross, nothing that a vendor has said is lost.
func TestAReportCrosses(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := write(t, w, hers, "words")
		w.Take(t, ana, id)
		for range 20 {
			l, receipt := leaving(t, w, ana, id), hotline.NewID()
			errs := race(
				func() error { return left(t, w, l, receipt) },
				func() error { return report(t, w, hotline.Text, receipt, contact.Delivered) },
			)
			must(t, errs[0])
			if errs[1] != nil && !errors.Is(errs[1], contact.ErrMissing) {
				t.Error(errs[1])
			}
			if got := w.One(t, `SELECT sent FROM message WHERE id = $1`, l.Message); got != contact.Delivered {
				t.Fatalf("it is %q: what the vendor said is lost", got)
			}
		}
	})
}
