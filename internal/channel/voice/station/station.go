package station

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Station is one person's end of calls. It is a [media.Leg] that outlives its connections: what
// is bridged with it stays bridged when her page is loaded anew, and what is sent while there is
// no connection is dropped.
type Station struct {
	of     *Stations
	person hotline.PersonID
	sink   media.Sink
	conn   atomic.Pointer[conn]

	mu   sync.Mutex
	told state // to whoever watches
}

// state is what a change is a change of.
type state struct {
	generation int64
	fresh      bool
}

var _ media.Leg = (*Station)(nil)

// Person is whose station it is.
func (st *Station) Person() hotline.PersonID { return st.person }

// Generation is the number of her connection; 0 without one.
func (st *Station) Generation() int64 {
	if c := st.conn.Load(); c != nil {
		return c.generation
	}
	return 0
}

// Fresh reports whether she could be heard now: connected, and her newest packet is younger than
// a second. A browser that was killed, a machine that sleeps and a page that the system stopped
// all stop sending before anybody says so.
func (st *Station) Fresh() bool {
	c := st.conn.Load()
	return c != nil && c.up() && st.of.now().Sub(c.heard()) < fresh
}

// Codec is what she would rather be sent. Her browser takes PCMA as well, at any time.
func (st *Station) Codec() audio.Codec { return audio.PCMU }

// Send sends her a packet.
func (st *Station) Send(p media.Packet) {
	if c := st.conn.Load(); c != nil {
		c.out.send(p)
	}
}

// Hear replaces who hears her; nil is nobody.
func (st *Station) Hear(sink func(media.Packet)) { st.sink.Hear(sink) }

// Heard is when her newest packet came; zero when none has come by this connection.
func (st *Station) Heard() time.Time {
	if c := st.conn.Load(); c != nil {
		return c.heard()
	}
	return time.Time{}
}

// Quality tells how well she is heard and hears, by her connection as it stands.
func (st *Station) Quality() media.Quality {
	c := st.conn.Load()
	if c == nil {
		return media.Quality{}
	}
	newest := c.heard()
	if newest.IsZero() {
		newest = c.began
	}
	return c.in.quality(st.of.now(), newest)
}

// Close lets her connection go.
func (st *Station) Close() { st.drop(0) }

// replace makes a connection the one that counts.
func (st *Station) replace(c *conn) {
	if old := st.conn.Swap(c); old != nil {
		old.close()
	}
}

// drop lets the connection of a generation go, 0 for whichever it is.
func (st *Station) drop(generation int64) {
	c := st.conn.Load()
	if c == nil || generation != 0 && c.generation != generation || !st.conn.CompareAndSwap(c, nil) {
		return
	}
	c.close()
	st.of.look()
}

// changed reports what whoever watches has not been told yet.
func (st *Station) changed() (isFresh, changed bool) {
	now := state{st.Generation(), st.Fresh()}
	st.mu.Lock()
	defer st.mu.Unlock()
	was := st.told
	st.told = now
	return now.fresh, was != now
}
