package interpret_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// The operator's own machine is asked for one text at a time, on the loopback, and what
// it says comes back; what goes wrong is said without a word of the text.
func TestTheMachineIsAskedOnTheLoopback(t *testing.T) {
	var asked map[string]string
	answer := func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"translatedText":"he keeps my passport"}`)) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = map[string]string{}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		answer(w)
	}))
	t.Cleanup(server.Close)
	m, err := interpret.NewLoopback(server.URL + "/translate")
	must(t, err)
	words := seal.Conceal("kinuha niya ang pasaporte ko")
	got, err := m.Translate(t.Context(), "fil", "en", words)
	if err != nil || got.Reveal() != "he keeps my passport" {
		t.Errorf("got %v, %v", got.Reveal(), err)
	}
	if fmt.Sprint(asked) != "map[format:text q:kinuha niya ang pasaporte ko source:fil target:en]" {
		t.Errorf("asked %v", asked)
	}
	for what, bad := range map[string]func(http.ResponseWriter){
		"a fault that quotes": func(w http.ResponseWriter) {
			http.Error(w, "cannot translate: pasaporte", http.StatusInternalServerError)
		},
		"not JSON": func(w http.ResponseWriter) { _, _ = w.Write([]byte("pasaporte")) },
		"nothing":  func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{}`)) },
		"too much": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"translatedText":"` + strings.Repeat("x", 65<<10) + `"}`))
		},
		"somewhere else": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://192.0.2.1/")
			w.WriteHeader(http.StatusFound)
		},
	} {
		answer = bad
		got, err := m.Translate(t.Context(), "fil", "en", words)
		hotlinetest.Refused(t, err, interpret.ErrMachine)
		if got.Reveal() != "" || strings.Contains(fmt.Sprint(err), "pasaporte") {
			t.Errorf("%s: got %q, %v", what, got.Reveal(), err)
		}
	}
	server.CloseClientConnections()
	late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, err = m.Translate(late, "fil", "en", words)
	hotlinetest.Refused(t, err, interpret.ErrMachine)
}

// Words never go to a machine elsewhere.
func TestAMachineElsewhereIsRefused(t *testing.T) {
	for _, far := range []string{
		"http://192.0.2.1:5000/translate", "http://translate.example.org/", "https://[2001:db8::1]/", "http://0.0.0.0/", "ftp://127.0.0.1/", "127.0.0.1:5000", "",
		"http://127.0.0.1@192.0.2.1/", "http://127.0.0.1.example.org/",
	} {
		_, err := interpret.NewLoopback(far)
		hotlinetest.Refused(t, err, interpret.ErrFar)
	}
	for _, near := range []string{"http://127.0.0.1:5000/translate", "http://[::1]:5000/", "http://localhost:5000/translate", "http://127.9.8.7/"} {
		if err := interpret.Near(near); err != nil {
			t.Errorf("%s is refused: %v", near, err)
		}
	}
}
