package desk_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// From a stranger's first word to the saved outcome, on both engines.
func TestWholeContactGoesOverTheDesk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.HireBy(t, l.First, staff.Person{Pseudonym: "Amina", Roles: []hotline.Role{hotline.Advocate}, Languages: []string{"en", "ar"}, Capacity: 3})
		c, snap := l.at(t, amina)
		if snap.Me.Name != "Amina" || snap.Me.State != staff.Ready || snap.Me.Capacity != 3 || snap.Me.DraftKey == "" || len(snap.Queue) != 0 {
			t.Errorf("the desk begins as %+v", snap.Me)
		}

		caller := l.Arrive(t, "hello, is somebody there")
		row := await(c, "queue", func(f desk.QueueFrame) bool { return len(f.Set) == 1 }).Set[0]
		if row.Contact != string(caller.Contact) || row.State != "waiting" || row.Lang != "en" || !row.Fits {
			t.Errorf("she waits as %+v", row)
		}

		c.say("take", desk.Take{Contact: row.Contact, Next: true})
		got := await[desk.ContactFrame](c, "contact", nil).Contact
		if !got.Mine || got.State != "live" || got.Handle == "" || len(got.Messages) != 1 || got.Messages[0].Text != "hello, is somebody there" {
			t.Errorf("the contact is shown as %+v", got)
		}
		await(c, "queue", func(f desk.QueueFrame) bool { return slices.Contains(f.Gone, row.Contact) })

		l.Say(t, caller, "he is back")
		if m := await[desk.MessageFrame](c, "message", nil).Message; m.Text != "he is back" || m.Seq != 2 || m.Side != "caller" {
			t.Errorf("her next word is shown as %+v", m)
		}

		id := hotline.NewID()
		for range 3 {
			c.say("send", desk.Send{ID: id, Contact: row.Contact, Text: "I am here. \n"})
			if ack := await[desk.Ack](c, "ack", nil); ack.ID != id || ack.Until <= l.Now(t) {
				t.Errorf("acknowledged as %+v", ack)
			}
		}
		if m := await[desk.MessageFrame](c, "message", nil).Message; m.ID != id || m.Seq != 3 || m.Text != "I am here." || m.By != "Amina" {
			t.Errorf("what was sent is shown as %+v", m)
		}
		if page, err := l.Page(t, caller); err != nil || !slices.Equal(page, []string{"hello, is somebody there", "he is back", "I am here."}) {
			t.Errorf("her page shows %q, %v", page, err)
		}

		c.say("end", desk.End{Contact: row.Contact})
		closing := await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.State == "closing" }).Contact
		c.say("extend", desk.Extend{Contact: row.Contact})
		if more := await[desk.ContactFrame](c, "contact", nil).Contact; more.WrapUntil < closing.WrapUntil {
			t.Errorf("the wrap-up went from %d to %d", closing.WrapUntil, more.WrapUntil)
		}
		c.say("end", desk.End{Contact: row.Contact, Outcome: "made up"})
		if no := await[desk.Refused](c, "refused", nil); no.Of != "end" || no.Why != "invalid" {
			t.Errorf("an outcome that is none is refused with %+v", no)
		}
		c.say("end", desk.End{Contact: row.Contact, Outcome: "helped"})
		if no := await[desk.Refused](c, "refused", nil); no.Key != "desk.problem.lacks" {
			t.Errorf("without safety and type it is refused with %+v", no)
		}
		c.save(caller.Contact, l.asksOf(t, "self", form.SafeNow), 0, desk.Answer{State: form.NotAsked, Codes: []string{}})
		c.save(caller.Contact, l.asksOf(t, "self", form.Type), 0, desk.Answer{Codes: []string{"crisis"}})
		c.say("end", desk.End{Contact: row.Contact, Outcome: "helped"})
		if gone := await[desk.ContactFrame](c, "contact", nil); gone.Gone != "closed" {
			t.Errorf("it leaves the desk as %+v", gone)
		}
		if got := l.Find(t, caller.Contact); got.State != contact.Closed {
			t.Errorf("the contact is %s", got.State)
		}
	})
}

