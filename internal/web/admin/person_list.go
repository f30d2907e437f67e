package admin

import (
	"net/http"

	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// peopleView lists the staff.
type peopleView struct {
	frame
	Waiting, Active, Invited, Former []personRow
}

func (*peopleView) name() string { return "people" }

type personRow struct {
	ID, Name, Roles, Languages string
	Me, Unused                 bool // Unused: never signed in
}

func (a *Admin) people(v *visit) error {
	all, err := a.Staff.People(v.r.Context())
	if err != nil {
		return err
	}
	view := &peopleView{}
	for _, p := range all {
		row, err := a.row(v, p)
		if err != nil {
			return err
		}
		switch p.State {
		case staff.Enrolled:
			view.Waiting = append(view.Waiting, row)
		case staff.Active:
			view.Active = append(view.Active, row)
		case staff.Invited:
			view.Invited = append(view.Invited, row)
		default:
			view.Former = append(view.Former, row)
		}
	}
	return a.show(v, http.StatusOK, view)
}

func (a *Admin) row(v *visit, p staff.Person) (personRow, error) {
	var roles, tongues []string
	for _, r := range p.Roles {
		roles = append(roles, v.l.T("admin.role."+string(r)))
	}
	for _, tag := range p.Languages {
		tongues = append(tongues, a.tongue(tag))
	}
	f := frame{Language: v.l}
	row := personRow{ID: string(p.ID), Name: p.Pseudonym, Roles: f.ListOf(roles), Languages: f.ListOf(tongues), Me: p.ID == v.me()}
	if p.State != staff.Active {
		return row, nil
	}
	var err error
	row.Unused, err = a.unused(v, p)
	return row, err
}
