package situation_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// Mother and daughter are in one situation, and the daughter has everything deleted.
// Whoever has an old backup and a supervisor's living credential opens the mother's
// part, and not hers.
func TestDaughterIsErasedAndMotherStays(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		mother, daughter := h.live(t, ana, "my daughter is there"), h.live(t, ana, "i am there")
		s := h.create(t, ana, mother.Contact)
		h.link(t, ana, s.ID, daughter.Contact)
		h.role(t, ana, s.ID, mother.Contact, "her mother", "mother's name")
		h.role(t, ana, s.ID, daughter.Contact, "herself, still there", "daughter's name")
		h.Note(t, ana, mother.Contact, "what mother told")
		h.Note(t, ana, daughter.Contact, "what daughter told")
		brother, flat := hotline.NewID(), hotline.NewID()
		must(t, h.with(t, ana, func(r *vault.Ring) error {
			for _, p := range []situation.Said{
				{Of: brother, Kind: situation.PersonPart, Role: say("a brother who never wrote")},
				{Of: flat, Kind: situation.PlacePart, About: daughter.Contact, Role: say("the flat she told us of")},
			} {
				if err := h.s.Say(t.Context(), r, s.ID, p); err != nil {
					return err
				}
			}
			return h.s.Assign(t.Context(), r, s.ID, situation.Task{ID: hotline.NewID(), Contact: daughter.Contact, Due: h.Now(t), Text: say("ask her how she is")})
		}))
		w, err := h.open(t, sue, s.ID)
		must(t, err)
		got := roles(w)
		slices.Sort(got)
		same(t, got, "a brother who never wrote", "her mother", "herself, still there", "the flat she told us of")
		backup := h.Backup(t)

		h.Close(t, ana, daughter.Contact)
		entry := h.entry(t, daughter.Contact)
		must(t, h.with(t, sue, func(r *vault.Ring) error { return h.s.AskReading(t.Context(), r, s.ID, daughter.Contact, say("due")) }))
		must(t, h.Book.ForgetRecord(t.Context(), "caller", daughter.Contact, func(tx db.Tx) error { return situation.Forget(tx, string(daughter.Contact)) }))
		for _, table := range []string{"reading", "task", "happening"} {
			if n := h.Count(t, `SELECT count(*) FROM `+table+` WHERE contact = $1`, daughter.Contact); n != 0 {
				t.Errorf("%d rows of her are left in %s", n, table)
			}
		}
		must(t, h.Book.Shred(t.Context(), entry))
		must(t, h.Book.EraseNow(t.Context(), "caller", daughter.Contact))
		w, err = h.open(t, sue, s.ID)
		must(t, err)
		got = roles(w)
		slices.Sort(got)
		same(t, got, "a brother who never wrote", "her mother")

		old := at(h.Restored(t, backup))
		old.SignIn(t, sue)
		w, err = old.open(t, sue, s.ID)
		must(t, err)
		got = roles(w)
		slices.Sort(got)
		same(t, got, "-", "-", "a brother who never wrote", "her mother")
		if !w.Tasks[0].Gone {
			t.Error("a task about her opens")
		}
		notes, err := old.Notes(t, sue, mother.Contact)
		must(t, err)
		same(t, notes, "what mother told")
		_, err = old.Notes(t, sue, daughter.Contact)
		refused(t, err, shred.ErrShredded)
		names := func(of string) (string, error) {
			var text seal.Text
			err := old.with(t, sue, func(r *vault.Ring) (err error) {
				text, err = old.s.Detail(t.Context(), r, s.ID, of, "test")
				return err
			})
			return text.Reveal(), err
		}
		if got, err := names(string(mother.Contact)); got != "mother's name" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		if got, err := names(string(daughter.Contact)); err == nil {
			t.Errorf("the daughter's name opens: %q", got)
		}
	})
}

func (h *line) entry(t *testing.T, c hotline.ContactID) string {
	t.Helper()
	return h.One(t, `SELECT object FROM part WHERE of = $1`, c)
}

