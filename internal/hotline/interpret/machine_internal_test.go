package interpret

import (
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// A name that comes to mean another place is refused when it is called, before a word
// goes there.
func TestAMachineThatMovesIsRefused(t *testing.T) {
	t.Parallel()
	m, err := NewLoopback("http://localhost:1/translate")
	if err != nil {
		t.Fatal(err)
	}
	m.url = "http://192.0.2.1/translate" // what the name says now
	if _, err := m.Translate(t.Context(), "fil", "en", seal.Conceal("words")); !errors.Is(err, ErrFar) {
		t.Errorf("got %v", err)
	}
}
