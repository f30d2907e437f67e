package peer

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// A Phone says what kind of telephone baresip is.
type Phone struct {
	In        *Namespace // where it stands; baresip takes no loopback for a network
	Hz        float64    // of the tone that is spoken into it, all the time
	Codec     string     // "pcmu", the default, or "pcma"
	Transport string     // "udp", the default, "tcp" or "tls"
	SRTP      bool       // sound goes by SRTP with keys in the signalling (RFC 4568), or not at all
	Answers   bool       // calls to it are taken at once
	From      string     // its number; default [Nobody]
}

// A Baresip is a real telephone.
type Baresip struct {
	*Program
	At   string // host and port where it can be called
	tb   testing.TB
	dir  string
	conn net.Conn

	mu     sync.Mutex
	events []event
	seen   int           // of them, by who waits
	heard  chan struct{} // closed at the next
}

// event is what it says by itself.
type event struct {
	Event bool   `json:"event"`
	Type  string `json:"type"`
	Param string `json:"param"`
	OK    bool   `json:"ok"`
	Data  string `json:"data"`
	Token string `json:"token"`
}

// Start begins the telephone and waits until it can be used. It ends with the test.
func (p Phone) Start(tb testing.TB) *Baresip {
	tb.Helper()
	program := Need(tb, "baresip", telephones)
	b := &Baresip{tb: tb, dir: tb.TempDir(), heard: make(chan struct{})}
	control := freePort(tb, p.In.Outside)
	listen := control + 2 // TLS listens on the next
	b.At = net.JoinHostPort(p.In.Inside.String(), strconv.Itoa(listen))
	tone := filepath.Join(b.dir, "tone.wav")
	WriteTone(tb, tone, p.Hz)
	must(tb, os.WriteFile(filepath.Join(b.dir, "config"), []byte(p.config(b.dir, tone, control, listen)), 0o600))
	must(tb, os.WriteFile(filepath.Join(b.dir, "accounts"), []byte(p.account()), 0o600))
	must(tb, os.WriteFile(filepath.Join(b.dir, "contacts"), nil, 0o600))
	b.Program = run(tb, 10*time.Minute, p.In, b.dir, program, "-4", "-f", b.dir)
	b.connect(net.JoinHostPort(p.In.Inside.String(), strconv.Itoa(control)))
	return b
}

// WriteTone writes two minutes of a tone as a WAV file, for who speaks one: baresip hangs up
// at its end. It can be played again and again without a click where its frequency is a
// whole number.
func WriteTone(tb testing.TB, path string, hz float64) {
	tb.Helper()
	f := make([]int16, 120*audio.Rate)
	audio.NewTone(0, ToneLevel, hz).Next(f)
	writeWAV(tb, path, f)
}

// WriteBursts writes a tone that comes and goes as syllables do: a browser takes what does
// not end for noise, and takes it out.
func WriteBursts(tb testing.TB, path string, hz float64) {
	tb.Helper()
	f := make([]int16, 10*audio.Rate)
	for at := 0; at < len(f); at += audio.Rate / 2 {
		audio.NewTone(0, ToneLevel, hz).Next(f[at : at+audio.Rate/5])
	}
	writeWAV(tb, path, f)
}

func writeWAV(tb testing.TB, path string, f []int16) {
	tb.Helper()
	out, err := os.Create(path)
	must(tb, err)
	must(tb, audio.NewClip(f).WriteWAV(out))
	must(tb, out.Close())
}

// ToneLevel is how loud the tones of tests are.
const ToneLevel = -15

// config is its file. The accounts come last: what is set in them of codecs and of SRTP
// is ignored, without a word, where these modules are not loaded yet.
func (p Phone) config(dir, tone string, control, listen int) string {
	lines := []string{
		"sip_listen " + net.JoinHostPort(p.In.Inside.String(), strconv.Itoa(listen)),
		"call_max_calls 4",
		"audio_player aubridge,heard",
		"audio_source aufile," + tone,
		"audio_alert aubridge,rung",
		"ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1",
		"ringback_disabled yes",
		"rtcp_mux no",
		"jitter_buffer_delay 1-5",
		"net_interface " + p.In.Wire,
		"module_path /usr/lib/baresip/modules",
		"module g711.so", "module sndfile.so", "module aufile.so", "module aubridge.so", "module srtp.so",
		"module_tmp account.so",
		"module_app menu.so", "module_app ctrl_tcp.so",
		"ctrl_tcp_listen " + net.JoinHostPort(p.In.Inside.String(), strconv.Itoa(control)),
		"snd_path " + dir,
	}
	return strings.Join(lines, "\n") + "\n"
}

func (p Phone) account() string {
	line := fmt.Sprintf("<sip:%s@%s;transport=%s>;regint=0;audio_codecs=%s/8000/1", cmp.Or(p.From, Nobody), p.In.Inside, cmp.Or(p.Transport, "udp"), cmp.Or(p.Codec, "pcmu"))
	if p.SRTP {
		line += ";mediaenc=srtp-mand"
	}
	if p.Answers {
		line += ";answermode=auto"
	}
	return line + "\n"
}

