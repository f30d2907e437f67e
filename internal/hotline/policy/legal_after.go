package policy

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
)

// After is the request after one more act, or why that cannot be taken. It is the one
// place that knows who may do what when: what is stored went through it, and is read
// through it again.
func (l *Legal) After(a LegalAct) (Legal, error) {
	if err := l.takes(a); err != nil {
		return *l, err
	}
	return l.with(a), nil
}

// with is the request after an act that can be taken. What l was stays as it is.
func (l *Legal) with(a LegalAct) Legal {
	n := *l
	n.Acts = append(slices.Clone(l.Acts), a)
	switch a.Kind {
	case Received, Another:
		if n.State = LegalOpen; a.Kind == Received || a.Paper.Weight() > n.Paper.Weight() {
			n.Paper = a.Paper
		}
		// A paper without a day takes no day away from one that waits, nor a later day an
		// earlier one.
		if waits := l.State == LegalOpen && l.Due > 0; !waits || a.Due > 0 && a.Due < l.Due {
			n.Due = a.Due
		}
	case ToldCounsel:
		if n.counsel = true; a.Counsel != NoWord {
			n.Word = a.Counsel
		}
	case Neither:
		if n.Paper == Question {
			n.State = LegalAnswered
		}
	case Searches:
		n.Running = a.Search
	case Finds:
		n.Running = ""
		n.Searched++
		n.Found = joined(n.Found, a.IDs)
	case Holds:
		n.Held = joined(n.Held, a.IDs)
	case Lifts:
		n.Held = slices.DeleteFunc(slices.Clone(n.Held), func(id hotline.ContactID) bool { return slices.Contains(a.IDs, id) })
	case Names:
		n.Named = a.To
	case Produces:
		n.Given = append(slices.Clone(n.Given), a.Objects...)
	case Hands, Empties, Declines:
		n.State = LegalAnswered
	case Tells:
		n.Told = a.Told
	case Closes:
		n.State = LegalClosed
	}
	return n
}

// joined adds what is not there yet.
func joined(to, more []hotline.ContactID) []hotline.ContactID {
	out := slices.Clone(to)
	for _, id := range more {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// takes says why an act cannot be taken.
func (l *Legal) takes(a LegalAct) error {
	if a.At <= 0 || len(l.Acts) > 0 && a.At < l.Acts[len(l.Acts)-1].At {
		return ErrLegalAct
	}
	if err := l.stands(a); err != nil {
		return err
	}
	return l.holds(a)
}

// stands says why nobody, or not she, can do this where the request stands.
func (l *Legal) stands(a LegalAct) error {
	switch first := len(l.Acts) == 0; {
	case a.By == "" || len(l.Acts) >= mostLegal, first != (a.Kind == Received), l.State == LegalClosed:
		return ErrLegalAct
	case (a.Kind == Produces) != (l.Named != "" && a.By == l.Named):
		return ErrLegalRole // who is named produces, and nothing else; and nobody else does
	}
	switch a.Kind {
	case Received, Another, ToldCounsel, Neither, Tells:
		return nil
	case Searches:
		return nil // a new one takes the place of one that runs
	case Finds:
		return unless(l.Running != "")
	case Holds:
		return unless(len(l.Found) > 0)
	case Lifts:
		return unless(len(l.Held) > 0)
	case Names:
		if len(l.Held) == 0 {
			return ErrLegalAct
		}
		return l.Producible()
	case Produces:
		return l.Producible()
	case Hands:
		if len(l.Given) == 0 {
			return ErrLegalAct
		}
		return l.Producible()
	case Empties:
		return unless(l.Empty())
	case Declines:
		return unless(l.State == LegalOpen)
	case Closes:
		return l.closes()
	}
	return ErrLegalAct
}

func unless(ok bool) error {
	if ok {
		return nil
	}
	return ErrLegalAct
}

// closes says why a request cannot be closed yet. Never ignored: whoever asked has an
// answer, and counsel knows of every paper. Never simply handed over: who handed something
// over has said whether she was told. Nothing stays held for a request that is over.
func (l *Legal) closes() error {
	switch {
	case l.State != LegalAnswered:
		return ErrLegalAnswer
	case l.Paper != Question && !l.counsel:
		return ErrLegalCounsel
	case len(l.Given) > 0 && l.Told == "":
		return ErrLegalTell
	case len(l.Held) > 0:
		return ErrLegalHeld
	}
	return nil
}

// holds looks at what an act must bring.
func (l *Legal) holds(a LegalAct) error {
	must := true
	switch a.Kind {
	case Received, Another:
		if !slices.Contains(Papers(), a.Paper) || a.Due < 0 || !isDay(a.On) {
			return ErrLegalType
		}
		if err := worthSaying(a.From, true); err != nil {
			return err
		}
	case ToldCounsel:
		if !slices.Contains([]CounselWord{NoWord, MayProduce, MustNotYield}, a.Counsel) {
			return ErrLegalType
		}
	case Searches:
		if !hotline.IsID(a.Search) {
			return ErrLegalAct
		}
		must = false
	case Finds:
		if a.Search != l.Running || a.Statement == "" {
			return ErrLegalAct
		}
		must = false
	case Holds, Lifts:
		from := l.Found
		if a.Kind == Lifts {
			from = l.Held
		}
		if !within(a.IDs, from) {
			return ErrLegalAct
		}
	case Names:
		if a.To == "" || a.To == a.By {
			return ErrLegalSecond
		}
	case Produces:
		for _, o := range a.Objects {
			if !slices.Contains(l.Held, o.Contact) || !o.Words && !o.Record {
				return ErrLegalAct
			}
		}
		if len(a.Objects) == 0 {
			return ErrLegalAct
		}
	case Tells:
		if !slices.Contains(LegalTolds(), a.Told) {
			return ErrLegalType
		}
	case Neither, Empties:
		must = false
	case Hands, Declines, Closes:
	}
	return worthSaying(a.Words, must)
}

// within reports whether there are ids, and all of them are among others.
func within(ids, of []hotline.ContactID) bool {
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id hotline.ContactID) bool { return !slices.Contains(of, id) })
}
