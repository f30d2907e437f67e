package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// In the demo a procedure waits for the survivors' council, and a near miss for somebody:
// no administrator can put it in force, Joy of the council signs it, and then one can.
func TestTheDemosProcedureWaitsForTheCouncil(t *testing.T) {
	t.Parallel()
	d := begun(t, "-quiet")
	enter := func(name, to string) *browser.Page {
		t.Helper()
		p := browser.Chromium(t, browser.Options{NoScript: true, Width: 1280, Height: 900, Patience: time.Minute})
		p.Goto(d.desk)
		p.SubmitText(name)
		p.Goto(d.desk + to)
		return p
	}
	says := func(p *browser.Page, words string) {
		t.Helper()
		if got := p.Shown(); !strings.Contains(got, words) {
			t.Errorf("the page does not say %q: %q", words, got)
		}
	}
	const at = "/edition/protocol/silent/all"
	put := `form[action$="/publish"] .btn.pri`
	tomas := enter("Tomas", at+"/preview")
	stands := func(p *browser.Page, to, words string) { // the scenes are played as the line opens
		t.Helper()
		for until := time.Now().Add(time.Minute); !strings.Contains(p.Shown(), words) && time.Now().Before(until); {
			p.Goto(d.desk + to)
		}
		says(p, words)
	}
	stands(tomas, at+"/preview", "not signed yet")
	tomas.Submit(put)
	says(tomas, "Not in force: these have not signed it as it is: Women of the coast")
	tomas.Excuse("422")

	joy := enter("Joy", at+"/sign")
	joy.Submit(`form[action$="/sign"] .btn.pri`)
	says(joy, "Signed. It holds for the words as they are.")

	tomas.Goto(d.desk + at + "/preview")
	tomas.Submit(put)
	says(tomas, "It is in force now.")
	says(tomas, "Reviewed by Women of the coast.")

	lena := enter("Lena", "/harm")
	stands(lena, "/harm", "Unsafe contact")
	says(lena, "Noticed in time")
	lena.Submit(".rows .btn")
	says(lena, "Nobody puts this right yet.")
}
