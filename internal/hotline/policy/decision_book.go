package policy

import (
	"context"
	"errors"
	"strconv"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/problem"
)

// TopicDecision is the bus topic that tells that an act was added; the hint names the
// contact or situation.
const TopicDecision = "decision"

var (
	// ErrDecision says that there is no such decision.
	ErrDecision = problem.New(problem.Missing, "policy.decision")
	// ErrMoved says that somebody has added an act meanwhile: look again.
	ErrMoved = problem.New(problem.Conflict, "policy.moved")
	// ErrPutBack says that the rows of a decision are not those that were written: acts
	// are missing that its leaves tell of, or they do not follow from each other.
	ErrPutBack = problem.New(problem.Internal, "policy.put_back")
)

// An Owner is what a decision is about. Allow refuses, in the transaction that writes,
// what may not be written (any more).
type Owner struct {
	ID    string
	Allow func(tx db.Tx) error
}

// Decisions keeps decisions, each act in a sealed row of its own.
type Decisions struct {
	db   *db.DB
	log  *audit.Log
	bus  bus.Bus
	tell func(tx db.Tx, owner string) error
}

// NewDecisions returns the book. tell is called in the transaction in which one person
// sends alone, with whom it is about: who must know of it in the same second is told by
// what it writes there, or nothing is sent.
func NewDecisions(d *db.DB, log *audit.Log, b bus.Bus, tell func(tx db.Tx, owner string) error) *Decisions {
	return &Decisions{d, log, b, tell}
}

// Begin notes that something may be due, with all that the rules said. A repetition of
// its id changes nothing.
func (b *Decisions) Begin(ctx context.Context, by hotline.PersonID, o Owner, k Opener, id string, found Outcome) (Decision, error) {
	if !hotline.IsID(id) {
		return Decision{}, ErrDecision
	}
	d, err := b.add(ctx, o, k, Decision{ID: id, Owner: o.ID}, Act{Kind: Notice, By: by, Said: &found})
	if err == nil || !errors.Is(err, ErrMoved) {
		return d, err
	}
	return b.find(ctx, o.ID, k, id)
}

// Take adds an act to a decision. seen is how many acts whoever takes it has seen: where
// there are more, it is [ErrMoved]. When it was taken the database says.
func (b *Decisions) Take(ctx context.Context, by hotline.PersonID, o Owner, k Opener, id string, seen int, s Act) (Decision, error) {
	d, err := b.find(ctx, o.ID, k, id)
	if err != nil {
		return Decision{}, err
	}
	if len(d.Acts) != seen {
		return d, ErrMoved
	}
	s.By = by
	return b.add(ctx, o, k, d, s)
}

// add writes the next act of a decision, its clocks and its leaf: all, or nothing.
func (b *Decisions) add(ctx context.Context, o Owner, k Opener, d Decision, s Act) (Decision, error) {
	err := b.db.Read(ctx, func(tx db.Tx) (err error) {
		s.At, err = db.Now(tx)
		return err
	})
	if err != nil {
		return Decision{}, err
	}
	next, err := d.After(s)
	if err != nil {
		return d, err
	}
	text, err := s.packed()
	if err != nil {
		return d, err
	}
	n := int64(len(next.Acts))
	sealed := k.Seal().Row("decision_act", "sealed", actRow(d.Owner, d.ID, n), n, text)
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := o.Allow(tx); err != nil {
			return err
		}
		clock := `UPDATE decision SET due_by = $3, second_by = $4, urgent = $5 WHERE id = $1 AND owner = $2`
		if n == 1 {
			// As many as are read: one more would hide another.
			begun, err := db.Values[string](tx, `SELECT id FROM decision WHERE owner = $1 AND id <> $2 LIMIT $3`, d.Owner, d.ID, mostDecisions)
			if err != nil {
				return err
			}
			if len(begun) >= mostDecisions {
				return ErrAct
			}
			clock = `INSERT INTO decision (id, owner, due_by, second_by, urgent) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
		}
		// A row that another has written first is waited for, and none is written then.
		changed, err := tx.Exec(`INSERT INTO decision_act (decision, n, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, d.ID, n, sealed)
		if err == nil && changed == 1 {
			changed, err = tx.Exec(clock, d.ID, d.Owner, next.DueBy(), next.SecondBy(), flag(next.Demands()))
		}
		if err == nil && changed == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		why := ""
		if s.Kind == Send && next.Second == "" {
			if err := unspent(tx, k, next); err != nil {
				return err
			}
			if err := b.tell(tx, d.Owner); err != nil {
				return err
			}
			why = "alone"
		}
		return b.log.Public(audit.Act{By: hotline.Actor(s.By), What: "decision: " + string(s.Kind), Object: d.ID, Why: why}).Insert(tx)
	})
	if err != nil {
		return d, err
	}
	b.bus.Publish(bus.Hint{Topic: TopicDecision, ID: d.Owner})
	return next, nil
}

// unspent refuses to send alone what rests on a ground on which something about the same
// contact was sent alone, and contested, or not spoken of in time.
func unspent(tx db.Tx, k Opener, d Decision) error {
	found, err := rowsOf(tx, d.Owner, "")
	if err != nil {
		return err
	}
	delete(found, d.ID)
	for id, s := range found {
		o, err := s.open(d.Owner, k, id)
		if err != nil {
			return err
		}
		if o.spent(d.alone) && d.spends(&o) {
			return ErrSecond
		}
	}
	return nil
}

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Demands reports whether a decision is about this contact or situation, and about a
// duty that is due at once and not settled: what the server can tell without a key.
func Demands(tx db.Tx, owner, id string) (yes bool, err error) {
	n, err := db.Values[int64](tx, `SELECT urgent FROM decision WHERE id = $1 AND owner = $2`, id, owner)
	return len(n) == 1 && n[0] == 1, err
}

func actRow(owner, id string, n int64) string {
	return owner + " " + id + " " + strconv.FormatInt(n, 10)
}

func (b *Decisions) find(ctx context.Context, owner string, k Opener, id string) (Decision, error) {
	all, err := b.read(ctx, owner, k, id)
	if err == nil && len(all) == 0 {
		err = ErrDecision
	}
	if err != nil {
		return Decision{}, err
	}
	return all[0], nil
}

// Of opens all decisions about a contact or situation, the first one first: who decided
// what, when, under which edition, with the words of that day.
func (b *Decisions) Of(ctx context.Context, owner string, k Opener) ([]Decision, error) {
	return b.read(ctx, owner, k, "")
}
