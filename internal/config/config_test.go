package config_test

import (
	"encoding"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/freeline-org/freeline/internal/config"
)

// write puts a settings file where Load can read it.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "freeline.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFileEnvironmentAndFlagsCountInThisOrder(t *testing.T) {
	file := write(t, `
		dir = "/srv/line"
		[web]
		listen = ":1"
		front_host = "file.example.org"
		staff_host = "file-desk.example.org"
		faces = ["front"]
		trusted_proxies = ["192.0.2.7", "198.51.100.0/24"]
		[retention]
		words_readable = "90d"
		[decoys]
		en = "https://example.org/"
		[operator]
		log_level = "Warn"
	`)
	flags := &config.Flags{}
	flags.Set("web.listen", ":3")
	flags.Set("decoys.sw", "https://example.org/sw")
	got, err := config.Load(file, []string{
		"FREELINE_WEB_LISTEN=:2", "FREELINE_WEB_FRONT_HOST=env.example.org", "FREELINE_DECOYS_PT_BR=https://example.org/pt",
		"FREELINE_TLS_ACME=true", "FREELINE_BUS_NODES=3", "FREELINE_TEST_POSTGRES=x", "FREELINE_CONFIG=x", "PATH=/bin",
		"FREELINE_KEYS_ROOT=" + strings.Repeat("0a", 32), "FREELINE_WEB_FACES=staff, front",
	}, flags)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Dir = "/srv/line"
	want.Web.Listen, want.Web.Front, want.Web.Staff = ":3", "env.example.org", "file-desk.example.org"
	want.Web.Faces = []config.Face{config.Staff, config.Front}
	want.TLS.ACME, want.Bus.Nodes = true, 3
	want.Keys.Root = []byte(strings.Repeat("\n", 32))
	want.Retention.Readable = config.Duration(90 * 24 * time.Hour)
	want.Operator.LogLevel = 4
	want.Decoys["en"], want.Decoys["pt-br"], want.Decoys["sw"] = "https://example.org/", "https://example.org/pt", "https://example.org/sw"
	want.Store.Main, want.Store.Shred = "sqlite:/srv/line/main.db", "sqlite:/srv/line/shred.db"
	want.Keys.Operational = "/srv/line/operational.key"
	if d := cmp.Diff(want.Web.Faces, got.Web.Faces); d != "" {
		t.Error(d)
	}
	if p := fmt.Sprint(got.Web.Proxies); p != "[192.0.2.7/32 198.51.100.0/24]" {
		t.Errorf("proxies are %s", p)
	}
	got.Web.Proxies = nil
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want and got differ:\n%s", d)
	}
}

