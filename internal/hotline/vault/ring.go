package vault

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

// Ring is what a person can open, for the length of one With.
type Ring struct {
	k       *Keeper
	v       *seal.Verified
	me      hotline.PersonID
	keys    keys
	private box.PrivateKey
	sign    box.Signer
	self    []byte // wraps for herself
	teams   map[hotline.TeamID]team
	through map[string][]byte // wraps of an opened situation, by grantee and scope
}

type team struct {
	teamKeys
	private box.PrivateKey
	wrap    []byte
}

func (r *Ring) wipe() {
	clear(r.keys.Private)
	clear(r.keys.Seed)
	clear(r.self)
	for _, t := range r.teams {
		clear(t.Private)
		clear(t.wrap)
	}
}

// Index finds a thread by its number without keeping the number.
func (r *Ring) Index(t hotline.TeamID, channel, id string) []byte {
	return box.MAC(r.teams[t].Index, r.k.line.Other("thread", channel, id))[:16]
}

// Epoch is the number of a team's keys, and so of its index key.
func (r *Ring) Epoch(t hotline.TeamID) int64 { return r.teams[t].Epoch }

// A Ref names one of a contact's two keys: her words, or what we wrote.
type Ref struct {
	Contact hotline.ContactID
	Record  bool
}

// A Key is an opened object.
type Key struct {
	opened.Key // the body
	ring       *Ring
	columns    seal.Columns
	secret     []byte
	head       []byte
	headKey    opened.Key
	team       []seal.Grant // without what they wrap, which is long and may be read again
}

// named are grants by what they are known by alone.
func named(grants []seal.Grant) []seal.Grant {
	out := slices.Clone(grants)
	for i := range out {
		out[i].Wrapped, out[i].Sig = nil, nil
	}
	return out
}

// HeadKey gives the half that only seals of the head of S.
func (k *Key) HeadKey() seal.Key { return k.headKey.Seal() }

// OfHead is what the opened record opens and seals of the head alone, as a situation holds
// it.
func (k *Key) OfHead() Held { return Held{k.Object, k.secret, k.Key, k.headKey} }

// Head opens the contact's head. k is the opened record. One that is older than the
// newest is [ErrOldHead]. What is noted is read first, so that a head that is being
// changed meanwhile is newer than the note and never older.
func (k *Key) Head(ctx context.Context) (contact.Head, error) {
	store := k.ring.k.shred
	noted, err := store.Newest(ctx, k.Object)
	if err != nil {
		return contact.Head{}, err
	}
	var sealed []byte
	var n int64
	var state contact.State
	if err := k.ring.k.db.One(ctx, `SELECT head, head_n, state FROM contact WHERE id = $1`, []any{k.columns.ID}, &sealed, &n, &state); err != nil {
		return contact.Head{}, err
	}
	if state == contact.Erased {
		return contact.Head{}, contact.ErrMissing
	}
	mark := store.Head(k.Object, n, sealed)
	if !noted[k.Object].Allows(mark) {
		return contact.Head{}, k.ring.alarmed(ctx, k.columns.ID)
	}
	t, err := k.headKey.Row("contact", "head", string(k.columns.ID), n, sealed)
	if err != nil {
		return contact.Head{}, err
	}
	if newer(noted[k.Object], mark) {
		if err := store.RaiseHeads(ctx, map[string]shred.Newest{k.Object: mark}); err != nil {
			return contact.Head{}, err
		}
	}
	return contact.ParseHead(t, n)
}

// Way opens the address that she is answered at. k is her opened words. Whoever has none
// is contact.ErrWay.
func (k *Key) Way(ctx context.Context) (seal.Text, error) {
	var w contact.SealedWay
	err := k.ring.k.db.Read(ctx, func(tx db.Tx) (err error) { w, err = contact.WayOf(tx, k.columns.ID); return err })
	if err != nil {
		return seal.Text{}, err
	}
	return k.Row("contact", "way", string(k.columns.ID), w.Version, w.Sealed)
}

