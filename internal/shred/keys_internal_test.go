package shred

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A slot holds the newest of its two generations; erased, nothing of it is left in
// the file, and a neighbour stays.
func TestSlots(t *testing.T) {
	t.Parallel()
	s := slots{filepath.Join(t.TempDir(), "keys")}
	key := func(n int64) []byte { return bytes.Repeat([]byte{byte(n)}, 61) }
	read := func(n int64, want error) {
		t.Helper()
		got, err := s.read(t.Context(), n)
		if !errors.Is(err, want) || want == nil && !bytes.Equal(got, key(n)) {
			t.Errorf("generation %d: got %x, %v; want %v", n, got, err, want)
		}
	}
	read(1, ErrOld)
	for n := int64(1); n <= 3; n++ {
		if err := s.write(t.Context(), n, key(n)); err != nil {
			t.Fatal(err)
		}
	}
	read(1, ErrOld)
	read(2, nil)
	read(3, nil)
	for _, n := range []int64{2, 2, 1} { // 1 was overwritten by 3, which stays
		if err := s.erase(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	read(2, ErrOld)
	read(3, nil)
	b, err := os.ReadFile(s.path)
	if err != nil || len(b) != 2*slotSize {
		t.Fatalf("the file has %d bytes, %v", len(b), err)
	}
	if bytes.Contains(b, key(1)) || bytes.Contains(b, key(2)) {
		t.Error("an erased key is still in the file")
	}
	if err := s.write(t.Context(), 4, make([]byte, slotSize)); err == nil {
		t.Error("a key too long for its slot was written")
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
}

// Half a write, or another file, is seen.
func FuzzSlot(f *testing.F) {
	s := slots{filepath.Join(f.TempDir(), "keys")}
	if err := s.write(f.Context(), 7, bytes.Repeat([]byte{9}, 61)); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(s.path)
	if err != nil {
		f.Fatal(err)
	}
	whole := b[slotSize:]
	f.Add(whole, 3)
	f.Add(make([]byte, slotSize), 0)
	f.Add([]byte{}, 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		n, key, err := parseSlot(b)
		if err == nil && (len(key) == 0 || len(key) > slotSize-14 || len(b) != slotSize) {
			t.Errorf("generation %d with a key of %d bytes", n, len(key))
		}
		if err != nil && !errors.Is(err, ErrOld) {
			t.Errorf("got %v, want %v", err, ErrOld)
		}
		changed := bytes.Clone(whole)
		changed[uint(at)%slotSize] ^= 1 + byte(uint(at)/slotSize)&0x7f
		if _, _, err := parseSlot(changed); !errors.Is(err, ErrOld) {
			t.Error("a changed byte was not seen")
		}
	})
}
