package safety

import (
	"time"

	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// Until implements [contact.Window]: it is the first minute in which her days and hours
// forbid what they allow now. What a supervisor lets go although they forbid it has no such
// end.
func (e *Engine) Until(c contact.Contact, head *contact.Head, out contact.Out, now, limit int64) int64 {
	if head == nil || !timed(head.Safety) {
		return limit
	}
	zone, minute := e.zone(), time.Minute.Milliseconds()
	refused := func(at int64) bool { return Refuses(c, *head, out.Way, time.UnixMilli(at).In(zone)) != nil }
	if out.Override.By != "" && refused(now) {
		return limit
	}
	for at := now - now%minute + minute; at < limit; at += minute {
		if refused(at) {
			return at
		}
	}
	return limit
}

// timed tells whether she has named days or hours at all.
func timed(s contact.Safety) bool {
	for _, t := range s.Ways {
		if len(t.Days) > 0 || t.From != t.To {
			return true
		}
	}
	return false
}
