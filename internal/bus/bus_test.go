package bus_test

import (
	"testing"
	"testing/synctest"

	"github.com/freeline-org/freeline/internal/bus"
)

func TestHintsArriveInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := bus.Memory()
		var got []bus.Hint
		stop := b.Subscribe(func(h bus.Hint) { got = append(got, h) })
		for n := range 100 {
			b.Publish(bus.Hint{Topic: "contact", ID: "c1", Seq: int64(n)})
		}
		synctest.Wait()
		stop()
		if len(got) != 100 {
			t.Fatalf("%d hints, want 100", len(got))
		}
		for n, h := range got {
			if h.Seq != int64(n) {
				t.Fatalf("hint %d is %v", n, h)
			}
		}
	})
}

// One who does not listen holds up neither the publisher nor the others, and is
// told afterwards that something was lost.
func TestSlowSubscriberIsToldThatItMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const published = 5000
		b := bus.Memory()
		free := make(chan struct{})
		var slow, missed, quick int
		stopSlow := b.Subscribe(func(h bus.Hint) {
			<-free
			slow++
			if h.Topic == bus.Missed {
				missed++
			}
		})
		stopQuick := b.Subscribe(func(h bus.Hint) {
			if h.Topic == "contact" {
				quick++
			}
		})
		for range published {
			b.Publish(bus.Hint{Topic: "contact", ID: "c1"})
			synctest.Wait()
		}
		close(free)
		synctest.Wait()
		if missed != 1 || slow >= published {
			t.Errorf("the slow one got %d hints and %d times the word that it missed some", slow, missed)
		}
		if quick != published {
			t.Errorf("the quick one got %d, want %d", quick, published)
		}
		stopSlow()
		stopQuick()
	})
}

func TestNothingAfterStop(t *testing.T) {
	t.Parallel()
	b := bus.Memory()
	stopped := false
	stop := b.Subscribe(func(bus.Hint) {
		if stopped {
			t.Error("called after stop")
		}
	})
	for range 10 {
		b.Publish(bus.Hint{Topic: "contact"})
	}
	stop()
	stopped = true
	b.Publish(bus.Hint{Topic: "contact"})
	stop() // once more does no harm
}

func BenchmarkPublish(b *testing.B) {
	m := bus.Memory()
	for range 64 {
		defer m.Subscribe(func(bus.Hint) {})()
	}
	for b.Loop() {
		m.Publish(bus.Hint{Topic: "contact", ID: "c1", Seq: 1})
	}
}
