package box_test

import (
	"bytes"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// A changed vector means that what is stored does not open any more. See
// docs/formats.md.
func TestVectors(t *testing.T) {
	t.Parallel()
	v := hotlinetest.ReadVectors(t)
	key, salt := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	c := box.NewContext("line", "domain", "one", "", "three")
	v.Is(t, "context hash", c.Hash())
	v.Is(t, "context with a part, hash", c.With([]byte("four")).Hash())
	v.Is(t, "derive", box.Derive(key, c))
	salted, err := box.Salted(key, salt, c)
	hotlinetest.Must(t, err)
	v.Is(t, "salted", salted)
	v.Is(t, "mac", box.MAC(key, c))
	v.Is(t, "verifying key", box.VerifierFrom(key))
	v.Is(t, "signature", box.SignerFrom(key)(c))
	v.Is(t, "padding", box.Pad([]byte("words")))
	v.Opens(t, "sealed under a key", []byte("words"), func() []byte { return box.Seal(key, []byte("words"), c) },
		func(b []byte) ([]byte, error) { return box.Open(key, b, c) })
	private, err := box.ParsePrivate(append([]byte{2}, key...))
	hotlinetest.Must(t, err)
	v.Is(t, "public key", private.Public().Bytes())
	v.Opens(t, "sealed to a key", []byte("words"), func() []byte {
		b, err := private.Public().Seal([]byte("words"), c)
		hotlinetest.Must(t, err)
		return b
	}, func(b []byte) ([]byte, error) { return private.Open(b, c) })
	slow, err := box.NewSlow().Hash(t.Context(), 1, []byte("six words"), bytes.Repeat([]byte{3}, 16))
	hotlinetest.Must(t, err)
	v.Is(t, "slow hash, set 1", slow)
}
