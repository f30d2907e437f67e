package admin

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// harmReportView asks what went wrong, or nearly did. Everybody of the staff may say so,
// of herself too.
type harmReportView struct {
	frame
	Kinds []choice
	Near  bool
	Whose []choice
	Words string
	Form  string // the same when it is sent twice
}

func (*harmReportView) name() string { return "harmreport" }

func (a *Admin) harmReportForm(v *visit) error { return a.askHarm(v, policy.HarmIn{}, "") }

func (a *Admin) askHarm(v *visit, in policy.HarmIn, words string) error {
	people, err := a.Staff.People(v.r.Context())
	if err != nil {
		return err
	}
	if in.Form == "" {
		in.Form = hotline.NewID()
	}
	view := &harmReportView{Near: in.Near, Words: words, Form: in.Form, Whose: []choice{
		{Value: "", Label: v.l.T("admin.harm.whose.nobody"), On: in.Doer == ""},
		{Value: string(v.me()), Label: v.l.T("admin.harm.whose.mine"), On: in.Doer == v.me()},
	}}
	for _, kind := range policy.HarmKinds() {
		view.Kinds = append(view.Kinds, choice{Value: kind, Label: v.l.T("admin.harm_kind." + kind), Hint: v.l.T("admin.harm_kind." + kind + ".hint"), On: in.Kind == kind})
	}
	for _, p := range people {
		if p.State == staff.Active && p.ID != v.me() {
			view.Whose = append(view.Whose, choice{Value: string(p.ID), Label: p.Pseudonym, On: in.Doer == p.ID})
		}
	}
	return a.show(v, v.status(), view)
}

// harmReport enters a report. Its words are sealed in the reporter's session, which does
// not open them again.
func (a *Admin) harmReport(v *visit) error {
	ctx := v.r.Context()
	typed := tidy(v.get("words"))
	in := policy.HarmIn{Kind: v.get("kind"), Near: v.get("near") == "yes", Doer: hotline.PersonID(v.get("doer"))}
	if form := v.get("form"); hotline.IsID(form) {
		in.Form = form
	}
	if !slices.Contains(policy.HarmKinds(), in.Kind) {
		in.Kind = ""
		v.faults.add("kind", policy.ErrHarmKind.Key)
	}
	if in.Doer != "" {
		if p, err := a.Staff.Person(ctx, in.Doer); err != nil || p.State != staff.Active {
			in.Doer = ""
			v.faults.add("doer", "admin.fault.harm.doer")
		}
	}
	if typed == "" || len(typed) > policy.MostHarm {
		v.faults.add("words", policy.ErrHarmWords.Key)
	}
	if len(v.faults) > 0 {
		return a.askHarm(v, in, typed)
	}
	in.Words = seal.Conceal(typed)
	err := a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		k, put, err := r.NewHarm(ctx)
		if err != nil {
			return err
		}
		return a.Harm.Report(ctx, v.me(), k, put, in)
	})
	if err != nil {
		return err
	}
	return v.to("/harm?done=harm.report")
}
