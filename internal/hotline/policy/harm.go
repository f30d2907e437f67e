package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrHarmMissing says that there is no such report.
	ErrHarmMissing = problem.New(problem.Missing, "harm.missing")
	// ErrHarmMoved says that the report is not as it was when it was read.
	ErrHarmMoved = problem.New(problem.Conflict, "harm.moved")
	// ErrHarmKey says that the key is another report's, or of none.
	ErrHarmKey = problem.New(problem.Denied, "harm.key")
	// ErrHarmOwner says that somebody else puts it right, or nobody yet.
	ErrHarmOwner = problem.New(problem.Denied, "harm.owner")
	// ErrHarmOwn says that nobody closes a report about what she did herself.
	ErrHarmOwn = problem.New(problem.Denied, "harm.own")
	// ErrHarmNothing says that nothing was put right that could be closed.
	ErrHarmNothing = problem.New(problem.Conflict, "harm.nothing")
	// ErrHarmKind says that it is of no kind that there is.
	ErrHarmKind = problem.New(problem.Invalid, "harm.kind")
	// ErrHarmWords says that the words are missing, or more than fit.
	ErrHarmWords = problem.New(problem.Invalid, "harm.words")
)

// States of a report of harm.
const (
	HarmOpen       = "open"       // reported, and nobody's
	HarmCorrecting = "correcting" // somebody puts it right
	HarmClosed     = "closed"
)

// Kinds of what is written in a report.
const (
	SaidReport     = "report"
	SaidCorrection = "correction"
	SaidReopening  = "reopening"
)

// MostHarm is how many bytes one entry may have.
const MostHarm = 8192

// A HarmReport is a report of what went wrong by our own doing, as the server can read it.
type HarmReport struct {
	ID, Kind, State string
	Near            bool // noticed in time
	Version         int64
	By              hotline.PersonID // who reported it
	At              int64
	Owner           hotline.PersonID
	Due             int64
	Late            bool  // not closed, and the deadline is over
	Edition         int64 // of the deadlines; 0 = the program's own
	ClosedAt        int64
	ClosedBy        hotline.PersonID
}

// A HarmEntry is something that was written in a report.
type HarmEntry struct {
	N      int64
	Kind   string
	At     int64
	By     hotline.PersonID
	Sealed []byte
}

// HarmRow names the row that an entry's words are bound to; their version is N.
func HarmRow(id, kind string) string { return id + " " + kind }

// An Opener is a report's key where it was opened. What may only be done by somebody who
// has read a report takes it, or the half that seals.
type Opener interface {
	Row(table, column, row string, version int64, sealed []byte) (seal.Text, error)
	Seal() seal.Key
}

// A Bell rings for the supervisors.
type Bell interface {
	// Ring rings for a report, in the transaction that says so.
	Ring(tx db.Tx, report string) error
	// Hush ends the ringing: somebody has seen to it.
	Hush(tx db.Tx, by hotline.PersonID, report string) error
}

// HarmRegister is the register. What is written in it is sealed under each report's own key, which
// the caller brings. Reporting takes a new key, which any session makes; everything else
// takes the report's key opened, and so somebody who can read it. Whoever changes a report
// names the version that she has seen. Each act leaves a leaf, without a word of it.
type HarmRegister struct {
	db       *db.DB
	log      *audit.Log
	editions *edition.Book
	bell     Bell
}

// NewHarmRegister returns the register.
func NewHarmRegister(d *db.DB, log *audit.Log, editions *edition.Book, bell Bell) *HarmRegister {
	return &HarmRegister{d, log, editions, bell}
}

// Deadlines are those in force, and the number of their edition.
func (h *HarmRegister) Deadlines(ctx context.Context) (HarmDeadlines, int64, error) {
	e, err := h.editions.Current(ctx, HarmKey())
	if errors.Is(err, edition.ErrMissing) {
		return ShippedHarmDeadlines(), 0, nil
	}
	if err != nil {
		return HarmDeadlines{}, 0, err
	}
	d, err := ParseHarmDeadlines(e.Body)
	return d, e.Number, err
}

// A HarmIn is what somebody reports. Doer is whose act it was; empty for nobody's of the
// staff, or where that is not known.
type HarmIn struct {
	Kind  string
	Near  bool
	Doer  hotline.PersonID
	Words seal.Text
	Form  string // random, and the same where one form is sent twice; empty: each is its own
}

// once is what a second tap makes again. Whoever sends the form with other words reports
// another thing.
func (in HarmIn) once() string {
	if in.Form == "" {
		return ""
	}
	b, _ := json.Marshal([]any{in.Form, in.Kind, in.Near, in.Doer, in.Words.Reveal()}) // words and numbers always can be
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Report enters a report, whoever it is about. k is new, and put writes who can open it.
// The same form sent again changes nothing.
func (h *HarmRegister) Report(ctx context.Context, by hotline.PersonID, k seal.Key, put func(db.Tx) error, in HarmIn) error {
	if err := harmWords(in.Words); err != nil {
		return err
	}
	if !slices.Contains(HarmKinds(), in.Kind) {
		return ErrHarmKind
	}
	d, number, err := h.Deadlines(ctx)
	if err != nil {
		return err
	}
	near := 0
	if in.Near {
		near = 1
	}
	id := k.Object()
	doer, sealed := k.Row("harm", "doer", id, 1, seal.Conceal(string(in.Doer))), k.Row("harm_entry", "sealed", HarmRow(id, SaidReport), 1, in.Words)
	return h.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO harm (id, kind, near, state, version, reported_by, at, due, edition, doer, once) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
			id, in.Kind, near, HarmOpen, by, now, now+hours(d.Hours(in.Kind)), number, doer, in.once())
		if err != nil || n == 0 {
			return err
		}
		if err := put(tx); err != nil {
			return err
		}
		return h.wrote(tx, by, id, HarmEntry{1, SaidReport, now, by, sealed}, "report harm")
	})
}

func hours(n int64) int64 { return n * time.Hour.Milliseconds() }
