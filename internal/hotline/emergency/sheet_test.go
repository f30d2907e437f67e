package emergency_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
)

// What names her is read out only where she lets it be passed on and has said yes to
// this; of two levels the stricter counts, and one that nobody asked for is none.
func TestWhatIsReadOut(t *testing.T) {
	t.Parallel()
	levels := []contact.Privacy{contact.Share, contact.Confidential, "", contact.Anonymous}
	for i, then := range levels {
		for j, now := range levels {
			for _, g := range emergency.Grounds() {
				for _, agreed := range []bool{true, false} {
					e := emergency.Emergency{
						Ground: g, Privacy: then, Agreed: agreed, Words: "over the bakery", Where: emergency.Where{Name: "Mill Quarter"},
						Told: emergency.Told{Happens: "locked in", People: "two", Careful: "no siren", Name: "Mira", Reach: "+1 555 0199"},
					}
					s := e.Sheet(contact.Head{Privacy: now})
					read := []string{"place", "words", "happens", "people", "careful"}
					names, why := []string{"name", "reach"}, ""
					switch worst := max(i, j); {
					case worst == 3:
						why = emergency.StaysAnonymous
					case worst == 2:
						why = emergency.StaysUnasked
					case worst == 1 && g != emergency.Wish:
						why = emergency.StaysConfidential
					case !agreed:
						why = emergency.StaysDisagreed
					default:
						read, names = append(read, names...), nil
					}
					var got []string
					for _, l := range s.Read {
						got = append(got, l.Name)
						if back := slices.Contains([]string{"place", "words", "people", "careful", "reach"}, l.Name); l.Back != back {
							t.Errorf("%s is read back: %v", l.Name, l.Back)
						}
					}
					if diff := cmp.Diff([][]string{got, s.Kept}, [][]string{read, names}); diff != "" || s.Why != why {
						t.Errorf("%q, then %q, %s, agreed %v: stays for %q, want %q (-got +want):\n%s", then, now, g, agreed, s.Why, why, diff)
					}
				}
			}
		}
	}
	head := contact.Head{Safety: contact.Safety{MayKnow: "my sister", Heard: true}}
	if s := (emergency.Emergency{Where: emergency.Where{Name: "x"}}).Sheet(head); s.MayKnow != "my sister" || !s.Heard || len(s.Read) != 1 {
		t.Error("what she has said of who may know is not beside it, or is read out")
	}
	if s := (emergency.Emergency{Where: emergency.Where{Name: "x"}}).Sheet(contact.Head{}); len(s.Read) != 1 || s.Why != "" {
		t.Errorf("nothing stays, for %q", s.Why)
	}
}

// Nothing of it comes into a log by accident.
func TestAnEmergencyIsNotPrinted(t *testing.T) {
	t.Parallel()
	e := emergency.Emergency{Words: "bakery", Where: emergency.Where{Name: "bakery"}, Told: emergency.Told{Name: "bakery"}, Dispatches: []emergency.Dispatch{{Note: "bakery"}}}
	for _, v := range []any{e, &e, e.Where, e.Told, e.Dispatches, e.Sheet(contact.Head{Safety: contact.Safety{MayKnow: "bakery"}}), e.Sheet(contact.Head{}).Read} {
		for _, how := range []string{"%v", "%+v", "%#v", "%s"} {
			if s := fmt.Sprintf(how, v); strings.Contains(s, "bakery") {
				t.Errorf("%T prints by %s", v, how)
			}
		}
	}
}
