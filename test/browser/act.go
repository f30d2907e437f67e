package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// where finds the one thing to press and the point to press it at, and says
// why a hand could not: not there, not visible, switched off, covered.
const where = `((css, words) => {
	const seen = e => e.getClientRects().length > 0 && e.checkVisibility({visibilityProperty: true});
	const flat = e => (e.innerText || e.value || e.getAttribute('aria-label') || '').replace(/\s+/g, ' ').trim();
	let all = [...document.querySelectorAll(css || 'button,a[href],summary,label,input[type=submit],input[type=button],[role=button],[role=tab],[role=menuitem],[role=option],[role=link]')];
	if (words) {
		const exact = all.filter(e => flat(e) === words);
		all = exact.length ? exact : all.filter(e => flat(e).includes(words));
	}
	if (!all.length) return {why: 'not on the page'};
	const e = all.find(seen);
	if (!e) return {why: 'not visible'};
	if (e.disabled) return {why: 'switched off'};
	e.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
	const r = e.getClientRects()[0];
	const x = r.left + r.width / 2, y = r.top + r.height / 2;
	const hit = document.elementFromPoint(x, y);
	if (!hit) return {why: 'outside the window'};
	if (!e.contains(hit) && !(e.labels && [...e.labels].some(l => l.contains(hit))))
		return {why: 'covered by ' + hit.tagName.toLowerCase() + (hit.id ? '#' + hit.id : '')};
	globalThis.sought = e;
	return {x, y};
})`

type point struct {
	X, Y float64
	Why  string
}

// Click presses the first visible element that fits the selector, with the
// mouse, as soon as it can be pressed.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.press("press "+selector, selector, "")
}

// ClickText presses the button or link with these words.
func (p *Page) ClickText(words string) {
	p.t.Helper()
	p.press("press "+words, "", words)
}

// DoubleClick presses twice, as fast as a hand does.
func (p *Page) DoubleClick(selector string) {
	p.t.Helper()
	at := p.find("press "+selector, selector, "")
	p.mouse("press "+selector, at, 1)
	p.mouse("press "+selector, at, 2)
}

// Submit presses what fits the selector and returns on the page it leads to.
func (p *Page) Submit(selector string) {
	p.t.Helper()
	p.Moving(func() { p.Click(selector) })
}

// SubmitText presses the button or link with these words and returns on the
// page it leads to.
func (p *Page) SubmitText(words string) {
	p.t.Helper()
	p.Moving(func() { p.ClickText(words) })
}

// Type presses a field and enters words there, after what it holds.
func (p *Page) Type(selector, words string) {
	p.t.Helper()
	p.Click(selector)
	p.WaitTrue(fmt.Sprintf("document.activeElement && document.activeElement.matches(%q)", selector))
	call(p, input.InsertText, input.InsertTextParams{Text: words})
}

// Say enters words where the focus is.
func (p *Page) Say(words string) {
	p.t.Helper()
	call(p, input.InsertText, input.InsertTextParams{Text: words})
}

func (p *Page) press(what, selector, words string) {
	p.t.Helper()
	p.hearing(what, "click", func() { p.mouse(what, p.find(what, selector, words), 1) })
}

// hearing does something again that the page has not heard, since a Chromium that has much
// to do drops what is pressed before it has painted; or whose click went beside what was
// meant, since that moved or was made anew between press and release.
func (p *Page) hearing(what, kind string, act func()) {
	p.t.Helper()
	for end := time.Now().Add(p.opts.Patience); time.Now().Before(end); {
		p.listen(kind)
		act()
		how := p.heard()
		if how == "" {
			return
		}
		p.t.Logf("%s: %s", what, how)
	}
	p.fail("%s: the page hears no press", what)
}

// listen has the page note the next event of a kind. What goes to a frame or to a player is
// heard there alone, so where there are such keys are taken as heard.
func (p *Page) listen(kind string) {
	p.t.Helper()
	p.Eval(fmt.Sprintf(`(() => {
		globalThis.unheard = %[1]q === 'click' || !document.querySelector('iframe, audio[controls]') ? 'not heard' : '';
		addEventListener(%[1]q, e => {
			const way = e.composedPath(), at = globalThis.sought;
			const hit = e.type !== 'click' || way.includes(at) || [...at.labels || []].some(l => way.includes(l));
			globalThis.unheard = hit ? '' : 'it has moved';
		}, {capture: true, once: true});
	})()`, kind), nil)
}

