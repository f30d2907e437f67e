package routing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindHours is the edition kind of opening hours.
const KindHours = "hours"

// Hours say when the line answers, in its own time zone. They are read in the wall
// clock of that zone, so that a night with 23 or 25 hours is the night people know.
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
	if err := strict(body, &h); err != nil {
		return nil, err
	}
	var fs edition.Faults
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
	if to < from {
		to += dayMinutes
	}
	return span{from, to}, nil
}

// parseMinute reads "08:30"; "24:00" is the end of a day.
func parseMinute(text string) (int, error) {
	var h, m int
	if len(text) != 5 || text[2] != ':' {
		return 0, errSpan
	}
	if _, err := fmt.Sscanf(text, "%02d:%02d", &h, &m); err != nil || h < 0 || m < 0 || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, errSpan
	}
	return h*60 + m, nil
}

// Location is the line's time zone.
func (h *Hours) Location() *time.Location { return h.zone }

// Open tells whether a channel answers at a moment, and when that changes next. The
// zero time says that it does not change within two weeks.
func (h *Hours) Open(now time.Time, channel hotline.Channel) (open bool, turns time.Time) {
	w, ok := h.by[channel]
	if !ok {
		w = h.base
	}
	all := h.around(now.In(h.zone), w)
	for _, s := range all {
		if !now.Before(s[0]) && now.Before(s[1]) {
			if s[1].Sub(now) > horizon {
				return true, time.Time{}
			}
			return true, s[1]
		}
		if now.Before(s[0]) {
			return false, s[0]
		}
	}
	return false, time.Time{}
}

const (
	ahead   = 15 // days looked at
	horizon = (ahead - 1) * 24 * time.Hour
)

// around lists the open stretches from yesterday to two weeks on, those that touch
// made one.
func (h *Hours) around(now time.Time, w week) (out [][2]time.Time) {
	y, m, d := now.Date()
	for i := -1; i <= ahead; i++ {
		noon := time.Date(y, m, d+i, 12, 0, 0, 0, h.zone) // noon is there on every day
		spans, special := h.days[noon.Format(time.DateOnly)]
		if !special {
			spans = w[noon.Weekday()]
		}
		for _, s := range spans {
			from, to := h.wall(noon, s.from), h.wall(noon, s.to)
			if last := len(out) - 1; last >= 0 && !from.After(out[last][1]) {
				if to.After(out[last][1]) {
					out[last][1] = to
				}
				continue
			}
			if to.After(from) {
				out = append(out, [2]time.Time{from, to})
			}
		}
	}
	return out
}

// wall is a minute of the wall clock of a day.
func (h *Hours) wall(day time.Time, minute int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minute, 0, 0, h.zone)
}
