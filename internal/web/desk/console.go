package desk

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
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
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// told is what the desk was told last, so that it is told changes only.
type told struct {
	me      Me
	rows    map[string]Row
	people  []Person
	offers  []Offer
	alerts  []Alert
	board   Board
	exports []Export
	asks    []Ask
	clocks  []ClockRow
	phone   PhoneFrame
}

const working = 5 * time.Second // between two looks for work of a team

// uncovered serves a desk whose ring is open.
func (c *console) uncovered(ctx context.Context, r *vault.Ring) error {
	c.ring, c.shown, c.shut = r, map[hotline.ContactID]*shown{}, map[hotline.ContactID]int64{}
	c.greeted, c.told, c.forms = false, told{}, map[formKey]bool{}
	c.lent, c.decisions = map[hotline.ContactID]*lent{}, map[hotline.ContactID]*deciding{}
	checks := paced(poll)
	defer checks.Stop()
	beats := paced(beat)
	defer beats.Stop()
	work := paced(working)
	defer work.Stop()
	c.d.hub.wake()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.slow:
			return errSlow
		case f, ok := <-c.in:
			if !ok {
				return errGone
			}
			err = c.take(ctx, f)
		case h := <-c.hints:
			err = c.heard(ctx, h)
		case m := <-c.made:
			c.machineSaid(ctx, m)
		case p := <-c.pictures:
			err = c.paint(ctx, p)
		case <-c.phoned:
			if c.greeted {
				c.phone()
			}
		case <-c.checks:
			err = c.look(ctx)
		case <-checks.C:
			checks.Reset(poll)
			if err = c.look(ctx); err == nil {
				err = c.accompanied(ctx)
			}
		case <-beats.C:
			beats.Reset(beat)
			c.push(Pong{Now: c.now(ctx)})
		case <-work.C:
			work.Reset(working)
			c.work(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// paced ticks for the first time up to as much again later; that tick resets it. After a
// restart all desks are there at once, and must not do at once ever after what they do now
// and then.
func paced(every time.Duration) *time.Ticker {
	return time.NewTicker(every + rand.N(every)) //nolint:gosec // no secret
}

// work does what waits for the keys of this ring's teams.
func (c *console) work(ctx context.Context) {
	if c.d.Work == nil {
		return
	}
	if err := c.d.Work.Do(ctx, c.ring); err != nil && ctx.Err() == nil {
		c.d.Log.ErrorContext(ctx, "work of a team waits", "err", err)
	}
}

// now is the engine's clock; where it does not answer, that of the last picture.
func (c *console) now(ctx context.Context) (ms int64) {
	err := c.d.DB.Read(ctx, func(tx db.Tx) (err error) { ms, err = db.Now(tx); return err })
	if err != nil && c.pic != nil {
		ms = c.pic.now
	}
	return ms
}

// heard follows a hint: only what this desk shows is read, the rest comes with the picture.
func (c *console) heard(ctx context.Context, h bus.Hint) error {
	if h.Topic == bus.Missed || c.missed.Swap(false) {
		for _, s := range c.shown {
			if err := c.refresh(ctx, s, true); err != nil {
				return err
			}
			if err := c.fields(ctx, s); err != nil {
				return err
			}
			c.decided(ctx, s)
		}
	}
	if l, ok := c.lent[hotline.ContactID(h.ID)]; ok && c.greeted && h.Topic == contact.TopicContact {
		if err := c.readLent(ctx, l); err != nil {
			return err
		}
	}
	if h.Topic == situation.Topic {
		return c.situationMoved(ctx, hotline.SituationID(h.ID))
	}
	if h.Topic == policy.TopicDecision {
		return c.decidedAbout(ctx, hotline.ContactID(h.ID))
	}
	if h.Topic == consent.Topic {
		return c.consentMoved(ctx, h.ID)
	}
	s, ok := c.shown[hotline.ContactID(h.ID)]
	if !ok || !c.greeted {
		return nil
	}
	if h.Topic == contact.TopicTyping {
		if h.Seq == 1 {
			c.push(CallerTyping{Contact: h.ID})
		}
		return nil
	}
	if h.Topic == situation.TopicRecord {
		return c.fields(ctx, s)
	}
	if h.Topic == emergency.Topic {
		return c.emergent(ctx, s)
	}
	if h.Topic == protocol.Topic {
		return c.guidedElsewhere(ctx, s)
	}
	return c.refresh(ctx, s, h.Seq == 0)
}

// paint shows a new picture.
func (c *console) paint(ctx context.Context, p *picture) error {
	c.pic = p
	if state := p.stateOf(c.me.ID); state != staff.Locked {
		c.state = state
	}
	if fresh, ok := p.people[c.me.ID]; ok {
		c.me = fresh
	}
	if c.hello != nil {
		h := *c.hello
		c.hello = nil
		return c.greet(ctx, h)
	}
	if !c.greeted {
		return nil
	}
	if err := c.contacts(ctx); err != nil {
		return err
	}
	if err := c.interpreting(ctx); err != nil {
		return err
	}
	c.tell(ctx)
	return c.lookSituations(ctx)
}

// contacts brings what this desk shows in line with the picture.
func (c *console) contacts(ctx context.Context) error {
	for _, row := range c.pic.held {
		s, ok := c.shown[row.ID]
		switch {
		case !ok && row.Advocate == c.me.ID:
			if err := c.begin(ctx, row.ID); err != nil {
				return err
			}
		case ok && (row.LastSeq > s.seq || row.HeadN != s.row.HeadN || s.over != nil || c.behind(s) || c.differs(s, row)):
			if err := c.refresh(ctx, s, true); err != nil {
				return err
			}
		}
	}
	for id, s := range c.shown {
		if _, ok := c.pic.holds[id]; !ok {
			if err := c.refresh(ctx, s, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin shows a contact that has become this person's, or is hers again: with what she was
// typing when it left her desk.
func (c *console) begin(ctx context.Context, id hotline.ContactID) error {
	s, err := c.openContact(ctx, id, 0)
	if err != nil || s == nil {
		return err
	}
	drafts, err := c.drafts(ctx)
	if err != nil {
		return err
	}
	v, err := c.whole(ctx, s, drafts[id])
	if err != nil {
		return err
	}
	c.push(ContactFrame{Contact: v})
	if err := c.emergent(ctx, s); err != nil {
		return err
	}
	return c.file(ctx, s)
}

// tell sends what has changed beside the contacts.
func (c *console) tell(ctx context.Context) {
	p := c.pic
	if me := c.self(ctx); !reflect.DeepEqual(me, c.told.me) {
		c.told.me = me
		c.push(MeFrame{Me: me})
	}
	c.rows(p.rows(c.me))
	if !oneList(p.team, c.told.people) {
		c.told.people = p.team
		c.pushRaw(p.roll)
	}
	c.offers(c.withNotes(ctx, p.offers(c.me.ID)))
	c.clocks()
	c.phone()
	if !c.supervises {
		return
	}
	if err := c.exports(ctx); err != nil {
		c.d.Log.ErrorContext(ctx, "the requests for records are not shown", "err", err)
	}
	alerts := p.ringsFor(c.told.alerts)
	for _, a := range alerts {
		if !slices.Contains(c.told.alerts, a) {
			c.push(AlertFrame{Alert: a})
		}
	}
	c.told.alerts = alerts
	if board := p.view(c.me.ID, c.me.Roles, c.d.Book.Settings()); !reflect.DeepEqual(board, c.told.board) {
		c.told.board = board
		c.push(BoardFrame{Board: board})
	}
}

// oneList reports whether two lists are the same one: what a picture hands out is never changed.
func oneList(a, b []Person) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (c *console) rows(rows []Row) {
	change := QueueFrame{Set: []Row{}, Gone: []string{}}
	next := make(map[string]Row, len(rows))
	for _, row := range rows {
		next[row.Contact] = row
		if was, ok := c.told.rows[row.Contact]; !ok || !reflect.DeepEqual(was, row) {
			change.Set = append(change.Set, row)
		}
	}
	for id := range c.told.rows {
		if _, ok := next[id]; !ok {
			change.Gone = append(change.Gone, id)
		}
	}
	c.told.rows = next
	if len(change.Set)+len(change.Gone) > 0 {
		c.push(change)
	}
}

func (c *console) offers(offers []Offer) {
	has := func(list []Offer, id string) bool {
		return slices.ContainsFunc(list, func(o Offer) bool { return o.ID == id })
	}
	for _, o := range c.told.offers {
		if !has(offers, o.ID) {
			c.push(OfferFrame{Offer: o, Ended: ended(o, c.pic.now)})
		}
	}
	for _, o := range offers {
		if !has(c.told.offers, o.ID) {
			c.push(OfferFrame{Offer: o})
		}
	}
	c.told.offers = offers
}

func ended(o Offer, now int64) string {
	if o.Until <= now {
		return "late"
	}
	return "gone"
}

// self is the person as her own desk shows her.
func (c *console) self(ctx context.Context) Me {
	p := c.pic
	s, here := p.shift[c.me.ID]
	set := c.d.Book.Settings()
	me := Me{
		ID: string(c.me.ID), Name: c.me.Pseudonym, Roles: []string{}, Languages: list(c.me.Languages), State: p.stateOf(c.me.ID),
		Capacity: int64(c.me.Capacity), Zone: c.d.Classes.Zone(ctx).String(), DraftKey: browserKey(c.ring), Outcomes: outcomes(),
		Links: links(c.me), Line: c.line, Spoken: list(c.spoken),
		Limits: Limits{
			Beat: beat.Milliseconds(), Undo: set.Undo.Milliseconds(), Ask: c.d.cfg.Ask.Milliseconds(), Lock: c.d.cfg.Lock.Milliseconds(),
			Wrap: set.WrapUp.Milliseconds(), Text: contact.MaxMessage,
		},
	}
	if here {
		me.Load, me.Capacity = int64(s.Load), int64(s.Capacity)
	}
	me.Machine = c.d.Machine != nil
	me.Phone = c.phones()
	me.Translates = c.d.Translators != nil && interpret.Translates(c.me)
	for _, r := range c.me.Roles {
		me.Roles = append(me.Roles, string(r))
	}
	return me
}

// named reads what the line says of itself, once for each greeting.
func (c *console) named(ctx context.Context) {
	if c.d.Line == nil {
		return
	}
	c.line = c.d.Line.Name(ctx, c.me.Locale)
	if tags, err := c.d.Line.Languages(ctx); err == nil {
		c.spoken = tags
	}
}

// outcomes are the codes that an advocate chooses from at the end.
func outcomes() []string { return policy.Outcomes() }

// links are the plain pages of the staff host that a person may open.
func links(p staff.Person) []Link {
	out := []Link{}
	if p.Is(hotline.Administrator) {
		out = append(out, Link{"desk.nav.settings", "/admin"})
	}
	if p.Is(hotline.Administrator) || p.Is(hotline.Supervisor) {
		out = append(out, Link{"desk.nav.hours", "/hours"})
	}
	if p.Is(hotline.Supervisor) { // who may be named for one
		out = append(out, Link{"desk.nav.legal", "/legal"})
	}
	return append(out, Link{"desk.nav.harm", "/harm"}, Link{"desk.nav.devices", "/devices"})
}

// greet answers a hello with all that the desk shows.
func (c *console) greet(ctx context.Context, h Hello) error {
	if c.pic == nil {
		c.hello = &h
		return nil
	}
	mine, err := c.d.Book.Of(ctx, c.me.ID)
	if err != nil {
		return err
	}
	drafts, err := c.drafts(ctx)
	if err != nil {
		return err
	}
	c.named(ctx)
	c.lang = cmp.Or(h.Lang, c.me.Locale, "en")
	c.has(h.Forms)
	p := c.pic
	c.told = told{me: c.self(ctx), rows: map[string]Row{}, people: p.team, offers: c.withNotes(ctx, p.offers(c.me.ID))}
	snap := Snapshot{
		Now: c.now(ctx), Me: c.told.me, Queue: p.rows(c.me), Contacts: []Contact{}, People: c.told.people, Offers: c.told.offers, Alerts: []Alert{},
	}
	for _, row := range snap.Queue {
		c.told.rows[row.Contact] = row
	}
	still := map[hotline.ContactID]bool{}
	for _, row := range mine {
		s, err := c.openContact(ctx, row.ID, h.Have[string(row.ID)])
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		v, err := c.whole(ctx, s, drafts[row.ID])
		if errors.Is(err, contact.ErrMissing) {
			continue
		}
		if err != nil {
			return err
		}
		still[row.ID] = true
		snap.Contacts = append(snap.Contacts, v)
	}
	for id := range c.shown {
		if !still[id] {
			delete(c.shown, id)
		}
	}
	if c.supervises {
		c.told.alerts = p.ringsFor(nil)
		c.told.board = p.view(c.me.ID, c.me.Roles, c.d.Book.Settings())
		snap.Alerts, snap.Board = c.told.alerts, &c.told.board
	}
	// She is here from now on, not from the next beat: else a process that lives for seconds, again
	// and again, would give away those whom its people have.
	if err := c.d.Staff.Beat(ctx, c.d.cfg.Node, c.me.ID); err != nil {
		return err
	}
	c.greeted = true
	c.push(snap)
	c.phone()
	for _, row := range mine {
		if s, ok := c.shown[row.ID]; ok {
			s.helped = EmergenciesFrame{Trouble: "untold"} // also that there are none: the desk may show one
			if err := errors.Join(c.emergent(ctx, s), c.file(ctx, s)); err != nil {
				return err
			}
		}
	}
	return c.lendAgain(ctx)
}
