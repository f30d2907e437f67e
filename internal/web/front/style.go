package front

import (
	_ "embed" // for front.css
	"fmt"
	"regexp"
	"strings"
)

// sheet is the one source of the pages' style. A page names the parts it wants.
//
//go:embed front.css
var sheet string

// styles gives the text of a page's style element by the parts the page names.
// There are few distinct ones, all made at start, so that every page's policy can
// name the hashes of all: her script changes pages without loading another.
type styles map[string]string

// palette holds the colours of day and night by token.
type palette struct{ day, night map[string]string }

// newStyles writes the sheet for each list of parts.
func newStyles(css string, wanted ...string) (styles, error) {
	parts, colours, err := readSheet(css)
	if err != nil {
		return nil, err
	}
	made := styles{}
	for _, list := range wanted {
		var whole strings.Builder
		for _, name := range strings.Fields(list) {
			part, ok := parts[name]
			if !ok {
				return nil, fmt.Errorf("front: the sheet has no part %q", name)
			}
			whole.WriteString(part)
		}
		if made[list], err = colours.resolve(whole.String()); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// readSheet splits the sheet into its parts and its colours.
func readSheet(css string) (map[string]string, palette, error) {
	marks := regexp.MustCompile(`/\*@ (\w+) \*/`).FindAllStringSubmatchIndex(css, -1)
	if len(marks) == 0 {
		return nil, palette{}, fmt.Errorf("front: the sheet has no parts")
	}
	day, night, ok := strings.Cut(css[:marks[0][0]], "@media (prefers-color-scheme")
	if !ok {
		return nil, palette{}, fmt.Errorf("front: the sheet has no night")
	}
	parts := map[string]string{}
	for i, m := range marks {
		end := len(css)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		parts[css[m[2]:m[3]]] = squeeze(css[m[1]:end])
	}
	return parts, palette{tokens(day), tokens(night)}, nil
}

func tokens(css string) map[string]string {
	of := map[string]string{}
	for _, m := range regexp.MustCompile(`(--\w+):\s*([^;}]+?)\s*[;}]`).FindAllStringSubmatch(css, -1) {
		of[m[1]] = m[2]
	}
	return of
}

// squeeze drops comments and the spaces that mean nothing.
func squeeze(css string) string {
	css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(css, "")
	css = regexp.MustCompile(`\s+`).ReplaceAllString(css, " ")
	css = regexp.MustCompile(`\s*([{};,>])\s*`).ReplaceAllString(css, "$1")
	css = regexp.MustCompile(`:\s+`).ReplaceAllString(css, ":")
	return strings.TrimSpace(strings.ReplaceAll(css, ";}", "}"))
}

// resolve puts colours in the place of tokens and adds the rules of the night.
func (p palette) resolve(css string) (string, error) {
	var night strings.Builder
	for _, rule := range rules(css) {
		if rule[0] == '@' {
			if strings.Contains(rule, "var(") {
				return "", fmt.Errorf("front: a token inside an at-rule: %.60s", rule)
			}
			continue
		}
		selector, body, _ := strings.Cut(strings.TrimSuffix(rule, "}"), "{")
		var changed []string
		for declaration := range strings.SplitSeq(body, ";") {
			day, err := paint(declaration, p.day)
			if err != nil {
				return "", err
			}
			dark, err := paint(declaration, p.night)
			if err != nil {
				return "", err
			}
			if day != dark {
				changed = append(changed, onlyColour(dark, declaration))
			}
		}
		if changed != nil {
			night.WriteString(selector + "{" + strings.Join(changed, ";") + "}")
		}
	}
	day, err := paint(css, p.day)
	if err != nil {
		return "", err
	}
	if night.Len() == 0 {
		return day, nil
	}
	return day + "@media (prefers-color-scheme:dark){" + night.String() + "}", nil
}

// onlyColour keeps of a border's shorthand the colour alone, so that the night
// changes no width.
func onlyColour(painted, declaration string) string {
	property, value, _ := strings.Cut(painted, ":")
	switch property {
	case "border", "border-top", "border-bottom", "outline":
		if strings.HasSuffix(declaration, ")") {
			return property + "-color:" + value[strings.LastIndexByte(value, ' ')+1:]
		}
	}
	return painted
}

// paint puts the colours of a palette in the place of their tokens.
func paint(css string, by map[string]string) (string, error) {
	var missing string
	painted := regexp.MustCompile(`var\((--\w+)\)`).ReplaceAllStringFunc(css, func(token string) string {
		name := token[len("var(") : len(token)-1]
		colour, ok := by[name]
		if !ok {
			missing = name
		}
		return colour
	})
	if missing != "" {
		return "", fmt.Errorf("front: the sheet has no colour %s", missing)
	}
	return painted, nil
}

// rules lists the top-level blocks of a sheet, with their braces.
func rules(css string) []string {
	var found []string
	depth, start := 0, 0
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				found = append(found, strings.TrimSpace(css[start:i+1]))
				start = i + 1
			}
		}
	}
	return found
}
