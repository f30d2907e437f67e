package flow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

func words(s string) map[string]string { return map[string]string{"en": s} }

func is(field string, values ...string) []form.Cond {
	return []form.Cond{{Field: field, Is: form.OneOf, Values: values}}
}

// small is a flow with a step of each kind.
func small() flow.Flow {
	return flow.Flow{Steps: []flow.Step{
		{ID: "hello", Kind: flow.Say, Words: words("Hello.")},
		{ID: "tongue", Kind: flow.Languages, Words: map[string]string{"en": "Press 1.", "fr": "Tapez 2."}, Keys: []flow.Press{{Key: "1", Lang: "en"}, {Key: "2", Lang: "fr"}}},
		{ID: "expect", Kind: flow.Expect, Words: words("This call is not recorded.")},
		{ID: "closed", Kind: flow.Say, Words: words("Closed."), When: is("open", "no"), Opens: true, Go: []flow.Branch{{To: "bye"}}},
		{ID: "choice", Kind: flow.Menu, Words: words("Press 1 or 2."), Keys: []flow.Press{{Key: "1", Does: flow.Woman, To: "queue"}, {Key: "2", To: "four"}}, Times: 1, Go: []flow.Branch{{To: "queue"}}},
		{ID: "four", Kind: flow.Digits, Words: words("Four digits.")},
		{ID: "alone", Kind: flow.Ask, Words: words("Are you alone?")},
		{ID: "danger", Kind: flow.Danger, Words: words("We are here.")},
		{ID: "queue", Kind: flow.Queue, Words: words("You wait."), Keys: []flow.Press{{Key: "1", Does: flow.Music}, {Key: "2", Does: flow.Keep}}, After: 10},
		{ID: "busy", Kind: flow.Say, Words: words("Too many."), When: is("step.alone", "no")},
		{ID: "other", Kind: flow.Pass, Words: words("Press 3."), Dial: "+15550142", Keys: []flow.Press{{Key: "3", Does: flow.Agree}}},
		{ID: "bye", Kind: flow.End, Words: words("Bye.")},
	}}
}

