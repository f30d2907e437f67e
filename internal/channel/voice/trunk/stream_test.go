package trunk_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// readStream reads one message.
func readStream(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	length := 0
	for {
		s, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("no more: %v after %q", err, head.String())
		}
		head.WriteString(s)
		if v, ok := strings.CutPrefix(s, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if s == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	return head.String() + string(body)
}

// overStream has a call over a connection: she calls, and our end hangs up by the same
// connection.
func overStream(t *testing.T, conn net.Conn, transport string) {
	t.Helper()
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(soon))
	r := bufio.NewReader(conn)
	send := func(method string, seq int, to, body string) {
		kind := ""
		if body != "" {
			kind = "Content-Type: application/sdp\r\n"
		}
		fmt.Fprintf(conn, "%s sip:1109@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/%s 10.1.2.3;branch=z9hG4bK%s%d;rport\r\nFrom: <sip:+15550147@example.org>;tag=a\r\n"+
			"To: <sip:1109@127.0.0.1>%s\r\nCall-ID: stream\r\nCSeq: %d %s\r\nContact: <sip:a@10.1.2.3;transport=%s>\r\nMax-Forwards: 70\r\n%sContent-Length: %d\r\n\r\n%s",
			method, transport, method, seq, to, seq, method, strings.ToLower(transport), kind, len(body), body)
	}
	send("INVITE", 1, "", offer("sendrecv"))
	res := ""
	for !strings.HasPrefix(res, "SIP/2.0 200") {
		res = readStream(t, r)
	}
	_, tag, _ := strings.Cut(res, "To: ")
	tag, _, _ = strings.Cut(tag, "\r\n")
	_, tag, _ = strings.Cut(tag, ";")
	if !strings.Contains(res, "transport="+strings.ToLower(transport)) {
		t.Errorf("its contact is not by %s:\n%s", transport, res)
	}
	send("ACK", 1, ";"+tag, "")
	for !strings.HasPrefix(res, "BYE ") {
		res = readStream(t, r)
	}
	var answer strings.Builder
	for l := range strings.Lines(res) {
		for _, h := range []string{"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "} {
			if strings.HasPrefix(l, h) {
				answer.WriteString(l)
			}
		}
	}
	fmt.Fprintf(conn, "SIP/2.0 200 OK\r\n%sContent-Length: 0\r\n\r\n", answer.String())
}

// leaving takes a call and hangs up.
func leaving(t *testing.T) trunk.Handler {
	return func(ctx context.Context, d *trunk.Dialog) {
		take(ctx, t, d)
		if err := d.Hangup(context.Background()); err != nil {
			t.Errorf("got %v", err)
		}
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	self := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, self, self, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestCallOverTLS(t *testing.T) {
	cert, pool := certificate(t)
	l := serve(t, leaving(t), config(func(c *trunk.Config) {
		c.Listen = append(c.Listen, trunk.Listen{Transport: "tls", Addr: "127.0.0.1:0"})
		c.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, RootCAs: pool}
	}))
	conn, err := tls.Dial("tcp", l.Addr("tls").String(), &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	overStream(t, conn, "TLS")
	l.empty(t)
}

// Two of us call each other, by each transport.
func TestDialByEachTransport(t *testing.T) {
	cert, pool := certificate(t)
	conf := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, RootCAs: pool}
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			seen := make(chan trunk.Event, 8)
			there := serve(t, answering(t, seen), config(func(c *trunk.Config) {
				c.Listen, c.TLS = []trunk.Listen{{Transport: transport, Addr: "127.0.0.1:0"}}, conf
				c.Trunks[0].Transport = transport
			}))
			here := start(t, answering(t, nil), config(func(c *trunk.Config) {
				c.Listen, c.TLS = []trunk.Listen{{Transport: transport, Addr: "127.0.0.1:0"}}, conf
				c.Trunks = []trunk.Trunk{{Name: "other", Transport: transport, Targets: []string{there.Addr(transport).String()}}}
			}))
			t.Cleanup(here.stop) // serve looks for what both leave behind
			eventually(t, "it is there", func() bool { return here.Health()[0].Up() })
			r := await(t, here.dial(t.Context(), t, "+15550100", nil))
			if r.err != nil {
				t.Fatal(r.err)
			}
			await(t, seen)
			if err := r.d.Hangup(t.Context()); err != nil {
				t.Errorf("got %v", err)
			}
			if e, ok := await(t, seen).(trunk.Ended); !ok || e.By != trunk.Peer {
				t.Errorf("got %#v", e)
			}
			there.empty(t)
			here.empty(t)
		})
	}
}

