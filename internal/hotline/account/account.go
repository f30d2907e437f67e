// Package account holds the flows over the staff's keys: founding a line, signing
// in with passphrase and TOTP, invitation and confirmation, a forgotten passphrase,
// removal. What it promises: a wrong name, a wrong passphrase and a wrong code look
// the same and take the same time; no password of anybody is known to two people.
package account

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

var (
	// ErrSignIn says that name, passphrase and code together open nothing.
	ErrSignIn = problem.New(problem.Denied, "account.signin")
	// ErrCode says that a one-time code opens nothing: wrong, used or withdrawn.
	ErrCode = problem.New(problem.Denied, "account.code")
	// ErrUnconfirmed says that an administrator must confirm the person first.
	ErrUnconfirmed = problem.New(problem.Denied, "account.unconfirmed")
	// ErrStepUp says that the act asks for the second factor anew.
	ErrStepUp = vault.ErrStep
	// ErrRole says that the person's roles do not allow it.
	ErrRole = problem.New(problem.Denied, "account.role")
)

// Accounts are the accounts of a line.
type Accounts struct {
	line   seal.Line
	db     *db.DB
	shred  *shred.Store
	keeper *vault.Keeper
	staff  *staff.Staff
}

// New returns the accounts.
func New(l seal.Line, d *db.DB, s *shred.Store, k *vault.Keeper, people *staff.Staff) *Accounts {
	return &Accounts{l, d, s, k, people}
}

// A Second is the second factor as its owner sees it once, to put into her app.
type Second struct {
	Secret seal.Text // base 32
	URL    seal.Text // otpauth:
}

// Enrolment is what a person is shown once: she writes the passphrase down and puts
// the second factor into her app.
type Enrolment struct {
	Person     hotline.PersonID
	Passphrase seal.Text
	Second     Second
}

// SignIn opens a session. It fails the same way, after the same work, whatever was
// wrong. Who is not confirmed yet is told so, but only with the right credentials.
func (a *Accounts) SignIn(ctx context.Context, pseudonym string, passphrase seal.Text, code string) (vault.Token, error) {
	p, err := a.staff.ByName(ctx, strings.TrimSpace(pseudonym))
	if err != nil && !errors.Is(err, staff.ErrMissing) {
		return nil, err
	}
	if p.ID == "" {
		p.ID = "nobody"
	}
	slot, err := a.keeper.Slot(ctx, p.ID, vault.Passphrase)
	if err != nil {
		return nil, err
	}
	// With a wrong code no slot is tried: nobody learns that a passphrase was right.
	if right, err := a.fits(ctx, p.ID, code); err != nil {
		return nil, err
	} else if !right {
		slot = "none"
	}
	tok, err := a.keeper.Unlock(ctx, p.ID, slot, tidy(passphrase), func(tx db.Tx) error { return a.check(tx, p.ID, code) })
	switch {
	case errors.Is(err, vault.ErrUnknown):
		return nil, ErrUnconfirmed
	case errors.Is(err, vault.ErrDenied):
		return nil, ErrSignIn
	}
	return tok, err
}

// Unlock opens a locked session again, with the passphrase alone.
func (a *Accounts) Unlock(ctx context.Context, tok vault.Token, passphrase seal.Text) error {
	err := a.keeper.Reopen(ctx, tok, tidy(passphrase))
	if errors.Is(err, vault.ErrDenied) {
		return ErrSignIn
	}
	return err
}

// Redeem turns a one-time code into an account: the inviter's for somebody new, or
// the one that init printed for the second administrator. It shows passphrase and
// second factor, once.
func (a *Accounts) Redeem(ctx context.Context, pseudonym string, typed seal.Text) (Enrolment, error) {
	code, err := parseCode(typed)
	if err != nil {
		return Enrolment{}, err
	}
	p, err := a.staff.ByName(ctx, strings.TrimSpace(pseudonym))
	if errors.Is(err, staff.ErrMissing) {
		return Enrolment{}, ErrCode
	}
	if err != nil {
		return Enrolment{}, err
	}
	words := NewPassphrase()
	second, write, err := a.newSecond(p)
	if err != nil {
		return Enrolment{}, err
	}
	out := Enrolment{p.ID, words, second}
	slot, err := a.keeper.Slot(ctx, p.ID, vault.Once)
	if err != nil {
		return Enrolment{}, err
	}
	if slot != "none" {
		if _, err := a.keeper.Begin(ctx, p.ID, slot, code, tidy(words), write); err != nil {
			return Enrolment{}, denied(err)
		}
		return out, nil
	}
	_, _, err = a.keeper.Enrol(ctx, code, tidy(words), func(tx db.Tx, who hotline.PersonID) error {
		if who != p.ID {
			return ErrCode
		}
		return errors.Join(write(tx), staff.SetState(tx, p.ID, staff.Enrolled))
	})
	if err != nil {
		return Enrolment{}, denied(err)
	}
	return out, nil
}

func denied(err error) error {
	if errors.Is(err, vault.ErrDenied) {
		return ErrCode
	}
	return err
}

