package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrConflict says that the person has said that she knows somebody in the
// situation: it is closed to her, and so is every contact in it.
var ErrConflict = problem.New(problem.Denied, "vault.conflict")

// ErrNoSituation says that there is no such situation, or none any more.
var ErrNoSituation = problem.New(problem.Missing, "vault.no_situation")

// A Situation is an opened situation: its own key, and through it those of the
// contacts and persons in it. Of a closed one the team opens the head alone.
type Situation struct {
	ID     hotline.SituationID
	own    Held
	head   []byte
	ring   *Ring // opens what the situation holds, too
	grants []seal.Grant
}

// Whole reports whether the body is open.
func (s *Situation) Whole() bool { return s.own.secret != nil }

// Object names the situation's key.
func (s *Situation) Object() string { return s.own.Object }

// HeadKey gives the half that only seals of the head of S.
func (s *Situation) HeadKey() seal.Key { return s.own.HeadKey() }

// Row opens a column that is sealed under the situation's own head.
func (s *Situation) Row(table, column, row string, version int64, sealed []byte) (seal.Text, error) {
	return s.own.Row(table, column, row, version, sealed)
}

// NewSituation makes the key of a situation, signed by the person. Its entry is
// durable when it returns; nothing else is stored. The team of a queue and the
// supervisors are granted it.
func (r *Ring) NewSituation(ctx context.Context, q hotline.QueueID) (*Situation, seal.SituationColumns, []seal.Grant, error) {
	c := seal.SituationColumns{ID: hotline.SituationID(hotline.NewID()), ShredS: hotline.NewID(), Signer: string(r.me)}
	e, err := r.k.shred.Create(ctx, ShredSituation, 0, c.ShredS)
	if err != nil {
		return nil, c, nil, err
	}
	secret := box.Random(box.Size)
	s, err := r.within(c.ID, c.ShredS, secret, r.k.line.HeadSecret(c.ShredS, secret), e[0].Secret)
	if err != nil {
		return nil, c, nil, err
	}
	c.CommitS = r.k.line.Commit(c.ShredS, s.head)
	c.Sig = r.sign(r.k.line.Founded(c))
	team, ok := r.v.Manifest.Queues[q]
	if !ok {
		team = hotline.Desk
	}
	teams := []hotline.TeamID{team}
	if team != hotline.Supervisors {
		teams = append(teams, hotline.Supervisors)
	}
	for _, t := range teams {
		g, err := r.grant(c.ShredS, "team/"+string(t), seal.Body, secret)
		if err != nil {
			return nil, c, nil, err
		}
		s.grants = append(s.grants, g)
	}
	return s, c, s.grants, nil
}

// ShredSituation is the kind of the entries of situations and of persons in them who
// never wrote.
const ShredSituation = "situation"

// within derives the keys of a situation, and a ring that opens what it holds. secret
// is nil where only the head is open.
func (r *Ring) within(id hotline.SituationID, object string, secret, head, salt []byte) (*Situation, error) {
	return r.inner().enter(id, object, secret, head, salt)
}

// inner is a ring that opens what the person's does, and what opened situations hold.
func (r *Ring) inner() *Ring {
	ring := *r
	ring.through = map[string][]byte{}
	return &ring
}

// enter derives the keys of a situation, and has the ring open what it holds.
func (r *Ring) enter(id hotline.SituationID, object string, secret, head, salt []byte) (*Situation, error) {
	h, err := r.held(object, secret, head, salt)
	if err != nil {
		return nil, err
	}
	r.through[throughOf(seal.ObjectGrantee(object), seal.Head)] = r.k.line.ObjectWrap(object, seal.Head, h.headKey.Key)
	if secret != nil {
		r.through[throughOf(seal.ObjectGrantee(object), seal.Body)] = r.k.line.ObjectWrap(object, seal.Body, h.body.Key)
	}
	return &Situation{ID: id, own: h, head: head, ring: r}, nil
}