// Connections that say nothing, or nonsense, are few and leave nothing behind.
func TestConnectionsOfAScanner(t *testing.T) {
	l := serve(t, answering(t, nil), config(func(c *trunk.Config) {
		c.Listen = append(c.Listen, trunk.Listen{Transport: "tcp", Addr: "127.0.0.1:0"})
	}))
	var open atomic.Int32
	var conns []net.Conn
	var reading sync.WaitGroup
	for range 40 {
		c, err := net.Dial("tcp", l.Addr("tcp").String())
		if err != nil {
			continue
		}
		conns = append(conns, c)
		reading.Go(func() {
			_ = c.SetReadDeadline(time.Now().Add(time.Second))
			if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				open.Add(1)
			}
		})
	}
	reading.Wait()
	if n := open.Load(); n == 0 || n > 16 {
		t.Errorf("%d connections of one source are open", n)
	}
	for _, c := range conns {
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: +15550147\r\n\r\n")
		_ = c.Close()
	}
	c, err := net.Dial("tcp", l.Addr("tcp").String())
	eventually(t, "a place is free again", func() bool {
		if err == nil {
			fmt.Fprintf(c, "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:x@b>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
			_ = c.SetReadDeadline(time.Now().Add(time.Second))
			if n, _ := c.Read(make([]byte, 100)); n > 0 {
				return true
			}
			_ = c.Close()
		}
		c, err = net.Dial("tcp", l.Addr("tcp").String())
		return false
	})
	_ = c.Close()
	quiet(t, l.log.String(), "5550147")
}

func TestGate(t *testing.T) {
	hand := &clock{at: time.Unix(1e9, 0)}
	c := config(func(c *trunk.Config) {
		c.Clock = hand.now
		c.Trunks[0].Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
		c.Trunks[0].Rate = 10
	})
	l := serve(t, answering(t, nil), c)
	in, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	admitted := func(a netip.Addr, text string, n int) (got int) {
		for range n {
			if l.Admits(a, []byte(text)) {
				got++
			}
		}
		return got
	}
	if got := admitted(netip.MustParseAddr("198.51.100.1"), "INVITE sip:x", 10); got != 0 {
		t.Errorf("%d messages of a stranger are read", got)
	}
	if got := admitted(in, "INVITE sip:x", 1000); got != 50 {
		t.Errorf("%d of a flood are read, want 5 s of 10 a second", got)
	}
	if got := admitted(in, "BYE sip:x", 10); got != 10 {
		t.Errorf("%d of 10 words within calls are read while it floods", got)
	}
	if got := admitted(other, "INVITE sip:x", 10); got != 10 {
		t.Errorf("%d of 10 of its neighbour are read", got)
	}
	hand.turn(time.Second)
	if got := admitted(in, "INVITE sip:x", 1000); got != 10 {
		t.Errorf("%d are read after a second, want 10", got)
	}
	for i := range 300 { // one house
		admitted(netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1)), "INVITE sip:x", 1)
	}
	if got := l.Sources(); got != 3 {
		t.Errorf("%d sources are counted, want 3", got)
	}
	for i := range 10000 { // many houses
		admitted(netip.MustParseAddr(fmt.Sprintf("2001:db8:0:%x::1", i+1)), "INVITE sip:x", 1)
	}
	if got := l.Sources(); got > 4096 {
		t.Errorf("%d sources are counted", got)
	}
	hand.turn(time.Minute)
	if got := admitted(netip.MustParseAddr("2001:db8:1::1"), "INVITE sip:x", 10); got != 10 {
		t.Errorf("%d of 10 of a new one are read when the others have gone", got)
	}
}

// A stranger gets no answer, whatever he says.
func TestStrangersAreNotAnswered(t *testing.T) {
	l := serve(t, func(_ context.Context, _ *trunk.Dialog) { t.Error("it was taken") }, config(func(c *trunk.Config) {
		c.Trunks[0].Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	}))
	p := newPeer(t, l.Addr("udp"))
	for _, method := range []string{"OPTIONS", "INVITE", "REGISTER", "BYE"} {
		p.send(method, "")
	}
	p.raw("nonsense\r\n\r\n")
	if m := p.read(20 * t1); m != nil {
		t.Errorf("it says\n%s", m)
	}
}
