package policy

import (
	"encoding/json"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// wiredAct is an act as it is sealed.
type wiredAct struct {
	Kind   ActKind          `json:"kind"`
	At     int64            `json:"at"`
	By     hotline.PersonID `json:"by"`
	Said   *Outcome         `json:"said,omitempty"`
	Report bool             `json:"report,omitempty"`
	Ground Ground           `json:"ground,omitempty"`
	How    Means            `json:"how,omitempty"`
	To     string           `json:"to,omitempty"`
	Words  string           `json:"words,omitempty"`
}

// packed is an act to be sealed.
func (a Act) packed() (seal.Text, error) {
	b, err := json.Marshal(wiredAct{a.Kind, a.At, a.By, a.Said, a.Report, a.Ground, a.How, a.To.Reveal(), a.Words.Reveal()})
	if err != nil {
		return seal.Text{}, errors.New("act: not writable") // the writer's error may quote it
	}
	return seal.Conceal(string(b)), nil
}

// parseAct reads an opened act.
func parseAct(t seal.Text) (Act, error) {
	var w wiredAct
	if err := json.Unmarshal([]byte(t.Reveal()), &w); err != nil {
		return Act{}, errors.New("act: not readable") // the parser's error may quote it
	}
	s := Act{Kind: w.Kind, At: w.At, By: w.By, Said: w.Said, Report: w.Report, Ground: w.Ground, How: w.How}
	if w.To != "" {
		s.To = seal.Conceal(w.To)
	}
	if w.Words != "" {
		s.Words = seal.Conceal(w.Words)
	}
	return s, nil
}
