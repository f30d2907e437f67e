package front

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A Standing is how the line stands: whether it is open, and how long one waits.
type Standing struct {
	Now    time.Time // in the line's own zone, in which callers are told the time
	Open   bool
	Always bool      // it never closes
	Turns  time.Time // when it closes or opens next; zero where that is not known
	Wait   Wait      // for whoever would write now

	Disturbed bool // calls may not come through at the moment
}

// A Wait is how long one waits, as far as it can be said.
type Wait struct {
	Ahead   int // contacts before hers
	Known   bool
	Minutes int  // 0: somebody is free
	Held    bool // the person she wished for is here, and is asked first
}

// clock says a time of the day.
func clock(l *i18n.Language, t time.Time) string {
	hour, half := t.Hour(), "front.time.am"
	if hour >= 12 {
		half = "front.time.pm"
	}
	if l.T("front.time.style") == "12" {
		hour = (hour+11)%12 + 1
	}
	return l.T(half, "hour", hour, "min", fmt.Sprintf("%02d", t.Minute()))
}

func weekday(l *i18n.Language, t time.Time) string {
	return l.T("front.day." + strconv.Itoa(int(t.Weekday())))
}

// midnights is how many midnights lie between two times of one zone.
func midnights(from, to time.Time) int {
	y, m, d := from.Date()
	start := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	y, m, d = to.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(start) / (24 * time.Hour))
}

// hours says whether the line is open.
func hours(l *i18n.Language, s Standing) string {
	switch {
	case s.Open && s.Always:
		return l.T("front.hours.always")
	case s.Open && (s.Turns.IsZero() || s.Turns.Sub(s.Now) >= 24*time.Hour):
		return l.T("front.hours.open")
	case s.Open:
		return l.T("front.hours.until", "time", clock(l, s.Turns))
	}
	return opens(l, s, "front.hours.closed", "front.hours.closed")
}

// closed says until when nobody answers.
func closed(l *i18n.Language, s Standing) string {
	if s.Open {
		return l.T("front.parked.title")
	}
	return opens(l, s, "front.parked.title", "front.parked.title")
}

// opens chooses among the forms of a sentence by how far away the opening is.
func opens(l *i18n.Language, s Standing, unknown, key string) string {
	away := midnights(s.Now, s.Turns)
	switch {
	case s.Turns.IsZero() || away < 0 || away > 6:
		return l.T(unknown)
	case away == 0:
		return l.T(key+".today", "time", clock(l, s.Turns))
	case away == 1:
		return l.T(key+".tomorrow", "time", clock(l, s.Turns))
	}
	return l.T(key+".day", "day", weekday(l, s.Turns), "time", clock(l, s.Turns))
}

// wait says how long one waits who would write now.
func wait(l *i18n.Language, key string, s Standing) string {
	switch {
	case !s.Open:
		return l.T(key + ".closed")
	case !s.Wait.Known:
		return l.T(key + ".unsure")
	case s.Wait.Minutes <= 0:
		return l.T(key + ".soon")
	}
	return l.N(key+".wait", s.Wait.Minutes)
}

// stamp says who said something, and when.
func stamp(l *i18n.Language, who string, at, now time.Time) string {
	at = at.In(now.Location())
	if midnights(at, now) == 0 {
		return l.T("front.chat.stamp", "who", who, "time", clock(l, at))
	}
	return l.T("front.chat.stamp.day", "who", who, "day", weekday(l, at), "time", clock(l, at))
}

// hers reports whether she wrote a message.
func hers(m message) bool { return m.Side == seal.Caller }

// who names the speaker of a message.
func who(l *i18n.Language, m message) string {
	switch {
	case hers(m):
		return l.T("front.chat.you")
	case m.By != "":
		return m.By
	case m.Side == seal.Advocate:
		return l.T("front.chat.advocate")
	}
	return l.T("front.chat.us")
}

// row is a message as a page shows it.
func row(l *i18n.Language, m message, now time.Time) rowView {
	_, said := policy.Asked(m.Text)
	return rowView{
		Mine: hers(m), Line: m.Side == seal.Program,
		Stamp: stamp(l, who(l, m), m.At, now),
		Text:  said.Reveal(),
	}
}

// opening is what the line says above the first message.
func opening(l *i18n.Language, a About) []rowView {
	rows := []rowView{{Line: true, Text: l.N("front.chat.keep", a.KeepDays)}}
	if a.Emergency.Dial != "" {
		rows = append(rows, rowView{Line: true, Text: l.T("front.chat.danger", "number", a.Emergency.Shown)})
	}
	return rows
}

// wished says what becomes of her wishes while she waits, honestly: the one that may
// keep her waiting first. held: the person she was with is here.
func wished(w contact.Wishes, held bool) string {
	switch {
	case w.NotCommunity != "":
		return "front.chat.waiting.people"
	case w.Same && !held:
		return "front.chat.waiting.elsewhere"
	case w.Same:
		return "front.chat.waiting.same"
	case w.Gender != "":
		return "front.chat.waiting.wish"
	}
	return ""
}

// A state is how her contact stands, in words.
type state struct {
	Kind  string // for the script; it says no more than the page
	Head  string // short
	Title string // shown in the log as the newest of its kind; empty where nothing need be said
	More  string
	Here  bool // ask whether she is still there
	Gone  bool // there is nothing to show any more
}

// stands puts the state of a contact into words.
func stands(l *i18n.Language, p contact.Page, w Wait, s Standing) state {
	said := func(kind, key string) state {
		return state{Kind: kind, Head: l.T(key), Title: l.T(key), More: l.T(key + ".text")}
	}
	switch p.Contact.State {
	case contact.Waiting, contact.Offered:
		st := state{Kind: "waiting", Head: l.T("front.chat.waiting.head"), Title: l.T("front.chat.waiting.next"), More: l.T("front.chat.waiting.unsure")}
		if w.Ahead > 0 {
			st.Title = l.N("front.chat.waiting.ahead", w.Ahead)
		}
		if w.Known {
			st.More = l.N("front.chat.waiting.about", max(w.Minutes, 1))
		}
		if key := wished(p.Contact.Wishes, w.Held); key != "" {
			st.More += " " + l.T(key)
		}
		return st
	case contact.Parked:
		return state{Kind: "parked", Head: closed(l, s), Title: closed(l, s), More: l.T("front.parked.text")}
	case contact.Live:
		st := state{Kind: "live", Head: l.T("front.chat.live.unnamed")}
		if p.With != "" {
			st.Head = l.T("front.chat.live", "who", p.With)
		}
		if p.Contact.AskedAt > 0 { // the question itself stands in the log
			st.Title, st.Here = l.T("front.chat.asked.text"), true
		}
		return st
	case contact.Sleeping:
		return said("sleeping", "front.chat.sleeping")
	case contact.Interrupted:
		return said("held", "front.chat.back")
	case contact.Closing, contact.Closed, contact.Erased:
	}
	return said("ended", "front.chat.ended")
}

// writes says that somebody of the line is writing.
func writes(l *i18n.Language, p contact.Page) string {
	if p.With == "" {
		return l.T("front.chat.typing.unnamed")
	}
	return l.T("front.chat.typing", "who", p.With)
}

// isCode reports whether a cookie holds a code.
func isCode(s string) bool {
	return len(s) == codeLength && strings.Trim(s, "0123456789") == ""
}

// groups cuts the 16 digits of a code in four.
func groups(digits string) (g [4]string) {
	for i := range g {
		g[i] = digits[4*i : 4*i+4]
	}
	return g
}
