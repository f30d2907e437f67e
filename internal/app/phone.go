package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// phone is the telephone in the desk's own terms.
type phone struct{ *voice.Voice }

// phoneOf is nil, and no pointer to nothing, where the line has no telephone.
func phoneOf(v *voice.Voice) desk.Phone {
	if v == nil {
		return nil
	}
	return phone{v}
}

// Listen implements [desk.Phone].
func (p phone) Listen(ctx context.Context, by hotline.PersonID, id hotline.ContactID, how desk.Presence) error {
	return p.Voice.Listen(ctx, by, id, voice.How(how))
}

// Telephone implements [desk.Phone].
func (p phone) Telephone(by hotline.PersonID) desk.Telephone {
	out := desk.Telephone{Quality: desk.Unknown}
	if st, ok := p.Station(by); ok {
		out.Generation, out.Fresh, out.Quality = st.Generation(), st.Fresh(), qualityOf(st.Quality())
	}
	for _, c := range p.Hears(by) {
		out.Calls = append(out.Calls, callOf(c, by))
	}
	return out
}

func callOf(c voice.Seen, by hotline.PersonID) desk.PhoneCall {
	out := desk.PhoneCall{
		Contact: c.Contact, How: desk.Talks, Answered: c.Answered, Rang: c.Rang, Muted: c.Muted[by], Held: c.Held, Quality: qualityOf(c.Line),
		Silent: c.Silent, Keys: c.Keys,
	}
	if how, ok := c.Ears[by]; ok {
		out.How = desk.Presence(how)
	}
	for _, p := range slices.Sorted(maps.Keys(c.Ears)) {
		out.Ears = append(out.Ears, desk.Ear{Person: p, How: desk.Presence(c.Ears[p])})
	}
	return out
}

// From a fiftieth of the packets lost on, words are lost.
const (
	weakLoss   = 0.02
	badLoss    = 0.06
	weakJitter = 40 * time.Millisecond
	badJitter  = 100 * time.Millisecond
	silent     = 3 * time.Second
)

// qualityOf is how well somebody is heard, and hears.
func qualityOf(q media.Quality) desk.Quality {
	loss, jitter := max(q.LossIn, q.LossOut), max(q.JitterIn, q.JitterOut)
	switch {
	case q.Silence > silent:
		return desk.Gone
	case q.Received == 0:
		return desk.Unknown
	case loss >= badLoss || jitter >= badJitter:
		return desk.Bad
	case loss >= weakLoss || jitter >= weakJitter:
		return desk.Weak
	}
	return desk.Clear
}
