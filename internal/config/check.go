package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/interpret"
)

// A Grade says what a finding is for.
type Grade int

// The grades.
const (
	Refuse Grade = iota // the line does not start
	Warn                // it starts, and somebody should know
)

// String is the word for it.
func (g Grade) String() string { return [...]string{"refuse", "warn"}[g] }

// A Finding is a setting that is unsafe or cannot work.
type Finding struct {
	Grade   Grade
	Setting string // web.listen
	What    string // what is the matter
	Why     string // what could come of it
	Do      string // what to do
}

// Check looks at the settings and the files that they name. Nothing of grade
// Refuse among the findings means that a real line may start on them; they come
// first.
func Check(c Config) []Finding {
	var all []Finding
	for _, look := range []func(Config) []Finding{
		checkHosts, checkTransport, checkProxies, checkStores, checkKeys, checkOperator, checkRetention, checkMachine, checkDecoys, checkVoice, checkFiles,
	} {
		all = append(all, look(c)...)
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Grade, b.Grade) })
	return all
}

func checkHosts(c Config) []Finding {
	var all []Finding
	hosts := map[string]string{}
	for _, h := range []struct {
		face          Face
		setting, host string
	}{{Front, "web.front_host", c.Web.Front}, {Staff, "web.staff_host", c.Web.Staff}, {Partner, "web.partner_host", c.Web.Partner}} {
		served := slices.Contains(c.Web.Faces, h.face)
		switch other, taken := hosts[h.host]; {
		case h.host == "" && served && h.face != Partner:
			all = append(all, Finding{
				Refuse, h.setting, fmt.Sprintf("there is no host name for the pages of face %q", h.face),
				"Without it nobody can tell public pages and staff pages apart.",
				"Set the name under which these pages are opened, or take the face out of web.faces.",
			})
		case h.host != "" && (strings.ContainsAny(h.host, "/: ") || h.host != strings.ToLower(h.host)):
			all = append(all, Finding{
				Refuse, h.setting, "this is not a plain host name",
				"Requests are told apart by exactly this name.",
				"Write it in small letters, without https:// and without port.",
			})
		case h.host != "" && taken:
			all = append(all, Finding{
				Refuse, h.setting, "it is the same name as " + other,
				"A fault in the public pages would then reach the staff's cookies.",
				"Give the staff, partners and callers a host name each.",
			})
		}
		hosts[h.host] = h.setting
	}
	if len(c.Web.Faces) == 0 {
		all = append(all, Finding{Refuse, "web.faces", "no pages are served", "The process would do nothing.", "Name at least one face."})
	}
	return all
}

func checkTransport(c Config) []Finding {
	if c.TLS.ACME && c.TLS.Cert != "" {
		return []Finding{{
			Refuse, "tls.acme", "there is a certificate file as well", "It is not clear which certificate is meant.",
			"Set tls.acme or tls.cert_file, not both.",
		}}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		return []Finding{{
			Refuse, "tls.cert_file", "certificate and key are not both set", "HTTPS needs both.", "Set tls.cert_file and tls.key_file.",
		}}
	}
	if c.TLS.ACME {
		return []Finding{{
			Refuse, "tls.acme", "this release gets no certificates by itself", "Pages would go over the network unencrypted.",
			"Set tls.cert_file and tls.key_file, which may be renewed at any time; or name the proxy that does HTTPS in web.trusted_proxies.",
		}}
	}
	if c.TLS.Cert != "" || local(c.Web.Listen) || len(c.Web.Proxies) > 0 {
		return nil
	}
	return []Finding{{
		Refuse, "web.listen", "pages would go over the network unencrypted",
		"Whoever is on the same network, an abuser at home among them, could read what callers write.",
		"Set tls.cert_file and tls.key_file; or name the proxy that does HTTPS in web.trusted_proxies.",
	}}
}

func checkProxies(c Config) []Finding {
	var all []Finding
	for _, p := range c.Web.Proxies {
		if p.Bits() >= 16 && (p.Addr().Is4() || p.Bits() >= 48) {
			continue
		}
		all = append(all, Finding{
			Refuse, "web.trusted_proxies", fmt.Sprintf("%s is more than the proxies of one line", p),
			"Anybody in it could pretend to come from anywhere, over HTTPS.",
			"Name the addresses of the proxies themselves.",
		})
	}
	return all
}

