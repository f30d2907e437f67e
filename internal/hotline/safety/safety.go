// Package safety says whether anything may reach a caller: whether it is safe, how and
// when. Its engine is the one gate that everything which leaves to her passes. It reads
// heads that somebody has opened, and opens none.
package safety

import (
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/problem"
)

// Each of these is a rule that refuses. The advocate reads which one it was.
var (
	// ErrUnread says that nobody has opened what is known of her safety.
	ErrUnread = problem.New(problem.Denied, "safety.unread")
	// ErrNotSafe says that it is not safe for her now.
	ErrNotSafe = problem.New(problem.Denied, "safety.not_safe")
	// ErrNever says that she must not be reached this way.
	ErrNever = problem.New(problem.Denied, "safety.never")
	// ErrNotAsked says that nobody has asked her whether this way is safe, and that she
	// did not come by it herself.
	ErrNotAsked = problem.New(problem.Denied, "safety.not_asked")
	// ErrDay says that this is not one of the days on which it is safe.
	ErrDay = problem.New(problem.Denied, "safety.day")
	// ErrHour says that this is not one of the hours in which it is safe.
	ErrHour = problem.New(problem.Denied, "safety.hour")
	// ErrLeave says that no message may be left.
	ErrLeave = problem.New(problem.Denied, "safety.leave")
	// ErrPage says that nothing may wait for her on our page, and that she is not there.
	ErrPage = problem.New(problem.Denied, "safety.page")
	// ErrAnonymous says that she stays anonymous: no way leads back to her but the one
	// she came by, while she is there.
	ErrAnonymous = problem.New(problem.Denied, "safety.anonymous")
)

// Engine is the gate of a line.
type Engine struct{ zone func() *time.Location }

// New returns the engine. zone is the line's time zone; it is asked inside a
// transaction and reads memory alone.
func New(zone func() *time.Location) *Engine { return &Engine{zone} }

// Allow refuses what must not leave. Where a contact stands, and whether what is known
// of her is read and is the newest, nobody can override; a supervisor can override what
// she or we have said of times and ways.
func (e *Engine) Allow(tx db.Tx, c contact.Contact, head *contact.Head, out contact.Out) error {
	if !slices.Contains(states(out.Way), c.State) {
		return contact.ErrGate
	}
	if head == nil {
		return ErrUnread
	}
	if head.N != c.HeadN {
		return contact.ErrHead
	}
	if out.Override.By != "" {
		return nil
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	return Refuses(c, *head, out.Way, time.UnixMilli(now).In(e.zone()))
}

// states lists where a contact may stand when something goes to her. What is kept on
// our own page does not leave the house; everything else does, and goes only while
// somebody has her.
func states(w contact.Way) []contact.State {
	if w == contact.OnPage {
		return []contact.State{contact.Waiting, contact.Live, contact.Sleeping, contact.Interrupted}
	}
	return []contact.State{contact.Live}
}

// Refuses says which rule of hers forbids a way at a moment, in the line's own time; nil
// where none does.
func Refuses(c contact.Contact, head contact.Head, way contact.Way, now time.Time) error {
	s := head.Safety
	here := way == contact.OnPage && c.State == contact.Live && c.SeenUntil > now.UnixMilli()
	terms := s.Ways[way]
	came := way == by(c.Channel)
	switch {
	case s.Safe == contact.No && !s.Heard:
		return ErrNotSafe // with somebody beside her, yes and no still go, on her own page
	case way != contact.OnPage && (s.Safe == contact.No || s.Heard && !came):
		return ErrNotSafe
	case way == contact.OnPage && terms.May == contact.No && !here:
		return ErrPage
	case way == contact.OnPage:
		return nil
	case terms.May == contact.No:
		return ErrNever
	case way == contact.ByVoicemail && s.Ways[contact.ByCall].May == contact.No:
		return ErrNever
	case way == contact.ByVoicemail && !mayLeave(s):
		return ErrLeave
	case head.Privacy == contact.Anonymous && !came:
		return ErrAnonymous
	case terms.May != contact.Yes && !came && way != contact.ByVoicemail:
		return ErrNotAsked
	}
	if way == contact.ByVoicemail {
		if err := inTime(s.Ways[contact.ByCall], now); err != nil {
			return err
		}
	}
	return inTime(terms, now)
}

// mayLeave tells whether she has said that a message may be left, of calls or of the
// voicemail itself, and has not forbidden it of either.
func mayLeave(s contact.Safety) bool {
	call, box := s.Ways[contact.ByCall], s.Ways[contact.ByVoicemail]
	if call.Leave == contact.No || box.Leave == contact.No {
		return false
	}
	return call.Leave == contact.Yes || box.May == contact.Yes
}

// by is the way that a contact came by.
func by(c hotline.Channel) contact.Way {
	switch c {
	case hotline.Chat:
		return contact.OnPage
	case hotline.Text:
		return contact.ByText
	case hotline.Call:
		return contact.ByCall
	case hotline.Mail:
		return contact.ByMail
	}
	return contact.BySocial
}

// inTime tells whether a moment lies in the days and hours of a way. They are read in
// the wall clock, so that a night with 23 or 25 hours is the night she knows. Hours
// that run over midnight belong to the day on which they begin.
func inTime(t contact.Terms, now time.Time) error {
	minute, day := now.Hour()*60+now.Minute(), now.Weekday()
	over := t.To < t.From
	switch {
	case t.From == t.To: // all day
	case !over && (minute < t.From || minute >= t.To), over && minute < t.From && minute >= t.To:
		return ErrHour
	case over && minute < t.To:
		day = (day + 6) % 7
	}
	if len(t.Days) > 0 && !slices.Contains(t.Days, int(day)) {
		return ErrDay
	}
	return nil
}
