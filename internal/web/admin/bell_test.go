package admin_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/outage"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// listen opens what an administrator's page listens to, and gives what it is told.
func (b *client) listen() (status int, next func() string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.w.srv.URL+"/admin/bell", nil)
	hotlinetest.Must(b.t, err)
	r.Header.Set("Accept-Language", "en")
	res, err := (&http.Client{Jar: b.Jar, Transport: b.Transport, Timeout: time.Minute}).Do(r)
	hotlinetest.Must(b.t, err)
	b.t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	return res.StatusCode, func() string {
		for lines.Scan() {
			if said, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return said
			}
		}
		return "the end"
	}
}

// What is disturbed is rung on the pages of who runs the line, at once and until it works
// again, and stands on each of them; nobody else is told.
func TestADisturbedTelephoneRingsForWhoRunsTheLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b, book := w.as(t, w.First), outage.New(w.Engine.Main, w.Bus)
	left := w.HireBy(t, w.First, staff.Person{Roles: []hotline.Role{hotline.Administrator}, Languages: []string{"en"}})
	hotlinetest.Must(t, w.Keeper.Lock(t.Context(), left.Token)) // she has left her page alone
	_, first := b.listen()
	_, second := w.as(t, left).listen()
	for _, next := range []func() string{first, second} {
		if got := next(); got != "[]" {
			t.Errorf("at first it is told %s", got)
		}
	}
	hotlinetest.Must(t, book.Down(t.Context(), "carrier", string(trunk.Credit)))
	for _, next := range []func() string{first, second} {
		if got := next(); !strings.Contains(got, `"trunk":"carrier"`) || !strings.Contains(got, "look at the credit or the bill") {
			t.Errorf("when it fails it is told %s", got)
		}
	}
	for _, path := range []string{"/admin", "/people", "/prompts/en", "/nowhere"} {
		if page := b.get(path).body; !strings.Contains(page, "<bdi>carrier</bdi> does not work") || !strings.Contains(page, "look at the credit or the bill") {
			t.Errorf("%s does not say it", path)
		}
	}
	for who, other := range map[string]*client{"a supervisor": w.as(t, w.HireBy(t, w.First, personOf(hotline.Supervisor))), "nobody": w.browser(t)} {
		if status, _ := other.listen(); status != http.StatusUnauthorized {
			t.Errorf("%s may listen: %d", who, status)
		}
		if page := other.get("/harm").body; strings.Contains(page, "carrier") {
			t.Errorf("%s reads what is disturbed", who)
		}
	}
	hotlinetest.Must(t, book.Up(t.Context(), "carrier"))
	if got := first(); got != "[]" {
		t.Errorf("when it works again it is told %s", got)
	}
	b.post("/signout", nil)
	hotlinetest.Must(t, book.Down(t.Context(), "carrier", string(trunk.Credit)))
	if got := first(); got != "the end" {
		t.Errorf("whoever has signed out is told %s", got)
	}
	w.Stop()
	for range 3 { // what was on its way
		if second() == "the end" {
			return
		}
	}
	t.Error("the line stops, and a page listens on")
}
