package form_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// words are a label in one language.
func words(label string) map[string]form.Words { return map[string]form.Words{"en": {Label: label}} }

func option(code string) form.Option { return form.Option{Code: code, Words: words(code)} }

// small is the least form that there is, with a field of the line's own.
func small() form.Form {
	return form.Form{Fields: []form.Field{
		{ID: hotline.NewID(), Code: form.SafeNow, Block: form.Contact, Kind: form.One, Words: words("Safe?"), Class: 1, Required: true, Options: []form.Option{option("yes"), option("no")}},
		{ID: hotline.NewID(), Code: form.Type, Block: form.Contact, Kind: form.One, Words: words("Type"), Required: true, Options: []form.Option{option("crisis"), option("tip"), option("x_letter")}},
		{ID: hotline.NewID(), Code: "x_hours", Block: form.Situation, Kind: form.Number, Words: words("Hours"), Class: 1, When: []form.Cond{{Field: form.Type, Is: form.Is, Values: []string{"crisis"}}}},
	}}
}

// TestFaultsNameFieldAndRow breaks a good form in one place at a time.
func TestFaultsNameFieldAndRow(t *testing.T) {
	t.Parallel()
	if _, err := form.Parse(small().Body()); err != nil {
		t.Fatalf("the good form: %v", err)
	}
	long := strings.Repeat("é", 81)
	for name, c := range map[string]struct {
		spoil func(*form.Form)
		want  string
	}{
		"no id":                    {func(f *form.Form) { f.Fields[2].ID = "3" }, "row 3: id: edition.fault.word"},
		"an id twice":              {func(f *form.Form) { f.Fields[2].ID = f.Fields[0].ID }, "row 3: id: edition.fault.twice"},
		"a code twice":             {func(f *form.Form) { f.Fields[2].Code = form.Type }, "row 3: code: edition.fault.twice"},
		"a code of nobody":         {func(f *form.Form) { f.Fields[2].Code = "hours" }, "row 3: code: edition.fault.own"},
		"no word":                  {func(f *form.Form) { f.Fields[2].Code = "x_Größe" }, "row 3: code: edition.fault.word"},
		"no block":                 {func(f *form.Form) { f.Fields[2].Block = "end" }, "row 3: block: edition.fault.unknown"},
		"no kind":                  {func(f *form.Form) { f.Fields[2].Kind = "file" }, "row 3: kind: edition.fault.unknown"},
		"no words":                 {func(f *form.Form) { f.Fields[2].Words = nil }, "row 3: words: edition.fault.empty"},
		"an empty label":           {func(f *form.Form) { f.Fields[2].Words = words(" ") }, "row 3: words.en.label: edition.fault.empty"},
		"a long label":             {func(f *form.Form) { f.Fields[2].Words = words(long) }, "row 3: words.en.label: edition.fault.long"},
		"a label in two lines":     {func(f *form.Form) { f.Fields[2].Words = words("a\nb") }, "row 3: words.en.label: edition.fault.long"},
		"no language":              {func(f *form.Form) { f.Fields[2].Words = map[string]form.Words{"English": {Label: "x"}} }, "row 3: words.English: edition.fault.language"},
		"a long option":            {func(f *form.Form) { f.Fields[1].Options[1].Words = words(long) }, "row 2: options.2.words.en.label: edition.fault.long"},
		"an option twice":          {func(f *form.Form) { f.Fields[1].Options[1].Code = "crisis" }, "row 2: options.2.code: edition.fault.twice"},
		"a state as an option":     {func(f *form.Form) { f.Fields[1].Options[2].Code = form.Declined }, "row 2: options.3.code: edition.fault.own"},
		"an option of nobody":      {func(f *form.Form) { f.Fields[1].Options[2].Code = "letter" }, "row 2: options.3.code: edition.fault.own"},
		"a choice without options": {func(f *form.Form) { f.Fields[1].Options = nil }, "row 2: options: edition.fault.options"},
		"a number with options":    {func(f *form.Form) { f.Fields[2].Options = []form.Option{option("x_a")} }, "row 3: options: edition.fault.options"},
		"what HTCDS has not":       {func(f *form.Form) { f.Fields[1].Options[2].HTCDS = "prs_Gender:Blue" }, "row 2: options.3.htcds: edition.fault.unknown"},
		"a condition below":        {func(f *form.Form) { f.Fields[1].When = f.Fields[2].When }, "row 2: when.1.field: edition.fault.above"},
		"a condition on a number":  {func(f *form.Form) { f.Fields = append(f.Fields, after(f.Fields[2], "x_hours", "1")) }, "row 4: when.1.field: edition.fault.above"},
		"a condition on no option": {func(f *form.Form) { f.Fields[2].When[0].Values[0] = "silent" }, "row 3: when.1.values: edition.fault.unknown"},
		"two values of is":         {func(f *form.Form) { f.Fields[2].When[0].Values = []string{"crisis", "tip"} }, "row 3: when.1.values: edition.fault.values"},
		"no values":                {func(f *form.Form) { f.Fields[2].When[0].Values = nil }, "row 3: when.1.values: edition.fault.values"},
		"no such question":         {func(f *form.Form) { f.Fields[2].When[0].Is = "like" }, "row 3: when.1.is: edition.fault.unknown"},
		"no such class":            {func(f *form.Form) { f.Fields[2].Class = 4 }, "row 3: class: edition.fault.form_class"},
		"safety that names her":    {func(f *form.Form) { f.Fields[0].Class = 2 }, "row 1: class: edition.fault.form_class"},
		"something else required":  {func(f *form.Form) { f.Fields[2].Required = true }, "row 3: required: edition.fault.required"},
		"safety not required":      {func(f *form.Form) { f.Fields[0].Required = false }, "row 1: required: edition.fault.required"},
		"type under a condition":   {func(f *form.Form) { f.Fields[1].When = []form.Cond{{form.SafeNow, form.Is, []string{"yes"}}} }, "row 2: required: edition.fault.required"},
		"type in words":            {func(f *form.Form) { f.Fields[1].Kind, f.Fields[1].Options = form.Text, nil }, "row 2: kind: edition.fault.unknown"},
		"no safety":                {func(f *form.Form) { f.Fields = f.Fields[1:] }, "fields: edition.fault.lacks (\"safe_now\")"},
		"no such fact":             {func(f *form.Form) { f.Fields[2].Fact = "height" }, "row 3: fact: edition.fault.unknown"},
		"a fact in words":          {func(f *form.Form) { f.Fields[2].Fact = form.FactRegion }, "row 3: fact: edition.fault.counted"},
		"a fact that names":        {func(f *form.Form) { f.Fields[0].Class, f.Fields[0].Fact = 2, form.FactType }, "row 1: fact: edition.fault.counted"},
		"an option nobody counts":  {func(f *form.Form) { f.Fields[0].Fact = form.FactType }, "row 1: options.1.code: edition.fault.own"},
		"a field more than fits":   {func(f *form.Form) { f.Fields = slices.Repeat(f.Fields, 41) }, "fields: edition.fault.many"},
		"a language more than fits": {func(f *form.Form) {
			for i := range byte(40) {
				f.Fields[2].Words["q"+string([]byte{'a' + i%26, 'a' + i/26})] = form.Words{Label: "x"}
			}
		}, "row 3: words: edition.fault.many"},
		"an option more than fits":  {func(f *form.Form) { f.Fields[1].Options = slices.Repeat(f.Fields[1].Options, 21) }, "row 2: options: edition.fault.many"},
		"a condition more than fit": {func(f *form.Form) { f.Fields[2].When = slices.Repeat(f.Fields[2].When, 9) }, "row 3: when: edition.fault.many"},
	} {
		f := small()
		c.spoil(&f)
		_, err := form.Parse(f.Body())
		var fs edition.Faults
		if !errors.As(err, &fs) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// after is a field that is shown where another has a value.
func after(like form.Field, field, value string) form.Field {
	like.ID, like.Code, like.When = hotline.NewID(), "x_after", []form.Cond{{Field: field, Is: form.Is, Values: []string{value}}}
	return like
}

func TestWhatAFormDoesNotHaveIsAFault(t *testing.T) {
	t.Parallel()
	good := small().Body()
	for name, c := range map[string]struct{ old, new, want string }{
		"of the form":    {`{"fields"`, `{"colour":1,"fields"`, "colour: edition.fault.unknown"},
		"of a field":     {`"code":"x_hours"`, `"code":"x_hours","colour":1`, "row 3: colour: edition.fault.unknown"},
		"of an option":   {`{"code":"tip"`, `{"colour":1,"code":"tip"`, "row 2: colour: edition.fault.unknown"},
		"a wrong type":   {`"class":1}`, `"class":"1"}`, "row 3: class: edition.fault.json"},
		"not JSON":       {`{"fields"`, `{fields`, "edition.fault.json"},
		"two forms":      {`{"fields"`, `{} {"fields"`, "edition.fault.json"},
		"no letters":     {`Hours`, "\xff", "edition.fault.encoding"},
		"nothing at all": {good, ``, "edition.fault.json"},
		"an empty form":  {good, `{}`, "edition.fault.lacks"},
		"a row of none":  {good, `{"fields":[null]}`, "row 1: id: edition.fault.word"},
	} {
		body := strings.Replace(good, c.old, c.new, 1)
		if body == good {
			t.Fatalf("%s: nothing was spoilt", name)
		}
		if _, err := form.Parse(body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// An old record is read under the edition that it was written under, so what was once
// published must come back as it was.
func TestBodyComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for name, body := range form.Shipped() {
		f, err := form.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		if f.Body() != body {
			t.Errorf("%s came back changed", name)
		}
		if len(body) > edition.Limit/2 {
			t.Errorf("%s has %d bytes; half of what an edition may have is for the line's own", name, len(body))
		}
		t.Logf("%s: %d fields, %d bytes", name, len(f.Fields), len(body))
	}
}

// A stored row does not say which question it answers, on any line.
func TestIDsAreNewOnEveryLine(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		for name, f := range shipped(t) {
			for _, field := range f.Fields {
				if seen[field.ID] {
					t.Errorf("%s has an id that was given before", name)
				}
				seen[field.ID] = true
			}
		}
	}
}

// FuzzForm bends one row of a good form: the whole is too long to be bent well.
func FuzzForm(f *testing.F) {
	whole := small()
	row, _ := json.Marshal(whole.Fields[2])
	choice, _ := json.Marshal(after(whole.Fields[1], form.SafeNow, "no"))
	whole.Fields = whole.Fields[:2]
	head := strings.TrimSuffix(whole.Body(), "]}")
	f.Add(string(row))
	f.Add(strings.Replace(string(choice), `"required":true`, `"fact":"type"`, 1))
	f.Add(`{"id":"","when":[{"field":"type","is":"is_not","values":["tip"]}]}],"fields":[`)
	f.Fuzz(func(t *testing.T, row string) {
		if len(row) > 1<<12 {
			return
		}
		got, err := form.Parse(head + "," + row + "]}")
		var fs edition.Faults
		if err != nil {
			if !errors.As(err, &fs) || len(fs) == 0 || len(got.Fields) > 0 {
				t.Fatalf("Parse with %q = %v", row, err)
			}
			return
		}
		again, err := form.Parse(got.Body())
		if err != nil || again.Body() != got.Body() {
			t.Fatalf("what was read is not read again: %v", err)
		}
		if shown := got.Shown(nil); len(shown) < 2 {
			t.Fatal("safety and type are not always shown")
		}
		for _, field := range got.Fields {
			if form.In(field.Words, "xx").Label == "" {
				t.Fatal("a field without words")
			}
			if err := got.Check(field.ID, form.Value{State: form.Declined}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
