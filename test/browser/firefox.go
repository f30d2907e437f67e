package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/peer"
)

// Fox is one Firefox with one reader and one tab. Its methods fail the test
// when they cannot do what they say. They are for one goroutine.
type Fox struct {
	t    testing.TB
	opts Options
	m    *marionette
}

// prefs make Firefox quiet: no first pages, no talk of its own with the
// network, and a dead proxy for whatever is not on this machine.
func prefs(o Options) map[string]any {
	return map[string]any{
		"marionette.port": 0, "javascript.enabled": !o.NoScript, "intl.accept_languages": o.Lang,
		"ui.systemUsesDarkTheme": map[bool]int{true: 1}[o.Dark], "ui.prefersReducedMotion": 1,
		"browser.navigation.requireUserInteraction": false, // so that Back passes over nothing
		"browser.startup.page":                      0, "browser.startup.homepage_override.mstone": "ignore", "browser.shell.checkDefaultBrowser": false,
		"browser.aboutwelcome.enabled": false, "browser.newtabpage.enabled": false, "browser.newtab.preload": false,
		"datareporting.policy.dataSubmissionEnabled": false, "datareporting.healthreport.uploadEnabled": false,
		"toolkit.telemetry.enabled": false, "toolkit.telemetry.server": "", "toolkit.telemetry.unified": false,
		"app.update.enabled": false, "app.update.disabledForTesting": true, "app.normandy.enabled": false,
		"extensions.update.enabled": false, "extensions.systemAddon.update.enabled": false, "extensions.getAddons.cache.enabled": false,
		"services.settings.server": "data:,", "browser.safebrowsing.update.enabled": false,
		"browser.safebrowsing.malware.enabled": false, "browser.safebrowsing.phishing.enabled": false, "browser.safebrowsing.downloads.remote.enabled": false,
		"network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
		"browser.region.network.url": "", "browser.region.update.enabled": false, "geo.provider.network.url": "",
		"dom.push.connection.enabled": false, "media.gmp-manager.url": "", "media.gmp-manager.updateEnabled": false,
		"network.dns.disablePrefetch": true, "network.prefetch-next": false, "network.http.speculative-parallel-limit": 0,
		"network.trr.mode": 5, "browser.search.update": false, "signon.autofillForms": false, "browser.translations.enable": false,
		"network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9,
		"network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 9,
		"network.proxy.no_proxies_on": "localhost,.localhost,127.0.0.1", "network.proxy.allow_hijacking_localhost": false,
		"dom.security.https_first": false, "dom.security.https_first_schemeless": false,
	}
}

// Firefox starts a Firefox ESR without a window and with a profile of its own,
// which both go with the test. JavaScript is switched by the browser's own
// setting.
func Firefox(t testing.TB, o Options) *Fox {
	t.Helper()
	program := peer.Need(t, "firefox-esr", installs)
	o = o.filled()
	dir := t.TempDir()
	all := prefs(o)
	if o.World {
		host, port, err := net.SplitHostPort(elsewhere(t))
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(port)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"http", "ssl"} {
			all["network.proxy."+kind], all["network.proxy."+kind+"_port"] = host, n
		}
	}
	var b strings.Builder
	for name, value := range all {
		v, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", name, v)
	}
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
		"--profile", dir, "--width", strconv.Itoa(o.Width), "--height", strconv.Itoa(o.Height))
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_DISABLE_AUTO_SAFE_MODE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start firefox: %v", err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	f := &Fox{t: t, opts: o}
	t.Cleanup(func() { f.end(cmd.Process.Pid, gone) })

	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	if err := until(ctx, func(ctx context.Context) error { return f.attach(ctx, dir, gone) }); err != nil {
		t.Fatalf("start firefox: %v", err)
	}
	session := map[string]any{"pageLoadStrategy": "none", "unhandledPromptBehavior": "accept", "acceptInsecureCerts": o.World}
	if err := f.m.call(ctx, "WebDriver:NewSession", session, nil); err != nil {
		t.Fatalf("start firefox: %v", err)
	}
	return f
}

// attach connects to the port that Firefox wrote down in its profile.
func (f *Fox) attach(ctx context.Context, dir string, gone <-chan struct{}) error {
	select {
	case <-gone:
		return errors.New("it ended at once")
	default:
	}
	port, err := os.ReadFile(filepath.Join(dir, "MarionetteActivePort"))
	if err != nil {
		return err
	}
	f.m, err = dial(ctx, "127.0.0.1:"+strings.TrimSpace(string(port)))
	return err
}

// end asks Firefox to quit, and ends its process group when it does not.
func (f *Fox) end(pid int, gone <-chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if f.m != nil {
		_ = f.m.call(ctx, "Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}}, nil)
		_ = f.m.conn.Close()
	}
	select {
	case <-gone:
	case <-ctx.Done():
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL) // its own group only: what it left running
	<-gone
}

func (f *Fox) call(name string, params, into any) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), f.opts.Patience)
	defer cancel()
	if err := f.m.call(ctx, name, params, into); err != nil {
		f.t.Fatal(err)
	}
}

func (f *Fox) until(what string, try func(context.Context) error) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), f.opts.Patience)
	defer cancel()
	if err := until(ctx, try); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
}

// Goto opens an address and returns when the browser shows that it is there.
func (f *Fox) Goto(url string) {
	f.t.Helper()
	f.Moving(func() { f.call("WebDriver:Navigate", map[string]string{"url": url}, nil) })
}

// Shot writes a picture of the window to test/browser/shots and returns its
// path.
func (f *Fox) Shot(name string) string {
	f.t.Helper()
	var r struct{ Value string }
	f.call("WebDriver:TakeScreenshot", map[string]bool{"full": false, "hash": false}, &r)
	path, err := shotPath(f.t.Name(), name)
	if err != nil {
		f.t.Fatal(err)
	}
	b, err := base64.StdEncoding.DecodeString(r.Value)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// Source is the page as HTML.
func (f *Fox) Source() string {
	f.t.Helper()
	var r struct{ Value string }
	f.call("WebDriver:GetPageSource", nil, &r)
	return r.Value
}

// URL is the address that the browser shows.
func (f *Fox) URL() string {
	f.t.Helper()
	var r struct{ Value string }
	f.call("WebDriver:GetCurrentURL", nil, &r)
	return r.Value
}

// Title is what history, tab and window list show.
func (f *Fox) Title() string {
	f.t.Helper()
	var r struct{ Value string }
	f.call("WebDriver:GetTitle", nil, &r)
	return r.Value
}
