package policy_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

func TestPeriods(t *testing.T) {
	t.Parallel()
	shipped, err := policy.ParseKeep(policy.ShippedKeep().JSON())
	if err != nil {
		t.Fatal(err)
	}
	own, err := policy.ParseKeep(`{"rows":[{"type":"tip","outcome":"test","days":1},{"type":"situation","outcome":"wrong","days":2},{"type":"tip","days":30},{"type":"situation","days":900},{"outcome":"silent","days":7},{"days":90}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		k         policy.Keep
		of, ended string
		situation bool
		want      int64
	}{
		{shipped, "information", "informed", false, 365},
		{shipped, "information", "informed", true, 1825},
		{shipped, "crisis", "helped", false, 1825},
		{shipped, "", "", false, 365},
		{shipped, "a type of a later release", "", false, 365},
		{own, "tip", "test", false, 1},
		{own, "tip", "helped", false, 30},
		{own, "tip", "helped", true, 900},
		{own, "tip", "wrong", true, 30}, // the longer of the two
		{own, "crisis", "silent", false, 7},
		{own, "crisis", "helped", false, 90},
	} {
		if got := c.k.Days(c.of, c.ended, c.situation); got != c.want {
			t.Errorf("%s, %s, in a situation: %v: kept %d days, want %d", c.of, c.ended, c.situation, got, c.want)
		}
	}
	// Nobody is told of less than what may become of it.
	if i, a, o := shipped.Told(); i != 365 || a != 1825 || o != 365 {
		t.Errorf("shipped, callers are told %d, %d, %d", i, a, o)
	}
	if i, a, o := own.Told(); i != 90 || a != 900 || o != 90 {
		t.Errorf("callers are told %d, %d, %d", i, a, o)
	}
}

func TestPeriodsThatCannotBePublished(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]edition.Fault{
		`{}`:                          {Field: "rows", Key: "edition.fault.empty"},
		`{"rows":[]}`:                 {Field: "rows", Key: "edition.fault.empty"},
		`{"rows":[{"days":1}],"x":1}`: {Field: "x", Key: "edition.fault.unknown"},
		`{"rows":[{"days":0}]}`:       {Row: 1, Field: "days", Key: "edition.fault.days"},
		`{"rows":[{"days":36501}]}`:   {Row: 1, Field: "days", Key: "edition.fault.days"},
		`{"rows":[{"days":-1}]}`:      {Row: 1, Field: "days", Key: "edition.fault.days"},
		`{"rows":[{"days":"1"}]}`:     {Field: "rows.days", Key: "edition.fault.json"},
		`{"rows":[{"type":"x","days":1},{"days":1}]}`:                           {Row: 1, Field: "type", Key: "edition.fault.unknown"},
		`{"rows":[{"outcome":"x","days":1},{"days":1}]}`:                        {Row: 1, Field: "outcome", Key: "edition.fault.unknown"},
		`{"rows":[{"days":1},{"type":"tip","days":1}]}`:                         {Row: 2, Field: "type", Key: "edition.fault.unreached"},
		`{"rows":[{"type":"tip","days":1}]}`:                                    {Row: 1, Field: "type", Key: "edition.fault.default"},
		`{"rows":[{"type":"tip","days":1},{"type":"tip","days":2},{"days":1}]}`: {Row: 2, Field: "type", Key: "edition.fault.unreached"},
	} {
		var fs edition.Faults
		err := policy.CheckKeep(body)
		if !errors.As(err, &fs) || !slices.ContainsFunc(fs, func(f edition.Fault) bool { return f.Row == want.Row && f.Field == want.Field && f.Key == want.Key }) {
			t.Errorf("%s: %v, want %+v", body, err, want)
		}
	}
}

// What periods and figures go by are the types that forms have.
func TestTypesAreThoseOfForms(t *testing.T) {
	t.Parallel()
	if got, want := policy.ContactTypes(), form.FactCodes()[form.FactType]; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzKeep(f *testing.F) {
	f.Add(policy.ShippedKeep().JSON())
	f.Add(`{"rows":[{"type":"tip","outcome":"test","days":1},{"days":2}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		k, err := policy.ParseKeep(body)
		if err != nil {
			return
		}
		for _, of := range append(policy.ContactTypes(), "", policy.InSituation) {
			for _, situation := range []bool{false, true} {
				if n := k.Days(of, "helped", situation); n < 1 || n > policy.LongestKeep {
					t.Errorf("%q keeps %s %d days", body, of, n)
				}
			}
		}
		if again, err := policy.ParseKeep(k.JSON()); err != nil || !slices.Equal(again.Rows, k.Rows) {
			t.Errorf("%q comes back as %v, %v", body, again, err)
		}
	})
}
