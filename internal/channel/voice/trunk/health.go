package trunk

import (
	"sync"
	"time"
)

// Code is what is wrong with a trunk, in a word that plain words are written for.
type Code string

// The codes.
const (
	Fine         Code = "fine"
	Unknown      Code = "unknown"      // nothing was heard of it so far
	Network      Code = "network"      // no target of it answers
	Registration Code = "registration" // it answers, and does not accept our account
	Declined     Code = "refused"      // it answers, and does not take our calls
	Credit       Code = "credit"       // it does not take our calls before it is paid
	Sound        Code = "sound"        // its calls come, and no sound with them
)

// Health is how a trunk does.
type Health struct {
	Trunk string
	Code  Code
	Since time.Time // of this code
}

// Up reports whether calls can be expected to come and go.
func (h Health) Up() bool { return h.Code == Fine }

// Health lists the trunks, in their order.
func (s *Service) Health() []Health {
	var all []Health
	for _, l := range s.links {
		l.state.mu.Lock()
		all = append(all, l.state.last)
		l.state.mu.Unlock()
	}
	return all
}

// state is what is known of a trunk.
type state struct {
	telling    sync.Mutex // so that changes are told in their order; before mu
	mu         sync.Mutex // for the next
	reached    Code       // Fine, Unknown or Network; Declined where all targets say that they are out of service
	registered Code       // Fine, Unknown or Registration; Fine where there is nothing to register
	calls      Code       // Fine, Declined or Credit, as the last call that told
	said       time.Time  // when it told
	sound      Code       // Fine or Sound, as the last calls that were up
	mute       int        // calls running that were up without any sound
	heard      time.Time  // when the last of them ended
	forbidden  bool       // the last call was 403
	last       Health
}

// note changes what is known, and tells it if it is something else now.
func (l *link) note(change func(*state)) {
	st := &l.state
	st.telling.Lock()
	defer st.telling.Unlock()
	st.mu.Lock()
	change(st)
	st.forget(l.s.conf.Clock())
	code := Fine
	for _, c := range []Code{st.reached, st.registered, st.calls, st.sound} {
		if c != Fine {
			code = c
			break
		}
	}
	changed := code != st.last.Code
	if changed {
		st.last = Health{Trunk: l.Name, Code: code, Since: l.s.conf.Clock()}
	}
	h := st.last
	st.mu.Unlock()
	if !changed {
		return
	}
	if h.Up() {
		l.s.log.Info("a trunk works", "trunk", l.Name)
	} else {
		l.s.log.Warn("a trunk does not work", "trunk", l.Name, "reason", string(h.Code))
	}
	if l.s.conf.Notice != nil {
		l.s.conf.Notice(h)
	}
}

// mostMute calls running without any sound are the way's fault and no telephone's.
const mostMute = 2

// Sounded notes whether any sound came with a call that was up for a while.
func (d *Dialog) Sounded(any bool) {
	d.link.note(func(s *state) {
		if s.heard = d.s.conf.Clock(); any {
			s.mute, s.sound = 0, Fine
		} else if s.mute++; s.mute >= mostMute {
			s.sound = Sound
		}
	})
}

// staleAfter is how long what calls said of a trunk counts. A line that has few would else go
// on ringing administrators after the bill is paid.
const staleAfter = time.Hour

// called notes what a trunk said of a call that went out. 403 can be about the number
// that was called: only twice running, it is taken to be about us.
func (l *link) called(status int) {
	l.note(func(s *state) {
		before := s.forbidden
		s.forbidden = status == 403
		switch {
		case status == 402:
			s.calls = Credit
		case status == 401, status == 407, status == 403 && before:
			s.calls = Declined
		case status == 0, status == 403, status >= 500 && status < 600:
			return // of one moment, and the pings tell whether it stays so; or of one number
		default:
			s.calls = Fine
		}
		s.said = l.s.conf.Clock()
	})
}

// forget lets go of what was said long ago.
func (s *state) forget(now time.Time) {
	if s.calls != Fine && now.Sub(s.said) > staleAfter {
		s.calls = Fine
	}
	if s.sound != Fine && now.Sub(s.heard) > staleAfter {
		s.mute, s.sound = 0, Fine
	}
}
