package safety

import (
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindCover is the edition kind of what is asked and said while somebody listens, one for
// each language.
const KindCover = "cover"

// CoverKey names the cover words of a language.
func CoverKey(lang string) edition.Key { return edition.Key{Kind: KindCover, Name: "line", Lang: lang} }

// Cover is what can be said to somebody who is not alone. Whoever reads over her shoulder
// learns nothing from it: no sentence names what the line is for.
type Cover struct {
	Questions []string `json:"questions"` // answered by yes or no
	Stories   []string `json:"stories"`   // what this is, if someone asks
	Endings   []string `json:"endings"`   // how it ends without a word of what it was
}

// ParseCover reads cover words. What is wrong with them comes as [edition.Faults].
func ParseCover(body string) (Cover, error) {
	var c Cover
	var fs edition.Faults
	if !fs.Read(body, &c) {
		return Cover{}, fs
	}
	for _, part := range []struct {
		field string
		lines []string
	}{{"questions", c.Questions}, {"stories", c.Stories}, {"endings", c.Endings}} {
		if len(part.lines) == 0 {
			fs.Add(0, part.field, "edition.fault.empty", "")
		}
		if len(part.lines) > 30 {
			fs.Add(0, part.field, "edition.fault.many", "")
		}
		for i, line := range part.lines {
			if strings.TrimSpace(line) == "" {
				fs.Add(i+1, part.field, "edition.fault.empty", "")
			}
			if utf8.RuneCountInString(line) > 160 {
				fs.Add(i+1, part.field, "edition.fault.long", "")
			}
		}
	}
	return c, fs.Err()
}

// CheckCover is the check of the edition kind "cover".
func CheckCover(body string) error { _, err := ParseCover(body); return err }
