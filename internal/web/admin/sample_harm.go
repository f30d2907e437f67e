package admin

import (
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// sampleHarm are the pages of the register of harm.
func (a *Admin) sampleHarm(l *i18n.Language) []sample {
	line := func(kind, state string, at int64) harmLine {
		h := policy.HarmReport{ID: sampleID, Kind: kind, State: state, Version: 3, At: at, Due: at + 72*3600*1000}
		row := harmLine{HarmReport: h, Of: l.T("admin.harm_kind." + kind), Reporter: "Amina"}
		switch state {
		case policy.HarmCorrecting:
			row.Late, row.Near, row.Whose = true, true, "Sana"
		case policy.HarmClosed:
			row.ClosedAt, row.Whose = at+48*3600*1000, "Sana"
		}
		return row
	}
	late := line("leak", policy.HarmCorrecting, sampleTime)
	said := []harmSaid{{policy.SaidReport, "Amina", "A list was left on the bus.\nNobody was named.", sampleTime}, {policy.SaidCorrection, "Sana", "تم استرجاع القائمة.", sampleTime}, {policy.SaidReopening, "Sana", "One page is missing.", sampleTime}}
	whose := []choice{{Value: "", Label: l.T("admin.harm.whose.nobody"), On: true}, {Value: sampleID, Label: l.T("admin.harm.whose.mine")}, {Value: "x", Label: "Sana"}}
	kinds := []choice{}
	for _, kind := range policy.HarmKinds() {
		kinds = append(kinds, choice{Value: kind, Label: l.T("admin.harm_kind." + kind), Hint: l.T("admin.harm_kind." + kind + ".hint"), On: kind == "leak"})
	}
	return []sample{
		{&harmsView{}, &harmsView{All: true, Rows: []harmLine{late, line("threat", policy.HarmOpen, sampleTime+3600*1000), line("referral", policy.HarmClosed, sampleTime)}}, ""},
		{&harmView{harmLine: line("leak", policy.HarmClosed, sampleTime)}, &harmView{harmLine: late, Entries: said, Mine: true, Again: true, Typed: "We asked."}, "words"},
		{&harmReportView{}, &harmReportView{Kinds: kinds, Near: true, Whose: whose, Words: "A list was left on the bus."}, "words"},
	}
}
