package admin

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A sample is a page with nothing in it, and one with all that it can hold.
type sample struct {
	zero, full page
	wrong      string // a field of it that something can be wrong with
}

const (
	sampleID   = "0123456789ABCDEFGHJKMNPQRS"
	sampleTime = 1_796_000_000_000
)

// samples lists every page that a template makes.
func (a *Admin) samples(l *i18n.Language) []sample {
	row := personRow{ID: sampleID, Name: "Amina", Roles: l.T("admin.role.advocate"), Languages: "العربية, English", Me: true, Unused: true}
	fields := personFields{
		Pseudonym: "Amina", Skills: "minors, driving", Capacity: 3,
		Roles:  []choice{{"advocate", l.T("admin.role.advocate"), l.T("admin.role.advocate.hint"), true, false}, {"supervisor", l.T("admin.role.supervisor"), l.T("admin.role.supervisor.hint"), false, true}},
		Speaks: []choice{{Value: "ar", Label: "العربية", On: true}, {Value: "en", Label: "English"}},
		Kind:   []choice{{Value: "woman", Label: l.T("admin.gender.woman"), On: true}, {Value: "", Label: l.T("admin.gender.none")}},
		More:   []choice{{Value: "th", Label: "ไทย"}},
	}
	secret := secretView{groups("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), `<svg viewBox="0 0 4 4" aria-hidden="true"><path d="M0 0h2v2h-2z"/></svg>`}
	past := []pastRow{{3, sampleTime, "Lien", ""}, {2, sampleTime, "Lien", "Amina"}}
	arabic := ofLanguage{"ar", "العربية", "rtl"}
	number := policy.Number{Dial: "+15550100", Shown: "+1 555 0100"}
	ask := func(what string) sample {
		return sample{&askView{What: what}, &askView{ID: sampleID, Who: "Amina", What: what, Root: true, Few: true}, "stepup"}
	}
	out := []sample{
		{&signinView{}, &signinView{Name: "Amina", To: "/people", Full: true}, "passphrase"},
		{&unlockView{}, &unlockView{Who: "Amina", To: "/people"}, "passphrase"},
		{&codeView{}, &codeView{Name: "Amina"}, "once"},
		{&enrolledView{}, &enrolledView{Words: []string{"baku", "dori", "femi", "gola", "hune", "jasi"}, Secret: secret, Wait: true}, ""},
		{&troubleView{}, &troubleView{Text: l.T("admin.trouble.missing")}, ""},
		{&devicesView{}, &devicesView{Devices: []vault.Device{{ID: sampleID, Began: sampleTime, Until: sampleTime, This: true}, {ID: sampleID, Began: sampleTime, Until: sampleTime}}}, ""},
		{&peopleView{}, &peopleView{Waiting: []personRow{row}, Active: []personRow{row, row}, Invited: []personRow{row}, Former: []personRow{row}}, ""},
		{&inviteView{}, &inviteView{personFields: fields}, "pseudonym"},
		{&onceView{}, &onceView{Who: "Amina", Code: "0123-4567-89AB-CDEF", Address: "desk.example.org/code", Again: true}, ""},
		{&personView{}, &personView{personFields: fields, ID: sampleID, Who: "Amina", State: "active", Unused: true, NewKeys: true}, "roles"},
		ask("confirm"), ask("again"), ask("second"), ask("remove"),
		{&secondView{}, &secondView{Who: "Amina", Secret: secret}, ""},
		{&overviewView{Bell: a.bells()}, &overviewView{Steps: []step{{true, l.T("admin.step.admins"), l.T("admin.step.admins.ok"), "/people", l.T("admin.step.admins.link")}, {false, l.T("admin.step.backup"), l.T("admin.step.backup.unknown"), "", ""}}, Left: 1, Waiting: 2, One: true, Bell: a.bells()}, ""},
		{&lineView{}, &lineView{
			lineInput: lineInput{Name: "Harbour Line", Zone: "Europe/Lisbon", Phone: number, Emergency: number, Languages: []string{"en", "ar"}},
			Offered:   []choice{{Value: "en", Label: "English", On: true}, {Value: "ar", Label: "العربية", On: true}}, Kept: []keptRow{{"admin.kept.readable", l.N("admin.span.days", 1)}},
		}, "zone"},
		{&hoursView{}, a.sampleHours(l, past), "tue.1.to"},
		{&previewView{}, &previewView{
			Days:  []previewRow{{l.T("admin.day.mon"), l.T("admin.hours.closed"), l.T("admin.hours.all"), true}, {l.T("admin.day.tue"), "08:00", "08:00", false}},
			Dates: []previewRow{{"2026-12-25", l.T("admin.hours.usual"), l.T("admin.hours.closed"), true}}, Stands: l.T("admin.stands.always"), Zone: "Europe/Lisbon", Version: 2,
		}, ""},
		{&urgencyView{}, a.sampleUrgency(past), "r2.class"},
		{&urgencyPreviewView{}, a.sampleMoved(l), "stepup"},
		{&greetingsView{}, &greetingsView{Rows: []greetingRow{{Tag: "ar", Own: "العربية", Dir: "rtl", Begun: true, At: sampleTime}, {Tag: "en", Own: "English", Dir: "ltr", Reviewer: "Amina", At: sampleTime}, {Tag: "th", Own: "ไทย", Dir: "ltr", None: true}}}, ""},
		{&greetingView{}, &greetingView{greetingInput: greetingInput{RunBy: "نجيب كل ليلة.", Greeting: "أهلًا", Night: []helpInput{{"112", "الطوارئ"}, {}}, Version: 1}, Of: arabic, Begun: true, Who: "Lien", Past: past}, "night1.why"},
		{&greetingPreviewView{}, &greetingPreviewView{About: policy.About{Name: "خط الميناء", RunBy: "نجيب كل ليلة.", Greeting: "أهلًا", Phone: number, Text: number, Emergency: number, Night: []policy.Help{{Number: number, Why: "الطوارئ"}}}, Of: arabic, Version: 2, Reviewer: "Amina"}, "reviewer"},
	}
	out = append(out, a.samplePrompts(l, arabic)...)
	return append(out, append(a.sampleHarm(l), append(a.sampleLegal(l), a.sampleEditions(l)...)...)...)
}

func (a *Admin) sampleHours(l *i18n.Language, past []pastRow) *hoursView {
	in := inputOf(routing.Hours{
		Week: map[string][]string{"mon": {wholeDay}, "tue": {"08:00-12:00", "20:00-02:00"}},
		Days: map[string][]string{"2026-12-25": {}, "2026-12-31": {"20:00-24:00"}},
	})
	for i := range in.Week {
		in.Week[i].Spans = pad(in.Week[i].Spans)
	}
	return &hoursView{hoursInput: in, Stands: l.T("admin.stands.always"), Zone: "Europe/Lisbon", Begun: true, Who: "Lien", Other: true, Past: past}
}

func (a *Admin) sampleUrgency(past []pastRow) *urgencyView {
	in := urgencyOf(routing.Rules{Default: 3, Rows: []routing.RuleRow{
		{Class: 0, Reason: "danger", Danger: told("yes")},
		{
			Class: 1, Reason: "minor", Minor: told("yes"), Returning: told("no"), Path: []hotline.Path{hotline.Self, hotline.Unknown},
			Language: []string{"ar", "pt-BR"}, Channel: []string{"chat", "pager"}, Waited: 20, Waits: 2,
		},
		{Class: 6, Reason: "tip", Path: []hotline.Path{hotline.Tip}},
	}})
	return &urgencyView{urgencyInput: in, Begun: true, Who: "Lien", Shipped: true, Mark: edition.Edition{}.Mark(), Past: past}
}

func (a *Admin) sampleMoved(l *i18n.Language) *urgencyPreviewView {
	waiting := []routing.Waiting{
		{Facts: routing.Facts{Language: "ar", Channel: hotline.Chat, Waited: 40 * time.Minute, Danger: true}},
		{Facts: routing.Facts{Language: "und", Channel: "pager", Waited: 3 * time.Hour, Path: hotline.Tip}},
	}
	now := &routing.Rules{Default: 3, Rows: []routing.RuleRow{{Class: 0, Reason: "danger", Danger: told("yes")}}}
	view := &urgencyPreviewView{Version: 2, More: true, Mark: edition.Edition{}.Mark(), Reviewer: "Rosa", Default: l.T("admin.urgency.class", "class", 3)}
	for _, row := range now.Rows {
		view.Rules = append(view.Rules, a.ruleInWords(l, row))
	}
	var queue []movedRow
	for _, m := range routing.Preview(waiting, now, &routing.Rules{Default: 1}) {
		queue = append(queue, a.moved(l, m))
	}
	view.Queues = [][]movedRow{queue, queue}
	return view
}

// Pages lists the pages that [Admin.Sample] shows.
func (a *Admin) Pages() (out []string) {
	for _, s := range a.samples(a.Words.For(i18n.Fallback)) {
		out = append(out, s.full.name())
	}
	return out
}

// Sample writes a page as an administrator sees it, in a language: with nothing in
// it, or full, with faults told and the second factor asked for. It is for looking
// at the pages and for tests; nothing of a line is read.
func (a *Admin) Sample(w io.Writer, name, lang string, full bool) error {
	l := a.Words.For(lang)
	all := a.samples(l)
	i := slices.IndexFunc(all, func(s sample) bool { return s.full.name() == name })
	if i < 0 {
		return ErrPage
	}
	f := a.bare(l, name)
	view := all[i].zero
	if full {
		view = all[i].full
		f.Line, f.Here = "Harbour Line", "/"+name
		if !slices.Contains([]string{"signin", "unlock", "code", "enrolled"}, name) {
			f.Me, f.NeedCode, f.Nav, f.Runs = "Lien", true, a.navOf("/"+name, hotline.Roles()), true
			f.Down = []downRow{{"first", l.T("admin.trunk.credit"), sampleTime}}
		}
		if field := all[i].wrong; field != "" {
			f.faults.add("", "admin.fault.moved")
			f.faults.add(field, "admin.fault.stepup.wrong")
		} else {
			f.Done = l.T("admin.done.saved")
		}
		f.Faults = f.faults.say(l)
	}
	view.put(f)
	if err := a.templates.ExecuteTemplate(w, name, view); err != nil {
		return fmt.Errorf("admin: sample %s: %w", name, err)
	}
	return nil
}
