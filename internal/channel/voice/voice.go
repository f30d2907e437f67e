// Package voice is the telephone: it joins what trunks bring (package trunk), what a caller
// hears and presses (flow), the advocates' browsers (station) and the contact that a call is
// (hotline/contact).
//
// Each call is led by one goroutine, its actor, from its ring to its hang-up. What happens
// comes to it as events, in one order; it alone changes what the call is. What everybody else
// knows of a call is a picture that the actor puts out after each change. Sound passes none of
// this: it goes from leg to leg.
//
// A contact's row is the truth. The actor reads it whenever it has changed, and lets the sound
// follow: who has the contact is who she hears, whoever decided that and on which process.
// It promises that
//
//   - she never hears silence while she waits, is held, or her advocate's browser is gone;
//   - her leg ends only by her, by her advocate, by another line that she agreed to, or by
//     the flow: no fault of a browser, of a
//     neighbouring part or of the database takes it away;
//   - a process that ends leaves its calls to the next one, which goes on with them;
//   - her number is in the living dialog, in its sealed row, and nowhere else; a key that she
//     pressed is in no log.
package voice

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrNone says that there is no such call here, or that it is not hers who asks.
var ErrNone = problem.New(problem.Missing, "voice.none")

// ErrDeaf says that whoever asks to hear a call has no telephone that is connected.
var ErrDeaf = problem.New(problem.Conflict, "voice.deaf")

// Config says how the telephone of this process is reached.
type Config struct {
	Trunk   trunk.Config
	Station station.Config
	Sound   media.Config // where the sound of callers is taken
	Public  netip.Addr   // the address that trunks send it to; the zero one: that of Sound
	Clock   func() time.Time
	First   bool // the line's only process has just begun: it takes over every call

	// Alone is how long a caller waits for the browser of her advocate before somebody else
	// is asked in; 0 is ten seconds.
	Alone time.Duration
	// Vanished is how long nothing may come from a caller until her line counts as broken; 0 is
	// a minute.
	Vanished time.Duration
}

// Script is what the line has published for its telephone.
type Script interface {
	// Flow is the flow in force, and the number of its edition.
	Flow(ctx context.Context) (flow.Flow, int64, error)
	// Number is what is known of a number that was dialled; the zero one where nothing is.
	Number(ctx context.Context, dialled string) (flow.Number, error)
	// Sound is how a prompt sounds; false where it has no sound.
	Sound(ctx context.Context, p flow.Prompt) (audio.Clip, bool)
	// Music is what is played to those who wait; false where nothing is.
	Music(ctx context.Context) (audio.Clip, bool)
}

// Place tells how the line stands for whoever calls.
type Place interface {
	Standing(ctx context.Context, channel hotline.Channel) (routing.Standing, error)
	Wait(ctx context.Context, id hotline.ContactID) (routing.Wait, error)
}

// Relief asks somebody in for a call whose advocate's browser is gone.
type Relief interface {
	Relieve(ctx context.Context, id hotline.ContactID) (asked hotline.PersonID, err error)
}

// Parts are what the telephone stands on.
type Parts struct {
	Book    *contact.Book
	Dialogs *dialog.Book
	Place   Place
	Relief  Relief
	Script  Script
	Trouble Trouble
	Bus     bus.Bus
	Figures Figures
	Log     *slog.Logger
}

// Voice is the telephone of one process.
type Voice struct {
	Parts
	cfg      Config
	trunks   *trunk.Service
	stations *station.Stations
	alarm    *alarm
	trying   sync.Mutex    // one test call at a time
	given    chan struct{} // another process has given a call away, or taken one
	drains   atomic.Bool

	complained time.Time // only touched by whoever takes over

	mu        sync.RWMutex
	calls     map[string]*call // by the dialog's id
	byContact map[hotline.ContactID]*call
	watchers  map[int]func(hotline.PersonID)
	nextWatch int
}

// New opens the ports. Nothing is answered before Run; Close ends what New began.
func New(cfg Config, p Parts) (*Voice, error) {
	v := &Voice{
		Parts: p, cfg: cfg,
		given: make(chan struct{}, 1), calls: map[string]*call{}, byContact: map[hotline.ContactID]*call{}, watchers: map[int]func(hotline.PersonID){},
	}
	if v.cfg.Alone == 0 {
		v.cfg.Alone = relieved
	}
	if v.cfg.Vanished == 0 {
		v.cfg.Vanished = time.Minute
	}
	var err error
	if v.stations, err = station.New(cfg.Station, cfg.Clock, p.Log); err != nil {
		return nil, err
	}
	v.stations.OnChange(v.stationChanged)
	v.alarm = newAlarm()
	cfg.Trunk.Notice = v.alarm.notice
	if v.trunks, err = trunk.New(cfg.Trunk, v.take, p.Log); err != nil {
		v.stations.Close()
		return nil, err
	}
	return v, nil
}

