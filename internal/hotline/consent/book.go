package consent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/shred"
)

// Topic is that of the bus: something was said or done about this contact or situation.
const Topic = "consent"

// Kinds of entries of the shred store: of what knows the newest ledger, and of one consent,
// which dies with its time.
const (
	ShredLedger  = "consents"
	ShredConsent = "consent"
)

// Of is whose it is, and who acts. Whoever acts has been let in by a key; who may of those
// is for the caller of it to say.
type Of struct {
	By    hotline.PersonID
	Lead  bool   // she is a supervisor
	Owner string // a contact, or a situation
	All   bool   // it is a situation, where nobody speaks: what one says stands with her
	Key   Opened
	Allow func(tx db.Tx) error // refuses, in the transaction, what may not be written any more
}

// A Demand says, in the transaction that writes an override on that ground, whether a
// decision is about a duty towards this contact or situation that is due at once. It is an
// error where it is not.
type Demand func(tx db.Tx, owner, decision string) error

// Book keeps what was said and done.
type Book struct {
	db    *db.DB
	shred *shred.Store
	log   *audit.Log
	bus   bus.Bus
	alarm func(error)

	demand Demand
}

// New returns the book. alarm is what the operator hears of what was put back. Without a
// demand nothing goes on the ground of a duty that is due at once.
func New(d *db.DB, s *shred.Store, log *audit.Log, b bus.Bus, demand Demand, alarm func(error)) *Book {
	return &Book{d, s, log, b, alarm, demand}
}

// A stored ledger, as its row has it.
type stored struct {
	entry  string
	n      int64
	sealed []byte
	ends   map[string]int64
}

func load(tx db.Tx, owner string) (s stored, err error) {
	err = tx.QueryRow(`SELECT entry, n, sealed FROM consent WHERE owner = $1`, owner).Scan(&s.entry, &s.n, &s.sealed)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return s, err
	}
	rows, err := tx.Query(`SELECT id, until FROM consent_until WHERE owner = $1`, owner)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	s.ends = map[string]int64{}
	for rows.Next() {
		var id string
		var until int64
		if err := rows.Scan(&id, &until); err != nil {
			return s, err
		}
		s.ends[id] = until
	}
	return s, rows.Err()
}

// Read opens what was said and done about one contact or situation. What is older than the
// newest, and a consent that would last longer than was given, is [ErrPutBack], and rings.
func (b *Book) Read(ctx context.Context, owner string, k Opened) (Ledger, error) {
	entry := entryOf(k.HeadKey().Object())
	s, known, err := b.newest(ctx, owner, entry)
	if err != nil || s.n == 0 {
		return Ledger{}, err
	}
	l, err := b.open(ctx, owner, k, s)
	if err != nil {
		return Ledger{}, err
	}
	if s.n > known { // a crash between the two
		err = b.shred.RaiseHeads(ctx, map[string]shred.Newest{entry: b.shred.Head(entry, s.n, s.sealed)})
	}
	return l, err
}

// newest reads what stands there, and refuses what is older than what is noted. What is
// noted is read first, so that one that is written meanwhile is newer, and never older; and
// the first of all is looked at twice, since its entry may have been made between the two.
func (b *Book) newest(ctx context.Context, owner, entry string) (s stored, known int64, err error) {
	for range 2 {
		noted, err := b.shred.Newest(ctx, entry)
		if err != nil {
			return s, 0, err
		}
		if err := b.db.Read(ctx, func(tx db.Tx) (err error) { s, err = load(tx, owner); return err }); err != nil {
			return s, 0, err
		}
		at, there := noted[entry]
		if s.n == 0 && at.N == 0 || s.n > 0 && there && s.entry == entry && at.Allows(b.shred.Head(entry, s.n, s.sealed)) {
			return s, at.N, nil
		}
	}
	return s, 0, b.alarmed(ctx, owner)
}

// open opens a stored ledger, and holds its readable ends against what is sealed.
func (b *Book) open(ctx context.Context, owner string, k Opened, s stored) (Ledger, error) {
	secret, err := b.shred.Get(ctx, s.entry)
	if err != nil {
		return Ledger{}, err
	}
	text, err := k.Row("consent", "sealed", rowOf(owner, secret[0]), s.n, s.sealed)
	if err != nil {
		return Ledger{}, errors.Join(err, b.alarmed(ctx, owner))
	}
	l, err := parse(text, s.n, s.ends)
	if err != nil {
		return Ledger{}, errors.Join(err, b.alarmed(ctx, owner))
	}
	var ids []string
	for _, i := range l.Items() {
		if i.Kind == Give || i.Kind == Override {
			if s.ends[i.ID] > i.Terms.Until {
				return Ledger{}, b.alarmed(ctx, owner)
			}
			ids = append(ids, i.ID)
		}
	}
	// One whose entry is gone has ended, whatever a row says.
	alive, err := b.shred.Some(ctx, ids...)
	if err != nil {
		return Ledger{}, err
	}
	for _, id := range ids {
		if alive[id] == nil {
			delete(s.ends, id)
		}
	}
	return l, nil
}

