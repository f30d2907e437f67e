package admin

import (
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
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
	none := editionOf{Kind: policy.KindAbout, Heading: l.T("admin.kind.about"), Back: "/editions"}
	shipped := editionRow{Path: "/editions", Shipped: true}
	body := `{"language":"ar","groups":[{"codes":["danger"],"expressions":["النجدة","ساعدوني"]},{"codes":["tip"],"expressions":["رأيت"]}],"stop":["قف"]}`
	lines := a.aloud(l, s, body)
	changes, _ := a.compared(l, s, body, `{"groups":[{"codes":["danger"],"expressions":["النجدة"]},{"codes":["tip","minor"],"expressions":["رأيت","سمعت"]}],"stop":["قف"]}`)
	return []sample{
		{&queuesView{}, &queuesView{Rows: []queueRow{{"night", "Night", l.T("admin.serving.desk"), 7, "/edition/queue/night/all", lines}, {"day", "Day", l.T("admin.serving.supervisors"), 1, "/edition/queue/day/all", nil}}}, ""},
		{&queueView{}, &queueView{queueInput: queueInput{Name: "Night", Team: "desk"}, ID: "night", Was: l.T("admin.serving.desk"), Rules: "/edition/queue/night/all", Teams: []choice{{"desk", l.T("admin.serving.desk"), l.N("admin.queue.holders", 7), true, false}, {"supervisors", l.T("admin.serving.supervisors"), l.N("admin.queue.holders", 1), false, false}}}, "name"},
		{&editionsView{}, &editionsView{Kinds: []kindRow{{policy.KindAbout, []editionRow{row, {Of: row.Of, Path: "/editions"}}}, {routing.KindHours, []editionRow{shipped}}}}, ""},
		{&editionView{editionOf: none}, &editionView{
			editionOf: of, Edit: s.edit(k), Write: true, Lines: lines,
			Past: []versionRow{{3, sampleTime, "Lien", "Amina", edition.Published, s.at(k) + "/back/3"}, {2, sampleTime, "Lien", "", edition.Withdrawn, s.at(k) + "/back/2"}},
		}, "reviewer"},
		{&editionEditView{editionOf: none}, &editionEditView{of, 2, s.at(k) + "/edit", s.parts, growth(body)}, "groups1"},
		{&editionPreviewView{editionOf: none, Same: true}, &editionPreviewView{
			editionOf: of, Version: 2, Changes: changes, Lines: lines, Reviewer: "Rosa", Must: true, Write: true, Edit: s.edit(k),
		}, "reviewer"},
		{&editionWithdrawView{editionOf: none}, &editionWithdrawView{editionOf: of, Shipped: true}, "stepup"},
	}
}