func TestUndoTakesBackWhatHasNotLeft(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	c, _ := l.at(t, amina)
	id := hotline.NewID()
	c.say("send", desk.Send{ID: id, Contact: string(caller.Contact), Text: "too early"})
	await[desk.Ack](c, "ack", nil)

	// A second tab, and a desk that comes back, see it as not yet left.
	_, again := l.at(t, amina)
	if m := again.Contacts[0].Messages; len(m) != 2 || m[1].ID != id || m[1].Seq != 0 || m[1].Until == 0 {
		t.Errorf("the unsent message is shown as %+v", m)
	}

	c.say("undo", desk.Undo{ID: id})
	if u := await[desk.Undone](c, "undone", nil); u.ID != id {
		t.Errorf("taken back was %s, want %s", u.ID, id)
	}
	c.say("undo", desk.Undo{ID: id})
	if no := await[desk.Refused](c, "refused", nil); no.Of != "undo" || no.Why != "missing" {
		t.Errorf("a second undo is refused with %+v", no)
	}
	if page, _ := l.Page(t, caller); len(page) != 1 {
		t.Errorf("her page shows %q", page)
	}
	sent := l.Reply(t, amina, caller.Contact, "on its way")
	await(c, "message", func(f desk.MessageFrame) bool { return f.Message.ID == sent })
	c.say("undo", desk.Undo{ID: sent})
	if no := await[desk.Refused](c, "refused", nil); no.Why != "conflict" {
		t.Errorf("what has left is refused with %+v", no)
	}
}

func TestDraftsComeBack(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	c, first := l.at(t, amina)
	id := string(caller.Contact)
	c.say("draft", desk.Draft{Contact: id, Place: "composer", N: 7, Text: "half a thought, marmalade"})
	c.say("draft", desk.Draft{Contact: id, Place: "note", N: 2, Text: "do not ask again"})
	await(c, "draft", func(d desk.Draft) bool { return d.Place == "note" && d.N == 2 && d.Text == "" })
	if where := l.Holding(t, "marmalade"); len(where) > 0 {
		t.Errorf("the draft stands readable in %v", where)
	}
	_ = c.conn.CloseNow()

	d, snap := l.at(t, amina)
	drafts := snap.Contacts[0].Drafts
	slices.SortFunc(drafts, func(a, b desk.Draft) int { return strings.Compare(a.Place, b.Place) })
	if len(drafts) != 2 || drafts[0].Text != "half a thought, marmalade" || drafts[0].N != 7 || drafts[1].Text != "do not ask again" {
		t.Errorf("the drafts come back as %+v", drafts)
	}
	if snap.Me.DraftKey != first.Me.DraftKey {
		t.Error("the browser's key is another one at the next sign-in")
	}
	d.say("draft", desk.Draft{Contact: id, Place: "composer", N: 8})
	await[desk.Draft](d, "draft", nil)
	if _, snap := l.at(t, amina); len(snap.Contacts[0].Drafts) != 1 {
		t.Errorf("a wiped draft comes back: %+v", snap.Contacts[0].Drafts)
	}
}

func TestDeskResumesWhereItWas(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "one")
	l.Take(t, amina, caller.Contact)
	c, _ := l.at(t, amina)
	l.Say(t, caller, "two")
	await[desk.MessageFrame](c, "message", nil)
	_ = c.conn.CloseNow()
	l.Say(t, caller, "three")

	d := l.dial(t, amina)
	d.say("hello", desk.Hello{Have: map[string]int64{string(caller.Contact): 2}, Drafts: map[string]int64{}})
	snap := await[desk.Snapshot](d, "snapshot", nil)
	if m := snap.Contacts[0].Messages; len(m) != 1 || m[0].Text != "three" || m[0].Seq != 3 {
		t.Errorf("after two messages the desk gets %+v", m)
	}
	d.say("hello", desk.Hello{Have: map[string]int64{}, Drafts: map[string]int64{}})
	if snap := await[desk.Snapshot](d, "snapshot", nil); len(snap.Contacts[0].Messages) != 3 {
		t.Errorf("with nothing it gets %+v", snap.Contacts[0].Messages)
	}
}

