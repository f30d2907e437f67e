package voice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
)

// air is what sounds on her line: a player, or people.
type air struct {
	leg   media.Leg
	stop  func() // what sounds, and waits until it does no more
	is    string // what sounds, in one word that changes with it
	says  int    // the number of the prompts that are being said; 0 is none
	music bool   // the flow has asked for music in the queue
	sings bool   // she waits in the queue

	room *media.Room // where more than two hear each other
	legs map[media.Leg]media.Role
}

func (a *air) close() {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
	a.is, a.says = "", 0
}

// play plays a source on a leg until it ends or is stopped. ended is called where it came to
// its end, from the player's goroutine.
func play(ctx context.Context, leg media.Leg, src audio.Source, ended func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { // ends with its source, or by stop, which waits for it
		defer close(done)
		if media.Play(ctx, leg, src) && ended != nil {
			ended()
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// speak says prompts. Those without a sound are passed over; where none has one, a short tone
// says at least that the line lives.
func (c *call) speak(ctx context.Context, s flow.Speak) {
	if len(s.Prompts) == 0 {
		c.air.close()
		return // what sounds between words follows by settle
	}
	parts := c.sounds(ctx, s.Prompts)
	c.air.close() // what sounded before goes on until the words are there
	if len(parts) == 0 {
		parts = append(parts, audio.NewTone(300*time.Millisecond, -20, 600))
	}
	n := s.N
	c.air.is, c.air.says = "says", n
	c.air.stop = play(ctx, c.leg, audio.NewSequence(parts...), func() {
		select {
		case c.said <- n:
		default: // eight are waiting: the flow has long gone on
		}
	})
}

// sounds are those of prompts, as far as they have one.
func (c *call) sounds(ctx context.Context, prompts []flow.Prompt) (parts []audio.Source) {
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for _, p := range prompts {
		if clip, ok := c.v.Script.Sound(asking, p); ok {
			parts = append(parts, clip.Play())
		}
	}
	return parts
}

// comfort is a soft sign that somebody is coming back: two short tones, then a quiet line.
func comfort() *audio.Playing {
	return audio.Record(audio.NewSequence(
		audio.NewTone(200*time.Millisecond, -24, comfortHz), audio.NewNoise(100*time.Millisecond, openLine),
		audio.NewTone(200*time.Millisecond, -24, comfortHz), audio.NewNoise(2500*time.Millisecond, openLine),
	), time.Minute).Loop()
}

const (
	comfortHz = 425
	openLine  = -60 // dB of a line where nobody speaks
)

// settle has her line sound as the call stands.
func (c *call) settle(ctx context.Context) {
	if c.ended {
		return
	}
	defer c.put()
	if c.other.with() {
		c.through(ctx)
		return
	}
	if courseOf(c.row) == talks && c.contact != "" {
		c.people(ctx)
		return
	}
	if c.air.says != 0 { // what is being said is said to its end
		return
	}
	if c.other != nil {
		c.through(ctx)
		return
	}
	switch {
	case !c.air.sings:
		c.sound(ctx, "open", func() audio.Source { return audio.NewNoise(0, openLine) })
	case !c.air.music:
		c.sound(ctx, "quiet", func() audio.Source { return comfort() })
	default:
		c.sound(ctx, "music", func() audio.Source {
			if clip, ok := c.v.Script.Music(ctx); ok {
				return clip.Loop()
			}
			return comfort()
		})
	}
}

// sound plays something without end, unless it sounds already.
func (c *call) sound(ctx context.Context, is string, src func() audio.Source) {
	if c.air.is == is {
		return
	}
	c.air.close()
	c.air.is = is
	c.air.stop = play(ctx, c.leg, src(), nil)
}

// people has her and whoever is with her hear each other.
func (c *call) people(ctx context.Context) {
	st, _ := c.v.stations.Of(c.row.Advocate)
	fresh := st != nil && st.Fresh()
	ears := c.ears()
	switch {
	case c.desk.held:
		c.sound(ctx, "held", func() audio.Source { return comfort() })
	case !fresh && len(ears) == 0:
		c.sound(ctx, "alone", func() audio.Source { return comfort() })
	case len(ears) == 0:
		c.pair(ctx, st)
	default:
		c.room(st, fresh, ears) //nolint:contextcheck // a room ends with the call, which closes it
	}
}

// pair joins her and her advocate, packet for packet.
func (c *call) pair(ctx context.Context, st *station.Station) {
	muted := c.desk.muted[st.Person()]
	is := fmt.Sprintf("pair %s %t", st.Person(), muted)
	if c.air.is == is {
		return
	}
	c.air.close()
	c.air.is = is
	if !muted {
		c.air.stop = media.Bridge(c.leg, st)
		return
	}
	c.leg.Hear(st.Send)
	quiet := play(ctx, c.leg, audio.NewNoise(0, openLine), nil) // a network takes a line without packets for dead
	c.air.stop = func() {
		c.leg.Hear(nil)
		quiet()
	}
}

// An ear is somebody of ours who is in a call beside the advocate, and is there.
type ear struct {
	st    *station.Station
	how   How
	muted bool
}

// ears lists them in an order that stays.
func (c *call) ears() (out []ear) {
	for _, p := range slices.Sorted(maps.Keys(c.desk.ears)) {
		if st, ok := c.v.stations.Of(p); ok && st.Fresh() {
			out = append(out, ear{st, c.desk.ears[p], c.desk.muted[p]})
		}
	}
	return out
}

// room has all of them hear what is theirs to hear. Who is in it may change without a gap.
func (c *call) room(st *station.Station, fresh bool, ears []ear) {
	legs := map[media.Leg]media.Role{c.leg: media.Talks}
	seat := func(st *station.Station, muted bool, role media.Role) {
		if muted {
			legs[unheard{st}] = role
		} else {
			legs[st] = role
		}
	}
	if fresh {
		seat(st, c.desk.muted[st.Person()], media.Guided)
	}
	is := fmt.Sprint("room ", c.row.Advocate, fresh, c.desk.muted[c.row.Advocate])
	for _, e := range ears {
		seat(e.st, e.muted, roleOf(e.how))
		is += fmt.Sprint(" ", e.st.Person(), e.how, e.muted)
	}
	if c.air.is == is {
		return
	}
	if c.air.room == nil {
		c.air.close()
		c.air.room = media.NewRoom(c.v.cfg.Clock)
		c.air.stop = func() {
			c.air.room.Close()
			c.air.room, c.air.legs = nil, nil
		}
	}
	for l := range c.air.legs {
		if _, stays := legs[l]; !stays {
			c.air.room.Remove(l)
		}
	}
	for l, role := range legs {
		c.air.room.Add(l, role)
	}
	c.air.is, c.air.legs = is, legs
}

func roleOf(h How) media.Role {
	switch h {
	case Whispers:
		return media.Whispers
	case Joins:
		return media.Talks
	case Listens, Talks, Leaves:
	}
	return media.Listens
}

// unheard is a leg whose sound nobody hears.
type unheard struct{ *station.Station }

// Hear hears nobody.
func (u unheard) Hear(func(media.Packet)) { u.Station.Hear(nil) }
