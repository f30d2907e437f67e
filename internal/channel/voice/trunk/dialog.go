package trunk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Event is what the other end does in a call.
type Event interface{ event() }

// Ended is the last event of a call; the channel is closed after it.
type Ended struct{ By Side }

// Offered says that the other end would change the sound: it holds, comes back, or
// moved. It is answered with Agree or Refuse, within 8 seconds. Where it leaves the
// offer to us, the Media is zero: [sdp.Answer] makes one.
type Offered struct {
	sdp.Media
	d *Dialog
	o *offered
}

// Digit is a key that was sent beside the sound.
type Digit struct{ Key byte }

func (Ended) event()   {}
func (Offered) event() {}
func (Digit) event()   {}

// Side is who ended a call.
type Side uint8

// The sides.
const (
	Nobody Side = iota // this process stops; the call may go on with another
	Us
	Peer
	Lost // the other end is gone without a word: no ACK, no refresh, no answer; or its network says that the line broke
)

type stage uint8

const (
	early     stage = iota // it rings
	answered               // we said 200, and wait for the ACK
	confirmed              // it runs
	ended
)

// Dialog is one call with one other end. Its methods may be called from any
// goroutine.
type Dialog struct {
	s        *Service
	link     *link
	id       string
	from     seal.Text
	to       string
	incoming bool

	events chan Event
	done   chan struct{}
	stop   context.CancelFunc

	mu      sync.Mutex
	stage   stage
	path    path
	theirs  sdp.Media // what the other end said last of its sound
	said    []byte    // the same, as it came
	ours    []byte    // what we said last
	version uint64
	invite  *sip.Request  // while it is being decided
	tx      *sip.ServerTx // of the same
	ring    *sip.Response // the last that says that it rings
	waiting *waiting      // for the ACK of the last INVITE that came
	asking  bool          // a re-INVITE of ours is out
	offered *offered      // one of theirs is being decided
	session session
}

// path is what is needed to speak within a dialog, and nothing else of the messages
// that made it.
type path struct {
	CallID        string
	Local, Remote party
	Target        string   // where the other end is, as it says
	Route         []string // through whom
	Source        string   // where its messages come from
	Transport     string   // by which they come, whatever the trunk is set to
	Sent, Seen    uint32   // the last CSeq of each end
	Session       uint64   // of the origin of our descriptions
	Update        bool     // it knows UPDATE
	Timer         bool     // it knows session timers
}

type party struct{ URI, Tag string }

// waiting is for the ACK of a 2xx of ours.
type waiting struct {
	seq   uint32
	sent  bool          // the 2xx
	acked bool          // the next one is the same ACK again
	offer *offered      // what the 2xx answers; nil for the INVITE that made the call
	done  chan struct{} // closed when the ACK has been worked through
}

func newDialog(s *Service, l *link) *Dialog {
	return &Dialog{s: s, link: l, id: random(), events: make(chan Event, 32), done: make(chan struct{})}
}

func (d *Dialog) key() dialogKey {
	return dialogKey{d.path.CallID, d.path.Local.Tag, d.path.Remote.Tag}
}

// ID is our own name for the call. It leads to nobody.
func (d *Dialog) ID() string { return d.id }

// From is the number at the other end in E.164 form, or empty.
func (d *Dialog) From() seal.Text { return d.from }

// To is the number that was dialled, as the trunk wrote it: one of the line's. It is
// empty for a call that we made.
func (d *Dialog) To() string { return d.to }

// Trunk is the name of the trunk.
func (d *Dialog) Trunk() string { return d.link.Name }

// Secure reports whether the trunk's sound must be encrypted: [sdp.Ours] wants it.
func (d *Dialog) Secure() bool { return d.link.Secure }

// Offer is what the caller offered. It is zero where she left the offer to us:
// [sdp.Answer] then makes one, and [Dialog.Answer] returns hers.
func (d *Dialog) Offer() sdp.Media { return d.Remote() }