// Note opens a note. k is the opened record.
func (k *Key) Note(n contact.Note) (seal.Text, error) {
	return k.Row("note", "sealed", n.ID, 1, n.Sealed)
}

// Me names whose ring it is.
func (r *Ring) Me() hotline.PersonID { return r.me }

// Sign vouches, with the person's own key, for what she has decided: others check it
// by the roster.
func (r *Ring) Sign(c box.Context) []byte { return r.sign(c) }

// Holds reports whether the ring opens for a team.
func (r *Ring) Holds(t hotline.TeamID) bool { _, ok := r.teams[t]; return ok }

// Admin reports whether the manifest names the person as an administrator.
func (r *Ring) Admin() bool { _, ok := r.v.Manifest.Admins[r.me]; return ok }

// draft is the key and context of what the person has typed and not sent.
func (r *Ring) draft(id hotline.ContactID, place string) (key []byte, c box.Context) {
	return box.Derive(r.self, r.k.line.Other("drafts", string(r.me))), r.k.line.Other("draft", string(r.me), string(id), place)
}

// SealDraft seals a draft, padded to one size for all but the longest.
func (r *Ring) SealDraft(id hotline.ContactID, place string, t seal.Text) []byte {
	key, c := r.draft(id, place)
	return box.Seal(key, seal.PackDraft(t), c)
}

// OpenDraft is the inverse of SealDraft.
func (r *Ring) OpenDraft(d contact.Draft) (seal.Text, error) {
	key, c := r.draft(d.Contact, d.Place)
	plain, err := box.Open(key, d.Sealed, c)
	if err != nil {
		return seal.Text{}, err
	}
	return seal.UnpackDraft(plain)
}

// BrowserKey is the key under which her browser keeps drafts of its own: the same
// at each sign-in, and no way back to hers.
func (r *Ring) BrowserKey() []byte {
	return box.Derive(r.self, r.k.line.Other("browser drafts", string(r.me)))
}

// Read opens a message.
func (k *Key) Read(m seal.Sealed) (opened.Message, error) { return k.Message(k.ring.v, k.columns, m) }

// Open opens a body. The leaf is in the log before anything is handed out; if it
// cannot be written, nothing is. HPKE grants of teams in the ring become symmetric
// in the same transaction.
func (r *Ring) Open(ctx context.Context, ref Ref, why string) (*Key, error) {
	return r.open(ctx, ref, why, r.k.shred.Get)
}

// OpenByLaw is Open for a legal request: what is held opens past its hour too.
func (r *Ring) OpenByLaw(ctx context.Context, ref Ref, why string) (*Key, error) {
	return r.open(ctx, ref, "legal request: "+why, r.k.shred.Kept)
}

func (r *Ring) open(ctx context.Context, ref Ref, why string, salt func(context.Context, ...string) ([][]byte, error)) (*Key, error) {
	var c seal.Columns
	var grants []seal.Grant
	var closed map[hotline.ContactID]bool
	err := r.k.db.Read(ctx, func(tx db.Tx) (err error) {
		if c, err = contact.Columns(tx, ref.Contact); err != nil {
			return err
		}
		if closed, err = contact.ClosedTo(tx, r.me, ref.Contact); err != nil {
			return err
		}
		found, err := readGrants(tx, object(c, ref.Record))
		grants = found[object(c, ref.Record)]
		return err
	})
	if err != nil {
		return nil, err
	}
	if !r.v.Signed(seal.Intake, r.k.line.Vouched(c), c.Sig) {
		return nil, fmt.Errorf("contact: %w", seal.ErrUnvouched)
	}
	if closed[ref.Contact] {
		return nil, r.turnAway(ctx, string(ref.Contact))
	}
	id := object(c, ref.Record)
	secret, g, err := r.unwrap(grants, seal.Body)
	if err != nil {
		return nil, err
	}
	k := &Key{ring: r, columns: c, secret: secret, team: named(grants), head: r.k.line.HeadSecret(id, secret)}
	if !box.Equal(r.k.line.Commit(id, k.head), commit(c, ref.Record)) {
		return nil, fmt.Errorf("key: %w", seal.ErrUnvouched)
	}
	shredSecret, err := salt(ctx, id)
	if err != nil {
		return nil, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: "open", Object: id, Why: why}, shredSecret[0])
	if err != nil {
		return nil, err
	}
	var better []seal.Grant
	if g.Kind == seal.HPKE {
		if better, err = r.promote(grants, secret); err != nil {
			return nil, err
		}
	}
	if err := r.k.opens(ctx, leaf, better); err != nil {
		return nil, err
	}
	h, err := r.held(id, secret, k.head, shredSecret[0])
	k.Key, k.headKey = h.body, h.headKey
	return k, err
}

