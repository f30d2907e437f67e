package admin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/i18n"
)

// editionsView lists all that is edited, and how far each of it is.
type editionsView struct {
	frame
	Begun []begunRow
	Kinds []kindRow
}

// A begunRow is a change that is not in force. Among all that is edited nobody would
// find it, and least of all who only signs.
type begunRow struct {
	editionRow
	Kind string
	Mine bool // it waits for the reader to sign it
}

func (*editionsView) name() string { return "editions" }

// kindRow is one kind and what there is of it.
type kindRow struct {
	Kind  string
	New   string // the page that adds one
	Write bool   // the reader may change them
	Rows  []editionRow
}

// An editionRow is how one edition stands.
type editionRow struct {
	Key       string // its name, as it stands in addresses
	Name      string // "" where there is only one
	Of        ofLanguage
	Path      string
	Number    int64 // 0 where nothing is published
	At        int64
	By        string
	Reviewer  string
	Shipped   bool // what came with the program is in force
	Offered   bool // nothing is, and the program has a draft to begin with
	Begun     bool // a change is waiting
	Who       string
	BegunAt   int64
	Reviewing bool // who reads it matters: callers see it
}

// editions lists what the reader may look at.
func (a *Admin) editions(v *visit) error {
	view := &editionsView{}
	who := a.names(v.r.Context())
	for _, s := range a.shapes() {
		if !v.s.Is(s.signers()...) {
			continue
		}
		row := kindRow{Kind: s.kind, Write: v.s.Is(s.roles...)}
		if row.Write {
			row.New = s.adds
		}
		keys, err := a.keys(v.r.Context(), s)
		if err != nil {
			return err
		}
		for _, k := range keys {
			r, err := a.stand(v.r.Context(), v.l, s, k, who)
			if err != nil {
				return err
			}
			row.Rows = append(row.Rows, r)
			if r.Begun {
				mine, err := a.mine(v, k)
				if err != nil {
					return err
				}
				view.Begun = append(view.Begun, begunRow{r, s.kind, mine})
			}
		}
		view.Kinds = append(view.Kinds, row)
	}
	slices.SortStableFunc(view.Begun, func(a, b begunRow) int {
		switch {
		case a.Mine == b.Mine:
			return 0
		case a.Mine:
			return -1
		}
		return 1
	})
	return a.show(v, http.StatusOK, view)
}

// mine tells whether a draft waits for its reader's own sign-off.
func (a *Admin) mine(v *visit, k edition.Key) (bool, error) {
	d, err := a.draft(v.r.Context(), k)
	if err != nil {
		return false, err
	}
	rows, err := a.signRows(v, d)
	return slices.ContainsFunc(rows, func(r signRow) bool { return r.Mine }), err
}

// stand tells how an edition stands.
func (a *Admin) stand(ctx context.Context, l *i18n.Language, s shape, k edition.Key, who func(hotline.PersonID) string) (editionRow, error) {
	e, err := a.present(ctx, s, k)
	if err != nil {
		return editionRow{}, err
	}
	d, err := a.draft(ctx, k)
	if err != nil {
		return editionRow{}, err
	}
	r := editionRow{
		Key: k.Name, Name: a.nameOf(ctx, l, s, k), Path: s.at(k), Number: e.Number, At: e.At, Reviewer: e.ReviewedBy, Reviewing: s.heard,
		Shipped: e.Number == 0 && e.Body != "", Offered: e.Body == "" && s.begins(k) != "", Begun: d.Version > 0 && d.Body != e.Body, BegunAt: d.At,
	}
	if info, ok := a.Words.Info(k.Lang); ok {
		r.Of = ofLanguage{k.Lang, info.Own, info.Dir}
	} else if k.Lang != "" {
		r.Of = ofLanguage{k.Lang, k.Lang, "auto"}
	}
	if e.Number > 0 {
		r.By = who(e.By)
	}
	if r.Begun {
		r.Who = who(d.By)
	}
	return r, nil
}

// nameOf is the name of one of several of a kind, in the reader's words; "" where
// there is one.
func (a *Admin) nameOf(ctx context.Context, l *i18n.Language, s shape, k edition.Key) string {
	if s.called != nil {
		return s.called(ctx, l, k.Name)
	}
	if s.names == nil {
		return ""
	}
	return wordOr(l, "admin.name."+s.kind+".", k.Name)
}

