package safety_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

func at(t testing.TB, wall string) time.Time {
	t.Helper()
	l, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	m, err := time.ParseInLocation("2006-01-02 15:04", wall, l)
	must(t, err)
	return m
}

// Each rule refuses by its own word, and nothing refuses what she has allowed.
func TestRules(t *testing.T) {
	t.Parallel()
	yes, no := contact.Terms{May: contact.Yes}, contact.Terms{May: contact.No}
	ways := func(w contact.Way, terms contact.Terms) contact.Safety {
		return contact.Safety{Ways: map[contact.Way]contact.Terms{w: terms}}
	}
	now := at(t, "2026-11-30 02:46") // a Monday
	open := now.UnixMilli() + 1000
	for name, c := range map[string]struct {
		channel hotline.Channel
		seen    int64
		head    contact.Head
		way     contact.Way
		want    error
	}{
		"nobody asked, on the page":         {"chat", 0, contact.Head{}, contact.OnPage, nil},
		"nobody asked, another way":         {"chat", 0, contact.Head{}, contact.ByText, safety.ErrNotAsked},
		"nobody asked, the way she came":    {"text", 0, contact.Head{}, contact.ByText, nil},
		"asked and not known":               {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Unknown})}, contact.ByText, safety.ErrNotAsked},
		"allowed":                           {"chat", 0, contact.Head{Safety: ways(contact.ByText, yes)}, contact.ByText, nil},
		"never":                             {"chat", 0, contact.Head{Safety: ways(contact.ByText, no)}, contact.ByText, safety.ErrNever},
		"never, though she came so":         {"text", 0, contact.Head{Safety: ways(contact.ByText, no)}, contact.ByText, safety.ErrNever},
		"not safe now":                      {"text", 0, contact.Head{Safety: contact.Safety{Safe: contact.No}}, contact.ByText, safety.ErrNotSafe},
		"not safe now, on the page":         {"chat", open, contact.Head{Safety: contact.Safety{Safe: contact.No}}, contact.OnPage, safety.ErrNotSafe},
		"not alone: yes and no on the page": {"chat", open, contact.Head{Safety: contact.Safety{Safe: contact.No, Heard: true}}, contact.OnPage, nil},
		"not alone: no other way":           {"chat", open, contact.Head{Safety: contact.Safety{Heard: true, Ways: map[contact.Way]contact.Terms{contact.ByCall: yes}}}, contact.ByCall, safety.ErrNotSafe},
		"not alone: the way she came":       {"text", 0, contact.Head{Safety: contact.Safety{Heard: true}}, contact.ByText, nil},
		"not alone, nor safe: no such way":  {"text", 0, contact.Head{Safety: contact.Safety{Safe: contact.No, Heard: true}}, contact.ByText, safety.ErrNotSafe},
		"nothing may wait on the page":      {"chat", 0, contact.Head{Safety: ways(contact.OnPage, no)}, contact.OnPage, safety.ErrPage},
		"she is on the page":                {"chat", open, contact.Head{Safety: ways(contact.OnPage, no)}, contact.OnPage, nil},
		"anonymous, another way":            {"chat", 0, contact.Head{Privacy: contact.Anonymous, Safety: ways(contact.ByText, yes)}, contact.ByText, safety.ErrAnonymous},
		"anonymous, the way she came":       {"text", 0, contact.Head{Privacy: contact.Anonymous}, contact.ByText, nil},
		"voicemail, nobody asked":           {"call", 0, contact.Head{}, contact.ByVoicemail, safety.ErrLeave},
		"voicemail, a message may be left":  {"call", 0, contact.Head{Safety: ways(contact.ByCall, contact.Terms{May: contact.Yes, Leave: contact.Yes})}, contact.ByVoicemail, nil},
		"voicemail, no message":             {"call", 0, contact.Head{Safety: ways(contact.ByCall, contact.Terms{May: contact.Yes, Leave: contact.No})}, contact.ByVoicemail, safety.ErrLeave},
		"voicemail, none in the box":        {"call", 0, contact.Head{Safety: contact.Safety{Ways: map[contact.Way]contact.Terms{contact.ByCall: {May: contact.Yes, Leave: contact.Yes}, contact.ByVoicemail: {Leave: contact.No}}}}, contact.ByVoicemail, safety.ErrLeave},
		"voicemail, not when no call may":   {"call", 0, contact.Head{Safety: ways(contact.ByCall, contact.Terms{May: contact.Yes, Leave: contact.Yes, From: 8 * 60, To: 9 * 60})}, contact.ByVoicemail, safety.ErrHour},
		"voicemail, never a call":           {"chat", 0, contact.Head{Safety: ways(contact.ByCall, contact.Terms{May: contact.No, Leave: contact.Yes})}, contact.ByVoicemail, safety.ErrNever},
		"in the hours":                      {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Yes, From: 2 * 60, To: 3 * 60})}, contact.ByText, nil},
		"before the hours":                  {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Yes, From: 8 * 60, To: 9 * 60})}, contact.ByText, safety.ErrHour},
		"the way she came has hours too":    {"text", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{From: 8 * 60, To: 9 * 60})}, contact.ByText, safety.ErrHour},
		"another day":                       {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Yes, Days: []int{2}})}, contact.ByText, safety.ErrDay},
		"the night of Sunday":               {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Yes, Days: []int{0}, From: 22 * 60, To: 6 * 60})}, contact.ByText, nil},
		"the night of Monday":               {"chat", 0, contact.Head{Safety: ways(contact.ByText, contact.Terms{May: contact.Yes, Days: []int{1}, From: 22 * 60, To: 6 * 60})}, contact.ByText, safety.ErrDay},
	} {
		row := contact.Contact{Channel: c.channel, State: contact.Live, SeenUntil: c.seen}
		if got := safety.Refuses(row, c.head, c.way, now); got != c.want { //nolint:errorlint // the rule itself
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// On the nights when the clocks change, hours are those that her clock shows: an hour
// that comes twice is meant both times, one that is left out never comes.
func TestHoursWhenClocksChange(t *testing.T) {
	t.Parallel()
	spring, autumn := at(t, "2027-03-28 00:00"), at(t, "2026-10-25 00:00")
	for name, c := range map[string]struct {
		midnight time.Time
		from, to int
		want     int // minutes of that day
	}{
		"spring, an hour left out":  {spring, 2 * 60, 3 * 60, 0},
		"spring, an hour around it": {spring, 60, 4 * 60, 120},
		"autumn, an hour twice":     {autumn, 2 * 60, 3 * 60, 120},
		"autumn, an hour around it": {autumn, 60, 4 * 60, 240},
		"autumn, over midnight":     {autumn, 23 * 60, 60, 120},
	} {
		got := 0
		for m := c.midnight; m.Day() == c.midnight.Day(); m = m.Add(time.Minute) {
			head := contact.Head{Safety: contact.Safety{Ways: map[contact.Way]contact.Terms{contact.ByText: {May: contact.Yes, From: c.from, To: c.to}}}}
			if safety.Refuses(contact.Contact{Channel: hotline.Chat}, head, contact.ByText, m) == nil {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s: open for %d minutes, want %d", name, got, c.want)
		}
	}
}
