package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/problem"
)

var errLook = problem.New(problem.Denied, "desk.problem.look")

// askExport asks that the record of a contact that this desk shows may leave the house.
func (c *console) askExport(ctx context.Context, f AskExport) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if s.filed == nil {
		return errNoForm
	}
	if strings.TrimSpace(f.Reason) == "" {
		return errWhy
	}
	if err := c.d.Accounts.StepUp(ctx, c.token, f.Code); err != nil {
		return err
	}
	head, err := s.record.Head(ctx)
	if err != nil {
		return err
	}
	if _, err := c.d.Record.AskExport(ctx, c.me.ID, situation.OfContact(s.row.ID, s.record, head.N), s.record, seal.Conceal(f.Reason)); err != nil {
		return err
	}
	c.d.hub.wake()
	return c.exports(ctx)
}

// approveExport is the second person's word, with her second factor.
func (c *console) approveExport(ctx context.Context, f ApproveExport) error {
	e, err := c.standing(ctx, f.ID)
	if err != nil {
		return err
	}
	if _, here := c.shown[e.Contact]; !here { // who has not seen what it is about says nothing
		return errLook
	}
	if err := c.d.Accounts.StepUp(ctx, c.token, f.Code); err != nil {
		return err
	}
	if err := c.d.Record.ApproveExport(ctx, c.me.ID, f.ID); err != nil {
		return err
	}
	c.d.hub.wake()
	return c.exports(ctx)
}

// exported is what leaves: the form, and what she has said of what may be passed on.
type exported struct {
	form.Exported

	Consents []consent.Exported `json:"consents,omitempty"`
}

// consentsOut are the consents of a contact by their terms, without anybody's words. Where
// older ones were put back, nothing leaves.
func (c *console) consentsOut(ctx context.Context, s *shown) ([]consent.Exported, error) {
	if c.d.Consents == nil {
		return nil, nil
	}
	l, err := c.d.Consents.Read(ctx, string(s.row.ID), s.record.OfHead())
	return consent.Whole{string(s.row.ID): l}.Export(string(s.row.ID), c.now(ctx)), err
}

// fetchExport hands the record out, once, to who asked: what stands in its fields, and no
// word of a conversation.
func (c *console) fetchExport(ctx context.Context, f FetchExport) error {
	e, err := c.standing(ctx, f.ID)
	if err != nil {
		return err
	}
	s := c.shown[e.Contact]
	if s == nil || s.filed == nil {
		return errLook
	}
	said, err := c.consentsOut(ctx, s)
	if err != nil {
		return err
	}
	if _, err := c.d.Record.TakeExport(ctx, c.me.ID, f.ID); err != nil {
		return err
	}
	rows, err := c.d.Record.Fields(ctx, string(s.row.ID), s.record)
	if err != nil {
		return err
	}
	values := map[string]form.Value{}
	for _, row := range rows {
		v, err := form.ParseValue(plain(row.Value))
		if field, ok := s.filed.form.Field(row.Field); ok && err == nil {
			values[field.Code] = v
		}
	}
	r := s.filed
	b, err := json.MarshalIndent(exported{r.form.Export(r.name, r.number, values, r.form.Kept(string(r.privacy))), said}, "", " ")
	if err != nil {
		return err
	}
	c.push(ExportFrame{ID: f.ID, File: string(b)})
	return c.exports(ctx)
}

// standing is a request that still stands.
func (c *console) standing(ctx context.Context, id string) (situation.ExportRequest, error) {
	all, err := c.d.Record.Exports(ctx)
	if err != nil {
		return situation.ExportRequest{}, err
	}
	for _, e := range all {
		if e.ID == id {
			return e, nil
		}
	}
	return situation.ExportRequest{}, situation.ErrRequest
}

// exports tells a supervisor which requests stand.
func (c *console) exports(ctx context.Context) error {
	if !c.supervises || c.d.Record == nil {
		return nil
	}
	all, err := c.d.Record.Exports(ctx)
	if err != nil {
		return err
	}
	f := ExportsFrame{Requests: []Export{}}
	for _, e := range all {
		s, here := c.shown[e.Contact]
		var why string
		if here {
			if text, err := e.Why(s.record); err == nil {
				why = plain(text)
			}
		}
		f.Requests = append(f.Requests, Export{
			ID: e.ID, Contact: string(e.Contact), Handle: c.handle(e.Contact), By: c.pic.name(e.AskedBy), Mine: e.AskedBy == c.me.ID, Here: here, Why: why,
			At: e.AskedAt, Approved: e.ApprovedBy != "",
		})
	}
	if slices.Equal(f.Requests, c.told.exports) {
		return nil
	}
	c.told.exports = f.Requests
	c.push(f)
	return nil
}

// handle is how staff call a contact that is open.
func (c *console) handle(id hotline.ContactID) string {
	w, _ := c.pic.find(id)
	return w.Handle
}
