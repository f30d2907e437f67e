package browser

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/freeline-org/freeline/test/peer"
)

// process is one running Chromium.
type process struct {
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it
	end func()
}

// reachable lists the hosts that pages may reach: those of this machine.
const reachable = "MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.*, EXCLUDE [::1]"

// flags start Chromium without a window, as root too, without talk of its own
// with the network, and with the back/forward cache that readers have.
func flags() []chromedp.ExecAllocatorOption {
	on := []string{
		"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check",
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps",
		"disable-extensions", "disable-breakpad", "disable-dev-shm-usage", "disable-domain-reliability",
		"disable-client-side-phishing-detection", "metrics-recording-only", "disable-search-engine-choice-screen",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"disable-hang-monitor", "disable-ipc-flooding-protection", "disable-popup-blocking", "use-mock-keychain",
		"hide-scrollbars", "mute-audio", "allow-pre-commit-input", "use-fake-device-for-media-stream", "use-fake-ui-for-media-stream",
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("chromium"),
		chromedp.Flag("headless", true),
		chromedp.Flag("host-resolver-rules", reachable),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider"),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("lang", "en-US"),
	}
	for _, name := range on {
		opts = append(opts, chromedp.Flag(name, true))
	}
	return opts
}

// start starts a Chromium with an empty profile. What it wrote goes when it
// ends.
func start(more ...chromedp.ExecAllocatorOption) (*process, error) {
	dir, err := os.MkdirTemp("", "chromium")
	if err != nil {
		return nil, err
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), append(append(flags(), chromedp.Env("TMPDIR="+dir, "HOME="+dir)), more...)...)
	ctx, endTab := chromedp.NewContext(alloc)
	end := func() {
		endTab()
		endAlloc()
		_ = os.RemoveAll(dir)
	}
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(ctx) }() // the context of the first run is the life of the process
	select {
	case err := <-started:
		if err != nil {
			end()
			return nil, err
		}
		return &process{ctx: ctx, end: end}, nil
	case <-time.After(60 * time.Second):
		end()
		return nil, errors.New("no answer within a minute")
	}
}

// Chromium opens an empty page for one reader: no cookies, no storage, no
// history, nothing shared with another page. The page closes with the test,
// which fails if the page broke its own policy or wrote an error to the
// console ([Page.Faults]).
func Chromium(t testing.TB, o Options) *Page {
	t.Helper()
	peer.Need(t, "chromium", installs)
	p := newPage(t, o.filled())
	var ways []chromedp.CreateBrowserContextOption
	if p.opts.World {
		proxy := elsewhere(t)
		ways = append(ways, func(c *target.CreateBrowserContextParams) { c.ProxyServer = proxy })
	}
	ctx, cancel := chromedp.NewContext(p.process().ctx, chromedp.WithNewBrowserContext(ways...), chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			p.tryShot("failed")
		}
		cancel()
		p.complain()
	})
	if err := chromedp.Do(ctx); err != nil { // without a deadline: it is the life of the page
		t.Fatalf("open a page: %v", err)
	}
	p.become(p.opts)
	call(p, audits.Enable, cdp.Empty{})
	if p.opts.World {
		call(p, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	}
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return p
}

// process is the Chromium that the page opens in.
func (p *Page) process() *process {
	p.t.Helper()
	if p.opts.Capture == "" {
		return shared.process(p.t)
	}
	if !filepath.IsAbs(p.opts.Capture) {
		p.t.Fatalf("the microphone's file has no name from the root: %s", p.opts.Capture)
	}
	own, err := start(chromedp.Flag("use-file-for-fake-audio-capture", p.opts.Capture))
	if err != nil {
		p.t.Fatalf("start chromium: %v", err)
	}
	p.t.Cleanup(own.end)
	return own
}

// become tells the browser what kind of reader it has.
func (p *Page) become(o Options) {
	p.t.Helper()
	p.Resize(o.Width, o.Height)
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript})
	p.Darken(o.Dark)
	call(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent:      p.text("navigator.userAgent"),
		AcceptLanguage: o.Lang,
	})
	call(p, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: o.Lang})
}

// Darken says whether the device prefers dark colours. Motion is always to be
// reduced, so that nothing is looked at halfway.
func (p *Page) Darken(on bool) {
	p.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// Resize changes the width and height that the page has, in CSS pixels.
func (p *Page) Resize(width, height int) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: 1,
	})
}

// atLeast is the time that the browser itself has for one command, however
// little patience there is with the page.
const atLeast = 20 * time.Second

// call sends one command and fails the test when it is refused.
func call[P, R any](p *Page, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, max(p.opts.Patience, atLeast))
	defer cancel()
	r, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		p.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return r
}
