package station

import (
	"testing"
	"time"
)

// The addresses of this machine are read once for many connections, and anew after a while: one
// may have come or gone.
func TestAddressesAreReadAnew(t *testing.T) {
	now := time.Now()
	n, err := newNetwork(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	read := func() *int {
		t.Helper()
		all, err := n.Interfaces()
		if err != nil || len(all) == 0 {
			t.Fatalf("%d interfaces: %v", len(all), err)
		}
		return &all[0].Index
	}
	first := read()
	if now = now.Add(current - 1); read() != first {
		t.Error("they are read for each connection")
	}
	if now = now.Add(1); read() == first {
		t.Error("they are never read again")
	}
}
