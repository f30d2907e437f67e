package browser

import (
	"context"
	"errors"
	"strings"
	"time"
)

// element is how WebDriver names an element of a page.
type element map[string]string

func (e element) id() string {
	for _, v := range e {
		return v
	}
	return ""
}

func (f *Fox) find(ctx context.Context, selector string) (string, error) {
	var r struct{ Value element }
	err := f.m.call(ctx, "WebDriver:FindElement", map[string]string{"using": "css selector", "value": selector}, &r)
	return r.Value.id(), err
}

func (f *Fox) findAll(ctx context.Context, selector string) ([]string, error) {
	var found []element
	if err := f.m.call(ctx, "WebDriver:FindElements", map[string]string{"using": "css selector", "value": selector}, &found); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(found))
	for _, e := range found {
		ids = append(ids, e.id())
	}
	return ids, nil
}

func (f *Fox) property(ctx context.Context, id, name string) (string, error) {
	var r struct{ Value any }
	if err := f.m.call(ctx, "WebDriver:GetElementProperty", map[string]string{"id": id, "name": name}, &r); err != nil {
		return "", err
	}
	s, _ := r.Value.(string) // what is not text is nothing to read
	return s, nil
}

// WaitFor waits until an element fits the selector.
func (f *Fox) WaitFor(selector string) {
	f.t.Helper()
	f.until("wait for "+selector, func(ctx context.Context) error {
		_, err := f.find(ctx, selector)
		return err
	})
}

// WaitText waits until the words stand on the page, in a frame too; what was
// only entered in a field does not count.
func (f *Fox) WaitText(words string) {
	f.t.Helper()
	f.until("wait for the words "+words, func(ctx context.Context) error {
		s, err := f.read(ctx, false)
		if err == nil && !strings.Contains(s, words) {
			err = errNotYet
		}
		return err
	})
}

// Click presses the first element that fits the selector.
func (f *Fox) Click(selector string) {
	f.t.Helper()
	f.until("press "+selector, func(ctx context.Context) error {
		id, err := f.find(ctx, selector)
		if err != nil {
			return err
		}
		return f.m.call(ctx, "WebDriver:ElementClick", map[string]string{"id": id}, nil)
	})
}

// Submit presses what fits the selector and returns on the page it leads to.
func (f *Fox) Submit(selector string) {
	f.t.Helper()
	f.Moving(func() { f.Click(selector) })
}

// Type enters words into a field, after what it holds.
func (f *Fox) Type(selector, words string) {
	f.t.Helper()
	f.until("type into "+selector, func(ctx context.Context) error {
		id, err := f.find(ctx, selector)
		if err != nil {
			return err
		}
		return f.m.call(ctx, "WebDriver:ElementSendKeys", map[string]string{"id": id, "text": words}, nil)
	})
}

// Moving does something that leads to another document, and returns when the
// tab shows it: an element of the former one is then out of reach.
func (f *Fox) Moving(act func()) {
	f.t.Helper()
	var root string
	f.until("look at the page", func(ctx context.Context) error {
		var err error
		root, err = f.find(ctx, ":root")
		return err
	})
	act()
	f.until("the page did not change", func(ctx context.Context) error {
		_, err := f.property(ctx, root, "tagName")
		var no *refusal
		if errors.As(err, &no) {
			_, err = f.find(ctx, "body")
			return err
		}
		if err == nil {
			err = errNotYet
		}
		return err
	})
}

// Shown is what stands on the page now, in fields and frames too.
func (f *Fox) Shown() string {
	f.t.Helper()
	var s string
	f.until("read the page", func(ctx context.Context) error {
		var err error
		s, err = f.read(ctx, true)
		return err
	})
	return s
}

// read joins the words of all documents.
func (f *Fox) read(ctx context.Context, fields bool) (string, error) {
	all, err := f.words(ctx, fields)
	if err != nil {
		return "", err
	}
	frames, err := f.findAll(ctx, "iframe,frame")
	if err != nil {
		return "", err
	}
	for i := range frames {
		if f.m.call(ctx, "WebDriver:SwitchToFrame", map[string]int{"id": i}, nil) != nil {
			continue // a frame may go while it is read
		}
		if s, err := f.words(ctx, fields); err == nil {
			all += "\n" + s
		}
		if err := f.m.call(ctx, "WebDriver:SwitchToFrame", map[string]any{"id": nil}, nil); err != nil {
			return "", err
		}
	}
	return all, nil
}

// words reads one document: what it shows, and what stands in its fields.
func (f *Fox) words(ctx context.Context, withFields bool) (string, error) {
	body, err := f.find(ctx, "body")
	if err != nil {
		return "", err
	}
	// Not WebDriver's own text of an element: it leaves out what is in noscript.
	printed, err := f.property(ctx, body, "innerText")
	if err != nil || !withFields {
		return printed, err
	}
	fields, err := f.findAll(ctx, "input:not([type=hidden]),textarea,select")
	if err != nil {
		return "", err
	}
	all := []string{printed}
	for _, id := range fields {
		v, err := f.property(ctx, id, "value")
		if err != nil {
			return "", err
		}
		all = append(all, v)
	}
	return strings.Join(all, "\n"), nil
}

// Watch collects all that stands on the page during a time, which begins when
// something stands there.
func (f *Fox) Watch(during time.Duration) string {
	f.t.Helper()
	return watch(during, f.opts.Patience, func() (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), f.opts.Patience)
		defer cancel()
		return f.read(ctx, true)
	})
}

// Back goes back by one entry of the history and says whether there was one.
func (f *Fox) Back() bool {
	f.t.Helper()
	var can bool
	f.chrome("return gBrowser.canGoBack", &can)
	if can {
		f.Moving(func() { f.chrome("gBrowser.goBack(); return true", nil) })
	}
	return can
}

// History lists what the tab remembers, oldest first.
func (f *Fox) History() []Entry {
	f.t.Helper()
	var all []Entry
	f.chrome(`const h = gBrowser.selectedBrowser.browsingContext.sessionHistory;
		return Array.from({length: h.count}, (_, i) => h.getEntryAtIndex(i))
			.map((e, i) => ({URL: e.URI.spec, Title: e.title, Here: i === h.index}));`, &all)
	return all
}

// chrome runs a script of the browser itself, not of the page.
func (f *Fox) chrome(script string, into any) {
	f.t.Helper()
	f.call("Marionette:SetContext", map[string]string{"value": "chrome"}, nil)
	defer f.call("Marionette:SetContext", map[string]string{"value": "content"}, nil)
	r := struct{ Value any }{into}
	f.call("WebDriver:ExecuteScript", map[string]any{"script": script, "args": []any{}, "newSandbox": true}, &r)
}
