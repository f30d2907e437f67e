package own_test

import (
	"bytes"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// A changed vector means that cookies and codes do not open any more. See
// docs/formats.md.
func TestVectors(t *testing.T) {
	t.Parallel()
	const line seal.Line = "line-1"
	v := hotlinetest.ReadVectors(t)
	o := own.New(line, nil, nil, bytes.Repeat([]byte{9}, box.Size))
	by := o.Caller(bytes.Repeat([]byte{1}, box.Size))
	v.Is(t, "lookup of a cookie", by.Lookup)
	v.Is(t, "key of a cookie", by.Key)
	typed, err := o.Type(t.Context(), seal.Conceal("0123456789012345"))
	must(t, err)
	v.Is(t, "lookup of a code", typed.Lookup)
	v.Is(t, "base of a code", typed.Base())
	key, err := box.Salted(typed.Base(), bytes.Repeat([]byte{2}, box.Size), line.Other("code key", "entry"))
	must(t, err)
	v.Is(t, "key of a code", key)
	secret := bytes.Repeat([]byte{3}, box.Size)
	for name, c := range map[string]box.Context{"wrap of a cookie": line.Wrap("cookie", "object", by.Lookup), "wrap of a code": line.Wrap("code", "object", typed.Lookup)} {
		with := key
		if name == "wrap of a cookie" {
			with = by.Key
		}
		v.Opens(t, name, secret, func() []byte { return box.Seal(with, secret, c) }, func(b []byte) ([]byte, error) { return box.Open(with, b, c) })
	}
}

// Her cookie opens her contact, another's does not, and neither value of a cookie
// leads to the other.
func TestCookie(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		c, other := w.Arrive(t, "hers"), w.Arrive(t, "another's")
		_, p, err := w.Key(t, c)
		must(t, err)
		_, theirs, err := w.Key(t, other)
		must(t, err)
		for name, try := range map[string]func() (*own.Key, error){
			"another cookie":    func() (*own.Key, error) { return w.Own.Open(t.Context(), w.Browser().By, p.Columns, p.Wrap) },
			"another's wrap":    func() (*own.Key, error) { return w.Own.Open(t.Context(), c.By, p.Columns, theirs.Wrap) },
			"another's contact": func() (*own.Key, error) { return w.Own.Open(t.Context(), c.By, theirs.Columns, p.Wrap) },
			"a forged commitment": func() (*own.Key, error) {
				k := p.Columns
				k.CommitK = theirs.Columns.CommitK
				return w.Own.Open(t.Context(), c.By, k, p.Wrap)
			},
			"no wrap":             func() (*own.Key, error) { return w.Own.Open(t.Context(), c.By, p.Columns, nil) },
			"another's whole row": func() (*own.Key, error) { return w.Own.Open(t.Context(), c.By, theirs.Columns, theirs.Wrap) },
			"lookup for the key": func() (*own.Key, error) {
				return w.Own.Open(t.Context(), seal.CallerWrap{Lookup: c.By.Lookup, Key: bytes.Repeat(c.By.Lookup, 2)}, p.Columns, p.Wrap)
			},
			"another's lookup, by": func() (*own.Key, error) {
				return w.Own.Open(t.Context(), seal.CallerWrap{Lookup: other.By.Lookup, Key: c.By.Key}, p.Columns, p.Wrap)
			},
		} {
			if k, err := try(); err == nil || k != nil {
				t.Errorf("%s opens", name)
			} else if !errors.Is(err, box.ErrOpen) && !errors.Is(err, seal.ErrUnvouched) {
				t.Errorf("%s: got %v, want %v", name, err, box.ErrOpen)
			}
		}
	})
}

// A code is sixteen digits; what it opens depends on the line's pepper and on its own
// entry.
func TestCode(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		c := w.Arrive(t, "hers")
		k, p, err := w.Key(t, c)
		must(t, err)
		digits, code, err := k.NewCode(t.Context())
		must(t, err)
		if !regexp.MustCompile(`^\d{16}$`).MatchString(digits.Reveal()) {
			t.Error("a code is not sixteen digits")
		}
		typed, err := w.Own.Type(t.Context(), digits)
		must(t, err)
		if !bytes.Equal(typed.Lookup, code.Lookup) {
			t.Error("the code is looked up by another value than it was kept by")
		}
		again, err := typed.Open(t.Context(), p.Columns, code)
		must(t, err)
		if !bytes.Equal(again.Key.Key, k.Key.Key) {
			t.Error("the code opens another key")
		}
		other := own.New(w.Line, w.Shred, w.Authority, box.Random(box.Size))
		other.Weaken(t)
		elsewhere, err := other.Type(t.Context(), digits)
		must(t, err)
		if bytes.Equal(elsewhere.Lookup, typed.Lookup) {
			t.Error("the lookup does not depend on the pepper")
		}
		_, err = elsewhere.Open(t.Context(), p.Columns, code)
		refused(t, err, box.ErrOpen)
		must(t, w.Shred.Destroy(t.Context(), code.Shred))
		_, err = typed.Open(t.Context(), p.Columns, code)
		refused(t, err, shred.ErrShredded)
	})
}

// Whatever is typed, the slow hash is run: right and wrong codes cost the same.
func TestTypingCostsTheSame(t *testing.T) {
	t.Parallel()
	o := own.New("line-1", nil, nil, box.Random(box.Size))
	for _, typed := range []string{"0000000000000000", "", "abc"} {
		began := time.Now()
		_, err := o.Type(t.Context(), seal.Conceal(typed))
		must(t, err)
		if took := time.Since(began); took < 20*time.Millisecond {
			t.Errorf("%d characters took %s, so that the slow hash was not run", len(typed), took)
		}
	}
}
