package admin

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// legalDo is one thing that the reader can do about a request, and what it asks.
type legalDo struct {
	*frame
	Path, Kind, Hint string
	Seen             int
	Open             bool // it did not go, and comes back as it was typed
	Lines            []field
	Areas            []field
	Groups           []group
	Names            *field // whom to name, from People
	People           []choice
}

// legalKinds are the things that there are to do, in the order of a request's life.
func legalKinds() []policy.LegalKind {
	return []policy.LegalKind{
		policy.Neither, policy.ToldCounsel, policy.Searches, policy.Finds, policy.Holds, policy.Another, policy.Names, policy.Produces,
		policy.Hands, policy.Empties, policy.Declines, policy.Tells, policy.Lifts, policy.Closes,
	}
}

// Dos lists what the reader can do where the request stands.
func (l *legalView) Dos() (out []legalDo) {
	for _, kind := range legalKinds() {
		if !l.Req.May(kind, l.me) || kind == policy.Finds && (l.Looks == nil || !l.Looks.Done) {
			continue
		}
		out = append(out, l.do(kind))
	}
	return out
}

func (l *legalView) do(kind policy.LegalKind) legalDo {
	k := string(kind)
	d := legalDo{frame: &l.frame, Path: "/legal/" + l.ID, Kind: k, Seen: len(l.Req.Acts), Open: l.Do == k, Hint: l.T("admin.legal.do." + k + ".hint")}
	was := func(name string) string {
		if !d.Open {
			return ""
		}
		return l.typed(k + "." + name)
	}
	area := func(words string) { d.Areas = append(d.Areas, l.FieldAs(k+".words", words, was("words"))) }
	pick := func(name, words string, choices ...choice) {
		for i := range choices {
			choices[i].On = choices[i].Value == was(name)
		}
		d.Groups = append(d.Groups, l.GroupAs(k+"."+name, words, false, choices))
	}
	switch string(kind) {
	case string(policy.Another):
		d.Groups = append(d.Groups, l.GroupAs(k+".paper", "legal.paper", false, papers(l.Language, was("paper"))))
		d.Lines = append(d.Lines, l.FieldAs(k+".from", "legal.from", was("from")), l.FieldAs(k+".on", "legal.on", was("on")).Left(), l.FieldAs(k+".due", "legal.due", was("due")).Left().May())
		area("legal.words")
	case string(policy.ToldCounsel):
		pick("word", "legal.counsel", choice{Value: "none", Label: l.T("admin.legal.counsel.none")}, choice{Value: string(policy.MayProduce), Label: l.T("admin.legal.counsel.produce")}, choice{Value: string(policy.MustNotYield), Label: l.T("admin.legal.counsel.oppose")})
		area("legal.counsel.words")
	case string(policy.Searches):
		area("legal.sought")
	case string(policy.Holds), string(policy.Lifts):
		d.Groups = append(d.Groups, l.pickContacts(k, func(c legalContact) bool { return !c.Gone && c.Held == (kind == policy.Lifts) }))
		area("legal.why")
	case string(policy.Names):
		f := l.FieldAs(k+".to", "legal.named", "")
		d.Names, d.People = &f, l.People
		area("legal.named.words")
	case string(policy.Produces):
		d.Groups = append(d.Groups, l.pickHalves(k))
		area("legal.why")
	case string(policy.Tells):
		var tolds []choice
		for _, t := range policy.LegalTolds() {
			tolds = append(tolds, choice{Value: string(t), Label: l.T("admin.legal.told." + string(t))})
		}
		pick("told", "legal.told", tolds...)
		area("legal.told.words")
	case string(policy.Hands), string(policy.Declines), string(policy.Closes):
		area("legal." + k + ".words")
	}
	return d
}

// Label is a contact in words.
func (l *legalView) Label(c legalContact) string {
	if c.Gone {
		return l.T("admin.legal.contact.gone", "n", c.N)
	}
	return l.T("admin.legal.contact", "n", c.N, "channel", c.Channel, "day", c.Day, "state", c.State)
}

func (l *legalView) pickContacts(kind string, fits func(legalContact) bool) group {
	var out []choice
	for _, c := range l.Contacts {
		if fits(c) {
			out = append(out, choice{Value: string(c.ID), Label: l.Label(c), On: true})
		}
	}
	return l.GroupAs(kind+".contact", "legal.contacts", true, out)
}

// pickHalves is what can be produced: of each contact what was written, and what we wrote.
func (l *legalView) pickHalves(kind string) group {
	var out []choice
	for _, c := range l.Contacts {
		if c.Gone {
			continue
		}
		out = append(out,
			choice{Value: string(c.ID) + " words", Label: l.Label(c), Hint: l.T("admin.legal.words")},
			choice{Value: string(c.ID) + " record", Label: l.Label(c), Hint: l.T("admin.legal.record")})
	}
	return l.GroupAs(kind+".object", "legal.objects", true, out)
}

