package promise_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// situations are one that goes on and one that is closed, each with a closed contact of
// somebody's.
func situations(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person) (going, over [2]string) {
	t.Helper()
	for _, at := range []*[2]string{&going, &over} {
		id := w.Arrive(t, "in a situation").Contact
		w.Take(t, p, id)
		w.Note(t, p, id, "our note")
		w.With(t, p, func(r *vault.Ring) error {
			s, err := w.Situations.Create(t.Context(), r, id)
			*at = [2]string{string(s.ID), string(id)}
			return err
		})
		w.Close(t, p, id)
	}
	w.With(t, p, func(r *vault.Ring) error {
		return w.Situations.Close(t.Context(), r, hotline.SituationID(over[0]), seal.Conceal("over"))
	})
	return going, over
}

// situated opens a situation: all of it, or the head alone.
func situated(t *testing.T, w *hotlinetest.World, of [2]string, whole bool) func(*hotlinetest.Person) error {
	t.Helper()
	return func(p *hotlinetest.Person) error {
		return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
			s, err := r.Situation(t.Context(), hotline.SituationID(of[0]), "test")
			if err == nil && whole && !s.Whole() {
				err = vault.ErrGrant
			}
			return err
		})
	}
}

// through opens what we wrote of a contact by its situation.
func through(t *testing.T, w *hotlinetest.World, of [2]string) func(*hotlinetest.Person) error {
	t.Helper()
	return func(p *hotlinetest.Person) error {
		return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
			s, err := r.Situation(t.Context(), hotline.SituationID(of[0]), "test")
			if err != nil {
				return err
			}
			_, err = s.Open(t.Context(), vault.Ref{Contact: hotline.ContactID(of[1]), Record: true}, "test")
			return err
		})
	}
}