// Do adds an act. n is the counter of the ledger that whoever acts has read: where somebody
// has written since, it is [ErrMoved] with what stands there, and nothing happens. What it
// begins a second time changes nothing.
func (b *Book) Do(ctx context.Context, of Of, n int64, a Act) (Ledger, error) {
	l, err := b.Read(ctx, of.Owner, of.Key)
	if err != nil {
		return Ledger{}, err
	}
	if i, there := l.Item(a.ID); there && i.Kind == a.Kind && i.By == of.By {
		return l, nil
	}
	if l.N != n {
		return l, ErrMoved
	}
	if of.All && (a.Kind == Give || a.Kind == Refuse) {
		return l, ErrAct
	}
	if a.At, err = b.now(ctx); err != nil {
		return l, err
	}
	if a.Duty != "" && b.demand == nil {
		return l, ErrGround
	}
	a.By, a.Lead = of.By, of.Lead
	next, err := l.After(a)
	if err != nil {
		return l, err
	}
	next.N = l.N + 1
	if err := b.write(ctx, of, next, a); err != nil {
		if errors.Is(err, ErrMoved) {
			if now, err := b.Read(ctx, of.Owner, of.Key); err == nil {
				l = now
			}
		}
		return l, err
	}
	return b.Read(ctx, of.Owner, of.Key)
}

// write makes the entries, which are durable first, then the rows, then the note.
func (b *Book) write(ctx context.Context, of Of, next Ledger, a Act) error {
	entry := entryOf(of.Key.HeadKey().Object())
	secret, err := b.entry(ctx, entry, next.N)
	if err != nil {
		return err
	}
	begins := a.Kind == Give || a.Kind == Override
	if begins {
		if _, err := b.shred.Create(ctx, ShredConsent, a.Terms.Until, a.ID); err != nil {
			return err
		}
	}
	sealed, err := next.seal(of.Key, rowOf(of.Owner, secret))
	if err != nil {
		return err
	}
	item, _ := next.Item(a.ID)
	rings := item.alone() || a.Kind == Contest && item.Ground.Alone()
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := of.Allow(tx); err != nil {
			return err
		}
		if err := put(tx, of.Owner, entry, next.N, sealed); err != nil {
			return err
		}
		if a.Duty != "" {
			if err := b.demand(tx, of.Owner, a.Duty); err != nil {
				return err
			}
		}
		if begins {
			if _, err := tx.Exec(`INSERT INTO consent_until (id, owner, until, second_by) VALUES ($1, $2, $3, $4)`, a.ID, of.Owner, a.Terms.Until, item.SecondBy()); err != nil {
				return err
			}
		}
		return b.after(tx, of, item, a, rings)
	})
	if err != nil {
		if begins { // by its id it is tried again
			err = errors.Join(err, b.shred.Destroy(context.WithoutCancel(ctx), a.ID))
		}
		return err
	}
	b.told(of.Owner, rings)
	_ = b.shred.RaiseHeads(context.WithoutCancel(ctx), map[string]shred.Newest{entry: b.shred.Head(entry, next.N, sealed)})
	return nil // what could not be noted, the next who reads it notes
}

// after does what follows from an act in its transaction: it ends what is revoked, rings
// for what one person does alone, and leaves a leaf.
func (b *Book) after(tx db.Tx, of Of, item Item, a Act, rings bool) error {
	switch a.Kind {
	case Revoke:
		if _, err := tx.Exec(`UPDATE consent_until SET until = CASE WHEN until < $1 THEN until ELSE $1 END WHERE id = $2`, a.At, a.ID); err != nil {
			return err
		}
		if item.Kind != SignOff {
			if err := contact.Destroy(tx, a.ID); err != nil {
				return err
			}
		}
	case Approve, Contest:
		if _, err := tx.Exec(`UPDATE consent_until SET second_by = 0 WHERE id = $1`, a.ID); err != nil {
			return err
		}
	case Give, Refuse, Herself, Apart, Override, SignOff:
	}
	if rings {
		if _, err := contact.RaiseIn(tx, hotline.ContactID(of.Owner), contact.PassedOn); err != nil {
			return err
		}
	}
	return b.log.Public(audit.Act{By: hotline.Actor(of.By), What: "consent: " + string(a.Kind), Object: of.Owner}).Insert(tx)
}

