package trunk

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

const (
	comeBack   = 10 * time.Second
	repeatRing = time.Minute // so that no proxy on the way gives up (RFC 3261, 13.3.1.1)
)

// invited has the INVITE of a new call. It stays until that is decided and, where the
// decision was to answer, until the ACK: the library ends the transaction with it.
func (s *Service) invited(req *sip.Request, tx *sip.ServerTx) {
	l := s.linkOf(source(req)).account(req)
	if l == nil {
		return // its network was taken away meanwhile
	}
	body, code, more := s.weigh(req, l)
	if code != 0 {
		s.respond(tx, req, code, more...)
		return
	}
	theirs, _ := req.From().Params.Get("tag")
	ask := dialogKey{req.CallID().Value(), theirs, strconv.FormatUint(uint64(req.CSeq().SeqNo), 10)}
	s.mu.Lock()
	merged := s.asked[ask]
	s.asked[ask] = true
	s.mu.Unlock()
	if merged { // it came by two ways (RFC 3261, 8.2.2.2)
		s.respond(tx, req, 482)
		return
	}
	defer func() {
		s.mu.Lock()
		delete(s.asked, ask)
		s.mu.Unlock()
	}()
	d := s.incoming(l, req, tx)
	if err := d.describe(body); err != nil {
		s.respond(tx, req, refusalOf(err))
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	if !s.enter(d) {
		stop()
		s.respond(tx, req, 503, retryAfter(comeBack))
		return
	}
	s.respond(tx, req, 100)
	if !tx.OnCancel(func(*sip.Request) { d.over(Ended{By: Peer}) }) {
		d.over(Ended{By: Peer})
		return
	}
	w := d.waiting
	if !s.start(func(context.Context) { d.run(ctx, s.handle) }) {
		_ = d.Reject(503, comeBack)
		return
	}
	d.stay(tx, w)
}

// weigh decides on an INVITE by what can be seen of it: its description, or how it is
// refused.
func (s *Service) weigh(req *sip.Request, l *link) (body []byte, code int, more []sip.Header) {
	if s.draining.Load() {
		return nil, 503, []sip.Header{retryAfter(comeBack)}
	}
	if ok, challenge := l.shown(req); !ok {
		return nil, 401, challenge
	}
	if c := req.Contact(); c == nil || c.Address.Wildcard || c.Address.Scheme != "sip" && c.Address.Scheme != "sips" {
		return nil, 400, nil
	}
	if n := sessionOf(req); n > 0 && n < leastSession {
		return nil, 422, []sip.Header{sip.NewHeader("Min-SE", strconv.Itoa(leastSession))}
	}
	body, code = described(req)
	return body, code, nil
}

// incoming makes the dialog of a call that comes in.
func (s *Service) incoming(l *link, req *sip.Request, tx *sip.ServerTx) *Dialog {
	d := newDialog(s, l)
	theirs, _ := req.From().Params.Get("tag")
	d.incoming, d.invite, d.tx = true, req, tx
	d.to = l.dialled(req)
	if n := l.caller(req); n != "" {
		d.from = seal.Conceal(n)
	}
	d.path = path{
		CallID: req.CallID().Value(),
		Local:  party{URI: req.To().Address.String(), Tag: random()},
		Remote: party{URI: req.From().Address.String(), Tag: theirs},
		Route:  recordRoute(req), Transport: req.Transport(), Sent: rand.Uint32N(1 << 16), Seen: req.CSeq().SeqNo, Session: rand.Uint64() >> 2, //nolint:gosec // numbers to count from
	}
	d.waiting = &waiting{seq: req.CSeq().SeqNo, done: make(chan struct{})}
	d.learn(req)
	return d
}

// run is the handler's goroutine. What it leaves is hung up.
func (d *Dialog) run(ctx context.Context, handle Handler) {
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 64*sip.T1) // it ends with the call
		defer cancel()
		_ = d.Hangup(ctx)
	}()
	handle(ctx, d)
}

// stay keeps the transaction of an INVITE until it is confirmed or has ended.
func (d *Dialog) stay(tx *sip.ServerTx, w *waiting) {
	ring := time.NewTicker(repeatRing)
	defer ring.Stop()
	for {
		select {
		case ack := <-tx.Acks(): // with the branch of the INVITE, as some send it
			d.acknowledged(ack)
		case <-w.done:
			return
		case <-d.done:
			return
		case <-tx.Done():
			if d.at(early) {
				d.over(Ended{By: Lost}) // its connection broke
			}
			return
		case <-ring.C:
			d.mu.Lock()
			again := d.ring
			d.mu.Unlock()
			if again != nil {
				_ = tx.Respond(again)
			}
		}
	}
}

// refusalOf is the code for a description that is not taken.
func refusalOf(err error) int {
	if err == sdp.ErrMalformed { //nolint:errorlint // it is never wrapped
		return 400
	}
	return 488
}

func retryAfter(d time.Duration) sip.Header { //nolint:ireturn // the library has no type for it
	return sip.NewHeader("Retry-After", strconv.Itoa(int(d/time.Second)))
}
