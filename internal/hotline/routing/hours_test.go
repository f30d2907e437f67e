package routing_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

func hours(tb testing.TB, body string) *routing.Hours {
	tb.Helper()
	h, err := routing.ParseHours(body)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// at reads "2026-03-29 01:30 +01:00".
func at(tb testing.TB, text string) time.Time {
	tb.Helper()
	t, err := time.Parse("2006-01-02 15:04 -07:00", text)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// week is the same hours every day.
func week(zone, interval string) string {
	body := `{"zone":"` + zone + `","week":{`
	for i, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if i > 0 {
			body += ","
		}
		body += `"` + day + `":["` + interval + `"]`
	}
	return body + "}}"
}

func TestHoursFollowTheWallClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, interval, now string
		open                      bool
		turns                     string
	}{
		{"plain day", "Europe/Berlin", "08:00-23:00", "2026-06-10 09:00 +02:00", true, "2026-06-10 23:00 +02:00"},
		{"last moment", "Europe/Berlin", "08:00-23:00", "2026-06-10 22:59 +02:00", true, "2026-06-10 23:00 +02:00"},
		{"closing is closed", "Europe/Berlin", "08:00-23:00", "2026-06-10 23:00 +02:00", false, "2026-06-11 08:00 +02:00"},
		{"asked from far away", "Europe/Berlin", "08:00-23:00", "2026-06-10 23:30 -05:00", false, "2026-06-11 08:00 +02:00"},
		{"past midnight", "Europe/Berlin", "22:00-06:00", "2026-06-10 03:00 +02:00", true, "2026-06-10 06:00 +02:00"},

		{"spring: the night is an hour shorter", "Europe/Berlin", "22:00-06:00", "2026-03-28 23:00 +01:00", true, "2026-03-29 06:00 +02:00"},
		{"spring: opens in the hour left out", "Europe/Berlin", "02:30-12:00", "2026-03-29 01:00 +01:00", false, "2026-03-29 03:00 +02:00"},
		{"spring: closes in the hour left out", "Europe/Berlin", "20:00-02:30", "2026-03-28 23:00 +01:00", true, "2026-03-29 03:00 +02:00"},
		{"spring: nothing within the hour left out", "Europe/Berlin", "02:10-02:50", "2026-03-29 01:00 +01:00", false, "2026-03-30 02:10 +02:00"},
		{"autumn: the night is an hour longer", "Europe/Berlin", "22:00-06:00", "2026-10-24 23:00 +02:00", true, "2026-10-25 06:00 +01:00"},
		{"autumn: opens the first time", "Europe/Berlin", "02:30-12:00", "2026-10-25 01:00 +02:00", false, "2026-10-25 02:30 +02:00"},
		{"autumn: closes the second time", "Europe/Berlin", "20:00-02:30", "2026-10-25 02:40 +02:00", true, "2026-10-25 02:30 +01:00"},

		{"Cairo: no midnight in spring", "Africa/Cairo", "00:00-08:00", "2026-04-23 23:00 +02:00", false, "2026-04-24 01:00 +03:00"},
		{"Cairo: closes at the midnight left out", "Africa/Cairo", "08:00-24:00", "2026-04-23 23:00 +02:00", true, "2026-04-24 01:00 +03:00"},
		{"Cairo: the last hour comes twice", "Africa/Cairo", "08:00-24:00", "2026-10-29 23:30 +03:00", true, "2026-10-30 00:00 +02:00"},
		{"Cairo: closes within it the second time", "Africa/Cairo", "08:00-23:30", "2026-10-29 23:40 +03:00", true, "2026-10-29 23:30 +02:00"},

		{"Chile: no midnight in spring", "America/Santiago", "00:00-06:00", "2026-09-05 23:00 -04:00", false, "2026-09-06 01:00 -03:00"},
		{"Chile: the last hour comes twice", "America/Santiago", "20:00-24:00", "2026-04-04 23:30 -03:00", true, "2026-04-05 00:00 -04:00"},

		{"half-hour zone", "Asia/Kolkata", "09:30-18:00", "2026-01-05 09:00 +05:30", false, "2026-01-05 09:30 +05:30"},
		{"quarter-hour zone", "Asia/Kathmandu", "06:00-22:00", "2026-01-05 21:59 +05:45", true, "2026-01-05 22:00 +05:45"},
		{"a clock that jumps by half an hour", "Australia/Lord_Howe", "02:10-08:00", "2026-10-04 01:50 +10:30", false, "2026-10-04 02:30 +11:00"},
		{"and back", "Australia/Lord_Howe", "20:00-01:45", "2026-04-05 01:50 +11:00", true, "2026-04-05 01:45 +10:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			open, turns := hours(t, week(c.zone, c.interval)).Open(at(t, c.now), hotline.Chat)
			if want := at(t, c.turns); open != c.open || !turns.Equal(want) {
				t.Errorf("Open = %v, turns %v; want %v, %v", open, turns, c.open, want)
			}
		})
	}
}

