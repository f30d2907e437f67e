package safety

import (
	"embed"
	"encoding/json"
	"path"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

//go:embed words/*.txt cover/*.json
var files embed.FS

// Shipped are the lists and cover words that a line begins with: drafts that nobody has
// reviewed.
func Shipped() map[edition.Key]string {
	out := map[edition.Key]string{}
	for name, body := range dir("words") {
		list, _ := json.Marshal(strings.Fields(body)) // words always marshal
		out[WordsKey(name)] = string(list)
	}
	for name, body := range dir("cover") {
		out[CoverKey(name)] = body
	}
	return out
}

// dir reads the files of a directory that is built in, by their name without its end.
func dir(of string) map[string]string {
	out := map[string]string{}
	entries, _ := files.ReadDir(of) // built in: cannot fail
	for _, e := range entries {
		b, _ := files.ReadFile(path.Join(of, e.Name()))
		out[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = string(b)
	}
	return out
}
