package seal

import (
	"context"
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/shred"
)

// A PublicKey of someone who is vouched for.
type PublicKey struct{ k box.PublicKey }

// To seals words to a key.
func To(pub PublicKey, c box.Context, plain []byte) ([]byte, error) { return pub.k.Seal(plain, c) }

// A Grant gives one key to one grantee. What it holds is the secret from before
// the shred salt: destroying the entry closes it, in old backups too.
type Grant struct {
	Object  string
	Grantee string // "team/x" or "person/x"
	Epoch   int64
	Scope   Scope
	Kind    string // "hpke" or "symmetric"
	Wrapped []byte
	Signer  string
	Sig     []byte
}

// Kinds of grants.
const (
	HPKE = "hpke"
	Sym  = "symmetric"
)

// Put writes a grant over one of the same object, grantee and scope.
func (g Grant) Put(tx db.Tx) error {
	_, err := tx.Exec(`INSERT INTO key_grant (object, grantee, epoch, scope, kind, wrapped, signer, sig) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (object, grantee, scope) DO UPDATE SET epoch = $3, kind = $5, wrapped = $6, signer = $7, sig = $8`,
		g.Object, g.Grantee, g.Epoch, g.Scope, g.Kind, g.Wrapped, g.Signer, g.Sig)
	return err
}

// Grantees lists to whom an object's body is granted.
func Grantees(tx db.Tx, object string) ([]string, error) {
	return db.Values[string](tx, `SELECT grantee FROM key_grant WHERE object = $1 AND scope = $2`, object, Body)
}

// Signed is what the signer of an HPKE grant signs.
func (l Line) Signed(g Grant) box.Context {
	return l.context("granted").With(l.Grant(g).Hash()).With(g.Wrapped)
}

// Columns are the key columns of a contact. They say nothing of her and stay as
// long as either key lives, since the signature is over all of them.
type Columns struct {
	ID                                    hotline.ContactID
	Pub, PubSecret, CommitK, CommitS, Sig []byte
	ShredK, ShredS                        string
}

// Vouched is what the intake key signs of a contact.
func (l Line) Vouched(c Columns) box.Context {
	return l.context("contact", string(c.ID), c.ShredK, c.ShredS).With(c.Pub).With(c.CommitK).With(c.CommitS)
}

// Key seals under one object's key. It opens nothing.
type Key struct {
	line   Line
	object string
	key    []byte
}

// NewKey is for the packages that open.
func NewKey(l Line, object string, key []byte) Key { return Key{l, object, key} }

// Object names what the key belongs to.
func (k Key) Object() string { return k.object }

// Message seals a message of one side in form s.
func (k Key) Message(id, side string, at int64, t Text) []byte {
	return box.Seal(k.key, pack(at, t), k.line.Message(k.object, id, side, Symmetric))
}

// Row seals any other column.
func (k Key) Row(table, column, row string, version int64, t Text) []byte {
	return box.Seal(k.key, pack(0, t), k.line.Row(k.object, table, column, row, version))
}

// Sealer makes contacts' keys and seals to them.
type Sealer struct {
	line      Line
	shred     *shred.Store
	authority *Authority
	sign      box.Signer
}

// NewSealer returns a Sealer. sign is the intake key, which it never sees.
func NewSealer(l Line, s *shred.Store, a *Authority, sign box.Signer) *Sealer {
	return &Sealer{l, s, a, sign}
}

// A CallerWrap is what a cookie gives to wrap K's secret with.
type CallerWrap struct{ Lookup, Key []byte }

// ContactKeys are a new contact's keys: sealed rows, and K and S to seal with in
// this request.
type ContactKeys struct {
	Columns Columns
	K, S    Key // S seals the head
	Wrap    []byte
	grants  []Grant
}

