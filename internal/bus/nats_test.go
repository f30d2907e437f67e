package bus_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
)

// server finds a real nats-server; without one the test is skipped.
func server(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("FREELINE_TEST_NATS_SERVER"); path != "" {
		return path
	}
	if path, err := exec.LookPath("nats-server"); err == nil {
		return path
	}
	if path, err := filepath.Abs("../../.bin/nats-server"); err == nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("no nats-server: FREELINE_TEST_NATS_SERVER is not set and none is in PATH")
	return ""
}

// freePort asks the system for a port nobody has.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start runs a server until stop.
func start(t *testing.T, path string, port int) (stop func()) {
	t.Helper()
	cmd := exec.Command(path, "-a", "127.0.0.1", "-p", fmt.Sprint(port))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(stop)
	return stop
}

// node is a bus and what it heard.
func node(t *testing.T, url string, log *slog.Logger) (*bus.Cluster, chan bus.Hint) {
	t.Helper()
	b, err := bus.NATS(t.Context(), url, log)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan bus.Hint, 1000)
	stop := b.Subscribe(func(h bus.Hint) { heard <- h })
	t.Cleanup(func() {
		stop()
		b.Close()
	})
	return b, heard
}

// wait takes what is heard until it is want.
func wait(t *testing.T, heard chan bus.Hint, want bus.Hint) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for {
		select {
		case h := <-heard:
			if h == want {
				return
			}
		case <-deadline.C:
			t.Fatalf("%v was not heard", want)
		}
	}
}

// until asks again and again whether two nodes reach each other.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("it did not come about")
		}
	}
}

// meet publishes until the other node hears it: a server may learn of a
// subscription a moment later.
func meet(t *testing.T, from *bus.Cluster, heard chan bus.Hint) {
	t.Helper()
	want := bus.Hint{Topic: "meet", ID: rand.Text()}
	until(t, func() bool {
		from.Publish(want)
		for len(heard) > 0 {
			if h := <-heard; h == want {
				return true
			}
		}
		return false
	})
}

// Hints go from node to node; with the server dead each node goes on by itself,
// and when it is back they are told to look at all, and meet again.
func TestNodesHearEachOtherAndGoOnWithout(t *testing.T) {
	t.Parallel()
	path, port := server(t), freePort(t)
	stop := start(t, path, port)
	url := fmt.Sprintf("nats://127.0.0.1:%d", port)
	a, heardByA := node(t, url, slog.New(slog.DiscardHandler))
	b, heardByB := node(t, url, slog.New(slog.DiscardHandler))
	until(t, func() bool { return a.Connected() && b.Connected() })

	one := bus.Hint{Topic: "contact", ID: "c1", Seq: 7}
	meet(t, b, heardByA)
	meet(t, a, heardByB)
	b.Publish(one)
	wait(t, heardByA, one)
	wait(t, heardByB, one)
	b.Publish(bus.Hint{Topic: "second"})
	wait(t, heardByA, bus.Hint{Topic: "second"})
	a.Publish(bus.Hint{Topic: "last"}) // comes to b behind what would come back to her
	own := 0
	for h := range heardByB {
		if h.Topic == "second" {
			own++
		}
		if h.Topic == "last" {
			break
		}
	}
	if own != 1 {
		t.Errorf("b heard her own %d times, want once", own)
	}

	stop()
	until(t, func() bool { return !a.Connected() && !b.Connected() })
	alone := bus.Hint{Topic: "contact", ID: "c2", Seq: 1}
	a.Publish(alone)
	wait(t, heardByA, alone)

	start(t, path, port)
	wait(t, heardByA, bus.Hint{Topic: bus.Missed})
	wait(t, heardByB, bus.Hint{Topic: bus.Missed})
	meet(t, a, heardByB)
}

func TestStartsWithoutAServer(t *testing.T) {
	t.Parallel()
	path, port := server(t), freePort(t)
	b, heard := node(t, fmt.Sprintf("nats://127.0.0.1:%d", port), slog.New(slog.DiscardHandler))
	b.Publish(bus.Hint{Topic: "alone"})
	wait(t, heard, bus.Hint{Topic: "alone"})
	start(t, path, port)
	wait(t, heard, bus.Hint{Topic: bus.Missed})
	if !b.Connected() {
		t.Error("said to be cut off")
	}
}

// A word that is not ours, and one that is too long, are passed over.
func TestStrangersOnTheSubject(t *testing.T) {
	t.Parallel()
	path, port := server(t), freePort(t)
	start(t, path, port)
	b, heard := node(t, fmt.Sprintf("nats://127.0.0.1:%d", port), slog.New(slog.DiscardHandler))
	until(t, b.Connected)
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	long := `{"t":"` + strings.Repeat("x", 600) + `"}`
	fmt.Fprint(conn, "CONNECT {\"verbose\":false}\r\n")
	until(t, func() bool { // the server may learn of the subscription a moment later
		for _, s := range []string{"", "{", `{"i":"x"}`, long, `{"t":"last"}`} {
			fmt.Fprintf(conn, "PUB freeline.hint %d\r\n%s\r\n", len(s), s)
		}
		last := false
		for len(heard) > 0 {
			switch h := <-heard; h.Topic {
			case "last":
				last = true
			case bus.Missed:
			default:
				t.Errorf("heard %d bytes of a stranger", len(h.Topic)+len(h.ID))
			}
		}
		return last
	})
}

func TestBadAddressSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	_, err := bus.NATS(t.Context(), "nats://node:secret@exa mple.org:x", slog.New(slog.DiscardHandler))
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}
