package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// greetingInput is the form of what callers are told in one language.
type greetingInput struct {
	RunBy, Greeting string
	Night           []helpInput
	Version         int64
}

// helpInput is somebody else who can be called while the line is closed.
type helpInput struct{ Number, Why string }

const (
	mostHelps = 10
	newHelps  = 2
	mostText  = 400
)

// readGreeting reads the form, and the numbers of those who help at night.
func readGreeting(form url.Values) (in greetingInput, night []policy.Help, fs faults) {
	in.Version, _ = strconv.ParseInt(digits(form.Get("version")), 10, 64)
	in.RunBy, in.Greeting = sentence(form.Get("run_by")), sentence(form.Get("greeting"))
	for field, s := range map[string]string{"run_by": in.RunBy, "greeting": in.Greeting} {
		if utf8.RuneCountInString(s) > mostText {
			fs.add(field, "admin.fault.text", "most", mostText)
		}
	}
	slices.SortFunc(fs, func(a, b fault) int { return strings.Compare(a.Field, b.Field) })
	for i := 1; i <= mostHelps; i++ {
		row, shown := "night"+strconv.Itoa(i), "night"+strconv.Itoa(len(in.Night)+1)
		h := helpInput{short(form.Get(row+".number"), 60), sentence(form.Get(row + ".why"))}
		if h == (helpInput{}) {
			continue
		}
		in.Night = append(in.Night, h)
		n, ok := phone(h.Number)
		switch {
		case !ok || n.Dial == "":
			fs.add(shown+".number", "admin.fault.phone")
		case h.Why == "":
			fs.add(shown+".why", "admin.fault.why")
		case utf8.RuneCountInString(h.Why) > 200:
			fs.add(shown+".why", "admin.fault.text", "most", 200)
		}
		night = append(night, policy.Help{Number: n, Why: h.Why})
	}
	return in, night, fs
}

// sentence is a text of one paragraph.
func sentence(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, short(typed, 4*mostText))
	return strings.Join(strings.Fields(typed), " ")
}

// greetingOf is the form of a text.
func greetingOf(a policy.About) (in greetingInput) {
	in.RunBy, in.Greeting = a.RunBy, a.Greeting
	for _, h := range a.Night {
		in.Night = append(in.Night, helpInput{h.Shown, h.Why})
	}
	return in
}

// wrongGreeting says what is wrong with a text, at its field. What stands on another
// page is told with its name.
func wrongGreeting(l *i18n.Language, found edition.Faults) (fs faults) {
	for _, f := range found {
		field, words := "", f.Field
		switch {
		case f.Field == "night" && f.Row > 0:
			words = "number"
			if f.Key == "edition.fault.long" {
				words = "why"
			}
			field = "night" + strconv.Itoa(f.Row) + "." + words
		case f.Field == "greeting" || f.Field == "run_by":
			field = f.Field
		case f.Field == "name":
			words = "line"
		}
		label := l.T("admin.greeting.title")
		if l.Has("admin.field." + words) {
			label = l.T("admin.field." + words)
		}
		fs.add(field, "admin.fault.at", "field", label, "fault", l.T(f.Key, "given", f.Given))
	}
	return fs
}
