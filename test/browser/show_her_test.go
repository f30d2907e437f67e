package browser_test

import (
	"strings"
	"testing"
)

// She asks what we have about her, and then to correct it. The answer stands in her
// advocate's composer until she sends it; what is wrong is put right in the form.
func TestSheAsksWhatWeHave(t *testing.T) {
	t.Parallel()
	d := ours(t)
	amina := sit(t, d, "Amina")
	amina.ready()
	her := stranger(t, d, "he has my passport")
	amina.WaitFor(".ring")
	amina.accept()
	amina.tick("crisis")
	ask := func(kind string) {
		t.Helper()
		her.Click("details summary")
		her.Click("button[value=asks]")
		her.Click("button[name=k][value=" + kind + "]")
	}
	ask("show")
	amina.Key("Alt+t")
	amina.WaitText("She asks what we have about her")
	amina.axe("what she may be shown")
	amina.Shot("asked")
	amina.ClickText("Draft the answer")
	amina.WaitTrue(`document.activeElement.matches(".compose textarea") && document.activeElement.value.includes("This is what we have written down about you:\n- ")`)
	amina.Shot("drafted")
	if strings.Contains(her.Shown(), "written down about you") {
		t.Error("it was sent unread")
	}
	amina.ClickText("Send")
	her.WaitText("This is what we have written down about you:")

	ask("correct")
	amina.Key("Alt+t")
	amina.WaitText("She asks us to correct something")
	amina.ClickText("Go to the form")
	amina.WaitTrue(`document.activeElement.closest(".form") !== null`)
	amina.Shot("form")
}
