package front

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// contentPolicy is what every page may do: nothing but what is named. The hashes are of
// the styles and the script that stand in the pages; nonce is for the log, which
// writes styles as it goes. Browsers refuse the redirect of a form to an origin
// that is not named, so that those of the harmless sites are.
func contentPolicy(h hashes, harmless []string, nonce string) string {
	style, script, frames, ancestors := h.style, h.script, "'self'", "'none'"
	if nonce != "" {
		style, script, frames, ancestors = style+" 'nonce-"+nonce+"'", "'none'", "'none'", "'self'"
	}
	return "default-src 'none'; style-src " + style + "; script-src " + script +
		"; connect-src 'self'; img-src data:; frame-src " + frames +
		"; form-action " + strings.Join(append([]string{"'self'"}, harmless...), " ") +
		"; base-uri 'none'; frame-ancestors " + ancestors
}

// guard sets what every answer carries.
func guard(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("X-Frame-Options", "DENY")
}

// origins are those of the sites that leaving leads to.
func origins(sites map[string]string) ([]string, error) {
	var all []string
	for lang, site := range sites {
		u, err := url.Parse(site)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, fmt.Errorf("front: the harmless site for %q is not an address", lang)
		}
		all = append(all, u.Scheme+"://"+u.Host)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
