package retention

import (
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// sought is one line of what a search looks for.
type sought struct {
	words  []string
	digits string // of a number, where it has enough of them
}

// fewDigits is how many digits a number has at least that is compared as one.
const fewDigits = 6

// matcher makes what looks for the words of a search: whoever reads it decides what is
// meant, so it finds rather too much. All words of a line must be there, in any order,
// without accents, capitals and what phones write in several ways; those of four letters
// and more may stand inside another. A number is found by its digits, with or without
// what stands before it.
func matcher(typed seal.Text) (func(vault.Sealed, seal.Text) bool, error) {
	lines, err := policy.Sought(plain(typed))
	if err != nil {
		return nil, err
	}
	var all []sought
	for _, line := range lines {
		s := sought{words: routing.Folded(line)}
		if d := onlyDigits(line); len(d) >= fewDigits && len(d)*2 > len(strings.ReplaceAll(line, " ", "")) {
			s.digits = strings.TrimLeft(d, "0")
		}
		all = append(all, s)
	}
	return func(row vault.Sealed, t seal.Text) bool {
		text := plain(t)
		if row.Table == "contact" && row.Column == "head" {
			head, err := contact.ParseHead(t, row.Version)
			if err != nil {
				return false
			}
			text = head.Named()
		}
		words := routing.Folded(text)
		digits := onlyDigits(text)
		for _, s := range all {
			if s.in(words) || len(s.digits) >= fewDigits-1 && strings.Contains(digits, s.digits) {
				return true
			}
		}
		return false
	}, nil
}

// in reports whether all words of the line are among others.
func (s sought) in(words []string) bool {
	for _, w := range s.words {
		found := false
		for _, have := range words {
			if have == w || len([]rune(w)) >= 4 && strings.Contains(have, w) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return len(s.words) > 0
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// plain reads what the machine compares, and nothing keeps.
func plain(t seal.Text) string { return t.Reveal() }
