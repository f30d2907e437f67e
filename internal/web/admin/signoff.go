package admin

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// signedKinds lists the kinds of editions for which a line can ask for sign-offs: what is
// done with a caller and what is said to her, and who has to sign.
func signedKinds() []string {
	return []string{
		protocol.Kind, policy.KindDuty, interpret.KindPhrases, safety.KindWords, safety.KindCover, policy.KindExpect, policy.KindScope, policy.KindKeep,
		flow.Kind, flow.KindPieces, edition.KindReviewers,
	}
}

func reviewersParts() []part {
	return []part{{name: "rows", look: rows, hold: true, title: "name", parts: []part{
		{name: "kind", look: one, choices: signedKinds(), words: "admin.kind."},
		{name: "who", look: one, choices: []string{edition.Council, edition.Counsel}, words: "admin.reviewer."},
		{name: "name", most: 60},
		{name: "account", look: one, role: hotline.Reviewer, none: "admin.reviewer.none", may: true},
	}}}
}

// signers are those who may look at what is to be signed, beside its readers: the privacy
// officer notes what counsel has signed.
func (s shape) signers() []hotline.Role {
	if slices.Contains(signedKinds(), s.kind) {
		return append(s.readers(), hotline.PrivacyOfficer)
	}
	return s.readers()
}

// peopled has parts that ask for somebody of the staff offer those who have the role. Who
// has left keeps her name.
func (a *Admin) peopled(ctx context.Context, parts []part) ([]part, error) {
	var all []staff.Person
	for i, p := range parts {
		if p.role != "" {
			if all == nil {
				var err error
				if all, err = a.Staff.People(ctx); err != nil {
					return nil, err
				}
			}
			p.called = map[string]string{}
			for _, who := range all {
				p.called[string(who.ID)] = who.Pseudonym
				if who.State == staff.Active && slices.Contains(who.Roles, p.role) {
					p.choices = append(p.choices, string(who.ID))
				}
			}
		}
		var err error
		if p.parts, err = a.peopled(ctx, p.parts); err != nil {
			return nil, err
		}
		parts[i] = p
	}
	return parts, nil
}

// A signRow is a sign-off that is asked for, and how it stands.
type signRow struct {
	Who, Name string // council or counsel, in words; who that is
	Signed    bool
	By        string // who signed, or noted it
	At        int64
	Day, How  string // of what was noted
	N         string // its place among all that are asked for
	Mine      bool   // the reader signs it herself
	Note      bool   // the reader may note it
}

// signPart is a list of sign-offs inside a page.
type signPart struct {
	*frame
	Rows []signRow
}

// SignPart is a list of sign-offs on this page.
func (f *frame) SignPart(rows []signRow) signPart { return signPart{f, rows} }

// signRows are the sign-offs that a draft waits for or has, as its reader sees them.
func (a *Admin) signRows(v *visit, d edition.Edition) ([]signRow, error) {
	ctx := v.r.Context()
	all, err := a.Editions.Asks(ctx, d.Key, d.Body)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	editors, err := a.Editions.Editors(ctx, d.Key)
	if err != nil {
		return nil, err
	}
	who := a.names(ctx)
	wrote := slices.Contains(editors, v.me())
	out := make([]signRow, len(all))
	for i, s := range all {
		out[i] = signRow{Who: v.l.T("admin.reviewer." + s.Who), Name: s.Name, Signed: s.Signed, N: strconv.Itoa(i + 1)}
		if s.Signed {
			out[i].By, out[i].At, out[i].Day, out[i].How = who(s.Off.By), s.Off.At, s.Off.Day, s.Off.How
			continue
		}
		out[i].Mine = s.Account == v.me() && !wrote
		out[i].Note = s.Account == "" && !wrote && v.s.Is(hotline.Administrator, hotline.PrivacyOfficer)
	}
	return out, nil
}

