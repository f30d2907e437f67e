package app_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

// What her hours no longer allow does not arrive because the vendor was slow.
func TestHerHoursEndWhatWaits(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		now := time.UnixMilli(o.Now(t)).In(o.Zone())
		minute := now.Hour()*60 + now.Minute()
		must(t, o.PutHead(t, o.ana, o.id, func(h *contact.Head) {
			h.Safety.Ways = map[contact.Way]contact.Terms{contact.ByText: {May: contact.Yes, From: minute, To: (minute + 30) % 1440}}
		}))
		o.loop.Fail()
		first := o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		o.later(t, 31*time.Minute)
		o.arrived(t)
		o.sent(t, first, contact.Failed)
	})
}

// What a supervisor lets go outside her hours leaves although the vendor is slow; what
// would have gone without that ends with her hours all the same.
func TestWhatIsLetGoHasNoHours(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		now := time.UnixMilli(o.Now(t)).In(o.Zone())
		minute := now.Hour()*60 + now.Minute()
		hours := func(from, to int) {
			must(t, o.PutHead(t, o.ana, o.id, func(h *contact.Head) {
				h.Safety.Ways = map[contact.Way]contact.Terms{contact.ByText: {May: contact.Yes, From: (minute + from) % 1440, To: (minute + to) % 1440}}
			}))
		}
		let, m := contact.Override{By: "sue", Reason: "the police are in front"}, hotline.NewID()
		hours(120, 180)
		refused(t, o.Answer(t, o.ana, o.id, m, reply), safety.ErrHour)
		must(t, o.Answer(t, o.ana, o.id, m, reply, let))
		o.loop.Fail()
		o.later(t, 4*time.Second)
		o.later(t, 10*time.Minute)
		o.arrived(t, reply)

		hours(0, 30)
		leaves := func(do func()) int {
			before := o.Count(t, `SELECT count(*) FROM leaf`)
			do()
			return o.Count(t, `SELECT count(*) FROM leaf`) - before
		}
		usual := leaves(func() { must(t, o.Answer(t, o.ana, o.id, hotline.NewID(), "by the rules")) })
		o.later(t, 4*time.Second)
		if n := leaves(func() { must(t, o.Answer(t, o.ana, o.id, hotline.NewID(), "and this", let)) }); n != usual {
			t.Errorf("%d leaves for what the rules allow, want %d: nobody overrode anything", n, usual)
		}
		o.loop.Fail()
		o.later(t, 4*time.Second)
		o.later(t, 31*time.Minute)
		o.later(t, 10*time.Minute)
		o.arrived(t, reply, "by the rules")
	})
}
