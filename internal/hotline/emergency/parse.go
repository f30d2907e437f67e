package emergency

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// Limits of the table.
const (
	MaxPlaces = 300
	MaxNames  = 20
	MaxNear   = 60
	MaxWords  = 80  // letters of a name, a landmark, a number or hours
	MaxNotes  = 500 // letters
)

// Check is the check of the edition kind "emergency".
func Check(body string) error { _, err := Parse(body); return err }

// Parse reads a table. What is wrong with it comes as [edition.Faults]: the row is the
// place as the administrator counts it, Field the part of it that is meant, such as
// "police.number". In a table without faults every place has an emergency number, its
// own or that of a place it lies in.
func Parse(body string) (Table, error) {
	var fs edition.Faults
	var whole struct {
		Places []json.RawMessage `json:"places"`
	}
	if !fs.Read(body, &whole) || !fs.Some("places", len(whole.Places), MaxPlaces) {
		return Table{}, fs
	}
	t := Table{Places: make([]Place, len(whole.Places)), at: map[string]int{}}
	for i, row := range whole.Places {
		if err := edition.Strict(row, &t.Places[i]); err != nil {
			fs.Unread(i+1, err)
			continue
		}
		(&checker{fs: &fs, row: i + 1, above: t.Places[:i]}).place(t.Places[i])
		t.at[t.Places[i].Code] = i
	}
	if len(fs) == 0 { // where a place lies cannot be said without the others
		t.lies(&fs)
	}
	if err := fs.Err(); err != nil {
		return Table{}, err
	}
	t.terms = termsOf(t.Places)
	return t, nil
}

var (
	word   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	dialed = regexp.MustCompile(`^(\+?[0-9]{2,15}|[*#0-9]{2,6})$`)
	tongue = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
)

// A checker looks at one place.
type checker struct {
	fs    *edition.Faults
	row   int
	above []Place
}

func (c *checker) add(field, key, given string) { c.fs.Add(c.row, field, key, given) }

func (c *checker) place(p Place) {
	switch {
	case !word.MatchString(p.Code):
		c.add("code", "edition.fault.word", p.Code)
	case slices.ContainsFunc(c.above, func(o Place) bool { return o.Code == p.Code }):
		c.add("code", "edition.fault.twice", p.Code)
	}
	if !slices.Contains(Kinds(), p.Kind) {
		c.add("kind", "edition.fault.unknown", p.Kind)
	}
	if len(p.Names) == 0 {
		c.add("names", "edition.fault.empty", "")
	}
	c.list("names", p.Names, MaxNames)
	c.list("near", p.Near, MaxNear)
	c.number("call", p.Call)
	c.number("medical", p.Medical)
	c.number("fire", p.Fire)
	if p.Text != "" && p.Text != Yes && p.Text != No {
		c.add("text", "edition.fault.unknown", p.Text)
	}
	if utf8.RuneCountInString(p.Notes) > MaxNotes {
		c.add("notes", "edition.fault.long", p.Notes)
	}
	c.unit(p.Police)
}

// list checks words that a place is found by: each must leave something to compare.
func (c *checker) list(field string, all []string, most int) {
	if len(all) > most {
		c.add(field, "edition.fault.many", strconv.Itoa(len(all)))
		return
	}
	for _, s := range all {
		c.short(field, s)
		if len(tokens(s)) == 0 {
			c.add(field, "edition.fault.word", s)
		}
	}
}

func (c *checker) short(field, s string) {
	if utf8.RuneCountInString(s) > MaxWords {
		c.add(field, "edition.fault.long", s)
	}
}

func (c *checker) number(field, n string) {
	if n != "" && (len(n) > MaxWords || !dialed.MatchString(digits(n))) {
		c.add(field, "edition.fault.phone", n)
	}
}

func (c *checker) unit(u Unit) {
	c.short("police.name", u.Name)
	c.number("police.number", u.Number)
	c.short("police.hours", u.Hours)
	if u.Form != "" {
		if at, err := url.Parse(u.Form); err != nil || at.Scheme != "https" || at.Host == "" || len(u.Form) > 400 {
			c.add("police.form", "edition.fault.address", u.Form)
		}
	}
	if len(u.Languages) > MaxNames {
		c.add("police.languages", "edition.fault.many", strconv.Itoa(len(u.Languages)))
		return
	}
	for _, l := range u.Languages {
		if !tongue.MatchString(l) {
			c.add("police.languages", "edition.fault.language", l)
		}
	}
	for i, way := range u.Takes {
		if !slices.Contains(Takes(), way) {
			c.add("police.takes", "edition.fault.unknown", way)
		} else if slices.Contains(u.Takes[:i], way) {
			c.add("police.takes", "edition.fault.twice", way)
		}
	}
	if slices.Contains(u.Takes, ByForm) && u.Form == "" {
		c.add("police.form", "edition.fault.empty", "")
	}
	if (slices.Contains(u.Takes, ByCall) || slices.Contains(u.Takes, ByText)) && u.Number == "" {
		c.add("police.number", "edition.fault.empty", "")
	}
	if u.Name == "" && (u.Number != "" || u.Form != "" || u.Hours != "" || len(u.Languages)+len(u.Takes) > 0) {
		c.add("police.name", "edition.fault.empty", "")
	}
}

// lies checks that each place lies in a wider one, so that no way up goes round, that
// no two of the same place have one name, and that somebody answers everywhere.
func (t Table) lies(fs *edition.Faults) {
	names := map[string]bool{}
	for i, p := range t.Places {
		if p.In != "" {
			in, ok := t.at[p.In]
			if !ok || slices.Index(Kinds(), t.Places[in].Kind) >= slices.Index(Kinds(), p.Kind) {
				fs.Add(i+1, "in", "edition.fault.unknown", p.In)
				continue
			}
		}
		mine := map[string]bool{}
		for _, n := range p.Names {
			name := p.In + " " + strings.Join(apart(n), " ")
			if names[name] && !mine[name] {
				fs.Add(i+1, "names", "edition.fault.twice", n)
			}
			names[name], mine[name] = true, true
		}
	}
	if len(*fs) > 0 {
		return
	}
	for i, p := range t.Places {
		if w, _ := t.Who(p.Code); w.Call == "" { // it is in the table
			fs.Add(i+1, "call", "edition.fault.empty", "")
		}
	}
}
