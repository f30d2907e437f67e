// Package edition keeps what administrators edit: drafts, numbered publications, and
// the way back. A contact keeps the numbers of the editions it was handled under, so
// that years later it can be said what was in force. There is no second versioning.
package edition

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that there is no such edition.
	ErrMissing = problem.New(problem.Missing, "edition.missing")
	// ErrKind says that nothing of this kind is edited.
	ErrKind = problem.New(problem.Invalid, "edition.kind")
	// ErrLarge says that a body is larger than 256 KiB.
	ErrLarge = problem.New(problem.Invalid, "edition.large")
	// ErrMoved says that somebody else has changed the draft meanwhile.
	ErrMoved = problem.New(problem.Conflict, "edition.moved")
)

// Limit is how large a body may be.
const Limit = 256 << 10

// States.
const (
	Draft     = "draft"
	Published = "published"
	Withdrawn = "withdrawn"
)

// A Kind is something that is edited. Check says what is wrong with a body.
type Kind struct {
	Name  string
	Check func(body string) error
}

// A Key names what is edited: a kind, one of it, and its language where it has one.
type Key struct{ Kind, Name, Lang string }

// An Edition is one version.
type Edition struct {
	Key
	Number     int64 // 0 = the draft
	State      string
	Body       string
	Version    int64 // of the draft
	At         int64
	By         hotline.PersonID
	ReviewedBy string // empty = draft, not reviewed
}

// Topic is the bus topic that tells of publications.
const Topic = "edition"

// Book keeps editions. What is published is held in memory and follows the database
// within two seconds, on every node.
type Book struct {
	db    *db.DB
	bus   bus.Bus
	kinds map[string]Kind
	clock func() time.Time

	mu      sync.RWMutex
	current map[Key]Edition
	n       int64 // of the last look
	next    time.Time
	look    sync.Mutex
}

// New returns the book of the kinds.
func New(ctx context.Context, d *db.DB, b bus.Bus, clock func() time.Time, kinds ...Kind) (*Book, error) {
	book := &Book{db: d, bus: b, clock: clock, kinds: map[string]Kind{}, n: -1}
	for _, k := range kinds {
		book.kinds[k.Name] = k
	}
	return book, book.refresh(ctx)
}

// recheck is how old the memory may be before the counter is asked.
const recheck = 2 * time.Second

// Current returns what is published; ErrMissing where nothing is.
func (b *Book) Current(ctx context.Context, k Key) (Edition, error) {
	b.mu.RLock()
	e, ok := b.current[k]
	late := !b.clock().Before(b.next)
	b.mu.RUnlock()
	if late {
		if err := b.refresh(ctx); err != nil && !ok {
			return Edition{}, err
		}
		b.mu.RLock()
		e, ok = b.current[k]
		b.mu.RUnlock()
	}
	if !ok {
		return Edition{}, ErrMissing
	}
	return e, nil
}

// Counter changes with every publication: what is made of editions is made anew.
func (b *Book) Counter(ctx context.Context) int64 {
	b.mu.RLock()
	n, late := b.n, !b.clock().Before(b.next)
	b.mu.RUnlock()
	if !late || b.refresh(ctx) != nil {
		return n
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.n
}

// Names lists what is published of a kind.
func (b *Book) Names(kind string) (out []Key) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for k := range b.current {
		if k.Kind == kind {
			out = append(out, k)
		}
	}
	return out
}

// Follow drops the memory's age whenever another node publishes, until stop.
func (b *Book) Follow() (stop func()) {
	return b.bus.Subscribe(func(h bus.Hint) {
		if h.Topic == Topic || h.Topic == bus.Missed {
			b.mu.Lock()
			b.next = time.Time{}
			b.mu.Unlock()
		}
	})
}

