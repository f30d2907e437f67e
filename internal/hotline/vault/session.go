package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Token is the cookie's half of a session. The other half is the database's, and
// the third its entry in the shred store: backups hold neither first nor third.
type Token []byte

func (k *Keeper) split(tok Token) (lookup, half []byte, err error) {
	if len(tok) != 2*box.Size {
		return nil, nil, ErrDenied
	}
	return box.Derive(tok[:box.Size], k.line.Other("session lookup"))[:16], tok[box.Size:], nil
}

type session struct {
	id, slot, shred string
	person          hotline.PersonID
	abs             int64
	blob            []byte
}

func (k *Keeper) context(s session) box.Context {
	return k.line.Other("session", s.id, string(s.person), strconv.FormatInt(s.abs, 10))
}

// ring is a Ring as it is sealed into a session.
type ring struct {
	Keys  keys
	Teams map[hotline.TeamID]teamKeys
}

// Unlock signs a person in on one more device, two at most. second checks the second
// factor in the transaction that makes the session; when it fails there is none.
func (k *Keeper) Unlock(ctx context.Context, p hotline.PersonID, slotID string, secret []byte, second func(db.Tx) error) (Token, error) {
	tok := Token(box.Random(2 * box.Size))
	lookup, half, err := k.split(tok)
	if err != nil {
		return nil, err
	}
	s := session{id: hotline.NewID(), slot: slotID, person: p}
	var now int64
	err = k.db.Read(ctx, func(tx db.Tx) (err error) { now, err = db.Now(tx); return err })
	s.abs = now + life.Milliseconds()
	if err != nil {
		return nil, err
	}
	if s, err = k.seal(ctx, s, half, secret); err != nil {
		return nil, err
	}
	err = k.db.Write(ctx, func(tx db.Tx) error {
		// The second factor comes first: two who sign in at once wait for each other
		// there, and the count is right.
		if err := second(tx); err != nil {
			return err
		}
		var devices int
		if err := tx.QueryRow(`SELECT count(*) FROM session WHERE person = $1 AND ended = 0 AND abs_at > $2`, p, now).Scan(&devices); err != nil {
			return err
		}
		if devices >= maxDevices {
			return ErrDevices
		}
		_, err := tx.Exec(`INSERT INTO session (id, lookup, person, slot, shred, blob, began, totp_at, abs_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
			s.id, lookup, p, slotID, s.shred, s.blob, now, s.abs)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, k.shred.Destroy(ctx, s.shred))
	}
	return tok, nil
}

// Stepped notes that the second factor was given anew, now.
func (k *Keeper) Stepped(tx db.Tx, tok Token) error {
	lookup, _, err := k.split(tok)
	if err != nil {
		return err
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE session SET totp_at = $1 WHERE lookup = $2 AND ended = 0`, now, lookup)
	return err
}

// SteppedWithin reports whether the second factor was given in the last while.
func (k *Keeper) SteppedWithin(ctx context.Context, tok Token, while time.Duration) (bool, error) {
	lookup, _, err := k.split(tok)
	if err != nil {
		return false, err
	}
	var yes bool
	return yes, k.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var at int64
		if err := tx.QueryRow(`SELECT totp_at FROM session WHERE lookup = $1 AND ended = 0`, lookup).Scan(&at); err != nil {
			return errors.Join(ErrDenied, err)
		}
		yes = now-at <= while.Milliseconds()
		return nil
	})
}

// maxDevices is how many sessions one person has at a time.
const maxDevices = 2

