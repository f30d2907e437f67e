package session

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// A Door lets people of the staff pass to their pages.
type Door struct {
	keeper *vault.Keeper
	staff  *staff.Staff
	work   *Work
	idle   idle
}

// NewDoor returns the door. work is what a signed-in request does after its answer.
func NewDoor(k *vault.Keeper, s *staff.Staff, work *Work, clock func() time.Time) *Door {
	return &Door{keeper: k, staff: s, work: work, idle: idle{clock: clock}}
}

// Who says whose session a request carries. Without one, or with one that has
// ended, it is [vault.ErrDenied]; a locked one is [vault.ErrLocked], beside the
// session.
func (d *Door) Who(r *http.Request) (Session, error) {
	tok, ok := Token(r)
	if !ok {
		return Session{}, vault.ErrDenied
	}
	id, locked := d.keeper.Who(r.Context(), tok)
	if locked != nil && !errors.Is(locked, vault.ErrLocked) {
		return Session{}, locked
	}
	p, err := d.staff.Person(r.Context(), id)
	if errors.Is(err, staff.ErrMissing) || err == nil && p.State != staff.Active {
		err = vault.ErrDenied
	}
	if err != nil {
		return Session{}, err
	}
	if locked != nil {
		locked = vault.ErrLocked
	}
	return Session{p, tok}, locked
}

// enter is Who, and locks a session that was left alone.
func (d *Door) enter(r *http.Request, roles []hotline.Role) (s Session, end func(), err error) {
	end = func() {}
	s, err = d.Who(r)
	if err != nil {
		return s, end, err
	}
	alone, end := d.idle.begin(s.Token)
	if alone {
		if err := d.keeper.Lock(r.Context(), s.Token); err != nil {
			return s, end, err
		}
		return s, end, vault.ErrLocked
	}
	if len(roles) > 0 && !s.Is(roles...) {
		err = ErrRole
	}
	return s, end, err
}

// Guard lets those pass who have one of its roles.
type Guard struct {
	door  *Door
	roles []hotline.Role
}

// Required returns a guard for roles; without any, everybody of the staff passes.
func (d *Door) Required(roles ...hotline.Role) Guard { return Guard{d, roles} }

// A Handler answers somebody who is signed in.
type Handler func(w http.ResponseWriter, r *http.Request, s Session)

// Page guards a page: who is not signed in is led to the sign-in, who is locked to
// unlocking, and both back to where they were going. trouble answers everything
// else that is in the way.
func (g Guard) Page(h Handler, trouble func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, end, err := g.door.enter(r, g.roles)
		defer end()
		switch {
		case err == nil:
			h(w, r, s)
			g.door.after(s)
		case errors.Is(err, vault.ErrLocked):
			away(w, "/unlock"+onward(r))
		case errors.Is(err, vault.ErrDenied):
			away(w, "/signin"+onward(r))
		default:
			trouble(w, r, err)
		}
	})
}

// API guards what a script asks for, a socket too: 401 with the key of the reason
// where there is nobody or somebody locked, else the status of the problem.
func (g Guard) API(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, end, err := g.door.enter(r, g.roles)
		defer end()
		if err == nil {
			h(w, r, s)
			g.door.after(s)
			return
		}
		status := problem.Of(err).Kind.Status()
		if errors.Is(err, vault.ErrDenied) || errors.Is(err, vault.ErrLocked) {
			status = http.StatusUnauthorized
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"key": problem.Of(err).Key})
	})
}

func (d *Door) after(s Session) {
	if d.work != nil {
		d.work.After(s.Token)
	}
}

// Stir notes that a session was unlocked just now.
func (d *Door) Stir(tok vault.Token) {
	d.idle.forget(tok)
}

// away sends a browser to a page of ours.
func away(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// onward is the query that remembers where somebody was going. Only pages are
// gone back to, not what she was sending.
func onward(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" || Onward(r.URL.Path) == "/" {
		return ""
	}
	return "?to=" + url.QueryEscape(r.URL.Path)
}

// Onward says where to go after signing in: a page of ours, whatever was asked for.
func Onward(to string) string {
	if !place.MatchString(to) {
		return "/"
	}
	return to
}

// place is a path of ours: nothing that a browser could take for another host.
var place = regexp.MustCompile(`^(/[A-Za-z0-9_-]{1,40}){1,6}$`)
