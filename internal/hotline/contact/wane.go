package contact

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// due finds contacts for which a moment has come.
type due struct {
	where string // with $1 = now
	do    func(b *Book, tx db.Tx, c Contact, now int64) error
}

// dues lists everything that happens to a contact by time alone.
func (b *Book) dues(teams map[hotline.QueueID]hotline.TeamID, keep keeping) map[string]due {
	miss := func(b *Book, tx db.Tx, c Contact, now int64) error { return b.miss(tx, keep, c, teams[c.Queue], now) }
	ms := func(d time.Duration) string { return " + " + itoa(int(d.Milliseconds())) + " <= $1" }
	s := b.set
	return map[string]due{
		// Her page has shown no sign of life for its time.
		"lost": {`state IN ('waiting', 'offered', 'live') AND seen = 1 AND seen_until <= $1`, (*Book).lose},
		// Nobody came back to a lost place.
		"lost for good": {`state = 'interrupted' AND state_at` + ms(s.KeepPlace), (*Book).giveUp},
		// "Are you still there?" got no answer.
		"quiet": {`state = 'live' AND asked_at > 0 AND asked_at` + ms(s.Quiet), (*Book).sleep},
		// Who is answered at an address is not asked: each word there can be read by others.
		"quiet away": {`state = 'live' AND way IS NOT NULL AND quiet_at` + ms(s.QuietAway), (*Book).sleep},
		// Nobody has slept longer.
		"asleep": {`state = 'sleeping' AND promised_until = 0 AND state_at` + ms(s.Asleep), (*Book).endByTime},
		// The day of a promise is over.
		"promised": {`promised_until > 0 AND promised_until <= $1 AND state NOT IN ('closed', 'erased')`, (*Book).overdue},
		// The wrap-up no longer counts.
		"wrapped": {`state = 'closing' AND wrap_until > 0 AND wrap_until <= $1`, (*Book).wrapped},
		// Nobody took it in its keeping time.
		"missed": {`state IN ('waiting', 'parked') AND quiet_at` + ms(s.Missed), miss},
	}
}

// portion is how many contacts one sweep moves of each kind; the next goes on.
const portion = 200

// Sweep does what is due by time. It returns how many contacts it moved.
func (b *Book) Sweep(ctx context.Context) (int, error) {
	moved := 0
	teams, err := b.sealer.Queues(ctx)
	if err != nil {
		return 0, err
	}
	keep, err := b.keep(ctx, 0)
	if err != nil {
		return 0, err
	}
	for _, d := range b.dues(teams, keep) {
		var ids []hotline.ContactID
		err := b.db.Read(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			ids, err = db.Values[hotline.ContactID](tx, `SELECT id FROM contact WHERE `+d.where+` ORDER BY state_at LIMIT `+itoa(portion), now)
			return err
		})
		if err != nil {
			return moved, err
		}
		for _, id := range ids {
			err := b.db.Write(ctx, func(tx db.Tx) error {
				now, err := db.Now(tx)
				if err != nil {
					return err
				}
				// Asked again under the row's lock: she may be back by now.
				c, err := scan(tx.QueryRow(`SELECT `+columns+` FROM contact WHERE `+d.where+` AND id = $2 FOR UPDATE`, now, id))
				if err != nil {
					return err
				}
				return d.do(b, tx, c, now)
			})
			if errors.Is(err, ErrMissing) || errors.Is(err, ErrState) {
				continue
			}
			if err != nil {
				return moved, err
			}
			moved++
			b.told(id, 0, true)
		}
	}
	return moved, b.lateRings(ctx)
}

func (b *Book) lose(tx db.Tx, c Contact, _ int64) error {
	if c.State == Live {
		if err := flush(tx, c.ID); err != nil {
			return err
		}
	}
	_, err := b.move(tx, c.ID, step{move: Lose, by: hotline.Machine, epoch: c.Epoch})
	return err
}

