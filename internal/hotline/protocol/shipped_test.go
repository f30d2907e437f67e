package protocol_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/edition/editiontest"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

// fields are those of the forms that a line begins with.
func fields(t testing.TB) protocol.Fields {
	t.Helper()
	var forms []form.Form
	for _, body := range form.Shipped() {
		f, err := form.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, f)
	}
	return protocol.FieldsOf(forms...)
}

// shipped reads the protocols that a line begins with.
func shipped(t testing.TB) map[string]protocol.Protocol {
	t.Helper()
	out, all := map[string]protocol.Protocol{}, fields(t)
	for name, body := range protocol.Shipped() {
		p, err := protocol.Parse(body, all)
		if err != nil {
			t.Fatalf("the protocol %s: %v", name, err)
		}
		out[name] = p
	}
	return out
}

func phrases(t testing.TB) map[string][]interpret.Phrase {
	t.Helper()
	out := map[string][]interpret.Phrase{}
	for lang, body := range interpret.Shipped() {
		list, err := interpret.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		out[lang] = list
	}
	return out
}

// Each can be put in force as it is, on the line's own forms and on ours, and is more
// than a heading: at least eight steps and two branches.
func TestShippedProtocolsAreReal(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	want := strings.Fields("controller danger detective disaster first_contact interpreter job life minor press silent threat tip")
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("shipped are %v, want %v", got, want)
	}
	for name, p := range all {
		branches := 0
		for _, s := range p.Steps {
			branches += len(s.Go)
		}
		if len(p.Steps) < 8 || branches < 2 {
			t.Errorf("%s has %d steps and %d branches", name, len(p.Steps), branches)
		}
		body := protocol.Shipped()[name]
		if err := protocol.Check(body); err != nil {
			t.Errorf("%s cannot be published: %v", name, err)
		}
		if p.Body() != body || len(body) > edition.Limit/4 {
			t.Errorf("%s comes back changed, or has %d bytes", name, len(body))
		}
		t.Logf("%s: %d steps, %d branches, %d bytes", name, len(p.Steps), branches, len(body))
	}
}

// Whoever reads it, no step is without words, and what helps in one language helps in
// all.
func TestShippedProtocolsAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	for name, p := range shipped(t) {
		if got := p.Languages(); !slices.Equal(got, slices.Sorted(slices.Values(editiontest.Languages()))) {
			t.Errorf("%s is written in %v", name, got)
		}
		for _, lang := range editiontest.Languages() {
			for _, what := range p.Unsaid(lang) {
				t.Errorf("%s has no words in %s for %s", name, lang, what)
			}
			for _, s := range p.Steps {
				if form.In(s.Words, lang, "en").Label == "" {
					t.Errorf("%s shows %s without words", name, s.ID)
				}
				if (s.Words[lang].Help == "") != (s.Words["en"].Help == "") {
					t.Errorf("%s helps with %s in one language alone, not in %s", name, s.ID, lang)
				}
			}
		}
		for _, u := range protocol.Try(p, phrases(t)).Unsaid {
			t.Errorf("%s: nothing is approved to say %s in %s", name, u.Phrase, u.Lang)
		}
	}
}

// Nothing stands there to be filled in, nothing is asserted as law, and with somebody
// at her side no word on the screen tells what this is.
func TestShippedWordsAreWords(t *testing.T) {
	t.Parallel()
	law := regexp.MustCompile(`(?i)\b(illegal|by law|the law (says|requires|obliges)|you must report|criminal offen[cs]e)\b`)
	used := map[string]bool{}
	for name, p := range shipped(t) {
		used[name], used[name+".help"] = true, true
		for _, s := range p.Steps {
			for _, at := range []string{name + ".", ""} {
				used[at+"step."+s.ID], used[at+"help."+s.ID] = true, true
			}
			for _, o := range s.Options {
				used[name+".option."+s.ID+"."+o.Code], used["option."+o.Code] = true, true
			}
		}
	}
	editiontest.Words(t, used, func(lang, words string) string {
		switch {
		case lang == "en" && law.MatchString(words):
			return "asserts law"
		case strings.Contains(strings.ToLower(words), "traffick"):
			return "tells what this is"
		}
		return ""
	})
}

// A step that nobody comes to was written for nobody.
func TestEveryShippedStepIsReached(t *testing.T) {
	t.Parallel()
	for name, p := range shipped(t) {
		all := protocol.Made(p, 400)
		for _, id := range protocol.Try(p, nil, all...).Unreached {
			t.Errorf("%s: nobody comes to %s", name, id)
		}
		few := protocol.Telling(p, all)
		if left := protocol.Try(p, nil, few...).Unreached; len(left) > 0 || len(few) > 24 {
			t.Errorf("%s: %d of them leave %v unreached", name, len(few), left)
		}
		if diff := cmp.Diff(protocol.Made(p, 3), all[:3]); diff != "" {
			t.Errorf("%s: others each time: %s", name, diff)
		}
	}
}

// Each contact is met by what it needs first, and nobody is without a protocol.
func TestTheMostUrgentProtocolStandsFirst(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	for _, c := range []struct {
		who    string
		seen   form.Seen
		fields string
		want   string
	}{
		{"a woman in a flat", form.Seen{Path: hotline.Self}, "", "first_contact"},
		{"nothing is known yet", form.Seen{}, "", "first_contact"},
		{"a boy of fifteen", form.Seen{Path: hotline.Self, Minor: true}, "", "minor first_contact"},
		{"a boy of fifteen in danger", form.Seen{Path: hotline.Self, Minor: true, Danger: true}, "", "danger minor first_contact"},
		{"he says it later", form.Seen{Path: hotline.Self}, "danger_now=yes age_group=minor", "danger minor first_contact"},
		{"she is bleeding", form.Seen{Path: hotline.Self}, "doctor=yes", "life first_contact"},
		{"a nail bar", form.Seen{Path: hotline.Tip}, "", "tip"},
		{"children in a nail bar", form.Seen{Path: hotline.Tip}, "minors=yes", "minor tip"},
		{"nobody speaks", form.Seen{Path: hotline.Self}, "type=silent", "silent"},
		{"he who holds her", form.Seen{Path: hotline.Other}, "relation=controller", "controller first_contact"},
		{"a detective", form.Seen{Path: hotline.Other}, "relation=police", "detective first_contact"},
		{"a job abroad", form.Seen{Path: hotline.Self}, "type=prevention", "job"},
		{"in Nepali", form.Seen{Path: hotline.Self}, "language_help=interpreter", "interpreter first_contact"},
		{"he shouts", form.Seen{Path: hotline.Self}, "type=abusive", "threat"},
	} {
		r := protocol.Record{Seen: c.seen, Fields: record(c.fields)}
		if got := strings.Join(protocol.Applies(all, r), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.who, got, c.want)
		}
	}
}

// record reads "field=code field=code".
func record(s string) map[string]form.Value {
	out := map[string]form.Value{}
	for _, w := range strings.Fields(s) {
		field, code, _ := strings.Cut(w, "=")
		if slices.Contains(form.States(), code) {
			out[field] = form.Value{State: code}
			continue
		}
		out[field] = form.Value{Codes: []string{code}}
	}
	return out
}
