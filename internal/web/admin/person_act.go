package admin

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// askView is a page that asks before something is done to a person.
type askView struct {
	frame
	ID, Who string
	What    string // the page: confirm, again, second or remove
	Root    bool   // the root sheet is needed
	Few     bool   // fewer than two administrators would be left
}

func (v *askView) name() string { return v.What }

// An act is what can be done to a person, and to whom.
type act struct {
	what   string
	states []string // of those to whom it can be done
	own    bool     // also to oneself
	do     func(*visit, staff.Person) error
}

func (a *Admin) act(what string) act {
	switch what {
	case "confirm":
		return act{what, []string{staff.Enrolled}, false, a.doConfirm}
	case "again":
		return act{what, []string{staff.Active, staff.Enrolled, staff.Invited}, false, a.doAgain}
	case "second":
		return act{what, []string{staff.Active}, true, a.doSecond}
	default:
		return act{"remove", []string{staff.Active, staff.Enrolled, staff.Invited}, false, a.doRemove}
	}
}

func (a *Admin) confirmForm(v *visit) error { return a.ask(v, "confirm") }
func (a *Admin) againForm(v *visit) error   { return a.ask(v, "again") }
func (a *Admin) secondForm(v *visit) error  { return a.ask(v, "second") }
func (a *Admin) removeForm(v *visit) error  { return a.ask(v, "remove") }
func (a *Admin) confirm(v *visit) error     { return a.do(v, "confirm") }
func (a *Admin) again(v *visit) error       { return a.do(v, "again") }
func (a *Admin) second(v *visit) error      { return a.do(v, "second") }
func (a *Admin) remove(v *visit) error      { return a.do(v, "remove") }

// about reads the person and refuses an act that does not fit her.
func (a *Admin) about(v *visit, of act) (staff.Person, error) {
	p, err := a.person(v)
	if err != nil {
		return p, err
	}
	if !slices.Contains(of.states, p.State) || p.ID == v.me() && !of.own {
		return p, ErrPage
	}
	return p, nil
}

// ask asks before it is done.
func (a *Admin) ask(v *visit, what string) error {
	p, err := a.about(v, a.act(what))
	if err != nil {
		return err
	}
	return a.askAbout(v, what, p)
}

func (a *Admin) askAbout(v *visit, what string, p staff.Person) error {
	all, err := a.Staff.People(v.r.Context())
	if err != nil {
		return err
	}
	few := p.Is(hotline.Administrator) && p.State == staff.Active && administrators(all) <= 2
	return a.show(v, v.status(), &askView{
		ID: string(p.ID), Who: p.Pseudonym, What: what, Few: few, Root: what == "confirm" && p.Is(hotline.Administrator),
	})
}

// do does it, with the second factor given lately.
func (a *Admin) do(v *visit, what string) error {
	of := a.act(what)
	p, err := a.about(v, of)
	if err != nil {
		return err
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if ok {
		err = of.do(v, p)
	}
	if err == nil && len(v.faults) > 0 {
		return a.askAbout(v, what, p)
	}
	return err
}

// doConfirm lets an enrolled person in.
func (a *Admin) doConfirm(v *visit, p staff.Person) error {
	err := a.with(v, func(ctx context.Context, r *vault.Ring) error {
		return a.Accounts.Confirm(ctx, r, p.ID, seal.Conceal(short(v.get("root"), 200)))
	})
	switch {
	case err == nil:
		return v.to("/people?done=confirmed")
	case errors.Is(err, account.ErrRoot), errors.Is(err, vault.ErrDenied):
		v.faults.add("root", "admin.fault.root")
		return nil
	case problem.Of(err).Kind == problem.Internal && !errors.Is(err, seal.ErrUnvouched):
		// Her code was sealed to whoever invited her, and opens for nobody else.
		v.faults.add("", "admin.fault.inviter")
		return nil
	}
	return err
}

// doAgain gives a new one-time code to who has lost her passphrase, or her code.
func (a *Admin) doAgain(v *visit, p staff.Person) error {
	var code seal.Text
	err := a.with(v, func(ctx context.Context, r *vault.Ring) (err error) {
		code, err = a.Accounts.Again(ctx, r, p.ID)
		return err
	})
	if errors.Is(err, vault.ErrLast) {
		v.faults.add("", "admin.fault.last")
		return nil
	}
	if err != nil {
		return err
	}
	return a.once(v, onceView{Who: p.Pseudonym, Code: shown(code), Again: true})
}

// secondView shows a new second factor, once.
type secondView struct {
	frame
	Who    string
	Secret secretView
}

func (*secondView) name() string { return "seconded" }

// doSecond makes a new second factor for who has lost hers.
func (a *Admin) doSecond(v *visit, p staff.Person) error {
	var made account.Second
	err := a.with(v, func(ctx context.Context, r *vault.Ring) (err error) {
		made, err = a.Accounts.NewSecond(ctx, r, p.ID)
		return err
	})
	if err != nil {
		return err
	}
	secret, err := a.secret(made)
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, &secondView{Who: p.Pseudonym, Secret: secret})
}

// doRemove ends a person's access.
func (a *Admin) doRemove(v *visit, p staff.Person) error {
	err := a.with(v, func(ctx context.Context, r *vault.Ring) error { return a.Accounts.Remove(ctx, r, p.ID) })
	if errors.Is(err, vault.ErrLast) {
		v.faults.add("", "admin.fault.last")
		return nil
	}
	if err != nil {
		return err
	}
	return v.to("/people?done=removed")
}
