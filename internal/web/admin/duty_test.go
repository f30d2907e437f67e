package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// A country's law is a draft that holds nowhere until it is published; before that, one
// sees what it would say of some cases beside what is in force.
func TestALawIsADraftUntilItIsPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w := newWorld(t, e)
		b := w.as(t, w.First)
		const at = "/edition/duty/IE/all"
		b.get("/editions").is(t, 200, "What the law asks", "a draft, not reviewed by counsel", at, "/edition/duty/US/all")
		b.get(at).is(t, 200, "Ireland", "Nothing yet", "The program has a draft to begin with", "Draft, not reviewed by counsel")
		b.get("/edition/duty/XX/all").is(t, http.StatusNotFound)
		page := b.get(at + "/edit")
		page.is(t, 200, "IE-CF-MANDATED", "child_safeguarding_officer", "Must report")

		law, err := policy.ParseDuty(policy.ShippedDuty()[policy.DutyKey("IE")])
		hotlinetest.Must(t, err)
		law.Rules = law.Rules[:1]
		law.Rules[0].Who.Roles = []policy.Role{policy.AnyPerson}
		_, err = w.editions.Write(t.Context(), w.First.ID, policy.DutyKey("IE"), law.Body(), 0)
		hotlinetest.Must(t, err)
		preview := b.get(at + "/preview")
		preview.is(t, 200, "What it would say of these cases", "A child of 9, hurt at home: may be due: IE-CF-MANDATED", "An adult, sold for sex: nothing")
		if _, err := w.editions.Current(t.Context(), policy.DutyKey("IE")); err == nil {
			t.Fatal("a draft is in force")
		}
		w.Advance(t, 6*time.Minute)
		form := url.Values{"version": {preview.version(t)}, "stepup": {w.Code(t, w.First)}}
		b.post(at+"/publish", form).went(t, at+"?done=published")
		got, err := w.editions.Current(t.Context(), policy.DutyKey("IE"))
		if err != nil || got.ReviewedBy != "" {
			t.Errorf("in force, reviewed by %q, %v", got.ReviewedBy, err)
		}
		b.get(at).is(t, 200, "Draft, not reviewed")

		law.Rules[0].Whom.Under = 5
		_, err = w.editions.Write(t.Context(), w.First.ID, policy.DutyKey("IE"), law.Body(), 0)
		hotlinetest.Must(t, err)
		preview = b.get(at + "/preview")
		for _, line := range []string{
			`<del><span class="vh">Gone: </span><bdi>A child of 9, hurt at home: may be due: IE-CF-MANDATED</bdi></del>`,
			`<bdi>A child of 9, hurt at home: nothing</bdi></ins>`, `<bdi>An adult, sold for sex: nothing</bdi></li>`,
		} {
			if !strings.Contains(preview.body, line) {
				t.Errorf("the preview lacks %s", line)
			}
		}
		b.get(at+"/withdraw").is(t, 200, "nothing of this country is said to be due")
	})
}