func object(c seal.Columns, record bool) string {
	if record {
		return c.ShredS
	}
	return c.ShredK
}

func commit(c seal.Columns, record bool) []byte {
	if record {
		return c.CommitS
	}
	return c.CommitK
}

// readGrants reads the grants of objects, those of a body first, symmetric ones
// before others.
func readGrants(tx db.Tx, objects ...string) (map[string][]seal.Grant, error) {
	out := make(map[string][]seal.Grant, len(objects))
	places, args := db.List(objects)
	rows, err := tx.Query(`SELECT object, grantee, epoch, scope, kind, wrapped, signer, sig FROM key_grant WHERE object IN (`+places+`) ORDER BY object, scope, kind DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g seal.Grant
		if err := rows.Scan(&g.Object, &g.Grantee, &g.Epoch, &g.Scope, &g.Kind, &g.Wrapped, &g.Signer, &g.Sig); err != nil {
			return nil, err
		}
		out[g.Object] = append(out[g.Object], g)
	}
	return out, rows.Err()
}

// unwrap opens the first grant of the ring's that gives the scope. One that does
// not hold up is an error, not passed over: it is a sign that somebody writes in
// the database.
func (r *Ring) unwrap(grants []seal.Grant, scope seal.Scope) ([]byte, seal.Grant, error) {
	for _, g := range grants {
		if g.Scope != scope {
			continue
		}
		private, wrap, ok := r.keysOf(g)
		if !ok {
			continue
		}
		var secret []byte
		var err error
		switch g.Kind {
		case seal.HPKE:
			if !r.v.Signed(g.Signer, r.k.line.Signed(g), g.Sig) {
				return nil, g, fmt.Errorf("grant: %w", seal.ErrUnvouched)
			}
			secret, err = private.Open(g.Wrapped, r.k.line.Grant(g))
		case seal.Sym:
			secret, err = box.Open(wrap, g.Wrapped, r.k.line.Grant(g))
		default:
			err = box.ErrOpen
		}
		return secret, g, err
	}
	return nil, seal.Grant{}, ErrGrant
}

func (r *Ring) keysOf(g seal.Grant) (box.PrivateKey, []byte, bool) {
	if wrap, ok := r.through[throughOf(g.Grantee, g.Scope)]; ok {
		return box.PrivateKey{}, wrap, g.Kind == seal.Sym
	}
	if g.Grantee == "person/"+string(r.me) {
		return r.private, r.self, true
	}
	name, _ := strings.CutPrefix(g.Grantee, "team/")
	t, ok := r.teams[hotline.TeamID(name)]
	return t.private, t.wrap, ok && t.Epoch == g.Epoch
}

// promote makes symmetric grants in place of those HPKE ones that the ring's own
// teams and person hold. Other teams' are theirs to replace.
func (r *Ring) promote(grants []seal.Grant, secret []byte) ([]seal.Grant, error) {
	var out []seal.Grant
	for _, g := range grants {
		if _, _, mine := r.keysOf(g); !mine || g.Kind != seal.HPKE || g.Scope != seal.Body {
			continue
		}
		n, err := r.grant(g.Object, g.Grantee, g.Scope, secret)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// grant makes a grant: symmetric where the ring holds the grantee's key, else
// sealed to a key that is vouched for, and signed.
func (r *Ring) grant(object, grantee string, scope seal.Scope, secret []byte) (seal.Grant, error) {
	g := seal.Grant{Object: object, Grantee: grantee, Scope: scope, Kind: seal.Sym}
	kind, name, _ := strings.Cut(grantee, "/")
	pub := r.v.Roster[hotline.PersonID(name)].Pub
	if kind == "team" {
		t := r.v.Manifest.Teams[hotline.TeamID(name)]
		g.Epoch, pub = t.Epoch, t.Pub
	} else if who, ok := r.v.Roster[hotline.PersonID(name)]; !ok || who.Former {
		return g, fmt.Errorf("person: %w", seal.ErrUnvouched)
	}
	if _, wrap, mine := r.keysOf(g); mine {
		g.Wrapped = box.Seal(wrap, secret, r.k.line.Grant(g))
		return g, nil
	}
	to, err := box.ParsePublic(pub)
	if err != nil {
		return g, err
	}
	g.Kind, g.Signer = seal.HPKE, string(r.me)
	if g.Wrapped, err = to.Seal(secret, r.k.line.Grant(g)); err != nil {
		return g, err
	}
	g.Sig = r.sign(r.k.line.Signed(g))
	return g, nil
}

// Settle makes the swap for closing: her words stay open to her advocate and the
// supervisors; of what we wrote, the team keeps the head. Where nobody had the
// contact, or who had it has left, the supervisors alone have her words.
func (r *Ring) Settle(words, record *Key, advocate hotline.PersonID) (seal.Swap, error) {
	var s seal.Swap
	add := func(object, grantee string, scope seal.Scope, secret []byte) error {
		g, err := r.grant(object, grantee, scope, secret)
		s.Put = append(s.Put, g)
		return err
	}
	for _, k := range []*Key{words, record} {
		for _, g := range k.team {
			if !strings.HasPrefix(g.Grantee, "team/") || g.Grantee == "team/"+string(hotline.Supervisors) {
				continue
			}
			s.Drop = append(s.Drop, g)
			if k == record {
				if err := add(g.Object, g.Grantee, seal.Head, k.head); err != nil {
					return s, err
				}
			}
		}
		if who, ok := r.v.Roster[advocate]; !ok || who.Former {
			continue
		}
		if err := add(k.Object, "person/"+string(advocate), seal.Body, k.secret); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Give grants a body to a person, for a reason that stands in the log. also changes, in
// the same transaction, what goes with the grant, or refuses it.
func (r *Ring) Give(ctx context.Context, k *Key, to hotline.PersonID, why string, also ...func(db.Tx) error) error {
	put, err := r.Giving(ctx, k, to, why)
	if err != nil {
		return err
	}
	return r.k.db.Write(ctx, func(tx db.Tx) error { return each(tx, append(also, put)) })
}

// Giving is Give for whoever has the transaction: it returns what writes the grant and its
// leaf.
func (r *Ring) Giving(ctx context.Context, k *Key, to hotline.PersonID, why string) (func(db.Tx) error, error) {
	g, err := r.grant(k.Object, "person/"+string(to), seal.Body, k.secret)
	if err != nil {
		return nil, err
	}
	shredSecret, err := r.k.shred.Kept(ctx, k.Object)
	if err != nil {
		return nil, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: "grant " + string(to), Object: k.Object, Why: why}, shredSecret[0])
	if err != nil {
		return nil, err
	}
	return func(tx db.Tx) error {
		if err := g.Put(tx); err != nil {
			return err
		}
		return leaf.Insert(tx)
	}, nil
}

// Leaf reads an opening of the log, with the privacy team's key.
func (r *Ring) Leaf(ctx context.Context, id string) (audit.Act, error) {
	t, ok := r.teams[hotline.Privacy]
	if !ok {
		return audit.Act{}, ErrGrant
	}
	return r.k.log.Open(ctx, id, t.private, func(object string) ([]byte, error) {
		s, err := r.k.shred.Kept(ctx, object)
		if err != nil {
			return nil, err
		}
		return s[0], nil
	})
}
