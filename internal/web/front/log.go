package front

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/i18n"
)

// The log is a page that never ends: in a frame without script, as events with it.
const (
	pulse   = 15 * time.Second // a sign of life, to her and of her
	poll    = 2 * time.Second  // a hint may be lost
	moves   = 5 * time.Second  // her place is counted no more often than that
	longest = 10 * time.Minute // then it is asked for again
	stalled = 30 * time.Second // nobody reads any more
	broken  = 4                // seconds after which a log that ended is asked for again
	reload  = 20               // seconds, where streams do not work
)

// A feed is a way of showing the log.
type feed interface {
	rows([]rowView, []int64) // numbers are 0 for what the line says itself
	now(state)
	writing(text string)
	pulse()
	taken() // another page shows it
	err() error
}

// log shows what was said, and goes on as long as it is read.
func (f *Front) log(w http.ResponseWriter, r *http.Request) {
	events := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	w.Header().Set("X-Frame-Options", "SAMEORIGIN") // our own page shows it in a frame
	w.Header().Set("Content-Security-Policy", contentPolicy(f.pages.hashes, f.origins, nonce()))
	t, known := ticketOf(r)
	if !known || covered(r) {
		f.noLog(w, r, events)
		return
	}
	done, ok := f.limits.stream(f.Address(r))
	if !ok {
		f.trouble(w, r, tooFast, form{})
		return
	}
	defer done()
	ctx := r.Context()
	v := viewer{f: f, w: w, r: r, t: t, l: f.language(r)}
	if page := r.URL.Query().Get("v"); hotline.IsID(page) {
		v.page = page
	}
	if events {
		v.after = afterOf(r)
	}
	if err := v.load(ctx); err != nil {
		if isNothing(err) {
			f.noLog(w, r, events)
		} else {
			f.fail(w, r, err, form{})
		}
		return
	}
	http.SetCookie(w, cookie(herCookie, t.String(), herTime))
	w.Header().Set("X-Accel-Buffering", "no") // a proxy that knows it does not hold rows back
	if !events && (t.Plain || cannotStream(r)) {
		v.whole(ctx)
		return
	}
	one, ok := f.streams.begin(t.Token, v.page, v.found.Contact.ID, r.URL.Query().Has("take"), f.Clock())
	v.open(events, !ok)
	if !ok {
		v.feed.taken()
		return
	}
	defer f.streams.done(one)
	f.Bus.Publish(bus.Hint{Topic: topicStream, ID: nameOf(t.Token), Seq: one.number})
	v.follow(ctx, one)
}

// afterOf is the last message that her page has.
func afterOf(r *http.Request) int64 {
	var after int64
	for _, s := range []string{r.URL.Query().Get("after"), r.Header.Get("Last-Event-ID")} {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > after {
			after = n
		}
	}
	return after
}

// cannotStream knows browsers that show a page only once it is complete.
func cannotStream(r *http.Request) bool {
	return !r.ProtoAtLeast(1, 1) || strings.Contains(r.UserAgent(), "Opera Mini")
}

