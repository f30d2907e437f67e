package routing

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a bare server has no zone files

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindHours is the edition kind of opening hours.
const KindHours = "hours"

// Hours say when the line answers, in its own time zone. They are read in the wall
// clock of that zone, so that a night with 23 or 25 hours is the night people know:
// what opens within an hour that the clock leaves out opens when it jumps, and an
// hour that comes twice is open both times. An interval belongs to the day on which
// it begins: a holiday does not cut the night before it short.
type Hours struct {
	Zone     string              `json:"zone"`               // IANA name
	Week     map[string][]string `json:"week"`               // mon … sun: intervals "08:00-23:00"; "22:00-06:00" runs into the next day; "24h" is the whole day
	Channels map[string]Week     `json:"channels,omitempty"` // for channels that differ
	Days     map[string][]string `json:"days,omitempty"`     // dates "2026-12-25" that differ; an empty list is closed

	zone *time.Location
	base week
	by   map[hotline.Channel]week
	days map[string][]span
}

// A Week is the weekly intervals of one channel.
type Week map[string][]string

type week [7][]span // from Sunday, as time.Weekday counts

// span is an interval in minutes of a day; to may pass midnight.
type span struct{ from, to int }

const dayMinutes = 24 * 60

func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// ParseHours reads hours. What is wrong with them comes as [edition.Faults].
func ParseHours(body string) (*Hours, error) {
	var h Hours
	var fs edition.Faults
	if !fs.Read(body, &h) {
		return nil, fs
	}
	var err error
	if h.zone, err = time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		fs.Add(0, "zone", "edition.fault.zone", h.Zone)
	}
	h.base = parseWeek(&fs, "week", h.Week)
	h.by = map[hotline.Channel]week{}
	for channel, w := range h.Channels {
		h.by[hotline.Channel(channel)] = parseWeek(&fs, "channels."+channel, w)
	}
	h.days = map[string][]span{}
	for day, list := range h.Days {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			fs.Add(0, "days", "edition.fault.date", day)
		}
		h.days[day] = parseSpans(&fs, "days."+day, list)
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return &h, nil
}

// CheckHours is the check of the edition kind "hours".
func CheckHours(body string) error { _, err := ParseHours(body); return err }

func parseWeek(fs *edition.Faults, field string, of map[string][]string) (w week) {
	seen := 0
	for i, name := range weekdays() {
		if list, ok := of[name]; ok {
			seen++
			w[i] = parseSpans(fs, field+"."+name, list)
		}
	}
	if seen != len(of) {
		fs.Add(0, field, "edition.fault.weekday", "")
	}
	return w
}

func parseSpans(fs *edition.Faults, field string, list []string) (out []span) {
	const most = 12
	if len(list) > most {
		fs.Add(0, field, "edition.fault.many", strconv.Itoa(len(list)))
		return nil
	}
	for i, text := range list {
		s, err := parseSpan(text)
		if err != nil {
			fs.Add(i+1, field, "edition.fault.interval", text)
			continue
		}
		out = append(out, s)
	}
	return out
}

var errSpan = errors.New("routing: not an interval")

func parseSpan(text string) (span, error) {
	if text == "24h" {
		return span{0, dayMinutes}, nil
	}
	a, b, ok := strings.Cut(text, "-")
	from, err1 := parseMinute(a)
	to, err2 := parseMinute(b)
	if !ok || err1 != nil || err2 != nil || from == dayMinutes || from == to {
		return span{}, errSpan
	}
	if to < from { // runs into the next day
		to += dayMinutes
	}
	return span{from, to}, nil
}

// parseMinute reads "08:30"; "24:00" is the end of a day.
func parseMinute(text string) (int, error) {
	if len(text) != 5 || text[2] != ':' {
		return 0, errSpan
	}
	h, m := number(text[:2]), number(text[3:])
	if h < 0 || m < 0 || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, errSpan
	}
	return h*60 + m, nil
}

// Location is the line's time zone.
func (h *Hours) Location() *time.Location { return h.zone }

// Open tells whether a channel answers at a moment, and when that changes next, in
// the line's zone. The zero time says that it stays open for two weeks at least, or
// closed for a year.
func (h *Hours) Open(now time.Time, channel hotline.Channel) (open bool, turns time.Time) {
	w := h.weekOf(channel)
	for from := 0; from < aYear; from += ahead {
		for _, s := range h.around(now.In(h.zone), w, from) {
			switch {
			case now.Before(s[0]):
				return false, s[0].In(h.zone)
			case now.Before(s[1]) && s[1].Sub(now) > horizon:
				return true, time.Time{}
			case now.Before(s[1]):
				return true, s[1].In(h.zone)
			}
		}
	}
	return false, time.Time{}
}

