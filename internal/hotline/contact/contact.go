// Package contact keeps each reaching-out: who may have it, where it stands, what
// was said. It handles sealed rows only: what must be sealed under K comes with a
// key that seals and cannot open.
package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

var (
	// ErrMissing says that there is no such contact, or none any more.
	ErrMissing = problem.New(problem.Missing, "contact.missing")
	// ErrState says that the contact has moved on: look again.
	ErrState = problem.New(problem.Conflict, "contact.state")
	// ErrOver says that the contact is closed or erased; the next word makes a new one.
	ErrOver = problem.New(problem.Conflict, "contact.over")
	// ErrRace says that another request of the same cookie was first.
	ErrRace = problem.New(problem.Conflict, "contact.raced")
	// ErrNotYours says that another advocate has the contact.
	ErrNotYours = problem.New(problem.Denied, "contact.not_yours")
	// ErrLong says that a message is longer than 8 KiB.
	ErrLong = problem.New(problem.Invalid, "contact.long")
	// ErrEmpty says that a message has no words.
	ErrEmpty = problem.New(problem.Invalid, "contact.empty")
	// ErrID says that a message's id is not one.
	ErrID = problem.New(problem.Invalid, "contact.id")
	// ErrGate says that nothing may leave to this caller.
	ErrGate = problem.New(problem.Denied, "contact.gate")
	// ErrKeep says that the law demands that the words stay for now.
	ErrKeep = problem.New(problem.Denied, "contact.hold")
)

// MaxMessage is how long a written message may be, in bytes.
const MaxMessage = 8 << 10

// Settings are the times a line may change.
type Settings struct {
	Undo       time.Duration // how long a reply waits visibly before it is sent
	WrapUp     time.Duration // how long a closing contact counts against capacity
	Offer      time.Duration // how long an offer rings
	Seen       time.Duration // how long a page counts as open after its last sign
	Leg        time.Duration // how long a call counts as up after its process last said so
	KeepPlace  time.Duration // how long an interrupted contact keeps its place
	Quiet      time.Duration // how long after "Are you still there?" a chat goes to sleep
	Ask        time.Duration // how long after the last word it is asked
	QuietAway  time.Duration // how long after the last word a contact at an address goes to sleep
	Asleep     time.Duration // how long a sleeping contact stays
	LeftAsIs   time.Duration // how long a wrap-up waits for its outcome
	Missed     time.Duration // how long nobody's contact is kept
	KeepWords  time.Duration // how long her words are kept after closing
	KeepUnread time.Duration // how long at most an unread reply holds that clock
	Code       time.Duration // how long a return code lives
	Destroyed  time.Duration // how long after their hour words are destroyed
}

// Defaults are the settings of a line that changed nothing.
func Defaults() Settings {
	const day = 24 * time.Hour
	return Settings{
		Undo: 4 * time.Second, WrapUp: 3 * time.Minute, Offer: 20 * time.Second, Seen: 2 * time.Minute, Leg: 30 * time.Second, KeepPlace: 60 * time.Minute,
		Ask: 10 * time.Minute, Quiet: 10 * time.Minute, QuietAway: 15 * time.Minute, Asleep: 72 * time.Hour, LeftAsIs: day, Missed: 7 * day,
		KeepWords: day, KeepUnread: 7 * day, Code: 30 * day, Destroyed: 7 * day,
	}
}

// Codes are what a first look leaves of her words: nothing that leads to her.
type Codes struct {
	Danger, Minor bool
	Path          hotline.Path
	Lang          string
	Returned      bool
	Wishes        Wishes
}

// Placed says where a new contact waits.
type Placed struct {
	Queue    hotline.QueueID
	Urgency  hotline.Urgency
	Open     bool
	Editions map[string]int64
}