// TestHoursNeverGoBack walks a year in each zone, minute by minute around the
// changes of the clock: the next turn is always ahead, and then it is the other way.
func TestHoursNeverGoBack(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe"} {
		for _, interval := range []string{"00:00-00:30", "22:00-06:00", "01:30-02:30"} {
			h := hours(t, week(zone, interval))
			now, end := at(t, "2026-01-01 00:00 +00:00"), at(t, "2027-01-01 00:00 +00:00")
			for steps := 0; now.Before(end); steps++ {
				open, turns := h.Open(now, hotline.Chat)
				if !turns.After(now) {
					t.Fatalf("%s %s: at %v it turns at %v", zone, interval, now, turns)
				}
				if before, _ := h.Open(turns.Add(-time.Second), hotline.Chat); before != open {
					t.Fatalf("%s %s: at %v it is not what it was at %v", zone, interval, turns, now)
				}
				if after, _ := h.Open(turns, hotline.Chat); after == open {
					t.Fatalf("%s %s: nothing turns at %v", zone, interval, turns)
				}
				if now = turns; steps > 2*366 {
					t.Fatalf("%s %s: more turns than days", zone, interval)
				}
			}
		}
	}
}

func TestHoursOfDatesAndChannels(t *testing.T) {
	t.Parallel()
	h := hours(t, `{"zone":"Europe/Berlin",
		"week":{"mon":["14:00-18:00","08:00-12:00"],"tue":["08:00-12:00","12:00-18:00"],"fri":["22:00-06:00"]},
		"channels":{"call":{"mon":["24h"],"tue":["24h"],"wed":["24h"],"thu":["24h"],"fri":["24h"],"sat":["24h"],"sun":["24h"]},"text":{}},
		"days":{"2026-12-25":[],"2026-12-28":["10:00-11:00"]}}`)
	for _, c := range []struct {
		name    string
		channel hotline.Channel
		now     string
		open    bool
		turns   string // empty = not for long
	}{
		{"intervals in any order", hotline.Chat, "2026-06-08 09:00 +02:00", true, "2026-06-08 12:00 +02:00"},
		{"and the later one", hotline.Chat, "2026-06-08 13:00 +02:00", false, "2026-06-08 14:00 +02:00"},
		{"those that touch are one", hotline.Chat, "2026-06-09 09:00 +02:00", true, "2026-06-09 18:00 +02:00"},
		{"a holiday", hotline.Chat, "2026-12-25 23:00 +01:00", false, "2026-12-28 10:00 +01:00"},
		{"a day with its own hours", hotline.Chat, "2026-12-28 08:30 +01:00", false, "2026-12-28 10:00 +01:00"},
		{"the night before a closed day is not cut short", hotline.Chat, "2026-06-13 05:00 +02:00", true, "2026-06-13 06:00 +02:00"},
		{"day and night, but for the holiday", "call", "2026-12-24 12:00 +01:00", true, "2026-12-25 00:00 +01:00"},
		{"day and night", "call", "2026-06-08 03:00 +02:00", true, ""},
		{"never", "text", "2026-06-08 03:00 +02:00", false, "2026-12-28 10:00 +01:00"},
	} {
		open, turns := h.Open(at(t, c.now), c.channel)
		if open != c.open || c.turns == "" && !turns.IsZero() || c.turns != "" && !turns.Equal(at(t, c.turns)) {
			t.Errorf("%s: Open = %v, turns %v; want %v, %s", c.name, open, turns, c.open, c.turns)
		}
	}
	if open, turns := hours(t, `{"zone":"UTC","week":{}}`).Open(at(t, "2026-06-08 03:00 +00:00"), hotline.Chat); open || !turns.IsZero() {
		t.Errorf("a line without hours is open %v, turns %v", open, turns)
	}
}

