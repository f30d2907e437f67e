package routing

import "unicode"

// plain is a rune in the form that the lists know: small, without marks, one form
// for what a phone writes in several.
func plain(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case r >= 0x660 && r <= 0x669: // Arabic digits
		return r - 0x660 + '0'
	case r >= 0x6F0 && r <= 0x6F9: // Persian and Urdu digits
		return r - 0x6F0 + '0'
	case r >= 0xFF01 && r <= 0xFF5E: // full width
		return plain(r - 0xFF01 + '!')
	case r >= 0xFE80 && r <= 0xFEF4: // Arabic letters by their shape
		return arabic(shape(r))
	case unicode.Is(unicode.Arabic, r):
		return arabic(r)
	}
	return latin(unicode.ToLower(r))
}

// latin takes the mark off a letter.
func latin(r rune) rune {
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä', 'å', 'ā', 'ă', 'ą', 'ǎ':
		return 'a'
	case 'ç', 'ć', 'ĉ', 'ċ', 'č':
		return 'c'
	case 'ď', 'đ', 'ð':
		return 'd'
	case 'è', 'é', 'ê', 'ë', 'ē', 'ĕ', 'ė', 'ę', 'ě':
		return 'e'
	case 'ĝ', 'ğ', 'ġ', 'ģ':
		return 'g'
	case 'ì', 'í', 'î', 'ï', 'ĩ', 'ī', 'ĭ', 'į', 'ı':
		return 'i'
	case 'ķ':
		return 'k'
	case 'ĺ', 'ļ', 'ľ', 'ł':
		return 'l'
	case 'ñ', 'ń', 'ņ', 'ň':
		return 'n'
	case 'ò', 'ó', 'ô', 'õ', 'ö', 'ø', 'ō', 'ŏ', 'ő':
		return 'o'
	case 'ŕ', 'ř':
		return 'r'
	case 'ś', 'ŝ', 'ş', 'š', 'ș':
		return 's'
	case 'ţ', 'ť', 'ț':
		return 't'
	case 'ù', 'ú', 'û', 'ü', 'ũ', 'ū', 'ŭ', 'ů', 'ű', 'ų':
		return 'u'
	case 'ý', 'ÿ':
		return 'y'
	case 'ź', 'ż', 'ž':
		return 'z'
	}
	return r
}

// pair is two letters that are written as one.
func pair(r rune) string {
	switch r {
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ß':
		return "ss"
	}
	if r >= 0xFEF5 && r <= 0xFEFC {
		return "لا"
	}
	return ""
}

// arabic gives the letters that people write in place of one another one form.
func arabic(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ئ', 'ی', 'ې':
		return 'ي'
	case 'ؤ':
		return 'و'
	case 'ة', 'ہ', 'ۀ', 'ە', 'ھ':
		return 'ه'
	case 'ک', 'گ':
		return 'ك'
	case 'پ':
		return 'ب'
	case 'چ':
		return 'ج'
	case 'ڤ':
		return 'ف'
	}
	return r
}

// shape is the letter of a presentation form, which old phones and PDFs write.
func shape(r rune) rune {
	// Each letter has one, two or four forms; the last one's number is given.
	for _, s := range [...]struct{ last, is rune }{
		{0xFE80, 'ء'},
		{0xFE82, 'آ'},
		{0xFE84, 'أ'},
		{0xFE86, 'ؤ'},
		{0xFE88, 'إ'},
		{0xFE8C, 'ئ'},
		{0xFE8E, 'ا'},
		{0xFE92, 'ب'},
		{0xFE94, 'ة'},
		{0xFE98, 'ت'},
		{0xFE9C, 'ث'},
		{0xFEA0, 'ج'},
		{0xFEA4, 'ح'},
		{0xFEA8, 'خ'},
		{0xFEAA, 'د'},
		{0xFEAC, 'ذ'},
		{0xFEAE, 'ر'},
		{0xFEB0, 'ز'},
		{0xFEB4, 'س'},
		{0xFEB8, 'ش'},
		{0xFEBC, 'ص'},
		{0xFEC0, 'ض'},
		{0xFEC4, 'ط'},
		{0xFEC8, 'ظ'},
		{0xFECC, 'ع'},
		{0xFED0, 'غ'},
		{0xFED4, 'ف'},
		{0xFED8, 'ق'},
		{0xFEDC, 'ك'},
		{0xFEE0, 'ل'},
		{0xFEE4, 'م'},
		{0xFEE8, 'ن'},
		{0xFEEC, 'ه'},
		{0xFEEE, 'و'},
		{0xFEF0, 'ى'},
		{0xFEF4, 'ي'},
	} {
		if r <= s.last {
			return s.is
		}
	}
	return r
}

// dropped reports whether a rune is written and not heard: vowel marks, the line
// that stretches a word, apostrophes, what steers writing direction, skin colours.
func dropped(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '`', '´', 'ʻ', 0x640, 'ء', 0xAD:
		return true
	}
	return r >= 0x80 && (unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1F3FB && r <= 0x1F3FF)
}
