//go:build !race

package voice_test

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/peer"
	"github.com/freeline-org/freeline/test/voice"
)

const spoken = 880 // into an administrator's browser

// aPromptIsSpoken has an administrator speak the words of the first step into her browser;
// whoever calls next hears her, from the first second on.
func aPromptIsSpoken(t *testing.T, l *voice.Line, phone *peer.Baresip) {
	t.Helper()
	tone := filepath.Join(t.TempDir(), "words.wav")
	peer.WriteBursts(t, tone, spoken)
	p := browser.Chromium(t, browser.Options{Width: 800, Height: 900, Patience: 30 * time.Second, Capture: tone})
	u := url.URL{Scheme: "http", Host: "desk.localhost:" + l.Port(), Path: "/prompts/en/language"}
	p.Goto(u.String())
	who := l.Cast.Actors[1]                       // the other one rang herself
	step := max(time.Now().Unix()/30, who.Last+1) // no code is taken twice
	who.Last = step
	code, err := account.CodeAt(seal.Conceal(who.Secret), time.Unix(step*30, 0))
	must(t, err)
	p.Type(`input[name="name"]`, who.Name)
	p.Type(`input[name="passphrase"]`, who.Passphrase)
	p.Type(`input[name="code"]`, code)
	p.Submit(`form[action="/signin"] button`)
	p.Goto(u.String())
	p.ClickText("Record with this device")
	p.WaitTrue(`document.querySelector("#record code").textContent === "0:02"`)
	p.ClickText("Stop")
	p.WaitText("Recorded. Listen to it, then keep it.")
	p.SubmitText("Keep this sound")
	p.WaitText("The sound is kept.")

	before := len(phone.Heard())
	phone.Dial("sip:" + voice.Number + "@" + l.SIP)
	phone.Established()
	hears(t, phone, "what was spoken in the browser", func(last []int16) bool {
		return len(phone.Heard()) > before && loudest(last, spoken) > least-10
	})
	phone.HangUp()
	phone.Closed()
	l.Quiet()
}