// connect reaches its control, which is there a moment after the program.
func (b *Baresip) connect(at string) {
	b.tb.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) { // it shows in no other way
		conn, err := net.DialTimeout("tcp", at, time.Second)
		if err == nil {
			b.conn = conn
			break
		}
		select {
		case <-b.Gone():
			b.tb.Fatalf("baresip ended: %s", b.Printed())
		default:
		}
		if time.Now().After(until) {
			b.tb.Fatalf("baresip does not answer: %v: %s", err, b.Printed())
		}
	}
	var reading sync.WaitGroup
	reading.Go(b.read)
	b.tb.Cleanup(func() { _ = b.conn.Close(); reading.Wait() })
}

// read takes what it says, each as length:JSON, (a netstring).
func (b *Baresip) read() {
	r := bufio.NewReader(b.conn)
	for {
		head, err := r.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
		if err != nil || n < 0 || n > 1<<20 {
			return
		}
		body := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var e event
		if json.Unmarshal(body[:n], &e) != nil {
			continue
		}
		b.mu.Lock()
		b.events = append(b.events, e)
		close(b.heard)
		b.heard = make(chan struct{})
		b.mu.Unlock()
	}
}

// Do has it do something, and waits until it says that it is done.
func (b *Baresip) Do(command, params string) {
	b.tb.Helper()
	b.mu.Lock()
	token := fmt.Sprint(len(b.events), "-", time.Now().UnixNano())
	b.mu.Unlock()
	m, err := json.Marshal(map[string]string{"command": command, "params": params, "token": token})
	must(b.tb, err)
	_, err = fmt.Fprintf(b.conn, "%d:%s,", len(m), m)
	must(b.tb, err)
	_, done := b.until("an answer to "+command, 0, func(e event) bool { return e.Token == token })
	if !done.OK {
		b.tb.Fatalf("baresip refuses %s: %s", command, done.Data)
	}
}

// Dial calls an address, such as sip:+15550109@198.18.0.1:5060.
func (b *Baresip) Dial(uri string) { b.tb.Helper(); b.Do("dial", uri) }

// Press presses keys, with room between: of two that follow at once the second is lost.
func (b *Baresip) Press(keys string) {
	b.tb.Helper()
	for _, k := range keys {
		b.Do("sndcode", string(k))
		time.Sleep(300 * time.Millisecond) // as long as a key takes; it says nothing of it
	}
}

// Hold holds the call.
func (b *Baresip) Hold() { b.tb.Helper(); b.Do("hold", "") }

// Resume takes it up again.
func (b *Baresip) Resume() { b.tb.Helper(); b.Do("resume", "") }

// HangUp ends the call.
func (b *Baresip) HangUp() { b.tb.Helper(); b.Do("hangup", "") }

// Established waits until a call is up.
func (b *Baresip) Established() { b.tb.Helper(); b.Says("CALL_ESTABLISHED") }

// Closed waits until a call has ended, and gives why.
func (b *Baresip) Closed() string { b.tb.Helper(); return b.Says("CALL_CLOSED") }

// Says waits until it has said something of this type, after what was waited for last,
// and gives what it said of it.
func (b *Baresip) Says(kind string) string {
	b.tb.Helper()
	i, e := b.until(kind, b.seen, func(e event) bool { return e.Event && e.Type == kind })
	b.seen = i + 1
	return e.Param
}

func (b *Baresip) until(what string, from int, is func(event) bool) (int, event) {
	b.tb.Helper()
	deadline := time.After(20 * time.Second)
	for {
		b.mu.Lock()
		for i, e := range b.events[from:] {
			if is(e) {
				b.mu.Unlock()
				return from + i, e
			}
		}
		heard := b.heard
		b.mu.Unlock()
		select {
		case <-heard:
		case <-b.Gone():
			b.tb.Fatalf("baresip ended before %s: %s", what, b.Printed())
		case <-deadline:
			b.tb.Fatalf("baresip does not say %s: %s", what, b.Printed())
		}
	}
}

// Heard is what it has heard so far, at [audio.Rate].
func (b *Baresip) Heard() []int16 {
	b.tb.Helper()
	all, err := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
	must(b.tb, err)
	if len(all) == 0 {
		return nil
	}
	f, err := os.ReadFile(all[len(all)-1])
	must(b.tb, err)
	if len(f) < 44 {
		return nil
	}
	return samples(f[44:]) // its length is written only as the call ends
}

// samples reads 16-bit little-endian ones.
func samples(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
	}
	return out
}

// Printed is what it has printed, for a test that is disappointed.
func (b *Baresip) Printed() string {
	f, err := os.ReadFile(filepath.Join(b.dir, "printed.txt"))
	if err != nil {
		return err.Error()
	}
	return string(f[max(0, len(f)-3000):])
}
