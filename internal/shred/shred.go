// Package shred keeps secrets whose destruction is the deletion of all that needs
// them. It has a database of its own, whose backups live seven days: that is what
// makes a deletion final. It seals under the operational key what the server itself
// must read.
package shred

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrShredded says that a secret was destroyed, is past its time or never was.
	ErrShredded = problem.New(problem.Missing, "shred.gone")
	// ErrOld says that the store is missing or older than what depends on it.
	ErrOld = problem.New(problem.Internal, "shred.old")
	// ErrSerial says that a statement is older than one already seen.
	ErrSerial = problem.New(problem.Internal, "shred.serial")
)

// Store is the shred store. It holds the operational key and nothing else: the
// generation key and the secrets are read anew for each request.
type Store struct {
	db   *db.DB
	keys keys
	line string
	op   []byte
	used atomic.Int64 // the generation that was opened last
}

// New returns the store and makes its first generation if it is new. keyFile holds
// the generation keys on SQLite; it is not used on PostgreSQL.
func New(ctx context.Context, d *db.DB, line string, operational []byte, keyFile string) (*Store, error) {
	s := &Store{db: d, keys: table{d}, line: line, op: operational}
	if d.Engine() == db.SQLite {
		s.keys = slots{keyFile}
	}
	n, err := s.Generation(ctx)
	if err != nil {
		return nil, err
	}
	s.used.Store(1)
	if n == 0 {
		return s, s.begin(ctx, 1)
	}
	if _, err := s.key(ctx, n); err != nil { // a wrong operational key is found out at boot
		return nil, err
	}
	s.used.Store(n)
	return s, s.forget(ctx)
}

// An Entry is a new secret and its id.
type Entry struct {
	ID     string
	Secret []byte
}

// Create makes one secret for each id. It is durable before it returns and never
// overwrites. Sealing stands outside the transaction, which inserts only if the
// generation is still the newest; otherwise it is sealed again.
func (s *Store) Create(ctx context.Context, kind string, notAfter int64, ids ...string) ([]Entry, error) {
	out := make([]Entry, len(ids))
	for i, id := range ids {
		out[i] = Entry{id, box.Random(box.Size)}
	}
	for {
		n, key, err := s.newest(ctx)
		if err != nil {
			return nil, err
		}
		wrapped := make([][]byte, len(ids))
		for i, e := range out {
			wrapped[i] = box.Seal(key, e.Secret, s.context(e.ID, kind, n, Clock{NotAfter: notAfter}))
		}
		err = s.db.Write(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			if err := stays(tx, n); err != nil {
				return err
			}
			for i, e := range out {
				changed, err := tx.Exec(`INSERT INTO entry (id, wrapped, generation, created_at, not_after, kind)
					SELECT CAST($1 AS TEXT), $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS TEXT)
					WHERE CAST($3 AS BIGINT) = (SELECT max(n) FROM generation)`, e.ID, wrapped[i], n, now, notAfter, kind)
				if err != nil {
					return err
				}
				if changed == 0 {
					return errTurned
				}
			}
			return nil
		})
		if !errors.Is(err, errTurned) {
			return out, err
		}
	}
}

// stays keeps a generation from ending before this transaction has: whoever ends it
// must see what was made under it. On SQLite nobody else writes meanwhile.
func stays(tx db.Tx, n int64) error {
	if tx.Engine() != db.Postgres {
		return nil
	}
	err := tx.QueryRow(`SELECT n FROM generation WHERE n = $1 FOR SHARE`, n).Scan(&n)
	if errors.Is(err, db.ErrNoRows) {
		err = errTurned
	}
	return err
}

// newest returns the newest generation and its key. Between the two a new one may
// begin and the old key go; a key that is still not there was lost.
func (s *Store) newest(ctx context.Context) (n int64, key []byte, err error) {
	for before := int64(-1); ; before = n {
		if n, err = s.Generation(ctx); err != nil {
			return 0, nil, err
		}
		if key, err = s.key(ctx, n); !errors.Is(err, ErrOld) || n == before {
			return n, key, err
		}
	}
}

var errTurned = errors.New("shred: a new generation began")

// Get returns the secrets of the ids, in their order. One that is missing or past
// its time is ErrShredded: there is no stand-in for it.
func (s *Store) Get(ctx context.Context, ids ...string) ([][]byte, error) {
	found, err := s.Some(ctx, ids...)
	return all(found, err, ids)
}

// Kept is Get for whoever looks by the law: what is held opens past its hour too.
func (s *Store) Kept(ctx context.Context, ids ...string) ([][]byte, error) {
	found, err := s.SomeKept(ctx, ids...)
	return all(found, err, ids)
}

func all(found map[string][]byte, err error, ids []string) ([][]byte, error) {
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(ids))
	for i, id := range ids {
		if out[i] = found[id]; out[i] == nil {
			return nil, ErrShredded
		}
	}
	return out, nil
}

// Some returns those of the secrets that are there, for a page of many. What is held and
// past its hour is not: whoever opens it else must not learn of the hold.
func (s *Store) Some(ctx context.Context, ids ...string) (map[string][]byte, error) {
	return s.some(ctx, false, ids)
}

