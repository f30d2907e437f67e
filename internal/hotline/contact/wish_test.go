package contact_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// What she chose beside her first words is there before anybody speaks to her: whom
// she wishes for where the server can route by it, all else sealed.
func TestWhatSheChoseStandsInTheFirstHead(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		noor, c := w.Hire(t, hotline.Advocate), w.Browser()
		in := w.Incoming(c, "hello")
		in.Codes.Wishes = contact.Wishes{Gender: "woman", NotCommunity: contact.AnyCommunity}
		in.Privacy = contact.Anonymous
		in.Told = contact.Told{Kind: "expect", Number: 7, Lang: "es", At: 1, By: "somebody"}
		made, err := w.Book.Receive(t.Context(), in)
		hotlinetest.Must(t, err)
		if made.Wishes != in.Codes.Wishes {
			t.Errorf("wishes %+v", made.Wishes)
		}
		if got := made.Editions["expect/es"]; got != 7 {
			t.Errorf("handled under %v", made.Editions)
		}
		w.Take(t, noor, made.ID)
		h := head(t, w, noor, made.ID)
		if h.Privacy != contact.Anonymous {
			t.Errorf("privacy %q", h.Privacy)
		}
		if len(h.Told) != 1 || h.Told[0].Number != 7 || h.Told[0].Lang != "es" || h.Told[0].By != "" || h.Told[0].At != made.Began {
			t.Errorf("told %+v, began %d", h.Told, made.Began)
		}
		if got := w.Holding(t, "anonymous"); got != nil {
			t.Errorf("what may be kept of her can be read in %v", got)
		}
	})
}

func head(t *testing.T, w *hotlinetest.World, p *hotlinetest.Person, id hotline.ContactID) (h contact.Head) {
	t.Helper()
	w.With(t, p, func(r *vault.Ring) error {
		key, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "desk")
		if err != nil {
			return err
		}
		h, err = key.Head(t.Context())
		return err
	})
	return h
}

func TestNobodyToldAndNothingChosen(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		c := w.Browser()
		in := w.Incoming(c, "hello")
		in.Codes.Wishes = contact.Wishes{Gender: "x", With: "somebody"} // no page of ours asks so
		in.Privacy = "everything"
		made, err := w.Book.Receive(t.Context(), in)
		hotlinetest.Must(t, err)
		if made.Wishes != (contact.Wishes{}) {
			t.Errorf("wishes %+v", made.Wishes)
		}
		noor := w.Hire(t, hotline.Advocate)
		w.Take(t, noor, made.ID)
		if h := head(t, w, noor, made.ID); h.Privacy != "" || len(h.Told) != 0 {
			t.Errorf("privacy %q, told %d", h.Privacy, len(h.Told))
		}
		for kind := range made.Editions {
			t.Errorf("handled under %s", kind)
		}
	})
}

// "The same person" is whoever had her last contact. A stranger, and whoever comes
// after an erased contact, have nobody.
func TestTheSamePersonAsLastTime(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		noor, c := w.Hire(t, hotline.Advocate), w.Browser()
		again := func() contact.Contact {
			in := w.Incoming(c, "hello")
			in.Codes.Wishes.Same = true
			made, err := w.Book.Receive(t.Context(), in)
			hotlinetest.Must(t, err)
			c.Contact = made.ID
			return made
		}
		first := again()
		if first.Wishes.With != "" || !first.Wishes.Same {
			t.Errorf("a stranger wishes for %+v", first.Wishes)
		}
		w.Take(t, noor, first.ID)
		w.Close(t, noor, first.ID)
		second := again()
		if second.Wishes.With != noor.ID {
			t.Errorf("wishes %+v, want %s", second.Wishes, noor.ID)
		}
		hotlinetest.Must(t, w.Book.EraseNow(t.Context(), hotline.Machine, first.ID))
		hotlinetest.Must(t, w.Book.EraseNow(t.Context(), hotline.Machine, second.ID))
		if third := again(); third.Wishes.With != "" {
			t.Errorf("after erasing, %+v", third.Wishes)
		}
	})
}

func TestSheLetsHerWishGoWhileSheWaits(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		noor, c := w.Hire(t, hotline.Advocate), w.Browser()
		in := w.Incoming(c, "hello")
		in.Codes.Wishes.NotCommunity = contact.AnyCommunity
		made, err := w.Book.Receive(t.Context(), in)
		hotlinetest.Must(t, err)
		for range 2 { // twice is nothing
			hotlinetest.Must(t, w.Book.LetGo(t.Context(), made.ID))
		}
		if got := w.Find(t, made.ID).Wishes; got.Any() {
			t.Errorf("wishes %+v", got)
		}
		w.Take(t, noor, made.ID)
		hotlinetest.Refused(t, w.Book.LetGo(t.Context(), made.ID), contact.ErrState)
	})
}
