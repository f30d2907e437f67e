package desk_test

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// night fills the script with the night of the drawings: Amina holds three conversations and six
// people wait. All of it is made up.
func (s *script) night() {
	s.me = desk.Me{
		ID: hotline.NewID(), Name: "Amina", Roles: []string{"advocate"}, Languages: []string{"ar", "en", "fr"},
		State: "busy", Load: 3, Capacity: 3, Line: "Harbour Line", Zone: "UTC", Spoken: []string{"en", "es", "ar", "fr", "tl"},
		DraftKey: draftKey(), Outcomes: []string{"helped", "plan", "referred", "informed", "left", "silent", "wrong", "abusive", "test"},
		Links:  []desk.Link{},
		Limits: desk.Limits{Beat: 10000, Undo: undoFor.Milliseconds(), Ask: 14 * 60000, Lock: 15 * 60000, Wrap: 3 * 60000, Text: desk.MaxText},
	}
	t := now()
	row := func(urgency int64, reason, channel, lang string, ms int64, why ...string) desk.Row {
		return desk.Row{
			Contact: hotline.NewID(), Channel: channel, Lang: lang, Urgency: urgency, Reason: reason, Why: why,
			State: "waiting", Since: t - ms, Fits: slices.Contains(s.me.Languages, lang),
		}
	}
	s.queue = []desk.Row{
		row(0, "danger", "chat", "es", 48000, "danger"),
		row(1, "minor", "text", "tl", 3*60000, "minor", "no_language"),
		row(2, "back", "chat", "en", 6*60000, "returning"),
		row(3, "self", "chat", "es", 9*60000, "self"),
		row(4, "other", "chat", "en", 4*60000, "other"),
		row(6, "tip", "form", "fr", 22*60000, "tip"),
	}
	s.queue[0].State, s.queue[0].Offered, s.queue[0].OfferEnd = "offered", "Rosa", t+14000
	said := func(c desk.Contact, lines ...desk.Message) *desk.Contact {
		for i, m := range lines {
			m.ID, m.Seq = hotline.NewID(), int64(i+1)
			c.Messages = append(c.Messages, m)
		}
		c.LastSeq = int64(len(lines))
		return &c
	}
	she := func(text string, minutes int64) desk.Message {
		return desk.Message{Side: "caller", Text: text, At: t - minutes*60000}
	}
	we := func(text string, minutes int64) desk.Message {
		return desk.Message{Side: "advocate", By: "Amina", Text: text, At: t - minutes*60000}
	}
	juniper := madeUp(hotline.NewID(), "Juniper", "en", "self", 14)
	juniper.Limits = &desk.Told{Kind: "limits", Number: 7, Lang: "en", At: t - 13*60000, By: "Amina"}
	juniper.Danger, juniper.Urgency, juniper.Readers, juniper.Minor = true, 0, []string{"Tomás"}, false
	walnut := madeUp(hotline.NewID(), "Walnut", "ar", "self", 31)
	walnut.Page = "closed"
	sparrow := madeUp(hotline.NewID(), "Sparrow", "en", "self", 52)
	sparrow.QuietAt, sparrow.Returning = t+4*60000, true
	sparrow.Notes = []desk.Note{{At: t - 60*60000, By: "Wren", Text: "Six people in a caravan. Works at 5. Does not want police."}}
	s.held = []*desk.Contact{
		said(juniper,
			we("What you write stays with our team. We pass it on only if a life is in danger, or if the law obliges us. You decide what you tell us.", 13),
			she("he took my phone this is my friends. he said he comes back at 3", 8),
			we("Thank you for telling me. You decide what happens next. Is there a room that locks, or a place with other people?", 6),
			she("petrol station on the big road. 10 min walk. my passport is in his drawer", 2)),
		said(walnut,
			we("أهلاً بكِ، اسمي أمينة. هل المكان آمن للكتابة الآن؟", 29),
			she("نعم، هم نائمون. صاحبة البيت أخذت جواز سفري ولم تدفع لي منذ 5 أشهر", 23),
			we("ما حدث ليس ذنبك. جوازك لكِ، ولا يحق لأحد أن يأخذه. هل تريدين أن أشرح لكِ ما يمكن فعله؟", 20),
			she("نعم. أخاف من مكتب Al-Noor لأن الرقم +1 555 0142 يتصل كل يوم", 4)),
		said(sparrow,
			she("boss keeps all our cards. 6 of us in the caravan. he takes rent from pay so nothing left", 39),
			we("That is not allowed, and it is not your fault. Would you like to hear what some people in your place have done?", 36),
			she("yes but not today. work at 5", 26),
			we("Of course. Write here any day, at any hour. Somebody will answer.", 24),
			she("ok thank you sister", 11)),
	}
	s.people = []desk.Person{
		{ID: s.me.ID, Name: "Amina", Languages: []string{"ar", "en", "fr"}, Takes: true, State: "busy", Load: 3, Capacity: 3},
		{ID: hotline.NewID(), Name: "Rosa", Languages: []string{"es", "en"}, Takes: true, State: "ready", Capacity: 3},
		{ID: hotline.NewID(), Name: "Wren", Languages: []string{"en"}, Takes: true, State: "busy", Load: 1, Capacity: 3},
		{ID: hotline.NewID(), Name: "Jomo", Languages: []string{"fr", "en", "sw"}, Takes: true, State: "busy", Load: 2, Capacity: 3},
		{ID: hotline.NewID(), Name: "Kofi", Languages: []string{"en", "tw"}, Takes: true, State: "break", Capacity: 3, Since: t - 9*60000},
		{ID: hotline.NewID(), Name: "Inés", Languages: []string{"es"}, Takes: true, State: "locked", Capacity: 3, Since: t - 16*60000},
	}
}

