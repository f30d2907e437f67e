package voice_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/peer"
)

// Whoever waits may agree by a key to be put through to another line, by another trunk, or to
// be called back. What it does to her contact is tried on both engines where contacts are.
func TestInsteadOfWaiting(t *testing.T) { //nolint:tparallel // a scene begins where the one before has ended
	t.Parallel()
	s := &scene{line: newLine(t, hotlinetest.New(t, dbtest.New(t)))}
	s.p, s.pb = s.ready(hotline.Advocate)
	s.plays(t,
		act{"both hear each other, and her number stays here", (*scene).putThrough},
		act{"it hangs up", (*scene).otherHangsUp},
		act{"it is busy, and her place is kept", (*scene).otherBusy},
		act{"it speaks before it answers, and a star forgets her", (*scene).otherEarly},
		act{"somebody of ours answers first", (*scene).otherTooLate},
		act{"another process goes on with both", (*scene).otherRestarted},
		act{"she wishes to be called back", (*scene).calledBack},
	)
}

// agrees has somebody wait while nobody is there, ask for another line and agree.
func (s *scene) agrees(from string, to peer.Manner) (*telephone.Call, hotline.ContactID) {
	s.t.Helper()
	s.other.Will(to)
	c, id := s.waiting(s.t, from)
	hotlinetest.Must(s.t, c.Press(s.soon(), "31"))
	return c, id
}

// came waits until the other line was sent something for the nth time since a scene began.
func (s *scene) came(method string, before peer.Seen) peer.Seen {
	s.t.Helper()
	n := len(before.Methods)
	return s.other.Wait(s.t, method+" at the other line", func(is peer.Seen) bool { return slices.Contains(is.Methods[n:], method) })
}

// seen is what the other line has seen so far.
func (s *scene) seen() peer.Seen { return s.other.Wait(s.t, "", func(peer.Seen) bool { return true }) }

// bothWays checks that she and the other line hear each other.
func (s *scene) bothWays(c *telephone.Call) {
	s.t.Helper()
	c.Begin(audio.NewTone(0, -12, hers))
	n := len(s.seen().Heard)
	if err := c.Hears(s.soon(), voicetest.Only(others, hers)); err != nil {
		s.t.Errorf("she does not hear the other line: %v", err)
	}
	s.other.Wait(s.t, "voice of hers at the other line", func(is peer.Seen) bool { return voicetest.Only(hers, others)(is.Heard[n:]) })
}

func (s *scene) putThrough(t *testing.T) {
	before := s.seen()
	c, id := s.agrees("+15550193", peer.Picks)
	s.bothWays(c)
	s.stands(id, contact.Closing)
	if n := s.Count(t, `SELECT count(*) FROM offer WHERE contact = $1`, id); n != 0 {
		t.Error("it rang for her here")
	}
	hotlinetest.Must(t, c.Press(s.soon(), "95#"))
	s.other.Wait(t, "keys", func(is peer.Seen) bool { return is.Keys == "95#" })
	hotlinetest.Must(t, c.HangUp(s.soon()))
	seen := s.came("BYE", before)
	invite := seen.Wire[slices.IndexFunc(seen.Wire, func(m string) bool { return strings.HasPrefix(m, "INVITE") })]
	for _, want := range []string{`(?m)^INVITE sip:\+15550147@`, `(?m)^From: .*<sip:anonymous@anonymous\.invalid>;tag=`, `(?m)^Privacy: id\r$`} {
		if !regexp.MustCompile(want).MatchString(invite) {
			t.Errorf("the call is made without %s", want)
		}
	}
	for _, m := range seen.Wire {
		if strings.Contains(m, "5550193") || strings.Contains(strings.ToLower(m), "p-asserted-identity") {
			t.Error("something of hers went to the other line")
		}
	}
	s.over(t, c, id)
}

func (s *scene) otherHangsUp(t *testing.T) {
	c, id := s.agrees("+15550194", peer.Picks)
	s.bothWays(c)
	last := make(chan error, 1)
	go func() { last <- c.Hears(s.soon(), telephone.Tone(words, -20)) }() // before they are said
	s.other.Request("BYE")
	if err := <-last; err != nil {
		t.Errorf("she hears no last words: %v", err)
	}
	<-c.Ended()
	s.over(t, c, id)
}

