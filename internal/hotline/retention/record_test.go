package retention_test

import (
	"context"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

const year = 365 * day

// told is a contact of a type, closed, with a note, a field and a decision of ours.
func (h *house) told(t *testing.T, ana *hotlinetest.Person, of string) *hotlinetest.Caller {
	t.Helper()
	c := h.Arrive(t, "her words")
	h.Take(t, ana, c.Contact)
	h.Note(t, ana, c.Contact, "our note")
	h.Field(t, ana, c.Contact, hotline.NewID(), "our field")
	for _, step := range []string{"hello", "call"} { // which a supervisor has to confirm
		must(t, h.Step(t, ana, c.Contact, "any", protocol.Deed{Kind: protocol.Marking, Step: step}))
	}
	must(t, h.Emergency(t, ana, c.Contact, func(of emergency.Of) error {
		_, err := h.Emergencies.Open(t.Context(), of, emergency.Emergency{ID: hotline.NewID(), Ground: emergency.Wish, Reason: "a reason"})
		return err
	}))
	h.Notice(t, ana, c.Contact)
	h.CloseAs(t, ana, c.Contact, "helped", hotline.Facts{"type": {of}})
	h.carried(t, c.Contact)
	return c
}

// carried has both keeping times of a contact reach the store, as the jobs do.
func (h *house) carried(t *testing.T, id hotline.ContactID) {
	t.Helper()
	_, s := h.entries(t, id)
	must(t, h.r.Carry(t.Context(), id))
	must(t, h.r.CarryRecord(t.Context(), s))
}

// until is when what we wrote ends, as the store knows it.
func (h *house) until(t *testing.T, id hotline.ContactID) int64 {
	t.Helper()
	_, s := h.entries(t, id)
	c, err := h.Shred.Clock(t.Context(), s)
	must(t, err)
	if c.NotAfter != h.Find(t, id).KeepRecordUntil {
		t.Errorf("the store says %d, the contact %d", c.NotAfter, h.Find(t, id).KeepRecordUntil)
	}
	return c.NotAfter
}

// last is the end of a period of whole days that begins now.
func (h *house) last(t *testing.T, period time.Duration) int64 {
	t.Helper()
	return (h.Now(t)/day.Milliseconds() + 1 + int64(period/day)) * day.Milliseconds()
}

// pass moves the clock to a moment and forgets what is due.
func (h *house) pass(t *testing.T, to int64) {
	t.Helper()
	h.Advance(t, time.Duration(to-h.Now(t))*time.Millisecond)
	h.forget(t)
}

// reads is what somebody with a live credential reads of what we wrote.
func (h *house) reads(t *testing.T, p *hotlinetest.Person, id hotline.ContactID) ([]string, error) {
	t.Helper()
	h.SignIn(t, p)
	defer func() { must(t, h.Keeper.End(t.Context(), p.Token)) }()
	return h.Notes(t, p, id)
}

// What we wrote is kept as long as its type says, from the hour nothing opens, a week
// later it is destroyed; ten years later nothing of it opens anywhere, from no backup.
func TestRecordsAreForgottenOnTime(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		info, crisis := h.told(t, ana, "information"), h.told(t, ana, "crisis")
		ends := map[hotline.ContactID]int64{info.Contact: h.until(t, info.Contact), crisis.Contact: h.until(t, crisis.Contact)}
		if want := h.last(t, year); ends[info.Contact] != want {
			t.Errorf("information ends at %d, want %d", ends[info.Contact], want)
		}
		if want := h.last(t, 5*year); ends[crisis.Contact] != want {
			t.Errorf("a crisis ends at %d, want %d", ends[crisis.Contact], want)
		}
		must(t, h.Keeper.End(t.Context(), sue.Token))
		must(t, h.Keeper.End(t.Context(), ana.Token))
		backup := h.Backup(t)
		for _, c := range []*hotlinetest.Caller{info, crisis} {
			id, end := c.Contact, ends[c.Contact]
			k, s := h.entries(t, id)
			h.pass(t, end-time.Minute.Milliseconds())
			if h.there(t, k) {
				t.Error("her words outlive their week")
			}
			got, err := h.reads(t, sue, id)
			must(t, err)
			hotlinetest.Same(t, got, "our note")
			h.pass(t, end)
			_, err = h.reads(t, sue, id)
			refused(t, err, shred.ErrShredded)
			h.pass(t, end+(7*day-time.Minute).Milliseconds())
			if !h.there(t, s) {
				t.Error("destroyed before its quarantine was over")
			}
			h.pass(t, end+7*day.Milliseconds())
			if h.there(t, s) {
				t.Error("what we wrote is kept longer than was said")
			}
			for _, q := range []string{
				`SELECT count(*) FROM note WHERE contact = $1`, `SELECT count(*) FROM record_field WHERE owner = $1`, `SELECT count(*) FROM following WHERE contact = $1`, `SELECT count(*) FROM to_sign WHERE contact = $1`, `SELECT count(*) FROM emergency WHERE contact = $1`,
				`SELECT count(*) FROM decision WHERE owner = $1`,
				`SELECT count(*) FROM contact WHERE id = $1 AND (shred_s <> '' OR pub IS NOT NULL OR keep_days <> 0 OR keep_record_until <> 0)`,
			} {
				if n := h.Count(t, q, id); n != 0 {
					t.Errorf("%s: %d", q, n)
				}
			}
		}
		h.Advance(t, 10*year)
		old := h.Restored(t, backup)
		for _, c := range []*hotlinetest.Caller{info, crisis} {
			old.SignIn(t, sue)
			_, err := old.Notes(t, sue, c.Contact)
			refused(t, err, shred.ErrShredded)
		}
		h.rang(t, nil)
	})
}

