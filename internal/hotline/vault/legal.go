package vault

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Kinds of the entries of legal requests, and of what their searches look for.
const (
	ShredLegal  = "legal"
	ShredSearch = "legal search"
)

// NewLegal makes the key of a legal request, which the privacy team opens.
func (r *Ring) NewLegal(ctx context.Context) (*Key, func(db.Tx) error, error) {
	if !r.Holds(hotline.Privacy) {
		return nil, nil, ErrDenied
	}
	return r.newApart(ctx, ShredLegal, hotline.Privacy)
}

// Legal opens a legal request: for the privacy team, and for the supervisor who is named
// for it.
func (r *Ring) Legal(ctx context.Context, object, why string) (*Key, error) {
	return r.openApart(ctx, object, "open legal request", why)
}

// NewSearch makes the key of what a search looks for. The supervisors' sessions open it,
// each for the machine alone.
func (r *Ring) NewSearch(ctx context.Context) (*Key, func(db.Tx) error, error) {
	if !r.Holds(hotline.Privacy) {
		return nil, nil, ErrDenied
	}
	return r.newApart(ctx, ShredSearch, hotline.Supervisors)
}

// A Finding is what a session found for a legal request, sealed to the privacy team and
// signed by whose session it was. All have one size: how many were found shows to nobody.
type Finding struct {
	Sealed []byte
	Signer hotline.PersonID
	Sig    []byte
}

// findingSize is how many bytes a finding has before it is sealed.
const findingSize = 8 << 10

func (r *Ring) finding(search string, n int64) box.Context {
	return r.k.line.Other("legal finding", search, fmt.Sprint(n))
}

// Find seals what was found.
func (r *Ring) Find(search string, n int64, found []byte) (f Finding, err error) {
	if len(found) > findingSize-2 {
		return f, fmt.Errorf("legal finding: %w", box.ErrOpen)
	}
	pub, _, err := r.v.Team(hotline.Privacy)
	if err != nil {
		return f, err
	}
	plain := make([]byte, findingSize)
	binary.BigEndian.PutUint16(plain, uint16(len(found))) //nolint:gosec // not above its size
	copy(plain[2:], found)
	where := r.finding(search, n)
	if f.Sealed, err = seal.To(pub, where, plain); err != nil {
		return f, err
	}
	f.Signer, f.Sig = r.me, r.sign(where.With(f.Sealed))
	return f, nil
}

// Found opens a finding, with the privacy team's key. One that no supervisor has signed
// is refused.
func (r *Ring) Found(search string, n int64, f Finding) ([]byte, error) {
	t, ok := r.teams[hotline.Privacy]
	if !ok {
		return nil, ErrGrant
	}
	where := r.finding(search, n)
	if !r.v.Signed(string(f.Signer), where.With(f.Sealed), f.Sig) {
		return nil, fmt.Errorf("legal finding: %w", seal.ErrUnvouched)
	}
	plain, err := t.private.Open(f.Sealed, where)
	if err != nil {
		return nil, err
	}
	if len(plain) != findingSize || int(binary.BigEndian.Uint16(plain)) > findingSize-2 {
		return nil, box.ErrOpen
	}
	return plain[2 : 2+binary.BigEndian.Uint16(plain)], nil
}

// A Sealed is a row that a search looks at.
type Sealed struct {
	Object             string // under whose key it stands
	Head               bool   // under its head, else its body
	Table, Column, Row string
	Version            int64
	Bytes              []byte
}

// A Sight is what became of one row in a search.
type Sight int

// Sights. What is gone was destroyed, or its hour is over; what is shut does not open to
// this session, or is not what was last written.
const (
	Gone Sight = iota
	Shut
	Seen
	Hit
)

