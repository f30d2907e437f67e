package situation_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A line is a whole one and its situations.
type line struct {
	*hotlinetest.World
	s *situation.Book
}

func lines(t *testing.T, f func(t *testing.T, h *line)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) { f(t, at(w)) })
}

func at(w *hotlinetest.World) *line {
	return &line{w, w.Situations}
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

func same(t testing.TB, got []string, want ...string) { t.Helper(); hotlinetest.Same(t, got, want...) }

func say(text string) seal.Text { return seal.Conceal(text) }

// with does something in a person's session, and may fail.
func (h *line) with(t testing.TB, p *hotlinetest.Person, f func(*vault.Ring) error) error {
	t.Helper()
	return h.Keeper.With(t.Context(), p.Token, f)
}

// live is a contact that somebody has.
func (h *line) live(t testing.TB, p *hotlinetest.Person, words string) *hotlinetest.Caller {
	t.Helper()
	c := h.Arrive(t, words)
	h.Take(t, p, c.Contact)
	return c
}

// create makes a situation of a contact.
func (h *line) create(t testing.TB, p *hotlinetest.Person, c hotline.ContactID) (s situation.Situation) {
	t.Helper()
	h.With(t, p, func(r *vault.Ring) (err error) { s, err = h.s.Create(t.Context(), r, c); return err })
	return s
}

func (h *line) link(t testing.TB, p *hotlinetest.Person, id hotline.SituationID, c hotline.ContactID) {
	t.Helper()
	must(t, h.with(t, p, func(r *vault.Ring) error { return h.s.Link(t.Context(), r, id, c) }))
}

// role says what a contact is in a situation.
func (h *line) role(t testing.TB, p *hotlinetest.Person, id hotline.SituationID, c hotline.ContactID, role, names string) {
	t.Helper()
	n := say(names)
	must(t, h.with(t, p, func(r *vault.Ring) error {
		return h.s.Say(t.Context(), r, id, situation.Said{Of: string(c), Version: 1, Role: say(role), Detail: &n})
	}))
}

// open opens a situation.
func (h *line) open(t testing.TB, p *hotlinetest.Person, id hotline.SituationID) (w *situation.Whole, err error) {
	t.Helper()
	return w, h.with(t, p, func(r *vault.Ring) error { w, err = h.s.Open(t.Context(), r, id, "test"); return err })
}

// roles are what can be read of the parts; "-" is what is gone.
func roles(w *situation.Whole) (out []string) {
	for _, p := range w.Parts {
		if p.Gone {
			out = append(out, "-")
		} else {
			out = append(out, p.Role.Reveal())
		}
	}
	return out
}
