package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/freeline-org/freeline/internal/config"
)

// telephone is a sound line's file with a telephone, with what it says of its trunk.
const telephone = `
[voice]
sip_listen = ["tls:192.0.2.5:5061", "udp:192.0.2.5"]
[[voice.trunk]]
name = "first"
targets = ["tls:sip.example.net", "tcp:[2001:db8::5]:5070"]
from = ["192.0.2.128/28"]
register = true
user = "line"
password = "/swordfish"
srtp_required = true
[[voice.trunk]]
name = "second"
from = ["198.51.100.7"]
`

func withTelephone(t *testing.T) config.Config {
	t.Helper()
	c := sound(t)
	v, err := config.Load(write(t, telephone), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Voice = v.Voice
	c.Voice.Trunks[0].Targets = c.Voice.Trunks[0].Targets[:1]
	return c
}

func TestTrunksAreTables(t *testing.T) {
	c, err := config.Load(write(t, telephone), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Endpoint{{Transport: "tls", Host: "sip.example.net", Port: 5061}, {Transport: "tcp", Host: "2001:db8::5", Port: 5070}}
	if d := cmp.Diff(want, c.Voice.Trunks[0].Targets); d != "" {
		t.Error(d)
	}
	if got := c.Voice.Listen[1].String(); got != "udp:192.0.2.5:5060" {
		t.Errorf("listens on %s", got)
	}
	if len(c.Voice.Trunks) != 2 || c.Voice.Trunks[1].Name != "second" {
		t.Error("the second trunk is not there")
	}
	text, err := config.File(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(write(t, text), nil, nil)
	if d := cmp.Diff(c, again, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b config.Prefix) bool { return a == b })); d != "" || err != nil {
		t.Errorf("written and read again it is something else: %v\n%s", err, d)
	}
	for _, bad := range []string{
		`sip_listen = ["192.0.2.5:5060"]`, `sip_listen = ["udp:192.0.2.5:70000"]`, `sip_listen = ["udp:a b"]`,
		`sound_ports = "5"`, `sound_ports = "9-5"`, `sound_ports = "1-70000"`, `trunk = [{nam = "x"}]`,
	} {
		if _, err := config.Load(write(t, "[voice]\n"+bad), nil, nil); err == nil || !strings.Contains(err.Error(), "freeline.toml:2: ") {
			t.Errorf("%s: error %v, want one with its line", bad, err)
		}
	}
	if _, err := config.Load("", []string{"FREELINE_VOICE_TRUNK=x"}, nil); err == nil || !strings.Contains(err.Error(), "file alone") {
		t.Errorf("trunks from the environment: %v", err)
	}
}

func TestTrunksPasswordIsNotPrinted(t *testing.T) {
	c := withTelephone(t)
	text, err := config.Print(c)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "swordfish") || !strings.Contains(text, "password = '***'") {
		t.Errorf("a password in, or no sign of one:\n%s", text)
	}
	if got := c.Voice.Trunks[0].Password.Plain(); got != "/swordfish" {
		t.Errorf("printing changed the setting itself to %s", got)
	}
}

