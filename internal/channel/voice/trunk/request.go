package trunk

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

const allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"

// random is a word that nobody can guess.
func random() string { return strings.ToLower(rand.Text()) }

// uri is an address in the trunk's domain.
func (l *link) uri(user string) sip.Uri {
	host, port, _ := cutPort(l.Domain)
	return sip.Uri{Scheme: "sip", User: user, Host: host, Port: int(port)}
}

// contact is where we can be reached by a transport, for one who is at an address.
func (l *link) contact(by string, to netip.Addr) *sip.ContactHeader {
	k := l.s.socket(by)
	u := sip.Uri{Scheme: "sip", User: l.contactUser(), Host: l.s.host(k, to), Port: usual(by)}
	if k != nil {
		u.Port = int(k.at.Port())
	}
	if by != "UDP" {
		u.UriParams.Add("transport", strings.ToLower(by))
	}
	return &sip.ContactHeader{Address: u}
}

// addressed adds what every request of ours has: the way back, and where it goes.
func (l *link) addressed(req *sip.Request, by string, to netip.Addr, dial string) {
	k := l.s.socket(by)
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: by, Host: l.s.host(k, to)}
	if k != nil {
		via.Port = int(k.at.Port())
	}
	via.Params.Add("branch", sip.GenerateBranchN(16))
	via.Params.Add("rport", "")
	req.PrependHeader(via)
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.SetTransport(by)
	req.SetDestination(dial)
	if k != nil && by == "UDP" {
		req.Laddr = sip.Addr{IP: k.at.Addr().AsSlice(), Port: int(k.at.Port())}
	}
}

// outside makes a request that is of no dialog, to a target.
func (l *link) outside(m sip.RequestMethod, u sip.Uri, t *target) *sip.Request {
	req := sip.NewRequest(m, u)
	from, to := sip.FromHeader{Address: l.uri(l.contactUser())}, sip.ToHeader{Address: u}
	from.Params.Add("tag", random())
	call := sip.CallIDHeader(random())
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&call)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: m})
	req.AppendHeader(l.contact(l.Transport, t.addr.Addr()))
	l.addressed(req, l.Transport, t.addr.Addr(), t.dial(l.Transport))
	req.SetBody(nil)
	return req
}

// again makes a request anew: another branch, the next number.
func again(req *sip.Request) {
	req.CSeq().SeqNo++
	req.Via().Params.Add("branch", sip.GenerateBranchN(16))
}

// do sends a request that is no INVITE, with our account where the other end asks for
// it, and waits for the answer until ctx ends.
func (s *Service) do(ctx context.Context, req *sip.Request, l *link) (*sip.Response, error) {
	shown := 0
	for {
		res, err := s.ask(ctx, req.Clone())
		if err != nil {
			return nil, err
		}
		if res.StatusCode != 401 && res.StatusCode != 407 || shown == 2 || !l.show(req, res, shown > 0) {
			return res, nil
		}
		shown++
		again(req)
	}
}

// send begins a transaction. Where the way out is not there in this moment (a reader
// of a socket that begins anew, see [door]), it tries again.
func (s *Service) send(ctx context.Context, req *sip.Request) (*sip.ClientTx, error) {
	select {
	case <-s.ready:
	case <-ctx.Done():
		return nil, ErrDown
	}
	for range 3 {
		tx, err := s.ua.TransactionLayer().Request(ctx, req)
		if err == nil {
			return tx, nil
		}
		if !pause(ctx, 10*time.Millisecond) {
			break
		}
	}
	return nil, ErrDown
}

func (s *Service) ask(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	tx, err := s.send(ctx, req)
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, ErrDown
		case <-ctx.Done():
			return nil, ErrDown
		}
	}
}
