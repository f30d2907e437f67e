package protocol_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

const minute = 60_000

// did is what was done: "step", "step=answer", "step~" for one that was skipped; a
// minute after each other.
func did(steps string) protocol.Done {
	d := protocol.Done{Edition: 7, Began: minute, Steps: map[string]protocol.Entry{}}
	for i, s := range strings.Fields(steps) {
		id, answer, _ := strings.Cut(s, "=")
		e := protocol.Entry{At: int64(i+2) * minute, By: "amina", Answer: answer}
		if name, ok := strings.CutSuffix(id, "~"); ok {
			id, e.Skipped = name, "why"
		}
		d.Steps[id] = e
	}
	return d
}

// shown is a view in a line: each step with its state.
func shown(v protocol.View) string {
	var out []string
	for _, s := range v.Steps {
		out = append(out, s.ID+":"+s.State)
	}
	return strings.Join(out, " ")
}

// The table is the panel: the record on the left, what was done, and what stands there.
func TestFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, record, done, want string }{
		{
			"at the beginning, all may come", "", "",
			"hello:next danger:ahead how:ahead call:ahead may:ahead clock:ahead bye:ahead",
		},
		{
			"after a step, the next", "", "hello",
			"hello:done danger:next how:ahead call:ahead may:ahead clock:ahead bye:ahead",
		},
		{
			"what the record answers is not asked again", "danger_now=no", "hello",
			"hello:done danger:done how:next call:off may:ahead clock:ahead bye:ahead",
		},
		{
			"a no to answer is an answer", "danger_now=declined", "hello",
			"hello:done danger:done how:next call:off may:ahead clock:ahead bye:ahead",
		},
		{
			"not asked is still to be asked", "danger_now=not_asked", "hello",
			"hello:done danger:next how:ahead call:off may:ahead clock:ahead bye:ahead",
		},
		{
			"a branch goes past what lies between", "danger_now=yes", "hello",
			"hello:done danger:done how:off call:next may:ahead clock:ahead bye:ahead",
		},
		{
			"the record changes midway: what was gone past comes back, what was done stays", "danger_now=no", "hello danger call",
			"hello:done danger:done how:next call:done may:ahead clock:ahead bye:ahead",
		},
		{
			"the record changes midway the other way", "danger_now=yes", "hello danger how=well bye",
			"hello:done danger:done how:done call:next may:ahead clock:ahead bye:done",
		},
		{
			"what was skipped stays skipped", "danger_now=yes", "hello~",
			"hello:skipped danger:done how:off call:next may:ahead clock:ahead bye:ahead",
		},
		{
			"a sign-off stands in the way", "danger_now=yes", "hello call",
			"hello:done danger:done how:off call:done may:next clock:ahead bye:ahead",
		},
		{
			"a no ends it", "danger_now=yes", "hello call may=no",
			"hello:done danger:done how:off call:done may:done clock:off bye:off",
		},
		{
			"a clock runs", "danger_now=yes", "hello call may=yes",
			"hello:done danger:done how:off call:done may:done clock:waiting bye:ahead",
		},
		{
			"an answer on the way decides", "danger_now=no", "hello how=well",
			"hello:done danger:done how:done call:off may:off clock:off bye:next",
		},
		{
			"the way goes past a step whose conditions do not hold", "danger_now=no", "hello how=badly",
			"hello:done danger:done how:done call:off may:next clock:ahead bye:ahead",
		},
		{
			"done before its turn", "", "hello bye",
			"hello:done danger:next how:ahead call:ahead may:ahead clock:ahead bye:done",
		},
		{
			"over", "danger_now=no", "hello how=well bye",
			"hello:done danger:done how:done call:off may:off clock:off bye:done",
		},
	} {
		v := protocol.Follow(small(), protocol.Record{Fields: record(c.record)}, did(c.done))
		if got := shown(v); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if again := protocol.Follow(small(), protocol.Record{Fields: record(c.record)}, did(c.done)); !cmp.Equal(v, again) {
			t.Errorf("%s: two looks differ", c.name)
		}
		if over := !strings.Contains(c.want, "next") && !strings.Contains(c.want, "waiting"); v.Over != over {
			t.Errorf("%s: over is %v", c.name, v.Over)
		}
	}
}

// Who has said no has said no, also where it would not be asked any more: what follows
// from an answer follows from it whatever the record says since.
func TestAnAnswerThatWasGivenStillDecides(t *testing.T) {
	t.Parallel()
	p := small()
	p.Steps[4].When = is("danger_now", "yes")
	r := protocol.Record{Fields: record("danger_now=no")}
	v := protocol.Follow(p, r, did("hello how=badly call may=no"))
	if want := "hello:done danger:done how:done call:done may:done clock:off bye:off"; shown(v) != want {
		t.Errorf("got %s, want %s", shown(v), want)
	}
}

