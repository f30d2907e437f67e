package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// readField reads the form about a field. base is the field as it was; what the form
// does not ask for stays. Its buttons add, move and remove options and conditions:
// add.options, up.options.2, remove.when.1, add.when. edited reports that one of them
// was pressed.
func readField(in url.Values, base form.Field, langs []string) (f form.Field, edited bool) {
	f = base
	if f.ID == "" {
		f.ID = hotline.NewID()
	}
	f.Words = readWords(in, "words", base.Words, langs)
	if !fixedField(base) {
		f.Code = short(strings.ToLower(in.Get("code")), 40)
		f.Kind = short(in.Get("kind"), 20)
	}
	f.Block, f.Fact = short(in.Get("block"), 20), short(in.Get("fact"), 40)
	if in.Has("class") {
		f.Class = count(short(in.Get("class"), 4), -1)
	}
	f.Required = fixedField(f)
	f.Options, f.When = readOptions(in, base, langs), readWhen(in)
	do := in.Get("do")
	f.Options = moved(f.Options, do, "options", func() form.Option { return form.Option{Words: map[string]form.Words{}} })
	if do == "add.when" && in.Get("newwhen") == "" {
		do = "add"
	}
	f.When = moved(f.When, do, "when", func() form.Cond { return form.Cond{Field: short(in.Get("newwhen"), 40), Is: form.Is} })
	if !f.Chosen() && do != "add.options" && !slices.ContainsFunc(f.Options, func(o form.Option) bool { return len(o.Words) > 0 }) {
		f.Options = nil
	}
	verb, _, _ := strings.Cut(do, ".")
	return f, slices.Contains([]string{"add", "up", "down", "remove"}, verb)
}

// readWords reads the wording in each language; one that is empty is none.
func readWords(in url.Values, at string, was map[string]form.Words, langs []string) map[string]form.Words {
	out := map[string]form.Words{}
	for lang, w := range was {
		if !slices.Contains(langs, lang) {
			out[lang] = w
		}
	}
	for _, lang := range langs {
		w := form.Words{Label: sentence(in.Get(at + "." + lang + ".label")), Help: sentence(in.Get(at + "." + lang + ".help"))}
		if !in.Has(at + "." + lang + ".help") {
			w.Help = was[lang].Help
		}
		if w.Label != "" || w.Help != "" && in.Has(at+"."+lang+".help") {
			out[lang] = w
		}
	}
	return out
}

func readOptions(in url.Values, base form.Field, langs []string) (out []form.Option) {
	for i := 1; i <= form.MaxOptions+1 && in.Has("options."+strconv.Itoa(i)+".was"); i++ {
		at := "options." + strconv.Itoa(i)
		var o form.Option
		if n, err := strconv.Atoi(in.Get(at + ".was")); err == nil && n >= 1 && n <= len(base.Options) {
			o = base.Options[n-1]
		}
		o.Code, o.HTCDS = short(strings.ToLower(in.Get(at+".code")), 40), short(in.Get(at+".htcds"), 80)
		o.Words = readWords(in, at+".words", o.Words, langs)
		out = append(out, o)
	}
	return out
}

func readWhen(in url.Values) (out []form.Cond) {
	for i := 1; i <= form.MaxConds+1 && in.Has("when."+strconv.Itoa(i)+".field"); i++ {
		at := "when." + strconv.Itoa(i)
		c := form.Cond{Field: short(in.Get(at+".field"), 40), Is: short(in.Get(at+".is"), 10), Values: []string{}}
		for _, v := range in[at+".values"] {
			if v = short(v, 40); v != "" && !slices.Contains(c.Values, v) && len(c.Values) <= form.MaxOptions {
				c.Values = append(c.Values, v)
			}
		}
		if c.Is == form.Is && len(c.Values) > 1 {
			c.Is = form.OneOf // that is what several ticks say
		}
		out = append(out, c)
	}
	return out
}

// coded gives a field and its options words of the line's own where none were typed:
// from what they are called, as far as that is Latin, else counted.
func coded(f form.Field, others form.Form) form.Field {
	taken := func(code string) bool {
		return slices.ContainsFunc(others.Fields, func(o form.Field) bool { return o.Code == code && o.ID != f.ID })
	}
	if f.Code == "" {
		f.Code = fresh(form.In(f.Words, "en").Label, "field", taken)
	}
	options := slices.Clone(f.Options)
	for i, o := range options {
		if o.Code == "" {
			options[i].Code = fresh(form.In(o.Words, "en").Label, "option", func(code string) bool {
				return slices.ContainsFunc(options, func(o form.Option) bool { return o.Code == code })
			})
		}
	}
	f.Options = options
	return f
}

// fresh makes a code of the line's own that is not taken.
func fresh(of, otherwise string, taken func(string) bool) string {
	slug := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '_':
			return '_'
		}
		return -1
	}, strings.ToLower(of)), "_")
	if slug == "" {
		slug = otherwise
	}
	slug = form.Own + slug[:min(len(slug), 30)]
	code := slug
	for n := 2; taken(code); n++ {
		code = slug + "_" + strconv.Itoa(n)
	}
	return code
}
