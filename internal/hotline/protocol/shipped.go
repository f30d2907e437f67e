package protocol

import (
	"embed"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/form"
)

// shipped holds the steps of the protocols that we ship, one file each, and their
// words, one file a language: drafts, which nobody has reviewed.
//
//go:embed shipped/*.json shipped/steps/*.json
var shipped embed.FS

// Shipped returns the protocols that a line begins with, by name: drafts, not
// reviewed, neither by a survivors' council nor by counsel.
func Shipped() map[string]string {
	words, out := map[string]map[string]string{}, map[string]string{}
	for lang, b := range files("shipped") {
		say := map[string]string{}
		_ = json.Unmarshal(b, &say) // compiled in, and a test reads them
		words[lang] = say
	}
	for name, b := range files("shipped/steps") {
		var p Protocol
		_ = json.Unmarshal(b, &p) // as above
		out[name] = p.said(name, words).Body()
	}
	return out
}

// said is a protocol with its words: what stands under its own name, else what several
// protocols say in the same way.
func (p Protocol) said(name string, words map[string]map[string]string) Protocol {
	p.Words = in(words, []string{name}, []string{name + ".help"})
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Words = in(words, []string{name + ".step." + s.ID, "step." + s.ID}, []string{name + ".help." + s.ID, "help." + s.ID})
		for j, o := range s.Options {
			s.Options[j].Words = in(words, []string{name + ".option." + s.ID + "." + o.Code, "option." + o.Code}, nil)
		}
	}
	return p
}

func in(words map[string]map[string]string, label, help []string) map[string]form.Words {
	out := map[string]form.Words{}
	for lang, say := range words {
		if l := first(say, label); l != "" {
			out[lang] = form.Words{Label: l, Help: first(say, help)}
		}
	}
	return out
}

func first(say map[string]string, keys []string) string {
	i := slices.IndexFunc(keys, func(k string) bool { return say[k] != "" })
	if i < 0 {
		return ""
	}
	return say[keys[i]]
}

// files reads the files of a directory, by their name without its end.
func files(dir string) map[string][]byte {
	out := map[string][]byte{}
	entries, _ := shipped.ReadDir(dir) // built in: cannot fail
	for _, e := range entries {
		if !e.IsDir() {
			out[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))], _ = shipped.ReadFile(path.Join(dir, e.Name()))
		}
	}
	return out
}
