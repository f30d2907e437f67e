//go:build !race

package voice_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/test/peer"
	"github.com/freeline-org/freeline/test/voice"
)

// ringMe has an administrator ring a real telephone of hers through a trunk, press a key as
// she hears the tones, and read what works.
func ringMe(t *testing.T, l *voice.Line, phone *peer.Baresip) {
	t.Helper()
	tok, err := l.Cast.SignIn(t.Context(), l.App.Line, l.Cast.Actors[0].Name)
	must(t, err)
	rec := httptest.NewRecorder()
	session.Put(rec, tok)
	form := url.Values{"ring": {peer.Nobody}, "trunk": {"out"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+l.Port()+"/ring", strings.NewReader(form.Encode()))
	must(t, err)
	r.Host = "desk.localhost"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range rec.Result().Cookies() {
		r.AddCookie(c)
	}
	page := make(chan string, 1)
	go func() { // ends with the call, which is waited for below
		res, err := (&http.Client{Timeout: 2 * time.Minute}).Do(r)
		if err != nil {
			page <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		page <- string(b)
	}()
	phone.Established()
	hears(t, phone, "the tones", func(last []int16) bool { return loudest(last, 659.25) > -20 })
	phone.Press("1")
	got := <-page
	for _, want := range []string{"The telephone company is reached", "You have taken it", "It has arrived", "You hear the line", "The line hears you", "The test call is over"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q: %.2000s", want, got)
		}
	}
	phone.Closed()
	if strings.Contains(got+l.Log(), strings.TrimPrefix(peer.Nobody, "+")) {
		t.Error("her number is on the page or in the log")
	}
	leaves := 0
	must(t, l.App.Line.Main.One(t.Context(), `SELECT count(*) FROM leaf WHERE object = 'trunk out'`, nil, &leaves))
	if leaves != 1 {
		t.Errorf("%d leaves say that somebody was rung", leaves)
	}
}
