package routing

import (
	"slices"
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
	Reason  string
	Row     int // which row decided, from 1; 0 = the default
}

// step is how long a contact waits for each class it rises.
const step = 15 * time.Minute

// ShippedRules are the default urgency rules: a draft that nobody has reviewed.
const ShippedRules = `{"rows":[
{"class":0,"reason":"danger","danger":true},
{"class":1,"reason":"minor","minor":true,"path":["self","unknown"]},
{"class":2,"reason":"back","returning":true},
{"class":3,"reason":"self","path":["self"]},
{"class":4,"reason":"other","path":["other"]},
{"class":5,"reason":"info","path":["info"]},
{"class":6,"reason":"tip","path":["tip"]}
],"default":3}`

// ParseRules reads urgency rules. What is wrong with them comes as [edition.Faults].
func ParseRules(body string) (*Rules, error) {
	var r Rules
	if err := strict(body, &r); err != nil {
		return nil, err
	}
	var fs edition.Faults
	const most = 100
	if len(r.Rows) > most {
		fs.Add(0, "rows", "edition.fault.many", "")
	}
	if r.Default < 0 || r.Default > 9 {
		fs.Add(0, "default", "edition.fault.class", "")
	}
	for i, row := range r.Rows {
		if row.Class < 0 || row.Class > 9 {
			fs.Add(i+1, "class", "edition.fault.class", "")
		}
		if row.Class == 0 && (row.Danger == nil || !*row.Danger) {
			fs.Add(i+1, "class", "edition.fault.class_danger", "")
		}
		if !slices.Contains(reasons(), row.Reason) {
			fs.Add(i+1, "reason", "edition.fault.unknown", row.Reason)
		}
		for _, p := range row.Path {
			if !slices.Contains([]hotline.Path{hotline.Self, hotline.Other, hotline.Tip, hotline.Unknown, Info}, p) {
				fs.Add(i+1, "path", "edition.fault.unknown", string(p))
			}
		}
		if row.Waits < 0 || row.Waited < 0 {
			fs.Add(i+1, "waited", "edition.fault.number", "")
		}
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return &r, nil
}

// CheckRules is the check of the edition kind "urgency".
func CheckRules(body string) error { _, err := ParseRules(body); return err }

func reasons() []string { return []string{"danger", "minor", "back", "self", "other", "info", "tip"} }

// Class decides.
func (r *Rules) Class(f Facts) Class {
	c := Class{Urgency: hotline.Urgency(r.Default), Reason: "self"}
	for i, row := range r.Rows {
		if row.holds(f) {
			c = Class{Urgency: hotline.Urgency(row.Class), Reason: row.Reason, Row: i + 1}
			break
		}
	}
	c.Now = c.Urgency
	if c.Urgency > 0 {
		c.Now = max(1, c.Urgency-hotline.Urgency(f.Waited/step))
	}
	return c
}

func (row RuleRow) holds(f Facts) bool {
	is := func(want *bool, got bool) bool { return want == nil || *want == got }
	return is(row.Danger, f.Danger) && is(row.Minor, f.Minor) && is(row.Returning, f.Returning) &&
		(len(row.Path) == 0 || slices.Contains(row.Path, f.Path)) &&
		(len(row.Language) == 0 || slices.Contains(row.Language, f.Language)) &&
		(len(row.Channel) == 0 || slices.Contains(row.Channel, string(f.Channel))) &&
		f.Waits >= row.Waits && f.Waited >= time.Duration(row.Waited)*time.Minute
}
