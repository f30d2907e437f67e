package voice_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A scene is one call on a line that has an advocate and a supervisor. Who they are stays,
// since to hire somebody takes longer than a call.
type scene struct {
	*line
	p, s   *hotlinetest.Person
	pb, sb *voicetest.Browser
}

// talk is a call that the advocate has answered.
func (s *scene) talk(t *testing.T) (*telephone.Call, hotline.ContactID) {
	t.Helper()
	s.Enter(t, staff.Ready, s.p)
	return s.talkOn(t, s.call("+15550142"))
}

// talkOn has the advocate answer a call that was greeted.
func (s *scene) talkOn(t *testing.T, c *telephone.Call) (*telephone.Call, hotline.ContactID) {
	t.Helper()
	hotlinetest.Must(t, c.Press(s.soon(), "1"))
	id := s.accept(s.p)
	s.stands(id, contact.Live)
	s.hear(c, s.pb)
	return c, id
}

// waiting is a call that waits, since nobody is there.
func (s *scene) waiting(t testing.TB, from string) (*telephone.Call, hotline.ContactID) {
	t.Helper()
	s.Enter(t, staff.Break, s.p)
	c := s.call(from)
	return c, s.waits(c)
}

// over ends what is left of a call, so that the next finds everybody free.
func (s *scene) over(t *testing.T, c *telephone.Call, id hotline.ContactID) {
	t.Helper()
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.until("nothing is left of the call", func() bool {
		return s.voice.Living() == 0 && s.Count(t, `SELECT count(*) FROM dialog`) == 0
	})
	if s.Find(t, id).State == contact.Closing {
		s.Close(t, s.p, id)
	}
}

// forgets ends it, and the place that is kept of it.
func (s *scene) forgets(t *testing.T, c *telephone.Call, id hotline.ContactID) {
	t.Helper()
	s.over(t, c, id)
	hotlinetest.Must(t, s.Book.EndNow(t.Context(), hotline.Machine, id))
}

// An act is something that is played on the scene. The next begins where it ended.
type act struct {
	name string
	play func(*scene, *testing.T)
}

func (s *scene) plays(t *testing.T, all ...act) {
	t.Helper()
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) { s.t = t; a.play(s, t) })
		if t.Failed() {
			return // the next would find what this one left
		}
	}
}

func TestCalls(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		s := &scene{line: newLine(t, w)}
		s.p, s.pb = s.ready(hotline.Advocate)
		s.s, s.sb = s.ready(hotline.Supervisor)
		s.Enter(t, staff.Busy, s.s)
		s.plays(t,
			act{"she hangs up", (*scene).sheHangsUp},
			act{"the advocate ends it", (*scene).advocateEnds},
			act{"nobody has answered her yet", (*scene).hangUpsBefore},
			act{"a drop keeps her place", (*scene).dropped},
			act{"she vanishes without a word", (*scene).vanishes},
			act{"danger is marked by one key", (*scene).danger},
			act{"danger while she waits", (*scene).dangerLater},
			act{"a star forgets her", (*scene).star},
			act{"held and muted", (*scene).heldAndMuted},
			act{"her own telephone holds", (*scene).sheHolds},
			act{"a session, and both at once", (*scene).session},
			act{"a supervisor", (*scene).supervised},
			act{"her line is taken to be gone", (*scene).takenToBeGone},
			act{"the advocate's browser is gone", (*scene).browserGone},
			act{"another process goes on", (*scene).restarted},
			act{"a process ends before it has gone on", (*scene).endsAtOnce},
			act{"she hangs up while no process has her", (*scene).hangsUpBetween},
			act{"a process gives her to another one", (*scene).handedOver},
		)
	})
}

func (s *scene) sheHangsUp(t *testing.T) {
	c, id := s.talk(t)
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.stands(id, contact.Closing)
	s.over(t, c, id)
}

