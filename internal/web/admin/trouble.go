package admin

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

// troubleView says what went wrong and what to do.
type troubleView struct {
	frame
	Text string
}

func (*troubleView) name() string { return "trouble" }

// trouble answers a request that failed. Only what is our own fault is logged.
func (a *Admin) trouble(v *visit, err error) {
	if errors.Is(err, vault.ErrLocked) || errors.Is(err, vault.ErrDenied) && v.in() {
		// The session ended while the request was under way.
		_ = v.to("/signin")
		return
	}
	p := problem.Of(err)
	if p.Kind == problem.Internal {
		a.Log.ErrorContext(v.r.Context(), "page failed", "err", err, "route", v.route.method+" "+v.route.path)
	}
	v.faults = nil
	status := p.Kind.Status()
	if p.Kind == problem.Later {
		v.w.Header().Set("Retry-After", strconv.Itoa(20))
	}
	if err := a.show(v, status, &troubleView{Text: say(v.l, p)}); err != nil {
		a.Log.ErrorContext(v.r.Context(), "page failed", "err", err, "route", v.route.method+" "+v.route.path)
		http.Error(v.w, v.l.T("problem.internal"), http.StatusInternalServerError)
	}
}

// say puts a problem into words: those of these pages, else those of all, else
// those of its kind.
func say(l *i18n.Language, p *problem.Error) string {
	for _, key := range []string{"admin.why." + p.Key, p.Key} {
		if l.Has(key) {
			return l.T(key)
		}
	}
	return l.T("problem." + p.Kind.String())
}

// missing answers every address that is no page.
func (a *Admin) missing(w http.ResponseWriter, r *http.Request) {
	a.Trouble(w, r, ErrPage) //nolint:contextcheck // the request carries it
}

// Foreign answers what another site sent in somebody's name.
func (a *Admin) Foreign(w http.ResponseWriter, r *http.Request) {
	a.Trouble(w, r, ErrForeign) //nolint:contextcheck // the request carries it
}

// Trouble answers a request of any page of the staff that failed, in the shape of
// these pages.
func (a *Admin) Trouble(w http.ResponseWriter, r *http.Request, err error) {
	s, _ := a.Door.Who(r)
	a.trouble(&visit{w: w, r: r, s: s, l: a.language(r, s), route: route{method: r.Method, path: "/"}}, err)
}