// How often this process says that it holds its calls, and looks after them.
const (
	leaseBeat = time.Second
	lineBeat  = 10 * time.Second
)

// Run serves until ctx ends. The calls that live then are left to the next process.
func (v *Voice) Run(ctx context.Context) error {
	stop := v.Bus.Subscribe(v.hint)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { v.alarm.run(ctx, v.cfg.Clock, v.Log, v.Trouble) })
	v.takeOver(ctx, v.cfg.First)
	work.Go(func() { v.beat(ctx) })
	err := v.trunks.Run(ctx) // returns when every handler has
	work.Wait()
	return err
}

// Drain takes no new calls, from nobody: trunks are told to try another process. Living calls
// go on.
func (v *Voice) Drain() {
	v.drains.Store(true)
	v.trunks.Drain()
}

// Close ends the browsers' connections, after Run.
func (v *Voice) Close() { v.stations.Close() }

// SIP is the address that calls come to over UDP, or else TCP.
func (v *Voice) SIP() netip.AddrPort {
	if at := v.trunks.Addr("udp"); at.IsValid() {
		return at
	}
	return v.trunks.Addr("tcp")
}

// Health is how each trunk stands.
func (v *Voice) Health() []trunk.Health { return v.trunks.Health() }

// Living is how many calls there are.
func (v *Voice) Living() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.calls)
}

// Holds implements [contact.Telephones].
func (v *Voice) Holds(id hotline.ContactID) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.byContact[id] != nil
}

// Number is the number from which somebody calls, while she is on the line and does not
// withhold it.
func (v *Voice) Number(id hotline.ContactID) (number seal.Text, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if c := v.byContact[id]; c != nil {
		number = c.d.From()
	}
	return number, number.Len() > 0
}

// Fresh implements [contact.Telephones].
func (v *Voice) Fresh(p hotline.PersonID) bool {
	s, ok := v.stations.Of(p)
	return ok && s.Fresh()
}

// enter makes a call known.
func (v *Voice) enter(c *call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls[c.d.ID()] = c
}

// known makes a call known by its contact.
func (v *Voice) known(id hotline.ContactID, c *call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.byContact[id] = c
}

// unknown takes that back.
func (v *Voice) unknown(id hotline.ContactID, c *call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byContact[id] == c {
		delete(v.byContact, id)
	}
}

func (v *Voice) leave(c *call) {
	v.unknown(c.contact, c)
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.calls, c.d.ID())
}

func (v *Voice) all() []*call {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := make([]*call, 0, len(v.calls))
	for _, c := range v.calls {
		out = append(out, c)
	}
	return out
}

func (v *Voice) of(id hotline.ContactID) (*call, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c, ok := v.byContact[id]
	return c, ok
}

// hint has the actor of a contact that changed look at it. It never waits.
func (v *Voice) hint(h bus.Hint) {
	switch h.Topic {
	case contact.TopicContact:
		if c, ok := v.of(hotline.ContactID(h.ID)); ok {
			c.poke()
		}
	case contact.TopicQueue, bus.Missed:
		for _, c := range v.all() {
			c.poke()
		}
	}
	if h.Topic == dialog.Topic || h.Topic == bus.Missed {
		select {
		case v.given <- struct{}{}:
		default:
		}
	}
}

// stationChanged has whoever hears a person look, and tells her desk.
func (v *Voice) stationChanged(p hotline.PersonID, _ bool) {
	for _, c := range v.all() {
		if slices.Contains(c.picture().people(), p) {
			c.poke()
		}
	}
	v.tell(p)
	// Who is free to be called has changed.
	v.Bus.Publish(bus.Hint{Topic: contact.TopicQueue})
}

// beat says every second that this process holds its calls, and every ten that their lines
// are up. A call that another process has taken over ends here, without a word to anybody, and
// one that another leaves begins here.
func (v *Voice) beat(ctx context.Context) {
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	var lines time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.given:
		case <-tick.C:
		}
		v.holdOn(ctx)
		v.takeOver(ctx, false)
		if now := v.cfg.Clock(); now.Sub(lines) >= lineBeat {
			lines = now
			v.onLine(ctx)
		}
	}
}

func (v *Voice) onLine(ctx context.Context) {
	v.mu.RLock()
	ids := make([]hotline.ContactID, 0, len(v.byContact))
	for id := range v.byContact {
		ids = append(ids, id)
	}
	v.mu.RUnlock()
	if err := v.Book.OnLine(ctx, ids...); err != nil && ctx.Err() == nil {
		v.Log.ErrorContext(ctx, "it cannot be said that calls go on", "err", err, "again_in", lineBeat)
	}
}
