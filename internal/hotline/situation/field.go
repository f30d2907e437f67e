package situation

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrClash says that somebody else has saved the field since it was read. What
	// she saved comes with it; nothing is overwritten.
	ErrClash = problem.New(problem.Conflict, "situation.clash")
	// ErrHead says that what the record must keep to has changed, or that there is no
	// such record any more: look again.
	ErrHead = problem.New(problem.Conflict, "situation.head")
	// ErrField says that a field is none.
	ErrField = problem.New(problem.Invalid, "situation.field")
)

// TopicRecord is the bus topic that tells of a saved field; the hint names its owner.
const TopicRecord = "record"

// A Field is one answer of a record, as it was saved last.
type Field struct {
	Field   string
	Version int64
	At      int64
	By      hotline.PersonID
	Value   seal.Text
}

// Key seals and opens what we wrote: an opened S.
type Key interface {
	Seal() seal.Key
	Row(table, column, row string, version int64, sealed []byte) (seal.Text, error)
}

// An Owner is whose record it is. Allow refuses, in the transaction that saves, what
// may not be saved (any more).
type Owner struct {
	ID    string
	Allow func(tx db.Tx) error
}

// OfContact owns the record of a contact. It refuses once the contact is erased, its S
// is another, or its head is not the one by which the caller of this decided what may
// be saved: a stricter level that was chosen meanwhile holds for what is on its way.
func OfContact(id hotline.ContactID, k Key, headN int64) Owner {
	object := k.Seal().Object()
	return Owner{ID: string(id), Allow: func(tx db.Tx) error {
		var one int
		// The row is locked, so that who changes the head waits for what is being saved.
		err := tx.QueryRow(`SELECT 1 FROM contact WHERE id = $1 AND shred_s = $2 AND head_n = $3 AND state <> 'erased' FOR UPDATE`, id, object, headN).Scan(&one)
		if errors.Is(err, db.ErrNoRows) {
			return ErrHead
		}
		return err
	}}
}

// Record keeps the fields of records, each in one sealed row.
type Record struct {
	db  *db.DB
	bus bus.Bus
	log *audit.Log
}

// NewRecord returns the record.
func NewRecord(d *db.DB, b bus.Bus, log *audit.Log) *Record { return &Record{d, b, log} }

const (
	table  = "record_field"
	column = "sealed"
	most   = 2000 // fields of one record
)

func rowOf(owner, field string) string { return owner + " " + field }

// Put saves a field. base is the version that it was read at, 0 where there was none:
// if somebody has saved it since, it is [ErrClash] with her answer, unless that is the
// very same one. The first field of a record leaves a leaf.
func (r *Record) Put(ctx context.Context, by hotline.PersonID, o Owner, k Key, field string, base int64, value seal.Text) (Field, error) {
	if !hotline.IsID(field) || base < 0 {
		return Field{}, ErrField
	}
	f := Field{Field: field, Version: base + 1, By: by, Value: value}
	sealed := k.Seal().Row(table, column, rowOf(o.ID, field), f.Version, value)
	saved := false
	err := r.db.Write(ctx, func(tx db.Tx) (err error) {
		saved = false
		if err := o.Allow(tx); err != nil {
			return err
		}
		if f.At, err = db.Now(tx); err != nil {
			return err
		}
		n, err := put(tx, o.ID, f, base, sealed)
		if saved = n == 1; err != nil || !saved || base > 0 {
			return err
		}
		var others int
		if err := tx.QueryRow(`SELECT count(*) FROM record_field WHERE owner = $1 AND field <> $2`, o.ID, field).Scan(&others); err != nil || others > 0 {
			return err
		}
		return r.log.Public(audit.Act{By: hotline.Actor(by), What: "record", Object: o.ID}).Insert(tx)
	})
	if err != nil {
		return Field{}, err
	}
	if saved {
		r.bus.Publish(bus.Hint{Topic: TopicRecord, ID: o.ID})
		return f, nil
	}
	return r.clash(ctx, o.ID, k, field, value)
}

