package app

import (
	"context"
	"net/http"

	"github.com/freeline-org/freeline/internal/observe"
)

// listing is a mux that remembers its patterns.
type listing struct {
	*http.ServeMux
	all []string
}

func newListing() *listing { return &listing{ServeMux: http.NewServeMux()} }

// Handle adds a page.
func (l *listing) Handle(pattern string, h http.Handler) {
	l.all = append(l.all, pattern)
	l.ServeMux.Handle(pattern, h)
}

// HandleFunc adds a page.
func (l *listing) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	l.Handle(pattern, http.HandlerFunc(h))
}

// Routes lists the pattern of every address that this process serves, by face, for
// tests that look at all of them. What is mounted is in it: nobody has to think of it.
func (a *App) Routes(ctx context.Context) map[string][]string {
	all := map[string][]string{}
	if a.faces.public != nil {
		all["front"] = a.faces.public.current(ctx).Routes()
	}
	if a.faces.routes != nil {
		all["staff"] = a.faces.routes.all
	}
	if a.operator != nil {
		all["operator"] = observe.Routes()
	}
	return all
}
