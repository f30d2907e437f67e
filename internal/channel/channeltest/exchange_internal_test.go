package channeltest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// exchange is an adapter without a network, and the callers with it: the least that keeps the
// contract, or as little less as a test wants.
type exchange struct {
	w    *hotlinetest.World
	does map[string]bool // what it leaves undone
}

// phone is a call through it.
type phone struct {
	*exchange
	dialog string
	id     hotline.ContactID
	over   chan struct{} // closed when it is
	ends   sync.Once
}

func (e *exchange) not(what string) bool { return e.does[what] }

func (e *exchange) Call(ctx context.Context, from, digits string) (Telephone, error) {
	number := seal.Conceal(from)
	if e.not("number") {
		number = seal.Conceal("one for all")
	}
	p := &phone{exchange: e, dialog: hotline.NewID(), over: make(chan struct{})}
	c, err := e.w.Book.Kept(ctx, number, seal.Conceal(digits))
	switch {
	case err == nil && !e.not("back"):
		p.id = c.ID
		e.w.Phones.Line(p.id, true)
		_, err = e.w.Book.BackOnLine(ctx, p.id, number)
	case err == nil || errors.Is(err, contact.ErrMissing):
		lang := "en"
		if e.not("silence") {
			lang = from
		}
		if c, err = e.w.Book.Call(ctx, contact.Calling{Lang: lang, From: number}); err == nil {
			p.id = c.ID
		}
	}
	if err != nil {
		return nil, err
	}
	e.w.Phones.Line(p.id, !e.not("hold"))
	if !e.not("keep") {
		err = e.w.Dialogs.Put(ctx, dialog.Dialog{ID: p.dialog, Contact: p.id, Saved: []byte(from)})
	}
	if !e.not("follow") {
		e.w.Bus.Subscribe(func(h bus.Hint) { // the bus goes with the test
			if h.Topic != contact.TopicContact || h.ID != string(p.id) {
				return
			}
			if c, err := e.w.Book.Find(ctx, p.id); err == nil && c.State == contact.Closing {
				_ = p.end(ctx, nil)
			}
		})
	}
	return p, err
}

func (e *exchange) Connect(_ testing.TB, p *hotlinetest.Person) { e.w.Phones.Connect(p) }

func (p *phone) Contact() hotline.ContactID { return p.id }

func (p *phone) Over(ctx context.Context) error {
	select {
	case <-p.over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *phone) Digits(ctx context.Context) (string, error) {
	t, err := p.w.Book.SpokenDigits(ctx, p.id)
	if p.not("digits") {
		return "0000", err
	}
	return plain(t), err
}

// end ends the line, and says so, once.
func (p *phone) end(ctx context.Context, say func(context.Context, hotline.ContactID) error) (err error) {
	p.ends.Do(func() { err = p.ended(ctx, say); close(p.over) })
	return err
}

func (p *phone) ended(ctx context.Context, say func(context.Context, hotline.ContactID) error) error {
	if !p.not("let go") {
		p.w.Phones.Line(p.id, false)
	}
	var err error
	if say != nil {
		err = say(ctx, p.id)
	}
	if p.not("end") {
		return err
	}
	return errors.Join(err, p.w.Dialogs.Ends(ctx, p.dialog))
}

func (p *phone) HangUp(ctx context.Context) error {
	if p.not("hang up") {
		return p.end(ctx, p.w.Book.Dropped)
	}
	return p.end(ctx, p.w.Book.HungUp)
}

func (p *phone) Break(ctx context.Context) error {
	if p.not("break") {
		return p.end(ctx, func(ctx context.Context, id hotline.ContactID) error {
			return p.w.Book.EndNow(ctx, hotline.Machine, id)
		})
	}
	return p.end(ctx, p.w.Book.Dropped)
}

func (p *phone) Star(ctx context.Context) error {
	return p.end(ctx, func(ctx context.Context, id hotline.ContactID) error {
		if p.not("forget") {
			return p.w.Book.EndNow(ctx, hotline.Machine, id)
		}
		return p.w.Book.EraseNow(ctx, hotline.Machine, id)
	})
}

func switchboard(leaves ...string) Switchboard {
	does := map[string]bool{}
	for _, what := range leaves {
		does[what] = true
	}
	return Switchboard{Open: func(_ testing.TB, w *hotlinetest.World) Exchange { return &exchange{w, does} }}
}

// The least that keeps the contract passes.
func TestExchangeSitsTheExamination(t *testing.T) { ExamineCalls(t, switchboard()) }

// Each item sees the faults that it is there for.
func TestExaminationOfCallsBarks(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]string{
		"a call waits, and is kept while it lives":                    {"hold", "keep", "end", "let go"},
		"nothing of her number stands readable":                       {"silence"},
		"a line that breaks off keeps its place":                      {"break", "back", "end"},
		"the digits that she was told find it from another telephone": {"digits", "back"},
		"nobody is put into somebody else's place":                    {"number"},
		"star forgets": {"forget", "end"},
		"whoever is answered and hangs up has ended it": {"hang up", "end"},
		"an advocate ends it, and the line with it":     {"follow", "end"},
	} {
		for _, fault := range faults {
			t.Run(name+": "+fault, func(t *testing.T) {
				t.Parallel()
				w := hotlinetest.New(t, dbtest.New(t))
				for _, i := range calling() {
					if i.name != name {
						continue
					}
					said := 0
					i.sit(t, &calls{w, switchboard(fault).Open(t, w), func(string) { said++ }})
					if said == 0 {
						t.Error("the fault is not seen")
					}
				}
			})
		}
	}
}
