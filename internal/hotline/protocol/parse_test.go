package protocol_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

func words(label string) map[string]form.Words { return map[string]form.Words{"en": {Label: label}} }

func is(field string, values ...string) []form.Cond {
	return []form.Cond{{Field: field, Is: form.OneOf, Values: values}}
}

func step(id, kind string) protocol.Step {
	return protocol.Step{ID: id, Kind: kind, Words: words(id)}
}

// small is a protocol with a step of each kind.
func small() protocol.Protocol {
	p := protocol.Protocol{Words: words("Small"), Urgency: 3, Fits: [][]form.Cond{is("danger_now", "yes")}}
	hello, danger, how, call, may, clock, bye := step("hello", protocol.Say), step("danger", protocol.Ask), step("how", protocol.Ask),
		step("call", protocol.Do), step("may", protocol.SignOff), step("clock", protocol.Wait), step("bye", protocol.Say)
	hello.Phrase, hello.Skip = "greeting.hello", true
	danger.Field, danger.Go = "danger_now", []protocol.Branch{{When: is("danger_now", "yes"), To: "call"}}
	how.Options = []protocol.Option{{Code: "well", Words: words("Well")}, {Code: "badly", Words: words("Badly")}}
	how.Go = []protocol.Branch{{When: is("step.how", "well"), To: "bye"}}
	call.Act, call.Sign, call.When = "emergency", hotline.Supervisor, is("danger_now", "yes")
	may.Sign, may.Go = hotline.Supervisor, []protocol.Branch{{When: is("step.may", "no"), To: protocol.End}}
	clock.Minutes, clock.Rings = 10, hotline.Advocate
	bye.Phrase = "ending.bye"
	p.Steps = []protocol.Step{hello, danger, how, call, may, clock, bye}
	return p
}

