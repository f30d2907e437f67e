package demo

import (
	_ "embed"
	"errors"
	"html/template"
	"net/http"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/web/session"
)

//go:embed door.html
var doorText string

// door lets people enter as one of the cast with one click. It goes through the true
// sign-in, with what the demo holds for them; a real line has no such door.
type door struct {
	cast *cast.Cast
}

// enterPath is where the buttons of the door lead.
const enterPath = "/demo/enter"

// Wrap implements [app.Door]: the sign-in of the staff host shows the cast first.
func (d *door) Wrap(line *app.Line, staff http.Handler) http.Handler {
	page := template.Must(template.New("door").Parse(doorText))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /signin", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("own") {
			staff.ServeHTTP(w, r)
			return
		}
		session.Headers(w.Header())
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, d.cast.Actors)
	})
	mux.HandleFunc("POST "+enterPath, func(w http.ResponseWriter, r *http.Request) {
		tok, err := d.cast.SignIn(r.Context(), line, r.FormValue("name"))
		if err != nil {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusServiceUnavailable)
			text := "The demo could not sign in. Go back and try again in half a minute."
			if errors.Is(err, cast.ErrWait) {
				text = "The codes of this half minute are used. Go back and try again in half a minute."
			}
			_, _ = w.Write([]byte(text))
			return
		}
		session.Put(w, tok)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", staff)
	guard := http.NewCrossOriginProtection()
	return guard.Handler(mux)
}
