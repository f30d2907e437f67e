package situation_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// The words of a closed contact are given by a supervisor, for a reason that she sees
// and the log keeps, and only until the shift ends.
func TestSupervisorGivesAReading(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		pat := h.Hire(t, hotline.PrivacyOfficer)
		c := h.live(t, ana, "her words")
		s := h.create(t, ana, c.Contact)
		h.Close(t, ana, c.Contact)
		reads := func() error { _, err := h.Desk(t, bea, c.Contact); return err }
		ask := func(why string) error {
			return h.with(t, bea, func(r *vault.Ring) error { return h.s.AskReading(t.Context(), r, s.ID, c.Contact, say(why)) })
		}
		refused(t, reads(), vault.ErrGrant)
		refused(t, ask(" "), situation.ErrReason)
		must(t, ask("now: she is back"))
		must(t, ask("now: she is back")) // asked twice is asked once
		all, err := h.s.Readings(t.Context(), sue.ID, true)
		must(t, err)
		if len(all) != 1 || all[0].Person != bea.ID {
			t.Fatalf("%d wait", len(all))
		}
		if n := h.Count(t, `SELECT count(*) FROM alert WHERE kind = 'reading' AND acknowledged_at IS NULL`); n != 1 {
			t.Errorf("%d alerts ring, want 1", n)
		}
		give := func(r *vault.Ring) error { return h.s.GiveReading(t.Context(), r, all[0].ID, false) }
		refused(t, h.with(t, ana, give), situation.ErrRole)
		must(t, h.with(t, sue, func(r *vault.Ring) error {
			why, err := h.s.Why(t.Context(), r, all[0])
			if err == nil && why.Reveal() != "now: she is back" {
				t.Errorf("the reason reads %q", why.Reveal())
			}
			return err
		}))
		must(t, h.with(t, sue, give))
		must(t, reads())
		refused(t, h.with(t, sue, give), situation.ErrState)
		given := false
		must(t, h.with(t, pat, func(r *vault.Ring) error {
			n := h.Count(t, `SELECT count(*) FROM leaf WHERE object = (SELECT shred_k FROM contact WHERE id = $1)`, c.Contact)
			for i := range n {
				id := h.One(t, `SELECT id FROM leaf WHERE object = (SELECT shred_k FROM contact WHERE id = $1) ORDER BY id LIMIT 1 OFFSET $2`, c.Contact, i)
				a, err := r.Leaf(t.Context(), id)
				if err != nil {
					return err
				}
				given = given || a.What == "grant "+string(bea.ID) && a.By == hotline.Actor(sue.ID)
			}
			return nil
		}))
		if !given {
			t.Error("the log does not say who gave it")
		}
		must(t, h.s.EndReadings(t.Context()))
		must(t, reads())
		must(t, h.Keeper.End(t.Context(), bea.Token)) // her shift ends
		must(t, h.s.EndReadings(t.Context()))
		h.SignIn(t, bea)
		refused(t, reads(), vault.ErrGrant)

		// What is given ends after twelve hours.
		must(t, ask("due"))
		all, err = h.s.Readings(t.Context(), sue.ID, true)
		must(t, err)
		must(t, h.with(t, sue, give))
		must(t, reads())
		h.Advance(t, 11*time.Hour)
		h.SignIn(t, bea)
		h.Advance(t, 2*time.Hour)
		must(t, h.s.EndReadings(t.Context()))
		refused(t, reads(), vault.ErrGrant)
		_, err = h.Desk(t, ana, c.Contact)
		refused(t, err, vault.ErrDenied) // her session is long over
		h.SignIn(t, ana)
		_, err = h.Desk(t, ana, c.Contact)
		must(t, err) // her own grant stays
	})
}

// A supervisor gives words to nobody who is herself, and what nobody has answered for a day
// is asked no more.
func TestWhoAsksDoesNotAnswer(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, sue, tom := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.Supervisor)
		c := h.live(t, ana, "her words")
		s := h.create(t, ana, c.Contact)
		h.Close(t, ana, c.Contact)
		must(t, h.with(t, sue, func(r *vault.Ring) error { return h.s.AskReading(t.Context(), r, s.ID, c.Contact, say("due")) }))
		waits := func() []situation.Reading {
			t.Helper()
			must(t, h.s.EndReadings(t.Context()))
			all, err := h.s.Readings(t.Context(), sue.ID, true)
			must(t, err)
			return all
		}
		h.Advance(t, 23*time.Hour)
		all := waits()
		if len(all) != 1 {
			t.Fatalf("%d wait, want 1", len(all))
		}
		h.SignIn(t, sue)
		give := func(r *vault.Ring) error { return h.s.GiveReading(t.Context(), r, all[0].ID, false) }
		refused(t, h.with(t, sue, give), situation.ErrRole)
		h.Advance(t, 2*time.Hour)
		h.SignIn(t, tom)
		if left := waits(); len(left) != 0 {
			t.Errorf("%d still wait after a day", len(left))
		}
		refused(t, h.with(t, tom, give), situation.ErrState)
	})
}

