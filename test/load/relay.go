package load

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// A Slow is what a line between a desk and the program is like.
type Slow struct {
	Delay time.Duration // one way
	Rate  int           // bytes in a second, each way
}

// Relay is an address behind which the program answers as over a slow line. It ends
// with the test.
func Relay(tb testing.TB, to func() string, line Slow) (at string) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	tb.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to())
			if err != nil {
				_ = near.Close()
				continue
			}
			mu.Lock()
			open = append(open, near, far)
			mu.Unlock()
			all.Go(func() { line.carry(far, near) })
			all.Go(func() { line.carry(near, far) })
		}
	})
	return l.Addr().String()
}

// carry takes what one side says to the other, late and piece by piece.
func (s Slow) carry(to, from net.Conn) {
	type piece struct {
		due  time.Time
		data []byte
	}
	way := make(chan piece, 1024)
	var sender sync.WaitGroup
	sender.Go(func() {
		defer to.Close()
		for p := range way {
			time.Sleep(time.Until(p.due)) // the line's own time
			if _, err := to.Write(p.data); err != nil {
				_, _ = io.Copy(io.Discard, from)
				return
			}
		}
	})
	defer sender.Wait()
	defer close(way)
	free := time.Now()
	for {
		b := make([]byte, 512)
		n, err := from.Read(b)
		if n > 0 {
			if now := time.Now(); free.Before(now) {
				free = now
			}
			free = free.Add(time.Duration(n) * time.Second / time.Duration(s.Rate))
			way <- piece{free.Add(s.Delay), b[:n]}
		}
		if err != nil {
			return
		}
	}
}
