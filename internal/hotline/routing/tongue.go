package routing

import (
	"slices"
	"strings"
)

// tongue is the tag by which a line knows a language. "tl", Tagalog, is what many
// phones and programs still say for Filipino.
func tongue(tag string) string {
	if tag == "tl" || strings.HasPrefix(tag, "tl-") {
		return "fil"
	}
	return tag
}

// speaks reports whether a language is among those of a list.
func speaks(languages []string, lang string) bool {
	lang = tongue(lang)
	return slices.ContainsFunc(languages, func(l string) bool { return tongue(l) == lang })
}
