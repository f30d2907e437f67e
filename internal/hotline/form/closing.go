package form

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Closing adds to the facts of a record what is known of every contact: its channel
// and language. What somebody has written down of them counts. Whatever is not on the
// closed list is left out.
func Closing(f hotline.Facts, channel hotline.Channel, lang string) hotline.Facts {
	out, all := hotline.Facts{}, FactCodes()
	for fact, codes := range f {
		for _, code := range codes {
			if counts(all, fact, code) && !slices.Contains(out[fact], code) {
				out[fact] = append(out[fact], code)
			}
		}
	}
	spoken, _, _ := strings.Cut(strings.ToLower(lang), "-")
	for fact, code := range map[string]string{FactChannel: string(channel), FactLanguage: spoken} {
		if len(out[fact]) == 0 && counts(all, fact, code) {
			out[fact] = []string{code}
		}
	}
	return out
}
