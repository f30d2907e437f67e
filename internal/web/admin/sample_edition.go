package admin

import (
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// sampleEditions are the pages of editions.
func (a *Admin) sampleEditions(l *i18n.Language) []sample {
	s := a.shapeOf(routing.KindWords)
	k := edition.Key{Kind: s.kind, Name: "line", Lang: "ar"}
	row := editionRow{
		Name: "Harbour", Of: ofLanguage{"ar", "العربية", "rtl"}, Path: s.at(k), Number: 3, At: sampleTime, By: "Lien", Reviewer: "Amina",
		Begun: true, Who: "Rosa", BegunAt: sampleTime, Reviewing: true,
	}
	of := editionOf{Row: row, Kind: s.kind, Heading: l.T("admin.edition.of", "kind", l.T("admin.kind."+s.kind), "of", row.Of.Own), Back: s.at(k), lang: "ar"}
	of.Trial = &trial{"the old market", onPages([]string{"Harbour District", deeper + "+1 555 0162"})}
	none := editionOf{Row: editionRow{Offered: true}, Kind: policy.KindAbout, Heading: l.T("admin.kind.about"), Back: "/editions"}
	shipped := editionRow{Path: "/editions", Shipped: true}
	built := editionOf{Row: editionRow{Key: "self", Name: l.T("admin.name.form.self"), Begun: true, Who: "Rosa", BegunAt: sampleTime, Number: 2, At: sampleTime, By: "Lien"}, Kind: form.Kind, Heading: l.T("admin.kind.form"), Back: "/edition/form/self/all"}
	body := `{"language":"ar","groups":[{"codes":["danger"],"expressions":["النجدة","ساعدوني"]},{"codes":["tip"],"expressions":["رأيت"]}],"stop":["قف"]}`
	lines := onPages(a.aloud(l, s, body))
	dry := &dryView{Unreached: []string{"Say good-bye"}, Unsaid: []string{l.T("admin.dry.unsaid", "language", "العربية", "phrases", "limits")}}
	dry.Trials = []dryTrial{{Who: []string{"danger_now is yes"}, Changes: []changed{{"", onPage("Say who we are")}, {"come", onPage("Is she in danger?")}}, Differs: true}, {}}
	signs := []signRow{
		{Who: l.T("admin.reviewer.council"), Name: "Women of the coast", N: "1", Note: true},
		{Who: l.T("admin.reviewer.counsel"), Name: "A. Counsel", N: "2", Note: true},
		{Who: l.T("admin.reviewer.counsel"), Name: "B. Counsel", Signed: true, By: "Rosa", At: sampleTime, Day: "2026-11-28", How: "By letter"},
		{Who: l.T("admin.reviewer.council"), Name: "Amina", Signed: true, By: "Amina", At: sampleTime},
	}
	changes, _ := a.compared(l, s, body, `{"groups":[{"codes":["danger"],"expressions":["النجدة"]},{"codes":["tip","minor"],"expressions":["رأيت","سمعت"]}],"stop":["قف"]}`)
	return []sample{
		{&queuesView{}, &queuesView{Rows: []queueRow{{"night", "Night", l.T("admin.serving.desk"), 7, "/edition/queue/night/all", lines}, {"day", "Day", l.T("admin.serving.supervisors"), 1, "/edition/queue/day/all", nil}}}, ""},
		{&queueView{}, &queueView{queueInput: queueInput{Name: "Night", Team: "desk"}, ID: "night", Was: l.T("admin.serving.desk"), Rules: "/edition/queue/night/all", Teams: []choice{{"desk", l.T("admin.serving.desk"), l.N("admin.queue.holders", 7), true, false}, {"supervisors", l.T("admin.serving.supervisors"), l.N("admin.queue.holders", 1), false, false}}}, "name"},
		{&formsView{}, &formsView{Rows: []editionRow{row, built.Row}}, ""},
		{&formView{editionOf: built}, a.sampleForm(l, built), ""},
		{&fieldView{editionOf: built}, a.sampleField(built), "options.2.words.ar.label"},
		{&formPreviewView{editionOf: built, Same: true}, a.samplePreview(l, built, changes), "stepup"},
		{&editionsView{}, &editionsView{Begun: []begunRow{{built.Row, form.Kind, true}, {row, s.kind, false}}, Kinds: []kindRow{{policy.KindAbout, "/protocols/new", true, []editionRow{row, {Of: row.Of, Path: "/editions", Offered: true}}}, {routing.KindHours, "", false, []editionRow{shipped}}}}, ""},
		{&editionView{editionOf: none}, &editionView{
			editionOf: of, Edit: s.edit(k), Write: true, Lines: lines,
			May: true, Past: []versionRow{{3, sampleTime, "Lien", "Amina", edition.Published, s.at(k) + "/back/3"}, {2, sampleTime, "Lien", "", edition.Withdrawn, s.at(k) + "/back/2"}},
		}, "reviewer"},
		{&editionEditView{editionOf: none}, &editionEditView{of, 2, s.at(k) + "/edit", s.parts, growth(body)}, "groups1"},
		{&editionPreviewView{editionOf: none, Same: true, Signs: signs, SignGo: "admin.sign.go", Write: true}, &editionPreviewView{
			editionOf: of, Version: 2, Changes: changes, Says: changes, Lines: lines, Reviewer: "Rosa", Must: true, Write: true, Edit: s.edit(k), Dry: dry,
		}, "reviewer"},
		{&editionSignView{editionOf: none}, &editionSignView{editionOf: of, Rows: signs, Notes: true, Version: 2, Day: "2026-11-30", How: "By letter", Choices: []choice{
			{Value: "1", Label: "Women of the coast", Hint: l.T("admin.reviewer.council"), On: true}, {Value: "2", Label: "A. Counsel", Hint: l.T("admin.reviewer.counsel")},
		}}, "how"},
		{&stepSignsView{}, &stepSignsView{Rows: []stepSignRow{
			{protocol.ToSign{ID: sampleID, Handle: "Juniper", Role: protocol.Counsel, Since: sampleTime}, l.T("admin.role.counsel"), "Amina"},
			{protocol.ToSign{ID: sampleID, Handle: "Raven", Role: hotline.PrivacyOfficer, Since: sampleTime, Answer: "yes"}, l.T("admin.role.privacy"), "Amina"},
		}}, ""},
		{&protocolNewView{}, &protocolNewView{Label: "A child on the line", Word: "child"}, "word"},
		{&editionWithdrawView{editionOf: none}, &editionWithdrawView{editionOf: of, Shipped: true}, "stepup"},
	}
}

// sampleBuild is a small form with a condition and something wrong.
func sampleBuild() form.Form {
	say := func(en, ar string) map[string]form.Words {
		return map[string]form.Words{"en": {Label: en, Help: en}, "ar": {Label: ar}}
	}
	return form.Form{Fields: []form.Field{
		{ID: sampleID[:25] + "A", Code: form.Type, Block: form.Contact, Kind: form.One, Required: true, Words: say("What is it?", "ما الأمر؟"), Options: []form.Option{
			{Code: "crisis", Words: say("Crisis", "أزمة")}, {Code: "tip", Words: say("Tip", "بلاغ"), HTCDS: "none"},
		}},
		{
			ID: sampleID[:25] + "B", Code: "x_boat", Block: form.Situation, Kind: form.Many, Class: 2, Fact: "industry", Words: say("Which boat?", "أي قارب؟"),
			Options: []form.Option{{Code: "x_a", Words: say("A", "أ")}, {Code: "x_b", Words: say("B", "")}},
			When:    []form.Cond{{Field: form.Type, Is: form.OneOf, Values: []string{"crisis", form.Unknown}}},
		},
		{ID: sampleID[:25] + "C", Code: "x_note", Block: form.Person, Kind: form.Long, Words: say("Note", "ملاحظة")},
		{ID: sampleID[:25] + "D", Code: "x_count", Block: form.Person, Kind: form.Number, Words: say("How many?", "كم؟")},
	}}
}

func (a *Admin) sampleForm(l *i18n.Language, of editionOf) *formView {
	view := &formView{editionOf: of, Version: 2, Wrong: 1, Whole: []string{l.T("edition.fault.lacks", "given", "safe_now")}}
	f := sampleBuild()
	for i := range f.Fields {
		view.Rows = append(view.Rows, rowOf(l, f, i))
	}
	for _, w := range wrongForm(f) {
		if w.Row > 0 {
			view.Rows[w.Row-1].Wrong = append(view.Rows[w.Row-1].Wrong, a.faultInWords(l, w))
		}
	}
	return view
}

func (a *Admin) sampleField(of editionOf) *fieldView {
	f := sampleBuild()
	return &fieldView{
		editionOf: of, Version: 2, At: "/forms/self/field/2", N: 2, Is: f.Fields[1], Above: f.Fields[:1], HTCDS: form.HTCDSCodes(),
		Spoken: []ofLanguage{{"en", "English", "ltr"}, {"ar", "العربية", "rtl"}},
	}
}

func (a *Admin) samplePreview(l *i18n.Language, of editionOf, changes []changed) *formPreviewView {
	f := sampleBuild()
	return &formPreviewView{
		editionOf: of, Version: 2, Begun: true, Changes: changes, Unsaid: []string{l.N("admin.form.unsaid", 1, "language", "العربية")},
		In:     group{field: field{Name: "l", Label: l.T("admin.form.preview.language")}, Choices: []choice{{Value: "en", Label: "English", On: true}, {Value: "ar", Label: "العربية"}}},
		Blocks: tryOut(l, f, map[string]form.Value{form.Type: {Codes: []string{"crisis"}}}, "en", false),
	}
}
