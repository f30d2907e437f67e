package contact

import (
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
)

// JobDeliver is the kind of the job that hands to a vendor what waits.
const JobDeliver = "deliver"

// How far a message of ours got.
const (
	NotSent   = "no"        // it can still be taken back
	Queued    = "queued"    // it waits to leave
	Accepted  = "accepted"  // the vendor has taken it
	Unsure    = "unknown"   // it may have left, or not: it is not sent again by itself
	Delivered = "delivered" // it arrived, or stands on our own page
	Failed    = "failed"    // it did not arrive, and will not
	Withheld  = "blocked"   // it waited when somebody forbade it
)

// Where a row of the outbox stands.
const (
	rowWaiting  = "waiting"
	rowSending  = "sending" // handed over this moment; whoever finds it later knows nothing
	rowAccepted = "accepted"
	rowUnknown  = "unknown"
)

// outbound is what leaves beside the message's own row.
type outbound struct {
	id        string
	channel   hotline.Channel
	notBefore int64
	w         seal.Waiting
}

// Window is what a gate may also know: until when, at the latest until limit, what it
// allows now stays allowed. It reads memory alone.
type Window interface {
	Until(c Contact, head *Head, out Out, now, limit int64) int64
}

// putOut has a message leave once it can no longer be taken back. It belongs to the
// transaction that stores the message.
func (b *Book) putOut(tx db.Tx, id hotline.ContactID, o outbound) error {
	n, err := tx.Exec(`INSERT INTO outbox (contact, id, channel, shred, sealed, state, not_before, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		id, o.id, o.channel, o.w.Entry, o.w.Sealed, rowWaiting, o.notBefore, o.w.NotAfter)
	if err != nil || n == 0 {
		return err
	}
	return deliverSoon(tx, id, o.id, b.set.Undo.Milliseconds())
}

// jobKey names the job of one message of one contact.
func jobKey(id hotline.ContactID, message string) string { return string(id) + " " + message }

// takeBack takes one message from what waits to leave.
func takeBack(tx db.Tx, id hotline.ContactID, message string) error {
	if _, err := tx.Exec(`DELETE FROM outbox WHERE contact = $1 AND id = $2`, id, message); err != nil {
		return err
	}
	return jobs.Cancel(tx, JobDeliver, jobKey(id, message))
}

// promptly lets leave at once what waits for the undo time alone: its contact leaves
// its advocate.
func promptly(tx db.Tx, id hotline.ContactID) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	ids, err := outboxIDs(tx, `contact = $1 AND state = 'waiting' AND tries = 0 AND not_before > $2`, id, now)
	if err != nil {
		return err
	}
	for _, m := range ids {
		if _, err := tx.Exec(`UPDATE outbox SET not_before = $1 WHERE contact = $2 AND id = $3`, now, id, m); err != nil {
			return err
		}
		if err := deliverSoon(tx, id, m, 0); err != nil {
			return err
		}
	}
	return nil
}

func outboxIDs(tx db.Tx, where string, args ...any) ([]string, error) {
	return db.Values[string](tx, `SELECT id FROM outbox WHERE `+where+` ORDER BY not_before, id`, args...)
}

// dropOutbox takes everything of a contact from the outbox, whatever became of it.
func dropOutbox(tx db.Tx, id hotline.ContactID) error {
	ids, err := outboxIDs(tx, `contact = $1`, id)
	if err != nil {
		return err
	}
	for _, m := range ids {
		if err := takeBack(tx, id, m); err != nil {
			return err
		}
	}
	return nil
}

// Withhold takes from the outbox what of a contact waits to leave, and says on the desk
// that it was not allowed. It belongs to the transaction that writes a rule which
// forbids it; what a vendor has, nobody can call back. It returns how many did not
// leave.
func (b *Book) Withhold(tx db.Tx, id hotline.ContactID) (int, error) {
	if _, err := lock(tx, id); err != nil {
		return 0, err
	}
	ids, err := outboxIDs(tx, `contact = $1 AND state = 'waiting'`, id)
	if err != nil {
		return 0, err
	}
	for _, m := range ids {
		if err := takeBack(tx, id, m); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`UPDATE message SET sent = 'blocked' WHERE contact = $1 AND id = $2`, id, m); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// advance notes how far a message got. What is known already is never taken back: a
// message that arrived stays so, whatever a vendor says later.
func advance(tx db.Tx, id hotline.ContactID, message, sent string) (seq int64, err error) {
	from := map[string]string{
		Unsure: `('no', 'queued')`, Accepted: `('no', 'queued', 'unknown')`,
		Delivered: `('no', 'queued', 'unknown', 'accepted')`, Failed: `('no', 'queued', 'unknown', 'accepted')`,
	}[sent]
	err = tx.QueryRow(`UPDATE message SET sent = $1 WHERE contact = $2 AND id = $3 AND sent IN `+from+` RETURNING coalesce(seq, 0)`, sent, id, message).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return seq, err
}

// deliverNext has the oldest that still waits looked at: it may have waited for its
// turn.
func deliverNext(tx db.Tx, id hotline.ContactID) error {
	var m string
	err := tx.QueryRow(`SELECT o.id FROM outbox o JOIN message m ON m.contact = o.contact AND m.id = o.id
		WHERE o.contact = $1 AND o.state = 'waiting' ORDER BY m.at, m.id LIMIT 1`, id).Scan(&m)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return deliverSoon(tx, id, m, 0)
}

func deliverSoon(tx db.Tx, id hotline.ContactID, message string, ms int64) error {
	return jobs.Enqueue(tx, jobs.Job{Kind: JobDeliver, Key: jobKey(id, message), Body: jobKey(id, message), After: milli(ms)})
}
