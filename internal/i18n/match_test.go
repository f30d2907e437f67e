package i18n_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/i18n"
)

func TestMatchFindsTheBestOffered(t *testing.T) {
	m := small(t).Matcher("en", "es", "fr", "ar", "zh-Hant", "pt-BR")
	tests := []struct{ header, want string }{
		{"", "en"},
		{"*", "en"},
		{"es-419,es;q=0.9,en;q=0.8", "es"},
		{"ar-EG", "ar"},
		{"de-CH,fr;q=0.4", "fr"},
		{"pt-PT", "pt-BR"},
		{"zh-TW", "zh-Hant"},
		{"xx-nonsense,,,;q=;q=2", "en"},
		{"vi", "en"},
		{"en;q=0.1,ar;q=0.9", "ar"},
		{strings.Repeat("q", 600), "en"},
		{"fr," + strings.Repeat("ar,", 400), "fr"},
		{"fr" + strings.Repeat("-x", 400), "en"},
	}
	for _, tt := range tests {
		if got := m.Match(tt.header); got != tt.want {
			t.Errorf("Match(%.40q) = %q, want %q", tt.header, got, tt.want)
		}
	}
	if got := small(t).Matcher().Match("ar"); got != "ar" {
		t.Errorf("all that have a catalogue are offered: Match(ar) = %q", got)
	}
	if got := small(t).Matcher("not a tag").Match("ar"); got != i18n.Fallback {
		t.Errorf("nothing offered: Match(ar) = %q", got)
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", "en", "es-419,es;q=0.9", "zh-Hant-TW;q=0.1,*", "x-klingon,i-default;q=1.000", strings.Repeat("a-", 300)} {
		f.Add(s)
	}
	offered := []string{"es", "ar", "zh-Hant", "sr", "fil"}
	c, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	m := c.Matcher(offered...)
	f.Fuzz(func(t *testing.T, header string) {
		if got := m.Match(header); !slices.Contains(offered, got) {
			t.Errorf("Match(%q) = %q, which was not offered", header, got)
		}
	})
}
