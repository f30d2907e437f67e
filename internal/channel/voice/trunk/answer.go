package trunk

import (
	"bytes"
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// Ring tells the caller that it rings. She hears her carrier's tone.
func (d *Dialog) Ring() error { return d.provisional(180, nil) }

// Progress lets the caller hear something before the call is answered, and so before
// it costs: early media.
func (d *Dialog) Progress(ours sdp.Media) error { return d.provisional(183, ours.Bytes()) }

func (d *Dialog) provisional(code int, description []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stage != early || !d.incoming {
		return ErrOver
	}
	d.ring = d.answerTo(d.invite, code, description)
	_ = d.tx.Respond(d.ring)
	return nil
}

// answerTo makes a response within the dialog. The caller holds d.mu.
func (d *Dialog) answerTo(req *sip.Request, code int, description []byte, more ...sip.Header) *sip.Response {
	res := answerTo(req, code)
	if h := res.To(); h != nil {
		h.Params.Add("tag", d.path.Local.Tag)
	}
	res.AppendHeader(d.link.contact(d.path.Transport, source(req)))
	res.AppendHeader(sip.NewHeader("Allow", allow))
	for _, h := range more {
		res.AppendHeader(h)
	}
	if description != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(d.stamp(description))
	}
	return res
}

// Answer takes the call, with our description of the sound, and returns what the
// caller says of hers when she has acknowledged that. [ErrOver] says that she is gone,
// or was not heard of for half a minute. When ctx ends before, she is hung up on.
func (d *Dialog) Answer(ctx context.Context, ours sdp.Media) (sdp.Media, error) {
	d.mu.Lock()
	if d.stage != early || !d.incoming {
		d.mu.Unlock()
		return sdp.Media{}, ErrOver
	}
	tx, w := d.tx, d.waiting
	res := d.answerTo(d.invite, 200, ours.Bytes(), d.agreeSession(d.invite)...)
	d.stage, w.sent = answered, true
	d.mu.Unlock()
	if err := tx.Respond(res); err != nil && sip.IsReliable(res.Transport()) {
		d.over(Ended{By: Peer}) // she hung up in this moment, or her connection broke
		return sdp.Media{}, ErrOver
	}
	if !d.s.start(func(context.Context) { d.insist(tx, res, w) }) {
		return sdp.Media{}, ErrOver
	}
	select {
	case <-w.done:
		return d.Remote(), nil
	case <-d.done:
		select {
		case <-w.done: // it ran, and has ended since
			return d.Remote(), nil
		default:
			return sdp.Media{}, ErrOver
		}
	case <-ctx.Done():
		d.s.start(d.hangup)
		return sdp.Media{}, ctx.Err()
	}
}

// insist sends a 2xx again until its ACK is there: after half a second, one, two, and
// then every four. After 64*T1 the other end is lost. (The library's own way of doing
// so neither doubles nor gives up.)
func (d *Dialog) insist(tx *sip.ServerTx, res *sip.Response, w *waiting) {
	wait, waited := sip.T1, time.Duration(0)
	for waited < 64*sip.T1 {
		t := time.NewTimer(wait)
		select {
		case <-w.done:
			t.Stop()
			return
		case <-d.done:
			t.Stop()
			return
		case <-t.C:
		}
		_ = tx.Respond(res)
		waited += wait
		wait = min(2*wait, sip.T2)
	}
	d.s.start(d.silent)
}

// acknowledged has an ACK of the dialog.
func (d *Dialog) acknowledged(ack *sip.Request) {
	body, code := described(ack)
	d.mu.Lock()
	w := d.waiting
	if w == nil || !w.sent || w.acked || ack.CSeq() == nil || ack.CSeq().SeqNo != w.seq || d.stage == ended {
		d.mu.Unlock()
		return
	}
	w.acked = true
	first := d.stage == answered
	if first {
		d.stage = confirmed
		d.invite, d.tx, d.ring = nil, nil, nil
		d.arm()
	}
	d.mu.Unlock()
	if code == 0 && len(body) > 0 {
		_ = d.describe(body) // the answer, where the offer was ours
	}
	if w.offer != nil {
		d.finish(w.offer) // here too: the next request may come before the offer's own goroutine goes on
	}
	close(w.done)
}

// Reject refuses a call that rings: 486 busy, 480 not now, 503 full, 603 no. With
// again, the trunk is told when to try again.
func (d *Dialog) Reject(code int, again time.Duration) error {
	if code < 300 || code > 699 {
		code = 480
	}
	d.mu.Lock()
	if d.stage != early || !d.incoming {
		d.mu.Unlock()
		return ErrOver
	}
	var more []sip.Header
	if again > 0 {
		more = append(more, retryAfter(again))
	}
	res, tx := d.answerTo(d.invite, code, nil, more...), d.tx
	d.mu.Unlock()
	if !d.over(Ended{By: Us}) {
		return ErrOver
	}
	_ = tx.Respond(res)
	return nil
}

// sameSound reports whether a description is the one that came before: then it only
// refreshes the session.
func (d *Dialog) sameSound(body []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ours != nil && bytes.Equal(body, d.said)
}
