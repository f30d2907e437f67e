package flow_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// shipped is the flow that a line begins with.
func shipped(t testing.TB) flow.Flow {
	t.Helper()
	f, err := flow.Parse(flow.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// withOther is the shipped flow of a line that has named another one.
func withOther(t testing.TB) flow.Flow {
	t.Helper()
	f := shipped(t)
	for i := range f.Steps {
		if f.Steps[i].Kind == flow.Queue {
			f.Steps[i].After = 3
		}
	}
	at := slices.IndexFunc(f.Steps, func(s flow.Step) bool { return s.ID == "busy" })
	f.Steps[at].Go = nil
	f.Steps = slices.Insert(f.Steps, at+1, flow.Step{
		ID: "other", Kind: flow.Pass, Words: map[string]string{"en": "Press 3 and we put you through to another line."},
		Keys: []flow.Press{{Key: "3", Does: flow.Agree}}, Dial: "+15550142",
	})
	f, err := flow.Parse(f.Body())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A call is a machine, and what came of its events.
type call struct {
	t testing.TB
	*flow.Machine
	n    int // of the last Speak or Wait
	due  flow.Event
	said []string // prompts, "name lang"
	did  []string
}

func begin(t testing.TB, f flow.Flow, start flow.Start) *call {
	t.Helper()
	c := &call{t: t, Machine: flow.New(f, start)}
	return c.on(flow.Began)
}

// on gives the machine events, and notes what it does.
func (c *call) on(events ...flow.Event) *call {
	c.t.Helper()
	for _, e := range events {
		c.note(c.Step(e))
	}
	return c
}

func (c *call) note(do []flow.Do) {
	for _, d := range do {
		switch d := d.(type) {
		case flow.Speak:
			c.n, c.due = d.N, nil
			if len(d.Prompts) > 0 {
				c.due = flow.Said{N: d.N}
			}
			for _, p := range d.Prompts {
				c.said = append(c.said, p.Name+" "+p.Lang)
			}
			continue
		case flow.Wait:
			c.n, c.due = d.N, flow.Rang{N: d.N}
		}
		said := fmt.Sprintf("%T%+v", d, d)
		switch d := d.(type) {
		case flow.FindPlace:
			said = "FindPlace " + d.Digits.Reveal()
		case flow.Told:
			said = "Told " + string(d.Key)
		case flow.CallBack:
			said = fmt.Sprint("CallBack ", d.Number.Reveal(), " ", d.Hours, " ", d.Leave)
		case flow.PassOn:
			said = "PassOn " + string(d.Key)
		case flow.Act:
			said = map[flow.Act]string{
				flow.Alert: "Alert", flow.KeepPlace: "KeepPlace", flow.BreakOff: "BreakOff", flow.Leave: "Leave", flow.Forget: "Forget", flow.HangUp: "HangUp",
			}[d]
		}
		c.did = append(c.did, strings.TrimPrefix(said, "flow."))
	}
}

// keys are pressed, one after the other.
func (c *call) keys(all string) *call {
	c.t.Helper()
	for i := range len(all) {
		c.on(flow.Pressed{Key: all[i]})
	}
	return c
}

// pass lets come what is due, until something was said or done, or the most times.
func (c *call) until(what string) *call {
	c.t.Helper()
	for range 200 {
		if slices.ContainsFunc(append(slices.Clone(c.said), c.did...), func(s string) bool { return strings.HasPrefix(s, what) }) {
			return c
		}
		if c.due == nil {
			break
		}
		c.on(c.due)
	}
	c.t.Fatalf("%s does not come; said %q, done %q", what, c.said, c.did)
	return c
}

// fresh forgets what was said and done.
func (c *call) fresh() *call {
	c.said, c.did = nil, nil
	return c
}

func (c *call) did1(what string) bool {
	return slices.ContainsFunc(c.did, func(s string) bool { return strings.HasPrefix(s, what) })
}

func open() flow.Start { return flow.Start{Open: true} }

// Whoever presses nothing hears every language, what to expect, twice what she can
// press, and stands in the queue.
func TestSilenceComesIntoTheQueue(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("Join")
	want := []string{
		"greeting en", "language en", "language es", "language fr", "language ar", "language fil",
		"language en", "language es", "language fr", "language ar", "language fil", "expect en", "choice en", "choice en", "queue en",
	}
	if !slices.Equal(c.said, want) {
		t.Errorf("she hears %q", c.said)
	}
	if !slices.Contains(c.did, "Sing{Music:true}") {
		t.Errorf("it is quiet in the queue: %q", c.did)
	}
}

func TestAKeyChoosesAndCutsWhatIsSaid(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("language").keys("4").until("choice").keys("3").until("queue")
	if want := []string{"greeting en", "language en", "language es", "language fr", "language ar", "language fil", "expect ar", "choice ar", "queue ar"}; !slices.Equal(c.said, want) {
		t.Errorf("she hears %q", c.said)
	}
	if !c.did1("Speaks{Lang:ar}") || !c.did1("Join{Danger:false Silent:false Wish:woman") {
		t.Errorf("done is %q", c.did)
	}
}

// A number that speaks one language asks for none.
func TestTheNumberChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	start := open()
	start.Number.Lang = "fr"
	if c := begin(t, shipped(t), start).until("expect"); !slices.Equal(c.said, []string{"greeting fr", "expect fr"}) {
		t.Errorf("she hears %q", c.said)
	}
}

// A cough is heard as a key now and then.
func TestKeysThatMeanNothingDoNothing(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("language").fresh()
	if c.keys("780"); len(c.said)+len(c.did) > 0 {
		t.Errorf("a cough does %q, says %q", c.did, c.said)
	}
	c.until("choice").keys("7788007").until("queue")
	if !c.did1("Join{") {
		t.Errorf("done is %q", c.did)
	}
}

func TestWhoCannotSpeakAnswersByKeys(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("choice").keys("2").until("watched").keys("1").until("today").keys("2").until("queue")
	if !c.did1("Join{Danger:false Silent:true Wish: Answers:map[choice:2 language: today:no watched:yes]}") && !c.did1("Join{Danger:false Silent:true Wish: Answers:map[choice:2 today:no watched:yes]}") {
		t.Errorf("done is %q", c.did)
	}
	if c.on(flow.Answered).fresh().keys("12"); !slices.Equal(c.did, []string{"Told 1", "Told 2"}) {
		t.Errorf("in the talk her keys are %q", c.did)
	}
}

// 9 is danger, wherever she is: she stands before all others, and the staff are told.
func TestNineAlertsEverywhere(t *testing.T) {
	t.Parallel()
	for where, c := range map[string]*call{
		"in the greeting":     begin(t, shipped(t), open()),
		"in the menu":         begin(t, shipped(t), open()).until("choice"),
		"typing digits":       begin(t, shipped(t), open()).until("choice").keys("6").until("digits").keys("12"),
		"looking them up":     begin(t, shipped(t), open()).until("choice").keys("6").until("digits").keys("1234"),
		"in the queue":        begin(t, shipped(t), open()).until("queue"),
		"when it is closed":   begin(t, shipped(t), flow.Start{}).until("closed"),
		"when it is full":     begin(t, shipped(t), flow.Start{Open: true, Full: true}).until("busy"),
		"in the last words":   begin(t, shipped(t), flow.Start{}).until("bye"),
		"asked for another":   begin(t, withOther(t), open()).until("other"),
		"dialled for another": begin(t, withOther(t), open()).until("other").keys("3"),
	} {
		c.fresh().keys("9")
		if !c.did1("Join{Danger:true") || !c.did1("Alert") || !slices.Equal(c.said, []string{"danger en"}) || slices.IndexFunc(c.did, isJoin) > slices.Index(c.did, "Alert") {
			t.Errorf("%s: 9 does %q and says %q", where, c.did, c.said)
		}
		if where == "dialled for another" != c.did1("BreakOff") {
			t.Errorf("%s: %q", where, c.did)
		}
		c.fresh().on(flow.Closed, flow.Full).until("wait.open").keys("9")
		if !c.did1("Alert") || c.Ended() {
			t.Errorf("%s: 9 once more does %q", where, c.did)
		}
		if c.on(flow.Answered).fresh().keys("9"); !slices.Equal(c.did, []string{"Alert"}) {
			t.Errorf("%s: 9 in the talk does %q", where, c.did)
		}
	}
}

func isJoin(s string) bool { return strings.HasPrefix(s, "Join{") }

// * ends, wherever she is, and what was kept of her is let go.
func TestStarForgetsEverywhere(t *testing.T) {
	t.Parallel()
	for where, c := range map[string]*call{
		"in the greeting": begin(t, shipped(t), open()),
		"in the menu":     begin(t, shipped(t), open()).until("choice"),
		"typing digits":   begin(t, shipped(t), open()).until("choice").keys("6").until("digits").keys("12"),
		"in the queue":    begin(t, shipped(t), open()).until("queue"),
		"in danger":       begin(t, shipped(t), open()).until("queue").keys("9"),
		"in a talk":       begin(t, shipped(t), open()).until("queue").on(flow.Answered),
		"closed":          begin(t, shipped(t), flow.Start{}).until("closed"),
		"being dialled":   begin(t, withOther(t), open()).until("other").keys("3"),
		"put through":     begin(t, withOther(t), open()).until("other").keys("3").on(flow.Connected),
	} {
		c.fresh().keys("*")
		got := slices.DeleteFunc(c.did, func(s string) bool { return s == "BreakOff" })
		if !slices.Equal(got, []string{"Forget", "HangUp"}) || !c.Ended() || len(c.said) > 0 {
			t.Errorf("%s: * does %q, says %q", where, c.did, c.said)
		}
	}
}

func TestClosedSaysWhenItOpensAndWhatThereIs(t *testing.T) {
	t.Parallel()
	start := flow.Start{Opens: flow.Opening{Day: "mon", Hour: 8, Half: true}}
	start.Number.Lang = "es"
	c := begin(t, shipped(t), start).until("HangUp")
	if want := []string{"greeting es", "expect es", "closed es", "opens.mon es", "hour.8 es", "hour.half es", "later es", "back es", "numbers es", "bye es"}; !slices.Equal(c.said, want) {
		t.Errorf("she hears %q", c.said)
	}
	c = begin(t, shipped(t), start).until("later").keys("5").until("HangUp")
	if !slices.Contains(c.said, "about es") {
		t.Errorf("the recorded information is not there: %q", c.said)
	}
}

func TestOverloadIsSaidAndSoIsAnotherLine(t *testing.T) {
	t.Parallel()
	c := begin(t, withOther(t), flow.Start{Open: true, Full: true}).until("other").keys("3").until("Wait{")
	if !c.did1("PutThrough{Dial:+15550142}") || c.did1("Join") || c.did1("Leave") {
		t.Errorf("done is %q", c.did)
	}
	c.on(flow.Connected).fresh().keys("9#1")
	if !slices.Equal(c.did, []string{"PassOn 9", "PassOn #", "PassOn 1"}) || c.Ended() {
		t.Errorf("keys for the other line are taken: %q", c.did)
	}
	if c.on(flow.Over).until("HangUp"); !slices.Equal(c.said, []string{"bye en"}) {
		t.Errorf("the last words are %q", c.said)
	}
}

// Whoever answers by keys, by her own choice or since her advocate noticed, hears no words of
// ours when the talk is over: somebody may be beside her.
func TestWhoIsNotAloneHearsNoLastWords(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		keys string
		on   []flow.Event
		want []string
	}{
		"by her own choice":       {"2", nil, nil},
		"as her advocate noticed": {"1", []flow.Event{flow.Hushed{On: true}}, nil},
		"alone again":             {"1", []flow.Event{flow.Hushed{On: true}, flow.Hushed{On: false}}, []string{"bye en"}},
	} {
		c := begin(t, shipped(t), open()).until("choice").keys(of.keys).until("Join").on(flow.Answered).fresh()
		for _, e := range of.on {
			c.on(e)
		}
		if c.on(flow.Over).until("HangUp"); !slices.Equal(c.said, of.want) {
			t.Errorf("%s: she hears %q", name, c.said)
		}
	}
}

// The queue may fill up, or close, while she waits: she is told, and what is being said
// is said to its end.
func TestWhoeverWaitsIsToldThatItCloses(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("queue").fresh().on(flow.Closed)
	if len(c.did)+len(c.said) > 0 {
		t.Errorf("cut in the middle: %q %q", c.did, c.said)
	}
	if c.until("HangUp"); !slices.Equal(c.said, []string{"shut en", "back en", "numbers en", "bye en"}) {
		t.Errorf("she hears %q", c.said)
	}
	c = begin(t, shipped(t), open()).until("Wait{N:18").fresh().on(flow.Full).until("HangUp")
	if !slices.Equal(c.said, []string{"busy en", "back en", "numbers en", "bye en"}) {
		t.Errorf("she hears %q", c.said)
	}
}

func TestPlaceAndWaitAreSaidHonestly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flow.Place
		want string
	}{
		{flow.Place{}, "place.next wait.open"},
		{flow.Place{Before: 1, Known: true, Wait: time.Minute}, "place.1 wait.2"},
		{flow.Place{Before: 2, Known: true, Wait: 5*time.Minute + 1}, "place.2 wait.10"},
		{flow.Place{Before: 10, Known: true, Wait: time.Hour}, "place.10 wait.60"},
		{flow.Place{Before: 11, Known: true, Wait: time.Hour + 1}, "place.more wait.long"},
	} {
		call := begin(t, shipped(t), open()).until("queue").fresh().on(c.Place).until("place")
		if got := strings.ReplaceAll(strings.Join(call.said, " "), " en", ""); got != c.want {
			t.Errorf("%+v is %q, want %q", c.Place, got, c.want)
		}
		if call.fresh().until("place"); len(call.said) != 2 {
			t.Errorf("a minute later she hears %q", call.said)
		}
	}
	if c := begin(t, shipped(t), open()).until("queue").fresh().until("wait.open"); len(c.said) != 1 {
		t.Errorf("without a place she hears %q", c.said)
	}
}

func TestTheMusicCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("queue").fresh().keys("1").until("music.off")
	if !slices.Contains(c.did, "Sing{Music:false}") {
		t.Errorf("done is %q", c.did)
	}
	if c.fresh().keys("1").until("music.on"); !slices.Contains(c.did, "Sing{Music:true}") {
		t.Errorf("done is %q", c.did)
	}
}

func TestFourDigitsKeepThePlace(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("queue").fresh().keys("2")
	if !c.did1("KeepPlace") {
		t.Fatalf("done is %q", c.did)
	}
	c.on(flow.Kept{Digits: seal.Conceal("4071")})
	want := "digits.are digit.4 digit.0 digit.7 digit.1 digit.4 digit.0 digit.7 digit.1"
	if got := strings.ReplaceAll(strings.Join(c.said, " "), " en", ""); got != want {
		t.Errorf("she hears %q", got)
	}
	if c.fresh().keys("2").on(c.due); !slices.Equal(c.said, []string{"digits.none en"}) {
		t.Errorf("without digits she hears %q", c.said)
	}
	c = begin(t, shipped(t), open()).until("choice").keys("6").until("digits").fresh().keys("407")
	if c.did1("FindPlace") {
		t.Error("three digits are looked up")
	}
	if c.keys("1"); !c.did1("FindPlace 4071") {
		t.Errorf("done is %q", c.did)
	}
	if c.on(flow.Found{}).until("digits.again").keys("4072").on(flow.Found{OK: true}).until("Join"); !slices.Contains(c.said, "digits.found en") {
		t.Errorf("she hears %q", c.said)
	}
	b, err := json.Marshal(begin(t, shipped(t), open()).until("choice").keys("6").until("digits").keys("407").State())
	if err != nil || strings.Contains(string(b), "407") {
		t.Errorf("her digits are kept: %s, %v", b, err)
	}
}