func checkStores(c Config) []Finding {
	var all []Finding
	if c.Store.Main == c.Store.Shred {
		all = append(all, Finding{
			Refuse, "store.shred", "it is the same database as store.main",
			"Secrets would lie in the backups of what they lock, so that nothing could be deleted for good.",
			"Give the shred store a database of its own.",
		})
	}
	for _, s := range []struct {
		setting string
		url     Secret
	}{{"store.main", c.Store.Main}, {"store.shred", c.Store.Shred}} {
		u, err := url.Parse(s.url.Plain())
		isPostgres := err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
		if c.Bus.Nodes > 1 && !isPostgres {
			all = append(all, Finding{
				Refuse, s.setting, "several processes cannot share a file",
				"Each would answer its own callers and lose those of the others.",
				"Set a postgres:// database, or bus.nodes = 1.",
			})
		}
		if mode := ""; isPostgres && !local(u.Host) {
			if mode = u.Query().Get("sslmode"); mode != "verify-full" && mode != "verify-ca" {
				all = append(all, Finding{
					Refuse, s.setting, "the connection to the database is not verified",
					"Somebody between could read and change everything that is not sealed, and take the password.",
					"Add sslmode=verify-full (and sslrootcert) to the URL.",
				})
			}
		}
	}
	if c.Bus.Nodes > 1 && c.Bus.NATS == "" {
		all = append(all, Finding{
			Warn, "bus.nats", "several processes without NATS", "Messages between processes come up to 2 seconds late.", "Set bus.nats.",
		})
	}
	if u, err := url.Parse(c.Bus.NATS.Plain()); c.Bus.NATS != "" && (err != nil || u.Scheme != "tls" && !local(u.Host)) {
		all = append(all, Finding{
			Refuse, "bus.nats", "the connection to NATS is not encrypted",
			"It carries the hashes of abusive browsers, and who could write to it could wake every process at will.",
			"Use tls://, or a server on this machine.",
		})
	}
	if c.Bus.Nodes < 1 {
		all = append(all, Finding{Refuse, "bus.nodes", "there is no process", "Somebody must serve the line.", "Set it to 1 or more."})
	}
	return all
}

func checkKeys(c Config) []Finding {
	var all []Finding
	if len(c.Keys.Root) == 0 {
		all = append(all, Finding{
			Refuse, "keys.root", "no root is pinned",
			"Whoever can write the database could make himself an administrator.",
			"Copy the public half of the root sheet here; freeline init writes it into the file.",
		})
	}
	switch {
	case c.Keys.Signatures < 1:
		all = append(all, Finding{
			Refuse, "keys.signatures", "nobody need sign the list of keys", "Anybody could change it.", "Set it to 1 or more.",
		})
	case c.Keys.Signatures > 1:
		all = append(all, Finding{
			Refuse, "keys.signatures", "this release signs the list of keys with one administrator",
			"A list that needs more would never be complete, and nobody new could be let in.", "Set it to 1.",
		})
	default:
		all = append(all, Finding{
			Warn, "keys.signatures", "one administrator alone can change who holds keys",
			"One stolen account is then enough. A release to come lets two of them sign.", "Give administration to few, who guard their second factor.",
		})
	}
	return all
}

func checkOperator(c Config) []Finding {
	if c.Operator.Listen == "" || local(c.Operator.Listen) {
		return nil
	}
	host, _, err := net.SplitHostPort(c.Operator.Listen)
	addr, bad := netip.ParseAddr(host)
	if err == nil && bad == nil && addr.IsPrivate() {
		return []Finding{{
			Warn, "operator.listen", "figures are served on a network",
			"They tell when the line is busy. Whoever is on that network can read them.",
			"Let only the monitoring reach this port.",
		}}
	}
	return []Finding{{
		Refuse, "operator.listen", "figures would be served to everybody",
		"They tell when the line is busy, which the wrong people would like to know.",
		"Use 127.0.0.1, or the address of a network of your own.",
	}}
}

func checkMachine(c Config) []Finding {
	if c.Desk.Machine == "" || interpret.Near(c.Desk.Machine) == nil {
		return nil
	}
	return []Finding{{
		Refuse, "desk.machine_translation", "it is not an address of this machine",
		"What callers write would go to somebody else.", "Run the machine beside the line and name it by 127.0.0.1, or leave the setting empty.",
	}}
}

func checkRetention(c Config) []Finding {
	var all []Finding
	r := c.Retention
	for _, b := range []struct {
		setting string
		is      Duration
		least   time.Duration
		most    time.Duration
	}{
		{"retention.words_readable", r.Readable, 0, 90 * day},
		{"retention.words_destroyed_after", r.Destroyed, 0, 30 * day},
		{"retention.unread_reply", r.Unread, 0, 7 * day},
		{"retention.parked", r.Parked, time.Hour, 30 * day},
		{"desk.undo", c.Desk.Undo, 0, time.Minute},
		{"desk.quiet_lock", c.Desk.Quiet, time.Minute, 30 * time.Minute},
	} {
		if b.is.Of() < b.least || b.is.Of() > b.most {
			least, _ := Duration(b.least).MarshalText()
			most, _ := Duration(b.most).MarshalText()
			all = append(all, Finding{
				Refuse, b.setting, "it is out of bounds", "Callers are told what is kept, and how long.",
				fmt.Sprintf("Set it between %s and %s.", least, most),
			})
		}
	}
	return all
}

func checkDecoys(c Config) []Finding {
	var all []Finding
	for lang, text := range c.Decoys {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			all = append(all, Finding{
				Refuse, "decoys." + lang, "this is not the address of an https page",
				"\"Leave now\" must work at once and must not show where somebody came from.",
				"Write the whole address, with https://.",
			})
		}
	}
	slices.SortFunc(all, func(a, b Finding) int { return cmp.Compare(a.Setting, b.Setting) })
	if len(c.Decoys) == 0 {
		all = append(all, Finding{
			Refuse, "decoys", "there is nowhere to leave to", "\"Leave now\" must take callers somewhere harmless.", "Set at least decoys.en.",
		})
	}
	return all
}

// local reports whether an address stays on this machine.
func local(hostport string) bool {
	if strings.HasPrefix(hostport, "unix:") || hostport == "" {
		return true
	}
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
