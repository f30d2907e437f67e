package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// urgencyInput is the form of the urgency rules, as it was typed.
type urgencyInput struct {
	Rules   []ruleInput
	Default string
	Version int64
}

// ruleInput is one row of it. What asks for nothing is empty.
type ruleInput struct {
	Class, Reason            string
	Path, Channel            []string
	Danger, Minor, Returning string // yes, no or empty
	Spoken                   string // codes, as a list is typed
	Waited, Waits            string
}

// mostRules is one row more than rules may have, so that too many are a fault and
// not lost.
const mostRules = 101

// The choices of a row, in the order of the form.
func rulePaths() []string {
	return []string{string(hotline.Self), string(hotline.Other), string(hotline.Tip), string(routing.Info), string(hotline.Unknown)}
}

func ruleReasons() []string {
	return []string{"danger", "minor", "back", "self", "other", "info", "tip"}
}

func ruleChannels() []string { return []string{string(hotline.Chat), "text", "call", "mail", "form"} }

// readUrgency reads the form and does what its buttons ask of the rows: add, up.2,
// down.2, remove.2. edited reports that one of them was pressed.
func readUrgency(form url.Values) (in urgencyInput, edited bool) {
	in.Version, _ = strconv.ParseInt(digits(form.Get("version")), 10, 64)
	in.Default = short(form.Get("default"), 8)
	for i := 1; i <= mostRules && form.Has(ruleField(i, "class")); i++ {
		in.Rules = append(in.Rules, readRule(form, i))
	}
	do, at, _ := strings.Cut(form.Get("do"), ".")
	n, err := strconv.Atoi(at)
	i := n - 1 // the row that is meant
	switch there := err == nil && i >= 0 && i < len(in.Rules); {
	case do == "add" && len(in.Rules) < mostRules:
		in.Rules = append(in.Rules, ruleInput{Class: in.Default, Reason: string(hotline.Self)})
	case do == "remove" && there:
		in.Rules = slices.Delete(in.Rules, i, i+1)
	case do == "up" && there && i > 0:
		in.Rules[i-1], in.Rules[i] = in.Rules[i], in.Rules[i-1]
	case do == "down" && there && i < len(in.Rules)-1:
		in.Rules[i], in.Rules[i+1] = in.Rules[i+1], in.Rules[i]
	}
	return in, slices.Contains([]string{"add", "remove", "up", "down"}, do)
}

func readRule(form url.Values, n int) ruleInput {
	get := func(part string) string { return short(form.Get(ruleField(n, part)), 200) }
	several := func(part string) (out []string) {
		for _, v := range form[ruleField(n, part)] {
			if v = short(v, 20); v != "" && !slices.Contains(out, v) && len(out) < 20 {
				out = append(out, v)
			}
		}
		return out
	}
	return ruleInput{
		Class: get("class"), Reason: get("reason"), Path: several("path"), Channel: several("channel"),
		Danger: get("danger"), Minor: get("minor"), Returning: get("returning"),
		Spoken: get("language"), Waited: get("waited"), Waits: get("waits"),
	}
}

// ruleField names a field of a row.
func ruleField(n int, part string) string { return "r" + strconv.Itoa(n) + "." + part }

// rules makes them of the form. A number that is none becomes -1, which no rules
// take.
func (in urgencyInput) rules(note string) routing.Rules {
	out := routing.Rules{Note: note, Default: count(in.Default, -1), Rows: []routing.RuleRow{}}
	for _, r := range in.Rules {
		row := routing.RuleRow{
			Class: count(r.Class, -1), Reason: r.Reason, Danger: told(r.Danger), Minor: told(r.Minor), Returning: told(r.Returning),
			Language: codesOf(r.Spoken), Channel: r.Channel, Waits: count(r.Waits, 0), Waited: count(r.Waited, 0),
		}
		for _, p := range r.Path {
			row.Path = append(row.Path, hotline.Path(p))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// count reads a number as it is typed, in the digits of any keyboard.
func count(typed string, empty int) int {
	if typed == "" {
		return empty
	}
	n, err := strconv.Atoi(digits(typed))
	if err != nil || len([]rune(typed)) != len(digits(typed)) {
		return -1
	}
	return n
}

func told(answer string) *bool {
	yes := answer == "yes"
	if !yes && answer != "no" {
		return nil
	}
	return &yes
}

// codesOf reads a list of languages: en, ar pt-BR.
func codesOf(typed string) []string {
	return strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '،' || unicode.IsSpace(r) })
}

// urgencyOf is the form of rules.
func urgencyOf(of routing.Rules) (in urgencyInput) {
	in.Default = strconv.Itoa(of.Default)
	for _, row := range of.Rows {
		r := ruleInput{
			Class: strconv.Itoa(row.Class), Reason: row.Reason, Channel: row.Channel, Danger: answer(row.Danger), Minor: answer(row.Minor),
			Returning: answer(row.Returning), Spoken: strings.Join(row.Language, ", "), Waited: above(row.Waited), Waits: above(row.Waits),
		}
		for _, p := range row.Path {
			r.Path = append(r.Path, string(p))
		}
		in.Rules = append(in.Rules, r)
	}
	return in
}

func answer(of *bool) string {
	switch {
	case of == nil:
		return ""
	case *of:
		return "yes"
	}
	return "no"
}

// above writes a number that is asked for; nought asks for nothing.
func above(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// wrongRules says what is wrong with rules, by row and field, in the reader's words.
func wrongRules(l *i18n.Language, found edition.Faults) (fs faults) {
	for _, f := range found {
		text := l.T(f.Key, "given", f.Given)
		switch {
		case f.Row > 0 && f.Field != "":
			fs.add(ruleField(f.Row, f.Field), "admin.urgency.fault.field", "row", f.Row, "field", l.T("admin.field.rule."+f.Field), "fault", text)
		case f.Row > 0:
			fs.add(ruleField(f.Row, "row"), "admin.urgency.fault.row", "row", f.Row, "fault", text)
		case f.Field == "default":
			fs.add(f.Field, "admin.urgency.fault.whole", "field", l.T("admin.field.default"), "fault", text)
		default:
			fs.add("", "admin.urgency.fault.whole", "field", l.T("admin.urgency.title"), "fault", text)
		}
	}
	return fs
}
