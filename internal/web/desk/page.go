package desk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/ui"
)

//go:embed dist/*.js dist/first.txt
var dist embed.FS

//go:embed desk.html
var pageText string

// Where the desk's own addresses lie.
const (
	PagePath    = "/desk"
	SocketPath  = "/desk/socket"
	SessionPath = "/desk/session"
	FilesPath   = "/desk/files/"
)

// contentPolicy lets the page load its own script, style and letters and talk to its own socket. The
// ban on HTML sinks makes a message that looks like markup a text, whatever our script does.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self'; font-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// A Page is the console's document and its files: the same for everybody, without a word about
// any caller.
type Page struct {
	page    *template.Template
	assets  *ui.Assets
	words   *i18n.Catalogue
	match   *i18n.Matcher
	version string
	first   []string // scripts that desk.js needs at once
	files   map[string]file
	tongues []tongue
	signOut string
}

type file struct {
	kind          string
	plain, packed []byte
}

// tongue is a language of the desk as the script reads it.
type tongue struct {
	Tag   string `json:"tag"`
	Own   string `json:"own"`
	Words string `json:"words"`
	More  string `json:"more"` // words of what comes later
}

// NewPage builds the document. signOut is where a POST ends the session.
func NewPage(assets *ui.Assets, words *i18n.Catalogue, signOut string) (*Page, error) {
	page, err := template.New("desk").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	p := &Page{page: page, assets: assets, words: words, match: words.Matcher(), files: map[string]file{}, signOut: signOut}
	sum := sha256.New()
	if err := p.scripts(sum); err != nil {
		return nil, err
	}
	texts := map[string][]byte{}
	for _, tag := range words.Tags() {
		l := words.For(tag)
		first, more := lean(l.Messages("desk"), l.Messages("problem"))
		for name, v := range map[string]any{
			wordsName(tag): map[string]any{"tag": tag, "dir": l.Dir(), "messages": first},
			moreName(tag):  more,
		} {
			b, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("desk: %w", err)
			}
			texts[name] = b
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		sum.Write(texts[name])
		if err := p.add(name, texts[name]); err != nil {
			return nil, err
		}
	}
	p.version = hex.EncodeToString(sum.Sum(nil)[:6])
	for _, tag := range words.Tags() {
		p.tongues = append(p.tongues, tongue{tag, words.For(tag).Own(), p.path(wordsName(tag)), p.path(moreName(tag))})
	}
	return p, nil
}

// scripts adds what the bundler made: desk.js, what it needs at once, and what comes later.
func (p *Page) scripts(sum io.Writer) error {
	made, err := fs.Glob(dist, "dist/*.js")
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	for _, name := range made {
		b, err := dist.ReadFile(name)
		if err != nil {
			return fmt.Errorf("desk: %w", err)
		}
		_, _ = sum.Write(b)
		if err := p.add(path.Base(name), b); err != nil {
			return err
		}
	}
	first, err := dist.ReadFile("dist/first.txt")
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	p.first = strings.Fields(string(first))
	return nil
}

func (p *Page) add(name string, b []byte) error {
	packed, err := ui.Pack(b)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	p.files[name] = file{kind: ui.Kind(name), plain: b, packed: packed}
	return nil
}

func (p *Page) path(name string) string { return FilesPath + p.version + "/" + name }

// Files answers under the page's own path for files.
func (p *Page) Files(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, FilesPath), "/")
	f, ok := p.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	ui.Send(w, r, f.kind, f.plain, f.packed, version == p.version)
}

// ServeHTTP answers with the document, in the browser's language. Whoever calls it has checked
// the session.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.serve(w, r, "") }

// serve answers in the language that the person has chosen for her pages, if she has.
func (p *Page) serve(w http.ResponseWriter, r *http.Request, locale string) {
	if locale == "" {
		locale = p.match.Match(r.Header.Get("Accept-Language"))
	}
	l := p.words.For(locale)
	tongues, err := json.Marshal(p.tongues)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=()")
	first := make([]string, len(p.first))
	for i, name := range p.first {
		first[i] = p.path(name)
	}
	_ = p.page.Execute(w, map[string]any{
		"Lang": l.Tag(), "Dir": l.Dir(), "Title": l.T("desk.title"), "NoScript": l.T("desk.noscript"),
		"Quiet": p.assets.Path("quiet.css"), "Style": p.assets.Path("desk.css"), "Font": p.assets.Path("font/latin.woff2"),
		"Icon": p.assets.Path("icon.svg"), "IconAlert": p.assets.Path("icon-alert.svg"),
		"Sprite": p.assets.Sprite(), "Phone": p.assets.Path("phone.css"), "Script": p.path("desk.js"), "First": first, "Tongues": string(tongues),
		"Socket": SocketPath, "Session": SessionPath, "SignOut": p.signOut,
	})
}

// elsewhere are the areas of problems that no desk meets: an administrator's and an operator's.
func elsewhere() []string {
	return []string{"edition", "backup", "app", "stats", "box", "jobs", "audit", "retention", "shred", "seal", "channel", "harm"}
}

// later are the areas whose texts come with the part of the page that alone shows them.
func later() []string {
	return []string{"desk.board.", "desk.con.", "desk.decision.", "desk.duty.", "desk.help.", "desk.phone.", "desk.proc.", "desk.sit.", "desk.thread.", "consent.", "emergency."}
}

func wordsName(tag string) string { return "words." + tag + ".json" }
func moreName(tag string) string  { return "more." + tag + ".json" }

// lean is what the script needs of the messages, at once and later: a text where there is
// one form alone, and nothing of what only an administrator meets.
func lean(areas ...map[string]i18n.Forms) (first, more map[string]any) {
	first, more = map[string]any{}, map[string]any{}
	for _, messages := range areas {
		for key, forms := range messages {
			area, _, _ := strings.Cut(key, ".")
			if slices.Contains(elsewhere(), area) {
				continue
			}
			out := first
			if slices.ContainsFunc(later(), func(p string) bool { return strings.HasPrefix(key, p) }) {
				out = more
			}
			if out[key] = forms; forms == (i18n.Forms{Other: forms.Other}) {
				out[key] = forms.Other
			}
		}
	}
	return first, more
}
