package admin

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// personView shows a person, and what can be done.
type personView struct {
	frame
	personFields
	ID, Who, State string
	Self, Unused   bool
	NewKeys        bool // the roles that were chosen need new keys: ask again
}

func (*personView) name() string { return "person" }

func (a *Admin) personForm(v *visit) error {
	p, err := a.person(v)
	if err != nil {
		return err
	}
	return a.askPerson(v, p, p, false)
}

// askPerson shows the form about a person: as she is, or as it was filled in.
func (a *Admin) askPerson(v *visit, is, as staff.Person, newKeys bool) error {
	own := is.ID == v.me()
	fields, err := a.fields(v.r.Context(), v.l, as, own)
	if err != nil {
		return err
	}
	unused, err := a.unused(v, is)
	if err != nil {
		return err
	}
	view := &personView{personFields: fields, ID: string(is.ID), Who: is.Pseudonym, State: is.State, Self: own, Unused: unused, NewKeys: newKeys}
	return a.show(v, v.status(), view)
}

// unused reports whether somebody has never used the code that made her account.
func (a *Admin) unused(v *visit, p staff.Person) (bool, error) {
	if p.State != staff.Active {
		return false, nil
	}
	slot, err := a.Keeper.Slot(v.r.Context(), p.ID, vault.Once)
	return slot != "none", err
}

// personChange writes what was changed of a person. Roles that come with other keys
// need new ones: she is invited again, once the administrator has said so twice.
func (a *Admin) personChange(v *visit) error {
	p, err := a.person(v)
	if err != nil {
		return err
	}
	if p.State == staff.Former {
		return ErrPage
	}
	own := p.ID == v.me()
	v.form.Set("pseudonym", p.Pseudonym) // it stays what it is
	if own {
		v.form.Del("roles")
		for _, r := range p.Roles {
			v.form.Add("roles", string(r))
		}
	}
	as, wrong := readPerson(v.form, a.knows)
	v.faults = append(v.faults, wrong...)
	as.ID, as.State, as.Locale = p.ID, p.State, p.Locale
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.askPerson(v, p, as, false)
	}
	if sameKeys(p.Roles, as.Roles) {
		if err := a.write(v, as); err != nil {
			return err
		}
		return v.to("/people/" + string(p.ID) + "?done=saved")
	}
	if v.get("newkeys") != "yes" {
		v.faults.add("newkeys", "admin.fault.newkeys")
		return a.askPerson(v, p, as, true)
	}
	code, err := a.newKeys(v, p, as)
	if errors.Is(err, vault.ErrLast) {
		v.faults.add("roles", "admin.fault.last")
		return a.askPerson(v, p, as, false)
	}
	if err != nil {
		return err
	}
	return a.once(v, onceView{Who: p.Pseudonym, Code: shown(code), Again: true})
}

func (a *Admin) write(v *visit, p staff.Person) error {
	return a.with(v, func(ctx context.Context, r *vault.Ring) error { return a.Accounts.Change(ctx, r, p) })
}

// newKeys invites a person again for the keys of her new roles. Where that fails
// she stays as she was.
func (a *Admin) newKeys(v *visit, was, as staff.Person) (code seal.Text, err error) {
	if err := a.write(v, as); err != nil {
		return code, err
	}
	err = a.with(v, func(ctx context.Context, r *vault.Ring) (err error) {
		code, err = a.Accounts.Again(ctx, r, as.ID)
		return err
	})
	if err != nil {
		return code, errors.Join(err, a.write(v, was))
	}
	return code, nil
}
