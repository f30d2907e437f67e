package consent

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// After is the ledger with one act more. What is written goes through it, and what is read
// goes through it again: an act that could not have been taken was not written by us.
func (l Ledger) After(a Act) (Ledger, error) {
	if len(l.Acts) >= mostActs && !a.ends() || a.At <= 0 || a.By == "" || len(l.Acts) > 0 && a.At < l.Acts[len(l.Acts)-1].At {
		return l, ErrAct
	}
	if len(a.Words) > mostWords || a.For != "" && (!hotline.IsID(a.For) || !line(a.Label, mostLine)) {
		return l, ErrWords
	}
	if err := l.takes(a); err != nil {
		return l, err
	}
	l.Acts = append(slices.Clone(l.Acts), a)
	return l, nil
}

// ends reports whether an act lets less go than before. There is always room for one more.
func (a Act) ends() bool {
	return a.Kind == Refuse || a.Kind == Revoke || a.Kind == Contest || a.Kind == Herself
}

// takes refuses what cannot be done where things stand.
func (l Ledger) takes(a Act) error {
	switch a.Kind {
	case Give, Refuse:
		return l.says(a)
	case Override:
		return l.overrides(a)
	case SignOff:
		return l.begins(a, line(a.Label, mostLine) && a.For == "")
	case Revoke:
		return l.revokes(a)
	case Approve, Contest:
		return l.seconds(a)
	case Herself, Apart:
		return l.speaks(a)
	}
	return ErrAct
}

// begins checks the id of what an act begins.
func (l Ledger) begins(a Act, ok bool) error {
	if _, there := l.Item(a.ID); there || !hotline.IsID(a.ID) {
		return ErrAct
	}
	if !ok {
		return ErrWords
	}
	return nil
}

func (l Ledger) says(a Act) error {
	if err := l.begins(a, true); err != nil {
		return err
	}
	if a.For != "" && l.replaced(a.For) {
		return ErrHerself
	}
	if !slices.Contains(Hows(), a.How) {
		return ErrTerms
	}
	return a.Terms.check(a.At, a.Kind == Give)
}

func (l Ledger) overrides(a Act) error {
	switch {
	case !slices.Contains(Grounds(), a.Ground), (a.Ground == policy.DutyAtOnce) != hotline.IsID(a.Duty):
		return ErrGround
	case !line(a.Words, mostWords):
		return ErrWords
	}
	if err := l.begins(a, true); err != nil {
		return err
	}
	return a.Terms.check(a.At, true)
}

// revokes ends what goes on. One word why is enough.
func (l Ledger) revokes(a Act) error {
	i, there := l.Item(a.ID)
	if !there || i.Kind == Refuse || i.Ended.Kind != "" {
		return ErrAct
	}
	if !line(a.Words, mostWords) {
		return ErrWords
	}
	return nil
}

// seconds is the second person's answer to an override, once: somebody else, and one of
// the two is a supervisor. It is also taken when it is late.
func (l Ledger) seconds(a Act) error {
	i, there := l.Item(a.ID)
	if !there || i.Kind != Override || i.Second.Kind != "" || i.Ended.Kind != "" && !i.Ground.Alone() {
		return ErrAct
	}
	if i.By == a.By || !i.Lead && !a.Lead {
		return ErrSecond
	}
	if !line(a.Words, mostWords) {
		return ErrWords
	}
	return nil
}

func (l Ledger) speaks(a Act) error {
	known := slices.ContainsFunc(l.Others(), func(s Someone) bool { return s.ID == a.For && s.Label == a.Label })
	if !known || !hotline.IsID(string(a.Who)) || l.replaced(a.For) || a.Kind == Apart && l.apart(a.For, a.Who) {
		return ErrAct
	}
	return nil
}

// check refuses terms that leave something open. A consent that has no end is none.
func (t Terms) check(at int64, ends bool) error {
	if len(t.What) == 0 || !slices.Contains(Purposes(), t.Purpose) || !line(t.To, mostLine) || t.Whom != "" && !hotline.IsID(string(t.Whom)) {
		return ErrTerms
	}
	for i, s := range t.What {
		if !slices.Contains(Scopes(), s) || slices.Contains(t.What[:i], s) {
			return ErrTerms
		}
	}
	if ends && (t.Until <= at || t.Until > at+Longest.Milliseconds()) || !ends && t.Until != 0 {
		return ErrTerms
	}
	return nil
}

// alone reports whether one person has passed something on by herself, and a second one
// has still to answer.
func (i Item) alone() bool {
	return i.Kind == Override && i.Ground.Alone() && !i.Two && i.Second.Kind == ""
}

// MaySecond reports whether somebody may answer an override as the second person.
func (i Item) MaySecond(p hotline.PersonID, lead bool) bool {
	return i.Kind == Override && i.Second.Kind == "" && (i.Ended.Kind == "" || i.Ground.Alone()) && i.By != p && (i.Lead || lead)
}

// SecondBy is until when a second person answers for what one has passed on alone; 0
// where nobody must.
func (i Item) SecondBy() int64 {
	if !i.alone() {
		return 0
	}
	return i.At + SecondWithin.Milliseconds()
}
