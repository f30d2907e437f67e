package vault

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrStep says that an act asks for the second factor anew.
	ErrStep = problem.New(problem.Denied, "account.stepup")
	// ErrReason says that an act asks for a reason.
	ErrReason = problem.New(problem.Invalid, "vault.reason")
)

// TakeCallBack moves her wish to be called back from where the telephone has put it into
// the head, where there is one. words and record are her opened contact. It is called
// wherever a session opens a contact; of two who do at once, one moves it.
func (r *Ring) TakeCallBack(ctx context.Context, b *contact.Book, words, record *Key) error {
	id := words.columns.ID
	var s seal.Sealed
	err := r.k.db.Read(ctx, func(tx db.Tx) (err error) { s, err = contact.CallBackOf(tx, id); return err })
	if errors.Is(err, contact.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := words.Read(s)
	if err != nil {
		return err
	}
	w, err := contact.ParseCallBack(m.Text)
	if err != nil {
		return err
	}
	head, err := record.Head(ctx)
	if err != nil {
		return err
	}
	err = b.TakeCallBack(ctx, hotline.Actor(r.me), id, s.ID, head.Wishes(w), record.HeadKey())
	if errors.Is(err, contact.ErrState) || errors.Is(err, contact.ErrHead) {
		return nil // somebody else has moved it, or writes the head: the next who opens it does
	}
	return err
}

// stepped is how lately the second factor was given, for a number to be shown.
const stepped = 5 * time.Minute

// Number shows a number: the one of a living call, which live gives where the caller is on
// the line, else the one at which she wishes to be called back. It asks for the second
// factor, given in the last five minutes, and for a reason. The leaf is in the log, and the
// supervisors are told, before anything is handed out; if that cannot be written, nothing
// is. Without any number it is contact.ErrWay, and the leaf stands nevertheless. tell is
// false for a supervisor. record is the opened record.
func (r *Ring) Number(ctx context.Context, tok Token, record *Key, why string, tell bool, live func() (seal.Text, bool)) (seal.Text, error) {
	if strings.TrimSpace(why) == "" {
		return seal.Text{}, ErrReason
	}
	switch lately, err := r.k.SteppedWithin(ctx, tok, stepped); {
	case err != nil:
		return seal.Text{}, err
	case !lately:
		return seal.Text{}, ErrStep
	}
	salt, err := r.k.shred.Get(ctx, record.Object)
	if err != nil {
		return seal.Text{}, err
	}
	leaf, err := r.k.log.Prepare(ctx, audit.Act{By: hotline.Actor(r.me), What: "reveal", Object: record.Object, Why: why}, salt[0])
	if err != nil {
		return seal.Text{}, err
	}
	err = r.k.db.Write(ctx, func(tx db.Tx) error {
		if err := leaf.Insert(tx); err != nil || !tell {
			return err
		}
		_, err := contact.RaiseIn(tx, record.columns.ID, contact.Revealed)
		return err
	})
	if err != nil {
		return seal.Text{}, err
	}
	if live != nil {
		if number, ok := live(); ok {
			return number, nil
		}
	}
	head, err := record.Head(ctx)
	if err != nil {
		return seal.Text{}, err
	}
	if head.Number == "" {
		return seal.Text{}, contact.ErrWay
	}
	return seal.Conceal(head.Number), nil
}
