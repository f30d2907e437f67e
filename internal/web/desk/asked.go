package desk

import (
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// ask is a level of privacy that a caller asked for on her own page, and the message
// in which she did.
type ask struct {
	level contact.Privacy
	seq   int64
}

// asked reads what words of hers ask of us, and gives back what people read of them.
func (s *shown) asked(row seal.Sealed, words seal.Text) seal.Text {
	level, said := policy.Asked(words)
	if level != "" && row.Seq > s.ask.seq {
		s.ask = ask{contact.Privacy(level), row.Seq}
	}
	return said
}
