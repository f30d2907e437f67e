package protocol

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMoved says that the protocol was begun under another edition meanwhile, or that
	// too many write at once: look again.
	ErrMoved = problem.New(problem.Conflict, "protocol.moved")
	// ErrGone says that nothing more is written of this contact.
	ErrGone = problem.New(problem.Missing, "protocol.gone")
	// ErrPutBack says that an older state of what was done stands there: the leaves tell of
	// more. It is not shown, and nothing is done to it.
	ErrPutBack = problem.New(problem.Denied, "protocol.put_back")
)

var errRead = errors.New("protocol: what was done cannot be read")

// Topic is the bus topic that tells that something was done; the hint names the contact.
const Topic = "following"

// Opened seals and opens what we wrote: an opened S.
type Opened interface {
	Seal() seal.Key
	Row(table, column, row string, version int64, sealed []byte) (seal.Text, error)
}

// Followed is what was done for a contact, by the name of the protocol. It is sealed in
// one row: which protocols somebody is taken by says what she is, and to whom.
type Followed struct {
	Version int64
	Of      map[string]Done
	Watch   Watch   // as the server knows it
	Rung    int64   // which clock rang last
	Noted   []Noted // sign-offs that somebody noted who does not open the contact, to be taken over
	void    []Noted // those that count for nothing
}

// A Deed is what somebody does with a step.
type Deed struct {
	Kind   string // Marking, Skipping or Signing
	Step   string
	Answer string         // of one that is marked or signed
	Why    string         // of one that is skipped
	Roles  []hotline.Role // of whoever signs
}

// Format prints a fixed word, whatever the verb.
func (Deed) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, withheld) }

// LogValue hides the deed from log/slog.
func (Deed) LogValue() slog.Value { return slog.StringValue(withheld) }

// Kinds of deeds. Each leaves a leaf, which names neither the protocol nor the step.
const (
	Marking  = "mark step"
	Skipping = "skip step"
	Signing  = "sign step"
)

// A Place is where something is done: a contact, its opened S, and the edition of the
// protocol that is followed.
type Place struct {
	Contact  hotline.ContactID
	Key      Opened
	Name     string
	Edition  int64
	Protocol Protocol
	// Watch tells what the server must know of what was done, where the clock that rang last
	// is known; nil where no clock runs and nobody signs.
	Watch func(f Followed) Watch
	Asks  hotline.PersonID // who asks for what is to be signed next; empty: whoever does it
}

// Book keeps what was done.
type Book struct {
	db    *db.DB
	bus   bus.Bus
	log   *audit.Log
	alarm func(error)

	line      seal.Line
	authority *seal.Authority // whose notes count; nil: nobody's
}

// NewBook returns the book.
func NewBook(d *db.DB, b bus.Bus, log *audit.Log) *Book { return &Book{db: d, bus: b, log: log} }

// Alarm sets what is told of a state that was put back.
func (b *Book) Alarm(f func(error)) { b.alarm = f }

// Followed opens what was done for a contact, and lets go of notes that count for nothing.
// An older state that was put back is [ErrPutBack], and rings.
func (b *Book) Followed(ctx context.Context, id hotline.ContactID, k Opened) (Followed, error) {
	f, _, err := b.read(ctx, id, k)
	if err != nil {
		return f, err
	}
	return f, b.LetGo(ctx, id, f.void...)
}

// Version tells how far it has come, without opening it, and whether something is noted
// that is to be taken over; 0 where nothing was done.
func (b *Book) Version(ctx context.Context, id hotline.ContactID) (n int64, noted bool, err error) {
	var notes int
	err = b.db.One(ctx, `SELECT version, (SELECT count(*) FROM to_sign t WHERE t.contact = $1 AND t.answer <> '') FROM following WHERE contact = $1`, []any{id}, &n, &notes)
	if errors.Is(err, db.ErrNoRows) {
		return 0, false, nil
	}
	return n, notes > 0, err
}

// tries is how often a deed is tried against what others do meanwhile.
const tries = 8

// Do does something with a step. What others have done meanwhile stays: the deed is
// done to what stands then, or refused by it. A protocol goes on under the edition that
// it was begun with.
func (b *Book) Do(ctx context.Context, by hotline.PersonID, at Place, deed Deed) (Followed, error) {
	for range tries {
		was, now, err := b.read(ctx, at.Contact, at.Key)
		if err != nil {
			return was, err
		}
		next, err := was.with(by, at, deed, now)
		if err != nil {
			return was, err
		}
		if saved, err := b.put(ctx, by, at, next, deed.Kind); err != nil || saved {
			return next, err
		}
	}
	return Followed{}, ErrMoved
}

// with is what was done, and the deed.
func (f Followed) with(by hotline.PersonID, at Place, deed Deed, now int64) (Followed, error) {
	d, begun := f.Of[at.Name]
	switch {
	case !begun:
		d = Done{Edition: at.Edition, Began: now}
	case d.Edition != at.Edition:
		return f, ErrMoved
	}
	var err error
	switch deed.Kind {
	case Skipping:
		d, err = at.Protocol.Skip(d, deed.Step, by, now, deed.Why)
	case Signing:
		d, err = at.Protocol.Sign(d, deed.Step, by, now, deed.Roles, deed.Answer)
	default:
		d, err = at.Protocol.Mark(d, deed.Step, by, now, deed.Answer)
	}
	if err != nil {
		return f, err
	}
	next := Followed{Version: f.Version + 1, Of: map[string]Done{}, Watch: f.Watch, Rung: f.Rung}
	maps.Copy(next.Of, f.Of)
	next.Of[at.Name] = d
	return next, nil
}

