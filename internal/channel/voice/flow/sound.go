package flow

import (
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
)

// A Sound tells of the sound of some words in a language, without it.
type Sound struct {
	Lang, Words string
	Machine     bool // a draft that a machine has spoken
	Length      time.Duration
	At          int64
	By          hotline.PersonID // who has brought it; empty for a machine's
}

// Longest is how long the sound of words may be.
const Longest = 60 * time.Second

// LongestExpect is how long the words on what to expect may be.
const LongestExpect = 20 * time.Second
