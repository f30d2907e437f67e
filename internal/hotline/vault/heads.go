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
	grants  []seal.Grant
}

// Heads opens the heads of a page. One leaf stands for all of it: it names no
// object, so its opening needs no shred secret. Grants of this ring's that are
// still HPKE become symmetric, so that a page is slow once.
func (r *Ring) Heads(ctx context.Context, ids []hotline.ContactID) ([]View, error) {
	rows := make([]headRow, len(ids))
	objects := make([]string, len(ids))
	var closed map[hotline.ContactID]bool
	err := r.k.db.Read(ctx, func(tx db.Tx) error {
		sealed, err := contact.Heads(tx, ids...)
		if err != nil {
			return err
		}
		for i, id := range ids {
			h, ok := sealed[id]
			if !ok {
				return contact.ErrMissing
			}
			rows[i] = headRow{columns: h.Columns, sealed: h.Sealed, n: h.N, erased: h.Erased}
			objects[i] = h.Columns.ShredS
		}
		if closed, err = contact.ClosedTo(tx, r.me, ids...); err != nil {
			return err
		}
		grants, err := readGrants(tx, objects...)
		for i, id := range objects {
			rows[i].grants = grants[id]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	salts, err := r.k.shred.Some(ctx, objects...)
	if err != nil {
		return nil, err
	}
	noted, err := r.k.shred.Newest(ctx, objects...)
	if err != nil {
		return nil, err
	}
	higher := map[string]shred.Newest{}
	all := r.k.line.Other("page")
	out := make([]View, len(ids))
	var better []seal.Grant
	for i, row := range rows {
		all = all.With([]byte(ids[i]))
		out[i].Contact = ids[i]
		if closed[ids[i]] {
			out[i].Err = ErrConflict
			continue
		}
		object := objects[i]
		if out[i].Err = r.newest(ctx, &row, noted[object]); out[i].Err != nil {
			continue
		}
		var more []seal.Grant
		out[i].Head, out[i].Key, more, out[i].Err = r.head(row, salts[object])
		better = append(better, more...)
		if mark := r.k.shred.Head(object, row.n, row.sealed); out[i].Err == nil && newer(noted[object], mark) {
			higher[object] = mark
		}
	}
	if err := r.k.shred.RaiseHeads(ctx, higher); err != nil {
		return nil, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: fmt.Sprintf("heads %d %x", len(ids), all.Hash())}, nil)
	if err != nil {
		return nil, err
	}
	err = r.k.db.Write(ctx, func(tx db.Tx) error {
		if err := replace(tx, better); err != nil {
			return err
		}
		return leaf.Insert(tx)
	})
	if err != nil {
		return nil, err // no leaf, no head
	}
	return out, nil
}

// head opens one. The intake's signature is checked as long as the grant is the
// intake's: a symmetric one vouches for itself, and the head's own context names
// the contact.
func (r *Ring) head(row headRow, salt []byte) (contact.Head, seal.Key, []seal.Grant, error) {
	c := row.columns
	body, g, err := r.unwrap(row.grants, seal.Body)
	secret := r.k.line.HeadSecret(c.ShredS, body)
	if errors.Is(err, ErrGrant) {
		body = nil
		secret, g, err = r.unwrap(row.grants, seal.Head)
	}
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
