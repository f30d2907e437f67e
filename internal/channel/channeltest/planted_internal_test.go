package channeltest

import (
	"context"
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// bad is a way in that does wrong what it is told to.
type bad struct {
	Line
	do func(in *contact.Incoming)
	at func(in contact.Incoming, err error) error // what the vendor is told
}

// Receive implements Line.
func (b bad) Receive(ctx context.Context, in contact.Incoming) (contact.Contact, error) {
	if b.do != nil {
		b.do(&in)
	}
	c, err := b.Line.Receive(ctx, in)
	if b.at != nil {
		err = b.at(in, err)
	}
	return c, err
}

// Each item of the examination sees the fault that it is there for.
func TestExaminationBarks(t *testing.T) {
	t.Parallel()
	drop := func(what func(in *contact.Incoming)) bad { return bad{do: what} }
	for name, faults := range map[string][]bad{
		"it arrives as written, and can be answered": {
			drop(func(in *contact.Incoming) { in.Text = seal.Conceal("Zwergkanarie, as written: ??") }),
			drop(func(in *contact.Incoming) { in.From = seal.Text{} }),
			drop(func(in *contact.Incoming) { in.From = seal.Conceal("+1 555 0101") }),
			drop(func(in *contact.Incoming) { in.Channel = hotline.Mail }),
			{at: func(contact.Incoming, error) error { return errors.New("no answer") }},
		},
		"her next words go on, wherever it stands": {drop(func(in *contact.Incoming) { in.From = seal.Conceal(hotline.NewID()) })},
		"somebody else is somebody else":           {drop(func(in *contact.Incoming) { in.From = seal.Conceal("one for all") })},
		"what is closed begins anew":               {drop(func(in *contact.Incoming) { in.From = seal.Conceal(hotline.NewID()) })},
		"what is said twice is once": {
			drop(func(in *contact.Incoming) { in.As = seal.Text{} }),
			drop(func(in *contact.Incoming) { in.As = in.Text }), // by its words
		},
		"it is answered once it is kept": {
			{at: func(contact.Incoming, error) error { return nil }},
			{at: func(in contact.Incoming, err error) error {
				if err != nil {
					err = errors.New("not kept: " + in.Text.Reveal())
				}
				return err
			}},
		},
		"nothing of her stands readable": {drop(func(in *contact.Incoming) { in.Lang = in.From.Reveal() })},
	} {
		for _, fault := range faults {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := hotlinetest.New(t, dbtest.New(t))
				for _, i := range receiving() {
					if i.name != name {
						continue
					}
					e := LoopEntrance()
					e.Open = func(_ testing.TB, line Line) Writer {
						fault.Line = line
						return loopWriter{NewLoop(fault, hotline.Text)}
					}
					said := 0
					i.sit(t, &exam{e, w, func(string) { said++ }})
					if said == 0 {
						t.Error("the fault is not seen")
					}
				}
			})
		}
	}
}
