package situation

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that there is no such situation, part or task.
	ErrMissing = problem.New(problem.Missing, "situation.missing")
	// ErrState says that the situation has moved on: look again.
	ErrState = problem.New(problem.Conflict, "situation.state")
	// ErrClosed says that the situation is closed; it must be opened again first.
	ErrClosed = problem.New(problem.Conflict, "situation.closed")
	// ErrLinked says that the contact is in another situation already.
	ErrLinked = problem.New(problem.Conflict, "situation.linked")
	// ErrReason says that a reason is wanted.
	ErrReason = problem.New(problem.Invalid, "situation.reason")
	// ErrEmpty says that there are no words.
	ErrEmpty = problem.New(problem.Invalid, "situation.empty")
	// ErrLong says that a text is longer than 4 KiB.
	ErrLong = problem.New(problem.Invalid, "situation.long")
	// ErrErased says that she has had it deleted.
	ErrErased = problem.New(problem.Missing, "situation.erased")
	// ErrRole says that only a supervisor may do this.
	ErrRole = problem.New(problem.Denied, "situation.role")
)

// Topic is that of the bus: something of this situation changed.
const Topic = "situation"

// MaxText is how long a note, a role or a task may be, in bytes.
const MaxText = 4 << 10

// States of a situation.
const (
	Open   = "open"
	Closed = "closed"
)

// A Situation is what the server can read of one.
type Situation struct {
	ID      hotline.SituationID
	Handle  string
	State   string
	Began   int64
	StateAt int64
	ShredS  string
}

// Book keeps situations.
type Book struct {
	db       *db.DB
	log      *audit.Log
	bus      bus.Bus
	contacts *contact.Book
	shift    time.Duration // how long a body stays open that a supervisor has given
}

// New returns the book.
func New(d *db.DB, log *audit.Log, b bus.Bus, contacts *contact.Book) *Book {
	return &Book{d, log, b, contacts, 12 * time.Hour}
}

func (b *Book) told(id hotline.SituationID) { b.bus.Publish(bus.Hint{Topic: Topic, ID: string(id)}) }

const columns = `id, handle, state, began, state_at, shred_s`

func scan(row interface{ Scan(...any) error }) (s Situation, err error) {
	err = row.Scan(&s.ID, &s.Handle, &s.State, &s.Began, &s.StateAt, &s.ShredS)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrMissing
	}
	return s, err
}

// lock reads a situation and locks its row until the transaction ends.
func lock(tx db.Tx, id hotline.SituationID) (Situation, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM situation WHERE id = $1 FOR UPDATE`, id))
}

// lockOpen is lock for what may only be done to an open one.
func lockOpen(tx db.Tx, id hotline.SituationID) (Situation, error) {
	s, err := lock(tx, id)
	if err == nil && s.State != Open {
		err = ErrClosed
	}
	return s, err
}

// Find reads what the server can read of a situation.
func (b *Book) Find(ctx context.Context, id hotline.SituationID) (s Situation, err error) {
	return s, b.db.Read(ctx, func(tx db.Tx) error {
		s, err = scan(tx.QueryRow(`SELECT `+columns+` FROM situation WHERE id = $1`, id))
		return err
	})
}

// A Row is one line of the list of situations.
type Row struct {
	Situation
	Contacts int
	Tasks    int   // to be done
	Next     int64 // when the first of them is due; 0 = none
	News     bool  // something has become of it since the reader looked
	Closed   bool  // to the reader, who knows somebody in it
}

// List reads the situations as a person sees them: those that are open, and those
// that were closed last, at most 500.
func (b *Book) List(ctx context.Context, p hotline.PersonID) (out []Row, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT s.id, s.handle, s.state, s.began, s.state_at, s.shred_s,
			(SELECT count(*) FROM part p WHERE p.situation = s.id AND p.kind = 'contact' AND p.of NOT IN (`+heldBack("$2")+`)),
			(SELECT count(*) FROM task t WHERE t.situation = s.id AND t.done_at = 0 AND t.contact NOT IN (`+heldBack("$2")+`)),
			coalesce((SELECT min(t.due) FROM task t WHERE t.situation = s.id AND t.done_at = 0 AND t.contact NOT IN (`+heldBack("$2")+`)), 0),
			CASE WHEN EXISTS (SELECT 1 FROM news n WHERE n.situation = s.id AND n.person = $1) THEN 1 ELSE 0 END,
			CASE WHEN EXISTS (SELECT 1 FROM conflict c WHERE c.situation = s.id AND c.person = $1) THEN 1 ELSE 0 END
			FROM situation s ORDER BY CASE s.state WHEN 'open' THEN 0 ELSE 1 END, s.state_at DESC, s.id LIMIT 500`, p, now)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Row
			if err := rows.Scan(&r.ID, &r.Handle, &r.State, &r.Began, &r.StateAt, &r.ShredS, &r.Contacts, &r.Tasks, &r.Next, &r.News, &r.Closed); err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
}

// Handles names the open situations, for whoever shows a contact of theirs.
func Handles(tx db.Tx) (map[hotline.SituationID]string, error) {
	out := map[hotline.SituationID]string{}
	rows, err := tx.Query(`SELECT id, handle FROM situation WHERE state = 'open' ORDER BY state_at DESC LIMIT 2000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id hotline.SituationID
		var handle string
		if err := rows.Scan(&id, &handle); err != nil {
			return nil, err
		}
		out[id] = handle
	}
	return out, rows.Err()
}

// words checks a text of ours.
func words(t seal.Text) error {
	switch text := t.Reveal(); {
	case len(text) > MaxText:
		return ErrLong
	case strings.TrimSpace(text) == "" || !utf8.ValidString(text):
		return ErrEmpty
	}
	return nil
}
