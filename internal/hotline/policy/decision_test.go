package policy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// say is something that somebody wrote.
func say(words string) seal.Text { return seal.Conceal(words) }

// atOnce is what the rules say of a child where a law says "immediately".
func atOnce(tb testing.TB) policy.Outcome { tb.Helper(); return rulesOf(tb, ruleOf()).Match(told()) }

// inTwoDays is what they say where the law gives two days.
func inTwoDays(tb testing.TB) policy.Outcome {
	tb.Helper()
	return rulesOf(tb, ruleOf("deadline", `{"first":{"class":"within","iso":"P2D"}}`)).Match(told())
}

func notice(o policy.Outcome) policy.Act { return policy.Act{Kind: policy.Notice, Said: &o} }

func report(g policy.Ground) policy.Act {
	return policy.Act{Kind: policy.Decide, Report: true, Ground: g, Words: say("she said it herself")}
}

func leave(g policy.Ground) policy.Act {
	return policy.Act{Kind: policy.Decide, Ground: g, Words: say("she is of age")}
}

func send(how policy.Means) policy.Act {
	return policy.Act{Kind: policy.Send, How: how, To: say("the agency"), Words: say("what was said")}
}

func act(k policy.ActKind) policy.Act { return policy.Act{Kind: k, Words: say("some words")} }

// by is an act of somebody, at a minute.
func by(who string, minute int64, a policy.Act) policy.Act {
	a.By, a.At = hotline.PersonID(who), minute*60_000
	return a
}

// took is a decision after acts, each "who" and what; the first that is refused ends it.
func took(d policy.Decision, acts ...policy.Act) (policy.Decision, error) {
	for i, a := range acts {
		next, err := d.After(a)
		if err != nil {
			return d, fmt.Errorf("act %d: %w", i, err)
		}
		d = next
	}
	return d, nil
}

// What is due is decided, agreed to by somebody else, sent, and proven.
func TestADecisionToItsProof(t *testing.T) {
	t.Parallel()
	d, clocks := policy.Decision{}, inTwoDays(t).First.UnixMilli()
	for i, c := range []struct {
		act   policy.Act
		state policy.State
		due   int64
	}{
		{by("ana", 1, notice(inTwoDays(t))), policy.Due, clocks},
		{by("ana", 2, act(policy.Counsel)), policy.Due, clocks},
		{by("ana", 3, report(policy.ByDuty)), policy.Decided, clocks},
		{by("bea", 4, act(policy.Contest)), policy.Contested, clocks},
		{by("ana", 5, report(policy.ByRight)), policy.Decided, clocks},
		{by("bea", 6, policy.Act{Kind: policy.Confirm}), policy.Confirmed, clocks},
		{by("ana", 7, send(policy.ReadBack)), policy.Sent, 0},
		{by("cem", 8, send(policy.Print)), policy.Sent, 0},
		{by("ana", 9, act(policy.Prove)), policy.Proven, 0},
		{by("cem", 10, act(policy.Feedback)), policy.Proven, 0},
	} {
		var err error
		if d, err = d.After(c.act); err != nil || d.State != c.state || d.DueBy() != c.due || d.SecondBy() != 0 {
			t.Fatalf("act %d: %s, due by %d, second by %d, %v; want %s, %d", i, d.State, d.DueBy(), d.SecondBy(), err, c.state, c.due)
		}
	}
	if !d.Report || d.Ground != policy.ByRight || d.By != "ana" || d.Second != "bea" || len(d.Acts) != 10 {
		t.Errorf("stands as %+v", d)
	}
	d, err := took(policy.Decision{}, by("ana", 1, notice(inTwoDays(t))), by("ana", 2, leave(policy.LiftedDuty)), by("bea", 3, act(policy.Confirm)))
	if err != nil || d.State != policy.Confirmed || d.DueBy() != 0 {
		t.Errorf("not reported is %s, due by %d, %v", d.State, d.DueBy(), err)
	}
	if _, err := took(d, by("ana", 4, send(policy.Print))); !errors.Is(err, policy.ErrAct) {
		t.Errorf("what is not reported is sent: %v", err)
	}
}

