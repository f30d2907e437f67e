package admin

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A block is a part of a body in the form: a field, some choices, or rows of blocks.
type block struct {
	Kind  string // field, area, pick, group, picks or rows
	Field field
	Group group
	Picks []group // of what is put in an order
	// Of a list of rows:
	Name, Label, Add string
	Rows             []rowBlock
	aside            bool
	*frame
}

// A rowBlock is one row with its buttons.
type rowBlock struct {
	*frame
	Name, ID, Legend string
	List             string // the name of the list that it stands in
	N                int
	First, Last      bool
	Here             string // the page that it stands on
	Blocks           []block
	More             []block // folded away
	Open             bool    // something is wrong in them
}

// blocks lays the parts of a body out as a form.
func (f *frame) blocks(parts []part, t tree, under, said, lang, here string) (out []block) {
	for _, p := range parts {
		name := p.field(under)
		keys := said + "." + p.field("")
		b := block{Kind: "field", Field: f.FieldAs(name, cmp.Or(p.said, keys), ""), frame: f, aside: p.aside}
		b.Field.Label = p.label(f.Language, keys)
		if b.Field.Lang = p.lang; p.lang == "" {
			b.Field.Lang = lang
		}
		if b.Field = b.Field.Most(cmp.Or(p.most, mostText)); p.may {
			b.Field = b.Field.May()
		}
		if p.code {
			b.Field = b.Field.Left()
		}
		v := value(t, p.name)
		switch p.look {
		case line:
			b.Field.Value = written(v)
		case area:
			b.Kind, b.Field.Value = "area", written(v)
		case words:
			b.Kind, b.Field.Value, b.Field.Tall = "area", strings.Join(listed(v), "\n"), min(max(3, len(listed(v))+1), 16)
		case conds:
			b.Kind, b.Field.Value = "area", strings.Join(condLines(v), "\n")
		case flag:
			b.Kind, b.Group = "group", f.GroupAs(name, keys, true, []choice{{Value: flagOn, Label: f.T("admin.choice.yes"), On: written(v) == "true"}})
		case number:
			b.Field = b.Field.Digits(9)
			b.Field.Value, b.Field.Lang = written(v), ""
		case one, many:
			b.Kind, b.Group = "group", f.choices(p, v, name, keys)
			if p.look == one {
				b.Kind = "pick"
			}
		case ranked:
			b.Kind, b.Picks = "picks", f.picks(p, v, name)
		case rows:
			b.Kind, b.Name, b.Label, b.Add = "rows", name, b.Field.Label, f.T("admin.rows.add")
			b.Rows = f.rowsOf(p, v, name, keys, lang, here)
		}
		out = append(out, b)
	}
	return out
}

func (f *frame) rowsOf(p part, v tree, name, keys, lang, here string) (out []rowBlock) {
	items := v.rows()
	label := p.label(f.Language, keys)
	for i, item := range items {
		row := name + strconv.Itoa(i+1)
		r := rowBlock{
			frame: f, Name: row, ID: "f-" + row, List: name, N: i + 1, First: i == 0, Last: i == len(items)-1, Here: here,
			Legend: rowHead(f.Language, label, i+1, p.titled(f.Language, item)),
		}
		for _, b := range f.blocks(p.parts, item, row, keys, lang, here) {
			if !b.aside {
				r.Blocks = append(r.Blocks, b)
				continue
			}
			r.More, r.Open = append(r.More, b), r.Open || b.Field.Fault != ""
		}
		out = append(out, r)
	}
	return out
}

// Whole is what is wrong with the whole row, or "".
func (r rowBlock) Whole() string {
	if f, ok := r.faults.of(r.Name); ok {
		return r.T(f.key, f.args...)
	}
	return ""
}

// rowHead is a row by its list, its number and, where it has one, its name.
func rowHead(l *i18n.Language, list string, n int, title string) string {
	if title == "" {
		return l.T("admin.rows.row", "list", list, "row", n)
	}
	return l.T("admin.rows.titled", "list", list, "row", n, "title", title)
}

// titled is the part by which a row is known.
func (p part) titled(l *i18n.Language, row tree) string {
	i := slices.IndexFunc(p.parts, func(of part) bool { return p.title != "" && of.name == p.title })
	if i < 0 {
		return ""
	}
	return p.parts[i].word(l, written(value(row, p.title)))
}

// labelled is what a row that has words is called in the reader's language.
func labelled(l *i18n.Language, row tree) string {
	of := func(tag string) string { return written(value(row, "words."+tag+".label")) }
	return cmp.Or(of(l.Tag()), of(i18n.Fallback))
}

