package session

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// Quiet is how long a session may be left alone before it locks. The desk locks by
// itself, since it sees her keys; this is for pages without a script.
const Quiet = 15 * time.Minute

// idle knows when each session was last used on this node. One that it does not
// know counts as used: a restart locks nobody.
type idle struct {
	clock func() time.Time

	mu   sync.Mutex
	seen map[[sha256.Size]byte]use
}

type use struct {
	at   time.Time
	open int // requests that have not ended: a desk's socket is one
}

// begin notes a request, and reports whether the session had been left alone. end
// is called when the request ends.
func (i *idle) begin(tok vault.Token) (alone bool, end func()) {
	name := sha256.Sum256(tok)
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.clock()
	if i.seen == nil {
		i.seen = map[[sha256.Size]byte]use{}
	}
	u, known := i.seen[name]
	alone = known && u.open == 0 && now.Sub(u.at) > Quiet
	i.seen[name] = use{now, u.open + 1}
	return alone, func() { i.end(name) }
}

func (i *idle) end(name [sha256.Size]byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.clock()
	i.seen[name] = use{now, i.seen[name].open - 1}
	const life = 12 * time.Hour // of a session
	for other, u := range i.seen {
		if u.open == 0 && now.Sub(u.at) > life {
			delete(i.seen, other)
		}
	}
}

// forget makes a session count as used.
func (i *idle) forget(tok vault.Token) {
	i.mu.Lock()
	defer i.mu.Unlock()
	name := sha256.Sum256(tok)
	if u, ok := i.seen[name]; ok {
		i.seen[name] = use{i.clock(), u.open}
	}
}
