package admin

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// inviteView asks who is invited.
type inviteView struct {
	frame
	personFields
}

func (*inviteView) name() string { return "invite" }

func (a *Admin) inviteForm(v *visit) error {
	return a.askInvite(v, staff.Person{Roles: []hotline.Role{hotline.Advocate}, Capacity: 3})
}

func (a *Admin) askInvite(v *visit, p staff.Person) error {
	fields, err := a.fields(v.r.Context(), v.l, p, false)
	if err != nil {
		return err
	}
	return a.show(v, v.status(), &inviteView{personFields: fields})
}

// invite adds a person and shows her one-time code.
func (a *Admin) invite(v *visit) error {
	p, wrong := readPerson(v.form, a.knows)
	v.faults = append(v.faults, wrong...)
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.askInvite(v, p)
	}
	var code string
	err = a.with(v, func(ctx context.Context, r *vault.Ring) error {
		_, once, err := a.Accounts.Invite(ctx, r, p)
		code = shown(once)
		return err
	})
	if errors.Is(err, staff.ErrTaken) {
		v.faults.add("pseudonym", "admin.fault.pseudonym.taken")
		return a.askInvite(v, p)
	}
	if err != nil {
		return err
	}
	return a.once(v, onceView{Who: p.Pseudonym, Code: code})
}
