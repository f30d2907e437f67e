package desk_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

// A seat is where somebody sits: her door to the line, already open, which can be cut.
type seat struct {
	*browser.Page
	t   *testing.T
	url string

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// sit opens the desk of a true line in Chromium, for somebody who has signed in.
func (l *line) sit(t *testing.T, p *hotlinetest.Person, o browser.Options) *seat {
	t.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 1440, 1000
	}
	s := &seat{t: t, conns: map[net.Conn]bool{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		down := s.down
		s.mu.Unlock()
		if down && r.URL.Path == desk.SocketPath {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		r.Header.Set("Cookie", cookie(p).Get("Cookie"))
		l.mux.ServeHTTP(w, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns[c] = true
		return ctx
	}
	server.Start()
	t.Cleanup(func() {
		s.cut(true)
		server.Close()
	})
	s.url = server.URL
	s.Page = browser.Chromium(t, o)
	s.Goto(s.url + desk.PagePath)
	s.WaitFor(".bar")
	return s
}

// cut ends every connection; with down set the socket does not come back.
func (s *seat) cut(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
	for c := range s.conns {
		_ = c.Close()
		delete(s.conns, c)
	}
}

// taken is a line on which somebody has just taken a caller's chat.
func taken(t *testing.T, e *dbtest.Engine) (*line, *hotlinetest.Person, *hotlinetest.Caller) {
	t.Helper()
	l := open(t, e)
	ana := l.Hire(t, hotline.Advocate)
	c := l.Arrive(t, "her words")
	l.Take(t, ana, c.Contact)
	return l, ana, c
}

// asksOf is the field of a contact's form in force.
func (l *line) asksOf(t *testing.T, name, code string) string {
	t.Helper()
	e, err := l.editions.Current(t.Context(), form.Key(name))
	hotlinetest.Must(t, err)
	f, err := form.Parse(e.Body)
	hotlinetest.Must(t, err)
	for _, field := range f.Fields {
		if field.Code == code {
			return field.ID
		}
	}
	t.Fatalf("the form %s does not ask %s", name, code)
	return ""
}

// question is the place of a field on the page.
func (l *line) question(t *testing.T, c *hotlinetest.Caller, code string) string {
	t.Helper()
	return "#d-" + string(c.Contact) + "-" + l.asksOf(t, "self", code)
}

// stored is what stands in the database of a field.
func (l *line) stored(t *testing.T, p *hotlinetest.Person, c *hotlinetest.Caller, code string) string {
	t.Helper()
	all, err := l.Fields(t, p, c.Contact)
	hotlinetest.Must(t, err)
	return all[l.asksOf(t, "self", code)]
}

// What is typed in a field is saved as it is typed; what was typed while the line was down
// survives a reload and is saved when it is back.
func TestTypedFieldsAreNeverLost(t *testing.T) {
	l, ana, c := taken(t, dbtest.New(t))
	s := l.sit(t, ana, browser.Options{})
	country := l.question(t, c, "country")
	s.WaitFor(country)
	s.Click(country + " summary")
	s.Type(country+" input[type=text]", "Over the")
	s.WaitText("Saved")
	if got := l.stored(t, ana, c, "country"); got != (form.Value{Text: "Over the"}).JSON() {
		t.Errorf("stored is %s", got)
	}
	s.cut(true)
	s.Say(" river")
	s.WaitText("Kept here until the line is back")
	s.Goto(s.url + desk.PagePath) // a new page, which finds no line
	s.cut(false)
	s.WaitFor(country)
	s.WaitTrue(`document.querySelector('` + country + ` .a')?.textContent === 'Over the river'`)
	s.WaitText("Saved")
	s.Excuse("WebSocket connection") // while it was down
	if got := l.stored(t, ana, c, "country"); got != (form.Value{Text: "Over the river"}).JSON() {
		t.Errorf("stored is %s", got)
	}
	s.Shot("record")
	browser.Axe(t, s.Page)
	if l.Find(t, c.Contact).State != contact.Live {
		t.Error("it is not live any more")
	}
}
