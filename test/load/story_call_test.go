package load_test

import (
	"bytes"
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/peer"
)

// What a story on the telephone needs: the shipped flow in few steps, of which each is heard
// as a tone of its own, callers who hear which, and desks with a microphone.

// Tones by which people are told apart.
const (
	herVoice      = 440
	advocateVoice = 770
	listenerVoice = 610
	audible       = peer.ToneLevel - 6
)

// spoken are the steps of the flow and the pieces that are told apart by ear, in the order of
// their tones.
func spoken() []string {
	out := []string{"language", "expect", "choice", "digits", "watched", "today", "danger", "queue", "bye", "digits.are", "digits.found", "digits.again"}
	for n := range 9 { // none of the digits that keep a place is a 9
		out = append(out, "digit."+string(rune('0'+n)))
	}
	return out
}

// toneOf is how something is heard: of the rest all that it is something.
func toneOf(name string) float64 {
	if i := slices.Index(spoken(), name); i >= 0 {
		return 1000 + 110*float64(i)
	}
	return 880
}

// callStories tells a story on each engine, on a line whose telephone is at this address.
func callStories(t *testing.T, people []staff.Person, tell func(s *story, line string)) {
	t.Helper()
	storiesOn(t, []string{"en"}, people, func(t *testing.T, h *load.House) {
		telephoned(t, h)
		h.Inside(func(in *app.Line) { speaks(t, h, in) })
	}, func(s *story) {
		at := s.h.Config.Voice.Listen[0]
		tell(s, at.Address())
	})
}

// speaks publishes the flow, and the tones as which it is heard.
func speaks(t *testing.T, h *load.House, in *app.Line) {
	t.Helper()
	f, err := flow.Parse(flow.Shipped())
	must(t, err)
	f.Steps = slices.DeleteFunc(f.Steps, func(s flow.Step) bool { return !slices.Contains(spoken(), s.ID) })
	for i := range f.Steps {
		s := &f.Steps[i]
		s.Words = map[string]string{"en": "The words of " + s.ID + "."}
		s.Go = slices.DeleteFunc(s.Go, func(b flow.Branch) bool { return !slices.Contains(spoken(), b.To) })
		s.Keys = slices.DeleteFunc(s.Keys, func(k flow.Press) bool {
			return k.To != "" && !slices.Contains(spoken(), k.To) || k.Lang != "" && k.Lang != "en" ||
				!slices.Contains([]string{"", flow.Silent, flow.Music, flow.Keep}, k.Does)
		})
	}
	by, err := in.Staff.ByName(t.Context(), h.Cast.Actors[0].Name)
	must(t, err)
	must(t, in.Editions.Begin(t.Context(), by.ID, flow.Key(), f.Body()))
	pieces, err := flow.ParsePieces(flow.ShippedPieces()["en"])
	must(t, err)
	for _, say := range flow.Sayings(f, map[string]map[string]string{"en": pieces}) {
		var wav bytes.Buffer
		must(t, audio.Record(audio.NewSequence(audio.NewTone(120*time.Millisecond, peer.ToneLevel, toneOf(say.Name)), audio.NewSilence(60*time.Millisecond)), time.Second).WriteWAV(&wav))
		must(t, in.Sounds.Keep(t.Context(), by.ID, "en", say.Words, &wav, flow.Longest))
	}
}

// A phoned is somebody on the telephone, who knows what she was told so far.
type phoned struct {
	*telephone.Call
	s     *story
	at    int // how far it was listened to
	was   string
	heard []string
	taken int // how many of them were waited for
}

// dials calls the line from a number; an empty one is withheld.
func (s *story) dials(line, from string) *phoned {
	s.t.Helper()
	phone, err := telephone.Open(s.ctx, netip.MustParseAddr("127.0.0.1"))
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, phone.Close()) })
	call, err := phone.Call(s.ctx, telephone.Dial{Line: line, Number: "+15550100", From: from})
	must(s.t, err)
	return &phoned{Call: call, s: s}
}

