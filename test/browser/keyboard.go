package browser

import (
	"context"
	"fmt"
	"testing"
)

// Stop is one place where the focus rests when somebody goes through a page
// with the Tab key.
type Stop struct {
	Place   string // a selector that leads there
	Name    string // the words on it
	Faint   bool   // nothing on the screen shows that the focus is there
	Covered bool   // it lies outside the window or under something else
}

// markFocus remembers what has the focus, with all that could show it, and
// tells of the stop. It returns null at the end of the page.
const markFocus = `(() => {
	const walk = window.testWalk ||= {stops: [], looks: []};
	const e = testFocus();
	if (!e) return null;
	if (walk.stops.includes(e)) return e.tagName === 'IFRAME' || e.tagName === 'AUDIO' ? {Again: true} : null;
	walk.stops.push(e);
	walk.looks.push(testLook(e));
	const r = e.getClientRects()[0], d = e.ownerDocument, wide = d.defaultView.innerWidth, high = d.defaultView.innerHeight;
	let covered = true;
	if (r) {
		const x = Math.min(Math.max(r.left + r.width / 2, 0), wide - 1), y = Math.min(Math.max(r.top + r.height / 2, 0), high - 1);
		const hit = d.elementFromPoint(x, y);
		covered = r.bottom <= 0 || r.top >= high || r.right <= 0 || r.left >= wide || !hit ||
			!(e.contains(hit) || hit.contains(e) || (e.labels && [...e.labels].some(l => l.contains(hit))));
	}
	const name = (e.getAttribute('aria-label') || e.innerText || (e.labels && e.labels[0] && e.labels[0].innerText) || e.title || e.value || '').replace(/\s+/g, ' ').trim().slice(0, 60);
	return {Place: testPlace(e), Name: name, Covered: covered};
})()`

// helpers stand in the world of the test only.
const helpers = `(() => {
	// What has the focus, in a frame too; nothing where the page itself has it.
	globalThis.testFocus = () => {
		const within = d => d && d.activeElement && d.activeElement !== d.body && d.activeElement !== d.documentElement ? d.activeElement : null;
		let e = within(document);
		for (;;) {
			const inner = e && (e.shadowRoot ? e.shadowRoot.activeElement : e.tagName === 'IFRAME' ? within(e.contentDocument) : null);
			if (!inner) return e;
			e = inner;
		}
	};
	globalThis.testPlace = e => {
		if (e.id) return e.tagName.toLowerCase() + '#' + e.id;
		let s = e.tagName.toLowerCase();
		if (e.name) return s + '[name=' + e.name + ']' + (e.value && e.type !== 'text' && s !== 'textarea' ? '[value=' + e.value + ']' : '');
		if (e.classList.length) s += '.' + [...e.classList].join('.');
		const up = e.parentElement;
		if (up && up !== document.body) s = testPlace(up) + '>' + s + (up.children.length > 1 ? ':nth-child(' + (1 + [...up.children].indexOf(e)) + ')' : '');
		return s;
	};
	// What could show a focus: on the thing itself, on what is around it, on its label.
	globalThis.testLook = e => {
		const one = n => {
			const s = getComputedStyle(n);
			const clear = c => c === 'transparent' || /,\s*0\)$|\/\s*0\)$/.test(c);
			const line = s.outlineStyle === 'none' || parseFloat(s.outlineWidth) === 0 || clear(s.outlineColor) ? '' : s.outlineWidth + s.outlineColor + s.outlineStyle;
			return [line, s.boxShadow, s.backgroundColor, s.color, s.borderTopColor, s.borderTopWidth, s.borderBottomColor, s.borderBottomWidth, s.textDecorationLine, s.textDecorationThickness].join('|');
		};
		const near = [e];
		for (let n = e.parentElement, i = 0; n && i < 2 && n !== document.body; n = n.parentElement, i++) near.push(n);
		if (e.labels) near.push(...e.labels);
		if (e.nextElementSibling) near.push(e.nextElementSibling);
		return near.map(one).join('\n');
	};
	return true;
})()`

// restart puts the focus before the first thing on the page.
const restart = `(() => {
	delete window.testWalk;
	if (document.activeElement) document.activeElement.blur();
	const had = document.body.getAttribute('tabindex');
	document.body.setAttribute('tabindex', '-1');
	document.body.focus({preventScroll: true});
	had === null ? document.body.removeAttribute('tabindex') : document.body.setAttribute('tabindex', had);
	scrollTo(0, 0);
	return true;
})()`

// missed lists what looks as if it could be reached but was not: each group of
// radio buttons counts as one, a frame counts by what is in it.
const missed = `(() => {
	const stops = (window.testWalk || {stops: []}).stops;
	const all = document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex],[contenteditable=true]');
	return [...all].filter(e => {
		if (e.disabled || e.tabIndex < 0 || stops.includes(e)) return false;
		if (!e.checkVisibility({visibilityProperty: true}) || e.closest('[inert]')) return false;
		if (e.type === 'radio' && stops.some(s => s.type === 'radio' && s.name === e.name)) return false;
		return true;
	}).map(testPlace);
})()`

// faint lists the indexes of those stops that look the same without focus.
const faint = `(() => {
	const e = testFocus();
	if (e) e.blur();
	if (document.activeElement) document.activeElement.blur();
	const w = window.testWalk || {stops: [], looks: []};
	return w.stops.flatMap((e, i) => e.tagName !== 'IFRAME' && testLook(e) === w.looks[i] ? [i] : []);
})()`

// Walk goes through the page with the Tab key, from its top to its end, and
// lists where the focus rests, and what it never reached.
func (p *Page) Walk() (stops []Stop, unreached []string) {
	p.t.Helper()
	p.Eval(helpers, nil)
	p.Eval(restart, nil)
	const most = 400
	for range most {
		p.Key("Tab")
		var s *struct {
			Stop
			Again bool // still in a frame, or in the keys of a player, that do not let us see where
		}
		p.Eval(markFocus, &s)
		if s == nil {
			break
		}
		if !s.Again {
			stops = append(stops, s.Stop)
		}
	}
	p.Eval(missed, &unreached)
	var dim []int
	p.Eval(faint, &dim)
	for _, i := range dim {
		stops[i].Faint = true
	}
	return stops, unreached
}

// Keyboard fails the test for each thing that the Tab key does not reach, and
// each place where the focus is not seen, and gives the order.
func Keyboard(t testing.TB, p *Page) []Stop {
	t.Helper()
	stops, unreached := p.Walk()
	for _, u := range unreached {
		t.Errorf("keyboard: never reached: %s", u)
	}
	for i, s := range stops {
		if s.Faint {
			t.Errorf("keyboard: stop %d, %s %q: the focus is not seen", i+1, s.Place, s.Name)
		}
		if s.Covered {
			t.Errorf("keyboard: stop %d, %s %q: covered or outside the window", i+1, s.Place, s.Name)
		}
	}
	return stops
}

// TabTo presses Tab until the focus is on what fits the selector.
func (p *Page) TabTo(selector string) {
	p.t.Helper()
	const most = 200
	for range most {
		p.Key("Tab")
		if p.focused(selector) {
			return
		}
	}
	p.fail("the Tab key does not reach %s", selector)
}

func (p *Page) focused(selector string) bool {
	p.t.Helper()
	var yes bool
	p.until("ask for the focus", func(ctx context.Context) error {
		frames, err := p.frames(ctx)
		if err != nil {
			return err
		}
		return p.evaluate(ctx, frames[0], fmt.Sprintf("!!document.activeElement && document.activeElement.matches(%q)", selector), &yes)
	})
	return yes
}
