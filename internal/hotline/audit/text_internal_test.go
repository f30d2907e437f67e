package audit

import (
	"bytes"
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// FuzzText reads openings that nobody wrote, and those that somebody did.
func FuzzText(f *testing.F) {
	f.Add(pack(Act{"ana", "open", "object", "why"}, make([]byte, nonceSize)), "a", "b")
	f.Add(box.Pad([]byte{0, 0, 0, 9}), "", "")
	f.Add([]byte{255, 255, 255, 255}, "x", "")
	l := &Log{line: seal.Line("line")}
	f.Fuzz(func(t *testing.T, b []byte, one, two string) {
		if a, nonce, err := unpack(b); err == nil {
			again, n, err := unpack(pack(a, nonce))
			if err != nil || again != a || !bytes.Equal(n, nonce) {
				t.Errorf("read as %v, then as %v, %v", a, again, err)
			}
		} else if !errors.Is(err, box.ErrOpen) {
			t.Errorf("got %v, want %v", err, box.ErrOpen)
		}
		a, b2 := Act{hotline.Actor(one), two, "", ""}, Act{hotline.Actor(one + two), "", "", ""}
		text, hash := l.text(a)
		if got, err := l.borneOut(text, hash); err != nil || got != a {
			t.Errorf("got %v, %v; want %v", got, err, a)
		}
		other, _ := l.text(b2)
		if _, err := l.borneOut(other, hash); !errors.Is(err, ErrBroken) {
			t.Error("another act, or the same with another nonce, has the same leaf")
		}
	})
}