// SomeKept is Some for whoever looks by the law.
func (s *Store) SomeKept(ctx context.Context, ids ...string) (map[string][]byte, error) {
	return s.some(ctx, true, ids)
}

func (s *Store) some(ctx context.Context, kept bool, ids []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(ids))
	var rows []row
	var now int64
	ended := 0
	err := s.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = db.Now(tx); err != nil {
			return err
		}
		rows, err = readAll(tx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	cache := map[int64][]byte{}
	for _, r := range rows {
		if r.clock.NotAfter != 0 && now >= r.clock.NotAfter && !(kept && r.clock.Hold) {
			ended++
			continue
		}
		secret, err := s.unwrap(ctx, r, cache)
		if errors.Is(err, ErrOld) {
			// Re-wrapped and its old key gone between the two reads: look once more.
			if secret, err = s.again(ctx, r.id); errors.Is(err, ErrShredded) {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		out[r.id] = secret
	}
	if ended > 0 || len(rows) < len(ids) {
		s.asIf(ctx, cache)
	}
	return out, nil
}

// asIf does for one that is not there what is done for one that is: the key of its
// generation is read and tried, so that nobody learns by the time whether a secret is
// still there.
func (s *Store) asIf(ctx context.Context, cache map[int64][]byte) {
	_, _ = s.unwrap(ctx, row{generation: s.used.Load(), wrapped: make([]byte, nothing)}, cache) // opens nothing, by intent
}

// nothing is as long as a sealed secret.
const nothing = box.Size + 32

// row is an entry as it stands.
type row struct {
	id, kind   string
	generation int64
	clock      Clock
	wrapped    []byte
}

func read(tx db.Tx, id string) (row, error) {
	r := row{id: id}
	err := tx.QueryRow(`SELECT wrapped, generation, not_after, hold, signer, sig, kind FROM entry WHERE id = $1`, id).
		Scan(&r.wrapped, &r.generation, &r.clock.NotAfter, &r.clock.Hold, &r.clock.Signer, &r.clock.Sig, &r.kind)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrShredded
	}
	return r, err
}

func readAll(tx db.Tx, ids []string) (out []row, err error) {
	places, args := db.List(ids)
	rows, err := tx.Query(`SELECT id, wrapped, generation, not_after, hold, kind FROM entry WHERE id IN (`+places+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.wrapped, &r.generation, &r.clock.NotAfter, &r.clock.Hold, &r.kind); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func (s *Store) unwrap(ctx context.Context, r row, cache map[int64][]byte) ([]byte, error) {
	if cache[r.generation] == nil {
		key, err := s.key(ctx, r.generation)
		if err != nil {
			return nil, err
		}
		cache[r.generation] = key
		s.used.Store(r.generation)
	}
	return box.Open(cache[r.generation], r.wrapped, s.context(r.id, r.kind, r.generation, r.clock))
}

func (s *Store) again(ctx context.Context, id string) ([]byte, error) {
	var r row
	if err := s.db.Read(ctx, func(tx db.Tx) (err error) { r, err = read(tx, id); return err }); err != nil {
		return nil, err
	}
	return s.unwrap(ctx, r, map[int64][]byte{})
}

// context binds a secret to its row, its time and its hold: whoever writes the
// store but has no operational key can change none of them.
func (s *Store) context(id, kind string, generation int64, c Clock) box.Context {
	return box.NewContext(s.line, "shred entry", id, kind, strconv.FormatInt(generation, 10), strconv.FormatInt(c.NotAfter, 10), strconv.FormatBool(c.Hold))
}

// Destroy ends the ids for good. One that is gone already is no error.
func (s *Store) Destroy(ctx context.Context, ids ...string) error {
	return s.db.Write(ctx, func(tx db.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(`DELETE FROM entry WHERE id = $1`, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Seal seals under the operational key what the server itself must read.
func (s *Store) Seal(plain []byte, kind, id string) []byte {
	return box.Seal(s.op, plain, box.NewContext(s.line, "operational", kind, id))
}

// Open is the inverse of Seal. A test pins who calls it.
func (s *Store) Open(sealed []byte, kind, id string) ([]byte, error) {
	return box.Open(s.op, sealed, box.NewContext(s.line, "operational", kind, id))
}

// Raise notes the highest statement of a kind. A lower one, or another one of the
// same number, is ErrSerial.
func (s *Store) Raise(ctx context.Context, kind string, serial int64, hash []byte) error {
	var have int64
	var seen []byte
	err := s.db.One(ctx, `SELECT serial, hash FROM mark WHERE kind = $1`, []any{kind}, &have, &seen)
	if err == nil && (serial < have || serial == have && !box.Equal(hash, seen)) {
		return ErrSerial
	}
	if err == nil && serial == have {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("mark: %w", err)
	}
	return s.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`INSERT INTO mark (kind, serial, hash) VALUES ($1, $2, $3)
			ON CONFLICT (kind) DO UPDATE SET serial = excluded.serial, hash = excluded.hash
			WHERE mark.serial < excluded.serial OR mark.serial = excluded.serial AND mark.hash = excluded.hash`, kind, serial, hash)
		if err == nil && n == 0 {
			return ErrSerial
		}
		return err
	})
}
