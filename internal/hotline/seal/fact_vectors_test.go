package seal_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// fact is a fact on its way to the figures.
func fact(t *testing.T, v *hotlinetest.Vectors) {
	t.Helper()
	const body = `{"month":"2026-11","facts":{"needs":["food","legal"],"type":["tip"]}}`
	v.Is(t, "context of a fact", line.Fact(id, 1).Hash())
	plain, err := seal.PackFact(body)
	must(t, err)
	hash := sha256.Sum256(plain)
	v.Is(t, "packed fact, hash", hash[:])
	private, err := box.ParsePrivate(append([]byte{2}, fixed(8)...))
	must(t, err)
	v.Opens(t, "fact", []byte(body), func() []byte {
		b, err := private.Public().Seal(plain, line.Fact(id, 1))
		must(t, err)
		return b
	}, func(b []byte) ([]byte, error) {
		plain, err := private.Open(b, line.Fact(id, 1))
		if err != nil {
			return nil, err
		}
		got, err := seal.UnpackFact(plain)
		return []byte(got), err
	})
}

// Facts are all of one length, whatever is in them.
func TestFactsHaveOneLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 300, 2000, 4092} {
		if got, err := seal.PackFact(strings.Repeat("x", n)); err != nil || len(got) != 4096 {
			t.Errorf("%d letters become %d bytes, %v", n, len(got), err)
		}
	}
	if _, err := seal.PackFact(strings.Repeat("x", 4093)); !errors.Is(err, seal.ErrFact) {
		t.Errorf("one too many: %v", err)
	}
}
