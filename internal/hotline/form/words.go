package form

import (
	"regexp"
	"strconv"
	"strings"
)

var tag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// CheckWords adds what is wrong with words: none at all, a language that is no code,
// a label that is empty, what is longer than a small screen shows.
func CheckWords(add func(field, key, given string), at string, words map[string]Words) {
	if len(words) == 0 {
		add(at, "edition.fault.empty", "")
	}
	if len(words) > maxTongues {
		add(at, "edition.fault.many", strconv.Itoa(len(words)))
	}
	for _, lang := range sorted(words) {
		w, in := words[lang], at+"."+lang
		if !tag.MatchString(lang) {
			add(in, "edition.fault.language", lang)
		}
		if strings.TrimSpace(w.Label) == "" {
			add(in+".label", "edition.fault.empty", "")
		}
		if !written(w.Label, MaxLabel, "") {
			add(in+".label", "edition.fault.long", w.Label)
		}
		if !written(w.Help, MaxHelp, "") {
			add(in+".help", "edition.fault.long", w.Help)
		}
	}
}