// names remembers who is who for the length of one request.
func (a *Admin) names(ctx context.Context) func(hotline.PersonID) string {
	known := map[hotline.PersonID]string{}
	return func(id hotline.PersonID) string {
		name, ok := known[id]
		if !ok {
			p, err := a.Staff.Person(ctx, id)
			if err == nil || errors.Is(err, staff.ErrMissing) {
				known[id] = p.Pseudonym
			}
			name = p.Pseudonym
		}
		return name
	}
}

// editionOf is what the pages of one edition have in common.
type editionOf struct {
	frame
	Row     editionRow
	Kind    string
	Heading string
	Back    string // the page where the edition stands
	Trial   *trial // nil where nothing is tried
	lang    string
}

// Title is the edition's own.
func (e *editionOf) Title() string {
	if len(e.Faults) > 0 {
		return e.T("admin.faults.title", "title", e.Heading)
	}
	return e.Heading
}

// common is what the pages of one edition have in common.
func (a *Admin) common(v *visit, s shape, k edition.Key) (editionOf, error) {
	r, err := a.stand(v.r.Context(), v.l, s, k, a.names(v.r.Context()))
	if err != nil {
		return editionOf{}, err
	}
	e := editionOf{Row: r, Kind: s.kind, Heading: v.l.T("admin.kind." + s.kind), Back: s.at(k), lang: k.Lang}
	if r.Name != "" {
		e.Heading = v.l.T("admin.edition.of", "kind", e.Heading, "of", r.Name)
	}
	if r.Of.Own != "" {
		e.Heading = v.l.T("admin.edition.of", "kind", e.Heading, "of", r.Of.Own)
	}
	if s.find != nil {
		e.Trial, err = a.tried(v, s, k)
	}
	return e, err
}

// key reads which edition a page is about, and narrows the shape to it. One that is
// not there is no page.
func (a *Admin) key(v *visit, s *shape) (edition.Key, error) {
	k := edition.Key{Kind: s.kind, Name: v.r.PathValue("name"), Lang: v.r.PathValue("lang")}
	keys, err := a.keys(v.r.Context(), *s)
	if err == nil && !slices.Contains(keys, k) {
		err = ErrPage
	}
	if err != nil {
		return k, err
	}
	s.parts, err = a.peopled(v.r.Context(), in(s.parts, k.Lang))
	return k, err
}

// draftOf reads which edition a page is about, as key does, and what is begun of it.
func (a *Admin) draftOf(v *visit, s *shape) (edition.Edition, error) {
	k, err := a.key(v, s)
	if err != nil {
		return edition.Edition{}, err
	}
	return a.draft(v.r.Context(), k)
}

// editionView is where an edition stands: what is in force, what was before, and
// what can be done.
type editionView struct {
	editionOf
	Edit  string // where it is edited; "" for who only reads
	Write bool   // the reader may change it
	May   bool   // she may say that it was reviewed
	Past  []versionRow
	Sign  field
	Lines []aloudLine // what is in force, read aloud
}

func (*editionView) name() string { return "edition" }

// versionRow is one version in the history.
type versionRow struct {
	Number, At   int64
	By, Reviewer string
	State        string
	Path         string
}

func (a *Admin) editionPage(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	ctx := v.r.Context()
	of, err := a.common(v, s, k)
	if err != nil {
		return err
	}
	view := &editionView{editionOf: of, Write: v.s.Is(s.roles...), May: v.s.Is(s.readers()...)}
	if view.Write {
		view.Edit = s.edit(k)
	}
	versions, err := a.Editions.All(ctx, k)
	if err != nil {
		return err
	}
	who := a.names(ctx)
	for _, e := range versions {
		if e.Number > 0 {
			view.Past = append(view.Past, versionRow{e.Number, e.At, who(e.By), e.ReviewedBy, e.State, s.at(k) + "/back/" + formatted(e.Number)})
		}
	}
	now, err := a.present(ctx, s, k)
	if err != nil {
		return err
	}
	view.Lines = onPages(a.aloud(v.l, s, cmp.Or(now.Body, s.begins(k))))
	return a.show(v, v.status(), view)
}

// A standing is how an edition stands, in words.
type standing struct {
	*frame
	editionRow
}

// Standing is how an edition stands, in words.
func (f *frame) Standing(r editionRow) standing { return standing{f, r} }
