package bench_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/bench"
)

// forms has 32 advocates write in records at once, each in one of her own, as a desk
// does: the head is read, the answer sealed, saved against what was seen.
func forms(t testing.TB, table *bench.Table, w *hotlinetest.World) {
	const desks = 32
	ann := w.Hire(t, hotline.Advocate)
	var mu sync.Mutex
	var took []time.Duration
	must(t, w.Keeper.With(t.Context(), ann.Token, func(r *vault.Ring) error {
		begun := time.Now()
		var all sync.WaitGroup
		for range desks {
			c := w.Arrive(t, "hello")
			k, err := r.Open(t.Context(), vault.Ref{Contact: c.Contact, Record: true}, "bench")
			if err != nil {
				return err
			}
			all.Go(func() {
				field := hotline.NewID()
				for version := int64(0); time.Since(begun) < while; version++ {
					at := time.Now()
					head, err := k.Head(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					v := form.Value{Text: "a petrol station on the big road" + strings.Repeat(".", int(version%50))}
					if _, err := w.Record.Put(t.Context(), ann.ID, situation.OfContact(c.Contact, k, head.N), k, field, version, seal.Conceal(v.JSON())); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					took = append(took, time.Since(at))
					mu.Unlock()
				}
			})
		}
		all.Wait()
		return nil
	}))
	table.AtMost("form save, 32 desks that never rest, p99", w.Engine.Name, bench.Percentile(took, 99), "ms", 250)
	table.Shown("form saves", w.Engine.Name, float64(len(took))/while.Seconds(), "/s")
}
