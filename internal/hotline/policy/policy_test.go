package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func TestWhatIsShippedCanBePublished(t *testing.T) {
	t.Parallel()
	languages := map[string]int{}
	for k, body := range policy.Shipped() {
		check := map[string]func(string) error{policy.KindExpect: policy.CheckExpect, policy.KindScope: policy.CheckScope}[k.Kind]
		if check == nil {
			t.Errorf("%v is of no kind", k)
			continue
		}
		if err := check(body); err != nil {
			t.Errorf("%v: %v", k, err)
		}
		languages[k.Lang]++
	}
	for _, lang := range []string{"en", "es", "fr", "ar", "fil"} {
		if languages[lang] != 2 {
			t.Errorf("%d texts in %s, want 2", languages[lang], lang)
		}
	}
}

// An administrator sees each thing that is wrong, and where.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		check func(string) error
		body  string
		want  []string
	}{
		"no JSON":          {policy.CheckExpect, `{`, []string{"0  edition.fault.json"}},
		"two values":       {policy.CheckExpect, `{"who":"a","limits":"b","next":"c"} {}`, []string{"0  edition.fault.json"}},
		"an unknown field": {policy.CheckScope, `{"for":["a"],"not":["b"],"pass":["c"],"x":1}`, []string{"0 x edition.fault.unknown"}},
		"nothing said":     {policy.CheckExpect, `{"who":"a","limits":" "}`, []string{"0 limits edition.fault.empty", "0 next edition.fault.empty"}},
		"too long":         {policy.CheckExpect, `{"who":"` + strings.Repeat("ه", 201) + `","limits":"b","next":"c"}`, []string{"0 who edition.fault.long"}},
		"a list is empty":  {policy.CheckScope, `{"for":["a"],"not":[],"pass":["c"]}`, []string{"0 not edition.fault.empty"}},
		"a line is empty":  {policy.CheckScope, `{"for":["a",""],"not":["b"],"pass":["c"]}`, []string{"2 for edition.fault.empty"}},
		"too many lines":   {policy.CheckScope, `{"for":["a","a","a","a","a","a","a","a","a"],"not":["b"],"pass":["c"]}`, []string{"0 for edition.fault.many"}},
	} {
		var fs edition.Faults
		if err := c.check(c.body); !errors.As(err, &fs) || !errors.Is(err, edition.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range fs {
			got = append(got, string(rune('0'+f.Row))+" "+f.Field+" "+f.Key)
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The form of the words is the same in every release: docs/formats.md.
func TestAskingForPrivacy(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"share", "confidential", "anonymous"} {
		words := policy.Ask(level, "Please keep nothing.")
		if got, want := reveal(words), "[privacy: "+level+"]\nPlease keep nothing."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got, said := policy.Asked(words); got != level || reveal(said) != "Please keep nothing." {
			t.Errorf("%s is read as %q, %q", level, got, reveal(said))
		}
	}
	for _, other := range []string{"", "anonymous", "[privacy: all]\nx", "[privacy: anonymous]", " [privacy: anonymous]\nx", "[privacy: ]\nx"} {
		if got, said := policy.Asked(seal.Conceal(other)); got != "" || reveal(said) != other {
			t.Errorf("%q is read as %q, %q", other, got, reveal(said))
		}
	}
}

func reveal(t seal.Text) string { return t.Reveal() }

// What a caller is told of who can read is what the list of keys says, today.
func TestReadersAreThoseWhoHoldKeys(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		now := func() policy.Readers {
			v, err := w.Authority.Current(t.Context())
			hotlinetest.Must(t, err)
			return policy.ReadersOf(v)
		}
		before := now()
		noor := w.Hire(t, hotline.Advocate)
		w.Hire(t, hotline.Supervisor)
		after := now()
		if got := after.Answer - before.Answer; got != 2 {
			t.Errorf("%d more who answer, want 2", got)
		}
		if got := after.Supervise - before.Supervise; got != 1 {
			t.Errorf("%d more who supervise, want 1", got)
		}
		if after.List <= before.List {
			t.Errorf("list %d after %d", after.List, before.List)
		}
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, noor.ID) })
		if got := now(); got.Answer != after.Answer-1 || got.Supervise != after.Supervise {
			t.Errorf("%+v after somebody has left, before: %+v", got, after)
		}
	})
}
