package routing

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// previewed is how many waiting contacts of each class a preview shows of a queue.
const previewed = 50

// Preview shows who waits at this moment under a draft of urgency rules, beside the
// rules in force, queue after queue. A draft that is wrong is [edition.Faults].
func (p *Place) Preview(ctx context.Context, draft string) ([]Moved, error) {
	rules, err := ParseRules(draft)
	if err != nil {
		return nil, err
	}
	m, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	var out []Moved
	err = p.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		queues, err := readQueues(tx)
		if err != nil {
			return err
		}
		out = nil
		for _, q := range queues {
			found, err := contact.InQueue(q.id).Next(tx, previewed)
			if err != nil {
				return err
			}
			waiting := make([]Waiting, len(found))
			for i, c := range found {
				waiting[i] = Waiting{c.ID, factsOf(c, now)}
			}
			out = append(out, Preview(waiting, m.rules, rules)...)
		}
		return nil
	})
	return out, err
}
