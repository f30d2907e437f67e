package contact

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/shred"
)

// KeptOutFor is how long an abusive caller's browser is kept out.
const KeptOutFor = 24 * time.Hour

// KeptOut is the kind of alert by which supervisors review that somebody was.
const KeptOut = "outside"

// TopicOutside tells the other nodes of a hash. It is the one thing on the bus that
// is not an id of ours.
const TopicOutside = "outside"

// Outside keeps the browsers of abusive callers out. Of a browser it holds a hash
// of what its cookie is looked up by, under the key of the day, in memory and
// nowhere else: a restart lets everybody in again, and nobody can tell from a hash
// whom it is of. Only the browser is kept out, never an address, which a victim may
// share with whoever holds her.
type Outside struct {
	db    *db.DB
	shred *shred.Store
	log   *audit.Log
	bus   bus.Bus
	clock func() time.Time

	mu   sync.RWMutex
	held map[string]hold // by hash
}

type hold struct {
	day     int64
	until   time.Time
	contact hotline.ContactID
}

// NewOutside returns an Outside that keeps nobody out.
func NewOutside(d *db.DB, s *shred.Store, log *audit.Log, b bus.Bus, clock func() time.Time) *Outside {
	return &Outside{db: d, shred: s, log: log, bus: b, clock: clock, held: map[string]hold{}}
}

func dayOf(t time.Time) int64 { return t.Unix() / 86400 }

// KeepOut keeps the browsers of a contact out for a day, on every node, and has the
// supervisors review it.
func (o *Outside) KeepOut(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	lookups, err := o.lookups(ctx, id)
	if err != nil {
		return err
	}
	now := o.clock()
	day := dayOf(now)
	for _, l := range lookups {
		hash, err := o.hash(ctx, day, l)
		if err != nil {
			return err
		}
		o.bus.Publish(o.put(hash, hold{day, now.Add(KeptOutFor), id}))
	}
	err = o.db.Write(ctx, func(tx db.Tx) error {
		at, err := db.Now(tx)
		if err != nil {
			return err
		}
		// Closed or not: an abusive chat has ended by now.
		if _, err := raise(tx, id, KeptOut, at); err != nil {
			return err
		}
		return o.leaf(by, id, "keep out").Insert(tx)
	})
	if err == nil {
		o.bus.Publish(bus.Hint{Topic: TopicAlert, ID: string(id)})
	}
	return err
}

// LetIn ends it: a supervisor has reviewed it and thinks otherwise.
func (o *Outside) LetIn(ctx context.Context, by hotline.PersonID, id hotline.ContactID) error {
	o.mu.Lock()
	var gone []string
	for hash, h := range o.held {
		if h.contact == id {
			gone = append(gone, hash)
			delete(o.held, hash)
		}
	}
	o.mu.Unlock()
	for _, hash := range gone {
		o.bus.Publish(bus.Hint{Topic: TopicOutside, ID: hash})
	}
	return o.db.Write(ctx, o.leaf(by, id, "let in").Insert)
}

func (o *Outside) leaf(by hotline.PersonID, id hotline.ContactID, what string) audit.Leaf {
	return o.log.Public(audit.Act{By: hotline.Actor(by), What: what, Object: string(id)})
}

func (o *Outside) lookups(ctx context.Context, id hotline.ContactID) (out [][]byte, err error) {
	return out, o.db.Read(ctx, func(tx db.Tx) (err error) {
		out, err = db.Values[[]byte](tx, `SELECT lookup FROM caller WHERE contact = $1 LIMIT 10`, id)
		return err
	})
}

func (o *Outside) hash(ctx context.Context, day int64, lookup []byte) (string, error) {
	b, err := o.shred.MAC(ctx, day, "outside", string(lookup))
	return hex.EncodeToString(b), err
}

// Is reports whether the browser of a cookie is kept out. As long as nobody is, it
// costs nothing.
func (o *Outside) Is(ctx context.Context, lookup []byte) bool {
	now := o.clock()
	o.mu.RLock()
	var days []int64
	for _, h := range o.held {
		if now.Before(h.until) && !slices.Contains(days, h.day) {
			days = append(days, h.day)
		}
	}
	o.mu.RUnlock()
	for _, day := range days {
		hash, err := o.hash(ctx, day, lookup)
		if err != nil {
			return false // nobody is kept out by a fault of ours
		}
		o.mu.RLock()
		h, ok := o.held[hash]
		o.mu.RUnlock()
		if ok && now.Before(h.until) {
			return true
		}
	}
	return false
}

// most is how many hashes are held; the oldest give way.
const most = 10_000

// put holds a hash, and returns the hint that tells the others.
func (o *Outside) put(hash string, h hold) bus.Hint {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock()
	for other, old := range o.held {
		if !now.Before(old.until) || len(o.held) >= most {
			delete(o.held, other)
		}
	}
	o.held[hash] = h
	return bus.Hint{Topic: TopicOutside, ID: strings.Join([]string{hash, strconv.FormatInt(h.day, 10), string(h.contact)}, " "), Seq: h.until.UnixMilli()}
}

// Follow takes up what other nodes hold, until stop.
func (o *Outside) Follow() (stop func()) {
	return o.bus.Subscribe(func(h bus.Hint) {
		if h.Topic != TopicOutside {
			return
		}
		parts := strings.Split(h.ID, " ")
		if len(parts) == 1 {
			o.mu.Lock()
			delete(o.held, parts[0])
			o.mu.Unlock()
			return
		}
		if len(parts) != 3 || len(parts[0]) != 32 {
			return
		}
		day, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return
		}
		o.put(parts[0], hold{day, time.UnixMilli(h.Seq), hotline.ContactID(parts[2])})
	})
}
