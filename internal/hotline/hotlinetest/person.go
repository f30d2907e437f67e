package hotlinetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// node is the name of the process that beats for everybody.
const node = "test"

// A Person is one of the staff, with what she knows and carries.
type Person struct {
	ID         hotline.PersonID
	Name       string
	Passphrase seal.Text
	Second     account.Second
	Roles      []hotline.Role
	Token      vault.Token // of her newest session
}

// Hire invites a person, has her enrol, confirms her, signs her in, and she is ready
// at the desk.
func (w *World) Hire(tb testing.TB, roles ...hotline.Role) *Person {
	tb.Helper()
	return w.HireBy(tb, w.First, staff.Person{Roles: roles, Languages: []string{"en"}, Capacity: 3})
}

// HireBy is Hire by another administrator, of somebody particular. A name is made up
// where none is given.
func (w *World) HireBy(tb testing.TB, by *Person, who staff.Person) *Person {
	tb.Helper()
	p, code := w.Invite(tb, by, who)
	w.Redeem(tb, p, code)
	w.Confirm(tb, by, p)
	w.SignIn(tb, p)
	w.Enter(tb, staff.Ready, p)
	return p
}

// Invite is the first third of a hiring: it gives the one-time code.
func (w *World) Invite(tb testing.TB, by *Person, who staff.Person) (*Person, seal.Text) {
	tb.Helper()
	if who.Pseudonym == "" {
		who.Pseudonym = fmt.Sprintf("Person %d", w.hired.Add(1))
	}
	p := &Person{Name: who.Pseudonym, Roles: who.Roles}
	var code seal.Text
	w.With(tb, by, func(r *vault.Ring) (err error) {
		p.ID, code, err = w.Accounts.Invite(tb.Context(), r, who)
		return err
	})
	return p, code
}

// Redeem is the second third: she makes her keys, and writes down what she is shown.
func (w *World) Redeem(tb testing.TB, p *Person, code seal.Text) {
	tb.Helper()
	e, err := w.Accounts.Redeem(tb.Context(), p.Name, code)
	Must(tb, err)
	p.Passphrase, p.Second = e.Passphrase, e.Second
}

// Confirm is the last third. The root sheet lies ready for an administrator.
func (w *World) Confirm(tb testing.TB, by, p *Person) {
	tb.Helper()
	w.With(tb, by, func(r *vault.Ring) error { return w.Accounts.Confirm(tb.Context(), r, p.ID, w.Founding.Root) })
}

// Second brings the second administrator in by the code that init printed.
func (w *World) Second(tb testing.TB) *Person {
	tb.Helper()
	p := &Person{ID: w.Founding.SecondWho, Name: "Second"}
	w.Redeem(tb, p, w.Founding.Code)
	w.SignIn(tb, p)
	return p
}

// SignIn signs a person in on one more device, which becomes her Token.
func (w *World) SignIn(tb testing.TB, p *Person) {
	tb.Helper()
	tok, err := w.Accounts.SignIn(tb.Context(), p.Name, p.Passphrase, w.Code(tb, p))
	Must(tb, err)
	p.Token = tok
}

// Code is what a person's app shows: the first code from this moment on that she has
// not used. Where it would lie too far ahead, the clocks are moved.
func (w *World) Code(tb testing.TB, p *Person) string {
	tb.Helper()
	var last int64
	Must(tb, w.Engine.Main.One(tb.Context(), `SELECT last_step FROM totp WHERE person = $1`, []any{p.ID}, &last))
	step := w.Now(tb) / 1000 / 30
	use := max(last+1, step)
	if use > step+1 {
		w.Advance(tb, time.Duration(use-step-1)*30*time.Second)
	}
	code, err := account.CodeAt(p.Second.Secret, time.Unix(use*30, 0))
	Must(tb, err)
	return code
}

// CodeNow is the code of this very moment, used or not.
func (w *World) CodeNow(tb testing.TB, p *Person) string {
	tb.Helper()
	code, err := account.CodeAt(p.Second.Secret, time.UnixMilli(w.Now(tb)))
	Must(tb, err)
	return code
}

// Enter gives persons a presence, which beats from now on.
func (w *World) Enter(tb testing.TB, state string, people ...*Person) {
	tb.Helper()
	for _, p := range people {
		Must(tb, w.Staff.Enter(tb.Context(), p.ID, node, state))
	}
}

// With opens a person's session for fn, which must succeed.
func (w *World) With(tb testing.TB, p *Person, fn func(*vault.Ring) error) {
	tb.Helper()
	Must(tb, w.Keeper.With(tb.Context(), p.Token, fn))
}

// Now is the engine's time in Unix milliseconds.
func (w *World) Now(tb testing.TB) (ms int64) {
	tb.Helper()
	Must(tb, w.Engine.Main.Read(tb.Context(), func(tx db.Tx) (err error) { ms, err = db.Now(tx); return err }))
	return ms
}

// ahead is how far this line's clock is before that of a database.
func (w *World) ahead(tb testing.TB, d *db.DB) time.Duration {
	tb.Helper()
	var theirs int64
	Must(tb, d.Read(tb.Context(), func(tx db.Tx) (err error) { theirs, err = db.Now(tx); return err }))
	return (time.Duration(w.Now(tb)-theirs) * time.Millisecond).Round(time.Second)
}
