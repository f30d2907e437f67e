package load_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/test/load"
)

// page is a page of the public's, without markup.
func page(ctx context.Context, t *testing.T, at, path string) (text, whole string) {
	t.Helper()
	client := from("127.30.1.1", at)
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://line.localhost"+path, nil)
	must(t, err)
	res, err := client.Do(req)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>|<[^>]*>`).ReplaceAllString(string(b), " ")), " "), string(b)
}

// said is what the page says of how long notes are kept.
func said(kind, span string) string {
	return map[string]string{
		"information": "A note of a question we could answer: ", "situation": "A note of somebody we help for longer: ", "other": "Other notes: ",
	}[kind] + span + "."
}

// Who can read is told by the list of keys that is in force, without a restart: when
// somebody leaves, the page says so within a second or two.
func TestWhoCanReadIsTheListOfKeysInForce(t *testing.T) {
	h := load.New(t, "sqlite", 3, 3)
	ctx, a, _ := serve(t, h)
	at := a.Addr().String()
	shows := func(want string) {
		t.Helper()
		var last string
		waitFor(t, 20*time.Second, "the page to say "+want, func() bool {
			last, _ = page(ctx, t, at, "/p/who?l=en")
			return strings.Contains(last, want)
		})
	}
	shows("5 people answer here.") // three advocates, the supervisor, and the first administrator as long as she holds all keys
	shows("2 people lead them")
	for kind, years := range map[string]string{"information": "1 year", "situation": "5 years", "other": "1 year"} {
		shows(said(kind, years))
	}
	tok, err := h.Cast.SignIn(ctx, a.Line, "Ines")
	must(t, err)
	gone, err := a.Line.Staff.ByName(ctx, "Advocate 0")
	must(t, err)
	must(t, a.Line.Keeper.With(ctx, tok, func(r *vault.Ring) error { return a.Line.Accounts.Remove(ctx, r, gone.ID) }))
	shows("4 people answer here.")
	v, err := a.Line.Authority.Current(ctx)
	must(t, err)
	shows(fmt.Sprintf("list of keys, number %d.", v.Manifest.Serial))
	ines, err := a.Line.Staff.ByName(ctx, "Ines")
	must(t, err)
	version, err := a.Line.Editions.Write(ctx, ines.ID, policy.KeepKey(), `{"rows":[{"type":"information","days":30},{"days":730}]}`, 0)
	must(t, err)
	_, err = a.Line.Editions.Publish(ctx, ines.ID, policy.KeepKey(), version)
	must(t, err)
	shows(said("information", "30 days"))
	shows(said("situation", "2 years"))
}

// What she is told before her first word is an edition: a new one is on the page
// without a restart, its number is kept with her contact, and a language without
// accepted words shows those of another, marked as such.
func TestWhatSheIsToldIsAnEdition(t *testing.T) {
	h := load.New(t, "sqlite", 1, 3)
	ctx, a, _ := serve(t, h)
	at := func() string { return a.Addr().String() }
	ines, err := a.Line.Staff.ByName(ctx, "Ines")
	must(t, err)
	write := func(lang, button string) *caller.Caller {
		t.Helper()
		c, err := caller.NewFrom("line.localhost", lang, "127.30.2.1", at)
		must(t, err)
		t.Cleanup(c.Close)
		must(t, c.Open(ctx))
		must(t, c.Press(ctx, "chat", ""))
		if button != "" {
			must(t, c.Press(ctx, button, "hello"))
		}
		return c
	}
	newest := func() (c contact.Contact) {
		t.Helper()
		all, err := a.Line.Book.List(ctx, 10, contact.Waiting)
		must(t, err)
		for _, one := range all {
			if one.Began >= c.Began {
				c = one
			}
		}
		return c
	}
	if p := write("en", "").Page; !strings.Contains(p, "We first ask if it is safe to write.") || !strings.Contains(p, "Nobody has reviewed them yet.") {
		t.Errorf("before the first word: %.200s", p)
	}
	key := policy.ExpectKey("chat", "en")
	version, err := a.Line.Editions.Write(ctx, ines.ID, key, `{"who":"One of us two.","limits":"We tell nobody.","next":"We say hello."}`, 0)
	must(t, err)
	number, err := a.Line.Editions.Publish(ctx, ines.ID, key, version)
	must(t, err)
	if p := write("en", "send").Page; strings.Contains(p, "class=\"err\"") {
		t.Errorf("her words were not taken: %.200s", p)
	}
	if got := newest().Editions["expect/en"]; got != number || number < 2 {
		t.Errorf("she was told edition %d, want %d", got, number)
	}
	must(t, a.Line.Editions.Withdraw(ctx, policy.ExpectKey("chat", "fr"), 1))
	if p := write("fr", "").Page; !strings.Contains(p, `<span lang="en" dir="ltr">One of us two.</span>`) || !strings.Contains(p, "Avant d") {
		t.Errorf("in French: %s", p[strings.Index(p, "<main"):strings.Index(p, "</ul>")])
	}
	must(t, a.Line.Editions.Withdraw(ctx, policy.ScopeKey("es"), 1))
	if _, p := page(ctx, t, at(), "/p/scope?l=es"); !strings.Contains(p, `<ul lang="en" dir="ltr">`) {
		t.Errorf("the scope in Spanish: %.200s", p)
	}
}
