package promise_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// canary is a word that nobody else writes.
const canary = "Zwergkanarie"

// spellings are the ways in which words lie about.
func spellings(s string) map[string][]byte {
	wide := func(big bool) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return b
	}
	out := map[string][]byte{
		"UTF-8": []byte(s), "UTF-16, little end first": wide(false), "UTF-16, big end first": wide(true),
		"hex": []byte(hex.EncodeToString([]byte(s))), "GSM 7-bit": septets(s),
	}
	for shift := range 3 { // wherever it begins within three bytes
		e := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s + "xx"))
		out["base64, shifted by "+string(rune('0'+shift))] = []byte(e[(shift*8+5)/6 : len(e)-6])
	}
	return out
}

// septets packs letters as text messages do.
func septets(s string) []byte {
	var out []byte
	var acc, bits uint
	for _, c := range []byte(s) {
		acc |= uint(c&0x7f) << bits
		for bits += 7; bits >= 8; bits -= 8 {
			out = append(out, byte(acc))
			acc >>= 8
		}
	}
	return out
}

// found lists the spellings in which the word stands in b.
func found(b []byte) (out []string) {
	for name, s := range spellings(canary) {
		if bytes.Contains(b, s) || name == "hex" && bytes.Contains(bytes.ToLower(b), s) {
			out = append(out, name)
		}
	}
	return out
}

// The search finds what it is to find.
func TestSearchForWordsBarks(t *testing.T) {
	t.Parallel()
	for name, s := range spellings(canary) {
		if len(found(append([]byte("before"), append(s, "after"...)...))) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	if got := found([]byte(base64.StdEncoding.EncodeToString([]byte("a letter with " + canary + " in it")))); len(got) == 0 {
		t.Error("base64 is not found")
	}
	if got := found([]byte("nothing of the kind")); len(got) > 0 {
		t.Errorf("found %q in nothing", got)
	}
}

// P1, as far as these packages reach: what she said, what was answered, what we
// wrote, what was typed and the codes are in no database and no file.
func TestWordsAreNowhereReadable(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		c := w.Arrive(t, "first "+canary)
		id := c.Contact
		w.Take(t, ana, id)
		w.Say(t, c, canary+" by cookie")
		must(t, w.Book.Say(t.Context(), id, contact.Words{ID: hotline.NewID(), Text: seal.Conceal("by text " + canary)}))
		w.Reply(t, ana, id, "answer "+canary)
		w.Draft(t, ana, id, "not sent "+canary)
		w.Note(t, ana, id, "note "+canary)
		digits := w.ReturnCode(t, c)
		w.With(t, ana, func(r *vault.Ring) error {
			return w.Book.PutDraft(t.Context(), ana.ID, contact.Draft{Contact: id, Place: "composer", N: 1, Sealed: r.SealDraft(id, "composer", seal.Conceal("typed "+canary))})
		})
		text(t, w, ana, "+1555"+canary, "by text "+canary, "answer by text "+canary)
		telephones(t, w, canary)
		_, err := w.Desk(t, ana, id)
		must(t, err)
		w.With(t, ana, func(r *vault.Ring) error {
			s, err := w.Situations.Create(t.Context(), r, id)
			if err != nil {
				return err
			}
			names := seal.Conceal("name " + canary)
			return errors.Join(
				w.Situations.Say(t.Context(), r, s.ID, situation.Said{Of: string(id), Version: 1, Role: seal.Conceal("role " + canary), Detail: &names}),
				w.Situations.Say(t.Context(), r, s.ID, situation.Said{Of: hotline.NewID(), Kind: situation.PersonPart, Role: seal.Conceal("who " + canary)}),
				w.Situations.Write(t.Context(), r, s.ID, hotline.NewID(), situation.Summary, seal.Conceal("summary "+canary)),
				w.Situations.Assign(t.Context(), r, s.ID, situation.Task{ID: hotline.NewID(), Contact: id, Due: 1, Text: seal.Conceal("task " + canary)}),
				w.Situations.AskReading(t.Context(), r, s.ID, id, seal.Conceal("reason "+canary)),
			)
		})
		said := written(t, w, ana, id)
		w.CloseAs(t, ana, id, canary, hotline.Facts{"type": {canary}})
		_, sealed, err := w.Sealer.Fact(t.Context(), canary)
		must(t, err)
		must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return stats.Pend(tx, []stats.Pending{{ID: hotline.NewID(), Sealed: sealed}}) }))
		if got := w.Holding(t, said); len(got) > 0 {
			t.Errorf("her phrase stands readable in %q", got)
		}
		if got := w.Holding(t, canary); len(got) > 0 {
			t.Errorf("her words stand readable in %q", got)
		}
		if got := w.Holding(t, digits.Reveal()); len(got) > 0 {
			t.Errorf("a code stands readable in %q", got)
		}
		for what, secret := range map[string][]byte{"her cookie": c.Cookie, "a session's token": ana.Token, "the root": []byte(w.Founding.Root.Reveal())} {
			if got := w.Holding(t, string(secret)); len(got) > 0 {
				t.Errorf("%s stands readable in %q", what, got)
			}
		}
		if w.Engine.Name == string(db.SQLite) {
			for _, file := range []string{w.Engine.MainURL, w.Engine.MainURL + "-wal", w.Engine.ShredURL, w.Engine.ShredURL + "-journal", w.KeyFile} {
				b, err := os.ReadFile(file)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				if got := found(b); len(got) > 0 {
					t.Errorf("her words lie in a file as %q", got)
				}
			}
		}
	})
}

