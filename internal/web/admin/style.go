package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"github.com/freeline-org/freeline/internal/web/ui"
)

const stylePath = "/admin/style/"

// asset is a file that these pages load: what they add to the shared style sheet, and
// their scripts. Its name holds its hash, so that a browser may keep it.
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
	return asset{strings.TrimSuffix(file, path.Ext(file)) + "-" + hex.EncodeToString(sum[:6]) + path.Ext(file), b, packed}, err
}

// asset serves the one that is asked for; an older name gets the newest, unkept.
func (a *Admin) asset(w http.ResponseWriter, r *http.Request) {
	name, s := r.PathValue("name"), a.style
	for _, other := range []asset{a.scripts.record, a.scripts.bell} {
		if of, _, _ := strings.Cut(other.name, "-"); strings.HasPrefix(name, of+"-") {
			s = other
		}
	}
	ui.Send(w, r, ui.Kind(s.name), s.plain, s.packed, name == s.name)
}
