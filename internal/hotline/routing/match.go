package routing

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A Pager calls people who are not at their desks: "please open the desk", nothing
// else.
type Pager interface {
	Page(ctx context.Context, waiting int) error
}

// Matcher offers waiting contacts to those who are free.
type Matcher struct {
	db    *db.DB
	book  *contact.Book
	place *Place
	pager Pager
}

// NewMatcher returns the matcher of a line.
func NewMatcher(d *db.DB, b *contact.Book, p *Place, pager Pager) *Matcher {
	return &Matcher{d, b, p, pager}
}

// justAsked is how long somebody who declined is not asked again.
const justAsked = 5 * time.Minute

// portion is how many waiting contacts of each class one decision sees at once:
// where nobody of these fits, it goes on to those who came later.
const portion = 200

// outcome is what one matching transaction did.
type outcome struct {
	offered []hotline.ContactID
	widened []hotline.ContactID
	urgent  []hotline.ContactID // class 0 or 1, and nobody on the shift is ready
}

// Match offers what waits in a queue, in one short transaction under that queue's
// row lock: urgency first, then age; to each the best fit among those who are free.
// A queue that somebody else is matching is left to them. It returns how many
// offers were made.
func (m *Matcher) Match(ctx context.Context, q hotline.QueueID) (int, error) {
	made, err := m.place.current(ctx)
	if err != nil {
		return 0, err
	}
	var out outcome
	err = m.db.Write(ctx, func(tx db.Tx) (err error) {
		out, err = m.match(tx, made, q)
		return err
	})
	if err != nil {
		return 0, err
	}
	if len(out.offered) > 0 {
		m.book.Told(out.offered...)
	}
	for _, id := range out.widened {
		if err := m.book.Ring(ctx, id, Widened); err != nil {
			return 0, err
		}
	}
	return len(out.offered), m.page(ctx, out.urgent)
}

// Widened is the kind of alert that says that nobody quite fitted.
const Widened = "widened"

func (m *Matcher) match(tx db.Tx, made *made, q hotline.QueueID) (out outcome, err error) {
	var rules queueRules
	switch rules, err = made.lockQueue(tx, q); {
	case errors.Is(err, db.ErrNoRows):
		return out, nil
	case err != nil:
		return out, err
	}
	now, err := db.Now(tx)
	if err != nil {
		return out, err
	}
	shift, err := staff.Shift(tx, now)
	if err != nil {
		return out, err
	}
	calls, err := contact.Calls(tx, now)
	if err != nil {
		return out, err
	}
	var ready []Can
	for _, p := range shift {
		if p.State == staff.Ready {
			ready = append(ready, canOf(p, calls))
		}
	}
	free := slices.DeleteFunc(slices.Clone(ready), Can.full)
	if len(free) == 0 && len(ready) > 0 {
		return out, nil
	}
	for cursor := contact.InQueue(q); ; {
		waiting, err := m.order(tx, made, cursor, now)
		if err != nil || len(waiting) == 0 {
			return out, err
		}
		if len(ready) == 0 {
			out.urgent = urgent(waiting)
			return out, nil
		}
		if free, err = m.offerAll(tx, waiting, asking{rules, free, ready, here(shift)}, now, &out); err != nil || len(free) == 0 {
			return out, err
		}
	}
}

// urgent lists those of class 0 or 1.
func urgent(waiting []waiter) (out []hotline.ContactID) {
	for _, w := range waiting {
		if w.class.Now <= 1 {
			out = append(out, w.c.ID)
		}
	}
	return out
}

// asking is who can be asked, and by which rules.
type asking struct {
	rules queueRules
	free  []Can
	ready []Can                     // also those who are full
	here  map[hotline.PersonID]bool // the whole shift, also those who are busy
}

func here(shift []staff.Presence) map[hotline.PersonID]bool {
	all := make(map[hotline.PersonID]bool, len(shift))
	for _, p := range shift {
		all[p.Person] = p.State != staff.Away
	}
	return all
}

// heard reports whether anybody of those would hear a call.
func (m *Matcher) heard(c contact.Contact, of []Can) bool {
	return slices.ContainsFunc(of, func(p Can) bool { return m.book.Reaches(c, p.Person) })
}

