package contact

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// Under notes under which edition of a kind a contact is handled, and returns the one
// that counts: the first of the kind that was noted stays, whatever its name, so that two
// who begin at the same moment go on under one.
func (b *Book) Under(ctx context.Context, id hotline.ContactID, kind, name string, number int64) (counts string, n int64, err error) {
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Erased {
			return ErrMissing
		}
		if counts, n = c.Under(kind); counts != "" {
			return nil
		}
		if c.Editions == nil {
			c.Editions = map[string]int64{}
		}
		counts, n = name, number
		c.Editions[kind+"/"+name] = number
		body, _ := json.Marshal(c.Editions) // words and numbers always marshal
		_, err = tx.Exec(`UPDATE contact SET editions = $1 WHERE id = $2`, string(body), id)
		return err
	})
	return counts, n, err
}

// Under is the edition of a kind that a contact is handled under; nothing where none was
// noted.
func (c Contact) Under(kind string) (name string, number int64) {
	for key, n := range c.Editions {
		if rest, ok := strings.CutPrefix(key, kind+"/"); ok {
			return rest, n
		}
	}
	return "", 0
}
