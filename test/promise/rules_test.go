package promise_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// forbidden says again, in the plainest way, what her rules forbid: on purpose nothing of
// the engine's own. It is read as the promise is made to her.
func forbidden(c contact.Contact, h contact.Head, way contact.Way, now time.Time) bool {
	terms := h.Safety.Ways[way]
	switch {
	case h.Safety.Safe == contact.No && !(way == contact.OnPage && h.Safety.Heard):
		return true // it is not safe now
	case way == contact.OnPage:
		return terms.May == contact.No && c.SeenUntil <= now.UnixMilli() // nothing may wait
	case terms.May == contact.No:
		return true // never
	}
	// What is left is a text to somebody who came by text.
	today, yesterday := int(now.Weekday()), int(now.AddDate(0, 0, -1).Weekday())
	anyDay := len(terms.Days) == 0
	if terms.From == terms.To {
		return !anyDay && !slices.Contains(terms.Days, today)
	}
	for m := terms.From; m != terms.To; m = (m + 1) % 1440 { // each minute that she has named
		if m != now.Hour()*60+now.Minute() {
			continue
		}
		begun := today
		if terms.To < terms.From && m < terms.To {
			begun = yesterday
		}
		return !anyDay && !slices.Contains(terms.Days, begun)
	}
	return true
}

// somebody is a caller with an advocate, by one way.
type somebody struct {
	id  hotline.ContactID
	way contact.Way
	to  string
}

// rules changes what is known of her safety, at random.
func rules(r *rand.Rand, way contact.Way) contact.Safety {
	pick := func(a ...contact.Answer) contact.Answer { return a[r.IntN(len(a))] }
	s := contact.Safety{Safe: pick("", contact.Yes, contact.Yes, contact.No, contact.Unknown), Heard: r.IntN(4) == 0, Ways: map[contact.Way]contact.Terms{}}
	if way != contact.OnPage {
		s.Heard = false // that a listener hears of a text is the same as on the page, and is asked in the rules' own test
	}
	for _, w := range contact.Ways() {
		if w != way && r.IntN(2) == 0 {
			continue
		}
		t := contact.Terms{May: pick("", contact.Yes, contact.Yes, contact.Yes, contact.No)}
		if r.IntN(2) == 0 {
			t.From, t.To = r.IntN(1440), r.IntN(1440)
		}
		for d := range 7 {
			if r.IntN(3) > 0 {
				t.Days = append(t.Days, d)
			}
		}
		s.Ways[w] = t
	}
	return s
}

// property answers many times under random rules, at random times, and complains of what
// left although the rules forbid it, and of what did not leave although they allow it.
func property(t *testing.T, w *hotlinetest.World, book *contact.Book, rounds int, complain func(string)) {
	t.Helper()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	w.SignIn(t, w.First)
	ana := w.Hire(t, hotline.Advocate)
	all := []somebody{{way: contact.OnPage}, {way: contact.ByText, to: "+15550101"}}
	all[0].id = w.Arrive(t, "hello").Contact
	var err error
	all[1].id, err = channeltest.NewLoop(w.Book, hotline.Text).Write(t.Context(), all[1].to, "hello")
	must(t, err)
	for _, s := range all {
		w.Take(t, ana, s.id)
	}
	left, held := 0, 0
	for round := range rounds {
		s := all[r.IntN(len(all))]
		w.Advance(t, time.Duration(r.IntN(300))*time.Minute)
		if r.IntN(3) == 0 && s.way == contact.OnPage {
			w.SQL(t, `UPDATE contact SET seen_until = $1 WHERE id = $2`, w.Now(t)+60_000, s.id)
		}
		if w.Keeper.With(t.Context(), ana.Token, func(*vault.Ring) error { return nil }) != nil { // her session is over
			w.SignIn(t, ana)
		}
		must(t, w.PutHead(t, ana, s.id, func(h *contact.Head) { h.Safety = rules(r, s.way) }))
		head, err := w.Head(t, ana, s.id)
		must(t, err)
		m := hotline.NewID()
		err = w.Keeper.With(t.Context(), ana.Token, func(ring *vault.Ring) error {
			k, err := ring.Open(t.Context(), vault.Ref{Contact: s.id}, "property")
			if err != nil {
				return err
			}
			return book.Reply(t.Context(), s.id, contact.Reply{ID: m, By: ana.ID, Key: k.Seal(), Text: seal.Conceal("words"), Head: &head, To: seal.Conceal(s.to)})
		})
		now := time.UnixMilli(w.Now(t)).In(w.Zone())
		went := w.Count(t, `SELECT count(*) FROM message WHERE id = $1`, m) + w.Count(t, `SELECT count(*) FROM outbox WHERE id = $1`, m)
		no := forbidden(w.Find(t, s.id), head, s.way, now)
		if no != (went == 0) || (err == nil) != (went > 0) {
			complain(fmt.Sprintf("seed %d, round %d, by %s on %s: forbidden %v, %d rows, %v", seed, round, s.way, now.Format("Mon 15:04"), no, went, err))
		}
		if no {
			held++
		} else {
			left++
		}
		w.SQL(t, `DELETE FROM outbox WHERE id = $1`, m)
		w.SQL(t, `DELETE FROM message WHERE id = $1`, m)
	}
	if rounds >= 50 && (left < rounds/10 || held < rounds/10) {
		t.Errorf("%d left and %d were held: the rules are too one-sided to show anything", left, held)
	}
}

