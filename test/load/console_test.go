package load_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/load"
)

// A real desk in a browser and a caller without script go on through kills: what was
// typed and not sent is still there, what was sent comes once, nobody signs in again.
func TestConsoleThroughKills(t *testing.T) {
	load.Engines(t, console)
}

func console(t *testing.T, engine string) {
	kills := min(3, sizeOf().kills)
	h := load.New(t, engine, 1, 3)
	n := h.Node()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	desk := browser.Chromium(t, browser.Options{Width: 1440, Height: 900, Patience: time.Minute})
	defer desk.Excuse("") // a server that is killed leaves failed requests behind
	signIn(t, desk, h, n)
	desk.ClickText("Go on without sound")
	desk.WaitGone("dialog")
	her, err := caller.New("line.localhost", "en", 1, func() string { return n.At })
	must(t, err)
	defer her.Close()
	for _, button := range []string{"chat", "send"} {
		must(t, again(ctx, func() error {
			if button == "chat" {
				if err := her.Open(ctx); err != nil {
					return err
				}
				return her.Press(ctx, "chat", "")
			}
			return her.Press(ctx, "send", "the first line")
		}))
	}
	desk.Click(".ring .btn.pri")
	desk.WaitText("the first line")
	answers := 0
	for k := range kills {
		draft := fmt.Sprintf("typed before kill %d", k)
		desk.Type(".chat .compose textarea", draft)
		time.Sleep(1100 * time.Millisecond) // a keystroke older than a second is never lost
		n.Kill()
		n.Start()
		desk.WaitFor(".bar .dot.ok")
		desk.WaitTrue(fmt.Sprintf(`document.querySelector('.chat .compose textarea').value === %q`, draft))
		if k == 0 { // the browser itself dies as well: what the server has comes back
			desk.Goto(desk.URL())
			desk.WaitFor(".bar .dot.ok")
			desk.WaitTrue(fmt.Sprintf(`document.querySelector('.chat .compose textarea') && document.querySelector('.chat .compose textarea').value === %q`, draft))
			desk.Click(".chat .compose textarea")
		}
		desk.Click(".chat .compose textarea")
		desk.Key("Enter")
		answers++
		waitFor(t, 30*time.Second, "the answer on her page", func() bool {
			_, ours, err := her.Said(ctx, 100, 1500*time.Millisecond)
			return err == nil && len(ours) == answers && ours[answers-1] == draft
		})
		line := fmt.Sprintf("after kill %d", k)
		must(t, again(ctx, func() error { return her.Press(ctx, "send", line) }))
		desk.WaitText(line)
	}
	mine, ours, err := her.Said(ctx, 100, 2*time.Second)
	must(t, err)
	if len(mine) != kills+1 || len(ours) != kills {
		t.Errorf("her page shows %d lines of hers and %d of ours, want %d and %d", len(mine), len(ours), kills+1, kills)
	}
}

// signIn goes through the page by hand.
func signIn(t *testing.T, p *browser.Page, h *load.House, n *load.Node) {
	t.Helper()
	u := url.URL{Scheme: "http", Host: "desk.localhost:" + n.Port(), Path: "/signin"}
	a := h.Cast.Actors[2]
	p.Goto(u.String())
	code, err := account.CodeAt(seal.Conceal(a.Secret), time.Now())
	must(t, err)
	p.Type(`input[name="name"]`, a.Name)
	p.Type(`input[name="passphrase"]`, a.Passphrase)
	p.Type(`input[name="code"]`, code)
	p.Submit(`form[action="/signin"] button`)
	p.WaitFor(".bar .dot.ok")
}
