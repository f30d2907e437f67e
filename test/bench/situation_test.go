package bench_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/bench"
)

// situations opens a situation of 500 contacts: its heads, roles and what happened; and what
// 40 of them have said of what may be passed on, as a desk reads it beside it.
func situations(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	const contacts, agreed = 500, 40
	ann := w.Hire(t, hotline.Advocate)
	var id hotline.SituationID
	for i := range contacts {
		c := w.Arrive(t, "words").Contact
		must(t, w.Keeper.With(t.Context(), ann.Token, func(r *vault.Ring) error {
			if i == 0 {
				s, err := w.Situations.Create(t.Context(), r, c)
				id = s.ID
				return err
			}
			if err := w.Situations.Link(t.Context(), r, id, c); err != nil {
				return err
			}
			return w.Situations.Say(t.Context(), r, id, situation.Said{Of: string(c), Version: 1, Role: seal.Conceal("a neighbour who saw it")})
		}))
		if i < agreed {
			_, err := w.Consent(t, ann, c, consent.Act{
				Kind: consent.Give, ID: hotline.NewID(), How: "chat",
				Terms: consent.Terms{What: []consent.Scope{"needs", "place"}, To: "North house", Purpose: "shelter", Until: time.Now().Add(24 * time.Hour).UnixMilli()},
			})
			must(t, err)
		}
	}
	var all, read []time.Duration
	for range 9 {
		begun := time.Now()
		must(t, w.Keeper.With(t.Context(), ann.Token, func(r *vault.Ring) error {
			got, err := w.Situations.Open(t.Context(), r, id, "bench")
			if err == nil && (len(got.Parts) != contacts || got.Parts[contacts-1].Head == nil || got.Parts[contacts-1].Gone) {
				t.Error("the situation is not whole")
			}
			if err != nil {
				return err
			}
			all = append(all, time.Since(begun))
			said, old, err := w.Consents.Look(t.Context(), got.Heads())
			read = append(read, time.Since(begun))
			if err == nil && (len(said) != contacts+1 || len(old) > 0) {
				t.Error("not all that was said is there")
			}
			return err
		}))
	}
	table.AtMost("opening a situation with 500 contacts, median", w.Engine.Name, bench.Percentile(all, 50), "ms", 300)
	table.AtMost("the same, and what 40 of them let us pass on, median", w.Engine.Name, bench.Percentile(read, 50), "ms", 300)
}
