package box_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
)

func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// What was sealed opens with its key, in its context, whole; else it does not, and
// nobody learns why.
func TestOpensAsSealed(t *testing.T) {
	t.Parallel()
	key, c := box.Random(box.Size), box.NewContext("line", "row", "a", "b")
	sealed := box.Seal(key, []byte("words"), c)
	if len(sealed) != 29+5 {
		t.Errorf("sealed is %d bytes longer, want 29", len(sealed)-5)
	}
	if got, err := box.Open(key, sealed, c); err != nil || string(got) != "words" {
		t.Errorf("got %q, %v", got, err)
	}
	if bytes.Equal(sealed, box.Seal(key, []byte("words"), c)) {
		t.Error("the same words seal to the same bytes")
	}
	for name, try := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return box.Open(box.Random(box.Size), sealed, c) },
		"another context": func() ([]byte, error) { return box.Open(key, sealed, box.NewContext("line", "row", "a", "c")) },
		"cut off":         func() ([]byte, error) { return box.Open(key, sealed[:len(sealed)-1], c) },
		"too short":       func() ([]byte, error) { return box.Open(key, sealed[:28], c) },
		"nothing":         func() ([]byte, error) { return box.Open(key, nil, c) },
		"another version": func() ([]byte, error) { return box.Open(key, append([]byte{2}, sealed[1:]...), c) },
	} {
		if got, err := try(); !errors.Is(err, box.ErrOpen) || got != nil {
			t.Errorf("%s: got %q, %v; want %v", name, got, err, box.ErrOpen)
		}
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := box.Open(key, changed, c); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
}

func TestPublicKey(t *testing.T) {
	t.Parallel()
	k, c := box.Generate(), box.NewContext("line", "grant", "a")
	pub, err := box.ParsePublic(k.Public().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := pub.Seal([]byte("secret"), c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := box.ParsePrivate(k.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, c); err != nil || string(got) != "secret" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = box.Generate().Open(sealed, c)
	refused(t, err, box.ErrOpen)
	_, err = k.Open(sealed, box.NewContext("line", "grant", "b"))
	refused(t, err, box.ErrOpen)
	_, err = k.Open(append([]byte{1}, sealed[1:]...), c)
	refused(t, err, box.ErrOpen)
	// Other suites are refused, whatever follows.
	for _, parse := range []func([]byte) error{
		func(b []byte) error { _, err := box.ParsePublic(b); return err },
		func(b []byte) error { _, err := box.ParsePrivate(b); return err },
	} {
		for _, b := range [][]byte{nil, {2}, {1, 2, 3}, append([]byte{1}, k.Public().Bytes()[1:]...), append([]byte{1}, k.Bytes()[1:]...), k.Bytes()[:20]} {
			refused(t, parse(b), box.ErrOpen)
		}
	}
}

// A salt that is not there is an error: it never stands for zeros.
func TestNoSaltNoKey(t *testing.T) {
	t.Parallel()
	secret, c := box.Random(box.Size), box.NewContext("line", "object")
	for _, salt := range [][]byte{nil, {}, make([]byte, 32), make([]byte, 31), box.Random(31), box.Random(33)} {
		_, err := box.Salted(secret, salt, c)
		refused(t, err, box.ErrSalt)
	}
	salt := box.Random(box.Size)
	a, err := box.Salted(secret, salt, c)
	refused(t, err, nil)
	b, err := box.Salted(secret, box.Random(box.Size), c)
	refused(t, err, nil)
	if box.Equal(a, b) || box.Equal(a, box.Derive(secret, c)) {
		t.Error("the key does not depend on the salt")
	}
}

func TestSignature(t *testing.T) {
	t.Parallel()
	seed, c := box.Random(32), box.NewContext("line", "x")
	sig := box.SignerFrom(seed)(c)
	if !box.Verify(box.VerifierFrom(seed), c, sig) {
		t.Error("a right signature does not verify")
	}
	for name, ok := range map[string]bool{
		"another key":     box.Verify(box.VerifierFrom(box.Random(32)), c, sig),
		"another context": box.Verify(box.VerifierFrom(seed), box.NewContext("line", "y"), sig),
		"no key":          box.Verify(nil, c, sig),
		"no signature":    box.Verify(box.VerifierFrom(seed), c, nil),
		"with more":       box.Verify(box.VerifierFrom(seed), c.With([]byte("z")), sig),
	} {
		if ok {
			t.Errorf("%s verifies", name)
		}
	}
}

// Lengths show in steps alone.
func TestPadding(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 256, 1: 256, 252: 256, 253: 1024, 1020: 1024, 1021: 4096, 4092: 4096, 4093: 8192, 8188: 8192, 8189: 16384} {
		plain := bytes.Repeat([]byte{'x'}, n)
		padded := box.Pad(plain)
		if len(padded) != want {
			t.Errorf("%d bytes become %d, want %d", n, len(padded), want)
		}
		if got, err := box.Unpad(padded); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes come back as %d, %v", n, len(got), err)
		}
	}
}