// noLog is the log of whoever has none. 204 tells a browser's event stream not to
// come back.
func (f *Front) noLog(w http.ResponseWriter, r *http.Request, events bool) {
	if events {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	f.show(w, r, http.StatusOK, "wholelog", logView{frame: f.pages.newFrame("log", f.language(r), About{})})
}

// A viewer shows one log.
type viewer struct {
	f     *Front
	w     http.ResponseWriter
	r     *http.Request
	t     ticket
	l     *i18n.Language
	page  string // the one-time id of the page around it
	feed  feed
	about About

	found contact.Page
	fresh []message
	after int64
	stand Standing
	state state
	shown state
}

// load reads what is new and how things stand.
func (v *viewer) load(ctx context.Context) (err error) {
	if v.found, v.fresh, err = v.f.callers.read(ctx, v.t.Token, v.after); err != nil {
		return err
	}
	if v.stand, err = v.f.Line.Stands(ctx, v.l.Tag()); err != nil {
		return err
	}
	if v.about.Name == "" {
		if v.about, err = v.f.Line.About(ctx, v.l.Tag()); err != nil {
			return err
		}
	}
	var w Wait
	if c := v.found.Contact; c.State == contact.Waiting || c.State == contact.Offered {
		if w, err = v.f.Line.Waits(ctx, c, v.found.Before); err != nil {
			return err
		}
	}
	v.state = stands(v.l, v.found, w, v.stand)
	return nil
}

// take turns what is new into rows, and counts it as shown.
func (v *viewer) take() (rows []rowView, numbers []int64) {
	if v.after == 0 {
		for _, r := range opening(v.l, v.about) {
			rows, numbers = append(rows, r), append(numbers, 0)
		}
	}
	for _, m := range v.fresh {
		rows, numbers = append(rows, row(v.l, m, v.stand.Now)), append(numbers, m.Seq)
		v.after = m.Seq
	}
	v.fresh = nil
	return rows, numbers
}

// show writes what is new.
func (v *viewer) show() {
	rows, numbers := v.take()
	if len(rows) > 0 {
		v.feed.rows(rows, numbers)
	}
	if v.state != v.shown || len(rows) > 0 {
		v.feed.now(v.state)
		v.shown = v.state
	}
}

// whole shows the log as a complete page that is asked for again.
func (v *viewer) whole(ctx context.Context) {
	fr := v.frame()
	fr.Refresh = reload
	rows, _ := v.take()
	v.f.show(v.w, v.r, http.StatusOK, "wholelog", logView{frame: fr, Rows: rows, Now: nowView{v.l, fr.ID, 0, v.state.Title, v.state.More, v.state.Here}})
	v.seen(ctx)
}

// frame is that of a log, which keeps the name of the page around it.
func (v *viewer) frame() frame {
	fr := v.f.pages.newFrame("log", v.l, v.about)
	if v.page != "" {
		fr.ID = v.page
	}
	return fr
}

// nonce lets one answer write styles as it goes.
func nonce() string { return rand.Text() }

// open begins the answer. final says that it will not go on.
func (v *viewer) open(events, final bool) {
	out := &flusher{w: v.w, control: http.NewResponseController(v.w), clock: v.f.Clock}
	if events {
		v.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		e := &eventFeed{flusher: out, l: v.l}
		e.begin()
		v.feed = e
		return
	}
	h, n := v.w.Header(), nonce()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy(v.f.pages.hashes, v.f.origins, n))
	if v.r.ProtoMajor == 1 {
		// Chunks that break off make an error of the frame, and an error is not asked
		// for again. What ends with the connection is a page that is complete, and is.
		h.Set("Transfer-Encoding", "identity")
		h.Set("Connection", "close")
	}
	fr := v.frame()
	if !final && !over(v.found.Contact.State) {
		fr.Refresh = broken
	}
	p := &pageFeed{flusher: out, pages: v.f.pages, l: v.l, id: fr.ID, nonce: n}
	p.begin(logView{frame: fr})
	v.feed = p
}

// seen tells the line that her page is open.
func (v *viewer) seen(ctx context.Context) {
	if err := v.f.callers.book.See(ctx, v.found.Contact.ID); err != nil && ctx.Err() == nil {
		v.f.failed(v.r, err)
	}
}

// mark is what changes whenever the log would.
func mark(c contact.Contact) [5]int64 {
	seen := [5]int64{c.LastSeq, c.Epoch, c.AskedAt, c.StateAt}
	if c.State == contact.Closed || c.State == contact.Erased {
		seen[4] = 1
	}
	return seen
}

// follow goes on until her page is closed, another one takes over, or its time is
// up.
func (v *viewer) follow(ctx context.Context, one *stream) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	beat, look := time.NewTicker(pulse), time.NewTicker(poll)
	defer beat.Stop()
	defer look.Stop()
	v.seen(ctx)
	v.show()
	counted, stale := v.f.Clock(), false
	for v.feed.err() == nil {
		again := false
		select {
		case <-ctx.Done():
			return
		case <-v.f.ended:
			return
		case <-one.over:
			if one.taken {
				v.feed.taken()
			}
			return
		case <-one.typing:
			if v.found.Contact.State == contact.Live {
				v.feed.writing(writes(v.l, v.found))
			}
		case <-one.changed:
			again = true
		case <-one.place:
			stale = v.found.Contact.State == contact.Waiting
		case <-beat.C:
			v.feed.pulse()
			v.seen(ctx)
			again = v.found.Contact.State == contact.Waiting
		case <-look.C:
			c, err := v.f.callers.book.Find(ctx, v.found.Contact.ID)
			again = err != nil || mark(c) != mark(v.found.Contact) || stale && v.f.Clock().Sub(counted) >= moves
		}
		if !again {
			continue
		}
		counted, stale = v.f.Clock(), false
		if err := v.load(ctx); err != nil {
			if isNothing(err) || ctx.Err() != nil {
				v.feed.now(state{Kind: "nothing", Gone: true})
				return
			}
			v.f.failed(v.r, err) // the next look may find the database again
			continue
		}
		v.show()
	}
}
