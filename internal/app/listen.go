package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

// hosts sends a request to the face that its host name asks for. A name that is no
// face's gets the public's, so that nothing tells which other names there are.
type hosts struct {
	front http.Handler
	faces map[string]http.Handler
}

func (h hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		name = r.Host
	}
	if face, ok := h.faces[strings.ToLower(name)]; ok {
		face.ServeHTTP(w, r)
		return
	}
	h.front.ServeHTTP(w, r)
}

// proxies are the addresses whose forwarded client is believed.
type proxies []netip.Prefix

// Client tells who is at the other end, for buckets in memory and nothing else: the
// nearest address that is not a trusted proxy.
func (p proxies) Client(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

func (p proxies) trusts(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// certificate serves a certificate from files and reads them again when they have
// changed, so that a renewal needs no restart. A renewal that does not load leaves
// the old one in use.
type certificate struct {
	cert, key string
	clock     func() time.Time
	failed    func(error)

	mu     sync.Mutex
	loaded *tls.Certificate
	stamp  string
	next   time.Time
}

func newCertificate(cert, key string, clock func() time.Time, failed func(error)) (*certificate, error) {
	c := &certificate{cert: cert, key: key, clock: clock, failed: failed}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c, c.load()
}

func (c *certificate) load() error {
	stamp, err := c.stat()
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.loaded, c.stamp = &pair, stamp
	return nil
}

func (c *certificate) stat() (string, error) {
	var b strings.Builder
	for _, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&b, info.ModTime().UnixNano(), info.Size())
	}
	return b.String(), nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.clock(); now.After(c.next) {
		c.next = now.Add(time.Minute)
		if stamp, err := c.stat(); err != nil || stamp != c.stamp {
			if err := errors.Join(err, c.load()); err != nil {
				c.failed(err)
			}
		}
	}
	return c.loaded, nil
}

// newServer is an HTTP server that a slow client cannot hold: headers and bodies
// have their time; what streams sets its own.
func newServer(base context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return base },
	}
}