// offerAll offers in order, as long as somebody is free.
func (m *Matcher) offerAll(tx db.Tx, waiting []waiter, a asking, now int64, out *outcome) ([]Can, error) {
	free := a.free
	for _, w := range waiting {
		if len(free) == 0 {
			break
		}
		done, err := m.offer(tx, w, asking{a.rules, free, a.ready, a.here}, now)
		if err != nil {
			return free, err
		}
		if done == nil {
			if w.c.Channel == hotline.Call && m.book.Holds(w.c) && !m.heard(w.c, a.ready) {
				out.urgent = append(out.urgent, urgent([]waiter{w})...)
			}
			continue
		}
		out.offered = append(out.offered, w.c.ID)
		if done.widened {
			out.widened = append(out.widened, w.c.ID)
		}
		free = taken(free, done.to, w.c.Channel == hotline.Call)
	}
	return free, nil
}

func (m *made) lockQueue(tx db.Tx, q hotline.QueueID) (queueRules, error) {
	var id hotline.QueueID
	if err := tx.QueryRow(`SELECT id FROM queue WHERE id = $1 FOR UPDATE SKIP LOCKED`, q).Scan(&id); err != nil {
		return queueRules{}, err
	}
	all, err := m.readQueues(tx)
	if err != nil {
		return queueRules{}, err
	}
	return all[slices.IndexFunc(all, func(o queue) bool { return o.id == q })].rules, nil
}

// waiter is a waiting contact with its class of this moment.
type waiter struct {
	c     contact.Contact
	class Class
}

// order reads the next portion, by the class of this moment, then by age.
func (m *Matcher) order(tx db.Tx, made *made, cursor *contact.Cursor, now int64) ([]waiter, error) {
	found, err := cursor.Next(tx, portion)
	if err != nil {
		return nil, err
	}
	all := make([]waiter, len(found))
	for i, c := range found {
		all[i] = waiter{c, made.rules.Class(factsOf(c, now))}
	}
	slices.SortStableFunc(all, func(a, b waiter) int {
		return cmp.Or(cmp.Compare(a.class.Now, b.class.Now), cmp.Compare(a.c.Began, b.c.Began))
	})
	return all, nil
}

// usualWiden is after how many minutes a queue that says nothing asks somebody who
// does not quite fit.
const usualWiden = 5

// HeldFor is whom alone a contact is offered to, since she wished for the person she
// was with last time: as long as that person is on the shift and she has not waited
// too long. Else it is nobody, and whoever fits is asked.
func HeldFor(c contact.Contact, now int64, after time.Duration, here map[hotline.PersonID]bool) hotline.PersonID {
	if !here[c.Wishes.With] || time.Duration(now-c.Began)*time.Millisecond >= after {
		return ""
	}
	return c.Wishes.With
}

// Usual is how long a contact is held where its queue says nothing.
const Usual = usualWiden * time.Minute

type offered struct {
	to      hotline.PersonID
	widened bool
}

// offer rings for the best fit. Where nobody of the shift's free ones fits, and she
// has waited long enough, the next best is asked.
func (m *Matcher) offer(tx db.Tx, w waiter, a asking, now int64) (*offered, error) {
	rules, free := a.rules, a.free
	declined, err := contact.Declined(tx, w.c.ID, now-justAsked.Milliseconds())
	if err != nil {
		return nil, err
	}
	blocked, err := contact.Blocked(tx, w.c.Situation)
	if err != nil {
		return nil, err
	}
	opens, err := contact.Holders(tx, w.c)
	if err != nil {
		return nil, err
	}
	free = slices.DeleteFunc(slices.Clone(free), func(c Can) bool { return !opens(c.Person, c.Roles) || !m.book.Reaches(w.c, c.Person) })
	skills := append(Demanded(rules.Demands, w.c.Channel, w.class.Urgency), rules.Skills...)
	need := Need{
		Language: w.c.Lang, Call: w.c.Channel == hotline.Call, Skills: skills, Gender: w.c.Wishes.Gender, NotCommunity: w.c.Wishes.NotCommunity,
		Same: cmp.Or(w.c.Advocate, w.c.Wishes.With), Blocked: blocked, Declined: declined,
	}
	after := time.Duration(cmp.Or(rules.Widen, usualWiden)) * time.Minute
	if w.class.Now > 0 && HeldFor(w.c, now, after, a.here) != "" && !slices.Contains(blocked, w.c.Wishes.With) {
		free = slices.DeleteFunc(slices.Clone(free), func(c Can) bool { return c.Person != w.c.Wishes.With })
	}
	best, ok := Best(need, free, false)
	if !ok { // with a translator at hand the language is in nobody's way
		coming, err := interpret.Coming(tx, w.c.ID)
		if err != nil {
			return nil, err
		}
		if coming != "" {
			need.Let = LetLanguage
			best, ok = Best(need, free, false)
		}
	}
	done := &offered{best.Person, false}
	if !ok {
		if time.Duration(now-w.c.Began)*time.Millisecond < after && w.class.Now > 0 {
			return nil, nil //nolint:nilnil // nobody is asked, which is no fault
		}
		steps, known := Lets(rules.Let)
		if !known { // contacts are matched even by a queue whose list is wrong
			steps, _ = Lets(nil)
		}
		if best, _, ok = Widest(need, free, steps); !ok {
			return nil, nil //nolint:nilnil // as above
		}
		done = &offered{best.Person, true}
	}
	err = m.book.OfferTo(tx, w.c, done.to)
	if errors.Is(err, contact.ErrState) || errors.Is(err, contact.ErrPhone) || errors.Is(err, staff.ErrFull) {
		return nil, nil //nolint:nilnil // somebody was faster
	}
	return done, err
}