// entry is the secret of the entry that knows the newest; the first act makes it.
func (b *Book) entry(ctx context.Context, id string, n int64) ([]byte, error) {
	secret, err := b.shred.Get(ctx, id)
	if err == nil {
		return secret[0], nil
	}
	if n > 1 || !errors.Is(err, shred.ErrShredded) {
		return nil, err
	}
	made, err := b.shred.Create(ctx, ShredLedger, 0, id)
	if err == nil {
		return made[0].Secret, nil
	}
	if secret, again := b.shred.Get(ctx, id); again == nil { // of two who begin at once
		return secret[0], nil
	}
	return nil, err
}

// put writes a ledger over the one it was made of.
func put(tx db.Tx, owner, entry string, n int64, sealed []byte) error {
	query, args := `UPDATE consent SET n = $1, sealed = $2 WHERE owner = $3 AND n = $1 - 1`, []any{n, sealed, owner}
	if n == 1 {
		query, args = `INSERT INTO consent (n, sealed, owner, entry) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, append(args, entry)
	}
	changed, err := tx.Exec(query, args...)
	if err == nil && changed == 0 {
		err = ErrMoved
	}
	return err
}

// alarmed rings for what was put back: a supervisor's alert, a leaf, and the operator.
func (b *Book) alarmed(ctx context.Context, owner string) error {
	err := fmt.Errorf("consents of %s: %w", owner, ErrPutBack)
	if b.alarm != nil {
		b.alarm(err)
	}
	first := false
	told := b.db.Write(ctx, func(tx db.Tx) (err error) {
		if first, err = contact.RaiseIn(tx, hotline.ContactID(owner), contact.PutBack); err != nil || !first {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Machine, What: "old consents refused", Object: owner}).Insert(tx)
	})
	if told == nil && first {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: owner})
	}
	return errors.Join(err, told)
}

func (b *Book) told(owner string, rings bool) {
	b.bus.Publish(bus.Hint{Topic: Topic, ID: owner})
	if rings {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: owner})
	}
}

func (b *Book) now(ctx context.Context) (now int64, err error) {
	return now, b.db.Read(ctx, func(tx db.Tx) error { now, err = db.Now(tx); return err })
}

// Version reads how far what was written has come; nothing is opened for it.
func (b *Book) Version(ctx context.Context, owner string) (n int64, err error) {
	err = b.db.One(ctx, `SELECT n FROM consent WHERE owner = $1`, []any{owner}, &n)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return n, err
}

// All opens what was said and done in a situation, by whose it is. One that was put back
// takes the whole with it: what it said is not known.
func (b *Book) All(ctx context.Context, heads map[string]Opened) (Whole, error) {
	w, old, err := b.Look(ctx, heads)
	if err == nil && len(old) > 0 {
		err = ErrPutBack
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Look opens the same for whoever shows it: what was put back is empty, and named. Of those
// who have said nothing, however many they are, no row is read one by one.
func (b *Book) Look(ctx context.Context, heads map[string]Opened) (w Whole, old map[string]bool, err error) {
	w, old = make(Whole, len(heads)), map[string]bool{}
	some, err := b.some(ctx, heads)
	if err != nil {
		return nil, nil, err
	}
	for owner, k := range heads {
		if !some[owner] {
			w[owner] = Ledger{}
			continue
		}
		l, err := b.Read(ctx, owner, k)
		if old[owner] = errors.Is(err, ErrPutBack); err != nil && !old[owner] {
			return nil, nil, err
		}
		w[owner] = l
	}
	maps.DeleteFunc(old, func(_ string, yes bool) bool { return !yes })
	return w, old, nil
}

// some are those of whom something stands there, or is noted.
func (b *Book) some(ctx context.Context, heads map[string]Opened) (map[string]bool, error) {
	out := make(map[string]bool, len(heads))
	if len(heads) == 0 {
		return out, nil
	}
	entries := make(map[string]string, len(heads))
	for owner, k := range heads {
		entries[entryOf(k.HeadKey().Object())] = owner
	}
	noted, err := b.shred.Newest(ctx, slices.Collect(maps.Keys(entries))...)
	if err != nil {
		return nil, err
	}
	for entry, n := range noted {
		out[entries[entry]] = n.N > 0
	}
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		places, args := db.List(slices.Collect(maps.Keys(heads)))
		owners, err := db.Values[string](tx, `SELECT owner FROM consent WHERE owner IN (`+places+`)`, args...)
		for _, owner := range owners {
			out[owner] = true
		}
		return err
	})
}
