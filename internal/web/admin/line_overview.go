package admin

import (
	"net/http"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// overviewView says how far the line is.
type overviewView struct {
	frame
	Steps   []step
	Left    int
	Waiting int // persons who wait to be let in
	One     bool
	Bell    bell // what rings while the page is open
}

func (*overviewView) name() string { return "overview" }

// A step is one thing that a line needs before it is safe to open.
type step struct {
	OK          bool
	Title, Text string
	Path, Link  string // where to go, and its words
}

// late is how old a backup may be.
const late = 36 * time.Hour

func (a *Admin) overview(v *visit) error {
	ctx := v.r.Context()
	people, err := a.Staff.People(ctx)
	if err != nil {
		return err
	}
	kept, err := a.Parts.Line.Kept(ctx)
	if err != nil {
		return err
	}
	view := &overviewView{One: kept.Signatures < 2, Bell: a.ringsOn(v)}
	for _, p := range people {
		if p.State == staff.Enrolled {
			view.Waiting++
		}
	}
	for _, f := range []func(*visit, []staff.Person) (step, error){a.stepAdmins, a.stepHolders, a.stepHours, a.stepTexts, a.stepBackup} {
		s, err := f(v, people)
		if err != nil {
			return err
		}
		if !s.OK {
			view.Left++
		}
		view.Steps = append(view.Steps, s)
	}
	return a.show(v, http.StatusOK, view)
}

func newStep(v *visit, ok bool, key, path string, args ...any) step {
	s := step{OK: ok, Title: v.l.T("admin.step." + key), Path: path, Link: v.l.T("admin.step." + key + ".link")}
	state := ".todo"
	if ok {
		state = ".ok"
	}
	s.Text = v.l.T("admin.step."+key+state, args...)
	return s
}

// stepAdmins: two administrators who have both signed in.
func (a *Admin) stepAdmins(v *visit, people []staff.Person) (step, error) {
	n := 0
	for _, p := range people {
		if p.State != staff.Active || !p.Is(hotline.Administrator) {
			continue
		}
		unused, err := a.unused(v, p)
		if err != nil {
			return step{}, err
		}
		if !unused {
			n++
		}
	}
	return newStep(v, n >= 2, "admins", "/people"), nil
}

// stepHolders: two holders of each team's key.
func (a *Admin) stepHolders(v *visit, people []staff.Person) (step, error) {
	var few []string
	for _, t := range hotline.Teams() {
		if holders(people, t) < 2 {
			few = append(few, v.l.T("admin.team."+string(t)))
		}
	}
	f := frame{Language: v.l}
	return newStep(v, len(few) == 0, "holders", "/people", "teams", f.ListOf(few)), nil
}

// stepHours: somebody has said when the line answers.
func (a *Admin) stepHours(v *visit, _ []staff.Person) (step, error) {
	h, _, err := a.opening(v.r.Context())
	return newStep(v, h != nil, "hours", "/hours"), err
}

// stepTexts: what callers are told is read and accepted in each language.
func (a *Admin) stepTexts(v *visit, _ []staff.Person) (step, error) {
	tags, err := a.Parts.Line.Languages(v.r.Context())
	if err != nil {
		return step{}, err
	}
	var open []string
	for _, tag := range tags {
		_, e, err := a.said(v.r.Context(), tag)
		if err != nil {
			return step{}, err
		}
		if e.ReviewedBy == "" || a.Words.For(tag).ReviewedBy("front") == "" {
			open = append(open, a.tongue(tag))
		}
	}
	f := frame{Language: v.l}
	return newStep(v, len(open) == 0, "texts", "/greeting", "languages", f.ListOf(open)), nil
}

// stepBackup: a backup that is not old.
func (a *Admin) stepBackup(v *visit, _ []staff.Person) (step, error) {
	at, err := a.Parts.Line.BackedUp(v.r.Context())
	if err != nil {
		return step{}, err
	}
	if at.IsZero() {
		s := newStep(v, false, "backup", "")
		s.Text = v.l.T("admin.step.backup.unknown")
		return s, nil
	}
	return newStep(v, a.Clock().Sub(at) < late, "backup", "", "time", at.In(a.zone(v.r.Context())).Format("2006-01-02 15:04")), nil
}