func (s *scene) advocateEnds(t *testing.T) {
	c, id := s.talk(t)
	last := make(chan error, 1)
	go func() { last <- c.Hears(s.soon(), telephone.Tone(words, -20)) }() // before they are said
	hotlinetest.Must(t, s.Book.EndNow(t.Context(), hotline.Actor(s.p.ID), id))
	hotlinetest.Must(t, s.voice.End(s.soon(), s.p.ID, id))
	if err := <-last; err != nil {
		t.Errorf("she hears no last words: %v", err)
	}
	<-c.Ended()
	s.stands(id, contact.Closing)
	if got := s.voice.Hears(s.p.ID); len(got) != 0 {
		t.Errorf("the advocate is still in %d calls", len(got))
	}
	s.over(t, c, id)
}

// hangUpsBefore: in the menu nothing is noted of her; while it rings the offer ends.
func (s *scene) hangUpsBefore(t *testing.T) {
	before := s.Count(t, `SELECT count(*) FROM contact`)
	c := s.call("+15550143")
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.until("the call is over", func() bool { return s.voice.Living() == 0 })
	if after := s.Count(t, `SELECT count(*) FROM contact`); after != before {
		t.Error("somebody who hung up in the menu is a contact")
	}
	s.Enter(t, staff.Ready, s.p)
	c = s.call("+15550143")
	hotlinetest.Must(t, c.Press(s.soon(), "1"))
	s.until("it rings", func() bool { r, err := s.Book.Rings(t.Context(), s.p.ID); return err == nil && len(r) == 1 })
	id := s.newest()
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.stands(id, contact.Interrupted)
	if r, err := s.Book.Rings(t.Context(), s.p.ID); err != nil || len(r) != 0 {
		t.Errorf("it still rings: %d %v", len(r), err)
	}
	s.forgets(t, c, id)
}

func (s *scene) dropped(t *testing.T) {
	c, id := s.waiting(t, "+15550144")
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.stands(id, contact.Interrupted)
	s.until("the call is over", func() bool { return s.voice.Living() == 0 })
	again := s.call("+15550144")
	if got := s.waits(again); got != id {
		t.Error("she is a new caller, and her place was kept")
	}
	s.stands(id, contact.Waiting)
	s.forgets(t, again, id)
}

func (s *scene) vanishes(t *testing.T) {
	c, id := s.talk(t)
	c.Vanish()
	s.stands(id, contact.Interrupted)
	if s.Find(t, id).Advocate != s.p.ID {
		t.Error("who spoke with her is forgotten")
	}
	s.forgets(t, c, id)
	s.Close(t, s.p, id)
}

func (s *scene) danger(t *testing.T) {
	s.Enter(t, staff.Break, s.p)
	c := s.call("+15550145")
	hotlinetest.Must(t, c.Press(s.soon(), "9"))
	hotlinetest.Must(t, c.Hears(s.soon(), telephone.Tone(music, -20)))
	id := s.newest()
	if is := s.Find(t, id); !is.Danger || is.Urgency != 0 {
		t.Errorf("danger is %t, urgency %d", is.Danger, is.Urgency)
	}
	all, err := s.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	rings := 0
	for _, a := range all {
		if a.Contact == id && a.Kind == contact.Danger {
			rings++
		}
	}
	if rings != 1 {
		t.Errorf("it rings %d times for the supervisors", rings)
	}
	s.forgets(t, c, id)
}

// dangerLater: she waits already when it becomes dangerous.
func (s *scene) dangerLater(t *testing.T) {
	c, id := s.waiting(t, "+15550148")
	hotlinetest.Must(t, c.Press(s.soon(), "9"))
	s.until("danger is marked", func() bool { is := s.Find(t, id); return is.Danger && is.Urgency == 0 })
	s.forgets(t, c, id)
}

func (s *scene) star(t *testing.T) {
	c, id := s.waiting(t, "+15550146")
	hotlinetest.Must(t, c.Press(s.soon(), "*"))
	<-c.Ended()
	s.stands(id, contact.Erased)
	s.over(t, c, id)
}

