package trunk

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// receive has each request that passed the sieve and could be read.
func (s *Service) receive(req *sip.Request, tx *sip.ServerTx) {
	defer tx.TerminateGracefully()
	defer s.recovered()
	if code := sound(req); code != 0 {
		if !req.IsAck() {
			s.respond(tx, req, code)
		}
		return
	}
	inside := req.To().Params.Has("tag")
	switch {
	case req.Method == sip.ACK:
		if d := s.find(req); d != nil {
			d.acknowledged(req)
		}
		return
	case req.Method == sip.CANCEL: // one that met its INVITE does not come here
		s.respond(tx, req, 481)
		return
	}
	if unknown := unknownTags(req); unknown != "" {
		s.respond(tx, req, 420, sip.NewHeader("Unsupported", unknown))
		return
	}
	switch {
	case inside:
		s.within(req, tx)
	case req.Method == sip.INVITE:
		s.invited(req, tx)
	case req.Method == sip.OPTIONS:
		s.options(req, tx)
	case req.Method == sip.REFER:
		s.respond(tx, req, 603)
	case slices.Contains([]sip.RequestMethod{sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.NOTIFY}, req.Method):
		s.respond(tx, req, 481)
	default:
		s.respond(tx, req, 405, sip.NewHeader("Allow", allow))
	}
}

// sound says how a request is refused that makes no sense; 0 where it does.
func sound(req *sip.Request) int {
	via, from, to, call, seq := req.Via(), req.From(), req.To(), req.CallID(), req.CSeq()
	switch {
	case req.SipVersion != "SIP/2.0":
		return 505
	case via == nil, from == nil, to == nil, call == nil, seq == nil:
		return 400
	case seq.MethodName != req.Method, !from.Params.Has("tag"), len(req.GetHeaders("CSeq")) > 1, len(call.Value()) > 256:
		return 400
	case req.ContentLength() != nil && int(*req.ContentLength()) != len(req.Body()):
		return 400
	case !slices.Contains([]string{"sip", "sips", "tel"}, req.Recipient.Scheme):
		return 416
	}
	return 0
}

// unknownTags are the extensions that a request requires and we do not have: of all
// there are, we have session timers. 100rel is among the unknown.
func unknownTags(req *sip.Request) string {
	return strings.Join(slices.DeleteFunc(tags(req, "Require"), func(t string) bool { return t == "timer" }), ", ")
}

// options answers who asks whether we live.
func (s *Service) options(req *sip.Request, tx *sip.ServerTx) {
	if s.draining.Load() {
		s.respond(tx, req, 503, retryAfter(comeBack))
		return
	}
	s.respond(tx, req, 200, sip.NewHeader("Allow", allow), sip.NewHeader("Accept", "application/sdp"), sip.NewHeader("Supported", "timer"))
}

// within has the requests of a call.
func (s *Service) within(req *sip.Request, tx *sip.ServerTx) {
	d := s.await(req, tx)
	switch {
	case d == nil && s.draining.Load() && req.Method != sip.BYE: // it is given to another process, which is about to say so
		s.respond(tx, req, 500, retryAfter(time.Second))
		return
	case d == nil:
		s.respond(tx, req, 481)
		return
	}
	if !d.follows(req) {
		s.respond(tx, req, 500)
		return
	}
	d.catchUp()
	switch req.Method { //nolint:exhaustive // what SIP has else is none of a call's
	case sip.INVITE, sip.UPDATE:
		d.reoffered(req, tx)
	case sip.BYE:
		s.respond(tx, req, 200)
		d.hungUp(byeOf(req))
	case sip.INFO:
		key, known := digit(req)
		switch {
		case known:
			d.emit(Digit{Key: key})
			s.respond(tx, req, 200)
		case len(req.Body()) == 0:
			s.respond(tx, req, 200)
		default:
			s.respond(tx, req, 415, sip.NewHeader("Accept", "application/dtmf-relay, application/dtmf"))
		}
	case sip.OPTIONS:
		s.respond(tx, req, 200, sip.NewHeader("Allow", allow))
	case sip.REFER:
		s.respond(tx, req, 603)
	case sip.PRACK, sip.NOTIFY:
		s.respond(tx, req, 481)
	default:
		s.respond(tx, req, 405, sip.NewHeader("Allow", allow))
	}
}

// settle is for how long after Run has begun a request of an unknown call waits: its
// call may be about to be restored, and "no such call" would end it.
const settle = 3 * time.Second

// await finds the dialog of a request.
func (s *Service) await(req *sip.Request, tx *sip.ServerTx) *Dialog {
	for {
		d := s.find(req)
		left := s.scale(settle) - s.conf.Clock().Sub(*s.began.Load())
		if d != nil || left <= 0 {
			return d
		}
		select {
		case <-tx.Done():
			return nil
		case <-time.After(min(left, settle/20)):
		}
	}
}

// follows reports whether a request comes after all that were seen of its dialog.
func (d *Dialog) follows(req *sip.Request) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := req.CSeq().SeqNo; n > d.path.Seen {
		d.path.Seen = n
		return true
	}
	return false
}

// catchUp waits a little for an ACK that is due: the library has a goroutine for each
// message, and what came after the ACK may be here before it.
func (d *Dialog) catchUp() {
	d.mu.Lock()
	w := d.waiting
	due := w != nil && w.sent
	d.mu.Unlock()
	if !due {
		return
	}
	t := time.NewTimer(sip.T1)
	defer t.Stop()
	select {
	case <-w.done:
	case <-d.done:
	case <-t.C:
	}
}

// hungUp is a BYE of the other end.
func (d *Dialog) hungUp(by Side) {
	d.mu.Lock()
	req, tx, ringing := d.invite, d.tx, d.stage == early
	d.mu.Unlock()
	d.over(Ended{By: by})
	if ringing && req != nil {
		d.s.respond(tx, req, 487)
	}
}

// respond answers a request that has no description in its answer.
func (s *Service) respond(tx *sip.ServerTx, req *sip.Request, code int, more ...sip.Header) {
	_ = tx.Respond(answerTo(req, code, more...))
}

func answerTo(req *sip.Request, code int, more ...sip.Header) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, reason(code), nil)
	for _, h := range more {
		res.AppendHeader(h)
	}
	return res
}

// source is where a request came from.
func source(req *sip.Request) netip.Addr { return addrOfText(req.Source()) }

func reason(code int) string {
	words := map[int]string{
		100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
		405: "Method Not Allowed", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
		422: "Session Interval Too Small", 480: "Temporarily Unavailable", 481: "Call Does Not Exist", 482: "Loop Detected",
		486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
		503: "Service Unavailable", 505: "Version Not Supported", 600: "Busy Everywhere", 603: "Decline",
	}
	if w, ok := words[code]; ok {
		return w
	}
	return "Refused"
}
