package i18n

import "strings"

// The languages that nobody speaks. Pages are tested in them: what stays plain
// English in Long was never translated, what breaks in it has no room for German,
// and what does not turn round in Mirrored takes left and right for granted.
const (
	Long     = "en-XA"
	Mirrored = "ar-XB"
)

// WithPseudo returns a catalogue that has [Long] and [Mirrored] as well, made from
// the English texts. Readers are never offered them.
func (c *Catalogue) WithPseudo() (*Catalogue, error) {
	english := c.languages[Fallback]
	with := &Catalogue{table: c.table, languages: map[string]*Language{}}
	for tag, l := range c.languages {
		with.languages[tag] = l
	}
	for _, p := range []struct {
		info   Info
		change func(string) string
	}{
		{Info{Tag: Long, English: "Long English", Own: lengthen("English"), Script: "Latn", Dir: "ltr"}, lengthen},
		{Info{Tag: Mirrored, English: "Mirrored English", Own: mirror("English"), Script: "Arab", Dir: "rtl"}, mirror},
	} {
		made := newCollected()
		made.area = english.area
		for key, forms := range english.messages {
			made.messages[key] = forms.each(p.change)
		}
		l, err := newLanguage(p.info, Fallback, made, made)
		if err != nil {
			return nil, err
		}
		with.languages[p.info.Tag] = l
	}
	return with, nil
}

// lengthen puts accents on a text, and half its length behind it.
func lengthen(text string) string {
	accents := strings.NewReplacer("a", "å", "e", "é", "i", "î", "o", "ö", "u", "û", "c", "ç", "n", "ñ", "y", "ý",
		"A", "Å", "E", "É", "I", "Î", "O", "Ö", "U", "Û", "C", "Ç", "N", "Ñ", "Y", "Ý")
	long := outside(text, accents.Replace)
	return "[" + long + strings.Repeat("~", 1+len([]rune(text))/2) + "]"
}

// mirror makes a text run from right to left, word by word.
func mirror(text string) string {
	const override, pop = "\u202e", "\u202c"
	return outside(text, func(s string) string {
		words := strings.Split(s, " ")
		for i, w := range words {
			if w != "" {
				words[i] = override + w + pop
			}
		}
		return strings.Join(words, " ")
	})
}

// outside changes what stands outside the placeholders.
func outside(text string, change func(string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(change(before))
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString("{" + name + "}")
		text = after
	}
}