// Where no law names a time the line's own is the clock, and an act has its words.
func TestTheLinesOwnClockAndWords(t *testing.T) {
	t.Parallel()
	o := rulesOf(t, ruleOf("deadline", `{"first":{"class":"asap"}}`, "line_within", `"PT12H"`), ruleOf("id", `"IE-B"`, "deadline", `{"first":{"class":"asap"}}`, "line_within", `"PT6H"`)).Match(told())
	d, err := took(policy.Decision{}, by("ana", 1, notice(o)))
	if want := told().At.Add(6 * time.Hour).UnixMilli(); err != nil || d.DueBy() != want {
		t.Errorf("due by %d, %v; want %d", d.DueBy(), err, want)
	}
	if d, err = took(policy.Decision{}, by("ana", 1, notice(policy.Outcome{}))); err != nil || d.DueBy() != 0 {
		t.Errorf("nothing is due, by %d, %v", d.DueBy(), err)
	}
	none, long := say(" "), say(strings.Repeat("ه", 2049))
	for name, a := range map[string]policy.Act{
		"no reason":     {Kind: policy.Decide, Report: true, Ground: policy.ByDuty},
		"a blank":       {Kind: policy.Decide, Report: true, Ground: policy.ByDuty, Words: none},
		"too long":      {Kind: policy.Decide, Report: true, Ground: policy.ByDuty, Words: long},
		"no letters":    {Kind: policy.Decide, Report: true, Ground: policy.ByDuty, Words: say("\xff")},
		"counsel":       {Kind: policy.Counsel},
		"to nobody":     {Kind: policy.Send, How: policy.Print, Words: say("x")},
		"nothing sent":  {Kind: policy.Send, How: policy.Print, To: say("x")},
		"contested how": {Kind: policy.Contest},
	} {
		if _, err := d.After(by("bea", 2, a)); !errors.Is(err, policy.ErrWords) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, a := range map[string]policy.Act{
		"by nobody": by("", 2, report(policy.ByDuty)), "earlier": by("ana", 0, report(policy.ByDuty)), "begun again": by("ana", 2, notice(policy.Outcome{})),
		"nothing": by("ana", 2, act("erase")), "nothing to confirm": by("bea", 2, act(policy.Confirm)), "not sent": by("bea", 2, act(policy.Prove)),
		"nothing came": by("bea", 2, act(policy.Feedback)),
	} {
		if _, err := d.After(a); !errors.Is(err, policy.ErrAct) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&policy.Decision{}).After(by("ana", 1, report(policy.ByDuty))); !errors.Is(err, policy.ErrAct) {
		t.Errorf("decided before anything was due: %v", err)
	}
	if _, err := (&policy.Decision{}).After(by("ana", 1, policy.Act{Kind: policy.Notice})); !errors.Is(err, policy.ErrAct) {
		t.Errorf("noticed is nothing: %v", err)
	}
}

// Danger now, and a duty that is due at once, are sent by one person; nothing else is, and
// a third ground would be seen here.
func TestTwoGroundsGoBeforeASecondPerson(t *testing.T) {
	t.Parallel()
	var alone []policy.Ground
	for _, g := range policy.Grounds(true) {
		d, err := took(policy.Decision{}, by("ana", 1, notice(atOnce(t))), by("ana", 2, report(g)))
		if err != nil {
			t.Fatalf("%s: %v", g, err)
		}
		switch sent, err := d.After(by("ana", 3, send(policy.ReadBack))); {
		case err == nil:
			alone = append(alone, g)
			if want := int64(3*60_000) + (24 * time.Hour).Milliseconds(); sent.SecondBy() != want || sent.DueBy() != 0 {
				t.Errorf("%s: a second person by %d, want %d", g, sent.SecondBy(), want)
			}
		case !errors.Is(err, policy.ErrSecond):
			t.Errorf("%s: %v", g, err)
		}
	}
	if !slices.Equal(alone, []policy.Ground{"danger_now", "duty_at_once"}) {
		t.Errorf("sent without a second person: %v", alone)
	}
	d, err := took(policy.Decision{}, by("ana", 1, notice(inTwoDays(t))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.After(by("ana", 2, report(policy.DutyAtOnce))); !errors.Is(err, policy.ErrGround) {
		t.Errorf("two days are at once: %v", err)
	}
	for _, g := range policy.Grounds(false) {
		if _, err := d.After(by("ana", 2, report(g))); !errors.Is(err, policy.ErrGround) {
			t.Errorf("reported for %s: %v", g, err)
		}
	}
	if _, err := d.After(by("ana", 2, leave(policy.DangerNow))); !errors.Is(err, policy.ErrGround) {
		t.Errorf("not reported since there is danger: %v", err)
	}
}

// What was sent alone goes once, by who decided it; then a second person speaks.
func TestWhatIsSentAloneGoesOnce(t *testing.T) {
	t.Parallel()
	d, err := took(policy.Decision{}, by("ana", 1, notice(atOnce(t))), by("ana", 2, report(policy.DangerNow)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.After(by("bea", 3, send(policy.Print))); !errors.Is(err, policy.ErrSecond) {
		t.Errorf("somebody sends what another has decided: %v", err)
	}
	if d, err = took(d, by("ana", 3, send(policy.ReadBack)), by("ana", 4, act(policy.Prove))); err != nil {
		t.Fatal(err)
	}
	for _, a := range []policy.Act{by("ana", 5, send(policy.Print)), by("ana", 5, act(policy.Confirm)), by("ana", 5, act(policy.Contest))} {
		if _, err := d.After(a); !errors.Is(err, policy.ErrSecond) {
			t.Errorf("ana's own %s: %v", a.Kind, err)
		}
	}
	yes, err := took(d, by("bea", 6, act(policy.Confirm)), by("ana", 7, send(policy.Print)))
	if err != nil || yes.SecondBy() != 0 || yes.Second != "bea" {
		t.Errorf("confirmed, second by %d of %q, %v", yes.SecondBy(), yes.Second, err)
	}
	if _, err := yes.After(by("cem", 8, act(policy.Contest))); !errors.Is(err, policy.ErrAct) {
		t.Errorf("contested by a third: %v", err)
	}
	no, err := took(d, by("bea", 6, act(policy.Contest)))
	if err != nil || no.SecondBy() != 0 || no.State != policy.Contested {
		t.Errorf("contested is %s, second by %d, %v", no.State, no.SecondBy(), err)
	}
	if _, err := no.After(by("ana", 7, send(policy.Print))); !errors.Is(err, policy.ErrAct) {
		t.Errorf("sent though contested: %v", err)
	}
	if no, err = took(no, by("cem", 7, act(policy.Feedback)), by("ana", 8, report(policy.DangerNow))); err != nil {
		t.Fatal(err)
	}
	if _, err := no.After(by("ana", 9, send(policy.Print))); !errors.Is(err, policy.ErrSecond) {
		t.Errorf("sent alone once more, having been contested: %v", err)
	}
}

// However people go about it: nothing leaves that two have not agreed to, but the first
// of a decision, on one of the two grounds, by who decided it, before anybody has
// contested; and nobody is her own second person.
func TestNothingLeavesWithoutASecondPerson(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 11))
	people := []string{"ana", "bea", "cem"}
	kinds := []policy.ActKind{policy.Decide, policy.Counsel, policy.Confirm, policy.Contest, policy.Send, policy.Prove, policy.Feedback}
	outcomes := []policy.Outcome{atOnce(t), inTwoDays(t), {}}
	seen := map[string]int{}
	for range 20_000 {
		d, err := took(policy.Decision{}, by("ana", 1, notice(outcomes[r.IntN(len(outcomes))])))
		if err != nil {
			t.Fatal(err)
		}
		for minute := int64(2); minute < 14; minute++ {
			a := act(kinds[r.IntN(len(kinds))])
			switch grounds := append(policy.Grounds(true), policy.Grounds(false)...); a.Kind {
			case policy.Decide:
				a.Report, a.Ground = r.IntN(4) > 0, grounds[r.IntN(len(grounds))]
			case policy.Send:
				a = send(policy.AllMeans()[r.IntN(2)])
			case policy.Notice, policy.Counsel, policy.Confirm, policy.Contest, policy.Prove, policy.Feedback:
			}
			next, err := d.After(by(people[r.IntN(len(people))], minute, a))
			if err == nil {
				d = next
			}
		}
		witness(t, d, seen)
		if t.Failed() {
			return
		}
	}
	for _, way := range []string{"agreed", "alone danger_now", "alone duty_at_once", "again"} {
		if seen[way] < 20 {
			t.Errorf("%d reports left %s: too few to say anything", seen[way], way)
		}
	}
	t.Logf("reports that left: %v", seen)
}

// witness reads a decision from its acts alone, by no rule of the program's.
func witness(t *testing.T, d policy.Decision, seen map[string]int) {
	t.Helper()
	var answer, agreed *policy.Act
	sent, contested := 0, false
	for i := range d.Acts {
		switch a := &d.Acts[i]; a.Kind {
		case policy.Decide:
			answer, agreed = a, nil
		case policy.Confirm, policy.Contest:
			if a.By == answer.By {
				t.Errorf("%s speaks of her own answer", a.By)
			}
			if agreed, contested = a, contested || a.Kind == policy.Contest; a.Kind == policy.Contest {
				answer, agreed = nil, nil
			}
		case policy.Send:
			switch {
			case answer == nil || !answer.Report:
				t.Errorf("left, and nobody has decided so: %d", i)
			case agreed != nil && sent > 0:
				seen["again"]++
			case agreed != nil:
				seen["agreed"]++
			case answer.Ground != "danger_now" && answer.Ground != "duty_at_once", sent > 0, contested, a.By != answer.By:
				t.Errorf("act %d left alone for %s, after %d others, contested %v, by %s of %s", i, answer.Ground, sent, contested, a.By, answer.By)
			default:
				seen["alone "+string(answer.Ground)]++
			}
			sent++
		case policy.Notice, policy.Counsel, policy.Prove, policy.Feedback:
		}
	}
}
