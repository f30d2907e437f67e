package bus

import "testing"

// What comes from another node is a hint of ours or nothing, and goes through
// unchanged.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"t":"contact","i":"c1","n":3}`, `{"t":"x","i":5}`, `[]`, `{"t":"é\u0000"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := decode(b)
		if !ok {
			return
		}
		if h.Topic == "" {
			t.Fatal("a hint of nothing")
		}
		again, ok := encode(h)
		if !ok { // escaping may make it longer
			return
		}
		if got, ok := decode(again); !ok || got != h {
			t.Errorf("got %v, want %v", got, h)
		}
	})
}
