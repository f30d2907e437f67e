package trunk

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// caller returns the number that calls, in E.164 form, or "" where she withheld it or
// it is none. Who withholds it from the one she calls withholds it from us, even where
// her carrier tells it to those whom it trusts.
func (l *link) caller(req *sip.Request) string {
	for _, h := range req.GetHeaders("Privacy") {
		for p := range strings.FieldsFuncSeq(strings.ToLower(h.Value()), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			if p == "id" || p == "user" || p == "header" {
				return ""
			}
		}
	}
	from := user(req.From().Address)
	if strings.EqualFold(from, "anonymous") || strings.HasSuffix(req.From().Address.Host, ".invalid") {
		return ""
	}
	for _, h := range req.GetHeaders("P-Asserted-Identity") {
		var u sip.Uri
		if _, err := sip.ParseAddressValue(h.Value(), &u, nil); err == nil {
			if n := l.number(user(u)); n != "" {
				return n
			}
		}
	}
	return l.number(from)
}

// Number brings a number that somebody on a trunk has typed into E.164 form. Where that would
// be a guess it stays as she typed it.
func (s *Service) Number(trunk string, typed seal.Text) seal.Text {
	i := slices.IndexFunc(s.links, func(l *link) bool { return l.Name == trunk })
	if i < 0 {
		return typed
	}
	if n := s.links[i].number(typed.Reveal()); n != "" {
		return seal.Conceal(n)
	}
	return typed
}

// dialled returns the number that was called, as the trunk writes it. It is one of
// ours, and no secret; what cannot be one is "".
func (l *link) dialled(req *sip.Request) string {
	to := user(req.Recipient)
	if h := req.GetHeader("P-Called-Party-ID"); h != nil {
		var u sip.Uri
		if _, err := sip.ParseAddressValue(h.Value(), &u, nil); err == nil && user(u) != "" {
			to = user(u)
		}
	} else if to == l.contactUser() {
		to = user(req.To().Address) // calls to a registered account come to its contact
	}
	if n := l.number(to); n != "" {
		return n
	}
	if len(to) > 40 || strings.Trim(strings.ToLower(to), "abcdefghijklmnopqrstuvwxyz0123456789+*#._-") != "" {
		return ""
	}
	return to
}

// user is who an address is of: the number of a tel: address, or what stands before
// the @, without its parameters.
func user(u sip.Uri) string {
	who := u.User
	if who == "" {
		who = u.Raw()
	}
	who, _, _ = strings.Cut(who, ";")
	return who
}

// number brings a number into E.164 form, or returns "". It does not guess: a wrong
// number, called back, is somebody else's telephone.
func (l *link) number(s string) string {
	s = strings.NewReplacer("-", "", ".", "", "(", "", ")", "", " ", "", "%2B", "+", "%2b", "+").Replace(s)
	switch {
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	case strings.HasPrefix(s, "00"):
		s = s[2:]
	case l.Plain:
	case l.Country != "":
		s = l.Country + strings.TrimPrefix(s, "0")
	default:
		return ""
	}
	if len(s) < 7 || len(s) > 15 || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return "+" + s
}