func TestWhatIsWrongSaysWhereItStands(t *testing.T) {
	tests := []struct{ name, file, env, flag, want string }{
		{"unknown setting", "[web]\nlistn = \":1\"", "", "", "freeline.toml:2: web.listn: there is no such setting; did you mean web.listen?"},
		{"unknown section", "[wub]\nlisten = \":1\"", "", "", "freeline.toml:1: wub"},
		{"two unknown", "x = 1\ny = 2", "", "", "freeline.toml:2: y: there is no such setting"},
		{"not TOML", "[web]\nlisten = :1", "", "", "freeline.toml:2: "},
		{"wrong type", "\n[bus]\nnodes = \"two\"", "", "", "freeline.toml:3: "},
		{"wrong value", "[operator]\n\nlog_level = \"loud\"", "", "", "freeline.toml:3: "},
		{"no time", "[retention]\nparked = \"soon\"", "", "", "freeline.toml:2: "},
		{"negative time", "[retention]\nparked = \"-1h\"", "", "", "want a time"},
		{"no network", "[web]\ntrusted_proxies = [\"x\"]", "", "", "want a network"},
		{"no face", "[web]\nfaces = [\"back\"]", "", "", `want "front", "staff" or "partner"`},
		{"short key", "[keys]\nroot = \"abcd\"", "", "", "64 digits"},
		{"twice", "dir = \"a\"\ndir = \"b\"", "", "", "freeline.toml:2: "},
		{"unknown variable", "", "FREELINE_WEB_LISTN=x", "", "environment: FREELINE_WEB_LISTN: there is no such setting"},
		{"wrong variable", "", "FREELINE_BUS_NODES=two", "", "environment: FREELINE_BUS_NODES: want a whole number"},
		{"wrong truth", "", "FREELINE_TLS_ACME=maybe", "", `FREELINE_TLS_ACME: want "true" or "false"`},
		{"unknown flag", "", "", "web.port=1", "flag: -web.port: there is no such setting"},
		{"wrong flag", "", "", "web.faces=front,back", "flag: -web.faces: want"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			flags := &config.Flags{}
			if name, text, ok := strings.Cut(tt.flag, "="); ok {
				flags.Set(name, text)
			}
			_, err := config.Load(write(t, tt.file), []string{tt.env}, flags)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := config.Load(filepath.Join(t.TempDir(), "none"), nil, nil); err == nil {
		t.Error("a file that is not there is taken for an empty one")
	}
}

func TestRegisteredFlagsAreRead(t *testing.T) {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	set.SetOutput(&strings.Builder{})
	flags := config.Register(set)
	if err := set.Parse([]string{"-web.listen=:9", "-retention.parked", "2d"}); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("", nil, flags)
	if err != nil || c.Web.Listen != ":9" || c.Retention.Parked.Of() != 48*time.Hour {
		t.Errorf("got %q %v %v", c.Web.Listen, c.Retention.Parked, err)
	}
	if f := set.Lookup("bus.nodes"); f == nil || !strings.Contains(f.Usage, "processes") {
		t.Errorf("the flag bus.nodes does not say what it is for: %v", f)
	}
	if err := set.Parse([]string{"-bus.nodes=two"}); err == nil {
		t.Error("a flag that makes no sense is accepted")
	}
}

func TestPrintMasksPasswords(t *testing.T) {
	c := config.Default()
	c.Store.Main = "postgres://line:swordfish@db.example.org:5432/line?sslmode=verify-full&password=swordfish"
	c.Store.Shred = "host=x password=swordfish"
	c.Bus.NATS = "tls://swordfish@bus.example.org"
	got, err := config.Print(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"main = 'postgres://line:***@db.example.org:5432/line?***'", "shred = '***'", "nats = 'tls://***@bus.example.org'", "listen = ':443'"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, text := range []string{got, fmt.Sprintf("%v %+v %s", c, c, c.Store.Main)} {
		if strings.Contains(text, "swordfish") {
			t.Errorf("a password in\n%s", text)
		}
	}
	if c.Store.Main.Plain() == c.Store.Main.String() {
		t.Error("printing changed the setting itself")
	}
}

func TestSampleIsTheDefaults(t *testing.T) {
	const golden = "testdata/freeline.toml"
	got, err := config.Sample()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("the sample is not %s (make update rewrites it):\n%s", golden, d)
	}
	uncommented := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(got, "$1")
	for name, text := range map[string]string{"the sample": got, "the sample without its #": uncommented} {
		c, err := config.Load(write(t, text), nil, nil)
		plain, _ := config.Load("", nil, nil)
		if d := cmp.Diff(plain, c, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Errorf("%s loads as something else than the defaults: %v\n%s", name, err, d)
		}
	}
}

func TestFileKeepsWhatItIsGiven(t *testing.T) {
	c, _ := config.Load("", nil, nil)
	c.Web.Front, c.Bus.NATS = "help.example.org", "tls://a:swordfish@bus.example.org"
	c.Decoys["sw"] = "https://example.org/"
	text, err := config.File(c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(write(t, text), nil, nil)
	if d := cmp.Diff(c, got, cmpopts.EquateEmpty()); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if !strings.Contains(text, "\nfront_host = 'help.example.org'\n") || !strings.Contains(text, "\n#partner_host") {
		t.Errorf("what was set is commented out, or what was not is not:\n%s", text)
	}
}

// A setting without a comment is one nobody can decide on.
func TestEverySettingSaysWhatItIsFor(t *testing.T) {
	var walk func(where string, s reflect.Type)
	walk = func(where string, s reflect.Type) {
		for i := range s.NumField() {
			f := s.Field(i)
			if f.Tag.Get("toml") == "" || len(f.Tag.Get("comment")) < 20 {
				t.Errorf("%s.%s has no name or no comment", where, f.Name)
			}
			for line := range strings.Lines(f.Tag.Get("comment")) {
				if len(line) > 92 {
					t.Errorf("%s.%s: a line of its comment is too long: %s", where, f.Name, line)
				}
			}
			of := f.Type
			if of.Kind() == reflect.Slice {
				of = of.Elem()
			}
			if of.Kind() == reflect.Struct && !reflect.PointerTo(of).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
				walk(f.Name, of)
			}
		}
	}
	walk("Config", reflect.TypeFor[config.Config]())
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{"", "dir = 'x'", "[web]\nfaces = ['front']", "[decoys]\nen = 1", "[[web]]", "web = {listen=''}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := config.Load(write(t, text), nil, nil); err == nil {
			config.Check(c)
		}
	})
}
