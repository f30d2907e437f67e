// Package admin holds the sign-in of the staff and the pages on which
// administrators run the line. They are plain pages, complete without a script.
//
// What they promise: nothing here opens anything of a caller's; a sign-in that
// fails says the same whatever was wrong; what is shown once is stored nowhere; and
// who asks for what her roles do not allow is told so and learns nothing else.
package admin

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"image"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/outage"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
)

//go:embed pages/*.html admin.css record.js bell.js
var files embed.FS

// Parts are what the pages stand on.
type Parts struct {
	DB       *db.DB
	Keeper   *vault.Keeper
	Accounts *account.Accounts
	Staff    *staff.Staff
	Editions *edition.Book
	Line     Line
	Queue    Queue
	Sounds   Sounds
	// Drafts reports whether a machine here speaks a language, so that words nobody has
	// spoken have a draft; nil where none does.
	Drafts  func(ctx context.Context, lang string) bool
	Outages *outage.Book
	Ringer  Ringer // nil where the line has no telephone
	Harm    *policy.HarmRegister
	// Procedures is what is done by the line's procedures, of which nothing is opened here.
	Procedures *protocol.Book
	Legal      *retention.Legal
	Door       *session.Door
	Limits     *session.Limits
	Client     func(*http.Request) netip.Addr // who is at the other end, for the limits alone
	Assets     *ui.Assets
	Words      *i18n.Catalogue
	// Picture draws the address of a second factor as a QR code.
	Picture func(address seal.Text) (image.Image, error)
	Log     *slog.Logger
	Clock   func() time.Time
}

// Line is what the pages read and change of the line itself, beside its editions.
type Line interface {
	// Languages are those of the pages for callers. The first is given to whoever
	// wants none of them.
	Languages(ctx context.Context) ([]string, error)
	// SetLanguages changes them, at once.
	SetLanguages(ctx context.Context, by hotline.PersonID, tags []string) error
	// Kept are the times and numbers that stand in the configuration file.
	Kept(ctx context.Context) (Kept, error)
	// BackedUp is when the last backup was made; the zero time where that is not
	// known.
	BackedUp(ctx context.Context) (time.Time, error)
}

// Queue is what the pages read of the queues.
type Queue interface {
	// Preview shows who waits at this moment under a draft of urgency rules, and
	// whether there are more behind them.
	Preview(ctx context.Context, draft string) (shown []routing.Moved, more bool, err error)
	// Queues lists the queues in the order in which they are asked.
	Queues(ctx context.Context) ([]routing.Queue, error)
}

// Kept is what only the configuration file changes.
type Kept struct {
	Readable, Destroyed, Unread, Parked time.Duration
	Signatures                          int // administrators who must sign a change of the keys
}

// Admin answers on the staff host.
type Admin struct {
	Parts
	templates *template.Template
	match     *i18n.Matcher
	style     asset
	scripts   scripts
	drafts    map[string]string // the protocols that came with the program, by name
	flow      string            // the call flow that came with it
	pieces    map[string]string // what is spoken beside it, by language
	closing   chan struct{}     // closed when what listens has to end
	closed    sync.Once
}

// scripts are the two that there are. The pages are whole without them.
type scripts struct {
	record asset // records what is said on the telephone
	bell   asset // rings when the telephone is disturbed
}

// New returns the pages.
func New(p Parts) (*Admin, error) {
	t, err := template.New("").Option("missingkey=error").ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("admin: pages: %w", err)
	}
	a := &Admin{Parts: p, templates: t, match: p.Words.Matcher(), drafts: protocol.Shipped(), flow: flow.Shipped(), pieces: flow.ShippedPieces(), closing: make(chan struct{})}
	if a.style, err = newAsset("admin.css"); err != nil {
		return nil, err
	}
	if a.scripts.record, err = newAsset("record.js"); err != nil {
		return nil, err
	}
	if a.scripts.bell, err = newAsset("bell.js"); err != nil {
		return nil, err
	}
	return a, nil
}

// Mount adds the pages to a mux. Whoever serves it wraps it in [session.Safe], with
// [Admin.Foreign] as the answer to what another site sends.
func (a *Admin) Mount(mux ui.Mux) {
	for _, r := range a.routes() {
		mux.Handle(r.method+" "+r.path, a.handler(r))
	}
	mux.HandleFunc("GET "+stylePath+"{name}", a.asset)
	mux.HandleFunc("GET "+bellPath, a.bell)
	mux.HandleFunc("GET /", a.missing)
}
