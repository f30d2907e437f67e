// Package station is the advocate's end of a call: her browser, joined by one standing WebRTC
// connection for the whole shift, so that a call that rings only has to be bridged.
//
// It promises that all browsers come in by one port (UDP, and TCP where a firewall lets no UDP
// through), that a person has one station however often her page is loaded, that the newest
// connection is the one that counts, and that a station counts as fresh only while her sound
// truly arrives. Sound is always encrypted, is never kept, and what a browser says of itself (its
// offer, its addresses) is in no error and no log.
package station

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Config says where browsers send their sound.
type Config struct {
	Listen string // "192.0.2.5:5070", UDP and TCP alike; an empty host is every address
	Public string // the address that browsers see, where it is another one
}

const (
	// Lifetime of a silent connection: a browser that is closed says so, one that is killed is
	// noticed by its sound long before this.
	disconnected = 3 * time.Second
	failed       = 12 * time.Second
	keepalive    = 2 * time.Second
	// beginning is how long a connection may take to come about.
	beginning = 20 * time.Second
	// fresh is how old the newest packet may be of a station that counts.
	fresh = time.Second
	// looking is how often what counts as fresh is looked at.
	looking = 200 * time.Millisecond
)

// ErrClosed is the answer of what has ended.
var ErrClosed = errors.New("station: closed")

// Stations are the stations of this process.
type Stations struct {
	api   *webrtc.API
	ports *ports
	now   func() time.Time
	log   *slog.Logger
	wake  chan struct{}
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	last     int64 // newest generation
	people   map[hotline.PersonID]*Station
	onChange []func(hotline.PersonID, bool)
}

// New opens the port. Close ends everything.
func New(cfg Config, now func() time.Time, log *slog.Logger) (*Stations, error) {
	p, err := listen(cfg.Listen)
	if err != nil {
		return nil, err
	}
	api, err := engine(p, cfg.Public, now)
	if err != nil {
		p.close()
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Stations{api: api, ports: p, now: now, log: log, wake: make(chan struct{}, 1), stop: stop, people: map[hotline.PersonID]*Station{}}
	s.done.Go(func() { s.watch(ctx) })
	return s, nil
}

// Port is the one that all browsers use.
func (s *Stations) Port() int { return s.ports.number }

// Connect answers a browser's offer. The connection is the person's newest from then on: the one
// before is let go. Generations only grow, also over a restart. An offer that is none is
// [ErrOffer].
func (s *Stations) Connect(ctx context.Context, person hotline.PersonID, offer string) (answer string, generation int64, err error) {
	offer, err = checked(offer)
	if err != nil {
		return "", 0, err
	}
	st, c, err := s.begin(person)
	if err != nil {
		return "", 0, err
	}
	answer, err = c.answer(ctx, offer)
	if err != nil {
		st.drop(c.generation)
		return "", 0, err
	}
	return answer, c.generation, nil
}

// begin puts a new connection in the place of the one that a person has. It does so under the
// lock: of two at once the later counts, and none is missed by Close.
func (s *Stations) begin(person hotline.PersonID) (*Station, *conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	s.last = max(s.last+1, s.now().UnixMilli())
	generation := s.last
	st, ok := s.people[person]
	if !ok {
		st = &Station{of: s, person: person}
		s.people[person] = st
	}
	c, err := newConn(st, generation)
	if err != nil {
		return nil, nil, err
	}
	st.replace(c)
	s.look()
	return st, c, nil
}

// Disconnect lets a person's connection go, if it is still that one; 0 is whichever it is.
func (s *Stations) Disconnect(person hotline.PersonID, generation int64) {
	if st, ok := s.Of(person); ok {
		st.drop(generation)
	}
}

// Of returns a person's station, which stays the same through all her connections; false is one
// that has never connected here.
func (s *Stations) Of(person hotline.PersonID) (*Station, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.people[person]
	return st, ok
}

// OnChange calls f when a station becomes fresh or is so no more, and when its connection is
// another one. f never waits, and it is told before anything connects.
func (s *Stations) OnChange(f func(person hotline.PersonID, fresh bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, f)
}

// Close ends every connection and waits for all of them.
func (s *Stations) Close() {
	s.mu.Lock()
	s.closed = true
	all := s.all()
	s.mu.Unlock()
	for _, st := range all {
		st.drop(0)
	}
	s.stop()
	s.done.Wait()
	s.ports.close()
}

// all lists the stations; the caller holds the lock.
func (s *Stations) all() []*Station {
	out := make([]*Station, 0, len(s.people))
	for _, st := range s.people {
		out = append(out, st)
	}
	return out
}

// look has the watch look at once.
func (s *Stations) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// watch tells of what has changed, until it is ended.
func (s *Stations) watch(ctx context.Context) {
	tick := time.NewTicker(looking)
	defer tick.Stop()
	for {
		s.mu.Lock()
		all, tell := s.all(), s.onChange
		s.mu.Unlock()
		for _, st := range all {
			if is, changed := st.changed(); changed {
				for _, f := range tell {
					f(st.person, is)
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}
