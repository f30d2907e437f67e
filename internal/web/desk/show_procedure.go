package desk

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

// A shelf keeps the procedures that desks show as they were read, by edition.
type shelf struct {
	mu  sync.Mutex
	all map[formKey]procedure
}

// A procedure is one edition.
type procedure struct {
	protocol.Protocol

	name     string
	number   int64
	reviewed bool
}

// read reads an edition, once.
func (s *shelf) read(e edition.Edition) (procedure, error) {
	key := formKey{name: e.Name, number: e.Number}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.all[key]
	if !ok {
		var err error
		if p.Protocol, err = protocol.Parse(e.Body, protocol.Ours()); err != nil {
			return p, err
		}
		p.name, p.number = e.Name, e.Number
		if s.all == nil {
			s.all = map[formKey]procedure{}
		}
		s.all[key] = p
	}
	p.reviewed = e.ReviewedBy != ""
	return p, nil
}

// inForce are the line's procedures, by name.
func (c *console) inForce(ctx context.Context) (map[string]procedure, error) {
	out := map[string]procedure{}
	for _, k := range c.d.Editions.Names(protocol.Kind) {
		e, err := c.d.Editions.Current(ctx, k)
		if errors.Is(err, edition.ErrMissing) {
			continue // withdrawn a moment ago
		}
		if err != nil {
			return nil, err
		}
		if out[k.Name], err = c.d.shelf.read(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// procedureOf is the edition that a contact is taken by: the one that was begun, else
// the one in force.
func (c *console) procedureOf(ctx context.Context, name string, f protocol.Followed) (procedure, error) {
	var e edition.Edition
	var err error
	if d, begun := f.Of[name]; begun {
		e, err = c.d.Editions.Number(ctx, protocol.Key(name), d.Edition)
	} else {
		e, err = c.d.Editions.Current(ctx, protocol.Key(name))
	}
	if err != nil {
		return procedure{}, err
	}
	return c.d.shelf.read(e)
}

// seen is the record of a contact as procedures see it.
func (c *console) seen(ctx context.Context, s *shown) (protocol.Record, error) {
	all, _, err := c.recorded(ctx, s)
	return protocol.Read(s.filed.form, seenOf(s.row), all), err
}

// procedures shows the line's procedures for a contact, where anything of them has
// changed. A line that has none in force shows none; and what is wrong with them stops
// nobody who talks with her.
func (c *console) procedures(ctx context.Context, s *shown) {
	if c.d.Procedures == nil || s.filed == nil {
		return
	}
	f, err := c.proceduresOf(ctx, s)
	if err != nil {
		if pass(err) != nil && !errors.Is(err, protocol.ErrPutBack) && ctx.Err() == nil {
			c.d.Log.ErrorContext(ctx, "the procedures are not shown", "contact", s.row.ID, "err", err)
		}
		if !errors.Is(err, protocol.ErrPutBack) {
			return
		}
		f = ProceduresFrame{Contact: string(s.row.ID), All: []Procedure{}, Old: true, Anew: c.supervises}
		if !reflect.DeepEqual(f, s.guided) {
			s.guided = f
			c.push(f)
		}
		return
	}
	if f.Old || len(f.All)+len(s.guided.All) > 0 && !reflect.DeepEqual(f, s.guided) {
		s.guided = f
		c.push(f)
	}
}

func (c *console) proceduresOf(ctx context.Context, s *shown) (ProceduresFrame, error) {
	out := ProceduresFrame{Contact: string(s.row.ID), All: []Procedure{}}
	force, err := c.inForce(ctx)
	if err != nil {
		return out, err
	}
	done, err := c.d.Procedures.Followed(ctx, s.row.ID, s.record)
	if s.guidedN = done.Version; err != nil || len(force)+len(done.Of) == 0 {
		return out, err
	}
	record, err := c.seen(ctx, s)
	if err != nil {
		return out, err
	}
	if len(done.Noted) > 0 {
		if done, err = c.takeOver(ctx, s, record, done); err != nil {
			return out, err
		}
		s.guidedN = done.Version
	}
	plainly := map[string]protocol.Protocol{}
	for name, p := range force {
		plainly[name] = p.Protocol
	}
	if w := c.watch(ctx, record)(done); !w.Same(done.Watch) {
		if err := c.d.Procedures.Watch(ctx, c.me.ID, s.row.ID, s.record, done.Version, w); err != nil {
			return out, err
		}
	}
	fits := protocol.Applies(plainly, record)
	for _, name := range ordered(fits, done, force) {
		p, err := c.procedureOf(ctx, name, done)
		if err != nil {
			return out, err
		}
		d, begun := done.Of[name]
		row := Procedure{Name: name, Draft: !p.reviewed, Fits: slices.Contains(fits, name), Begun: d.Began}
		row.Label, row.Help = c.worded(p.Words)
		if row.Fits || begun || s.opened == name {
			c.stands(&row, s, protocol.Follow(p.Protocol, record, d), s.opened == name)
		}
		out.All = append(out.All, row)
	}
	return out, nil
}

// watch tells what the server must know of what was begun: it reads no record. What cannot
// be read any more rings for nobody.
func (c *console) watch(ctx context.Context, record protocol.Record) func(protocol.Followed) protocol.Watch {
	return func(f protocol.Followed) protocol.Watch {
		begun := map[string]protocol.View{}
		for name, d := range f.Of {
			if p, err := c.procedureOf(ctx, name, f); err == nil {
				begun[name] = protocol.Follow(p.Protocol, record, d)
			}
		}
		return protocol.WatchOf(begun, f.Rung)
	}
}

// takeOver signs what the privacy officer has noted, who does not open the contact. What
// cannot be signed so is let go; where others were faster, the next look tries again.
func (c *console) takeOver(ctx context.Context, s *shown, record protocol.Record, f protocol.Followed) (protocol.Followed, error) {
	for _, n := range f.Noted {
		p, err := c.procedureOf(ctx, n.Asked.Name, f)
		if err != nil {
			return f, err
		}
		at := protocol.Place{Contact: s.row.ID, Key: s.record, Name: p.name, Edition: p.number, Protocol: p.Protocol, Watch: c.watch(ctx, record), Asks: c.me.ID}
		_, err = c.d.Procedures.Do(ctx, n.By, at, protocol.Deed{Kind: protocol.Signing, Step: n.Asked.Step, Answer: n.Answer, Roles: protocol.Noting()})
		if errors.Is(err, protocol.ErrDone) || errors.Is(err, protocol.ErrStep) || errors.Is(err, protocol.ErrSign) {
			err = c.d.Procedures.LetGo(ctx, s.row.ID, n)
		}
		if err != nil && !errors.Is(err, protocol.ErrMoved) {
			return f, err
		}
	}
	return c.d.Procedures.Followed(ctx, s.row.ID, s.record)
}

// ordered names those that fit, those that were begun, and the others.
func ordered(fits []string, done protocol.Followed, force map[string]procedure) []string {
	out := slices.Clone(fits)
	var begun, others []string
	for name := range done.Of {
		if !slices.Contains(out, name) {
			begun = append(begun, name)
		}
	}
	for name := range force {
		if !slices.Contains(out, name) && !slices.Contains(begun, name) {
			others = append(others, name)
		}
	}
	slices.Sort(begun)
	slices.Sort(others)
	return slices.Concat(out, begun, others)
}

// worded are words in the language of the desk.
func (c *console) worded(words map[string]form.Words) (label, help string) {
	w := form.In(words, c.lang, "en")
	return w.Label, w.Help
}

// stands tells where a procedure stands, and its steps where they are wanted.
func (c *console) stands(row *Procedure, s *shown, v protocol.View, steps bool) {
	row.Over, row.Open = v.Over, int64(len(v.Open))
	for _, step := range v.Steps {
		shown := c.stepOf(s, step, v.Open)
		if step.State == protocol.Next || step.State == protocol.Waiting {
			row.Next, row.Due = shown.Label, step.Due
		}
		if steps {
			row.Steps = append(row.Steps, shown)
		}
	}
}

func (c *console) stepOf(s *shown, of protocol.Shown, open []protocol.Open) Step {
	e := of.Entry
	out := Step{
		ID: of.ID, Kind: of.Kind, State: of.State, Phrase: of.Phrase, Due: of.Due, Skip: of.Skip, Sign: string(of.Sign),
		At: e.At, Answer: e.Answer, Skipped: e.Skipped, Signed: e.Signed.Answer, SignedAt: e.Signed.At,
	}
	out.Label, out.Help = c.worded(of.Words)
	for _, o := range of.Options {
		label, _ := c.worded(o.Words)
		out.Options = append(out.Options, Choice{o.Code, label})
	}
	if i := slices.IndexFunc(s.filed.form.Fields, func(f form.Field) bool { return f.Code == of.Field }); i >= 0 {
		out.Field = s.filed.form.Fields[i].ID
	}
	if e.By != "" {
		out.By = c.pic.name(e.By)
	}
	if e.Signed.By != "" {
		out.SignedBy = c.pic.name(e.Signed.By)
	}
	out.May = slices.ContainsFunc(open, func(o protocol.Open) bool {
		return o.Step == of.ID && protocol.Signs(c.me.Roles, o.Of) && (!o.After || e.By != c.me.ID)
	})
	return out
}

// guidedElsewhere looks whether a colleague has done something: a lost hint costs one poll.
func (c *console) guidedElsewhere(ctx context.Context, s *shown) error {
	if c.d.Procedures == nil || s.filed == nil {
		return nil
	}
	n, noted, err := c.d.Procedures.Version(ctx, s.row.ID)
	if err == nil && (n != s.guidedN || noted) {
		c.procedures(ctx, s)
	}
	return err
}

// openProcedure has the steps of one come, or of none.
func (c *console) openProcedure(ctx context.Context, f OpenProcedure) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	s.opened = f.Name
	c.procedures(ctx, s)
	return nil
}

// putStep does something with a step. Whoever is refused because a colleague was there first
// sees what she did.
func (c *console) putStep(ctx context.Context, f PutStep) error {
	if f.Kind == "anew" {
		return c.beginAnew(ctx, f)
	}
	kinds := map[string]string{"mark": protocol.Marking, "skip": protocol.Skipping, "sign": protocol.Signing}
	kind, ok := kinds[f.Kind]
	if !ok {
		return errFrame
	}
	return c.with(ctx, f.Contact, func(s *shown) error {
		if c.d.Procedures == nil || s.filed == nil {
			return protocol.ErrStep
		}
		was, err := c.d.Procedures.Followed(ctx, s.row.ID, s.record)
		if err != nil {
			return err
		}
		p, err := c.procedureOf(ctx, f.Procedure, was)
		if err != nil {
			return err
		}
		record, err := c.seen(ctx, s)
		if err != nil {
			return err
		}
		at := protocol.Place{Contact: s.row.ID, Key: s.record, Name: p.name, Edition: p.number, Protocol: p.Protocol, Watch: c.watch(ctx, record)}
		_, err = c.d.Procedures.Do(ctx, c.me.ID, at, protocol.Deed{
			Kind: kind, Step: f.Step, Answer: f.Answer, Why: strings.TrimSpace(f.Reason), Roles: slices.Clone(c.me.Roles),
		})
		s.guided = ProceduresFrame{} // it is told again, whatever came of it
		c.procedures(ctx, s)
		return err
	})
}

// beginAnew has a contact's steps begin again where an older state of them was put back.
func (c *console) beginAnew(ctx context.Context, f PutStep) error {
	if !c.supervises {
		return errRole
	}
	return c.with(ctx, f.Contact, func(s *shown) error {
		if c.d.Procedures == nil || s.filed == nil {
			return protocol.ErrStep
		}
		err := c.d.Procedures.Anew(ctx, c.me.ID, s.row.ID, s.record)
		s.guided = ProceduresFrame{}
		c.procedures(ctx, s)
		return err
	})
}
