package admin

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// A page is what a template shows.
type page interface {
	name() string
	put(frame)
}

// A frame is what every page stands in.
type frame struct {
	*i18n.Language
	Page     string
	Line     string // its name
	Me       string // the reader's pseudonym; empty where nobody is signed in
	Nav      []link
	Tongues  []tongue
	Here     string // path of this page
	Done     string // what was done just now
	Runs     bool   // she runs the line: what is disturbed is said on every page
	Down     []downRow
	Faults   []said
	Narrow   bool // a page to read or to fill in, not a list
	NeedCode bool // the form asks for the second factor
	Draft    bool // nobody has reviewed these words
	Quiet    string
	Style    string
	Icons    string
	Icon     string
	faults   faults
	zone     *time.Location
}

func (f *frame) put(g frame) { *f = g }

type link struct {
	Key, Path string
	Current   bool
}

type tongue struct {
	Tag, Own, Dir string
	Current       bool
}

// frame begins a page.
func (a *Admin) frame(v *visit, page string) (frame, error) {
	f := a.bare(v.l, page)
	f.Line, f.zone = a.lineName(v.r.Context(), v.l.Tag()), a.zone(v.r.Context())
	f.Me, f.Here, f.faults, f.Faults = v.s.Person.Pseudonym, v.r.URL.Path, v.faults, v.faults.say(v.l)
	if done := "admin.done." + v.r.URL.Query().Get("done"); v.l.Has(done) && len(v.faults) == 0 {
		f.Done = v.l.T(done)
	}
	if f.Runs = v.s.Is(hotline.Administrator); f.Runs {
		var err error
		if f.Down, err = a.down(v.r, v.l); err != nil {
			return frame{}, err
		}
	}
	if v.in() {
		f.Nav = a.navOf(v.r.URL.Path, v.s.Person.Roles)
		if v.route.stepUp {
			recent, err := a.Keeper.SteppedWithin(v.r.Context(), v.s.Token, stepUpForm)
			if err != nil {
				return frame{}, err
			}
			_, asked := v.faults.of("stepup")
			f.NeedCode = !recent || asked
		}
	}
	return f, nil
}

// bare is a frame without a reader.
func (a *Admin) bare(l *i18n.Language, page string) frame {
	f := frame{
		Language: l, Page: page, Draft: l.ReviewedBy("admin") == "",
		Quiet: a.Assets.Path("quiet.css"), Icons: a.Assets.Path("icons.svg"), Icon: a.Assets.Path("icon.svg"),
		Style: stylePath + a.style.name,
	}
	f.Narrow = !slices.Contains([]string{"people", "overview", "hours", "preview", "urgency", "urgencypreview", "editions", "edition", "editionedit", "editionpreview", "queues", "forms", "form", "formfield", "formpreview", "harms", "legals", "prompts"}, page)
	for _, tag := range a.Words.Tags() {
		o := a.Words.For(tag)
		f.Tongues = append(f.Tongues, tongue{o.Tag(), o.Own(), o.Dir(), tag == l.Tag()})
	}
	return f
}

// navOf lists the pages that somebody with the roles may open. at is where she is.
func (a *Admin) navOf(at string, roles []hotline.Role) (out []link) {
	may := func(of []hotline.Role) bool {
		return len(of) == 0 || slices.ContainsFunc(of, func(r hotline.Role) bool { return slices.Contains(roles, r) })
	}
	if may(deskRoles()) {
		out = append(out, link{Key: "admin.nav.desk", Path: deskPath})
	}
	for _, r := range a.routes() {
		if r.nav != "" && may(r.roles) {
			out = append(out, link{r.nav, r.path, at == r.path || strings.HasPrefix(at, r.path+"/")})
		}
	}
	return out
}

// Title is the page's own, said when the page changes.
func (f *frame) Title() string {
	title := f.T("admin." + f.Page + ".title")
	if len(f.Faults) > 0 {
		return f.T("admin.faults.title", "title", title)
	}
	return title
}

// Moment is a time in the line's zone, in the one form that no language misreads.
func (f *frame) Moment(ms int64) template.HTML {
	t := time.UnixMilli(ms)
	if f.zone != nil {
		t = t.In(f.zone)
	}
	return template.HTML(fmt.Sprintf(`<time dir="ltr" datetime="%s">%s</time>`, t.Format(time.RFC3339), t.Format("2006-01-02 15:04"))) //nolint:gosec // digits
}

// Rich is a message whose placeholders are filled with markup: values that are
// template.HTML go in as they are, everything else is escaped.
func (f *frame) Rich(key string, args ...any) template.HTML {
	return ui.Rich(f.T, key, args...)
}

// Strong is a word that stands out.
func (*frame) Strong(text string) template.HTML {
	return template.HTML(`<b>` + template.HTMLEscapeString(text) + `</b>`) //nolint:gosec // escaped
}

// Bdi keeps somebody's name whole in a language that is written the other way.
func (*frame) Bdi(text string) template.HTML {
	return template.HTML(`<bdi>` + template.HTMLEscapeString(text) + `</bdi>`) //nolint:gosec // escaped
}

// Typed is something that is typed or dialled: always from left to right.
func (*frame) Typed(text string) template.HTML {
	return template.HTML(`<code dir="ltr">` + template.HTMLEscapeString(text) + `</code>`) //nolint:gosec // escaped
}

// ListOf joins words as a list of them is written.
func (f *frame) ListOf(words []string) string { return strings.Join(words, f.T("admin.comma")) }
