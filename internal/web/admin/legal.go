package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
)

// legalRoles are those who have to do with legal requests: the privacy officer, and the
// supervisors, of whom one may be named for one.
func legalRoles() []hotline.Role { return []hotline.Role{hotline.PrivacyOfficer, hotline.Supervisor} }

// legalsView lists the requests; to a supervisor without a way into any but her own.
type legalsView struct {
	frame
	All  bool // the reader opens every one
	Rows []legalLine
}

func (*legalsView) name() string { return "legals" }

// legalLine is a request without a word of it.
type legalLine struct {
	policy.LegalRow
	Who  string // is named
	Mine bool   // the reader opens it
}

func (a *Admin) legals(v *visit) error {
	view := &legalsView{All: v.s.Is(hotline.PrivacyOfficer)}
	all, err := a.Legal.Desk.All(v.r.Context())
	if err != nil {
		return err
	}
	names, err := a.pseudonyms(v.r.Context())
	if err != nil {
		return err
	}
	for _, row := range all {
		view.Rows = append(view.Rows, legalLine{row, names[row.Named], view.All || row.Named == v.me()})
	}
	return a.show(v, http.StatusOK, view)
}

// legalPart is a request inside a page.
type legalPart struct {
	*frame
	legalLine
}

// LegalPart is what a page shows of a request without opening it.
func (f *frame) LegalPart(l legalLine) legalPart { return legalPart{f, l} }

// Part is the request without its words.
func (l *legalView) Part() legalPart { return l.LegalPart(l.legalLine) }

// legalNewView enters a request.
type legalNewView struct {
	frame
	legalPaper
}

func (*legalNewView) name() string { return "legalnew" }

// legalPaper is a paper as it is typed.
type legalPaper struct {
	Papers             []choice
	From, On, Due, Say string
}

func papers(l *i18n.Language, on string) (out []choice) {
	for _, p := range policy.Papers() {
		out = append(out, choice{Value: string(p), Label: l.T("admin.legal.paper." + string(p)), Hint: l.T("admin.legal.rule." + string(p)), On: string(p) == on})
	}
	return out
}

func (a *Admin) legalNewForm(v *visit) error {
	today := a.Clock().In(a.zone(v.r.Context())).Format(time.DateOnly)
	return a.show(v, http.StatusOK, &legalNewView{legalPaper: legalPaper{Papers: papers(v.l, ""), On: today}})
}

// paper reads a paper as it was typed; what is wrong is noted.
func (a *Admin) paper(v *visit, row string) policy.LegalAct {
	act := policy.LegalAct{Paper: policy.Paper(v.get(row + "paper")), On: dayTyped(v.get(row + "on")), From: seal.Conceal(short(tidy(v.get(row+"from")), 200)), Words: seal.Conceal(tidy(v.get(row + "words")))}
	if !slices.Contains(policy.Papers(), act.Paper) {
		v.faults.add(row+"paper", policy.ErrLegalType.Key)
	}
	if _, err := time.Parse(time.DateOnly, act.On); err != nil {
		v.faults.add(row+"on", "admin.fault.legal.day")
	}
	if due := dayTyped(v.get(row + "due")); due != "" {
		at, err := time.ParseInLocation(time.DateOnly, due, a.zone(v.r.Context()))
		if err != nil {
			v.faults.add(row+"due", "admin.fault.legal.day")
		}
		act.Due = at.AddDate(0, 0, 1).UnixMilli() // the day is over then
	}
	if act.From.Len() == 0 {
		v.faults.add(row+"from", policy.ErrLegalWords.Key)
	}
	v.worded(row+"words", act.Words)
	return act
}

// dayTyped is a day as it is typed on any keyboard.
func dayTyped(typed string) string {
	parts := strings.Split(typed, "-")
	for i := range parts {
		parts[i] = digits(parts[i])
	}
	return strings.Join(parts, "-")
}

// worded notes words that are missing, or more than fit.
func (v *visit) worded(field string, t seal.Text) {
	if t.Len() == 0 || t.Len() > policy.MostLegalWords {
		v.faults.add(field, policy.ErrLegalWords.Key)
	}
}

func (a *Admin) legalNew(v *visit) error {
	act := a.paper(v, "")
	if len(v.faults) == 0 {
		if _, err := a.stepped(v); err != nil {
			return err
		}
	}
	if len(v.faults) > 0 {
		return a.show(v, v.status(), &legalNewView{legalPaper: legalPaper{papers(v.l, v.get("paper")), v.get("from"), v.get("on"), v.get("due"), tidy(v.get("words"))}})
	}
	var id string
	err := a.Keeper.With(v.r.Context(), v.s.Token, func(r *vault.Ring) error {
		req, err := a.Legal.Begin(v.r.Context(), r, act)
		id = req.ID
		return err
	})
	if err != nil {
		return err
	}
	return v.to("/legal/" + id + "?done=legal.new")
}

