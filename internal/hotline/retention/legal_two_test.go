package retention_test

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Two requests hold one contact: it stays until the second lets it go.
func TestAHoldOfTwoRequests(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		var ids []string
		for range 2 {
			id := c.begin(t, policy.Warrant, 0)
			c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
			must(t, c.collect(t, id))
			must(t, c.hold(t, id, rosa))
			ids = append(ids, id)
		}
		must(t, c.lift(t, ids[0], rosa))
		if !c.Find(t, rosa).Hold {
			t.Error("the first to let go let go for both")
		}
		must(t, c.lift(t, ids[1], rosa))
		if c.Find(t, rosa).Hold {
			t.Error("held for nothing")
		}
	})
}

// One request lets go of a contact while another begins to hold it: whatever comes first,
// it is held when the second has said so, by its row and by both its entries; and when no
// request holds it any more, nothing does.
func TestOneLetsGoWhileAnotherHolds(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		k, s := c.entries(t, rosa)
		var ids []string
		for range 2 {
			id := c.begin(t, policy.Warrant, 0)
			c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
			must(t, c.collect(t, id))
			ids = append(ids, id)
		}
		is := func(want bool, round int) {
			t.Helper()
			held := []bool{c.Find(t, rosa).Hold}
			for _, entry := range []string{k, s} {
				clock, err := c.Shred.Clock(t.Context(), entry)
				must(t, err)
				held = append(held, clock.Hold)
			}
			if !slices.Equal(held, []bool{want, want, want}) {
				t.Fatalf("round %d: the row and the entries say held: %v, want %v", round, held, want)
			}
		}
		must(t, c.hold(t, ids[0], rosa))
		first, second := ids[0], ids[1]
		moved := 0
		for round := range 12 {
			n, m := len(c.read(t, c.pat, first).Acts), len(c.read(t, c.pat, second).Acts)
			var lifts, holds error
			var both sync.WaitGroup
			both.Go(func() {
				lifts = c.Keeper.With(t.Context(), c.pat.Token, func(r *vault.Ring) error {
					return c.law.Release(t.Context(), r, first, n, []hotline.ContactID{rosa}, conceal("it ended"), "it ended")
				})
			})
			both.Go(func() {
				holds = c.Keeper.With(t.Context(), c.pat.Token, func(r *vault.Ring) error {
					return c.law.Keep(t.Context(), r, second, m, []hotline.ContactID{rosa}, conceal("the order"), "the order")
				})
			})
			both.Wait()
			must(t, holds)
			is(true, round)
			if errors.Is(lifts, policy.ErrLegalMoved) {
				moved++
				lifts = c.lift(t, first, rosa)
			}
			must(t, lifts)
			is(true, round)
			first, second = second, first
		}
		t.Logf("the second came in between %d times of 12", moved)
		must(t, c.lift(t, first, rosa))
		is(false, 12)
	})
}

// Two officers let go of one contact for one request at once: one of them does, and nothing
// holds it.
func TestTwoLetGoAtOnce(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		k, s := c.entries(t, rosa)
		id := c.begin(t, policy.Warrant, 0)
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		for range 4 {
			must(t, c.hold(t, id, rosa))
			n := len(c.read(t, c.pat, id).Acts)
			errs := make([]error, 2)
			var both sync.WaitGroup
			for i := range errs {
				both.Go(func() {
					errs[i] = c.Keeper.With(t.Context(), c.pat.Token, func(r *vault.Ring) error {
						return c.law.Release(t.Context(), r, id, n, []hotline.ContactID{rosa}, conceal("it ended"), "it ended")
					})
				})
			}
			both.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("of two at once: %v", errs)
			}
			refused(t, cmp.Or(errs[0], errs[1]), policy.ErrLegalMoved)
			for _, entry := range []string{k, s} {
				clock, err := c.Shred.Clock(t.Context(), entry)
				must(t, err)
				if clock.Hold || c.Find(t, rosa).Hold {
					t.Error("held for nothing")
				}
			}
		}
	})
}

// What two requests have somebody read, she reads until both are closed.
func TestWhatTwoRequestsGive(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		var ids []string
		seen := func(id string) int { return len(c.read(t, c.pat, id).Acts) }
		for range 2 {
			id := c.begin(t, policy.Warrant, 0)
			c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
			must(t, c.collect(t, id))
			must(t, c.hold(t, id, rosa))
			must(t, c.in(t, c.pat, func(r *vault.Ring) error {
				return c.law.Name(t.Context(), r, id, seen(id), c.sue.ID, conceal("the warrant"))
			}))
			n := seen(id)
			must(t, c.in(t, c.sue, func(r *vault.Ring) error {
				return c.law.Produce(t.Context(), r, id, n, []policy.LegalObject{{Contact: rosa, Record: true}}, conceal("the warrant"), "the warrant")
			}))
			ids = append(ids, id)
		}
		ends := func(id string) {
			must(t, c.act(t, id, policy.LegalAct{Kind: policy.ToldCounsel, Words: conceal("she agrees")}))
			must(t, c.act(t, id, policy.LegalAct{Kind: policy.Hands, Words: conceal("one note")}))
			must(t, c.act(t, id, policy.LegalAct{Kind: policy.Tells, Told: policy.NotPossible, Words: conceal("no safe way")}))
			must(t, c.lift(t, id, rosa))
			must(t, c.in(t, c.pat, func(r *vault.Ring) error { return c.law.End(t.Context(), r, id, seen(id), conceal("over")) }))
		}
		ends(ids[0])
		if got, err := c.Notes(t, c.pat, rosa); err != nil || len(got) != 1 {
			t.Errorf("the other request is open: %d notes, %v", len(got), err)
		}
		ends(ids[1])
		_, err := c.Notes(t, c.pat, rosa)
		refused(t, err, vault.ErrGrant)
	})
}
