package safety_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

// What waits for a vendor ends with her hours: nothing arrives in the night because the
// vendor was slow.
func TestWhatWaitsEndsWithHerHours(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-30 20:30") // a Monday
	e := safety.New(now.Location)
	limit := now.Add(72 * time.Hour).UnixMilli()
	row := contact.Contact{Channel: "text", State: contact.Live}
	for name, c := range map[string]struct {
		terms contact.Terms
		by    contact.Override
		want  time.Time
	}{
		"no hours":         {contact.Terms{May: contact.Yes}, contact.Override{}, now.Add(72 * time.Hour)},
		"until ten":        {contact.Terms{May: contact.Yes, From: 8 * 60, To: 22 * 60}, contact.Override{}, at(t, "2026-11-30 22:00")},
		"over midnight":    {contact.Terms{May: contact.Yes, From: 20 * 60, To: 60}, contact.Override{}, at(t, "2026-12-01 01:00")},
		"on Mondays":       {contact.Terms{May: contact.Yes, Days: []int{1}}, contact.Override{}, at(t, "2026-12-01 00:00")},
		"without need":     {contact.Terms{May: contact.Yes, From: 8 * 60, To: 22 * 60}, contact.Override{By: "sue"}, at(t, "2026-11-30 22:00")},
		"a supervisor did": {contact.Terms{May: contact.Yes, From: 8 * 60, To: 9 * 60}, contact.Override{By: "sue"}, now.Add(72 * time.Hour)},
	} {
		head := contact.Head{Safety: contact.Safety{Ways: map[contact.Way]contact.Terms{contact.ByText: c.terms}}}
		if got := time.UnixMilli(e.Until(row, &head, contact.Out{Way: contact.ByText, Override: c.by}, now.UnixMilli(), limit)); !got.Equal(c.want) {
			t.Errorf("%s: until %s, want %s", name, got, c.want)
		}
	}
}
