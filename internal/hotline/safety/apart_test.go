package safety_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// spokenTo is a contact in which phrases are said: hers, one that nobody has, and one that
// was hers until she got another.
type spokenTo struct {
	t       *testing.T
	w       *hotlinetest.World
	phrases *safety.Phrases
	by      *hotlinetest.Person
	index   safety.Index
	said    map[string]seal.Text
}

func speak(t *testing.T, w *hotlinetest.World) *spokenTo {
	t.Helper()
	ana := w.Hire(t, hotline.Advocate)
	y := &spokenTo{t, w, phrases(t, w), ana, index(t, w, ana), map[string]seal.Text{"unknown": seal.Conceal("nobody's words")}}
	open := y.index.Of // the ring is opened once, as it is at a desk
	known := map[string][]byte{}
	y.index.Of = func(phrase string) []byte {
		if known[phrase] == nil {
			known[phrase] = open(phrase)
		}
		return known[phrase]
	}
	hers := w.Arrive(t, "hers").Contact
	for _, kind := range []string{"replaced", "known"} {
		said, err := y.phrases.Make(t.Context(), ana.ID, hers, y.index, "en")
		must(t, err)
		y.said[kind] = said
	}
	for kind := range y.said { // each hidden once
		y.says(kind)
	}
	return y
}

// says is all that is done until the answer is ready. Each is said in another contact, so
// that none is one too many.
func (y *spokenTo) says(kind string) {
	h, err := y.phrases.Says(y.t.Context(), y.by.ID, hotline.ContactID(hotline.NewID()), y.said[kind], y.index)
	if err != nil || (len(h.Contacts) > 0) != (kind == "known") {
		y.t.Errorf("the %s phrase finds %d contacts, %v", kind, len(h.Contacts), err)
	}
}

// look is one query, as somebody might add it for a phrase that is known.
func (y *spokenTo) look() {
	if n := y.w.Count(y.t, `SELECT count(*) FROM thread WHERE contact = $1`, hotline.NewID()); n != 0 {
		y.t.Errorf("%d", n)
	}
}

// Whoever says words learns by no clock whether they are known, were hers once or are
// nobody's. A query more for those that are known is planted, and is seen.
func TestPhrasesTakeTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		y := speak(t, hotlinetest.New(t, e))
		n := hotlinetest.Tries(t, 1000)
		things := map[string]func(){
			"unknown": func() { y.says("unknown") }, "known": func() { y.says("known") }, "replaced": func() { y.says("replaced") },
			"known, and asked": func() { y.says("known"); y.look() }, "a query": y.look,
		}
		times := hotlinetest.Rounds(n, things)
		far := func(kind string) float64 {
			margin := times.Median("a query") / 4
			far := times.Apart("unknown", kind, margin)
			t.Logf("%d rounds, %s: %v longer than %v, %.1f standard errors beyond %v", n, kind, times.Longer("unknown", kind), times.Median("unknown"), far, margin)
			return far
		}
		for _, kind := range []string{"known", "replaced"} {
			if far(kind) > hotlinetest.Alarm {
				t.Errorf("whoever says words learns by the time that they are %s", kind)
			}
		}
		const planted = "known, and asked"
		for again := 0; again < 3 && far(planted) <= hotlinetest.Alarm; again++ {
			times.More(n, things)
		}
		if far(planted) <= hotlinetest.Alarm {
			t.Error("planted: one more query for a phrase that is known is not seen")
		}
	})
}

// Each phrase is looked for by the same statements in the same order, and leaves as much.
func TestPhrasesAskTheSame(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		y := speak(t, w)
		want := w.Engine.Statements(t, func() { y.says("known") })
		if len(want) < 3 {
			t.Errorf("a phrase that is known is looked for by %q", want)
		}
		for kind := range y.said {
			if got := w.Engine.Statements(t, func() { y.says(kind) }); !slices.Equal(got, want) {
				t.Errorf("%s: asks\n%q, and one that is known\n%q", kind, got, want)
			}
		}
		if got := w.Engine.Statements(t, func() { y.says("known"); y.look() }); slices.Equal(got, want) {
			t.Error("planted: one more query is not seen")
		}
	})
}
