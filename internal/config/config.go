// Package config gathers the settings of the program's parts: what each of them
// declares as a struct, with its defaults, filled from one file, the environment
// and the command line, in this order, the later over the earlier. What it does
// not know and what makes no sense is an error that says where it stands.
//
// A setting is a field with a toml tag and a comment that says what it does and
// why one would change it. The field is all there is to write: its line in the
// sample file, its environment variable, its flag and its place in the print-out
// follow from it.
//
// Here stand only the settings that a process needs before it can read its
// database. What administrators change while the line runs is an edition.
package config

import (
	"time"
)

// Config holds every setting.
type Config struct {
	Dir       string            `toml:"dir" comment:"Where the line keeps its files, when a setting does not say otherwise. Only the\naccount that runs it may read the directory."`
	Web       Web               `toml:"web" comment:"The pages, and who may see them where."`
	TLS       TLS               `toml:"tls" comment:"HTTPS. Not needed behind a proxy that does it."`
	Store     Store             `toml:"store" comment:"The two databases. For one process, files; for several, PostgreSQL."`
	Bus       Bus               `toml:"bus" comment:"Several processes for one line."`
	Keys      Keys              `toml:"keys" comment:"Who vouches for the keys of the line."`
	Operator  Operator          `toml:"operator" comment:"What the operator of the machine sees. Nothing of callers is among it."`
	Desk      Desk              `toml:"desk" comment:"The advocate's desk."`
	Retention Retention         `toml:"retention" comment:"How long the words of callers are kept. Hours as 24h, days as 7d."`
	Voice     Voice             `toml:"voice" comment:"The telephone: who brings calls to the line, and by which addresses."`
	Backup    Backup            `toml:"backup" comment:"Where backups go, and to whom they are sealed."`
	Decoys    map[string]string `toml:"decoys" comment:"Where \"Leave now\" takes somebody, by language: a large, harmless site that people in\nyour country open every day. It must not be about help of any kind."`
}

// Web is where pages are served.
type Web struct {
	Listen  string   `toml:"listen" comment:"Address to serve on: \"host:port\", or \"unix:/path\"."`
	Front   string   `toml:"front_host" comment:"Host name of the public pages, as callers type it. They also answer on every name\nthat is not one of the next two."`
	Staff   string   `toml:"staff_host" comment:"Host name of the staff's pages. Its own, so that the public pages can never read the\nstaff's cookies; passkeys are bound to exactly this name."`
	Partner string   `toml:"partner_host" comment:"Host name of the pages where partners answer referrals."`
	Faces   []Face   `toml:"faces" comment:"Which pages this process serves: \"front\", \"staff\", \"partner\". A large line runs them\nas separate processes, so that what the public can touch holds no staff session."`
	Proxies []Prefix `toml:"trusted_proxies" comment:"Networks of the proxies in front, such as \"10.1.2.3/32\". Only from there is a\nforwarded address or \"https\" believed. The address is used to slow down floods, in\nmemory, and for nothing else."`
}

// TLS is how HTTPS is done.
type TLS struct {
	Cert  string `toml:"cert_file" comment:"Certificate and chain, PEM. Read again when it is renewed."`
	Key   string `toml:"key_file" comment:"Its private key, PEM. Nobody but the line's account may read it."`
	ACME  bool   `toml:"acme" comment:"Get certificates for the three host names by ACME, and renew them. The line must then\nbe reachable on port 443, and its host names become public in the logs of the\ncertificate authority."`
	Email string `toml:"acme_email" comment:"Where the certificate authority writes when something is wrong with them."`
}

// Store is where things are kept.
type Store struct {
	Main  Secret `toml:"main" comment:"\"sqlite:PATH\", or \"postgres://…\". Empty: main.db in dir."`
	Shred Secret `toml:"shred" comment:"The store of secrets whose destruction is the deletion of everything else. Another\ndatabase, better on another disk; on PostgreSQL another cluster without archive, and\nwith backups of no more than 7 days. Empty: shred.db in dir."`
}