// heard says why what was done does not count, or nothing. Chromium says that an event is
// through when the page has had it, or never will; in a page that has come since, nobody
// has listened.
func (p *Page) heard() string {
	p.t.Helper()
	return p.text("globalThis.unheard || ''")
}

// find waits until there is something that can be pressed, and stands still: a hand that
// goes where it was a moment ago presses its neighbour.
func (p *Page) find(what, selector, words string) point {
	p.t.Helper()
	var at point
	p.until(what, func(ctx context.Context) error {
		frames, err := p.frames(ctx)
		if err != nil {
			return err
		}
		was := at
		at = point{}
		if err := p.evaluate(ctx, frames[0], fmt.Sprintf("%s(%q, %q)", where, selector, words), &at); err != nil {
			return err
		}
		if at.Why != "" {
			return errors.New(at.Why)
		}
		if at != was {
			return errors.New("still moving")
		}
		return nil
	})
	return at
}

// mouse presses and lets go, the nth time in a row.
func (p *Page) mouse(what string, at point, nth int64) {
	p.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{
		input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased,
	} {
		e := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y}
		if kind != input.DispatchMouseEventTypeMouseMoved {
			e.Button, e.ClickCount = input.MouseButtonLeft, nth
		}
		p.soon(what, func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchMouseEvent, e)
			return err
		})
	}
}

// soon sends an event of mouse or keyboard. The page may be gone before it
// answers, which is what some of them are for.
func (p *Page) soon(what string, send func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.opts.Patience)
	defer cancel()
	if err := send(ctx); err != nil {
		p.fail("%s: %v", what, err)
	}
}

// keys are the named ones: code and virtual key, and what they write.
var keys = map[string]struct {
	code string
	vk   int64
	text string
}{
	"Tab": {"Tab", 9, ""}, "Enter": {"Enter", 13, "\r"}, "Escape": {"Escape", 27, ""}, "Space": {"Space", 32, " "},
	"Backspace": {"Backspace", 8, ""}, "Delete": {"Delete", 46, ""}, "Home": {"Home", 36, ""}, "End": {"End", 35, ""},
	"PageUp": {"PageUp", 33, ""}, "PageDown": {"PageDown", 34, ""},
	"ArrowLeft": {"ArrowLeft", 37, ""}, "ArrowUp": {"ArrowUp", 38, ""}, "ArrowRight": {"ArrowRight", 39, ""}, "ArrowDown": {"ArrowDown", 40, ""},
	"F2":    {"F2", 113, ""},
	"F4":    {"F4", 115, ""},
	"F8":    {"F8", 119, ""},
	"F9":    {"F9", 120, ""},
	"Shift": {"ShiftLeft", 16, ""}, "?": {"Slash", 191, "?"}, "/": {"Slash", 191, "/"},
}

// Key presses a key, with others held: "Tab", "Shift+Tab", "Control+k",
// "Alt+1", "Enter".
func (p *Page) Key(name string) {
	p.t.Helper()
	parts := strings.Split(name, "+")
	key := parts[len(parts)-1]
	var held int64
	for _, m := range parts[:len(parts)-1] {
		held |= map[string]int64{"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}[m]
	}
	e := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Modifiers: held, Key: key}
	switch k, ok := keys[key]; {
	case ok:
		e.Code, e.WindowsVirtualKeyCode, e.Text = k.code, k.vk, k.text
		if key == "Space" {
			e.Key = " "
		}
	case len(key) == 1 && key[0] >= '0' && key[0] <= '9':
		e.Code, e.WindowsVirtualKeyCode, e.Text = "Digit"+key, int64(key[0]), key
	case len(key) == 1:
		e.Code, e.WindowsVirtualKeyCode, e.Text = "Key"+strings.ToUpper(key), int64(strings.ToUpper(key)[0]), key
	default:
		p.t.Fatalf("no key %q", name)
	}
	if held&^8 != 0 {
		e.Text = "" // held with Alt, Control or Meta a key writes nothing
	}
	p.hearing("key "+name, "keydown", func() {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			e := e
			if e.Type = kind; kind == input.DispatchKeyEventTypeKeyUp {
				e.Text = ""
			}
			p.soon("key "+name, func(ctx context.Context) error {
				_, err := chromedp.Call(ctx, input.DispatchKeyEvent, e)
				return err
			})
		}
	})
}
