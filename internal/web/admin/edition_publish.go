package admin

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// editionPreviewView shows an edition before it is put in force, the draft or an
// earlier one: what would change, and the whole.
type editionPreviewView struct {
	editionOf
	Number   int64 // of the earlier edition; 0 is the draft
	At       int64
	State    string
	Version  int64
	Changes  []changed
	Same     bool
	Says     []changed // what it would say of standard cases, beside what is in force
	Lines    []aloudLine
	Reviewer string
	Must     bool // somebody must have reviewed it
	Write    bool // the reader may put it in force
	Edit     string
	Dry      *dryView // how it goes with people who are made up
	Signs    []signRow
	SignGo   string // what of them the reader may do: sign, note, either; "": nothing
}

func (*editionPreviewView) name() string { return "editionpreview" }

// Sayings are what it would say, to be shown as changes are.
func (e *editionPreviewView) Sayings() sideBySide { return sideBySide{&e.frame, e.Says} }

func (a *Admin) editionPreview(v *visit, s shape) error {
	d, err := a.draftOf(v, &s)
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return v.to(s.at(d.Key))
	}
	return a.previewEdition(v, s, d)
}

// previewEdition compares an edition with what is in force; the one that is in force,
// with what was before.
func (a *Admin) previewEdition(v *visit, s shape, e edition.Edition) error {
	of, err := a.common(v, s, e.Key)
	if err != nil {
		return err
	}
	from, err := a.present(v.r.Context(), s, e.Key)
	if err == nil && e.State == edition.Published {
		from, err = a.Editions.Number(v.r.Context(), e.Key, e.Number-1)
		if errors.Is(err, edition.ErrMissing) {
			from, err = edition.Edition{}, nil
		}
	}
	if err != nil {
		return err
	}
	view := &editionPreviewView{
		editionOf: of, Number: e.Number, At: e.At, State: e.State, Version: e.Version, Must: s.heard, Write: v.s.Is(s.roles...), Edit: s.edit(e.Key),
		Lines: onPages(a.aloud(v.l, s, e.Body)), Reviewer: short(v.get("reviewer"), 60),
	}
	view.Changes, view.Same = a.compared(v.l, s, from.Body, e.Body)
	if s.try != nil {
		if view.Dry, err = s.try(v.r.Context(), v.l, e.Body, from.Body); err != nil {
			return err
		}
	}
	view.Says = s.sayings(v.l, from.Body, e.Body)
	if view.Signs, err = a.signRows(v, e); err != nil {
		return err
	}
	if e.Number == 0 {
		view.SignGo = signGo(view.Signs)
	}
	view.Must = view.Must && len(view.Signs) == 0
	return a.show(v, v.status(), view)
}

// editionPublish puts the draft in force, at once.
func (a *Admin) editionPublish(v *visit, s shape) error {
	d, err := a.draftOf(v, &s)
	if err != nil {
		return err
	}
	k := d.Key
	asked, err := a.Editions.Asks(v.r.Context(), k, d.Body)
	if err != nil {
		return err
	}
	reviewer := sentence(short(v.get("reviewer"), 60))
	if reviewer == "" && s.heard && len(asked) == 0 {
		v.faults.add("reviewer", "admin.fault.reviewer")
	}
	ok := s.quick
	if !ok {
		if ok, err = a.stepped(v); err != nil {
			return err
		}
	}
	if !ok || len(v.faults) > 0 {
		return a.editionPreview(v, s)
	}
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	if reviewer != "" {
		err = a.Editions.Review(v.r.Context(), k, version, reviewer)
	}
	if err == nil {
		_, err = a.Editions.Publish(v.r.Context(), v.me(), k, version)
	}
	switch {
	case errors.Is(err, edition.ErrMoved):
		v.faults.add("", "admin.fault.moved.publish")
		return a.editionPreview(v, s)
	case errors.Is(err, edition.ErrInvalid):
		v.faults = append(v.faults, a.wrongBody(v, s, tree{}, err)...)
		return a.editionPreview(v, s)
	case errors.Is(err, edition.ErrUnsigned):
		return errors.Join(a.unsigned(v, k, d.Body), a.editionPreview(v, s))
	case err != nil:
		return err
	}
	return v.to(s.at(k) + "?done=published")
}

func (a *Admin) editionDiscard(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	return a.discard(v, k, s.at(k))
}

// discard throws a draft away. One that has gone meanwhile is thrown away too.
func (a *Admin) discard(v *visit, k edition.Key, to string) error {
	d, err := a.draft(v.r.Context(), k)
	if err != nil || d.Version == 0 {
		return errors.Join(err, v.to(to))
	}
	if err = a.Editions.Drop(v.r.Context(), k, d.Version); err != nil && !errors.Is(err, edition.ErrMoved) {
		return err
	}
	return v.to(to + "?done=discarded")
}

