package form

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
)

// Seen is what the program knows of a contact before anybody asks.
type Seen struct {
	Channel  hotline.Channel
	Path     hotline.Path
	Language string
	Danger   bool // marked by her, by the first look or by an advocate
	Minor    bool
	Returned bool
}

// Prefill answers what is known without asking, by code. What somebody must ask her,
// her safety before all, is never answered for her.
func (f Form) Prefill(s Seen) map[string]Value {
	one := func(code string) Value { return Value{Codes: []string{code}} }
	all := map[string]Value{
		"channel":  one(string(s.Channel)),
		"language": {Text: s.Language},
		"region":   {State: Unknown},
		"again":    one("first"),
	}
	if s.Returned {
		all["again"] = one("returned")
	}
	switch {
	case s.Path == hotline.Tip:
		all[Type], all["proximity"] = one("tip"), one("observed")
	case s.Danger:
		all[Type] = one("crisis")
	}
	if s.Path == hotline.Self {
		all["proximity"] = one("self")
	}
	if s.Danger {
		all["danger_now"] = one("yes")
	}
	if s.Minor && s.Path != hotline.Tip {
		all["age_group"] = one("minor")
	}
	out := map[string]Value{}
	for code, v := range all {
		if i := slices.IndexFunc(f.Fields, func(f Field) bool { return f.Code == code }); i >= 0 && !v.Empty() && f.Check(f.Fields[i].ID, v) == nil {
			out[code] = v
		}
	}
	return out
}
