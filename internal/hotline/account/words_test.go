package account_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Six words of four letters, never the same.
func TestPassphrase(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^([bdfghjklmnprstvz][aeiou][bdfghjklmnprstvz][aeiou] ?){6}$`)
	seen := map[string]bool{}
	letters := map[byte]int{}
	for range 2000 {
		words := account.NewPassphrase().Reveal()
		if !shape.MatchString(words) || len(words) != 29 || seen[words] {
			t.Fatalf("got %d characters of another shape, or twice", len(words))
		}
		seen[words] = true
		letters[words[0]]++
	}
	for _, c := range []byte("bdfghjklmnprstvz") {
		if n := letters[c]; n < 60 || n > 200 { // 125 of 2,000
			t.Errorf("%q begins %d of 2,000, want about 125", c, n)
		}
	}
}

// The codes of RFC 6238, appendix B, cut to six digits.
func TestCodeOfTheStandard(t *testing.T) {
	t.Parallel()
	seed := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := account.Code(seed, at/30); err != nil || got != want {
			t.Errorf("at %d: got %s, %v; want %s", at, got, err, want)
		}
		if got, err := account.CodeAt(seal.Conceal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: got %s, %v; want %s", at, got, err, want)
		}
	}
}

// What is printed is read back, also as people write it.
func TestCodesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	for range 200 {
		code, root := box.Random(10), box.Random(32)
		shown := account.ShowCode(code).Reveal()
		for _, typed := range []string{shown, strings.ToLower(shown), strings.ReplaceAll(shown, "-", " "), strings.ReplaceAll(shown, "-", ""), strings.NewReplacer("0", "o", "1", "l").Replace(shown)} {
			if got, err := account.ParseCode(seal.Conceal(typed)); err != nil || !bytes.Equal(got, code) {
				t.Fatalf("another code was read, %v", err)
			}
		}
		if got, err := account.ParseRoot(account.ShowRoot(root)); err != nil || !bytes.Equal(got, root) {
			t.Fatalf("another root was read, %v", err)
		}
	}
}

// FuzzCode types anything: it is read or refused, and no error quotes it.
func FuzzCode(f *testing.F) {
	f.Add("0123-4567-89AB-CDEF")
	f.Add("OIL")
	f.Add("ééé\x00=")
	f.Fuzz(func(t *testing.T, typed string) {
		b, err := account.ParseCode(seal.Conceal(typed))
		if err != nil {
			if len(typed) > 3 && strings.Contains(err.Error(), typed) {
				t.Error("the error quotes what was typed")
			}
			return
		}
		if again, err := account.ParseCode(account.ShowCode(b)); err != nil || !bytes.Equal(again, b) {
			t.Errorf("read as %x, then as %x, %v", b, again, err)
		}
		if root, err := account.ParseRoot(seal.Conceal(typed)); err == nil && len(root) != box.Size {
			t.Errorf("a root of %d bytes", len(root))
		}
		if tidy := account.Tidy(seal.Conceal(typed)); !bytes.Equal(tidy, account.Tidy(seal.Conceal(string(tidy)))) {
			t.Error("tidied twice it is another")
		}
	})
}
