package sdp

import (
	"net/netip"
	"slices"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// ourEvent is the payload type of telephone-event in our offers, as everybody has it.
const ourEvent = 101

// Offer is what we say first.
func Offer(ours Ours) (Media, error) {
	m := Media{
		Addr: ours.Addr, RTCP: next(ours.Addr), Codecs: slices.Clone(ours.codecs()), Event: ourEvent,
		Dir: ours.Dir, Secure: ours.Secure, Ptime: 20,
	}
	if ours.Key != nil {
		m.Crypto = []Crypto{{Tag: 1, Key: *ours.Key}}
	}
	if ours.Secure && ours.Key == nil {
		return Media{}, ErrUnacceptable
	}
	return m, nil
}

// Answer says what of an offer we take. Where none came (the INVITE had no
// description) it is our offer.
func Answer(offer Media, ours Ours) (Media, error) {
	if offer.IsZero() {
		return Offer(ours)
	}
	m := Media{
		Addr: ours.Addr, RTCP: next(ours.Addr), Event: offer.Event, Dir: offer.Dir.Mirror() & ours.Dir, Secure: offer.Secure, Ptime: 20,
		feedback: offer.feedback, before: offer.before, after: offer.after,
	}
	for _, c := range offer.Codecs {
		if slices.Contains(ours.codecs(), c) {
			m.Codecs = append(m.Codecs, c)
		}
	}
	if len(offer.Crypto) > 0 && ours.Key != nil {
		m.Crypto = []Crypto{{Tag: offer.Crypto[0].Tag, Key: *ours.Key}}
	}
	if len(m.Codecs) == 0 || len(m.Crypto) == 0 && (offer.Secure || ours.Secure) {
		return Media{}, ErrUnacceptable
	}
	return m, nil
}

// Accept reads the other end's answer to an offer of ours, and returns it with only
// what the offer had.
func Accept(offer, answer Media) (Media, error) {
	answer.Codecs = slices.DeleteFunc(slices.Clone(answer.Codecs), func(c audio.Codec) bool { return !slices.Contains(offer.Codecs, c) })
	if answer.Event != offer.Event {
		answer.Event = NoEvent
	}
	answer.Crypto = slices.DeleteFunc(slices.Clone(answer.Crypto), func(c Crypto) bool {
		return !slices.ContainsFunc(offer.Crypto, func(o Crypto) bool { return o.Tag == c.Tag })
	})
	if len(answer.Codecs) == 0 || len(answer.Crypto) == 0 && (offer.Secure || answer.Secure) {
		return Media{}, ErrUnacceptable
	}
	return answer, nil
}

// next is the port above, where RTCP goes.
func next(a netip.AddrPort) netip.AddrPort {
	if a.Port() == 65535 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.Addr(), a.Port()+1)
}
