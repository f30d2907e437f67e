package routing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindUrgency is the edition kind of urgency rules.
const KindUrgency = "urgency"

// Rules say how urgent a contact is: the first row whose conditions all hold decides
// its class. Waiting raises a class by one for each quarter of an hour, never into
// class 0, which is for danger alone.
type Rules struct {
	Note    string    `json:"note,omitempty"` // for whoever edits them
	Rows    []RuleRow `json:"rows"`
	Default int       `json:"default"` // the class where no row holds
}

// A RuleRow is a set of conditions and a class. A condition that is not named holds.
type RuleRow struct {
	Class     int            `json:"class"`
	Reason    string         `json:"reason"` // a word of the desk's: danger, minor, back, self, other, info, tip
	Path      []hotline.Path `json:"path,omitempty"`
	Danger    *bool          `json:"danger,omitempty"`
	Minor     *bool          `json:"minor,omitempty"`
	Returning *bool          `json:"returning,omitempty"`
	Language  []string       `json:"language,omitempty"`
	Channel   []string       `json:"channel,omitempty"`
	Waits     int            `json:"waits,omitempty"`  // had to wait at least so often
	Waited    int            `json:"waited,omitempty"` // minutes, at least
}

// Facts are what the rules see of a contact.
type Facts struct {
	Path                     hotline.Path
	Danger, Minor, Returning bool
	Language                 string
	Channel                  hotline.Channel
	Waits                    int
	Waited                   time.Duration
}

// A Class is how urgent a contact is and why.
type Class struct {
	Urgency hotline.Urgency // by the rules
	Now     hotline.Urgency // raised by its age
	Reason  string          // of the row that decided, a word of the desk's
	Row     int             // which row decided, from 1; 0 = the default
	Raised  int             // by how many classes its age has raised it
	Rises   time.Duration   // after which wait its class changes next; 0 = never
}

// step is how long a contact waits for each class it rises.
const step = 15 * time.Minute

// ShippedRules are the default urgency rules: a draft that nobody has reviewed.
const ShippedRules = `{"note":"draft, not reviewed","rows":[
{"class":0,"reason":"danger","danger":true},
{"class":1,"reason":"minor","minor":true,"path":["self","unknown"]},
{"class":2,"reason":"back","returning":true},
{"class":3,"reason":"self","path":["self"]},
{"class":4,"reason":"other","path":["other"]},
{"class":5,"reason":"info","path":["info"]},
{"class":6,"reason":"tip","path":["tip"]}
],"default":3}`

// maxRows is how many rows rules may have.
const maxRows = 100

// ParseRules reads urgency rules. What is wrong with them comes as [edition.Faults],
// which name the row as the administrator counts it, and the field.
func ParseRules(body string) (*Rules, error) {
	var r Rules
	var fs edition.Faults
	if !fs.Read(body, &r) {
		return nil, fs
	}
	if len(r.Rows) > maxRows {
		fs.Add(0, "rows", "edition.fault.many", strconv.Itoa(len(r.Rows)))
		return nil, fs.Err()
	}
	if r.Default < 1 || r.Default > 9 {
		fs.Add(0, "default", "edition.fault.class", strconv.Itoa(r.Default))
	}
	for i, row := range r.Rows {
		row.check(&fs, i+1)
		if above := slices.IndexFunc(r.Rows[:i], row.never); above >= 0 {
			fs.Add(i+1, "", "edition.fault.unreachable", strconv.Itoa(above+1))
		}
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return &r, nil
}

func (row RuleRow) check(fs *edition.Faults, n int) {
	switch {
	case row.Class < 0 || row.Class > 9:
		fs.Add(n, "class", "edition.fault.class", strconv.Itoa(row.Class))
	case row.Class == 0 && (row.Danger == nil || !*row.Danger):
		fs.Add(n, "class", "edition.fault.class_danger", "0")
	}
	if !slices.Contains(reasons(), row.Reason) {
		fs.Add(n, "reason", "edition.fault.unknown", row.Reason)
	}
	for _, p := range row.Path {
		if !slices.Contains([]hotline.Path{hotline.Self, hotline.Other, hotline.Tip, hotline.Unknown, Info}, p) {
			fs.Add(n, "path", "edition.fault.unknown", string(p))
		}
	}
	for _, l := range row.Language {
		if !tag(l) {
			fs.Add(n, "language", "edition.fault.language", l)
		}
	}
	for _, c := range row.Channel {
		if c == "" || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz") != "" {
			fs.Add(n, "channel", "edition.fault.unknown", c)
		}
	}
	const most = 7 * 24 * 60 // nobody waits longer
	if row.Waits < 0 || row.Waits > 100 {
		fs.Add(n, "waits", "edition.fault.number", strconv.Itoa(row.Waits))
	}
	if row.Waited < 0 || row.Waited > most {
		fs.Add(n, "waited", "edition.fault.number", strconv.Itoa(row.Waited))
	}
}