// giveUp ends the wait for somebody who lost her connection: what an advocate had
// goes to wrap-up, what nobody had is parked and answered for her code.
func (b *Book) giveUp(tx db.Tx, c Contact, now int64) error {
	var had int
	if err := tx.QueryRow(`SELECT count(*) FROM offer WHERE contact = $1 AND outcome = 'accepted'`, c.ID).Scan(&had); err != nil {
		return err
	}
	if c.Promised > 0 {
		_, err := b.move(tx, c.ID, step{move: Sleep, by: hotline.Machine, epoch: c.Epoch})
		return err
	}
	if had == 0 && c.Advocate == "" {
		_, err := b.move(tx, c.ID, step{move: Park, by: hotline.Machine, epoch: c.Epoch})
		return err
	}
	return b.endByTime(tx, c, now)
}

func (b *Book) sleep(tx db.Tx, c Contact, _ int64) error {
	if err := flush(tx, c.ID); err != nil {
		return err
	}
	_, err := b.move(tx, c.ID, step{move: Sleep, by: hotline.Machine, epoch: c.Epoch})
	return err
}

func (b *Book) endByTime(tx db.Tx, c Contact, _ int64) error {
	_, err := b.move(tx, c.ID, step{move: End, by: hotline.Machine, epoch: c.Epoch})
	return err
}

func (b *Book) wrapped(tx db.Tx, c Contact, now int64) error {
	if _, err := tx.Exec(`UPDATE contact SET wrap_until = 0 WHERE id = $1`, c.ID); err != nil {
		return err
	}
	if c.Advocate == "" {
		return nil
	}
	if err := staff.Hold(tx, c.Advocate); err != nil {
		return err
	}
	return reload(tx, c.Advocate, now)
}

func (b *Book) miss(tx db.Tx, k keeping, c Contact, team hotline.TeamID, now int64) error {
	if _, err := b.move(tx, c.ID, step{move: Miss, by: hotline.Machine, epoch: c.Epoch}); err != nil {
		return err
	}
	return b.unattended(tx, k, c, team, now)
}

// lateRings ends offers that nobody answered.
func (b *Book) lateRings(ctx context.Context) error {
	var late []Ring
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		late, err = rings(tx, `ended_at IS NULL AND until <= $1 ORDER BY until LIMIT `+itoa(portion), now)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range late {
		err := b.db.Write(ctx, func(tx db.Tx) error {
			still, err := ringOf(tx, r.Advocate, r.ID)
			if err != nil {
				return err
			}
			return b.endRing(tx, still, "late", hotline.Machine)
		})
		if errors.Is(err, ErrState) {
			continue
		}
		if err != nil {
			return err
		}
		b.told(r.Contact, 0, true)
	}
	return nil
}

// Rest puts a live contact to sleep: it no longer counts, and a word of hers wakes it.
func (b *Book) Rest(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := lock(tx, id)
		if err != nil {
			return err
		}
		if c.Advocate != by {
			return ErrNotYours
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if c.Up(now) { // whoever is on the telephone does not sleep
			return ErrState
		}
		if err := flush(tx, id); err != nil {
			return err
		}
		_, err = b.move(tx, id, step{move: Sleep, by: hotline.Actor(by), epoch: c.Epoch})
		return err
	})
	if err == nil {
		b.told(id, 0, true)
	}
	return err
}

