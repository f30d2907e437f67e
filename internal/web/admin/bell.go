package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/session"
)

// A downRow is a way to the telephone network that does not work, and what it may be.
type downRow struct {
	Trunk, Why string
	Since      int64
}

// down lists the ways to the telephone network that do not work.
func (a *Admin) down(r *http.Request, l *i18n.Language) (out []downRow, err error) {
	all, err := a.Outages.Now(r.Context())
	for _, o := range all {
		key := "admin.trunk." + o.Why
		if !l.Has(key) {
			key = "admin.trunk.unknown"
		}
		out = append(out, downRow{o.Trunk, l.T(key), o.Since.UnixMilli()})
	}
	return out, err
}

// A bell is what has a page ring.
type bell struct{ From, Script string }

const bellPath = "/admin/bell"

// bellBeat is how often a listening page is looked after: whether it is still there and
// may listen, and whether what was said has grown old.
const bellBeat = 30 * time.Second

// bell tells an administrator's open page what of the telephone does not work, at once and
// whenever that changes. To listen is no use of a session: who has left her page alone is
// locked like everybody, and it rings nevertheless.
func (a *Admin) bell(w http.ResponseWriter, r *http.Request) {
	poke := make(chan struct{}, 1)
	defer a.Outages.Watch(func() {
		select {
		case poke <- struct{}{}:
		default:
		}
	})()
	beat := time.NewTicker(bellBeat)
	defer beat.Stop()
	out := http.NewResponseController(w)
	var last []downRow
	for first := true; ; first = false {
		s, err := a.Door.Who(r)
		if err != nil && !errors.Is(err, vault.ErrLocked) || !s.Is(hotline.Administrator) {
			if first {
				w.WriteHeader(http.StatusUnauthorized)
			}
			return // the browser comes back, and is told to stay away
		}
		if first {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("X-Accel-Buffering", "no")
		}
		l := a.language(r, s)
		now, err := a.down(r, l)
		text := ":\n\n" // nothing new: is anybody there?
		if err == nil && (first || !slices.Equal(now, last)) {
			text, last = a.rung(r, l, now), now
		}
		_ = out.SetWriteDeadline(a.Clock().Add(bellBeat)) // where it cannot be set, the server's own holds
		if _, err := w.Write([]byte(text)); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-a.closing:
			return
		case <-poke:
		case <-beat.C:
		}
	}
}

// rung is what does not work, as a page's script reads it.
func (a *Admin) rung(r *http.Request, l *i18n.Language, all []downRow) string {
	type row struct {
		Trunk string `json:"trunk"`
		Text  string `json:"text"`
	}
	rows := []row{}
	for _, d := range all {
		at := time.UnixMilli(d.Since).In(a.zone(r.Context())).Format("2006-01-02 15:04")
		rows = append(rows, row{d.Trunk, l.T("admin.trunk.down", "trunk", d.Trunk, "time", at) + " " + d.Why})
	}
	data, _ := json.Marshal(rows) // texts always marshal
	return fmt.Sprintf("retry: 5000\ndata: %s\n\n", data)
}

// ringsOn has a page ring: it may run the script, and listen.
func (a *Admin) ringsOn(v *visit) bell {
	v.w.Header().Set("Content-Security-Policy", session.Policy+"; script-src 'self'; connect-src 'self'")
	return a.bells()
}

func (a *Admin) bells() bell { return bell{bellPath, stylePath + a.scripts.bell.name} }

// Stop ends what listens. Pages are answered still.
func (a *Admin) Stop() { a.closed.Do(func() { close(a.closing) }) }
