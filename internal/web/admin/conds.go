package admin

import "strings"

// flagOn is what the box of a flag sends.
const flagOn = "yes"

// condsOf reads conditions as they are typed, one on each line: the field, what is
// asked of it, and the values. What is not whole is kept: the kind's check names it.
func condsOf(typed string) (out []any) {
	for l := range strings.Lines(typed) {
		words := strings.FieldsFunc(oneLine(l), func(r rune) bool { return strings.ContainsRune(" ,;،", r) })
		if len(words) == 0 || len(out) >= mostLines {
			continue
		}
		c := map[string]any{"field": words[0], "is": "", "values": []any{}}
		if len(words) > 1 {
			c["is"] = words[1]
			for _, v := range words[2:] {
				c["values"] = append(c["values"].([]any), v) //nolint:errcheck,forcetypeassert // made above
			}
		}
		out = append(out, c)
	}
	return out
}

// condLines are conditions as they are typed.
func condLines(v tree) (out []string) {
	for _, c := range v.rows() {
		out = append(out, strings.TrimSpace(written(value(c, "field"))+" "+written(value(c, "is"))+" "+strings.Join(listed(value(c, "values")), ", ")))
	}
	return out
}