func throughOf(grantee string, scope seal.Scope) string { return grantee + " " + string(scope) }

func situationColumns(tx db.Tx, id hotline.SituationID) (c seal.SituationColumns, err error) {
	c.ID = id
	err = tx.QueryRow(`SELECT shred_s, commit_s, signer, sig FROM situation WHERE id = $1`, id).Scan(&c.ShredS, &c.CommitS, &c.Signer, &c.Sig)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNoSituation
	}
	return c, err
}

// Situation opens a situation: its body, or of a closed one the head. The leaf is in
// the log before anything is handed out. Whoever knows somebody in it is refused, and
// that stands in the log too.
func (r *Ring) Situation(ctx context.Context, id hotline.SituationID, why string) (*Situation, error) {
	var c seal.SituationColumns
	var grants []seal.Grant
	var closed bool
	err := r.k.db.Read(ctx, func(tx db.Tx) (err error) {
		if c, err = situationColumns(tx, id); err != nil {
			return err
		}
		if closed, err = contact.Knows(tx, id, r.me); err != nil {
			return err
		}
		found, err := readGrants(tx, c.ShredS)
		grants = found[c.ShredS]
		return err
	})
	if err != nil {
		return nil, err
	}
	if closed {
		return nil, r.turnAway(ctx, string(id))
	}
	if c.Signer == seal.Intake || !r.v.Signed(c.Signer, r.k.line.Founded(c), c.Sig) {
		return nil, fmt.Errorf("situation: %w", seal.ErrUnvouched)
	}
	secret, head, g, err := r.widest(c.ShredS, grants)
	if err != nil {
		return nil, err
	}
	if !box.Equal(r.k.line.Commit(c.ShredS, head), c.CommitS) {
		return nil, fmt.Errorf("situation: %w", seal.ErrUnvouched)
	}
	salt, err := r.k.shred.Get(ctx, c.ShredS)
	if err != nil {
		return nil, err
	}
	var better []seal.Grant
	if secret != nil && g.Kind == seal.HPKE {
		if better, err = r.promote(grants, secret); err != nil {
			return nil, err
		}
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: "open situation", Object: c.ShredS, Why: why}, salt[0])
	if err != nil {
		return nil, err
	}
	if err := r.k.opens(ctx, leaf, better); err != nil {
		return nil, err
	}
	s, err := r.within(id, c.ShredS, secret, head, salt[0])
	if s != nil {
		s.grants = grants
	}
	return s, err
}

// turnAway refuses whoever knows somebody in it: she holds the team's keys, and this
// is the second lock. The log says so before she is told.
func (r *Ring) turnAway(ctx context.Context, object string) error {
	err := r.k.db.Write(ctx, func(tx db.Tx) error {
		return r.k.log.Public(audit.Act{By: hotline.Actor(r.me), What: "refused: knows somebody", Object: object}).Insert(tx)
	})
	if err != nil {
		return err
	}
	return ErrConflict
}

// Attach puts a contact's record into the situation: whoever opens the situation
// opens it. record is the contact's opened record.
func (s *Situation) Attach(record *Key) ([]seal.Grant, error) {
	return s.hold(record.Object, record.secret, record.head)
}

// Detach takes an object's key out of the situation again.
func (s *Situation) Detach(object string) seal.Swap {
	return seal.Swap{Drop: []seal.Grant{
		{Object: object, Grantee: seal.ObjectGrantee(s.own.Object), Scope: seal.Body},
		{Object: object, Grantee: seal.ObjectGrantee(s.own.Object), Scope: seal.Head},
	}}
}

