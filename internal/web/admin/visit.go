package admin

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/session"
)

var (
	// ErrForm says that what came is no form of ours.
	ErrForm = problem.New(problem.Invalid, "admin.trouble.form")
	// ErrForeign says that another site sent it.
	ErrForeign = problem.New(problem.Denied, "admin.trouble.foreign")
	// ErrPage says that there is no such page.
	ErrPage = problem.New(problem.Missing, "admin.trouble.missing")
)

// largest is how many bytes a form may have.
const largest = 512 << 10

// A visit is one request, as the pages see it.
type visit struct {
	w      http.ResponseWriter
	r      *http.Request
	s      session.Session // empty where nobody is signed in
	l      *i18n.Language
	form   url.Values // of a POST, in this order: cut, checked, never nil
	file   []byte     // what a form brought
	route  route
	faults faults
}

// in reports whether somebody is signed in.
func (v *visit) in() bool { return v.s.Person.ID != "" }

// me is who does it.
func (v *visit) me() hotline.PersonID { return v.s.Person.ID }

// get is one value of the form.
func (v *visit) get(name string) string { return v.form.Get(name) }

// to leads on, after something was done.
func (v *visit) to(path string) error {
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// handler answers a route: behind the door, or open to all.
func (a *Admin) handler(r route) http.Handler {
	serve := func(w http.ResponseWriter, q *http.Request, s session.Session) {
		v := &visit{w: w, r: q, s: s, l: a.language(q, s), route: r, form: url.Values{}}
		if err := v.read(); err != nil {
			a.trouble(v, err)
			return
		}
		if err := r.serve(v); err != nil {
			a.trouble(v, err)
		}
	}
	if r.open {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { serve(w, q, session.Session{}) })
	}
	return a.Door.Required(r.roles...).Page(serve, func(w http.ResponseWriter, q *http.Request, err error) {
		s, _ := a.Door.Who(q)
		a.trouble(&visit{w: w, r: q, s: s, l: a.language(q, s), route: r}, err)
	})
}

// read takes the form of a POST.
func (v *visit) read() error {
	if v.r.Method != http.MethodPost {
		return nil
	}
	if v.route.file != "" && strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		return v.readFile()
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, largest)
	if err := v.r.ParseForm(); err != nil {
		return ErrForm // the parser's error quotes what was sent
	}
	for name, values := range v.r.PostForm {
		for _, s := range values {
			if err := v.take(name, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes a value of the form.
func (v *visit) take(name, s string) error {
	if !utf8.ValidString(s) {
		return ErrForm
	}
	v.form.Add(name, s)
	return nil
}

// language is what the reader chose, else what her account says, else what her
// browser asks for.
func (a *Admin) language(r *http.Request, s session.Session) *i18n.Language {
	if c, err := r.Cookie(tongueCookie); err == nil && a.speaks(c.Value) {
		return a.Words.For(c.Value)
	}
	if a.speaks(s.Person.Locale) {
		return a.Words.For(s.Person.Locale)
	}
	return a.Words.For(a.match.Match(r.Header.Get("Accept-Language")))
}

func (a *Admin) speaks(tag string) bool {
	for _, t := range a.Words.Tags() {
		if t == tag {
			return true
		}
	}
	return false
}

// show writes a whole page, or nothing.
func (a *Admin) show(v *visit, status int, view page) error {
	f, err := a.frame(v, view.name())
	if err != nil {
		return err
	}
	view.put(f)
	var b bytes.Buffer
	if err := a.templates.ExecuteTemplate(&b, view.name(), view); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = b.WriteTo(v.w)
	return nil
}

// status is 422 for a form that was not right.
func (v *visit) status() int {
	if len(v.faults) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// Times of a step-up: an act asks for the second factor where it was given longer
// ago than five minutes. A form asks for it already after three, so that there is
// time to fill it in.
const (
	stepUp     = 5 * time.Minute
	stepUpForm = 3 * time.Minute
)

// stepped asks for the second factor where it was not given lately. It reports
// whether the act may go on; if not, the fault is noted.
func (a *Admin) stepped(v *visit) (bool, error) {
	code := digits(v.get("stepup"))
	if code == "" {
		yes, err := a.Keeper.SteppedWithin(v.r.Context(), v.s.Token, stepUp)
		if err == nil && !yes {
			v.faults.add("stepup", "admin.fault.stepup")
		}
		return yes, err
	}
	who, client := string(v.me()), session.Client(a.Client(v.r))
	if err := a.Limits.Try("stepup", who, client); err != nil {
		return false, err
	}
	err := a.Accounts.StepUp(v.r.Context(), v.s.Token, code)
	switch {
	case err == nil:
		a.Limits.Good("stepup", who, client)
		return true, nil
	case errors.Is(err, vault.ErrDenied), errors.Is(err, account.ErrStepUp):
		v.faults.add("stepup", "admin.fault.stepup.wrong")
		return false, nil
	}
	return false, err
}

// shown reads what a person must see once: a code, her passphrase, her second
// factor.
func shown(t seal.Text) string { return t.Reveal() }
