package i18n

import (
	"strings"

	"golang.org/x/text/language"
)

// A Matcher finds the best of the languages that a line offers. It may be used by
// many at once.
type Matcher struct {
	offered []string
	matcher language.Matcher
}

// Matcher offers languages; the first is given to whoever wants none of them.
// Without any it offers all that have a catalogue.
func (c *Catalogue) Matcher(offered ...string) *Matcher {
	m := &Matcher{}
	if len(offered) == 0 {
		offered = c.Tags()
	}
	var tags []language.Tag
	for _, o := range offered {
		if tag, err := language.Parse(o); err == nil {
			m.offered, tags = append(m.offered, o), append(tags, tag)
		}
	}
	if len(tags) == 0 {
		m.offered, tags = []string{Fallback}, []language.Tag{language.English}
	}
	m.matcher = language.NewMatcher(tags)
	return m
}

// longest is more of a header than any browser sends; the rest is not read.
const longest = 512

// Match returns the offered language that fits an Accept-Language header best. A
// header that makes no sense is like none.
func (m *Matcher) Match(header string) string {
	if len(header) > longest {
		header = header[:longest]
		header = header[:max(strings.LastIndexByte(header, ','), 0)]
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return m.offered[0]
	}
	_, i, confidence := m.matcher.Match(wanted...)
	if confidence == language.No {
		return m.offered[0]
	}
	return m.offered[i]
}
