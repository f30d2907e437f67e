package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/outage"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

var (
	// ErrKey says that the file of the operational key is not there or not one.
	ErrKey = problem.New(problem.Internal, "app.key")
	// ErrNoLine says that there is no line here yet: freeline init makes one.
	ErrNoLine = problem.New(problem.Missing, "app.no_line")
)

// Where says where a line's two stores and its key are.
type Where struct {
	Main      string // URL of the main database
	Shred     string // URL of the shred store
	ShredKeys string // file of generation keys, where the shred store is SQLite
	Key       string // file of the operational key
}

// Stores are a line's two databases and the shred store, open.
type Stores struct {
	ID          seal.Line
	Main, Store *db.DB
	Shred       *shred.Store
}

// OpenStores opens both databases. line is the id of a line that is about to be
// founded; empty, the line's own is read, and without a line it is ErrNoLine.
func OpenStores(ctx context.Context, w Where, line string) (*Stores, error) {
	key, err := ReadKey(w.Key)
	if err != nil {
		return nil, err
	}
	main, err := db.Open(ctx, w.Main, db.Main)
	if err != nil {
		return nil, fmt.Errorf("main database: %w", err)
	}
	there := line == ""
	if there {
		if line, err = lineID(ctx, main); err == nil {
			err = lost(w.Shred)
		}
		if err != nil {
			return nil, errors.Join(err, main.Close())
		}
	}
	store, err := db.Open(ctx, w.Shred, db.Shred)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("shred store: %w", err), main.Close())
	}
	s := &Stores{ID: seal.Line(line), Main: main, Store: store}
	if there {
		if err := begun(ctx, store); err != nil {
			return nil, errors.Join(fmt.Errorf("shred store: %w", err), s.Close())
		}
	}
	if s.Shred, err = shred.New(ctx, store, line, key, w.ShredKeys); err != nil {
		return nil, errors.Join(fmt.Errorf("shred store: %w", err), s.Close())
	}
	return s, nil
}

// lost says that the file of a line's shred store is not there. To open it would make
// an empty one in its place.
func lost(url string) error {
	path, ok := fileOf(url)
	if !ok {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("shred store: %w", shred.ErrOld)
	}
	return nil
}

// begun refuses an empty store where a line is: to go on would overwrite the keys of
// the one that was lost.
func begun(ctx context.Context, store *db.DB) error {
	var n int64
	err := store.One(ctx, `SELECT count(*) FROM generation`, nil, &n)
	if err == nil && n == 0 {
		err = shred.ErrOld
	}
	return err
}

func lineID(ctx context.Context, main *db.DB) (id string, err error) {
	err = main.One(ctx, `SELECT id FROM line`, nil, &id)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNoLine
	}
	return id, err
}

// Close closes both.
func (s *Stores) Close() error { return errors.Join(s.Main.Close(), s.Store.Close()) }

// NewKey makes an operational key and writes it to a file that only its owner reads.
// A file that is there already is an error.
func NewKey(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("operational key: %w", err)
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(box.Random(box.Size)))
	return errors.Join(err, f.Sync(), f.Close())
}

// ReadKey reads the operational key.
func ReadKey(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read: %w", ErrKey)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != box.Size {
		return nil, ErrKey
	}
	return key, nil
}

// A Line is everything of a line but what listens: the packages of the hotline,
// built upon its stores.
type Line struct {
	*Stores
	Name        string
	Bus         bus.Bus
	Authority   *seal.Authority
	Sealer      *seal.Sealer
	Log         *audit.Log
	Editions    *edition.Book
	Staff       *staff.Staff
	Place       *routing.Place
	Book        *contact.Book
	Record      *situation.Record
	Own         *own.Own
	Situations  *situation.Book
	Procedures  *protocol.Book
	Emergencies *emergency.Book
	Decisions   *policy.Decisions
	Consents    *consent.Book
	Outside     *contact.Outside
	Outages     *outage.Book
	Dialogs     *dialog.Book
	Translators *interpret.Translators
	Matcher     *routing.Matcher
	Keeper      *vault.Keeper
	Accounts    *account.Accounts
	Retention   *retention.Retention
	Phrases     *safety.Phrases
	Figures     *stats.Book
	Harms       *policy.HarmRegister
	Legal       *retention.Legal
	Calls       *flow.Reader
	Sounds      *prompt.Library

	// Retained tells callers how long notes are kept; nil where nothing is fixed.
	Retained Retained

	words *i18n.Catalogue
	log   *slog.Logger
}

// Pin is what the configuration file vouches for, and never the database.
type Pin struct {
	Root []byte // public half of the root
	Need int    // signatures on a manifest
}

