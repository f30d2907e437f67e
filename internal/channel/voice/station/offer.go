package station

import (
	"regexp"
	"slices"

	"github.com/pion/sdp/v3"

	"github.com/freeline-org/freeline/internal/problem"
)

// ErrOffer is the answer to a browser's offer that cannot be used. It quotes nothing of it.
var ErrOffer = problem.New(problem.Invalid, "desk.problem.phone_offer")

const (
	mostOffer      = 16 << 10 // bytes
	mostAttributes = 200      // lines of one part
)

// checked reads an offer and writes it again with what we look at: one stream of sound, encrypted,
// in a way that we speak. Where the browser may be reached is left out: it comes to us.
func checked(offer string) (string, error) {
	if len(offer) > mostOffer {
		return "", ErrOffer
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil || len(d.MediaDescriptions) != 1 || len(d.Attributes) > mostAttributes {
		return "", ErrOffer
	}
	m := d.MediaDescriptions[0]
	if m.MediaName.Media != "audio" || m.MediaName.Port.Value == 0 || len(m.Attributes) > mostAttributes || !slices.Contains(m.MediaName.Protos, "SAVPF") {
		return "", ErrOffer
	}
	if !slices.Contains(m.MediaName.Formats, "0") && !slices.Contains(m.MediaName.Formats, "8") {
		return "", ErrOffer
	}
	for key, like := range needed() {
		if !says(d, m, key, like) {
			return "", ErrOffer
		}
	}
	m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool { return a.Key == "candidate" })
	out, err := d.Marshal()
	if err != nil {
		return "", ErrOffer
	}
	return string(out), nil
}

// needed is what an offer says that can be answered, and how it looks (RFC 8122, 8839).
func needed() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"fingerprint": regexp.MustCompile(`(?i)^sha-(256|384|512) [0-9a-f]{2}(:[0-9a-f]{2}){31,63}$`),
		"ice-ufrag":   regexp.MustCompile(`^[\w+/]{4,256}$`),
		"ice-pwd":     regexp.MustCompile(`^[\w+/]{22,256}$`),
	}
}

// says reports whether the offer has such a line, and none of that name that looks otherwise.
func says(d sdp.SessionDescription, m *sdp.MediaDescription, key string, like *regexp.Regexp) (ok bool) {
	for _, a := range slices.Concat(d.Attributes, m.Attributes) {
		if a.Key == key {
			if !like.MatchString(a.Value) {
				return false
			}
			ok = true
		}
	}
	return ok
}
