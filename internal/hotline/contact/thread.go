package contact

import (
	"context"
	"database/sql"
	"errors"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
)

// JobSend is the kind of the job that gives a reply its number.
const JobSend = "send"

// A Reply is an advocate's words. Head is the contact's opened head; nil where
// nobody opened it. To is the opened address of somebody who came by a channel.
type Reply struct {
	ID   string
	By   hotline.PersonID
	Key  seal.Key // of K
	Text seal.Text
	Head *Head
	Mark seal.Text // what the staff know of it; she does not see it
	To   seal.Text

	Override Override // a supervisor's, where she lets it go although the rules forbid it
}

// Reply stores an advocate's words, sealed, and returns once they are durable. They
// have no number, and neither leave nor are on a page of hers, until the undo time is
// over. What leaves stands in the outbox from the same transaction on. A repetition
// changes nothing.
func (b *Book) Reply(ctx context.Context, id hotline.ContactID, r Reply) error {
	if err := check(r.ID, r.Text); err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	sealed := r.Key.Message(r.ID, seal.Advocate, now, r.Text)
	out, err := b.outbound(ctx, id, now, r)
	if err != nil {
		return err
	}
	var mark []byte
	if !r.Mark.IsZero() {
		mark = r.Key.Row("message", "mark", r.ID, 1, r.Mark)
	}
	leaf, err := b.overriding(ctx, r.Override, r.Key.Object())
	if err != nil {
		return err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.ShredK != r.Key.Object() {
			return ErrMissing
		}
		if err := mine(tx, c, r.By); err != nil {
			return err
		}
		if (c.Addressed != (out.id != "") || c.Channel == hotline.Call) && c.State != Closed && c.State != Erased {
			return ErrWay // whoever calls has no page either
		}
		way := Out{Way: wayBy(c), Override: r.Override, leaf: leaf}
		if err := b.allow(tx, c, r.Head, way); err != nil {
			if known(tx, id, r.ID) == nil {
				return nil
			}
			return err
		}
		n, err := tx.Exec(`INSERT INTO message (contact, id, at, side, author, form, sealed, mark) VALUES ($1, $2, $3, 'advocate', $4, 's', $5, $6) ON CONFLICT DO NOTHING`, id, r.ID, now, r.By, sealed, mark)
		if err != nil || n == 0 { // what is there has its jobs, and may have left
			return err
		}
		if out.id != "" {
			ends := out
			if gate, ok := b.gate.(Window); ok {
				ends.w.NotAfter = gate.Until(c, r.Head, way, now, out.w.NotAfter)
			}
			if err := b.putOut(tx, id, ends); err != nil {
				return err
			}
		}
		return jobs.Enqueue(tx, jobs.Job{Kind: JobSend, Key: string(id) + " " + r.ID, Body: string(id) + " " + r.ID, After: b.set.Undo})
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// outbound seals what is to leave by a channel; nothing where no address came.
func (b *Book) outbound(ctx context.Context, id hotline.ContactID, now int64, r Reply) (outbound, error) {
	if r.To.Len() == 0 {
		return outbound{}, nil
	}
	c, err := b.Find(ctx, id)
	if err != nil {
		return outbound{}, err
	}
	w, err := b.sealer.Outgoing(ctx, now, id, r.ID, c.Channel, r.To, r.Text)
	return outbound{r.ID, c.Channel, now + b.set.Undo.Milliseconds(), w}, err
}

// mine checks that a person has a contact, or has joined it visibly.
func mine(tx db.Tx, c Contact, by hotline.PersonID) error {
	if c.Advocate == by {
		return nil
	}
	if c.Promised > 0 && c.State == Sleeping { // nobody owns the word that she waits for
		return unknown(tx, c, by)
	}
	var one int
	err := tx.QueryRow(`SELECT 1 FROM joined WHERE contact = $1 AND person = $2`, c.ID, by).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotYours
	}
	return err
}

// Send gives a reply its number and shows it to her. A second Send, and one of a
// reply that was taken back, changes nothing.
func (b *Book) Send(ctx context.Context, id hotline.ContactID, message string) error {
	var seq int64
	err := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if seq, err = sequence(tx, id, message); errors.Is(err, ErrMissing) {
			seq, err = 0, nil
		}
		if err != nil || seq == 0 {
			return err
		}
		if err := noSend(tx, id, message); err != nil {
			return err
		}
		return b.said(tx, id)
	})
	if err == nil && seq != 0 {
		b.told(id, seq, false)
	}
	return err
}

// said notes that we have spoken. Somebody who is not there, since the line was
// closed when she wrote, is left to sleep until she comes with her code. Whoever is
// answered at an address has no page that could be open.
func (b *Book) said(tx db.Tx, id hotline.ContactID) error {
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	c, err := lock(tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE contact SET quiet_at = $1, asked_at = 0 WHERE id = $2`, now, id); err != nil {
		return err
	}
	if c.State != Live || c.SeenUntil > now || c.Seen || c.Addressed {
		return nil
	}
	_, err = b.move(tx, id, step{move: Sleep, by: hotline.Machine, epoch: c.Epoch})
	return err
}

// Typing tells the other side that somebody is writing: hers if caller is set. It is
// a hint on the bus and nothing that is kept.
func (b *Book) Typing(id hotline.ContactID, caller bool) {
	b.bus.Publish(bus.Hint{Topic: TopicTyping, ID: string(id), Seq: int64(flag(caller))})
}

// Undo takes a reply back as long as it has no number; after that it is ErrState.
func (b *Book) Undo(ctx context.Context, by hotline.PersonID, id hotline.ContactID, message string) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if err := mine(tx, c, by); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM message WHERE contact = $1 AND id = $2 AND seq IS NULL AND side = 'advocate'`, id, message)
		if err == nil && n == 0 {
			return ErrState
		}
		if err != nil {
			return err
		}
		if err := takeBack(tx, id, message); err != nil {
			return err
		}
		return noSend(tx, id, message)
	})
	if err == nil {
		b.told(id, 0, false)
	}
	return err
}

