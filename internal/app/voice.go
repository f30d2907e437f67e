package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/channel/voice/station"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/config"
)

// newVoice is the telephone of a process that serves the desk; nil where the line has none.
func newVoice(a *App) (*voice.Voice, error) {
	if !a.cfg.Voice.On() || !a.serves(config.Staff) {
		return nil, nil //nolint:nilnil // many lines have none
	}
	cfg, err := VoiceOf(a.cfg)
	if err != nil {
		return nil, err
	}
	l := a.Line
	v, err := voice.New(cfg, voice.Parts{
		Book: l.Book, Dialogs: l.Dialogs, Place: l.Place, Relief: l.Matcher, Script: prompt.NewScript(l.Calls, l.Sounds), Trouble: trouble{l},
		Bus: a.bus, Figures: voice.NewFigures(a.metrics), Log: a.log,
	})
	if err != nil {
		return nil, fmt.Errorf("telephone: %w", err)
	}
	l.Book.Telephones(v)
	return v, nil
}

// VoiceOf takes the telephone's settings from the configuration.
func VoiceOf(c config.Config) (voice.Config, error) {
	v := c.Voice
	out := voice.Config{
		Clock:   time.Now,
		First:   c.Bus.Nodes == 1,
		Station: station.Config{Listen: v.Browsers, Public: v.Public},
		Sound:   media.Config{Local: netip.IPv4Unspecified(), From: uint16(v.Ports.From), To: uint16(v.Ports.To), Clock: time.Now}, //nolint:gosec // read as 16 bits
		Trunk:   trunk.Config{Host: v.Public, Clock: time.Now},
	}
	if a, err := netip.ParseAddr(v.Listen[0].Host); err == nil {
		out.Sound.Local = a
	}
	if v.Public != "" {
		a, err := netip.ParseAddr(v.Public)
		if err != nil {
			return out, errors.New("voice.public_address is no address")
		}
		out.Public = a
	}
	for _, e := range v.Listen {
		out.Trunk.Listen = append(out.Trunk.Listen, trunk.Listen{Transport: e.Transport, Addr: e.Address()})
	}
	for _, t := range v.Trunks {
		out.Trunk.Trunks = append(out.Trunk.Trunks, trunkOf(t))
	}
	var err error
	out.Trunk.TLS, err = trunkTLS(c)
	return out, err
}

func trunkOf(t config.Trunk) trunk.Trunk {
	out := trunk.Trunk{
		Name: t.Name, Transport: "udp", Networks: prefixes(t.From), Domain: t.Domain, User: t.User, Password: t.Password.Plain(),
		Register: t.Register, Country: t.Country, Plain: t.Plain, Secure: t.Ciphered,
	}
	for _, e := range t.Targets {
		out.Transport = e.Transport
		out.Targets = append(out.Targets, e.Address())
	}
	return out
}

// trunkTLS is by which certificate trunks know the line, and whom it believes.
func trunkTLS(c config.Config) (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS.Cert == "" {
		return nil, nil //nolint:nilnil // no trunk uses TLS
	}
	pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
	if err != nil {
		return nil, fmt.Errorf("telephone: certificate: %w", err)
	}
	out.Certificates = []tls.Certificate{pair}
	for _, t := range c.Voice.Trunks {
		if t.CA == "" {
			continue
		}
		if out.RootCAs == nil {
			if out.RootCAs, err = x509.SystemCertPool(); err != nil {
				out.RootCAs = x509.NewCertPool()
			}
		}
		pem, err := os.ReadFile(t.CA)
		if err != nil || !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("telephone: the ca_file of trunk %s holds no certificate", t.Name)
		}
	}
	return out, nil
}

// trouble tells the line's people that a trunk is down.
type trouble struct{ line *Line }

// Down implements [voice.Trouble].
func (t trouble) Down(ctx context.Context, h trunk.Health) error {
	return t.line.Outages.Down(ctx, h.Trunk, string(h.Code))
}

// Up implements [voice.Trouble].
func (t trouble) Up(ctx context.Context, name string) error { return t.line.Outages.Up(ctx, name) }