// TestFaultsNameFieldAndStep breaks a good protocol in one place at a time.
func TestFaultsNameFieldAndStep(t *testing.T) {
	t.Parallel()
	all := fields(t)
	if _, err := protocol.Parse(small().Body(), all); err != nil {
		t.Fatalf("the good protocol: %v", err)
	}
	long := strings.Repeat("é", 81)
	for name, c := range map[string]struct {
		spoil func(*protocol.Protocol)
		want  string
	}{
		"no name":                        {func(p *protocol.Protocol) { p.Words = nil }, "words: edition.fault.empty"},
		"an urgency of nobody":           {func(p *protocol.Protocol) { p.Urgency = 10 }, "urgency: edition.fault.number (\"10\")"},
		"fits for nothing":               {func(p *protocol.Protocol) { p.Fits[0] = nil }, "fits.1: edition.fault.empty"},
		"fits for too much":              {func(p *protocol.Protocol) { p.Fits = slices.Repeat(p.Fits, 13) }, "fits: edition.fault.many"},
		"fits for what was done":         {func(p *protocol.Protocol) { p.Fits[0] = is("step.how", "well") }, "fits.1.1.field: edition.fault.above (\"how\")"},
		"fits for no field":              {func(p *protocol.Protocol) { p.Fits[0] = is("height", "tall") }, "fits.1.1.field: edition.fault.no_field (\"height\")"},
		"fits for nobody":                {func(p *protocol.Protocol) { p.Fits[0] = append(is("type", "tip"), is("type", "crisis")...) }, "fits.1: edition.fault.no_way"},
		"no steps":                       {func(p *protocol.Protocol) { p.Steps = nil }, "steps: edition.fault.empty"},
		"a step more than fits":          {func(p *protocol.Protocol) { p.Steps = slices.Repeat(p.Steps, 6) }, "steps: edition.fault.many (\"42\")"},
		"no id":                          {func(p *protocol.Protocol) { p.Steps[3].ID = "" }, "row 4: id: edition.fault.word"},
		"an id that is the end":          {func(p *protocol.Protocol) { p.Steps[3].ID = protocol.End }, "row 4: id: edition.fault.word"},
		"an id twice":                    {func(p *protocol.Protocol) { p.Steps[6].ID = "hello" }, "row 7: id: edition.fault.twice"},
		"no kind":                        {func(p *protocol.Protocol) { p.Steps[6].Kind = "sing" }, "row 7: kind: edition.fault.unknown (\"sing\")"},
		"no words":                       {func(p *protocol.Protocol) { p.Steps[6].Words = nil }, "row 7: words: edition.fault.empty"},
		"a long label":                   {func(p *protocol.Protocol) { p.Steps[6].Words = words(long) }, "row 7: words.en.label: edition.fault.long"},
		"no language":                    {func(p *protocol.Protocol) { p.Steps[6].Words = map[string]form.Words{"English": {Label: "x"}} }, "row 7: words.English: edition.fault.language"},
		"no phrase":                      {func(p *protocol.Protocol) { p.Steps[6].Phrase = "" }, "row 7: phrase: edition.fault.empty"},
		"words for a phrase":             {func(p *protocol.Protocol) { p.Steps[6].Phrase = "Good bye" }, "row 7: phrase: edition.fault.word"},
		"an act for a phrase":            {func(p *protocol.Protocol) { p.Steps[6].Act = "close" }, "row 7: act: edition.fault.not_here"},
		"an act of nobody":               {func(p *protocol.Protocol) { p.Steps[3].Act = "dance" }, "row 4: act: edition.fault.unknown (\"dance\")"},
		"a field to do":                  {func(p *protocol.Protocol) { p.Steps[3].Field = "type" }, "row 4: field: edition.fault.not_here"},
		"a field of no form":             {func(p *protocol.Protocol) { p.Steps[1].Field = "x_height" }, "row 2: field: edition.fault.no_field (\"x_height\")"},
		"a field and options":            {func(p *protocol.Protocol) { p.Steps[1].Options = p.Steps[2].Options }, "row 2: options: edition.fault.not_here"},
		"an option twice":                {func(p *protocol.Protocol) { p.Steps[2].Options[1].Code = "well" }, "row 3: options.2.code: edition.fault.twice"},
		"an option that is a state":      {func(p *protocol.Protocol) { p.Steps[2].Options[1].Code = form.Unknown }, "row 3: options.2.code: edition.fault.twice"},
		"an option without a word":       {func(p *protocol.Protocol) { p.Steps[2].Options[1].Code = "So so" }, "row 3: options.2.code: edition.fault.word"},
		"an option without words":        {func(p *protocol.Protocol) { p.Steps[2].Options[1].Words = nil }, "row 3: options.2.words: edition.fault.empty"},
		"options more than fit":          {func(p *protocol.Protocol) { p.Steps[2].Options = slices.Repeat(p.Steps[2].Options, 7) }, "row 3: options: edition.fault.many"},
		"nobody signs":                   {func(p *protocol.Protocol) { p.Steps[4].Sign = "" }, "row 5: sign: edition.fault.empty"},
		"an advocate signs":              {func(p *protocol.Protocol) { p.Steps[4].Sign = hotline.Advocate }, "row 5: sign: edition.fault.unknown (\"advocate\")"},
		"somebody signs a question":      {func(p *protocol.Protocol) { p.Steps[2].Sign = hotline.Supervisor }, "row 3: sign: edition.fault.not_here"},
		"a clock without time":           {func(p *protocol.Protocol) { p.Steps[5].Minutes = 0 }, "row 6: minutes: edition.fault.empty"},
		"a clock that runs back":         {func(p *protocol.Protocol) { p.Steps[5].Minutes = -1 }, "row 6: minutes: edition.fault.number (\"-1\")"},
		"a clock of more than a day":     {func(p *protocol.Protocol) { p.Steps[5].Minutes = 1441 }, "row 6: minutes: edition.fault.number (\"1441\")"},
		"a clock that rings for nobody":  {func(p *protocol.Protocol) { p.Steps[5].Rings = "" }, "row 6: rings: edition.fault.empty"},
		"a clock that rings for callers": {func(p *protocol.Protocol) { p.Steps[5].Rings = "caller" }, "row 6: rings: edition.fault.unknown"},
		"minutes to do":                  {func(p *protocol.Protocol) { p.Steps[3].Minutes = 5 }, "row 4: minutes: edition.fault.not_here"},
		"a condition on a step below":    {func(p *protocol.Protocol) { p.Steps[1].When = is("step.how", "well") }, "row 2: when.1.field: edition.fault.above (\"how\")"},
		"a condition on itself":          {func(p *protocol.Protocol) { p.Steps[2].When = is("step.how", "well") }, "row 3: when.1.field: edition.fault.above (\"how\")"},
		"a condition on a phrase":        {func(p *protocol.Protocol) { p.Steps[2].When = is("step.hello", "yes") }, "row 3: when.1.field: edition.fault.above (\"hello\")"},
		"a condition on a text":          {func(p *protocol.Protocol) { p.Steps[2].When = is("address", "yes") }, "row 3: when.1.field: edition.fault.no_field (\"address\")"},
		"a condition on no option":       {func(p *protocol.Protocol) { p.Steps[2].When = is("type", "letter") }, "row 3: when.1.values: edition.fault.unknown (\"letter\")"},
		"a condition on no path":         {func(p *protocol.Protocol) { p.Steps[2].When = is("contact.path", "info") }, "row 3: when.1.values: edition.fault.unknown (\"info\")"},
		"a condition on her name":        {func(p *protocol.Protocol) { p.Steps[2].When = is("contact.name", "yes") }, "row 3: when.1.field: edition.fault.no_field"},
		"a condition without values":     {func(p *protocol.Protocol) { p.Steps[2].When = is("type") }, "row 3: when.1.values: edition.fault.values"},
		"a condition of another kind":    {func(p *protocol.Protocol) { p.Steps[3].When[0].Is = "like" }, "row 4: when.1.is: edition.fault.unknown"},
		"conditions more than fit":       {func(p *protocol.Protocol) { p.Steps[3].When = slices.Repeat(p.Steps[3].When, 9) }, "row 4: when: edition.fault.many"},
		"conditions that nobody meets":   {func(p *protocol.Protocol) { p.Steps[3].When = append(p.Steps[3].When, is("danger_now", "no")...) }, "row 4: when: edition.fault.no_way"},
		"a branch back":                  {func(p *protocol.Protocol) { p.Steps[4].Go[0].To = "danger" }, "row 5: go.1.to: edition.fault.back (\"danger\")"},
		"a branch to itself":             {func(p *protocol.Protocol) { p.Steps[4].Go[0].To = "may" }, "row 5: go.1.to: edition.fault.back (\"may\")"},
		"a branch to nowhere":            {func(p *protocol.Protocol) { p.Steps[4].Go[0].To = "sea" }, "row 5: go.1.to: edition.fault.unknown (\"sea\")"},
		"branches more than fit":         {func(p *protocol.Protocol) { p.Steps[4].Go = slices.Repeat(p.Steps[4].Go, 9) }, "row 5: go: edition.fault.many"},
		"a branch on no field":           {func(p *protocol.Protocol) { p.Steps[4].Go[0].When = is("height", "tall") }, "row 5: go.1.when.1.field: edition.fault.no_field"},
		"a branch that nobody takes": {func(p *protocol.Protocol) {
			p.Steps[4].Go[0].When = append(is("step.may", "no"), is("step.may", "yes")...)
		}, "row 5: go.1: edition.fault.no_way"},
		"a branch below all branches": {func(p *protocol.Protocol) {
			p.Steps[4].Go = []protocol.Branch{{To: "clock"}, {When: is("step.may", "no"), To: protocol.End}}
		}, "row 5: go.2: edition.fault.no_way"},
		"a step that every way passes": {func(p *protocol.Protocol) { p.Steps[4].Go = []protocol.Branch{{To: "bye"}} }, "row 6: edition.fault.no_way (\"clock\")"},
	} {
		p := small()
		c.spoil(&p)
		_, err := protocol.Parse(p.Body(), all)
		var fs edition.Faults
		if !errors.As(err, &fs) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// The check of an edition knows what we ship, and leaves to a line what it calls its
// own; with the line's forms at hand nothing is left open.
func TestOwnFieldsAreTakenAndOthersAreNot(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]struct{ values, check, parse string }{
		"x_boat":     {"x_big", "", "no_field"},
		"type":       {"x_letter", "", "unknown"},
		"danger_now": {"yes", "", ""},
		"boat":       {"yes", "no_field", "no_field"},
		"relation":   {"mayor", "unknown", "unknown"},
		"x_Boat":     {"yes", "no_field", "no_field"},
		"x_size":     {"Very Big", "unknown", "no_field"},
	} {
		p := small()
		p.Steps[2].When = is(field, c.values)
		_, err := protocol.Parse(p.Body(), fields(t))
		for what, got := range map[string]struct {
			err  error
			want string
		}{"Check": {protocol.Check(p.Body()), c.check}, "Parse": {err, c.parse}} {
			if (got.err == nil) != (got.want == "") || got.err != nil && !strings.Contains(got.err.Error(), "edition.fault."+got.want) {
				t.Errorf("%s of %s: %v, want %q", what, field, got.err, got.want)
			}
		}
	}
}

// Where several answers can be chosen, conditions can ask for more than one of them.
func TestConditionsOnSeveralAnswersCanAllHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		when []form.Cond
		ok   bool
	}{
		"two needs":          {append(is("needs", "food"), is("needs", "legal")...), true},
		"a need and not it":  {append(is("needs", "food"), form.Cond{Field: "needs", Is: form.IsNot, Values: []string{"food"}}), false},
		"one of, but not it": {append(is("type", "tip", "crisis"), form.Cond{Field: "type", Is: form.IsNot, Values: []string{"tip"}}), true},
		"declined":           {append(is("type", "tip", form.Declined), form.Cond{Field: "type", Is: form.IsNot, Values: []string{"tip"}}), true},
		"nothing at all":     {[]form.Cond{{Field: "type", Is: form.IsNot, Values: []string{"tip"}}}, true},
	} {
		p := small()
		p.Steps[2].When = c.when
		if _, err := protocol.Parse(p.Body(), fields(t)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatAProtocolDoesNotHaveIsAFault(t *testing.T) {
	t.Parallel()
	good := small().Body()
	for name, c := range map[string]struct{ old, new, want string }{
		"of the protocol": {`{"words"`, `{"colour":1,"words"`, "colour: edition.fault.unknown"},
		"of a step":       {`"id":"call"`, `"id":"call","colour":1`, "row 4: colour: edition.fault.unknown"},
		"of an option":    {`{"code":"badly"`, `{"colour":1,"code":"badly"`, "row 3: colour: edition.fault.unknown"},
		"a wrong type":    {`"minutes":10`, `"minutes":"10"`, "row 6: minutes: edition.fault.json"},
		"not JSON":        {`{"words"`, `{words`, "edition.fault.json"},
		"two protocols":   {`{"words"`, `{} {"words"`, "edition.fault.json"},
		"no letters":      {`Small`, "\xff", "edition.fault.encoding"},
		"nothing at all":  {good, ``, "edition.fault.json"},
		"an empty one":    {good, `{}`, "steps: edition.fault.empty"},
		"a step of none":  {good, `{"steps":[null]}`, "row 1: id: edition.fault.word"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if body == good {
			t.Fatalf("%s: nothing was spoilt", name)
		}
		if err := protocol.Check(body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// FuzzProtocol bends the steps of a good protocol, and follows what is taken.
func FuzzProtocol(f *testing.F) {
	p := small()
	head := p
	head.Steps = p.Steps[:1]
	begin := strings.TrimSuffix(head.Body(), "]}")
	steps, _ := json.Marshal(p.Steps[1:])
	ours := protocol.Ours()
	f.Add(strings.Trim(string(steps), "[]"), "danger_now=yes how=well may=no", uint8(3))
	f.Add(`{"id":"a","kind":"ask","words":{"en":{"label":"A"}},"field":"x_a","go":[{"to":"end"}]}`, "x_a=x_b", uint8(1))
	f.Add(`{"id":"a","kind":"wait","words":{"en":{"label":"A"}},"minutes":1,"rings":"advocate","when":[{"field":"contact.minor","is":"is_not","values":["yes"]}]}`, "", uint8(0))
	f.Fuzz(func(t *testing.T, rows, answers string, done uint8) {
		if len(rows)+len(answers) > 1<<12 {
			return
		}
		got, err := protocol.Parse(begin+","+rows+"]}", ours)
		var fs edition.Faults
		if err != nil {
			if !errors.As(err, &fs) || len(fs) == 0 || len(got.Steps) > 0 {
				t.Fatalf("Parse with %q = %v", rows, err)
			}
			return
		}
		again, err := protocol.Parse(got.Body(), ours)
		if err != nil || again.Body() != got.Body() {
			t.Fatalf("what was read is not read again: %v", err)
		}
		r := protocol.Record{Seen: form.Seen{Minor: done%2 == 0}, Fields: record(answers)}
		d := protocol.Done{Steps: map[string]protocol.Entry{got.Steps[int(done)%len(got.Steps)].ID: {At: 1}}}
		holds(t, got, r, d)
		ends(t, got, r, d)
	})
}
