// Package ui holds what all pages of the staff share: the design language "Quiet" as one style
// sheet, the line icons and the letters. Everything is served from one address that carries the
// hash of it all, so that a browser may keep it for a year and never sees an old one.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

//go:embed quiet.css desk.css phone.css icons.svg icon.svg icon-alert.svg font
var files embed.FS

// Prefix is where the handler expects to be mounted.
const Prefix = "/ui/"

// Assets are the shared files, ready to be served.
type Assets struct {
	version string
	sprite  template.HTML
	files   map[string]asset
}

type asset struct {
	kind   string
	plain  []byte
	packed []byte // gzip, where it is smaller
}

// New reads the files that are built into the program.
func New() (*Assets, error) { return Read(files) }

// Read takes the files of a directory.
func Read(dir fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(b))
		sum.Write(b)
		if strings.HasSuffix(name, ".css") {
			b = Squeeze(b)
		}
		packed, err := Pack(b)
		if err != nil {
			return err
		}
		a.files[name] = asset{kind: Kind(name), plain: b, packed: packed}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:6])
	// The sprite is a file of ours, never made from anything that comes from outside.
	a.sprite = template.HTML(strings.Replace(string(a.files["icons.svg"].plain), "<svg ", `<svg class="sprite" width="0" height="0" aria-hidden="true" `, 1)) //nolint:gosec // our own file
	return a, nil
}

// Path is the address of a file, good for as long as the file does not change.
func (a *Assets) Path(name string) string { return Prefix + a.version + "/" + name }

// Sprite is the icons, to be put into a page; <use href="#phone"> shows one.
func (a *Assets) Sprite() template.HTML { return a.sprite }

// ServeHTTP answers under [Prefix].
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	Send(w, r, f.kind, f.plain, f.packed, version == a.version)
}

// Send answers with a file; one whose address carries its version may be kept for ever.
func Send(w http.ResponseWriter, r *http.Request, kind string, plain, packed []byte, forever bool) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := plain
	if packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = packed
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body)
}

// Squeeze takes the comments and the room between the lines out of a style sheet of ours,
// which are for its readers here.
func Squeeze(css []byte) []byte {
	css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAll(css, nil)
	return regexp.MustCompile(`\s*\n\s*`).ReplaceAll(css, []byte("\n"))
}

// Pack compresses, and gives nothing where that saves nothing.
func Pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if out.Len() > len(b)*9/10 {
		return nil, nil
	}
	return out.Bytes(), nil
}

// Kind is the content type of a file by its name.
func Kind(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return "text/plain; charset=utf-8"
	}
}
