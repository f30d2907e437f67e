package routing

import (
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Look is what a first look leaves of words: codes only.
type Look struct {
	Danger, Minor bool
	Path          hotline.Path // Unknown where nothing was seen
	Lang          string       // what she chose, else a guess, else ""
	Says          Command      // where the whole message is one
}

// A Command is a message that is nothing but a word for channels. Carriers take
// several of them, END among them, as a wish to be written to no more.
type Command string

// The commands.
const (
	None Command = ""
	Stop Command = "stop" // write to me no more
	End  Command = "end"  // this conversation is over
)

// FirstLook finds words of danger, of a minor and of the path in what comes in.
// It is a guess that puts somebody earlier or later in a queue, never a decision
// about her: it can miss, and it can be alarmed by nothing. Several goroutines
// may use one at the same time.
type FirstLook struct {
	m         *matcher
	languages []string
}

// NewFirstLook makes one of lists. All of them count in every message, since
// people write in two languages at once.
func NewFirstLook(lists ...WordList) (*FirstLook, error) {
	m, err := compile(lists)
	if err != nil {
		return nil, err
	}
	l := &FirstLook{m: m}
	for _, w := range lists {
		l.languages = append(l.languages, w.Language)
	}
	return l, nil
}

// Look takes a first look at words. lang is the language she chose, or empty;
// only then it is guessed. Its time is bounded, whatever the words.
func (l *FirstLook) Look(t seal.Text, lang string) Look { return l.look(t.Reveal(), lang) }

// hit is an expression found.
type hit struct {
	x        *expression
	from, to int
}

// maxHits bounds what one text can make us keep.
const maxHits = 4096

func (l *FirstLook) look(s, lang string) Look {
	words := fold(s)
	hits, guarded := l.find(words)
	out := Look{Path: hotline.Unknown, Lang: tongue(lang)}
	if n := len(words); n > 0 && n <= maxElements {
		out.Says = l.m.whole[sentence(words)]
	}
	score := make([]int, len(l.languages))
	var strong, weak tally
	for _, h := range hits {
		score[h.x.list] += 2
		c := h.x.codes
		for i := h.from; i < h.to; i++ {
			c &^= guarded[i]
		}
		out.Danger = out.Danger || c&codeDanger != 0
		out.Minor = out.Minor || c&codeMinor != 0
		if h.x.weak {
			weak.add(c, h)
		} else {
			strong.add(c, h)
		}
	}
	if out.Path = strong.path(); out.Path == hotline.Unknown {
		out.Path = weak.path()
	}
	if lang == "" {
		out.Lang = l.guess(s, words, score)
	}
	return out
}

// find returns the expressions found, and the codes that do not count at each word.
func (l *FirstLook) find(words []word) (hits []hit, guarded []codes) {
	guarded = make([]codes, len(words))
	l.m.know(words)
	first := 0
	for first < len(words) && words[first].sign {
		first++
	}
	for i := range words {
		l.m.each(&words[i], func(x *expression) {
			if x.start && i != first || !x.always && !x.guard && l.negated(x, words, i) {
				return
			}
			end, ok := l.m.match(x, words, i)
			switch {
			case !ok:
			case x.guard:
				for j := i; j < end; j++ {
					guarded[j] |= x.codes
				}
			case len(hits) < maxHits:
				hits = append(hits, hit{x, i, end})
			}
		})
	}
	return hits, guarded
}

// negated reports whether a "not" stands right before word i.
func (l *FirstLook) negated(x *expression, words []word, i int) bool {
	return i > 0 && words[i].before == joined && l.m.denies(x.list, &words[i-1])
}

// tally counts the words that speak for each path.
type tally struct{ self, other, tip, info int }

func (t *tally) add(c codes, h hit) {
	n := h.to - h.from
	if c&codeSelf != 0 {
		t.self += n
	}
	if c&codeOther != 0 {
		t.other += n
	}
	if c&codeTip != 0 {
		t.tip += n
	}
	if c&codeInfo != 0 {
		t.info += n
	}
}

// path prefers what makes us faster: whoever speaks of herself is never taken for
// a tip.
func (t *tally) path() hotline.Path {
	switch {
	case t.self > 0 && t.self >= t.other:
		return hotline.Self
	case t.other > 0 && t.other >= t.tip:
		return hotline.Other
	case t.tip > 0 && t.self == 0:
		return hotline.Tip
	case t.other > 0:
		return hotline.Other
	case t.info > 0:
		return Info
	}
	return hotline.Unknown
}
