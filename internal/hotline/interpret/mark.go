package interpret

import (
	"encoding/json"
	"errors"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A Mark is what the staff know of one of our messages beside its words. It is sealed
// under K beside the message; she is shown the words alone.
type Mark struct {
	Phrase     string           // code of the approved phrase that stands in it
	Edition    int64            // of the phrases
	Lang       string           // of the phrases
	Translator hotline.PersonID // whose sentence it is
	Machine    bool             // a machine made it, and the advocate has read it
	Said       seal.Text        // what the advocate wrote, in her own language
}

// wired is a mark as it is sealed.
type wired struct {
	Phrase     string           `json:"phrase,omitempty"`
	Edition    int64            `json:"edition,omitempty"`
	Lang       string           `json:"lang,omitempty"`
	Translator hotline.PersonID `json:"translator,omitempty"`
	Machine    bool             `json:"machine,omitempty"`
	Said       string           `json:"said,omitempty"`
}

// Text packs a mark to be sealed. A mark that says nothing is none.
func (m Mark) Text() seal.Text {
	w := wired{m.Phrase, m.Edition, m.Lang, m.Translator, m.Machine, m.Said.Reveal()}
	if w == (wired{}) {
		return seal.Text{}
	}
	b, _ := json.Marshal(w) // words and numbers always marshal
	return seal.Conceal(string(b))
}

// ParseMark reads an opened mark.
func ParseMark(t seal.Text) (Mark, error) {
	var w wired
	if err := json.Unmarshal([]byte(t.Reveal()), &w); err != nil {
		return Mark{}, errors.New("mark: not readable") // the parser's error may quote it
	}
	m := Mark{Phrase: w.Phrase, Edition: w.Edition, Lang: w.Lang, Translator: w.Translator, Machine: w.Machine}
	if w.Said != "" {
		m.Said = seal.Conceal(w.Said)
	}
	return m, nil
}

// Tells says what kind of thing she was told by a phrase, for the head of her contact;
// nothing for most phrases.
func (m Mark) Tells() string {
	if m.Phrase == Limits || len(m.Phrase) > len(Limits) && m.Phrase[:len(Limits)+1] == Limits+"." {
		return Limits
	}
	return ""
}
