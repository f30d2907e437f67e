// Package vault is the only door to the staff's keys: slots, sessions, rings. It
// opens for a purpose, writes the leaf first, and wipes.
package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

var (
	// ErrDenied says that the credential, or its bearer, opens nothing.
	ErrDenied = problem.New(problem.Denied, "vault.denied")
	// ErrUnknown says that the credential is right, but nobody has confirmed its
	// bearer yet, or she has left.
	ErrUnknown = problem.New(problem.Denied, "vault.unknown")
	// ErrLocked says that the session must be unlocked.
	ErrLocked = problem.New(problem.Denied, "vault.locked")
	// ErrDevices says that the person is signed in on two devices already.
	ErrDevices = problem.New(problem.Conflict, "vault.devices")
	// ErrGrant says that no grant of this person's opens the object.
	ErrGrant = problem.New(problem.Denied, "vault.grant")
	// ErrLast says that a team would be left without a holder.
	ErrLast = problem.New(problem.Conflict, "vault.last")
)

// life is how long a session lives at most.
const life = 12 * time.Hour

// Keeper opens slots and sessions.
type Keeper struct {
	line      seal.Line
	db        *db.DB
	shred     *shred.Store
	authority *seal.Authority
	log       *audit.Log
	slow      *box.Slow
	alarm     func(error) // of heads that were put back
}

// New returns the keeper.
func New(l seal.Line, d *db.DB, s *shred.Store, a *seal.Authority, log *audit.Log) *Keeper {
	return &Keeper{line: l, db: d, shred: s, authority: a, log: log, slow: box.NewSlow()}
}

// keys are a person's own, as they stand in her slot.
type keys struct {
	Private []byte // opens what is sealed to her
	Seed    []byte // signs
}

func newKeys() keys { return keys{box.Generate().Bytes(), box.Random(box.Size)} }

func (k keys) person(teams []hotline.TeamID) (seal.Person, error) {
	p, err := box.ParsePrivate(k.Private)
	if err != nil {
		return seal.Person{}, err
	}
	return seal.Person{Pub: p.Public().Bytes(), Sig: box.VerifierFrom(k.Seed), Teams: teams}, nil
}

// A slot holds a person's keys under one credential of hers.
type slot struct {
	id, kind, shred string
	person          hotline.PersonID
	argon           int
	salt, sealed    []byte
}

// Kinds of slots.
const (
	Passphrase = "passphrase"
	Once       = "once" // a code of at least 80 bits, good for one sign-in
)

func (k *Keeper) makeSlot(ctx context.Context, p hotline.PersonID, kind string, secret []byte, ks keys) (slot, error) {
	s := slot{id: hotline.NewID(), kind: kind, shred: hotline.NewID(), person: p, argon: box.Current, salt: box.Random(16)}
	e, err := k.shred.Create(ctx, "slot", 0, s.shred)
	if err != nil {
		return slot{}, err
	}
	key, err := k.slotKey(ctx, s, secret, e[0].Secret)
	if err != nil {
		return slot{}, err
	}
	plain, err := json.Marshal(ks)
	s.sealed = box.Seal(key, plain, k.slotContext(s))
	return s, err
}

func (k *Keeper) slotContext(s slot) box.Context {
	return k.line.Other("slot", string(s.person), s.id, s.kind)
}

func (k *Keeper) slotKey(ctx context.Context, s slot, secret, pepper []byte) ([]byte, error) {
	h, err := k.slow.Hash(ctx, s.argon, secret, s.salt)
	if err != nil {
		return nil, err
	}
	return box.Salted(h, pepper, k.slotContext(s))
}