// choices offers what there is, and what stands there that is not known here.
func (f *frame) choices(p part, v tree, name, keys string) group {
	on := listed(v)
	if p.look == one {
		on = []string{written(v)}
	}
	var out []choice
	if p.look == one && p.may {
		out = append(out, choice{Label: f.T(cmp.Or(p.none, "admin.choice.none")), On: written(v) == ""})
	}
	for _, c := range p.choices {
		out = append(out, choice{Value: c, Label: p.word(f.Language, c), On: slices.Contains(on, c)})
	}
	return f.GroupAs(name, keys, p.look == many, out)
}

// picks are as many choices as there are, one after the other.
func (f *frame) picks(p part, v tree, name string) (out []group) {
	in := listed(v)
	for i := range p.choices {
		on := ""
		if i < len(in) {
			on = in[i]
		}
		all := []choice{{Label: f.T("admin.choice.nothing"), On: on == ""}}
		for _, c := range p.choices {
			all = append(all, choice{Value: c, Label: wordOr(f.Language, p.words, c), On: c == on})
		}
		g := f.GroupAs(name+strconv.Itoa(i+1), "nth", false, all)
		g.Label = f.T("admin.field.nth", "n", i+1)
		out = append(out, g)
	}
	return out
}

// aloud reads a body as one reads it to somebody: a line for each value. It is what
// two editions are compared by.
func (a *Admin) aloud(l *i18n.Language, s shape, body string) []string {
	if body == "" {
		return nil
	}
	if s.lines != nil {
		return s.lines(l, body)
	}
	return readAloud(l, s.parts, growth(body), s.kind)
}

func readAloud(l *i18n.Language, parts []part, t tree, said string) (out []string) {
	say := func(field, value string) {
		if value != "" {
			out = append(out, l.T("admin.aloud", "field", field, "value", value))
		}
	}
	for _, p := range parts {
		keys, v := said+"."+p.field(""), value(t, p.name)
		label := p.label(l, keys)
		switch p.look {
		case line, number:
			say(label, written(v))
		case area:
			for part := range strings.Lines(written(v)) {
				say(label, strings.TrimSpace(part))
			}
		case words:
			for _, item := range listed(v) {
				say(label, item)
			}
		case conds:
			for _, item := range condLines(v) {
				say(label, item)
			}
		case flag:
			if written(v) == "true" {
				say(label, l.T("admin.choice.yes"))
			}
		case one:
			say(label, p.word(l, written(v)))
		case many, ranked:
			var all []string
			for _, item := range listed(v) {
				all = append(all, wordOr(l, p.words, item))
			}
			say(label, strings.Join(all, l.T("admin.comma")))
		case rows:
			for i, item := range v.rows() {
				out = append(out, rowHead(l, label, i+1, cmp.Or(labelled(l, item), p.titled(l, item))))
				for _, s := range readAloud(l, p.parts, item, keys) {
					out = append(out, deeper+s)
				}
			}
		}
	}
	return out
}

// A changed is a line of a comparison.
type changed struct {
	Op string // gone, come or ""
	aloudLine
}

// An aloudLine is a line as it stands on a page; a deep one belongs to the one before.
type aloudLine struct {
	Text string
	Deep bool
}

// deeper begins a line that belongs to the one before.
const deeper = "    "

// depth is how far in a line stands.
func depth(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

func onPage(text string) aloudLine {
	in := depth(text)
	return aloudLine{text[in:], in > 0}
}

func onPages(all []string) (out []aloudLine) {
	for _, text := range all {
		out = append(out, onPage(text))
	}
	return out
}

// compared lays two editions side by side, line by line; where nothing is changed
// for a while, one line stands for many.
func (a *Admin) compared(l *i18n.Language, s shape, from, to string) (out []changed, same bool) {
	same = true
	all := edition.Diff(strings.Join(a.aloud(l, s, from), "\n"), strings.Join(a.aloud(l, s, to), "\n"))
	near := make([]bool, len(all)) // to a change, or it heads what is changed
	for i, d := range all {
		if d.Op == ' ' {
			continue
		}
		deep := depth(d.Text)
		for j := min(len(all)-1, i+2); j >= 0 && (j >= i-2 || deep > 0); j-- {
			heads := j < i && depth(all[j].Text) < deep
			near[j] = near[j] || j >= i-2 || heads
			if heads {
				deep = depth(all[j].Text)
			}
		}
	}
	for i, d := range all {
		switch {
		case d.Op == '-' && d.Text != "":
			out, same = append(out, changed{"gone", onPage(d.Text)}), false
		case d.Op == '+' && d.Text != "":
			out, same = append(out, changed{"come", onPage(d.Text)}), false
		case d.Op == ' ' && near[i]:
			out = append(out, changed{"", onPage(d.Text)})
		case d.Op == ' ' && (len(out) == 0 || out[len(out)-1].Text != "…"):
			out = append(out, changed{"", onPage("…")})
		}
	}
	return out, same
}