// written puts the word into what we write about her: form, safety rules, drafts of notes
// and fields, what translators write, why a record is to leave. It gives the phrase that
// was drawn for her.
func written(t *testing.T, w *hotlinetest.World, ana *hotlinetest.Person, id hotline.ContactID) string {
	t.Helper()
	ctx := t.Context()
	secret := func(what string) seal.Text { return seal.Conceal(what + " " + canary) }
	w.Field(t, ana, id, hotline.NewID(), `{"text":"form `+canary+`"}`)
	must(t, w.PutHead(t, ana, id, func(h *contact.Head) {
		s := &h.Safety
		s.Name, s.Cover, s.MayKnow, s.Promised, s.Distress = "name "+canary, "cover "+canary, "may know "+canary, "promised "+canary, "distress "+canary
		s.Ways = map[contact.Way]contact.Terms{contact.ByText: {May: contact.Yes, Say: "say " + canary}}
	}))
	w.With(t, ana, func(r *vault.Ring) error {
		for _, place := range []string{"note", hotline.NewID()} { // a field is a place of its own
			must(t, w.Book.PutDraft(ctx, ana.ID, contact.Draft{Contact: id, Place: place, N: 1, Sealed: r.SealDraft(id, place, secret("typed"))}))
		}
		k, err := r.Open(ctx, vault.Ref{Contact: id, Record: true}, "export")
		must(t, err)
		head, err := k.Head(ctx)
		must(t, err)
		_, err = w.Record.AskExport(ctx, ana.ID, situation.OfContact(id, k, head.N), k, secret("reason"))
		must(t, err)
		return nil
	})
	mira := w.Hire(t, hotline.Translator)
	w.Marked(t, ana, id, "marked "+canary, interpret.Mark{Phrase: "limits", Said: secret("meant")})
	w.Translator(t, ana, mira, id)
	sentence := w.Translate(t, ana, id, "", "sentence "+canary)
	w.Translate(t, mira, id, sentence, "translated "+canary)
	return phrase(t, w, ana, id)
}

// phrase draws one for her, as a desk does.
func phrase(t *testing.T, w *hotlinetest.World, ana *hotlinetest.Person, id hotline.ContactID) string {
	t.Helper()
	book, err := edition.New(t.Context(), w.Engine.Main, w.Bus, time.Now, edition.Kind{Name: safety.KindWords, Check: safety.CheckWords})
	must(t, err)
	key := safety.WordsKey("en")
	must(t, book.Begin(t.Context(), w.First.ID, key, safety.Shipped()[key]))
	var said string
	w.With(t, ana, func(r *vault.Ring) error {
		drawn, err := safety.NewPhrases(w.Engine.Main, w.Log, book).Make(t.Context(), ana.ID, id, safety.Index{
			Epoch: 1, Of: func(words string) []byte { return r.Index(hotline.Desk, "phrase", words) },
		}, "en")
		said = drawn.Reveal()
		return err
	})
	return said
}