func (s slot) insert(tx db.Tx) error {
	_, err := tx.Exec(`INSERT INTO slot (id, person, kind, argon, salt, shred, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.id, s.person, s.kind, s.argon, s.salt, s.shred, s.sealed)
	return err
}

// openSlot does the slow work also for who is not there.
func (k *Keeper) openSlot(ctx context.Context, p hotline.PersonID, id string, secret []byte) (slot, keys, error) {
	s := slot{id: id, person: p, argon: box.Current, salt: make([]byte, 16)}
	err := k.db.One(ctx, `SELECT kind, argon, salt, shred, sealed FROM slot WHERE id = $1 AND person = $2`, []any{id, p}, &s.kind, &s.argon, &s.salt, &s.shred, &s.sealed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, keys{}, err
	}
	pepper, err := k.shred.Get(ctx, s.shred)
	if err != nil {
		pepper = [][]byte{box.Random(box.Size)}
	}
	key, err := k.slotKey(ctx, s, secret, pepper[0])
	if err != nil {
		return s, keys{}, err
	}
	plain, err := box.Open(key, s.sealed, k.slotContext(s))
	if err != nil {
		return s, keys{}, ErrDenied
	}
	var ks keys
	return s, ks, json.Unmarshal(plain, &ks)
}

// Weaken makes the slow hash cheap. Only a test has a testing.TB.
func (k *Keeper) Weaken(tb testing.TB) { k.slow.Weaken(tb) }

// Slot finds the slot that a person signs in with. One who has none gets a name
// that is nobody's, so that her sign-in costs the same.
func (k *Keeper) Slot(ctx context.Context, p hotline.PersonID, kind string) (string, error) {
	var id string
	err := k.db.One(ctx, `SELECT id FROM slot WHERE person = $1 AND kind = $2`, []any{p, kind}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "none", nil
	}
	return id, err
}

// Begin turns a one-time code into a passphrase: keys stay, the code is spent.
func (k *Keeper) Begin(ctx context.Context, p hotline.PersonID, id string, code, secret []byte, more func(db.Tx) error) (string, error) {
	old, ks, err := k.openSlot(ctx, p, id, code)
	if err != nil {
		return "", err
	}
	if old.kind != Once {
		return "", ErrDenied
	}
	s, err := k.makeSlot(ctx, p, Passphrase, secret, ks)
	if err != nil {
		return "", err
	}
	err = k.db.Write(ctx, func(tx db.Tx) error {
		// Of two who use the code at once, one finds it gone.
		if n, err := tx.Exec(`DELETE FROM slot WHERE id = $1`, old.id); err != nil || n == 0 {
			return errors.Join(err, ErrDenied)
		}
		if err := s.insert(tx); err != nil {
			return err
		}
		return more(tx)
	})
	if err != nil {
		return "", err
	}
	return s.id, k.shred.Destroy(ctx, old.shred)
}

// loadTeams opens the member rows of a person that the manifest and the roster
// bear out.
func (k *Keeper) loadTeams(ctx context.Context, v *seal.Verified, p hotline.PersonID, private box.PrivateKey) (map[hotline.TeamID]teamKeys, error) {
	out := map[hotline.TeamID]teamKeys{}
	for _, t := range v.Roster[p].Teams {
		m := v.Manifest.Teams[t]
		var wrapped, sig []byte
		var signer string
		err := k.db.One(ctx, `SELECT wrapped, signer, sig FROM member WHERE team = $1 AND epoch = $2 AND person = $3`, []any{t, m.Epoch, p}, &wrapped, &signer, &sig)
		if errors.Is(err, sql.ErrNoRows) {
			continue // a holder's session has yet to write it
		}
		if err != nil {
			return nil, err
		}
		where := k.line.Member(t, m.Epoch, p)
		if !v.Signed(signer, where.With(wrapped), sig) {
			return nil, fmt.Errorf("member: %w", seal.ErrUnvouched)
		}
		plain, err := private.Open(wrapped, where)
		if err != nil {
			return nil, err
		}
		var tk teamKeys
		if err := json.Unmarshal(plain, &tk); err != nil {
			return nil, err
		}
		if err := k.bornOut(t, tk, m); err != nil {
			return nil, err
		}
		out[t] = tk
	}
	return out, nil
}

// teamKeys are a team's, as they stand in a member row.
type teamKeys struct {
	Epoch   int64
	Private []byte
	Index   []byte
}

// bornOut checks that the private keys are those of the manifest.
func (k *Keeper) bornOut(t hotline.TeamID, tk teamKeys, m seal.Team) error {
	p, err := box.ParsePrivate(tk.Private)
	if err != nil {
		return err
	}
	if tk.Epoch != m.Epoch || !box.Equal(p.Public().Bytes(), m.Pub) || !box.Equal(k.indexCommit(t, tk), m.Index) {
		return fmt.Errorf("team: %w", seal.ErrUnvouched)
	}
	return nil
}

func (k *Keeper) indexCommit(t hotline.TeamID, tk teamKeys) []byte {
	return k.line.Other("index", string(t)).With(tk.Index).Hash()
}

// member seals a team's keys to a person who is vouched for.
func (k *Keeper) member(t hotline.TeamID, tk teamKeys, p hotline.PersonID, pub []byte, signer hotline.PersonID, sign box.Signer) (func(db.Tx) error, error) {
	to, err := box.ParsePublic(pub)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(tk)
	if err != nil {
		return nil, err
	}
	where := k.line.Member(t, tk.Epoch, p)
	wrapped, err := to.Seal(plain, where)
	if err != nil {
		return nil, err
	}
	sig := sign(where.With(wrapped))
	return func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO member (team, epoch, person, wrapped, signer, sig) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			t, tk.Epoch, p, wrapped, signer, sig)
		return err
	}, nil
}
