package trunk_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// mark is a number that must be nowhere.
const mark = "15550199"

// torture reads the messages of RFC 4475, which the library brings along.
func torture(t testing.TB) map[string][]byte {
	t.Helper()
	file, _ := runtime.FuncForPC(reflect.ValueOf(sip.ParseMessage).Pointer()).FileLine(reflect.ValueOf(sip.ParseMessage).Pointer())
	found, err := filepath.Glob(filepath.Join(filepath.Dir(file), "testdata", "torture", "*", "*.dat"))
	if err != nil || len(found) < 49 {
		t.Fatalf("%d messages of RFC 4475 are beside %s", len(found), file)
	}
	all := map[string][]byte{}
	for _, f := range found {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = b
	}
	return all
}

// malformed is a call of the marked number, spoilt in every way that came to mind.
func malformed(to netip.AddrPort) map[string][]byte {
	good := strings.Join([]string{
		"INVITE sip:1109@" + to.String() + " SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK" + mark, "Max-Forwards: 70",
		"From: \"" + mark + "\" <sip:+" + mark + "@example.org>;tag=" + mark, "To: <sip:1109@example.org>", "Call-ID: " + mark,
		"CSeq: 1 INVITE", "Contact: <sip:+" + mark + "@127.0.0.1:9>", "P-Asserted-Identity: <tel:+" + mark + ">", "Identity: " + mark,
		"Content-Type: application/sdp", fmt.Sprintf("Content-Length: %d", len(offer("sendrecv"))), "", offer("sendrecv"),
	}, "\r\n")
	all := map[string][]byte{}
	add := func(name, s string) { all[name] = []byte(s) }
	head, body, _ := strings.Cut(good, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	for i := range lines {
		without := append(slices.Clone(lines[:i]), lines[i+1:]...)
		add(fmt.Sprint("without line ", i), strings.Join(without, "\r\n")+"\r\n\r\n"+body)
		name, value, ok := strings.Cut(lines[i], ":")
		for how, line := range map[string]string{
			"no colon": name + " " + value, "empty": name + ":", "twice": lines[i] + "\r\n" + lines[i], "a number": name + ": " + mark, "quoted": name + ": \"" + mark,
			"angle": name + ": <" + mark, "angles": name + ": <<sip:" + mark + "@>>;=;;tag", "nul": name + ":\x00" + mark, "eight": name + ": \xff\xfe" + mark,
			"folded": name + ":\r\n  " + value, "semicolons": name + ": ;;;;" + mark, "comma": name + ": " + value + "," + mark, "long": name + ": " + strings.Repeat(mark, 500),
		} {
			if ok || i == 0 {
				with := slices.Clone(lines)
				with[i] = line
				add(fmt.Sprintf("line %d %s", i, how), strings.Join(with, "\r\n")+"\r\n\r\n"+body)
			}
		}
	}
	for i := 0; i < len(good); i += 17 {
		add(fmt.Sprint("cut at ", i), good[:i])
	}
	for _, version := range []string{"SIP/1.0", "SIP/2.0 x", "HTTP/1.1", ""} {
		add("version "+version, strings.Replace(good, "SIP/2.0\r\n", version+"\r\n", 1))
	}
	for _, method := range []string{"ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "REFER", "MESSAGE", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "PRACK", mark} {
		add("method "+method, strings.ReplaceAll(good, "INVITE", method))
		add("another method "+method, strings.Replace(good, "INVITE", method, 1))
		add("of a call "+method, strings.ReplaceAll(strings.Replace(good, "To: <sip:1109@example.org>", "To: <sip:1109@example.org>;tag="+mark, 1), "INVITE", method))
	}
	for _, code := range []string{"100", "180", "200", "401", "486", "603", "999", "-1", mark} {
		add("answer "+code, strings.Replace(good, lines[0], "SIP/2.0 "+code+" "+mark, 1))
	}
	add("line feeds", strings.ReplaceAll(good, "\r\n", "\n"))
	add("words", "INFO\r\n"+mark+" garbage\r\n\r\n")
	add("to somebody", strings.Replace(good, "INVITE sip:1109@", "INVITE sip:"+mark+"@nowhere.example.org:1;maddr=", 1))
	add("from somewhere", strings.Replace(good, "127.0.0.1:9;branch", mark+".example.org:99999;branch", 1))
	add("length of another", strings.Replace(good, "Content-Length: ", "Content-Length: 9", 1))
	add("less than it says", strings.Replace(good, "Content-Length: ", "Content-Length: -", 1))
	add("parts", strings.Replace(good, "application/sdp", "multipart/mixed;boundary="+mark, 1))
	return all
}

// TestChild is a process whose every word is kept by another test.
func TestChild(t *testing.T) {
	if os.Getenv("FREELINE_TEST_CHILD") == "" {
		t.Skip("started by another test")
	}
	c := config(func(c *trunk.Config) {
		c.Listen = append(c.Listen, trunk.Listen{Transport: "tcp", Addr: "127.0.0.1:0"})
		c.Trunks[0].Rate = 1e6
		c.Trunks[0].Plain = true
	})
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	slog.SetDefault(log)
	s, err := trunk.New(c, answering(t, nil), log)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-s.Ready()
		_, _ = fmt.Fprintf(os.Stdout, "%s %s\n", s.Addr("udp"), s.Addr("tcp"))
	}()
	_ = s.Run(t.Context())
}

