package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Placeholders lists the names in braces of a text, sorted, each once.
func Placeholders(text string) ([]string, error) {
	var names []string
	for rest := text; ; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			break
		}
		end := strings.IndexByte(rest[open:], '}')
		if rest[open] == '}' || end < 0 {
			return nil, errors.New("a brace stands alone")
		}
		name := rest[open+1 : open+end]
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return nil, fmt.Errorf("{%s}: a placeholder is made of small letters, digits and _", name)
		}
		names = append(names, name)
		rest = rest[open+end+1:]
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// fill puts the values in. The text was seen by [Placeholders]. A value is never
// looked at for placeholders of its own.
func fill(text string, args []any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(value(name, args))
		text = after
	}
}

func value(name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return fmt.Sprint(args[i+1])
		}
	}
	return missing(name)
}

// missing is how a hole in a page shows.
func missing(name string) string { return "⟦" + name + "⟧" }