// What lies between a branch that is sure to be taken and where it leads is not shown
// as if it might come.
func TestASureBranchHidesWhatItGoesPast(t *testing.T) {
	t.Parallel()
	p := small()
	p.Steps[2].Go, p.Steps[3].When = []protocol.Branch{{To: "may"}}, nil
	for answer, want := range map[string]string{"danger_now=no": protocol.Off, "": protocol.Ahead} {
		if got := protocol.Follow(p, protocol.Record{Fields: record(answer)}, did("")).Steps[3].State; got != want {
			t.Errorf("with %q: got %s, want %s", answer, got, want)
		}
	}
}

// A clock begins with the last thing that was done before it, and rings once it is due.
func TestAClockRingsWhenItIsDue(t *testing.T) {
	t.Parallel()
	r := protocol.Record{Fields: record("danger_now=yes")}
	v := protocol.Follow(small(), r, did("hello call may=yes")) // the last at four minutes
	const due = 14 * minute
	if got := v.Steps[5]; got.Due != due || len(v.Ringing(due-1)) != 0 {
		t.Errorf("due at %d, want %d; a minute before %d ring", got.Due, due, len(v.Ringing(due-1)))
	}
	if got := v.Ringing(due); len(got) != 1 || got[0].ID != "clock" || got[0].Rings != hotline.Advocate {
		t.Errorf("what rings is %v", got)
	}
	if got := protocol.Follow(small(), r, did("hello call may=yes clock")); len(got.Ringing(due)) != 0 || got.Steps[6].State != protocol.Next {
		t.Error("a clock that was answered goes on ringing")
	}
	first := small()
	first.Steps = first.Steps[5:]
	if got := protocol.Follow(first, r, protocol.Done{Began: minute}).Steps[0].Due; got != 11*minute {
		t.Errorf("a clock that comes first is due at %d", got)
	}
}

// Who has still to sign stands there, for what waits for it and for what was done
// already.
func TestSignOffsStayOpenUntilSomebodySigns(t *testing.T) {
	t.Parallel()
	r := protocol.Record{Fields: record("danger_now=yes")}
	p, d := small(), did("hello call")
	want := []protocol.Open{{Step: "call", Of: hotline.Supervisor, After: true}, {Step: "may", Of: hotline.Supervisor}}
	if diff := cmp.Diff(protocol.Follow(p, r, d).Open, want); diff != "" {
		t.Error(diff)
	}
	supervisor := []hotline.Role{hotline.Advocate, hotline.Supervisor}
	for _, c := range []struct {
		name, step string
		by         hotline.PersonID
		roles      []hotline.Role
		answer     string
		want       error
	}{
		{"an advocate", "may", "amina", []hotline.Role{hotline.Advocate}, "yes", protocol.ErrSign},
		{"no answer", "may", "ines", supervisor, "", protocol.ErrAnswer},
		{"whoever did it", "call", "amina", supervisor, "yes", protocol.ErrSign},
		{"what asks for nobody", "hello", "ines", supervisor, "yes", protocol.ErrSign},
		{"what is not there", "sea", "ines", supervisor, "yes", protocol.ErrStep},
		{"a supervisor", "may", "ines", supervisor, "yes", nil},
		{"a second time", "may", "ines", supervisor, "no", protocol.ErrDone},
		{"another supervisor", "call", "ines", supervisor, "no", nil},
		{"one more", "call", "ines", supervisor, "yes", protocol.ErrDone},
	} {
		next, err := p.Sign(d, c.step, c.by, 9, c.roles, c.answer)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		d = next
	}
	if open := protocol.Follow(p, r, d).Open; len(open) != 0 {
		t.Errorf("still open: %v", open)
	}
	if got := d.Steps["call"]; got.By != "amina" || got.Signed != (protocol.Signed{At: 9, By: "ines", Answer: "no"}) {
		t.Error("who did it, or who contested it, is lost")
	}
	early, err := p.Sign(did(""), "call", "ines", 9, supervisor, "yes")
	if !errors.Is(err, protocol.ErrStep) || len(early.Steps) != 0 {
		t.Errorf("what nobody has done is confirmed: %v", err)
	}
	for of, can := range map[hotline.Role][]hotline.Role{
		hotline.PrivacyOfficer: {hotline.PrivacyOfficer},
		protocol.Counsel:       {hotline.Reviewer, hotline.PrivacyOfficer},
	} {
		p.Steps[4].Sign = of
		for _, role := range hotline.Roles() {
			if _, err := p.Sign(did(""), "may", "x", 9, []hotline.Role{role}, "yes"); (err == nil) != slices.Contains(can, role) {
				t.Errorf("%s signs for %s: %v", role, of, err)
			}
		}
	}
}

