package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"

	"github.com/freeline-org/freeline/internal/web/ui"
)

const stylePath = "/admin/style/"

// asset is a file that these pages load: what they add to the shared style sheet, and
// the script that records. Its name holds its hash, so that a browser may keep it.
type asset struct {
	name          string
	plain, packed []byte
}

func newAsset(file string) (asset, error) {
	b, err := files.ReadFile(file)
	if err != nil {
		return asset{}, err
	}
	packed, err := ui.Pack(b)
	sum := sha256.Sum256(b)
	return asset{hex.EncodeToString(sum[:6]) + path.Ext(file), b, packed}, err
}

// asset serves the one that is asked for; an older name gets the newest, unkept.
func (a *Admin) asset(w http.ResponseWriter, r *http.Request) {
	name, s := r.PathValue("name"), a.style
	if path.Ext(name) == path.Ext(a.record.name) {
		s = a.record
	}
	ui.Send(w, r, ui.Kind(s.name), s.plain, s.packed, name == s.name)
}
