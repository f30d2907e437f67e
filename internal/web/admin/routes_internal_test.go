package admin

import "github.com/freeline-org/freeline/internal/hotline"

// Route is what a test may know of a route.
type Route struct {
	Method, Path string
	Open         bool
	Roles        []hotline.Role
	StepUp       bool
}

// Routes lists the routes for the tests that walk them.
func (a *Admin) Routes() (out []Route) {
	for _, r := range a.routes() {
		out = append(out, Route{r.method, r.path, r.open, r.roles, r.stepUp})
	}
	return out
}

// Templates lists the templates that are pages of their own.
func (a *Admin) Templates() (out []string) {
	parts := map[string]bool{
		"": true, "head": true, "bar": true, "top": true, "told": true, "end": true, "field": true, "area": true, "under": true, "group": true, "stepup": true,
		"secret": true, "people_rows": true, "questions": true, "day": true, "past": true, "compared": true, "rule": true, "pick": true, "moved": true,
		"standing": true, "aloud": true, "blocks": true, "blockrows": true, "rowbuttons": true, "diff": true, "dry": true, "signs": true, "listed": true, "pickone": true, "harmtags": true, "harmtimes": true, "legaltag": true, "legaltimes": true, "legalpaper": true, "legaldo": true, "promptstate": true, "ringing.begin": true, "ringing.row": true, "ringing.end": true, "trial": true,
	}
	for _, t := range a.templates.Templates() {
		if name := t.Name(); !parts[name] && len(name) > 5 && name[len(name)-5:] == ".html" {
			continue
		} else if !parts[name] {
			out = append(out, name)
		}
	}
	return out
}
