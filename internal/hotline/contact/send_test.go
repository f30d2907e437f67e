package contact_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// due sends what the jobs say is due, and counts it.
func due(t *testing.T, w *hotlinetest.World) (done int) {
	t.Helper()
	for w.Count(t, `SELECT count(*) FROM job WHERE kind = $1 AND run_at <= $2`, contact.JobSend, w.Now(t)) > 0 {
		id, message, _ := strings.Cut(w.One(t, `SELECT body FROM job WHERE kind = $1 ORDER BY run_at LIMIT 1`, contact.JobSend), " ")
		must(t, w.Book.Send(t.Context(), hotline.ContactID(id), message))
		done++
	}
	return done
}

// For four seconds a reply can be taken back, and is on no page of hers; after that
// it is there and stays.
func TestUndoForFourSeconds(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		m := w.Draft(t, ana, id, "too fast")
		w.Advance(t, 2*time.Second)
		if n := due(t, w); n != 0 {
			t.Errorf("%d sent too early", n)
		}
		same(t, page(t, w, c), "words")
		refused(t, w.Book.Undo(t.Context(), bea.ID, id, m), contact.ErrNotYours)
		must(t, w.Book.Undo(t.Context(), ana.ID, id, m))
		refused(t, w.Book.Undo(t.Context(), ana.ID, id, m), contact.ErrState)
		must(t, w.Book.Send(t.Context(), id, m)) // the job comes too late, and changes nothing
		same(t, page(t, w, c), "words")
		if n := w.Count(t, `SELECT count(*) FROM message WHERE contact = $1`, id) + w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobSend); n != 1 {
			t.Errorf("%d rows, want hers alone", n)
		}

		m = w.Draft(t, ana, id, "as meant")
		w.Advance(t, 4*time.Second)
		if n := due(t, w); n != 1 {
			t.Errorf("%d sent, want 1", n)
		}
		refused(t, w.Book.Undo(t.Context(), ana.ID, id, m), contact.ErrState)
		same(t, page(t, w, c), "words", "as meant")

		// Sent and taken back at once: one of the two, never both, never neither.
		for range 6 {
			m := w.Draft(t, ana, id, "now")
			errs := race(
				func() error { return w.Book.Send(t.Context(), id, m) },
				func() error { return w.Book.Undo(t.Context(), ana.ID, id, m) },
			)
			must(t, errs[0])
			there := w.Count(t, `SELECT count(*) FROM message WHERE id = $1 AND seq IS NOT NULL`, m)
			if (errs[1] == nil) == (there == 1) {
				t.Errorf("taken back: %v, there: %d", errs[1], there)
			}
		}
		if gaps := w.Count(t, `SELECT last_seq - (SELECT count(*) FROM message m WHERE m.contact = c.id) FROM contact c WHERE id = $1`, id); gaps != 0 {
			t.Errorf("%d numbers are missing", gaps)
		}
	})
}

// Whatever takes a contact from its advocate sends first what waits.
func TestLeavingSendsWhatWaits(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		for name, leave := range map[string]func(hotline.ContactID) error{
			"end":       func(id hotline.ContactID) error { return w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), id) },
			"hand back": func(id hotline.ContactID) error { return w.Book.HandBackNow(t.Context(), ana.ID, id) },
			"hand over": func(id hotline.ContactID) error { return w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID) },
			"rest":      func(id hotline.ContactID) error { return w.Book.Rest(t.Context(), ana.ID, id) },
			"leave":     func(id hotline.ContactID) error { return w.Book.Gone(t.Context(), id) },
		} {
			c := w.Arrive(t, "words")
			w.Take(t, ana, c.Contact)
			w.Draft(t, ana, c.Contact, "first")
			w.Draft(t, ana, c.Contact, "second")
			must(t, leave(c.Contact))
			if got := page(t, w, c); len(got) != 3 || got[1] != "first" {
				t.Errorf("%s: her page shows %q", name, got)
			}
			if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobSend); n != 0 {
				t.Errorf("%s: %d jobs left", name, n)
			}
			must(t, w.Book.EraseNow(t.Context(), "test", c.Contact))
		}
	})
}

// A double tap, and a desk that sends again, write once.
func TestTwiceIsOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		k, _, err := w.Key(t, c)
		must(t, err)
		key := k.Seal()
		words := contact.Words{ID: hotline.NewID(), Text: seal.Conceal("tap"), Key: &key, Seen: true}
		say := func() error { return w.Book.Say(t.Context(), id, words) }
		must(t, errors.Join(race(say, say, say)...))
		must(t, say())
		same(t, page(t, w, c), "words", "tap")
		m := hotline.NewID()
		answer := func() error { return w.Answer(t, ana, id, m, "sent") }
		must(t, errors.Join(race(answer, answer, answer)...))
		send := func() error { return w.Book.Send(t.Context(), id, m) }
		must(t, errors.Join(race(send, send)...))
		must(t, answer()) // once more, after it was sent
		if n := due(t, w); n != 0 {
			t.Errorf("%d to send, want none", n)
		}
		same(t, page(t, w, c), "words", "tap", "sent")
		w.Close(t, ana, id)
		must(t, say()) // it is there: nothing is lost, nothing is over
		must(t, answer())
		if n := w.Count(t, `SELECT count(*) FROM message`); n != 3 {
			t.Errorf("%d messages, want 3", n)
		}
	})
}

// What is no message is refused before anything is made of it.
func TestMessagesAreChecked(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		id := w.Arrive(t, "words").Contact
		long := make([]byte, contact.MaxMessage+1)
		for i := range long {
			long[i] = 'a'
		}
		for words, want := range map[string]error{
			"": contact.ErrEmpty, " \n\t ": contact.ErrEmpty, "\xff\xfe": contact.ErrEmpty, string(long): contact.ErrLong,
		} {
			in := w.Incoming(w.Browser(), words)
			_, err := w.Book.Receive(t.Context(), in)
			refused(t, err, want)
			refused(t, w.Book.Say(t.Context(), id, said(words)), want)
		}
		must(t, w.Book.Say(t.Context(), id, said(string(long[1:]))))
		bad := said("words")
		bad.ID = "1 OR 1"
		refused(t, w.Book.Say(t.Context(), id, bad), contact.ErrID)
		if n := w.Count(t, `SELECT count(*) FROM contact`); n != 1 {
			t.Errorf("%d contacts, want 1", n)
		}
	})
}

// A reply passes the gate; a draft is hers alone, the newest wins, and sending or
// closing wipes it.
func TestGateAndDrafts(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		put := func(n int64, sealed string) {
			t.Helper()
			must(t, w.Book.PutDraft(t.Context(), ana.ID, contact.Draft{Contact: id, Place: "composer", N: n, Sealed: []byte(sealed)}))
		}
		get := func() string {
			t.Helper()
			all, err := w.Book.Drafts(t.Context(), ana.ID)
			must(t, err)
			if len(all) == 0 {
				return ""
			}
			return string(all[0].Sealed)
		}
		put(2, "newer")
		put(1, "older")
		same(t, []string{get()}, "newer")
		put(1, "")
		same(t, []string{get()}, "newer")
		put(3, "")
		same(t, []string{get()}, "")
		put(4, "again")
		w.Close(t, ana, id)
		put(5, "too late")
		same(t, []string{get()}, "")
		refused(t, w.Answer(t, ana, id, hotline.NewID(), "too late"), contact.ErrGate)
	})
}
