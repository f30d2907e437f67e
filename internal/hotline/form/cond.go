package form

import (
	"slices"
	"strconv"
)

// A Cond asks about a field above. A field whose answer is one of several can be
// asked for each of them. What was answered with a state, such as declined, is asked
// for by the state's word. Procedures ask in the same words, so that whoever reads
// one reads the other.
type Cond struct {
	Field  string   `json:"field"` // its code
	Is     string   `json:"is"`
	Values []string `json:"values"`
}

// What a condition asks.
const (
	Is    = "is"     // the value
	IsNot = "is_not" // none of the values; holds where nothing is answered
	OneOf = "one_of" // any of the values
)

// Holds reports whether a condition holds for an answer.
func (c Cond) Holds(v Value) bool {
	any := slices.Contains(c.Values, v.State) && v.State != "" ||
		slices.ContainsFunc(v.Codes, func(code string) bool { return slices.Contains(c.Values, code) })
	return any != (c.Is == IsNot)
}

// Check adds what is wrong with a condition. Of which field it may ask, whoever has
// the condition says: has tells the options of that field, and is nil where there is
// none.
func (c Cond) Check(add func(field, key, given string), at string, has func(code string) bool) {
	if !slices.Contains([]string{Is, IsNot, OneOf}, c.Is) {
		add(at+".is", "edition.fault.unknown", c.Is)
	}
	if len(c.Values) == 0 || c.Is == Is && len(c.Values) > 1 || len(c.Values) > MaxOptions+len(States()) {
		add(at+".values", "edition.fault.values", strconv.Itoa(len(c.Values)))
	}
	for _, v := range c.Values {
		if has != nil && !slices.Contains(States(), v) && !has(v) {
			add(at+".values", "edition.fault.unknown", v)
		}
	}
}
