package admin

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/session"
)

// codeView asks for a one-time code.
type codeView struct {
	frame
	Name string
}

func (*codeView) name() string { return "code" }

// enrolledView shows passphrase and second factor, once.
type enrolledView struct {
	frame
	Words  []string
	Secret secretView
	Wait   bool // an administrator must let her in first
}

func (*enrolledView) name() string { return "enrolled" }

// secretView is a second factor as it goes into an app.
type secretView struct {
	Groups []string
	Code   template.HTML // the same as a QR code
}

func (a *Admin) codeForm(v *visit) error { return a.show(v, http.StatusOK, &codeView{}) }

// code turns a one-time code into an account.
func (a *Admin) code(v *visit) error {
	name := short(v.get("name"), 60)
	who, client := strings.ToLower(name), session.Client(a.Client(v.r))
	if err := a.Limits.Try("code", who, client); err != nil {
		return err
	}
	made, err := a.Accounts.Redeem(v.r.Context(), name, seal.Conceal(short(v.get("once"), 60)))
	if errors.Is(err, account.ErrCode) {
		v.faults.add("", "admin.code.wrong")
		return a.show(v, http.StatusForbidden, &codeView{Name: name})
	}
	if err != nil {
		return err
	}
	a.Limits.Good("code", who, client)
	p, err := a.Staff.Person(v.r.Context(), made.Person)
	if err != nil {
		return err
	}
	secret, err := a.secret(made.Second)
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, &enrolledView{Words: strings.Fields(shown(made.Passphrase)), Secret: secret, Wait: p.State != staff.Active})
}

// secret shows a second factor.
func (a *Admin) secret(s account.Second) (secretView, error) {
	img, err := a.Picture(s.URL)
	if err != nil {
		return secretView{}, errPicture // the error may quote the secret
	}
	return secretView{groups(shown(s.Secret)), draw(img)}, nil
}

var errPicture = errors.New("admin: the second factor cannot be drawn")

// groups cuts a secret into fours, so that it can be typed from paper.
func groups(s string) (out []string) {
	for len(s) > 4 {
		out, s = append(out, s[:4]), s[4:]
	}
	return append(out, s)
}