// A shorter period touches those that close after it, and a longer one too; so does one
// that is settled later by a session, although it closed before.
func TestPeriodsHoldForWhoClosesAfterThem(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		editions := []policy.Keep{policy.ShippedKeep()}
		h.Book.Keeps(func(_ context.Context, n int64) (policy.Keep, int64, error) {
			if n == 0 {
				n = int64(len(editions))
			}
			return editions[n-1], n, nil
		})
		before := h.told(t, ana, "crisis")
		left := h.Arrive(t, "her words")
		h.Take(t, ana, left.Contact)
		must(t, h.Book.EndNow(t.Context(), hotline.Machine, left.Contact))
		h.Advance(t, 25*time.Hour)
		must(t, h.Book.LeaveAsIs(t.Context(), func(hotline.QueueID) hotline.TeamID { return hotline.Desk }))
		closed := h.Find(t, left.Contact).StateAt
		editions = append(editions, policy.Keep{Rows: []policy.KeepRow{{Days: 3}}})
		h.SignIn(t, ana)
		h.Enter(t, "ready", ana)
		after := h.told(t, ana, "crisis")
		if got, want := h.until(t, before.Contact)-h.until(t, after.Contact), (5*year - 3*day - day).Milliseconds(); got < want || got > want+day.Milliseconds() {
			t.Errorf("the first ends %d after the second, want about %d", got, want)
		}
		h.With(t, ana, func(r *vault.Ring) error {
			record, err := r.Open(t.Context(), vault.Ref{Contact: left.Contact, Record: true}, "settle")
			must(t, err)
			head, err := record.Head(t.Context())
			must(t, err)
			swap, err := r.Settle(record, record, ana.ID)
			must(t, err)
			head.Facts = hotline.Facts{"type": {"tip"}}
			return h.Book.Settled(t.Context(), "settle", left.Contact, contact.Outcome{Head: head, Key: record.HeadKey(), Swap: swap})
		})
		h.carried(t, left.Contact)
		if got, want := h.until(t, left.Contact), (closed/day.Milliseconds()+1+5*365)*day.Milliseconds(); got != want {
			t.Errorf("one that closed before ends at %d, want %d", got, want)
		}
		if n := h.Find(t, before.Contact).Editions[policy.KindKeep]; n != 1 {
			t.Errorf("the first was closed under edition %d, want 1", n)
		}
	})
}

