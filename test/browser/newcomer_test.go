//go:build !race

package browser_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/peer"
)

// most is how long it may take until whoever has just begun the demo hears a caller: a
// minute, on a machine that is three times slower than ours.
const most = 3 * time.Minute

// Whoever has just begun the demo answers a call within a minute of its first page: she
// enters with one click, lets the browser use the microphone, answers what rings, and
// hears somebody speak.
func TestANewcomerAnswersACall(t *testing.T) {
	d := begun(t, "-speed=1")
	voice := filepath.Join(t.TempDir(), "voice.wav")
	peer.WriteBursts(t, voice, 770)
	p := browser.Chromium(t, browser.Options{Width: 1440, Height: 900, Capture: voice, Patience: time.Minute})
	from := time.Now()
	p.Goto(d.desk)
	p.Moving(func() { p.ClickText("Amina") })
	p.Listen()
	p.ClickText("Try my microphone")
	p.ClickText("It works, go on")
	p.ClickText("Go on without sound")
	p.WaitGone("dialog")
	p.ClickText("Answer") // which is said of calls alone
	p.WaitFor(".phone.live")
	p.WaitSound(-40)
	took := time.Since(from)
	t.Logf("she heard the first caller after %v", took)
	if took > most {
		t.Errorf("that is later than %v", most)
	}
}