// legalView is one request, opened: whole for the privacy officer, and as far as she must
// know it for the supervisor who is named.
type legalView struct {
	frame
	legalLine
	Req      policy.Legal
	Officer  bool
	Fixed    string // what is said to everybody who asks
	Entries  []legalSaid
	Contacts []legalContact
	Answer   *legalAnswer
	Looks    *legalLooks
	People   []choice // whom the privacy officer can name
	Do       string   // what did not go
	typed    func(string) string
	me       hotline.PersonID
}

func (*legalView) name() string { return "legal" }

// legalSaid is one act in words.
type legalSaid struct {
	Kind, By, Text, From, On, Code, Who string
	N                                   int
	At, Due                             int64
}

// legalContact is a contact that was found, by its number on this page.
type legalContact struct {
	ID             hotline.ContactID
	N              int
	Channel, State string
	Day            string
	Gone           bool
	Held, Given    bool
}

// legalAnswer is the newest statement, to be read.
type legalAnswer struct {
	policy.Statement
	Empty bool
}

// legalLooks is how far a search is.
type legalLooks struct {
	N, Of int64
	Done  bool
}

func (a *Admin) legalPage(v *visit) error { return a.showLegal(v, "") }

// showLegal opens a request for its reader. do is what did not go; what she has typed for
// it comes back.
func (a *Admin) showLegal(v *visit, do string) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	row, err := a.Legal.Desk.Row(ctx, id)
	if err != nil {
		return err
	}
	names, err := a.pseudonyms(ctx)
	if err != nil {
		return err
	}
	view := &legalView{legalLine: legalLine{row, names[row.Named], true}, Officer: v.s.Is(hotline.PrivacyOfficer) && row.Named != v.me(), Do: do, typed: v.get, me: v.me()}
	err = a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) (err error) {
		view.Req, _, err = a.Legal.Read(ctx, r, id, "read")
		return err
	})
	if err != nil {
		return err
	}
	if err := a.fillLegal(v, view, names); err != nil {
		return err
	}
	return a.show(v, v.status(), view)
}

func (a *Admin) fillLegal(v *visit, view *legalView, names map[hotline.PersonID]string) error {
	ctx := v.r.Context()
	view.Fixed = a.neither(v)
	for _, act := range view.Req.Acts {
		if !view.Officer && !slices.Contains([]policy.LegalKind{policy.Received, policy.Another, policy.ToldCounsel, policy.Names, policy.Produces}, act.Kind) {
			continue
		}
		view.Entries = append(view.Entries, legalSaid{
			Kind: string(act.Kind), By: names[act.By], Text: shown(act.Words), From: shown(act.From), On: act.On, Who: names[act.To],
			Code: legalCode(v.l, act), N: len(act.IDs) + len(act.Objects), At: act.At, Due: act.Due,
		})
	}
	if err := a.fillContacts(v, view); err != nil || !view.Officer {
		return err
	}
	if body, _ := view.Req.Statement(); body != "" {
		s, err := policy.ParseStatement(body)
		if err != nil {
			return err
		}
		view.Answer = &legalAnswer{s, view.Req.Empty()}
	}
	if view.Req.Running != "" {
		p, err := a.Legal.Progress(ctx, view.Req.Running)
		if err != nil {
			return err
		}
		view.Looks = &legalLooks{p.Contacts, p.Of, p.Done}
	}
	people, err := a.Staff.People(ctx)
	for _, p := range people {
		if p.State == staff.Active && p.Is(hotline.Supervisor) && p.ID != v.me() {
			view.People = append(view.People, choice{Value: string(p.ID), Label: p.Pseudonym, On: v.get("name.to") == string(p.ID)})
		}
	}
	return err
}

func legalCode(l *i18n.Language, act policy.LegalAct) string {
	switch string(act.Kind) {
	case string(policy.Received), string(policy.Another):
		return l.T("admin.legal.paper." + string(act.Paper))
	case string(policy.ToldCounsel):
		if act.Counsel == policy.NoWord {
			return l.T("admin.legal.counsel.none")
		}
		return l.T("admin.legal.counsel." + string(act.Counsel))
	case string(policy.Tells):
		return l.T("admin.legal.told." + string(act.Told))
	}
	return ""
}

