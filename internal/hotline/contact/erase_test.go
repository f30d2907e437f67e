package contact_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// full is a contact with everything that a contact can have.
func full(t *testing.T, w *hotlinetest.World, ana, bea *hotlinetest.Person) *hotlinetest.Caller {
	t.Helper()
	in := w.Incoming(w.Browser(), "her words "+hotlinetest.DangerWord)
	c := w.Browser()
	in.By, in.Codes = c.By, contact.Codes{Danger: true, Minor: true, Path: hotline.Self, Wishes: contact.Wishes{Gender: "woman", NotCommunity: "x", Same: true}}
	made, err := w.Book.Receive(t.Context(), in)
	must(t, err)
	id := made.ID
	c.Contact = id
	w.Take(t, ana, id)
	w.Reply(t, ana, id, "our answer")
	digits := w.ReturnCode(t, c)
	_, err = w.Return(t, digits)
	must(t, err)
	w.Note(t, ana, id, "our note")
	must(t, w.Book.Change(t.Context(), id, "es"))
	must(t, w.Book.Accompany(t.Context(), bea.ID, id, true))
	must(t, w.Book.HandBackNow(t.Context(), ana.ID, id))
	must(t, w.Book.Ring(t.Context(), id, contact.Nobody))
	w.Say(t, c, "more")
	w.Take(t, ana, id)
	must(t, w.Book.HandOverTo(t.Context(), ana.ID, id, bea.ID))
	w.Draft(t, ana, id, "waiting to be sent")
	must(t, w.Book.PutDraft(t.Context(), ana.ID, contact.Draft{Contact: id, Place: "composer", N: 1, Sealed: []byte("sealed")}))
	must(t, w.Book.AskUs(t.Context(), contact.Request{ID: hotline.NewID(), Contact: id, About: id, Kind: contact.ShowMe}))
	w.SQL(t, `INSERT INTO reading (id, contact, person, asked_at, sealed) VALUES ('reading', $1, $2, 1, $3)`, id, bea.ID, []byte("sealed"))
	w.SQL(t, `INSERT INTO phrase_try (contact, tries) VALUES ($1, 1)`, id)
	w.SQL(t, `UPDATE contact SET editions = '{"hours":3}', way = $1, situation = 'later', promised_until = 7, facts_wait = 1, asked_at = 5, wrap_until = 6, gone = 1 WHERE id = $2`, []byte("way"), id)
	return c
}

// Erasing leaves of her nothing but that there was a contact, by which channel, on
// which day; what we wrote stays until its own time.
func TestEraseLeavesNothing(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		c := full(t, w, ana, bea)
		before := row(t, w, c.Contact)
		cols, err := w.Book.Columns(t.Context(), c.Contact)
		must(t, err)
		must(t, w.Book.EraseNow(t.Context(), "caller", c.Contact))

		// Every column of the contact was something and is nothing, but for these.
		stays := []string{"id", "channel", "began", "pub", "commit_k", "commit_s", "intake_sig", "shred_k", "shred_s"}
		empty := map[string]string{"state": "erased", "urgency": "9", "wishes": "{}", "editions": "{}"}
		after := row(t, w, c.Contact)
		for column, was := range before {
			got, want := after[column], empty[column]
			switch {
			case column == "began":
				if day := day.Milliseconds(); w.Count(t, `SELECT count(*) FROM contact WHERE id = $1 AND began = $2`, c.Contact, w.Now(t)/day*day) != 1 {
					t.Errorf("began is %s, want the day alone", got)
				}
			case column == "keep_days" || column == "keep_record_until": // of what we wrote, until S goes
				if want := map[string]string{"keep_days": "1825", "keep_record_until": fmt.Sprint((w.Now(t)/day.Milliseconds() + 1 + 1825) * day.Milliseconds())}[column]; got != want {
					t.Errorf("%s is %s, want %s", column, got, want)
				}
			case slices.Contains(stays, column):
				if got != was {
					t.Errorf("%s changed", column)
				}
			case got != want && (want != "" || got != "0" && got != "<nil>"):
				t.Errorf("%s is %q after erasing", column, got)
			case was == got && column != "legal_hold" && column != "keep_words_until" && column != "seen_until":
				t.Errorf("%s was %q before: this test would not see it stay", column, was)
			}
		}
		same(t, w.Holding(t, string(c.Contact)), "main contact.id", "main leaf.object", "main leaf.opening", "main note.contact")
		if n := w.Count(t, `SELECT count(*) FROM leaf WHERE object = $1 AND opening IS NOT NULL`, c.Contact); n != 1 {
			t.Errorf("%d leaves can be read, want the one of erasing", n)
		}
		same(t, w.Holding(t, string(c.By.Lookup)))
		same(t, w.Holding(t, cols.ShredK), "main contact.shred_k", "main leaf.object", "main tombstone.object")
		_, err = w.Shred.Get(t.Context(), cols.ShredK)
		refused(t, err, shred.ErrShredded)
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobShred); n != 0 {
			t.Errorf("%d entries are still to be destroyed", n)
		}

		_, err = w.Page(t, c)
		refused(t, err, contact.ErrMissing)
		_, err = w.Desk(t, ana, c.Contact)
		refused(t, err, vault.ErrGrant)
		got, err := w.Notes(t, ana, c.Contact)
		must(t, err)
		same(t, got, "our note")
		_, err = w.Book.Forget(t.Context(), "caller", c.Contact)
		refused(t, err, contact.ErrState)
	})
}

