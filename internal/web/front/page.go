package front

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/ui"
)

//go:embed pages/*.html
var files embed.FS

// script is hers: it makes the same pages live, and nothing needs it.
//
//go:embed script.js
var script string

// parts names the pages and the parts of the sheet that each wants.
func parts() map[string]string {
	return map[string]string{
		"home":      "base home ways",
		"expect":    "base note form more link",
		"chat":      "base form more chat log",
		"privacy":   "base levels link",
		"ask":       "base levels form link",
		"log":       "base log frame",
		"parked":    "base ways link",
		"code":      "base code",
		"return":    "base form link",
		"answers":   "base replies form link",
		"erase":     "base",
		"gone":      "base",
		"languages": "base link",
		"cover":     "base link",
		"help":      "base",
		"keep":      "base",
		"who":       "base",
		"scope":     "base",
		"error":     "base form",
	}
}

// pages writes every page of hers. It is not changed after it is made.
type pages struct {
	templates *template.Template
	words     *i18n.Catalogue
	styles    styles
	offered   []*i18n.Language
	script    template.HTML
	hashes    hashes
}

// hashes are what the policy of every page names.
type hashes struct{ style, script string }

func newPages(words *i18n.Catalogue, offered []string) (*pages, error) {
	templates, err := template.New("").Option("missingkey=error").ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("front: pages: %w", err)
	}
	var wanted []string
	for _, list := range parts() {
		wanted = append(wanted, list)
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	made, err := newStyles(sheet, wanted...)
	if err != nil {
		return nil, err
	}
	small := shorten(script)
	p := &pages{
		templates: templates, words: words, styles: made,
		script: template.HTML("<script>" + small + "</script>"), //nolint:gosec // ours, and nothing of a caller's
		hashes: hashes{script: hash(small)},
	}
	for i, list := range wanted {
		if i > 0 {
			p.hashes.style += " "
		}
		p.hashes.style += hash(made[list])
	}
	if len(offered) == 0 {
		offered = words.Tags()
	}
	for _, tag := range offered {
		p.offered = append(p.offered, words.For(tag))
	}
	return p, nil
}

// shorten drops the comments of the script and the spaces before its lines.
func shorten(js string) string {
	var lines []string
	for line := range strings.Lines(js) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// hash is a source expression of a policy for a text that stands in the page.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// write writes a whole page, or nothing.
func (p *pages) write(w io.Writer, name string, view any) error {
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, view); err != nil {
		return fmt.Errorf("front: page %s: %w", name, err)
	}
	_, err := b.WriteTo(w)
	return err
}

// A frame is what every page stands in: its language, the line, and the one-time
// id of its forms.
type frame struct {
	*i18n.Language
	Line    About
	Draft   bool   // nobody has reviewed these words
	ID      string // given once, so that a double tap writes once
	Public  bool   // search engines may show it
	Refresh int    // seconds after which it is asked for again where there is no script; 0 is never
	Style   template.HTML
	Script  template.HTML
	tongues []Tongue
}

// newFrame begins a page.
func (p *pages) newFrame(name string, l *i18n.Language, about About) frame {
	f := frame{
		Language: l, Line: about, ID: hotline.NewID(),
		Draft:  l.ReviewedBy("front") == "",
		Public: public(name),
		Style:  template.HTML("<style>" + p.styles[parts()[name]] + "</style>"), //nolint:gosec // ours, and nothing of a caller's
		Script: p.script,
	}
	for _, o := range p.offered {
		f.tongues = append(f.tongues, Tongue{o.Tag(), title(o.Own()), o.Dir()})
	}
	return f
}

// public reports whether search engines may show a page.
func public(name string) bool { return name == "home" || slices.Contains(slugs(), name) }

// slugs are the pages of public information.
func slugs() []string { return []string{"help", "keep", "who", "scope"} }

// A Tongue is a language as its own readers see it in a list.
type Tongue struct{ Tag, Own, Dir string }

// title writes a name's first letter large where the script has large letters.
func title(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToTitle(r)) + name[n:]
}

// All lists the languages of the line.
func (f frame) All() []Tongue { return f.tongues }

// few is how many languages stand at the top of the home page.
const few = 3

// First lists the languages that stand at the top: not the page's own.
func (f frame) First() []Tongue {
	var first []Tongue
	for _, t := range f.tongues {
		if t.Tag != f.Tag() && len(first) < few {
			first = append(first, t)
		}
	}
	return first
}

// More reports whether some languages do not stand at the top.
func (f frame) More() bool { return len(f.tongues) > few+1 }

// Rich is a message whose placeholders are filled with markup: values that are
// template.HTML go in as they are, everything else is escaped.
func (f frame) Rich(key string, args ...any) template.HTML {
	return ui.Rich(f.T, key, args...)
}

// Tel is a link that calls; the key's text says so.
func (f frame) Tel(key string, n Number) template.HTML {
	return template.HTML(`<a href="tel:`+template.HTMLEscapeString(dialled(n.Dial))+`">`) + f.Rich(key, "number", f.Bdi(n.Shown)) + `</a>` //nolint:gosec // escaped
}

// Bdi keeps the order of a number's digits in a language that is written from the right.
func (frame) Bdi(text string) template.HTML {
	return template.HTML(`<bdi dir="ltr">` + template.HTMLEscapeString(text) + `</bdi>`) //nolint:gosec // escaped
}

// Strong is a word that stands out.
func (frame) Strong(text string) template.HTML {
	return template.HTML(`<b>` + template.HTMLEscapeString(text) + `</b>`) //nolint:gosec // escaped
}

// Jump is a link to a place of the same page.
func (frame) Jump(to, text string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(to) + `">` + template.HTMLEscapeString(text) + `</a>`) //nolint:gosec // escaped
}

// dialled keeps of a number what a telephone dials.
func dialled(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, number)
}
