package routing

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrNoQueue says that a line has no queue.
var ErrNoQueue = problem.New(problem.Internal, "routing.no_queue")

// KindWords is the edition kind of first-look lists.
const KindWords = "firstlook"

// Kinds are the editions that routing reads.
func Kinds() []edition.Kind {
	return []edition.Kind{{Name: KindHours, Check: CheckHours}, {Name: KindUrgency, Check: CheckRules}, {Name: KindWords, Check: CheckWordList}, {Name: KindQueue, Check: CheckQueue}}
}

// LineKey names the one edition of a kind that a line has.
func LineKey(kind string) edition.Key { return edition.Key{Kind: kind, Name: "line"} }

// Place says where a contact waits: the first look, the urgency rules, the hours and
// the queues of a line, as they are published. What a line has not published is as
// shipped; without hours it is always open.
type Place struct {
	db       *db.DB
	editions *edition.Book
	log      *slog.Logger

	mu    sync.Mutex
	made  *made
	local atomic.Pointer[time.Location]
}

// made is what one state of the editions gives.
type made struct {
	counter int64
	look    *FirstLook
	rules   *Rules
	hours   *Hours
	numbers map[string]int64
	queues  map[hotline.QueueID]queueRules // as published
	ruled   map[hotline.QueueID]int64      // under which number
}

// NewPlace returns the place of a line.
func NewPlace(ctx context.Context, d *db.DB, editions *edition.Book, log *slog.Logger) (*Place, error) {
	p := &Place{db: d, editions: editions, log: log}
	_, err := p.current(ctx)
	return p, err
}

// current is made anew after each publication. An edition that cannot be read, which
// publishing refuses, leaves the last good one in force.
func (p *Place) current(ctx context.Context) (*made, error) {
	n := p.editions.Counter(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made != nil && p.made.counter == n {
		return p.made, nil
	}
	m, err := p.make(ctx, n)
	if err != nil {
		if p.made == nil {
			return nil, err
		}
		p.log.ErrorContext(ctx, "a published edition cannot be read, the last good one goes on", "err", err)
		p.made.counter = n
		return p.made, nil
	}
	p.made = m
	p.local.Store(m.hours.Location())
	return m, nil
}

func (p *Place) make(ctx context.Context, n int64) (*made, error) {
	m := &made{counter: n, numbers: map[string]int64{}, queues: map[hotline.QueueID]queueRules{}, ruled: map[hotline.QueueID]int64{}}
	body := func(k edition.Key, shipped string) (string, error) {
		e, err := p.editions.Current(ctx, k)
		if errors.Is(err, edition.ErrMissing) {
			return shipped, nil
		}
		m.numbers[k.Kind] = e.Number
		return e.Body, err
	}
	text, err := body(LineKey(KindUrgency), ShippedRules)
	if err != nil {
		return nil, err
	}
	if m.rules, err = ParseRules(text); err != nil {
		return nil, err
	}
	if text, err = body(LineKey(KindHours), always); err != nil {
		return nil, err
	}
	if m.hours, err = ParseHours(text); err != nil {
		return nil, err
	}
	for _, k := range p.editions.Names(KindQueue) {
		e, err := p.editions.Current(ctx, k)
		if err != nil {
			return nil, err
		}
		id := hotline.QueueID(k.Name)
		m.ruled[id] = e.Number
		if m.queues[id], err = parseQueue(e.Body); err != nil {
			return nil, err
		}
	}
	var lists []WordList
	for lang, shipped := range ShippedWordLists() {
		if text, err = body(edition.Key{Kind: KindWords, Name: "line", Lang: lang}, shipped); err != nil {
			return nil, err
		}
		l, err := ParseWordList(text)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	slices.SortFunc(lists, func(a, b WordList) int { return strings.Compare(a.Language, b.Language) })
	m.look, err = NewFirstLook(lists...)
	return m, err
}

const always = `{"zone":"UTC","week":{"mon":["24h"],"tue":["24h"],"wed":["24h"],"thu":["24h"],"fri":["24h"],"sat":["24h"],"sun":["24h"]}}`

// Look implements [contact.Place]: it takes a first look at words, in memory.
func (p *Place) Look(words seal.Text, lang string) contact.Codes {
	p.mu.Lock()
	look := p.made.look
	p.mu.Unlock()
	l := look.Look(words, lang)
	return contact.Codes{Danger: l.Danger, Minor: l.Minor, Path: l.Path, Lang: l.Lang}
}

// Urgency implements [contact.Place].
func (p *Place) Urgency(c contact.Contact) hotline.Urgency {
	p.mu.Lock()
	rules := p.made.rules
	p.mu.Unlock()
	return rules.Class(factsOf(c, c.Began)).Urgency
}

// At implements [contact.Place].
func (p *Place) At(ctx context.Context, channel hotline.Channel, c contact.Codes) (contact.Placed, error) {
	m, err := p.current(ctx)
	if err != nil {
		return contact.Placed{}, err
	}
	var queues []queue
	var now int64
	err = p.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = db.Now(tx); err != nil {
			return err
		}
		queues, err = m.readQueues(tx)
		return err
	})
	if err != nil {
		return contact.Placed{}, err
	}
	if len(queues) == 0 {
		return contact.Placed{}, ErrNoQueue
	}
	q := queues[0]
	if i := slices.IndexFunc(queues, func(q queue) bool { return q.takes(channel, c) }); i >= 0 {
		q = queues[i]
	}
	open, _ := m.hours.Open(time.UnixMilli(now), channel)
	class := m.rules.Class(Facts{Path: c.Path, Danger: c.Danger, Minor: c.Minor, Returning: c.Returned, Language: c.Lang, Channel: channel})
	numbers := m.numbers
	if n, ok := m.ruled[q.id]; ok {
		numbers = maps.Clone(numbers)
		numbers[KindQueue] = n
	}
	return contact.Placed{Queue: q.id, Urgency: class.Urgency, Open: open, Editions: numbers}, nil
}

