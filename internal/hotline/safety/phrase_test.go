package safety_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// spoken reads a phrase that was drawn.
func spoken(t seal.Text) string { return t.Reveal() }

// phrases are those of a line that has the shipped lists.
func phrases(t *testing.T, w *hotlinetest.World) *safety.Phrases {
	t.Helper()
	book, err := edition.New(t.Context(), w.Engine.Main, w.Bus, time.Now, edition.Kind{Name: safety.KindWords, Check: safety.CheckWords})
	must(t, err)
	for k, body := range safety.Shipped() {
		if k.Kind == safety.KindWords {
			must(t, book.Begin(t.Context(), w.First.ID, k, body))
		}
	}
	return safety.NewPhrases(w.Engine.Main, w.Log, book)
}

// index hides under the desk's key, as a session of p does.
func index(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person) safety.Index {
	t.Helper()
	return safety.Index{Epoch: 1, Of: func(phrase string) (idx []byte) {
		w.With(t, p, func(r *vault.Ring) error {
			idx = r.Index(hotline.Desk, "phrase", phrase)
			return nil
		})
		return idx
	}}
}

// A phrase is drawn, shown once and kept nowhere: it finds her again however she writes
// it, by whichever advocate she meets. A stranger, an unknown name and somebody whose
// words are others get the same answer after the same work.
func TestPhraseFindsHerAgain(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		p := phrases(t, w)
		ana, bea := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Advocate)
		first, again, stranger := w.Arrive(t, "first").Contact, w.Arrive(t, "again").Contact, w.Arrive(t, "stranger").Contact
		drawn, err := p.Make(t.Context(), ana.ID, first, index(t, w, ana), "ar", "en")
		must(t, err)
		a, b, ok := strings.Cut(spoken(drawn), " ")
		if !ok || a == b {
			t.Fatalf("drawn: %q", spoken(drawn))
		}
		for _, kept := range []string{a + " " + b, safety.Same(drawn)} {
			if where := w.Holding(t, kept); len(where) > 0 {
				t.Errorf("her phrase stands in %v", where)
			}
		}
		written := []string{"phrase_try", "leaf"}
		rows := func() (n int) {
			for _, table := range written {
				n += w.Count(t, `SELECT count(*) FROM `+table)
			}
			return n
		}
		for name, said := range map[string]string{"as drawn": a + " " + b, "turned round, loudly": strings.ToUpper(b) + ",  " + a + "!"} {
			h, err := p.Says(t.Context(), bea.ID, again, seal.Conceal(said), index(t, w, bea))
			must(t, err)
			if len(h.Contacts) != 1 || h.Contacts[0] != first {
				t.Errorf("%s finds %v", name, h.Contacts)
			}
			must(t, p.Join(t.Context(), bea.ID, again, h, 1))
			w.SQL(t, `DELETE FROM thread WHERE contact = $1`, again)
		}
		before := rows()
		h, err := p.Says(t.Context(), bea.ID, stranger, seal.Conceal(a), index(t, w, bea))
		must(t, err)
		if len(h.Contacts) != 0 || h.Left != safety.Tries-1 || rows()-before != 2 {
			t.Errorf("half of it finds %v, %d left, %d rows", h.Contacts, h.Left, rows()-before)
		}
		for range safety.Tries - 1 {
			_, err = p.Says(t.Context(), bea.ID, stranger, seal.Conceal("no such words"), index(t, w, bea))
			must(t, err)
		}
		// After five tries the right words find nothing either.
		_, err = p.Says(t.Context(), bea.ID, stranger, drawn, index(t, w, bea))
		refused(t, err, safety.ErrTries)
		// Whoever writes the database has nothing to try words out with.
		other := safety.Index{Of: func(phrase string) []byte { return []byte(phrase) }}
		if h, err := p.Says(t.Context(), bea.ID, first, drawn, other); err != nil || len(h.Contacts) > 0 {
			t.Errorf("another key finds %v, %v", h.Contacts, err)
		}
	})
}