func TestAnotherLineIsOfferedAfterAWhile(t *testing.T) {
	t.Parallel()
	c := begin(t, withOther(t), open()).until("queue").fresh().until("other")
	waits := 0
	for _, d := range c.did {
		if strings.HasSuffix(d, "After:1m0s}") {
			waits++
		}
	}
	if waits != 3 {
		t.Errorf("asked after %d minutes: %q", waits, c.did)
	}
	if c.fresh().until("wait.open"); c.did1("PutThrough") || c.Ended() {
		t.Errorf("without the key: %q", c.did)
	}
	c.until("other").keys("3")
	if !c.did1("PutThrough{Dial:+15550142}") || c.did1("Leave") {
		t.Errorf("done is %q", c.did)
	}
	c.on(flow.Place{Before: 2})
	if c.fresh().on(flow.Failed).until("through.failed").until("Wait{"); c.did1("Join") || c.Ended() || !slices.Contains(c.said, "place.2 en") {
		t.Errorf("nobody answers there: %q, %q", c.did, c.said)
	}
	if c.fresh().until("other").keys("3").on(flow.Connected); !c.did1("Leave") {
		t.Errorf("done is %q", c.did)
	}
	if c.fresh().on(flow.Failed).until("through.failed").until("Wait{"); !c.did1("Join") || c.Ended() {
		t.Errorf("that line is lost, and she is not back at her place: %q", c.did)
	}
}

