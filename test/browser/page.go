package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is one tab of Chromium with one reader. Its methods fail the test when
// they cannot do what they say, with a picture of the page in shots. They are
// for one goroutine.
type Page struct {
	t    testing.TB
	ctx  context.Context //nolint:containedctx // chromedp keeps the tab in it
	opts Options

	mu       sync.Mutex
	commits  int           // documents that the top frame has shown
	moved    chan struct{} // closed at the next one
	faults   []string
	requests []*Request
	pending  map[string]*Request
}

func newPage(t testing.TB, o Options) *Page {
	return &Page{t: t, opts: o, moved: make(chan struct{}), pending: map[string]*Request{}}
}

// Goto opens an address and returns when its answer is on the way to the
// screen (committed), since pages that stream never finish loading.
func (p *Page) Goto(url string) {
	p.t.Helper()
	r := call(p, page.Navigate, page.NavigateParams{URL: url})
	if r.ErrorText != "" {
		p.fail("open %s: %s", url, r.ErrorText)
	}
	p.WaitFor("body")
}

// Moving does something that leads to another document, and returns when the
// top frame has begun to show it. A page that stays is a failure.
func (p *Page) Moving(act func()) {
	p.t.Helper()
	p.mu.Lock()
	from := p.commits
	p.mu.Unlock()
	act()
	deadline := time.After(p.opts.Patience)
	for {
		p.mu.Lock()
		commits, moved := p.commits, p.moved
		p.mu.Unlock()
		if commits > from {
			p.WaitFor("body")
			return
		}
		select {
		case <-moved:
		case <-deadline:
			p.fail("the page did not change")
		}
	}
}

// heardNavigation notes that the top frame shows another document. What the last one still
// asked for comes no more, of which Chromium says nothing where it is an icon.
func (p *Page) heardNavigation(f *cdp.Frame) {
	if f.ParentID != "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.requests {
		r.Done = r.Done || r.Kind != string(network.ResourceTypeDocument)
	}
	p.commits++
	close(p.moved)
	p.moved = make(chan struct{})
}

// URL is the address that the browser shows.
func (p *Page) URL() string {
	p.t.Helper()
	return p.text("location.href")
}

// Title is what history, tab and window list show.
func (p *Page) Title() string {
	p.t.Helper()
	return p.text("document.title")
}

// shown is what a reader sees of one document: its words and what stands in
// its fields.
const shown = `(() => {
	if (!document.body) return '';
	const fields = [...document.body.querySelectorAll('input,textarea,select')]
		.filter(f => f.type !== 'hidden' && f.getClientRects().length && f.value).map(f => f.value);
	return [document.body.innerText, ...fields].join('\n');
})()`

// printed is the words of one document alone.
const printed = `document.body ? document.body.innerText : ''`

// Shown is what stands on the page now, in fields and frames too, also what
// lies below the fold.
func (p *Page) Shown() string {
	p.t.Helper()
	var s string
	p.until("read the page", func(ctx context.Context) error {
		var err error
		s, err = p.read(ctx, shown)
		return err
	})
	return s
}

// read evaluates the same in each document and joins the words.
func (p *Page) read(ctx context.Context, expression string) (string, error) {
	frames, err := p.frames(ctx)
	if err != nil {
		return "", err
	}
	var all []string
	for i, f := range frames {
		var s string
		if err := p.evaluate(ctx, f, expression, &s); err != nil {
			if i > 0 {
				continue // a frame may go while it is read; the page itself may not
			}
			return "", err
		}
		all = append(all, s)
	}
	return strings.Join(all, "\n"), nil
}

// frames lists the top frame and then those in it.
func (p *Page) frames(ctx context.Context) ([]cdp.FrameID, error) {
	r, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	var ids []cdp.FrameID
	var walk func(*page.FrameTree)
	walk = func(f *page.FrameTree) {
		ids = append(ids, f.Frame.ID)
		for _, c := range f.ChildFrames {
			walk(c)
		}
	}
	walk(r.FrameTree)
	return ids, nil
}

// Eval evaluates an expression beside the page: it sees the document, not the
// page's own variables, and neither the page's policy nor a reader without
// JavaScript hinders it. A promise is awaited only where JavaScript is on.
func (p *Page) Eval(expression string, into any) {
	p.t.Helper()
	p.until("evaluate", func(ctx context.Context) error {
		frames, err := p.frames(ctx)
		if err != nil {
			return err
		}
		return p.evaluate(ctx, frames[0], expression, into)
	})
}

// Inside evaluates in the page's own world, where it can change what the page's script meets.
func (p *Page) Inside(expression string) {
	p.t.Helper()
	p.until("evaluate inside", func(ctx context.Context) error {
		r, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression})
		if err == nil && r.ExceptionDetails != nil {
			err = errors.New(r.ExceptionDetails.Text)
		}
		return err
	})
}

func (p *Page) text(expression string) string {
	p.t.Helper()
	var s string
	p.Eval(expression, &s)
	return s
}

// evaluate evaluates in a world of our own in one frame.
func (p *Page) evaluate(ctx context.Context, f cdp.FrameID, expression string, into any) error {
	w, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: f, WorldName: "test"})
	if err != nil {
		return err
	}
	yes := true
	r, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: w.ExecutionContextID, ReturnByValue: &yes, AwaitPromise: &yes, Silent: &yes,
	})
	if err != nil {
		return err
	}
	if r.ExceptionDetails != nil {
		e := r.ExceptionDetails
		if e.Exception != nil {
			return errors.New(e.Exception.Description)
		}
		return errors.New(e.Text)
	}
	if into == nil || len(r.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(r.Result.Value, into)
}

// Shot writes a picture of the whole page to test/browser/shots and returns
// its path.
func (p *Page) Shot(name string) string {
	p.t.Helper()
	path, err := p.shot(name)
	if err != nil {
		p.t.Fatalf("picture %s: %v", name, err)
	}
	return path
}

func (p *Page) shot(name string) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.opts.Patience)
	defer cancel()
	path, err := shotPath(p.t.Name(), name)
	if err != nil {
		return "", err
	}
	m, err := chromedp.Call(ctx, page.GetLayoutMetrics, cdp.Empty{})
	if err != nil {
		return "", err
	}
	const tallest = 6000
	size, view := m.CSSContentSize, m.CSSLayoutViewport
	// Asked for what is beyond the window, Chromium draws a page that scrolls within itself from
	// right to left beside its place: so it is asked only where there is something.
	beyond := size.Width > float64(view.ClientWidth) || size.Height > float64(view.ClientHeight)
	r, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &beyond,
		Clip: &page.Viewport{
			Width:  max(size.Width, float64(view.ClientWidth)),
			Height: min(max(size.Height, float64(view.ClientHeight)), tallest), Scale: 1,
		},
	})
	if err != nil {
		return "", err
	}
	return path, os.WriteFile(path, r.Data, 0o600)
}

// tryShot takes a picture for somebody who looks for the cause of a failure.
func (p *Page) tryShot(name string) {
	if p.ctx.Err() != nil {
		return
	}
	if path, err := p.shot(name); err == nil {
		p.t.Logf("picture: shots/%s/%s", filepath.Base(filepath.Dir(path)), filepath.Base(path))
	}
}

// fail ends the test with what stands on the page.
func (p *Page) fail(format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	s, err := p.read(ctx, shown)
	if err != nil {
		s = fmt.Sprintf("(not readable: %v)", err)
	}
	const enough = 1500
	if len(s) > enough {
		s = s[:enough] + "…"
	}
	p.t.Fatalf("%s\n--- on the page:\n%s", fmt.Sprintf(format, args...), s)
}
