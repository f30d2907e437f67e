package bench_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/bench"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/peer"
	"github.com/freeline-org/freeline/test/voice"
)

const (
	speaks = 20 * time.Second // how long sound is measured
	warm   = 10               // calls before what a call holds is measured
)

// calls measures the telephone of the program as it is shipped, in a process of its own: how
// soon a call rings and is heard, and what the bridge between SIP and browsers costs and
// adds. Who calls and who answers stand in another network, in this process; it has the same
// processors, so what it takes is shown, and what anything else on the machine takes.
func calls(t testing.TB, table *bench.Table) {
	ns := peer.NewNamespace(t)
	goals := []struct {
		calls int
		late  float64 // ms
	}{{100, 10}, {200, 20}}
	people := make([]staff.Person, goals[len(goals)-1].calls)
	for i := range people {
		people[i] = voice.Hand(fmt.Sprintf("Advocate %d", i), hotline.Advocate)
	}
	must(t, load.Build())
	l := voice.Found(t, ns.Outside, netip.PrefixFrom(ns.Inside, 32), people...)
	l.Set(func(c *config.Config) {
		_, port, err := net.SplitHostPort(c.Voice.Browsers)
		must(t, err)
		c.Voice.Browsers = net.JoinHostPort(ns.Outside.String(), port)
	})
	x := &exchange{t: t, line: l, traffic: begin(t, ns), rings: make(chan time.Time, 64)}
	x.open()
	x.fill(warm) // what is held once, as the cache of the database, is no call's
	x.measure()
	before := x.node.Own()
	for _, g := range goals {
		name := fmt.Sprintf("%d calls: ", g.calls)
		x.fill(g.calls)
		m := x.measure()
		n := float64(g.calls)
		table.Shown(name+"CPU of a bridged call", "", m.line/n, "ms/s")
		table.Shown(name+"the same, of the load generator beside it", "", m.load/n, "ms/s")
		table.Shown(name+"CPU of all else on this machine", "", m.other/10, "% of a core")
		for _, way := range []struct {
			name string
			*gauge
		}{{"to the advocate", &x.toDesk}, {"to the caller", &x.toPhone}} {
			took, sent := way.read()
			table.Shown(name+"added latency "+way.name+", p50", "", bench.Percentile(took, 50), "ms")
			table.AtMost(name+"added latency "+way.name+", p99", "", bench.Percentile(took, 99), "ms", g.late)
			table.AtMost(name+"lost on the way "+way.name, "", 100*float64(sent-len(took))/float64(sent), "%", 0.1)
		}
		table.Shown(name+"the load generator was late, p99", "", bench.Percentile(m.late, 99), "ms")
		table.AtMost(name+"memory of each beyond the first ten, with its advocate's browser", "", float64(x.node.Own()-before)/(n-warm)/1024, "KiB", 300)
	}
	table.Shown("call in to answered by the line, p95", "", bench.Percentile(x.taken, 95), "ms")
	table.AtMost("call in to ringing at a desk (9 is pressed at once), p95", "", bench.Percentile(x.rang, 95), "ms", 300)
	table.AtMost("answered at the desk to heard both ways, p95", "", bench.Percentile(x.heard, 95), "ms", 300)
	x.close()
}

// An exchange is a line with all who talk over it.
type exchange struct {
	*traffic
	t     testing.TB
	line  *voice.Line
	node  *load.Node
	desks []*load.Advocate
	phone *telephone.Phone
	calls []*telephone.Call
	rings chan time.Time // an offer came to a desk

	taken, rang, heard []time.Duration
}

