//go:build !race

package trunk_test

import (
	"bytes"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

// sipp runs a scenario in a directory of its own, with its pcaps.
func sipp(t *testing.T, args ...string) (wait func()) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink("/usr/share/sip-tester", filepath.Join(dir, "pcap")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sipp", append(args, "-i", "127.0.0.1", "-nostdin", "-trace_err", "-timeout", "60s", "-timeout_error")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=dumb")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			said, _ := filepath.Glob(filepath.Join(dir, "*_errors.log"))
			for _, f := range said {
				b, _ := os.ReadFile(f)
				out.Write(b)
			}
			t.Errorf("sipp %v: %v\n%s", args, err, out.Bytes()[max(0, out.Len()-3000):])
		}
	}
}

// free is the first of so many UDP ports that nobody has, and that the system gives to
// nobody by itself: sipp takes four for its sound, and gives up where one is taken.
func free(t *testing.T, many int) string {
	t.Helper()
	for range 1000 {
		first := 12100 + 4*rand.N(1000)
		ok := true
		for i := range many {
			c, err := net.ListenPacket("udp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+i)))
			if ok = ok && err == nil; err == nil {
				_ = c.Close()
			}
		}
		if ok {
			return strconv.Itoa(first)
		}
	}
	t.Fatal("no ports are free")
	return ""
}

// sipp's own scenarios, and two of ours with a session timer and with offers that meet, all
// at once: those that call us, and the one that we call. No call is stuck, and nothing stays
// behind.
func TestScenariosOfSipp(t *testing.T) {
	if _, err := exec.LookPath("sipp"); err != nil {
		t.Skip("sipp is not installed")
	}
	port := free(t, 1)
	l := serve(t, answering(t, nil), config(func(c *trunk.Config) {
		c.Hurry(30 * time.Millisecond)
		c.Trunks = append(c.Trunks, trunk.Trunk{Name: "sipp", Transport: "udp", Ping: -1, Targets: []string{"127.0.0.1:" + port}})
	}))
	to := l.Addr("udp").String()
	ours := func(name string) string {
		path, err := filepath.Abs(filepath.Join("testdata", name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	var all []func()
	all = append(all,
		sipp(t, "-sn", "uac", "-m", "100", "-r", "50", "-d", "200", "-mp", free(t, 4), to),
		sipp(t, "-sn", "regexp", "-m", "20", "-r", "20", "-mp", free(t, 4), to),
		sipp(t, "-sf", ours("session"), "-m", "5", "-r", "20", "-mp", free(t, 4), to),
		sipp(t, "-sf", ours("glare"), "-m", "5", "-r", "20", "-mp", free(t, 4), to),
		sipp(t, "-sn", "uac_pcap", "-m", "3", "-r", "3", "-mp", free(t, 4), to),
		// Where it is slow an INVITE comes again before it has answered: no reason to give up.
		sipp(t, "-sn", "uas", "-p", port, "-m", "10", "-mp", free(t, 4), "-default_behaviors", "all,-abortunexp"),
	)
	var calls sync.WaitGroup
	for range 10 {
		calls.Go(func() {
			select {
			case r := <-l.dial(t.Context(), t, "+15550100", nil):
				if r.err != nil {
					t.Errorf("sipp does not answer: %v", r.err)
					return
				}
				if err := r.d.Hangup(t.Context()); err != nil {
					t.Errorf("got %v", err)
				}
			case <-time.After(soon):
				t.Error("sipp does not answer in time")
			}
		})
	}
	calls.Wait()
	for _, wait := range all {
		wait()
	}
	l.empty(t)
}