// After the talk she hears how to take the call out of her list.
func TestTheLastWordsComeAfterTheTalk(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("queue").on(flow.Answered).fresh().on(flow.Over).until("HangUp")
	if !slices.Equal(c.said, []string{"bye en"}) {
		t.Errorf("she hears %q", c.said)
	}
}

// Whoever talked with her may vanish: she waits on, at her place.
func TestWhoeverIsLostComesBackToTheQueue(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("queue").on(flow.Answered).fresh().on(flow.Back)
	if !slices.Contains(c.did, "Sing{Music:true}") || c.Ended() {
		t.Errorf("done is %q", c.did)
	}
	if c.until("wait.open"); c.did1("Join") {
		t.Errorf("she is put into the queue again: %q", c.did)
	}
}

// What is late does nothing.
func TestLateEventsDoNothing(t *testing.T) {
	t.Parallel()
	c := begin(t, shipped(t), open()).until("choice")
	old := c.n - 1
	if c.fresh().on(flow.Said{N: old}, flow.Rang{N: old}, flow.Kept{Digits: seal.Conceal("1234")}, flow.Found{OK: true}, flow.Over, flow.Back, flow.Connected, flow.Began); len(c.said)+len(c.did) > 0 {
		t.Errorf("late events do %q, say %q", c.did, c.said)
	}
	c.until("Wait{").fresh()
	if c.on(flow.Rang{N: c.n - 1}); len(c.said)+len(c.did) > 0 {
		t.Errorf("a time that is over twice does %q, says %q", c.did, c.said)
	}
	if c.on(flow.Gone).fresh().keys("9*"); !c.Ended() || len(c.did) > 0 {
		t.Errorf("after she has hung up: %q", c.did)
	}
}

