package flow

import (
	"embed"
	"encoding/json"
	"strings"
)

// shipped holds the flow that a line begins with, and its words and the pieces, one
// file a language: drafts, which nobody has reviewed.
//
//go:embed shipped/*.json
var shipped embed.FS

// Shipped returns the flow that a line begins with: a draft, not reviewed. It names no
// other line and no number of anybody's.
func Shipped() string {
	var f Flow
	b, _ := shipped.ReadFile("shipped/flow.json") // compiled in, and a test reads it
	_ = json.Unmarshal(b, &f)
	words := shippedWords()
	for i := range f.Steps {
		s := &f.Steps[i]
		s.Words = map[string]string{}
		for lang, say := range words {
			s.Words[lang] = say[s.ID]
		}
	}
	return f.Body()
}

// shippedWords are all that is said, by language and name.
func shippedWords() map[string]map[string]string {
	out := map[string]map[string]string{}
	entries, _ := shipped.ReadDir("shipped") // compiled in: cannot fail
	for _, e := range entries {
		lang := strings.TrimSuffix(e.Name(), ".json")
		if lang == "flow" {
			continue
		}
		say := map[string]string{}
		b, _ := shipped.ReadFile("shipped/" + e.Name())
		_ = json.Unmarshal(b, &say)
		out[lang] = say
	}
	return out
}
