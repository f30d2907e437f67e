package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// What is taken of the line's own texts comes back the same, whatever was put in.
func FuzzTold(f *testing.F) {
	f.Add(`{"who":"Somebody of the line","limits":"None","next":"We answer"}`)
	f.Add(`{"for":["a"],"not":["b"],"pass":["c"]}`)
	f.Add(`{"name":"Harbour Line","phone":{"dial":"+15550109","shown":"+1 555 0109"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		if v, err := policy.ParseExpect(body); err == nil {
			comesBack(t, v, policy.CheckExpect)
		}
		if v, err := policy.ParseScope(body); err == nil {
			comesBack(t, v, policy.CheckScope)
		}
		if v, err := policy.ParseAbout(body); err == nil {
			comesBack(t, v, policy.CheckAbout)
		}
	})
}

func comesBack(t *testing.T, v any, check func(string) error) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(string(b)); err != nil {
		t.Errorf("%s does not come back: %v", b, err)
	}
}

// Words that ask for a level of privacy ask for one that there is; all others are words,
// and nothing of them is lost.
func FuzzAsked(f *testing.F) {
	f.Add("[privacy: anonymous]\nPlease keep nothing that names me.")
	f.Add("[privacy: everything]\n")
	f.Add("hello")
	f.Fuzz(func(t *testing.T, words string) {
		level, said := policy.Asked(seal.Conceal(words))
		switch {
		case level == "" && said.Reveal() != words:
			t.Errorf("%q became %q", words, said.Reveal())
		case level != "" && policy.Ask(level, said.Reveal()).Reveal() != words:
			t.Errorf("%q asks for %s and says %q", words, level, said.Reveal())
		}
	})
}

// What the line is before the law comes back the same, and no word for everybody is a
// role of its people.
func FuzzOurs(f *testing.F) {
	f.Add(`{"place":"PH","roles":["public_official","x_ours"],"note":"counsel, 2026"}`)
	f.Add(`{"place":"ph"}`)
	f.Add(`{"place":"US-TX","roles":["any_person"]}`)
	f.Fuzz(func(t *testing.T, body string) {
		o, err := policy.ParseOurs(body)
		if err != nil {
			return
		}
		comesBack(t, o, policy.CheckOurs)
		for _, r := range o.Listener([]string{body, "social-worker"}).Roles {
			if r == policy.AnyPerson || r == policy.AnyAdult {
				t.Errorf("its people are %s", r)
			}
		}
	})
}