// Place is what routing does for a contact. Look reads words in memory and keeps
// nothing; At may not block on anything but memory and the database; Urgency reads
// memory alone.
type Place interface {
	Look(words seal.Text, lang string) Codes
	At(ctx context.Context, channel hotline.Channel, c Codes) (Placed, error)
	Urgency(c Contact) hotline.Urgency
}

// Out is what would leave to a caller: by which way, and who lets it go although her
// rules forbid it.
type Out struct {
	Way      Way
	Override Override
	leaf     *audit.Leaf // of the override
}

// An Override is a supervisor's word that something goes although the rules forbid it.
type Override struct {
	By     hotline.PersonID
	Reason string
}

// Gate decides whether anything may leave to a caller. head is the contact's opened
// head, or nil where nobody opened it.
type Gate interface {
	Allow(tx db.Tx, c Contact, head *Head, out Out) error
}

// Contact is what the server can read of a reaching-out.
type Contact struct {
	ID        hotline.ContactID
	Handle    string
	Channel   hotline.Channel
	Queue     hotline.QueueID
	Lang      string
	Urgency   hotline.Urgency
	Path      hotline.Path
	Danger    bool
	Minor     bool
	Returned  bool
	Waits     int
	Wishes    Wishes
	State     State
	Advocate  hotline.PersonID
	Epoch     int64
	LastSeq   int64
	Began     int64
	SeenUntil int64
	Seen      bool
	Gone      bool
	QuietAt   int64
	StateAt   int64
	AskedAt   int64
	WrapUntil int64
	KeepUntil int64
	Hold      bool
	ShredK    string
	ShredS    string
	HeadN     int64               // counter of the head
	Situation hotline.SituationID // empty = none
	Promised  int64               // she waits for our word until then; 0 = she does not
	Addressed bool                // she came by a channel, and is answered at an address
	Editions  map[string]int64    // what it is handled under

	KeepRecordUntil int64 // what we wrote is kept until then; 0 = that has not begun
}

// Book keeps contacts.
type Book struct {
	db     *db.DB
	shred  *shred.Store
	sealer *seal.Sealer
	log    *audit.Log
	bus    bus.Bus
	gate   Gate
	place  Place
	set    Settings
	ties   []Tie

	phones  Telephones // nil: no call is given to anybody
	counter Counter    // nil: nothing is counted
	periods Periods    // nil: as shipped
}

// New returns the book.
func New(d *db.DB, s *shred.Store, sealer *seal.Sealer, log *audit.Log, b bus.Bus, gate Gate, place Place, set Settings) *Book {
	return &Book{db: d, shred: s, sealer: sealer, log: log, bus: b, gate: gate, place: place, set: set}
}

// Settings returns the line's times.
func (b *Book) Settings() Settings { return b.set }

// Topics of the bus.
const (
	TopicContact = "contact" // something of this contact changed
	TopicQueue   = "queue"   // who waits, or who is free, changed
	TopicAlert   = "alert"   // something rings
	TopicTyping  = "typing"  // somebody is writing; Seq 1 = the caller
)

// told tells the bus once a transaction is committed.
func (b *Book) told(id hotline.ContactID, seq int64, queue bool) {
	b.bus.Publish(bus.Hint{Topic: TopicContact, ID: string(id), Seq: seq})
	if queue {
		b.bus.Publish(bus.Hint{Topic: TopicQueue})
	}
}

const columns = `id, handle, channel, queue, lang, urgency, path, danger, minor, returned, waits, wishes, state, advocate, epoch, last_seq,
	began, seen_until, seen, gone, quiet_at, state_at, asked_at, wrap_until, keep_words_until, legal_hold, shred_k, shred_s, head_n, situation, promised_until, editions, keep_record_until,
	CASE WHEN way IS NULL THEN 0 ELSE 1 END`

