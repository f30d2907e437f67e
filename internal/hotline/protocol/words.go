package protocol

import (
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/form"
)

// Languages lists the languages in which anything of the protocol is written, in order.
func (p Protocol) Languages() []string {
	all := map[string]bool{}
	p.each(func(_ string, words map[string]form.Words) {
		for lang := range words {
			all[lang] = true
		}
	})
	return slices.Sorted(maps.Keys(all))
}

// Unsaid lists what has no words of its own in a language, for whoever is about to
// publish: it is then shown in another one.
func (p Protocol) Unsaid(lang string) (out []string) {
	p.each(func(what string, words map[string]form.Words) {
		if words[lang].Label == "" {
			out = append(out, what)
		}
	})
	return out
}

// each goes through all that has words.
func (p Protocol) each(do func(what string, words map[string]form.Words)) {
	do("name", p.Words)
	for _, s := range p.Steps {
		do(s.ID, s.Words)
		for _, o := range s.Options {
			do(s.ID+" "+o.Code, o.Words)
		}
	}
}
