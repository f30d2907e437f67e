package admin

import (
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// urgencyPreviewView shows rules before they are put in force, a draft or an earlier
// edition: in words, and who waits now under them.
type urgencyPreviewView struct {
	frame
	Rules    []string
	Default  string
	Queues   [][]movedRow
	Number   int64 // of the earlier edition; 0 is the draft
	At       int64
	Version  int64
	Mark     string
	Reviewer string
	Same     bool
	More     bool // others wait behind those that are shown
}

func (*urgencyPreviewView) name() string { return "urgencypreview" }

// movedRow is somebody who waits, now and then. Nothing in it leads to her.
type movedRow struct {
	Place, Then int
	Way, Wait   string
	Was, Is     string
	Changes     bool
}

func (a *Admin) urgencyPreview(v *visit) error {
	d, err := a.draft(v.r.Context(), urgencyKey())
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return v.to("/urgency")
	}
	return a.previewUrgency(v, d)
}

func (a *Admin) previewUrgency(v *visit, e edition.Edition) error {
	rules, err := routing.ParseRules(e.Body)
	if errors.Is(err, edition.ErrInvalid) {
		return v.to("/urgency") // written by other means: the form shows what is in force
	}
	if err != nil {
		return err
	}
	waiting, more, err := a.Queue.Preview(v.r.Context(), e.Body)
	if err != nil {
		return err
	}
	view := &urgencyPreviewView{
		Number: e.Number, At: e.At, Version: e.Version, Mark: e.Mark(), Reviewer: short(v.get("reviewer"), 60), Same: true, More: more,
		Default: v.l.T("admin.urgency.class", "class", rules.Default),
	}
	for _, row := range rules.Rows {
		view.Rules = append(view.Rules, a.ruleInWords(v.l, row))
	}
	for _, m := range waiting {
		row := a.moved(v.l, m)
		view.Same = view.Same && !row.Changes
		if m.Then == 1 || len(view.Queues) == 0 { // the next queue
			view.Queues = append(view.Queues, nil)
		}
		last := len(view.Queues) - 1
		view.Queues[last] = append(view.Queues[last], row)
	}
	return a.show(v, v.status(), view)
}

// moved puts a waiting contact into words.
func (a *Admin) moved(l *i18n.Language, m routing.Moved) movedRow {
	row := movedRow{
		Place: m.Place, Then: m.Then, Wait: waited(l, m.Facts.Waited), Was: classInWords(l, m.Now), Is: classInWords(l, m.Draft),
		Way: l.T("desk.way", "channel", wordOr(l, "desk.channel.", string(m.Facts.Channel)), "language", a.spoken(l, m.Facts.Language)),
	}
	row.Changes = row.Place != row.Then || row.Was != row.Is
	return row
}

func classInWords(l *i18n.Language, c routing.Class) string {
	return l.T("admin.urgency.stands", "reason", wordOr(l, "desk.reason.", c.Reason), "class", int(c.Now))
}

// wordOr is the word for a value, or the value where there is none.
func wordOr(l *i18n.Language, words, value string) string {
	if l.Has(words + value) {
		return l.T(words + value)
	}
	return value
}

// spoken is a language's own name.
func (a *Admin) spoken(l *i18n.Language, tag string) string {
	if tag == "" || tag == "und" {
		return l.T("admin.urgency.language.unknown")
	}
	if info, ok := a.Words.Info(tag); ok {
		return info.Own
	}
	return tag
}

// waited is how long somebody has waited, in words.
func waited(l *i18n.Language, d time.Duration) string {
	if d < 2*time.Hour {
		return l.N("admin.span.minutes", int(d/time.Minute))
	}
	return l.N("admin.span.hours", int(d/time.Hour))
}

// ruleInWords says a row as one reads it aloud.
func (a *Admin) ruleInWords(l *i18n.Language, row routing.RuleRow) string {
	f := frame{Language: l}
	var asks []string
	ask := func(part, value string) {
		asks = append(asks, l.T("admin.urgency.asks", "field", l.T("admin.field.rule."+part), "value", value))
	}
	many := func(part string, values []string, word func(string) string) {
		if len(values) == 0 {
			return
		}
		var out []string
		for _, v := range values {
			out = append(out, word(v))
		}
		ask(part, f.ListOf(out))
	}
	var paths []string
	for _, p := range row.Path {
		paths = append(paths, string(p))
	}
	many("path", paths, func(v string) string { return wordOr(l, "admin.path.", v) })
	for _, c := range []struct {
		part string
		want *bool
	}{{"danger", row.Danger}, {"minor", row.Minor}, {"returning", row.Returning}} {
		if c.want != nil {
			ask(c.part, l.T("admin.urgency."+answer(c.want)))
		}
	}
	many("language", row.Language, func(v string) string { return a.spoken(l, v) })
	many("channel", row.Channel, func(v string) string { return wordOr(l, "desk.channel.", v) })
	if row.Waited > 0 {
		ask("waited", strconv.Itoa(row.Waited))
	}
	if row.Waits > 0 {
		ask("waits", strconv.Itoa(row.Waits))
	}
	if len(asks) == 0 {
		asks = []string{l.T("admin.urgency.all")}
	}
	return l.T("admin.urgency.rule", "reason", wordOr(l, "desk.reason.", row.Reason), "class", row.Class, "asks", f.ListOf(asks))
}
