package trunk

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// expires is for how many seconds we ask to be registered.
const expires = 600

// stayRegistered keeps the account registered until ctx ends. It does not take the
// registration back at the end: another process of ours may have renewed it.
func (l *link) stayRegistered(ctx context.Context) {
	id, tag, failed := random(), random(), 0
	var seq uint32
	for ctx.Err() == nil {
		granted, answered := 0, false
		for _, t := range l.order() {
			var err error
			if granted, answered, err = l.register(ctx, t, id, tag, &seq); err == nil && granted > 0 {
				break
			}
		}
		wait := time.Duration(granted) * time.Second * 8 / 10
		if granted == 0 {
			failed++
			wait = min(time.Duration(5<<min(failed, 6))*time.Second/2, 2*time.Minute)
			wait += rand.N(wait / 4) //nolint:gosec // so that not all come back at once
			if answered {
				l.note(func(s *state) { s.registered = Registration })
			} else if failed > 1 {
				l.note(func(s *state) { s.registered = Network })
			}
			if len(l.order()) == 0 {
				wait, failed = time.Second, 0 // the names are being looked up
			}
		} else {
			failed = 0
			l.note(func(s *state) { s.registered = Fine })
		}
		if !pause(ctx, max(l.s.scale(wait), 50*time.Millisecond)) {
			return
		}
	}
}

// register asks one target, and returns for how many seconds it granted it.
func (l *link) register(ctx context.Context, t *target, id, tag string, seq *uint32) (granted int, answered bool, err error) {
	ask := expires
	for range 2 {
		ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
		defer cancel()
		*seq++
		req := l.outside(sip.REGISTER, l.uri(""), t)
		from, to := sip.FromHeader{Address: l.uri(l.User)}, sip.ToHeader{Address: l.uri(l.User)}
		from.Params.Add("tag", tag)
		call := sip.CallIDHeader(id)
		req.ReplaceHeader(&from)
		req.ReplaceHeader(&to)
		req.ReplaceHeader(&call)
		req.ReplaceHeader(&sip.CSeqHeader{SeqNo: *seq, MethodName: sip.REGISTER})
		req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(ask)))
		res, err := l.s.do(ctx, req, l)
		*seq = req.CSeq().SeqNo
		if err != nil {
			return 0, false, err
		}
		if res.StatusCode == 423 { // it wants longer
			if n, err := strconv.Atoi(strings.TrimSpace(header(res, "Min-Expires"))); err == nil && n > ask && n <= 86400 {
				ask = n
				continue
			}
		}
		if !res.IsSuccess() {
			return 0, true, nil
		}
		l.serviceRoute(res)
		return l.granted(res, ask), true, nil
	}
	return 0, true, nil
}

// granted reads how long a registration of ours lasts.
func (l *link) granted(res *sip.Response, asked int) int {
	n := asked
	if v, err := strconv.Atoi(strings.TrimSpace(header(res, "Expires"))); err == nil {
		n = v
	}
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.User != l.contactUser() {
			continue
		}
		if p, ok := c.Params.Get("expires"); ok {
			if v, err := strconv.Atoi(p); err == nil {
				n = v
			}
		}
	}
	return min(max(n, 0), asked)
}

func (l *link) serviceRoute(res *sip.Response) {
	var route []string
	for _, h := range res.GetHeaders("Service-Route") {
		for r := range strings.SplitSeq(h.Value(), ",") {
			if r = strings.Trim(strings.TrimSpace(r), "<>"); r != "" && len(route) < 8 {
				route = append(route, r)
			}
		}
	}
	l.mu.Lock()
	l.route = route
	l.mu.Unlock()
}
