package hotlinetest

import (
	"context"
	"strings"
	"sync"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// DangerWord in a message is danger to a [Place].
const DangerWord = "knife"

// A Place puts every new contact into one place, which a test may change.
type Place struct {
	mu     sync.Mutex
	placed contact.Placed
}

// NewPlace is the queue [Night], open, urgency 3.
func NewPlace() *Place {
	return &Place{placed: contact.Placed{Queue: Night, Urgency: 3, Open: true}}
}

// Set changes where contacts go from now on.
func (p *Place) Set(to contact.Placed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.placed = to
}

// Open opens or closes the line.
func (p *Place) Open(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.placed.Open = open
}

// Look finds danger by one word.
func (p *Place) Look(words seal.Text, lang string) contact.Codes {
	return contact.Codes{Danger: strings.Contains(reveal(words), DangerWord), Path: hotline.Unknown, Lang: lang}
}

// Urgency is as it is set, but for danger, and for a tip, which comes three classes later.
func (p *Place) Urgency(c contact.Contact) hotline.Urgency {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Danger {
		return 0
	}
	if c.Path == hotline.Tip {
		return p.placed.Urgency + 3
	}
	return p.placed.Urgency
}

// At puts danger first and leaves the rest as it is set.
func (p *Place) At(_ context.Context, _ hotline.Channel, c contact.Codes) (contact.Placed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.placed
	if c.Danger {
		at.Urgency = 0
	}
	return at, nil
}

// reveal is where this package reads words.
func reveal(t seal.Text) string { return t.Reveal() }
