package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// Somebody of the line is what all of them are, what the line says, and what her skills
// say; a word for everybody is no role of anybody's.
func TestWhoSomebodyIsBeforeTheLaw(t *testing.T) {
	t.Parallel()
	o, err := policy.ParseOurs(`{"place":"IE","roles":["public_official","x_night"]}`)
	if err != nil {
		t.Fatal(err)
	}
	got := o.Listener([]string{"social-worker", "minors", "any-person", "public-official", policy.SecondSkill}).Roles
	if want := []policy.Role{"hotline_advocate", "public_official", "x_night", "social_worker"}; !slices.Equal(got, want) {
		t.Errorf("she is %q, want %q", got, want)
	}
	for _, wrong := range []string{`{"place":"Ireland"}`, `{"place":"IE","roles":["any_person"]}`, `{"place":"IE","roles":["police","police"]}`, `{"place":"IE","roles":["nurse"]}`, `{}`} {
		if policy.CheckOurs(wrong) == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// Every place that there are rules of has a zone, so that its days are its own.
func TestEveryPlaceHasAZone(t *testing.T) {
	t.Parallel()
	var all []edition.Edition
	for k, body := range policy.ShippedDuty() {
		all = append(all, edition.Edition{Key: k, Body: body})
	}
	d, err := policy.DutiesOf(all...)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.Countries()); n != len(all) {
		t.Errorf("%d countries of %d editions", n, len(all))
	}
	nowhere := time.FixedZone("nowhere", 0)
	for _, p := range d.Places() {
		if p.Zone(nowhere) == nowhere {
			t.Errorf("%s has no zone", p)
		}
	}
	if policy.Place("XX").Zone(nowhere) != nowhere || policy.Place("").Country() != "" {
		t.Error("a place that nobody knows has a zone")
	}
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	if !d.Rules("US-TX", at) || d.Rules("XX", at) || !slices.Contains(d.Parts("US", at), "US-TX") {
		t.Error("which places have rules is not known")
	}
}

// A span in the words of pages: whole days, or hours.
func TestHowLongASpanIs(t *testing.T) {
	t.Parallel()
	for span, want := range map[policy.Span][2]int{"PT48H": {48, 0}, "P2D": {0, 2}, "P1W": {0, 7}, "PT0S": {0, 0}, "": {0, 0}} {
		if hours, days := span.Length(); hours != want[0] || days != want[1] {
			t.Errorf("%s is %d hours, %d days", span, hours, days)
		}
	}
}
