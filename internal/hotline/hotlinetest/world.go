// Package hotlinetest builds a whole line for tests: keys, staff, callers, on the
// databases of [dbtest]. Everything comes in by the doors that people use: the line
// is founded, persons are invited, enrol and are confirmed, callers write, advocates
// take, answer and close. Only the slow hash is cheap.
package hotlinetest

import (
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// Line is the name of the line that [New] founds, and Night its one queue.
const (
	Line  seal.Line       = "line-test"
	Night hotline.QueueID = "night"
)

// A World is a line on an [dbtest.Engine], seen from one node.
type World struct {
	Engine      *dbtest.Engine
	Line        seal.Line
	Shred       *shred.Store
	Authority   *seal.Authority
	Sealer      *seal.Sealer
	Log         *audit.Log
	Bus         bus.Bus
	Staff       *staff.Staff
	Keeper      *vault.Keeper
	Accounts    *account.Accounts
	Own         *own.Own
	Book        *contact.Book
	Situations  *situation.Book
	Emergencies *emergency.Book
	Consents    *consent.Book
	Record      *situation.Record
	Procedures  *protocol.Book
	Dialogs     *dialog.Book
	Phones      *Phones // what telephones there are; change it as you like
	Translators *interpret.Translators
	Figures     *stats.Book
	Place       *Place           // where new contacts go; change it as you like
	Intake      box.Signer       // the server's own signature
	Operator    []byte           // the operational key
	KeyFile     string           // of the generation keys, on SQLite
	Founding    account.Founding // what init printed
	First       *Person          // the first administrator, signed in

	// Clock is what the authority goes by; see [World.Restart].
	Clock    func() time.Time
	Settings contact.Settings
	Zone     func() *time.Location // of the line; see [World.Restart]

	alarms   *alarms
	hired    *atomic.Int64
	time     *dbtest.Engine // whose clock all restored worlds share
	restored *[]*db.DB
}

type alarms struct {
	mu  sync.Mutex
	all []error
}

func (a *alarms) ring(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, err)
}

// New founds a line on an engine that holds none.
func New(tb testing.TB, e *dbtest.Engine) *World {
	tb.Helper()
	w := &World{
		Engine: e, Line: Line, Bus: bus.Memory(), Place: NewPlace(), Operator: box.Random(box.Size),
		KeyFile: filepath.Join(tb.TempDir(), "generation.keys"), Clock: impatient(), Settings: contact.Defaults(),
		Zone:   func() *time.Location { return time.UTC },
		alarms: new(alarms), hired: new(atomic.Int64), time: e, restored: new([]*db.DB),
	}
	w.store(tb)
	w.Staff = staff.New(e.Main)
	keeper := vault.New(w.Line, e.Main, w.Shred, nil, nil)
	keeper.Weaken(tb)
	var err error
	w.Founding, err = account.New(w.Line, e.Main, w.Shred, keeper, w.Staff).Found(tb.Context(), account.Setup{
		Name: "A line", Queues: []account.Queue{{ID: Night, Name: "Night", Team: hotline.Desk}},
		First: staff.Person{Pseudonym: "First", Locale: "en"}, Second: staff.Person{Pseudonym: "Second", Locale: "en"},
	})
	Must(tb, err)
	w.Restart(tb)
	f := w.Founding.First
	w.First = &Person{ID: f.Person, Name: "First", Passphrase: f.Passphrase, Second: f.Second}
	w.SignIn(tb, w.First)
	return w
}

// impatient is a clock on which everything remembered is out of date at once: what a
// test writes is seen by the next call.
func impatient() func() time.Time {
	var n atomic.Int64
	return func() time.Time { return time.Unix(n.Add(60), 0) }
}

func (w *World) store(tb testing.TB) {
	tb.Helper()
	var err error
	w.Shred, err = shred.New(tb.Context(), w.Engine.Shred, string(w.Line), w.Operator, w.KeyFile)
	Must(tb, err)
}

// Restart builds all parts anew, as a process does that starts; it also makes a new
// Clock or new Settings count.
func (w *World) Restart(tb testing.TB) {
	tb.Helper()
	w.store(tb)
	var intake, pepper []byte
	Must(tb, w.Engine.Main.One(tb.Context(), `SELECT intake, pepper FROM line`, nil, &intake, &pepper))
	seed, err := w.Shred.Open(intake, "intake", string(w.Line))
	Must(tb, err)
	spice, err := w.Shred.Open(pepper, "pepper", string(w.Line))
	Must(tb, err)
	e := w.Engine
	w.alarms = new(alarms)
	w.Intake = box.SignerFrom(seed)
	w.Authority = seal.NewAuthority(w.Line, e.Main, w.Shred, w.Founding.RootPub, 1, w.Clock, w.alarms.ring)
	w.Log = audit.New(w.Line, e.Main, w.Authority)
	w.Sealer = seal.NewSealer(w.Line, w.Shred, w.Authority, w.Intake)
	w.Staff = staff.New(e.Main)
	w.Keeper = vault.New(w.Line, e.Main, w.Shred, w.Authority, w.Log)
	w.Keeper.Weaken(tb)
	w.Keeper.Alarm(w.alarms.ring)
	w.Accounts = account.New(w.Line, e.Main, w.Shred, w.Keeper, w.Staff)
	w.Own = own.New(w.Line, w.Shred, w.Authority, spice)
	w.Own.Weaken(tb)
	w.Book = contact.New(e.Main, w.Shred, w.Sealer, w.Log, w.Bus, safety.New(w.Zone), w.Place, w.Settings)
	w.Phones = NewPhones()
	w.Book.Telephones(w.Phones)
	w.Dialogs = dialog.New(e.Main, w.Shred, hotline.NewID())
	w.Figures = stats.New(e.Main, w.Zone)
	w.Book.Counts(w.Figures)
	w.Emergencies = emergency.New(e.Main, w.Log, w.Bus, demanded)
	w.Consents = consent.New(e.Main, w.Shred, w.Log, w.Bus, demands, w.alarms.ring)
	w.Situations = situation.New(e.Main, w.Log, w.Bus, w.Book)
	w.Translators = interpret.New(e.Main, w.Book, w.Log, w.Bus)
	w.Record = situation.NewRecord(e.Main, w.Bus, w.Log)
	w.Procedures = protocol.NewBook(e.Main, w.Bus, w.Log)
	w.Procedures.Trust(w.Line, w.Authority)
}

// Node is the same line seen from another process: databases opened once more, and
// everything in memory of its own but the bus.
func (w *World) Node(tb testing.TB) *World {
	tb.Helper()
	n := *w
	n.Engine = w.Engine.Node(tb)
	n.Restart(tb)
	return &n
}

// Advance moves the clocks of the line, of all its nodes and of what was restored.
func (w *World) Advance(tb testing.TB, by time.Duration) {
	tb.Helper()
	w.time.Advance(tb, by)
	dbtest.Advance(tb, by, *w.restored...)
}

// Alarms are what the authority and the keeper have rung for since the last [World.Restart].
func (w *World) Alarms() []error {
	w.alarms.mu.Lock()
	defer w.alarms.mu.Unlock()
	return slices.Clone(w.alarms.all)
}

// Must ends the test on an error.
func Must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
