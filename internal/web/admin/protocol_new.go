package admin

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
)

// protocolNewView asks what a new protocol is called.
type protocolNewView struct {
	frame
	Label, Word string
}

func (*protocolNewView) name() string { return "protocolnew" }

func (a *Admin) protocolNewForm(v *visit) error {
	return a.show(v, v.status(), &protocolNewView{Label: sentence(short(v.get("label"), form.MaxLabel)), Word: short(v.get("word"), 40)})
}

var protocolWord = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// protocolNew begins a protocol of the line's own, as a draft without steps: it is in
// force for nobody before somebody has written, read and published it.
func (a *Admin) protocolNew(v *visit) error {
	label, word := sentence(short(v.get("label"), form.MaxLabel)), short(v.get("word"), 40)
	there, err := a.protocols(v.r.Context())
	if err != nil {
		return err
	}
	if label == "" {
		v.faults.add("label", "edition.fault.empty")
	}
	switch {
	case !protocolWord.MatchString(word):
		v.faults.add("word", "admin.fault.protocol.word")
	case slices.Contains(there, word):
		v.faults.add("word", "admin.fault.protocol.taken")
	}
	if len(v.faults) > 0 {
		return a.protocolNewForm(v)
	}
	body, err := json.Marshal(map[string]any{"words": map[string]form.Words{v.l.Tag(): {Label: label}}, "urgency": 5, "steps": []any{}})
	if err != nil {
		return err
	}
	k := protocol.Key(word)
	_, err = a.Editions.Write(v.r.Context(), v.me(), k, string(body), 0)
	if errors.Is(err, edition.ErrMoved) { // a colleague was there first
		v.faults.add("word", "admin.fault.protocol.taken")
		return a.protocolNewForm(v)
	}
	if err != nil {
		return err
	}
	return v.to(a.shapeOf(protocol.Kind).at(k) + "/edit")
}
