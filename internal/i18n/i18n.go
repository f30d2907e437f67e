// Package i18n gives every word that the program shows, in the reader's language.
//
// Messages lie in locales/<area>.<language>.json: one object, flat dotted keys,
// and a text or an object of plural forms for each.
//
//	{
//	  "reviewed_by": "",
//	  "front.home.title": "We are here",
//	  "front.wait.ahead": {"one": "{n} person is ahead of you", "other": "{n} people are ahead of you"}
//	}
//
// A placeholder is a word in braces, filled by name: nothing is put together from
// pieces, nothing in a catalogue is ever run, and the same files serve the desk's
// script. Areas are front, desk, admin and cli, whose keys begin with their name,
// and problem, whose keys are those of [problem.New]. The texts are plain; what
// writes HTML escapes them.
//
// A key without a message, and a placeholder without a value, show as ⟦key⟧: a
// page's test looks for that bracket. English stands in where a language lacks a
// message, and a test refuses a language that does.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Fallback is the language that stands in for every other.
const Fallback = "en"

//go:embed locales/*.json
var locales embed.FS

// A Catalogue holds the messages of all languages. It is not changed after Load.
type Catalogue struct {
	table     []Info
	languages map[string]*Language
}

// Load reads the catalogues that are built into the program. It fails where one
// of them is malformed, not where one lacks a message.
func Load() (*Catalogue, error) {
	sub, err := fs.Sub(locales, "locales")
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	return LoadFrom(sub)
}

// LoadFrom reads the catalogues of a directory.
func LoadFrom(dir fs.FS) (*Catalogue, error) {
	table, err := languageTable()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "*.json")
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	read := map[string]*collected{}
	for _, name := range names {
		area, lang, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), ".")
		if !ok || !slices.Contains(areas(), area) {
			return nil, fmt.Errorf("i18n: %s: a catalogue is named <area>.<language>.json, areas are %s", name, strings.Join(areas(), ", "))
		}
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		f, err := parse(area, b)
		if err != nil {
			return nil, fmt.Errorf("i18n: %s: %w", name, err)
		}
		if read[lang] == nil {
			read[lang] = newCollected()
		}
		if err := read[lang].add(area, f); err != nil {
			return nil, fmt.Errorf("i18n: %s: %w", name, err)
		}
	}
	if read[Fallback] == nil {
		return nil, fmt.Errorf("i18n: there is no catalogue in %s", Fallback)
	}
	c := &Catalogue{table: table, languages: map[string]*Language{}}
	for lang, got := range read {
		info, ok := c.Info(lang)
		if !ok {
			return nil, fmt.Errorf("i18n: %s is not in the table of languages", lang)
		}
		if c.languages[lang], err = newLanguage(info, lang, got, read[Fallback]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// For returns a language by its tag. A language without catalogue gives that of
// its first part (es for es-MX), and otherwise [Fallback]; it is never nil.
func (c *Catalogue) For(lang string) *Language {
	base, _, _ := strings.Cut(lang, "-")
	for _, tag := range []string{lang, base} {
		if l := c.languages[tag]; l != nil {
			return l
		}
	}
	return c.languages[Fallback]
}

// Tags lists the languages that have a catalogue, [Fallback] first.
func (c *Catalogue) Tags() []string {
	tags := slices.DeleteFunc(slices.Sorted(maps.Keys(c.languages)), func(tag string) bool { return tag == Fallback })
	return append([]string{Fallback}, tags...)
}

func areas() []string { return []string{"front", "desk", "admin", "problem", "cli"} }
