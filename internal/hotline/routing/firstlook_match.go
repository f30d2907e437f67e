package routing

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// matcher is several lists, ready to match.
type matcher struct {
	exprs    []expression
	numbers  []map[string]int // by list
	negators map[string]uint64
	common   map[string]uint64
	whole    map[string]Command

	ids map[string]id

	// Which expressions may begin at a word.
	exact  map[string][]int32
	prefix map[string][]int32 // by the first leastPrefix letters
	suffix map[string][]int32 // by the last ones
	bones  map[string][]int32
	number []int32
	counts map[string]bool // words that are numbers in some language
}

// compile makes a matcher of lists, or says what is wrong with them.
func compile(lists []WordList) (*matcher, error) {
	m := &matcher{
		negators: map[string]uint64{}, common: map[string]uint64{}, whole: map[string]Command{},
		ids: map[string]id{}, exact: map[string][]int32{}, prefix: map[string][]int32{}, suffix: map[string][]int32{}, bones: map[string][]int32{}, counts: map[string]bool{},
	}
	var fs edition.Faults
	if len(lists) > 64 {
		fs.Add(0, "", "edition.fault.many", strconv.Itoa(len(lists)))
		return nil, fs.Err()
	}
	for n, l := range lists {
		if !tag(l.Language) {
			fs.Add(0, "language", "edition.fault.language", l.Language)
		}
		m.words(&fs, "negators", l.Negators, func(w string) { m.negators[w] |= 1 << n })
		m.words(&fs, "common", l.Common, func(w string) { m.common[w] |= 1 << n })
		m.wholes(&fs, "stop", l.Stop, Stop)
		m.wholes(&fs, "end", l.End, End)
		m.count(&fs, l.Numbers)
		m.groups(&fs, n, l)
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	m.index()
	return m, nil
}

func (m *matcher) count(fs *edition.Faults, numbers map[string]int) {
	folded := make(map[string]int, len(numbers))
	for text, v := range numbers {
		words := fold(text)
		if len(words) != 1 || v < 0 || v > 999 {
			fs.Add(0, "numbers", "edition.fault.number", text)
			continue
		}
		folded[words[0].text] = v
		m.counts[words[0].text] = true
	}
	m.numbers = append(m.numbers, folded)
}

// words takes a plain list of single words.
func (m *matcher) words(fs *edition.Faults, field string, list []string, take func(string)) {
	for _, text := range list {
		words := fold(text)
		if len(words) != 1 {
			fs.Add(0, field, "edition.fault.word", text)
			continue
		}
		take(words[0].text)
	}
}

func (m *matcher) wholes(fs *edition.Faults, field string, list []string, c Command) {
	for _, text := range list {
		words := fold(text)
		if len(words) == 0 || len(words) > maxElements {
			fs.Add(0, field, "edition.fault.word", text)
			continue
		}
		m.whole[sentence(words)] = c
	}
}

func (m *matcher) groups(fs *edition.Faults, list int, l WordList) {
	n := 0
	for i, g := range l.groupsOf() {
		var c codes
		for _, name := range g.Codes {
			one := codeOf(name)
			if one == 0 {
				fs.Add(i+1, "codes", "edition.fault.unknown", name)
			}
			c |= one
		}
		guard := i >= len(l.Groups)
		if len(g.Codes) == 0 || !guard && count(c&codePaths) > 1 {
			fs.Add(i+1, "codes", "edition.fault.codes", strings.Join(g.Codes, " "))
		}
		for _, text := range g.Expressions {
			if n++; n > maxExpressions {
				fs.Add(i+1, "expressions", "edition.fault.many", strconv.Itoa(n))
				return
			}
			x, fault := parse(text)
			if fault != "" {
				fs.Add(i+1, "expressions", fault, text)
				continue
			}
			x.codes, x.list, x.guard = c, list, guard
			m.exprs = append(m.exprs, x)
		}
	}
}

// id stands for a word that a list names; 0 is none of them.
type id int32

// A sieve says quickly that a word is none of those put into it; it may be wrong in
// the other direction only.
type sieve struct {
	bits [4]uint64
	open bool // everything passes
}

func (s *sieve) put(a atom) {
	if a.how != whole {
		s.open = true
		return
	}
	s.bits[a.id>>6&3] |= 1 << (a.id & 63)
}

func (s *sieve) lets(w *word) bool {
	return s.open || s.bits[w.id>>6&3]&(1<<(w.id&63)) != 0 || w.bare != 0 && s.bits[w.bare>>6&3]&(1<<(w.bare&63)) != 0
}

// name gives the words that the lists name their ids.
func (m *matcher) name() {
	for i := range m.exprs {
		for j := range m.exprs[i].parts {
			e := &m.exprs[i].parts[j]
			for _, atoms := range e.alternates {
				for k := range atoms {
					if a := &atoms[k]; a.how == whole {
						if m.ids[a.text] == 0 {
							m.ids[a.text] = id(len(m.ids) + 1) //nolint:gosec // a list is small
						}
						a.id = m.ids[a.text]
					}
				}
				e.begins.put(atoms[0])
			}
		}
	}
}

// know gives the words of a text their ids.
func (m *matcher) know(words []word) {
	for i := range words {
		w := &words[i]
		w.id = m.ids[w.text]
		if text, ok := w.without(); ok {
			w.bare = m.ids[text]
		}
	}
}

// index notes by which words each expression may begin.
func (m *matcher) index() {
	m.name()
	for i, x := range m.exprs {
		for _, first := range x.parts {
			m.begins(first, int32(i))
			if !first.optional {
				break
			}
		}
	}
}

// begins notes that an expression may begin with an element.
func (m *matcher) begins(e element, at int32) {
	put := func(in map[string][]int32, key string) {
		if has := in[key]; len(has) == 0 || has[len(has)-1] != at {
			in[key] = append(has, at)
		}
	}
	for _, atoms := range e.alternates {
		switch a := atoms[0]; a.how {
		case whole:
			put(m.exact, a.text)
		case prefix:
			put(m.prefix, head(a.text))
		case suffix:
			put(m.suffix, tail(a.text))
		case bones:
			put(m.bones, a.text)
		case counted:
			m.number = append(m.number, at)
		}
	}
}

// head is the first leastPrefix letters of a word, or "" where it has fewer.
func head(w string) string {
	n := 0
	for i := range w {
		if n == leastPrefix {
			return w[:i]
		}
		n++
	}
	if n == leastPrefix {
		return w
	}
	return ""
}

// tail is the last leastPrefix letters of a word, or "" where it has fewer.
func tail(w string) string {
	at := len(w)
	for range leastPrefix {
		_, size := utf8.DecodeLastRuneInString(w[:at])
		if size == 0 {
			return ""
		}
		at -= size
	}
	return w[at:]
}

// without is an Arabic word without the "and" or "so" that is written onto it.
func (w *word) without() (string, bool) {
	if w.arabic && (strings.HasPrefix(w.text, "و") || strings.HasPrefix(w.text, "ف")) && utf8.RuneCountInString(w.text) >= 3 {
		return w.text[len("و"):], true
	}
	return "", false
}

// each calls f for every expression that may begin with w.
func (m *matcher) each(w *word, f func(*expression)) {
	m.from(m.exact[w.text], f)
	m.from(m.prefix[head(w.text)], f)
	m.from(m.suffix[tail(w.text)], f)
	if bare, ok := w.without(); ok {
		m.from(m.exact[bare], f)
		m.from(m.prefix[head(bare)], f)
	}
	if w.num >= 0 || m.counts[w.text] {
		m.from(m.number, f)
	}
	if !w.arabic && !w.sign && len(w.text) <= longest && len(m.bones) > 0 {
		var space [longest + 8]byte
		m.from(m.bones[string(skeleton(space[:0], w.text))], f)
	}
}

// longest is how long a word may be whose consonants are compared.
const longest = 24

func (m *matcher) from(exprs []int32, f func(*expression)) {
	for _, i := range exprs {
		f(&m.exprs[i])
	}
}

// match says where an expression that begins at word i ends; at most one end is
// looked for, the nearest.
func (m *matcher) match(x *expression, words []word, i int) (end int, ok bool) {
	return m.rest(x, words, i, 0, i)
}

func (m *matcher) rest(x *expression, words []word, from, part, i int) (int, bool) {
	if part == len(x.parts) {
		return i, !x.end || rests(words, i)
	}
	e := &x.parts[part]
	if e.gap {
		for skipped := 0; ; skipped++ {
			if end, ok := m.rest(x, words, from, part+1, i+skipped); ok {
				return end, true
			}
			at := i + skipped
			if skipped == gapWords || at >= len(words) || words[at].before == ended || m.denies(x.list, &words[at]) {
				return 0, false
			}
		}
	}
	if i < len(words) && e.begins.lets(&words[i]) {
		for _, atoms := range e.alternates {
			if !m.all(x, words, from, i, atoms) {
				continue
			}
			if end, ok := m.rest(x, words, from, part+1, i+len(atoms)); ok {
				return end, true
			}
		}
	}
	if e.optional {
		return m.rest(x, words, from, part+1, i)
	}
	return 0, false
}

// denies reports whether a word is a "not" in a list's language.
func (m *matcher) denies(list int, w *word) bool {
	in := m.negators[w.text]
	if bare, ok := w.without(); ok {
		in |= m.negators[bare]
	}
	return in&(1<<list) != 0
}

// all reports whether the words from i on are what an alternate asks for.
func (m *matcher) all(x *expression, words []word, from, i int, atoms []atom) bool {
	if i+len(atoms) > len(words) {
		return false
	}
	for n := range atoms {
		if !follows(x, words, from, i+n) || !m.is(&atoms[n], x.list, &words[i+n]) {
			return false
		}
	}
	return true
}

// follows reports whether word i may follow the one before it: an expression does
// not reach over the end of a sentence, unless it is the whole message.
func follows(x *expression, words []word, from, i int) bool {
	return i == from || words[i].before != ended || x.start && x.end
}

// rests reports whether nothing but signs follows.
func rests(words []word, i int) bool {
	return !slices.ContainsFunc(words[i:], func(w word) bool { return !w.sign })
}

// is reports whether a word is what is asked for. list is whose number words count.
func (m *matcher) is(a *atom, list int, w *word) bool {
	switch a.how {
	case whole:
		return a.id == w.id || a.id == w.bare
	case prefix:
		if strings.HasPrefix(w.text, a.text) {
			return true
		}
	case suffix:
		return strings.HasSuffix(w.text, a.text)
	case bones:
		if w.arabic || w.sign || len(w.text) > longest {
			return false
		}
		var space [longest + 8]byte
		return string(skeleton(space[:0], w.text)) == a.text
	case counted:
		n, ok := w.num, w.num >= 0
		if !ok {
			n, ok = m.numbers[list][w.text]
		}
		return ok && n >= a.lo && n <= a.hi
	}
	text, ok := w.without()
	return ok && a.how == prefix && strings.HasPrefix(text, a.text)
}

// sentence is words with one space between them.
func sentence(words []word) string {
	var b strings.Builder
	for _, w := range words {
		if w.sign {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// tag reports whether s looks like a language tag, such as "ar" or "pt-BR".
func tag(s string) bool {
	if len(s) < 2 || len(s) > 35 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || i > 1 && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-')) {
			return false
		}
	}
	return true
}
