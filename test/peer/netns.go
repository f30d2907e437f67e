package peer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// A Namespace is a network of its own, joined to this machine's by one wire. What runs
// in it reaches Outside and nothing else, and no other address of the machine.
type Namespace struct {
	Inside  netip.Addr // its own address
	Outside netip.Addr // this machine's end of the wire
	Wire    string     // its end of the wire, as an interface

	name string
}

// made counts the namespaces of this process.
var made atomic.Int64

// NewNamespace makes a network, which goes with the test. It skips the test by name
// where the machine does not allow it.
func NewNamespace(tb testing.TB) *Namespace {
	tb.Helper()
	Need(tb, "ip", telephones)
	sweep()
	n := made.Add(1)
	pid := os.Getpid()
	// A wire takes four addresses of 198.18.0.0/15, which are set apart for tests of
	// networks (RFC 2544). Which, follows from the process.
	at := netip.AddrFrom4([4]byte{198, 18, 0, 0}).As4()
	index := (pid*16 + int(n)) % (1 << 15) * 4
	at[1], at[2], at[3] = 18+byte(index>>16), byte(index>>8), byte(index)
	ns := &Namespace{name: fmt.Sprintf("%s%d-%d", prefix, pid, n), Wire: "wire"}
	at[3]++
	ns.Outside = netip.AddrFrom4(at)
	at[3]++
	ns.Inside = netip.AddrFrom4(at)
	if out, err := ip("netns", "add", ns.name); err != nil {
		tb.Skipf("no network namespace may be made here: %s", out)
	}
	tb.Cleanup(func() {
		if out, err := ip("netns", "delete", ns.name); err != nil {
			tb.Errorf("a namespace stays behind: %s", out)
		}
	})
	outer := fmt.Sprintf("fl%d-%d", pid, n)
	for _, args := range [][]string{
		{"link", "add", outer, "type", "veth", "peer", "name", ns.Wire, "netns", ns.name},
		{"addr", "add", ns.Outside.String() + "/30", "dev", outer},
		{"link", "set", outer, "up"},
		{"-n", ns.name, "addr", "add", ns.Inside.String() + "/30", "dev", ns.Wire},
		{"-n", ns.name, "link", "set", ns.Wire, "up"},
		{"-n", ns.name, "link", "set", "lo", "up"},
	} {
		if out, err := ip(args...); err != nil {
			tb.Fatalf("ip %s: %s", strings.Join(args, " "), out)
		}
	}
	return ns
}

const prefix = "freeline-"

// sweep takes away what tests left that were killed.
func sweep() {
	all, err := os.ReadDir("/run/netns")
	if err != nil {
		return
	}
	for _, one := range all {
		rest, ours := strings.CutPrefix(one.Name(), prefix)
		by, _, _ := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(by)
		if !ours || err != nil {
			continue
		}
		if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			_, _ = ip("netns", "delete", one.Name())
		}
	}
}

func ip(args ...string) (string, error) {
	out, err := exec.Command("ip", args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// Command is a program that will run in the namespace.
func (n *Namespace) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", n.name, program}, args...)...)
}

// Within does something on a thread that is in the namespace. Sockets that are opened
// there stay there, whichever goroutine uses them later.
func (n *Namespace) Within(do func() error) error {
	done := make(chan error, 1)
	go func() { // returns at once; its thread is thrown away, since it is never unlocked
		runtime.LockOSThread()
		f, err := os.Open("/run/netns/" + n.name)
		if err != nil {
			done <- err
			return
		}
		defer f.Close()
		if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("enter a namespace: %w", err)
			return
		}
		done <- do()
	}()
	return <-done
}
