package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/config"
)

// sound is a real line's settings on this disk, with nothing to complain of.
func sound(t *testing.T) config.Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("", []string{"FREELINE_DIR=" + dir, "FREELINE_KEYS_ROOT=" + strings.Repeat("07", 32)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Web.Front, c.Web.Staff, c.Web.Partner = "help.example.org", "desk.example.org", "partner.example.org"
	c.TLS.Cert, c.TLS.Key = pair(t, dir)
	file(t, c.Keys.Operational, 0o600)
	return c
}

func file(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte("x"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// pair writes a certificate that its own key signed.
func pair(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"help.example.org"}}
	c, err := x509.CreateCertificate(rand.Reader, of, of, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestSoundSettingsArePassed(t *testing.T) {
	for _, f := range config.Check(sound(t)) {
		// Of these two everybody is told: neither can be helped by a setting alone.
		if f.Setting != "keys.operational_key_file" && f.Setting != "keys.signatures" || f.Grade != config.Warn {
			t.Errorf("%v %s: %s", f.Grade, f.Setting, f.What)
		}
	}
}

func TestUnsafeSettingsAreFound(t *testing.T) {
	tests := []struct {
		name    string
		spoil   func(c *config.Config)
		grade   config.Grade
		setting string
	}{
		{"plain http on the network", func(c *config.Config) { c.TLS = config.TLS{} }, config.Refuse, "web.listen"},
		{"plain http on this machine", func(c *config.Config) { c.TLS, c.Web.Listen = config.TLS{}, "127.0.0.1:80" }, -1, ""},
		{"plain http on a socket", func(c *config.Config) { c.TLS, c.Web.Listen = config.TLS{}, "unix:/run/x" }, -1, ""},
		{"plain http behind a proxy", func(c *config.Config) { c.TLS = config.TLS{}; proxies(t, c, "192.0.2.7") }, -1, ""},
		{"a proxy anywhere", func(c *config.Config) { proxies(t, c, "0.0.0.0/0") }, config.Refuse, "web.trusted_proxies"},
		{"a proxy anywhere, v6", func(c *config.Config) { proxies(t, c, "::/16") }, config.Refuse, "web.trusted_proxies"},
		{"certificate without key", func(c *config.Config) { c.TLS.Key = "" }, config.Refuse, "tls.cert_file"},
		{"certificate and ACME", func(c *config.Config) { c.TLS.ACME = true }, config.Refuse, "tls.acme"},
		{"another certificate's key", func(c *config.Config) { _, c.TLS.Key = pair(t, t.TempDir()) }, config.Refuse, "tls.cert_file"},
		{"a key that all can read", func(c *config.Config) { chmod(t, c.TLS.Key, 0o644) }, config.Refuse, "tls.key_file"},
		{"a key that a group can read", func(c *config.Config) { chmod(t, c.TLS.Key, 0o640) }, config.Warn, "tls.key_file"},
		{"an operational key that all can read", func(c *config.Config) { chmod(t, c.Keys.Operational, 0o604) }, config.Refuse, "keys.operational_key_file"},
		{"no operational key", func(c *config.Config) { c.Keys.Operational += "x" }, config.Refuse, "keys.operational_key_file"},
		{"no root", func(c *config.Config) { c.Keys.Root = nil }, config.Refuse, "keys.root"},
		{"no signature", func(c *config.Config) { c.Keys.Signatures = 0 }, config.Refuse, "keys.signatures"},
		{"one signature", func(c *config.Config) { c.Keys.Signatures = 1 }, config.Warn, "keys.signatures"},
		{"more than one signature", func(c *config.Config) { c.Keys.Signatures = 2 }, config.Refuse, "keys.signatures"},
		{"a directory that all can enter", func(c *config.Config) { chmod(t, c.Dir, 0o755) }, config.Refuse, "dir"},
		{"no directory", func(c *config.Config) { c.Dir += "/none" }, config.Refuse, "dir"},
		{"several nodes on a file", func(c *config.Config) { c.Bus.Nodes = 2 }, config.Refuse, "store.shred"},
		{"several nodes without NATS", func(c *config.Config) { c.Bus.Nodes = 2 }, config.Warn, "bus.nats"},
		{"no node", func(c *config.Config) { c.Bus.Nodes = 0 }, config.Refuse, "bus.nodes"},
		{"one database for both", func(c *config.Config) { c.Store.Shred = c.Store.Main }, config.Refuse, "store.shred"},
		{"unverified database", func(c *config.Config) { c.Store.Main = "postgres://a@db.example.org/x?sslmode=require" }, config.Refuse, "store.main"},
		{"verified database", func(c *config.Config) {
			c.Store.Main = "postgres://a@db.example.org/x?sslmode=verify-full"
		}, -1, ""},
		{"database on this machine", func(c *config.Config) { c.Store.Main = "postgres://a@127.0.0.1:5432/x" }, -1, ""},
		{"plain NATS", func(c *config.Config) { c.Bus.NATS = "nats://bus.example.org:4222" }, config.Refuse, "bus.nats"},
		{"plain NATS on this machine", func(c *config.Config) { c.Bus.NATS = "nats://localhost:4222" }, -1, ""},
		{"figures for everybody", func(c *config.Config) { c.Operator.Listen = ":9464" }, config.Refuse, "operator.listen"},
		{"figures for a network", func(c *config.Config) { c.Operator.Listen = "10.1.2.3:9464" }, config.Warn, "operator.listen"},
		{"no figures", func(c *config.Config) { c.Operator.Listen = "" }, -1, ""},
		{"no staff host", func(c *config.Config) { c.Web.Staff = "" }, config.Refuse, "web.staff_host"},
		{"staff and public on one host", func(c *config.Config) { c.Web.Staff = c.Web.Front }, config.Refuse, "web.staff_host"},
		{"a URL for a host", func(c *config.Config) { c.Web.Front = "https://help.example.org" }, config.Refuse, "web.front_host"},
		{"no pages", func(c *config.Config) { c.Web.Faces = nil }, config.Refuse, "web.faces"},
		{"words kept for years", func(c *config.Config) { c.Retention.Readable = config.Duration(10000 * time.Hour) }, config.Refuse, "retention.words_readable"},
		{"nowhere to leave to", func(c *config.Config) { c.Decoys = nil }, config.Refuse, "decoys"},
		{"leaving over http", func(c *config.Config) { c.Decoys["en"] = "http://example.org" }, config.Refuse, "decoys.en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := sound(t)
			tt.spoil(&c)
			var found bool
			last := config.Refuse
			for _, f := range config.Check(c) {
				if f.Grade < last {
					t.Error("what must be mended does not come first")
				}
				last = f.Grade
				if tt.setting == "" && f.Grade == config.Refuse {
					t.Errorf("refused for %s: %s", f.Setting, f.What)
				}
				found = found || f.Setting == tt.setting && f.Grade == tt.grade
				if f.What == "" || f.Why == "" || f.Do == "" {
					t.Errorf("%s does not say what, why and what to do", f.Setting)
				}
			}
			if tt.setting != "" && !found {
				t.Errorf("nothing of grade %v on %s in %v", tt.grade, tt.setting, config.Check(c))
			}
		})
	}
}

func chmod(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func proxies(t *testing.T, c *config.Config, network string) {
	t.Helper()
	var p config.Prefix
	if err := p.UnmarshalText([]byte(network)); err != nil {
		t.Fatal(err)
	}
	c.Web.Proxies = []config.Prefix{p}
}