func TestHoursForPages(t *testing.T) {
	t.Parallel()
	h := hours(t, `{"zone":"Asia/Kolkata","week":{"mon":["09:00-17:00"],"tue":["12:00-17:00","09:00-12:00"],"wed":["09:00-17:00"],"sat":["22:00-02:00"]},"days":{"2026-01-26":[]}}`)
	got := h.Weekly(hotline.Chat)
	want := []routing.Likewise{
		{Days: []time.Weekday{1, 2, 3}, Open: []routing.Stretch{{From: 9 * 60, To: 17 * 60}}},
		{Days: []time.Weekday{4, 5}},
		{Days: []time.Weekday{6}, Open: []routing.Stretch{{From: 22 * 60, To: 26 * 60}}},
		{Days: []time.Weekday{0}},
	}
	if !slices.EqualFunc(got, want, func(a, b routing.Likewise) bool {
		return slices.Equal(a.Days, b.Days) && slices.Equal(a.Open, b.Open)
	}) {
		t.Errorf("Weekly = %v, want %v", got, want)
	}
	days := h.Coming(at(t, "2026-01-26 23:00 +05:30"), hotline.Chat, 2)
	if len(days) != 2 || days[0].Date.Format(time.DateOnly) != "2026-01-26" || !days[0].Special || len(days[0].Open) != 0 || len(days[1].Open) != 1 {
		t.Errorf("Coming = %v, want a closed special day and a Tuesday", days)
	}
	if all := hours(t, week("UTC", "24h")); len(all.Weekly(hotline.Chat)) != 1 || !all.Coming(at(t, "2026-01-26 23:00 +05:30"), hotline.Chat, 1)[0].All() {
		t.Error("day and night is not one row of whole days")
	}
}

func TestHoursSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]edition.Fault{
		`{"zone":"Europe/Atlantis","week":{}}`:                            {Field: "zone", Key: "edition.fault.zone", Given: "Europe/Atlantis"},
		`{"zone":"Local","week":{}}`:                                      {Field: "zone", Key: "edition.fault.zone", Given: "Local"},
		`{"zone":"UTC","week":{"monday":["24h"]}}`:                        {Field: "week", Key: "edition.fault.weekday"},
		`{"zone":"UTC","week":{"mon":["8-17"]}}`:                          {Row: 1, Field: "week.mon", Key: "edition.fault.interval", Given: "8-17"},
		`{"zone":"UTC","week":{"mon":["08:00-12:00","12:00-25:00"]}}`:     {Row: 2, Field: "week.mon", Key: "edition.fault.interval", Given: "12:00-25:00"},
		`{"zone":"UTC","week":{"mon":["+8:00-12:00"]}}`:                   {Row: 1, Field: "week.mon", Key: "edition.fault.interval", Given: "+8:00-12:00"},
		`{"zone":"UTC","week":{},"days":{"2026-02-30":[]}}`:               {Field: "days", Key: "edition.fault.date", Given: "2026-02-30"},
		`{"zone":"UTC","week":{},"channels":{"call":{"mon":["09:00-"]}}}`: {Row: 1, Field: "channels.call.mon", Key: "edition.fault.interval", Given: "09:00-"},
		`{"zone":"UTC","week":{},"open":true}`:                            {Field: "open", Key: "edition.fault.unknown", Given: "open"},
	} {
		_, err := routing.ParseHours(body)
		var got edition.Faults
		if !errors.As(err, &got) || len(got) != 1 || got[0] != want {
			t.Errorf("ParseHours(%s) = %v, want %v", body, err, want)
		}
		if !errors.Is(err, edition.ErrInvalid) {
			t.Errorf("ParseHours(%s) is not %v", body, edition.ErrInvalid)
		}
	}
}

func FuzzHours(f *testing.F) {
	f.Add(week("Africa/Cairo", "22:00-06:00"), int64(1777064400000))
	f.Add(`{"zone":"UTC","week":{},"days":{"2026-12-25":["00:00-24:00"]}}`, int64(0))
	f.Add(`{"zone":"Pacific/Apia","week":{"fri":["24h"]}}`, int64(1325239200000))
	f.Fuzz(func(t *testing.T, body string, ms int64) {
		h, err := routing.ParseHours(body)
		if err != nil {
			return
		}
		now := time.UnixMilli(ms % (4102444800 * 1000)) // until 2100
		if _, turns := h.Open(now, hotline.Chat); !turns.IsZero() && !turns.After(now) {
			t.Errorf("at %v it turns at %v", now, turns)
		}
		_, _ = h.Weekly(hotline.Chat), h.Coming(now, hotline.Chat, 3)
	})
}