const (
	ahead   = 15 // days looked at, and again as many where nothing opens
	aYear   = 370
	horizon = (ahead - 1) * 24 * time.Hour
)

// around lists the open stretches of two weeks, beginning with the day before the
// one that is meant, in order, those that touch made one.
func (h *Hours) around(now time.Time, w week, from int) (out [][2]time.Time) {
	y, m, d := now.Date()
	for i := from - 1; i <= from+ahead; i++ {
		noon := time.Date(y, m, d+i, 12, 0, 0, 0, h.zone) // noon is there on every day
		for _, s := range h.spansOf(noon, w) {
			from, to := h.wall(noon, s.from, opens), h.wall(noon, s.to, closes)
			if to.After(from) {
				out = append(out, [2]time.Time{from, to})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
	joined := out[:0]
	for _, s := range out {
		if last := len(joined) - 1; last >= 0 && !s[0].After(joined[last][1]) {
			if s[1].After(joined[last][1]) {
				joined[last][1] = s[1]
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// spansOf is what a day has: its own, or those of its weekday.
func (h *Hours) spansOf(noon time.Time, w week) []span {
	if spans, special := h.days[noon.Format(time.DateOnly)]; special {
		return spans
	}
	return w[noon.Weekday()]
}

// edge is which end of an interval is meant.
type edge uint8

const (
	opens edge = iota
	closes
)

// wall is the moment at which a day's wall clock shows a minute. What it shows twice
// opens the first time and closes the second; what it never shows is when it jumps.
func (h *Hours) wall(noon time.Time, minute int, e edge) time.Time {
	y, m, d := noon.Date()
	shown := time.Date(y, m, d, 0, minute, 0, 0, time.UTC) // as if there were no zone
	const day = 24 * time.Hour
	_, before := shown.Add(-day).In(h.zone).Zone()
	_, after := shown.Add(day).In(h.zone).Zone()
	first, second := shown.Add(-seconds(before)), shown.Add(-seconds(after))
	if first.After(second) {
		first, second = second, first
	}
	is := func(t time.Time) bool { _, off := t.In(h.zone).Zone(); return t.Add(seconds(off)).Equal(shown) }
	switch {
	case is(first) && (e == opens || !is(second)):
		return first
	case is(second):
		return second
	}
	// Between the two the clock jumps over it.
	jump, _ := second.In(h.zone).ZoneBounds()
	return jump
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// A Stretch is an open stretch of a day, in minutes since its midnight; To may pass
// 1440, into the next day.
type Stretch struct{ From, To int }

// A DayHours is one day as a page shows it.
type DayHours struct {
	Date    time.Time // noon of the day, in the line's zone
	Open    []Stretch
	Special bool // differs from its weekday
}

// All reports whether the day is open from its midnight to the next.
func (d DayHours) All() bool { return len(d.Open) == 1 && d.Open[0] == Stretch{0, dayMinutes} }

// Coming lists a channel's hours from today on, n days.
func (h *Hours) Coming(now time.Time, channel hotline.Channel, n int) []DayHours {
	y, m, d := now.In(h.zone).Date()
	out := make([]DayHours, 0, n)
	for i := range n {
		noon := time.Date(y, m, d+i, 12, 0, 0, 0, h.zone)
		_, special := h.days[noon.Format(time.DateOnly)]
		out = append(out, DayHours{Date: noon, Open: stretches(h.spansOf(noon, h.weekOf(channel))), Special: special})
	}
	return out
}

// A Likewise is weekdays, from Monday on, that have the same hours.
type Likewise struct {
	Days []time.Weekday
	Open []Stretch
}

// Weekly lists a channel's week, days with the same hours that follow each other as
// one: what "Monday to Friday" is made of. One row is every day.
func (h *Hours) Weekly(channel hotline.Channel) (out []Likewise) {
	w := h.weekOf(channel)
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		open := stretches(w[day])
		if last := len(out) - 1; last >= 0 && slices.Equal(out[last].Open, open) {
			out[last].Days = append(out[last].Days, day)
			continue
		}
		out = append(out, Likewise{[]time.Weekday{day}, open})
	}
	return out
}

// weekOf is the week of a channel, or of the line where the channel does not differ.
func (h *Hours) weekOf(channel hotline.Channel) week {
	if w, ok := h.by[channel]; ok {
		return w
	}
	return h.base
}

// stretches puts a day's intervals in order, those that touch made one.
func stretches(spans []span) (out []Stretch) {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.from <= out[last].To {
			out[last].To = max(out[last].To, s.to)
			continue
		}
		out = append(out, Stretch{s.from, s.to})
	}
	return out
}
