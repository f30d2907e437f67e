// These tests measure time, which the race detector has its own of.

//go:build !race

package front_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/front"
)

// tried are return codes of each kind, typed by somebody who tries.
type tried struct {
	*site
	t     *testing.T
	codes map[string]seal.Text
}

// tries makes the codes: one that nobody has, one whose time is over, one whose contact
// was erased, and one that opens.
func tries(t *testing.T, s *site) *tried {
	t.Helper()
	y := &tried{s, t, map[string]seal.Text{"unknown": seal.Conceal("0000000000000000")}}
	y.codes["expired"] = s.ReturnCode(t, s.Arrive(t, "a while ago"))
	s.Advance(t, s.Settings.Code+time.Hour)
	gone := s.Arrive(t, "gone")
	y.codes["erased"] = s.ReturnCode(t, gone)
	hotlinetest.Must(t, s.Book.EraseNow(t.Context(), hotline.Machine, gone.Contact))
	y.codes["known"] = s.ReturnCode(t, s.Arrive(t, "there"))
	return y
}

// look is one query, as somebody might add it for a code that is there.
func (y *tried) look() { _, _ = y.Book.Code(y.t.Context(), make([]byte, 16)) } // finds nothing

// stretched is the slow part.
func (y *tried) stretched(kind string) own.Typed {
	typed, err := y.Own.Type(y.t.Context(), y.codes[kind])
	hotlinetest.Must(y.t, err)
	return typed
}

// code is all that is done until it is known whether the code opens.
func (y *tried) code(kind string) {
	if err := front.Behind(y.t.Context(), y.Own, y.Book, y.stretched(kind)); (err == nil) != (kind == "known") {
		y.t.Errorf("the %s code: %v", kind, err)
	}
}

// race tries codes of these kinds, one that nobody has, and the two faults that are
// planted. What may differ is half of the smaller fault (a twentieth
// of the slow hash in earnest); and for one that opens, whose
// answer is another anyway, the reading of rows that are there, which is less than a query.
func (y *tried) race(n int, kinds ...string) {
	y.t.Helper()
	over := y.stretched("expired")
	things := map[string]func(){
		"unknown": func() { y.code("unknown") },
		"skipped": func() { _ = front.Behind(y.t.Context(), y.Own, y.Book, over) },
	}
	for _, kind := range kinds {
		things[kind] = func() { y.code(kind) }
	}
	planted := []string{"skipped"}
	if slices.Contains(kinds, "known") {
		things["a hash"] = func() { y.stretched("unknown") }
		things["asked"] = func() { y.code("unknown"); y.look() }
		things["known, and asked"] = func() { y.code("known"); y.look() }
		planted = append(planted, "known, and asked")
	}
	times := hotlinetest.Rounds(n, things)
	far := func(kind string) float64 {
		margin := times.Median("unknown") / 20
		if things["a hash"] != nil {
			margin = min(times.Median("a hash"), times.Longer("unknown", "asked")) / 2
		}
		if strings.HasPrefix(kind, "known") {
			margin = times.Longer("unknown", "asked") * 3 / 4
		}
		far := times.Apart("unknown", kind, margin)
		y.t.Logf("%d rounds, %s: %v longer, %.1f standard errors beyond %v", n, kind, times.Longer("unknown", kind), far, margin)
		return far
	}
	for _, kind := range kinds {
		if far(kind) > hotlinetest.Alarm {
			y.t.Errorf("who types a code learns by the time that it is %s", kind)
		}
	}
	for _, kind := range planted {
		for again := 0; again < 3 && far(kind) <= hotlinetest.Alarm; again++ {
			times.More(n, things)
		}
		if far(kind) <= hotlinetest.Alarm {
			y.t.Errorf("planted: %s, and it is not seen", kind)
		}
	}
}

// Who tries codes learns by no clock whether one is known, is over, was erased or never
// was. Two faults are planted, a query more for those that are known and no slow hash for
// those whose time is over, and are seen. Nothing waits for anybody here: the time is that
// of the work.
func TestCodesTakeTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		tries(t, newSite(t, e, free(), true)).race(hotlinetest.Tries(t, 1000), "known", "expired", "erased")
	})
}

// The same with the slow hash as it is in earnest, beside which a query is nothing.
func TestCodesTakeTheSameInEarnest(t *testing.T) {
	t.Parallel()
	s := newSite(t, dbtest.New(t), free(), true)
	s.Own = own.New(s.Line, s.Shred, s.Authority, box.Random(box.Size))
	tries(t, s).race(50, "expired")
}

// Each kind of code is looked for by the same statements in the same order.
func TestCodesAskTheSame(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		y := tries(t, newSite(t, e, free(), true))
		want := e.Statements(t, func() { y.code("known") })
		if len(want) < 6 {
			t.Errorf("a code that opens is looked for by %q", want)
		}
		for kind := range y.codes {
			if got := e.Statements(t, func() { y.code(kind) }); !slices.Equal(got, want) {
				t.Errorf("%s: asks\n%q, and one that opens\n%q", kind, got, want)
			}
		}
		if got := e.Statements(t, func() { y.code("known"); y.look() }); slices.Equal(got, want) {
			t.Error("planted: one more query is not seen")
		}
	})
}
