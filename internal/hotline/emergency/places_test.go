package emergency_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// table is a small country: two towns with a market each, and one that says nothing of
// its own.
const table = `{"places":[
	{"code":"land","kind":"country","names":["Vesland"],"call":"112","text":"no","police":{"name":"Control room","number":"+1 555 0110","takes":["call"]},"notes":"ask for the desk"},
	{"code":"east","kind":"town","in":"land","names":["Lowford","Puente del Este"],"near":["Fish Market","the old lighthouse"],"text":"yes","medical":"+1 555 0111"},
	{"code":"west","kind":"town","in":"land","names":["Westbridge","Ville-de-l’Ouest","مدينة الغرب"],"near":["Fish Market","Église Saint-Étienne","محطة القطار"],"call":"+1 555 0112","police":{"name":"Harbour police","number":"+1 555 0113","takes":["call","text"],"languages":["en","ar"]}},
	{"code":"mill","kind":"district","in":"west","names":["Mill Quarter"],"near":["red mill","palengke ng isda"],"fire":"+1 555 0114"}]}`

func parsed(tb testing.TB, body string) emergency.Table {
	tb.Helper()
	t, err := emergency.Parse(body)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// Rough words lead to the place, and what was found says how well it fits.
func TestWordsLeadToAPlace(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][]string{
		"westbridge":                           {"west exact", "land wider"},
		"WESTBRIDGE":                           {"west exact", "land wider"},
		"wesbridge":                            {"west spelt", "land wider"},
		"somewhere in Wetsbridge, i think":     {"west spelt", "land wider"},
		"west bridge":                          {"west exact", "land wider"},
		"near the red mill":                    {"mill exact", "west wider"},
		"redmill":                              {"mill exact", "west wider"},
		"eglise saint etienne":                 {"west exact", "land wider"},
		"à côté de l'église saint-etiene":      {"west spelt", "land wider"},
		"cerca del puente del este":            {"east exact", "land wider"},
		"أنا قرب محطّة القطار":                 {"west exact", "land wider"},
		"قريبة من محطه القطر":                  {"west spelt", "land wider"},
		"malapit sa palengke ng isda":          {"mill exact", "west wider"},
		"light house":                          {"east part", "land wider"},
		"fish market":                          {"east exact", "west exact", "land wider"},
		"the fish market in Westbridge":        {"west exact", "east exact", "land wider"},
		"fsh market":                           {"east spelt", "west spelt", "land wider"},
		"red mal":                              {"mill spelt", "west wider"},
		"market":                               {"east part", "west part", "land wider"},
		"west":                                 nil,
		"westb":                                {"west part", "land wider"},
		"mill quarter, west bridge":            {"mill exact", "west exact"},
		"vesland":                              {"land exact"},
		"somewhere":                            nil,
		"":                                     nil,
		"near the":                             nil,
		"the":                                  nil,
		"\x00\xff🙂":                            nil,
		strings.Repeat("far away ", 4000):      nil,
		strings.Repeat("é", 999) + " red mill": nil, // cut in the middle of a letter
	} {
		var got []string
		for _, m := range parsed(t, table).Find(seal.Conceal(words)) {
			got = append(got, m.Place.Code+" "+m.Fit.String())
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%.40q (-got +want):\n%s", words, diff)
		}
	}
}

// Two that fit are shown as two: neither is chosen for anybody, and the wider place
// comes last.
func TestSeveralFitsStaySeveral(t *testing.T) {
	t.Parallel()
	got := parsed(t, table).Find(seal.Conceal("by the fish market"))
	if len(got) != 3 || got[0].Fit != got[1].Fit || got[0].By != "Fish Market" || !got[0].Near || got[2].Fit != emergency.Wider || got[2].By != "" {
		t.Errorf("found %+v", got)
	}
	if diff := cmp.Diff(got[0].In, []string{"Vesland"}); diff != "" {
		t.Error(diff)
	}
	if m := parsed(t, table).Find(seal.Conceal("red mill"))[0]; len(m.In) != 2 || m.In[0] != "Westbridge" {
		t.Errorf("it lies in %v", m.In)
	}
	var many []string
	for i := range 20 {
		many = append(many, `{"code":"t`+string(rune('a'+i))+`","kind":"town","in":"land","names":["Town `+string(rune('a'+i))+`"],"near":["the station"]}`)
	}
	body := strings.TrimSuffix(strings.TrimSpace(table), "]}") + "," + strings.Join(many, ",") + "]}"
	if got := parsed(t, body).Find(seal.Conceal("station")); len(got) != emergency.MaxFound+1 {
		t.Errorf("of twenty stations %d are shown", len(got))
	}
}

