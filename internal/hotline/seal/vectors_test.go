package seal_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

const (
	line   seal.Line = "line-1"
	object string    = "0000000000000000000000000A"
	id               = "0000000000000000000000000B"
)

func fixed(b byte) []byte { return bytes.Repeat([]byte{b}, box.Size) }

// A changed vector means that what is stored does not open any more. See
// docs/formats.md.
func TestVectors(t *testing.T) {
	t.Parallel()
	v := hotlinetest.ReadVectors(t)
	grant := seal.Grant{Object: object, Grantee: "team/desk", Epoch: 1, Scope: seal.Body, Kind: seal.HPKE, Wrapped: []byte("wrapped"), Signer: seal.Intake}
	columns := seal.Columns{ID: id, Pub: []byte("pub"), CommitK: []byte("commit k"), CommitS: []byte("commit s"), ShredK: object, ShredS: id}
	for name, c := range map[string]box.Context{
		"context of a message":              line.Message(object, id, seal.Caller, seal.Symmetric),
		"context of a row":                  line.Row(object, "note", "sealed", id, 1),
		"context of a grant":                line.Grant(grant),
		"what a grant's signer signs":       line.Signed(grant),
		"what vouches for a contact":        line.Vouched(columns),
		"what vouches for a situation":      line.Founded(seal.SituationColumns{ID: id, ShredS: object, CommitS: []byte("commit s"), Signer: "ana"}),
		"context of a grant in a situation": line.Grant(seal.Grant{Object: object, Grantee: seal.ObjectGrantee(id), Scope: seal.Head, Kind: seal.Sym}),
		"context of a member row":           line.Member(hotline.Desk, 1, "ana"),
		"context of a caller's wrap":        line.Wrap("cookie", object, []byte("lookup")),
		"an administrator's cert":           line.Cert("ana", []byte("key")),
		"what signs a manifest":             line.Statement([]byte("{}")),
		"context of another package's":      line.Other("slot", "ana", id, "passphrase"),
	} {
		v.Is(t, name, c.Hash())
	}
	head := line.HeadSecret(object, fixed(1))
	v.Is(t, "head secret", head)
	v.Is(t, "commitment", line.Commit(object, head))
	for _, scope := range []seal.Scope{seal.Body, seal.Head} {
		v.Is(t, "wrap of an object, "+string(scope), line.ObjectWrap(object, scope, fixed(3)))
	}
	for _, scope := range []seal.Scope{seal.Body, seal.Head} {
		k, err := line.ObjectKey(object, scope, fixed(1), fixed(2))
		must(t, err)
		v.Is(t, "object key, "+string(scope), k)
	}
	v.Is(t, "packed words", seal.Pack(1700000000000, seal.Conceal("words")))
	draft := sha256.Sum256(seal.PackDraft(seal.Conceal("words")))
	v.Is(t, "packed draft, hash", draft[:])

	key := opened.Key{Line: line, Object: object, Key: fixed(3)}
	v.Opens(t, "message, form s", []byte("words"), func() []byte { return key.Seal().Message(id, seal.Caller, 1700000000000, seal.Conceal("words")) },
		func(b []byte) ([]byte, error) {
			m, err := key.Message(nil, columns, seal.Sealed{ID: id, Side: seal.Caller, Form: seal.Symmetric, Sealed: b})
			if m.At != 1700000000000 {
				t.Errorf("the time is %d", m.At)
			}
			return []byte(m.Text.Reveal()), err
		})
	v.Opens(t, "row", []byte("words"), func() []byte { return key.Seal().Row("note", "sealed", id, 1, seal.Conceal("words")) },
		func(b []byte) ([]byte, error) {
			words, err := key.Row("note", "sealed", id, 1, b)
			return []byte(words.Reveal()), err
		})
	v.Opens(t, "address", []byte("+15550101"), func() []byte {
		return key.Seal().Row("contact", "way", id, 1, seal.Conceal("+15550101"))
	}, func(b []byte) ([]byte, error) {
		to, err := key.Row("contact", "way", id, 1, b)
		return []byte(to.Reveal()), err
	})
	leaving, err := seal.PackOutgoing(seal.Conceal("+15550101"), seal.Conceal("words"))
	must(t, err)
	v.Is(t, "packed for the outbox", leaving)
	to, words, err := seal.UnpackOutgoing(leaving)
	must(t, err)
	if to.Reveal() != "+15550101" || words.Reveal() != "words" {
		t.Error("what was packed for the outbox is something else")
	}
	public(t, v, key, columns)
	issue(t, v)
	fact(t, v)
}

// public is form p: sealed to the contact's own key, signed by the line.
func public(t *testing.T, v *hotlinetest.Vectors, key opened.Key, columns seal.Columns) {
	t.Helper()
	private, err := box.ParsePrivate(append([]byte{2}, fixed(4)...))
	must(t, err)
	secret := line.Row(object, "contact", "pub_secret", id, 0)
	v.Opens(t, "private half of pub", private.Bytes(), func() []byte { return box.Seal(key.Key, private.Bytes(), secret) },
		func(b []byte) ([]byte, error) { return box.Open(key.Key, b, secret) })
	columns.PubSecret = box.Seal(key.Key, private.Bytes(), secret)
	vouched := &seal.Verified{Manifest: seal.Manifest{Intake: box.VerifierFrom(fixed(5))}}
	where := line.Message(object, id, seal.Caller, seal.Public)
	v.Opens(t, "message, form p", []byte("words"), func() []byte {
		b, err := private.Public().Seal(seal.Pack(1700000000000, seal.Conceal("words")), where)
		must(t, err)
		return append(b, box.SignerFrom(fixed(5))(where.With(b))...)
	}, func(b []byte) ([]byte, error) {
		m, err := key.Message(vouched, columns, seal.Sealed{ID: id, Side: seal.Caller, Form: seal.Public, Sealed: b})
		return []byte(m.Text.Reveal()), err
	})
}

// issue is a manifest with its roster, as they are stored.
func issue(t *testing.T, v *hotlinetest.Vectors) {
	t.Helper()
	root, ana := fixed(6), fixed(7)
	m := seal.Manifest{
		Line: line, Serial: 3, Intake: []byte("intake"), Queues: map[hotline.QueueID]hotline.TeamID{"night": hotline.Desk},
		Admins: map[hotline.PersonID]seal.Admin{"ana": {Key: box.VerifierFrom(ana), Cert: box.SignerFrom(root)(line.Cert("ana", box.VerifierFrom(ana)))}},
		Teams:  map[hotline.TeamID]seal.Team{hotline.Desk: {Epoch: 1, Pub: []byte("pub"), Index: []byte("index")}},
	}
	r := seal.Roster{"ana": {Pub: []byte("pub"), Sig: []byte("sig"), Past: [][]byte{[]byte("past")}, Teams: []hotline.TeamID{hotline.Desk}}, "bea": {Former: true}}
	i, err := seal.NewIssue(m, r, map[hotline.PersonID]box.Signer{"ana": box.SignerFrom(ana)})
	must(t, err)
	body, roster, sigs := i.Parts()
	v.Is(t, "manifest", body)
	v.Is(t, "roster", roster)
	v.Is(t, "signatures", sigs)
	_, err = seal.NewAuthority(line, nil, nil, box.VerifierFrom(root), 1, nil, nil).Check(body, sigs, roster)
	must(t, err)
}
