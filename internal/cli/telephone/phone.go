// Package telephone is somebody made up who calls a line as a trunk would bring her:
// real SIP, real RTP. She dials, hears prompts, presses keys, speaks, waits and hangs
// up, and knows afterwards what she heard. The demo is full of them, and so are the
// tests. Her numbers belong to nobody: +1 555 01xx.
package telephone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// A Phone is a telephone network with one address. Many calls may be made from it at
// the same time.
type Phone struct {
	on     netip.Addr
	conn   net.PacketConn
	ua     *sipgo.UserAgent
	client *sipgo.Client
	dials  sipgo.DialogUA
	serves chan struct{} // closed when nothing is read any more

	mu    sync.Mutex
	calls map[string]*Call // by Call-ID
}

// Open makes a telephone at an address of this machine.
func Open(ctx context.Context, on netip.Addr) (*Phone, error) {
	conn, err := new(net.ListenConfig).ListenPacket(ctx, "udp", netip.AddrPortFrom(on, 0).String())
	if err != nil {
		return nil, err
	}
	return OpenOn(conn)
}

// OpenOn makes a telephone on a socket that somebody else opened, such as one of
// another network namespace. Closing the telephone closes it.
func OpenOn(conn net.PacketConn) (*Phone, error) {
	local, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return nil, err
	}
	trunk.Quieten()
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgent("telephone"), sipgo.WithUserAgentHostname(local.Addr().String()),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet), sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {})),
	)
	if err != nil {
		return nil, err
	}
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	if err != nil {
		return nil, err
	}
	client, err := sipgo.NewClient(
		ua, sipgo.WithClientLogger(quiet), sipgo.WithClientHostname(local.Addr().String()), sipgo.WithClientPort(int(local.Port())),
		sipgo.WithClientConnectionAddr(local.String()),
	)
	if err != nil {
		return nil, err
	}
	p := &Phone{on: local.Addr(), conn: conn, ua: ua, client: client, serves: make(chan struct{}), calls: map[string]*Call{}}
	p.dials = sipgo.DialogUA{Client: client, ContactHDR: sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "caller", Host: local.Addr().String(), Port: int(local.Port())}}}
	server.OnInvite(p.offered)
	server.OnAck(func(*sip.Request, sip.ServerTransaction) {})
	server.OnBye(p.hungUp)
	server.OnUpdate(p.refreshed)
	server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) { respond(req, tx, sip.StatusOK) })
	go func() { // ends when the socket is closed, which Close waits for
		defer close(p.serves)
		_ = server.ServeUDP(conn)
	}()
	for { // a call that goes out before the socket is read would open another one
		if c, err := ua.TransportLayer().GetConnection("udp", local.String()); err == nil && c != nil {
			_, err := c.TryClose() // gives back what was only looked at
			return p, err
		}
		time.Sleep(time.Millisecond)
	}
}

// Close ends the telephone. Calls that are up are left as when a battery is empty.
func (p *Phone) Close() error {
	p.mu.Lock()
	calls := make([]*Call, 0, len(p.calls))
	for _, c := range p.calls {
		calls = append(calls, c)
	}
	p.mu.Unlock()
	for _, c := range calls {
		c.Vanish()
	}
	err := errors.Join(p.ua.Close(), p.conn.Close())
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	<-p.serves
	return err
}

// A Dial says whom she calls, and how.
type Dial struct {
	Line   string        // host and port of the line's trunk
	Number string        // that she dials
	From   string        // hers; empty is withheld
	Codecs []audio.Codec // in her order; empty is PCMU, PCMA
	Ports  [2]uint16     // for her sound, from and to; zero takes any that are free
	// Through stands between her sound and the line's: it is told where the line hears,
	// and gives the address that she says as her own and the one that she sends to. Empty
	// is nothing between.
	Through Between
	Still   bool   // she says and hears nothing by herself: whoever stands between does it for her
	Rings   func() // is called when it rings
	// Session is a session timer of so many seconds: the line is asked to say so often that
	// it is there, until she holds the line or takes it up again. That takes it on her, and
	// she never says it. Zero is none.
	Session int
	// Offered is asked when the line offers something within the call: with another code of
	// SIP than 0 she refuses it. Nil takes all.
	Offered func(*Call) (code int)
}

// Between is a relay of sound.
type Between interface {
	// Ends gives the address that stands for her, and where she sends.
	Ends() (hers, near netip.AddrPort)
	// To says where the line hears.
	To(line netip.AddrPort)
}

// A RefusedError says with which code of SIP the line refused a call.
type RefusedError struct{ Code int }

