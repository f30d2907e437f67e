package consent

import (
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Opened is the opened head of an S.
type Opened interface {
	HeadKey() seal.Key
	Row(table, column, row string, version int64, sealed []byte) (seal.Text, error)
}

// entryOf names the entry of the shred store that knows the newest of what stands under
// an S. It is always the same one, so that whoever takes the row away is noticed.
func entryOf(object string) string {
	hash := box.NewContext("consents", object).Hash()
	return base32.NewEncoding(hotline.Alphabet).WithPadding(base32.NoPadding).EncodeToString(hash[:16])
}

// rowOf names the row in its sealing context. It takes the entry's own secret: where an
// entry was destroyed and made again, nothing of before opens.
func rowOf(owner string, secret []byte) string {
	return owner + " " + hex.EncodeToString(box.NewContext("consents", owner).With(secret).Hash()[:16])
}

// seal packs and seals a ledger.
func (l Ledger) seal(k Opened, row string) ([]byte, error) {
	b, err := json.Marshal(l.Acts)
	if err != nil {
		return nil, errors.New("consents: not writable") // the writer's error may quote it
	}
	return k.HeadKey().Row("consent", "sealed", row, l.N, seal.Conceal(string(b))), nil
}

// parse reads an opened one. Acts that could not have been taken are not ours.
func parse(t seal.Text, n int64, ends map[string]int64) (Ledger, error) {
	var acts []Act
	if err := json.Unmarshal([]byte(t.Reveal()), &acts); err != nil {
		return Ledger{}, ErrPutBack // the parser's error may quote it
	}
	l := Ledger{N: n, ends: ends}
	for _, a := range acts {
		var err error
		if l, err = l.After(a); err != nil {
			return Ledger{}, ErrPutBack
		}
	}
	return l, nil
}
