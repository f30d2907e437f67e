package safety

import (
	"errors"
	"strconv"
	"testing"
)

// Two different words are drawn, each word of the list in either place, and nothing from a
// list that is too short.
func TestDraw(t *testing.T) {
	t.Parallel()
	words := make([]string, fewest)
	for i := range words {
		words[i] = strconv.Itoa(i)
	}
	if _, _, err := draw(words[1:]); !errors.Is(err, ErrNoWords) {
		t.Errorf("of too few words: %v", err)
	}
	first, second := map[string]bool{}, map[string]bool{}
	for range 40 * fewest {
		a, b, err := draw(words)
		if err != nil || a == b {
			t.Fatalf("drawn are %s and %s, %v", a, b, err)
		}
		first[a], second[b] = true, true
	}
	if len(first) != fewest || len(second) != fewest {
		t.Errorf("of %d words %d come first and %d second", fewest, len(first), len(second))
	}
}