// However many are tried at once, five are looked up, each of which leaves one less.
func TestTriesAtOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		p := phrases(t, w)
		ana, id := w.Hire(t, hotline.Advocate), w.Arrive(t, "words").Contact
		idx := safety.Index{Of: func(phrase string) []byte { return []byte(phrase) }}
		left := make(chan int, 4*safety.Tries)
		var all sync.WaitGroup
		for range cap(left) {
			all.Go(func() {
				h, err := p.Says(t.Context(), ana.ID, id, seal.Conceal("a guess"), idx)
				switch {
				case err == nil:
					left <- h.Left
				case !errors.Is(err, safety.ErrTries):
					t.Error(err)
				}
			})
		}
		all.Wait()
		close(left)
		got := []int{}
		for n := range left {
			got = append(got, n)
		}
		slices.Sort(got)
		if want := []int{0, 1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Errorf("left are %v, want %v", got, want)
		}
	})
}

// A new phrase takes the place of the one before, for all that it found; what we wrote
// takes its phrase along when it goes.
func TestNewPhraseReplaces(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		p := phrases(t, w)
		ana := w.Hire(t, hotline.Advocate)
		first, again := w.Arrive(t, "first").Contact, w.Arrive(t, "again").Contact
		idx := index(t, w, ana)
		old, err := p.Make(t.Context(), ana.ID, first, idx, "es")
		must(t, err)
		h, err := p.Says(t.Context(), ana.ID, again, old, idx)
		must(t, err)
		must(t, p.Join(t.Context(), ana.ID, again, h, 1))
		fresh, err := p.Make(t.Context(), ana.ID, again, idx, "fr")
		must(t, err)
		if h, err = p.Says(t.Context(), ana.ID, again, old, idx); err != nil || len(h.Contacts) != 0 {
			t.Errorf("the old one finds %v, %v", h.Contacts, err)
		}
		if h, err = p.Says(t.Context(), ana.ID, again, fresh, idx); err != nil || len(h.Contacts) != 2 {
			t.Errorf("the new one finds %v, %v", h.Contacts, err)
		}
		must(t, w.Book.EraseNow(t.Context(), hotline.Machine, again))
		if n := w.Count(t, `SELECT count(*) FROM phrase_try`); n != 0 {
			t.Errorf("%d tries left of words that are erased", n)
		}
		must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return safety.Forget(tx, again) }))
		if h, err = p.Says(t.Context(), ana.ID, first, fresh, idx); err != nil || len(h.Contacts) != 1 || h.Contacts[0] != first {
			t.Errorf("when all of one is forgotten, it finds %v, %v", h.Contacts, err)
		}
	})
}

// A phrase that somebody has already is given to nobody else: another one is drawn.
func TestNobodySharesAPhrase(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		p := phrases(t, w)
		ana := w.Hire(t, hotline.Advocate)
		hers, another := w.Arrive(t, "hers").Contact, w.Arrive(t, "another").Contact
		idx := index(t, w, ana)
		first, err := p.Make(t.Context(), ana.ID, hers, idx, "en")
		must(t, err)
		draws := 0
		again := safety.Index{Epoch: 1, Of: func(phrase string) []byte {
			if draws++; draws == 1 { // chance draws the same two words
				phrase = safety.Same(first)
			}
			return idx.Of(phrase)
		}}
		_, err = p.Make(t.Context(), ana.ID, another, again, "en")
		must(t, err)
		h, err := p.Says(t.Context(), ana.ID, another, first, idx)
		must(t, err)
		if draws != 2 || len(h.Contacts) != 1 || h.Contacts[0] != hers {
			t.Errorf("after %d draws the first phrase finds %v", draws, h.Contacts)
		}
	})
}

// The lists that are shipped are ones, in each language.
func TestShippedLists(t *testing.T) {
	t.Parallel()
	shipped := safety.Shipped()
	for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
		words, err := safety.ParseWords(shipped[safety.WordsKey(lang)])
		if err != nil || len(words) < 512 {
			t.Errorf("%s: %d words, %v", lang, len(words), err)
		}
		if _, err := safety.ParseCover(shipped[safety.CoverKey(lang)]); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	few, err := json.Marshal([]string{"one", "two words", "One", "x", "öne"})
	must(t, err)
	if _, err := safety.ParseWords(string(few)); err == nil || strings.Count(err.Error(), "edition.fault") != 5 {
		t.Errorf("a bad list: %v", err)
	}
	if err := safety.CheckCover(`{"questions":["?"],"stories":[],"endings":[" "]}`); err == nil {
		t.Error("cover words without a story are none")
	}
}

