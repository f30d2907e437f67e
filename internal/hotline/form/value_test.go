package form_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

func chose(codes ...string) form.Value { return form.Value{Codes: codes} }
func wrote(text string) form.Value     { return form.Value{Text: text} }
func without(state string) form.Value  { return form.Value{State: state} }
func field(kind string) form.Form {
	f := form.Form{Fields: []form.Field{{ID: "F", Code: "x_f", Kind: kind}}}
	if kind == form.One || kind == form.Many {
		f.Fields[0].Options = []form.Option{option("a"), option("b")}
	}
	return f
}

func TestEveryFieldTakesUnknownNotAskedAndDeclined(t *testing.T) {
	t.Parallel()
	for name, f := range shipped(t) {
		for _, field := range f.Fields {
			for _, v := range []form.Value{{}, without(form.Unknown), without(form.NotAsked), without(form.Declined)} {
				if err := f.Check(field.ID, v); err != nil {
					t.Errorf("%s: %s does not take %q: %v", name, field.Code, v.State, err)
				}
			}
			if err := f.Check(field.ID, without("forgotten")); !errors.Is(err, form.ErrValue) {
				t.Errorf("%s: %s takes a state that there is not: %v", name, field.Code, err)
			}
		}
	}
}

func TestOnlyAnswersToTheFieldAreTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		v    form.Value
		want error
	}{
		{form.One, chose("a"), nil},
		{form.One, chose("a", "b"), form.ErrValue},
		{form.One, chose("c"), form.ErrValue},
		{form.One, wrote("a"), form.ErrValue},
		{form.One, form.Value{Codes: []string{"a"}, Text: "a"}, form.ErrValue},
		{form.One, form.Value{State: form.Unknown, Codes: []string{"a"}}, form.ErrValue},
		{form.One, form.Value{State: form.Unknown, Text: "a"}, form.ErrValue},
		{form.Many, chose("b", "a"), nil},
		{form.Many, chose("a", "a"), form.ErrValue},
		{form.Many, chose("a", "c"), form.ErrValue},
		{form.Text, wrote(strings.Repeat("ب", form.MaxText)), nil},
		{form.Text, wrote(strings.Repeat("ب", form.MaxText+1)), form.ErrValue},
		{form.Text, wrote("two\nlines"), form.ErrValue},
		{form.Text, wrote("\xff"), form.ErrValue},
		{form.Text, chose("a"), form.ErrValue},
		{form.Long, wrote("two\nlines"), nil},
		{form.Long, wrote("a\x00b"), form.ErrValue},
		{form.Long, wrote(strings.Repeat("x", form.MaxLong)), nil},
		{form.Long, wrote(strings.Repeat("x", form.MaxLong+1)), form.ErrValue},
		{form.Number, wrote("0"), nil},
		{form.Number, wrote("9999999"), nil},
		{form.Number, wrote("10000000"), form.ErrValue},
		{form.Number, wrote("-1"), form.ErrValue},
		{form.Number, wrote("+1"), form.ErrValue},
		{form.Number, wrote("many"), form.ErrValue},
		{form.Day, wrote("2028-02-29"), nil},
		{form.Day, wrote("2027-02-29"), form.ErrValue},
		{form.Day, wrote("tomorrow"), form.ErrValue},
	} {
		f := field(c.kind)
		if err := f.Check("F", c.v); !errors.Is(err, c.want) {
			t.Errorf("%s takes %s: %v, want %v", c.kind, c.v.JSON(), err, c.want)
		}
		if err := f.Check("G", c.v); !errors.Is(err, form.ErrField) {
			t.Errorf("a field that the form lacks: %v", err)
		}
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, v := range []form.Value{{}, without(form.Declined), chose("a", "b"), wrote("“<لا>”\n")} {
		got, err := form.ParseValue(v.JSON())
		if err != nil || !cmp.Equal(got, v) {
			t.Errorf("%s came back as %s, %v", v.JSON(), got.JSON(), err)
		}
	}
	for _, body := range []string{``, `{}{}`, `[]`, `{"colour":1}`, `{"codes":"a"}`, "{\"text\":\"\xff\"}"} {
		if _, err := form.ParseValue(body); !errors.Is(err, form.ErrValue) || strings.Contains(err.Error(), "colour") {
			t.Errorf("ParseValue(%q) = %v", body, err)
		}
	}
}

