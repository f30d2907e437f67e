package vault

import (
	"context"
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Facts opens facts on their way to the figures, by their names. What does not open is
// not in the answer. One leaf stands for all of them, before anything is handed out: it
// says how many, and names none.
func (r *Ring) Facts(ctx context.Context, sealed map[string][]byte) (map[string]string, error) {
	t, ok := r.teams[hotline.Stats]
	if !ok {
		return nil, ErrGrant
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: fmt.Sprintf("facts %d", len(sealed))}, nil)
	if err != nil {
		return nil, err
	}
	if err := r.k.db.Write(ctx, func(tx db.Tx) error { return leaf.Insert(tx) }); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(sealed))
	for id, b := range sealed {
		plain, err := t.private.Open(b, r.k.line.Fact(id, t.Epoch))
		if err != nil {
			continue
		}
		body, err := seal.UnpackFact(plain)
		if err != nil {
			return nil, fmt.Errorf("fact: %w", box.ErrOpen)
		}
		out[id] = body
	}
	return out, nil
}