// Remote is what the other end said last of its sound.
func (d *Dialog) Remote() sdp.Media {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.theirs
}

// Local is our address as the other end sees it, for descriptions; not valid where the
// system does not tell.
func (d *Dialog) Local() netip.Addr {
	d.mu.Lock()
	src, by := d.path.Source, d.path.Transport
	d.mu.Unlock()
	to, _ := netip.ParseAddrPort(src)
	a, err := netip.ParseAddr(d.s.host(d.s.socket(by), to.Addr().Unmap()))
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// Events is what the other end does. The last is [Ended].
func (d *Dialog) Events() <-chan Event { return d.events }

// Done is closed when the call is over.
func (d *Dialog) Done() <-chan struct{} { return d.done }

// Format prints the call's own name, whatever the verb.
func (d *Dialog) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "call "+d.id) }

// LogValue is the call's own name.
func (d *Dialog) LogValue() slog.Value { return slog.StringValue(d.id) }

// emit tells an event, and reports whether somebody may hear it: a call whose events
// nobody reads loses them, but for the last.
func (d *Dialog) emit(e Event) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stage == ended || len(d.events) >= cap(d.events)-1 {
		return false
	}
	d.events <- e
	return true
}

// over ends the dialog here, once. It sends nothing.
func (d *Dialog) over(e Ended) bool {
	d.mu.Lock()
	if d.stage == ended {
		d.mu.Unlock()
		return false
	}
	d.stage = ended
	d.session.disarm()
	d.events <- e
	close(d.events)
	close(d.done)
	d.mu.Unlock()
	d.s.leave(d)
	if d.stop != nil {
		d.stop()
	}
	return true
}

// at reports whether the call is at a stage.
func (d *Dialog) at(s stage) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stage == s
}

// describe notes what the other end says of its sound.
func (d *Dialog) describe(body []byte) error {
	if len(body) == 0 {
		return nil
	}
	m, err := sdp.Parse(body)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.theirs, d.said = m, bytes.Clone(body)
	return nil
}

// stamp writes the origin into a description of ours. The version grows with each
// change. The caller holds d.mu.
func (d *Dialog) stamp(body []byte) []byte {
	if b := sdp.Stamp(body, d.path.Session, d.version); bytes.Equal(b, d.ours) {
		return b
	}
	d.version++
	d.ours = sdp.Stamp(body, d.path.Session, d.version)
	return d.ours
}

// Hangup ends the call from our side, at any stage, and returns when the other end
// knows, or ctx has ended: it is told all the same. [ErrOver] says that the call had
// ended already.
func (d *Dialog) Hangup(ctx context.Context) error {
	d.mu.Lock()
	at := d.stage
	d.mu.Unlock()
	switch at {
	case ended:
		return ErrOver
	case early:
		return d.Reject(480, 0)
	case answered, confirmed:
	}
	told := make(chan struct{})
	if !d.s.start(func(ctx context.Context) {
		defer close(told)
		d.hangup(ctx)
	}) {
		return ErrDown
	}
	select {
	case <-told:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hangup waits for the ACK of our answer, which a BYE must not overtake (RFC 3261,
// 15), and says BYE.
func (d *Dialog) hangup(ctx context.Context) {
	d.mu.Lock()
	w := d.waiting
	d.mu.Unlock()
	if d.at(answered) {
		select {
		case <-w.done:
		case <-d.done:
			return
		case <-ctx.Done():
		}
	}
	d.bye(ctx, Ended{By: Us})
}

// bye ends the call here, and says so to the other end until ctx ends.
func (d *Dialog) bye(ctx context.Context, e Ended) {
	d.mu.Lock()
	if d.stage == ended {
		d.mu.Unlock()
		return
	}
	req, err := d.request(sip.BYE, nil)
	d.mu.Unlock()
	if !d.over(e) || err != nil {
		return
	}
	_, _ = d.s.do(ctx, req, d.link)
}
