package seal_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// No printer, encoder or log prints words.
func TestTextIsPrintedByNobody(t *testing.T) {
	t.Parallel()
	const plain = "her words"
	text := seal.Conceal(plain)
	type holder struct {
		T seal.Text
		P *seal.Text
		M map[string]seal.Text
		S []seal.Text
	}
	all := holder{text, &text, map[string]seal.Text{"x": text}, []seal.Text{text}}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T %[1]v", "%6.2f"} {
		fmt.Fprintf(&out, verb+"\n", text)
		fmt.Fprintf(&out, verb+"\n", all)
		fmt.Fprintf(&out, verb+"\n", &all)
		fmt.Fprintf(&out, verb+"\n", any(text))
	}
	fmt.Fprintln(&out, text, all, fmt.Errorf("wrapped: %v, %w", text, errors.New(fmt.Sprint(text))))
	for _, v := range []any{text, all, &all} {
		b, err := json.Marshal(v)
		must(t, err)
		out.Write(b)
	}
	if b, err := xml.Marshal(struct{ T seal.Text }{text}); err == nil {
		out.Write(b)
	}
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("x", "text", text, "all", all) //nolint:sloglint // what must not be logged is the test
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", text, "all", all)
	for _, spelled := range []string{plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), fmt.Sprintf("%d", []byte(plain))} {
		if strings.Contains(out.String(), spelled) {
			t.Errorf("printed as %q", spelled)
		}
	}
	if text.Reveal() != plain || (seal.Text{}).Reveal() != "" {
		t.Error("the words are lost")
	}
}

// Of a statement nothing may be changed, and enough administrators whom the root
// certifies must have signed it.
func TestStatementIsChecked(t *testing.T) {
	t.Parallel()
	root := fixed(6)
	issue := func(change func(*seal.Manifest, map[hotline.PersonID]box.Signer)) (body, roster, sigs []byte) {
		m := seal.Manifest{Line: line, Serial: 3, Admins: map[hotline.PersonID]seal.Admin{}}
		sign := map[hotline.PersonID]box.Signer{}
		for i, p := range []hotline.PersonID{"ana", "bea"} {
			seed := fixed(byte(10 + i))
			m.Admins[p] = seal.Admin{Key: box.VerifierFrom(seed), Cert: box.SignerFrom(root)(line.Cert(p, box.VerifierFrom(seed)))}
			sign[p] = box.SignerFrom(seed)
		}
		change(&m, sign)
		i, err := seal.NewIssue(m, seal.Roster{"ana": {}}, sign)
		must(t, err)
		return i.Parts()
	}
	check := func(need int, body, roster, sigs []byte) error {
		_, err := seal.NewAuthority(line, nil, nil, box.VerifierFrom(root), need, nil, nil).Check(body, sigs, roster)
		return err
	}
	nothing := func(*seal.Manifest, map[hotline.PersonID]box.Signer) {}
	body, roster, sigs := issue(nothing)
	must(t, check(2, body, roster, sigs))
	refused(t, check(3, body, roster, sigs), seal.ErrUnvouched)
	refused(t, check(1, append(bytes.Clone(body), ' '), roster, sigs), seal.ErrUnvouched)
	refused(t, check(1, body, append(bytes.Clone(roster), ' '), sigs), seal.ErrUnvouched)
	refused(t, check(1, body, roster, []byte("{}")), seal.ErrUnvouched)
	body, roster, sigs = issue(func(_ *seal.Manifest, s map[hotline.PersonID]box.Signer) { delete(s, "bea") })
	must(t, check(1, body, roster, sigs))
	refused(t, check(2, body, roster, sigs), seal.ErrUnvouched)
	// One administrator under two names is one key signed for another name.
	body, roster, sigs = issue(func(m *seal.Manifest, s map[hotline.PersonID]box.Signer) {
		m.Admins["bea"], s["bea"] = m.Admins["ana"], s["ana"]
	})
	refused(t, check(1, body, roster, sigs), seal.ErrUnvouched)
	body, roster, sigs = issue(func(m *seal.Manifest, s map[hotline.PersonID]box.Signer) {
		m.Admins["eve"] = seal.Admin{Key: box.VerifierFrom(fixed(20)), Cert: box.SignerFrom(fixed(20))(line.Cert("eve", box.VerifierFrom(fixed(20))))}
	})
	refused(t, check(1, body, roster, sigs), seal.ErrUnvouched)
	body, roster, sigs = issue(func(m *seal.Manifest, _ map[hotline.PersonID]box.Signer) { m.Line = "another" })
	refused(t, check(1, body, roster, sigs), seal.ErrUnvouched)
	if err := check(1, []byte("{"), roster, sigs); err == nil {
		t.Error("no JSON was taken for a manifest")
	}
}