// A step is left out only where its protocol lets it, and only with a reason.
func TestSkippedWithAReasonOrNotAtAll(t *testing.T) {
	t.Parallel()
	p := small()
	for _, c := range []struct {
		step, why string
		want      error
	}{
		{"hello", "", protocol.ErrReason},
		{"hello", " \n", protocol.ErrReason},
		{"hello", strings.Repeat("é", 241), protocol.ErrReason},
		{"hello", "\xff", protocol.ErrReason},
		{"danger", "no time", protocol.ErrSkip},
		{"may", "asleep", protocol.ErrSkip},
		{"sea", "no time", protocol.ErrStep},
		{"bye", "no time", protocol.ErrDone},
		{"hello", " she spoke first ", nil},
	} {
		before := did("bye")
		d, err := p.Skip(before, c.step, "amina", 9, c.why)
		if !errors.Is(err, c.want) {
			t.Errorf("%s because of %q: got %v, want %v", c.step, c.why, err, c.want)
		}
		if want := len(before.Steps); err != nil && len(d.Steps) != want || len(before.Steps) != 1 {
			t.Errorf("%s was refused, and something was noted", c.step)
		}
		if err == nil && d.Steps["hello"].Skipped != "she spoke first" {
			t.Error("the reason is lost")
		}
	}
}

func TestWhatIsDoneIsDoneOnceAndFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step, answer string
		want         error
	}{
		{"hello", "", nil},
		{"hello", "well", protocol.ErrAnswer},
		{"danger", "yes", protocol.ErrAnswer}, // it stands in the record
		{"danger", "", nil},
		{"how", "", protocol.ErrAnswer},
		{"how", "yes", protocol.ErrAnswer},
		{"how", "well", nil},
		{"how", form.Declined, nil},
		{"may", "", protocol.ErrSign},
		{"clock", "", nil},
		{"bye", "", protocol.ErrDone},
		{"sea", "", protocol.ErrStep},
	} {
		d, err := small().Mark(did("bye"), c.step, "amina", 9, c.answer)
		if !errors.Is(err, c.want) {
			t.Errorf("%s %s: got %v, want %v", c.step, c.answer, err, c.want)
		}
		if e := d.Steps[c.step]; err == nil && (e.Answer != c.answer || e.By != "amina" || e.At != 9 || d.Edition != 7) {
			t.Errorf("%s is not noted as it was", c.step)
		}
	}
}

// What stands in a field that the form does not show counts for nothing here either.
func TestWhatTheFormHidesDecidesNothing(t *testing.T) {
	t.Parallel()
	f := form.Form{Fields: []form.Field{
		{Code: "type", Kind: form.One},
		{Code: "danger_now", Kind: form.One, When: []form.Cond{{Field: "type", Is: form.Is, Values: []string{"crisis"}}}},
	}}
	all := map[string]protocol.Protocol{"small": small()}
	for typ, want := range map[string]int{"crisis": 1, "wrong_number": 0} {
		r := protocol.Read(f, form.Seen{}, record("danger_now=yes type="+typ))
		if got := len(protocol.Applies(all, r)); got != want {
			t.Errorf("of %s: %d fit, want %d", typ, got, want)
		}
	}
}

// Reasons and answers are in no log and no error text.
func TestEntriesPrintNothing(t *testing.T) {
	t.Parallel()
	d := did("hello how=badly")
	d.Steps["hello"] = protocol.Entry{Skipped: "she is called Rosa"}
	v := protocol.Follow(small(), protocol.Record{}, d)
	for _, got := range []string{fmt.Sprintf("%v %+v %#v", d, d, d), fmt.Sprintf("%+v", v), d.Steps["hello"].LogValue().String()} {
		if strings.Contains(got, "Rosa") || strings.Contains(got, "Answer:badly") {
			t.Errorf("printed: %s", got)
		}
	}
}

