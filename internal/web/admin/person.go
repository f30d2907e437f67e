package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrUncertified says that the line's keys do not know somebody as an administrator,
// whatever her roles say.
var ErrUncertified = problem.New(problem.Denied, "admin.trouble.uncertified")

// maxCapacity is how many written contacts one person can be given.
const maxCapacity = 10

// readPerson reads what an administrator says of a person. What is not ours to
// understand is a fault, and never kept.
func readPerson(form url.Values, known func(lang string) bool) (p staff.Person, fs faults) {
	p.Pseudonym = strings.Join(strings.Fields(strings.Map(printing, form.Get("pseudonym"))), " ")
	switch {
	case p.Pseudonym == "":
		fs.add("pseudonym", "admin.fault.pseudonym")
	case len([]rune(p.Pseudonym)) > 40:
		fs.add("pseudonym", "admin.fault.pseudonym.long")
	}
	for _, r := range hotline.Roles() {
		if slices.Contains(form["roles"], string(r)) {
			p.Roles = append(p.Roles, r)
		}
	}
	if len(p.Roles) == 0 {
		fs.add("roles", "admin.fault.roles")
	}
	for _, lang := range append(slices.Clone(form["languages"]), form.Get("language")) {
		if known(lang) && !slices.Contains(p.Languages, lang) && len(p.Languages) < 20 {
			p.Languages = append(p.Languages, lang)
		}
	}
	var wrong string
	if p.Skills, wrong = readSkills(form.Get("skills")); wrong != "" {
		fs.add("skills", "admin.fault.skills", "word", wrong)
	}
	if g := form.Get("gender"); g == "woman" || g == "man" {
		p.Gender = g
	}
	n, err := strconv.Atoi(digits(form.Get("capacity")))
	if err != nil || n < 1 || n > maxCapacity {
		fs.add("capacity", "admin.fault.capacity", "most", maxCapacity)
		n = 3
	}
	p.Capacity = n
	return p, fs
}

// skill is the form of a skill: a short word that the rules of queues can name.
var skill = regexp.MustCompile(`^[\p{L}\p{N}-]{1,30}$`)

func readSkills(typed string) (out []string, wrong string) {
	for word := range strings.FieldsFuncSeq(short(typed, 500), func(r rune) bool { return r == ',' || r == '،' || unicode.IsSpace(r) }) {
		word = strings.ToLower(word)
		switch {
		case !skill.MatchString(word):
			wrong = short(word, 40)
		case !slices.Contains(out, word) && len(out) < 20:
			out = append(out, word)
		}
	}
	return out, wrong
}

// printing drops what does not print: it would make two names look alike.
func printing(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
		return ' '
	}
	return r
}

// person reads the person that a page is about. One that is not there is no page.
func (a *Admin) person(v *visit) (staff.Person, error) {
	id := v.r.PathValue("id")
	if !hotline.IsID(id) {
		return staff.Person{}, ErrPage
	}
	p, err := a.Staff.Person(v.r.Context(), hotline.PersonID(id))
	if problem.Of(err).Kind == problem.Missing && err != nil {
		return p, ErrPage
	}
	return p, err
}

// with opens the session of an administrator whom the line's keys know.
func (a *Admin) with(v *visit, fn func(ctx context.Context, r *vault.Ring) error) error {
	return a.Keeper.With(v.r.Context(), v.s.Token, func(r *vault.Ring) error {
		if !r.Admin() {
			return ErrUncertified
		}
		return fn(v.r.Context(), r)
	})
}

// personFields are the questions of the two forms about a person.
type personFields struct {
	Pseudonym, Skills   string
	Roles, Speaks, Kind []choice
	More                []choice // languages to add, one at a time
	Capacity            int
}

// fields fills the questions in. own says that it is the reader herself, whose
// roles others change.
func (a *Admin) fields(ctx context.Context, l *i18n.Language, p staff.Person, own bool) (f personFields, err error) {
	f = personFields{Pseudonym: p.Pseudonym, Skills: strings.Join(p.Skills, ", "), Capacity: p.Capacity}
	for _, r := range hotline.Roles() {
		key := "admin.role." + string(r)
		f.Roles = append(f.Roles, choice{string(r), l.T(key), l.T(key + ".hint"), p.Is(r), own})
	}
	tags, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return f, err
	}
	for _, tag := range p.Languages {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	for _, tag := range tags {
		f.Speaks = append(f.Speaks, choice{Value: tag, Label: a.tongue(tag), On: slices.Contains(p.Languages, tag)})
	}
	for _, info := range a.Words.Languages() {
		if !slices.Contains(tags, info.Tag) {
			f.More = append(f.More, choice{Value: info.Tag, Label: info.Own})
		}
	}
	for _, g := range []string{"woman", "man", ""} {
		f.Kind = append(f.Kind, choice{Value: g, Label: l.T("admin.gender." + cmp.Or(g, "none")), On: p.Gender == g})
	}
	return f, nil
}

// tongue is a language's name in itself.
func (a *Admin) tongue(tag string) string {
	if info, ok := a.Words.Info(tag); ok {
		return info.Own
	}
	return tag
}

func (a *Admin) knows(tag string) bool { _, ok := a.Words.Info(tag); return ok }

// holders counts active persons whose roles come with a team.
func holders(people []staff.Person, t hotline.TeamID) (n int) {
	for _, p := range people {
		if p.State == staff.Active && slices.ContainsFunc(p.Roles, func(r hotline.Role) bool { return slices.Contains(r.Holds(), t) }) {
			n++
		}
	}
	return n
}

// administrators counts those who are active.
func administrators(people []staff.Person) (n int) {
	for _, p := range people {
		if p.State == staff.Active && p.Is(hotline.Administrator) {
			n++
		}
	}
	return n
}

// sameKeys reports whether two sets of roles come with the same keys: then changing
// one for the other changes nothing that she can open or sign.
func sameKeys(a, b []hotline.Role) bool {
	opens := func(roles []hotline.Role) (out []string) {
		for _, r := range roles {
			for _, t := range r.Holds() {
				out = append(out, string(t))
			}
			if r == hotline.Administrator {
				out = append(out, string(r))
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(opens(a), opens(b))
}

// onceView shows a one-time code, once.
type onceView struct {
	frame
	Who, Code, Address string
	Again              bool
}

func (*onceView) name() string { return "once" }

// once shows the code of an invitation.
func (a *Admin) once(v *visit, view onceView) error {
	view.Address = v.r.Host + "/code"
	return a.show(v, http.StatusOK, &view)
}