// Class tells how urgent a contact is at a moment, and why.
func (p *Place) Class(ctx context.Context, c contact.Contact, now int64) (Class, error) {
	m, err := p.current(ctx)
	if err != nil {
		return Class{}, err
	}
	return m.rules.Class(factsOf(c, now)), nil
}

func factsOf(c contact.Contact, now int64) Facts {
	return Facts{
		Path: c.Path, Danger: c.Danger, Minor: c.Minor, Returning: c.Returned, Language: c.Lang, Channel: c.Channel, Waits: c.Waits,
		Waited: time.Duration(max(0, now-c.Began)) * time.Millisecond,
	}
}

// A Standing is how the line stands for whoever would write now.
type Standing struct {
	Now     time.Time // in the line's zone
	Open    bool
	Turns   time.Time // when it closes or opens next; zero = not within two weeks
	Ahead   int       // who waits already
	Free    bool      // somebody is free now
	Known   bool      // Minutes is worth saying
	Minutes int
}

// Standing tells how the line stands. The wait is a guess from the last twenty
// answers of the past two hours.
func (p *Place) Standing(ctx context.Context, channel hotline.Channel) (s Standing, err error) {
	m, err := p.current(ctx)
	if err != nil {
		return s, err
	}
	return s, p.db.Read(ctx, func(tx db.Tx) error {
		ms, err := db.Now(tx)
		if err != nil {
			return err
		}
		s.Now = time.UnixMilli(ms).In(m.hours.Location())
		s.Open, s.Turns = m.hours.Open(s.Now, channel)
		if err := tx.QueryRow(`SELECT count(*) FROM contact WHERE state IN ('waiting', 'offered')`).Scan(&s.Ahead); err != nil {
			return err
		}
		shift, err := staff.Shift(tx, ms)
		if err != nil {
			return err
		}
		calls, err := contact.Calls(tx, ms)
		if err != nil {
			return err
		}
		s.Free = s.Ahead == 0 && slices.ContainsFunc(shift, func(q staff.Presence) bool {
			return q.State == staff.Ready && staff.Room(q.Load, calls[q.Person], q.Capacity, channel == hotline.Call)
		})
		wait, n, err := answers(tx, ms, "")
		if err == nil && n > 0 {
			s.Known, s.Minutes = true, int(wait/time.Minute.Milliseconds())+1
		}
		if s.Free {
			s.Known, s.Minutes = true, 0
		}
		return err
	})
}

// Local is the line's time zone as it was last read, for who is inside a transaction
// and may read nothing else.
func (p *Place) Local() *time.Location {
	if zone := p.local.Load(); zone != nil {
		return zone
	}
	return time.UTC
}

// Zone is the line's time zone.
func (p *Place) Zone(ctx context.Context) *time.Location {
	m, err := p.current(ctx)
	if err != nil {
		return time.UTC
	}
	return m.hours.Location()
}