func TestUnsafeTelephonesAreFound(t *testing.T) {
	trunk := func(c *config.Config) *config.Trunk { return &c.Voice.Trunks[0] }
	from := func(t *testing.T, text string) []config.Prefix {
		t.Helper()
		var p config.Prefix
		if err := p.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return []config.Prefix{p}
	}
	plain := config.Endpoint{Transport: "udp", Host: "sip.example.net", Port: 5060}
	tests := []struct {
		name    string
		spoil   func(c *config.Config)
		grade   config.Grade
		setting string
	}{
		{"sound", func(*config.Config) {}, -1, ""},
		{"none at all", func(c *config.Config) { c.Voice = config.Voice{} }, -1, ""},
		{"trunks and nowhere to listen", func(c *config.Config) { c.Voice.Listen = nil }, config.Refuse, "voice.sip_listen"},
		{"no trunk", func(c *config.Config) { c.Voice.Trunks = nil }, config.Refuse, "voice.trunk"},
		{"listening on a name", func(c *config.Config) { c.Voice.Listen[0].Host = "sip.example.org" }, config.Refuse, "voice.sip_listen"},
		{"listening twice", func(c *config.Config) { c.Voice.Listen[1] = c.Voice.Listen[0] }, config.Refuse, "voice.sip_listen"},
		{"TLS without a certificate", func(c *config.Config) {
			c.TLS, c.Web.Listen = config.TLS{}, "127.0.0.1:80"
		}, config.Refuse, "voice.sip_listen"},
		{"listening on a port for sound", func(c *config.Config) { c.Voice.Listen[0].Port = 20004 }, config.Refuse, "voice.sip_listen"},
		{"everywhere, and nowhere to be found", func(c *config.Config) { c.Voice.Listen[0].Host = "" }, config.Refuse, "voice.public_address"},
		{"everywhere, v6", func(c *config.Config) { c.Voice.Listen[0].Host = "::" }, config.Refuse, "voice.public_address"},
		{"everywhere, and found", func(c *config.Config) { c.Voice.Listen[0].Host, c.Voice.Public = "", "192.0.2.5" }, -1, ""},
		{"a public name", func(c *config.Config) { c.Voice.Public = "sip.example.org" }, config.Refuse, "voice.public_address"},
		{"too few ports", func(c *config.Config) { c.Voice.Ports = config.Ports{From: 20000, To: 20003} }, config.Refuse, "voice.sound_ports"},
		{"few ports", func(c *config.Config) { c.Voice.Ports = config.Ports{From: 20000, To: 20099} }, config.Warn, "voice.sound_ports"},
		{"the system's ports", func(c *config.Config) { c.Voice.Ports = config.Ports{From: 1, To: 3000} }, config.Refuse, "voice.sound_ports"},
		{"no port for browsers", func(c *config.Config) { c.Voice.Browsers = "192.0.2.5" }, config.Refuse, "voice.browser_listen"},
		{"browsers on a port for sound", func(c *config.Config) { c.Voice.Browsers = ":20001" }, config.Refuse, "voice.browser_listen"},
		{"a trunk without a name", func(c *config.Config) { trunk(c).Name = "" }, config.Refuse, "voice.trunk[1].name"},
		{"two of one name", func(c *config.Config) { trunk(c).Name = "second" }, config.Refuse, "voice.trunk[2].name"},
		{"calls from anywhere", func(c *config.Config) { trunk(c).From = nil }, config.Refuse, "voice.trunk[1].from"},
		{"calls from half the world", func(c *config.Config) { trunk(c).From = from(t, "128.0.0.0/1") }, config.Refuse, "voice.trunk[1].from"},
		{"calls from this machine", func(c *config.Config) { trunk(c).From = from(t, "127.0.0.0/8") }, -1, ""},
		{"signing in with nothing", func(c *config.Config) { trunk(c).Password = "" }, config.Refuse, "voice.trunk[1].register"},
		{"a name without password", func(c *config.Config) { trunk(c).Register, trunk(c).Password = false, "" }, config.Refuse, "voice.trunk[1].user"},
		{"keys of the sound in clear", func(c *config.Config) { trunk(c).Targets = []config.Endpoint{plain} }, config.Refuse, "voice.trunk[1].srtp_required"},
		{"all in clear", func(c *config.Config) {
			trunk(c).Targets, trunk(c).Ciphered = []config.Endpoint{plain}, false
		}, config.Warn, "voice.trunk[1].targets"},
		{"in clear, on a private network", func(c *config.Config) {
			plain := plain
			plain.Host = "10.1.2.3"
			trunk(c).Targets = []config.Endpoint{plain}
		}, -1, ""},
		{"targets of two kinds", func(c *config.Config) { trunk(c).Targets = append(trunk(c).Targets, plain) }, config.Refuse, "voice.trunk[1].targets"},
		{"no country", func(c *config.Config) { trunk(c).Country = "+30" }, config.Refuse, "voice.trunk[1].country"},
		{"a target without a host", func(c *config.Config) { trunk(c).Targets = []config.Endpoint{{Transport: "tls", Port: 1}} }, config.Refuse, "voice.trunk[1].targets"},
		{"a file that is not there", func(c *config.Config) { trunk(c).CA = "/none/ca.pem" }, config.Refuse, "voice.trunk[1].ca_file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := withTelephone(t)
			tt.spoil(&c)
			found := false
			for _, f := range config.Check(c) {
				if !strings.HasPrefix(f.Setting, "voice.") {
					continue
				}
				if tt.setting == "" {
					t.Errorf("%v %s: %s", f.Grade, f.Setting, f.What)
				}
				found = found || f.Grade == tt.grade && f.Setting == tt.setting
			}
			if tt.setting != "" && !found {
				t.Errorf("no finding of %s", tt.setting)
			}
		})
	}
}
