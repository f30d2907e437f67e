// Package trunk speaks SIP with the telephone network: it keeps trunks registered and
// watched, takes calls from them, makes calls through the first that works, and keeps
// each call's dialog: holds, session timers, hang-ups, and its continuation by another
// process. It carries no sound; package media does, by the descriptions that are
// passed on here (package sdp).
//
// Whoever is in no trunk's networks gets no answer, and nobody gets more than a
// bucketful: scanners find a SIP port within minutes.
//
// A caller's number is in the memory of her living dialog and in what [Dialog.Saved]
// returns, and nowhere else. No error and no line of the log quotes what came. The
// library underneath prints whole messages that it cannot parse; it is given a logger
// that keeps the fact and drops the rest (see [Quiet]). A caller's passport
// (STIR/SHAKEN, the Identity header) is dropped while it is read: it names her, and an
// unsigned call is as welcome as a signed one.
package trunk

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrOver says that the call has ended, by whichever end.
	ErrOver = problem.New(problem.Conflict, "voice.over")
	// ErrRefused says that the other end, or each trunk, would not have it.
	ErrRefused = problem.New(problem.Denied, "voice.refused")
	// ErrBusy says that nobody answered: the other end is busy, away, or does not pick up.
	ErrBusy = problem.New(problem.Conflict, "voice.busy")
	// ErrDown says that no trunk could be reached.
	ErrDown = problem.New(problem.Later, "voice.down")
)

// A Handler has one call. It runs in a goroutine of its own, and ctx ends with the
// call. When it returns, the call is hung up if it lives.
type Handler func(ctx context.Context, d *Dialog)

// Service is the trunks of one process.
type Service struct {
	conf    Config
	handle  Handler
	log     *slog.Logger
	ua      *sipgo.UserAgent
	sockets []*socket
	links   []*link
	sieve   *sieve
	nonces  *nonces
	work    sync.WaitGroup // what must end before Run returns

	// still is for what goes on when whoever wanted it has gone: an answer's
	// repetition, a BYE. It lasts as long as SIP repeats itself.
	still func() (context.Context, context.CancelFunc)
	halt  context.CancelFunc // ends all that

	draining atomic.Bool
	began    atomic.Pointer[time.Time] // Run
	ready    chan struct{}             // closed when what we send leaves by our sockets

	mu      sync.Mutex
	closed  bool
	dialogs map[dialogKey]*Dialog
	asked   map[dialogKey]bool // INVITEs that are being decided, by Call-ID, tag and CSeq
}

// dialogKey names a dialog: both tags, ours first. The words stand in memory only.
type dialogKey struct{ call, ours, theirs string }

// New opens the sockets and reads the settings. Nothing is answered before Run.
func New(c Config, handle Handler, log *slog.Logger) (*Service, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	quieten()
	s := &Service{
		conf: c, handle: handle, log: log,
		dialogs: map[dialogKey]*Dialog{}, asked: map[dialogKey]bool{}, ready: make(chan struct{}),
	}
	living, halt := context.WithCancel(context.Background())
	s.halt = halt
	s.still = func() (context.Context, context.CancelFunc) { return context.WithTimeout(living, 64*sip.T1) }
	s.nonces = &nonces{now: c.Clock, given: map[string]time.Time{}}
	for _, t := range c.Trunks {
		s.links = append(s.links, newLink(s, t))
	}
	s.sieve = &sieve{now: c.Clock, linkOf: s.linkOf, sources: map[netip.Addr]*account{}}
	tlsConf := c.TLS
	if tlsConf == nil {
		tlsConf = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	quiet := Quiet(log)
	var err error
	s.ua, err = sipgo.NewUA(
		sipgo.WithUserAgent("freeline"),
		sipgo.WithUserAgentParser(newParser()),
		sipgo.WithUserAgenTLSConfig(tlsConf),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(quiet),
			sip.WithTransactionLayerTerminateOnConnClose(),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}),
		),
		sipgo.WithUserAgentTransportLayerOptions(
			sip.WithTransportLayerLogger(quiet),
			sip.WithTransportLayerReadFilter(s.sieve.filter),
			sip.WithTransportLayerTransports(transports()),
		),
	)
	if err != nil {
		return nil, fmt.Errorf("trunk: sip: %w", errLibrary)
	}
	s.ua.TransactionLayer().OnRequest(s.receive)
	for _, l := range c.Listen {
		if err := s.open(l); err != nil {
			s.closeSockets()
			halt()
			return nil, err
		}
	}
	return s, nil
}

// errLibrary stands for an error of the library, whose text may quote what came.
var errLibrary = errors.New("not possible")

// Run serves until ctx ends, and returns when every handler has. The calls that live
// are not hung up: another process may go on with them (see [Service.Restore]). Who
// wants them ended does so before.
func (s *Service) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	now := s.conf.Clock()
	s.began.Store(&now)
	var serving sync.WaitGroup
	for _, k := range s.sockets {
		serving.Go(func() { s.serve(ctx, k) })
	}
	s.awaitSockets(ctx)
	close(s.ready)
	for _, l := range s.links {
		serving.Go(func() { l.watch(ctx) })
		if l.Register {
			serving.Go(func() { l.stayRegistered(ctx) })
		}
	}
	<-ctx.Done()
	s.mu.Lock()
	s.closed = true
	var living []*Dialog
	for _, d := range s.dialogs {
		living = append(living, d)
	}
	s.mu.Unlock()
	for _, d := range living {
		_ = d.Reject(503, comeBack) // where it rings
		d.over(Ended{By: Nobody})
	}
	s.halt()
	s.work.Wait() // before the sockets: who sends without one opens another
	s.closeSockets()
	serving.Wait()
	// What was read last is on its way, and the library may open a connection for it.
	time.Sleep(inFlight)
	_ = s.ua.Close()
	return nil
}

// Drain takes no new calls: trunks are told 503 and when to try again, so that they
// go to another process. Living calls go on.
func (s *Service) Drain() { s.draining.Store(true) }

// Calls is how many calls live or ring.
func (s *Service) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.dialogs)
}

// inFlight is how long a message may take from its socket to its handler.
const inFlight = 20 * time.Millisecond

// start runs something that Run waits for, unless all is closed already. Its context
// lasts as long as SIP repeats itself, whatever becomes of whoever started it.
//
//nolint:contextcheck,nolintlint // it outlives them, and has to; the callers are told apart by this line
func (s *Service) start(f func(context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Go(func() {
		defer s.recovered()
		ctx, cancel := s.still()
		defer cancel()
		f(ctx)
	})
	return true
}

// enter makes a dialog known, and reports whether there was room for it.
func (s *Service) enter(d *Dialog) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.dialogs) >= s.conf.Calls {
		return false
	}
	s.dialogs[d.key()] = d
	return true
}

func (s *Service) leave(d *Dialog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dialogs[d.key()] == d {
		delete(s.dialogs, d.key())
	}
}

// find returns the dialog that a request is of, or nil.
func (s *Service) find(req *sip.Request) *Dialog {
	ours, _ := req.To().Params.Get("tag")
	theirs, _ := req.From().Params.Get("tag")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialogs[dialogKey{req.CallID().Value(), ours, theirs}]
}

// linkOf finds the trunk whose networks an address is in: the narrowest, and of equals
// the first. It is nil for a stranger.
func (s *Service) linkOf(a netip.Addr) *link {
	var best *link
	bits := -1
	for _, l := range s.links {
		for _, p := range *l.from.Load() {
			if p.Contains(a) && p.Bits() > bits {
				best, bits = l, p.Bits()
			}
		}
	}
	return best
}
