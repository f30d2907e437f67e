package consent_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Of a situation of many, whoever has said something is found, and one that was taken away
// is noticed.
func TestOneOfManyHasSaidSomething(t *testing.T) {
	houses(t, func(t *testing.T, h *house) {
		const many = 60
		var s situation.Situation
		var last hotline.ContactID
		for i := range many {
			last = h.Arrive(t, "words").Contact
			h.With(t, h.ana, func(r *vault.Ring) (err error) {
				if i == 0 {
					s, err = h.Situations.Create(t.Context(), r, last)
					return err
				}
				return h.Situations.Link(t.Context(), r, s.ID, last)
			})
		}
		h.given(t, last)
		h.With(t, h.ana, func(r *vault.Ring) error {
			whole, err := h.Situations.Open(t.Context(), r, s.ID, "test")
			must(t, err)
			w, old, err := h.Consents.Look(t.Context(), whole.Heads())
			must(t, err)
			if len(w) != many+1 || len(old) > 0 || !w.Allows(asks(string(last), h.now(t), "place")).OK {
				t.Errorf("%d of %d, %d old", len(w), many+1, len(old))
			}
			h.SQL(t, `DELETE FROM consent WHERE owner = $1`, last)
			if _, old, err = h.Consents.Look(t.Context(), whole.Heads()); err != nil || !old[string(last)] {
				t.Errorf("what was taken away is not noticed: %v", err)
			}
			_, err = h.Consents.All(t.Context(), whole.Heads())
			hotlinetest.Refused(t, err, consent.ErrPutBack)
			return nil
		})
	})
}
