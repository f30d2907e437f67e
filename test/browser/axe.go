package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

//go:embed testdata/axe/axe.min.js
var axeSource string // axe-core 4.14.1, its licence beside it

// EnhancedContrast is the rule for 7:1, which the pages of a caller keep.
const EnhancedContrast = "color-contrast-enhanced"

// Violation is one place on a page that breaks one rule of axe-core.
type Violation struct {
	Rule, Help, Place, HTML, Why string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s\n\t%s\n\t%s\n\t%s", v.Rule, v.Help, v.Place, v.HTML, v.Why)
}

// Axe fails the test for each violation of WCAG 2.0 to 2.2, A and AA, and of
// axe-core's best practices, on the page as it stands and in its frames. More
// rules, such as [EnhancedContrast], are named.
func Axe(t testing.TB, p *Page, rules ...string) {
	t.Helper()
	for _, v := range p.Violations(rules...) {
		t.Errorf("axe: %s", v)
	}
}

// Violations lists what [Axe] would fail for.
func (p *Page) Violations(rules ...string) []Violation {
	p.t.Helper()
	if p.opts.NoScript { // axe-core itself needs timers; the page's own scripts do not come back by this
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	more := map[string]any{}
	for _, r := range rules {
		more[r] = map[string]bool{"enabled": true}
	}
	var all []Violation
	p.until("axe", func(ctx context.Context) error {
		frames, err := p.frames(ctx)
		if err != nil {
			return err
		}
		all = nil
		for i, f := range frames {
			if i > 0 { // what only a whole page must have
				for _, r := range []string{"region", "page-has-heading-one", "landmark-one-main", "bypass"} {
					more[r] = map[string]bool{"enabled": false}
				}
			}
			if err := p.evaluate(ctx, f, "typeof axe === 'object' || ("+"(() => {"+axeSource+"})(), true)", nil); err != nil {
				return err
			}
			options, err := json.Marshal(more)
			if err != nil {
				return err
			}
			var found []Violation
			if err := p.evaluate(ctx, f, strings.Replace(runAxe, "OPTIONS", string(options), 1), &found); err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	return all
}

// runAxe runs the rules in one document and flattens what they found. What axe
// could not decide is a violation too where it is about colours that it could
// not see through: those are ours to make plain.
const runAxe = `axe.run(document, {
	runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']},
	rules: Object.assign({'target-size': {enabled: true}}, OPTIONS),
	resultTypes: ['violations'], iframes: false, elementRef: false,
}).then(r => r.violations.flatMap(v => v.nodes.map(n => ({
	Rule: v.id, Help: v.help, Place: n.target.join(' '), HTML: n.html.slice(0, 300),
	Why: (n.failureSummary || '').replace(/\s+/g, ' '),
}))))`
