package emergency

import (
	"cmp"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Fit is how well words fit a place, the best first.
type Fit int

// The fits.
const (
	Exact Fit = iota // the words stand in the table
	Spelt            // but for a letter or two
	Part             // some of them do
	Wider            // none: it is where those that were found lie
)

// String is the fit's word in the catalogue.
func (f Fit) String() string {
	return [...]string{"exact", "spelt", "part", "wider"}[f]
}

// A Match is a place that words may mean. In names where it lies, the nearest first.
type Match struct {
	Place Place
	Fit   Fit
	By    string // what of the table it was found by; empty where it is the wider one
	Near  bool   // which is a landmark
	In    []string
}

// MaxFound is how many places are shown.
const MaxFound = 8

// maxTyped is how many words are looked at.
const maxTyped = 100

// Find looks for the places that rough words may mean: a name, a landmark, both, in any
// language of the table, whatever the accents and forms of letters, misspelt by a letter
// or two, "near the …". All that fit are returned, the best first and of two that fit as
// well the one whose town was named too; the last is the place that all of them lie in.
// Nothing is chosen for anybody.
func (t Table) Find(words seal.Text) []Match {
	said := words.Reveal()
	if len(said) > 1000 {
		said = strings.ToValidUTF8(said[:1000], "")
	}
	typed := apart(said)
	typed = typed[:min(len(typed), maxTyped)]
	return t.rank(t.fitting(typed))
}

// found is how a place fits so far.
type found struct {
	Match
	place   int
	letters int // of the words that fitted
	named   int // how many of its own name and of the places that it lies in were named too
}

// fitting takes of each place the words that fit best.
func (t Table) fitting(typed []string) []found {
	best, named := map[int]found{}, map[int]bool{}
	for _, m := range t.terms {
		fit, letters := m.fits(typed)
		if fit == Wider {
			continue
		}
		named[m.place] = named[m.place] || !m.near && fit != Part
		f := found{Match: Match{Place: t.Places[m.place], Fit: fit, By: m.listed, Near: m.near}, place: m.place, letters: letters}
		if was, ok := best[m.place]; !ok || f.better(was) < 0 {
			best[m.place] = f
		}
	}
	var out []found
	for _, f := range best {
		for i, p := range t.up(f.Place.Code) {
			if i > 0 {
				f.In = append(f.In, p.Name())
			}
			if named[t.at[p.Code]] {
				f.named++
			}
		}
		out = append(out, f)
	}
	return out
}

// better compares two by the words alone.
func (f found) better(g found) int {
	return cmp.Or(cmp.Compare(f.Fit, g.Fit), cmp.Compare(g.letters, f.letters), cmp.Compare(f.By, g.By))
}

// rank orders what was found, and adds where it all lies.
func (t Table) rank(all []found) []Match {
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Fit, b.Fit), cmp.Compare(b.named, a.named), a.better(b), cmp.Compare(a.place, b.place))
	})
	var out []Match
	for _, f := range all[:min(len(all), MaxFound)] {
		out = append(out, f.Match)
	}
	if len(out) == 0 {
		return nil
	}
	for _, p := range t.up(out[0].Place.Code)[1:] {
		holds := func(m Match) bool { return t.within(m.Place.Code, p.Code) }
		if !slices.ContainsFunc(out, func(m Match) bool { return !holds(m) }) {
			if !slices.ContainsFunc(out, func(m Match) bool { return m.Place.Code == p.Code }) {
				wider := Match{Place: p, Fit: Wider}
				for _, q := range t.up(p.Code)[1:] {
					wider.In = append(wider.In, q.Name())
				}
				out = append(out, wider)
			}
			break
		}
	}
	return out
}

// A term is one thing that a place is found by.
type term struct {
	place  int
	near   bool
	listed string
	words  []string
	joined string
}

func termsOf(all []Place) (out []term) {
	for i, p := range all {
		for j, s := range append(slices.Clone(p.Names), p.Near...) {
			w := tokens(s)
			out = append(out, term{i, j >= len(p.Names), s, w, strings.Join(w, "")})
		}
	}
	return out
}

// fits says how what was typed fits, and how many letters of the term did. [Wider]
// stands for not at all.
func (m term) fits(typed []string) (Fit, int) {
	together := m.together(typed)
	if together == Exact {
		return Exact, letters(m.joined)
	}
	worst, fitted, all, long := Exact, 0, 0, false
	for _, w := range m.words {
		fit := Wider
		for _, s := range typed {
			fit = min(fit, alike(w, s))
		}
		n := letters(w)
		all += n
		if fit != Wider {
			fitted += n
			long = long || n >= enough(w)
		}
		worst = max(worst, fit)
	}
	switch {
	case worst < Part:
		return worst, fitted
	case together != Wider:
		return together, letters(m.joined)
	case long && 2*fitted >= all:
		return Part, fitted
	}
	return Wider, 0
}

// together finds a term that was written in one, or torn apart: "harbourtown", "fish
// market", "fishmarket".
func (m term) together(typed []string) Fit {
	best := Wider
	if letters(m.joined) < 5 {
		return best
	}
	for i := range typed {
		s := ""
		for _, next := range typed[i:min(len(typed), i+4)] {
			s += next
			switch {
			case s == m.joined:
				return Exact
			case near([]rune(m.joined), []rune(s), 1): // of a part of it more would be missing
				best = Spelt
			}
		}
	}
	return best
}

// alike compares two words. The beginning of one counts as a part of it, so that there
// is something to see while she still types.
func alike(w, s string) Fit {
	switch {
	case w == s:
		return Exact
	case near([]rune(w), []rune(s), slips(w)):
		return Spelt
	case letters(s) >= enough(s) && 2*letters(s) >= letters(w) && strings.HasPrefix(w, s):
		return Part
	}
	return Wider
}

// slips is how many letters of a word may be wrong: none of a short one, which would be
// another word.
func slips(w string) int {
	switch n := letters(w); {
	case n < 4:
		return 0
	case n < 7:
		return 1
	}
	return 2
}

// enough is how many letters say something by themselves. Arabic writes fewer.
func enough(w string) int {
	if arabic(w) {
		return 3
	}
	return 4
}
