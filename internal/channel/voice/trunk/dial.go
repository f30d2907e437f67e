package trunk

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Dial calls a number, in E.164 form, with our description of the sound, and returns
// when it is answered: [Dialog.Remote] then has the other end's. from is the number
// that is shown, one of the line's; empty shows none. Trunks and their targets are
// tried in order while they fail for reasons of their own. When ctx ends the call is
// cancelled. The error is [ErrBusy] where the number cannot be reached now, [ErrRefused]
// where it never can or no trunk takes the call, [ErrDown] where no trunk answers.
func (s *Service) Dial(ctx context.Context, to seal.Text, from string, offer sdp.Media) (*Dialog, error) {
	return s.DialHearing(ctx, to, from, offer, nil)
}

// DialHearing is Dial; early is told where the sound comes from before the call is
// answered, if there is any: what a network says to a caller is worth hearing.
func (s *Service) DialHearing(ctx context.Context, to seal.Text, from string, offer sdp.Media, early func(sdp.Media)) (*Dialog, error) {
	return s.CallOut(ctx, Out{To: to, From: from, Offer: func(Way) (sdp.Media, error) { return offer, nil }, Early: early})
}

// Out is a call that goes out.
type Out struct {
	Trunk string // the one by which it goes; empty: any, in order
	To    seal.Text
	From  string                       // the number that is shown, one of the line's; empty shows none
	Offer func(Way) (sdp.Media, error) // our description of the sound, for each trunk that is tried
	Early func(sdp.Media)              // is told where sound comes from before the answer; may be nil
}

// A Way is the trunk by which a call would go out.
type Way struct {
	Local  netip.Addr // ours, as the other end sees it; not valid where the system does not tell
	Secure bool       // the sound must be encrypted: [sdp.Ours] wants it
}

// CallOut is Dial, for whoever describes the sound as each trunk wants it.
func (s *Service) CallOut(ctx context.Context, o Out) (*Dialog, error) {
	number := digits(o.To)
	if number == "" {
		return nil, ErrRefused
	}
	failed := error(ErrDown)
	for _, l := range s.links {
		if o.Trunk != "" && l.Name != o.Trunk {
			continue
		}
		select {
		case <-l.looked:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		for _, t := range l.order() {
			local, _ := netip.ParseAddr(s.host(s.socket(l.Transport), t.addr.Addr()))
			offer, err := o.Offer(Way{Local: local, Secure: l.Secure})
			if err != nil || offer.IsZero() {
				return nil, ErrRefused
			}
			d, status, err := l.call(ctx, t, number, o.From, offer, o.Early)
			if err == nil {
				d.from = o.To
				return d, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			l.called(status)
			var next bool
			if next, failed = outcome(status, failed); !next {
				return nil, failed
			}
			if status >= 400 && status < 500 && status != 408 {
				break // another target of this trunk says the same
			}
		}
	}
	return nil, failed
}

// digits takes the number out, to be put into a request.
func digits(to seal.Text) string {
	n := to.Reveal()
	if len(n) < 3 || len(n) > 20 || strings.Trim(n[1:], "0123456789") != "" || !strings.Contains("+0123456789", n[:1]) {
		return ""
	}
	return n
}

// outcome says what the end of an attempt means, and whether another trunk may do
// better.
func outcome(status int, before error) (next bool, err error) {
	switch {
	case status == 0:
		return true, before
	case slices.Contains([]int{486, 600, 480, 487}, status), status == 408:
		return false, ErrBusy
	case slices.Contains([]int{401, 402, 403, 407, 420, 488, 606}, status), status >= 500 && status < 600, status >= 300 && status < 400:
		return true, ErrRefused
	}
	return false, ErrRefused
}

// call tries one target. The status is 0 where it said nothing.
func (l *link) call(ctx context.Context, t *target, number, from string, ours sdp.Media, early func(sdp.Media)) (*Dialog, int, error) {
	session := rand.Uint64() >> 2 //nolint:gosec // a number to count from
	body := sdp.Stamp(ours.Bytes(), session, 1)
	req := l.invitation(t, number, from, body)
	var d *Dialog
	var heard sdp.Media
	var said []byte
	res, err := l.s.invite(ctx, l, req, nil, func(res *sip.Response) {
		if b, code := described(res); code == 0 && len(b) > 0 {
			m, err := sdp.Parse(b)
			if err == nil {
				m, err = sdp.Accept(ours, m)
			}
			if err == nil {
				heard, said = m, b
				if early != nil && res.IsProvisional() {
					early(m)
				}
			} else if res.IsSuccess() {
				heard = sdp.Media{}
			}
		}
		if res.IsSuccess() && !heard.IsZero() {
			d = l.taken(req, res, session, body, said, heard)
		}
	})
	if err != nil {
		t.tried.Store(true)
		t.alive.Store(false)
		return nil, 0, err
	}
	if !res.IsSuccess() {
		return nil, res.StatusCode, ErrRefused
	}
	l.called(200)
	if d == nil {
		l.s.start(outgoing(l.s, l, req, res).hangup)
		return nil, 488, ErrRefused
	}
	return d, 200, nil
}

// taken makes the call that is answered known; nil where there is no room for it.
func (l *link) taken(req *sip.Request, res *sip.Response, session uint64, ours, said []byte, theirs sdp.Media) *Dialog {
	d := outgoing(l.s, l, req, res)
	d.path.Session, d.version, d.ours, d.theirs, d.said = session, 1, ours, theirs, said
	if !l.s.enter(d) {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agreedSession(res)
	d.arm()
	return d
}

// invitation is the INVITE of a call of ours.
func (l *link) invitation(t *target, number, from string, body []byte) *sip.Request {
	req := l.outside(sip.INVITE, l.uri(number), t)
	l.mu.Lock()
	route := slices.Clone(l.route)
	l.mu.Unlock()
	for _, r := range route {
		req.AppendHeader(sip.NewHeader("Route", "<"+r+">"))
	}
	show := sip.FromHeader{Address: l.uri(l.contactUser())}
	switch from {
	case "":
		show = sip.FromHeader{DisplayName: "Anonymous", Address: sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}}
		req.AppendHeader(sip.NewHeader("Privacy", "id"))
		ident := l.uri(l.contactUser())
		req.AppendHeader(sip.NewHeader("P-Preferred-Identity", "<"+ident.String()+">"))
	default:
		show.Address.User = from
	}
	show.Params.Add("tag", random())
	req.ReplaceHeader(&show)
	req.AppendHeader(sip.NewHeader("Allow", allow))
	req.AppendHeader(sip.NewHeader("Supported", "timer"))
	req.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(ourSession)))
	req.AppendHeader(sip.NewHeader("Min-SE", strconv.Itoa(leastSession)))
	req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	req.SetBody(body)
	return req
}

// outgoing makes the dialog of a call of ours that was answered.
func outgoing(s *Service, l *link, req *sip.Request, res *sip.Response) *Dialog {
	d := newDialog(s, l)
	d.stage = confirmed
	ours, _ := req.From().Params.Get("tag")
	theirs, _ := res.To().Params.Get("tag")
	route := recordRoute(res)
	slices.Reverse(route)
	d.path = path{
		CallID: req.CallID().Value(),
		Local:  party{URI: req.From().Address.String(), Tag: ours},
		Remote: party{URI: req.To().Address.String(), Tag: theirs},
		Target: req.Recipient.String(), Source: req.Destination(), Transport: req.Transport(), Route: route, Sent: req.CSeq().SeqNo,
	}
	d.learn(res)
	return d
}