// The contacts of an open situation wait for its closing, also those of whom only our
// notes are left; opened again, they wait again; one that is taken out does not.
func TestRecordsOfASituationWaitForIt(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, sue := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor)
		var all []*hotlinetest.Caller
		var of situation.Situation
		for i := range 3 {
			c := h.Arrive(t, "her words")
			h.Take(t, ana, c.Contact)
			h.Note(t, ana, c.Contact, "our note")
			h.With(t, ana, func(r *vault.Ring) (err error) {
				if i == 0 {
					of, err = h.Situations.Create(t.Context(), r, c.Contact)
					return err
				}
				return h.Situations.Link(t.Context(), r, of.ID, c.Contact)
			})
			h.CloseAs(t, ana, c.Contact, "informed", hotline.Facts{"type": {"information"}})
			h.carried(t, c.Contact)
			all = append(all, c)
		}
		ends := func(want int64, of ...*hotlinetest.Caller) {
			t.Helper()
			for _, c := range of {
				h.carried(t, c.Contact)
				if got := h.until(t, c.Contact); got != want {
					t.Errorf("ends at %d, want %d", got, want)
				}
			}
		}
		ends(0, all...)
		h.pass(t, h.Now(t)+(3*year).Milliseconds())
		if got := h.Find(t, all[0].Contact).State; got != contact.Erased {
			t.Fatalf("her words are %s", got)
		}
		h.SignIn(t, sue)
		h.With(t, sue, func(r *vault.Ring) error {
			return h.Situations.Unlink(t.Context(), r, of.ID, all[2].Contact, seal.Conceal("another one"))
		})
		alone := h.last(t, 5*year)
		ends(0, all[:2]...)
		ends(alone, all[2])
		h.Advance(t, 30*day)
		h.SignIn(t, sue)
		h.With(t, sue, func(r *vault.Ring) error {
			return h.Situations.Close(t.Context(), r, of.ID, seal.Conceal("she is safe"))
		})
		ends(h.last(t, 5*year), all[:2]...)
		h.With(t, sue, func(r *vault.Ring) error {
			return h.Situations.Reopen(t.Context(), r, of.ID, seal.Conceal("she wrote again"))
		})
		ends(0, all[:2]...)
		ends(alone, all[2])
		h.rang(t, nil)
	})
}

// A hold keeps what we wrote beyond its time; lifted, its time counts again.
func TestHoldKeepsRecords(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana, pat := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.PrivacyOfficer)
		c := h.told(t, ana, "information")
		_, s := h.entries(t, c.Contact)
		end := h.until(t, c.Contact)
		h.With(t, pat, func(r *vault.Ring) error { return h.r.Hold(t.Context(), r, c.Contact, "an order") })
		refused(t, h.Book.ForgetRecord(t.Context(), "a supervisor", c.Contact), contact.ErrKeep)
		h.pass(t, end+8*day.Milliseconds())
		if !h.there(t, s) {
			t.Fatal("what the law holds was destroyed")
		}
		h.SignIn(t, pat)
		h.With(t, pat, func(r *vault.Ring) error { return h.r.Lift(t.Context(), r, c.Contact, "lifted") })
		h.forget(t)
		h.forget(t)
		if h.there(t, s) {
			t.Error("kept although the hold is lifted")
		}
	})
}

// More records than are usual wait for two people, as words do.
func TestManyRecordsWaitForTwoPeople(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.told(t, ana, "information")
		_, s := h.entries(t, c.Contact)
		end := h.until(t, c.Contact)
		h.pass(t, end)
		h.Advance(t, 7*day)
		h.StoreSQL(t, `INSERT INTO forgetting (day, done) VALUES ($1, 50)`, h.Now(t)/day.Milliseconds())
		refused(t, h.r.Forget(t.Context()), retention.ErrMuch)
		h.rang(t, retention.ErrMuch)
		if !h.there(t, s) {
			t.Error("destroyed although nobody let it go")
		}
	})
}
