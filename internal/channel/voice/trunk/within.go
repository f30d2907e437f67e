package trunk

import (
	"net"
	"net/netip"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// request makes a request within the dialog. The caller holds d.mu.
func (d *Dialog) request(m sip.RequestMethod, body []byte) (*sip.Request, error) {
	p := &d.path
	var target, local, remote sip.Uri
	for _, u := range []struct {
		text string
		into *sip.Uri
	}{{p.Target, &target}, {p.Local.URI, &local}, {p.Remote.URI, &remote}} {
		if sip.ParseUri(u.text, u.into) != nil {
			return nil, ErrOver
		}
	}
	if m != sip.ACK {
		p.Sent++
	}
	route := p.Route
	var first sip.Uri
	if len(route) > 0 && sip.ParseUri(route[0], &first) == nil && !first.UriParams.Has("lr") {
		// A router of before RFC 3261: it is addressed itself, and the target comes last.
		route = append(append([]string{}, route[1:]...), p.Target)
		target = first
	}
	req := sip.NewRequest(m, target)
	from, to := sip.FromHeader{Address: local}, sip.ToHeader{Address: remote}
	from.Params.Add("tag", p.Local.Tag)
	if p.Remote.Tag != "" {
		to.Params.Add("tag", p.Remote.Tag)
	}
	call := sip.CallIDHeader(p.CallID)
	for _, r := range route {
		req.AppendHeader(sip.NewHeader("Route", "<"+r+">"))
	}
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	req.AppendHeader(&call)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: p.Sent, MethodName: m})
	next := target
	if len(p.Route) > 0 {
		next = first
	}
	where := d.link.where(next, p.Transport, p.Source)
	to4 := addrOfText(where)
	if m == sip.INVITE || m == sip.UPDATE {
		req.AppendHeader(d.link.contact(p.Transport, to4))
		req.AppendHeader(sip.NewHeader("Allow", allow))
		req.AppendHeader(sip.NewHeader("Supported", "timer"))
	}
	d.link.addressed(req, p.Transport, to4, where)
	if body != nil {
		req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	req.SetBody(body)
	return req, nil
}

// where says to which address a request within a dialog goes. What a message says
// about that is followed inside the trunk's own networks; else the way is back to
// where its messages come from. Otherwise a stranger's INVITE would have us send to
// whomever he names, and a trunk behind a translated address would not hear us.
func (l *link) where(next sip.Uri, by, source string) string {
	if by != "UDP" {
		if c, err := l.s.ua.TransportLayer().GetConnection(by, source); err == nil {
			_, _ = c.TryClose() // it lives: the request will find it
			return source
		}
	}
	port := next.Port
	if port <= 0 || port > 65535 {
		port = usual(by)
	}
	if a, err := netip.ParseAddr(next.Host); err == nil {
		for _, p := range *l.from.Load() {
			if p.Contains(a.Unmap()) {
				return net.JoinHostPort(a.Unmap().String(), strconv.Itoa(port))
			}
		}
		return source
	}
	named := net.JoinHostPort(next.Host, strconv.Itoa(port))
	for _, t := range l.order() {
		if t.host == named {
			return t.dial(by)
		}
	}
	return source
}

func addrOfText(s string) netip.Addr {
	a, err := netip.ParseAddrPort(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// learn takes from a message of the other end where it is now, and what it knows.
func (d *Dialog) learn(msg sip.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range msg.GetHeaders("Contact") {
		if c, ok := h.(*sip.ContactHeader); ok && (c.Address.Scheme == "sip" || c.Address.Scheme == "sips") {
			d.path.Target = c.Address.String()
			break
		}
	}
	if src := msg.Source(); src != "" {
		d.path.Source = src
	}
	for _, t := range tags(msg, "Allow") {
		d.path.Update = d.path.Update || t == "update"
	}
	for _, t := range tags(msg, "Supported", "k", "Require") {
		d.path.Timer = d.path.Timer || t == "timer"
	}
}

// recordRoute is the way that a message came through, nearest to its sender last.
func recordRoute(msg sip.Message) []string {
	var route []string
	for _, h := range msg.GetHeaders("Record-Route") {
		if r, ok := h.(*sip.RecordRouteHeader); ok && len(route) < 16 {
			route = append(route, r.Address.String())
		}
	}
	return route
}