// A situation opens only as the person made it who signed: whoever writes the
// database can neither put another key in its place, nor a contact of his own into
// it, nor somebody else's key.
func TestSituationIsVouchedFor(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		a, b := h.live(t, ana, "one"), h.live(t, ana, "two")
		s, other := h.create(t, ana, a.Contact), h.create(t, ana, b.Contact)
		_, err := h.open(t, ana, s.ID)
		must(t, err)
		for _, planted := range []string{
			`UPDATE situation SET signer = 'intake' WHERE id = $1`,
			`UPDATE situation SET commit_s = (SELECT commit_s FROM situation o WHERE o.id <> situation.id) WHERE id = $1`,
			`UPDATE situation SET sig = (SELECT sig FROM situation o WHERE o.id <> situation.id) WHERE id = $1`,
			`UPDATE situation SET shred_s = (SELECT shred_s FROM situation o WHERE o.id <> situation.id) WHERE id = $1`,
		} {
			was := h.Backup(t)
			h.SQL(t, planted, s.ID)
			if _, err := h.open(t, ana, s.ID); err == nil {
				t.Errorf("opens after %s", planted)
			}
			h.SQL(t, `DELETE FROM situation WHERE id = $1`, s.ID)
			h.PutBackMain(t, was)
		}
		_, err = h.open(t, ana, s.ID)
		must(t, err)

		// The wrap of another situation, moved to this one, opens nothing.
		h.Close(t, ana, b.Contact)
		h.SQL(t, `UPDATE key_grant SET grantee = 'object/' || (SELECT shred_s FROM situation WHERE id = $1) WHERE grantee = 'object/' || (SELECT shred_s FROM situation WHERE id = $2)`, s.ID, other.ID)
		h.SQL(t, `UPDATE part SET situation = $1 WHERE situation = $2`, s.ID, other.ID)
		_, err = h.open(t, bea, s.ID)
		refused(t, err, box.ErrOpen)
	})
}

// The team keeps a situation while it is open, and what is in it, though its contacts
// are closed; once it is closed, the head alone. Supervisors keep the whole.
func TestTeamKeepsTheHeadOfAClosedSituation(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		c := h.live(t, ana, "one")
		s := h.create(t, ana, c.Contact)
		h.role(t, ana, s.ID, c.Contact, "herself", "a name")
		brother := say("his name")
		must(t, h.with(t, ana, func(r *vault.Ring) error {
			return h.s.Say(t.Context(), r, s.ID, situation.Said{Of: hotline.NewID(), Kind: situation.PersonPart, Role: say("a brother who never wrote"), Detail: &brother})
		}))
		h.Note(t, ana, c.Contact, "what she told")
		h.Close(t, ana, c.Contact)

		notes := func(r *vault.Ring) error {
			k, err := r.Situation(t.Context(), s.ID, "test")
			if err != nil {
				return err
			}
			_, err = k.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "test")
			return err
		}
		must(t, h.with(t, bea, notes))
		_, err := h.Notes(t, bea, c.Contact)
		refused(t, err, vault.ErrGrant) // not but through the situation

		must(t, h.with(t, bea, func(r *vault.Ring) error { return h.s.Close(t.Context(), r, s.ID, say("she has a place")) }))
		refused(t, h.with(t, bea, notes), vault.ErrGrant)
		w, err := h.open(t, bea, s.ID)
		must(t, err)
		got := roles(w)
		slices.Sort(got)
		same(t, got, "a brother who never wrote", "herself")
		for _, p := range w.Parts {
			if p.Kind == situation.ContactPart && (p.Head == nil || p.Head.Outcome != "helped") {
				t.Error("the head of a contact in it does not open")
			}
			refused(t, h.with(t, bea, func(r *vault.Ring) error {
				_, err := h.s.Detail(t.Context(), r, s.ID, p.Of, "test")
				return err
			}), vault.ErrGrant)
			refused(t, h.with(t, sue, func(r *vault.Ring) error {
				_, err := h.s.Detail(t.Context(), r, s.ID, p.Of, "")
				return err
			}), situation.ErrReason)
		}
		refused(t, h.with(t, bea, func(r *vault.Ring) error { return h.s.Reopen(t.Context(), r, s.ID, say("she is back")) }), vault.ErrGrant)
		must(t, h.with(t, sue, notes))
		must(t, h.with(t, sue, func(r *vault.Ring) error { return h.s.Reopen(t.Context(), r, s.ID, say("she is back")) }))
		must(t, h.with(t, bea, notes))
	})
}