// lax is a gate that knows where a contact stands and nothing of her rules.
type lax struct{}

func (lax) Allow(_ db.Tx, _ contact.Contact, _ *contact.Head, _ contact.Out) error { return nil }

// No outbound passes that her rules forbid, whatever they are and whenever it is; and what
// they allow passes. With another gate the same property complains.
func TestNothingLeavesThatHerRulesForbid(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		berlin, err := time.LoadLocation("Europe/Berlin")
		must(t, err)
		w.Zone = func() *time.Location { return berlin }
		w.Restart(t)
		property(t, w, w.Book, 70, func(s string) { t.Error(s) })
		complaints := 0
		property(t, w, contact.New(w.Engine.Main, w.Shred, w.Sealer, w.Log, w.Bus, lax{}, w.Place, w.Settings), 15, func(string) { complaints++ })
		if complaints == 0 {
			t.Error("without her rules nothing is complained of")
		}
	})
}

// never is "never" of one way, as it is set.
func never(way contact.Way) func(*contact.Head) {
	return func(h *contact.Head) { h.Safety.Ways = map[contact.Way]contact.Terms{way: {May: contact.No}} }
}

// A "never" counts from the moment it is set: for who had read the rules before, for what
// waits in the outbox, for a tab that still shows the old ones, and although somebody puts
// the old ones back.
func TestNeverCountsFromTheMomentItIsSet(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id, err := channeltest.NewLoop(w.Book, hotline.Text).Write(t.Context(), "+15550101", "hello")
		must(t, err)
		w.Take(t, ana, id)
		must(t, w.PutHead(t, ana, id, func(h *contact.Head) {
			h.Safety.Ways = map[contact.Way]contact.Terms{contact.ByText: {May: contact.Yes}}
		}))
		read, err := w.Head(t, ana, id)
		must(t, err)
		reply := func(m string, head *contact.Head) (err error) {
			return w.Keeper.With(t.Context(), ana.Token, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: id}, "never")
				if err != nil {
					return err
				}
				return w.Book.Reply(t.Context(), id, contact.Reply{ID: m, By: ana.ID, Key: k.Seal(), Text: seal.Conceal("words"), Head: head, To: seal.Conceal("+15550101")})
			})
		}
		waits := hotline.NewID()
		must(t, reply(waits, &read))
		old := w.Backup(t)
		if n := w.Count(t, `SELECT count(*) FROM outbox WHERE id = $1`, waits); n != 1 {
			t.Fatalf("%d rows wait, want 1", n)
		}
		must(t, w.PutHead(t, ana, id, never(contact.ByText)))
		if n := w.Count(t, `SELECT count(*) FROM outbox`); n != 0 {
			t.Errorf("%d rows wait although it was forbidden", n)
		}
		if sent := w.One(t, `SELECT sent FROM message WHERE id = $1`, waits); sent != contact.Withheld {
			t.Errorf("the desk says %q", sent)
		}
		hotlinetest.Refused(t, reply(hotline.NewID(), &read), contact.ErrHead) // opened before, sent after
		if err := reply(hotline.NewID(), nil); err == nil {
			t.Error("it left although nobody has opened what is known")
		}
		err = w.Keeper.With(t.Context(), ana.Token, func(r *vault.Ring) error { // a stale tab writes its rules
			k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "never")
			if err != nil {
				return err
			}
			return w.Book.PutHead(t.Context(), hotline.Actor(ana.ID), id, read, k.HeadKey(), "safety")
		})
		hotlinetest.Refused(t, err, contact.ErrHead)
		w.SQL(t, `UPDATE contact SET head = $1, head_n = $2 WHERE id = $3`, old.Cell("contact", "head", "id", string(id)), read.N, id)
		_, err = w.Head(t, ana, id)
		hotlinetest.Refused(t, err, vault.ErrOldHead)
		if n := w.Count(t, `SELECT count(*) FROM outbox`); n != 0 {
			t.Errorf("%d rows wait", n)
		}
	})
}
