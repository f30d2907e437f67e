package hotlinetest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Vectors are golden values of formats that cannot change any more: what is stored
// somewhere must open for ever. They stand in testdata/vectors.json of a package, by
// name, in hex. Nothing rewrites them: a new one is put into the file by hand.
type Vectors struct {
	kept map[string]string
	seen []string
}

// ReadVectors reads a package's vectors. At the end of the test each must have been
// asked for.
func ReadVectors(t *testing.T) *Vectors {
	t.Helper()
	v := &Vectors{kept: map[string]string{}}
	b, err := os.ReadFile(filepath.Join("testdata", "vectors.json"))
	if err == nil {
		err = json.Unmarshal(b, &v.kept)
	}
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for name := range v.kept {
			if !slices.Contains(v.seen, name) {
				t.Errorf("the vector %q is kept, and nobody asks for it", name)
			}
		}
	})
	return v
}

// Is checks a value that is the same each time it is made.
func (v *Vectors) Is(t *testing.T, name string, got []byte) {
	t.Helper()
	v.seen = append(v.seen, name)
	switch kept, ok := v.kept[name]; {
	case !ok:
		t.Errorf("no vector; if this is a new format, add:\n  %q: %q,", name, hex.EncodeToString(got))
	case kept != hex.EncodeToString(got):
		t.Errorf("%s has changed: got %x, want %s; what is stored would not open", name, got, kept)
	}
}

// Opens checks that a value made once still opens as what was put in. fresh makes one
// like it, for a vector that is not there yet.
func (v *Vectors) Opens(t *testing.T, name string, want []byte, fresh func() []byte, open func([]byte) ([]byte, error)) {
	t.Helper()
	v.seen = append(v.seen, name)
	kept, ok := v.kept[name]
	if !ok {
		t.Errorf("no vector; if this is a new format, add:\n  %q: %q,", name, hex.EncodeToString(fresh()))
		return
	}
	b, err := hex.DecodeString(kept)
	Must(t, err)
	for what, sealed := range map[string][]byte{"the one kept": b, "a fresh one": fresh()} {
		if got, err := open(sealed); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %s opens as %x, %v; want %x", name, what, got, err, want)
		}
	}
}