// Who has left, and who has new keys, still vouches for what she signed before;
// nobody else does.
func TestFormerSignaturesVerify(t *testing.T) {
	t.Parallel()
	c := line.Other("x")
	v := &seal.Verified{
		Manifest: seal.Manifest{Intake: box.VerifierFrom(fixed(1))},
		Roster:   seal.Roster{"ana": {Sig: box.VerifierFrom(fixed(2)), Past: [][]byte{box.VerifierFrom(fixed(3))}, Former: true}, "bea": {}},
	}
	for _, tt := range []struct {
		signer string
		seed   byte
		want   bool
	}{{seal.Intake, 1, true}, {"ana", 2, true}, {"ana", 3, true}, {"ana", 1, false}, {seal.Intake, 2, false}, {"bea", 2, false}, {"", 1, false}, {"nobody", 1, false}} {
		if got := v.Signed(tt.signer, c, box.SignerFrom(fixed(tt.seed))(c)); got != tt.want {
			t.Errorf("%q by key %d: %v, want %v", tt.signer, tt.seed, got, tt.want)
		}
	}
	if v.Signed("bea", c, nil) {
		t.Error("nothing is signed by nobody")
	}
}

// A draft is one size up to 8 KiB; what is longer is cut.
func TestDraft(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 5000, 8 << 10, 9000} {
		b := seal.PackDraft(seal.Conceal(strings.Repeat("é", n/2)))
		if len(b) != 8194 {
			t.Errorf("a draft of %d bytes is packed into %d", n, len(b))
		}
		got, err := seal.UnpackDraft(b)
		must(t, err)
		if want := min(n/2*2, 8<<10); len(got.Reveal()) != want {
			t.Errorf("%d bytes come back of %d", len(got.Reveal()), n)
		}
	}
}

func FuzzUnpackDraft(f *testing.F) {
	f.Add(seal.PackDraft(seal.Conceal("words")))
	f.Add(make([]byte, 8194))
	f.Add([]byte{255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := seal.UnpackDraft(b)
		if err != nil {
			if !errors.Is(err, box.ErrOpen) {
				t.Errorf("got %v, want %v", err, box.ErrOpen)
			}
			return
		}
		again, err := seal.UnpackDraft(seal.PackDraft(d))
		if err != nil || again.Reveal() != d.Reveal() {
			t.Errorf("packed again it is another, %v", err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(seal.Pack(5, seal.Conceal("words")))
	f.Add(box.Pad(nil))
	f.Add(box.Pad([]byte("1234567")))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, words, err := seal.Unpack(b)
		if err != nil {
			if !errors.Is(err, box.ErrOpen) {
				t.Errorf("got %v, want %v", err, box.ErrOpen)
			}
			return
		}
		then, again, err := seal.Unpack(seal.Pack(at, words))
		if err != nil || then != at || again.Reveal() != words.Reveal() {
			t.Errorf("packed again it is another, %v", err)
		}
	})
}

// FuzzStatement reads what stands in the database where a statement is expected.
func FuzzStatement(f *testing.F) {
	i, err := seal.NewIssue(seal.Manifest{Line: line, Serial: 1, Admins: map[hotline.PersonID]seal.Admin{"ana": {}}}, seal.Roster{"ana": {}}, nil)
	if err != nil {
		f.Fatal(err)
	}
	body, roster, sigs := i.Parts()
	f.Add(body, roster, sigs)
	f.Add([]byte(`{"Admins":{"x":null},"Teams":{"desk":{"Pub":"AA=="}}}`), []byte(`{"ana":{"Past":[null]}}`), []byte(`{"ana":null}`))
	f.Add([]byte(`null`), []byte(`[]`), []byte(``))
	root := box.VerifierFrom(fixed(6))
	f.Fuzz(func(t *testing.T, body, roster, sigs []byte) {
		if v, err := seal.NewAuthority(line, nil, nil, root, 1, nil, nil).Check(body, sigs, roster); err == nil {
			t.Errorf("taken for a statement of number %d", v.Manifest.Serial)
		}
		var v seal.Verified // what verified would be used so
		if json.Unmarshal(body, &v.Manifest) == nil && json.Unmarshal(roster, &v.Roster) == nil {
			for team := range v.Manifest.Teams {
				_, _, _ = v.Team(team)
			}
			v.Signed("ana", line.Other("x"), sigs)
		}
	})
}
