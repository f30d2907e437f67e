package bench_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/test/bench"
)

// duties asks all shipped rules of one record, as a desk does at every key.
func duties(t testing.TB, table *bench.Table) {
	var editions []edition.Edition
	for k, body := range policy.ShippedDuty() {
		editions = append(editions, edition.Edition{Key: k, Body: body})
	}
	d, err := policy.DutiesOf(editions...)
	must(t, err)
	l := policy.Learned{
		Place: "US-TX", At: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC), By: policy.Listener{Roles: policy.Roles()},
		Harms: policy.Harms(), Degree: "knows", Conditions: policy.Conditions(),
	}
	var took []time.Duration
	for range 2000 {
		at := time.Now()
		if len(d.Match(l).Due) == 0 {
			t.Fatal("nothing is due")
		}
		took = append(took, time.Since(at))
	}
	table.AtMost("what the law asks of a record, 71 rules, p99", "", bench.Percentile(took, 99), "ms", 1)
}
