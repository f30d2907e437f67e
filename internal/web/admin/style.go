package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/freeline-org/freeline/internal/web/ui"
)

const stylePath = "/admin/style/"

// asset is what these pages add to the shared style sheet. Its name holds its hash,
// so that a browser may keep it.
type asset struct {
	name          string
	plain, packed []byte
}

func newAsset() (asset, error) {
	b, err := files.ReadFile("admin.css")
	if err != nil {
		return asset{}, err
	}
	packed, err := ui.Pack(b)
	sum := sha256.Sum256(b)
	return asset{hex.EncodeToString(sum[:6]) + ".css", b, packed}, err
}

func (s asset) serve(w http.ResponseWriter, r *http.Request) {
	ui.Send(w, r, ui.Kind(s.name), s.plain, s.packed, r.PathValue("name") == s.name)
}