const day = 24 * time.Hour

func row(t *testing.T, w *hotlinetest.World, id hotline.ContactID) map[string]string {
	t.Helper()
	out := map[string]string{}
	columns, err := db.Columns()
	must(t, err)
	for _, c := range columns {
		if c.Store == db.Main && c.Table == "contact" {
			out[c.Name] = text(t, w, `SELECT `+c.Name+` FROM contact WHERE id = $1`, id)
		}
	}
	return out
}

func text(t *testing.T, w *hotlinetest.World, q string, args ...any) string {
	t.Helper()
	var v any
	must(t, w.Engine.Main.One(t.Context(), q, args, &v))
	return hotlinetest.Plain(v)
}

// The power fails between the two stores: nothing is shown, an old copy still opens,
// and the job goes on until it does not. One who erases destroys her own entries and
// nobody else's.
func TestEraseGoesOnAfterACrash(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		c, other := w.Arrive(t, "hers"), w.Arrive(t, "another's")
		digits := w.ReturnCode(t, c)
		backup := w.Backup(t)
		entries, err := w.Book.Forget(t.Context(), "caller", c.Contact)
		must(t, err)
		if len(entries) != 2 || w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobShred) != 2 {
			t.Errorf("%d entries to destroy, want K's and the code's, each with its job", len(entries))
		}
		_, err = w.Page(t, c)
		refused(t, err, contact.ErrMissing)
		_, err = w.Return(t, digits)
		refused(t, err, contact.ErrMissing)
		same(t, page(t, w.Restored(t, backup), c), "hers")

		must(t, w.Book.EraseNow(t.Context(), "caller", other.Contact))
		same(t, page(t, w.Restored(t, backup), c), "hers") // not hers to destroy
		for range 2 {
			must(t, w.Book.Shred(t.Context(), entries...))
		}
		old := w.Restored(t, backup)
		_, err = old.Page(t, c)
		refused(t, err, shred.ErrShredded)
		_, err = old.Return(t, digits)
		refused(t, err, shred.ErrShredded)
	})
}

// What the law holds is not erased: neither the contact's column nor the entry lets
// it, and whoever writes the database cannot lift it.
func TestHeldIsNotErased(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		c := w.Arrive(t, "hers")
		w.SQL(t, `UPDATE contact SET legal_hold = 1 WHERE id = $1`, c.Contact)
		refused(t, w.Book.EraseNow(t.Context(), "caller", c.Contact), contact.ErrKeep)
		cols, err := w.Book.Columns(t.Context(), c.Contact)
		must(t, err)
		must(t, w.Shred.Set(t.Context(), cols.ShredK, shred.Clock{Hold: true}))
		w.SQL(t, `UPDATE contact SET legal_hold = 0 WHERE id = $1`, c.Contact)
		refused(t, w.Book.EraseNow(t.Context(), "caller", c.Contact), contact.ErrKeep)
		same(t, page(t, w, c), "hers")
		must(t, w.Shred.Set(t.Context(), cols.ShredK, shred.Clock{}))
		must(t, w.Book.EraseNow(t.Context(), "caller", c.Contact))
	})
}

