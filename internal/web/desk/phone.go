package desk

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Phone is the telephone of the line, in the desk's own terms: whoever has one joins it here. Its
// methods are called from many desks at once and answer within a second or so; a failure with a
// kind of its own is said to the person, any other is ours.
//
// Answering is the contact's own doing (an offer is accepted), and so is what comes after a call
// has ended: the desk never asks for either here.
type Phone interface {
	Handsets
	CallKeys
}

// Handsets are the browsers that are telephones, one for each person.
type Handsets interface {
	// Connect answers a browser's offer of a connection for sound. The newest connection of a
	// person is her telephone: the one before is let go. Generations of one person only grow, also
	// over a restart. An offer that cannot be used is a problem of kind Invalid.
	Connect(ctx context.Context, by hotline.PersonID, offer string) (answer string, generation int64, err error)
	// Disconnect lets the connection of a generation go, or with 0 whichever there is. One that is
	// not there is none of its business: nothing happens.
	Disconnect(by hotline.PersonID, generation int64)
	// Telephone tells how a person's stands. It never waits.
	Telephone(by hotline.PersonID) Telephone
	// Watch calls f when something that shows has changed for a person: her connection has come or
	// gone, a call has begun, ended or changed. f never waits. What changes by degrees (quality) is
	// told to nobody: the desk looks every other second.
	Watch(f func(by hotline.PersonID)) (stop func())
}

// CallKeys is what a person does in a call that she hears. Of a contact that is no call of hers they
// are a problem of kind Missing.
type CallKeys interface {
	// Mute lets the caller hear nothing of this person, or again.
	Mute(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error
	// Hold gives the caller a comfort tone, never silence, and takes her from this person's ear.
	Hold(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error
	// Digit sends a key of the telephone (0 to 9, *, #) to the caller's end.
	Digit(ctx context.Context, by hotline.PersonID, id hotline.ContactID, digit byte) error
	// Hush tells that somebody is beside the caller, or no longer: she answers by keys, and hears no
	// words of the line's when the talk is over. A call that is not up is none of its business.
	Hush(ctx context.Context, by hotline.PersonID, id hotline.ContactID, on bool) error
	// End hangs up. The contact has left live by then. A call that has ended already is none of its
	// business: nothing happens.
	End(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error
	// Listen lets a supervisor into a call, changes how she is in it, or with [Leaves] out of it.
	Listen(ctx context.Context, by hotline.PersonID, id hotline.ContactID, how Presence) error
}

// A Presence is how somebody of ours is in a call.
type Presence string

// The ways to be in a call.
const (
	Talks    Presence = "talks"    // the advocate
	Listens  Presence = "listens"  // is heard by nobody
	Whispers Presence = "whispers" // is heard by the advocate alone
	Joins    Presence = "joins"    // is heard by all
	Leaves   Presence = "leaves"   // is in it no more
)

// A Quality is how well somebody is heard.
type Quality string

// The qualities of a line.
const (
	Unknown Quality = "unknown" // not measured yet
	Clear   Quality = "clear"
	Weak    Quality = "weak"
	Bad     Quality = "bad"
	Gone    Quality = "gone" // nothing comes
)

// A Telephone is how a person's stands.
type Telephone struct {
	Generation int64 // of the connection that counts; 0: there is none
	Fresh      bool  // it is connected and its sound arrives: a call may ring
	Quality    Quality
	Calls      []PhoneCall // those that she hears
}

// A PhoneCall is one call, as a person who hears it sees it.
type PhoneCall struct {
	Contact  hotline.ContactID
	How      Presence
	Answered int64 // Unix ms
	Rang     time.Duration
	Muted    bool // this person
	Held     bool
	Quality  Quality // of the caller's line
	Silent   bool    // she chose to answer by keys: 1 yes, 2 no
	Keys     string  // that she pressed lately in the talk, the newest last
	Ears     []Ear   // who of us is in it beside the advocate
}

// An Ear is somebody of ours in a call.
type Ear struct {
	Person hotline.PersonID
	How    Presence
}
