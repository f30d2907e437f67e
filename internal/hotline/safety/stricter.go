package safety

import (
	"maps"
	"math/bits"

	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Stricter carries rules of an earlier contact forward to another one of the same person:
// of each way the stricter holds, and what is not known here is taken from before. Whether
// it is safe now is of now alone.
func Stricter(now, before contact.Safety) contact.Safety {
	out := now
	out.Ways = map[contact.Way]contact.Terms{}
	maps.Copy(out.Ways, before.Ways)
	for way, t := range now.Ways {
		out.Ways[way] = narrower(t, before.Ways[way])
	}
	for _, line := range []struct {
		to   *string
		from string
	}{
		{&out.Name, before.Name}, {&out.Cover, before.Cover}, {&out.MayKnow, before.MayKnow}, {&out.Promised, before.Promised}, {&out.Distress, before.Distress},
	} {
		if *line.to == "" {
			*line.to = line.from
		}
	}
	return out
}

// narrower are terms that allow nothing that either forbids. Of several times that both
// allow, the one that makes most of a week is left.
func narrower(now, before contact.Terms) contact.Terms {
	out := now
	out.May, out.Leave = harder(now.May, before.May), harder(now.Leave, before.Leave)
	if out.Say == "" {
		out.Say = before.Say
	}
	var most span
	for _, a := range spans(now) {
		for _, b := range spans(before) {
			if both := a.and(b); both.week() > most.week() {
				most = both
			}
		}
	}
	if most.week() == 0 {
		out.May = contact.No // no time is left
		return out
	}
	out.Days, out.From, out.To = most.days.list(), most.from%day, most.to%day
	return out
}

const day = 24 * 60

// days of a week, one bit for each.
type days uint8

const everyDay days = 1<<7 - 1

func daysOf(list []int) (out days) {
	for _, d := range list {
		if d >= 0 && d < 7 {
			out |= 1 << d
		}
	}
	if len(list) == 0 {
		return everyDay
	}
	return out
}

// list is how terms write them.
func (d days) list() (out []int) {
	for i := range 7 {
		if d != everyDay && d&(1<<i) != 0 {
			out = append(out, i)
		}
	}
	return out
}

// next are the days after these.
func (d days) next() days { return (d<<1 | d>>6) & everyDay }

// span is a time that begins on some days; what goes over midnight ends beyond the day's
// last minute.
type span struct {
	days     days
	from, to int
}

// spans are when terms allow something. The morning of a night stands twice: as its end,
// and by itself on the day after, for what begins at midnight or later.
func spans(t contact.Terms) []span {
	on := daysOf(t.Days)
	switch {
	case t.From == t.To && on == everyDay:
		return []span{{on, 0, 2 * day}} // no midnight ends anything
	case t.From == t.To:
		return []span{{on, 0, day}}
	case t.From < t.To:
		return []span{{on, t.From, t.To}}
	}
	return []span{{on, t.From, day + t.To}, {on.next(), 0, t.To}}
}

// and is the time that lies in both.
func (s span) and(t span) span {
	return span{s.days & t.days, max(s.from, t.from), min(s.to, t.to)}
}

// week is how many minutes of a week it is.
func (s span) week() int { return max(0, s.to-s.from) * bits.OnesCount8(uint8(s.days)) }

// harder is the stricter of two answers: a no stays, and a yes needs no no.
func harder(a, b contact.Answer) contact.Answer {
	switch {
	case a == contact.No || b == contact.No:
		return contact.No
	case a == "":
		return b
	}
	return a
}