func TestAnswersAreNotPrinted(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	v := wrote("Petra")
	slog.New(slog.NewTextHandler(&log, nil)).Info("saved", "value", v)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("saved", "value", v)
	fmt.Fprintf(&log, "%v %+v %#v %s %q %v %v", v, v, v, v, v, &v, []form.Value{v})
	if strings.Contains(log.String(), "Petra") {
		t.Errorf("it was printed: %s", log.String())
	}
}

func TestConditionsDecideWhatIsShown(t *testing.T) {
	t.Parallel()
	f := small()
	f.Fields[0].Options = append(f.Fields[0].Options, option("x_soon"))
	many := form.Field{ID: hotline.NewID(), Code: "x_many", Block: form.Needs, Kind: form.Many, Words: words("Many"), Options: []form.Option{option("a"), option("b"), option("c")}}
	when := func(conds ...form.Cond) form.Field {
		return form.Field{ID: hotline.NewID(), Code: "x_last", Block: form.Needs, Kind: form.Text, Words: words("Last"), When: conds}
	}
	for _, c := range []struct {
		name  string
		when  []form.Cond
		v     map[string]form.Value
		shown bool
	}{
		{"nothing asked", nil, nil, true},
		{"is", []form.Cond{{form.Type, form.Is, []string{"tip"}}}, map[string]form.Value{form.Type: chose("tip")}, true},
		{"is another", []form.Cond{{form.Type, form.Is, []string{"tip"}}}, map[string]form.Value{form.Type: chose("crisis")}, false},
		{"is, unanswered", []form.Cond{{form.Type, form.Is, []string{"tip"}}}, nil, false},
		{"is not", []form.Cond{{form.Type, form.IsNot, []string{"tip", "crisis"}}}, map[string]form.Value{form.Type: chose("x_letter")}, true},
		{"is not, and is", []form.Cond{{form.Type, form.IsNot, []string{"tip", "crisis"}}}, map[string]form.Value{form.Type: chose("crisis")}, false},
		{"is not, unanswered", []form.Cond{{form.Type, form.IsNot, []string{"tip"}}}, nil, true},
		{"one of", []form.Cond{{form.Type, form.OneOf, []string{"tip", "crisis"}}}, map[string]form.Value{form.Type: chose("crisis")}, true},
		{"one of none", []form.Cond{{form.Type, form.OneOf, []string{"tip", "crisis"}}}, map[string]form.Value{form.Type: chose("x_letter")}, false},
		{"one of several given", []form.Cond{{"x_many", form.OneOf, []string{"b"}}}, map[string]form.Value{"x_many": chose("a", "b")}, true},
		{"none of several given", []form.Cond{{"x_many", form.IsNot, []string{"b"}}}, map[string]form.Value{"x_many": chose("a", "b")}, false},
		{"a state", []form.Cond{{form.SafeNow, form.OneOf, []string{"no", form.Unknown}}}, map[string]form.Value{form.SafeNow: without(form.Unknown)}, true},
		{"another state", []form.Cond{{form.SafeNow, form.OneOf, []string{"no", form.Unknown}}}, map[string]form.Value{form.SafeNow: without(form.Declined)}, false},
		{"all hold", []form.Cond{{form.Type, form.Is, []string{"tip"}}, {form.SafeNow, form.Is, []string{"yes"}}}, map[string]form.Value{form.Type: chose("tip"), form.SafeNow: chose("yes")}, true},
		{"one does not", []form.Cond{{form.Type, form.Is, []string{"tip"}}, {form.SafeNow, form.Is, []string{"yes"}}}, map[string]form.Value{form.Type: chose("tip"), form.SafeNow: chose("no")}, false},
	} {
		g := form.Form{Fields: append(slices.Clone(f.Fields), many, when(c.when...))}
		if _, err := form.Parse(g.Body()); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := slices.ContainsFunc(g.Shown(c.v), func(f form.Field) bool { return f.Code == "x_last" }); got != c.shown {
			t.Errorf("%s: shown is %v, want %v", c.name, got, c.shown)
		}
	}
}

