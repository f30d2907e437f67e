// Package edition keeps what administrators edit: drafts, numbered publications, and
// the way back. A contact keeps the numbers of the editions it was handled under, so
// that years later it can be said what was in force. There is no second versioning.
package edition

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that there is no such edition.
	ErrMissing = problem.New(problem.Missing, "edition.missing")
	// ErrKind says that nothing of this kind is edited.
	ErrKind = problem.New(problem.Invalid, "edition.kind")
	// ErrLarge says that a body is larger than 256 KiB.
	ErrLarge = problem.New(problem.Invalid, "edition.large")
	// ErrMoved says that somebody else has changed the draft meanwhile, or has
	// published it.
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

// A Kind is something that is edited. Check says what is wrong with a body, best as
// [Faults]; nil takes everything that is JSON. Preview, where there is one, makes
// what the kind's page shows of a draft beside what is in force, which is empty where
// nothing is.
type Kind struct {
	Name    string
	Check   func(body string) error
	Preview func(ctx context.Context, draft, present string) (any, error)
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

// Mark is the message key by which a page marks what nobody has reviewed, or "".
func (e Edition) Mark() string {
	if e.ReviewedBy == "" {
		return "edition.not_reviewed"
	}
	return ""
}

// Book keeps editions. What is published is held in memory and follows the database
// within two seconds, on every node: at once where the bus tells, else because the
// database's counter is asked again.
type Book struct {
	db    *db.DB
	bus   bus.Bus
	kinds map[string]Kind
	clock func() time.Time

	line      seal.Line
	authority *seal.Authority // whose signatures hold; nil: nobody's

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

// Names lists what is published of a kind, in order.
func (b *Book) Names(kind string) (out []Key) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for k := range b.current {
		if k.Kind == kind {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b Key) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Lang, b.Lang)) })
	return out
}

// In returns what is published in the first of the languages that has something: a
// language whose texts nobody has accepted falls back to one that has them.
func (b *Book) In(ctx context.Context, kind, name string, languages ...string) (Edition, error) {
	for _, lang := range languages {
		e, err := b.Current(ctx, Key{kind, name, lang})
		if !errors.Is(err, ErrMissing) {
			return e, err
		}
	}
	return Edition{}, ErrMissing
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

// List lists the newest published version and the draft of all that there is of a
// kind, without their bodies.
func (b *Book) List(ctx context.Context, kind string) (out []Edition, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out, err = read(tx, `kind = $1 AND state IN ('draft', 'published')`, kind)
		for i := range out {
			out[i].Body = ""
		}
		return err
	})
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
