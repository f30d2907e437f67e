// Package browser drives real browsers for tests: Chromium through its own
// protocol and Firefox ESR through Marionette. It sees a page as its reader
// does (words on the screen, in frames and in fields), presses what she could
// press, and reports what no reader sees: broken policies, requests, cookies,
// faults of accessibility.
//
// No page reaches further than this machine. Nothing waits blindly: each wait
// asks the browser again until its deadline. A browser that is not installed
// skips the test by name; where CI is set, it fails it.
package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what kind of reader opens a page. The zero value is somebody at
// a small phone, in English, in the light, with JavaScript.
type Options struct {
	NoScript      bool   // JavaScript is off, as in Tor Browser's safest mode
	Dark          bool   // the device prefers dark colours
	Lang          string // what the browser asks for, such as "ar"; default "en"
	Width, Height int    // in CSS pixels; default 390 × 844
	// World gives every other host a page that says [Elsewhere]. Without it
	// no other host is reached.
	World bool
	// Capture is what the microphone hears, again and again: a WAV file, named from the
	// root. With any other name Chromium hears silence and says nothing. Such a reader has a
	// browser of her own.
	Capture string
	// Patience bounds each wait; default 20 s. A test that expects to be
	// disappointed sets it low.
	Patience time.Duration
}

func (o Options) filled() Options {
	if o.Width == 0 {
		o.Width, o.Height = 390, 844
	}
	if o.Height == 0 {
		o.Height = 900
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Patience == 0 {
		o.Patience = 20 * time.Second
	}
	return o
}

// often is how long a wait lets the browser be between two questions.
const often = 20 * time.Millisecond

// Main runs the tests of a package with one Chromium for all of them, started
// by the first that needs it and ended after the last:
//
//	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
//
// Without it each test starts its own.
func Main(m *testing.M) int {
	shared.allow()
	defer shared.end()
	return m.Run()
}

// shared is the Chromium that all tests of one binary use: testing.M hands
// nothing on to the tests it runs.
var shared common

type common struct {
	mu      sync.Mutex
	allowed bool
	running *process
}

func (c *common) allow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allowed = true
}

func (c *common) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		c.running.end()
		c.running = nil
	}
}

// process gives the shared Chromium, or one that ends with the test.
func (c *common) process(t testing.TB) *process {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil && c.running.ctx.Err() == nil {
		return c.running
	}
	p, err := start()
	if err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	if c.allowed {
		c.running = p
	} else {
		t.Cleanup(p.end)
	}
	return p
}

// installs names what installs the browsers.
const installs = "test/peer/browsers.sh"

// shotPath names the file of a picture, in a folder that git ignores.
func shotPath(test, name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory: %w", os.ErrNotExist)
		}
		dir = up
	}
	clean := strings.NewReplacer("/", "_", " ", "_", "\\", "_")
	path := filepath.Join(dir, "test", "browser", "shots", clean.Replace(test), clean.Replace(name)+".png")
	return path, os.MkdirAll(filepath.Dir(path), 0o755)
}
