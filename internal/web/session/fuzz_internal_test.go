package session

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// A cookie is ours to the last bit, or none.
func FuzzCookie(f *testing.F) {
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, size)))
	f.Add(strings.Repeat("A", 85) + "B")
	f.Add("")
	f.Fuzz(func(t *testing.T, value string) {
		tok, ok := parse(value)
		if ok && (len(tok) != size || base64.RawURLEncoding.EncodeToString(tok) != value) || !ok && tok != nil {
			t.Errorf("%q is read as %d bytes", value, len(tok))
		}
	})
}

// Whatever a link says, the way leads to a page of ours.
func FuzzOnward(f *testing.F) {
	for _, s := range []string{"/people", "//example.org", "/\\example.org", "/people/../x", "https://example.org", "/a\r\nSet-Cookie: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := Onward(to)
		at, err := url.Parse(got)
		if err != nil || at.IsAbs() || at.Host != "" || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\?#\r\n ") || got != to && got != "/" {
			t.Errorf("%q leads to %q", to, got)
		}
	})
}