// Reopen unlocks a locked session by passphrase alone. It keeps its 12 hours.
func (k *Keeper) Reopen(ctx context.Context, tok Token, secret []byte) error {
	_, half, err := k.split(tok)
	if err != nil {
		return err
	}
	s, err := k.session(ctx, tok)
	if err != nil {
		return err
	}
	old := s.shred
	if s, err = k.seal(ctx, s, half, secret); err != nil {
		return err
	}
	err = k.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE session SET shred = $1, blob = $2, locked = 0 WHERE id = $3 AND shred = $4 AND ended = 0`, s.shred, s.blob, s.id, old)
		if err == nil && n == 0 {
			return ErrDenied
		}
		return err
	})
	return errors.Join(err, k.shred.Destroy(ctx, old))
}

// seal opens the slot and seals a new ring under the cookie's half and a new entry.
func (k *Keeper) seal(ctx context.Context, s session, half, secret []byte) (session, error) {
	v, err := k.authority.Current(ctx)
	if err != nil {
		return s, err
	}
	_, ks, err := k.openSlot(ctx, s.person, s.slot, secret)
	if err != nil {
		return s, err
	}
	private, err := box.ParsePrivate(ks.Private)
	if err != nil {
		return s, err
	}
	if who, ok := v.Roster[s.person]; !ok || who.Former || !box.Equal(who.Pub, private.Public().Bytes()) {
		return s, ErrUnknown
	}
	teams, err := k.loadTeams(ctx, v, s.person, private)
	if err != nil {
		return s, err
	}
	s.shred = hotline.NewID()
	e, err := k.shred.Create(ctx, "session", s.abs, s.shred)
	if err != nil {
		return s, err
	}
	key, err := box.Salted(half, e[0].Secret, k.context(s))
	if err != nil {
		return s, err
	}
	plain, err := json.Marshal(ring{ks, teams})
	s.blob = box.Seal(key, plain, k.context(s))
	return s, err
}

func (k *Keeper) session(ctx context.Context, tok Token) (s session, err error) {
	lookup, _, err := k.split(tok)
	if err != nil {
		return s, err
	}
	err = k.db.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		err = tx.QueryRow(`SELECT id, person, slot, shred, blob, abs_at FROM session WHERE lookup = $1 AND ended = 0 AND abs_at > $2`, lookup, now).
			Scan(&s.id, &s.person, &s.slot, &s.shred, &s.blob, &s.abs)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrDenied
		}
		return err
	})
	return s, err
}

// With opens the session, hands its ring to fn, and wipes it.
func (k *Keeper) With(ctx context.Context, tok Token, fn func(*Ring) error) error {
	_, half, err := k.split(tok)
	if err != nil {
		return err
	}
	s, err := k.session(ctx, tok)
	if err != nil {
		return err
	}
	entry, err := k.shred.Get(ctx, s.shred)
	if err != nil {
		return errors.Join(ErrLocked, err)
	}
	key, err := box.Salted(half, entry[0], k.context(s))
	if err != nil {
		return err
	}
	plain, err := box.Open(key, s.blob, k.context(s))
	if err != nil {
		return ErrDenied
	}
	defer clear(plain)
	var kept ring
	if err := json.Unmarshal(plain, &kept); err != nil {
		return err
	}
	v, err := k.authority.Current(ctx)
	if err != nil {
		return err
	}
	r, err := k.ring(v, s.person, kept)
	if err != nil {
		return err
	}
	defer r.wipe()
	return fn(r)
}

// ring makes a Ring of what the newest manifest still bears out.
func (k *Keeper) ring(v *seal.Verified, p hotline.PersonID, kept ring) (*Ring, error) {
	who, ok := v.Roster[p]
	if !ok || who.Former {
		return nil, ErrDenied
	}
	private, err := box.ParsePrivate(kept.Keys.Private)
	if err != nil {
		return nil, err
	}
	r := &Ring{
		k: k, v: v, me: p, keys: kept.Keys, private: private, sign: box.SignerFrom(kept.Keys.Seed),
		self: box.Derive(kept.Keys.Private, k.line.Other("self", string(p))), teams: map[hotline.TeamID]team{},
	}
	for _, t := range who.Teams {
		tk, ok := kept.Teams[t]
		if !ok || tk.Epoch != v.Manifest.Teams[t].Epoch {
			continue
		}
		private, err := box.ParsePrivate(tk.Private)
		if err != nil {
			return nil, err
		}
		r.teams[t] = team{tk, private, box.Derive(tk.Private, k.line.Other("team wrap", string(t), strconv.FormatInt(tk.Epoch, 10)))}
	}
	return r, nil
}

// Lock destroys the entry: the session stays, and opens nothing until it is
// unlocked.
func (k *Keeper) Lock(ctx context.Context, tok Token) error {
	return k.shut(ctx, tok, `locked = 1`)
}

// shut destroys the entry of a session first, so that a crash leaves nothing open.
func (k *Keeper) shut(ctx context.Context, tok Token, set string) error {
	s, err := k.session(ctx, tok)
	if err != nil {
		return err
	}
	if err := k.shred.Destroy(ctx, s.shred); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE session SET `+set+` WHERE id = $1`, s.id)
		return err
	})
}

// Who says whose session a token is, without opening it. A locked one is ErrLocked
// beside the person.
func (k *Keeper) Who(ctx context.Context, tok Token) (hotline.PersonID, error) {
	s, err := k.session(ctx, tok)
	if err != nil {
		return "", err
	}
	if _, err := k.shred.Get(ctx, s.shred); err != nil {
		return s.person, errors.Join(ErrLocked, err)
	}
	return s.person, nil
}

// A Device is a session as its person sees it.
type Device struct {
	ID    string
	Began int64
	Until int64
	This  bool
}

// Devices lists a person's sessions; tok marks the one in use.
func (k *Keeper) Devices(ctx context.Context, tok Token) (out []Device, err error) {
	me, err := k.session(ctx, tok)
	if err != nil {
		return nil, err
	}
	return out, k.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, began, abs_at FROM session WHERE person = $1 AND ended = 0 ORDER BY began LIMIT 10`, me.person)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d := Device{}
			if err := rows.Scan(&d.ID, &d.Began, &d.Until); err != nil {
				return err
			}
			d.This = d.ID == me.id
			out = append(out, d)
		}
		return rows.Err()
	})
}

// EndDevice signs another device of the same person out.
func (k *Keeper) EndDevice(ctx context.Context, tok Token, id string) error {
	me, err := k.session(ctx, tok)
	if err != nil {
		return err
	}
	return k.endWhere(ctx, `id = $1 AND person = $2`, id, me.person)
}

// EndAll signs a person out everywhere.
func (k *Keeper) EndAll(ctx context.Context, p hotline.PersonID) error {
	return k.endWhere(ctx, `person = $1`, p)
}

// endWhere destroys entries first, so that a crash leaves nothing open.
func (k *Keeper) endWhere(ctx context.Context, where string, args ...any) error {
	if err := k.destroy(ctx, `SELECT shred FROM session WHERE ended = 0 AND `+where, args...); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE session SET ended = 1 WHERE ended = 0 AND `+where, args...)
		return err
	})
}

// destroy destroys the entries that a query names.
func (k *Keeper) destroy(ctx context.Context, query string, args ...any) error {
	var entries []string
	err := k.db.Read(ctx, func(tx db.Tx) (err error) {
		entries, err = db.Values[string](tx, query, args...)
		return err
	})
	if err != nil {
		return err
	}
	return k.shred.Destroy(ctx, entries...)
}

// End signs a device out.
func (k *Keeper) End(ctx context.Context, tok Token) error { return k.shut(ctx, tok, `ended = 1`) }
