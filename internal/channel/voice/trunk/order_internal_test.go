package trunk

import (
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Whoever is told of changes knows at the end how a trunk stands: each is another one than
// that before, however many notice something at once.
func TestChangesAreToldInTheirOrder(t *testing.T) {
	var told []Code
	s := &Service{log: slog.New(slog.DiscardHandler), conf: Config{
		Clock: time.Now, Notice: func(h Health) {
			runtime.Gosched() // and another notices something
			told = append(told, h.Code)
		},
	}}
	l := newLink(s, Trunk{Ping: -1})
	var all sync.WaitGroup
	for _, c := range []Code{Fine, Network, Registration} {
		all.Go(func() {
			for range 1000 {
				l.note(func(st *state) { st.reached = c })
				runtime.Gosched()
			}
		})
	}
	all.Wait()
	for i := range len(told) - 1 {
		if told[i] == told[i+1] {
			t.Fatalf("change %d of %d is told to be %q, as before", i+1, len(told), told[i])
		}
	}
	if h := l.state.last.Code; len(told) > 0 && told[len(told)-1] != h {
		t.Errorf("it is told to be %q at last, and is %q", told[len(told)-1], h)
	}
}

// An answer that comes twice may be told to have come again before it is acknowledged. It is
// no other telephone's, which would be hung up.
func TestAnAnswerMayComeAgainBeforeItsACK(*testing.T) {
	var to sip.ToHeader
	to.Params.Add("tag", "theirs")
	res := sip.NewResponse(200, "OK")
	res.AppendHeader(&to)
	new(acks).again(res) // which can send nothing
}
