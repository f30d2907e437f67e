package flow

import (
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Do is something to do in a call: an [Act], or one of the types below that say more.
// What comes in one answer is done in its order.
type Do interface{ do() }

// An Act is something to do that says all by its name.
type Act string

// What can be to be done.
const (
	// Alert tells the staff that she is in danger now. It comes with every 9, behind a
	// [Join] where nobody talks with her yet.
	Alert Act = "alert"
	// KeepPlace asks for four digits that keep her place; [Kept] brings them. None of
	// them is a 9, which would be danger.
	KeepPlace Act = "keep place"
	// BreakOff ends what a [PutThrough] has begun, whether the other line talks with her
	// or not yet.
	BreakOff Act = "break off"
	// Leave lets go of her place, since another line talks with her. A [Join] gives it
	// back, where that line is lost.
	Leave Act = "leave"
	// Forget lets go of her place and has her messages forgotten.
	Forget Act = "forget"
	// HangUp ends the call. Nothing comes after it.
	HangUp Act = "hang up"
)

type (
	// Speak says prompts, one after the other, in place of what is being said; then
	// [Said] with the same number is due. Without prompts it only ends what is said, and
	// nothing is due. A prompt that has no sound is passed over.
	Speak struct {
		N       int
		Prompts []Prompt
	}
	// Sing is what she hears while nothing is said: music, or quiet noise. It is never
	// silence.
	Sing struct{ Music bool }
	// Wait has [Rang] with the same number come after a time. It takes the place of the
	// one before.
	Wait struct {
		N     int
		After time.Duration
	}
	// Speaks tells the language that she has chosen.
	Speaks struct{ Lang string }
	// Join puts her into the queue, or changes how she stands there. What she answered
	// by keys is by the id of its step.
	Join struct {
		Danger, Silent bool
		Wish           string // Woman, Man or none
		Answers        map[string]string
	}
	// Told is a key that she pressed while somebody is with her: it is shown there.
	Told struct{ Key byte }
	// PassOn is a key that she pressed while another line is with her: it is that line's.
	PassOn struct{ Key byte }
	// FindPlace looks for the place that four digits keep; [Found] tells.
	FindPlace struct{ Digits seal.Text }
	// CallBack keeps a wish to be called back; [Noted] tells. An empty number is the one
	// that she calls from; Hours is one of [Hours]; Leave is that a message may be left.
	CallBack struct {
		Number seal.Text
		Hours  string
		Leave  bool
	}
	// PutThrough dials the other line, her number withheld; [Connected] or [Failed] tells.
	PutThrough struct{ Dial string }
)

func (Act) do()        {}
func (Speak) do()      {}
func (Sing) do()       {}
func (Wait) do()       {}
func (Speaks) do()     {}
func (Join) do()       {}
func (Told) do()       {}
func (PassOn) do()     {}
func (FindPlace) do()  {}
func (CallBack) do()   {}
func (PutThrough) do() {}

// String prints no key: what she presses is hers.
func (Told) String() string { return "told" }

// String prints no key.
func (PassOn) String() string { return "passed on" }
