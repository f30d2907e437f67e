package policy

import "slices"

// After is the decision after one more act, or why that cannot be taken. It is the one
// place that knows who may do what when: what is stored went through it, and is read
// through it again.
func (d *Decision) After(s Act) (Decision, error) {
	if err := d.takes(s); err != nil {
		return *d, err
	}
	return d.with(s), nil
}

// with is the decision after an act that can be taken. What d was stays as it is.
func (d *Decision) with(s Act) Decision {
	n := *d
	n.Acts = append(slices.Clone(d.Acts), s)
	switch s.Kind {
	case Notice:
		n.State, n.Said = Due, *s.Said
	case Decide:
		n.State, n.Report, n.Ground, n.By, n.Second = Decided, s.Report, s.Ground, s.By, ""
	case Confirm:
		if n.Second = s.By; n.alone != 0 {
			n.alone, n.lone = 0, ""
		}
		if n.State == Decided {
			n.State = Confirmed
		}
	case Contest:
		n.State, n.Second, n.alone, n.contested = Contested, s.By, 0, true
	case Send:
		n.State, n.sent = Sent, true
		if n.Second == "" {
			n.alone, n.lone = s.At, n.Ground
		}
	case Prove:
		n.State = Proven
	case Counsel, Feedback:
	}
	return n
}

// takes says why an act cannot be taken.
func (d *Decision) takes(s Act) error {
	if s.By == "" || s.At <= 0 || len(d.Acts) >= mostActs {
		return ErrAct
	}
	if n := len(d.Acts); (n == 0) != (s.Kind == Notice) || n > 0 && s.At < d.Acts[n-1].At {
		return ErrAct
	}
	if err := worded(s); err != nil {
		return err
	}
	left := d.State == Sent || d.State == Proven
	switch s.Kind {
	case Notice:
		if s.Said == nil {
			return ErrAct
		}
	case Decide:
		if d.State != Due && d.State != Contested {
			return ErrAct
		}
		if !slices.Contains(Grounds(s.Report), s.Ground) || s.Ground == DutyAtOnce && !d.Urgent() {
			return ErrGround
		}
	case Counsel:
	case Confirm, Contest:
		if d.State != Decided && !left || d.Second != "" {
			return ErrAct
		}
		if d.By == s.By {
			return ErrSecond
		}
	case Send:
		return d.leaves(s)
	case Prove:
		if d.State != Sent {
			return ErrAct
		}
	case Feedback:
		if !d.sent {
			return ErrAct
		}
	default:
		return ErrAct
	}
	return nil
}

// leaves says why a report may not leave. Two people have agreed to it; or it is the
// first of this decision, one of the two urgent grounds, by who decided, and nobody has
// contested it.
func (d *Decision) leaves(s Act) error {
	stands := d.State == Decided || d.State == Confirmed || d.State == Sent || d.State == Proven
	switch {
	case !stands || !d.Report || !slices.Contains(AllMeans(), s.How):
		return ErrAct
	case d.Second != "":
		return nil // whoever contested has left no answer that is open
	case !d.Ground.Alone() || d.sent || d.contested || s.By != d.By:
		return ErrSecond
	}
	return nil
}

// worded refuses an act without the words that it takes.
func worded(s Act) error {
	switch s.Kind {
	case Notice:
		return nil
	case Confirm:
		if s.Words.IsZero() {
			return nil // to agree says enough
		}
	case Send:
		if err := said(s.To); err != nil {
			return err
		}
	case Decide, Counsel, Contest, Prove, Feedback:
	}
	return said(s.Words)
}
