package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// enter opens the line and says the first words.
func enter(p *browser.Page, d demo, words string) {
	p.Goto(d.line)
	p.Click("button[value=chat]")
	p.Type("#w", words)
	p.Click("button[value=send]")
	p.WaitFor("#say")
	p.WaitText(words)
}

// stranger writes her first words, on a phone of her own.
func stranger(t *testing.T, d demo, words string) *browser.Page {
	t.Helper()
	her := browser.Chromium(t, browser.Options{World: true, Patience: time.Minute})
	enter(her, d, words)
	return her
}

func TestFirstPageIsOneSmallRequest(t *testing.T) {
	t.Parallel()
	d := visited(t)
	for _, noScript := range []bool{false, true} {
		p := browser.Chromium(t, browser.Options{NoScript: noScript})
		p.Goto(d.line)
		p.WaitLoaded()
		const most = 14 << 10
		got := p.Requests()
		if len(got) != 1 || got[0].Wire > most {
			t.Errorf("without script %v: %+v, want one request of at most %d bytes", noScript, got, most)
		}
		t.Logf("without script %v: %d bytes", noScript, got[0].Wire)
		if got := p.Cookies(); len(got) > 0 {
			t.Errorf("without script %v: cookies before any choice: %+v", noScript, got)
		}
		enter(p, d, "hello there")
		if got := p.Strangers(strings.TrimPrefix(d.line, "http://")); len(got) > 0 {
			t.Errorf("without script %v: others were asked: %+v", noScript, got)
		}
	}
}

// A chat is there again for who closed its page by accident, and in the
// language that she changes to in the middle.
func TestChatIsThereAgain(t *testing.T) {
	t.Parallel()
	d := visited(t)
	for _, noScript := range []bool{false, true} {
		p := browser.Chromium(t, browser.Options{NoScript: noScript})
		enter(p, d, "Juniper lane 4")
		p.Goto("about:blank")
		p.Goto(d.line)
		p.WaitFor("#say")
		p.WaitText("Juniper lane 4")
		p.Click("details summary")
		p.Click("button[value=language]")
		p.ClickText("العربية")
		p.WaitTrue("document.documentElement.dir === 'rtl'")
		p.WaitFor("#say")
		p.WaitText("Juniper lane 4")
		axeLive(t, p)
		browser.Reflow(t, p)
		browser.LargeText(t, p)
	}
}

// axeLive is [browser.Axe] for a page whose log still streams. The frame asks
// for itself again only after its stream has broken off, which ends nobody's
// time; axe-core cannot know that.
func axeLive(t *testing.T, p *browser.Page) {
	t.Helper()
	for _, v := range p.Violations(browser.EnhancedContrast) {
		if v.Rule != "meta-refresh" {
			t.Errorf("axe: %s", v)
		}
	}
}

// A double tap writes once.
func TestTwoTapsWriteOnce(t *testing.T) {
	t.Parallel()
	d := visited(t)
	for _, noScript := range []bool{false, true} {
		p := browser.Chromium(t, browser.Options{NoScript: noScript})
		enter(p, d, "hello there")
		p.Type("#w", "said one time")
		p.DoubleClick("#say button[value=send]")
		p.WaitText("said one time")
		if got := p.Watch(time.Second); strings.Count(lastOf(got), "said one time") != 1 {
			t.Errorf("without script %v: after a double tap:\n%s", noScript, got)
		}
	}
}

// lastOf is the last thing that was seen where the whole page is told each time.
func lastOf(seen string) string {
	if i := strings.LastIndex(seen, "Leave now"); i >= 0 {
		return seen[i:]
	}
	return seen
}
