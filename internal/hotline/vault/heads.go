package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/shred"
)

// A View is one line of a page of heads. One that does not open has an error.
type View struct {
	Contact hotline.ContactID
	Head    contact.Head
	Key     seal.Key // seals the head that follows it
	Err     error
}

type headRow struct {
	columns seal.Columns
	sealed  []byte
	n       int64 // counter of the head
	erased  bool
}

// Heads opens the heads of a page. One leaf stands for all of it: it names no
// object, so its opening needs no shred secret. Grants of this ring's that are
// still HPKE become symmetric, so that a page is slow once.
func (r *Ring) Heads(ctx context.Context, ids []hotline.ContactID) ([]View, error) {
	out, _, err := r.page(ctx, ids, nil)
	return out, err
}

// A page is what is read to open the heads of contacts, and of what situations hold.
type page struct {
	rows    []headRow
	objects []string // whose heads are opened, each once
	grants  map[string][]seal.Grant
	closed  map[hotline.ContactID]bool
	salts   map[string][]byte
	noted   map[string]shred.Newest
}

// page opens the heads of contacts, and those of objects, which stand in the answer only
// if they open. One leaf stands for both.
func (r *Ring) page(ctx context.Context, ids []hotline.ContactID, objects []string) ([]View, map[string]Held, error) {
	if len(ids)+len(objects) == 0 {
		return nil, map[string]Held{}, nil
	}
	p, err := r.readPage(ctx, ids, objects)
	if err != nil {
		return nil, nil, err
	}
	held, err := r.holds(p, objects)
	if err != nil {
		return nil, nil, err
	}
	higher := map[string]shred.Newest{}
	all := r.k.line.Other("page")
	out := make([]View, len(ids))
	var better []seal.Grant
	for i, row := range p.rows {
		all = all.With([]byte(ids[i]))
		out[i].Contact = ids[i]
		if p.closed[ids[i]] {
			out[i].Err = ErrConflict
			continue
		}
		object := row.columns.ShredS
		if out[i].Err = r.newest(ctx, &row, p.noted[object]); out[i].Err != nil {
			continue
		}
		var more []seal.Grant
		out[i].Head, out[i].Key, more, out[i].Err = r.head(row, p.grants[object], p.salts[object])
		better = append(better, more...)
		if mark := r.k.shred.Head(object, row.n, row.sealed); out[i].Err == nil && newer(p.noted[object], mark) {
			higher[object] = mark
		}
	}
	if err := r.k.shred.RaiseHeads(ctx, higher); err != nil {
		return nil, nil, err
	}
	for _, object := range objects {
		all = all.With([]byte(object))
	}
	if err := r.paged(ctx, len(p.objects), all, better); err != nil {
		return nil, nil, err // no leaf, no head
	}
	return out, held, nil
}

func (r *Ring) readPage(ctx context.Context, ids []hotline.ContactID, objects []string) (p page, err error) {
	err = r.k.db.Read(ctx, func(tx db.Tx) error {
		p.rows, p.objects = nil, nil
		sealed, err := contact.Heads(tx, ids...)
		if err != nil {
			return err
		}
		for _, id := range ids {
			h, ok := sealed[id]
			if !ok {
				return contact.ErrMissing
			}
			p.rows = append(p.rows, headRow{columns: h.Columns, sealed: h.Sealed, n: h.N, erased: h.Erased})
			p.objects = append(p.objects, h.Columns.ShredS)
		}
		p.objects = append(p.objects, objects...)
		slices.Sort(p.objects)
		p.objects = slices.Compact(p.objects)
		if p.closed, err = contact.ClosedTo(tx, r.me, ids...); err != nil {
			return err
		}
		p.grants, err = readGrants(tx, p.objects...)
		return err
	})
	if err != nil {
		return p, err
	}
	if p.salts, err = r.k.shred.Some(ctx, p.objects...); err != nil || len(ids) == 0 {
		return p, err
	}
	p.noted, err = r.k.shred.Newest(ctx, p.objects...)
	return p, err
}

// paged writes the leaf of a page: how many heads were opened, and which by a hash.
// Better grants take the place of those that were read.
func (r *Ring) paged(ctx context.Context, n int, all box.Context, better []seal.Grant) error {
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: fmt.Sprintf("heads %d %x", n, all.Hash())}, nil)
	if err != nil {
		return err
	}
	return r.k.opens(ctx, leaf, better)
}

// widest opens the widest secret that the ring has of an object: its body and by it its
// head, or of what is closed the head alone.
func (r *Ring) widest(object string, grants []seal.Grant) (body, head []byte, g seal.Grant, err error) {
	body, g, err = r.unwrap(grants, seal.Body)
	if errors.Is(err, ErrGrant) {
		head, g, err = r.unwrap(grants, seal.Head)
		return nil, head, g, err
	}
	return body, r.k.line.HeadSecret(object, body), g, err
}

// head opens one. The intake's signature is checked as long as the grant is the
// intake's: a symmetric one vouches for itself, and the head's own context names
// the contact.
func (r *Ring) head(row headRow, grants []seal.Grant, salt []byte) (contact.Head, seal.Key, []seal.Grant, error) {
	c := row.columns
	body, secret, g, err := r.widest(c.ShredS, grants)
	if err != nil {
		return contact.Head{}, seal.Key{}, nil, err
	}
	if g.Kind == seal.HPKE && !r.v.Signed(seal.Intake, r.k.line.Vouched(c), c.Sig) || !box.Equal(r.k.line.Commit(c.ShredS, secret), c.CommitS) {
		return contact.Head{}, seal.Key{}, nil, fmt.Errorf("contact: %w", seal.ErrUnvouched)
	}
	key, err := r.k.line.ObjectKey(c.ShredS, seal.Head, secret, salt)
	if err != nil {
		return contact.Head{}, seal.Key{}, nil, err
	}
	opens := opened.Key{Line: r.k.line, Object: c.ShredS, Key: key}
	text, err := opens.Row("contact", "head", string(c.ID), row.n, row.sealed)
	if err != nil {
		return contact.Head{}, seal.Key{}, nil, err
	}
	head, err := contact.ParseHead(text, row.n)
	if err != nil || body == nil || g.Kind == seal.Sym {
		return head, opens.Seal(), nil, err
	}
	better, err := r.promote([]seal.Grant{g}, body)
	return head, opens.Seal(), better, err
}

// opens writes the leaf before anything is handed out, and better grants in the place of
// those that were read.
func (k *Keeper) opens(ctx context.Context, leaf audit.Leaf, better []seal.Grant) error {
	return k.db.Write(ctx, func(tx db.Tx) error {
		if err := replace(tx, better); err != nil {
			return err
		}
		return leaf.Insert(tx)
	})
}

// replace writes symmetric grants over the HPKE ones of the same epoch, unless they
// are gone.
func replace(tx db.Tx, grants []seal.Grant) error {
	for _, g := range grants {
		if _, err := tx.Exec(`UPDATE key_grant SET kind = $1, wrapped = $2, signer = '', sig = NULL WHERE object = $3 AND grantee = $4 AND scope = $5 AND epoch = $6 AND kind = 'hpke'`,
			g.Kind, g.Wrapped, g.Object, g.Grantee, g.Scope, g.Epoch); err != nil {
			return err
		}
	}
	return nil
}
