package flow

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// A Reader reads what is in force, and keeps it read until somebody publishes.
type Reader struct {
	book *edition.Book

	mu      sync.Mutex
	counter int64
	read    *InForce
}

// InForce is all of the telephone's editions that is in force: the line's own, or what
// came with the program.
type InForce struct {
	Flow    Flow
	Number  int64 // of the flow's edition; 0 is the shipped one
	Numbers Numbers
	Pieces  map[string]map[string]string // by language and name
}

// NewReader returns a reader of a line's editions.
func NewReader(book *edition.Book) *Reader { return &Reader{book: book} }

// InForce returns what is in force. It is shared: nobody changes it.
func (r *Reader) InForce(ctx context.Context) (*InForce, error) {
	n := r.book.Counter(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read != nil && r.counter == n {
		return r.read, nil
	}
	all := &InForce{Pieces: map[string]map[string]string{}}
	body, number, err := r.body(ctx, Key(), Shipped())
	if err != nil {
		return nil, err
	}
	if all.Flow, err = Parse(body); err != nil {
		return nil, err
	}
	all.Number = number
	if body, _, err = r.body(ctx, NumbersKey(), `{"rows":[]}`); err != nil {
		return nil, err
	}
	if all.Numbers, err = ParseNumbers(body); err != nil {
		return nil, err
	}
	pieces := ShippedPieces()
	for _, k := range r.book.Names(KindPieces) {
		if pieces[k.Lang], _, err = r.body(ctx, k, pieces[k.Lang]); err != nil {
			return nil, err
		}
	}
	for lang, body := range maps.All(pieces) {
		if all.Pieces[lang], err = piecesInForce(body, lang); err != nil {
			return nil, err
		}
	}
	r.read, r.counter = all, n
	return all, nil
}

// body is what is published, or what holds where nothing is.
func (r *Reader) body(ctx context.Context, k edition.Key, shipped string) (string, int64, error) {
	e, err := r.book.Current(ctx, k)
	if errors.Is(err, edition.ErrMissing) {
		return shipped, 0, nil
	}
	return e.Body, e.Number, err
}

// Text is what a prompt says, and in which language: what has no words in hers is said
// in another. It is empty where there are none at all.
func (a *InForce) Text(p Prompt) (words, lang string) {
	if s, ok := a.Flow.Step(p.Name); ok {
		lang = s.spoken(p.Lang)
		return s.Words[lang], lang
	}
	for _, lang := range []string{p.Lang, Fallback} {
		if words := a.Pieces[lang][p.Name]; words != "" {
			return words, lang
		}
	}
	return "", p.Lang
}

// A Saying is words in a language, and where they are said.
type Saying struct{ Name, Lang, Words string }

// Sayings are all that a flow and pieces say, the flow's first, in their order.
func Sayings(f Flow, pieces map[string]map[string]string) (out []Saying) {
	langs := f.Languages()
	for _, s := range f.Steps {
		for _, lang := range langs {
			if s.Words[lang] != "" {
				out = append(out, Saying{s.ID, lang, s.Words[lang]})
			}
		}
	}
	for _, name := range Pieces() {
		for _, lang := range langs {
			if words := pieces[lang][name]; words != "" {
				out = append(out, Saying{name, lang, words})
			}
		}
	}
	return out
}