func put(tx db.Tx, owner string, f Field, base int64, sealed []byte) (int64, error) {
	if base == 0 {
		return tx.Exec(`INSERT INTO record_field (owner, field, version, at, by_person, sealed) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			owner, f.Field, f.Version, f.At, f.By, sealed)
	}
	return tx.Exec(`UPDATE record_field SET version = $1, at = $2, by_person = $3, sealed = $4 WHERE owner = $5 AND field = $6 AND version = $7`,
		f.Version, f.At, f.By, sealed, owner, f.Field, base)
}

// clash reads what stands where another version was thought to.
func (r *Record) clash(ctx context.Context, owner string, k Key, field string, value seal.Text) (Field, error) {
	found, err := r.read(ctx, k, owner, field)
	if err != nil {
		return Field{}, err
	}
	switch {
	case len(found) == 0:
		return Field{Field: field}, ErrClash // deleted since
	case same(found[0].Value, value):
		return found[0], nil
	}
	return found[0], ErrClash
}

func same(a, b seal.Text) bool { return a.Reveal() == b.Reveal() }

// Fields opens all of a record.
func (r *Record) Fields(ctx context.Context, owner string, k Key) ([]Field, error) {
	return r.read(ctx, k, owner, "")
}

// read opens one field, or all of them.
func (r *Record) read(ctx context.Context, k Key, owner, field string) (out []Field, err error) {
	err = r.db.Read(ctx, func(tx db.Tx) error {
		out = out[:0]
		rows, err := tx.Query(`SELECT field, version, at, by_person, sealed FROM record_field WHERE owner = $1 AND ($2 = '' OR field = $2) ORDER BY field LIMIT $3`, owner, field, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var f Field
			var sealed []byte
			if err := rows.Scan(&f.Field, &f.Version, &f.At, &f.By, &sealed); err != nil {
				return err
			}
			if f.Value, err = k.Row(table, column, rowOf(owner, f.Field), f.Version, sealed); err != nil {
				return err
			}
			out = append(out, f)
		}
		return rows.Err()
	})
	return out, err
}

// Versions tells how far each field of a record has come, without opening it.
func (r *Record) Versions(ctx context.Context, owner string) (map[string]int64, error) {
	out := map[string]int64{}
	return out, r.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT field, version FROM record_field WHERE owner = $1 LIMIT $2`, owner, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var field string
			var version int64
			if err := rows.Scan(&field, &version); err != nil {
				return err
			}
			out[field] = version
		}
		return rows.Err()
	})
}

// Drop deletes fields of a record that may not be kept; a leaf says why. Where there is
// none of them, nothing is said. It returns how many there were.
func (r *Record) Drop(ctx context.Context, by hotline.Actor, owner string, fields []string, why string) (n int64, err error) {
	if len(fields) == 0 {
		return 0, nil
	}
	err = r.db.Write(ctx, func(tx db.Tx) (err error) {
		n, err = DropIn(tx, r.log, by, owner, fields, why)
		return err
	})
	if err == nil && n > 0 {
		r.bus.Publish(bus.Hint{Topic: TopicRecord, ID: owner})
	}
	return n, err
}

// DropIn is Drop within a transaction, which tells nobody.
func DropIn(tx db.Tx, log *audit.Log, by hotline.Actor, owner string, fields []string, why string) (int64, error) {
	places, args := db.List(fields)
	n, err := tx.Exec(`DELETE FROM record_field WHERE field IN (`+places+`) AND owner = $`+itoa(len(fields)+1), append(args, owner)...)
	if err != nil || n == 0 {
		return n, err
	}
	return n, log.Public(audit.Act{By: by, What: "drop fields", Object: owner, Why: why}).Insert(tx)
}

// Forget deletes the whole record of an owner whose S is destroyed, what was decided
// about it, and what stood under it in situations.
func Forget(tx db.Tx, owner string) error {
	for _, q := range []string{`DELETE FROM export_request WHERE contact = $1`, `DELETE FROM record_field WHERE owner = $1`} {
		if _, err := tx.Exec(q, owner); err != nil {
			return err
		}
	}
	if err := errors.Join(policy.ForgetDecisions(tx, owner), consent.Forget(tx, owner)); err != nil {
		return err
	}
	return forgotten(tx, hotline.ContactID(owner))
}

// RoundRecords leaves of the times of old fields only the day.
func RoundRecords(ctx context.Context, d *db.DB, age time.Duration) error {
	for {
		var n int64
		err := d.Write(ctx, func(tx db.Tx) error {
			now, err := db.Now(tx)
			if err != nil {
				return err
			}
			n, err = tx.Exec(`UPDATE record_field SET at = at / 86400000 * 86400000 WHERE (owner, field) IN (SELECT owner, field FROM record_field WHERE at <= $1 AND at % 86400000 <> 0 LIMIT `+itoa(most)+`)`, now-age.Milliseconds())
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
