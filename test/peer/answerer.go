package peer

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/srtp/v3"
)

// An Answerer takes a call, says a tone and keeps what it hears. It knows just so much
// of SIP that the drivers of this package can be tried without the line.
type Answerer struct {
	SIP, TLS string // host and port

	manner Manner

	on    netip.Addr
	sound *net.UDPConn
	hz    float64

	mu      sync.Mutex
	to      netip.AddrPort
	in, out *srtp.Context
	seen    Seen
	lastKey uint32
	invite  message // of the last call
	cseq    int     // of our own requests
	moved   chan struct{}
}

// A Manner is how an Answerer takes a call.
type Manner string

// The manners.
const (
	Picks Manner = ""      // it answers at once
	Rings Manner = "rings" // it is only there to be rung
	Early Manner = "early" // it says its tone, and does not answer yet
	Busy  Manner = "busy"  // it is engaged
)

// Will says how the next call is taken.
func (a *Answerer) Will(m Manner) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.manner = m
}

// PickUp answers the call that rings.
func (a *Answerer) PickUp() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reply(a.invite, "200 OK", a.agree(a.invite.body))
}

// Seen is what came to an Answerer.
type Seen struct {
	Wire    []string // all that came by UDP, word for word
	Methods []string // of her requests, in order
	Ways    []string // directions of her offers, in order
	Codes   []string // of her answers to our requests, in order
	Keys    string   // that she pressed
	Heard   []int16
	Secured bool // her sound comes encrypted
}

// Answer begins to listen, for UDP and TCP on one port and for TLS on another, and
// ends with the test.
func Answer(tb testing.TB, on netip.Addr, hz float64, rings bool) *Answerer {
	tb.Helper()
	a := &Answerer{on: on, hz: hz, moved: make(chan struct{})}
	if rings {
		a.manner = Rings
	}
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(on, 0)))
	must(tb, err)
	a.SIP = udp.LocalAddr().String()
	tcp, err := net.Listen("tcp", a.SIP)
	must(tb, err)
	secured, err := tls.Listen("tcp", netip.AddrPortFrom(on, 0).String(), &tls.Config{Certificates: []tls.Certificate{certificate(tb, on)}})
	must(tb, err)
	a.TLS = secured.Addr().String()
	a.sound, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(on, 0)))
	must(tb, err)
	var all sync.WaitGroup
	all.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, from, err := udp.ReadFromUDP(b)
			if err != nil {
				return
			}
			a.mu.Lock()
			a.seen.Wire = append(a.seen.Wire, string(b[:n]))
			a.mu.Unlock()
			if m, err := read(bufio.NewReader(bytes.NewReader(b[:n])), n); err == nil {
				a.take(m, "UDP", func(s string) { _, _ = udp.WriteToUDP([]byte(s), from) })
			}
		}
	})
	for name, l := range map[string]net.Listener{"TCP": tcp, "TLS": secured} {
		all.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				tb.Cleanup(func() { _ = c.Close() })
				go func() { // ends with the connection
					r := bufio.NewReader(c)
					for {
						m, err := read(r, 0)
						if err != nil {
							return
						}
						a.take(m, name, func(s string) { _, _ = io.WriteString(c, s) })
					}
				}()
			}
		})
	}
	done := make(chan struct{})
	all.Go(a.hear)
	all.Go(func() { a.speak(done) })
	tb.Cleanup(func() {
		close(done)
		for _, c := range []io.Closer{udp, tcp, secured, a.sound} {
			_ = c.Close()
		}
		all.Wait()
	})
	return a
}

// message is one of SIP's.
type message struct {
	method string // "SIP/2.0" of an answer
	code   string // of an answer
	head   textproto.MIMEHeader
	body   string
	say    func(string)
	way    string // transport
}

// read reads a message; a datagram ends where it ends.
func read(r *bufio.Reader, datagram int) (message, error) {
	tp := textproto.NewReader(r)
	line, err := tp.ReadLine()
	for line == "" && err == nil { // sent to keep a connection open
		line, err = tp.ReadLine()
	}
	if err != nil {
		return message{}, err
	}
	head, err := tp.ReadMIMEHeader()
	if err != nil {
		return message{}, err
	}
	n, err := strconv.Atoi(head.Get("Content-Length"))
	if err != nil || n > 1<<16 || datagram > 0 && n > datagram {
		n = 0
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return message{}, err
	}
	words := strings.SplitN(line, " ", 3)
	if len(words) < 3 {
		return message{}, io.ErrUnexpectedEOF
	}
	return message{method: words[0], code: words[1], head: head, body: string(body)}, nil
}