func (r *RefusedError) Error() string { return fmt.Sprintf("telephone: refused with %d", r.Code) }

// Call calls, and returns when somebody or something has answered. When ctx ends
// before, she gives up as one does who puts the receiver down.
func (p *Phone) Call(ctx context.Context, d Dial) (*Call, error) {
	leg, err := media.Open(media.Config{Local: p.on, From: d.Ports[0], To: d.Ports[1], Clock: time.Now})
	if err != nil {
		return nil, err
	}
	c := newCall(p, d, leg)
	if err := c.dial(ctx); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// find gives the call that a request belongs to.
func (p *Phone) find(req *sip.Request) *Call {
	id := req.CallID()
	if id == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[id.Value()]
}

func respond(req *sip.Request, tx sip.ServerTransaction, code int) {
	_ = tx.Respond(sip.NewResponseFromRequest(req, code, "", nil)) // where the line is gone there is nobody to tell
}

// offered is a re-INVITE of the line's.
func (p *Phone) offered(req *sip.Request, tx sip.ServerTransaction) {
	c := p.find(req)
	if c == nil {
		respond(req, tx, sip.StatusCallTransactionDoesNotExists)
		return
	}
	if c.with.Offered != nil {
		if code := c.with.Offered(c); code != 0 {
			respond(req, tx, code)
			return
		}
	}
	answer, err := c.agree(req.Body())
	if err != nil {
		respond(req, tx, sip.StatusNotAcceptableHere)
		return
	}
	c.mu.Lock()
	c.moved = req.Contact()
	c.mu.Unlock()
	res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", answer)
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	res.AppendHeader(&p.dials.ContactHDR)
	keep(req, res)
	if err := tx.Respond(res); err == nil {
		select { // until it is acknowledged: else the transaction ends before
		case <-tx.Acks():
		case <-tx.Done():
		case <-c.ended:
		}
	}
}

func (p *Phone) refreshed(req *sip.Request, tx sip.ServerTransaction) {
	if p.find(req) == nil {
		respond(req, tx, sip.StatusCallTransactionDoesNotExists)
		return
	}
	res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
	keep(req, res)
	_ = tx.Respond(res)
}

// keep agrees to the session timer of a request.
func keep(req *sip.Request, res *sip.Response) {
	if h := req.GetHeader("Session-Expires"); h != nil {
		res.AppendHeader(sip.NewHeader("Session-Expires", h.Value()))
		res.AppendHeader(sip.NewHeader("Require", "timer"))
	}
}

func (p *Phone) hungUp(req *sip.Request, tx sip.ServerTransaction) {
	c := p.find(req)
	if c == nil {
		respond(req, tx, sip.StatusCallTransactionDoesNotExists)
		return
	}
	respond(req, tx, sip.StatusOK)
	c.end()
}

// withheld is how networks say that a number is not shown (RFC 3323).
const withheld = "anonymous"

// header is who she says she is.
func (d Dial) header(on netip.Addr) sip.Header {
	h := &sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: d.From, Host: on.String()}}
	if d.From == "" {
		h.Address.User, h.Address.Host = withheld, "anonymous.invalid"
	}
	h.Params.Add("tag", sip.GenerateTagN(16))
	return h
}

// headers are those of an offer of hers. by is who is to say that it is there.
func (d Dial) headers(by string) []sip.Header {
	all := []sip.Header{sip.NewHeader("Content-Type", "application/sdp")}
	if d.Session > 0 {
		all = append(all, sip.NewHeader("Supported", "timer"), sip.NewHeader("Session-Expires", fmt.Sprintf("%d;refresher=%s", d.Session, by)))
	}
	return all
}

// uri is whom she calls.
func (d Dial) uri() (sip.Uri, error) {
	host, port, err := net.SplitHostPort(d.Line)
	if err != nil {
		return sip.Uri{}, err
	}
	n, err := strconv.Atoi(port)
	if err != nil || strings.TrimSpace(d.Number) == "" {
		return sip.Uri{}, errors.New("telephone: neither a number nor a port")
	}
	return sip.Uri{Scheme: "sip", User: d.Number, Host: host, Port: n}, nil
}

// ours is what she offers.
func (c *Call) ours(dir sdp.Direction) sdp.Ours {
	codecs := c.with.Codecs
	if len(codecs) == 0 {
		codecs = []audio.Codec{audio.PCMU, audio.PCMA}
	}
	at := netip.AddrPortFrom(c.phone.on, c.leg.Port())
	if c.with.Through != nil {
		at, _ = c.with.Through.Ends()
	}
	return sdp.Ours{Addr: at, Codecs: codecs, Dir: dir}
}