// never reports whether a row above leaves this one nothing: whatever this one asks
// for, that one takes first.
func (row RuleRow) never(above RuleRow) bool {
	is := func(above, row *bool) bool { return above == nil || row != nil && *above == *row }
	return is(above.Danger, row.Danger) && is(above.Minor, row.Minor) && is(above.Returning, row.Returning) &&
		within(above.Path, row.Path) && within(above.Language, row.Language) && within(above.Channel, row.Channel) &&
		above.Waits <= row.Waits && above.Waited <= row.Waited
}

// within reports whether all that a row takes is taken above; an empty list is all.
func within[T comparable](above, row []T) bool {
	if len(above) == 0 {
		return true
	}
	return len(row) > 0 && !slices.ContainsFunc(row, func(v T) bool { return !slices.Contains(above, v) })
}

// CheckRules is the check of the edition kind "urgency".
func CheckRules(body string) error { _, err := ParseRules(body); return err }

func reasons() []string { return []string{"danger", "minor", "back", "self", "other", "info", "tip"} }

// Class decides.
func (r *Rules) Class(f Facts) Class {
	c := Class{Urgency: hotline.Urgency(r.Default), Reason: "self"}
	later := time.Duration(0) // when a row above would hold, for having waited
	for i, row := range r.Rows {
		if row.holds(f) {
			c = Class{Urgency: hotline.Urgency(row.Class), Reason: row.Reason, Row: i + 1}
			break
		}
		if after := row.after(f); after > 0 && (later == 0 || after < later) {
			later = after
		}
	}
	c.Now, c.Rises = c.Urgency, later
	if c.Urgency > 0 {
		least := min(c.Urgency, r.least(f))
		c.Now = max(least, c.Urgency-hotline.Urgency(min(f.Waited/step, 9)))
		c.Raised = int(c.Urgency - c.Now)
		if next := (f.Waited/step + 1) * step; c.Now > least && (later == 0 || next < later) {
			c.Rises = next
		}
	}
	return c
}

// least is the class into which waiting can raise somebody. Nothing is raised into danger;
// and what is no cry for help, a tip or a question, is never raised past those who write
// for themselves: after an article in the press there are hundreds, and the oldest of them
// would else be answered before her.
func (r *Rules) least(f Facts) hotline.Urgency {
	if f.Path != hotline.Tip && f.Path != Info {
		return 1
	}
	self := Facts{Path: hotline.Self, Language: f.Language, Channel: f.Channel}
	for _, row := range r.Rows {
		if row.holds(self) {
			return hotline.Urgency(row.Class) + 1
		}
	}
	return hotline.Urgency(r.Default) + 1
}

// after is the wait after which a row will hold that does not yet, or 0.
func (row RuleRow) after(f Facts) time.Duration {
	wait := time.Duration(row.Waited) * time.Minute
	if f.Waited >= wait {
		return 0
	}
	f.Waited = wait
	if !row.holds(f) {
		return 0
	}
	return wait
}

// A Waiting is a contact that waits, as a preview sees it.
type Waiting struct {
	ID hotline.ContactID
	Facts
}

// A Moved is where a waiting contact stands under the rules in force and under a
// draft, counted from 1.
type Moved struct {
	ID          hotline.ContactID
	Facts       Facts
	Place, Then int
	Now, Draft  Class
}

// Preview shows today's queue under a draft beside what is in force, in the draft's
// order.
func Preview(waiting []Waiting, present, draft *Rules) []Moved {
	out := make([]Moved, len(waiting))
	for i, w := range waiting {
		out[i] = Moved{ID: w.ID, Facts: w.Facts, Now: present.Class(w.Facts), Draft: draft.Class(w.Facts)}
	}
	for i, n := range order(waiting, func(i int) hotline.Urgency { return out[i].Now.Now }) {
		out[n].Place = i + 1
	}
	then := order(waiting, func(i int) hotline.Urgency { return out[i].Draft.Now })
	for i, n := range then {
		out[n].Then = i + 1
	}
	slices.SortFunc(out, func(a, b Moved) int { return cmp.Compare(a.Then, b.Then) })
	return out
}

// order is the order of a queue: class, then age, then as they stand.
func order(waiting []Waiting, class func(int) hotline.Urgency) []int {
	out := make([]int, len(waiting))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(waiting[b].Waited, waiting[a].Waited))
	})
	return out
}

func (row RuleRow) holds(f Facts) bool {
	is := func(want *bool, got bool) bool { return want == nil || *want == got }
	return is(row.Danger, f.Danger) && is(row.Minor, f.Minor) && is(row.Returning, f.Returning) &&
		(len(row.Path) == 0 || slices.Contains(row.Path, f.Path)) &&
		(len(row.Language) == 0 || speaks(row.Language, f.Language)) &&
		(len(row.Channel) == 0 || slices.Contains(row.Channel, string(f.Channel))) &&
		f.Waits >= row.Waits && f.Waited >= time.Duration(row.Waited)*time.Minute
}
