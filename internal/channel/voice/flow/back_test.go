package flow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
)

// Wrong digits are looked up three times, and then she is a new caller; no key ends sooner.
// What she presses afterwards is no digit any more.
func TestDigitsHaveThreeTries(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("choice").keys("6").until("digits").fresh()
	for try := range 3 {
		if c.keys("12345678"[try : try+4]); c.did1("Join") {
			t.Fatalf("after %d tries there are no more", try)
		}
		c.on(flow.Found{})
	}
	if c.keys("1234").until("queue"); !c.did1("Join") || slices.Contains(c.said, "digits.found en") {
		t.Errorf("after three tries: %q, %q", c.did, c.said)
	}
	looked, again := 0, 0
	for _, d := range c.did {
		if strings.HasPrefix(d, "FindPlace") {
			looked++
		}
	}
	for _, s := range c.said {
		if s == "digits.again en" {
			again++
		}
	}
	if looked != 3 || again != 2 {
		t.Errorf("looked up %d times, asked again %d times", looked, again)
	}
	c = begin(t, shipped(t), open()).until("choice").keys("6").until("Join")
	if n := len(slices.DeleteFunc(c.said, func(s string) bool { return s != "digits en" })); n != 3 {
		t.Errorf("whoever presses nothing is asked %d times", n)
	}
}

// She wishes to be called back, from the queue, when it is closed, or when too many wait:
// her own keys say so, when, and whether a message may be left. Whoever waits keeps her place.
func TestAWishToBeCalledBack(t *testing.T) {
	t.Parallel()
	withheld := flow.Start{Withheld: true}
	for where, c := range map[string]struct {
		*call
		keys, want, then string
	}{
		"in the queue":         {begin(t, shipped(t), open()).until("queue").keys("3").until("back"), "121", "CallBack  morning true", "Wait{"},
		"closed":               {begin(t, shipped(t), flow.Start{}).until("back en"), "112", "CallBack  any false", "HangUp"},
		"full":                 {begin(t, shipped(t), flow.Start{Open: true, Full: true}).until("back en"), "142", "CallBack  evening false", "HangUp"},
		"another number":       {begin(t, shipped(t), flow.Start{}).until("back en"), "2310559155019" + "#1", "CallBack 0559155019 afternoon true", "HangUp"},
		"her number is hidden": {begin(t, shipped(t), withheld).until("back en"), "112" + "5550119#1", "CallBack 5550119 any false", "HangUp"},
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			c.t = t
			c.fresh().keys(c.keys)
			if !slices.Contains(c.did, c.want) || c.did1("Alert") {
				t.Fatalf("done is %q, want %q", c.did, c.want)
			}
			if c.on(flow.Noted{OK: true}).until("back.kept").until(c.then); c.did1("Leave") || c.then == "Wait{" && c.Ended() {
				t.Errorf("then %q, %q", c.did, c.said)
			}
			if b, err := json.Marshal(c.State()); err != nil || strings.Contains(string(b), "55") {
				t.Errorf("her number is kept: %s, %v", b, err)
			}
		})
	}
}

// Without her key there is no wish: whoever falls silent has made none, and no message is
// left that she did not allow. What she typed is read to her, and counts when she says so.
func TestNoWishWithoutHerKeys(t *testing.T) {
	t.Parallel()
	closed := func() *call { return begin(t, shipped(t), flow.Start{}).until("back en").fresh() }
	for what, c := range map[string]*call{
		"nothing":             closed(),
		"no hour":             closed().keys("1"),
		"no number":           closed().keys("221"),
		"a number too short":  closed().keys("221" + "555#" + "555#" + "555#"),
		"never the right one": closed().keys("221" + "5550119#2" + "5550119#2" + "5550119#2"),
		"not confirmed":       closed().keys("221" + "5550119#"),
	} {
		if c.until("HangUp"); c.did1("CallBack") || c.did1("Alert") || !slices.Contains(c.said, "numbers en") {
			t.Errorf("%s: %q, %q", what, c.did, c.said)
		}
	}
	if c := closed().keys("11").until("CallBack"); !slices.Contains(c.did, "CallBack  any false") {
		t.Errorf("a message that she did not allow: %q", c.did)
	}
	c := closed().keys("221" + "0129540#")
	if got := strings.ReplaceAll(strings.Join(c.said[len(c.said)-9:], " "), " en", ""); got != "back.typed digit.0 digit.1 digit.2 digit.9 digit.5 digit.4 digit.0 back.right" {
		t.Errorf("it is read as %q", got)
	}
	if c.keys("1").on(flow.Noted{}).until("back.failed").until("HangUp"); slices.Contains(c.said, "back.kept en") {
		t.Error("what failed is said to be kept")
	}
}

// In a number a 9 is a digit. What is no number, and ends with a 9, is danger: at # or when
// the pause is over.
func TestNineInANumber(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]*call{
		"one, and nothing": begin(t, shipped(t), open()).until("queue").keys("3221" + "9"),
		"in a number":      begin(t, shipped(t), open()).until("queue").keys("3221" + "5559"),
		"pressed often":    begin(t, shipped(t), open()).until("queue").keys("3221" + "999#"),
		"when it is read":  begin(t, shipped(t), open()).until("queue").keys("3221" + "5550119#" + "9"),
		"asked for hours":  begin(t, shipped(t), open()).until("queue").keys("31" + "9"),
	} {
		if c.until("Alert"); !c.did1("Join{Danger:true") || !slices.Contains(c.said, "danger en") {
			t.Errorf("%s: %q", what, c.did)
		}
	}
	c := begin(t, shipped(t), open()).until("queue").keys("3221" + "999")
	if c.did1("Alert") {
		t.Error("a digit alerts")
	}
	if c.keys("*"); !c.did1("Forget") || !c.Ended() {
		t.Error("a star does not end")
	}
}