// An unread reply keeps the words until it is read, at most seven days; what is read
// leaves them a day from closing.
func TestUnreadReplyHoldsTheClock(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		until := func(id hotline.ContactID) time.Duration {
			t.Helper()
			c := w.Find(t, id)
			return (time.Duration(c.KeepUntil-c.StateAt) * time.Millisecond).Round(time.Minute)
		}
		c := w.Arrive(t, "words")
		id := c.Contact
		w.Take(t, ana, id)
		w.Reply(t, ana, id, "one")
		w.Reply(t, ana, id, "two")
		w.Close(t, ana, id)
		if got := until(id); got != 7*day {
			t.Errorf("kept for %s, want seven days", got)
		}
		same(t, page(t, w, c), "words", "one", "two")
		must(t, w.Book.MarkRead(t.Context(), id, 2))
		same(t, page(t, w, c), "words", "two") // read once, it is on no page of hers
		if got := until(id); got != 7*day {
			t.Errorf("kept for %s while a reply is unread", got)
		}
		w.SQL(t, `DELETE FROM job WHERE kind = 'clock'`)
		must(t, w.Book.MarkRead(t.Context(), id, 3))
		if got := until(id); got != day {
			t.Errorf("kept for %s after all was read, want a day", got)
		}
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = 'clock' AND body = $1`, id); n != 1 {
			t.Errorf("%d jobs carry the clock, want 1", n)
		}
		got, err := w.Desk(t, ana, id)
		must(t, err)
		same(t, got, "words", "one", "two") // the desk keeps them

		// Read after the day is over: then at once.
		c = w.Arrive(t, "words")
		w.Take(t, ana, c.Contact)
		w.Reply(t, ana, c.Contact, "one")
		w.Close(t, ana, c.Contact)
		w.Advance(t, 3*day)
		must(t, w.Book.MarkRead(t.Context(), c.Contact, 9))
		if got := w.Find(t, c.Contact).KeepUntil - w.Now(t); got > 0 || got < -time.Minute.Milliseconds() {
			t.Errorf("kept for %d ms more, want no more", got)
		}
		// Nothing unread: a day.
		w.SignIn(t, ana)
		c = w.Arrive(t, "words")
		w.Take(t, ana, c.Contact)
		w.Close(t, ana, c.Contact)
		if got := until(c.Contact); got != day {
			t.Errorf("kept for %s, want a day", got)
		}
		if !strings.HasPrefix(string(w.Find(t, c.Contact).State), "closed") || w.Find(t, c.Contact).Handle != "" {
			t.Error("the handle is not given back at closing")
		}
	})
}

// A code shows what she has not read and what follows; wrong, ended and erased ones
// are the same to whoever types them.
func TestReturnCode(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "my words")
		id := c.Contact
		w.Take(t, ana, id)
		digits := w.ReturnCode(t, c)
		w.Reply(t, ana, id, "read already")
		must(t, w.Book.MarkRead(t.Context(), id, 2))
		w.Reply(t, ana, id, "unread")
		other, err := w.Return(t, digits)
		must(t, err)
		same(t, page(t, w, other), "unread")
		if _, p, err := w.Key(t, other); err != nil || !p.Current || p.Own {
			t.Errorf("current %v, own %v, %v; want the next word to go here, by code", p.Current, p.Own, err)
		}
		w.Say(t, other, "later")
		same(t, page(t, w, other), "unread", "later")
		same(t, page(t, w, c), "my words", "unread", "later")

		// Her own browser that types the code stays her own.
		typed, err := w.Own.Type(t.Context(), digits)
		must(t, err)
		if _, err := w.Book.Code(t.Context(), typed.Lookup); err != nil {
			t.Error(err)
		}
		k, _, err := w.Key(t, c)
		must(t, err)
		must(t, w.Book.Join(t.Context(), id, c.By, k.Wrap(c.By)))
		same(t, page(t, w, c), "my words", "unread", "later")

		_, err = w.Return(t, seal.Conceal("0000000000000000"))
		refused(t, err, contact.ErrMissing)
		for range 3 { // of more than three the oldest ends
			w.Advance(t, time.Second)
			w.ReturnCode(t, c)
		}
		_, err = w.Return(t, digits)
		refused(t, err, contact.ErrMissing)
		digits = w.ReturnCode(t, c)
		w.Advance(t, 30*24*time.Hour)
		_, err = w.Return(t, digits)
		refused(t, err, contact.ErrMissing)
		must(t, w.Book.Expire(t.Context()))
		if n := w.Count(t, `SELECT count(*) FROM return_code`); n != 0 {
			t.Errorf("%d codes left", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM job WHERE kind = $1`, contact.JobShred); n != 5 {
			t.Errorf("%d entries to destroy, want one for each code", n)
		}
	})
}

// Danger rings at once for the supervisors and puts her first; the first who has
// seen it is named.
func TestDangerRings(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, sue := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor)
		calm, danger := w.Arrive(t, "words"), w.Arrive(t, "he has a "+hotlinetest.DangerWord)
		all, err := w.Book.Alerts(t.Context())
		must(t, err)
		if len(all) != 1 || all[0].Contact != danger.Contact || all[0].Kind != contact.Danger {
			t.Fatalf("alerts are %v", all)
		}
		w.Say(t, danger, hotlinetest.DangerWord) // rings once
		w.Say(t, calm, "and now a "+hotlinetest.DangerWord)
		if c := w.Find(t, calm.Contact); !c.Danger || c.Urgency != 0 {
			t.Errorf("danger %v, urgency %d", c.Danger, c.Urgency)
		}
		must(t, w.Book.Acknowledge(t.Context(), sue.ID, all[0].ID))
		must(t, w.Book.Acknowledge(t.Context(), ana.ID, all[0].ID))
		if got := w.One(t, `SELECT acknowledged_by FROM alert WHERE id = $1`, all[0].ID); got != string(sue.ID) {
			t.Errorf("seen by %q, want the first", got)
		}
		all, err = w.Book.Alerts(t.Context())
		must(t, err)
		if len(all) != 1 {
			t.Errorf("%d ring, want 1", len(all))
		}
		must(t, w.Book.Mark(t.Context(), ana.ID, calm.Contact, false))
		if w.Find(t, calm.Contact).Danger {
			t.Error("the mark stays")
		}
		must(t, w.Book.Mark(t.Context(), ana.ID, calm.Contact, true))
		must(t, w.Book.EraseNow(t.Context(), "caller", calm.Contact))
		refused(t, w.Book.Mark(t.Context(), ana.ID, calm.Contact, true), contact.ErrOver)
	})
}