func TestHandBackAndHandOverCarryANote(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, wren, caller := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	a, _ := l.at(t, amina)
	w, _ := l.at(t, wren)
	id := string(caller.Contact)

	a.say("handover", desk.HandOver{Contact: id, To: string(wren.ID), Note: "works at five"})
	over := await(a, "contact", func(f desk.ContactFrame) bool { return f.Contact.Over != nil })
	if over.Gone != "" || over.Contact.Over.To != wren.Name {
		t.Errorf("while it rings there the giver sees %+v", over)
	}
	offer := await[desk.OfferFrame](w, "offer", nil).Offer
	if offer.Kind != "handover" || offer.From != amina.Name || offer.Note != "works at five" {
		t.Errorf("the colleague is offered %+v", offer)
	}
	w.say("accept", desk.Accept{Offer: offer.ID, Epoch: offer.Epoch})
	got := await[desk.ContactFrame](w, "contact", nil).Contact
	if len(got.Notes) != 1 || got.Notes[0].Text != "works at five" || got.Notes[0].By != amina.Name {
		t.Errorf("the colleague reads %+v", got.Notes)
	}
	if gone := await(a, "contact", func(f desk.ContactFrame) bool { return f.Gone != "" }); gone.Gone != "over" {
		t.Errorf("it leaves the giver as %s", gone.Gone)
	}

	w.say("handback", desk.HandBack{Contact: id, Note: "speaks to a woman only"})
	if gone := await(w, "contact", func(f desk.ContactFrame) bool { return f.Gone != "" }); gone.Gone != "back" {
		t.Errorf("it leaves as %s", gone.Gone)
	}
	row := await(a, "queue", func(f desk.QueueFrame) bool { return len(f.Set) > 0 }).Set[0]
	if row.Contact != id || !slices.Contains(row.Why, "returning") {
		t.Errorf("it waits again as %+v", row)
	}
	if notes, err := l.Notes(t, wren, caller.Contact); err != nil || len(notes) != 2 {
		t.Errorf("the notes are %q, %v", notes, err)
	}
}

func TestDangerReachesTheSupervisor(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, tomas, caller := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	a, _ := l.at(t, amina)
	b, snap := l.at(t, tomas)
	if snap.Board == nil || len(snap.Board.With) != 1 || snap.Board.With[0].Advocate != amina.Name || snap.Board.With[0].Waits == 0 {
		t.Errorf("the board begins as %+v", snap.Board)
	}
	id := string(caller.Contact)

	a.say("mark", desk.Mark{Contact: id, Danger: true})
	if c := await[desk.ContactFrame](a, "contact", nil).Contact; !c.Danger {
		t.Errorf("the advocate sees %+v", c)
	}
	alert := await[desk.AlertFrame](b, "alert", nil).Alert
	if alert.Kind != contact.Danger || alert.Contact != id || alert.With != amina.Name || alert.SeenAt != 0 {
		t.Errorf("the supervisor is told %+v", alert)
	}
	b.say("seen", desk.Seen{Alert: alert.ID})
	if seen := await(b, "alert", func(f desk.AlertFrame) bool { return f.Alert.SeenAt != 0 }).Alert; seen.SeenBy != tomas.Name {
		t.Errorf("it was seen by %q", seen.SeenBy)
	}

	b.say("join", desk.Join{Contact: id})
	read := await[desk.ContactFrame](b, "contact", nil).Contact
	if read.Mine || len(read.Messages) != 1 || read.Messages[0].Text != "hello" {
		t.Errorf("the supervisor reads %+v", read)
	}
	if c := await(a, "contact", func(f desk.ContactFrame) bool { return len(f.Contact.Readers) == 1 }).Contact; c.Readers[0] != tomas.Name {
		t.Errorf("the advocate sees %v reading along", c.Readers)
	}
	b.say("send", desk.Send{ID: hotline.NewID(), Contact: id, Text: "hello"})
	if no := await[desk.Refused](b, "refused", nil); no.Of != "send" {
		t.Errorf("who reads along is refused with %+v", no)
	}
	b.say("join", desk.Join{Contact: id, Leave: true})
	if gone := await(b, "contact", func(f desk.ContactFrame) bool { return f.Gone != "" }); gone.Gone != "left" {
		t.Errorf("it leaves as %s", gone.Gone)
	}
}

func TestOnlySupervisorsSupervise(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "a knife")
	c, snap := l.at(t, amina)
	if snap.Board != nil || len(snap.Alerts) > 0 {
		t.Errorf("an advocate sees the board %+v and alerts %+v", snap.Board, snap.Alerts)
	}
	for kind, frame := range map[string]any{
		"join":   desk.Join{Contact: string(caller.Contact)},
		"assign": desk.Assign{Contact: string(caller.Contact), To: string(amina.ID)},
		"seen":   desk.Seen{Alert: hotline.NewID()},
	} {
		c.say(kind, frame)
		if no := await[desk.Refused](c, "refused", nil); no.Of != kind || no.Why != "denied" {
			t.Errorf("%s is refused with %+v", kind, no)
		}
	}
	b, _ := l.at(t, l.Hire(t, hotline.Supervisor))
	hotlinetest.Must(t, l.Book.Ring(t.Context(), caller.Contact, contact.Help))
	await(b, "alert", func(f desk.AlertFrame) bool { return f.Alert.Kind == contact.Help })
	l.Arrive(t, "another one")
	c.none("alert", "queue") // what rings, rings for supervisors
	analyst := l.Hire(t, hotline.Analyst)
	if _, answer, err := websocket.Dial(t.Context(), l.url+desk.SocketPath, &websocket.DialOptions{HTTPHeader: cookie(analyst)}); err == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("an analyst opens the desk: %v", answer)
	}
	header := cookie(amina)
	header.Set("Origin", "https://elsewhere.example.org")
	if _, answer, err := websocket.Dial(t.Context(), l.url+desk.SocketPath, &websocket.DialOptions{HTTPHeader: header}); err == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site opens the desk: %v", answer)
	}
}