// hold wraps both scopes of a key under those of the situation: from its head the
// heads open, and nothing more.
func (s *Situation) hold(object string, secret, head []byte) ([]seal.Grant, error) {
	if !s.Whole() {
		return nil, ErrGrant
	}
	var out []seal.Grant
	for _, of := range []struct {
		scope  seal.Scope
		secret []byte
	}{{seal.Body, secret}, {seal.Head, head}} {
		g := seal.Grant{Object: object, Grantee: seal.ObjectGrantee(s.own.Object), Scope: of.scope, Kind: seal.Sym}
		g.Wrapped = box.Seal(s.ring.through[throughOf(g.Grantee, g.Scope)], of.secret, s.ring.k.line.Grant(g))
		out = append(out, g)
	}
	return out, nil
}

// A Held is a key that a situation holds.
type Held struct {
	Object  string
	secret  []byte // nil where only the head is open
	body    opened.Key
	headKey opened.Key
}

// HeadKey gives the half that only seals of the head.
func (h Held) HeadKey() seal.Key { return h.headKey.Seal() }

// Row opens a column that is sealed under the head.
func (h Held) Row(table, column, row string, version int64, sealed []byte) (seal.Text, error) {
	return h.headKey.Row(table, column, row, version, sealed)
}

// NewPerson makes a key for somebody in the situation who never wrote: what is said
// of her goes with its entry. Its entry is durable when it returns.
func (s *Situation) NewPerson(ctx context.Context) (Held, []seal.Grant, error) {
	object, secret := hotline.NewID(), box.Random(box.Size)
	if !s.Whole() {
		return Held{}, nil, ErrGrant
	}
	e, err := s.ring.k.shred.Create(ctx, ShredSituation, 0, object)
	if err != nil {
		return Held{}, nil, err
	}
	head := s.ring.k.line.HeadSecret(object, secret)
	grants, err := s.hold(object, secret, head)
	if err != nil {
		return Held{}, nil, err
	}
	h, err := s.ring.held(object, secret, head, e[0].Secret)
	return h, grants, err
}

func (r *Ring) held(object string, secret, head, salt []byte) (Held, error) {
	h := Held{Object: object, secret: secret}
	key, err := r.k.line.ObjectKey(object, seal.Head, head, salt)
	if err != nil {
		return h, err
	}
	h.headKey = opened.Key{Line: r.k.line, Object: object, Key: key}
	if secret == nil {
		return h, nil
	}
	if key, err = r.k.line.ObjectKey(object, seal.Body, secret, salt); err != nil {
		return h, err
	}
	h.body = opened.Key{Line: r.k.line, Object: object, Key: key}
	return h, nil
}

// Holds opens the heads of what the situation holds, by object. What does not open,
// since it is gone or was taken out, is not in the answer. One leaf stands for the
// page.
func (s *Situation) Holds(ctx context.Context, objects ...string) (map[string]Held, error) {
	_, held, err := s.Page(ctx, nil, objects)
	return held, err
}

// Page opens the heads of contacts, as [Ring.Heads] does, by the ring's own grants or
// through the situation, and the heads of what it holds. One leaf stands for both.
func (s *Situation) Page(ctx context.Context, ids []hotline.ContactID, objects []string) ([]View, map[string]Held, error) {
	return s.ring.page(ctx, ids, objects)
}