// Two work, thirty-two wait, and who comes after them is told so at once.
func TestSlowRefusesPolitely(t *testing.T) {
	t.Parallel()
	s := box.NewSlow()
	s.Weaken(t)
	release := s.Hold(t) // both places are taken
	done := make(chan error, 40)
	for range cap(done) {
		go func() {
			_, err := s.Hash(t.Context(), box.Current, []byte("x"), []byte("saltsaltsaltsalt"))
			done <- err
		}()
	}
	for range 8 {
		refused(t, <-done, box.ErrBusy)
	}
	release()
	for range 32 {
		refused(t, <-done, nil)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	defer s.Hold(t)()
	_, err := s.Hash(ctx, box.Current, nil, []byte("saltsaltsaltsalt"))
	refused(t, err, context.Canceled)
	_, err = s.Hash(t.Context(), 99, nil, nil)
	refused(t, err, box.ErrOpen) // rows name a set of ours
}

// FuzzContext tries to make two different contexts that read the same.
func FuzzContext(f *testing.F) {
	f.Add("line", "row", "a", "b", "ab", "")
	f.Add("l", "grant", "\x00\x00\x00\x01a", "", "", "a")
	f.Fuzz(func(t *testing.T, line, domain, a, b, c, d string) {
		whole := box.NewContext(line, domain, a, b)
		key := func(parts ...string) string { return fmt.Sprintf("%q", parts) }
		mine := key(line, domain, a, b)
		for other, parts := range map[string]box.Context{
			key(line, domain, a, c): box.NewContext(line, domain, a, c), key(line, domain, c, b): box.NewContext(line, domain, c, b),
			key(line, c, a, b): box.NewContext(line, c, a, b), key(c, domain, a, b): box.NewContext(c, domain, a, b),
			key(line, domain, a+b): box.NewContext(line, domain, a+b), key(line, domain, a+b, ""): box.NewContext(line, domain, a+b, ""),
			key(line, domain, "", a+b): box.NewContext(line, domain, "", a+b), key(line, domain, a, b, d): box.NewContext(line, domain, a, b).With([]byte(d)),
			key(line, domain): box.NewContext(line, domain), key(line, domain+a, b): box.NewContext(line, domain+a, b), key(line+domain, a, b): box.NewContext(line+domain, a, b),
		} {
			if (other == mine) != box.Equal(parts.Hash(), whole.Hash()) {
				t.Errorf("%s and %s: one context for two, or two for one", mine, other)
			}
		}
		if !box.Equal(box.NewContext(line, domain, a).With([]byte(b)).Hash(), whole.Hash()) {
			t.Error("With is not one more part")
		}
	})
}

// FuzzOpen feeds the openers what nobody sealed.
func FuzzOpen(f *testing.F) {
	key, private, c := bytes.Repeat([]byte{7}, box.Size), box.Generate(), box.NewContext("line", "x")
	sealed := box.Seal(key, []byte("words"), c)
	to, err := private.Public().Seal([]byte("words"), c)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(to)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		// Other workers sealed the same words.
		if got, err := box.Open(key, b, c); err == nil && string(got) != "words" {
			t.Errorf("opened as %q", got)
		}
		if got, err := private.Open(b, c); err == nil && string(got) != "words" {
			t.Errorf("opened as %q", got)
		}
	})
}

func FuzzUnpad(f *testing.F) {
	f.Add(box.Pad([]byte("words")))
	f.Add([]byte{0, 0, 0, 1})
	f.Add([]byte{255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := box.Unpad(b)
		if err != nil {
			return
		}
		if len(plain) > len(b)-4 {
			t.Error("longer than it was padded")
		}
		if again, err := box.Unpad(box.Pad(plain)); err != nil || !bytes.Equal(again, plain) {
			t.Errorf("padded again it is %q, %v", again, err)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	k := box.Generate()
	f.Add(k.Public().Bytes())
	f.Add(k.Bytes())
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := box.ParsePublic(b); err == nil {
			if !bytes.Equal(p.Bytes(), b) {
				t.Error("a public key has two spellings")
			}
			if _, err := p.Seal([]byte("x"), box.NewContext("line", "x")); err != nil {
				t.Log(err) // a key that cannot be sealed to is an error, and no panic
			}
		}
		if p, err := box.ParsePrivate(b); err == nil && !bytes.Equal(p.Bytes(), b) {
			t.Error("a private key has two spellings")
		}
	})
}
