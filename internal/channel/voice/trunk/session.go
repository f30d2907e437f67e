package trunk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// Session timers (RFC 4028): a call whose other end has died without a BYE is found
// out, since one of both says now and then that it is there.
const (
	ourSession   = 1800 // seconds, where we are asked
	leastSession = 90
)

// session is the timer of a dialog.
type session struct {
	seconds int
	ours    bool // we say it
	timer   *time.Timer
}

func (n *session) disarm() {
	if n.timer != nil {
		n.timer.Stop()
	}
}

// sessionOf reads for how long a message asks, 0 where it does not.
func sessionOf(msg sip.Message) int {
	v, _, _ := strings.Cut(header(msg, "Session-Expires", "x"), ";")
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 0 || n > 86400 {
		return 0
	}
	return n
}

// refresher reads who is to say it: "uac", "uas" or "".
func refresher(msg sip.Message) string {
	v := strings.ToLower(header(msg, "Session-Expires", "x"))
	_, r, ok := strings.Cut(v, "refresher=")
	if !ok {
		return ""
	}
	r, _, _ = strings.Cut(r, ";")
	return strings.TrimSpace(r)
}

func sessionHeader(seconds int, by string) sip.Header { //nolint:ireturn // the library has no type for it
	return sip.NewHeader("Session-Expires", strconv.Itoa(seconds)+";refresher="+by)
}

// agreeSession answers what a request asks for the session's timer. Where the other
// end knows none, we refresh. The caller holds d.mu.
func (d *Dialog) agreeSession(req *sip.Request) []sip.Header {
	more := []sip.Header{sip.NewHeader("Supported", "timer")}
	n := sessionOf(req)
	if n == 0 {
		n = ourSession
	}
	by := refresher(req)
	knows := d.path.Timer
	if by != "uas" {
		by = "uac"
	}
	if !knows {
		by = "uas"
	}
	d.session.seconds, d.session.ours = n, by == "uas"
	if by == "uac" {
		more = append(more, sip.NewHeader("Require", "timer"))
	}
	return append(more, sessionHeader(n, by))
}

// agreedSession reads the answer to a request of ours. The caller holds d.mu.
func (d *Dialog) agreedSession(res *sip.Response) {
	n := sessionOf(res)
	if n == 0 { // it knows of none: we say it all the same
		d.session.seconds, d.session.ours = ourSession, true
		return
	}
	d.session.seconds, d.session.ours = max(n, leastSession), refresher(res) != "uas"
}

// arm begins the timer anew. The caller holds d.mu.
func (d *Dialog) arm() {
	n := &d.session
	n.disarm()
	if n.seconds == 0 || d.stage != confirmed {
		return
	}
	whole := time.Duration(n.seconds) * d.s.conf.second
	if n.ours {
		d.later(whole/2, func(ctx context.Context) { d.refresh(ctx, whole/8, 1) })
		return
	}
	d.later(whole-min(32*d.s.conf.second, whole/3), d.silent)
}

// later does something after a time, in place of what was to be done. The caller holds
// d.mu.
func (d *Dialog) later(wait time.Duration, f func(context.Context)) {
	d.session.disarm()
	d.session.timer = time.AfterFunc(wait, func() { d.s.start(f) })
}

// refresh says that we are there. Where that fails for now, it is tried again after a
// while, so often as there are left, and then the call ends with its session.
func (d *Dialog) refresh(ctx context.Context, wait time.Duration, left int) {
	d.mu.Lock()
	timer := d.session.timer
	d.mu.Unlock()
	if d.refreshOnce(ctx) == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stage != confirmed || d.session.timer != timer {
		return // it is over, or the other end has refreshed it
	}
	next := d.silent
	if left > 0 {
		next = func(ctx context.Context) { d.refresh(ctx, wait, left-1) }
	}
	d.later(wait, next)
}

func (d *Dialog) refreshOnce(ctx context.Context) error {
	d.mu.Lock()
	update := d.path.Update
	d.mu.Unlock()
	if !update {
		_, err := d.Reinvite(ctx, sdp.Media{})
		return err
	}
	d.mu.Lock()
	req, err := d.request(sip.UPDATE, nil)
	if err == nil {
		req.AppendHeader(sessionHeader(d.session.seconds, "uac"))
	}
	d.mu.Unlock()
	if err != nil {
		return err
	}
	res, err := d.s.do(ctx, req, d.link)
	switch {
	case err != nil:
		return err
	case res.StatusCode == 481, res.StatusCode == 408:
		d.over(Ended{By: Lost})
		return ErrOver
	case !res.IsSuccess():
		return ErrRefused
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agreedSession(res)
	d.arm()
	return nil
}

// silent ends a call whose session ran out.
func (d *Dialog) silent(ctx context.Context) {
	d.bye(ctx, Ended{By: Lost})
}
