package contact

import (
	"context"
	"errors"
	"maps"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
)

// Wishes are what she asked of whoever answers. They can be read by the server, which
// must find the person: so they name nothing of hers, and above all not her community.
type Wishes struct {
	Gender       string           `json:"gender,omitempty"`       // "woman" or "man"
	NotCommunity string           `json:"notcommunity,omitempty"` // nobody of this community; see [AnyCommunity]
	Same         bool             `json:"same,omitempty"`         // the same person as last time
	With         hotline.PersonID `json:"with,omitempty"`         // who that was, as far as it is known
}

// AnyCommunity as a wish is nobody who is known to belong to a community at all: she
// need not say which is hers.
const AnyCommunity = "any"

// Any reports whether she wished for anything.
func (w Wishes) Any() bool { return w.Gender != "" || w.NotCommunity != "" || w.Same }

// clean keeps what a page may ask for.
func (w Wishes) clean() Wishes {
	if w.Gender != "woman" && w.Gender != "man" {
		w.Gender = ""
	}
	w.With = ""
	return w
}

// lastWith is who had the latest contact of a cookie; nobody where there was none, or
// where nobody took it.
func (b *Book) lastWith(ctx context.Context, lookup []byte) (who hotline.PersonID, err error) {
	err = b.db.One(ctx, `SELECT k.advocate FROM caller c JOIN contact k ON k.id = c.contact
		WHERE c.lookup = $1 AND k.advocate <> '' AND k.state <> 'erased' ORDER BY k.began DESC, k.id LIMIT 1`, []any{lookup}, &who)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return who, err
}

// returns notes that somebody has been here, by the contacts of her address, and with whom
// she was last where she wishes for that.
func (b *Book) returns(ctx context.Context, c *Codes, before []hotline.ContactID) error {
	c.Returned = len(before) > 0
	if !c.Returned || !c.Wishes.Same {
		return nil
	}
	places, args := db.List(before)
	err := b.db.One(ctx, `SELECT advocate FROM contact WHERE id IN (`+places+`) AND advocate <> '' AND state <> 'erased' ORDER BY began DESC, id LIMIT 1`, args, &c.Wishes.With)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return err
}

// Returns notes that somebody has been here, as a session has found by her number.
func Returns(tx db.Tx, id hotline.ContactID) error {
	_, err := tx.Exec(`UPDATE contact SET returned = 1 WHERE id = $1 AND state NOT IN ('closed', 'erased')`, id)
	return err
}

// LetGo takes her wishes back: whoever is free may answer. It is hers to say, as long
// as she waits.
func (b *Book) LetGo(ctx context.Context, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State != Waiting && c.State != Parked {
			return ErrState
		}
		if !c.Wishes.Any() {
			return nil
		}
		if _, err := tx.Exec(`UPDATE contact SET wishes = '{}' WHERE id = $1`, id); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "let go", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// firstHead is what is known when she has written her first words.
func firstHead(in Incoming, now int64) Head {
	h := Head{N: 1, Privacy: in.Privacy.clean()}
	if in.Told.Number > 0 {
		told := in.Told
		told.At, told.By = now, ""
		h.Told = []Told{told}
	}
	return h
}

// clean keeps a level that there is.
func (p Privacy) clean() Privacy {
	if p == Share || p == Confidential || p == Anonymous {
		return p
	}
	return ""
}

// under adds what her page told her to the editions that a contact is handled under.
func under(editions map[string]int64, told Told) map[string]int64 {
	if told.Number <= 0 {
		return editions
	}
	all := maps.Clone(editions)
	if all == nil {
		all = map[string]int64{}
	}
	all[told.Kind+"/"+told.Lang] = told.Number
	return all
}