// legalChange does what is asked to a request, as the reader saw it. What cannot be done
// is said over the request as it is, and nothing that was typed is lost.
func (a *Admin) legalChange(v *visit) error {
	do := v.get("do")
	if !slices.Contains(legalKinds(), policy.LegalKind(do)) {
		return ErrForm
	}
	if _, err := a.Legal.Desk.Row(v.r.Context(), v.r.PathValue("id")); err != nil {
		return err
	}
	act := a.legalAct(v, policy.LegalKind(do))
	if len(v.faults) == 0 {
		if _, err := a.stepped(v); err != nil {
			return err
		}
	}
	if len(v.faults) > 0 {
		return a.showLegal(v, do)
	}
	err := a.Keeper.With(v.r.Context(), v.s.Token, act)
	for _, is := range []*problem.Error{
		policy.ErrLegalAct, policy.ErrLegalMoved, policy.ErrLegalSecond, policy.ErrLegalPaper, policy.ErrLegalCounsel, policy.ErrLegalHeld, policy.ErrLegalTell,
		policy.ErrLegalAnswer, policy.ErrLegalType, retention.ErrSearching, contact.ErrMissing, vault.ErrGrant, vault.ErrConflict,
	} {
		if errors.Is(err, is) {
			v.faults.add("", is.Key)
			return a.showLegal(v, do)
		}
	}
	if errors.Is(err, policy.ErrLegalWords) {
		v.faults.add(do+".words", policy.ErrLegalWords.Key)
		return a.showLegal(v, do)
	}
	if err != nil {
		return err
	}
	return v.to("/legal/" + v.r.PathValue("id") + "?done=legal")
}

// legalAct reads what is to be done; what is wrong with it is noted.
func (a *Admin) legalAct(v *visit, kind policy.LegalKind) func(*vault.Ring) error {
	ctx, id, k := v.r.Context(), v.r.PathValue("id"), string(kind)+"."
	seen, _ := strconv.Atoi(digits(v.get("seen")))
	typed := tidy(v.get(k + "words"))
	words := seal.Conceal(typed)
	plain := func(act policy.LegalAct) func(*vault.Ring) error {
		act.Kind = kind
		return func(r *vault.Ring) error { return a.Legal.Act(ctx, r, id, seen, act) }
	}
	switch string(kind) {
	case string(policy.Another):
		return plain(a.paper(v, k))
	case string(policy.Neither), string(policy.Empties):
		return plain(policy.LegalAct{})
	case string(policy.Finds):
		return func(r *vault.Ring) error { return a.Legal.Collect(ctx, r, id, seen) }
	case string(policy.Searches):
		sought, err := policy.Sought(typed)
		if err != nil {
			v.faults.add(k+"words", "admin.fault.legal.sought")
		}
		return func(r *vault.Ring) error { return a.Legal.Search(ctx, r, id, seen, words, sought) }
	}
	if v.worded(k+"words", words); kind == policy.ToldCounsel && v.get(k+"word") == "" {
		v.faults.add(k+"word", policy.ErrLegalType.Key)
	}
	switch string(kind) {
	case string(policy.ToldCounsel):
		word := policy.CounselWord(v.get(k + "word"))
		if word == "none" {
			word = policy.NoWord
		}
		return plain(policy.LegalAct{Counsel: word, Words: words})
	case string(policy.Tells):
		if !slices.Contains(policy.LegalTolds(), policy.LegalTold(v.get(k+"told"))) {
			v.faults.add(k+"told", policy.ErrLegalType.Key)
		}
		return plain(policy.LegalAct{Told: policy.LegalTold(v.get(k + "told")), Words: words})
	case string(policy.Holds), string(policy.Lifts):
		ids := v.contacts(k + "contact")
		if kind == policy.Lifts {
			return func(r *vault.Ring) error { return a.Legal.Release(ctx, r, id, seen, ids, words, typed) }
		}
		return func(r *vault.Ring) error { return a.Legal.Keep(ctx, r, id, seen, ids, words, typed) }
	case string(policy.Names):
		return func(r *vault.Ring) error {
			return a.Legal.Name(ctx, r, id, seen, hotline.PersonID(v.get(k+"to")), words)
		}
	case string(policy.Produces):
		objects := v.objects(k + "object")
		return func(r *vault.Ring) error { return a.Legal.Produce(ctx, r, id, seen, objects, words, typed) }
	case string(policy.Closes):
		return func(r *vault.Ring) error { return a.Legal.End(ctx, r, id, seen, words) }
	}
	return plain(policy.LegalAct{Words: words}) // handed over, or declined
}

// contacts are those that were chosen.
func (v *visit) contacts(name string) (out []hotline.ContactID) {
	for _, id := range v.form[name] {
		out = append(out, hotline.ContactID(id))
	}
	if len(out) == 0 {
		v.faults.add(name, "admin.fault.legal.none")
	}
	return out
}

// objects are the halves of contacts that were chosen.
func (v *visit) objects(name string) (out []policy.LegalObject) {
	for _, chosen := range v.form[name] {
		id, half, _ := strings.Cut(chosen, " ")
		i := slices.IndexFunc(out, func(o policy.LegalObject) bool { return o.Contact == hotline.ContactID(id) })
		if i < 0 {
			out, i = append(out, policy.LegalObject{Contact: hotline.ContactID(id)}), len(out)
		}
		out[i].Words, out[i].Record = out[i].Words || half == "words", out[i].Record || half == "record"
	}
	if len(out) == 0 {
		v.faults.add(name, "admin.fault.legal.none")
	}
	return out
}
