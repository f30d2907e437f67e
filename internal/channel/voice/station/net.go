package station

import (
	"sync"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// current is how long the addresses of this machine are taken to be what they were.
const current = 10 * time.Second

// A network is that of this machine, as all connections see it: the library would keep a list
// of its addresses for each, ten KiB long.
type network struct {
	*stdnet.Net
	now func() time.Time

	mu   sync.Mutex
	read time.Time
	all  []*transport.Interface
}

func newNetwork(now func() time.Time) (*network, error) {
	is, err := stdnet.NewNet()
	return &network{Net: is, now: now}, err
}

// Interfaces lists them, also after one has come or gone.
func (n *network) Interfaces() ([]*transport.Interface, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := n.now(); n.all == nil || now.Sub(n.read) >= current {
		if err := n.UpdateInterfaces(); err != nil {
			return nil, err
		}
		all, err := n.Net.Interfaces()
		if err != nil {
			return nil, err
		}
		n.all, n.read = all, now
	}
	return n.all, nil
}
