package vault_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

func same(t testing.TB, got []string, want ...string) { t.Helper(); hotlinetest.Same(t, got, want...) }

func nothing(*vault.Ring) error { return nil }

// teams lists what a person's session opens.
func teams(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person) (out []string) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error {
		for _, id := range r.Teams() {
			out = append(out, string(id))
		}
		return nil
	})
	return out
}

// head opens one head of a page.
func head(t testing.TB, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID) (h contact.Head, err error) {
	t.Helper()
	with := w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
		vs, err := r.Heads(t.Context(), []hotline.ContactID{id})
		if err != nil {
			return err
		}
		h = vs[0].Head
		return vs[0].Err
	})
	return h, with
}
