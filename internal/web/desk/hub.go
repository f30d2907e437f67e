package desk

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

const (
	poll     = 2 * time.Second        // what a lost hint costs at most
	beat     = 10 * time.Second       // of presences, and of each socket
	breath   = 100 * time.Millisecond // between two pictures, however much happens
	mostRows = 2000                   // contacts of one state in a picture
)

// A picture is how the line stands at one moment, as far as the server can read it. One is
// drawn for all desks of this node; it is never changed after that.
type picture struct {
	now      int64
	waiting  []waits
	held     []contact.Contact
	holds    map[hotline.ContactID]int // where in held
	shift    map[hotline.PersonID]staff.Presence
	people   map[hotline.PersonID]staff.Person
	team     []Person // those of them who answer, by name; the last picture's own where nothing changed
	roll     []byte   // the same as a frame
	rings    map[hotline.PersonID][]contact.Ring
	alerts   []contact.Alert
	handles  map[hotline.SituationID]string // of the situations that are open
	blocked  map[hotline.SituationID][]hotline.PersonID
	seen     map[string]sight // alerts that somebody on this node has seen
	talks    map[hotline.ContactID]talk
	asked    map[hotline.ContactID]interpret.Request
	standing []emergency.Standing // emergencies that go on or wait for a second person
	clocks   []policy.Clock       // of decisions
	signs    []protocol.ToSign
	today    contact.Today
	day      int64 // when the line's day began
}

// waits is a contact that nobody has, with its class of the moment.
type waits struct {
	contact.Contact
	urgency int64
	reason  string
	raised  bool
}

// talk is what the board shows of a contact beyond its row.
type talk struct {
	at, seq int64 // when it was read, and how far the thread had come
	waits   int64 // since when the caller waits for an answer
	readers []hotline.PersonID
}

// sight is who saw an alert, and when.
type sight struct {
	by string
	at int64
}

// hub watches the line for all desks of a node: hints from the bus, a poll every two seconds
// for those that were lost, and the beat of everybody who is connected.
type hub struct {
	d      *Desk
	ctx    context.Context //nolint:containedctx // the hub's own life, ended by close
	cancel context.CancelFunc
	look   chan struct{}
	done   sync.WaitGroup

	sockets  sync.WaitGroup
	mu       sync.Mutex
	closed   bool
	consoles map[*console]bool
	last     *picture
	seen     map[string]sight
	stale    map[hotline.ContactID]bool // talks to be read again
	phones   map[hotline.PersonID]plugged
}

func newHub(d *Desk) *hub {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hub{
		d: d, ctx: ctx, cancel: cancel, look: make(chan struct{}, 1), consoles: map[*console]bool{},
		seen: map[string]sight{}, stale: map[hotline.ContactID]bool{}, phones: map[hotline.PersonID]plugged{},
	}
	quiet := func() {}
	if d.Phone != nil {
		quiet = d.Phone.Watch(h.rang)
	}
	stop := d.Bus.Subscribe(h.hint)
	h.done.Go(func() {
		defer stop()
		defer quiet()
		h.run()
	})
	return h
}

// close ends every socket and the hub, and waits for both.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, c := range h.all() {
		c.stop()
	}
	h.sockets.Wait()
	h.cancel()
	h.done.Wait()
}

// join adds a desk, which soon gets a picture. One that comes while the hub ends is ended too.
func (h *hub) join(c *console) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		c.stop()
		return
	}
	h.consoles[c] = true
	h.sockets.Add(1)
	h.wake()
}

func (h *hub) leave(c *console) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.consoles[c] {
		delete(h.consoles, c)
		h.sockets.Done()
	}
}

func (h *hub) all() []*console {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*console, 0, len(h.consoles))
	for c := range h.consoles {
		out = append(out, c)
	}
	return out
}

// wake has a new picture drawn soon.
func (h *hub) wake() {
	select {
	case h.look <- struct{}{}:
	default:
	}
}

