package browser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// hear takes what the browser tells of the page. It runs on the goroutine that
// reads the browser's messages.
func (p *Page) hear(ev any) {
	switch ev := ev.(type) {
	case *page.EventFrameNavigated:
		p.heardNavigation(ev.Frame)
	case *page.EventJavascriptDialogOpening:
		if ev.Type == page.DialogTypeBeforeunload { // whoever goes, goes
			go func() {
				_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	case *network.EventRequestWillBeSent, *network.EventResponseReceived, *network.EventDataReceived,
		*network.EventLoadingFinished, *network.EventLoadingFailed:
		p.heardNetwork(ev)
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			p.fault("policy", policyFault(d))
		}
	case *runtime.EventExceptionThrown:
		p.fault("exception", exceptionText(ev.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			p.fault("console", argsText(ev.Args))
		}
	case *cdplog.EventEntryAdded:
		e := ev.Entry
		if e.Level == cdplog.EntryLevelError && !strings.Contains(e.Text, "Content Security Policy") { // told by audits, better
			p.fault("log", strings.TrimSpace(e.Text+" "+e.URL))
		}
	case *inspector.EventTargetCrashed:
		p.fault("crash", "the page's process ended")
	}
}

func policyFault(d *audits.ContentSecurityPolicyIssueDetails) string {
	kind := strings.TrimSuffix(strings.TrimPrefix(string(d.ContentSecurityPolicyViolationType), "k"), "Violation")
	s := fmt.Sprintf("%s: %s", d.ViolatedDirective, kind)
	if d.BlockedURL != "" {
		s += " " + d.BlockedURL
	}
	if l := d.SourceCodeLocation; l != nil {
		s += fmt.Sprintf(" at %s:%d:%d", l.URL, l.LineNumber+1, l.ColumnNumber+1)
	}
	return s
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

func argsText(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		if a.Description != "" {
			all = append(all, a.Description)
		} else {
			all = append(all, string(a.Value))
		}
	}
	return strings.Join(all, " ")
}

func (p *Page) fault(kind, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, kind+": "+text)
}

// Faults returns, once, what the page did wrong unseen: violations of its
// content security policy and of Trusted Types ("policy: …"), exceptions,
// errors in the console, failed requests ("log: …"), a crash. A test that
// expects some takes them with this; those that nobody took fail it.
func (p *Page) Faults() []string {
	p.Eval("1", nil) // an answer comes after what was told before it
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.faults
	p.faults = nil
	return got
}

// Excuse takes the faults that contain the words, so that the others still
// fail the test, and says how many there were.
func (p *Page) Excuse(words string) int {
	p.t.Helper()
	got := p.Faults()
	left := slices.DeleteFunc(slices.Clone(got), func(f string) bool { return strings.Contains(f, words) })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(left, p.faults...)
	return len(got) - len(left)
}

// complain fails the test for each fault that nobody took.
func (p *Page) complain() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		p.t.Errorf("the page: %s", f)
	}
	p.faults = nil
}
