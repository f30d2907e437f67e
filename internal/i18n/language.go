package i18n

import (
	"fmt"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// A Language is one language's messages. It may be used by many at once.
type Language struct {
	info     Info
	messages map[string]Forms // English where the language has none
	area     map[string]string
	reviewed map[string]string
	plurals  *goi18n.Localizer
}

// newLanguage joins a language's messages with those that stand in for what it
// lacks. The plural rules are those of the language named by rules.
func newLanguage(info Info, rules string, own, fallback *collected) (*Language, error) {
	tag, err := language.Parse(rules)
	if err != nil {
		return nil, fmt.Errorf("i18n: %s: %w", rules, err)
	}
	l := &Language{info: info, messages: map[string]Forms{}, area: fallback.area, reviewed: own.reviewed}
	bundle := goi18n.NewBundle(tag)
	for key, forms := range fallback.messages {
		if ours, ok := own.messages[key]; ok {
			forms = ours
		}
		l.messages[key] = forms
		if err := bundle.AddMessages(tag, forms.message(key)); err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
	}
	l.plurals = goi18n.NewLocalizer(bundle, rules)
	return l, nil
}

// T returns a message, its placeholders filled from pairs of name and value:
//
//	l.T("front.wait.place", "place", 3)
func (l *Language) T(key string, args ...any) string {
	forms, ok := l.messages[key]
	if !ok {
		return missing(key)
	}
	return fill(forms.Other, args)
}

// N returns the form of a message that fits a count. The count fills {n}; the
// pairs fill the rest.
func (l *Language) N(key string, n int, args ...any) string {
	text, err := l.plurals.Localize(&goi18n.LocalizeConfig{
		MessageID: key, PluralCount: n, TemplateParser: template.IdentityParser{},
	})
	if text == "" && err != nil {
		return missing(key)
	}
	return fill(text, append([]any{"n", n}, args...))
}

// Has reports whether there is a message of that key.
func (l *Language) Has(key string) bool { _, ok := l.messages[key]; return ok }

// Tag is the language's BCP 47 tag, for the page's lang attribute.
func (l *Language) Tag() string { return l.info.Tag }

// Dir is "ltr" or "rtl", for the page's dir attribute.
func (l *Language) Dir() string { return l.info.Dir }

// Own is the language's name in itself.
func (l *Language) Own() string { return l.info.Own }

// Tall reports whether the script needs a tenth more line height than Latin.
func (l *Language) Tall() bool { return l.info.Tall() }

// ReviewedBy names who read an area's messages and stands for them. Where it is
// empty, pages carry the mark "draft, not reviewed".
func (l *Language) ReviewedBy(area string) string { return l.reviewed[area] }

// Messages returns an area's messages with their placeholders, to be handed to a
// page's script, which chooses forms by Intl.PluralRules.
func (l *Language) Messages(area string) map[string]Forms {
	of := map[string]Forms{}
	for key, forms := range l.messages {
		if l.area[key] == area {
			of[key] = forms
		}
	}
	return of
}
