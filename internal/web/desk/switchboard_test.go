package desk_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// A switchboard is a telephone whose far end the test holds: its stations are true ones, and what
// a person does in a call is noted, and done as far as her own desk shows it.
type switchboard struct {
	*station.Stations

	mu      sync.Mutex
	calls   map[hotline.PersonID][]desk.PhoneCall
	numbers map[hotline.ContactID]string
	did     []string
	watch   []func(hotline.PersonID)
}

func newSwitchboard(t *testing.T) *switchboard {
	t.Helper()
	s, err := station.New(station.Config{Listen: "127.0.0.1:0"}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	b := &switchboard{Stations: s, calls: map[hotline.PersonID][]desk.PhoneCall{}, numbers: map[hotline.ContactID]string{}}
	s.OnChange(func(p hotline.PersonID, _ bool) { b.tell(p) })
	return b
}

func (b *switchboard) tell(p hotline.PersonID) {
	b.mu.Lock()
	all := slices.Clone(b.watch)
	b.mu.Unlock()
	for _, f := range all {
		f(p)
	}
}

func (b *switchboard) Watch(f func(hotline.PersonID)) (stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watch = append(b.watch, f)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watch = nil
	}
}

func (b *switchboard) Telephone(p hotline.PersonID) desk.Telephone {
	b.mu.Lock()
	tel := desk.Telephone{Calls: slices.Clone(b.calls[p])}
	b.mu.Unlock()
	if st, ok := b.Of(p); ok {
		tel.Generation, tel.Fresh = st.Generation(), st.Fresh()
		if tel.Fresh {
			tel.Quality = desk.Clear
		}
	}
	return tel
}

// Number implements [desk.Numbers].
func (b *switchboard) Number(id hotline.ContactID) (seal.Text, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	number, ok := b.numbers[id]
	return seal.Conceal(number), ok
}

// from has somebody on the line call from a number.
func (b *switchboard) from(id hotline.ContactID, number string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.numbers[id] = number
}

// begin has a person hear a call.
func (b *switchboard) begin(p hotline.PersonID, c desk.PhoneCall) {
	b.mu.Lock()
	b.calls[p] = append(b.calls[p], c)
	b.mu.Unlock()
	b.tell(p)
}

// change alters a call that a person hears; one that did not fit is missing.
func (b *switchboard) change(p hotline.PersonID, id hotline.ContactID, did string, f func(*desk.PhoneCall)) error {
	b.mu.Lock()
	i := slices.IndexFunc(b.calls[p], func(c desk.PhoneCall) bool { return c.Contact == id })
	if i >= 0 {
		b.did = append(b.did, did)
		f(&b.calls[p][i])
	}
	b.mu.Unlock()
	if i < 0 {
		return problem.New(problem.Missing, "problem.missing")
	}
	b.tell(p)
	return nil
}

func (b *switchboard) Mute(_ context.Context, p hotline.PersonID, id hotline.ContactID, on bool) error {
	return b.change(p, id, "mute", func(c *desk.PhoneCall) { c.Muted = on })
}

func (b *switchboard) Hold(_ context.Context, p hotline.PersonID, id hotline.ContactID, on bool) error {
	return b.change(p, id, "hold", func(c *desk.PhoneCall) { c.Held = on })
}

func (b *switchboard) Digit(_ context.Context, p hotline.PersonID, id hotline.ContactID, digit byte) error {
	return b.change(p, id, "digit "+string(digit), func(*desk.PhoneCall) {})
}

func (b *switchboard) Hush(_ context.Context, p hotline.PersonID, id hotline.ContactID, on bool) error {
	return b.change(p, id, "hush", func(c *desk.PhoneCall) { c.Silent = on })
}

func (b *switchboard) End(_ context.Context, p hotline.PersonID, id hotline.ContactID) error {
	b.mu.Lock()
	b.did = append(b.did, "end")
	b.calls[p] = slices.DeleteFunc(b.calls[p], func(c desk.PhoneCall) bool { return c.Contact == id })
	b.mu.Unlock()
	b.tell(p)
	return nil
}

func (b *switchboard) Listen(_ context.Context, p hotline.PersonID, id hotline.ContactID, how desk.Presence) error {
	b.mu.Lock()
	b.did = append(b.did, string(how))
	b.calls[p] = slices.DeleteFunc(b.calls[p], func(c desk.PhoneCall) bool { return c.Contact == id })
	if how != desk.Leaves {
		b.calls[p] = append(b.calls[p], desk.PhoneCall{Contact: id, How: how, Answered: time.Now().UnixMilli()})
	}
	b.mu.Unlock()
	b.tell(p)
	return nil
}

// done is what was asked of it, in order.
func (b *switchboard) done() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.did)
}

// leg is a person's end of a call.
func (b *switchboard) leg(t *testing.T, p hotline.PersonID) media.Leg {
	t.Helper()
	st, ok := b.Of(p)
	if !ok {
		t.Fatal("she has no station")
	}
	return st
}

// until waits until a person's telephone stands so.
func (b *switchboard) until(t *testing.T, what string, p hotline.PersonID, is func(desk.Telephone) bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); !is(b.Telephone(p)); <-tick.C {
		if time.Now().After(late) {
			t.Fatalf("it does not come to be that %s", what)
		}
	}
}
