package browser

import "github.com/chromedp/cdproto/input"

// Ignore has Chromium drop what is pressed, as it does by itself before it has painted.
func (p *Page) Ignore() {
	p.t.Helper()
	call(p, input.SetIgnoreInputEvents, input.SetIgnoreInputEventsParams{Ignore: true})
}