// comforted looks for the soft tone of a line that somebody comes back to.
func comforted(since []int16) bool {
	const long = audio.Rate / 8
	if len(since) < long {
		return false
	}
	last := since[len(since)-long:]
	return audio.Goertzel(last, comfort) > -30 && audio.Goertzel(last, advocates) < -45
}

func (s *scene) heldAndMuted(t *testing.T) {
	c, id := s.talk(t)
	for _, on := range []bool{true, false} {
		hotlinetest.Must(t, s.voice.Hold(s.soon(), s.p.ID, id, on))
		if !on {
			s.hear(c, s.pb)
			continue
		}
		if err := c.Hears(s.soon(), comforted); err != nil {
			t.Errorf("while she is held she hears no comfort: %v", err)
		}
		if got := s.voice.Hears(s.p.ID); len(got) != 1 || !got[0].Held {
			t.Errorf("the advocate's desk does not show that she is held")
		}
	}
	hotlinetest.Must(t, s.voice.Mute(s.soon(), s.p.ID, id, true))
	silent := func(since []int16) bool {
		return len(since) > audio.Rate/5 && audio.Goertzel(since[len(since)-audio.Rate/5:], advocates) < -40
	}
	if err := c.Hears(s.soon(), silent); err != nil {
		t.Errorf("she hears an advocate who is muted: %v", err)
	}
	if err := s.pb.Hears(s.soon(), voicetest.Only(hers, advocates)); err != nil {
		t.Errorf("an advocate who is muted does not hear her: %v", err)
	}
	hotlinetest.Must(t, s.voice.Mute(s.soon(), s.p.ID, id, false))
	s.hear(c, s.pb)
	hotlinetest.Must(t, s.voice.Digit(s.soon(), s.p.ID, id, '5'))
	hotlinetest.Refused(t, s.voice.Mute(s.soon(), s.s.ID, id, true), voice.ErrNone)
	hotlinetest.Refused(t, s.voice.Hold(s.soon(), s.s.ID, id, true), voice.ErrNone)
	hotlinetest.Refused(t, s.voice.Digit(s.soon(), s.s.ID, id, '1'), voice.ErrNone)
	s.over(t, c, id)
	hotlinetest.Refused(t, s.voice.Mute(s.soon(), s.p.ID, id, true), voice.ErrNone)
	hotlinetest.Must(t, s.voice.End(s.soon(), s.p.ID, id))
}

func (s *scene) sheHolds(t *testing.T) {
	c, id := s.talk(t)
	hotlinetest.Must(t, c.Hold(s.soon(), true))
	hotlinetest.Must(t, c.Hold(s.soon(), false))
	s.hear(c, s.pb)
	s.over(t, c, id)
}

// session: the line says in time that it is there; both offer something at the same moment;
// and a telephone that has to say it, and does not, is no call any more. Until then they hear
// each other.
func (s *scene) session(t *testing.T) {
	const pending = 491
	var offers atomic.Int32
	meet, met := make(chan bool, 1), make(chan error, 1)
	c, id := s.talkOn(t, s.dial(telephone.Dial{From: "+15550149", Session: 90, Offered: func(c *telephone.Call) int {
		select {
		case <-meet: // she offers something herself, before she answers
			met <- c.Hold(s.soon(), true)
			return pending
		default:
			offers.Add(1)
			return 0
		}
	}}))
	goesOn := func(what string) {
		t.Helper()
		before := offers.Load()
		s.until(what, func() bool { return offers.Load() > before })
		s.hear(c, s.pb)
	}
	goesOn("the line says that it is there")

	meet <- true
	var refused *telephone.RefusedError
	if err := <-met; !errors.As(err, &refused) || refused.Code != pending {
		t.Errorf("her offer that meets the line's is answered: %v", err)
	}
	goesOn("the line tries again")

	var from time.Time
	s.until("she tries again", func() bool {
		from = time.Now()
		err := c.Hold(s.soon(), false)
		if !errors.As(err, &refused) { // it may meet one more of the line's
			hotlinetest.Must(t, err)
		}
		return err == nil
	})
	select {
	case <-c.Ended(): // for she does not say that she is there
	case <-s.soon().Done():
		t.Fatal("the line keeps a call of which it hears nothing")
	}
	if took := time.Since(from); took < 60*second {
		t.Errorf("the line gives her up after %v", took)
	}
	s.stands(id, contact.Interrupted)
	s.over(t, c, id)
	if got := s.voice.Hears(s.p.ID); len(got) != 0 {
		t.Errorf("the advocate is still in %d calls", len(got))
	}
	hotlinetest.Must(t, s.Book.EndNow(t.Context(), hotline.Machine, id))
	s.Close(t, s.p, id)
}

