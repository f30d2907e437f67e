package trunk

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// invite sends an INVITE and follows it to its end: provisional answers go to heard, and
// a 2xx before it is acknowledged, since what the other end sends next may be here at once;
// a challenge is answered with our account, a session that is too short for the other
// end is lengthened; a 2xx is acknowledged, and again as often as it is repeated. When
// ctx ends first, the INVITE is cancelled. The error is [ErrDown] where nothing came.
//
// req belongs to d where the call runs already; else d is nil, and the ACK follows the
// answer.
func (s *Service) invite(ctx context.Context, l *link, req *sip.Request, d *Dialog, heard func(*sip.Response)) (*sip.Response, error) {
	shown, longer := 0, false
	for {
		res, err := s.inviteOnce(ctx, l, req, d, heard)
		if err != nil {
			return nil, err
		}
		switch code := res.StatusCode; {
		case (code == 401 || code == 407) && shown < 2 && l.show(req, res, shown > 0):
			shown++
		case code == 422 && !longer:
			n, _ := strconv.Atoi(header(res, "Min-SE"))
			if n < leastSession || n > 86400 {
				return res, nil
			}
			longer = true
			req.RemoveHeader("Session-Expires")
			req.RemoveHeader("Min-SE")
			req.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(n)))
			req.AppendHeader(sip.NewHeader("Min-SE", strconv.Itoa(n)))
		default:
			return res, nil
		}
		again(req)
		if d != nil {
			d.mu.Lock()
			d.path.Sent = max(d.path.Sent, req.CSeq().SeqNo)
			d.mu.Unlock()
		}
	}
}

func (s *Service) inviteOnce(ctx context.Context, l *link, req *sip.Request, d *Dialog, heard func(*sip.Response)) (*sip.Response, error) {
	out := req.Clone()
	tx, err := s.send(ctx, out)
	if err != nil {
		return nil, err
	}
	k := &acks{s: s, l: l, out: out, d: d}
	tx.OnRetransmission(k.again)
	quiet := time.NewTimer(s.conf.patience)
	defer quiet.Stop()
	if d != nil {
		quiet.Stop() // there is no other target for a call that runs
	}
	for {
		select {
		case res := <-tx.Responses():
			quiet.Stop()
			switch {
			case res.IsProvisional():
				k.provisional = true
				heard(res)
				continue
			case res.IsSuccess():
				heard(res)
				k.first(res)
			}
			return res, nil
		case <-tx.Done():
			return nil, ErrDown
		case <-quiet.C:
			s.abandon(tx, out, k)
			return nil, ErrDown
		case <-ctx.Done():
			s.abandon(tx, out, k)
			return nil, ctx.Err()
		}
	}
}

// abandon follows an INVITE that nobody wants any more: it is cancelled as soon as the
// other end has said anything. If it is answered all the same a new call is hung up.
func (s *Service) abandon(tx *sip.ClientTx, out *sip.Request, k *acks) {
	if !s.start(func(ctx context.Context) {
		end := time.NewTimer(2 * 64 * sip.T1)
		defer end.Stop()
		defer tx.Terminate()
		cancelled := false
		cancel := func() {
			if !cancelled {
				cancelled = true
				s.start(func(ctx context.Context) { s.cancel(ctx, out) })
			}
		}
		if k.provisional {
			cancel()
		}
		for {
			select {
			case res := <-tx.Responses():
				switch {
				case res.IsProvisional():
					cancel()
				case res.IsSuccess() && k.d != nil:
					k.first(res) // the call goes on
					return
				case res.IsSuccess():
					k.stray(res)
					return
				default:
					return
				}
			case <-tx.Done():
				return
			case <-end.C:
				return
			}
		}
	}) {
		if k.provisional { // this process ends: it is said once, and nothing is waited for
			_ = s.ua.TransportLayer().WriteMsg(cancelling(out))
		}
		tx.Terminate()
	}
}

// cancel sends the CANCEL of an INVITE.
func (s *Service) cancel(ctx context.Context, invite *sip.Request) {
	_, _ = s.ask(ctx, cancelling(invite))
}

// cancelling is the CANCEL of an INVITE: by the same way, with the same branch.
func cancelling(invite *sip.Request) *sip.Request {
	req := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, req)
	hops := sip.MaxForwardsHeader(70)
	from, to, call := *invite.From(), *invite.To(), *invite.CallID()
	req.AppendHeader(&hops)
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&call)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.Laddr = invite.Laddr
	req.SetBody(nil)
	return req
}

// acks acknowledges the 2xx of one INVITE.
type acks struct {
	s           *Service
	l           *link
	out         *sip.Request
	d           *Dialog // nil for a new call
	provisional bool    // something was heard

	mu  sync.Mutex
	tag string
	ack *sip.Request
}

// first acknowledges the 2xx that counts.
func (k *acks) first(res *sip.Response) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tag, _ = res.To().Params.Get("tag")
	if k.d == nil {
		k.d = outgoing(k.s, k.l, k.out, res)
	}
	k.d.mu.Lock()
	sent := k.d.path.Sent
	k.d.path.Sent = k.out.CSeq().SeqNo // the ACK has the number of its INVITE
	k.ack, _ = k.d.request(sip.ACK, nil)
	k.d.path.Sent = max(sent, k.d.path.Sent)
	if k.ack != nil { // with the credentials of its INVITE (RFC 3261, 22.1)
		sip.CopyHeaders("Authorization", k.out, k.ack)
		sip.CopyHeaders("Proxy-Authorization", k.out, k.ack)
	}
	k.d.mu.Unlock()
	k.send()
}

// again answers a 2xx that was repeated. One with another tag comes from a second
// telephone that was picked up: it is hung up. Before the first is acknowledged nobody
// knows which it is, and it will be repeated once more.
func (k *acks) again(res *sip.Response) {
	if !res.IsSuccess() {
		return
	}
	tag, _ := res.To().Params.Get("tag")
	k.mu.Lock()
	none, mine := k.ack == nil, tag == k.tag
	if mine {
		k.send()
	}
	k.mu.Unlock()
	if !none && !mine {
		k.stray(res)
	}
}

// send is called with k.mu held.
func (k *acks) send() {
	if k.ack != nil {
		_ = k.s.ua.TransportLayer().WriteMsg(k.ack)
	}
}

// stray acknowledges an answer that nobody waits for, and hangs up.
func (k *acks) stray(res *sip.Response) {
	other := &acks{s: k.s, l: k.l, out: k.out}
	other.first(res)
	d := other.d
	k.s.start(func(ctx context.Context) {
		d.mu.Lock()
		req, err := d.request(sip.BYE, nil)
		d.mu.Unlock()
		if err != nil {
			return
		}
		_, _ = k.s.do(ctx, req, k.l)
	})
}

// jitter is a time from one duration on, random within the other.
func jitter(from, within time.Duration) time.Duration {
	return from + rand.N(within) //nolint:gosec // against meeting again, not against guessing
}
