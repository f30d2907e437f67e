package ui

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Rich is a message whose placeholders are filled with markup: values that are template.HTML go
// in as they are, everything else is escaped.
func Rich(message func(key string, args ...any) string, key string, args ...any) template.HTML {
	marked := slices.Clone(args)
	for i := 1; i < len(args); i += 2 {
		marked[i] = fmt.Sprintf("\x02%d\x03", i)
	}
	text := template.HTMLEscapeString(message(key, marked...))
	for i := 1; i < len(args); i += 2 {
		markup, ok := args[i].(template.HTML)
		if !ok {
			markup = template.HTML(template.HTMLEscapeString(fmt.Sprint(args[i]))) //nolint:gosec // escaped
		}
		text = strings.ReplaceAll(text, fmt.Sprintf("\x02%d\x03", i), string(markup))
	}
	return template.HTML(text) //nolint:gosec // escaped above
}