func taken(free []Can, p hotline.PersonID, call bool) []Can {
	i := slices.IndexFunc(free, func(c Can) bool { return c.Person == p })
	if i < 0 {
		return free
	}
	free[i].Load++
	if call {
		free[i].Calls++
	}
	if free[i].full() {
		return slices.Delete(free, i, i+1)
	}
	return free
}

func canOf(p staff.Presence, calls map[hotline.PersonID]int) Can {
	c := Can{Person: p.Person, Languages: p.Languages, Gender: p.Gender, Load: p.Load, Calls: calls[p.Person], Capacity: p.Capacity, Since: p.Since, Roles: p.Roles}
	for _, s := range p.Skills {
		if community, ok := strings.CutPrefix(s, "community:"); ok {
			c.Communities = append(c.Communities, community)
		} else {
			c.Skills = append(c.Skills, s)
			c.Interprets = c.Interprets || s == "interprets"
		}
	}
	return c
}

// page rings for urgent contacts that nobody can take, and calls those on call,
// once for each.
func (m *Matcher) page(ctx context.Context, urgent []hotline.ContactID) error {
	fresh := 0
	for _, id := range urgent {
		began, err := m.book.RingOnce(ctx, id, contact.Nobody)
		if err != nil {
			return err
		}
		if began {
			fresh++
		}
	}
	if fresh == 0 {
		return nil
	}
	return m.pager.Page(ctx, fresh)
}

// MatchAll matches every queue.
func (m *Matcher) MatchAll(ctx context.Context) error {
	made, err := m.place.current(ctx)
	if err != nil {
		return err
	}
	var queues []queue
	if err := m.db.Read(ctx, func(tx db.Tx) (err error) { queues, err = made.readQueues(tx); return err }); err != nil {
		return err
	}
	var errs []error
	for _, q := range queues {
		_, err := m.Match(ctx, q.id)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Turn follows the hours: parked contacts wait again at the opening hour; those who
// wait are parked at the closing hour, once nobody is ready any more.
func (m *Matcher) Turn(ctx context.Context) error {
	made, err := m.place.current(ctx)
	if err != nil {
		return err
	}
	var queues []queue
	var now int64
	ready := false
	err = m.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = db.Now(tx); err != nil {
			return err
		}
		if queues, err = made.readQueues(tx); err != nil {
			return err
		}
		shift, err := staff.Shift(tx, now)
		ready = slices.ContainsFunc(shift, func(p staff.Presence) bool { return p.State == staff.Ready })
		return err
	})
	if err != nil {
		return err
	}
	open := func(ch hotline.Channel) bool { is, _ := made.hours.Open(time.UnixMilli(now), ch); return is }
	closed := func(ch hotline.Channel) bool { return !ready && !open(ch) }
	for _, q := range queues {
		if err := errors.Join(m.book.Opening(ctx, q.id, open), m.book.ClosingHour(ctx, q.id, closed)); err != nil {
			return err
		}
	}
	return nil
}

// poll is how late a match may be whose hint was lost.
const poll = 2 * time.Second

// Watch matches whenever who waits or who is free has changed, and every two
// seconds, until stop, which waits for the last match.
func (m *Matcher) Watch(ctx context.Context, b bus.Bus, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	wake := make(chan struct{}, 1)
	end := b.Subscribe(func(h bus.Hint) {
		if h.Topic == contact.TopicQueue || h.Topic == bus.Missed {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	})
	done := make(chan struct{})
	go func() { // ends with ctx; stop waits for it
		defer close(done)
		tick := time.NewTicker(poll)
		defer tick.Stop()
		for ctx.Err() == nil {
			if err := m.MatchAll(ctx); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "waiting contacts cannot be offered", "err", err, "again_in", poll)
			}
			select {
			case <-ctx.Done():
			case <-wake:
			case <-tick.C:
			}
		}
	}()
	return func() {
		end()
		cancel()
		<-done
	}
}
