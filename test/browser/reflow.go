package browser

import (
	"context"
	"fmt"
	"testing"
)

// wide lists what makes a page scroll sideways, or what a page that hides its
// overflow cuts off.
const wide = `(() => {
	const root = document.scrollingElement || document.documentElement;
	const hides = [document.documentElement, document.body].some(e => e && /hidden|clip/.test(getComputedStyle(e).overflowX));
	const over = root.scrollWidth - root.clientWidth;
	if (over <= 0 && !hides) return [];
	const rtl = getComputedStyle(document.documentElement).direction === 'rtl';
	const boxed = e => { for (let n = e.parentElement; n && n !== document.body; n = n.parentElement) if (getComputedStyle(n).overflowX !== 'visible') return true; return false; };
	const out = [...document.body.querySelectorAll('*')].filter(e => {
		const r = e.getBoundingClientRect();
		if (!r.width || r.width <= 1 || !e.checkVisibility({visibilityProperty: true}) || boxed(e)) return false;
		return rtl ? r.left < -0.5 && r.right > 0 : r.right > innerWidth + 0.5 && r.left < innerWidth;
	}).map(e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.classList.length ? '.' + [...e.classList].join('.') : '') +
		' to ' + Math.round(rtl ? e.getBoundingClientRect().left : e.getBoundingClientRect().right) + ' px');
	if (over > 0 && !out.length) out.push('the page, by ' + over + ' px');
	return out.slice(0, 8);
})()`

// doubleText makes all text twice as large, whatever unit it was written in.
const doubleText = `(() => {
	if (globalThis.testDoubled) return true;
	const all = [...document.querySelectorAll('body, body *')].filter(e => e.style);
	globalThis.testDoubled = [];
	const sizes = all.map(e => [e, getComputedStyle(e)]).map(([e, s]) => [e, parseFloat(s.fontSize), s.lineHeight]);
	const put = (e, name, to) => {
		testDoubled.push([e, name, e.style.getPropertyValue(name), e.style.getPropertyPriority(name)]);
		e.style.setProperty(name, to, 'important');
	};
	for (const [e, size, line] of sizes) {
		put(e, 'font-size', 2 * size + 'px');
		if (line.endsWith('px')) put(e, 'line-height', 2 * parseFloat(line) + 'px');
	}
	return true;
})()`

const singleText = `(() => {
	for (const [e, name, was, how] of (globalThis.testDoubled || []).reverse()) was ? e.style.setProperty(name, was, how) : e.style.removeProperty(name);
	delete globalThis.testDoubled;
	return true;
})()`

// cut lists boxes whose text does not fit them and cannot be scrolled to.
const cut = `(() => [...document.body.querySelectorAll('*')].filter(e => {
	const s = getComputedStyle(e);
	if (!e.innerText || !e.innerText.trim() || !e.checkVisibility({visibilityProperty: true})) return false;
	if (e.clientWidth <= 1 || e.clientHeight <= 1 || s.clip !== 'auto' || /inset\(/.test(s.clipPath)) return false; // for screen readers
	const y = /hidden|clip/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 2;
	const x = /hidden|clip/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 2 && s.textOverflow !== 'ellipsis';
	return x || y;
}).map(e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.classList.length ? '.' + [...e.classList].join('.') : '') + ' is cut off: ' + e.innerText.trim().slice(0, 40)))()`

// Sideways lists what is too wide for a window of this width, in the page and
// its frames. The window is then as it was.
func (p *Page) Sideways(width int) []string {
	p.t.Helper()
	p.Resize(width, p.opts.Height)
	defer p.Resize(p.opts.Width, p.opts.Height)
	return p.inFrames(wide)
}

// Cramped lists what is cut off or too wide when all text is twice as large
// and nothing else is, as a phone's own setting makes it. The page is then as
// it was.
func (p *Page) Cramped() []string {
	p.t.Helper()
	p.inFrames(doubleText)
	defer p.inFrames(singleText)
	return append(p.inFrames(wide), p.inFrames(cut)...)
}

// Reflow fails the test where a page scrolls sideways at 320 pixels.
func Reflow(t testing.TB, p *Page) {
	t.Helper()
	const narrow = 320
	for _, s := range p.Sideways(narrow) {
		t.Errorf("at %d px too wide: %s", narrow, s)
	}
}

// LargeText fails the test where a page does not bear text of 200 % in the
// window it has. It is for the pages that are read on a phone.
func LargeText(t testing.TB, p *Page) {
	t.Helper()
	for _, s := range p.Cramped() {
		t.Errorf("with text at 200 %%: %s", s)
	}
}

// Zoom fails the test where a page loses something when the browser shows all
// of it at 200 %, in a window that is 1280 pixels wide at the least. It is for
// the pages that are read at a desk.
func Zoom(t testing.TB, p *Page) {
	t.Helper()
	const least = 1280
	p.Resize(max(p.opts.Width, least)/2, p.opts.Height/2)
	defer p.Resize(p.opts.Width, p.opts.Height)
	for _, s := range append(p.inFrames(wide), p.inFrames(cut)...) {
		t.Errorf("at 200 %%: %s", s)
	}
}

// inFrames evaluates the same in each document and joins what it lists.
func (p *Page) inFrames(expression string) []string {
	p.t.Helper()
	var all []string
	p.until("look at the layout", func(ctx context.Context) error {
		frames, err := p.frames(ctx)
		if err != nil {
			return err
		}
		all = nil
		for i, f := range frames {
			var some any
			if err := p.evaluate(ctx, f, expression, &some); err != nil {
				return err
			}
			list, _ := some.([]any) // some expressions answer with true
			for _, s := range list {
				if i > 0 {
					s = fmt.Sprintf("in a frame: %v", s)
				}
				all = append(all, fmt.Sprint(s))
			}
		}
		return nil
	})
	return all
}
