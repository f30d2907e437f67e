package load

import (
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// NATS starts a real server, and gives its address and what ends it.
func NATS(tb testing.TB) (url string, stop func()) {
	tb.Helper()
	path := os.Getenv("FREELINE_TEST_NATS_SERVER")
	if path == "" {
		tb.Skip("FREELINE_TEST_NATS_SERVER names no program")
	}
	at := Free(tb)
	host, port, err := net.SplitHostPort(at)
	must(tb, err)
	cmd := exec.Command(path, "-a", host, "-p", port)
	must(tb, cmd.Start())
	stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	tb.Cleanup(stop)
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) { // it shows in no other way that it listens
		if c, err := net.Dial("tcp", at); err == nil {
			_ = c.Close()
			return "nats://" + at, stop
		}
	}
	tb.Fatal("NATS does not listen")
	return "", nil
}
