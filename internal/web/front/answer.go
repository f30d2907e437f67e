package front

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

// show writes a page.
func (f *Front) show(w http.ResponseWriter, r *http.Request, status int, name string, view any) {
	var b bytes.Buffer
	if err := f.pages.write(&b, name, view); err != nil {
		f.failed(r, err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", f.policy)
	}
	if public(name) {
		h.Set("X-Robots-Tag", "noarchive")
	}
	h.Add("Vary", "Accept-Encoding")
	body := b.Bytes()
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = pack(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the reader has gone
}

// pack compresses a page.
func pack(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// begin makes the frame of a page.
func (f *Front) begin(ctx context.Context, name string, l *i18n.Language) (frame, error) {
	about, err := f.Line.About(ctx, l.Tag())
	if err != nil {
		return frame{}, err
	}
	return f.pages.newFrame(name, l, about), nil
}

// trouble says what went wrong, in her language, and gives her words back. It needs
// neither database nor line: the page comes even if nothing else does.
func (f *Front) trouble(w http.ResponseWriter, r *http.Request, t trouble, posted form) {
	l := f.language(r, posted.Lang)
	about, err := f.Line.About(context.WithoutCancel(r.Context()), l.Tag())
	if err != nil {
		f.failed(r, err)
	}
	fr := f.pages.newFrame("error", l, about)
	if posted.ID != "" {
		fr.ID = posted.ID // so that what was taken after all is not taken twice
	}
	view := t.view(fr, posted.text())
	if view.Words != "" {
		view.Picks = posted.pairs()
	}
	if t == tooFast {
		w.Header().Set("Retry-After", "30")
	}
	if wantsJSON(r) {
		answerJSON(w, t.status(), reply{T: view.Text})
		return
	}
	f.show(w, r, t.status(), "error", view)
}

// fail answers a failure of the line. What is busy or missing is said; what is our
// own fault is written down once, here.
func (f *Front) fail(w http.ResponseWriter, r *http.Request, err error, posted form) {
	if problem.Of(err).Kind == problem.Internal && r.Context().Err() == nil {
		f.failed(r, err)
	}
	f.trouble(w, r, tooBusy, posted)
}

func (f *Front) failed(r *http.Request, err error) {
	f.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "err", err)
}

// reply is what her script is told.
type reply struct {
	S  int64  `json:"s,omitempty"`  // number of a message
	K  string `json:"k,omitempty"`  // whose it is, or how things stand
	B  string `json:"b,omitempty"`  // by whom and when, or a title
	T  string `json:"t,omitempty"`  // text
	H  string `json:"h,omitempty"`  // short, for the top of the page
	Y  string `json:"y,omitempty"`  // a button: yes, I am here
	Go bool   `json:"go,omitempty"` // ask for the page again
}

func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

func answerJSON(w http.ResponseWriter, status int, v reply) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the reader has gone
}