// What stands in a field that is no longer shown neither shows nor counts anything.
func TestWhatIsHiddenHasNoEffect(t *testing.T) {
	t.Parallel()
	f := shipped(t)[string(hotline.Self)]
	v := map[string]form.Value{
		form.Type: chose("crisis"), "exploitation": chose("forced_labour"), "industry": chose("fishing"), "setting": chose("boat"),
	}
	seen := func(code string) bool {
		return slices.ContainsFunc(f.Shown(v), func(f form.Field) bool { return f.Code == code })
	}
	if !seen("industry") || !seen("boat_name") || seen("sex_form") {
		t.Error("a man on a fishing boat is not asked for his work and his boat, or is asked for something else")
	}
	v[form.Type] = chose("silent")
	if seen("exploitation") || seen("industry") || seen("boat_name") {
		t.Error("of somebody who said nothing much is asked")
	}
	if got, want := f.Facts(v), (hotline.Facts{form.FactType: {"silent"}}); !cmp.Equal(got, want) {
		t.Errorf("counted is %v, want %v", got, want)
	}
}

// A field that hangs on a hidden one is hidden with it, though the answer that would
// show it is kept.
func TestWhatHangsOnHiddenIsHidden(t *testing.T) {
	t.Parallel()
	f := small()
	own := func(code, on, value string) form.Field {
		return form.Field{
			ID: hotline.NewID(), Code: code, Block: form.Needs, Kind: form.One, Words: words(code), Options: []form.Option{option("yes")},
			When: []form.Cond{{Field: on, Is: form.Is, Values: []string{value}}},
		}
	}
	f.Fields = append(f.Fields, own("x_first", form.Type, "crisis"), own("x_second", "x_first", "yes"))
	v := map[string]form.Value{form.Type: chose("crisis"), "x_first": chose("yes")}
	if n := len(f.Shown(v)); n != 5 {
		t.Errorf("in a crisis %d fields are shown, want all 5", n)
	}
	v[form.Type] = chose("tip")
	if n := len(f.Shown(v)); n != 2 {
		t.Errorf("in a tip %d fields are shown, want safety and type", n)
	}
}

func TestOnlySafetyAndTypeAreMissed(t *testing.T) {
	t.Parallel()
	for name, f := range shipped(t) {
		if got := f.Lacking(nil); len(got) != 2 || got[0].Code != form.SafeNow || got[1].Code != form.Type {
			t.Errorf("%s misses %d fields", name, len(got))
		}
		if got := f.Lacking(map[string]form.Value{form.SafeNow: without(form.NotAsked), form.Type: chose("test")}); len(got) != 0 {
			t.Errorf("%s misses %s all the same", name, got[0].Code)
		}
	}
}

func TestAnonymousKeepsNothingThatIdentifies(t *testing.T) {
	t.Parallel()
	for name, f := range shipped(t) {
		for _, privacy := range []string{"anonymous", "of a later release"} {
			keep := f.Kept(privacy)
			for _, field := range f.Fields {
				if keep(field) != (field.Class < 2) {
					t.Errorf("%s, %s: %s of class %d is kept: %v", name, privacy, field.Code, field.Class, keep(field))
				}
			}
		}
		for _, privacy := range []string{"", "confidential", "share"} {
			if keep := f.Kept(privacy); !slices.ContainsFunc(f.Fields, keep) || slices.ContainsFunc(f.Fields, func(f form.Field) bool { return !keep(f) }) {
				t.Errorf("%s, %q: something is not kept", name, privacy)
			}
		}
		for _, field := range f.Fields {
			if slices.Contains([]string{"name", "address", "controller_names", "boat_name"}, field.Code) && field.Class != 3 {
				t.Errorf("%s: %s is of class %d", name, field.Code, field.Class)
			}
		}
	}
}

