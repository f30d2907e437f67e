package contact

import (
	"encoding/json"
	"fmt"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Head is what must be known before anybody speaks to her, and how it ended. It is
// sealed under the head of S; N is its counter, which stands in the sealing context.
type Head struct {
	N       int64  `json:"-"`
	Place   string `json:"place,omitempty"`
	Outcome string `json:"outcome,omitempty"`
}

// seal packs and seals a head.
func (h Head) seal(k seal.Key, id hotline.ContactID) ([]byte, error) {
	b, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	return k.Row("contact", "head", string(id), h.N, seal.Conceal(string(b))), nil
}

// ParseHead reads an opened head.
func ParseHead(t seal.Text, n int64) (Head, error) {
	var h Head
	if err := json.Unmarshal([]byte(t.Reveal()), &h); err != nil {
		return Head{}, fmt.Errorf("head %d: not readable", n) // the parser's error may quote it
	}
	h.N = n
	return h, nil
}
