package trunk

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// socket is one address that we listen on.
type socket struct {
	transport string
	at        netip.AddrPort
	packets   *door
	streams   net.Listener
}

func (s *Service) open(l Listen) error {
	k := &socket{transport: l.Transport}
	ctx := context.Background()
	var conf net.ListenConfig
	if l.Transport == "UDP" {
		c, err := conf.ListenPacket(ctx, "udp", l.Addr)
		if err != nil {
			return fmt.Errorf("trunk: listen: %w", err)
		}
		if u, ok := c.(*net.UDPConn); ok {
			_ = u.SetReadBuffer(1 << 20) // where the system allows it
		}
		k.packets = &door{PacketConn: c, sieve: s.sieve, seen: map[netip.AddrPort]struct{}{}}
		k.at = netip.MustParseAddrPort(c.LocalAddr().String())
	} else {
		c, err := conf.Listen(ctx, "tcp", l.Addr)
		if err != nil {
			return fmt.Errorf("trunk: listen: %w", err)
		}
		k.streams = &porch{Listener: c, linkOf: s.linkOf, open: map[netip.Addr]int{}}
		if l.Transport == "TLS" {
			k.streams = tls.NewListener(k.streams, s.conf.TLS)
		}
		k.at = netip.MustParseAddrPort(c.Addr().String())
	}
	s.sockets = append(s.sockets, k)
	return nil
}

// Addr is where we listen for a transport; not valid where we do not.
func (s *Service) Addr(transport string) netip.AddrPort {
	if k := s.socket(strings.ToUpper(transport)); k != nil {
		return k.at
	}
	return netip.AddrPort{}
}

func (s *Service) socket(transport string) *socket {
	for _, k := range s.sockets {
		if k.transport == transport {
			return k
		}
	}
	return nil
}

// serve reads a socket until ctx ends. A reader that ended for another reason, be it
// a fault in the parser, is begun again.
func (s *Service) serve(ctx context.Context, k *socket) {
	for ctx.Err() == nil {
		func() {
			defer s.recovered()
			switch tp := s.ua.TransportLayer(); k.transport {
			case "UDP":
				_ = tp.ServeUDP(k.packets)
			case "TCP":
				_ = tp.ServeTCP(k.streams)
			default:
				_ = tp.ServeTLS(k.streams)
			}
		}()
		if k.packets == nil && !pause(ctx, 100*time.Millisecond) {
			return
		}
	}
}

// awaitSockets waits until the library has taken the UDP sockets up: what is sent
// before would have to open one of its own.
func (s *Service) awaitSockets(ctx context.Context) {
	for _, k := range s.sockets {
		for k.packets != nil {
			c, err := s.ua.TransportLayer().GetConnection("udp", k.packets.LocalAddr().String())
			if err == nil {
				_, _ = c.TryClose()
				break
			}
			if !pause(ctx, time.Millisecond) {
				return
			}
		}
	}
}

func (s *Service) closeSockets() {
	for _, k := range s.sockets {
		if k.packets != nil {
			_ = k.packets.Close()
		} else {
			_ = k.streams.Close()
		}
	}
}

// pause waits, and reports whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// transports sets how long a connection may say nothing. Trunks are pinged more often.
func transports() sip.TransportsConfig {
	const silent, stuck = 10 * time.Minute, 10 * time.Second
	dial := func(laddr net.Addr) net.Dialer { return net.Dialer{Timeout: 5 * time.Second, LocalAddr: laddr} }
	return sip.TransportsConfig{
		TCP: &sip.TransportTCP{ReadTimeout: silent, WriteTimeout: stuck, DialerCreate: dial},
		TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{ReadTimeout: silent, WriteTimeout: stuck, DialerCreate: dial}},
	}
}

// newParser reads SIP, and drops what names a caller beyond need: her passport. Spaces
// around the parameters of From and To, which the library takes for a part of them, go
// as well.
func newParser() *sip.Parser {
	all := maps.Clone(sip.DefaultHeadersParser())
	drop := func(name []byte, _ string) (sip.Header, error) { return sip.NewHeader(string(name), ""), nil }
	for _, name := range []string{"identity", "y", "identity-info", "n"} {
		all[name] = drop
	}
	for _, name := range []string{"from", "f", "to", "t"} {
		read := all[name]
		all[name] = func(name []byte, text string) (sip.Header, error) {
			h, err := read(name, text)
			switch h := h.(type) {
			case *sip.FromHeader:
				tidy(h.Params)
			case *sip.ToHeader:
				tidy(h.Params)
			}
			return h, err
		}
	}
	return sip.NewParser(sip.WithHeadersParsers(all))
}

func tidy(params sip.HeaderParams) {
	for i := range params {
		params[i].K, params[i].V = strings.TrimSpace(params[i].K), strings.TrimSpace(params[i].V)
	}
}

// host is the address by which we tell one party to reach us.
func (s *Service) host(k *socket, to netip.Addr) string {
	switch {
	case s.conf.Host != "":
		return s.conf.Host
	case k != nil && !k.at.Addr().IsUnspecified():
		return k.at.Addr().Unmap().String()
	case to.IsValid():
		// Connecting a datagram socket sends nothing: the system says which address of
		// ours leads there.
		c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 9)))
		if err == nil {
			defer func() { _ = c.Close() }()
			return addrOf(c.LocalAddr()).String()
		}
	}
	return "127.0.0.1"
}