// seen is all that can be known without asking.
func seenOf(p hotline.Path) form.Seen {
	return form.Seen{Channel: hotline.Chat, Path: p, Language: "fil", Danger: true, Minor: true, Returned: true}
}

func TestFormFillsItselfFromWhatIsKnown(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	for path, want := range map[hotline.Path]map[string]form.Value{
		hotline.Self: {
			"channel": chose("chat"), "language": wrote("fil"), "region": without(form.Unknown), "again": chose("returned"),
			form.Type: chose("crisis"), "danger_now": chose("yes"), "age_group": chose("minor"), "proximity": chose("self"),
		},
		hotline.Other: {
			"channel": chose("chat"), "language": wrote("fil"), "region": without(form.Unknown), "again": chose("returned"),
			form.Type: chose("crisis"), "danger_now": chose("yes"), "age_group": chose("minor"),
		},
		hotline.Tip: {
			"channel": chose("chat"), "language": wrote("fil"), "region": without(form.Unknown),
			form.Type: chose("tip"), "danger_now": chose("yes"), "proximity": chose("observed"),
		},
	} {
		f := all[form.Name(path)]
		if got := f.Prefill(seenOf(path)); !cmp.Equal(got, want) {
			t.Errorf("%s: filled are %v, want %v", path, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	}
	got := all[form.Name(hotline.Unknown)].Prefill(form.Seen{Channel: "pigeon", Path: hotline.Unknown})
	if want := (map[string]form.Value{"region": without(form.Unknown), "again": chose("first")}); !cmp.Equal(got, want) {
		t.Errorf("of somebody unknown by a way unknown filled are %v", slices.Sorted(maps.Keys(got)))
	}
}

// Her safety is asked of her, whatever is known.
func TestSafetyIsNeverAnsweredForHer(t *testing.T) {
	t.Parallel()
	for _, f := range shipped(t) {
		for _, p := range []hotline.Path{hotline.Self, hotline.Other, hotline.Tip, hotline.Unknown} {
			if v, ok := f.Prefill(seenOf(p))[form.SafeNow]; ok {
				t.Errorf("on the path %s it is answered with %s", p, v.JSON())
			}
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add(`{"state":"declined"}`, uint8(0))
	f.Add(`{"codes":["a","b"]}`, uint8(1))
	f.Add(`{"text":"2026-11-30"}`, uint8(5))
	f.Add(`{"text":"7"}`, uint8(4))
	f.Fuzz(func(t *testing.T, body string, n uint8) {
		v, err := form.ParseValue(body)
		if err != nil {
			return
		}
		again, err := form.ParseValue(v.JSON())
		if err != nil || again.JSON() != v.JSON() {
			t.Fatalf("%q comes back as %s, %v", body, again.JSON(), err)
		}
		kind := form.Kinds()[int(n)%len(form.Kinds())]
		if field(kind).Check("F", v) != nil || v.State != "" {
			return
		}
		if len(v.Codes) > 2 || len(v.Text) > 4*form.MaxLong || strings.ContainsRune(v.Text, 0) {
			t.Fatalf("%s takes %q", kind, body)
		}
	})
}

// What is sealed today is read in ten years (docs/formats.md).
func TestValuesAreWrittenAsTheFormatsSay(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]form.Value{
		`{}`:                    {},
		`{"state":"unknown"}`:   without(form.Unknown),
		`{"state":"not_asked"}`: without(form.NotAsked),
		`{"state":"declined"}`:  without(form.Declined),
		`{"codes":["crisis"]}`:  chose("crisis"),
		`{"text":"2026-11-30"}`: wrote("2026-11-30"),
	} {
		if got := v.JSON(); got != want {
			t.Errorf("written is %s, want %s", got, want)
		}
	}
}
