package channeltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// An Exchange is the other side of an adapter of calls: the telephone network, and those who
// call through it. What it does has been done when it returns, on our side too.
type Exchange interface {
	// Call calls from a number, empty where it is withheld, and goes through the call flow
	// until she waits for somebody. digits are those that she was told the last time.
	Call(ctx context.Context, from, digits string) (Telephone, error)
	// Connect connects the telephone of somebody of the staff.
	Connect(t testing.TB, p *hotlinetest.Person)
}

// ErrNot says that an exchange cannot do this: the item is left to the adapter's own tests.
var ErrNot = errors.New("channeltest: not by this exchange")

// A Telephone is somebody on the line.
type Telephone interface {
	Contact() hotline.ContactID
	Digits(ctx context.Context) (string, error) // has four digits spoken to her
	Star(ctx context.Context) error             // presses "*"
	HangUp(ctx context.Context) error
	Break(ctx context.Context) error // the line breaks off, and nobody says so
	Over(ctx context.Context) error  // waits until we have hung up
}

// A Switchboard is an adapter of calls that sits the examination, joined to a world.
type Switchboard struct {
	Open func(t testing.TB, w *hotlinetest.World) Exchange
}

// patience is how long a line may stay up that is over.
const patience = 3 * time.Second

// Numbers of those who call in the examination.
const (
	herNumber   = "+15550101"
	theirNumber = "+15550102"
)

// ExamineCalls holds an adapter of calls against what packages contact and dialog promise to
// whoever calls: a call is one contact with a place, her place outlives her line, nobody is
// put into another's, "*" forgets, and of her number nothing stays readable or stays at all.
func ExamineCalls(t *testing.T, s Switchboard) {
	t.Helper()
	for _, i := range calling() {
		t.Run(i.name, func(t *testing.T) {
			hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
				i.sit(t, &calls{w, s.Open(t, w), func(what string) { t.Error(what) }})
			})
		})
	}
}

type callItem struct {
	name string
	sit  func(t testing.TB, x *calls)
}

type calls struct {
	w    *hotlinetest.World
	by   Exchange
	says func(string) // complains
}

// call is a call that must be taken.
func (x *calls) call(t testing.TB, from, digits string) Telephone {
	t.Helper()
	p, err := x.by.Call(t.Context(), from, digits)
	hotlinetest.Must(t, err)
	return p
}

// stands complains where a call is not where it should be.
func (x *calls) stands(t testing.TB, p Telephone, want ...contact.State) {
	t.Helper()
	c := x.w.Find(t, p.Contact())
	for _, s := range want {
		if c.State == s {
			return
		}
	}
	x.says("it is " + string(c.State) + ", which it must not be")
}

// dialogs is how many living calls are kept.
func (x *calls) dialogs(t testing.TB) int {
	t.Helper()
	return x.w.Count(t, `SELECT count(*) FROM dialog`)
}

// answered has somebody answer a call.
func (x *calls) answered(t testing.TB, p Telephone) *hotlinetest.Person {
	t.Helper()
	ana := x.w.Hire(t, hotline.Advocate)
	x.w.Enter(t, "busy", ana) // nobody else rings for her
	x.by.Connect(t, ana)
	x.w.Take(t, ana, p.Contact())
	return ana
}

func (x *calls) is(what bool, complaint string) {
	if !what {
		x.says(complaint)
	}
}

func calling() []callItem {
	return []callItem{
		{"a call waits, and is kept while it lives", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			c := x.w.Find(t, p.Contact())
			x.is(c.Channel == hotline.Call && c.State == contact.Waiting && c.Up(x.w.Now(t)) && c.LastSeq == 0, "it is no call that waits, with its line up")
			x.is(x.w.Book.Holds(c), "nobody holds her line")
			x.is(x.w.Count(t, `SELECT count(*) FROM contact`) == 1, "it is not one contact")
			x.is(x.w.Count(t, `SELECT count(*) FROM dialog WHERE contact = $1`, p.Contact()) == 1, "a restart would lose it")
			hotlinetest.Must(t, p.HangUp(t.Context()))
			x.is(x.dialogs(t) == 0, "its dialog outlives it")
			x.is(!x.w.Book.Holds(c), "a line is held that is gone")
		}},
		{"nothing of her number stands readable", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			x.is(len(x.w.Holding(t, herNumber[1:])) == 0, "her number stands readable while she is on the line")
			hotlinetest.Must(t, p.HangUp(t.Context()))
			x.is(len(x.w.Holding(t, herNumber[1:])) == 0, "her number stands readable")
		}},
		{"a line that breaks off keeps its place", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			hotlinetest.Must(t, p.Break(t.Context()))
			x.stands(t, p, contact.Interrupted)
			x.is(x.dialogs(t) == 0, "its dialog outlives it")
			again := x.call(t, herNumber, "")
			x.is(again.Contact() == p.Contact(), "she has lost her place")
			x.stands(t, again, contact.Waiting)
		}},
		{"the digits that she was told find it from another telephone", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			digits, err := p.Digits(t.Context())
			if errors.Is(err, ErrNot) {
				return
			}
			hotlinetest.Must(t, err)
			x.is(len(digits) == 4, "they are not four")
			hotlinetest.Must(t, p.HangUp(t.Context()))
			x.is(x.call(t, theirNumber, digits).Contact() == p.Contact(), "she has lost her place")
		}},
		{"nobody is put into somebody else's place", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			x.is(x.call(t, herNumber, "").Contact() != p.Contact(), "two are on one line")
			withheld := x.call(t, "", "")
			hotlinetest.Must(t, withheld.Break(t.Context()))
			x.is(x.call(t, "", "").Contact() != withheld.Contact(), "whoever withholds her number is taken for another who does")
			x.is(x.call(t, theirNumber, "").Contact() != p.Contact(), "another number finds her place")
		}},
		{"star forgets", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			hotlinetest.Must(t, p.Star(t.Context()))
			x.stands(t, p, contact.Erased)
			x.is(x.dialogs(t) == 0, "its dialog outlives it")
			x.is(x.w.Count(t, `SELECT count(*) FROM recent WHERE contact = $1`, p.Contact()) == 0, "her number leads to it")
			again := x.call(t, herNumber, "")
			x.is(again.Contact() != p.Contact() && !x.w.Find(t, again.Contact()).Returned, "she is known")
		}},
		{"whoever is answered and hangs up has ended it", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			x.answered(t, p)
			x.stands(t, p, contact.Live)
			hotlinetest.Must(t, p.HangUp(t.Context()))
			x.stands(t, p, contact.Closing)
			x.is(x.dialogs(t) == 0, "its dialog outlives it")
		}},
		{"an advocate ends it, and the line with it", func(t testing.TB, x *calls) {
			p := x.call(t, herNumber, "")
			ana := x.answered(t, p)
			hotlinetest.Must(t, x.w.Book.EndNow(t.Context(), hotline.Actor(ana.ID), p.Contact()))
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			x.is(p.Over(ctx) == nil, "her line stays up")
			x.stands(t, p, contact.Closing)
			x.is(x.dialogs(t) == 0, "its dialog outlives it")
		}},
	}
}