// How a phrase is written does not count; which words it has does.
func TestSamePhrase(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"abeja montaña", "Montana  ABEJA", "montaña, abeja."}, {"œuf bûche", "buche oeuf"}, {"شَجَرَة أرنب", "ارنب شجره", "شجـرة أرنب"},
	} {
		for _, s := range same {
			if got, want := safety.Same(seal.Conceal(s)), safety.Same(seal.Conceal(same[0])); got != want {
				t.Errorf("%q is not %q", s, same[0])
			}
		}
	}
	if safety.Same(seal.Conceal("abeja")) == safety.Same(seal.Conceal("abeja montaña")) || safety.Same(seal.Conceal("ab eja")) == safety.Same(seal.Conceal("abeja")) {
		t.Error("other words are the same")
	}
}

// Of two contacts of one person the stricter rules hold.
func TestStricter(t *testing.T) {
	t.Parallel()
	yes := contact.Terms{May: contact.Yes}
	now := contact.Safety{Safe: contact.Yes, Name: "M", Ways: map[contact.Way]contact.Terms{
		contact.ByText: yes, contact.ByCall: {May: contact.Yes, Days: []int{1, 2}, From: 600, To: 660}, contact.ByMail: {May: contact.Yes, Days: []int{1}},
	}}
	before := contact.Safety{Safe: contact.No, Name: "N", Promised: "a place", Ways: map[contact.Way]contact.Terms{
		contact.ByText: {May: contact.No}, contact.ByCall: {May: contact.Yes, Days: []int{2, 3}, From: 540, To: 720}, contact.ByMail: {May: contact.Yes, Days: []int{2}}, contact.BySocial: {May: contact.No},
	}}
	got := safety.Stricter(now, before)
	call := got.Ways[contact.ByCall]
	if got.Safe != contact.Yes || got.Name != "M" || got.Promised != "a place" || got.Ways[contact.ByText].May != contact.No || got.Ways[contact.BySocial].May != contact.No ||
		got.Ways[contact.ByMail].May != contact.No || len(call.Days) != 1 || call.From != 600 || call.To != 660 {
		t.Errorf("got %d ways", len(got.Ways))
	}
	if len(now.Ways) != 3 || len(before.Ways) != 4 {
		t.Error("what it was made of has changed")
	}
}

// What is left of the hours of two contacts of one person allows no minute that either of
// them forbids, and is nothing only where they have none in common.
func TestStricterHours(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	terms := func() contact.Terms {
		c := contact.Terms{May: contact.Yes}
		for d := range 7 {
			if r.IntN(2) == 0 {
				c.Days = append(c.Days, d)
			}
		}
		if r.IntN(3) == 0 {
			c.Days = nil
		}
		if r.IntN(4) > 0 {
			c.From, c.To = r.IntN(24)*60, r.IntN(24)*60
		}
		return c
	}
	monday := time.Date(2026, 11, 30, 0, 30, 0, 0, time.UTC)
	row := contact.Contact{Channel: hotline.Text, State: contact.Live}
	for range 2_000 {
		rules := [2]contact.Safety{}
		for i := range rules {
			rules[i] = contact.Safety{Safe: contact.Yes, Ways: map[contact.Way]contact.Terms{contact.ByText: terms()}}
		}
		got, some, left := safety.Stricter(rules[0], rules[1]), false, false
		for hour := range 7 * 24 {
			allows := func(s contact.Safety) bool {
				return safety.Refuses(row, contact.Head{Safety: s}, contact.ByText, monday.Add(time.Duration(hour)*time.Hour)) == nil
			}
			both, out := allows(rules[0]) && allows(rules[1]), allows(got)
			if out && !both {
				t.Fatalf("%v and %v are %v: allows hour %d", rules[0].Ways, rules[1].Ways, got.Ways, hour)
			}
			some, left = some || both, left || out
		}
		if some != left {
			t.Fatalf("%v and %v are %v", rules[0].Ways, rules[1].Ways, got.Ways)
		}
	}
}