// supervisor makes the desk that of Tomás, who reads along with Juniper.
func (s *script) supervisor() {
	t := now()
	s.me.Name, s.me.Roles, s.me.Languages, s.me.Load, s.me.State = "Tomás", []string{"supervisor"}, []string{"en", "es"}, 0, "ready"
	with := func(handle, advocate, lang, reason string, urgency, minutes int64) desk.With {
		return desk.With{
			Contact: hotline.NewID(), Handle: handle, Advocate: advocate, Channel: "chat", Lang: lang, Urgency: urgency,
			Reason: reason, State: "live", Since: t - minutes*60000, Readers: []string{},
		}
	}
	s.board = &desk.Board{
		With: []desk.With{
			with("Juniper", "Amina", "en", "self", 0, 14), with("Walnut", "Amina", "ar", "self", 3, 31),
			with("Sparrow", "Amina", "en", "self", 3, 52), with("Cedar", "Wren", "en", "self", 3, 38),
			with("Linden", "Jomo", "fr", "other", 4, 9), with("Alder", "Jomo", "en", "tip", 6, 6),
		},
		Today: desk.Today{Since: t - 5*3600000, Answered: 41, Missed: 2, Middle: 80000},
	}
	b := s.board.With
	b[0].Danger, b[0].Joined, b[0].Readers, b[0].Waits = true, true, []string{"Tomás"}, t-2*60000
	b[1].Waits, b[2].QuietAt, b[5].State = t-4*60000, t+4*60000, "closing"
	s.alerts = []desk.Alert{
		{ID: hotline.NewID(), Kind: "danger", Contact: s.queue[0].Contact, Channel: "chat", Lang: "es", At: t - 48000},
		{ID: hotline.NewID(), Kind: "danger", Contact: b[0].Contact, Handle: "Juniper", With: "Amina", Channel: "chat", Lang: "en", At: t - 7*60000, SeenBy: "Tomás", SeenAt: t - 7*60000 + 52000},
	}
	s.held = nil
}