// teams lists what a set of roles comes with.
func teams(roles []hotline.Role) (out []hotline.TeamID) {
	for _, r := range roles {
		for _, t := range r.Holds() {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Invite adds a person and makes her one-time code.
func (a *Accounts) Invite(ctx context.Context, r *vault.Ring, p staff.Person) (hotline.PersonID, seal.Text, error) {
	if len(p.Roles) == 0 || slices.ContainsFunc(p.Roles, func(role hotline.Role) bool { return !slices.Contains(hotline.Roles(), role) }) {
		return "", seal.Text{}, ErrRole
	}
	p.ID, p.State = hotline.PersonID(hotline.NewID()), staff.Invited
	code, err := r.Invite(ctx, p.ID, teams(p.Roles), func(tx db.Tx) error { return staff.Add(tx, p) })
	if err != nil {
		return "", seal.Text{}, err
	}
	return p.ID, showCode(code), nil
}

// Again invites somebody anew who has forgotten her passphrase: her old one, and
// her sessions, end at once. An administrator is confirmed with the root sheet.
func (a *Accounts) Again(ctx context.Context, r *vault.Ring, id hotline.PersonID) (seal.Text, error) {
	p, err := a.staff.Person(ctx, id)
	if err != nil {
		return seal.Text{}, err
	}
	if p.State == staff.Former || id == r.Me() {
		return seal.Text{}, ErrRole
	}
	code, err := r.Invite(ctx, id, teams(p.Roles), func(tx db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM slot WHERE person = $1`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE session SET ended = 1 WHERE person = $1`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM totp WHERE person = $1`, id); err != nil {
			return err
		}
		return staff.SetState(tx, id, staff.Invited)
	})
	if err != nil {
		return seal.Text{}, err
	}
	return showCode(code), nil
}

// Confirm lets an enrolled person in. root is the typed root sheet where she is an
// administrator, and empty otherwise.
func (a *Accounts) Confirm(ctx context.Context, r *vault.Ring, id hotline.PersonID, root seal.Text) error {
	p, err := a.staff.Person(ctx, id)
	if err != nil {
		return err
	}
	var sheet []byte
	if p.Is(hotline.Administrator) {
		if sheet, err = ParseRoot(root); err != nil {
			return err
		}
	}
	return r.Confirm(ctx, id, sheet, func(tx db.Tx) error { return staff.SetState(tx, id, staff.Active) })
}

// Remove ends a person at once, on every node within five seconds.
func (a *Accounts) Remove(ctx context.Context, r *vault.Ring, id hotline.PersonID) error {
	return r.Remove(ctx, id, func(tx db.Tx) error { return staff.SetState(tx, id, staff.Former) })
}

// NewSecond gives somebody a new second factor, who has lost hers; her keys stay.
// It is shown to the administrator, who passes it on.
func (a *Accounts) NewSecond(ctx context.Context, r *vault.Ring, id hotline.PersonID) (Second, error) {
	if !r.Admin() {
		return Second{}, ErrRole
	}
	p, err := a.staff.Person(ctx, id)
	if err != nil {
		return Second{}, err
	}
	second, write, err := a.newSecond(p)
	if err != nil {
		return Second{}, err
	}
	did := r.Did("second factor", string(id))
	return second, a.db.Write(ctx, func(tx db.Tx) error { return errors.Join(write(tx), did(tx)) })
}

// Change writes what an administrator changes of a person whose keys stay the same:
// roles, languages, skills, gender and capacity.
func (a *Accounts) Change(ctx context.Context, r *vault.Ring, p staff.Person) error {
	if !r.Admin() {
		return ErrRole
	}
	was, err := a.staff.Person(ctx, p.ID)
	if err != nil {
		return err
	}
	what := "change"
	if !slices.Equal(was.Roles, p.Roles) {
		what = "change roles"
		for _, role := range p.Roles {
			what += " " + string(role)
		}
	}
	did := r.Did(what, string(p.ID))
	return a.db.Write(ctx, func(tx db.Tx) error { return errors.Join(staff.Change(tx, p), did(tx)) })
}

// GiveBack takes the teams back that init gave the first administrator, once each
// has two other holders.
func (a *Accounts) GiveBack(ctx context.Context, r *vault.Ring) error {
	p, err := a.staff.Person(ctx, r.Me())
	if err != nil {
		return err
	}
	_, err = r.GiveBack(ctx, teams(p.Roles))
	return err
}

// StepUp checks the second factor anew, for an act that asks for it.
func (a *Accounts) StepUp(ctx context.Context, tok vault.Token, code string) error {
	p, err := a.keeper.Who(ctx, tok)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx db.Tx) error {
		if err := a.check(tx, p, code); err != nil {
			return err
		}
		return a.keeper.Stepped(tx, tok)
	})
}

// Exists reports whether the line was founded in this database.
func Exists(ctx context.Context, d *db.DB) (bool, error) {
	var id string
	err := d.One(ctx, `SELECT id FROM line`, nil, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