// Taken out again, a contact is closed to whoever had it through the situation alone;
// and what was written in it under her key is gone.
func TestUnlinkDeletesTheWrap(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		a, b := h.live(t, ana, "one"), h.live(t, ana, "two")
		s := h.create(t, ana, a.Contact)
		h.link(t, ana, s.ID, b.Contact)
		again := func(r *vault.Ring) error { return h.s.Link(t.Context(), r, s.ID, b.Contact) }
		refused(t, h.with(t, ana, again), situation.ErrLinked)
		h.role(t, ana, s.ID, b.Contact, "a neighbour", "name")
		h.Close(t, ana, b.Contact)
		open := func(r *vault.Ring) error {
			k, err := r.Situation(t.Context(), s.ID, "test")
			if err != nil {
				return err
			}
			_, err = k.Open(t.Context(), vault.Ref{Contact: b.Contact, Record: true}, "test")
			return err
		}
		must(t, h.with(t, bea, open))
		unlink := func(why string) error {
			return h.with(t, bea, func(r *vault.Ring) error { return h.s.Unlink(t.Context(), r, s.ID, b.Contact, say(why)) })
		}
		refused(t, unlink(" "), situation.ErrReason)
		must(t, unlink("another family"))
		refused(t, h.with(t, bea, open), vault.ErrGrant)
		if n := h.Count(t, `SELECT count(*) FROM key_grant WHERE grantee LIKE 'object/%' AND object = (SELECT shred_s FROM contact WHERE id = $1)`, b.Contact); n != 0 {
			t.Errorf("%d wraps are left", n)
		}
		w, err := h.open(t, bea, s.ID)
		must(t, err)
		if len(w.Parts) != 1 || w.Happenings[0].Kind != "unlinked" || w.Happenings[0].Text.Reveal() != "another family" {
			t.Errorf("parts %d, last %s", len(w.Parts), w.Happenings[0].Kind)
		}
		h.link(t, ana, s.ID, b.Contact) // ana, who had her, may
	})
}

// Whoever knows somebody in it opens neither the situation nor a contact of it, on no
// way, and the log says so.
func TestConflictClosesASituation(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		c := h.live(t, ana, "one")
		s := h.create(t, ana, c.Contact)
		_, err := h.Desk(t, bea, c.Contact)
		must(t, err)
		must(t, h.with(t, ana, func(r *vault.Ring) error {
			return h.s.Assign(t.Context(), r, s.ID, situation.Task{ID: hotline.NewID(), Due: h.Now(t), Text: say("ask the shelter")})
		}))
		todo := func(p *hotlinetest.Person) (n int) {
			t.Helper()
			must(t, h.with(t, p, func(r *vault.Ring) error {
				all, err := h.s.ToDo(t.Context(), r)
				n = len(all)
				return err
			}))
			return n
		}
		must(t, h.s.Conflict(t.Context(), bea.ID, s.ID))
		if hers, others := todo(bea), todo(ana); hers != 0 || others != 1 {
			t.Errorf("%d tasks of it are shown to her and %d to ana, want 0 and 1", hers, others)
		}
		before := h.Count(t, `SELECT count(*) FROM leaf WHERE object IN ($1, $2)`, s.ID, c.Contact)
		_, err = h.open(t, bea, s.ID)
		refused(t, err, vault.ErrConflict)
		_, err = h.Desk(t, bea, c.Contact)
		refused(t, err, vault.ErrConflict)
		_, err = h.Notes(t, bea, c.Contact)
		refused(t, err, vault.ErrConflict)
		must(t, h.with(t, bea, func(r *vault.Ring) error {
			vs, err := r.Heads(t.Context(), []hotline.ContactID{c.Contact})
			if err == nil {
				refused(t, vs[0].Err, vault.ErrConflict)
			}
			return err
		}))
		if got := h.Count(t, `SELECT count(*) FROM leaf WHERE object IN ($1, $2)`, s.ID, c.Contact) - before; got != 3 {
			t.Errorf("%d refusals stand in the log, want 3", got)
		}
		_, err = h.open(t, ana, s.ID)
		must(t, err)
		refused(t, h.s.Lift(t.Context(), bea.ID, s.ID, bea.ID), situation.ErrRole)
		must(t, h.s.Lift(t.Context(), sue.ID, s.ID, bea.ID))
		_, err = h.open(t, bea, s.ID)
		must(t, err)
	})
}