// What a place does not say, the place that it lies in says.
func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	places := parsed(t, table)
	control := emergency.Unit{Name: "Control room", Number: "+1 555 0110", Takes: []string{"call"}}
	harbour := emergency.Unit{Name: "Harbour police", Number: "+1 555 0113", Takes: []string{"call", "text"}, Languages: []string{"en", "ar"}}
	for code, want := range map[string]emergency.Who{
		"land": {Call: "112", Text: "no", Police: control, Medical: "112", Fire: "112", Notes: "ask for the desk"},
		"east": {Call: "112", Text: "yes", Police: control, Medical: "+1 555 0111", Fire: "112", Notes: "ask for the desk"},
		"mill": {Call: "+1 555 0112", Text: "no", Police: harbour, Medical: "+1 555 0112", Fire: "+1 555 0114", Notes: "ask for the desk"},
	} {
		got, err := places.Who(code)
		if diff := cmp.Diff(got, want); err != nil || diff != "" {
			t.Errorf("%s: %v (-got +want):\n%s", code, err, diff)
		}
	}
	if _, err := places.Who("moon"); !errors.Is(err, emergency.ErrPlace) {
		t.Errorf("the moon has %v", err)
	}
}

// What an operator gets wrong is told at its row and field.
func TestFaultsOfATable(t *testing.T) {
	t.Parallel()
	one := func(change string) string {
		return `{"places":[{"code":"land","kind":"country","names":["Vesland"],"call":"112"},` + change + `]}`
	}
	long := strings.Repeat("a", 81)
	for body, want := range map[string][]string{
		`{}`:                           {"0 places edition.fault.empty"},
		`[]`:                           {"0  edition.fault.json"},
		`{"places":[],"more":1}`:       {"0 more edition.fault.unknown"},
		"{\"places\":[\"\xff\"]}":      {"0  edition.fault.encoding"},
		`{"places":[{"kod":"a"}]}`:     {"1 kod edition.fault.unknown"},
		`{"places":[{"code":"land"}]}`: {"1 kind edition.fault.unknown", "1 names edition.fault.empty"},
		`{"places":[` + strings.TrimSuffix(strings.Repeat(`{},`, 301), ",") + `]}`:                                                                                                              {"0 places edition.fault.many"},
		one(`{"code":"land","kind":"town","names":["B"]}`):                                                                                                                                      {"2 code edition.fault.twice"},
		one(`{"code":"B!","kind":"town","names":["B"],"in":"land"}`):                                                                                                                            {"2 code edition.fault.word"},
		one(`{"code":"b","kind":"town","names":["B"],"in":"nowhere"}`):                                                                                                                          {"2 in edition.fault.unknown"},
		one(`{"code":"b","kind":"country","names":["B"],"in":"land"}`):                                                                                                                          {"2 in edition.fault.unknown"},
		one(`{"code":"b","kind":"town","names":["B"],"in":"b"}`):                                                                                                                                {"2 in edition.fault.unknown"},
		one(`{"code":"b","kind":"town","names":["B"]}`):                                                                                                                                         {"2 call edition.fault.empty"},
		one(`{"code":"b","kind":"country","names":["  véslànd"],"call":"112"}`):                                                                                                                 {"2 names edition.fault.twice"},
		one(`{"code":"b","kind":"town","in":"land","names":["B","..."],"near":["` + long + `"]}`):                                                                                               {"2 names edition.fault.word", "2 near edition.fault.long"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"call":"call me","medical":"1-1","fire":"+","text":"maybe"}`):                                                                  {"2 call edition.fault.phone", "2 fire edition.fault.phone", "2 text edition.fault.unknown"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"notes":"` + strings.Repeat("n", 501) + `"}`):                                                                                  {"2 notes edition.fault.long"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"police":{"takes":["call","call","fax","form"],"languages":["English"]}}`):                                                     {"2 police.languages edition.fault.language", "2 police.takes edition.fault.twice", "2 police.takes edition.fault.unknown", "2 police.form edition.fault.empty", "2 police.number edition.fault.empty", "2 police.name edition.fault.empty"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"police":{"name":"P","form":"http://example.org"}}`):                                                                           {"2 police.form edition.fault.address"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"near":[` + strings.TrimSuffix(strings.Repeat(`"x",`, 61), ",") + `]}`):                                                        {"2 near edition.fault.many"},
		one(`{"code":"b","kind":"town","in":"land","names":["B"],"police":{"name":"P","languages":[` + strings.TrimSuffix(strings.Repeat(`"en",`, 21), ",") + `]}}`):                            {"2 police.languages edition.fault.many"},
		one(`{"code":"b","kind":"region","names":["B"],"call":"112"},{"code":"c","kind":"town","in":"b","names":["C"]},{"code":"d","kind":"town","in":"land","names":["C"]}`):                   nil,
		one(`{"code":"b","kind":"town","in":"land","names":["Bee","Béé"],"police":{"name":"P","number":"*31#","form":"https://example.org/form","takes":["form","text"],"languages":["fil"]}}`): nil,
	} {
		_, err := emergency.Parse(body)
		var fs edition.Faults
		var got []string
		if err != nil && !errors.As(err, &fs) {
			t.Fatalf("%.60s: %v is no fault", body, err)
		}
		for _, f := range fs {
			got = append(got, strings.Join([]string{string(rune('0' + f.Row)), f.Field, f.Key}, " "))
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%.90s (-got +want):\n%s", body, diff)
		}
		if (emergency.Check(body) == nil) != (want == nil) {
			t.Errorf("%.90s: the check says another thing", body)
		}
	}
}

// What came with the program is three places whose numbers nobody answers, and says so.
func TestShippedPlacesAreMadeUp(t *testing.T) {
	t.Parallel()
	places := parsed(t, emergency.Shipped())
	if len(places.Places) != 3 {
		t.Errorf("%d places came with the program", len(places.Places))
	}
	for _, p := range places.Places {
		if w, err := places.Who(p.Code); err != nil || !w.MadeUp() {
			t.Errorf("%s: %+v, %v", p.Code, w, err)
		}
		for _, words := range append(p.Names, p.Near...) {
			if got := places.Find(seal.Conceal(words)); len(got) == 0 || got[0].Place.Code != p.Code || got[0].Fit != emergency.Exact {
				t.Errorf("%q finds %+v first", words, got)
			}
		}
	}
	if w, _ := parsed(t, `{"places":[{"code":"land","kind":"country","names":["Vesland"],"call":"112"}]}`).Who("land"); w.MadeUp() {
		t.Error("112 is made up")
	}
}

// What is taken comes back the same, and whatever is typed finds only what is there.
func FuzzPlaces(f *testing.F) {
	f.Add(table, "near the fish market")
	f.Add(emergency.Shipped(), "قرب السوق القديم")
	f.Add(`{"places":[{"code":"a","kind":"town","names":["ß"],"call":"112"}]}`, "\xff l eglise")
	f.Fuzz(func(t *testing.T, body, words string) {
		places, err := emergency.Parse(body)
		if err != nil {
			if !errors.Is(err, edition.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		again, err := emergency.Parse(places.Body())
		if err != nil || again.Body() != places.Body() {
			t.Fatalf("%s does not come back: %v", places.Body(), err)
		}
		found := places.Find(seal.Conceal(words))
		if len(found) > emergency.MaxFound+1 {
			t.Errorf("%d are shown", len(found))
		}
		seen := map[string]bool{}
		for i, m := range found {
			if _, err := places.Who(m.Place.Code); err != nil || seen[m.Place.Code] {
				t.Errorf("%s: %v, twice %v", m.Place.Code, err, seen[m.Place.Code])
			}
			if seen[m.Place.Code] = true; i > 0 && m.Fit < found[i-1].Fit {
				t.Error("a better one comes later")
			}
		}
		for _, p := range places.Places {
			if got := places.Find(seal.Conceal(p.Name())); len(got) == 0 || got[0].Fit != emergency.Exact {
				t.Errorf("%q does not find itself: %+v", p.Name(), got)
			}
		}
	})
}
