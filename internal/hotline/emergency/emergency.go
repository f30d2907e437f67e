package emergency

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that there is no such emergency, or that what it stood under is gone.
	ErrMissing = problem.New(problem.Missing, "emergency.missing")
	// ErrMoved says that somebody else has written since it was read: look again.
	ErrMoved = problem.New(problem.Conflict, "emergency.moved")
	// ErrState says that this cannot be done any more, or not yet.
	ErrState = problem.New(problem.Conflict, "emergency.state")
	// ErrOpen says that the contact has an emergency that goes on.
	ErrOpen = problem.New(problem.Conflict, "emergency.open")
	// ErrGround says that nothing is done on this ground.
	ErrGround = problem.New(problem.Denied, "emergency.ground")
	// ErrDuty says that the decision is about no duty that is due at once.
	ErrDuty = problem.New(problem.Denied, "emergency.duty")
	// ErrReason says that a reason is wanted.
	ErrReason = problem.New(problem.Invalid, "emergency.reason")
	// ErrAnonymous says that she stays anonymous: nothing that names her is kept.
	ErrAnonymous = problem.New(problem.Denied, "emergency.anonymous")
	// ErrSecond says that somebody else must answer than who has opened it or called.
	ErrSecond = problem.New(problem.Denied, "emergency.second")
	// ErrContested says that a second person has contested it: nothing more leaves by it.
	ErrContested = problem.New(problem.Denied, "emergency.contested")
	// ErrWords says that something is too long, or not one of what may stand there.
	ErrWords = problem.New(problem.Invalid, "emergency.words")
	// ErrBroken says that a row does not say what is sealed in it, or does not open:
	// somebody has written into the database.
	ErrBroken = problem.New(problem.Internal, "emergency.broken")
	// ErrOld says that a row is older than what was written last: somebody has put it
	// back.
	ErrOld = problem.New(problem.Internal, "emergency.old")
)

// A Ground is why help is called.
type Ground string

// The grounds; there are no others. Without her wish a second person answers within
// [Confirm].
const (
	Wish      Ground = "wish"   // she has asked for it, or said yes
	DangerNow Ground = "danger" // a life is in danger now
	Duty      Ground = "duty"   // the law demands it at once
)

// Grounds lists them.
func Grounds() []Ground { return []Ground{Wish, DangerNow, Duty} }

// Confirm is how long a second person has to confirm or contest what was done without
// her wish.
const Confirm = 24 * time.Hour

// A State is how far an emergency is.
type State string

// The states.
const (
	Open    State = "open"    // nobody calls yet
	Calling State = "calling" // somebody of us does
	Sent    State = "sent"    // somebody of theirs was sent
	Ended   State = "ended"
)

// What the second person says.
const (
	Confirmed = "confirmed"
	Contested = "contested"
)

// An Emergency is one danger, and what was done about it. All of it is sealed under S;
// the server reads who, when and how far.
type Emergency struct {
	ID      string            `json:"-"`
	Contact hotline.ContactID `json:"-"`
	Version int64             `json:"-"`

	// What the server reads too.

	State     State            `json:"state"`
	Ground    Ground           `json:"ground"`
	Decision  string           `json:"decision,omitempty"` // about the duty
	OpenedAt  int64            `json:"opened_at"`
	OpenedBy  hotline.PersonID `json:"opened_by"`
	Calls     hotline.PersonID `json:"calls,omitempty"`
	CalledAt  int64            `json:"called_at,omitempty"`
	ConfirmBy int64            `json:"confirm_by,omitempty"`
	Second    Second           `json:"second,omitzero"`
	EndedAt   int64            `json:"ended_at,omitempty"`

	// What only those read who hold S.

	Reason     string             `json:"reason"`
	SecondWhy  string             `json:"second_why,omitempty"`
	Words      string             `json:"words,omitempty"` // hers, of where she is
	Where      Where              `json:"where,omitzero"`
	Privacy    contact.Privacy    `json:"privacy,omitempty"` // as she had chosen when this was written
	Agreed     bool               `json:"agreed,omitempty"`  // she has said that her name may be said to them
	Told       Told               `json:"told,omitzero"`
	Callers    []hotline.PersonID `json:"callers,omitempty"` // of us, all who did
	Dispatches []Dispatch         `json:"dispatches,omitempty"`
	Outcome    string             `json:"outcome,omitempty"`
	Note       string             `json:"note,omitempty"` // of the outcome
}

// Where somebody chose, among what her words may mean, and who answered there then.
type Where struct {
	Place  string `json:"place"`  // its code
	Number int64  `json:"number"` // of the table's edition
	Name   string `json:"name"`
	Who    Who    `json:"who"`
}

// Second is what the second person says.
type Second struct {
	By   hotline.PersonID `json:"by,omitempty"`
	At   int64            `json:"at,omitempty"`
	Says string           `json:"says,omitempty"`
}

// A Dispatch is somebody who was sent, and what came of it.
type Dispatch struct {
	ID     string           `json:"id"`
	Unit   string           `json:"unit"`
	Number string           `json:"number,omitempty"` // that was called
	Ref    string           `json:"ref,omitempty"`    // theirs
	At     int64            `json:"at"`
	By     hotline.PersonID `json:"by"`
	Came   string           `json:"came,omitempty"` // what came of it; empty: not known yet
	CameAt int64            `json:"came_at,omitempty"`
	Note   string           `json:"note,omitempty"`
}

// What comes of a dispatch.
const (
	Arrived  = "arrived"
	NotFound = "not_found"
	Refused  = "refused" // they would not come
)

// Comes lists it.
func Comes() []string { return []string{Arrived, NotFound, Refused} }

// Outcomes lists how an emergency may end.
func Outcomes() []string {
	return []string{"safe", "moved", "not_found", "refused", "stood_down", "unknown"}
}

// Limits.
const (
	MaxDispatches = 40
	MaxText       = 2 << 10 // bytes of a reason or a note
	maxLine       = 400     // bytes of everything else
)

// Format keeps an emergency out of logs and errors: it leads to her.
func (Emergency) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[emergency]") }

// Format keeps where she is out of logs and errors.
func (Where) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[where]") }

// Format keeps who was sent to her out of logs and errors.
func (Dispatch) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[dispatch]") }

// Clock is how long it has been going on, or how long it took.
func (e Emergency) Clock(now int64) time.Duration {
	if e.EndedAt > 0 {
		now = e.EndedAt
	}
	return time.Duration(max(0, now-e.OpenedAt)) * time.Millisecond
}

// Waits reports whether a second person has still to answer, and whether it is too late.
func (e Emergency) Waits(now int64) (waits, overdue bool) {
	waits = e.ConfirmBy > 0 && e.Second.At == 0
	return waits, waits && now >= e.ConfirmBy
}

// Acted reports whether somebody had a part in it: who opened it, called, or noted whom
// they sent.
func (e Emergency) Acted(p hotline.PersonID) bool {
	return p == e.OpenedBy || p == e.Calls || slices.Contains(e.Callers, p) || slices.ContainsFunc(e.Dispatches, func(d Dispatch) bool { return d.By == p })
}

func reason(s string) error {
	if strings.TrimSpace(s) == "" {
		return ErrReason
	}
	return short(MaxText, s)
}

func short(most int, all ...string) error {
	if slices.ContainsFunc(all, func(s string) bool { return len(s) > most || strings.ToValidUTF8(s, "") != s }) {
		return ErrWords
	}
	return nil
}
