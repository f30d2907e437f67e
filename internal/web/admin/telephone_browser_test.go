// The race detector sees nothing of a browser, and these pages' handlers it sees in the other tests.

//go:build !race

package admin_test

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/outage"
	"github.com/freeline-org/freeline/test/browser"
)

// rings has the page that administrators leave open ring when the telephone fails, and
// fall quiet when it works again.
func (s site) rings(t *testing.T, p *browser.Page) {
	t.Helper()
	book := outage.New(s.Engine.Main, s.Bus)
	p.Goto(s.base + "/admin")
	title := p.Title()
	p.Inside(`(() => { const make = AudioContext.prototype.createOscillator, at = document.body.dataset; at.tones = 0; AudioContext.prototype.createOscillator = function () { at.tones++; return make.call(this) } })()`)
	p.ClickText("Hear how it rings")
	p.WaitTrue(`document.body.dataset.tones === "6"`)
	hotlinetest.Must(t, book.Down(t.Context(), "carrier", string(trunk.Registration)))
	p.WaitText("carrier does not work")
	p.WaitTrue(`document.body.dataset.tones === "12" && document.title === "The telephone is disturbed"`)
	says(t, p, "does not accept our name and password")
	browser.Axe(t, p)
	hotlinetest.Must(t, book.Up(t.Context(), "carrier"))
	p.WaitTrue(`!document.body.innerText.includes("carrier") && document.title === ` + strconv.Quote(title))
}

// Whoever has a microphone speaks the words into the browser, hears herself, and keeps
// it: what callers hear then is what she said. The browser's made-up microphone beeps.
func TestWordsAreRecordedInTheBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.New(t)).site(t)
	p := browser.Chromium(t, browser.Options{Width: 360, Height: 740})
	p.Goto(w.base + "/prompts/en/greeting")
	for _, f := range []struct{ at, words string }{{"#f-name", w.First.Name}, {"#f-passphrase", w.First.Passphrase.Reveal()}, {"#f-code", w.Code(t, w.First)}} {
		p.TabTo(f.at)
		p.Say(f.words)
	}
	p.Moving(func() { p.Key("Enter") })
	p.Goto(w.base + "/prompts/en")
	p.WaitText("no sound yet")
	silent := unheard(t, p.Shown())
	p.Goto(w.base + "/prompts/en/greeting")
	says(t, p, "Hello. You have reached people who help", "no sound", "Record with this device")
	browser.Reflow(t, p)
	p.ClickText("Record with this device")
	p.WaitText("Recording. Speak now.")
	p.WaitTrue(`document.querySelector("#record code").textContent === "0:01"`)
	browser.Axe(t, p)
	p.ClickText("Stop")
	p.WaitText("Recorded. Listen to it, then keep it.")
	p.WaitTrue(`document.querySelector("#record audio").duration >= 1`)
	browser.Axe(t, p)
	p.Moving(func() { p.ClickText("Keep this sound") })
	says(t, p, "The sound is kept.")
	if n := unheard(t, p.Shown()); n != silent-1 {
		t.Errorf("%d have no sound, of %d before one was given", n, silent)
	}

	f, err := flow.Parse(flow.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	clip, err := prompt.New(w.Engine.Main).Clip(t.Context(), "en", f.Steps[0].Words["en"])
	if err != nil || clip.Length() < time.Second || clip.Length() > 20*time.Second {
		t.Fatalf("kept are %v, %v", clip.Length(), err)
	}
	loudest := int16(0)
	for _, s := range clip.Samples() {
		loudest = max(loudest, s)
	}
	if loudest < 1000 {
		t.Errorf("nothing is heard: %d", loudest)
	}
	p.Goto(w.base + "/prompts/en/greeting")
	p.WaitTrue(`(() => { const a = document.querySelector("main > p audio"); if (a.preload !== "auto") a.preload = "auto"; return a.duration >= 1 })()`)
	for _, path := range []string{"/edition/flow/line/all/edit", "/edition/numbers/line/all/edit", "/flow/call?e=n9"} {
		p.Goto(w.base + path)
		browser.Reflow(t, p)
		browser.Axe(t, p)
	}
	w.rings(t, p)
	var wave bytes.Buffer
	if err := clip.WriteWAV(&wave); err != nil || wave.Len() < 16000 {
		t.Errorf("as a file it has %d bytes, %v", wave.Len(), err)
	}
}