// open begins the line and has everybody sit down at her desk. It is begun anew after the
// sign-ins, whose slow hashes leave much memory behind.
func (x *exchange) open() {
	x.node = x.line.Node()
	at := func() string { return x.node.At }
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	x.t.Cleanup(func() { stop(); work.Wait() })
	here := make(chan struct{}, 4096)
	for _, who := range x.line.Cast.Actors[2:] {
		desk := load.Sign(x.t, who, at)
		desk.Trace = func(frame string) {
			switch {
			case strings.Contains(frame, `"t":"offer"`) && !strings.Contains(frame, `"ended"`):
				x.rings <- time.Now()
			case strings.Contains(frame, `"t":"snapshot"`):
				here <- struct{}{}
			}
		}
		x.desks = append(x.desks, desk)
	}
	x.node.Stop()
	x.node.Start()
	for _, desk := range x.desks {
		work.Go(func() { desk.Work(ctx) })
	}
	for range x.desks {
		take(x.t, here, "a desk")
	}
	conn := lay(x.t, x.ns)
	var err error
	x.phone, err = telephone.OpenOn(conn.UDPConn)
	must(x.t, err)
}

// take waits for what must come.
func take[T any](t testing.TB, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(time.Minute):
		t.Fatalf("no %s in a minute", what)
	}
	return v
}

// fill has so many talk, one call after the other.
func (x *exchange) fill(n int) {
	joined := make(chan error, n)
	for i := len(x.calls); i < n; i++ {
		h := x.sit(x.t)
		go func() { // ends within a minute, and is waited for
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			joined <- x.desks[i].Phone(ctx, h)
		}()
	}
	for range n - len(x.calls) {
		must(x.t, <-joined)
	}
	for i := len(x.calls); i < n; i++ {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		for len(x.rings) > 0 { // of a call before, which rang twice
			<-x.rings
		}
		her := x.call()
		var c *telephone.Call
		began := time.Now()
		must(x.t, x.ns.Within(func() (err error) {
			c, err = x.phone.Call(ctx, telephone.Dial{
				Line: x.line.SIP, Number: voice.Number, From: fmt.Sprintf("+155501%02d", i%100), Through: her, Still: true,
			})
			return err
		}))
		cancel()
		x.taken = append(x.taken, time.Since(began))
		her.danger()
		ring := take(x.t, x.rings, "ring")
		x.rang = append(x.rang, ring.Sub(began))
		heard := map[bool]time.Time{}
		for len(heard) < 2 {
			if s := take(x.t, x.sounds, "sound"); s.caller == i {
				heard[s.toDesk] = time.Unix(0, s.at)
			}
		}
		x.heard = append(x.heard, max(heard[true].Sub(ring), heard[false].Sub(ring)))
		x.calls = append(x.calls, c)
	}
}

// figures are what the processors did for a second of sound, in ms, and how late the load
// was.
type figures struct {
	line, load, other float64
	late              []time.Duration
}

// measure has all of them talk for a while.
func (x *exchange) measure() (f figures) {
	runtime.GC()
	time.Sleep(2 * time.Second) // what the last call has begun is over
	x.mu.Lock()
	x.late = nil
	x.mu.Unlock()
	from := time.Now().Add(time.Second) // nothing that is sent before is counted when it comes
	x.toDesk.open(from, speaks)
	x.toPhone.open(from, speaks)
	time.Sleep(time.Until(from))
	line, own, all := x.node.CPU(), itself(), machine(x.t)
	time.Sleep(speaks)
	line, own, all = x.node.CPU()-line, itself()-own, machine(x.t)-all
	long := time.Since(from).Seconds()
	time.Sleep(time.Second) // the last come
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) / long }
	x.mu.Lock()
	defer x.mu.Unlock()
	return figures{ms(line), ms(own), ms(all - line - own), x.late}
}

// close hangs up.
func (x *exchange) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, c := range x.calls {
		_ = c.HangUp(ctx) // what it leaves is not measured
	}
	must(x.t, x.phone.Close())
}

// itself is how long this process has been at work.
func itself() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// machine is how long all processors have been at work.
func machine(t testing.TB) time.Duration {
	t.Helper()
	b, err := os.ReadFile("/proc/stat")
	must(t, err)
	var user, nice, system, idle, waits, hard, soft int64
	_, err = fmt.Sscanf(string(b), "cpu %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &waits, &hard, &soft)
	must(t, err)
	const perSecond = 100
	return time.Duration(user+nice+system+hard+soft) * time.Second / perSecond
}
