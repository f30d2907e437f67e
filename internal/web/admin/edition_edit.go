package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/i18n"
)

func formatted(n int64) string { return strconv.FormatInt(n, 10) }

// editionEditView is the form that changes an edition.
type editionEditView struct {
	editionOf
	Version int64
	Here    string
	parts   []part
	body    tree
}

func (*editionEditView) name() string { return "editionedit" }

// Blocks is the form.
func (e *editionEditView) Blocks() []block {
	return e.blocks(e.parts, e.body, "", e.Kind, e.lang, e.Here)
}

// editionForm shows the draft, or what it would be made from.
func (a *Admin) editionForm(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	base, version, err := a.base(v, s, k)
	if err != nil {
		return err
	}
	return a.askEdition(v, s, k, growth(base), version)
}

// base is the body that a form is made from: the draft, else what is in force.
func (a *Admin) base(v *visit, s shape, k edition.Key) (string, int64, error) {
	d, err := a.draft(v.r.Context(), k)
	if err != nil || d.Version > 0 {
		return d.Body, d.Version, err
	}
	e, err := a.present(v.r.Context(), s, k)
	return cmp.Or(e.Body, s.begins(k)), 0, err
}

func (a *Admin) askEdition(v *visit, s shape, k edition.Key, body tree, version int64) error {
	of, err := a.common(v, s, k)
	if err != nil {
		return err
	}
	return a.show(v, v.status(), &editionEditView{of, version, s.at(k) + "/edit", s.parts, body})
}

// editionSave keeps the form as a draft, and leads on to the preview; or it gives the
// form back with a row more, or in another place.
func (a *Admin) editionSave(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	base, _, err := a.base(v, s, k)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	t, wrong := readParts(v.form, s.parts, growth(base), "")
	if do, _, _ := strings.Cut(v.get("do"), "."); do != "save" && do != "" {
		return a.askEdition(v, s, k, t, version)
	}
	v.faults = append(v.faults, wrong...)
	if len(v.faults) > 0 {
		return a.askEdition(v, s, k, t, version)
	}
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	switch err := a.Editions.Check(k.Kind, string(body)); {
	case errors.Is(err, edition.ErrInvalid), errors.Is(err, edition.ErrLarge):
		v.faults = append(v.faults, a.wrongBody(v, s, t, err)...)
		return a.askEdition(v, s, k, t, version)
	case err != nil:
		return err
	}
	_, err = a.Editions.Write(v.r.Context(), v.me(), k, string(body), version)
	if errors.Is(err, edition.ErrMoved) {
		d, err := a.draft(v.r.Context(), k)
		if err != nil {
			return err
		}
		v.faults.add("", "admin.fault.moved")
		return a.askEdition(v, s, k, t, d.Version) // saving again overwrites what she is told of here
	}
	if err != nil {
		return err
	}
	return v.to(s.at(k) + "/preview")
}

// wrongBody says what is wrong with a body, at the field where that is known.
func (a *Admin) wrongBody(v *visit, s shape, body tree, err error) (fs faults) {
	var found edition.Faults
	if !errors.As(err, &found) {
		fs.add("", "admin.fault.large")
		return fs
	}
	for _, f := range found {
		fault := v.l.T(f.Key, "given", f.Given)
		name, label, row := place(v.l, s, body, f)
		if body.is == nil {
			name = "" // the page asks for nothing of it
		}
		switch {
		case label != "" && row > 0:
			fs.add(name, "admin.fault.at.row", "field", label, "row", row, "fault", fault)
		case label != "":
			fs.add(name, "admin.fault.at", "field", label, "fault", fault)
		case f.Row > 0:
			fs.add("", "admin.urgency.fault.row", "row", f.Row, "fault", fault)
		default:
			fs.add("", "admin.fault.whole", "fault", fault)
		}
	}
	return fs
}

// place finds where in the form a fault lies: the field's name, its label in words, and
// the row. A fault that names no list counts the rows of the kind's list, or those of
// all lists, one list after the other.
func place(l *i18n.Language, s shape, body tree, f edition.Fault) (name, label string, row int) {
	first, rest, _ := strings.Cut(f.Field, ".")
	if i := slices.IndexFunc(s.parts, func(p part) bool { return p.name == s.counts }); i >= 0 && f.Row > 0 {
		return s.parts[i].at(l, s, f.Row, f.Field)
	}
	before := 0
	for _, p := range s.parts {
		if p.look != rows {
			if f.Field != "" && (p.name == f.Field || p.name == first) || p.name == "" {
				return p.field(""), p.label(l, s.kind+"."+p.field("")), f.Row
			}
			continue
		}
		items := value(body, p.name).rows()
		switch {
		case p.name == first && f.Row > 0:
			return p.at(l, s, f.Row, rest)
		case p.name == first:
			return p.field(""), p.label(l, s.kind+"."+p.field("")), 0
		case f.Row > before && f.Row <= before+len(items) && !has(s.parts, first):
			return p.at(l, s, f.Row-before, f.Field)
		}
		before += len(items)
	}
	return "", "", 0
}

// at names a field of a row, or the row itself where the field is not asked for.
func (p part) at(l *i18n.Language, s shape, row int, name string) (field, label string, n int) {
	field, said := p.field("")+strconv.Itoa(row), s.kind+"."+p.field("")
	first, _, _ := strings.Cut(name, ".")
	for _, name := range []string{name, first} {
		if i := slices.IndexFunc(p.parts, func(p part) bool { return p.name == name }); name != "" && i >= 0 {
			sub := p.parts[i].field("")
			return field + "." + sub, p.parts[i].label(l, said+"."+sub), row
		}
	}
	return field, p.label(l, said), row
}

func has(parts []part, name string) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.name == name })
}

// routesOf are the addresses of a kind's pages.
func (a *Admin) routesOf(s shape) (out []route) {
	at := "/edition/" + s.kind + "/{name}/" + all
	if s.spoken {
		at = "/edition/" + s.kind + "/{name}/{lang}"
	}
	add := func(method, path string, roles []hotline.Role, stepUp bool, serve func(*visit, shape) error) {
		out = append(out, route{method: method, path: at + path, roles: roles, stepUp: stepUp, serve: func(v *visit) error { return serve(v, s) }})
	}
	code := !s.quick
	add("GET", "", s.signers(), true, a.editionPage)
	add("POST", "/review", s.readers(), true, a.editionReview)
	add("GET", "/back/{number}", s.readers(), code, a.editionBackForm)
	add("POST", "/back/{number}", s.roles, code, a.editionBack)
	add("GET", "/withdraw", s.roles, true, a.editionWithdrawForm)
	add("POST", "/withdraw", s.roles, true, a.editionWithdraw)
	add("GET", "/preview", s.signers(), code, a.editionPreview)
	add("POST", "/publish", s.roles, code, a.editionPublish)
	add("POST", "/discard", s.roles, false, a.editionDiscard)
	if slices.Contains(signedKinds(), s.kind) {
		add("GET", "/sign", s.signers(), true, a.editionSignForm)
		add("POST", "/sign", s.signers(), true, a.editionSign)
	}
	if s.find != nil {
		add("POST", "/try", s.readers(), code, a.editionTry)
	}
	if s.path == "" {
		add("GET", "/edit", s.roles, false, a.editionForm)
		add("POST", "/edit", s.roles, false, a.editionSave)
	}
	return out
}