// Bus joins several processes.
type Bus struct {
	Nodes int    `toml:"nodes" comment:"How many processes serve this line. More than one need PostgreSQL."`
	NATS  Secret `toml:"nats" comment:"A NATS cluster by which they wake each other, \"tls://user:password@host:4222\". Only\nrandom names of contacts pass over it. Without it everything works, 2 seconds later."`
}

// Keys is what is not taken from the database's word.
type Keys struct {
	Root        PublicKey `toml:"root" comment:"The public half of the root sheet, as \"freeline init\" prints it. It stands here and\nnot in the database, so that who can write the database cannot make administrators."`
	Signatures  int       `toml:"signatures" comment:"How many administrators must sign the list of keys: 1, as long as more are not\nsupported."`
	Operational string    `toml:"operational_key_file" comment:"The line's operational key. Each node has a copy; a backup has it sealed. Empty:\noperational.key in dir."`
}

// Operator is for who runs the machine.
type Operator struct {
	Listen   string `toml:"listen" comment:"Address of /healthz, /readyz and /metrics. Never a public one. Empty: none."`
	LogLevel Level  `toml:"log_level" comment:"\"debug\", \"info\", \"warn\" or \"error\". Nothing of callers is written on any level."`
}

// Desk is what differs from line to line at the desk.
type Desk struct {
	Undo  Duration `toml:"undo" comment:"How long a message can be taken back before it goes."`
	Quiet Duration `toml:"quiet_lock" comment:"After how long without a key or click the desk asks \"Still here?\", and then locks. A\ndesk left open in a shared flat is a danger."`

	Machine string `toml:"machine_translation" comment:"A translating machine that you run on this machine, asked in the manner of LibreTranslate:\n\"http://127.0.0.1:5000/translate\". What it says is marked as a machine's and is never\nsent before an advocate has read it. Only addresses of this machine. Empty: none."`
}

// Retention is how long words are kept.
type Retention struct {
	Readable  Duration `toml:"words_readable" comment:"How long after closing a supervisor can still open what a caller wrote: 0h to 90d."`
	Destroyed Duration `toml:"words_destroyed_after" comment:"How long after that they are destroyed for good, for mistakes found late: 0h to 30d."`
	Unread    Duration `toml:"unread_reply" comment:"How long an answer waits for a caller who has not read it: at most 7d."`
	Parked    Duration `toml:"parked" comment:"How long a message from closed hours waits to be taken before it counts as missed."`
}

// Backup is where copies of the line go.
type Backup struct {
	Dir        string   `toml:"dir" comment:"Directory for backups and for the list of what was erased since, better on another\nmachine. Empty: backups are made only where freeline backup is told to."`
	Recipients []string `toml:"recipients" comment:"Offline keys that open backups, age1pq…: the public halves of key pairs made with\nage-keygen -pq on a machine without a network."`
}

// Default returns the settings of a line on one machine.
func Default() Config {
	return Config{
		Dir: "/var/lib/freeline",
		Web: Web{
			Listen: ":443",
			Faces:  []Face{Front, Staff, Partner},
		},
		Bus:      Bus{Nodes: 1},
		Keys:     Keys{Signatures: 1},
		Operator: Operator{Listen: "127.0.0.1:9464"},
		Desk:     Desk{Undo: Duration(4 * time.Second), Quiet: Duration(14 * time.Minute)},
		Retention: Retention{
			Readable:  Duration(24 * time.Hour),
			Destroyed: Duration(7 * day),
			Unread:    Duration(7 * day),
			Parked:    Duration(7 * day),
		},
		Voice: Voice{Ports: Ports{20000, 21999}, Browsers: ":3479"},
		Decoys: map[string]string{
			"en": "https://en.wikipedia.org/wiki/Main_Page",
			"es": "https://es.wikipedia.org/",
			"fr": "https://fr.wikipedia.org/",
			"ar": "https://ar.wikipedia.org/",
		},
	}
}