func TestAssignGivesAContactToSomebody(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, tomas := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
	a, _ := l.at(t, amina)
	b, _ := l.at(t, tomas)
	caller := l.Arrive(t, "hello")
	b.say("assign", desk.Assign{Contact: string(caller.Contact), To: string(amina.ID)})
	if got := await[desk.ContactFrame](a, "contact", nil).Contact; got.ID != string(caller.Contact) || !got.Mine {
		t.Errorf("the advocate gets %+v", got)
	}
	await(b, "board", func(f desk.BoardFrame) bool { return len(f.Board.With) == 1 && f.Board.With[0].Advocate == amina.Name })
}

func TestOfferRingsAndIsAnswered(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	c, _ := l.at(t, amina)
	ring := func() desk.Offer {
		l.Offer(t, caller.Contact, amina)
		return await(c, "offer", func(f desk.OfferFrame) bool { return f.Ended == "" }).Offer
	}
	o := ring()
	if o.Kind != "offer" || o.Contact != string(caller.Contact) || o.Until-l.Now(t) > 20000 {
		t.Errorf("offered is %+v", o)
	}
	c.say("decline", desk.Decline{Offer: o.ID})
	if end := await[desk.OfferFrame](c, "offer", nil); end.Ended != "declined" {
		t.Errorf("it ends as %s", end.Ended)
	}
	c.say("accept", desk.Accept{Offer: o.ID, Epoch: o.Epoch})
	if no := await[desk.Refused](c, "refused", nil); no.Of != "accept" || no.Why != "conflict" {
		t.Errorf("a declined offer is refused with %+v", no)
	}
	o = ring()
	c.say("accept", desk.Accept{Offer: o.ID, Epoch: o.Epoch})
	if got := await[desk.ContactFrame](c, "contact", nil).Contact; got.ID != o.Contact || got.State != "live" {
		t.Errorf("accepted is %+v", got)
	}
}

func TestCoveredDeskShowsNothingAndRings(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	c, _ := l.at(t, amina)
	other, _ := l.at(t, amina)
	c.say("cover", desk.Cover{})
	await[desk.Lock](c, "lock", nil)
	await[desk.Lock](other, "lock", nil)
	if _, err := l.Desk(t, amina, caller.Contact); err == nil {
		t.Error("the session still opens")
	}
	c.say("hello", desk.Hello{Have: map[string]int64{}, Drafts: map[string]int64{}})
	c.none("snapshot", "lock")
	c.say("send", desk.Send{ID: hotline.NewID(), Contact: string(caller.Contact), Text: "x"})
	if no := await[desk.Refused](c, "refused", nil); no.Key != "vault.locked" {
		t.Errorf("a covered desk refuses with %+v", no)
	}

	l.Say(t, caller, "are you there")
	await(c, "lock", func(f desk.Lock) bool { return f.Ring })
	// A fresh page finds the desk covered, and ringing.
	late := l.dial(t, amina)
	late.say("hello", desk.Hello{Have: map[string]int64{}, Drafts: map[string]int64{}})
	await[desk.Lock](late, "lock", nil)

	c.say("unlock", desk.Unlock{Passphrase: "not the right words at all"})
	if no := await[desk.Refused](c, "refused", nil); no.Of != "unlock" || no.Why != "denied" {
		t.Errorf("a wrong passphrase is refused with %+v", no)
	}
	c.say("unlock", desk.Unlock{Passphrase: amina.Passphrase.Reveal()})
	snap := await[desk.Snapshot](c, "snapshot", nil)
	if m := snap.Contacts[0].Messages; len(m) != 2 || m[1].Text != "are you there" {
		t.Errorf("after unlocking it shows %+v", m)
	}
	await[desk.Snapshot](other, "snapshot", nil)
}