// A call goes on where it was when the program is started again.
func TestACallGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	for where, c := range map[string]struct {
		*call
		want string
	}{
		"in a menu":     {begin(t, shipped(t), open()).until("choice"), "choice"},
		"in the queue":  {begin(t, shipped(t), open()).until("queue"), "Wait{"},
		"being dialled": {begin(t, withOther(t), open()).until("other").keys("3"), "through.failed"},
		"closed":        {begin(t, shipped(t), flow.Start{}).until("numbers"), "numbers"},
	} {
		b, err := json.Marshal(c.State())
		var s flow.State
		if err != nil || json.Unmarshal(b, &s) != nil {
			t.Fatal(err)
		}
		m, do := flow.Resume(withOther(t), s)
		if where != "being dialled" {
			m, do = flow.Resume(shipped(t), s)
		}
		again := &call{t: t, Machine: m}
		again.note(do)
		again.until(c.want)
		if again.did1("Join") || again.did1("HangUp") {
			t.Errorf("%s: %q", where, again.did)
		}
	}
	for who, talk := range map[string]*call{
		"an advocate":  begin(t, withOther(t), open()).until("queue").on(flow.Answered),
		"another line": begin(t, withOther(t), open()).until("other").keys("3").on(flow.Connected),
	} {
		if _, do := flow.Resume(withOther(t), talk.State()); len(do) > 0 {
			t.Errorf("a talk with %s is cut by %v", who, do)
		}
	}
}

func TestConditionsAskAboutTheCall(t *testing.T) {
	t.Parallel()
	f := shipped(t)
	at := slices.IndexFunc(f.Steps, func(s flow.Step) bool { return s.ID == "choice" })
	f.Steps = slices.Insert(f.Steps, at, flow.Step{ID: "extra", Kind: flow.Say, Words: map[string]string{"en": "More"}})
	for cond, c := range map[string]struct {
		start flow.Start
		said  bool
	}{
		"lang en":       {open(), true},
		"lang ar":       {open(), false},
		"campaign farm": {flow.Start{Open: true, Number: flow.Number{Campaign: "farm"}}, true},
		"campaign boat": {flow.Start{Open: true, Number: flow.Number{Campaign: "farm"}}, false},
		"danger no":     {open(), true},
		"silent yes":    {open(), false},
	} {
		field, value, _ := strings.Cut(cond, " ")
		f.Steps[at].When = []form.Cond{{Field: field, Is: form.Is, Values: []string{value}}}
		read, err := flow.Parse(f.Body())
		if err != nil {
			t.Errorf("%s: %v", cond, err)
			continue
		}
		if got := slices.Contains(begin(t, read, c.start).until("Join").said, "extra en"); got != c.said {
			t.Errorf("%s: said %v", cond, got)
		}
	}
}