// OpenLine builds a line upon its stores. The shred store must be at least as new
// as the main database says.
func OpenLine(ctx context.Context, s *Stores, pin Pin, b bus.Bus, set contact.Settings, forget retention.Settings, words *i18n.Catalogue, clock func() time.Time, log *slog.Logger) (*Line, error) {
	l := &Line{Stores: s, Bus: b, Dialogs: dialog.New(s.Main, s.Shred, hotline.NewID()), Sounds: prompt.New(s.Main), words: words, log: log} // each process has a name of its own
	var generation int64
	var intake, pepper []byte
	err := s.Main.One(ctx, `SELECT name, generation, intake, pepper FROM line`, nil, &l.Name, &generation, &intake, &pepper)
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	if err := s.Shred.Check(ctx, generation); err != nil {
		return nil, err
	}
	seed, err := s.Shred.Open(intake, "intake", string(s.ID))
	if err != nil {
		return nil, fmt.Errorf("intake key: %w", err)
	}
	sign := box.SignerFrom(seed)
	if pepper, err = s.Shred.Open(pepper, "pepper", string(s.ID)); err != nil {
		return nil, fmt.Errorf("pepper: %w", err)
	}
	l.Authority = seal.NewAuthority(l.ID, s.Main, s.Shred, pin.Root, pin.Need, clock, func(err error) {
		log.ErrorContext(ctx, "the newest manifest is refused, the last good one goes on", "err", err)
	})
	if _, err := l.Authority.Current(ctx); err != nil {
		return nil, err
	}
	l.Log = audit.New(l.ID, s.Main, l.Authority)
	l.Sealer = seal.NewSealer(l.ID, s.Shred, l.Authority, sign)
	if l.Editions, err = NewEditions(ctx, s.Main, b, words); err != nil {
		return nil, err
	}
	l.Editions.Trust(l.ID, l.Authority)
	l.Staff = staff.New(s.Main)
	if l.Place, err = routing.NewPlace(ctx, s.Main, l.Editions, log); err != nil {
		return nil, err
	}
	l.Book = contact.New(s.Main, s.Shred, l.Sealer, l.Log, b, safety.New(l.Place.Local), l.Place, set)
	l.Figures = stats.New(s.Main, l.Place.Local)
	l.Book.Counts(l.Figures)
	l.Book.Keeps(l.kept)
	l.Retained = l.retained
	l.Calls, l.Outages, l.Translators = flow.NewReader(l.Editions), outage.New(s.Main, b), interpret.New(s.Main, l.Book, l.Log, b)
	l.Record = situation.NewRecord(s.Main, b, l.Log)
	l.Situations = situation.New(s.Main, l.Log, b, l.Book)
	l.Procedures = protocol.NewBook(s.Main, b, l.Log)
	l.Procedures.Trust(l.ID, l.Authority)
	l.Procedures.Alarm(func(err error) {
		log.ErrorContext(ctx, "an older state of a contact's steps was put back: it is refused", "err", err)
	})
	l.Emergencies = emergency.New(s.Main, l.Log, b, Demanded)
	l.Decisions = policy.NewDecisions(s.Main, l.Log, b, SentAlone)
	l.Consents = consent.New(s.Main, s.Shred, l.Log, b, ConsentDemanded, func(err error) {
		log.ErrorContext(ctx, "older consents stand where newer ones were: they are refused, and nothing is passed on", "err", err)
	})
	l.Outside = contact.NewOutside(s.Main, s.Shred, l.Log, b, clock)
	l.Own = own.New(l.ID, s.Shred, l.Authority, pepper)
	l.Matcher = routing.NewMatcher(s.Main, l.Book, l.Place, logPager{log})
	l.Harms = policy.NewHarmRegister(s.Main, l.Log, l.Editions, contact.Bell{Kind: contact.Harm})
	l.Phrases = safety.NewPhrases(s.Main, l.Log, l.Editions)
	l.Keeper = vault.New(l.ID, s.Main, s.Shred, l.Authority, l.Log)
	l.Keeper.Alarm(func(err error) {
		log.ErrorContext(ctx, "an older head stands where a newer one was: it is refused, and nothing leaves to that contact", "err", err)
	})
	l.Retention = retention.New(retention.Parts{
		Line: s.ID, Main: s.Main, Store: s.Store, Shred: s.Shred, Book: l.Book, Authority: l.Authority, Log: l.Log, Intake: sign,
		Alarm: func(err error) {
			log.ErrorContext(ctx, "something that should be forgotten is not, and waits for people", "err", err)
		},
	}, forget)
	l.Legal = retention.NewLegal(l.Retention, policy.NewLegalDesk(s.Main, l.Log, contact.Bell{Kind: contact.Law}))
	l.Accounts = account.New(l.ID, s.Main, s.Shred, l.Keeper, l.Staff)
	return l, nil
}
