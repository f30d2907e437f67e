package policy

import (
	"encoding/json"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// wiredLegal is an act of a legal request as it is sealed.
type wiredLegal struct {
	Kind      LegalKind           `json:"kind"`
	At        int64               `json:"at"`
	By        hotline.PersonID    `json:"by"`
	Paper     Paper               `json:"paper,omitempty"`
	Due       int64               `json:"due,omitempty"`
	On        string              `json:"on,omitempty"`
	From      string              `json:"from,omitempty"`
	Counsel   CounselWord         `json:"counsel,omitempty"`
	Search    string              `json:"search,omitempty"`
	IDs       []hotline.ContactID `json:"ids,omitempty"`
	Objects   []LegalObject       `json:"objects,omitempty"`
	To        hotline.PersonID    `json:"to,omitempty"`
	Told      LegalTold           `json:"told,omitempty"`
	Statement string              `json:"statement,omitempty"`
	Sig       []byte              `json:"sig,omitempty"`
	Words     string              `json:"words,omitempty"`
}

// packed is an act to be sealed.
func (a LegalAct) packed() (seal.Text, error) {
	b, err := json.Marshal(wiredLegal{a.Kind, a.At, a.By, a.Paper, a.Due, a.On, a.From.Reveal(), a.Counsel, a.Search, a.IDs, a.Objects, a.To, a.Told, a.Statement, a.Sig, a.Words.Reveal()})
	if err != nil {
		return seal.Text{}, errors.New("legal act: not writable") // the writer's error may quote it
	}
	return seal.Conceal(string(b)), nil
}

// parseLegal reads an opened act.
func parseLegal(t seal.Text) (LegalAct, error) {
	var w wiredLegal
	if err := json.Unmarshal([]byte(t.Reveal()), &w); err != nil {
		return LegalAct{}, errors.New("legal act: not readable") // the parser's error may quote it
	}
	a := LegalAct{Kind: w.Kind, At: w.At, By: w.By, Paper: w.Paper, Due: w.Due, On: w.On, Counsel: w.Counsel, Search: w.Search, IDs: w.IDs, Objects: w.Objects, To: w.To, Told: w.Told, Statement: w.Statement, Sig: w.Sig}
	if w.From != "" {
		a.From = seal.Conceal(w.From)
	}
	if w.Words != "" {
		a.Words = seal.Conceal(w.Words)
	}
	return a, nil
}
