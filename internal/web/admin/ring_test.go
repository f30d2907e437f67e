package admin_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// carrier is what app joins to the pages: it rings whom it is told, and finds what it was
// given to find.
type carrier struct {
	mu    sync.Mutex
	found [][2]string
	busy  bool
	rung  []string
	left  chan struct{} // where it is there, a call lasts until she has left her page
}

func (*carrier) Outward() []string { return []string{"first", "second"} }

func (c *carrier) RingMe(ctx context.Context, by hotline.PersonID, trunk string, to seal.Text, asks, lang string, tell func(check, found string)) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rung = append(c.rung, strings.Join([]string{string(by), trunk, to.Reveal(), lang, asks}, "|"))
	for _, f := range c.found {
		tell(f[0], f[1])
	}
	if c.left != nil {
		<-ctx.Done()
		close(c.left)
	}
	return !c.busy, nil
}

// Who runs the line has a telephone of hers rung, with a fresh code, and reads what works;
// her number is dialled and stands nowhere.
func TestRingMe(t *testing.T) {
	t.Parallel()
	w, c := newWorld(t, dbtest.New(t)), &carrier{}
	b := w.as(t, w.First)
	b.get("/ring").is(t, 200, "This line has no way to call out")
	b.post("/ring", url.Values{"ring": {"+15550147"}, "trunk": {"first"}}).is(t, 422, "Choose a telephone company")
	w.Ringer = c
	b.get("/ring").is(t, 200, "three rising tones", `value="first"`, `value="second"`)
	for _, wrong := range []string{"", "112", "+112", "015550147", "somebody", "+1555014799999999"} {
		b.post("/ring", url.Values{"ring": {wrong}, "trunk": {"first"}}).is(t, 422, "Short and emergency numbers are not rung")
	}
	c.found = [][2]string{{"standing", "fine"}, {"set_up", "fine"}, {"key", "fine"}, {"to_her", "unheard"}, {"from_her", "none"}}
	in := url.Values{"ring": {"+1 555 0147"}, "trunk": {"second"}}
	a := b.post("/ring", in)
	a.is(t, 200, "You have taken it", "It has arrived", "You hear nothing", "Nothing has arrived from you", "The test call is over", "</html>")
	if got, want := c.rung[0], string(w.First.ID)+"|second|+15550147|en|This is a test call."; !strings.HasPrefix(got, want) {
		t.Errorf("rung is %q, want %q", got, want)
	}
	if strings.Contains(a.body, "0147") || strings.Contains(w.log.String(), "0147") {
		t.Error("her number stands on the page or in the log")
	}
	c.found = [][2]string{{"standing", "registration"}, {"set_up", "credit"}}
	b.post("/ring", in).is(t, 200, "does not accept our name and password", "look at the credit or the bill")
	c.busy, c.found = true, nil
	b.post("/ring", in).is(t, 200, "Another test call is being made")
	rung := len(c.rung)
	w.Advance(t, 6*time.Minute)
	b.post("/ring", in).is(t, 422, "a fresh code")
	if len(c.rung) != rung {
		t.Error("it rings without a fresh code")
	}
}

// The line stops, and a test call that is being made is hung up.
func TestATestCallEndsWithTheLine(t *testing.T) {
	t.Parallel()
	w, c := newWorld(t, dbtest.New(t)), &carrier{left: make(chan struct{})}
	w.Ringer = c
	b := w.as(t, w.First)
	var page sync.WaitGroup
	page.Go(func() {
		b.post("/ring", url.Values{"ring": {"+15550147"}, "trunk": {"first"}}).is(t, 200, "The test call is over")
	})
	w.Stop()
	<-c.left
	page.Wait()
}