// holds opens of a page the heads of objects.
func (r *Ring) holds(p page, objects []string) (map[string]Held, error) {
	out := make(map[string]Held, len(objects))
	for _, object := range objects {
		if p.salts[object] == nil {
			continue
		}
		secret, head, _, err := r.widest(object, p.grants[object])
		if errors.Is(err, ErrGrant) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if out[object], err = r.held(object, secret, head, p.salts[object]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Open opens a body through the situation, as [Ring.Open] does.
func (s *Situation) Open(ctx context.Context, ref Ref, why string) (*Key, error) {
	return s.ring.Open(ctx, ref, why)
}

// Shut makes the swap for closing a situation: the teams keep its head, the
// supervisors all of it. Opened again, they get the body back.
func (s *Situation) Shut() (seal.Swap, error) { return s.swap(seal.Body, seal.Head, s.head) }

// Reopen gives the teams the body again. The ring must hold it.
func (s *Situation) Reopen() (seal.Swap, error) { return s.swap(seal.Head, seal.Body, s.own.secret) }

func (s *Situation) swap(from, to seal.Scope, secret []byte) (out seal.Swap, err error) {
	if !s.Whole() {
		return out, ErrGrant
	}
	for _, g := range s.grants {
		if g.Scope != from || g.Grantee == "team/"+string(hotline.Supervisors) {
			continue
		}
		n, err := s.ring.grant(g.Object, g.Grantee, to, secret)
		if err != nil {
			return out, err
		}
		out.Drop, out.Put = append(out.Drop, g), append(out.Put, n)
	}
	return out, nil
}

// Own is the situation's own key, as one that it holds.
func (s *Situation) Own() Held { return s.own }

// BodyKey gives the half that only seals of the body; where only the head is open it
// is ErrGrant.
func (h Held) BodyKey() (seal.Key, error) {
	if h.secret == nil {
		return seal.Key{}, ErrGrant
	}
	return h.body.Seal(), nil
}

// An Opener opens a column of one row.
type Opener func(table, column, row string, version int64, sealed []byte) (seal.Text, error)

// Detail opens what stands under a body that the situation holds, for a reason: the
// leaf goes with the object.
func (s *Situation) Detail(ctx context.Context, object, why string, open func(Opener) (seal.Text, error)) (seal.Text, error) {
	held := s.Own()
	if object != s.own.Object {
		all, err := s.Holds(ctx, object)
		if err != nil {
			return seal.Text{}, err
		}
		held = all[object]
	}
	if held.secret == nil {
		return seal.Text{}, ErrGrant
	}
	salt, err := s.ring.k.shred.Get(ctx, object)
	if err != nil {
		return seal.Text{}, err
	}
	leaf, err := s.ring.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(s.ring.me), What: "open", Object: object, Why: why}, salt[0])
	if err != nil {
		return seal.Text{}, err
	}
	if err := s.ring.k.db.Write(ctx, func(tx db.Tx) error { return leaf.Insert(tx) }); err != nil {
		return seal.Text{}, err
	}
	return open(held.body.Row)
}

// HeadRow opens a column that is sealed under the head. k is the opened record.
func (k *Key) HeadRow(table, column, row string, version int64, sealed []byte) (seal.Text, error) {
	return k.headKey.Row(table, column, row, version, sealed)
}

// Opens says which bodies this ring's own grants would open. It opens nothing.
func (r *Ring) Opens(ctx context.Context, objects ...string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(objects) == 0 {
		return out, nil
	}
	var grants map[string][]seal.Grant
	if err := r.k.db.Read(ctx, func(tx db.Tx) (err error) { grants, err = readGrants(tx, objects...); return err }); err != nil {
		return nil, err
	}
	for object, all := range grants {
		for _, g := range all {
			if _, _, mine := r.keysOf(g); mine && g.Scope == seal.Body {
				out[object] = true
			}
		}
	}
	return out, nil
}

// Granted reports whether a person has a grant of her own of a body.
func (r *Ring) Granted(ctx context.Context, object string, p hotline.PersonID) (bool, error) {
	var n int
	err := r.k.db.One(ctx, `SELECT count(*) FROM key_grant WHERE object = $1 AND grantee = $2 AND scope = 'body'`, []any{object, "person/" + string(p)}, &n)
	return n > 0, err
}

// SignedIn reports whether a person has a session, locked or not.
func SignedIn(tx db.Tx, p hotline.PersonID) (bool, error) {
	now, err := db.Now(tx)
	if err != nil {
		return false, err
	}
	var n int
	err = tx.QueryRow(`SELECT count(*) FROM session WHERE person = $1 AND ended = 0 AND abs_at > $2`, p, now).Scan(&n)
	return n > 0, err
}
