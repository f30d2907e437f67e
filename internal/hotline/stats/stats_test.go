package stats_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/stats"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func book(t *testing.T, e *dbtest.Engine) *stats.Book {
	t.Helper()
	zone := time.FixedZone("line", 8*3600)
	return stats.New(e.Main, func() *time.Location { return zone })
}

// A tally counts the hour of the week on the line's own wall, and codes alone.
func TestTallies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := book(t, e)
		at := time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC).UnixMilli() // Tuesday, 07:30 there
		for _, lang := range []string{"fil", "fil-PH", "en", "<b>"} {
			must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return b.Count(tx, at, hotline.Chat, lang, "received") }))
		}
		got, err := b.Tallies(t.Context(), "2026-12")
		must(t, err)
		of := func(lang string, n int64) stats.Tally {
			return stats.Tally{Month: "2026-12", Weekday: 2, Hour: 7, Channel: hotline.Chat, Lang: lang, Counter: "received", N: n}
		}
		if want := []stats.Tally{of("", 1), of("en", 1), of("fil", 2)}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// A correction takes away what was wrong and adds what is right.
func TestCorrectionsAreNegative(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := book(t, e)
		tip := stats.Fact{Month: "2026-11", Facts: hotline.Facts{"type": {"tip"}, "needs": {"food", "legal"}}}
		same := stats.Fact{Month: "2026-11", Facts: hotline.Facts{"needs": {"legal", "food"}, "type": {"tip"}}}
		crisis := stats.Fact{Month: "2026-11", Facts: hotline.Facts{"type": {"crisis"}}}
		add := func(f stats.Fact, n int64) {
			t.Helper()
			must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return stats.Add(tx, f, n) }))
		}
		add(tip, 1)
		add(same, 1)
		add(tip, -1)
		add(crisis, 1)
		add(crisis, -1)
		got, err := b.Facts(t.Context(), "2026-11")
		must(t, err)
		if len(got) != 1 || got[0].N != 1 || !slices.Equal(got[0].Facts["needs"], []string{"food", "legal"}) {
			t.Errorf("counted are %v", got)
		}
	})
}

// Nobody's words reach a figure: what is not on the closed list is not counted.
func TestOnlyCodesAreCounted(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	for _, f := range []stats.Fact{
		{Month: "2026-11", Facts: hotline.Facts{"type": {"She said that"}}},
		{Month: "2026-11", Facts: hotline.Facts{"name": {"tip"}}},
		{Month: "2026-11", Facts: hotline.Facts{"type": {"tip", "tip"}}},
		{Month: "2026-11", Facts: hotline.Facts{"language": {"english"}}},
		{Month: "2026-11", Facts: hotline.Facts{}},
		{Month: "2026-11-30", Facts: hotline.Facts{"type": {"tip"}}},
		{Month: "2026-13", Facts: hotline.Facts{"type": {"tip"}}},
	} {
		err := e.Main.Write(t.Context(), func(tx db.Tx) error { return stats.Add(tx, f, 1) })
		if !errors.Is(err, stats.ErrCode) {
			t.Errorf("%v: got %v", f, err)
		}
		if _, err := stats.ParseFact(f.JSON()); !errors.Is(err, stats.ErrCode) {
			t.Errorf("%v is read: %v", f, err)
		}
	}
}

// A lot is drawn by chance, is large enough, and leaves as many behind; what is left of
// a month goes when nothing is to come for it. None is counted twice.
func TestLots(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := book(t, e)
		now := time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC).UnixMilli()
		late := time.Date(2026, 12, 9, 17, 0, 0, 0, time.UTC).UnixMilli() // the tenth has begun there
		all := map[string]stats.Fact{}
		fill := func(n int) {
			var batch []stats.Pending
			for range n {
				id := hotline.NewID()
				all[id] = stats.Fact{Month: "2026-11", Facts: hotline.Facts{"region": {fmt.Sprintf("x_%d", len(all))}}}
				batch = append(batch, stats.Pending{ID: id, Sealed: []byte("sealed")})
			}
			must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return stats.Pend(tx, batch) }))
		}
		release := func(ids []string, now int64) error {
			lot := map[string]stats.Fact{}
			for _, id := range ids {
				lot[id] = all[id]
			}
			return e.Main.Write(t.Context(), func(tx db.Tx) error { return b.Release(tx, lot, now) })
		}
		fill(2*stats.Lot - 1)
		if got := b.Pick(all, now); len(got) != 0 {
			t.Errorf("%d of %d were drawn", len(got), len(all))
		}
		fill(1)
		first, second := b.Pick(all, now), b.Pick(all, now)
		if len(first) != stats.Lot || slices.Equal(first, second) {
			t.Errorf("drawn were %d, and the same again: %v", len(first), slices.Equal(first, second))
		}
		if err := release(first[:1], now); !errors.Is(err, stats.ErrFew) {
			t.Errorf("a lot of one: %v", err)
		}
		if err := release(first[:stats.Lot-1], now); !errors.Is(err, stats.ErrFew) {
			t.Errorf("a lot of one too few: %v", err)
		}
		must(t, release(first, now))
		if err := release(first, now); !errors.Is(err, stats.ErrMoved) {
			t.Errorf("twice: %v", err)
		}
		for _, id := range first {
			delete(all, id)
		}
		if got := b.Pick(all, late-time.Hour.Milliseconds()*2); len(got) != 0 {
			t.Errorf("%d were drawn of a month for which more may come", len(got))
		}
		rest := b.Pick(all, late)
		must(t, release(rest, late))
		got, err := b.Facts(t.Context(), "2026-11")
		must(t, err)
		n, err := b.Pending(t.Context())
		must(t, err)
		if len(got) != 2*stats.Lot || n != 0 {
			t.Errorf("%d are counted, %d wait", len(got), n)
		}
	})
}

// How many go from the heads at once: never few, and never so many that few stay.
func TestBatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		waiting int
		last    bool
		want    int
	}{{0, false, 0}, {19, false, 0}, {19, true, 19}, {1, true, 1}, {20, false, 20}, {200, false, 200}, {201, false, 181}, {219, true, 199}, {220, false, 200}, {2000, false, 200}} {
		if got := stats.Batch(c.waiting, c.last); got != c.want {
			t.Errorf("of %d, last %v: %d, want %d", c.waiting, c.last, got, c.want)
		}
	}
}

// The form in which a fact travels is the same in every release: docs/formats.md. The
// largest that there can be has room.
func TestFactAsItTravels(t *testing.T) {
	t.Parallel()
	f := stats.Fact{Month: "2026-11", Facts: hotline.Facts{"type": {"tip"}, "needs": {"food", "legal"}}}
	if got, want := f.JSON(), `{"month":"2026-11","facts":{"needs":["food","legal"],"type":["tip"]}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	all := hotline.Facts(form.FactCodes())
	all["language"] = []string{"fil"}
	if _, err := seal.PackFact(stats.Fact{Month: "2026-11", Facts: all}.JSON()); err != nil {
		t.Errorf("the largest fact: %v", err)
	}
}
