package desk

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// plugs is a telephone of which only the end is asked.
type plugs struct {
	Phone
	ended []hotline.PersonID
}

func (p *plugs) Disconnect(by hotline.PersonID, _ int64) { p.ended = append(p.ended, by) }

// A line that is lost for a moment takes no call with it; one that does not come back does.
func TestATelephoneOutlivesItsDeskForAMinute(t *testing.T) {
	t.Parallel()
	var p plugs
	h := &hub{d: &Desk{Parts: Parts{Phone: &p}}, phones: map[hotline.PersonID]plugged{}}
	for _, id := range []hotline.PersonID{"here", "gone", "back"} {
		h.plug(&console{id: id, token: vault.Token(id)})
	}
	for beat := range lone {
		h.unplugLone(map[hotline.PersonID]bool{"here": true, "back": beat == 3})
	}
	if len(p.ended) > 0 {
		t.Fatalf("after %d beats it ended for %q", lone, p.ended)
	}
	h.unplugLone(map[hotline.PersonID]bool{"here": true})
	if want := []hotline.PersonID{"gone"}; !slices.Equal(p.ended, want) {
		t.Errorf("it ended for %q, want %q", p.ended, want)
	}
	h.unplug("back", vault.Token("another session")) // which is none of hers
	h.unplug("here", vault.Token("here"))
	if want := []hotline.PersonID{"gone", "here"}; !slices.Equal(p.ended, want) {
		t.Errorf("it ended for %q, want %q", p.ended, want)
	}
}
