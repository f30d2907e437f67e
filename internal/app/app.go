// Package app builds a line's server from its parts, starts it and stops it. New is
// read from top to bottom: what depends on what stands in this order and nowhere
// else.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/observe"
)

// App is a line that serves.
type App struct {
	Line *Line

	cfg      config.Config
	log      *slog.Logger
	bus      bus.Bus
	stopBus  func()
	jobs     *jobs.Runner
	health   *observe.Health
	voice    *voice.Voice // nil where the line has no telephone
	faces    *faces
	listener net.Listener
	operator net.Listener
	metrics  *observe.Metrics
}

// New builds a line's server and takes its addresses; nothing is served before Run.
// door is another way in for the staff host, which only the demo has; nil otherwise.
func New(ctx context.Context, cfg config.Config, log *slog.Logger, metrics *observe.Metrics, door Door) (_ *App, err error) {
	a := &App{cfg: cfg, log: log, metrics: metrics}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	stores, err := OpenStores(ctx, WhereOf(cfg), "")
	if err != nil {
		return nil, err
	}
	a.Line = &Line{Stores: stores}
	// Whoever ends goes on telling the others, until it is closed.
	if a.bus, a.stopBus, err = openBus(context.WithoutCancel(ctx), cfg, log); err != nil {
		return nil, err
	}
	words, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	pin := Pin{Root: cfg.Keys.Root, Need: cfg.Keys.Signatures}
	line, err := OpenLine(ctx, stores, pin, a.bus, Settings(cfg), Forgetting(cfg), words, time.Now, log)
	if err != nil {
		return nil, err
	}
	a.Line = line
	a.jobs = jobs.New(stores.Main, a.bus, log)
	line.handle(a.jobs, cfg.Backup.Dir)
	a.health = observe.NewHealth(map[string]observe.Check{
		"main": stores.Main.Health, "shred": stores.Store.Health,
		"manifest": func(ctx context.Context) error { _, err := line.Authority.Current(ctx); return err },
	})
	if a.voice, err = newVoice(a); err != nil {
		return nil, err
	}
	if a.faces, err = newFaces(ctx, a, words, door); err != nil {
		return nil, err
	}
	if a.listener, err = listen(ctx, cfg.Web.Listen); err != nil {
		return nil, err
	}
	if cfg.Operator.Listen != "" {
		if a.operator, err = listen(ctx, cfg.Operator.Listen); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// WhereOf tells where a configuration keeps a line.
func WhereOf(cfg config.Config) Where {
	shred := cfg.Store.Shred.Plain()
	return Where{
		Main: cfg.Store.Main.Plain(), Shred: shred, Key: cfg.Keys.Operational,
		ShredKeys: strings.TrimPrefix(shred, "sqlite:") + ".keys",
	}
}

// Settings takes the times from the configuration, and the rest as shipped.
func Settings(cfg config.Config) contact.Settings {
	s := contact.Defaults()
	s.Undo = cfg.Desk.Undo.Of()
	s.KeepWords = cfg.Retention.Readable.Of()
	s.KeepUnread = cfg.Retention.Unread.Of()
	s.Missed = cfg.Retention.Parked.Of()
	s.Destroyed = cfg.Retention.Destroyed.Of()
	return s
}

// Forgetting takes the times of forgetting from the configuration.
func Forgetting(cfg config.Config) retention.Settings {
	s := retention.Defaults()
	s.Destroy = cfg.Retention.Destroyed.Of()
	return s
}

func openBus(ctx context.Context, cfg config.Config, log *slog.Logger) (bus.Bus, func(), error) {
	if cfg.Bus.NATS.Plain() == "" {
		return bus.Memory(), func() {}, nil
	}
	n, err := bus.NATS(ctx, cfg.Bus.NATS.Plain(), log)
	if err != nil {
		return nil, nil, fmt.Errorf("bus: %w", err)
	}
	return n, func() { n.Close() }, nil
}

// listen takes an address; "unix:/path" is a socket.
func listen(ctx context.Context, address string) (net.Listener, error) {
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	l, err := new(net.ListenConfig).Listen(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// Addr is the address that the pages are served on.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// SIP is the address that calls come to; not valid where the line has no telephone.
func (a *App) SIP() netip.AddrPort {
	if a.voice == nil {
		return netip.AddrPort{}
	}
	return a.voice.SIP()
}

// drain is how long requests under way may take after the end was asked for.
const drain = 10 * time.Second

// Run serves until ctx ends, then lets what is under way finish and closes all.
func (a *App) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var parts sync.WaitGroup
	parts.Go(func() { a.jobs.Run(work) })
	for _, run := range a.faces.works {
		parts.Go(func() { run(work) })
	}
	failed := make(chan error, 3)
	if a.voice != nil {
		parts.Go(func() { failed <- a.voice.Run(work) })
	}
	for _, follow := range []func() func(){a.Line.Editions.Follow, a.Line.Outside.Follow} {
		defer follow()()
	}
	matching := a.Line.Matcher.Watch(work, a.bus, a.log)
	pages := newServer(work, a.faces.handler())
	pages.ErrorLog = observe.ServerLog(a.log, a.metrics)
	go func() { failed <- a.serve(pages) }() // ends with Shutdown
	servers := []*http.Server{pages}
	if a.operator != nil {
		op := newServer(work, observe.Operator(a.metrics, a.health))
		op.ErrorLog = pages.ErrorLog
		servers = append(servers, op)
		go func() { failed <- op.Serve(a.operator) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.health.Drain()
	if a.voice != nil {
		a.voice.Drain() // new calls go to another process
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	a.faces.stop() // streams and sockets end first, or they would hold the servers
	var giving sync.WaitGroup
	if a.voice != nil { // to where the desks are going
		giving.Go(func() { a.voice.HandOver(end) })
	}
	for _, s := range servers {
		err = errors.Join(err, s.Shutdown(end))
	}
	giving.Wait()
	stop()
	matching()
	parts.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, a.close())
}

func (a *App) serve(s *http.Server) error {
	if a.cfg.TLS.Cert == "" {
		return s.Serve(a.listener)
	}
	c, err := newCertificate(a.cfg.TLS.Cert, a.cfg.TLS.Key, time.Now, func(err error) {
		a.log.Error("the renewed certificate does not load, the old one goes on", "err", err)
	})
	if err != nil {
		return err
	}
	s.TLSConfig = &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	return s.ServeTLS(a.listener, "", "")
}

// close closes what New opened.
func (a *App) close() error {
	var err error
	for _, l := range []net.Listener{a.listener, a.operator} {
		if l != nil {
			if e := l.Close(); !errors.Is(e, net.ErrClosed) {
				err = errors.Join(err, e)
			}
		}
	}
	if a.voice != nil {
		a.voice.Close()
	}
	if a.stopBus != nil {
		a.stopBus()
	}
	if a.Line != nil {
		err = errors.Join(err, a.Line.Close())
	}
	return err
}

func (a *App) serves(f config.Face) bool { return slices.Contains(a.cfg.Web.Faces, f) }
