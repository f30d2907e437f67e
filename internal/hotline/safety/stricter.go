package safety

import (
	"maps"
	"slices"

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

// narrower are the terms that allow what both allow.
func narrower(now, before contact.Terms) contact.Terms {
	out := now
	out.May, out.Leave = harder(now.May, before.May), harder(now.Leave, before.Leave)
	if out.Say == "" {
		out.Say = before.Say
	}
	switch {
	case len(now.Days) == 0:
		out.Days = before.Days
	case len(before.Days) > 0:
		out.Days = slices.DeleteFunc(slices.Clone(now.Days), func(d int) bool { return !slices.Contains(before.Days, d) })
		if len(out.Days) == 0 {
			out.May = contact.No // no day is left
		}
	}
	allDay := func(t contact.Terms) bool { return t.From == t.To }
	if !allDay(before) && (allDay(now) || !within(now, before)) {
		out.From, out.To = before.From, before.To
	}
	return out
}

// within tells whether the hours of a lie in those of b.
func within(a, b contact.Terms) bool {
	const day = 24 * 60
	length := func(t contact.Terms) int { return (t.To - t.From + day) % day }
	return (a.From-b.From+day)%day+length(a) <= length(b)
}

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