// Seek looks at rows for a legal request, by the ring's own grants and through situations.
// It hands out no word of them: match alone sees each. It writes no leaf, since one stands
// for the whole search: whoever calls it has written that one, by [Ring.Seeking].
func (r *Ring) Seek(ctx context.Context, through []hotline.SituationID, rows []Sealed, match func(Sealed, seal.Text) bool) ([]Sight, error) {
	ring, err := r.thru(ctx, through)
	if err != nil {
		return nil, err
	}
	var objects []string
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.Object] && row.Object != "" {
			seen[row.Object] = true
			objects = append(objects, row.Object)
		}
	}
	out := make([]Sight, len(rows))
	if len(objects) == 0 {
		return out, nil
	}
	var p page
	p.objects = objects
	if err := r.k.db.Read(ctx, func(tx db.Tx) (err error) { p.grants, err = readGrants(tx, objects...); return err }); err != nil {
		return nil, err
	}
	if p.salts, err = r.k.shred.SomeKept(ctx, objects...); err != nil {
		return nil, err
	}
	if p.noted, err = r.k.shred.Newest(ctx, objects...); err != nil {
		return nil, err
	}
	held := map[string]Held{}
	for _, object := range objects {
		if p.salts[object] == nil {
			continue
		}
		secret, head, _, err := ring.widest(object, p.grants[object])
		if err != nil {
			continue // shut
		}
		if held[object], err = ring.held(object, secret, head, p.salts[object]); err != nil {
			return nil, err
		}
	}
	for i, row := range rows {
		out[i] = r.sight(p, held, row, match)
	}
	return out, nil
}

func (r *Ring) sight(p page, held map[string]Held, row Sealed, match func(Sealed, seal.Text) bool) Sight {
	if len(row.Bytes) == 0 || p.salts[row.Object] == nil {
		return Gone
	}
	h, ok := held[row.Object]
	if !ok || !row.Head && h.secret == nil {
		return Shut
	}
	if row.Table == "contact" && row.Column == "head" && !p.noted[row.Object].Allows(r.k.shred.Head(row.Object, row.Version, row.Bytes)) {
		return Shut
	}
	key := h.body
	if row.Head {
		key = h.headKey
	}
	t, err := key.Row(row.Table, row.Column, row.Row, row.Version, row.Bytes)
	switch {
	case err != nil:
		return Shut
	case match(row, t):
		return Hit
	}
	return Seen
}

// thru is a ring that opens what situations hold, too.
func (r *Ring) thru(ctx context.Context, ids []hotline.SituationID) (*Ring, error) {
	ring := r.inner()
	if len(ids) == 0 {
		return ring, nil
	}
	var columns []seal.SituationColumns
	var grants map[string][]seal.Grant
	var objects []string
	err := r.k.db.Read(ctx, func(tx db.Tx) (err error) {
		// Closed to her or not: the machine shows her nothing of it.
		if columns, err = openTo(tx, "", ids); err != nil {
			return err
		}
		objects = nil
		for _, c := range columns {
			objects = append(objects, c.ShredS)
		}
		if len(objects) == 0 {
			return nil
		}
		grants, err = readGrants(tx, objects...)
		return err
	})
	if err != nil || len(objects) == 0 {
		return ring, err
	}
	salts, err := r.k.shred.SomeKept(ctx, objects...)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if salts[c.ShredS] == nil || !r.v.Signed(c.Signer, r.k.line.Founded(c), c.Sig) {
			continue
		}
		secret, head, _, err := r.widest(c.ShredS, grants[c.ShredS])
		if err != nil || !box.Equal(r.k.line.Commit(c.ShredS, head), c.CommitS) {
			continue
		}
		if _, err := ring.enter(c.ID, c.ShredS, secret, head, salts[c.ShredS]); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// Seeking opens what a search looks for, for the machine alone. One leaf stands for all
// that a person's sessions open for it: who goes on with what she has begun leaves none.
func (r *Ring) Seeking(ctx context.Context, search string, goesOn bool) (*Key, error) {
	if goesOn {
		k, _, _, err := r.readApart(ctx, search)
		return k, err
	}
	return r.openApart(ctx, search, "legal search", "")
}

// Ungrant takes back what a person was granted of objects.
func Ungrant(tx db.Tx, p hotline.PersonID, objects ...string) error {
	var s seal.Swap
	for _, o := range objects {
		s.Drop = append(s.Drop, seal.Grant{Object: o, Grantee: "person/" + string(p), Scope: seal.Body})
	}
	return s.Apply(tx)
}