// fillContacts shows what was found: to who is named, what is held.
func (a *Admin) fillContacts(v *visit, view *legalView) error {
	given := map[hotline.ContactID]bool{}
	for _, o := range view.Req.Given {
		given[o.Contact] = true
	}
	for i, id := range view.Req.Found {
		held := slices.Contains(view.Req.Held, id)
		if !view.Officer && !held {
			continue
		}
		c, err := a.Legal.Book.Find(v.r.Context(), id)
		if err != nil {
			return err
		}
		row := legalContact{ID: id, N: i + 1, Held: held, Given: given[id], Gone: c.State == contact.Erased && c.ShredS == ""}
		state := "open"
		if c.State == contact.Closed || c.State == contact.Erased {
			state = string(c.State)
		}
		row.Channel, row.State = wordOr(v.l, "desk.channel.", string(c.Channel)), v.l.T("admin.legal.contact."+state)
		row.Day = "\u2066" + time.UnixMilli(c.Began).In(a.zone(v.r.Context())).Format(time.DateOnly) + "\u2069" // whole in either direction
		view.Contacts = append(view.Contacts, row)
	}
	return nil
}

// neither is what is said to everybody who asks whether somebody has contacted us: the
// phrase that the desk has, in the reader's language.
func (a *Admin) neither(v *visit) string {
	for _, lang := range []string{v.l.Tag(), i18n.Fallback} {
		body := interpret.Shipped()[lang]
		if e, err := a.Editions.Current(v.r.Context(), interpret.PhrasesKey(lang)); err == nil {
			body = e.Body
		}
		all, err := interpret.Parse(body)
		if err != nil {
			continue
		}
		if p, ok := interpret.Find(all, "about.neither"); ok {
			return p.Text
		}
	}
	return ""
}

// legalGivenView is what of one contact was produced, to be read and printed.
type legalGivenView struct {
	frame
	ID       string
	N        int
	Messages []legalMessage
	Notes    []legalMessage
	Words    bool
	Record   bool
}

func (*legalGivenView) name() string { return "legalgiven" }

type legalMessage struct {
	Side, Text string
	At         int64
}

// legalGiven opens what was produced of a contact, for the privacy officer.
func (a *Admin) legalGiven(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	view := &legalGivenView{ID: id}
	err := a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		req, _, err := a.Legal.Read(ctx, r, id, "read")
		if err != nil {
			return err
		}
		c := hotline.ContactID(v.r.PathValue("contact"))
		view.N = slices.Index(req.Found, c) + 1
		view.Messages, view.Notes, view.Words, view.Record = nil, nil, false, false
		for _, o := range req.Given {
			if o.Contact == c {
				view.Words, view.Record = view.Words || o.Words, view.Record || o.Record
			}
		}
		if view.N == 0 || !view.Words && !view.Record {
			return policy.ErrLegal
		}
		return a.openGiven(ctx, r, c, view)
	})
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, view)
}

func (a *Admin) openGiven(ctx context.Context, r *vault.Ring, c hotline.ContactID, view *legalGivenView) error {
	if view.Words {
		k, err := r.OpenByLaw(ctx, vault.Ref{Contact: c}, "read")
		if err != nil {
			return err
		}
		all, err := a.Legal.Book.Thread(ctx, c, 0, 5000)
		if err != nil {
			return err
		}
		for _, m := range all {
			said, err := k.Read(m)
			if err != nil {
				return err
			}
			view.Messages = append(view.Messages, legalMessage{said.Side, shown(said.Text), said.At})
		}
	}
	if view.Record {
		k, err := r.OpenByLaw(ctx, vault.Ref{Contact: c, Record: true}, "read")
		if err != nil {
			return err
		}
		notes, err := a.Legal.Book.Notes(ctx, c)
		if err != nil {
			return err
		}
		for _, n := range notes {
			t, err := k.Note(n)
			if err != nil {
				return err
			}
			view.Notes = append(view.Notes, legalMessage{Text: shown(t), At: n.At})
		}
	}
	return nil
}

// legalStatement is the signed statement as a file.
func (a *Admin) legalStatement(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	var file policy.Signed
	err := a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		req, _, err := a.Legal.Read(ctx, r, id, "statement")
		if err != nil {
			return err
		}
		file, err = a.Legal.Signed(ctx, req)
		return err
	})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Content-Disposition", `attachment; filename="statement.json"`)
	_, err = v.w.Write([]byte(file.JSON()))
	return err
}