func scan(row interface{ Scan(...any) error }) (c Contact, err error) {
	var wishes, editions string
	err = row.Scan(&c.ID, &c.Handle, &c.Channel, &c.Queue, &c.Lang, &c.Urgency, &c.Path, &c.Danger, &c.Minor, &c.Returned, &c.Waits, &wishes, &c.State, &c.Advocate,
		&c.Epoch, &c.LastSeq, &c.Began, &c.SeenUntil, &c.Seen, &c.Gone, &c.QuietAt, &c.StateAt, &c.AskedAt, &c.WrapUntil, &c.KeepUntil, &c.Hold, &c.ShredK, &c.ShredS, &c.HeadN, &c.Situation, &c.Promised, &editions, &c.KeepRecordUntil, &c.Addressed)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrMissing
	}
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(wishes), &c.Wishes), json.Unmarshal([]byte(editions), &c.Editions))
	}
	return c, err
}

func find(tx db.Tx, id hotline.ContactID) (Contact, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM contact WHERE id = $1`, id))
}

// In reads what the server can read of a contact, inside somebody else's transaction.
func In(tx db.Tx, id hotline.ContactID) (Contact, error) { return find(tx, id) }

// lock reads a contact and locks its row until the transaction ends.
func lock(tx db.Tx, id hotline.ContactID) (Contact, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM contact WHERE id = $1 FOR UPDATE`, id))
}

// OfRecord locks a contact, by the object id of the key that what we wrote of it stands
// under: for whoever writes there, in that transaction. Once that key is gone, it is
// [ErrMissing]; her own words may be gone already.
func OfRecord(tx db.Tx, id hotline.ContactID, object string) (Contact, error) {
	c, err := lock(tx, id)
	if err == nil && (object == "" || c.ShredS != object) {
		err = ErrMissing
	}
	return c, err
}

// Find reads what the server can read of a contact.
func (b *Book) Find(ctx context.Context, id hotline.ContactID) (c Contact, err error) {
	return c, b.db.Read(ctx, func(tx db.Tx) error { c, err = find(tx, id); return err })
}

// List reads contacts in the states, oldest first, at most limit.
func (b *Book) List(ctx context.Context, limit int, states ...State) (out []Contact, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error { out, err = list(tx, limit, states...); return err })
}

func list(tx db.Tx, limit int, states ...State) (out []Contact, err error) {
	for _, s := range states {
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE state = $1 ORDER BY began, id LIMIT $2`, s, limit)
		if err != nil {
			return nil, err
		}
		if out, err = gather(rows, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gather(rows *sql.Rows, out []Contact) ([]Contact, error) {
	defer rows.Close()
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// A Cursor goes through those who wait in a queue, the oldest of each class first.
type Cursor struct {
	queue hotline.QueueID
	after [10]mark
	done  [10]bool
}

// mark is the last contact of a class that was read.
type mark struct {
	began int64
	id    hotline.ContactID
}

// InQueue begins at the oldest.
func InQueue(q hotline.QueueID) *Cursor { return &Cursor{queue: q} }

// Next reads up to so many more of each class. Nothing more is an empty list.
func (k *Cursor) Next(tx db.Tx, each int) (out []Contact, err error) {
	for class := range k.done {
		if k.done[class] {
			continue
		}
		m := &k.after[class]
		rows, err := tx.Query(`SELECT `+columns+` FROM contact WHERE queue = $1 AND state = 'waiting' AND urgency = $2 AND (began > $3 OR began = $3 AND id > $4)
			ORDER BY began, id LIMIT $5`, k.queue, class, m.began, m.id, each)
		if err != nil {
			return nil, err
		}
		have := len(out)
		if out, err = gather(rows, out); err != nil {
			return nil, err
		}
		if k.done[class] = len(out)-have < each; len(out) > have {
			last := out[len(out)-1]
			*m = mark{last.Began, last.ID}
		}
	}
	return out, nil
}

func (b *Book) now(ctx context.Context) (ms int64, err error) {
	return ms, b.db.Read(ctx, func(tx db.Tx) error { ms, err = db.Now(tx); return err })
}