func (s *scene) otherBusy(t *testing.T) {
	before := s.seen()
	c, id := s.agrees("+15550195", peer.Busy)
	s.came("ACK", before)
	if err := c.Hears(s.soon(), telephone.Tone(music, -20)); err != nil {
		t.Errorf("she does not wait on: %v", err)
	}
	s.stands(id, contact.Waiting)
	s.Enter(t, staff.Ready, s.p)
	if got := s.accept(s.p); got != id {
		t.Error("somebody else is answered")
	}
	s.hear(c, s.pb)
	s.over(t, c, id)
}

func (s *scene) otherEarly(t *testing.T) {
	before := s.seen()
	c, id := s.agrees("+15550196", peer.Early)
	if err := c.Hears(s.soon(), telephone.Tone(others, -20)); err != nil {
		t.Errorf("she does not hear what the other network says: %v", err)
	}
	s.stands(id, contact.Waiting)
	s.other.PickUp()
	s.bothWays(c)
	hotlinetest.Must(t, c.Press(s.soon(), "*"))
	<-c.Ended()
	s.stands(id, contact.Erased)
	s.came("BYE", before)
	s.over(t, c, id)
}

func (s *scene) otherTooLate(t *testing.T) {
	before := s.seen()
	c, id := s.agrees("+15550197", peer.Rings)
	if err := c.Hears(s.soon(), telephone.Tone(ringing, -30)); err != nil {
		t.Errorf("she does not hear that it rings: %v", err)
	}
	s.Enter(t, staff.Ready, s.p)
	s.accept(s.p)
	s.hear(c, s.pb)
	s.came("CANCEL", before)
	s.over(t, c, id)
}

func (s *scene) otherRestarted(t *testing.T) {
	c, id := s.agrees("+15550198", peer.Picks)
	s.bothWays(c)
	s.until("it is stored with the other line", func() bool {
		return s.Count(t, `SELECT count(*) FROM dialog WHERE contact = ''`) == 1
	})
	before := s.seen()
	again := func() {
		s.stop()
		s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	}
	again()
	s.came("INVITE", before)
	s.bothWays(c)
	c.Vanish() // so that the next process finds nobody
	again()
	s.came("BYE", before)
	s.over(t, c, id)
}

// calledBack: outside the queue she types another number, which makes her a contact; in the
// queue she wishes for the one that she calls from. A session alone can read either.
func (s *scene) calledBack(t *testing.T) {
	const typed, own = "5550188", "+15550199" // without its country nobody guesses it
	s.Enter(t, staff.Break, s.p)
	c := s.call(own)
	hotlinetest.Must(t, c.Press(s.soon(), "2")) // Spanish, which is asked before the queue
	hotlinetest.Must(t, c.Hears(s.soon(), telephone.Tone(prompt, -20)))
	hotlinetest.Must(t, c.Press(s.soon(), "212"+typed+"#"+"1"))
	noted := func() {
		t.Helper()
		s.until("her wish is noted", func() bool { return s.Count(t, `SELECT count(*) FROM call_back`) == 1 })
	}
	noted()
	id := s.newest()
	taken := func() (h contact.Head) {
		t.Helper()
		for _, number := range []string{typed, own} {
			hotlinetest.Same(t, s.Holding(t, number))
		}
		s.With(t, s.p, func(r *vault.Ring) error {
			words, err := r.Open(t.Context(), vault.Ref{Contact: id}, "call back")
			if err != nil {
				return err
			}
			record, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "call back")
			if err != nil {
				return err
			}
			if err := r.TakeCallBack(t.Context(), s.Book, words, record); err != nil {
				return err
			}
			h, err = record.Head(t.Context())
			return err
		})
		return h
	}
	atAnyTime := contact.Terms{May: contact.Yes, Leave: contact.No}
	if h := taken(); h.Number != typed || !cmp.Equal(h.Safety.Ways[contact.ByCall], atAnyTime) {
		t.Error("what she typed is not what is noted")
	}
	hotlinetest.Must(t, c.Hears(s.soon(), telephone.Tone(music, -20)))
	hotlinetest.Must(t, c.Press(s.soon(), "4121"))
	noted()
	if h := taken(); h.Number != own || h.Safety.Ways[contact.ByCall].From != 8*60 || h.Safety.Ways[contact.ByCall].Leave != contact.Yes {
		t.Error("the number that she calls from, in the morning, is not what is noted")
	}
	s.stands(id, contact.Waiting)
	s.forgets(t, c, id)
}
