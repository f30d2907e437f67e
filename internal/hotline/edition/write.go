package edition

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// Check says what is wrong with a body, without keeping it: for a preview.
func (b *Book) Check(kind, body string) error {
	k, ok := b.kinds[kind]
	switch {
	case !ok:
		return ErrKind
	case len(body) > Limit:
		return ErrLarge
	case !text(body):
		return ErrInvalid
	case k.Check != nil:
		return k.Check(body)
	case !json.Valid([]byte(body)):
		return ErrInvalid
	}
	return nil
}

// text reports whether every engine keeps a body as it is.
func text(body string) bool { return utf8.ValidString(body) && !strings.Contains(body, "\x00") }

// Preview shows what a draft would change, in the way of its kind; nil where the kind
// has none. A draft that is wrong is what [Book.Check] says of it.
func (b *Book) Preview(ctx context.Context, k Key, draft string) (any, error) {
	if err := b.Check(k.Kind, draft); err != nil {
		return nil, err
	}
	show := b.kinds[k.Kind].Preview
	if show == nil {
		return nil, nil //nolint:nilnil // nothing to show, which is no fault
	}
	present, err := b.Current(ctx, k)
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, err
	}
	return show(ctx, draft, present.Body)
}

const (
	ofKey   = `kind = $1 AND name = $2 AND lang = $3`
	longest = 64 // of a name or a language
)

func (b *Book) known(k Key, body string) error {
	_, ok := b.kinds[k.Kind]
	switch {
	case !ok:
		return ErrKind
	case len(body) > Limit:
		return ErrLarge
	case !text(body) || k.Name == "" || !text(k.Name+k.Lang) || len(k.Name) > longest || len(k.Lang) > longest:
		return ErrInvalid
	}
	return nil
}

// Write keeps a draft and returns its version. version is that of the draft it was
// made from, 0 for a new one: somebody else's change meanwhile is ErrMoved. A draft
// may be wrong; it cannot be published then. Who has reviewed it has not reviewed
// what it is now.
func (b *Book) Write(ctx context.Context, by hotline.PersonID, k Key, body string, version int64) (int64, error) {
	if err := b.known(k, body); err != nil {
		return 0, err
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if version == 0 {
			return one(tx.Exec(`INSERT INTO edition (kind, name, lang, number, state, body, version, at, by_person, editors) VALUES ($1, $2, $3, 0, 'draft', $4, 1, $5, $6, $6) ON CONFLICT DO NOTHING`,
				k.Kind, k.Name, k.Lang, body, now, by))
		}
		return one(tx.Exec(`UPDATE edition SET body = $4, version = version + 1, at = $5, by_person = $6, reviewed_by = '',
			editors = CASE WHEN ' ' || editors || ' ' LIKE '% ' || CAST($6 AS TEXT) || ' %' THEN editors ELSE editors || ' ' || CAST($6 AS TEXT) END
			WHERE `+ofKey+` AND number = 0 AND version = $7`, k.Kind, k.Name, k.Lang, body, now, by, version))
	})
	if err != nil {
		return 0, err
	}
	return version + 1, nil
}

// one turns a statement that changed nothing into ErrMoved.
func one(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrMoved
	}
	return err
}

// Drop throws a draft away.
func (b *Book) Drop(ctx context.Context, k Key, version int64) error {
	return b.db.Write(ctx, func(tx db.Tx) error { return drop(tx, k, version) })
}

func drop(tx db.Tx, k Key, version int64) error {
	return one(tx.Exec(`DELETE FROM edition WHERE `+ofKey+` AND number = 0 AND version = $4`, k.Kind, k.Name, k.Lang, version))
}

// Review notes that somebody has read the draft, in its language.
func (b *Book) Review(ctx context.Context, k Key, version int64, reviewer string) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		return one(tx.Exec(`UPDATE edition SET reviewed_by = $4 WHERE `+ofKey+` AND number = 0 AND version = $5`, k.Kind, k.Name, k.Lang, reviewer, version))
	})
}

// Accept notes that somebody has read what is published already, in its language,
// and left it as it is.
func (b *Book) Accept(ctx context.Context, k Key, number int64, reviewer string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		return one(tx.Exec(`UPDATE edition SET reviewed_by = $4 WHERE `+ofKey+` AND number = $5 AND state = 'published'`, k.Kind, k.Name, k.Lang, reviewer, number))
	})
	b.told(err)
	return err
}