// Prepare makes the keys of a new contact. Its shred entries are durable when it
// returns; nothing else is stored. What loses the race for the cookie leaves
// entries that the sweep finds.
func (s *Sealer) Prepare(ctx context.Context, q hotline.QueueID, by CallerWrap) (*ContactKeys, error) {
	v, err := s.authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	team, ok := v.Manifest.Queues[q]
	if !ok {
		return nil, fmt.Errorf("queue: %w", ErrUnvouched)
	}
	c := Columns{ID: hotline.ContactID(hotline.NewID()), ShredK: hotline.NewID(), ShredS: hotline.NewID()}
	entries, err := s.shred.Create(ctx, "contact", 0, c.ShredK, c.ShredS)
	if err != nil {
		return nil, err
	}
	secretK, secretS := box.Random(box.Size), box.Random(box.Size)
	headS := s.line.HeadSecret(c.ShredS, secretS)
	bodyKey, err := s.line.ObjectKey(c.ShredK, Body, secretK, entries[0].Secret)
	if err != nil {
		return nil, err
	}
	headKey, err := s.line.ObjectKey(c.ShredS, Head, headS, entries[1].Secret)
	if err != nil {
		return nil, err
	}
	pair := box.Generate()
	c.Pub = pair.Public().Bytes()
	c.PubSecret = box.Seal(bodyKey, pair.Bytes(), s.line.Row(c.ShredK, "contact", "pub_secret", string(c.ID), 0))
	c.CommitK = s.line.Commit(c.ShredK, s.line.HeadSecret(c.ShredK, secretK))
	c.CommitS = s.line.Commit(c.ShredS, headS)
	c.Sig = s.sign(s.line.Vouched(c))
	k := &ContactKeys{Columns: c, K: NewKey(s.line, c.ShredK, bodyKey), S: NewKey(s.line, c.ShredS, headKey)}
	if by.Key != nil {
		k.Wrap = box.Seal(by.Key, secretK, s.line.Wrap("cookie", c.ShredK, by.Lookup))
	}
	teams := []hotline.TeamID{team}
	if team != hotline.Supervisors {
		teams = append(teams, hotline.Supervisors)
	}
	for _, t := range teams {
		for object, secret := range map[string][]byte{c.ShredK: secretK, c.ShredS: secretS} {
			g, err := s.grant(v, t, object, secret)
			if err != nil {
				return nil, err
			}
			k.grants = append(k.grants, g)
		}
	}
	return k, nil
}

// Queues says which team each queue's contacts are sealed to.
func (s *Sealer) Queues(ctx context.Context) (map[hotline.QueueID]hotline.TeamID, error) {
	v, err := s.authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	return v.Manifest.Queues, nil
}

func (s *Sealer) grant(v *Verified, t hotline.TeamID, object string, secret []byte) (Grant, error) {
	pub, epoch, err := v.Team(t)
	if err != nil {
		return Grant{}, err
	}
	g := Grant{Object: object, Grantee: "team/" + string(t), Epoch: epoch, Scope: Body, Kind: HPKE, Signer: Intake}
	if g.Wrapped, err = pub.k.Seal(secret, s.line.Grant(g)); err != nil {
		return Grant{}, err
	}
	g.Sig = s.sign(s.line.Signed(g))
	return g, nil
}

// Insert writes the grants. The contact's own row is written by its package.
func (k *ContactKeys) Insert(tx db.Tx) error {
	for _, g := range k.grants {
		if err := g.Put(tx); err != nil {
			return err
		}
	}
	return nil
}

// Message seals words to the contact's public key, where no cookie came with them
// (form p): hers, or a line of the program's own. The signature goes behind the ciphertext: a public key alone
// would let a database writer put words into her mouth.
func (s *Sealer) Message(ctx context.Context, c Columns, id, side string, at int64, t Text) ([]byte, error) {
	if side == Advocate {
		return nil, fmt.Errorf("message: %w", ErrUnvouched) // an advocate's words are sealed under K, always
	}
	v, err := s.authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	if !v.Signed(Intake, s.line.Vouched(c), c.Sig) {
		return nil, fmt.Errorf("contact: %w", ErrUnvouched)
	}
	pub, err := box.ParsePublic(c.Pub)
	if err != nil {
		return nil, err
	}
	where := s.line.Message(c.ShredK, id, side, Public)
	sealed, err := pub.Seal(pack(at, t), where)
	if err != nil {
		return nil, err
	}
	return append(sealed, s.sign(where.With(sealed))...), nil
}

// Sealed is a message as it is stored.
type Sealed struct {
	ID, Side, Form string
	Seq            int64 // 0 until it is sent
	Read           bool
	At             int64
	Author         hotline.PersonID // of the staff
	Sent           string
	Sealed         []byte
	Mark           []byte // what the staff know of it, sealed; nil = nothing
}

// A Swap changes who may open a contact, in the transaction that closes it.
type Swap struct {
	Drop []Grant // by object, grantee and scope
	Put  []Grant
}

// Apply writes the swap.
func (s Swap) Apply(tx db.Tx) error {
	for _, g := range s.Drop {
		if _, err := tx.Exec(`DELETE FROM key_grant WHERE object = $1 AND grantee = $2 AND scope = $3`, g.Object, g.Grantee, g.Scope); err != nil {
			return err
		}
	}
	for _, g := range s.Put {
		if err := g.Put(tx); err != nil {
			return err
		}
	}
	return nil
}
