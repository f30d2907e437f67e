package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/freeline-org/freeline/internal/i18n"
)

// A flusher writes to a reader who may have gone.
type flusher struct {
	w       http.ResponseWriter
	control *http.ResponseController
	clock   func() time.Time
	failed  error
}

func (f *flusher) err() error { return f.failed }

// send writes at once, or remembers that it cannot.
func (f *flusher) send(b []byte) {
	if f.failed != nil {
		return
	}
	_ = f.control.SetWriteDeadline(f.clock().Add(stalled)) // where it cannot be set, the server's own holds
	if _, f.failed = f.w.Write(b); f.failed == nil {
		f.failed = f.control.Flush()
	}
}

// An eventFeed is read by her script.
type eventFeed struct {
	*flusher
	l *i18n.Language
}

// begin says how soon to come back when it breaks off.
func (e *eventFeed) begin() { e.send([]byte("retry: 1500\n\n")) }

func (e *eventFeed) event(b *bytes.Buffer, name string, id int64, v reply) {
	data, _ := json.Marshal(v) // texts and numbers always marshal
	if id > 0 {
		fmt.Fprintf(b, "id: %d\n", id)
	}
	fmt.Fprintf(b, "event: %s\ndata: %s\n\n", name, data)
}

func (e *eventFeed) rows(rows []rowView, numbers []int64) {
	var b bytes.Buffer
	for i, r := range rows {
		kind := "us"
		switch {
		case r.Mine:
			kind = "me"
		case r.Line:
			kind = "line"
		}
		e.event(&b, "m", numbers[i], reply{S: numbers[i], K: kind, B: r.Stamp, T: r.Text})
	}
	e.send(b.Bytes())
}

func (e *eventFeed) now(s state) {
	var b bytes.Buffer
	v := reply{K: s.Kind, H: s.Head, B: s.Title, T: s.More, Go: s.Gone}
	if s.Here {
		v.Y = e.l.T("front.chat.here")
	}
	e.event(&b, "s", 0, v)
	e.send(b.Bytes())
}

func (e *eventFeed) writing(text string) {
	var b bytes.Buffer
	e.event(&b, "t", 0, reply{T: text})
	e.send(b.Bytes())
}

func (e *eventFeed) pulse() { e.send([]byte(":\n\n")) }

func (e *eventFeed) taken() { e.send([]byte("event: x\ndata: {}\n\n")) }

// A pageFeed is a frame without script. What is no longer so is hidden by a style
// that comes behind it.
type pageFeed struct {
	*flusher
	pages *pages
	l     *i18n.Language
	id    string
	nonce string
	count int
	beats int
}

func (p *pageFeed) template(w io.Writer, name string, view any) {
	if err := p.pages.templates.ExecuteTemplate(w, name, view); err != nil && p.failed == nil {
		p.failed = fmt.Errorf("front: page %s: %w", name, err)
	}
}

func (p *pageFeed) begin(v logView) {
	var b bytes.Buffer
	p.template(&b, "log", v)
	p.send(b.Bytes())
}

// hide writes the style that hides the last word on how things stand.
func (p *pageFeed) hide(b *bytes.Buffer) {
	if p.count > 0 {
		fmt.Fprintf(b, "<style nonce=\"%s\">#n%d{display:none}</style>\n", p.nonce, p.count)
	}
}

func (p *pageFeed) rows(rows []rowView, _ []int64) {
	var b bytes.Buffer
	for _, r := range rows {
		p.template(&b, "row", r)
	}
	p.send(b.Bytes())
}

func (p *pageFeed) now(s state) {
	var b bytes.Buffer
	p.hide(&b)
	if s.Title != "" {
		p.count++
		p.template(&b, "now", nowView{p.l, p.id, p.count, s.Title, s.More, s.Here})
	}
	p.send(b.Bytes())
}

// writing would be a line that has to be taken away again; a frame does without.
func (p *pageFeed) writing(string) {}

// pulse winds up the clock that shows "Check for new messages" once nothing has
// come for a while, whatever broke. A style does it: another name begins an
// animation anew.
func (p *pageFeed) pulse() {
	p.beats++
	p.send(fmt.Appendf(nil, "<style nonce=\"%s\">.idle{animation-name:%s}</style>\n", p.nonce, [2]string{"idle", "still"}[p.beats%2]))
}

func (p *pageFeed) taken() {
	var b bytes.Buffer
	p.hide(&b)
	p.template(&b, "elsewhere", nowView{Language: p.l, ID: p.id})
	p.template(&b, "logend", nil)
	p.send(b.Bytes())
}