// reply answers a message.
func (a *Answerer) reply(m message, status, body string, more ...string) {
	lines := []string{"SIP/2.0 " + status}
	for _, via := range m.head["Via"] {
		lines = append(lines, "Via: "+via)
	}
	to := m.head.Get("To")
	if !strings.Contains(to, "tag=") {
		to += ";tag=here"
	}
	at := a.SIP
	if m.way == "TLS" {
		at = a.TLS
	}
	lines = append(lines, "From: "+m.head.Get("From"), "To: "+to, "Call-ID: "+m.head.Get("Call-Id"), "CSeq: "+m.head.Get("Cseq"),
		"Contact: <sip:line@"+at+";transport="+strings.ToLower(m.way)+">")
	lines = append(lines, more...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	m.say(strings.Join(append(lines, "Content-Length: "+strconv.Itoa(len(body)), "", body), "\r\n"))
}

// take does what a message asks for.
func (a *Answerer) take(m message, way string, say func(string)) {
	m.say, m.way = say, way
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.stir()
	switch m.method {
	case "SIP/2.0":
		a.seen.Codes = append(a.seen.Codes, m.code)
		if strings.HasSuffix(m.head.Get("Cseq"), "INVITE") {
			a.send("ACK", "")
		}
		return
	case "INVITE":
		a.ring(m)
	case "CANCEL":
		a.reply(m, "200 OK", "")
		a.reply(a.invite, "487 Request Terminated", "")
	case "UPDATE":
		a.reply(m, "200 OK", "", "Session-Expires: "+m.head.Get("Session-Expires"), "Require: timer")
	case "ACK":
	default:
		a.reply(m, "200 OK", "")
	}
	a.seen.Methods = append(a.seen.Methods, m.method)
}

// stir tells those who wait that something has come.
func (a *Answerer) stir() {
	close(a.moved)
	a.moved = make(chan struct{})
}

// ring answers a call, or a renegotiation.
func (a *Answerer) ring(m message) {
	if !strings.Contains(m.head.Get("To"), "tag=") {
		a.invite, a.cseq = m, 100
		switch a.manner {
		case Busy:
			a.reply(m, "486 Busy Here", "")
			return
		case Early:
			a.reply(m, "183 Session Progress", a.agree(m.body))
			return
		case Rings:
			a.reply(m, "180 Ringing", "")
			return
		case Picks:
			a.reply(m, "180 Ringing", "")
		}
	}
	var more []string
	if e := m.head.Get("Session-Expires"); e != "" {
		more = []string{"Session-Expires: " + e, "Require: timer"}
	}
	a.reply(m, "200 OK", a.agree(m.body), more...)
}

// Request sends one of ours in the dialog of the last call: BYE, UPDATE, or an INVITE
// that renegotiates nothing.
func (a *Answerer) Request(method string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cseq++
	body := ""
	if method == "INVITE" {
		body = a.description("RTP/AVP", "0", "sendrecv")
	}
	a.send(method, body)
}

func (a *Answerer) send(method, body string) {
	m := a.invite
	uri := strings.Trim(m.head.Get("Contact"), "<>")
	lines := []string{
		method + " " + uri + " SIP/2.0", "Via: SIP/2.0/" + m.way + " " + a.SIP + fmt.Sprintf(";branch=z9hG4bK-%s-%d", method, a.cseq), "Max-Forwards: 70",
		"From: " + m.head.Get("To") + ";tag=here", "To: " + m.head.Get("From"), "Call-ID: " + m.head.Get("Call-Id"), fmt.Sprintf("CSeq: %d %s", a.cseq, method),
		"Contact: <sip:line@" + a.SIP + ">",
	}
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	m.say(strings.Join(append(lines, "Content-Length: "+strconv.Itoa(len(body)), "", body), "\r\n"))
}

// agree answers her description: her first format, DTMF as she has it, and keys if she
// brings some.
func (a *Answerer) agree(offer string) string {
	find := func(expression string) []string {
		if m := regexp.MustCompile(expression).FindStringSubmatch(offer); m != nil {
			return m
		}
		return make([]string, 4)
	}
	c, m := find(`c=IN IP4 (\S+)`), find(`m=audio (\d+) (\S+) (\d+)`)
	if to, err := netip.ParseAddrPort(c[1] + ":" + m[1]); err == nil {
		a.to = to
	}
	way, mirror := "sendrecv", "sendrecv"
	if find(`a=sendonly`)[0] != "" {
		way, mirror = "sendonly", "recvonly"
	}
	a.seen.Ways = append(a.seen.Ways, way)
	var more []string
	if k := find(`a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:([A-Za-z0-9+/=]+)`); k[0] != "" {
		more = append(more, "a=crypto:"+k[1]+" AES_CM_128_HMAC_SHA1_80 inline:"+a.secure(k[2]))
	}
	return a.description(m[2], m[3], mirror, more...)
}

// description is our side of the sound.
func (a *Answerer) description(profile, format, way string, more ...string) string {
	lines := append([]string{
		"v=0", "o=- 1 1 IN IP4 " + a.on.String(), "s=-", "c=IN IP4 " + a.on.String(), "t=0 0",
		fmt.Sprintf("m=audio %d %s %s 101", at(a.sound).Port(), profile, format),
		"a=rtpmap:101 telephone-event/8000", "a=" + way,
	}, more...)
	return strings.Join(append(lines, ""), "\r\n")
}

// Wait waits until something is so of what was seen, and gives it.
func (a *Answerer) Wait(tb testing.TB, what string, so func(Seen) bool) Seen {
	tb.Helper()
	deadline := time.After(20 * time.Second)
	for {
		a.mu.Lock()
		seen, moved := a.seen, a.moved
		a.mu.Unlock()
		if so(seen) {
			return seen
		}
		select {
		case <-moved:
		case <-deadline:
			tb.Fatalf("no %s", what)
		}
	}
}

// Hears waits until so many samples were heard, and gives the last of them.
func (a *Answerer) Hears(tb testing.TB, samples int) []int16 {
	tb.Helper()
	all := a.Wait(tb, "sound", func(s Seen) bool { return len(s.Heard) >= samples }).Heard
	return all[len(all)-samples:]
}

// certificate is one of nobody's, for an address.
func certificate(tb testing.TB, of netip.Addr) tls.Certificate {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(tb, err)
	mould := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{of.AsSlice()}}
	b, err := x509.CreateCertificate(rand.Reader, mould, mould, &key.PublicKey, key)
	must(tb, err)
	return tls.Certificate{Certificate: [][]byte{b}, PrivateKey: key}
}
