// Package desk is the advocate's console: one page for a whole shift, fed by one socket, on
// which the queue, up to three conversations and what keeps a caller safe stand side by side;
// for supervisors also the live board.
//
// It promises that no keystroke older than a second is lost, that a message is written once
// however often it is sent, that what the desk shows is what the database says within two
// seconds, and that nothing a caller wrote is ever taken for markup. A socket is one long
// opening of the session: the keys of the contacts it shows are in memory until it closes, the
// contact leaves it, or the desk is covered.
//
// app/ holds the script's sources, dist/ what build/ makes of them; frame.go is the language
// that both sides speak.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// Config are the settings of the desk.
type Config struct {
	Node string        // this process's name, which beats for its people
	Ask  time.Duration // without a touch: "Still here?" (default 14 minutes)
	Lock time.Duration // without an answer: covered (default a minute later)
	Wait time.Duration // a caller's word to a covered desk goes to a colleague after this (default a minute)
}

// Parts are what the desk stands on.
type Parts struct {
	DB          *db.DB
	Book        *contact.Book
	Record      *situation.Record
	Staff       *staff.Staff
	Keeper      *vault.Keeper
	Accounts    *account.Accounts
	Classes     Classes
	Bus         bus.Bus
	Door        *session.Door
	Work        Work              // what waits for a team's keys; nil for nothing
	Line        Line              // what the line says of itself
	Outside     KeptOut           // who keeps an abusive caller out; nil where nobody does
	Editions    *edition.Book     // forms, phrases and other texts; nil where there are none
	Procedures  *protocol.Book    // what was done of the line's procedures; nil where it has none
	Phrases     *safety.Phrases   // by which somebody is found again; nil where there are none
	Situations  *situation.Book   // what contacts are about
	Decisions   *policy.Decisions // about a duty to report; nil where nobody decides
	Consents    *consent.Book     // what may be passed on; nil where nobody keeps that
	Page        *Page
	Log         *slog.Logger
	Emergencies *emergency.Book // dangers now; nil where the line keeps none
	Phone       Phone           // nil where the line has no telephone

	Translators *interpret.Translators // nil where nobody translates
	Machine     interpret.Machine      // nil where the operator runs none
}

// Classes tells how urgent a contact is and why, and which time it is for the line.
type Classes interface {
	Class(ctx context.Context, c contact.Contact, now int64) (routing.Class, error)
	Zone(ctx context.Context) *time.Location
}

// Work does what waits for the keys of a team that a ring holds.
type Work interface {
	Do(ctx context.Context, r *vault.Ring) error
}

// Line is what the line says of itself.
type Line interface {
	Name(ctx context.Context, lang string) string
	Languages(ctx context.Context) ([]string, error)
}

// KeptOut keeps the browser of an abusive caller out for a while, without noting who it was.
type KeptOut interface {
	KeepOut(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error
	LetIn(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error
}

// Desk answers under /desk on the staff host.
type Desk struct {
	Parts
	cfg      Config
	codec    *Codec
	hub      *hub
	shelf    shelf
	blanks   blanks
	statutes statutes
	atlas    atlas
}

// New returns the desk. Close ends it.
func New(cfg Config, p Parts) *Desk {
	if cfg.Ask == 0 {
		cfg.Ask = 14 * time.Minute
	}
	if cfg.Lock == 0 {
		cfg.Lock = cfg.Ask + time.Minute
	}
	if cfg.Wait == 0 {
		cfg.Wait = time.Minute
	}
	d := &Desk{Parts: p, cfg: cfg, codec: NewCodec()}
	d.hub = newHub(d)
	return d
}

// Close ends every socket and what feeds them, and waits for it.
func (d *Desk) Close() { d.hub.close() }

// Roles are who may open the desk.
func Roles() []hotline.Role {
	return []hotline.Role{hotline.Advocate, hotline.Supervisor, hotline.Translator}
}

// Mount adds the desk to the mux of the staff host. trouble answers who may not open it.
func (d *Desk) Mount(mux ui.Mux, trouble func(http.ResponseWriter, *http.Request, error)) {
	guard := d.Door.Required(Roles()...)
	mux.Handle("GET "+PagePath, guard.Page(func(w http.ResponseWriter, r *http.Request, s session.Session) {
		d.Page.serve(w, r, s.Person.Locale)
	}, trouble))
	mux.HandleFunc("GET "+FilesPath, d.Page.Files)
	mux.HandleFunc("GET "+SessionPath, func(w http.ResponseWriter, r *http.Request) {
		if _, err := d.Door.Who(r); err != nil && !errors.Is(err, vault.ErrLocked) {
			w.WriteHeader(problem.Of(err).Kind.Status())
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	// A locked desk keeps its socket: it rings there, and is opened there.
	open := guard.API(d.socket)
	mux.HandleFunc("GET "+SocketPath, func(w http.ResponseWriter, r *http.Request) {
		s, err := d.Door.Who(r)
		if errors.Is(err, vault.ErrLocked) && s.Is(Roles()...) {
			d.socket(w, r, s)
			return
		}
		open.ServeHTTP(w, r)
	})
}
