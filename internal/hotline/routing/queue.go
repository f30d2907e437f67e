package routing

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/problem"
)

// KindQueue is the edition kind of a queue's rules; its name is the queue's id. A
// queue without one has the rules that it was founded with.
const KindQueue = "queue"

// QueueKey names a queue's rules.
func QueueKey(id hotline.QueueID) edition.Key { return edition.Key{Kind: KindQueue, Name: string(id)} }

// ErrQueues says that a line has no room for one more queue.
var ErrQueues = problem.New(problem.Conflict, "routing.queues")

// queue is an order of waiting contacts, with what it asks.
type queue struct {
	id    hotline.QueueID
	rules queueRules
}

// queueRules are the body of an edition of the kind "queue".
type queueRules struct {
	Order     int      `json:"order,omitempty"`     // queues are asked in this order whether they take a contact
	Channels  []string `json:"channels,omitempty"`  // takes these; empty = all
	Languages []string `json:"languages,omitempty"` // and these
	Paths     []string `json:"paths,omitempty"`     // and these
	Skills    []string `json:"skills,omitempty"`    // asks these of whoever answers
	Demands   []Demand `json:"demands,omitempty"`   // and these for some channels or urgencies
	Let       []string `json:"let,omitempty"`       // what is let go where nobody fits, one after the other
	Widen     int      `json:"widen,omitempty"`     // minutes after which somebody who does not quite fit is asked; 0 = 5
}

func (q queue) takes(channel hotline.Channel, c contact.Codes) bool {
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	return in(q.rules.Channels, string(channel)) && (len(q.rules.Languages) == 0 || speaks(q.rules.Languages, c.Lang)) && in(q.rules.Paths, string(c.Path))
}

// maxQueues is how many queues one line has.
const maxQueues = 100

// skillWord is a skill as people have it and queues ask for it.
var skillWord = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}:-]{1,40}$`)

// parseQueue reads a queue's rules. What is wrong with them comes as [edition.Faults].
func parseQueue(body string) (r queueRules, err error) {
	var fs edition.Faults
	if !fs.Read(body, &r) {
		return r, fs
	}
	between := func(row int, field string, n, least, most int) {
		if n < least || n > most {
			fs.Add(row, field, "edition.fault.number", strconv.Itoa(n))
		}
	}
	each := func(row int, field string, list []string, ok func(string) bool) {
		for i, v := range list {
			if !ok(v) || slices.Index(list, v) != i {
				fs.Add(row, field, "edition.fault.unknown", v)
			}
		}
	}
	lower := func(s string) bool { return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }
	between(0, "order", r.Order, 0, maxQueues)
	between(0, "widen", r.Widen, 0, 24*60)
	each(0, "channels", r.Channels, lower)
	each(0, "languages", r.Languages, tag)
	each(0, "paths", r.Paths, func(s string) bool {
		return slices.Contains([]hotline.Path{hotline.Self, hotline.Other, hotline.Tip, hotline.Unknown, Info}, hotline.Path(s))
	})
	each(0, "skills", r.Skills, skillWord.MatchString)
	each(0, "let", r.Let, func(s string) bool { _, ok := Lets([]string{s}); return ok })
	for i, d := range r.Demands {
		each(i+1, "demands.channels", d.Channels, lower)
		each(i+1, "demands.skills", d.Skills, skillWord.MatchString)
		if len(d.Skills) == 0 {
			fs.Add(i+1, "demands.skills", "edition.fault.empty", "")
		}
		if d.Urgent != nil {
			between(i+1, "demands.urgent", *d.Urgent, 0, 9)
		}
	}
	return r, fs.Err()
}

// CheckQueue is the check of the edition kind "queue".
func CheckQueue(body string) error { _, err := parseQueue(body); return err }

// readQueues reads the queues, each with the rules that are in force for it, in the
// order in which they are asked.
func (m *made) readQueues(tx db.Tx) (out []queue, err error) {
	rows, err := tx.Query(`SELECT id, rules FROM queue ORDER BY id LIMIT $1`, maxQueues)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var q queue
		var rules string
		if err := rows.Scan(&q.id, &rules); err != nil {
			return nil, err
		}
		published, ok := m.queues[q.id]
		if q.rules = published; !ok {
			if err := json.Unmarshal([]byte(rules), &q.rules); err != nil {
				return nil, err
			}
		}
		out = append(out, q)
	}
	slices.SortStableFunc(out, func(a, b queue) int { return cmp.Compare(a.rules.Order, b.rules.Order) })
	return out, rows.Err()
}

// A Queue is a queue as administrators see it. Its team stands in the manifest.
type Queue struct {
	ID   hotline.QueueID
	Name string
}

// Queues lists the queues in the order in which they are asked.
func (p *Place) Queues(ctx context.Context) (out []Queue, err error) {
	m, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	return out, p.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		queues, err := m.readQueues(tx)
		if err != nil {
			return err
		}
		for _, q := range queues {
			var name string
			if err := tx.QueryRow(`SELECT name FROM queue WHERE id = $1`, q.id).Scan(&name); err != nil {
				return err
			}
			out = append(out, Queue{q.id, name})
		}
		return nil
	})
}

// AddQueue writes a new queue. It takes nothing before its turn: its rules put it
// behind all that are there.
func AddQueue(tx db.Tx, q Queue) error {
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM queue`).Scan(&n); err != nil {
		return err
	}
	if n >= maxQueues {
		return ErrQueues
	}
	_, err := tx.Exec(`INSERT INTO queue (id, name, rules) VALUES ($1, $2, $3)`, q.ID, q.Name, `{"order":`+strconv.Itoa(maxQueues)+`}`)
	return err
}

// RenameQueue changes what a queue is called.
func RenameQueue(tx db.Tx, q Queue) error {
	_, err := tx.Exec(`UPDATE queue SET name = $2 WHERE id = $1`, q.ID, q.Name)
	return err
}
