package admin

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// Ringer makes test calls.
type Ringer interface {
	// Outward names the trunks by which calls go out, in their order.
	Outward() []string
	// RingMe notes who does it, rings a number through a trunk and tells what works, in the
	// words of package voice, one thing after the other: a check, and what came of it. asks
	// is said to her, in lang, where a machine speaks that. false is that somebody else is
	// being rung at the moment.
	RingMe(ctx context.Context, by hotline.PersonID, trunk string, to seal.Text, asks, lang string, tell func(check, found string)) (bool, error)
}

// ringView asks whom to ring.
type ringView struct {
	frame
	Number string
	Trunks []choice
}

func (*ringView) name() string { return "ring" }

// ringingView is a test call that is being made: its page grows while it lasts.
type ringingView struct {
	frame
	Rows []ringRow
	Busy bool
}

func (*ringingView) name() string { return "ringing" }

// A ringRow is one thing that the call has shown.
type ringRow struct {
	Title, Text, Tag string
	OK               bool
}

const ringPath = "/ring"

func (a *Admin) ringRoutes() []route {
	admin := adminRoles()
	return []route{
		{method: "GET", path: ringPath, roles: admin, stepUp: true, nav: "admin.nav.ring", serve: a.ringForm},
		{method: "POST", path: ringPath, roles: admin, stepUp: true, serve: a.ring},
	}
}

// outward are the trunks that can be tried.
func (a *Admin) outward() []string {
	if a.Ringer == nil {
		return nil
	}
	return a.Ringer.Outward()
}

func (a *Admin) ringForm(v *visit) error {
	view := &ringView{Number: short(v.get("ring"), 40)}
	all := a.outward()
	for i, name := range all {
		view.Trunks = append(view.Trunks, choice{Value: name, Label: name, On: name == v.get("trunk") || i == 0 && !slices.Contains(all, v.get("trunk"))})
	}
	return a.show(v, v.status(), view)
}

// whole is a number that belongs to one telephone somewhere, and is no short code.
var whole = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// ring makes a test call, and answers with a page that says what works as soon as it is
// known. Who closes the page hangs up. The number is in no address, no log and no table.
func (a *Admin) ring(v *visit) error {
	number, ok := phone(v.get("ring"))
	if !ok || !whole.MatchString(number.Dial) {
		v.faults.add("ring", "admin.fault.ring")
	}
	if !slices.Contains(a.outward(), v.get("trunk")) {
		v.faults.add("trunk", "admin.fault.ring.trunk")
	}
	if yes, err := a.stepped(v); err != nil {
		return err
	} else if !yes || len(v.faults) > 0 {
		return a.ringForm(v)
	}
	return a.ringing(v, seal.Conceal(number.Dial))
}

func (a *Admin) ringing(v *visit, to seal.Text) error {
	f, err := a.frame(v, "ringing")
	if err != nil {
		return err
	}
	ctx, hangUp := context.WithCancel(v.r.Context())
	defer hangUp()
	go func() { // ends with the call, at the latest
		select {
		case <-a.closing:
			hangUp()
		case <-ctx.Done():
		}
	}()
	out := http.NewResponseController(v.w)
	write := func(part string, data any) {
		if err := a.templates.ExecuteTemplate(v.w, part, data); err != nil || out.Flush() != nil {
			hangUp() // she has left
		}
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("X-Accel-Buffering", "no")
	view := &ringingView{frame: f}
	write("ringing.begin", view)
	done, err := a.Ringer.RingMe(ctx, v.me(), v.get("trunk"), to, v.l.T("admin.ring.spoken"), v.l.Tag(), func(check, found string) {
		write("ringing.row", ringRowOf(v.l, check, found))
	})
	if err != nil {
		a.Log.ErrorContext(ctx, "page failed", "err", err, "route", v.route.method+" "+v.route.path)
		write("ringing.row", ringRow{Title: v.l.T("admin.ringing.set_up"), Text: v.l.T("problem.internal"), Tag: v.l.T("admin.ringing.ill")})
	}
	view.Busy = !done && err == nil
	write("ringing.end", view)
	return nil
}

// ringRowOf puts what was found into words: those of the call, else those of what is wrong
// with a trunk.
func ringRowOf(l *i18n.Language, check, found string) ringRow {
	row := ringRow{Title: l.T("admin.ringing." + check), OK: found == "fine", Tag: l.T("admin.ringing.ill")}
	switch {
	case row.OK:
		row.Tag = l.T("admin.ringing.well")
	case found == "untold", found == "unknown":
		row.Tag = l.T("admin.ringing.unsure")
	}
	for _, key := range []string{"admin.ringing." + check + "." + found, "admin.trunk." + found, "admin.trunk.unknown"} {
		if l.Has(key) {
			row.Text = l.T(key)
			break
		}
	}
	return row
}
