package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
)

// Voice is the telephone.
type Voice struct {
	Listen   []Endpoint `toml:"sip_listen" comment:"Addresses on which telephone companies reach the line: \"udp:192.0.2.5:5060\",\n\"tcp:…\", \"tls:192.0.2.5:5061\". TLS uses tls.cert_file. Empty: the line has no telephone."`
	Public   string     `toml:"public_address" comment:"The address of this machine as telephone companies and advocates' browsers see it,\n\"192.0.2.5\". Empty: the one that it listens on."`
	Ports    Ports      `toml:"sound_ports" comment:"UDP ports for the sound of calls, two for each: \"20000-21999\". The firewall lets them\nin from the telephone companies."`
	Browsers string     `toml:"browser_listen" comment:"Address for the sound to advocates' browsers, UDP and TCP on one port. The firewall lets\nit in from wherever advocates work. It is always encrypted."`
	Trunks   []Trunk    `toml:"trunk" comment:"The telephone companies, one table each, in the order in which they are tried:\n  [[voice.trunk]]\n  name = 'first'\n  targets = ['tls:sip.example.net:5061', 'tls:sip2.example.net:5061']\n  from = ['192.0.2.0/28']\n  register = true\n  user = 'line'\n  password = '…'\nThey stand in the file alone, not in the environment."`
}

// Trunk is a way to a telephone company.
type Trunk struct {
	Name     string     `toml:"name" comment:"How the board and the log call it: a short word."`
	Targets  []Endpoint `toml:"targets" comment:"Where it is reached, in order: \"tls:sip.example.net:5061\". When one does not answer, the\nnext is used. All are spoken to in one way, udp, tcp or tls."`
	From     []Prefix   `toml:"from" comment:"Networks that its calls come from. Whoever calls from elsewhere is not answered."`
	Register bool       `toml:"register" comment:"Whether the line signs in there, as a telephone does, so that calls find it."`
	User     string     `toml:"user" comment:"The name by which the line is known there."`
	Password Password   `toml:"password" comment:"The password that goes with it."`
	Domain   string     `toml:"domain" comment:"The domain of that name, where it is another one than the first target's."`
	Ciphered bool       `toml:"srtp_required" comment:"Whether calls whose sound is not encrypted are refused. Encrypted sound is always taken\nwhere it is offered."`
	Country  string     `toml:"country" comment:"The country's code, such as \"30\", where the company writes numbers without it."`
	Plain    bool       `toml:"plain_numbers" comment:"Whether numbers are written to it with the country's code and without a plus."`
	CA       string     `toml:"ca_file" comment:"PEM of who vouches for its certificate, where that is nobody whom this machine knows."`
}

// On reports whether the line has a telephone.
func (v Voice) On() bool { return len(v.Listen) > 0 }

// An Endpoint is an address with how it is spoken to: "udp:192.0.2.5:5060".
type Endpoint struct {
	Transport string // "udp", "tcp" or "tls"
	Host      string // a name or an address; empty = every address of this machine
	Port      int    // 0 = the usual one
}

var errEndpoint = errors.New(`want an address such as "udp:192.0.2.5:5060", with udp, tcp or tls before it`)

// UnmarshalText reads it. Without a port it has the usual one, 5060 or 5061.
func (e *Endpoint) UnmarshalText(b []byte) error {
	transport, rest, ok := strings.Cut(string(b), ":")
	if !ok || transport != "udp" && transport != "tcp" && transport != "tls" {
		return errEndpoint
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		host, port = strings.Trim(rest, "[]"), ""
	}
	got := Endpoint{Transport: transport, Host: host, Port: 5060}
	if transport == "tls" {
		got.Port = 5061
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return errEndpoint
		}
		got.Port = int(n)
	}
	if strings.ContainsAny(host, " /@?;") {
		return errEndpoint
	}
	*e = got
	return nil
}

// MarshalText writes it.
func (e Endpoint) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// String is the text of it.
func (e Endpoint) String() string {
	return e.Transport + ":" + e.Address()
}

// Address is host and port.
func (e Endpoint) Address() string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// Ports are a range of ports, both ends among them.
type Ports struct{ From, To int }

// UnmarshalText reads "20000-21999".
func (p *Ports) UnmarshalText(b []byte) error {
	from, to, _ := strings.Cut(string(b), "-")
	low, err1 := strconv.ParseUint(from, 10, 16)
	high, err2 := strconv.ParseUint(to, 10, 16)
	if err1 != nil || err2 != nil || low > high {
		return errors.New(`want a range of ports such as "20000-21999"`)
	}
	*p = Ports{int(low), int(high)}
	return nil
}

// MarshalText writes it.
func (p Ports) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%d-%d", p.From, p.To), nil }

// Has reports whether a port is among them.
func (p Ports) Has(port int) bool { return p.From <= port && port <= p.To }

// A Password is printed and logged as three stars.
type Password string

// Plain is the password, for who signs in with it.
func (p Password) Plain() string { return string(p) }

// String hides it.
func (p Password) String() string {
	if p == "" {
		return ""
	}
	return hidden
}

// LogValue hides it.
func (p Password) LogValue() slog.Value { return slog.StringValue(p.String()) }