// Publish puts the draft in force: on this node when it returns, on every other
// within two seconds. It returns the number. Of two who publish, or of one who
// publishes and one who goes on writing, one is ErrMoved. What a reviewer whom the line
// has named has not signed as it is, is ErrUnsigned.
func (b *Book) Publish(ctx context.Context, by hotline.PersonID, k Key, version int64) (int64, error) {
	v, err := b.trusted(ctx)
	if err != nil {
		return 0, err
	}
	var number int64
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		found, err := read(tx, ofKey+` AND number = 0`, k.Kind, k.Name, k.Lang)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Version != version {
			return ErrMoved
		}
		if err := b.Check(k.Kind, found[0].Body); err != nil {
			return err
		}
		_, editors, err := drafted(tx, k, version)
		if err != nil {
			return err
		}
		signers, err := b.stands(tx, v, k, found[0].Body, editors)
		if err != nil {
			return err
		}
		if err := drop(tx, k, version); err != nil {
			return err
		}
		number, err = put(tx, by, k, found[0].Body, cmp.Or(signers, found[0].ReviewedBy))
		return err
	})
	b.told(err)
	return number, err
}

// Back puts an older version in force again, under a new number. What must be signed must
// have been signed then.
func (b *Book) Back(ctx context.Context, by hotline.PersonID, k Key, to int64) (int64, error) {
	v, err := b.trusted(ctx)
	if err != nil {
		return 0, err
	}
	var number int64
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		found, err := read(tx, ofKey+` AND number = $4`, k.Kind, k.Name, k.Lang, to)
		if err != nil {
			return err
		}
		if len(found) == 0 || to == 0 {
			return ErrMissing
		}
		// What was right once may be wrong for a newer release.
		if err := b.Check(k.Kind, found[0].Body); err != nil {
			return err
		}
		signers, err := b.stands(tx, v, k, found[0].Body, nil)
		if err != nil {
			return err
		}
		number, err = put(tx, by, k, found[0].Body, cmp.Or(signers, found[0].ReviewedBy))
		return err
	})
	b.told(err)
	return number, err
}

// Withdraw takes what is published out of force; nothing takes its place. number is
// what was seen to be in force. Where somebody must sign who signs, she would have to sign
// that nobody does: it is not taken away but changed.
func (b *Book) Withdraw(ctx context.Context, k Key, number int64) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		if k.Kind == KindReviewers {
			if rs, err := reviewers(tx); err != nil || len(rs.Of(k.Kind)) > 0 {
				return cmp.Or(err, error(ErrUnsigned))
			}
		}
		return one(tx.Exec(`UPDATE edition SET state = 'withdrawn' WHERE `+ofKey+` AND number = $4 AND state = 'published'`, k.Kind, k.Name, k.Lang, number))
	})
	b.told(err)
	return err
}

// Begin publishes what a new line starts with, where nothing of it is there yet.
func (b *Book) Begin(ctx context.Context, by hotline.PersonID, k Key, body string) error {
	if err := errors.Join(b.known(k, body), b.Check(k.Kind, body)); err != nil {
		return err
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM edition WHERE `+ofKey+` AND number > 0`, k.Kind, k.Name, k.Lang).Scan(&n); err != nil || n > 0 {
			return err
		}
		_, err := put(tx, by, k, body, "")
		return err
	})
	b.told(err)
	return err
}

// lock takes the counter's row, which is the lock of publishing, and moves it on.
func lock(tx db.Tx) error {
	_, err := tx.Exec(`UPDATE edition_change SET n = n + 1 WHERE one = 1`)
	return err
}

// put writes the next number and withdraws the one before.
func put(tx db.Tx, by hotline.PersonID, k Key, body, reviewed string) (int64, error) {
	now, err := db.Now(tx)
	if err != nil {
		return 0, err
	}
	var last int64
	if err := tx.QueryRow(`SELECT coalesce(max(number), 0) FROM edition WHERE `+ofKey, k.Kind, k.Name, k.Lang).Scan(&last); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE edition SET state = 'withdrawn' WHERE `+ofKey+` AND state = 'published'`, k.Kind, k.Name, k.Lang); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO edition (kind, name, lang, number, state, body, at, by_person, reviewed_by) VALUES ($1, $2, $3, $4, 'published', $5, $6, $7, $8)`,
		k.Kind, k.Name, k.Lang, last+1, body, now, by, reviewed)
	return last + 1, err
}

// told drops the memory's age and tells the other nodes.
func (b *Book) told(err error) {
	if err != nil {
		return
	}
	b.mu.Lock()
	b.next = time.Time{}
	b.mu.Unlock()
	b.bus.Publish(bus.Hint{Topic: Topic})
}
