package desk

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/session"
)

const (
	silence   = 35 * time.Second // a desk that says nothing for so long is gone
	writing   = 5 * time.Second  // one frame to a slow line
	mostOut   = 512              // frames that a desk may be behind
	mostHints = 256
)

// statusEnded is the close code that sends the desk to the sign-in page.
const statusEnded websocket.StatusCode = 4001

var (
	errGone    = errors.New("desk: the line to the browser is gone")
	errSlow    = errors.New("desk: the browser does not take what it is sent")
	errCovered = errors.New("desk: covered")
)

// inbound is one frame from the desk, or why it was none.
type inbound struct {
	kind  string
	frame any
	err   error
}

// A console is one socket: what it shows, and the keys that open it. Its loop alone touches
// what stands below the channels.
type console struct {
	d          *Desk
	id         hotline.PersonID
	token      vault.Token
	supervises bool
	conn       *websocket.Conn

	in       chan inbound
	out      chan []byte
	hints    chan bus.Hint
	missed   atomic.Bool
	pictures chan *picture
	made     chan machineMade
	checks   chan struct{}
	phoned   chan struct{} // her telephone has changed
	slow     chan struct{}
	stop     func() // ends the socket

	me               staff.Person // as the newest picture has her
	ring             *vault.Ring
	pic              *picture
	shown            map[hotline.ContactID]*shown
	shut             map[hotline.ContactID]int64 // contacts that did not open, at this seq
	lent             map[hotline.ContactID]*lent // contacts that this person translates
	greeted          bool
	hello            *Hello // waits for the first picture
	told             told
	list             bool                            // shows the list of situations
	at               *situation.Whole                // the situation that it shows
	decisions        map[hotline.ContactID]*deciding // contacts opened for what was decided
	markAt, markList situation.Mark                  // as they stood when they were told
	failed           int                             // checks of the session that came to nothing
	state            string                          // before it was covered
	helpAt           string                          // the emergencies in it that went on then
	line             string
	spoken           []string
	lang             string           // in which forms are read
	forms            map[formKey]bool // that the desk has
}

// socket answers one console for as long as it is open.
func (d *Desk) socket(w http.ResponseWriter, r *http.Request, s session.Session) {
	conn, err := websocket.Accept(w, r, nil) // another origin is refused here
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // nothing is left to say
	conn.SetReadLimit(MaxFrame)
	c := &console{
		d: d, id: s.Person.ID, me: s.Person, token: s.Token, supervises: s.Is(hotline.Supervisor), conn: conn,
		in: make(chan inbound), out: make(chan []byte, mostOut), hints: make(chan bus.Hint, mostHints),
		pictures: make(chan *picture, 1), made: make(chan machineMade), checks: make(chan struct{}, 1), phoned: make(chan struct{}, 1), slow: make(chan struct{}),
	}
	// The hub ends the socket when the process does; a browser that goes ends it by its reading.
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c.stop = cancel
	read, wrote := make(chan struct{}), make(chan struct{})
	go func() { // ends with the connection
		defer close(read)
		c.read(ctx)
	}()
	go func() { // ends with ctx
		defer close(wrote)
		c.write(ctx)
	}()
	d.hub.join(c)
	defer d.hub.leave(c)
	err = c.run(ctx)
	c.part(err)
	cancel()
	<-wrote
	<-read
	if problem.Of(err).Kind == problem.Internal && !errors.Is(err, errGone) && !errors.Is(err, errSlow) && !errors.Is(err, context.Canceled) {
		d.Log.ErrorContext(r.Context(), "a desk ended", "err", err)
	}
}

// part closes the connection and says why.
func (c *console) part(err error) {
	switch {
	case errors.Is(err, vault.ErrDenied):
		c.d.hub.unplug(c.id, c.token)
		_ = c.conn.Close(statusEnded, "")
	case errors.Is(err, context.Canceled):
		_ = c.conn.Close(websocket.StatusGoingAway, "")
	default:
		_ = c.conn.CloseNow()
	}
}

// read hands in what the desk says, until it says nothing more.
func (c *console) read(ctx context.Context) {
	defer close(c.in)
	for {
		data, err := c.next(ctx)
		if err != nil {
			return
		}
		kind, frame, err := c.d.codec.Decode(data)
		select {
		case c.in <- inbound{kind, frame, err}:
		case <-ctx.Done():
			return
		}
	}
}

func (c *console) next(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	kind, data, err := c.conn.Read(ctx)
	if err == nil && kind != websocket.MessageText {
		err = errFrame
	}
	return data, err
}

// write sends what is pushed, in order.
func (c *console) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-c.out:
			if err := c.put(ctx, b); err != nil {
				_ = c.conn.CloseNow() // the reading ends, and with it the console
				return
			}
		}
	}
}

func (c *console) put(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, b)
}

// push queues a frame. A desk that is too far behind is let go: it comes back and asks for what
// it lacks.
func (c *console) push(frame any) {
	b, err := c.d.codec.Encode(frame)
	if err != nil {
		c.d.Log.Error("a frame cannot be written", "err", err)
		return
	}
	c.pushRaw(b)
}

// pushRaw queues a frame that is written already.
func (c *console) pushRaw(b []byte) {
	select {
	case c.out <- b:
	default:
		select {
		case <-c.slow:
		default:
			close(c.slow)
		}
	}
}

// hint is called by the hub.
func (c *console) hint(h bus.Hint) {
	select {
	case c.hints <- h:
	default:
		c.missed.Store(true)
	}
}

// show is called by the hub: the newest picture replaces one that was not looked at.
func (c *console) show(p *picture) {
	for {
		select {
		case c.pictures <- p:
			return
		default:
		}
		select {
		case <-c.pictures:
		default:
		}
	}
}

// recheck has the console look at its session at once.
func (c *console) recheck() {
	select {
	case c.checks <- struct{}{}:
	default:
	}
}

// rang has the console look at its telephone at once.
func (c *console) rang() {
	select {
	case c.phoned <- struct{}{}:
	default:
	}
}

// run opens the session and serves, covered or not, until the browser or the session is gone.
func (c *console) run(ctx context.Context) error {
	for {
		err := c.d.Keeper.With(ctx, c.token, func(r *vault.Ring) error { return c.uncovered(ctx, r) })
		c.ring, c.shown, c.lent, c.at, c.list = nil, nil, nil, nil, false
		if errors.Is(err, errCovered) || errors.Is(err, vault.ErrLocked) {
			err = c.covered(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// look asks whether the session still stands. A database that does not answer for five seconds
// counts as a session that ended.
func (c *console) look(ctx context.Context) error {
	_, err := c.d.Keeper.Who(ctx, c.token)
	switch {
	case err == nil:
		c.failed = 0
		return nil
	case errors.Is(err, vault.ErrLocked), errors.Is(err, vault.ErrDenied):
		return err
	default:
		c.failed++
		if c.failed*int(poll) >= int(5*time.Second) {
			return err
		}
		return nil
	}
}

// refuse says that a frame was not done. What is our own fault is logged, once.
func (c *console) refuse(ctx context.Context, of, id string, err error) {
	p := problem.Of(err)
	if p.Kind == problem.Internal {
		c.d.Log.ErrorContext(ctx, "the desk could not do what was asked", "err", err)
	}
	c.push(Refused{Of: of, ID: id, Why: p.Kind.String(), Key: p.Key})
}
