package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/situation"
)

// agree does what a frame asks about consents. It reports whether it was such a frame.
func (c *console) agree(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case PutConsent:
		return f.ID, true, c.putConsent(ctx, f)
	case SayConsent:
		return f.Contact, true, c.sayConsent(ctx, f)
	case AskAround:
		return f.Contact, true, c.around(ctx, f)
	case MendConsents:
		return f.Owner, true, c.may(func() error { return c.mendConsents(ctx, f) })
	}
	return "", false, nil
}

// whose is the ledger that a frame is about: of a contact on this desk, or of whoever is in
// the situation that is open.
func (c *console) whose(of, owner string) (consent.Of, error) {
	out := consent.Of{By: c.me.ID, Lead: c.supervises, Owner: owner}
	if c.d.Consents == nil {
		return out, consent.ErrMissing
	}
	if s, ok := c.shown[hotline.ContactID(of)]; ok && of == owner {
		if !s.view.Mine && !c.supervises {
			return out, contact.ErrNotYours
		}
		id, object := s.row.ID, s.record.Object
		out.Key = s.record.OfHead()
		out.Allow = func(tx db.Tx) error { _, err := contact.OfRecord(tx, id, object); return err }
		return out, nil
	}
	w := c.at
	if s, ok := c.shown[hotline.ContactID(of)]; ok && s.passed.around != nil {
		w = s.passed.around
	} else if w == nil || string(w.ID) != of {
		return out, consent.ErrMissing
	}
	key, ok := w.Heads()[owner]
	if !ok {
		return out, consent.ErrMissing
	}
	in := w.ID
	out.Key, out.All = key, owner == string(in)
	out.Allow = func(tx db.Tx) error { return situation.MayConsent(tx, in, owner, key.HeadKey().Object()) }
	return out, nil
}

// putConsent writes one act. What goes without her wish, and its answer, take the second
// factor anew; taking back takes one press. Whoever was too late sees what stands there.
func (c *console) putConsent(ctx context.Context, f PutConsent) error {
	of, err := c.whose(f.Of, f.Owner)
	if err != nil {
		return err
	}
	a := consent.Act{
		Kind: consent.Kind(f.Kind), ID: f.ID, For: f.For, Label: strings.TrimSpace(f.Say), Who: hotline.ContactID(f.Who), How: consent.How(f.How),
		Ground: policy.Ground(f.Ground), Words: strings.TrimSpace(f.Text),
		Terms: consent.Terms{To: strings.TrimSpace(f.Name), Whom: hotline.ContactID(f.Whom), Purpose: consent.Purpose(f.Purpose), Until: f.Until},
	}
	for _, s := range f.What {
		a.Terms.What = append(a.Terms.What, consent.Scope(s))
	}
	if a.Kind == consent.Override && a.Ground == policy.DutyAtOnce {
		if a.Duty, err = c.demands(ctx, f.Owner); err != nil {
			return err
		}
	}
	if slices.Contains([]consent.Kind{consent.Override, consent.Approve, consent.Contest}, a.Kind) {
		if err := c.d.Accounts.StepUp(ctx, c.token, f.Code); err != nil {
			return err
		}
	}
	_, err = c.d.Consents.Do(ctx, of, f.N, a)
	if moved := c.consentMoved(ctx, f.Owner); err == nil {
		err = moved
	}
	return c.did("consent", f.ID, "", err)
}

// around shows what the others of a contact's situation have said: its heads are opened, and
// the log says so.
func (c *console) around(ctx context.Context, f AskAround) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	if c.d.Situations == nil || s.row.Situation == "" {
		return consent.ErrMissing
	}
	if s.passed.around, err = c.d.Situations.Around(ctx, c.ring, s.row.Situation, "consents"); err != nil {
		return err
	}
	c.consents(ctx, s)
	return c.did("consent_around", f.Contact, "", nil)
}

// demands finds the decision about a duty that is due at once, which an override on that
// ground rests on.
func (c *console) demands(ctx context.Context, owner string) (string, error) {
	s, ok := c.shown[hotline.ContactID(owner)]
	if !ok || c.d.Decisions == nil {
		return "", consent.ErrGround
	}
	all, err := c.d.Decisions.Of(ctx, owner, s.record)
	if err != nil {
		return "", err
	}
	for _, d := range slices.Backward(all) {
		if d.Demands() {
			return d.ID, nil
		}
	}
	return "", consent.ErrGround
}

// sayConsent is how she is asked, in her language; it goes into the message and no further.
func (c *console) sayConsent(ctx context.Context, f SayConsent) error {
	s, err := c.mine(f.Contact)
	if err != nil {
		return err
	}
	l := c.d.Page.words.For(s.row.Lang)
	days := int((f.Until - c.now(ctx) + dayMS - 1) / dayMS)
	if days < 1 || len(f.What) == 0 || !slices.Contains(consent.Purposes(), consent.Purpose(f.Purpose)) || strings.TrimSpace(f.Name) == "" {
		return consent.ErrTerms
	}
	var what []string
	for _, code := range f.What {
		if !slices.Contains(consent.Scopes(), consent.Scope(code)) {
			return consent.ErrTerms
		}
		what = append(what, "– "+l.T("desk.con.what."+code))
	}
	text := l.T("desk.con.ask_her", "to", strings.TrimSpace(f.Name), "purpose", l.T("desk.con.for."+f.Purpose)) + "\n" + strings.Join(what, "\n") + "\n" + l.N("desk.con.ask_days", days) + " " + l.T("desk.con.ask_free")
	c.push(ConsentWords{Contact: f.Contact, Text: text})
	return nil
}

const dayMS = 24 * 60 * 60 * 1000

// mendConsents has her asked anew, by a supervisor.
func (c *console) mendConsents(ctx context.Context, f MendConsents) error {
	of, err := c.whose(f.Of, f.Owner)
	if err != nil {
		return err
	}
	if err := c.d.Accounts.StepUp(ctx, c.token, f.Code); err != nil {
		return err
	}
	if err := c.d.Consents.Mend(ctx, of, strings.TrimSpace(f.Reason)); err != nil {
		return err
	}
	return errors.Join(c.consentMoved(ctx, f.Owner), c.did("consent_mend", f.Owner, "", nil))
}