// hint passes on what the bus says. It never waits.
func (h *hub) hint(n bus.Hint) {
	id := hotline.ContactID(n.ID)
	switch n.Topic {
	case contact.TopicContact:
		h.mu.Lock()
		h.stale[id] = true
		h.mu.Unlock()
		for _, c := range h.all() {
			c.hint(n)
		}
		h.wake()
	case emergency.Topic:
		for _, c := range h.all() {
			c.hint(n)
		}
		h.wake()
	case contact.TopicTyping, situation.TopicRecord, situation.Topic, protocol.Topic, consent.Topic:
		for _, c := range h.all() {
			c.hint(n)
		}
	case policy.TopicDecision: // its clock is shown, and it may ring
		for _, c := range h.all() {
			c.hint(n)
		}
		h.wake()
	case contact.TopicQueue, contact.TopicAlert:
		h.wake()
	case bus.Missed:
		for _, c := range h.all() {
			c.hint(n)
		}
		h.wake()
	}
}

// saw notes who has seen an alert, for the other desks of this node.
func (h *hub) saw(alert, by string, at int64) {
	h.mu.Lock()
	h.seen[alert] = sight{by, at}
	h.mu.Unlock()
	h.wake()
}

// check has the other desks of a person look at their session at once.
func (h *hub) check(person hotline.PersonID, but *console) {
	for _, c := range h.all() {
		if c != but && c.id == person {
			c.recheck()
		}
	}
}

// run draws pictures until the hub ends.
func (h *hub) run() {
	polled := time.NewTicker(poll)
	defer polled.Stop()
	beats := time.NewTicker(beat)
	defer beats.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-beats.C:
			h.beat()
			continue
		case <-polled.C:
		case <-h.look:
		}
		h.draw()
		rest.Reset(breath)
		select {
		case <-h.ctx.Done():
			return
		case <-rest.C:
		}
	}
}

