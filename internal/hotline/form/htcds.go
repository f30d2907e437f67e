package form

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// htcds holds the fields and codes of the Human Trafficking Case Data Standard 2.0
// that we map to (docs/standards.md): names of things, as the standard writes them,
// its own misspelling among them.
//
//go:embed htcds.json
var htcds []byte

// A standard is one field of HTCDS: the codes it takes, or none where it is free, and
// whether it takes several.
type standard struct {
	Many  bool     `json:"many"`
	Codes []string `json:"codes"`
}

func standards() map[string]standard {
	all := map[string]standard{}
	_ = json.Unmarshal(htcds, &all) // a test reads it
	return all
}

// HTCDSCodes lists what an option may be in HTCDS, as "field:code", in order: for
// whoever maps a line's own option.
func HTCDSCodes() (out []string) {
	for field, s := range standards() {
		for _, code := range s.Codes {
			out = append(out, field+":"+code)
		}
	}
	slices.Sort(out)
	return out
}

// freeHTCDS is the field of HTCDS that takes what is written in one of ours, by code.
func freeHTCDS() map[string]string {
	return map[string]string{
		"language":     "prs_PrimaryLanguage",
		"speaks":       "prs_SecondaryLanguage",
		"nationality":  "prs_Citizenship",
		"children":     "prs_NumberOfChildren",
		"name":         "prs_FirstName",
		"country":      "hte_Country",
		"city":         "hte_City",
		"address":      "hte_Street",
		"seen":         "hte_Description",
		"referral_to":  "cas_ReferredOrganisation",
		"referral_day": "cas_OutgoingReferralDate",
	}
}

// An Exported is a record for another organisation: what HTCDS has a place for, and
// beside it what it has none for, by our codes.
type Exported struct {
	Standard string              `json:"standard"`
	Version  string              `json:"version"`
	Form     string              `json:"form"`
	Edition  int64               `json:"edition"`
	HTCDS    map[string]any      `json:"htcds"`
	Own      map[string][]string `json:"own,omitempty"`
	Without  map[string]string   `json:"without,omitempty"` // why a field has no answer
}

// Export makes one record of what stands in the fields that keep names, by code. It
// takes a form and its values and nothing else, so that no word of a conversation
// can be in it.
func (f Form) Export(name string, number int64, v map[string]Value, keep func(Field) bool) Exported {
	free := freeHTCDS()
	x := exporter{fields: standards(), Exported: Exported{Standard: "HTCDS", Version: "2.0", Form: name, Edition: number, HTCDS: map[string]any{}, Own: map[string][]string{}, Without: map[string]string{}}}
	for _, field := range f.Shown(v) {
		value := v[field.Code]
		switch {
		case !keep(field) || value.Empty() || f.Check(field.ID, value) != nil:
		case value.State != "":
			x.Without[field.Code] = value.State
		case field.Chosen():
			x.chosen(field, value.Codes)
		case free[field.Code] != "":
			x.put(free[field.Code], value.Text)
		default:
			x.Own[field.Code] = []string{value.Text}
		}
	}
	return x.Exported
}

// An exporter fills an export.
type exporter struct {
	Exported

	fields map[string]standard
}

// chosen puts options where the standard has them, and all that it has not, or has
// only roughly, beside it too.
func (x *exporter) chosen(f Field, codes []string) {
	for _, code := range codes {
		i := slices.IndexFunc(f.Options, func(o Option) bool { return o.Code == code })
		if field, value, ok := strings.Cut(f.Options[i].HTCDS, ":"); ok {
			x.put(field, value)
			if !strings.HasSuffix(f.Options[i].HTCDS, ":Other") && alone(f, f.Options[i].HTCDS) {
				continue
			}
		}
		x.Own[f.Code] = append(x.Own[f.Code], code)
	}
}

// alone reports whether one option alone is that code: nothing is lost in it.
func alone(f Field, htcds string) bool {
	n := 0
	for _, o := range f.Options {
		if o.HTCDS == htcds {
			n++
		}
	}
	return n == 1
}

// put writes a value, in a list where the standard takes several. A record that asks
// for help of several kinds stands for a support plan of each.
func (x *exporter) put(field, value string) {
	if !x.fields[field].Many && field != "spl_Type" {
		x.HTCDS[field] = value
		return
	}
	list, _ := x.HTCDS[field].([]string)
	if !slices.Contains(list, value) {
		x.HTCDS[field] = append(list, value)
	}
}
