package vault

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// ShredHarm is the kind of the entries of reports of harm.
const ShredHarm = "harm"

// NewHarm makes the key of a report of harm. Any session may: what the key seals is opened
// again by supervisors and the privacy officer alone, and by the reporter only where she
// is one of them. Its entry is durable when NewHarm returns; put writes who may open it,
// in the transaction of the report.
func (r *Ring) NewHarm(ctx context.Context) (key seal.Key, put func(db.Tx) error, err error) {
	k, put, err := r.newApart(ctx, ShredHarm, hotline.Supervisors, hotline.Privacy)
	if err != nil {
		return seal.Key{}, nil, err
	}
	return k.Seal(), put, nil
}

// Harm opens a report of harm. The leaf is in the log before anything is handed out.
func (r *Ring) Harm(ctx context.Context, id, why string) (opened.Key, error) {
	k, err := r.openApart(ctx, id, "open harm", why)
	if err != nil {
		return opened.Key{}, err
	}
	return k.Key, nil
}