// listen reads what came since: which words, one after the other.
func (c *phoned) listen() {
	const window, step = audio.Rate / 25, audio.Rate / 50
	all := c.Heard()
	for ; c.at+window <= len(all); c.at += step {
		name := ""
		for _, n := range spoken() {
			if audio.Goertzel(all[c.at:c.at+window], toneOf(n)) > peer.ToneLevel-4 {
				name = n
				break
			}
		}
		if name != "" && name != c.was {
			c.heard = append(c.heard, name)
		}
		c.was = name
	}
}

// hears waits until she was told something, after what was waited for last.
func (c *phoned) hears(name string) {
	c.s.t.Helper()
	ctx, cancel := context.WithTimeout(c.s.ctx, time.Minute)
	defer cancel()
	err := c.Hears(ctx, func([]int16) bool {
		c.listen()
		i := slices.Index(c.heard[c.taken:], name)
		if i >= 0 {
			c.taken += i + 1
		}
		return i >= 0
	})
	if err != nil {
		c.s.t.Fatalf("she is not told %s, but %v: %v", name, c.heard[c.taken:], err)
	}
}

// chooses presses a key when she was told to.
func (c *phoned) chooses(step, key string) {
	c.s.t.Helper()
	c.hears(step)
	must(c.s.t, c.Press(c.s.ctx, key))
}

// digits are the four that keep her place, as she hears them.
func (c *phoned) digits() (four string) {
	c.s.t.Helper()
	c.hears("digits.are")
	ctx, cancel := context.WithTimeout(c.s.ctx, time.Minute)
	defer cancel()
	must(c.s.t, c.Hears(ctx, func([]int16) bool {
		c.listen()
		return len(c.heard) >= c.taken+4
	}))
	for range 4 {
		n, ok := strings.CutPrefix(c.heard[c.taken], "digit.")
		if !ok {
			c.s.t.Fatalf("of four digits she hears %v", c.heard[c.taken:])
		}
		four, c.taken = four+n, c.taken+1
	}
	return four
}

// talks has her say her tone, and waits until she hears the advocate.
func (c *phoned) talks() {
	c.s.t.Helper()
	c.Begin(audio.NewTone(0, peer.ToneLevel, herVoice))
	ctx, cancel := context.WithTimeout(c.s.ctx, time.Minute)
	defer cancel()
	if err := c.Hears(ctx, telephone.Tone(advocateVoice, audible-10)); err != nil {
		c.s.t.Fatalf("she does not hear the advocate: %v", err)
	}
}

// over waits until the line has hung up.
func (c *phoned) over() {
	c.s.t.Helper()
	select {
	case <-c.Ended():
	case <-time.After(time.Minute):
		c.s.t.Fatal("her line is not hung up")
	}
}

// sitByPhone has somebody sit down at a desk with a telephone, whose microphone hears a tone.
func (s *story) sitByPhone(name string, hz float64) seat {
	s.t.Helper()
	tone := filepath.Join(s.t.TempDir(), "voice.wav")
	peer.WriteBursts(s.t, tone, hz)
	d := s.signIn(name, tone)
	d.Listen()
	d.ClickText("Try my microphone")
	d.ClickText("It works, go on")
	d.begins(true)
	return d
}

// answers takes a call that rings, and waits until she is heard.
func (d seat) answers() {
	d.s.t.Helper()
	d.Click(".ring .btn.pri")
	d.WaitFor(".phone.live")
}

// savesAs ends the wrap-up; kind is what was not answered before.
func (d seat) savesAs(kind string) {
	d.s.t.Helper()
	d.WaitFor(".wrapup")
	d.Click(`.wrapup input[value="yes"]`)
	if kind != "" {
		d.Click(`.wrapup input[value="` + kind + `"]`)
	}
	d.ClickText("A plan was made")
	d.ClickText("Save and close")
	d.WaitGone(".wrapup")
}

// ends hangs up the call that she speaks in, in two steps.
func (d seat) ends() {
	d.s.t.Helper()
	d.Click(".phone summary.ending")
	d.Click(".phone .btn.end")
}
