package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

var errNotHer = problem.New(problem.Denied, "desk.problem.not_her")

// showHer gathers what we have written down about a caller who asks to see it, in her
// language, for the composer of her advocate, who reads it and sends it or does not.
// Whoever holds her phone may have asked: nothing is gathered while somebody is with her or
// it is not safe, before she has said the phrase that she has, or where the answer would
// leave our own page.
func (c *console) showHer(ctx context.Context, f ShowHer) error {
	all, err := c.d.Book.Asked(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r contact.Request) bool { return r.ID == f.ID && r.Kind == contact.ShowMe })
	if i < 0 {
		return contact.ErrState
	}
	to, of := c.shown[all[i].Contact], c.shown[all[i].About]
	if to == nil || of == nil || to.row.Advocate != c.me.ID {
		return errLook
	}
	if of.filed == nil {
		return errNoForm
	}
	head, err := to.record.Head(ctx)
	switch {
	case err != nil:
		return err
	case head.Safety.Safe == contact.No || head.Safety.Heard:
		return safety.ErrNotSafe
	case head.Safety.Phrase && !head.Safety.Knows(to.row), to.row.Addressed && to.row.Channel != hotline.Chat:
		return errNotHer
	}
	text, err := c.writtenOf(ctx, of, c.d.Page.words.For(to.row.Lang))
	if err == nil {
		c.push(ShowHerFrame{ID: f.ID, Contact: string(to.row.ID), Text: text})
	}
	return err
}

// writtenOf says in a language what stands in a record, what she has chosen, and until when
// her words are kept. What names or finds somebody is named and not repeated.
func (c *console) writtenOf(ctx context.Context, s *shown, l *i18n.Language) (string, error) {
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return "", err
	}
	values := map[string]form.Value{}
	for _, row := range rows {
		if v, err := form.ParseValue(plain(row.Value)); err == nil {
			values[row.Field] = v
		}
	}
	lines := []string{l.T("front.show_her.begin")}
	for _, field := range s.filed.form.Fields {
		v := values[field.ID]
		if len(v.Codes) == 0 && v.Text == "" {
			continue
		}
		said := l.T("front.show_her.apart")
		if field.Class < 2 {
			said = inWords(field, v, l.Tag())
		}
		lines = append(lines, "- "+form.In(field.Words, l.Tag(), "en").Label+": "+said)
	}
	if len(lines) == 1 {
		lines = []string{l.T("front.show_her.nothing")}
	}
	if p := s.filed.privacy; p != "" {
		lines = append(lines, l.T("front.show_her.level", "said", l.T("front.privacy.say."+string(p))))
	}
	days := int(c.d.Book.Settings().KeepWords / (24 * time.Hour))
	lines = append(lines, l.T("front.keep.words")+": "+l.N("front.keep.words.text", days), l.T("front.show_her.more"))
	return strings.Join(lines, "\n"), nil
}

// inWords is an answer as people read it.
func inWords(field form.Field, v form.Value, lang string) string {
	var out []string
	for _, o := range field.Options {
		if slices.Contains(v.Codes, o.Code) {
			out = append(out, form.In(o.Words, lang, "en").Label)
		}
	}
	if v.Text != "" {
		out = append(out, v.Text)
	}
	return strings.Join(out, ", ")
}
