package trunk

import (
	"context"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// decideWithin is how long an [Offered] may wait for its answer.
const decideWithin = 8 * time.Second

// offered is an offer of the other end that is being decided.
type offered struct {
	decided chan decision // one
	settled chan struct{} // closed when the other end has the answer, or has gone
}

type decision struct {
	description []byte
	code        int // where it is refused
}

// Agree answers the offer, and returns when the other end has the answer:
// [Dialog.Remote] then says what it wants. [ErrOver] says that there is nothing to
// answer any more: it was withdrawn, or waited too long.
func (e Offered) Agree(ctx context.Context, ours sdp.Media) error {
	if err := e.o.decide(decision{description: ours.Bytes()}); err != nil {
		return err
	}
	select {
	case <-e.o.settled:
		return nil
	case <-e.d.done:
		return ErrOver
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Refuse leaves the sound as it was.
func (e Offered) Refuse() error { return e.o.decide(decision{code: 488}) }

func (o *offered) decide(what decision) error {
	select {
	case <-o.settled:
		return ErrOver
	default:
	}
	select {
	case o.decided <- what:
		return nil
	default:
		return ErrOver
	}
}

// reoffered has a re-INVITE or an UPDATE. It stays until the ACK.
func (d *Dialog) reoffered(req *sip.Request, tx *sip.ServerTx) {
	body, code := described(req)
	switch n := sessionOf(req); {
	case code != 0:
		d.s.respond(tx, req, code)
		return
	case n > 0 && n < leastSession:
		d.s.respond(tx, req, 422, sip.NewHeader("Min-SE", strconv.Itoa(leastSession)))
		return
	}
	if req.Method == sip.UPDATE && len(body) == 0 { // it says that it is there
		d.accept(req, tx, nil, nil, false)
		return
	}
	refresh := len(body) > 0 && d.sameSound(body)
	o := &offered{decided: make(chan decision, 1), settled: make(chan struct{})}
	if code, more := d.begin(o); code != 0 {
		d.s.respond(tx, req, code, more...)
		return
	}
	defer d.finish(o)
	if !tx.OnCancel(func(*sip.Request) { d.finish(o) }) {
		return
	}
	if refresh {
		d.accept(req, tx, o, nil, true)
		return
	}
	var m sdp.Media
	if len(body) > 0 {
		var err error
		if m, err = sdp.Parse(body); err != nil {
			d.s.respond(tx, req, refusalOf(err))
			return
		}
	}
	if !d.emit(Offered{Media: m, d: d, o: o}) {
		d.s.respond(tx, req, 500, retryAfter(2*time.Second))
		return
	}
	t := time.NewTimer(decideWithin)
	defer t.Stop()
	select {
	case what := <-o.decided:
		if what.code != 0 {
			d.s.respond(tx, req, what.code)
			return
		}
		_ = d.describe(body)
		d.accept(req, tx, o, what.description, true)
	case <-t.C:
		d.s.respond(tx, req, 500, retryAfter(2*time.Second))
	case <-o.settled: // withdrawn
	case <-d.done:
		d.s.respond(tx, req, 487)
	case <-tx.Done():
	}
}

// begin takes the dialog's one place for an offer, or says how the request is refused:
// 491 where an offer of ours is out (both try again, at different times), 500 where
// one of theirs is being decided.
func (d *Dialog) begin(o *offered) (code int, more []sip.Header) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.stage == ended:
		return 481, nil
	case d.stage != confirmed, d.asking:
		return 491, nil
	case d.offered != nil:
		return 500, []sip.Header{retryAfter(2 * time.Second)}
	}
	d.offered = o
	return 0, nil
}

// finish gives the place back.
func (d *Dialog) finish(o *offered) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.offered == o {
		d.offered = nil
		close(o.settled)
	}
}

// accept answers a re-INVITE or UPDATE with 200 and stays until the ACK, which ends the
// offer. Without a description it repeats what we said last, where one is asked for.
func (d *Dialog) accept(req *sip.Request, tx *sip.ServerTx, o *offered, description []byte, describe bool) {
	d.learn(req)
	d.mu.Lock()
	more := d.agreeSession(req)
	if description == nil && describe {
		description = d.ours
	}
	res := d.answerTo(req, 200, description, more...)
	w := &waiting{seq: req.CSeq().SeqNo, sent: true, offer: o, done: make(chan struct{})}
	if req.Method == sip.INVITE {
		d.waiting = w
	}
	d.arm()
	d.mu.Unlock()
	if req.Method != sip.INVITE && o != nil {
		d.finish(o) // the next request may be here before this goroutine goes on
	}
	if tx.Respond(res) != nil || req.Method != sip.INVITE {
		return
	}
	if !d.s.start(func(context.Context) { d.insist(tx, res, w) }) {
		return
	}
	d.stay(tx, w)
}

// Reinvite offers the other end another description: after a restart with another
// address, or to hold. It returns what the other end answers. The zero Media repeats
// the last description, which refreshes the session. While the other end makes an offer of
// its own, it waits and tries again until ctx ends. [ErrOver] says that the call is
// over, [ErrRefused] that it goes on as it was.
func (d *Dialog) Reinvite(ctx context.Context, ours sdp.Media) (sdp.Media, error) {
	var description []byte
	if !ours.IsZero() {
		description = ours.Bytes()
	}
	for {
		m, again, err := d.reinvite(ctx, description)
		if !again {
			return m, err
		}
		// Whoever made the call waits longer (RFC 3261, 14.1).
		wait := jitter(0, 2*time.Second)
		if !d.incoming {
			wait = jitter(2100*time.Millisecond, 1900*time.Millisecond)
		}
		wait = d.s.scale(wait)
		select {
		case <-ctx.Done():
			return sdp.Media{}, ctx.Err()
		case <-d.done:
			return sdp.Media{}, ErrOver
		case <-time.After(wait):
		}
	}
}

func (d *Dialog) reinvite(ctx context.Context, description []byte) (m sdp.Media, again bool, err error) {
	d.mu.Lock()
	switch {
	case d.stage != confirmed:
		d.mu.Unlock()
		return m, false, ErrOver
	case d.asking, d.offered != nil:
		d.mu.Unlock()
		return m, true, nil
	}
	if description == nil {
		description = d.ours
	} else {
		description = d.stamp(description)
	}
	req, err := d.request(sip.INVITE, description)
	if err != nil {
		d.mu.Unlock()
		return m, false, err
	}
	seconds := max(d.session.seconds, leastSession)
	req.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(seconds)))
	req.AppendHeader(sip.NewHeader("Min-SE", strconv.Itoa(leastSession)))
	d.asking = true
	d.mu.Unlock()
	res, err := d.s.invite(ctx, d.link, req, d, func(res *sip.Response) {
		if res.IsSuccess() {
			d.agreed(res)
		}
	})
	if err == nil && res.IsSuccess() {
		return d.Remote(), false, nil
	}
	d.mu.Lock()
	d.asking = false
	d.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil { // it does not answer at all (RFC 3261, 12.2.1.2)
			d.s.start(d.silent)
			return m, false, ErrOver
		}
		return m, false, ctx.Err()
	}
	switch code := res.StatusCode; {
	case code == 491:
		return m, true, nil
	case code == 481, code == 408:
		d.s.start(d.silent)
		return m, false, ErrOver
	default:
		return m, false, ErrRefused
	}
}

// agreed takes the answer to an offer of ours, which is over with it.
func (d *Dialog) agreed(res *sip.Response) {
	if body, code := described(res); code == 0 {
		_ = d.describe(body)
	}
	d.learn(res)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agreedSession(res)
	d.arm()
	d.asking = false
}
