package desk

import (
	"context"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// What a desk shows of situations.

// ofSituations reports whether a frame is about situations.
func ofSituations(frame any) bool {
	for _, f := range situationsIn() {
		if reflect.TypeOf(f) == reflect.TypeOf(frame) {
			return true
		}
	}
	return false
}

// tellSituation shows the situation that is open.
func (c *console) tellSituation(ctx context.Context) error {
	w := c.at
	var err error
	if c.markAt, err = c.d.Situations.Mark(ctx, w.ID); err != nil {
		return err
	}
	c.helpAt = c.helpIn(w)
	objects := []string{}
	for _, p := range w.Parts {
		if p.Kind == situation.ContactPart && p.Contact.State == contact.Closed {
			objects = append(objects, p.Contact.ShredK)
		}
	}
	opens, err := c.ring.Opens(ctx, objects...)
	if err != nil {
		return err
	}
	mine, err := c.d.Situations.Readings(ctx, c.me.ID, false)
	if err != nil {
		return err
	}
	asked := map[hotline.ContactID]situation.Reading{}
	for _, g := range mine {
		asked[g.Contact] = g
	}
	v := SituationView{
		ID: string(w.ID), Handle: w.Handle, State: w.State, Began: w.Began, At: w.StateAt, Whole: w.Key.Whole(),
		Parts: []PartView{}, Timeline: []HappeningView{}, Tasks: []TaskRow{}, Knows: []Person{},
	}
	safe := map[hotline.ContactID][]SafeWay{}
	for _, p := range w.Parts {
		part := PartView{ID: p.Of, Kind: p.Kind, About: string(p.About), At: p.At, By: c.pic.name(p.By), Version: p.Version, Role: plain(p.Role), Names: p.Detailed, Gone: p.Gone}
		if p.Kind == situation.ContactPart {
			past := c.past(p, opens[p.Contact.ShredK], asked[p.Contact.ID])
			part.Contact = &past
			safe[p.Contact.ID] = past.Safe
		}
		v.Parts = append(v.Parts, part)
	}
	for _, h := range w.Happenings {
		v.Timeline = append(v.Timeline, HappeningView{ID: h.ID, Kind: h.Kind, At: h.At, By: c.pic.name(h.By), Text: plain(h.Text), Gone: h.Gone})
	}
	for _, t := range w.Tasks {
		v.Tasks = append(v.Tasks, c.taskRow(t, w.Handle, safe[t.Contact]))
	}
	for _, p := range w.Knows {
		v.Knows = append(v.Knows, Person{ID: string(p), Name: c.pic.name(p), Languages: []string{}})
	}
	c.push(SituationFrame{ID: string(w.ID), Situation: &v})
	return c.consentsIn(ctx)
}

// past is a contact by its head.
func (c *console) past(p situation.Part, opens bool, asked situation.Reading) PastView {
	row := p.Contact
	v := PastView{
		Handle: row.Handle, Channel: string(row.Channel), Lang: row.Lang, State: string(row.State), Danger: row.Danger, Began: row.Began, At: row.StateAt,
		Advocate: c.pic.name(row.Advocate), Until: row.Promised, Safe: []SafeWay{},
	}
	_, v.Here = c.shown[row.ID]
	if e, ok := c.pic.goesOn(row.ID); ok {
		v.Emergency = e.OpenedAt
	}
	if p.Head != nil {
		v.Outcome, v.Privacy = p.Head.Outcome, string(p.Head.Privacy)
		v.Promised, v.Cover = p.Head.Safety.Promised, p.Head.Safety.Cover
		v.Phrase, v.Given = p.Head.Safety.Phrase, p.Head.Safety.Knows(row)
		v.Safe = safeWays(*p.Head)
	}
	if row.State != contact.Closed {
		return v
	}
	switch {
	case opens:
		v.Reading, v.OpenTill = "open", asked.Until
	case asked.ID != "":
		v.Reading = "asked"
	default:
		v.Reading = "shut"
	}
	return v
}

// safeWays are what she has said of each way, in their order.
func safeWays(h contact.Head) []SafeWay {
	out := []SafeWay{}
	for _, way := range contact.Ways() {
		t, said := h.Safety.Ways[way]
		if !said || t.May == "" {
			continue
		}
		days := []int64{}
		for _, d := range t.Days {
			days = append(days, int64(d))
		}
		out = append(out, SafeWay{Way: string(way), May: string(t.May), Days: days, From: int64(t.From), To: int64(t.To)})
	}
	return out
}

func (c *console) taskRow(t situation.Task, handle string, safe []SafeWay) TaskRow {
	if safe == nil {
		safe = []SafeWay{}
	}
	return TaskRow{
		ID: t.ID, Situation: string(t.In), Handle: handle, About: string(t.Contact), Due: t.Due, Person: c.pic.name(t.Person), By: c.pic.name(t.By),
		Text: plain(t.Text), DoneAt: t.DoneAt, DoneBy: c.pic.name(t.DoneBy), Gone: t.Gone, Safe: safe,
	}
}

// requestDue is by when a request of hers is answered.
const requestDue = 3 * 24 * 60 * 60 * 1000

// tellList shows situations, tasks, requests of callers, and who asks for words.
func (c *console) tellList(ctx context.Context) error {
	if !c.list || c.pic == nil {
		return nil
	}
	var err error
	if c.markList, err = c.d.Situations.MarkAll(ctx); err != nil {
		return err
	}
	out := SituationsFrame{Rows: []SituationRow{}, Tasks: []TaskRow{}, Requests: []RequestRow{}, Readings: []ReadingRow{}}
	rows, err := c.d.Situations.List(ctx, c.me.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		out.Rows = append(out.Rows, SituationRow{
			ID: string(r.ID), Handle: r.Handle, State: r.State, Began: r.Began, At: r.StateAt, Contacts: int64(r.Contacts),
			Tasks: int64(r.Tasks), Next: r.Next, News: r.News, Knows: r.Closed,
		})
	}
	todo, err := c.d.Situations.ToDo(ctx, c.ring)
	if err != nil {
		return err
	}
	for _, t := range todo {
		safe := []SafeWay{}
		if t.Head != nil {
			safe = safeWays(*t.Head)
		}
		out.Tasks = append(out.Tasks, c.taskRow(t.Task, t.Handle, safe))
	}
	if err := c.requests(ctx, &out); err != nil {
		return err
	}
	c.promises(&out)
	if err := c.readings(ctx, &out); err != nil {
		return err
	}
	c.push(out)
	return nil
}

func (c *console) requests(ctx context.Context, out *SituationsFrame) error {
	asked, err := c.d.Book.Asked(ctx)
	if err != nil {
		return err
	}
	for _, r := range asked {
		row, err := c.d.Book.Find(ctx, r.Contact)
		if err != nil {
			continue // gone meanwhile
		}
		if slices.Contains(c.pic.blocked[row.Situation], c.me.ID) {
			continue
		}
		about, gone, err := c.d.Book.AboutOf(ctx, r)
		out.Requests = append(out.Requests, RequestRow{
			ID: r.ID, Kind: r.Kind, Contact: string(r.Contact), About: string(about), Handle: row.Handle, Situation: string(row.Situation),
			State: string(row.State), Mine: row.Advocate == c.me.ID, Erased: err == nil && gone, At: r.At, Due: r.At + requestDue,
		})
	}
	return nil
}

// promises are the contacts that wait for our word.
func (c *console) promises(out *SituationsFrame) {
	for _, row := range c.pic.held {
		if row.Promised == 0 || slices.Contains(c.pic.blocked[row.Situation], c.me.ID) {
			continue
		}
		out.Requests = append(out.Requests, RequestRow{
			ID: string(row.ID), Kind: "promise", Contact: string(row.ID), About: string(row.ID), Handle: row.Handle, Situation: string(row.Situation),
			State: string(row.State), Mine: row.Advocate == c.me.ID, At: row.StateAt, Due: row.Promised,
		})
	}
}

func (c *console) readings(ctx context.Context, out *SituationsFrame) error {
	if !c.supervises {
		return nil
	}
	all, err := c.d.Situations.Readings(ctx, c.me.ID, true)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Given > 0 || g.Person == c.me.ID {
			continue
		}
		row, err := c.d.Book.Find(ctx, g.Contact)
		if err != nil {
			continue // gone meanwhile
		}
		why, err := c.d.Situations.Why(ctx, c.ring, g)
		if err != nil {
			if over(err) {
				continue
			}
			return err
		}
		out.Readings = append(out.Readings, ReadingRow{
			ID: g.ID, Contact: string(g.Contact), Situation: string(row.Situation), Handle: c.pic.handles[row.Situation], By: c.pic.name(g.Person), At: g.At, Why: plain(why),
		})
	}
	return nil
}