// signGo is what a reader may do with a list of sign-offs, as the key of its words.
func signGo(all []signRow) string {
	mine := slices.ContainsFunc(all, func(r signRow) bool { return r.Mine })
	note := slices.ContainsFunc(all, func(r signRow) bool { return r.Note })
	switch {
	case mine && note:
		return "admin.sign.go"
	case mine:
		return "admin.editionsign.title"
	case note:
		return "admin.sign.note"
	}
	return ""
}

// editionSignView is where a draft is signed, or where it is noted that it was.
type editionSignView struct {
	editionOf
	Rows    []signRow
	Choices []choice // what the reader may sign or note
	Notes   bool     // she notes what another has signed
	Version int64
	Day     string
	How     string
}

func (*editionSignView) name() string { return "editionsign" }

func (a *Admin) editionSignForm(v *visit, s shape) error {
	d, err := a.draftOf(v, &s)
	if err != nil {
		return err
	}
	if d.Version == 0 {
		return v.to(s.at(d.Key))
	}
	of, err := a.common(v, s, d.Key)
	if err != nil {
		return err
	}
	view := &editionSignView{editionOf: of, Version: d.Version, Day: short(v.get("day"), 10), How: sentence(short(v.get("how"), 240))}
	if view.Rows, err = a.signRows(v, d); err != nil {
		return err
	}
	for _, r := range view.Rows {
		if r.Mine || r.Note {
			view.Notes = view.Notes || r.Note
			view.Choices = append(view.Choices, choice{Value: r.N, Label: r.Name, Hint: r.Who, On: len(view.Choices) == 0 || v.get("of") == r.N})
		}
	}
	return a.show(v, v.status(), view)
}

// editionSign signs a draft with the session of whoever reads it, or notes with it that
// another has signed.
func (a *Admin) editionSign(v *visit, s shape) error {
	d, err := a.draftOf(v, &s)
	if err != nil {
		return err
	}
	k, ctx := d.Key, v.r.Context()
	all, err := a.Editions.Asks(ctx, k, d.Body)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(digits(v.get("of")))
	if n < 1 || n > len(all) {
		v.faults.add("of", "admin.fault.sign.of")
		return a.editionSignForm(v, s)
	}
	sign := edition.Signoff{Reviewer: all[n-1].Reviewer}
	if sign.Account == "" {
		sign.Day, sign.How = short(v.get("day"), 10), sentence(short(v.get("how"), 240))
		if !v.s.Is(hotline.Administrator, hotline.PrivacyOfficer) {
			v.faults.add("of", "edition.not_asked")
		}
		if sign.Day == "" {
			v.faults.add("day", "admin.fault.sign.day")
		}
		if sign.How == "" {
			v.faults.add("how", "admin.fault.sign.how")
		}
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.editionSignForm(v, s)
	}
	version, _ := strconv.ParseInt(digits(v.get("version")), 10, 64)
	err = a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		did := r.Did("sign edition", strings.Trim(k.Kind+" "+k.Name+" "+k.Lang, " "))
		return a.Editions.Sign(ctx, k, version, sign, edition.Signature{By: v.me(), Sign: r.Sign, Did: did})
	})
	for _, is := range []*problem.Error{edition.ErrMoved, edition.ErrNotAsked, edition.ErrOwnDraft, edition.ErrSigned, edition.ErrNote} {
		if errors.Is(err, is) {
			v.faults.add("", is.Key)
			return a.editionSignForm(v, s)
		}
	}
	if err != nil {
		return err
	}
	return v.to(s.at(k) + "/preview?done=signed")
}

// unsigned says on a page who has not signed.
func (a *Admin) unsigned(v *visit, k edition.Key, body string) error {
	all, err := a.Editions.Asks(v.r.Context(), k, body)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range all {
		if !s.Signed {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 { // who signed has written at it
		v.faults.add("", edition.ErrOwnDraft.Key)
		return nil
	}
	v.faults.add("", "admin.fault.unsigned", "names", strings.Join(names, v.l.T("admin.comma")))
	return nil
}
