//go:build !race

package admin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// Whoever may not is turned away on every route, and whoever may is let through:
// each role, somebody locked, somebody removed, and nobody at all.
func TestRolesAndRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	other, _ := w.Invite(t, w.First, personOf(hotline.Advocate))
	people := map[hotline.Role]*client{}
	for _, role := range hotline.Roles() {
		people[role] = w.as(t, w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{role}, Languages: []string{"en"}}))
	}
	locked := w.Hire(t, hotline.Administrator)
	hotlinetest.Must(t, w.Keeper.Lock(t.Context(), locked.Token))
	gone := w.Hire(t, hotline.Administrator)
	w.as(t, w.First).post("/people/"+string(gone.ID)+"/remove", nil).went(t, "/people?done=removed")
	w.Advance(t, 6*time.Minute) // so that nobody who may does it, without a fresh code
	routes := w.Routes()
	if len(routes) < 40 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, r := range routes {
		path := strings.NewReplacer("{$}", "", "{id}", string(other.ID), "{number}", "1", "{lang}", "en", "{name}", "line", "{n}", "1", "{contact}", string(other.ID)).Replace(r.Path)
		for role, b := range people {
			a := b.do(r.Method, path, url.Values{})
			if allowed := r.Open || len(r.Roles) == 0 || slices.Contains(r.Roles, role); allowed == (a.StatusCode == http.StatusForbidden && strings.Contains(a.body, "Your role")) {
				t.Errorf("%s for %s: %d", r.Method+" "+r.Path, role, a.StatusCode)
			}
			if a.StatusCode == http.StatusInternalServerError {
				t.Errorf("%s for %s: %d", r.Method+" "+r.Path, role, a.StatusCode)
			}
			if r.Path == "/signout" {
				people[role] = w.as(t, signedIn(t, w, role))
			}
		}
		if r.Open {
			continue
		}
		for who, b := range map[string]*client{"nobody": w.browser(t), "somebody removed": w.as(t, gone), "somebody locked": w.as(t, locked)} {
			a, want := b.do(r.Method, path, url.Values{}), "/signin"
			if who == "somebody locked" {
				want = "/unlock"
			}
			if at := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, want) {
				t.Errorf("%s for %s: %d to %q", r.Method+" "+r.Path, who, a.StatusCode, at)
			}
		}
	}
	if got := w.find(t, other.Name).State; got != staff.Invited {
		t.Errorf("somebody walked by, and the person is %s", got)
	}
	if strings.Contains(w.log.String(), "level=ERROR") {
		t.Errorf("the log complains: %s", w.log)
	}
}

// signedIn hires one more of a role.
func signedIn(t *testing.T, w *world, role hotline.Role) *hotlinetest.Person {
	t.Helper()
	p := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{role}, Languages: []string{"en"}})
	w.Advance(t, 6*time.Minute)
	return p
}

func TestEveryTemplateHasItsSample(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	pages, templates := w.Pages(), w.Templates()
	slices.Sort(pages)
	slices.Sort(templates)
	if !slices.Equal(pages, templates) {
		t.Errorf("samples are there of %q, templates of %q", pages, templates)
	}
}
