package i18n

import (
	_ "embed" // for languages.csv
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// languages.csv holds the facts of the Unicode CLDR on the languages that hotlines
// name: own name, main script, direction and plural categories.
//
//go:embed languages.csv
var languagesCSV string

// Info says what is known of a language, with a catalogue or without.
type Info struct {
	Tag     string   // BCP 47
	English string   // its name in English
	Own     string   // its name in itself, as a list of languages shows it
	Script  string   // ISO 15924
	Dir     string   // "ltr" or "rtl"
	Plurals []string // CLDR plural categories; empty where unknown
}

// Tall reports whether the script needs a tenth more line height than Latin.
func (i Info) Tall() bool {
	switch i.Script {
	case "Arab", "Beng", "Thai", "Khmr", "Mymr":
		return true
	}
	return false
}

// Languages lists every language of the table, those without a catalogue too: a
// caller may speak what the pages do not.
func (c *Catalogue) Languages() []Info { return slices.Clone(c.table) }

// Info returns what is known of a language.
func (c *Catalogue) Info(tag string) (Info, bool) {
	i := slices.IndexFunc(c.table, func(i Info) bool { return i.Tag == tag })
	if i < 0 {
		return Info{}, false
	}
	return c.table[i], true
}

func languageTable() ([]Info, error) {
	rows, err := csv.NewReader(strings.NewReader(languagesCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("i18n: table of languages: %w", err)
	}
	table := make([]Info, 0, len(rows))
	for _, row := range rows[1:] {
		table = append(table, Info{
			Tag: row[0], English: row[1], Own: row[2], Script: row[3], Dir: row[4], Plurals: strings.Fields(row[5]),
		})
	}
	return table, nil
}
