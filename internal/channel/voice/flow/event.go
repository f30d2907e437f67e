package flow

import (
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// An Event is something that happened in a call: a [Happened], or one of the types below
// that say more.
type Event interface{ event() }

// A Happened is an event that says all by its name.
type Happened string

// What can happen in a call.
const (
	// Began is the first: the call is answered, and sound can be sent.
	Began Happened = "began"
	// Answered tells that an advocate talks with her.
	Answered Happened = "answered"
	// Connected tells that the other line talks with her, after a [PutThrough].
	Connected Happened = "connected"
	// Over tells that the talk has ended and she is still there.
	Over Happened = "over"
	// Back tells that whoever talked with her is not there any more, and that she waits
	// again, at her place.
	Back Happened = "back"
	// Full tells that the queue takes nobody more, and did not take her.
	Full Happened = "full"
	// Closed tells that the line has closed while she waited, and nobody is there any more.
	Closed Happened = "closed"
	// Failed tells that what was asked for last did not come about: the other line did
	// not answer or was lost, or she could not be put into the queue.
	Failed Happened = "failed"
	// Gone tells that she has hung up.
	Gone Happened = "gone"
)

type (
	// Pressed is a key that she pressed: 0 to 9, * or #.
	Pressed struct{ Key byte }
	// Said tells that all of a [Speak] was heard to its end.
	Said struct{ N int }
	// Rang tells that the time of a [Wait] is over.
	Rang struct{ N int }
	// Place is how she stands in the queue: how many are before her, and for how long
	// she may wait yet, where that is known.
	Place struct {
		Before int
		Known  bool
		Wait   time.Duration
	}
	// Kept brings the four digits that a [KeepPlace] asked for; none where there are none.
	Kept struct{ Digits seal.Text }
	// Noted tells whether a wish is kept, after a [CallBack].
	Noted struct{ OK bool }
	// Hushed tells that somebody is beside her, or no longer, as whoever talks with her noticed.
	Hushed struct{ On bool }
	// Found tells whether what she typed has given her place back, after a [FindPlace].
	Found struct{ OK bool }
)

func (Happened) event() {}
func (Pressed) event()  {}
func (Said) event()     {}
func (Rang) event()     {}
func (Place) event()    {}
func (Kept) event()     {}
func (Found) event()    {}
func (Noted) event()    {}
func (Hushed) event()   {}

// String prints no key: what she presses is hers.
func (Pressed) String() string { return "key" }
