package admin_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// A path counts what somebody does with her hands and eyes, as a browser without a
// script makes her do it: pages that she looks at, fields that she fills in, buttons
// and links that she presses.
type path struct {
	*client
	pages, fields, presses int
}

// look opens a page by a link that stands on the page before.
func (p *path) look(from answer, to string) answer {
	p.t.Helper()
	if from.Response != nil && !strings.Contains(from.body, `href="`+to+`"`) {
		p.t.Fatalf("no link leads to %s", to)
	}
	p.presses++
	return p.see(p.get(to))
}

func (p *path) see(a answer) answer {
	p.t.Helper()
	p.pages++
	if a.StatusCode != 200 {
		p.t.Fatalf("the page is %d", a.StatusCode)
	}
	return a
}

var (
	hidden  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	typed   = regexp.MustCompile(`<input id="[^"]*" name="([^"]*)" type="(?:text|tel)" value="([^"]*)"`)
	areas   = regexp.MustCompile(`(?s)<textarea id="[^"]*" name="([^"]*)"[^>]*>(.*?)</textarea>`)
	checked = regexp.MustCompile(`<input type="checkbox" name="([^"]*)" value="([^"]*)"[^>]* checked`)
)

// fill sends the form of a page as it stands, but for what she changes in it, and
// follows where it leads.
func (p *path) fill(on answer, action string, changes map[string]string) answer {
	p.t.Helper()
	_, rest, ok := strings.Cut(on.body, `action="`+action+`"`)
	if !ok {
		p.t.Fatalf("no form leads to %s", action)
	}
	form, _, _ := strings.Cut(rest, "</form>")
	in := url.Values{}
	for _, of := range []*regexp.Regexp{hidden, typed, areas, checked} {
		for _, m := range of.FindAllStringSubmatch(form, -1) {
			in.Add(m[1], m[2])
		}
	}
	for name, to := range changes {
		if !strings.Contains(form, `name="`+name+`"`) {
			p.t.Fatalf("the form has no field %s", name)
		}
		if to == "" {
			in.Del(name)
		} else {
			in.Set(name, to)
		}
		p.fields++
	}
	p.presses++
	a := p.post(action, in)
	to := a.Header.Get("Location")
	if to == "" {
		p.t.Fatalf("the form is refused: %s", a.told())
	}
	return p.see(p.get(to))
}

// seconds is how long it takes somebody who has done it once: a page is looked at for
// 5 seconds, a field takes 8 (a sentence 15), a press 2. They are the keystroke-level
// figures of Card, Moran and Newell, rounded up for somebody who is tired.
func (p *path) seconds(sentences int) int { return 5*p.pages + 8*p.fields + 7*sentences + 2*p.presses }

// Changing tonight's greeting and tonight's hours takes under two minutes, from the
// first page, signed in, to both being in force.
func TestTonightTakesUnderTwoMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t))
	b := w.as(t, w.First)
	b.post("/line", lineForm()).went(t, "/line?done=line")
	b.post("/hours", week()).went(t, "/hours/preview")
	b.post("/hours/publish", url.Values{"version": {"1"}}).went(t, "/hours?done=hours")
	w.Advance(t, 10*time.Minute) // she signed in a while ago: the second factor is asked for
	p := &path{client: w.as(t, w.First)}

	at := p.see(p.get("/admin"))
	at = p.look(at, "/greeting")
	at = p.look(at, "/greeting/en")
	at = p.fill(at, "/greeting/en", map[string]string{"greeting": "Tonight it takes longer to answer."})
	at = p.fill(at, "/greeting/en/publish", map[string]string{"reviewer": "Rosa", "stepup": w.Code(t, w.First)})
	at = p.look(at, "/hours")
	tonight := w.time().Format("2006-01-02")
	at = p.fill(at, "/hours", map[string]string{"day1.date": tonight, "day1.1.from": "18:00", "day1.1.to": "23:00"})
	p.fill(at, "/hours/publish", nil)

	if a, _ := w.about(t, "en"); a.Greeting != "Tonight it takes longer to answer." {
		t.Errorf("in force is %+v", a)
	}
	if got := w.hours(t).Days[tonight]; len(got) != 1 || got[0] != "18:00-23:00" {
		t.Errorf("tonight the line answers %v", got)
	}
	took := fmt.Sprintf("%d pages, %d fields, %d presses: %d seconds", p.pages, p.fields, p.presses, p.seconds(1))
	t.Log(took)
	if p.pages > 8 || p.fields > 6 || p.presses > 7 || p.seconds(1) >= 120 {
		t.Errorf("tonight takes %s", took)
	}
}
