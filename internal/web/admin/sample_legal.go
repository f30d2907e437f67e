package admin

import (
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
)

// sampleLegal are the pages of the legal requests.
func (a *Admin) sampleLegal(l *i18n.Language) []sample {
	const dayMS = 24 * 3600 * 1000
	line := func(p policy.Paper, s policy.LegalState, late bool) legalLine {
		row := policy.LegalRow{ID: sampleID, Paper: p, State: s, At: sampleTime, Late: late}
		if s == policy.LegalOpen {
			row.DueBy = sampleTime + 7*dayMS
		}
		return legalLine{LegalRow: row, Who: "Sana", Mine: true}
	}
	typed := func(string) string { return "" }
	paper := legalPaper{Papers: papers(l, string(policy.Subpoena)), From: "County court", On: "2026-11-30", Due: "2026-12-07", Say: "Everything about one person."}
	req := policy.Legal{ID: sampleID, State: policy.LegalAnswered, Paper: policy.Order, Word: policy.MayProduce, Found: []hotline.ContactID{"a", "b", "c"}, Held: []hotline.ContactID{"a"}}
	req.Acts = []policy.LegalAct{{Kind: policy.Received, By: "x", At: 1}}
	full := &legalView{
		legalLine: line(policy.Subpoena, policy.LegalOpen, true), Req: req, Officer: true, Fixed: "We neither confirm nor deny whether somebody has contacted us.", Do: string(policy.ToldCounsel), typed: typed, me: "x",
		Entries: []legalSaid{
			{Kind: "received", By: "Amina", From: "محكمة المقاطعة", On: "2026-11-30", Code: l.T("admin.legal.paper.subpoena"), Text: "Everything about one person.\nBy Monday.", At: sampleTime, Due: sampleTime + dayMS},
			{Kind: "counsel", By: "Amina", Code: l.T("admin.legal.counsel.oppose"), Text: "لا شيء قبل الجلسة.", At: sampleTime},
			{Kind: "found", By: "Amina", N: 3, At: sampleTime},
			{Kind: "name", By: "Amina", Who: "Sana", Text: "What the order lists.", At: sampleTime},
		},
		Contacts: []legalContact{
			{ID: "a", N: 1, Channel: wordOr(l, "desk.channel.", "chat"), Day: "2026-10-02", State: l.T("admin.legal.contact.closed"), Held: true, Given: true},
			{ID: "b", N: 2, Gone: true},
			{ID: "c", N: 3, Channel: "pager", Day: "2026-10-03", State: l.T("admin.legal.contact.closed")},
		},
		Answer: &legalAnswer{policy.Statement{Contacts: 10000, Gone: 3, Shut: 1, Found: 3, Until: sampleTime, Ended: sampleTime + 60000}, false},
		Looks:  &legalLooks{N: 1400, Of: 10000},
		People: []choice{{Value: "s", Label: "Sana", On: true}, {Value: "t", Label: "Tomás"}},
	}
	return []sample{
		{&legalsView{}, &legalsView{All: true, Rows: []legalLine{line(policy.Subpoena, policy.LegalOpen, true), line(policy.Order, policy.LegalAnswered, false), line(policy.Question, policy.LegalClosed, false)}}, ""},
		{&legalNewView{}, &legalNewView{legalPaper: paper}, "from"},
		{&legalView{legalLine: line(policy.Warrant, policy.LegalClosed, false), Req: policy.Legal{State: policy.LegalClosed}, typed: typed}, full, "counsel.words"},
		{&legalGivenView{}, &legalGivenView{ID: sampleID, N: 1, Words: true, Record: true, Messages: []legalMessage{{"caller", "مرحبا", sampleTime}, {"advocate", "You are safe to write here.", sampleTime}, {"line", "Are you still there?", sampleTime}}, Notes: []legalMessage{{Text: "She asked for a bed.", At: sampleTime}}}, ""},
	}
}