func TestTryTellsTheWayAndWhatIsLacking(t *testing.T) {
	t.Parallel()
	said := func(codes ...string) (out []interpret.Phrase) {
		for _, c := range codes {
			out = append(out, interpret.Phrase{Code: c})
		}
		return out
	}
	given := record("")
	got := protocol.Try(small(), map[string][]interpret.Phrase{"en": said("greeting.hello", "ending.bye"), "fr": said("ending.bye")},
		protocol.Trial{Record: protocol.Record{Fields: given}, Answers: map[string]string{"danger": "yes", "may": "no"}},
		protocol.Trial{Record: protocol.Record{Fields: record("danger_now=no")}, Answers: map[string]string{"how": "well"}})
	want := protocol.Dry{
		Ways: [][]protocol.Passed{
			{{"hello", ""}, {"danger", "yes"}, {"call", ""}, {"may", "no"}},
			{{"hello", ""}, {"danger", ""}, {"how", "well"}, {"bye", ""}},
		},
		Unreached: []string{"clock"},
		Unsaid:    []protocol.Unsaid{{Step: "hello", Phrase: "greeting.hello", Lang: "fr"}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	if len(given) != 0 {
		t.Error("a dry run writes into the record that it was given")
	}
}

// holds checks what is true of every view.
func holds(t *testing.T, p protocol.Protocol, r protocol.Record, d protocol.Done) {
	t.Helper()
	v := protocol.Follow(p, r, d)
	busy := 0
	for i, s := range v.Steps {
		e, done := d.Steps[s.ID]
		switch {
		case s.ID != p.Steps[i].ID:
			t.Fatalf("step %d is %s, want %s", i, s.ID, p.Steps[i].ID)
		case done && e.Skipped == "" && s.State != protocol.IsDone, done && e.Skipped != "" && s.State != protocol.Skipped:
			t.Fatalf("%s was done and is %s", s.ID, s.State)
		case done && s.Entry != e:
			t.Fatalf("what was done at %s is lost", s.ID)
		case s.State == protocol.Waiting && s.Due <= d.Began:
			t.Fatalf("%s is due before it began", s.ID)
		}
		if s.State == protocol.Next || s.State == protocol.Waiting {
			busy++
		}
	}
	if busy > 1 || v.Over != (busy == 0) {
		t.Fatalf("%d steps are next, over is %v: %s", busy, v.Over, shown(v))
	}
}

// ends does whatever is next until nothing is, and counts.
func ends(t *testing.T, p protocol.Protocol, r protocol.Record, d protocol.Done) {
	t.Helper()
	for n := 0; ; n++ {
		v := protocol.Follow(p, r, d)
		i := slices.IndexFunc(v.Steps, func(s protocol.Shown) bool { return s.State == protocol.Next || s.State == protocol.Waiting })
		if i < 0 {
			return
		}
		if n > len(p.Steps) {
			t.Fatalf("it does not end: %s", shown(v))
		}
		next, err := p.Mark(d, v.Steps[i].ID, "amina", int64(n+1)*minute, answerTo(v.Steps[i].Step, n))
		if errors.Is(err, protocol.ErrSign) {
			next, err = p.Sign(d, v.Steps[i].ID, "ines", int64(n+1)*minute, hotline.Roles(), protocol.Yes)
		}
		if err != nil {
			t.Fatalf("what is next cannot be done: %s: %v", v.Steps[i].ID, err)
		}
		d = next
		holds(t, p, r, d)
	}
}

func answerTo(s protocol.Step, n int) string {
	if len(s.Options) == 0 {
		return ""
	}
	return s.Options[n%len(s.Options)].Code
}

// Whatever the record says, whatever was done and however it changes: nothing done is
// lost, one thing is next, and it ends.
func TestFollowHoldsForAnyRecord(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	all := shipped(t)
	all["small"] = small()
	for _, p := range all {
		for made := range slices.Chunk(protocol.Made(p, 120), 2) {
			a, b := made[0], made[1]
			d := protocol.Done{Edition: 1, Began: minute}
			for range r.IntN(len(p.Steps)) {
				s := p.Steps[r.IntN(len(p.Steps))]
				next, err := p.Mark(d, s.ID, "amina", int64(r.IntN(100))*minute, answerTo(s, r.IntN(9)))
				if s.Skip && r.IntN(2) == 0 {
					next, err = p.Skip(d, s.ID, "amina", 5*minute, "why")
				}
				if err == nil {
					d = next
				}
				holds(t, p, a.Record, d)
				holds(t, p, b.Record, d) // the record has changed
			}
			ends(t, p, b.Record, d)
		}
	}
}

// The panel is drawn anew with every keystroke in the record.
func BenchmarkFollow(b *testing.B) {
	p := shipped(b)["life"]
	r := protocol.Record{Seen: form.Seen{Path: hotline.Self}, Fields: record("doctor=yes danger_now=no")}
	d := did("supervisor kind=suicide think=yes done=no means=yes away listen wish=no ground=yes")
	b.ReportAllocs()
	for b.Loop() {
		protocol.Follow(p, r, d)
	}
}

func BenchmarkApplies(b *testing.B) {
	all, r := shipped(b), protocol.Record{Seen: form.Seen{Path: hotline.Self, Danger: true}, Fields: record("doctor=yes type=crisis")}
	b.ReportAllocs()
	for b.Loop() {
		protocol.Applies(all, r)
	}
}
