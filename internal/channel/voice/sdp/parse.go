package sdp

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

const (
	suite    = "AES_CM_128_HMAC_SHA1_80"
	longest  = 16 << 10 // bytes of a description
	streams  = 16       // media in one
	keysMost = 8
)

// A section is one m= line and what follows it.
type section struct {
	kind, proto, format string
	port                int
	media               Media
	rtcp                int
	mapped              map[uint8]string // what rtpmap says, in lower case
	addr                netip.Addr
}

// Parse reads a description and returns the stream of sound that we would take: the
// first that is encrypted, or else the first. What it does not know it passes over.
func Parse(b []byte) (Media, error) {
	all, err := sections(b)
	if err != nil {
		return Media{}, err
	}
	best := -1
	for i := range all {
		if all[i].usable() && (best < 0 || all[i].media.Secure && !all[best].media.Secure) {
			best = i
		}
	}
	if best < 0 {
		return Media{}, ErrUnacceptable
	}
	m := all[best].media
	for i, s := range all {
		switch r := (refused{s.kind, s.proto, s.format}); {
		case i < best:
			m.before = append(m.before, r)
		case i > best:
			m.after = append(m.after, r)
		}
	}
	return m, nil
}

// sections splits a description. What stands before the first m= line holds for all.
func sections(b []byte) ([]section, error) {
	if len(b) > longest {
		return nil, ErrMalformed
	}
	var all []section
	whole := section{media: Media{Dir: SendRecv}}
	first := true
	for line := range strings.SplitSeq(string(b), "\n") {
		line = strings.TrimRight(line, "\r \t")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' || first && line != "v=0" {
			return nil, ErrMalformed
		}
		first = false
		at := &whole
		if len(all) > 0 {
			at = &all[len(all)-1]
		}
		switch value := line[2:]; line[0] {
		case 'm':
			s, ok := stream(value, whole)
			if !ok || len(all) == streams {
				return nil, ErrMalformed
			}
			all = append(all, s)
		case 'c':
			at.addr = connection(value)
		case 'a':
			at.attribute(value)
		}
	}
	if first {
		return nil, ErrMalformed
	}
	for i := range all {
		all[i].finish()
	}
	return all, nil
}

// stream reads an m= line.
func stream(value string, whole section) (section, bool) {
	f := strings.Fields(value)
	if len(f) < 4 || slices.ContainsFunc(f, func(s string) bool { return !token(s) }) {
		return section{}, false
	}
	port, _, _ := strings.Cut(f[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return section{}, false
	}
	s := whole
	s.kind, s.port, s.proto, s.format = f[0], int(n), f[2], strings.Join(f[3:], " ")
	s.mapped = map[uint8]string{}
	s.media = Media{Event: NoEvent, Dir: whole.media.Dir, Ptime: 20}
	switch s.proto {
	case "RTP/SAVP":
		s.media.Secure = true
	case "RTP/AVPF":
		s.media.feedback = true
	case "RTP/SAVPF":
		s.media.Secure, s.media.feedback = true, true
	}
	return s, true
}

// token reports whether a word may be repeated in an answer.
func token(s string) bool {
	return len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// connection reads a c= line. What is no address of one host is none: a name would
// have us ask the network for it.
func connection(value string) netip.Addr {
	f := strings.Fields(value)
	if len(f) != 3 || f[0] != "IN" {
		return netip.Addr{}
	}
	host, _, _ := strings.Cut(f[2], "/")
	a, err := netip.ParseAddr(host)
	if err != nil || a.IsMulticast() || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

func (s *section) attribute(value string) {
	name, rest, _ := strings.Cut(value, ":")
	switch name {
	case "inactive", "sendonly", "recvonly", "sendrecv":
		for d := Inactive; d <= SendRecv; d++ {
			if d.String() == name {
				s.media.Dir = d
			}
		}
	case "rtpmap":
		s.rtpmap(rest)
	case "ptime":
		if n, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil && n >= 10 && n <= 60 {
			s.media.Ptime = n
		}
	case "rtcp":
		port, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			s.rtcp = int(n)
		}
	case "crypto":
		if c, ok := crypto(rest); ok && len(s.media.Crypto) < keysMost {
			s.media.Crypto = append(s.media.Crypto, c)
		}
	}
}

func (s *section) rtpmap(rest string) {
	f := strings.Fields(rest)
	if len(f) < 2 || s.mapped == nil {
		return
	}
	if pt, err := strconv.ParseUint(f[0], 10, 7); err == nil {
		s.mapped[uint8(pt)] = strings.TrimSuffix(strings.ToLower(f[1]), "/1")
	}
}

// crypto reads a key. One with a key identifier in each packet, or with parameters
// that change the packets, is of a kind that we do not speak.
func crypto(rest string) (Crypto, bool) {
	f := strings.Fields(rest)
	if len(f) < 3 || !strings.EqualFold(f[1], suite) {
		return Crypto{}, false
	}
	for _, p := range f[3:] {
		if !strings.HasPrefix(p, "WSH=") {
			return Crypto{}, false
		}
	}
	tag, err := strconv.ParseUint(f[0], 10, 30)
	coded, ok := strings.CutPrefix(f[2], "inline:")
	if err != nil || !ok {
		return Crypto{}, false
	}
	coded, life, _ := strings.Cut(coded, "|")
	if strings.Contains(life, ":") {
		return Crypto{}, false
	}
	key, err := base64.StdEncoding.DecodeString(coded)
	if err != nil || len(key) != len(Key{}) {
		return Crypto{}, false
	}
	return Crypto{Tag: int(tag), Key: Key(key)}, true
}

// finish draws together what the lines of a section say.
func (s *section) finish() {
	for f := range strings.FieldsSeq(s.format) {
		pt, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			continue
		}
		said, mapped := s.mapped[uint8(pt)]
		switch {
		case said == "telephone-event/8000":
			if s.media.Event == NoEvent && pt != uint64(audio.PCMU) && pt != uint64(audio.PCMA) {
				s.media.Event = uint8(pt)
			}
		case pt == uint64(audio.PCMU) && (!mapped || said == "pcmu/8000"), pt == uint64(audio.PCMA) && (!mapped || said == "pcma/8000"):
			if c := audio.Codec(pt); !slices.Contains(s.media.Codecs, c) {
				s.media.Codecs = append(s.media.Codecs, c)
			}
		}
	}
	s.media.Addr = netip.AddrPortFrom(s.addr, uint16(s.port)) //nolint:gosec // read as 16 bits
	s.media.RTCP = next(s.media.Addr)
	if s.rtcp > 0 {
		s.media.RTCP = netip.AddrPortFrom(s.addr, uint16(s.rtcp)) //nolint:gosec // read as 16 bits
	}
	if s.addr.IsUnspecified() {
		s.media.Dir &^= RecvOnly
	}
}

func (s *section) usable() bool {
	known := slices.Contains([]string{"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"}, s.proto)
	return s.kind == "audio" && s.port != 0 && known && s.addr.IsValid() && len(s.media.Codecs) > 0 &&
		(!s.media.Secure || len(s.media.Crypto) > 0)
}