// A supervisor who says no opens nothing, and words that cannot be given are not noted as
// given.
func TestReadingIsGivenWhollyOrNot(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		c := h.live(t, ana, "her words")
		s := h.create(t, ana, c.Contact)
		h.Close(t, ana, c.Contact)
		ask := func() string {
			t.Helper()
			must(t, h.with(t, bea, func(r *vault.Ring) error { return h.s.AskReading(t.Context(), r, s.ID, c.Contact, say("due")) }))
			all, err := h.s.Readings(t.Context(), sue.ID, true)
			must(t, err)
			return all[0].ID
		}
		leaves := func() int {
			return h.Count(t, `SELECT count(*) FROM leaf WHERE object = (SELECT shred_k FROM contact WHERE id = $1)`, c.Contact)
		}
		id, before := ask(), leaves()
		must(t, h.with(t, sue, func(r *vault.Ring) error { return h.s.GiveReading(t.Context(), r, id, true) }))
		if n := leaves() - before; n != 0 {
			t.Errorf("to say no, the words were opened %d times", n)
		}
		id = ask()
		must(t, h.with(t, h.First, func(r *vault.Ring) error { return h.Accounts.Remove(t.Context(), r, bea.ID) }))
		if err := h.with(t, sue, func(r *vault.Ring) error { return h.s.GiveReading(t.Context(), r, id, false) }); err == nil {
			t.Error("given to somebody who is gone")
		}
		if n := h.Count(t, `SELECT count(*) FROM reading WHERE id = $1 AND given_at > 0`, id); n != 0 {
			t.Error("noted as given, and not given")
		}
	})
}

// Nobody is offered a contact of a situation in which she knows somebody: not by
// routing, by taking, by handing over, or by coming back.
func TestConflictIsNeverOffered(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		c := h.live(t, ana, "one")
		s := h.create(t, ana, c.Contact)
		must(t, h.Book.HandBackNow(t.Context(), ana.ID, c.Contact))
		must(t, h.s.Conflict(t.Context(), bea.ID, s.ID))
		refused(t, h.Book.Take(t.Context(), bea.ID, c.Contact, bea.ID), contact.ErrConflict)
		refused(t, h.Book.Accompany(t.Context(), bea.ID, c.Contact, true), contact.ErrConflict)
		must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
			blocked, err := contact.Blocked(tx, s.ID)
			if err != nil {
				return err
			}
			need := routing.Need{Blocked: blocked}
			if _, why := routing.Fit(need, routing.Can{Person: bea.ID, Capacity: 3}, true); why != routing.Conflict {
				t.Errorf("routing says %q of her", why)
			}
			if _, why := routing.Fit(need, routing.Can{Person: ana.ID, Capacity: 3}, false); why != routing.Fits {
				t.Errorf("routing says %q of ana", why)
			}
			return nil
		}))
		row := h.Find(t, c.Contact)
		refused(t, h.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return h.Book.OfferTo(tx, row, bea.ID) }), contact.ErrConflict)
		h.Take(t, ana, c.Contact)
		refused(t, h.Book.HandOverTo(t.Context(), ana.ID, c.Contact, bea.ID), contact.ErrConflict)
		must(t, h.s.Conflict(t.Context(), ana.ID, s.ID))
		must(t, h.Book.Gone(t.Context(), c.Contact))
		h.Say(t, c, "i am back")
		if got := h.Find(t, c.Contact).State; got != contact.Waiting {
			t.Errorf("it is %s: who knows somebody got it back", got)
		}
	})
}

// What becomes of a situation reaches whoever took the first call, as an unread line,
// until she has looked.
func TestNewsFlowBack(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		c := h.live(t, ana, "one")
		s := h.create(t, ana, c.Contact)
		unread := func(p hotline.PersonID) bool {
			t.Helper()
			rows, err := h.s.List(t.Context(), p)
			must(t, err)
			return rows[0].News
		}
		task := hotline.NewID()
		must(t, h.with(t, bea, func(r *vault.Ring) error {
			return h.s.Assign(t.Context(), r, s.ID, situation.Task{ID: task, Contact: c.Contact, Due: h.Now(t) - 1, Text: say("find a place")})
		}))
		if unread(ana.ID) {
			t.Error("news although nothing became of it")
		}
		must(t, h.with(t, bea, func(r *vault.Ring) error {
			todo, err := h.s.ToDo(t.Context(), r)
			if err == nil && (len(todo) != 1 || todo[0].Text.Reveal() != "find a place" || todo[0].Handle != s.Handle || todo[0].Head == nil) {
				t.Errorf("to do: %d", len(todo))
			}
			return err
		}))
		must(t, h.s.Done(t.Context(), bea.ID, task, false))
		refused(t, h.s.Done(t.Context(), bea.ID, task, false), situation.ErrState)
		if !unread(ana.ID) || unread(bea.ID) {
			t.Error("the news did not reach ana alone")
		}
		_, err := h.open(t, ana, s.ID)
		must(t, err)
		if unread(ana.ID) {
			t.Error("still unread")
		}
		refused(t, h.with(t, bea, func(r *vault.Ring) error { return h.s.Close(t.Context(), r, s.ID, say("a place was found")) }), situation.ErrState)
		h.Close(t, ana, c.Contact)
		must(t, h.with(t, bea, func(r *vault.Ring) error { return h.s.Close(t.Context(), r, s.ID, say("a place was found")) }))
		if !unread(ana.ID) {
			t.Error("ana does not learn what became of it")
		}
		refused(t, h.with(t, bea, func(r *vault.Ring) error {
			return h.s.Write(t.Context(), r, s.ID, hotline.NewID(), situation.Note, say("too late"))
		}), situation.ErrClosed)
	})
}
