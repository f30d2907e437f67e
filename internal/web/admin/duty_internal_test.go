package admin

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// sent is a form as a browser sends it that nobody has changed anything in.
func sent(in url.Values, blocks []block) {
	for _, b := range blocks {
		switch b.Kind {
		case "field", "area":
			in.Set(b.Field.Name, b.Field.Value)
		case "pick", "group":
			for _, c := range b.Group.Choices {
				if c.On {
					in.Add(b.Group.Name, c.Value)
				}
			}
		case "rows":
			for _, r := range b.Rows {
				in.Set(r.Name+".was", strconv.Itoa(r.N))
				sent(in, append(r.Blocks, r.More...))
			}
		}
	}
}

// Every shipped law goes through its form unharmed: what it asks for and what it does not.
func TestALawGoesThroughItsForm(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := &frame{Language: words.For("en")}
	for k, body := range policy.ShippedDuty() {
		in := url.Values{}
		sent(in, f.blocks(dutyParts(), growth(body), "", policy.KindDuty, "", "/"))
		got, wrong := readParts(in, dutyParts(), growth(body), "")
		if len(wrong) > 0 {
			t.Errorf("%s: %v", k.Name, wrong)
		}
		text, err := marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		is, err := policy.ParseDuty(text)
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		want, err := policy.ParseDuty(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(is, want); diff != "" {
			t.Errorf("%s comes back as another (-got +want):\n%s", k.Name, diff)
		}
	}
}

// A rule that somebody adds has only what she typed, and a fault of it is told at its
// field; what is taken away leaves nothing behind.
func TestARuleIsAdded(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a := &Admin{Parts: Parts{Words: words}}
	v := &visit{l: words.For("en")}
	s := shape{kind: policy.KindDuty, parts: dutyParts()}
	in := url.Values{
		"rules1.was": {""}, "rules1.id": {"IE-A"}, "rules1.place": {"IE"}, "rules1.kind": {"duty_to_report"}, "rules1.status": {"in_force"},
		"rules1.verified": {"yes"}, "rules1.who_is_bound_roles": {"any_person"}, "rules1.what_triggers_harms": {"*"}, "rules1.what_triggers_degree_at_least": {"any"},
		"rules1.to_whom": {"the agency"}, "rules1.deadline_first_class": {"immediately"}, "rules1.deadline_first_iso": {"PT0S"}, "rules1.form": {"any"},
		"rules1.source_title": {"the act"}, "rules1.source_seen": {"yes"}, "rules1.source_quality": {"statute_text"},
		"rules1.exceptions1.was": {""}, "rules1.exceptions1.code": {"privilege"},
	}
	read := func() (tree, string) {
		t.Helper()
		got, wrong := readParts(in, s.parts, growth(`{"country":"IE"}`), "")
		text, err := marshal(got)
		if err != nil || len(wrong) > 0 {
			t.Fatal(err, wrong)
		}
		return got, text
	}
	_, text := read()
	l, err := policy.ParseDuty(text)
	if err != nil || len(l.Rules) != 1 || l.Rules[0].Deadline.Then != nil || len(l.Rules[0].Exceptions) != 1 || !l.Rules[0].Verified {
		t.Fatalf("%s gives %+v, %v", text, l, err)
	}
	for field, c := range map[string]struct{ typed, at, says string }{
		"rules1.deadline_first_iso":  {"soon", "rules1.deadline_first_iso", "Time, row 1"},
		"rules1.what_triggers_harms": {"murder", "rules1.what_triggers_harms", "Harms that count, as codes, row 1"},
		"rules1.source_seen":         {"false", "rules1.verified", "Was its core read in a source?, row 1"},
		"rules1.deadline_then_iso":   {"P3D", "rules1.deadline_then_what", "What follows, row 1"},
		"rules1.exceptions1.code":    {"mood", "rules1", ""},
		"rules1.who_is_bound_roles":  {"", "rules1.who_is_bound_roles", "Who is bound, as codes, row 1"},
	} {
		was := in.Get(field)
		in.Set(field, c.typed)
		body, text := read()
		fs := a.wrongBody(v, s, body, policy.CheckDuty(text))
		if len(fs) == 0 || fs[0].Field != c.at && !(c.says == "" && strings.HasPrefix(fs[0].Field, c.at)) || !strings.HasPrefix(fs.say(v.l)[0].Text, c.says) {
			t.Errorf("%s as %q: told %+v at %v", field, c.typed, fs.say(v.l), fs)
		}
		in.Set(field, was)
	}
}
