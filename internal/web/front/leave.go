package front

import (
	"context"
	"net/http"
	"time"
)

// Leaving. Browsers keep even pages that forbid it for the Back button as long as
// no cookie has changed, and only the network tells them that one has. So that
// every way out is this one: a form, an answer that ends her cookies and sets the
// one of the cover page, and a redirect to a harmless site. From then on, for ten
// minutes, every page of ours is the cover page, and Back finds nothing else.
// (Clear-Site-Data must not name "cookies": it would take the cover's cookie too.)

// leaving is how long the line may take to note it.
const leaving = 5 * time.Second

// leave takes her away from here.
func (f *Front) leave(w http.ResponseWriter, r *http.Request) {
	posted, _ := f.read(w, r)
	h := w.Header()
	http.SetCookie(w, cookie(herCookie, "", 0))
	http.SetCookie(w, cookie(codeCookie, "", 0))
	http.SetCookie(w, cookie(coverCookie, "1", coverTime))
	h.Set("Clear-Site-Data", `"cache", "storage"`)
	h.Set("Content-Security-Policy", f.policy)
	h.Set("Location", f.harmlessFor(f.language(r, posted.Lang).Tag()))
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusSeeOther)
	_ = http.NewResponseController(w).Flush() // she is on her way; the rest is ours
	if t, ok := ticketOf(r); ok {
		f.left(r, t.Token)
	}
}

// left tells the line that she has gone. She waits neither for it nor for what may
// fail in it.
func (f *Front) left(r *http.Request, t token) {
	f.streams.leave(t)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), leaving)
	defer cancel()
	p, err := f.callers.find(ctx, t)
	if err == nil {
		err = f.callers.book.Gone(ctx, p.Contact.ID)
	}
	if err != nil && !isNothing(err) {
		f.failed(r, err)
	}
}

// covered reports whether she has left a moment ago.
func covered(r *http.Request) bool {
	c, err := r.Cookie(coverCookie)
	return err == nil && c.Value != ""
}

// covered shows the cover page and changes nothing: a scanner that follows every
// address must not end a chat.
func (f *Front) covered(w http.ResponseWriter, r *http.Request) { f.cover(w, r) }

// cover shows a page that says nothing about us.
func (f *Front) cover(w http.ResponseWriter, r *http.Request) {
	fr := f.pages.newFrame("cover", f.language(r), About{})
	fr.Script = ""
	f.show(w, r, http.StatusOK, "cover", plainView{fr})
}