// TestFaultsNameFieldAndStep breaks a good flow in one place at a time.
func TestFaultsNameFieldAndStep(t *testing.T) {
	t.Parallel()
	if _, err := flow.Parse(small().Body()); err != nil {
		t.Fatalf("the good flow: %v", err)
	}
	type spoil func(s []flow.Step) []flow.Step
	at := func(n int, do func(*flow.Step)) spoil {
		return func(s []flow.Step) []flow.Step { do(&s[n-1]); return s }
	}
	for name, c := range map[string]struct {
		spoil
		want string
	}{
		"no steps":            {func([]flow.Step) []flow.Step { return nil }, "steps: edition.fault.empty"},
		"steps more than fit": {func(s []flow.Step) []flow.Step { return slices.Repeat(s, 4) }, "steps: edition.fault.many (\"48\")"},
		"no id":               {at(1, func(s *flow.Step) { s.ID = "" }), "row 1: id: edition.fault.word"},
		"an id twice":         {at(6, func(s *flow.Step) { s.ID = "hello" }), "row 6: id: edition.fault.twice"},

		"no kind":                       {at(1, func(s *flow.Step) { s.Kind = "sing" }), "row 1: kind: edition.fault.unknown (\"sing\")"},
		"no words":                      {at(1, func(s *flow.Step) { s.Words = nil }), "row 1: words: edition.fault.empty"},
		"empty words":                   {at(1, func(s *flow.Step) { s.Words = words(" ") }), "row 1: words.en: edition.fault.empty"},
		"words of no language":          {at(1, func(s *flow.Step) { s.Words["English"] = "x" }), "row 1: words.English: edition.fault.language"},
		"long words":                    {at(1, func(s *flow.Step) { s.Words = words(strings.Repeat("é", 601)) }), "row 1: words.en: edition.fault.long"},
		"more than 20 seconds":          {at(3, func(s *flow.Step) { s.Words = words(strings.Repeat("é", 281)) }), "row 3: words.en: edition.fault.long"},
		"words that are none":           {at(1, func(s *flow.Step) { s.Words = words("a\x07b") }), "row 1: words.en: edition.fault.encoding"},
		"keys to words":                 {at(1, func(s *flow.Step) { s.Keys = []flow.Press{{Key: "1"}} }), "row 1: keys: edition.fault.not_here"},
		"a menu without keys":           {at(5, func(s *flow.Step) { s.Keys = nil }), "row 5: keys: edition.fault.empty"},
		"keys more than fit":            {at(5, func(s *flow.Step) { s.Keys = slices.Repeat(s.Keys, 7) }), "row 5: keys: edition.fault.many"},
		"a key that is none":            {at(5, func(s *flow.Step) { s.Keys[0].Key = "A" }), "row 5: keys.1.key: edition.fault.flow.key"},
		"a key that is two":             {at(5, func(s *flow.Step) { s.Keys[0].Key = "12" }), "row 5: keys.1.key: edition.fault.flow.key"},
		"the key that is star":          {at(5, func(s *flow.Step) { s.Keys[0].Key = "*" }), "row 5: keys.1.key: edition.fault.flow.key"},
		"the key that is danger":        {at(5, func(s *flow.Step) { s.Keys[0].Key = "9" }), "row 5: keys.1.key: edition.fault.flow.nine"},
		"a key twice":                   {at(5, func(s *flow.Step) { s.Keys[1].Key = "1" }), "row 5: keys.2.key: edition.fault.twice"},
		"a key back":                    {at(5, func(s *flow.Step) { s.Keys[0].To = "hello" }), "row 5: keys.1.to: edition.fault.back (\"hello\")"},
		"a key to itself":               {at(5, func(s *flow.Step) { s.Keys[0].To = "choice" }), "row 5: keys.1.to: edition.fault.back"},
		"a key to nowhere":              {at(5, func(s *flow.Step) { s.Keys[0].To = "sea" }), "row 5: keys.1.to: edition.fault.unknown (\"sea\")"},
		"a key to danger":               {at(5, func(s *flow.Step) { s.Keys[0].To = "danger" }), "row 5: keys.1.to: edition.fault.unknown"},
		"a key that sings":              {at(5, func(s *flow.Step) { s.Keys[0].Does = "sing" }), "row 5: keys.1.does: edition.fault.unknown (\"sing\")"},
		"a menu with music":             {at(5, func(s *flow.Step) { s.Keys[0].Does = flow.Music }), "row 5: keys.1.does: edition.fault.unknown"},
		"a language for a menu":         {at(5, func(s *flow.Step) { s.Keys[0].Lang = "fr" }), "row 5: keys.1.lang: edition.fault.not_here"},
		"no language for a language":    {at(2, func(s *flow.Step) { s.Keys[0].Lang = "" }), "row 2: keys.1.lang: edition.fault.language"},
		"a language without words":      {at(2, func(s *flow.Step) { s.Keys[0].Lang = "ne" }), "row 2: words: edition.fault.flow.tongue (\"ne\")"},
		"a key of the queue that leads": {at(9, func(s *flow.Step) { s.Keys[0].To = "bye" }), "row 9: keys.1.to: edition.fault.not_here"},
		"a key of the queue for naught": {at(9, func(s *flow.Step) { s.Keys[0].Does = "" }), "row 9: keys.1.does: edition.fault.empty"},
		"said too often":                {at(5, func(s *flow.Step) { s.Times = 4 }), "row 5: times: edition.fault.number (\"4\")"},
		"times for words":               {at(1, func(s *flow.Step) { s.Times = 1 }), "row 1: times: edition.fault.not_here"},
		"opening for a menu":            {at(5, func(s *flow.Step) { s.Opens = true }), "row 5: opens: edition.fault.not_here"},
		"every second":                  {at(9, func(s *flow.Step) { s.Every = 1 }), "row 9: every: edition.fault.number (\"1\")"},
		"after a year":                  {at(9, func(s *flow.Step) { s.After = 500000 }), "row 9: after: edition.fault.number"},
		"another line that is not":      {func(s []flow.Step) []flow.Step { return slices.Delete(s, 10, 11) }, "row 9: after: edition.fault.flow.without (\"pass\")"},
		"a number that is none":         {at(11, func(s *flow.Step) { s.Dial = "police" }), "row 11: dial: edition.fault.phone (\"police\")"},
		"a number for words":            {at(1, func(s *flow.Step) { s.Dial = "+15550142" }), "row 1: dial: edition.fault.not_here"},
		"conditions on danger":          {at(8, func(s *flow.Step) { s.When = is("open", "yes") }), "row 8: when: edition.fault.not_here"},
		"a condition of nothing":        {at(4, func(s *flow.Step) { s.When = is("height", "yes") }), "row 4: when.1.field: edition.fault.no_field (\"height\")"},
		"a condition on what is below":  {at(4, func(s *flow.Step) { s.When = is("step.alone", "yes") }), "row 4: when.1.field: edition.fault.above (\"alone\")"},
		"a condition on words":          {at(4, func(s *flow.Step) { s.When = is("step.hello", "yes") }), "row 4: when.1.field: edition.fault.above (\"hello\")"},
		"a condition on no answer":      {at(10, func(s *flow.Step) { s.When = is("step.alone", "maybe") }), "row 10: when.1.values: edition.fault.unknown (\"maybe\")"},
		"conditions more than fit":      {at(4, func(s *flow.Step) { s.When = slices.Repeat(s.When, 9) }), "row 4: when: edition.fault.many"},
		"a branch back":                 {at(4, func(s *flow.Step) { s.Go[0].To = "hello" }), "row 4: go.1.to: edition.fault.back (\"hello\")"},
		"a branch to danger":            {at(4, func(s *flow.Step) { s.Go[0].To = "danger" }), "row 4: go.1.to: edition.fault.unknown (\"danger\")"},
		"branches more than fit":        {at(4, func(s *flow.Step) { s.Go = slices.Repeat(s.Go, 9) }), "row 4: go: edition.fault.many"},
		"a branch below all branches":   {at(4, func(s *flow.Step) { s.Go = slices.Repeat(s.Go, 2) }), "row 4: go.2: edition.fault.no_way"},
		"a branch behind the end":       {at(12, func(s *flow.Step) { s.Go = []flow.Branch{{To: "bye"}} }), "row 12: go: edition.fault.not_here"},
		"no way to a step":              {at(6, func(s *flow.Step) { s.Go = []flow.Branch{{To: "queue"}} }), "row 7: edition.fault.no_way (\"alone\")"},
		"no end":                        {func(s []flow.Step) []flow.Step { return s[:11] }, "row 11: kind: edition.fault.flow.end"},
		"an end for some":               {at(12, func(s *flow.Step) { s.When = is("open", "no") }), "row 12: kind: edition.fault.flow.end"},
		"no queue":                      {func(s []flow.Step) []flow.Step { return slices.Delete(s, 8, 9) }, "steps: edition.fault.flow.without (\"queue\")"},
		"no danger":                     {func(s []flow.Step) []flow.Step { return slices.Delete(s, 7, 8) }, "steps: edition.fault.flow.without (\"danger\")"},
		"two queues":                    {func(s []flow.Step) []flow.Step { s[9].Kind, s[9].When = flow.Queue, nil; return s }, "row 10: kind: edition.fault.twice (\"queue\")"},
		"no word on what to expect":     {at(3, func(s *flow.Step) { s.Kind = flow.Say }), "row 9: edition.fault.flow.untold (\"queue\")"},
		"what to expect for some":       {at(3, func(s *flow.Step) { s.When = is("lang", "fr") }), "row 9: edition.fault.flow.untold"},
		"a key past what to expect":     {at(2, func(s *flow.Step) { s.Keys[0].To = "choice" }), "row 9: edition.fault.flow.untold"},
		"silence is lost":               {at(5, func(s *flow.Step) { s.Go = []flow.Branch{{To: "bye"}} }), "row 12: edition.fault.flow.silence (\"bye\")"},
		"silence of some is lost":       {at(4, func(s *flow.Step) { s.When = is("campaign", "farm") }), "row 12: edition.fault.flow.silence (\"bye\")"},
		"no queue for some":             {at(9, func(s *flow.Step) { s.When = is("silent", "yes") }), "row 12: edition.fault.flow.silence (\"bye\")"},
	} {
		f := small()
		f.Steps = c.spoil(f.Steps)
		_, err := flow.Parse(f.Body())
		var fs edition.Faults
		if !errors.As(err, &fs) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestWhatAFlowDoesNotHaveIsAFault(t *testing.T) {
	t.Parallel()
	good := small().Body()
	for name, c := range map[string]struct{ old, new, want string }{
		"of the flow":    {`{"steps"`, `{"colour":1,"steps"`, "colour: edition.fault.unknown"},
		"of a step":      {`"id":"four"`, `"id":"four","colour":1`, "row 6: colour: edition.fault.unknown"},
		"a wrong type":   {`"after":10`, `"after":"10"`, "row 9: after: edition.fault.json"},
		"not JSON":       {`{"steps"`, `{steps`, "edition.fault.json"},
		"no letters":     {`Hello`, "\xff", "edition.fault.encoding"},
		"nothing at all": {good, ``, "edition.fault.json"},
		"a step of none": {good, `{"steps":[null]}`, "row 1: id: edition.fault.word"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if body == good {
			t.Fatalf("%s: nothing was spoilt", name)
		}
		if err := flow.Check(body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestFaultsOfNumbersNameTheirRow(t *testing.T) {
	t.Parallel()
	const good = `{"rows":[{"dial":"+15550109","shown":"+1 555 0109","cost":"free","bill":"open"},{"dial":"15550111","lang":"fr","queue":"desk","campaign":"farm-2026","cost":"local","bill":"number","networks":[{"name":"Net","cost":"zero"}]}]}`
	n, err := flow.ParseNumbers(good)
	if err != nil {
		t.Fatal(err)
	}
	for dialled, want := range map[string]string{"+15550109": "+15550109", "0015550109": "+15550109", "15550109": "+15550109", "+15550111": "15550111", "": "", "5550109": ""} {
		if got, _ := n.Find(dialled); got.Dial != want {
			t.Errorf("%q is %q, want %q", dialled, got.Dial, want)
		}
	}
	if shown := n.OnPages(); len(shown) != 1 || shown[0].Dial != "+15550109" {
		t.Errorf("on pages stand %v", shown)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"no number":            {`"dial":"+15550109"`, `"dial":"help"`, "row 1: dial: edition.fault.phone"},
		"a number twice":       {`"dial":"15550111"`, `"dial":"0015550109"`, "row 2: dial: edition.fault.twice"},
		"a long shown":         {`+1 555 0109`, strings.Repeat("1 ", 21), "row 1: shown: edition.fault.long"},
		"no language":          {`"lang":"fr"`, `"lang":"French"`, "row 2: lang: edition.fault.language"},
		"a queue of words":     {`"queue":"desk"`, `"queue":"the desk"`, "row 2: queue: edition.fault.unknown"},
		"a campaign of words":  {`farm-2026`, `The Farm`, "row 2: campaign: edition.fault.word"},
		"nobody pays":          {`"cost":"local"`, `"cost":""`, "row 2: cost: edition.fault.empty"},
		"the state pays":       {`"cost":"local"`, `"cost":"state"`, "row 2: cost: edition.fault.unknown"},
		"a bill of gold":       {`"bill":"open"`, `"bill":"gold"`, "row 1: bill: edition.fault.unknown"},
		"a network of none":    {`"name":"Net"`, `"name":" "`, "row 2: networks.1.name: edition.fault.empty"},
		"a network for naught": {`"cost":"zero"`, `"cost":"x"`, "row 2: networks.1.cost: edition.fault.unknown"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if err := flow.CheckNumbers(body); body == good || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if err := flow.CheckNumbers(`{"rows":[` + strings.Repeat(`{},`, 60) + `{}]}`); err == nil || !strings.Contains(err.Error(), "rows: edition.fault.many") {
		t.Errorf("sixty-one numbers: %v", err)
	}
}

func TestPiecesAreWholeOrAFault(t *testing.T) {
	t.Parallel()
	good := flow.ShippedPieces()["en"]
	for name, c := range map[string]struct{ old, new, want string }{
		"one is missing": {`{"name":"place.next","text":"You are next."},`, ``, "name: edition.fault.flow.missing (\"place.next (1)\")"},
		"one twice":      {`"name":"place.1"`, `"name":"place.next"`, "row 2: name: edition.fault.twice"},
		"one of none":    {`"name":"place.1"`, `"name":"place.99"`, "row 2: name: edition.fault.unknown"},
		"an empty one":   {`You are next.`, ` `, "row 1: text: edition.fault.empty"},
		"a long one":     {`You are next.`, strings.Repeat("a", 601), "row 1: text: edition.fault.long"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if err := flow.CheckPieces(body); body == good || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// The next opening is said to the half hour and never too early, over a change of the
// clocks as well.
func TestOpeningsAreSaidNeverTooEarly(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 24, 23, 10, 0, 0, zone) // a Saturday; the clocks go back in this night
	for opens, want := range map[time.Time]flow.Opening{
		time.Date(2026, 10, 24, 23, 30, 0, 0, zone): {Day: "today", Hour: 23, Half: true},
		time.Date(2026, 10, 25, 8, 0, 0, 0, zone):   {Day: "tomorrow", Hour: 8},
		time.Date(2026, 10, 25, 8, 1, 0, 0, zone):   {Day: "tomorrow", Hour: 8, Half: true},
		time.Date(2026, 10, 25, 8, 31, 0, 0, zone):  {Day: "tomorrow", Hour: 9},
		time.Date(2026, 10, 25, 23, 45, 0, 0, zone): {Day: "mon", Hour: 0},
		time.Date(2026, 10, 30, 9, 0, 0, 0, zone):   {Day: "fri", Hour: 9},
		time.Date(2026, 10, 31, 9, 0, 0, 0, zone):   {},
		{}:  {},
		now: {},
	} {
		if got := flow.OpeningOf(now, opens); got != want {
			t.Errorf("%v is %+v, want %+v", opens, got, want)
		}
	}
}
