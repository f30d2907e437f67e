package desk

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// lone is how long a telephone goes on while no desk of its person is connected: sound goes beside
// the socket, and a line that is lost for a moment takes no call with it.
const lone = 6 // beats

// plugged is a browser that is a telephone: by whose session, and for how many beats that person
// has had no desk here.
type plugged struct {
	token  vault.Token
	missed int
}

// rang is called by the telephone. It never waits.
func (h *hub) rang(person hotline.PersonID) {
	for _, c := range h.all() {
		if c.id == person {
			c.rang()
		}
	}
}

// plug notes that a desk's browser is its person's telephone.
func (h *hub) plug(c *console) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.phones[c.id] = plugged{token: c.token}
}

// unplug ends the telephone of a session that has ended: who may not read may not hear.
func (h *hub) unplug(person hotline.PersonID, token vault.Token) {
	h.mu.Lock()
	p, ok := h.phones[person]
	if ok = ok && slices.Equal(p.token, token); ok {
		delete(h.phones, person)
	}
	h.mu.Unlock()
	if ok {
		h.d.Phone.Disconnect(person, 0)
	}
}

// unplugLone ends the telephones of those who have had no desk here for too long.
func (h *hub) unplugLone(here map[hotline.PersonID]bool) {
	gone := map[hotline.PersonID]vault.Token{}
	h.mu.Lock()
	for person, p := range h.phones {
		if p.missed++; here[person] {
			p.missed = 0
		}
		h.phones[person] = p
		if p.missed > lone {
			gone[person] = p.token
		}
	}
	h.mu.Unlock()
	for person, token := range gone {
		h.unplug(person, token)
	}
}
