package front

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// topicStream says that a log was opened: an older one of the same browser ends,
// on whichever node it is. Six open logs would block the button that leaves.
const topicStream = "stream"

// streams are the logs that are open on this node: one for each contact and
// browser.
type streams struct {
	mu       sync.Mutex
	open     map[token]*stream
	names    map[string]token // by the name that the bus uses
	watching map[hotline.ContactID]map[*stream]bool
	replaced map[string]bool // pages whose log another page has taken over
}

// A stream is one open log.
type stream struct {
	token   token
	page    string // the one-time id of the page around it
	contact hotline.ContactID
	number  int64         // when it was opened: of two of one browser the newer one goes on
	changed chan struct{} // the contact may have changed
	place   chan struct{} // the queue may have moved
	typing  chan struct{} // somebody of the line is writing
	over    chan struct{} // closed when it has to end
	taken   bool          // another page has taken over; read after over
	ended   bool
}

func newStreams() *streams {
	return &streams{
		open: map[token]*stream{}, names: map[string]token{},
		watching: map[hotline.ContactID]map[*stream]bool{}, replaced: map[string]bool{},
	}
}

// nameOf names a token on the bus; it leads back to nothing.
func nameOf(t token) string {
	sum := sha256.Sum256(append([]byte("stream\x00"), t[:]...))
	return hex.EncodeToString(sum[:16])
}

// rememberReplaced bounds how many pages are known to have been replaced.
const rememberReplaced = 10_000

// begin opens a log and ends an older one of the same browser. ok is false where
// the page has lost its log to another one and does not ask for it back.
func (s *streams) begin(t token, page string, id hotline.ContactID, take bool, now time.Time) (_ *stream, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if take {
		delete(s.replaced, page)
	}
	if page != "" && s.replaced[page] {
		return nil, false
	}
	number := now.UnixNano()
	if old := s.open[t]; old != nil {
		number = max(number, old.number+1)
		s.finish(old, old.page != page)
	}
	one := &stream{
		token: t, page: page, contact: id, number: number,
		changed: make(chan struct{}, 1), place: make(chan struct{}, 1), typing: make(chan struct{}, 1), over: make(chan struct{}),
	}
	s.open[t], s.names[nameOf(t)] = one, t
	if s.watching[id] == nil {
		s.watching[id] = map[*stream]bool{}
	}
	s.watching[id][one] = true
	return one, true
}

// finish takes a log out and tells it to end. The lock is held.
func (s *streams) finish(one *stream, taken bool) {
	if one.ended {
		return
	}
	one.ended, one.taken = true, taken
	if taken && one.page != "" {
		if len(s.replaced) >= rememberReplaced {
			clear(s.replaced)
		}
		s.replaced[one.page] = true
	}
	if s.open[one.token] == one {
		delete(s.open, one.token)
		delete(s.names, nameOf(one.token))
	}
	delete(s.watching[one.contact], one)
	if len(s.watching[one.contact]) == 0 {
		delete(s.watching, one.contact)
	}
	close(one.over)
}

// done takes a log out whose reader has gone.
func (s *streams) done(one *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish(one, false)
}

// leave ends the log of a browser.
func (s *streams) leave(t token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.open[t]; one != nil {
		s.finish(one, false)
	}
}

// hear takes a hint of the bus.
func (s *streams) hear(h bus.Hint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch h.Topic {
	case contact.TopicContact:
		for one := range s.watching[hotline.ContactID(h.ID)] {
			poke(one.changed)
		}
	case contact.TopicTyping:
		for one := range s.watching[hotline.ContactID(h.ID)] {
			if h.Seq == 0 { // not herself
				poke(one.typing)
			}
		}
	case contact.TopicQueue:
		for _, one := range s.open {
			poke(one.place)
		}
	case bus.Missed:
		for _, one := range s.open {
			poke(one.changed)
		}
	case topicStream:
		// A hint may be late: one of an older log ends nothing.
		if t, ok := s.names[h.ID]; ok && s.open[t].number < h.Seq {
			s.finish(s.open[t], true)
		}
	}
}

// poke tells without waiting; who has been told already is told once.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