func (s *scene) supervised(t *testing.T) {
	c, id := s.talk(t)
	s.sb.Say(supervisor)
	hotlinetest.Refused(t, s.voice.Listen(s.soon(), s.Hire(t, hotline.Supervisor).ID, id, voice.Listens), voice.ErrDeaf)
	listen := func(how voice.How) {
		t.Helper()
		hotlinetest.Must(t, s.voice.Listen(s.soon(), s.s.ID, id, how))
		got := s.voice.Hears(s.p.ID)
		if len(got) != 1 || got[0].Ears[s.s.ID] != how {
			t.Errorf("the advocate does not see that the supervisor %s", how)
		}
	}
	hears := func(who string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	listen(voice.Listens)
	hears("the supervisor hears her", s.sb.Hears(s.soon(), voicetest.Only(hers, supervisor)))
	hears("the supervisor hears the advocate", s.sb.Hears(s.soon(), voicetest.Only(advocates, supervisor)))
	hears("she does not hear who listens", c.Hears(s.soon(), voicetest.Only(advocates, supervisor)))
	hears("the advocate does not hear who listens", s.pb.Hears(s.soon(), voicetest.Only(hers, supervisor)))
	listen(voice.Whispers)
	hears("the advocate hears who whispers", s.pb.Hears(s.soon(), voicetest.Only(supervisor, advocates)))
	hears("she does not hear who whispers", c.Hears(s.soon(), voicetest.Only(advocates, supervisor)))
	listen(voice.Joins)
	hears("she hears who joins", c.Hears(s.soon(), voicetest.Only(supervisor, hers)))
	hotlinetest.Must(t, s.voice.Listen(s.soon(), s.s.ID, id, voice.Leaves))
	s.hear(c, s.pb)
	hears("she does not hear who has left", c.Hears(s.soon(), voicetest.Only(advocates, supervisor)))
	s.over(t, c, id)
}

// takenToBeGone: for a while nobody could say that her line is up, nor can it be put right at
// once. That is tried again now and then; then she waits as anybody does.
func (s *scene) takenToBeGone(t *testing.T) {
	c, id := s.talk(t)
	s.Enter(t, staff.Break, s.p)
	defer s.Enter(t, staff.Ready, s.p)
	s.SQL(t, `ALTER TABLE recent RENAME TO hidden`)
	before := s.said.Load()
	hotlinetest.Must(t, s.Book.Dropped(t.Context(), id))
	hotlinetest.Must(t, c.Hears(s.soon(), func(since []int16) bool { return len(since) > audio.Rate }))
	if n := s.said.Load() - before; n == 0 || n > 10 {
		t.Errorf("in a second it is tried %d times", n)
	}
	s.SQL(t, `ALTER TABLE hidden RENAME TO recent`)
	s.stands(id, contact.Waiting)
	s.until("her keys are those of the queue", func() bool {
		hotlinetest.Must(t, c.Press(s.soon(), "1"))
		ctx, stop := context.WithTimeout(s.soon(), time.Second)
		defer stop()
		return c.Hears(ctx, telephone.Tone(words, -20)) == nil
	})
	s.over(t, c, id)
	hotlinetest.Must(t, s.Book.EndNow(t.Context(), hotline.Machine, id))
	s.Close(t, s.p, id)
}

func (s *scene) browserGone(t *testing.T) {
	c, id := s.talk(t)
	s.Enter(t, staff.Ready, s.s)
	defer s.Enter(t, staff.Busy, s.s)
	s.pb.Vanish()
	if err := c.Hears(s.soon(), comforted); err != nil {
		t.Errorf("she hears no comfort: %v", err)
	}
	if s.Find(t, id).Advocate != s.p.ID {
		t.Error("the advocate has lost her at once")
	}
	s.until("the supervisor is asked in", func() bool {
		r, err := s.Book.Rings(t.Context(), s.s.ID)
		return err == nil && len(r) == 1 && r[0].Kind == contact.Relief
	})
	s.pb = s.connect(s.p)
	s.hear(c, s.pb)
	s.until("nobody is asked in any more", func() bool { r, err := s.Book.Rings(t.Context(), s.s.ID); return err == nil && len(r) == 0 })
	s.pb.Close()
	s.until("the supervisor is asked in again", func() bool { r, err := s.Book.Rings(t.Context(), s.s.ID); return err == nil && len(r) == 1 })
	s.accept(s.s)
	s.hear(c, s.sb)
	s.pb = s.connect(s.p)
	hotlinetest.Must(t, c.HangUp(s.soon()))
	s.stands(id, contact.Closing)
	s.Close(t, s.s, id)
	s.over(t, c, id)
}

func (s *scene) restarted(t *testing.T) {
	c, id := s.talk(t)
	s.stop()
	if n := s.Count(t, `SELECT count(*) FROM dialog`); n != 1 {
		t.Fatalf("%d calls are left to the next process, want one", n)
	}
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	if err := c.Hears(s.soon(), comforted); err != nil {
		t.Errorf("she hears nothing of the process that went on: %v", err)
	}
	s.pb = s.connect(s.p)
	s.hear(c, s.pb)
	if s.Find(t, id).State != contact.Live {
		t.Error("her contact has left live")
	}
	if got := s.figure(`freeline_call_wait_seconds_sum{channel="call"}`); got != "" && got != "0" {
		t.Errorf("of a wait that another process has seen, %s seconds are counted", got)
	}
	s.over(t, c, id)
}

// endsAtOnce: it leaves the call to the next one, as it found it.
func (s *scene) endsAtOnce(t *testing.T) {
	c, id := s.talk(t)
	s.stop()
	was, asked := s.script, make(chan struct{})
	s.script = slow{newScript(t), asked}
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	<-asked
	s.stop()
	s.script = was
	if n := s.Count(t, `SELECT count(*) FROM dialog`); n != 1 || s.Find(t, id).State != contact.Live {
		t.Errorf("%d calls are left to the next process, want one, and her contact live", n)
	}
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	s.pb = s.connect(s.p)
	s.hear(c, s.pb)
	s.over(t, c, id)
}

// hangsUpBetween: what she said to nobody is repeated to the next one, and it was her wish.
func (s *scene) hangsUpBetween(t *testing.T) {
	c, id := s.talk(t)
	s.stop()
	said := make(chan error, 1)
	go func() { said <- c.HangUp(s.soon()) }()
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	hotlinetest.Must(t, <-said)
	s.stands(id, contact.Closing)
	s.over(t, c, id)
}

// handedOver: the process that is about to end still runs when the other one has her.
func (s *scene) handedOver(t *testing.T) {
	s.stop()
	s.several = true
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	s.pb = s.connect(s.p)
	c, id := s.talk(t)
	old, stop := s.voice, s.stop
	s.at = free(t)
	s.start(dialog.New(s.Engine.Main, s.Shred, hotline.NewID()))
	s.pb = s.connect(s.p)
	old.HandOver(s.soon())
	s.until("she is here and not there", func() bool { return s.voice.Living() == 1 && old.Living() == 0 })
	s.hear(c, s.pb)
	stop()
	s.hear(c, s.pb)
	if s.Find(t, id).State != contact.Live {
		t.Error("her contact has left live")
	}
	s.over(t, c, id)
}
