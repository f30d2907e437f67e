package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/session"
)

// signinView is the way in. Wrong is the one thing that is said of every failure.
type signinView struct {
	frame
	Name, To string
	Full     bool // two devices are in use: offer to end them
}

func (*signinView) name() string { return "signin" }

type signinInput struct {
	name, to   string
	passphrase seal.Text
	code       string
	end        bool // end the other devices
}

func readSignin(form url.Values) signinInput {
	return signinInput{
		name: short(form.Get("name"), 60), to: session.Onward(form.Get("to")),
		passphrase: seal.Conceal(short(form.Get("passphrase"), 200)), code: digits(form.Get("code")), end: form.Get("end") == "yes",
	}
}

// start leads to where somebody's work is.
func (a *Admin) start(v *visit) error { return v.to(home(v.s)) }

func home(s session.Session) string {
	switch {
	case s.Is(deskRoles()...):
		return deskPath
	case s.Is(adminRoles()...):
		return "/admin"
	case s.Is(hotline.PrivacyOfficer):
		return "/legal"
	case s.Is(hotline.Reviewer):
		return "/editions"
	}
	return "/devices"
}

// signinForm shows the sign-in to who is not signed in.
func (a *Admin) signinForm(v *visit) error {
	to := session.Onward(v.r.URL.Query().Get("to"))
	if s, err := a.Door.Who(v.r); err == nil {
		return v.to(after(s, to))
	}
	return a.show(v, http.StatusOK, &signinView{To: to})
}

// after is where a sign-in leads.
func after(s session.Session, to string) string {
	if to == "/" {
		return home(s)
	}
	return to
}

// signin opens a session. Whatever was wrong, the answer is the same.
func (a *Admin) signin(v *visit) error {
	in := readSignin(v.form)
	who, client := strings.ToLower(in.name), session.Client(a.Client(v.r))
	if err := a.Limits.Try("signin", who, client); err != nil {
		return err
	}
	tok, err := a.enter(v, in)
	switch {
	case err == nil:
		a.Limits.Good("signin", who, client)
	case errors.Is(err, account.ErrSignIn):
		v.faults.add("", "admin.signin.wrong")
		return a.show(v, http.StatusForbidden, &signinView{Name: in.name, To: in.to})
	case errors.Is(err, vault.ErrDevices):
		v.faults.add("", "admin.signin.devices")
		return a.show(v, http.StatusConflict, &signinView{Name: in.name, To: in.to, Full: true})
	default:
		return err
	}
	session.Put(v.w, tok)
	a.Door.Stir(tok)
	p, err := a.Staff.ByName(v.r.Context(), in.name)
	if err != nil {
		return err
	}
	return v.to(after(session.Session{Person: p, Token: tok}, in.to))
}

// enter signs in. Where two devices are in use and she asked for it, they end: that
// is found out only with the right credentials, and takes no code.
func (a *Admin) enter(v *visit, in signinInput) (vault.Token, error) {
	ctx := v.r.Context()
	tok, err := a.Accounts.SignIn(ctx, in.name, in.passphrase, in.code)
	if !in.end || !errors.Is(err, vault.ErrDevices) {
		return tok, err
	}
	p, err := a.Staff.ByName(ctx, in.name)
	if err != nil {
		return nil, err
	}
	if err := a.Keeper.EndAll(ctx, p.ID); err != nil {
		return nil, err
	}
	return a.Accounts.SignIn(ctx, in.name, in.passphrase, in.code)
}

// unlockView opens a locked session again.
type unlockView struct {
	frame
	Who, To string
}

func (*unlockView) name() string { return "unlock" }

// unlockForm shows it to who is locked.
func (a *Admin) unlockForm(v *visit) error {
	to := session.Onward(v.r.URL.Query().Get("to"))
	s, err := a.Door.Who(v.r)
	switch {
	case err == nil:
		return v.to(after(s, to))
	case !errors.Is(err, vault.ErrLocked):
		return v.to("/signin")
	}
	return a.show(v, http.StatusOK, &unlockView{Who: s.Person.Pseudonym, To: to})
}

// unlock opens it by the passphrase alone.
func (a *Admin) unlock(v *visit) error {
	to := session.Onward(v.get("to"))
	s, err := a.Door.Who(v.r)
	switch {
	case err == nil:
		return v.to(after(s, to))
	case errors.Is(err, vault.ErrDenied):
		return v.to("/signin")
	case !errors.Is(err, vault.ErrLocked):
		return err
	}
	who, client := string(s.Person.ID), session.Client(a.Client(v.r))
	if err := a.Limits.Try("unlock", who, client); err != nil {
		return err
	}
	err = a.Accounts.Unlock(v.r.Context(), s.Token, seal.Conceal(short(v.get("passphrase"), 200)))
	if errors.Is(err, account.ErrSignIn) {
		v.faults.add("passphrase", "admin.unlock.wrong")
		return a.show(v, http.StatusForbidden, &unlockView{Who: s.Person.Pseudonym, To: to})
	}
	if err != nil {
		return err
	}
	a.Limits.Good("unlock", who, client)
	a.Door.Stir(s.Token)
	return v.to(after(s, to))
}

// signout ends the session of the request, locked or not.
func (a *Admin) signout(v *visit) error {
	if tok, ok := session.Token(v.r); ok {
		err := a.Keeper.End(v.r.Context(), tok)
		if err != nil && !errors.Is(err, vault.ErrDenied) {
			return err
		}
	}
	session.Drop(v.w)
	return v.to("/signin?done=out")
}

// tongueCookie remembers which language somebody chose on this device.
const tongueCookie = "__Host-tongue"

// chooseLanguage changes the language of the pages, and goes back to the page. Of
// somebody who is signed in it is kept with her account, for her other devices and
// for the desk.
func (a *Admin) chooseLanguage(v *visit) error {
	if tag := v.get("l"); a.speaks(tag) {
		http.SetCookie(v.w, &http.Cookie{
			Name: tongueCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		if s, err := a.Door.Who(v.r); err == nil && s.Person.Locale != tag {
			if err := a.Staff.SetLocale(v.r.Context(), s.Person.ID, tag); err != nil {
				return err
			}
		}
	}
	return v.to(session.Onward(v.get("to")))
}