const (
	table  = "following"
	column = "sealed"
)

// read opens the row of a contact, and tells the time. The leaves are counted first: what
// is done meanwhile is one more than they tell of, and never one less.
func (b *Book) read(ctx context.Context, id hotline.ContactID, k Opened) (f Followed, now int64, err error) {
	var v *seal.Verified
	if b.authority != nil {
		if v, err = b.authority.Current(ctx); err != nil {
			return f, 0, err
		}
	}
	err = b.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = db.Now(tx); err != nil {
			return err
		}
		f = Followed{}
		deeds, err := audit.Count(tx, contact.Steps(id))
		if err != nil {
			return err
		}
		var sealed []byte
		err = tx.QueryRow(`SELECT version, sealed FROM following WHERE contact = $1`, id).Scan(&f.Version, &sealed)
		nothing := errors.Is(err, db.ErrNoRows)
		if err != nil && !nothing {
			return err
		}
		if f.Version < deeds {
			return ErrPutBack
		}
		if nothing {
			return nil
		}
		var rows []row
		if f.Watch, rows, f.Rung, err = watched(tx, id, k); err != nil {
			return err
		}
		f.Noted, f.void = b.heard(v, rows)
		text, err := k.Row(table, column, string(id), f.Version, sealed)
		if err == nil {
			f.Of, err = done(text)
		}
		return err
	})
	if errors.Is(err, ErrPutBack) {
		err = b.alarmed(ctx, id)
	}
	return f, now, err
}

// alarmed rings for a state that was put back: the supervisors' alert, a leaf, and
// whatever the operator watches.
func (b *Book) alarmed(ctx context.Context, id hotline.ContactID) error {
	err := fmt.Errorf("contact %s: %w", id, ErrPutBack)
	first := false
	told := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if first, err = contact.RaiseIn(tx, id, contact.OldSteps); err != nil || !first {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "old steps refused", Object: string(id)}).Insert(tx)
	})
	if first && told == nil {
		if b.alarm != nil {
			b.alarm(err)
		}
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
	return errors.Join(err, told)
}

// Anew has a contact's steps begin again, above what the leaves tell of, where an older
// state was put back: nothing of that is believed. It is a supervisor's. What is as it was
// left is [ErrMoved].
func (b *Book) Anew(ctx context.Context, by hotline.PersonID, id hotline.ContactID, k Opened) error {
	key := k.Seal()
	err := b.db.Write(ctx, func(tx db.Tx) error {
		c, err := contact.Lock(tx, id)
		if err != nil {
			return err
		}
		if c.State == contact.Erased || c.ShredS != key.Object() {
			return ErrGone
		}
		deeds, err := audit.Count(tx, contact.Steps(id))
		if err != nil {
			return err
		}
		var version int64
		err = tx.QueryRow(`SELECT version FROM following WHERE contact = $1`, id).Scan(&version)
		switch {
		case err != nil && !errors.Is(err, db.ErrNoRows):
			return err
		case version >= deeds:
			return ErrMoved
		}
		if err := Forget(tx, id); err != nil {
			return err
		}
		sealed := key.Row(table, column, string(id), deeds+1, seal.Conceal(`{}`))
		if _, err := tx.Exec(`INSERT INTO following (contact, version, sealed) VALUES ($1, $2, $3)`, id, deeds+1, sealed); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "steps begun anew", Object: contact.Steps(id)}).Insert(tx)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: Topic, ID: string(id)})
	}
	return err
}

// done reads what a row holds.
func done(text seal.Text) (out map[string]Done, err error) {
	if json.Unmarshal([]byte(text.Reveal()), &out) != nil {
		return nil, errRead // the parser's error quotes what stands there
	}
	return out, nil
}

// put saves the row, unless another version of it stands there.
func (b *Book) put(ctx context.Context, by hotline.PersonID, at Place, f Followed, what string) (saved bool, err error) {
	body, _ := json.Marshal(f.Of) // words and numbers always marshal
	key := at.Key.Seal()
	sealed := key.Row(table, column, string(at.Contact), f.Version, seal.Conceal(string(body)))
	watch := Watch{}
	if at.Watch != nil {
		watch = at.Watch(f)
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		saved = false
		c, err := contact.Lock(tx, at.Contact)
		if err != nil {
			return err
		}
		if c.State == contact.Erased || c.ShredS != key.Object() {
			return ErrGone
		}
		n, err := swap(tx, at.Contact, f.Version, sealed)
		if saved = n == 1; err != nil || !saved {
			return err
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if err := watch.keep(tx, cmp.Or(at.Asks, by), at.Contact, at.Key, now); err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: what, Object: contact.Steps(at.Contact)}).Insert(tx)
	})
	if err == nil && saved {
		if !watch.Same(f.Watch) {
			b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(at.Contact)})
		}
		b.bus.Publish(bus.Hint{Topic: Topic, ID: string(at.Contact)})
	}
	return saved && err == nil, err
}

// swap writes a version where the one before it stands.
func swap(tx db.Tx, id hotline.ContactID, version int64, sealed []byte) (int64, error) {
	if version == 1 {
		return tx.Exec(`INSERT INTO following (contact, version, sealed) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING`, id, sealed)
	}
	return tx.Exec(`UPDATE following SET version = $1, sealed = $2 WHERE contact = $3 AND version = $4`, version, sealed, id, version-1)
}

// Forget deletes what was done for a contact whose S is destroyed, and who waits to sign.
func Forget(tx db.Tx, id hotline.ContactID) error {
	for _, q := range []string{`DELETE FROM to_sign WHERE contact = $1`, `DELETE FROM following WHERE contact = $1`} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return nil
}