// Nobody uncovers the desk: whoever wrote waits for somebody else, with her place; who did not
// write stays.
func TestWordToACoveredDeskGoesToAColleague(t *testing.T) {
	t.Parallel()
	l := openAs(t, dbtest.New(t), desk.Config{Node: "test", Wait: 300 * time.Millisecond})
	amina, wren := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Advocate)
	writes, silent := l.Arrive(t, "hello"), l.Arrive(t, "hello")
	l.Take(t, amina, writes.Contact)
	l.Take(t, amina, silent.Contact)
	a, _ := l.at(t, amina)
	w, _ := l.at(t, wren)
	a.say("cover", desk.Cover{})
	await[desk.Lock](a, "lock", nil)
	await(w, "people", func(f desk.PeopleFrame) bool {
		return slices.ContainsFunc(f.People, func(p desk.Person) bool { return p.Name == amina.Name && p.State == staff.Locked })
	})
	l.Say(t, writes, "are you there")
	await(a, "lock", func(f desk.Lock) bool { return f.Ring })
	row := await(w, "queue", func(f desk.QueueFrame) bool { return len(f.Set) > 0 }).Set[0]
	if row.Contact != string(writes.Contact) || !slices.Contains(row.Why, "returning") {
		t.Errorf("the colleague sees %+v", row)
	}
	await(a, "lock", func(f desk.Lock) bool { return !f.Ring })
	if got := l.Find(t, silent.Contact); got.State != contact.Live || got.Advocate != amina.ID {
		t.Errorf("who did not write is %s", got.State)
	}
}

func TestIdleDeskCoversItself(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	c, snap := l.at(t, l.Hire(t, hotline.Advocate))
	c.say("ping", desk.Ping{Idle: snap.Me.Limits.Lock - 1})
	c.none("lock", "pong")
	c.say("ping", desk.Ping{Idle: snap.Me.Limits.Lock})
	await[desk.Lock](c, "lock", nil)
}

func TestErasedWordsLeaveTheDesk(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	c, _ := l.at(t, amina)
	hotlinetest.Must(t, l.Book.EraseNow(t.Context(), "caller", caller.Contact))
	if gone := await(c, "contact", func(f desk.ContactFrame) bool { return f.Gone != "" }); gone.Gone != "erased" {
		t.Errorf("it leaves as %s", gone.Gone)
	}
}

// P3: what a removed person's desk shows ends within five seconds.
func TestEndedSessionEndsTheSocket(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, caller := l.Hire(t, hotline.Advocate), l.Arrive(t, "hello")
	l.Take(t, amina, caller.Contact)
	c, _ := l.at(t, amina)
	hotlinetest.Must(t, l.Keeper.EndAll(t.Context(), amina.ID))
	select {
	case err := <-c.closed:
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != 4001 {
			t.Errorf("the socket closed with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the socket is open five seconds after the session ended")
	}
	answer, err := http.DefaultClient.Do(request(t, l.url+desk.SessionPath, amina))
	hotlinetest.Must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized && answer.StatusCode != http.StatusForbidden {
		t.Errorf("the session is answered with %s", answer.Status)
	}
}

func request(t *testing.T, url string, p *hotlinetest.Person) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	hotlinetest.Must(t, err)
	r.Header = cookie(p)
	return r
}

// A frame that is none is refused, and the desk goes on.
func TestBrokenFramesAreRefused(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	c, _ := l.at(t, l.Hire(t, hotline.Advocate))
	for _, text := range []string{`{}`, `nonsense`, `{"v":1,"t":"send","id":"x"}`} {
		hotlinetest.Must(t, c.conn.Write(t.Context(), websocket.MessageText, []byte(text)))
		if no := await[desk.Refused](c, "refused", nil); no.Why != "invalid" {
			t.Errorf("%s is refused with %+v", text, no)
		}
	}
	c.pinged()
}

// Whoever comes back to her desk is there at once: a process that never lives until a beat of its
// own gives nobody's contacts away.
func TestAGreetingIsABeat(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l := open(t, e)
		amina := l.Hire(t, hotline.Advocate)
		e.Advance(t, staff.Lapse*3/4)
		l.at(t, amina)
		e.Advance(t, staff.Lapse/2)
		if l.Count(t, `SELECT count(*) FROM presence WHERE person = $1 AND beat_until > $2`, amina.ID, l.Now(t)) != 1 {
			t.Error("she is at her desk, and counts as gone")
		}
	})
}