// Abandoned hands live contacts back whose advocate's presence has lapsed: written ones
// when it has for longer than grace, calls at once.
func (b *Book) Abandoned(ctx context.Context, grace time.Duration) error {
	var gone []Contact
	after := func(c Contact, now int64) int64 {
		if c.Up(now) {
			return now
		}
		return now - grace.Milliseconds()
	}
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		const lapsed = `advocate IN (SELECT person FROM presence WHERE beat_until <= `
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE state = 'live' AND (state_at <= $1 AND `+lapsed+`$1)
			OR channel = 'call' AND seen_until > $2 AND `+lapsed+`$2)) LIMIT `+itoa(portion), now-grace.Milliseconds(), now)
		if err != nil {
			return err
		}
		gone, err = gather(rows, nil)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range gone {
		err := b.db.Write(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			p, err := staff.Of(tx, c.Advocate)
			if err != nil {
				return err
			}
			if p.BeatUntil > after(c, now) || c.Up(now) && b.Reaches(c, c.Advocate) { // she is back, or speaks
				return ErrState
			}
			return b.handBack(tx, hotline.Machine, c.Advocate, c.ID)
		})
		if errors.Is(err, ErrState) || errors.Is(err, ErrNotYours) {
			continue
		}
		if err != nil {
			return err
		}
		b.told(c.ID, 0, true)
	}
	return nil
}

// ToAsk lists live contacts in which neither side has said a word for the time
// after which "Are you still there?" is asked.
func (b *Book) ToAsk(ctx context.Context) (out []Contact, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE state = 'live' AND asked_at = 0 AND way IS NULL AND channel <> 'call' AND quiet_at <= $1 LIMIT `+itoa(portion), now-b.set.Ask.Milliseconds())
		if err != nil {
			return err
		}
		out, err = gather(rows, nil)
		return err
	})
}

// Ask asks "Are you still there?", in her language, as a line of the program's own.
// It is sealed to pub, since no key is held. Whoever has spoken meanwhile is not
// asked.
func (b *Book) Ask(ctx context.Context, c Contact, words seal.Text) error {
	cols, err := b.Columns(ctx, c.ID)
	if err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	id := hotline.NewID()
	sealed, err := b.sealer.Message(ctx, cols, id, seal.Program, now, words)
	if err != nil {
		return err
	}
	var seq int64
	err = b.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE contact SET asked_at = $1 WHERE id = $2 AND state = 'live' AND asked_at = 0 AND quiet_at = $3`, now, c.ID, c.QuietAt)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrState
		}
		if _, err := tx.Exec(`INSERT INTO message (contact, id, at, side, form, sealed) VALUES ($1, $2, $3, 'line', 'p', $4)`, c.ID, id, now, sealed); err != nil {
			return err
		}
		seq, err = sequence(tx, c.ID, id)
		return err
	})
	if err == nil {
		b.told(c.ID, seq, false)
	}
	return err
}

// Opening wakes parked contacts of a queue at the opening hour of their channels; they keep
// their age. A call whose line is gone stays parked: nobody would answer.
func (b *Book) Opening(ctx context.Context, q hotline.QueueID, open func(hotline.Channel) bool) error {
	return b.each(ctx, q, Parked, Unpark, open)
}

// ClosingHour parks who waits in a queue when the line is closed for her channel and nobody
// is ready any more. She is told by her page, or on her line.
func (b *Book) ClosingHour(ctx context.Context, q hotline.QueueID, closed func(hotline.Channel) bool) error {
	return b.each(ctx, q, Waiting, Park, closed)
}

func (b *Book) each(ctx context.Context, q hotline.QueueID, in State, m Move, of func(hotline.Channel) bool) error {
	var found []Contact
	err := b.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		all, err := db.Values[hotline.Channel](tx, `SELECT DISTINCT channel FROM contact WHERE queue = $1 AND state = $2 AND (state <> 'parked' OR channel <> 'call' OR seen_until > $3)`, q, in, now)
		if err != nil {
			return err
		}
		found = nil
		for _, ch := range slices.DeleteFunc(all, func(ch hotline.Channel) bool { return !of(ch) }) {
			rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE queue = $1 AND state = $2 AND channel = $3 AND (state <> 'parked' OR channel <> 'call' OR seen_until > $4) ORDER BY began LIMIT `+itoa(portion), q, in, ch, now)
			if err != nil {
				return err
			}
			if found, err = gather(rows, found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range found {
		err := b.db.Write(ctx, func(tx db.Tx) error {
			_, err := b.move(tx, c.ID, step{move: m, by: hotline.Machine, epoch: c.Epoch})
			return err
		})
		if errors.Is(err, ErrState) {
			continue
		}
		if err != nil {
			return err
		}
		b.told(c.ID, 0, true)
	}
	return nil
}
