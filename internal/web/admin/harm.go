package admin

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

// harmRoles are those who read the register of harm and put it right.
func harmRoles() []hotline.Role { return []hotline.Role{hotline.Supervisor, hotline.PrivacyOfficer} }

// harmsView lists the register; to who only reports, what became of her own reports.
type harmsView struct {
	frame
	All  bool
	Rows []harmLine
}

func (*harmsView) name() string { return "harms" }

// harmLine is a report without its words.
type harmLine struct {
	policy.HarmReport
	Of, Reporter, Whose string // its kind, and names
}

// harmView is one report, opened.
type harmView struct {
	frame
	harmLine
	Entries []harmSaid
	Mine    bool // the reader puts it right
	Again   bool // something was put right, and it can be closed
	Typed   string
}

func (*harmView) name() string { return "harm" }

// Part is the report without its words.
func (h *harmView) Part() harmPart { return h.HarmPart(h.harmLine) }

// harmSaid is something that was written in a report.
type harmSaid struct {
	Kind, By, Text string
	At             int64
}

// harmPart is a report inside a page.
type harmPart struct {
	*frame
	harmLine
}

// HarmPart is what a page shows of a report without opening it.
func (f *frame) HarmPart(h harmLine) harmPart { return harmPart{f, h} }

func (a *Admin) harms(v *visit) error {
	ctx, view := v.r.Context(), &harmsView{All: v.s.Is(harmRoles()...)}
	list := a.Harm.All
	if !view.All {
		list = func(ctx context.Context) ([]policy.HarmReport, error) { return a.Harm.Of(ctx, v.me()) }
	}
	all, err := list(ctx)
	if err != nil {
		return err
	}
	names, err := a.pseudonyms(ctx)
	if err != nil {
		return err
	}
	for _, h := range all {
		view.Rows = append(view.Rows, lineOf(v.l, h, names))
	}
	return a.show(v, http.StatusOK, view)
}

func lineOf(l *i18n.Language, h policy.HarmReport, names map[hotline.PersonID]string) harmLine {
	return harmLine{h, wordOr(l, "admin.harm_kind.", h.Kind), names[h.By], names[h.Owner]}
}

// pseudonyms are the names of the staff, of those too who have left.
func (a *Admin) pseudonyms(ctx context.Context) (map[hotline.PersonID]string, error) {
	people, err := a.Staff.People(ctx)
	out := make(map[hotline.PersonID]string, len(people))
	for _, p := range people {
		out[p.ID] = p.Pseudonym
	}
	return out, err
}

func (a *Admin) harmPage(v *visit) error { return a.showHarm(v, "") }

// showHarm opens a report for its reader. What she has typed comes back.
func (a *Admin) showHarm(v *visit, typed string) error {
	ctx := v.r.Context()
	h, entries, err := a.Harm.Find(ctx, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	names, err := a.pseudonyms(ctx)
	if err != nil {
		return err
	}
	view := &harmView{harmLine: lineOf(v.l, h, names), Mine: h.State == policy.HarmCorrecting && h.Owner == v.me(), Typed: typed}
	err = a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		k, err := r.Harm(ctx, h.ID, "read")
		if err != nil {
			return err
		}
		view.Entries = nil
		for _, e := range entries {
			t, err := k.Row("harm_entry", "sealed", policy.HarmRow(h.ID, e.Kind), e.N, e.Sealed)
			if err != nil {
				return err
			}
			view.Entries = append(view.Entries, harmSaid{e.Kind, names[e.By], shown(t), e.At})
		}
		return nil
	})
	if err != nil {
		return err
	}
	view.Again = h.State == policy.HarmCorrecting && len(entries) > 0 && entries[len(entries)-1].Kind == policy.SaidCorrection
	return a.show(v, v.status(), view)
}

// harmChange does what is asked to a report, as the reader saw it. What cannot be done
// is said over the report as it is.
func (a *Admin) harmChange(v *visit) error {
	ctx, id, typed := v.r.Context(), v.r.PathValue("id"), tidy(v.get("words"))
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	do := v.get("do")
	act, ok := map[string]func(policy.Opener) error{
		"own": func(k policy.Opener) error { return a.Harm.Own(ctx, v.me(), k.Seal(), id, version) },
		"correct": func(k policy.Opener) error {
			return a.Harm.Correct(ctx, v.me(), k.Seal(), id, version, seal.Conceal(typed))
		},
		"close": func(k policy.Opener) error { return a.Harm.Close(ctx, v.me(), k, id, version) },
		"reopen": func(k policy.Opener) error {
			return a.Harm.Reopen(ctx, v.me(), k.Seal(), id, version, seal.Conceal(typed))
		},
	}[do]
	if !ok {
		return ErrForm
	}
	if _, _, err := a.Harm.Find(ctx, id); err != nil {
		return err
	}
	err := a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		k, err := r.Harm(ctx, id, do)
		if err != nil {
			return err
		}
		return act(k)
	})
	if errors.Is(err, policy.ErrHarmWords) {
		v.faults.add("words", policy.ErrHarmWords.Key)
		return a.showHarm(v, typed)
	}
	for _, is := range []*problem.Error{policy.ErrHarmMoved, policy.ErrHarmOwner, policy.ErrHarmOwn, policy.ErrHarmNothing} {
		if errors.Is(err, is) {
			v.faults.add("", is.Key)
			return a.showHarm(v, typed)
		}
	}
	if err != nil {
		return err
	}
	return v.to("/harm/" + id + "?done=harm." + do)
}

// tidy keeps of typed words what can be read, in their lines.
func tidy(typed string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, typed))
}
