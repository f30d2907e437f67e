package safety

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrTries says that five phrases were tried for a contact: a supervisor goes on.
var ErrTries = problem.New(problem.Denied, "safety.tries")

// Tries is how many phrases may be tried for one contact.
const Tries = 5

// An Index hides what somebody is found by, under a key that only the team's ring has.
type Index struct {
	Of    func(phrase string) []byte
	Epoch int64
}

// Phrases knows by which phrase which contacts are found again. It keeps no phrase: only
// what a team's key makes of one.
type Phrases struct {
	db       *db.DB
	log      *audit.Log
	editions *edition.Book
}

// NewPhrases returns them.
func NewPhrases(d *db.DB, log *audit.Log, editions *edition.Book) *Phrases {
	return &Phrases{d, log, editions}
}

// Make draws a phrase for the person behind a contact, in the first of the languages
// that has a list. It is returned once and kept nowhere. One that she had before opens
// nothing any more: what it found is found by the new one.
func (p *Phrases) Make(ctx context.Context, by hotline.PersonID, id hotline.ContactID, index Index, languages ...string) (seal.Text, error) {
	e, err := p.editions.In(ctx, KindWords, WordsKey("").Name, languages...)
	if errors.Is(err, edition.ErrMissing) {
		return seal.Text{}, ErrNoWords
	}
	if err != nil {
		return seal.Text{}, err
	}
	words, err := ParseWords(e.Body)
	if err != nil {
		return seal.Text{}, err
	}
	for {
		a, b, err := draw(words)
		if err != nil {
			return seal.Text{}, err
		}
		phrase := seal.Conceal(a + " " + b)
		err = p.keep(ctx, by, id, index.Of(Same(phrase)), index.Epoch)
		if !errors.Is(err, errTaken) {
			return phrase, err
		}
	}
}

var errTaken = errors.New("safety: somebody has this phrase")

func (p *Phrases) keep(ctx context.Context, by hotline.PersonID, id hotline.ContactID, idx []byte, epoch int64) error {
	return p.db.Write(ctx, func(tx db.Tx) error {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM thread WHERE idx = $1 AND kind = 'phrase'`, idx).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return errTaken
		}
		if _, err := tx.Exec(`INSERT INTO thread (idx, contact, epoch) VALUES ($1, $2, $3)`, idx, id, epoch); err != nil {
			return err
		}
		const before = `idx IN (SELECT idx FROM thread WHERE contact = $2 AND idx <> $1 AND kind = 'phrase')`
		if _, err := tx.Exec(`INSERT INTO thread (idx, contact, epoch) SELECT DISTINCT n.idx, o.contact, n.epoch FROM thread n, thread o
			WHERE n.idx = $1 AND n.contact = $2 AND o.`+before+` ON CONFLICT DO NOTHING`, idx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM thread WHERE `+before, idx, id); err != nil {
			return err
		}
		return p.log.Public(audit.Act{By: hotline.Actor(by), What: "phrase", Object: string(id)}).Insert(tx)
	})
}

// A Heard is the answer to "she says". Left is how many tries remain. Contacts is empty
// where the words find nothing: for a stranger, for a name that nobody knows and for
// somebody whose words are others, all the same.
type Heard struct {
	Left     int
	Contacts []hotline.ContactID
	idx      []byte
}

// Says looks up what somebody says. Whoever she is, the same is done and written: one
// try, one look, one leaf. After five tries it is [ErrTries] without a look.
func (p *Phrases) Says(ctx context.Context, by hotline.PersonID, id hotline.ContactID, said seal.Text, index Index) (Heard, error) {
	h := Heard{idx: index.Of(Same(said))}
	over := false
	err := p.db.Write(ctx, func(tx db.Tx) (err error) {
		h.Contacts, over = nil, false
		var tries int
		err = tx.QueryRow(`INSERT INTO phrase_try (contact, tries) VALUES ($1, 1) ON CONFLICT (contact) DO UPDATE SET tries = phrase_try.tries + 1 RETURNING tries`, id).Scan(&tries)
		if err != nil {
			return err
		}
		if over = tries > Tries; !over {
			h.Left = Tries - tries
			if h.Contacts, err = found(tx, h.idx); err != nil {
				return err
			}
		}
		return p.log.Public(audit.Act{By: hotline.Actor(by), What: "she says", Object: string(id)}).Insert(tx)
	})
	if err == nil && over {
		err = ErrTries
	}
	return h, err
}

func found(tx db.Tx, idx []byte) ([]hotline.ContactID, error) {
	return db.Values[hotline.ContactID](tx, `SELECT contact FROM thread WHERE idx = $1 AND kind = 'phrase' ORDER BY contact LIMIT 50`, idx)
}

// Join makes a contact one of those that a phrase finds.
func (p *Phrases) Join(ctx context.Context, by hotline.PersonID, id hotline.ContactID, h Heard, epoch int64) error {
	if len(h.Contacts) == 0 {
		return ErrUnread
	}
	return p.db.Write(ctx, func(tx db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO thread (idx, contact, epoch) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, h.idx, id, epoch); err != nil {
			return err
		}
		return p.log.Public(audit.Act{By: hotline.Actor(by), What: "found again", Object: string(id)}).Insert(tx)
	})
}

// Forget ends what leads to a contact. It belongs to the transaction that forgets what
// we wrote about it.
func Forget(tx db.Tx, id hotline.ContactID) error {
	for _, q := range []string{`DELETE FROM thread WHERE contact = $1`, `DELETE FROM phrase_try WHERE contact = $1`} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return nil
}
