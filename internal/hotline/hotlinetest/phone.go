package hotlinetest

import (
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Phones are the telephones of a process: which callers' lines end in it, and whose browser
// speaks with it.
type Phones struct {
	mu    sync.Mutex
	lines map[hotline.ContactID]bool
	fresh map[hotline.PersonID]bool
}

// NewPhones is a process without a telephone.
func NewPhones() *Phones {
	return &Phones{lines: map[hotline.ContactID]bool{}, fresh: map[hotline.PersonID]bool{}}
}

// Holds implements contact.Telephones.
func (p *Phones) Holds(id hotline.ContactID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines[id]
}

// Fresh implements contact.Telephones.
func (p *Phones) Fresh(id hotline.PersonID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fresh[id]
}

// Line puts a caller's line up, or takes it down.
func (p *Phones) Line(id hotline.ContactID, up bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines[id] = up
}

// Connect connects telephones of the staff.
func (p *Phones) Connect(of ...*Person) { p.set(true, of) }

// Disconnect takes them away, as a browser does that is closed.
func (p *Phones) Disconnect(of ...*Person) { p.set(false, of) }

func (p *Phones) set(fresh bool, of []*Person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, who := range of {
		p.fresh[who.ID] = fresh
	}
}

// Call is somebody who calls from a number, when the call flow has asked her nothing but
// her language. Her line is up, and held by this process.
func (w *World) Call(tb testing.TB, from string) contact.Contact {
	tb.Helper()
	return w.CallAs(tb, contact.Calling{Lang: "en", From: seal.Conceal(from)})
}

// CallAs is Call with what she chose.
func (w *World) CallAs(tb testing.TB, in contact.Calling) contact.Contact {
	tb.Helper()
	c, err := w.Book.Call(tb.Context(), in)
	Must(tb, err)
	w.Phones.Line(c.ID, true)
	return c
}