func (a *Admin) editionBackForm(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	e, err := a.earlier(v, k)
	if err != nil {
		return err
	}
	return a.previewEdition(v, s, e)
}

// editionBack puts an earlier edition in force again.
func (a *Admin) editionBack(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	e, err := a.earlier(v, k)
	if err != nil {
		return err
	}
	ok := s.quick
	if !ok {
		if ok, err = a.stepped(v); err != nil {
			return err
		}
	}
	if !ok {
		return a.previewEdition(v, s, e)
	}
	_, err = a.Editions.Back(v.r.Context(), v.me(), k, e.Number)
	if errors.Is(err, edition.ErrInvalid) {
		v.faults = append(v.faults, a.wrongBody(v, s, tree{}, err)...)
		return a.previewEdition(v, s, e)
	}
	if errors.Is(err, edition.ErrUnsigned) {
		return errors.Join(a.unsigned(v, k, e.Body), a.previewEdition(v, s, e))
	}
	if err != nil {
		return err
	}
	return v.to(s.at(k) + "?done=published")
}

// editionReview notes who has read what is in force, in its language. A reviewer
// signs with her own name.
func (a *Admin) editionReview(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	reviewer := sentence(short(v.get("reviewer"), 60))
	if !v.s.Is(s.roles...) {
		reviewer = v.s.Person.Pseudonym
	}
	if reviewer == "" {
		v.faults.add("reviewer", "admin.fault.reviewer")
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.editionPage(v, s)
	}
	number, _ := strconv.ParseInt(digits(v.get("number")), 10, 64)
	if number == 0 {
		err = a.own(v, s, k, reviewer)
	} else {
		err = a.Editions.Accept(v.r.Context(), k, number, reviewer)
	}
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved.publish")
		return a.editionPage(v, s)
	}
	if errors.Is(err, edition.ErrUnsigned) { // it stands as a draft, to be signed
		return v.to(s.at(k) + "/preview")
	}
	if err != nil {
		return err
	}
	return v.to(s.at(k) + "?done=reviewed")
}

// own publishes what came with the program as the line's own, since somebody has
// read it and stands for it. A draft that somebody has begun stays.
func (a *Admin) own(v *visit, s shape, k edition.Key, reviewer string) error {
	e, err := a.present(v.r.Context(), s, k)
	if err != nil {
		return err
	}
	if e.Body = cmp.Or(e.Body, s.begins(k)); e.Number > 0 || e.Body == "" {
		return edition.ErrMoved
	}
	e.ReviewedBy = reviewer
	return a.rewrite(v.r.Context(), v.me(), k, e, func(body string) (string, error) { return body, nil })
}

// editionWithdrawView asks before an edition is taken out of force.
type editionWithdrawView struct {
	editionOf
	Shipped bool   // what came with the program takes its place
	Means   string // key of what it means for this kind
}

func (*editionWithdrawView) name() string { return "editionwithdraw" }

func (a *Admin) editionWithdrawForm(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	of, err := a.common(v, s, k)
	if err != nil {
		return err
	}
	if of.Row.Number == 0 && len(v.faults) == 0 {
		return v.to(s.at(k))
	}
	view := &editionWithdrawView{editionOf: of, Shipped: s.shipped != nil && s.shipped(k) != ""}
	if key := "admin.withdraw." + s.kind; v.l.Has(key) {
		view.Means = key
	}
	return a.show(v, v.status(), view)
}

func (a *Admin) editionWithdraw(v *visit, s shape) error {
	k, err := a.key(v, &s)
	if err != nil {
		return err
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok {
		return a.editionWithdrawForm(v, s)
	}
	number, _ := strconv.ParseInt(digits(v.get("number")), 10, 64)
	err = a.Editions.Withdraw(v.r.Context(), k, number)
	if errors.Is(err, edition.ErrUnsigned) {
		v.faults.add("", "admin.fault.withdraw.reviewers")
		return a.editionWithdrawForm(v, s)
	}
	if errors.Is(err, edition.ErrMoved) {
		v.faults.add("", "admin.fault.moved.publish")
		return a.editionWithdrawForm(v, s)
	}
	if err != nil {
		return err
	}
	return v.to(s.at(k) + "?done=withdrawn")
}

// editionRoles are all who have a page of editions to look at.
func (a *Admin) editionRoles() []hotline.Role {
	return []hotline.Role{hotline.Administrator, hotline.Supervisor, hotline.Reviewer, hotline.PrivacyOfficer}
}
