package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// errNotYet says that what is waited for is not there at this moment.
var errNotYet = errors.New("not yet")

// WaitFor waits until an element fits the selector.
func (p *Page) WaitFor(selector string) {
	p.t.Helper()
	p.until("wait for "+selector, func(ctx context.Context) error {
		return p.holds(ctx, fmt.Sprintf("!!document.querySelector(%q)", selector))
	})
}

// WaitGone waits until no element fits the selector.
func (p *Page) WaitGone(selector string) {
	p.t.Helper()
	p.until("wait until gone: "+selector, func(ctx context.Context) error {
		return p.holds(ctx, fmt.Sprintf("!document.querySelector(%q)", selector))
	})
}

// WaitText waits until the words stand on the page, in a frame too; what was
// only entered in a field does not count.
func (p *Page) WaitText(words string) {
	p.t.Helper()
	p.until("wait for the words "+words, func(ctx context.Context) error {
		s, err := p.read(ctx, printed)
		if err == nil && !strings.Contains(s, words) {
			err = errNotYet
		}
		return err
	})
}

// WaitTrue waits until an expression, evaluated as in [Page.Eval], is true.
func (p *Page) WaitTrue(expression string) {
	p.t.Helper()
	p.until("wait for "+expression, func(ctx context.Context) error {
		return p.holds(ctx, "!!("+expression+")")
	})
}

// WaitLoaded waits until the page and all it asked for have come. A page that
// streams never gets there.
func (p *Page) WaitLoaded() {
	p.t.Helper()
	p.until("wait until all has come", func(ctx context.Context) error {
		if err := p.holds(ctx, "document.readyState === 'complete'"); err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, r := range p.requests {
			if !r.Done {
				return fmt.Errorf("%s is still coming: %s", r.Kind, r.URL)
			}
		}
		return nil
	})
}

// Watch collects all that stands on the page during a time, which begins when
// something stands there, so that what shows for a moment only is seen too.
func (p *Page) Watch(during time.Duration) string {
	p.t.Helper()
	return watch(during, p.opts.Patience, func() (string, error) {
		ctx, cancel := context.WithTimeout(p.ctx, p.opts.Patience)
		defer cancel()
		return p.read(ctx, shown)
	})
}

// watch asks again and again and joins the different answers.
func watch(during, patience time.Duration, look func() (string, error)) string {
	var all []string
	end := time.After(patience)
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		if s, err := look(); err == nil && strings.TrimSpace(s) != "" && (len(all) == 0 || all[len(all)-1] != s) {
			if all = append(all, s); len(all) == 1 {
				end = time.After(during)
			}
		}
		select {
		case <-end:
			return strings.Join(all, "\n")
		case <-tick.C:
		}
	}
}

func (p *Page) holds(ctx context.Context, expression string) error {
	frames, err := p.frames(ctx)
	if err != nil {
		return err
	}
	var yes bool
	if err := p.evaluate(ctx, frames[0], expression, &yes); err != nil {
		return err
	}
	if !yes {
		return errNotYet
	}
	return nil
}

// until tries until it succeeds, and ends the test when patience is over. A
// document that changes meanwhile is only a reason to try again.
func (p *Page) until(what string, try func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.opts.Patience)
	defer cancel()
	if err := until(ctx, try); err != nil {
		p.fail("%s: %v", what, err)
	}
}

func until(ctx context.Context, try func(context.Context) error) error {
	tick := time.NewTicker(often)
	defer tick.Stop()
	last := errNotYet
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("given up: %w", last)
		case <-tick.C:
		}
	}
}
