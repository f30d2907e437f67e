package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// walker is a browser in which somebody visits a line and leaves it.
type walker interface {
	Goto(url string)
	Click(selector string)
	Type(selector, words string)
	WaitText(words string)
	Watch(during time.Duration) string
	Back() bool
}

// remembering is what the browser's history is asked for.
type remembering interface{ History() []browser.Entry }

// A visit says how a line is entered, used and left, step by step.
type visit struct {
	before string // address of the page she comes from
	was    string // words on that page
	steps  []step // from there until the moment before she leaves
	leave  string // selector of the button
	after  string // words on the page where leaving leads to
	cover  string // words on the cover page
	host   string // what is ours in the history
	title  string // the one title that history may keep of it
	hers   []string
}

// A step presses or fills something, and ends when words show.
type step struct{ press, field, words, shows string }

// complaints makes the visit, goes back until the page before us (five times
// at most) and tells what somebody would have seen who takes over the device,
// and how often it was the cover page.
func (v visit) complaints(b walker) (covers int, all []string) {
	b.Goto(v.before)
	b.WaitText(v.was)
	for _, s := range v.steps {
		if s.field != "" {
			b.Type(s.field, s.words)
		}
		if s.press != "" {
			b.Click(s.press)
		}
		if s.shows != "" {
			b.WaitText(s.shows)
		}
	}
	b.Click(v.leave)
	b.WaitText(v.after)

	const most, moment = 5, 150 * time.Millisecond
	for i := 1; i <= most; i++ {
		if !b.Back() {
			all = append(all, fmt.Sprintf("back %d: the history ends before the page she came from", i))
			break
		}
		seen := b.Watch(moment)
		for _, words := range v.hers {
			if strings.Contains(seen, words) {
				all = append(all, fmt.Sprintf("back %d shows %q", i, words))
			}
		}
		if strings.Contains(seen, v.was) {
			break
		}
		if strings.Contains(seen, v.cover) {
			covers++
		} else {
			all = append(all, fmt.Sprintf("back %d shows neither cover nor the page before: %q", i, seen))
		}
		if i == most {
			all = append(all, "the page she came from is more than five steps away")
		}
	}
	if h, ok := b.(remembering); ok {
		for _, e := range h.History() {
			if strings.Contains(e.URL, v.host) && (e.Title != v.title && e.Title != e.URL && e.Title != "" || strings.Count(e.URL, "/") > 3 || !strings.HasSuffix(e.URL, "/")) {
				all = append(all, fmt.Sprintf("the history keeps %s %q", e.URL, e.Title))
			}
		}
	}
	return covers, all
}

func visitOf(h *house, how string) visit {
	return visit{
		before: h.at("search"), was: "Results of a search",
		steps: []step{
			{press: "#found", shows: "How would you like to talk?"},
			{shows: how},
			{press: "#write", shows: "We are listening"},
			{field: "#w", words: "He reads my letters", press: "#send", shows: "He reads my letters"},
			{field: "#w", words: "Juniper lane 4", press: "#send", shows: "Juniper lane 4"},
			{field: "#w", words: "not sent yet"},
		},
		leave: "#go", after: "Sun until evening", cover: "This page has closed", host: h.name + ".localhost", title: "Home",
		hers: []string{"He reads my letters", "Juniper lane 4", "not sent yet", "We are listening", "How would you like to talk?"},
	}
}

// visitOfLine is the same on the real pages: what to expect comes between, and
// leaving leads out into the world.
func visitOfLine(h *house) visit {
	return visit{
		before: h.at("search"), was: "Results of a search",
		steps: []step{
			{press: "#found", shows: "How would you like to talk?"},
			{press: "button[value=chat]", shows: "Before you write"},
			{field: "#w", words: "He reads my letters", press: "button[value=send]", shows: "He reads my letters"},
			{field: "#w", words: "Juniper lane 4", press: "#say button[value=send]", shows: "Juniper lane 4"},
			{field: "#w", words: "not sent yet"},
		},
		leave: `form[action="/leave"] button`, after: browser.Elsewhere, cover: "This page has closed", host: "line.localhost", title: "Home",
		hers: []string{"He reads my letters", "Juniper lane 4", "not sent yet", "Before you write", "How would you like to talk?", "Harbour Line"},
	}
}

func TestAfterLeavingTheLineBackShowsNothing(t *testing.T) {
	t.Parallel()
	d := visited(t)
	h := &house{name: "line", leads: d.line}
	h.open(t)
	eachWalker(t, func(t *testing.T, b walker) {
		covers, got := visitOfLine(h).complaints(b)
		if len(got) > 0 {
			t.Errorf("after leaving, with %d cover pages:\n%s", covers, strings.Join(got, "\n"))
		}
	})
}

// eachWalker runs the test in both browsers, with JavaScript and without.
func eachWalker(t *testing.T, test func(*testing.T, walker)) {
	t.Helper()
	for _, noScript := range []bool{false, true} {
		name := map[bool]string{false: "script", true: "noscript"}[noScript]
		o := browser.Options{NoScript: noScript, Width: 800, Height: 700, World: true}
		t.Run("firefox/"+name, func(t *testing.T) {
			t.Parallel()
			test(t, browser.Firefox(t, o))
		})
		t.Run("chromium/"+name, func(t *testing.T) {
			t.Parallel()
			test(t, browser.Chromium(t, o))
		})
	}
}

func TestAfterLeavingBackShowsNothing(t *testing.T) {
	t.Parallel()
	eachWalker(t, func(t *testing.T, b walker) {
		how := "With script"
		if strings.HasSuffix(t.Name(), "/noscript") {
			how = "Without script"
		}
		// A page that still streams leaves no trace in Firefox without
		// JavaScript: the next one takes its place in the history. So there
		// the log ends, as it does where streaming fails.
		ends := strings.HasSuffix(t.Name(), "firefox/noscript")
		good := &house{name: "line", ends: ends}
		good.open(t)
		covers, got := visitOf(good, how).complaints(b)
		if len(got) > 0 || covers == 0 {
			t.Errorf("after leaving, with %d cover pages:\n%s", covers, strings.Join(got, "\n"))
		}
		weak := &house{name: "weak", ends: ends, weak: true}
		weak.open(t)
		_, got = visitOf(weak, how).complaints(b)
		for _, want := range []string{`shows "Juniper lane 4"`, "shows neither cover nor the page before"} {
			if !strings.Contains(strings.Join(got, "\n"), want) {
				t.Errorf("a careless site was let off; %q is missing in:\n%s", want, strings.Join(got, "\n"))
			}
		}
	})
}