// refresh reads the counter, and all that is published where it has changed.
func (b *Book) refresh(ctx context.Context) error {
	b.look.Lock()
	defer b.look.Unlock()
	var n int64
	fresh := map[Key]Edition{}
	err := b.db.Read(ctx, func(tx db.Tx) error {
		if err := tx.QueryRow(`SELECT n FROM edition_change`).Scan(&n); err != nil {
			return err
		}
		b.mu.RLock()
		same := n == b.n
		b.mu.RUnlock()
		if same {
			return nil
		}
		found, err := read(tx, `state = 'published'`)
		for _, e := range found {
			fresh[e.Key] = e
		}
		return err
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n != b.n {
		b.current, b.n = fresh, n
	}
	b.next = b.clock().Add(recheck)
	return nil
}

const columns = `kind, name, lang, number, state, body, version, at, by_person, reviewed_by`

func read(tx db.Tx, where string, args ...any) (out []Edition, err error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM edition WHERE `+where+` ORDER BY kind, name, lang, number DESC LIMIT 2000`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Edition
		if err := rows.Scan(&e.Kind, &e.Name, &e.Lang, &e.Number, &e.State, &e.Body, &e.Version, &e.At, &e.By, &e.ReviewedBy); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// All lists the versions of something, the newest first, the draft last.
func (b *Book) All(ctx context.Context, k Key) (out []Edition, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out, err = read(tx, `kind = $1 AND name = $2 AND lang = $3`, k.Kind, k.Name, k.Lang)
		return err
	})
}

// Number returns one version, for a contact that was handled under it.
func (b *Book) Number(ctx context.Context, k Key, n int64) (e Edition, err error) {
	return e, b.db.Read(ctx, func(tx db.Tx) error {
		found, err := read(tx, `kind = $1 AND name = $2 AND lang = $3 AND number = $4`, k.Kind, k.Name, k.Lang, n)
		if err == nil && len(found) == 0 {
			err = ErrMissing
		}
		if err == nil {
			e = found[0]
		}
		return err
	})
}

// Check says what is wrong with a body, without keeping it: for a preview.
func (b *Book) Check(kind, body string) error {
	k, ok := b.kinds[kind]
	switch {
	case !ok:
		return ErrKind
	case len(body) > Limit:
		return ErrLarge
	case k.Check != nil:
		return k.Check(body)
	}
	return nil
}

// Write keeps a draft. version is that of the draft it was made from, 0 for a new
// one: somebody else's change meanwhile is ErrMoved. A draft may be wrong; it cannot
// be published then.
func (b *Book) Write(ctx context.Context, by hotline.PersonID, k Key, body string, version int64) (int64, error) {
	if _, ok := b.kinds[k.Kind]; !ok {
		return 0, ErrKind
	}
	if len(body) > Limit {
		return 0, ErrLarge
	}
	return version + 1, b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var n int64
		if version == 0 {
			n, err = tx.Exec(`INSERT INTO edition (kind, name, lang, number, state, body, version, at, by_person) VALUES ($1, $2, $3, 0, 'draft', $4, 1, $5, $6) ON CONFLICT DO NOTHING`,
				k.Kind, k.Name, k.Lang, body, now, by)
		} else {
			n, err = tx.Exec(`UPDATE edition SET body = $1, version = version + 1, at = $2, by_person = $3, reviewed_by = ''
				WHERE kind = $4 AND name = $5 AND lang = $6 AND number = 0 AND version = $7`, body, now, by, k.Kind, k.Name, k.Lang, version)
		}
		if err == nil && n == 0 {
			err = ErrMoved
		}
		return err
	})
}

// Review notes that somebody has read the draft in its language.
func (b *Book) Review(ctx context.Context, k Key, version int64, reviewer string) error {
	return b.db.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE edition SET reviewed_by = $1 WHERE kind = $2 AND name = $3 AND lang = $4 AND number = 0 AND version = $5`, reviewer, k.Kind, k.Name, k.Lang, version)
		if err == nil && n == 0 {
			err = ErrMoved
		}
		return err
	})
}

// Publish puts the draft in force, at once, on every node within two seconds. It
// returns the number.
func (b *Book) Publish(ctx context.Context, by hotline.PersonID, k Key, version int64) (int64, error) {
	var number int64
	err := b.db.Write(ctx, func(tx db.Tx) error {
		found, err := read(tx, `kind = $1 AND name = $2 AND lang = $3 AND number = 0`, k.Kind, k.Name, k.Lang)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Version != version {
			return ErrMoved
		}
		if err := b.Check(k.Kind, found[0].Body); err != nil {
			return err
		}
		if number, err = put(tx, by, k, found[0].Body, found[0].ReviewedBy); err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM edition WHERE kind = $1 AND name = $2 AND lang = $3 AND number = 0`, k.Kind, k.Name, k.Lang)
		return err
	})
	b.told(err)
	return number, err
}

// Back puts an older version in force again, under a new number.
func (b *Book) Back(ctx context.Context, by hotline.PersonID, k Key, to int64) (int64, error) {
	var number int64
	err := b.db.Write(ctx, func(tx db.Tx) error {
		found, err := read(tx, `kind = $1 AND name = $2 AND lang = $3 AND number = $4`, k.Kind, k.Name, k.Lang, to)
		if err != nil {
			return err
		}
		if len(found) == 0 || to == 0 {
			return ErrMissing
		}
		number, err = put(tx, by, k, found[0].Body, found[0].ReviewedBy)
		return err
	})
	b.told(err)
	return number, err
}

// Begin publishes what a new line starts with, where nothing of it is there yet.
func (b *Book) Begin(ctx context.Context, by hotline.PersonID, k Key, body string) error {
	if err := b.Check(k.Kind, body); err != nil {
		return err
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		var one int
		err := tx.QueryRow(`SELECT 1 FROM edition WHERE kind = $1 AND name = $2 AND lang = $3 AND number > 0 LIMIT 1`, k.Kind, k.Name, k.Lang).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			_, err = put(tx, by, k, body, "")
		}
		return err
	})
	b.told(err)
	return err
}

// put writes the next number and withdraws the one before.
func put(tx db.Tx, by hotline.PersonID, k Key, body, reviewed string) (int64, error) {
	now, err := db.Now(tx)
	if err != nil {
		return 0, err
	}
	// The counter's row is the lock of publishing.
	if _, err := tx.Exec(`UPDATE edition_change SET n = n + 1 WHERE one = 1`); err != nil {
		return 0, err
	}
	var last int64
	if err := tx.QueryRow(`SELECT coalesce(max(number), 0) FROM edition WHERE kind = $1 AND name = $2 AND lang = $3`, k.Kind, k.Name, k.Lang).Scan(&last); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE edition SET state = 'withdrawn' WHERE kind = $1 AND name = $2 AND lang = $3 AND state = 'published'`, k.Kind, k.Name, k.Lang); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO edition (kind, name, lang, number, state, body, at, by_person, reviewed_by) VALUES ($1, $2, $3, $4, 'published', $5, $6, $7, $8)`,
		k.Kind, k.Name, k.Lang, last+1, body, now, by, reviewed)
	return last + 1, err
}

func (b *Book) told(err error) {
	if err != nil {
		return
	}
	b.mu.Lock()
	b.next = time.Time{}
	b.mu.Unlock()
	b.bus.Publish(bus.Hint{Topic: Topic})
}
