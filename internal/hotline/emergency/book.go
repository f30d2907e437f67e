package emergency

import (
	"context"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Topic is that of the bus: something of this contact's emergency changed.
const Topic = "emergency"

// A Demand says, in the transaction that opens an emergency, whether a decision is about
// a duty towards this contact that is due at once. It is [ErrDuty] where it is not.
type Demand func(tx db.Tx, id hotline.ContactID, decision string) error

// Opened seals and opens what we wrote: an opened S.
type Opened interface {
	Seal() seal.Key
	Row(table, column, row string, version int64, sealed []byte) (seal.Text, error)
}

// Of is whose emergency it is, what is known of her safety, and who acts.
type Of struct {
	By      hotline.PersonID
	Contact hotline.ContactID
	Key     Opened
	Head    contact.Head
}

// Book keeps emergencies. Whoever acts has been let in by a key; who may of those is for
// the caller of it to say.
type Book struct {
	db     *db.DB
	log    *audit.Log
	bus    bus.Bus
	demand Demand
}

// New returns the book. Without a demand nothing is opened on the ground of a duty.
func New(d *db.DB, log *audit.Log, b bus.Bus, demand Demand) *Book { return &Book{d, log, b, demand} }

// Open begins an emergency, and rings for the supervisors in the same transaction. On a
// ground that is not her wish, a second person has to answer. A repetition of its id
// changes nothing; of two that go on at once, the second is [ErrOpen].
func (b *Book) Open(ctx context.Context, of Of, e Emergency) (Emergency, error) {
	now, err := b.now(ctx)
	if err != nil {
		return Emergency{}, err
	}
	e = Emergency{
		ID: e.ID, Contact: of.Contact, Version: 1, State: Open, Ground: e.Ground, Decision: e.Decision, OpenedAt: now, OpenedBy: of.By,
		Reason: e.Reason, Words: e.Words, Where: e.Where, Privacy: of.Head.Privacy, Agreed: e.Agreed, Told: e.Told,
	}
	if err := b.founded(&e); err != nil {
		return Emergency{}, err
	}
	sealed, err := e.seal(of.Key)
	if err != nil {
		return Emergency{}, err
	}
	first := false
	err = b.db.Write(ctx, func(tx db.Tx) (err error) {
		if first, err = insert(tx, of, e, sealed); err != nil || !first {
			return err
		}
		if e.Ground == Duty {
			if err := b.demand(tx, of.Contact, e.Decision); err != nil {
				return err
			}
		}
		return b.wrote(tx, of.By, e, act{what: "emergency", rings: true})
	})
	if err != nil {
		return Emergency{}, err
	}
	if !first {
		return b.Read(ctx, of, e.ID)
	}
	b.told(e.Contact, true)
	return e, nil
}

// founded refuses what may not be opened, and begins the second person's clock.
func (b *Book) founded(e *Emergency) error {
	if !hotline.IsID(e.ID) {
		return ErrMissing
	}
	switch e.Ground {
	case Wish:
	case DangerNow, Duty:
		e.ConfirmBy = e.OpenedAt + Confirm.Milliseconds()
	default:
		return ErrGround
	}
	if (e.Ground == Duty) != (e.Decision != "") || e.Ground == Duty && (!hotline.IsID(e.Decision) || b.demand == nil) {
		return ErrDuty
	}
	if err := reason(e.Reason); err != nil {
		return err
	}
	return e.said()
}

// said refuses what may not be kept.
func (e Emergency) said() error {
	if e.Privacy == contact.Anonymous && e.Told.names() {
		return ErrAnonymous
	}
	if err := short(MaxText, e.Words); err != nil {
		return err
	}
	return e.Told.check()
}

// Says writes what there is to say and where she is, anew.
func (b *Book) Says(ctx context.Context, of Of, id string, version int64, words string, where Where, agreed bool, told Told) (Emergency, error) {
	return b.act(ctx, of, id, version, act{what: "emergency told", head: true, do: func(e *Emergency, _ int64) error {
		e.Words, e.Where, e.Agreed, e.Told, e.Privacy = words, where, agreed, told, of.Head.Privacy
		return e.said()
	}})
}

// Call notes who of us calls, so that two do not. Once a second person has contested it,
// nobody does any more: what came of it and how it ended is noted, and who still thinks
// that somebody must come opens another, with a reason of its own, which rings.
func (b *Book) Call(ctx context.Context, of Of, id string, version int64) (Emergency, error) {
	return b.act(ctx, of, id, version, act{what: "emergency call", leaves: true, do: func(e *Emergency, _ int64) error {
		e.Calls = of.By
		if !slices.Contains(e.Callers, of.By) {
			e.Callers = append(e.Callers, of.By)
		}
		if e.State == Open {
			e.State = Calling
		}
		return nil
	}})
}

// Send notes who of theirs was sent, as long as nobody has contested it. There may be
// several; a repetition of its id is [ErrState].
func (b *Book) Send(ctx context.Context, of Of, id string, version int64, d Dispatch) (Emergency, error) {
	return b.act(ctx, of, id, version, act{what: "emergency dispatch", leaves: true, do: func(e *Emergency, now int64) error {
		if !hotline.IsID(d.ID) || d.Unit == "" || short(maxLine, d.Unit, d.Number, d.Ref) != nil || short(MaxText, d.Note) != nil {
			return ErrWords
		}
		if len(e.Dispatches) >= MaxDispatches || e.dispatch(d.ID) != nil {
			return ErrState
		}
		e.Dispatches = append(e.Dispatches, Dispatch{ID: d.ID, Unit: d.Unit, Number: d.Number, Ref: d.Ref, At: now, By: of.By, Note: d.Note})
		if e.State = Sent; e.CalledAt == 0 {
			e.CalledAt = now
		}
		if e.Calls == "" {
			e.Calls = of.By
		}
		return nil
	}})
}

// Came notes what came of a dispatch: they arrived, did not find her, or would not come.
func (b *Book) Came(ctx context.Context, of Of, id string, version int64, dispatch, came, note string) (Emergency, error) {
	return b.act(ctx, of, id, version, act{what: "emergency came", do: func(e *Emergency, now int64) error {
		d := e.dispatch(dispatch)
		switch {
		case d == nil:
			return ErrMissing
		case !slices.Contains(Comes(), came), short(MaxText, note) != nil:
			return ErrWords
		}
		d.Came, d.CameAt, d.Note = came, now, note
		return nil
	}})
}

// End says how it ended. What a second person has still to answer, stays open.
func (b *Book) End(ctx context.Context, of Of, id string, version int64, outcome, note string) (Emergency, error) {
	return b.act(ctx, of, id, version, act{what: "emergency ended", do: func(e *Emergency, now int64) error {
		if !slices.Contains(Outcomes(), outcome) || short(MaxText, note) != nil {
			return ErrWords
		}
		e.State, e.Outcome, e.Note, e.EndedAt = Ended, outcome, note, now
		return nil
	}})
}

// Answer is the second person's, of what was done without her wish: [Confirmed] or
// [Contested], with a reason, once. It is also taken when it is late. Who opened it,
// called or sent somebody is not a second person. One that is contested rings again.
func (b *Book) Answer(ctx context.Context, of Of, id string, version int64, says, why string) (Emergency, error) {
	if says != Confirmed && says != Contested {
		return Emergency{}, ErrWords
	}
	if err := reason(why); err != nil {
		return Emergency{}, err
	}
	return b.act(ctx, of, id, version, act{what: "emergency " + says, ended: true, rings: says == Contested, do: func(e *Emergency, now int64) error {
		if waits, _ := e.Waits(now); !waits {
			return ErrState
		}
		if e.Acted(of.By) {
			return ErrSecond
		}
		e.Second, e.SecondWhy = Second{of.By, now, says}, why
		return nil
	}})
}

func (e Emergency) dispatch(id string) *Dispatch {
	for i := range e.Dispatches {
		if e.Dispatches[i].ID == id {
			return &e.Dispatches[i]
		}
	}
	return nil
}

// An act is one change.
type act struct {
	what   string // for the log
	do     func(e *Emergency, now int64) error
	head   bool // what is known of her safety must be the newest
	ended  bool // it may have ended
	rings  bool // for the supervisors
	leaves bool // something leaves the house by it
}

// act changes what was read at a version, in one row. Where somebody else has written
// since, it is [ErrMoved] with what stands there, and nothing happens.
func (b *Book) act(ctx context.Context, of Of, id string, version int64, a act) (Emergency, error) {
	now, err := b.now(ctx)
	if err != nil {
		return Emergency{}, err
	}
	e, err := b.Read(ctx, of, id)
	switch {
	case err != nil:
		return Emergency{}, err
	case e.Version != version:
		return e, ErrMoved
	case e.State == Ended && !a.ended:
		return e, ErrState
	case a.leaves && e.Second.Says == Contested:
		return e, ErrContested
	}
	if of.Head.Privacy == contact.Anonymous { // chosen since: nothing that names her is kept
		e.Told.Name, e.Told.Reach = "", ""
	}
	if err := a.do(&e, now); err != nil {
		return Emergency{}, err
	}
	e.Version++
	sealed, err := e.seal(of.Key)
	if err != nil {
		return Emergency{}, err
	}
	err = b.db.Write(ctx, func(tx db.Tx) error {
		if err := stands(tx, of, a.head); err != nil {
			return err
		}
		if err := update(tx, e, sealed); err != nil {
			return err
		}
		return b.wrote(tx, of.By, e, a)
	})
	if errors.Is(err, ErrMoved) {
		if now, err := b.Read(ctx, of, id); err == nil {
			return now, ErrMoved
		}
	}
	if err != nil {
		return Emergency{}, err
	}
	b.told(e.Contact, a.rings)
	return e, nil
}

// wrote leaves the leaf of an act, and rings where it must. There is one leaf for each
// version, by which an older row that is put back is known.
func (b *Book) wrote(tx db.Tx, by hotline.PersonID, e Emergency, a act) error {
	if a.rings {
		if _, err := contact.RaiseIn(tx, e.Contact, contact.Emergency); err != nil {
			return err
		}
	}
	return b.log.Public(audit.Act{By: hotline.Actor(by), What: a.what, Object: e.ID, Why: string(e.Ground)}).Insert(tx)
}

func (b *Book) told(id hotline.ContactID, rings bool) {
	b.bus.Publish(bus.Hint{Topic: Topic, ID: string(id)})
	if rings {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
}

func (b *Book) now(ctx context.Context) (now int64, err error) {
	return now, b.db.Read(ctx, func(tx db.Tx) error { now, err = db.Now(tx); return err })
}
