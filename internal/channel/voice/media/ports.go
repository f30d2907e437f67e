package media

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

// ErrPorts says that all ports of the range are taken.
var ErrPorts = errors.New("media: no pair of ports is free")

// openPair opens an even port and the next one. It begins anywhere in the range, so
// that the ports of a call are not guessed from another's. A range of 0 to 0 is any.
func openPair(on netip.Addr, from, to uint16) (even, odd *net.UDPConn, err error) {
	if to == 0 {
		from, to = 16384, 65535
	}
	first := int(from) + int(from)%2
	pairs := (int(to) + 1 - first) / 2
	if pairs <= 0 {
		return nil, nil, ErrPorts
	}
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	start := int(binary.BigEndian.Uint32(b[:])>>1) % pairs
	for i := range pairs {
		port := uint16(first + 2*((start+i)%pairs)) //nolint:gosec // within the range
		if even, err = openPort(on, port); err != nil {
			continue
		}
		if odd, err = openPort(on, port+1); err == nil {
			return even, odd, nil
		}
		_ = even.Close()
	}
	return nil, nil, ErrPorts
}

func openPort(on netip.Addr, port uint16) (*net.UDPConn, error) {
	var lc net.ListenConfig
	c, err := lc.ListenPacket(context.Background(), "udp", netip.AddrPortFrom(on, port).String())
	if err != nil {
		return nil, ErrPorts
	}
	return c.(*net.UDPConn), nil //nolint:forcetypeassert,errcheck // what UDP is
}
