package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrCallBack says that a wish to be called back is none: without a number, or at no hour.
var ErrCallBack = problem.New(problem.Invalid, "contact.call_back")

// Revealed is the kind of alert that says that an advocate has looked at a number.
const Revealed = "revealed"

// A CallBack is what she has said to the telephone of being called back.
type CallBack struct {
	Number seal.Text // as +1555…
	Terms  Terms     // when, and what may be said
}

// mostSaid is how much may be noted to be said, in characters, as on her card.
const mostSaid = 400

// called is a CallBack as it is sealed.
type called struct {
	Number string `json:"number"`
	Terms  Terms  `json:"terms,omitzero"`
}

// WishCallBack keeps her wish to be called back: sealed to her contact, so that nothing that
// receives can read it. It takes the place of one that she has said before. The first
// session that opens it moves it into the head; see [Book.TakeCallBack].
func (b *Book) WishCallBack(ctx context.Context, id hotline.ContactID, w CallBack) error {
	words, err := w.pack()
	if err != nil {
		return err
	}
	cols, err := b.Columns(ctx, id)
	if err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	row := hotline.NewID()
	sealed, err := b.sealer.Message(ctx, cols, row, seal.CallBack, now, words)
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Closed || c.State == Erased {
			return ErrOver
		}
		_, err = tx.Exec(`INSERT INTO call_back (contact, id, at, sealed) VALUES ($1, $2, $3, $4)
			ON CONFLICT (contact) DO UPDATE SET id = excluded.id, at = excluded.at, sealed = excluded.sealed`, id, row, now, sealed)
		return err
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

func (w CallBack) pack() (seal.Text, error) {
	number := w.Number.Reveal()
	t := w.Terms
	of := func(n, most int) bool { return n >= 0 && n <= most }
	switch {
	case strings.TrimSpace(number) == "" || len(number) > maxAddress || utf8.RuneCountInString(t.Say) > mostSaid,
		!of(t.From, 24*60) || !of(t.To, 24*60),
		slices.ContainsFunc(t.Days, func(d int) bool { return !of(d, 6) }):
		return seal.Text{}, ErrCallBack
	}
	b, err := json.Marshal(called{number, t})
	return seal.Conceal(string(b)), err
}

// ParseCallBack reads an opened wish.
func ParseCallBack(t seal.Text) (CallBack, error) {
	var c called
	if err := json.Unmarshal([]byte(t.Reveal()), &c); err != nil {
		return CallBack{}, ErrCallBack // the parser's error may quote it
	}
	return CallBack{seal.Conceal(c.Number), c.Terms}, nil
}

// CallBackOf reads a contact's sealed wish to be called back. Without one it is ErrMissing.
func CallBackOf(tx db.Tx, id hotline.ContactID) (seal.Sealed, error) {
	s := seal.Sealed{Side: seal.CallBack, Form: seal.Public}
	err := tx.QueryRow(`SELECT id, at, sealed FROM call_back WHERE contact = $1`, id).Scan(&s.ID, &s.At, &s.Sealed)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return s, err
}

// Wishes is a head that her wish was put into. What is known to be never stays so.
func (h Head) Wishes(w CallBack) Head {
	if h.Safety.Ways[ByCall].May == No {
		return h
	}
	ways := maps.Clone(h.Safety.Ways)
	if ways == nil {
		ways = map[Way]Terms{}
	}
	w.Terms.May = Yes
	ways[ByCall] = w.Terms
	h.Safety.Ways, h.Number = ways, w.Number.Reveal()
	return h
}

// TakeCallBack writes a head that her wish was put into, and takes away the wish, at once.
// Where the wish is another one by now it is ErrState, and nothing changes.
func (b *Book) TakeCallBack(ctx context.Context, by hotline.Actor, id hotline.ContactID, row string, head Head, key seal.Key) error {
	n, err := head.next(key, id)
	if err != nil {
		return err
	}
	err = b.overHead(ctx, id, &n, func(tx db.Tx, c Contact) error {
		gone, err := tx.Exec(`DELETE FROM call_back WHERE contact = $1 AND id = $2`, id, row)
		if err != nil {
			return err
		}
		if gone == 0 {
			return ErrState
		}
		if err := b.replaceHead(tx, c, n); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: by, What: "call back", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}
