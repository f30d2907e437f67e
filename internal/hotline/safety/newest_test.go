package safety_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// may says of a way what she has said of it.
func may(way contact.Way, a contact.Answer) func(*contact.Head) {
	return func(h *contact.Head) {
		if h.Safety.Ways == nil {
			h.Safety.Ways = map[contact.Way]contact.Terms{}
		}
		h.Safety.Ways[way] = contact.Terms{May: a}
	}
}

// An old "text me any time" put back over "never" is refused wherever a head is opened:
// nothing leaves, the supervisors' alert rings, and the operator's log has a line. What
// somebody could still do is to bring the newest one back.
func TestOldHeadPutBack(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "words").Contact
		w.Take(t, ana, id)
		must(t, w.PutHead(t, ana, id, may(contact.ByText, contact.Yes)))
		old := w.Backup(t)
		must(t, w.PutHead(t, ana, id, may(contact.ByText, contact.No)))
		newest := w.Backup(t)
		must(t, w.Answer(t, ana, id, hotline.NewID(), "fine"))
		put := func(from hotlinetest.Copy) {
			t.Helper()
			w.SQL(t, `UPDATE contact SET head = $1, head_n = $2 WHERE id = $3`, from.Cell("contact", "head", "id", string(id)), from.Cell("contact", "head_n", "id", string(id)), id)
		}
		put(old)
		for range 2 {
			_, err := w.Head(t, ana, id)
			refused(t, err, vault.ErrOldHead)
		}
		refused(t, w.Answer(t, ana, id, hotline.NewID(), "no"), vault.ErrOldHead)
		w.With(t, ana, func(r *vault.Ring) error {
			vs, err := r.Heads(t.Context(), []hotline.ContactID{id})
			must(t, err)
			refused(t, vs[0].Err, vault.ErrOldHead)
			return nil
		})
		alerts, err := w.Book.Alerts(t.Context())
		must(t, err)
		if len(alerts) != 1 || alerts[0].Kind != contact.OldHead || alerts[0].Contact != id {
			t.Errorf("alerts: %v", alerts)
		}
		hotlinetest.Same(t, w.Holding(t, "old head refused"), "main leaf.opening")
		if len(w.Alarms()) == 0 {
			t.Error("nothing rang for the operator")
		}
		put(newest)
		h, err := w.Head(t, ana, id)
		must(t, err)
		if h.Safety.Ways[contact.ByText].May != contact.No {
			t.Error("the newest head lacks what she said")
		}

		// Where nobody brings it back, a supervisor has her rules asked anew: an empty head
		// above the newest.
		put(old)
		refused(t, w.Answer(t, ana, id, hotline.NewID(), "no"), vault.ErrOldHead)
		mend := func() error {
			return w.Keeper.With(t.Context(), ana.Token, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "mend")
				must(t, err)
				noted, err := k.Noted(t.Context())
				must(t, err)
				return w.Book.MendHead(t.Context(), ana.ID, id, min(noted, 3), k.HeadKey(), "a backup was restored")
			})
		}
		must(t, mend())
		if h, err := w.Head(t, ana, id); err != nil || h.N != 4 || len(h.Safety.Ways) != 0 {
			t.Errorf("mended to %d with %d ways, %v", h.N, len(h.Safety.Ways), err)
		}
		must(t, w.Answer(t, ana, id, hotline.NewID(), "is it safe?"))
		refused(t, mend(), contact.ErrHead) // it is the newest
		put(newest)
		_, err = w.Head(t, ana, id)
		refused(t, err, vault.ErrOldHead)
	})
}

// A crash between the commit of a head and its note is mended by whoever opens it
// next; from then on the one before is refused. A first head needs no note.
func TestHeadWithoutNote(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		for name, opens := range map[string]func(hotline.ContactID) error{
			"alone": func(id hotline.ContactID) error { _, err := w.Head(t, ana, id); return err },
			"page": func(id hotline.ContactID) error {
				return w.Keeper.With(t.Context(), ana.Token, func(r *vault.Ring) error {
					vs, err := r.Heads(t.Context(), []hotline.ContactID{id})
					must(t, err)
					return vs[0].Err
				})
			},
		} {
			id := w.Arrive(t, "words").Contact
			must(t, opens(id))
			s := w.Find(t, id).ShredS
			noted := func() int64 {
				all, err := w.Shred.Newest(t.Context(), s)
				must(t, err)
				return all[s].N
			}
			old := w.Backup(t)
			must(t, w.PutHead(t, ana, id, may(contact.ByText, contact.No)))
			if n := noted(); n != 2 {
				t.Errorf("%s: noted %d, want 2", name, n)
			}
			w.StoreSQL(t, `UPDATE entry SET head_n = 0, head_hash = NULL WHERE id = $1`, s)
			must(t, opens(id))
			if n := noted(); n != 2 {
				t.Errorf("%s: mended to %d, want 2", name, n)
			}
			w.SQL(t, `UPDATE contact SET head = $1, head_n = 1 WHERE id = $2`, old.Cell("contact", "head", "id", string(id)), id)
			refused(t, opens(id), vault.ErrOldHead)
			must(t, w.Book.EraseNow(t.Context(), hotline.Machine, id))
		}
		if n := len(w.Alarms()); n != 2 {
			t.Errorf("%d alarms, want 2", n)
		}
	})
}
