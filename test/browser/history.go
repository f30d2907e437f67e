package browser

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// Entry is what the browser's history keeps of one visit.
type Entry struct {
	URL, Title string
	Here       bool
}

// History lists what the tab remembers, oldest first.
func (p *Page) History() []Entry {
	p.t.Helper()
	h := call(p, page.GetNavigationHistory, cdp.Empty{})
	var all []Entry
	for i, e := range h.Entries {
		all = append(all, Entry{URL: e.URL, Title: e.Title, Here: int64(i) == h.CurrentIndex})
	}
	return all
}

// Back goes back by one entry of the history, also one that the browser's own
// button would pass over, and says whether there was one.
func (p *Page) Back() bool {
	p.t.Helper()
	return p.travel(-1)
}

// Forward goes forward by one entry of the history and says whether there was
// one.
func (p *Page) Forward() bool {
	p.t.Helper()
	return p.travel(1)
}

func (p *Page) travel(by int64) bool {
	p.t.Helper()
	h := call(p, page.GetNavigationHistory, cdp.Empty{})
	to := h.CurrentIndex + by
	if to < 0 || to >= int64(len(h.Entries)) {
		return false
	}
	p.Moving(func() {
		call(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[to].ID})
	})
	return true
}
