package contact

import (
	"context"
	"encoding/json"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
)

// Under notes under which edition of a kind a contact is handled, and returns the
// number that counts: the first that was noted stays.
func (b *Book) Under(ctx context.Context, id hotline.ContactID, kind string, number int64) (counts int64, err error) {
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == Erased {
			return ErrMissing
		}
		if have, ok := c.Editions[kind]; ok {
			counts = have
			return nil
		}
		if c.Editions == nil {
			c.Editions = map[string]int64{}
		}
		c.Editions[kind] = number
		body, _ := json.Marshal(c.Editions) // words and numbers always marshal
		counts = number
		_, err = tx.Exec(`UPDATE contact SET editions = $1 WHERE id = $2`, string(body), id)
		return err
	})
	return counts, err
}