// beat keeps everybody's presence who is connected here.
func (h *hub) beat() {
	here := map[hotline.PersonID]bool{}
	for _, c := range h.all() {
		here[c.id] = true
	}
	h.unplugLone(here)
	if len(here) == 0 {
		return
	}
	ids := make([]hotline.PersonID, 0, len(here))
	for id := range here {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if err := h.d.Staff.Beat(h.ctx, h.d.cfg.Node, ids...); err != nil && h.ctx.Err() == nil {
		h.d.Log.ErrorContext(h.ctx, "the beat of the desks failed", "err", err)
	}
}

// draw makes a picture and hands it to every desk. Where the database does not answer, the old
// one stays.
func (h *hub) draw() {
	desks := h.all()
	if len(desks) == 0 {
		return
	}
	p, err := h.picture(desks)
	if err != nil {
		if h.ctx.Err() == nil {
			h.d.Log.ErrorContext(h.ctx, "the desks cannot see how the line stands", "err", err)
		}
		return
	}
	h.mu.Lock()
	h.last = p
	h.mu.Unlock()
	for _, c := range h.all() {
		c.show(p)
	}
}

func (h *hub) picture(desks []*console) (*picture, error) {
	p := &picture{shift: map[hotline.PersonID]staff.Presence{}, people: map[hotline.PersonID]staff.Person{}}
	err := h.d.DB.Read(h.ctx, func(tx db.Tx) (err error) {
		if p.now, err = db.Now(tx); err != nil {
			return err
		}
		if p.handles, err = situation.Handles(tx); err != nil {
			return err
		}
		if p.blocked, err = contact.AllBlocked(tx); err != nil {
			return err
		}
		if p.standing, err = emergency.Stand(tx, p.now); err != nil {
			return err
		}
		if p.clocks, err = policy.Running(tx); err != nil {
			return err
		}
		shift, err := staff.Present(tx, p.now)
		for _, s := range shift {
			p.shift[s.Person] = s
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	people, err := h.d.Staff.People(h.ctx)
	if err != nil {
		return nil, err
	}
	for _, person := range people {
		p.people[person.ID] = person
	}
	waiting, err := h.d.Book.List(h.ctx, mostRows, contact.Waiting, contact.Offered, contact.Parked)
	if err != nil {
		return nil, err
	}
	if err := h.classify(p, waiting); err != nil {
		return nil, err
	}
	if p.held, err = h.d.Book.List(h.ctx, mostRows, contact.Live, contact.Closing, contact.Sleeping, contact.Interrupted); err != nil {
		return nil, err
	}
	p.holds = make(map[hotline.ContactID]int, len(p.held))
	for i, c := range p.held {
		p.holds[c.ID] = i
	}
	if p.alerts, err = h.d.Book.Alerts(h.ctx); err != nil {
		return nil, err
	}
	if p.rings, err = h.d.Book.Ringing(h.ctx); err != nil {
		return nil, err
	}
	return p, errors.Join(h.team(p), h.translators(p), h.board(p, desks))
}

func (h *hub) classify(p *picture, waiting []contact.Contact) error {
	for _, c := range waiting {
		class, err := h.d.Classes.Class(h.ctx, c, p.now)
		if err != nil {
			return err
		}
		w := waits{Contact: c, urgency: int64(class.Now), reason: reasonOf(class.Reason), raised: class.Now < class.Urgency}
		if c.Danger {
			w.urgency, w.reason = 0, "danger"
		}
		p.waiting = append(p.waiting, w)
	}
	return nil
}

// team has every desk show the same list, written once, and see at once that it is the one it
// shows: it is as long as there are desks.
func (h *hub) team(p *picture) (err error) {
	p.team = p.colleagues()
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	if last != nil && reflect.DeepEqual(p.team, last.team) {
		p.team, p.roll = last.team, last.roll
		return nil
	}
	p.roll, err = h.d.codec.Encode(PeopleFrame{People: p.team})
	return err
}

// board adds what only supervisors see; where none is connected, nothing is read.
func (h *hub) board(p *picture, desks []*console) error {
	h.mu.Lock()
	last, stale := h.last, h.stale
	h.stale = map[hotline.ContactID]bool{}
	p.seen = h.seen
	h.seen = keepSeen(h.seen, p.now)
	h.mu.Unlock()
	if !slices.ContainsFunc(desks, func(c *console) bool { return c.supervises }) {
		return nil
	}
	p.talks = map[hotline.ContactID]talk{}
	for _, c := range p.held {
		if last != nil && last.talks != nil && !stale[c.ID] && last.talks[c.ID].seq == c.LastSeq && p.now-last.talks[c.ID].at < beat.Milliseconds() {
			p.talks[c.ID] = last.talks[c.ID]
			continue
		}
		t, err := h.talk(c, p.now)
		if err != nil {
			return err
		}
		p.talks[c.ID] = t
	}
	var err error
	if h.d.Procedures != nil {
		if p.signs, err = h.d.Procedures.Waiting(h.ctx); err != nil {
			return err
		}
	}
	zone := h.d.Classes.Zone(h.ctx)
	t := time.UnixMilli(p.now).In(zone)
	p.day = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone).UnixMilli()
	p.today, err = h.d.Book.Since(h.ctx, p.day)
	return err
}

// keepSeen forgets sights older than half an hour. It changes no map that a picture holds.
func keepSeen(all map[string]sight, now int64) map[string]sight {
	kept := map[string]sight{}
	for id, s := range all {
		if now-s.at < (30 * time.Minute).Milliseconds() {
			kept[id] = s
		}
	}
	return kept
}

func (h *hub) talk(c contact.Contact, now int64) (talk, error) {
	t := talk{at: now, seq: c.LastSeq}
	var err error
	if t.readers, err = h.d.Book.Joined(h.ctx, c.ID); err != nil {
		return t, err
	}
	last, err := h.d.Book.Thread(h.ctx, c.ID, c.LastSeq-1, 1)
	if err == nil && len(last) > 0 && last[0].Side == seal.Caller {
		t.waits = last[0].At
	}
	return t, err
}