// noSend takes the job back that would send a reply: it is sent, or gone. Jobs name
// contacts, and stay no longer than they are of use.
func noSend(tx db.Tx, id hotline.ContactID, message string) error {
	return jobs.Cancel(tx, JobSend, string(id)+" "+message)
}

// known tells a harmless repetition from a contact that has moved on.
func known(tx db.Tx, id hotline.ContactID, message string) error {
	err := tx.QueryRow(`SELECT 1 FROM message WHERE contact = $1 AND id = $2`, id, message).Scan(new(int))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrOver
	}
	return err
}

// sequence numbers a message under the contact's row lock: gapless, in the order of
// commits. It returns 0 for one that has a number already. What stands on her page has
// arrived; what leaves by a channel is queued, and one whose row in the outbox a restored
// line lacks may have left.
func sequence(tx db.Tx, id hotline.ContactID, message string) (int64, error) {
	var have sql.NullInt64
	var next int64
	err := tx.QueryRow(`SELECT last_seq + 1 FROM contact WHERE id = $1 FOR UPDATE`, id).Scan(&next)
	if err == nil {
		err = tx.QueryRow(`SELECT seq FROM message WHERE contact = $1 AND id = $2`, id, message).Scan(&have)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrMissing
	}
	if err != nil || have.Valid {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE contact SET last_seq = $1 WHERE id = $2`, next, id); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`UPDATE message SET seq = $1, sent = CASE WHEN sent <> 'no' THEN sent
			WHEN EXISTS (SELECT 1 FROM outbox WHERE contact = $2 AND id = $3) THEN 'queued'
			WHEN EXISTS (SELECT 1 FROM contact WHERE id = $2 AND way IS NOT NULL) THEN 'unknown' ELSE 'delivered' END
		WHERE contact = $2 AND id = $3`, next, id, message)
	return next, err
}

// flush sends what waits to be sent, oldest first, before a contact leaves its
// advocate.
func flush(tx db.Tx, id hotline.ContactID) error {
	waiting, err := unsent(tx, id)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if _, err := sequence(tx, id, m); err != nil {
			return err
		}
		if err := noSend(tx, id, m); err != nil {
			return err
		}
	}
	return promptly(tx, id)
}

// unsent lists what has no number yet.
func unsent(tx db.Tx, id hotline.ContactID) ([]string, error) {
	return db.Values[string](tx, `SELECT id FROM message WHERE contact = $1 AND seq IS NULL ORDER BY at, id`, id)
}

// Thread reads a contact's messages after seq, and those that have no number yet,
// at most limit.
func (b *Book) Thread(ctx context.Context, id hotline.ContactID, after int64, limit int) (ms []seal.Sealed, err error) {
	return ms, b.db.Read(ctx, func(tx db.Tx) error {
		ms, err = thread(tx, `contact = $1 AND (seq > $2 OR seq IS NULL)`, limit, id, after)
		return err
	})
}

func thread(tx db.Tx, where string, limit int, args ...any) ([]seal.Sealed, error) {
	rows, err := tx.Query(`SELECT id, side, form, coalesce(seq, 0), at, author, sent, read, sealed, mark FROM message WHERE `+where+` ORDER BY coalesce(seq, 9223372036854775807), at LIMIT `+itoa(limit), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []seal.Sealed
	for rows.Next() {
		var m seal.Sealed
		if err := rows.Scan(&m.ID, &m.Side, &m.Form, &m.Seq, &m.At, &m.Author, &m.Sent, &m.Read, &m.Sealed, &m.Mark); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Columns reads a contact's key columns.
func (b *Book) Columns(ctx context.Context, id hotline.ContactID) (c seal.Columns, err error) {
	return c, b.db.Read(ctx, func(tx db.Tx) error { c, err = Columns(tx, id); return err })
}

// Columns reads a contact's key columns.
func Columns(tx db.Tx, id hotline.ContactID) (seal.Columns, error) {
	c := seal.Columns{ID: id}
	err := tx.QueryRow(`SELECT pub, pub_secret, commit_k, commit_s, intake_sig, shred_k, shred_s FROM contact WHERE id = $1`, id).
		Scan(&c.Pub, &c.PubSecret, &c.CommitK, &c.CommitS, &c.Sig, &c.ShredK, &c.ShredS)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return c, err
}

// A SealedHead is a contact's head as it is stored.
type SealedHead struct {
	Columns seal.Columns
	Sealed  []byte
	N       int64
	Erased  bool
}

// Heads reads the heads of contacts, those that are there.
func Heads(tx db.Tx, ids ...hotline.ContactID) (map[hotline.ContactID]SealedHead, error) {
	out := make(map[hotline.ContactID]SealedHead, len(ids))
	places, args := db.List(ids)
	rows, err := tx.Query(`SELECT id, pub, pub_secret, commit_k, commit_s, intake_sig, shred_k, shred_s, head, head_n, state = 'erased' FROM contact WHERE id IN (`+places+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h SealedHead
		c := &h.Columns
		if err := rows.Scan(&c.ID, &c.Pub, &c.PubSecret, &c.CommitK, &c.CommitS, &c.Sig, &c.ShredK, &c.ShredS, &h.Sealed, &h.N, &h.Erased); err != nil {
			return nil, err
		}
		out[c.ID] = h
	}
	return out, rows.Err()
}