// The library prints whole messages that it cannot read. Of a process of ours nothing
// of them may come out, on any level, and none may bring it down.
func TestNothingOfAMessageIsPutOut(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestChild$", "-test.timeout", "2m")
	cmd.Env = append(os.Environ(), "FREELINE_TEST_CHILD=1")
	var errs logged
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	var at, stream string
	if _, err := fmt.Fscan(r, &at, &stream); err != nil {
		t.Fatalf("it does not begin: %v, %s", err, errs.String())
	}
	rest := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(r)
		rest <- string(b)
	}()
	p := newPeer(t, netip.MustParseAddrPort(at))
	all := malformed(p.to)
	for name, b := range torture(t) {
		all[name] = bytes.ReplaceAll(b, []byte("sip:"), []byte("sip:"+mark))
		all["plain "+name] = b
	}
	for name, b := range all {
		p.raw(string(b))
		if c, err := net.Dial("tcp", stream); err == nil {
			_, _ = c.Write(b)
			_ = c.Close()
		} else {
			t.Errorf("after %q it takes no connection: %v", name, err)
		}
	}
	q := newPeer(t, p.to)
	q.number = "+" + mark
	q.up()
	q.down()
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("it has ended: %v", err)
	}
	said := await(t, rest)
	_ = cmd.Wait()
	said += errs.String()
	t.Logf("%d messages, %d bytes put out", len(all), len(said))
	if len(all) < 300 || !strings.Contains(said, "failed to parse") {
		t.Errorf("nothing was said of %d messages: what would have leaked?", len(all))
	}
	quiet(t, said, mark, "127.0.0.1:", "example.org", "INVITE", "Via", "panic", "goroutine ")
}

// RFC 4475 through our handlers, by a real socket: no call is stuck, and nothing stays
// behind (serve looks after that).
func TestTorture(t *testing.T) {
	l := serve(t, answering(t, nil), config(func(c *trunk.Config) { c.Trunks[0].Rate = 1e6 }))
	p := newPeer(t, l.Addr("udp"))
	all := torture(t)
	codes := map[string]int{}
	for name, b := range all {
		p.raw(string(b))
		// An answer comes where the message says, if at all: the next one tells that it
		// was dealt with.
		q := newPeer(t, l.Addr("udp"))
		q.send("OPTIONS", "")
		q.want("OPTIONS", 200)
		_ = p.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		buf := make([]byte, 65536)
		if n, err := p.conn.Read(buf); err == nil {
			if m, err := sip.ParseMessage(buf[:n]); err == nil {
				if r, ok := m.(*sip.Response); ok {
					codes[name] = r.StatusCode
				}
			}
		}
	}
	t.Logf("%d messages; answered at once: %v", len(all), codes)
	l.empty(t)
}

// Her passport is dropped while it is read.
func TestPassportIsDropped(t *testing.T) {
	p := newPeer(t, nobody)
	m, err := trunk.Parse([]byte(p.text("INVITE", "", "Identity: "+mark, "y: "+mark, "IDENTITY: "+mark+";info=<https://"+mark+">")))
	if err != nil {
		t.Fatal(err)
	}
	quiet(t, m.String(), mark)
}

// A scanner does not fill the log.
func TestQuietLogIsShort(t *testing.T) {
	var out logged
	log := trunk.Quiet(slog.New(slog.NewTextHandler(&out, nil)))
	for range 5000 {
		log.Error("failed to parse", "data", mark, "error", mark)
		log.With("caller", mark).WithGroup(mark).Warn("of " + mark)
		log.Info("failed to parse")
	}
	if n := strings.Count(out.String(), "\n"); n == 0 || n > 10 {
		t.Errorf("it has %d lines", n)
	}
	quiet(t, out.String(), mark)
	if !strings.Contains(out.String(), "failed to parse") {
		t.Error("it says nothing of what failed")
	}
}

// Whatever comes by the socket: no panic, and the service goes on. What is within a
// call has the call's own words for $call, $ours and $theirs.
func FuzzDatagram(f *testing.F) {
	for _, b := range torture(f) {
		f.Add(b)
	}
	for _, b := range malformed(nobody) {
		f.Add(b)
	}
	for _, method := range []string{"INVITE", "UPDATE", "INFO", "ACK", "CANCEL", "REFER", "OPTIONS", "PRACK"} {
		f.Add([]byte(method + " sip:line@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKf;rport\r\nFrom: <sip:+15550147@example.org>;tag=$ours\r\n" +
			"To: <sip:1109@example.org>;tag=$theirs\r\nCall-ID: $call\r\nCSeq: 900 " + method + "\r\nContact: <sip:x@127.0.0.1>\r\nSession-Expires: 90;refresher=uac\r\n" +
			"Supported: timer\r\nContent-Type: application/sdp\r\n\r\n" + offer("sendonly")))
	}
	log := &logged{}
	s, err := trunk.New(config(func(c *trunk.Config) { c.Trunks[0].Rate = 1e9 }), answering(nil, nil), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		f.Fatal(err)
	}
	go func() { _ = s.Run(f.Context()) }()
	<-s.Ready()
	call := newPeer(f, s.Addr("udp"))
	call.up()
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 60_000 {
			return
		}
		b = bytes.ReplaceAll(b, []byte("$call"), []byte(call.call))
		b = bytes.ReplaceAll(b, []byte("$ours"), []byte(call.ours))
		b = bytes.ReplaceAll(b, []byte("$theirs"), []byte(call.theirs))
		call.t = t
		call.raw(string(b))
		p := newPeer(t, s.Addr("udp"))
		p.send("OPTIONS", "")
		p.want("OPTIONS", 200)
		_ = p.conn.Close()
		if strings.Contains(log.String(), "fault of ours") {
			t.Fatal("a handler failed")
		}
	})
}
