package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Face is a set of pages that a process serves.
type Face uint8

// The faces.
const (
	Front Face = iota
	Staff
	Partner
)

var errFace = errors.New(`want "front", "staff" or "partner"`)

// String is the face's name.
func (f Face) String() string {
	switch f {
	case Front:
		return "front"
	case Staff:
		return "staff"
	case Partner:
		return "partner"
	}
	return "none"
}

// MarshalText writes the name.
func (f Face) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText refuses what is no face.
func (f *Face) UnmarshalText(b []byte) error {
	for _, face := range []Face{Front, Staff, Partner} {
		if face.String() == string(b) {
			*f = face
			return nil
		}
	}
	return errFace
}

// A Prefix is a network. A single address is a network of one.
type Prefix struct{ netip.Prefix }

// UnmarshalText reads "10.1.0.0/16" and "10.1.2.3".
func (p *Prefix) UnmarshalText(b []byte) error {
	if a, err := netip.ParseAddr(string(b)); err == nil {
		p.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	n, err := netip.ParsePrefix(string(b))
	if err != nil {
		return errors.New(`want a network such as "10.1.2.0/24"`)
	}
	p.Prefix = n.Masked()
	return nil
}

// A Duration is written as 90s, 24h or 7d.
type Duration time.Duration

const day = 24 * time.Hour

// Of is the time.Duration.
func (d Duration) Of() time.Duration { return time.Duration(d) }

// UnmarshalText reads whole days as well as what time.ParseDuration reads.
func (d *Duration) UnmarshalText(b []byte) error {
	if n, ok := strings.CutSuffix(string(b), "d"); ok {
		days, err := strconv.ParseUint(n, 10, 12)
		if err == nil {
			*d = Duration(time.Duration(days) * day)
			return nil
		}
	}
	got, err := time.ParseDuration(string(b))
	if err != nil || got < 0 {
		return errors.New(`want a time such as "90s", "24h" or "7d"`)
	}
	*d = Duration(got)
	return nil
}

// MarshalText writes it as an operator would.
func (d Duration) MarshalText() ([]byte, error) {
	t := time.Duration(d)
	switch {
	case t >= day && t%day == 0:
		return fmt.Appendf(nil, "%dd", t/day), nil
	case t%time.Hour == 0:
		return fmt.Appendf(nil, "%dh", t/time.Hour), nil
	case t%time.Minute == 0:
		return fmt.Appendf(nil, "%dm", t/time.Minute), nil
	}
	return []byte(t.String()), nil
}

// A Level is how much is logged. The zero Level is "info".
type Level slog.Level

// Level makes it a slog.Leveler.
func (l Level) Level() slog.Level { return slog.Level(l) }

// UnmarshalText reads the four names.
func (l *Level) UnmarshalText(b []byte) error {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(level.String(), string(b)) {
			*l = Level(level)
			return nil
		}
	}
	return errors.New(`want "debug", "info", "warn" or "error"`)
}

// MarshalText writes the name.
func (l Level) MarshalText() ([]byte, error) {
	return []byte(strings.ToLower(slog.Level(l).String())), nil
}

// A PublicKey is an Ed25519 key, written as 64 hexadecimal digits.
type PublicKey []byte

// UnmarshalText reads it; empty is none.
func (k *PublicKey) UnmarshalText(b []byte) error {
	key, err := hex.DecodeString(string(b))
	if err != nil || len(key) != 0 && len(key) != 32 {
		return errors.New("want the 64 digits that freeline init prints")
	}
	*k = nil
	if len(key) > 0 {
		*k = key
	}
	return nil
}

// MarshalText writes it.
func (k PublicKey) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(k)), nil }

// A Secret may hold a password, and is printed and logged without it.
type Secret string

// Plain is the text with its password, for who connects with it.
func (s Secret) Plain() string { return string(s) }

// String leaves the password out; what is no URL it leaves out whole, unless it
// names a file.
func (s Secret) String() string {
	if s == "" || strings.HasPrefix(string(s), "sqlite:") || strings.HasPrefix(string(s), "/") {
		return string(s)
	}
	u, err := url.Parse(string(s))
	if err != nil || u.Host == "" {
		return hidden
	}
	text := u.Scheme + "://"
	if u.User != nil {
		name := u.User.Username()
		_, password := u.User.Password()
		switch {
		case password:
			name += ":" + hidden
		case !strings.HasPrefix(u.Scheme, "postgres"): // a token stands where the name does
			name = hidden
		}
		text += name + "@"
	}
	text += u.Host + u.Path
	if u.RawQuery != "" {
		text += "?" + hidden
	}
	return text
}

const hidden = "***"

// UnmarshalText takes any text: a complaint would have to quote it.
func (s *Secret) UnmarshalText(b []byte) error {
	*s = Secret(b)
	return nil
}

// LogValue is the text without its password.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
