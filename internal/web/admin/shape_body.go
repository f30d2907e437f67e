package admin

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A tree is a body as JSON has it, so that what a form does not ask for stays.
type tree struct{ is any }

// MarshalJSON writes the body.
func (t tree) MarshalJSON() ([]byte, error) { return json.Marshal(t.is) }

// rows are its parts, where it is a list.
func (t tree) rows() (out []tree) {
	items, _ := t.is.([]any)
	for _, item := range items {
		out = append(out, tree{item})
	}
	return out
}

// growth is what a body is read into; one that is no JSON is nothing yet.
func growth(body string) (t tree) {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	if d.Decode(&t.is) != nil {
		return tree{}
	}
	return t
}

// value is what stands at a name.
func value(t tree, name string) tree {
	if name == "" {
		return t
	}
	first, rest, _ := strings.Cut(name, ".")
	m, _ := t.is.(map[string]any)
	return value(tree{m[first]}, rest)
}

// with puts a value at a name; an empty one takes away what stands there, and what it
// stood in where nothing else does.
func with(t tree, name string, v tree) tree {
	if name == "" {
		return v
	}
	first, rest, _ := strings.Cut(name, ".")
	m, _ := t.is.(map[string]any)
	if m == nil {
		m = map[string]any{}
	}
	v = with(tree{m[first]}, rest, v)
	if inside, ok := v.is.(map[string]any); v.is == nil || ok && rest != "" && len(inside) == 0 {
		delete(m, first)
	} else {
		m[first] = v.is
	}
	return tree{m}
}

// written is a value as a field shows it.
func written(v tree) string {
	switch v := v.is.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// listed is a value as a list of lines.
func listed(v tree) (out []string) {
	for _, item := range v.rows() {
		out = append(out, written(item))
	}
	return out
}

// Limits of a form: one more than a kind takes, so that too many are a fault and not
// lost.
const (
	mostRows  = 301
	mostLines = 5001
	mostArea  = 8000
)

// field names a part in the form.
func (p part) field(under string) string {
	name := strings.ReplaceAll(p.name, ".", "_")
	if name == "" {
		name = "body"
	}
	if under != "" {
		return under + "." + name
	}
	return name
}

// readParts takes a form into a body. base is the body that the form was made from.
func readParts(form url.Values, parts []part, base tree, under string) (t tree, fs faults) {
	t = base
	for _, p := range parts {
		v, wrong := p.read(form, value(base, p.name), p.field(under))
		t, fs = with(t, p.name, v), append(fs, wrong...)
	}
	return t, fs
}

// read takes one part. What is empty is left out, unless it is to be held.
func (p part) read(form url.Values, was tree, field string) (tree, faults) {
	var fs faults
	switch p.look {
	case words:
		return p.kept(linesOf(form.Get(field))), nil
	case conds:
		return p.kept(condsOf(form.Get(field))), nil
	case flag:
		if form.Get(field) == flagOn {
			return tree{true}, nil
		}
		return tree{}, nil
	case many:
		var on []any
		for _, v := range p.choices {
			if slices.Contains(form[field], v) {
				on = append(on, v)
			}
		}
		return p.kept(on), nil
	case ranked:
		var in []any
		for i := range p.choices {
			v := form.Get(field + strconv.Itoa(i+1))
			if slices.Contains(p.choices, v) && !slices.Contains(in, any(v)) {
				in = append(in, v)
			}
		}
		return p.kept(in), nil
	case rows:
		return p.readRows(form, was, field)
	case number:
		typed := short(form.Get(field), 12)
		if typed == "" {
			return tree{}, nil
		}
		n := count(typed, 0)
		if n < 0 {
			fs.add(field, "admin.fault.number")
		}
		return tree{json.Number(strconv.Itoa(n))}, fs
	case area:
		return p.keptText(paragraph(form.Get(field))), nil
	case one:
		v := short(form.Get(field), 60)
		if !slices.Contains(p.choices, v) {
			v = ""
		}
		return p.keptText(v), nil
	case line:
	}
	return p.keptText(sentence(form.Get(field))), nil
}

func (p part) kept(of []any) tree {
	if len(of) == 0 && !p.hold {
		return tree{}
	}
	if of == nil {
		of = []any{}
	}
	return tree{of}
}

func (p part) keptText(s string) tree {
	if s == "" && !p.hold {
		return tree{}
	}
	return tree{s}
}

// readRows takes the rows of a form, and does what its buttons ask of them: add,
// up.2, down.2, remove.2, each after the name of the part.
func (p part) readRows(form url.Values, was tree, field string) (tree, faults) {
	var out []any
	var fs faults
	before := was.rows()
	for i := 1; i <= mostRows && form.Has(field+strconv.Itoa(i)+".was"); i++ {
		row, shown := field+strconv.Itoa(i), field+strconv.Itoa(len(out)+1)
		base := tree{map[string]any{}}
		if n, err := strconv.Atoi(form.Get(row + ".was")); err == nil && n >= 1 && n <= len(before) {
			base = copied(before[n-1])
		}
		t, wrong := readParts(form, p.parts, base, row)
		for _, f := range wrong {
			f.Field = shown + strings.TrimPrefix(f.Field, row)
			fs = append(fs, f)
		}
		out = append(out, t.is)
	}
	out = moved(out, form.Get("do"), field, func() any { return map[string]any{} })
	return p.kept(out), fs
}

// moved does to a list what a button asks: add.x, up.x.2, down.x.2, remove.x.2, where
// x is the list's name.
func moved[T any](of []T, do, name string, fresh func() T) []T {
	verb, rest, _ := strings.Cut(do, ".")
	if rest == name && verb == "add" && len(of) < mostRows {
		return append(of, fresh())
	}
	at, ok := strings.CutPrefix(rest, name+".")
	n, err := strconv.Atoi(at)
	i := n - 1
	if !ok || err != nil || i < 0 || i >= len(of) {
		return of
	}
	switch {
	case verb == "remove":
		return slices.Delete(of, i, i+1)
	case verb == "up" && i > 0:
		of[i-1], of[i] = of[i], of[i-1]
	case verb == "down" && i < len(of)-1:
		of[i], of[i+1] = of[i+1], of[i]
	}
	return of
}

// copied is a row that can be changed without changing what it was made from.
func copied(t tree) tree {
	b, err := json.Marshal(t)
	if err != nil {
		return tree{}
	}
	return growth(string(b))
}

// linesOf reads a list as it is typed: one on each line, empty ones left out.
func linesOf(typed string) (out []any) {
	for l := range strings.Lines(typed) {
		if l = oneLine(l); l != "" && len(out) < mostLines {
			out = append(out, l)
		}
	}
	return out
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)), " ")
}

// paragraph is a text of several lines, without what does not print.
func paragraph(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ReplaceAll(short(typed, mostArea), "\r\n", "\n"))
	return strings.TrimSpace(typed)
}
