package routing

import (
	"context"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// previewed is how many waiting contacts of each class a preview shows of a queue.
const previewed = 50

// Preview shows who waits at this moment under a draft of urgency rules, beside the
// rules in force, queue after queue. more says that there are others behind those that
// are shown. A draft that is wrong is [edition.Faults].
func (p *Place) Preview(ctx context.Context, draft string) (out []Moved, more bool, err error) {
	rules, err := ParseRules(draft)
	if err != nil {
		return nil, false, err
	}
	m, err := p.current(ctx)
	if err != nil {
		return nil, false, err
	}
	err = p.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		queues, err := m.readQueues(tx)
		if err != nil {
			return err
		}
		out, more = nil, false
		for _, q := range queues {
			cursor := contact.InQueue(q.id)
			found, err := cursor.Next(tx, previewed)
			if err != nil {
				return err
			}
			waiting := make([]Waiting, len(found))
			for i, c := range found {
				waiting[i] = Waiting{c.ID, factsOf(c, now)}
			}
			out = append(out, Preview(waiting, m.rules, rules)...)
			behind, err := cursor.Next(tx, 1)
			if err != nil {
				return err
			}
			more = more || len(behind) > 0
		}
		return nil
	})
	return out, more, err
}
