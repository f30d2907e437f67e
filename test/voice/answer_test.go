//go:build !race

package voice_test

import (
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/peer"
	"github.com/freeline-org/freeline/test/voice"
)

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if built.Load() {
		load.Forget()
	}
	os.Exit(code)
}

// built says that a test has built the program.
var built atomic.Bool

// Tones by which whom one hears is told apart.
const (
	hers      = 440
	advocates = 770
	least     = peer.ToneLevel - 6
)

// sit signs somebody in at a desk in Chromium, with a tone for her voice, and has her
// telephone ready.
func sit(t *testing.T, l *voice.Line, name string, hz float64) *browser.Page {
	t.Helper()
	who, ok := l.Cast.Find(name)
	if !ok {
		t.Fatalf("nobody is called %s", name)
	}
	tone := filepath.Join(t.TempDir(), "voice.wav")
	peer.WriteBursts(t, tone, hz)
	p := browser.Chromium(t, browser.Options{Width: 1440, Height: 900, Patience: 30 * time.Second, Capture: tone})
	u := url.URL{Scheme: "http", Host: "desk.localhost:" + l.Port(), Path: "/signin"}
	p.Goto(u.String())
	p.WaitLoaded()
	code, err := account.CodeAt(seal.Conceal(who.Secret), time.Now())
	must(t, err)
	p.Type(`input[name="name"]`, who.Name)
	p.Type(`input[name="passphrase"]`, who.Passphrase)
	p.Type(`input[name="code"]`, code)
	p.Submit(`form[action="/signin"] button`)
	p.WaitFor(".bar .dot.ok")
	p.Listen()
	p.ClickText("Try my microphone")
	p.ClickText("It works, go on")
	p.ClickText("Go on without sound")
	p.WaitGone("dialog")
	return p
}

// hears waits until a real telephone hears what is looked for, in the last second.
func hears(t *testing.T, b *peer.Baresip, what string, so func(last []int16) bool) {
	t.Helper()
	var last []int16
	for until := time.Now().Add(15 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) { // its file grows, and tells nobody
		all := b.Heard()
		if last = all[max(0, len(all)-audio.Rate):]; len(last) == audio.Rate && so(last) {
			return
		}
	}
	t.Fatalf("the telephone does not hear %s: level %.0f dB, %d Hz at %.0f dB", what, audio.Level(last), advocates, loudest(last, advocates))
}

// loudest is the level of a tone where it is loudest. A browser takes noise out of what goes
// into the microphone, and what does not end is noise to it: it speaks in bursts.
func loudest(last []int16, hz float64) float64 {
	level := -160.0
	for len(last) >= audio.Rate/10 {
		level = max(level, audio.Goertzel(last[:audio.Rate/10], hz))
		last = last[audio.Rate/20:]
	}
	return level
}

func theAdvocate(last []int16) bool { return loudest(last, advocates) > least-10 }

// Somebody calls from a real telephone, chooses by keys, waits, and is answered in a real
// browser. Both hear each other; what either does with the call is heard by the other; and
// it ends.
func TestACallIsAnswered(t *testing.T) {
	ns := peer.NewNamespace(t)
	l := voice.Found(t, ns.Outside, netip.PrefixFrom(ns.Inside, 32), voice.Hand("Amina", hotline.Advocate))
	rung := peer.Phone{In: ns, Hz: hers, Answers: true}.Start(t)
	l.Set(func(c *config.Config) {
		at := netip.MustParseAddrPort(rung.At)
		c.Voice.Trunks = append(c.Voice.Trunks, config.Trunk{Name: "out", Targets: []config.Endpoint{{Transport: "udp", Host: at.Addr().String(), Port: int(at.Port())}}})
	})
	l.Serve()
	desk := sit(t, l, "Amina", advocates)
	phone := peer.Phone{In: ns, Hz: hers}.Start(t)
	phone.Dial("sip:" + voice.Number + "@" + l.SIP)
	phone.Established()
	l.Queue(func() { phone.Press("1") })
	desk.Click(".ring .btn.pri")
	desk.WaitTone(hers, least)
	hears(t, phone, "the advocate", theAdvocate)

	desk.Key("F4")
	desk.WaitText("On hold")
	desk.WaitNoTone(hers, least-20)
	hears(t, phone, "comfort on hold", func(last []int16) bool {
		return loudest(last, advocates) < least-30 && audio.Level(last) > -75
	})
	desk.Key("F4")
	desk.WaitTone(hers, least)
	hears(t, phone, "the advocate after the hold", theAdvocate)

	phone.Hold()
	desk.WaitNoTone(hers, least-20)
	phone.Resume()
	desk.WaitTone(hers, least)
	hears(t, phone, "the advocate after her own hold", theAdvocate)

	phone.Press("2")
	desk.WaitTrue(`document.querySelector('.phone .pressed li')?.textContent.trim() === '2'`)
	desk.Click(".phone summary:has(use[href='#keypad'])")
	desk.ClickText("5") // and hers of ours, as a menu at the other end would
	if key := phone.Says("CALL_DTMF_START"); key != "5" {
		t.Errorf("she hears the key %q, want 5", key)
	}
	phone.HangUp()
	desk.WaitGone(".phone.live")
	l.Quiet()
	ringMe(t, l, rung)
	aPromptIsSpoken(t, l, phone)
}

// The advocate ends the call, in two steps.
func TestTheAdvocateHangsUp(t *testing.T) {
	ns := peer.NewNamespace(t)
	l := voice.Found(t, ns.Outside, netip.PrefixFrom(ns.Inside, 32), voice.Hand("Amina", hotline.Advocate))
	l.Serve()
	desk := sit(t, l, "Amina", advocates)
	phone := peer.Phone{In: ns, Hz: hers, Codec: "pcma"}.Start(t)
	phone.Dial("sip:" + voice.Number + "@" + l.SIP + ";transport=tcp")
	phone.Established()
	l.Queue(func() { phone.Press("1") })
	desk.Click(".ring .btn.pri")
	desk.WaitTone(hers, least)
	hears(t, phone, "the advocate", theAdvocate)
	desk.Click(".phone summary.ending")
	desk.Click(".phone .btn.end")
	phone.Closed()
	l.Quiet()
}
