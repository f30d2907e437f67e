// Package peer drives the programs of others against the line: real telephones
// (baresip), scripted ones (sipp), and the network between, in namespaces of its own
// and in bad weather. Each program is ended by the test that began it and has a time
// after which it is ended whatever it does. Numbers are only those that belong to
// nobody, +1 555 01xx.
package peer

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Need gives the path of a program, or ends the test where it is missing: skipped by
// name, or failed where CI is set. installs names what would install it.
func Need(tb testing.TB, program, installs string) string {
	tb.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		tb.Fatalf("missing program: %s (%s installs it)", program, installs)
	}
	tb.Skipf("missing program: %s (%s installs it)", program, installs)
	return ""
}

// telephones is the script that installs what this package drives.
const telephones = "test/peer/telephones.sh"

// A Program is one that runs beside the test.
type Program struct {
	cmd  *exec.Cmd
	gone chan struct{}
	err  error
}

// run begins a program, which is killed after most, and at the end of the test at the
// latest.
func run(tb testing.TB, most time.Duration, in *Namespace, dir, program string, args ...string) *Program {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), most)
	cmd := exec.CommandContext(ctx, program, args...)
	if in != nil {
		cmd = in.Command(ctx, program, args...)
	}
	cmd.Dir = dir
	out, err := os.OpenFile(dir+"/printed.txt", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	must(tb, err)
	cmd.Stdout, cmd.Stderr = out, out
	must(tb, cmd.Start())
	p := &Program{cmd: cmd, gone: make(chan struct{})}
	go func() { // ends with the program, which the deadline ends
		defer cancel()
		p.err = cmd.Wait()
		if ctx.Err() != nil {
			p.err = errors.Join(p.err, ctx.Err())
		}
		_ = out.Close()
		close(p.gone)
	}()
	tb.Cleanup(p.End)
	return p
}

// End ends it at once, if it still runs.
func (p *Program) End() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// Gone is closed when it has ended.
func (p *Program) Gone() <-chan struct{} { return p.gone }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// given counts the ports that were given out.
var given atomic.Int64

// freePort finds a port of an address, and the three after it, that nobody has, below
// those that outgoing connections take. It gives none twice: what programs have in a
// namespace is not seen from here.
func freePort(tb testing.TB, on netip.Addr) int {
	tb.Helper()
	for range 200 {
		port := 20000 + 4*((100*os.Getpid()+int(given.Add(1)))%3000)
		if !slices.ContainsFunc([]int{0, 1, 2, 3}, func(i int) bool { return taken(on, port+i) }) {
			return port
		}
	}
	tb.Fatal("no port is free")
	return 0
}

// taken tells whether somebody has a port, for UDP or for TCP. An address of a namespace
// is nobody's here, and so it is free.
func taken(on netip.Addr, port int) bool {
	at := netip.AddrPortFrom(on, uint16(port))
	u, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return errors.Is(err, syscall.EADDRINUSE)
	}
	defer u.Close()
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return true
	}
	return l.Close() != nil
}
