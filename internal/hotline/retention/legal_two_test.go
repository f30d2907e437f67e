package retention_test

import (
	"testing"

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
