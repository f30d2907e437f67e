package freeline_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// Each rule is broken once in a tree of its own, and must say so.
func TestEachRuleBarks(t *testing.T) {
	chart, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		files map[string]string
		want  string // part of the one complaint; empty where there is none
	}{
		{"a sound tree", map[string]string{
			"internal/app/app.go":                      imports("internal/web/front", "internal/channel/textline", "internal/hotline/own", "internal/hotline/vault"),
			"internal/web/front/front.go":              imports("internal/hotline/own", "internal/hotline/contact", "internal/db"),
			"internal/channel/textline/x.go":           imports("internal/channel", "internal/hotline/contact", "internal/hotline/seal", "internal/problem"),
			"internal/hotline/contact/x.go":            imports("internal/hotline", "internal/hotline/seal", "internal/jobs"),
			"internal/hotline/contact/x_test.go":       imports("internal/db/dbtest", "test/browser") + "\nimport _ \"github.com/google/go-cmp/cmp\"",
			"internal/db/db.go":                        "package x\nimport _ \"modernc.org/sqlite\"\nimport _ \"github.com/jackc/pgx/v5/stdlib\"",
			"internal/channel/voice/internal/sip/x.go": imports("internal/hotline/seal"),
		}, ""},
		{"engine knows hotline", map[string]string{"internal/jobs/x.go": imports("internal/hotline")}, `internal/jobs imports internal/hotline`},
		{"engine knows web", map[string]string{"internal/observe/x.go": imports("internal/web/ui")}, "internal/observe imports internal/web/ui"},
		{"engine knows app", map[string]string{"internal/bus/x.go": imports("internal/app")}, "internal/bus imports internal/app"},
		{"codec knows engine", map[string]string{"internal/wire/smpp/x.go": imports("internal/db")}, "internal/wire/smpp imports internal/db"},
		{"hotline looks down", map[string]string{"internal/hotline/contact/x.go": imports("internal/hotline/routing")}, "stands below it"},
		{"hotline's words look down", map[string]string{"internal/hotline/x.go": imports("internal/hotline/seal")}, "stands below it"},
		{"hotline outside the order", map[string]string{"internal/hotline/gossip/x.go": imports()}, "has no place in the order"},
		{"hotline knows a channel", map[string]string{"internal/hotline/contact/x.go": imports("internal/channel")}, "imports internal/channel"},
		{"hotline knows web", map[string]string{"internal/hotline/contact/x.go": imports("internal/web/ui")}, "imports internal/web/ui"},
		{"adapter knows another", map[string]string{"internal/channel/mail/x.go": imports("internal/channel/textline")}, "imports internal/channel/textline"},
		{"adapter knows web", map[string]string{"internal/channel/mail/x.go": imports("internal/web/ui")}, "imports internal/web/ui"},
		{"adapter asks routing", map[string]string{"internal/channel/mail/x.go": imports("internal/hotline/routing")}, "imports internal/hotline/routing"},
		{"voice may ask routing", map[string]string{"internal/channel/voice/x.go": imports("internal/hotline/routing")}, ""},
		{"adapter reaches keys from afar", map[string]string{
			"internal/channel/mail/x.go":    imports("internal/hotline/contact"),
			"internal/hotline/contact/x.go": imports("internal/db"),
			"internal/db/x.go":              imports("internal/hotline/vault"),
		}, "internal/channel/mail -> internal/hotline/contact -> internal/db -> internal/hotline/vault"},
		{"web knows an adapter", map[string]string{"internal/web/desk/x.go": imports("internal/channel/voice")}, "imports internal/channel/voice"},
		{"page knows app", map[string]string{"internal/web/desk/x.go": imports("internal/app")}, "imports internal/app"},
		{"front reaches keys from afar", map[string]string{
			"internal/web/front/x.go": imports("internal/web/ui"),
			"internal/web/ui/x.go":    imports("internal/web/desk"),
			"internal/web/desk/x.go":  imports("internal/hotline/vault"),
		}, "internal/web/front -> internal/web/ui -> internal/web/desk -> internal/hotline/vault"},
		{"front reaches the record", map[string]string{"internal/web/front/x.go": imports("internal/hotline/situation")}, "not for the public"},
		{"a partner's page opens keys", map[string]string{"internal/web/partner/x.go": imports("internal/hotline/vault")}, "one door"},
		{"statistics open keys", map[string]string{"internal/hotline/stats/x.go": imports("internal/hotline/account"), "internal/hotline/account/x.go": imports("internal/hotline/vault")}, "leads to nobody"},
		{"statistics read contacts", map[string]string{"internal/hotline/outreach/x.go": imports("internal/hotline/contact")}, "written apart"},
		{"desk opens as the caller", map[string]string{"internal/web/desk/x.go": imports("internal/hotline/own")}, "without staff"},
		{"the clock is turned in earnest", map[string]string{"internal/hotline/retention/x.go": imports("internal/db/dbtest")}, "which is for tests"},
		{"a made-up staff in earnest", map[string]string{"internal/cli/x.go": imports("internal/cli/cast")}, "for the demo and for tests"},
		{"tests may know everything", map[string]string{"internal/hotline/hotlinetest/x.go": imports("internal/hotline/vault", "internal/hotline/own", "internal/db/dbtest")}, ""},
		{"a browser in earnest", map[string]string{"internal/app/x.go": imports("test/browser")}, "which is for tests"},
		{"cmd knows web", map[string]string{"cmd/freeline/main.go": imports("internal/web/ui")}, "imports internal/web/ui"},
		{"cli knows web", map[string]string{"internal/cli/x.go": imports("internal/web/ui")}, "imports internal/web/ui"},
		{"a place nobody thought of", map[string]string{"internal/misplaced/x.go": imports()}, "has no place in the rules"},
		{"no word for what it keeps", map[string]string{"internal/web/util/x.go": imports()}, "says nothing"},
		{"no place on the map", map[string]string{"internal/web/gossip/x.go": imports()}, "doc.go has no place"},
		{"driver outside db", map[string]string{"internal/jobs/x.go": "package x\nimport _ \"modernc.org/sqlite\""}, "only [\"internal/db\"] may"},
		{"longest name of a module counts", map[string]string{"internal/box/x.go": "package x\nimport _ \"golang.org/x/crypto/acme/autocert\""}, "only [\"internal/app\"] may"},
		{"cipher outside box", map[string]string{"internal/hotline/seal/x.go": "package x\nimport _ \"crypto/cipher\""}, "only [\"internal/box\"] may"},
		{"broken cipher in box", map[string]string{"internal/box/x.go": "package x\nimport _ \"crypto/rc4\""}, "only [] may"},
		{"homeless module", map[string]string{"internal/db/x.go": "package x\nimport _ \"example.org/orm\""}, "which has no home"},
		{"homeless module in a test", map[string]string{"internal/db/x_test.go": "package x\nimport _ \"github.com/stretchr/testify\""}, "which has no home"},
		{"unlisted reveal", map[string]string{"internal/web/desk/x.go": "package x\nfunc show(t interface{ Reveal() string }) string { return t.Reveal() }"}, "internal/web/desk.show reveals"},
		{"reveal handed on as a value", map[string]string{"internal/web/desk/x.go": "package x\nfunc show(t interface{ Reveal() string }) func() string { return t.Reveal }"}, "internal/web/desk.show reveals"},
		{"long file", map[string]string{"internal/web/desk/app/x.tsx": strings.Repeat("\n", longestFile+1)}, "split it by idea"},
		{"other people's long file", map[string]string{"internal/web/desk/third_party/x.js": strings.Repeat("\n", longestFile+1)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{"doc.go": {Data: chart}}
			for name, text := range tt.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			got := read(t, files).judge()
			for at := range mayReveal() {
				got = without(got, at+" is listed")
			}
			if tt.want == "" && len(got) > 0 {
				t.Errorf("complaints about a sound tree: %q", got)
			}
			if tt.want != "" && !strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("complaints are %q, want one with %q", got, tt.want)
			}
		})
	}
}

func TestMissingOnTheMapBarks(t *testing.T) {
	got := read(t, fstest.MapFS{"doc.go": {Data: []byte("// package x\npackage freeline")}}).judge()
	if all := strings.Join(got, "\n"); !strings.Contains(all, "does not list hotline/seal") {
		t.Errorf("complaints are %q", got)
	}
}

func TestVanishedRevealBarks(t *testing.T) {
	for at := range mayReveal() {
		got := (&tree{reveals: map[string]int{}}).judgeReveals()
		if !strings.Contains(strings.Join(got, "\n"), at+" is listed to reveal") {
			t.Errorf("%s may be gone and nobody says so", at)
		}
	}
}

// imports is a source file that imports packages of ours.
func imports(dirs ...string) string {
	var b strings.Builder
	b.WriteString("package x\n")
	for _, d := range dirs {
		fmt.Fprintf(&b, "import _ %q\n", module+d)
	}
	return b.String()
}

func without(complaints []string, part string) []string {
	var kept []string
	for _, c := range complaints {
		if !strings.Contains(c, part) {
			kept = append(kept, c)
		}
	}
	return kept
}
