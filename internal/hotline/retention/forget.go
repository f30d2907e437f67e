package retention

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// most is how many entries one run looks at of each kind; the next goes on.
const most = 5000

// portion is how many entries one query looks up.
const portion = 500

// Forget destroys what has been due for its time. What is of the moment, a day's
// hashes, sessions and the hours of the outbox, goes in its hour.
func (r *Retention) Forget(ctx context.Context) error {
	for _, kind := range []string{"day", "session", seal.OutboxHour, dialog.Shred, consent.ShredConsent} {
		over, err := r.Shred.Due(ctx, kind, 0, most)
		if err != nil {
			return err
		}
		for _, d := range over {
			if err := r.Shred.Destroy(ctx, d.ID); err != nil {
				return err
			}
		}
	}
	contacts, err := r.due(ctx, "contact")
	if err != nil {
		return err
	}
	situations, err := r.due(ctx, vault.ShredSituation)
	if err != nil || len(contacts)+len(situations) == 0 {
		return err
	}
	if err := r.allow(ctx, len(contacts)+len(situations)); err != nil {
		return err
	}
	for _, d := range situations {
		if err := r.forgetSituation(ctx, d.ID); err != nil {
			return err
		}
	}
	for _, d := range contacts {
		if err := r.forget(ctx, d.ID); err != nil {
			return err
		}
	}
	return r.reclaim(ctx)
}

// due lists what of a kind has been due for its time, by a clock that somebody of the
// line has set.
func (r *Retention) due(ctx context.Context, kind string) ([]shred.Due, error) {
	due, err := r.Shred.Due(ctx, kind, r.set.Destroy, most)
	if err != nil {
		return nil, err
	}
	return r.vouched(ctx, due)
}

// forgetSituation destroys a situation by one of its entries, rows first.
func (r *Retention) forgetSituation(ctx context.Context, entry string) error {
	entries, err := situation.End(ctx, r.Main, r.Log, By, entry)
	if errors.Is(err, contact.ErrKeep) || errors.Is(err, situation.ErrState) {
		return nil // held, or opened again since
	}
	if err != nil {
		return err
	}
	return r.Book.Shred(ctx, entries...)
}

// vouched leaves those whose time somebody of the line has set. The others are not
// destroyed: somebody has written into the store.
func (r *Retention) vouched(ctx context.Context, due []shred.Due) ([]shred.Due, error) {
	v, err := r.Authority.Current(ctx)
	if err != nil {
		return nil, err
	}
	good, bad := due[:0], 0
	for _, d := range due {
		if v.Signed(d.Clock.Signer, shred.Signed(string(r.Line), d.ID, d.Clock), d.Clock.Sig) {
			good = append(good, d)
		} else {
			bad++
		}
	}
	if bad > 0 {
		r.Alarm(fmt.Errorf("retention: %d entries are due by a time that nobody of the line has set: %w", bad, seal.ErrUnvouched))
	}
	return good, nil
}

// forget destroys an entry and what depends on it: the rows first, the entry second.
func (r *Retention) forget(ctx context.Context, entry string) error {
	owners, err := r.Book.Owners(ctx, entry)
	if err != nil {
		return err
	}
	switch o, ok := owners[entry]; {
	case !ok:
		return r.Shred.Destroy(ctx, entry)
	case o.Hold:
		return nil
	case o.Record:
		if err = r.Book.ForgetRecord(ctx, By, o.Contact, func(tx db.Tx) error {
			return errors.Join(emergency.Forget(tx, o.Contact), protocol.Forget(tx, o.Contact), safety.Forget(tx, o.Contact), situation.Forget(tx, string(o.Contact)))
		}); err == nil {
			err = r.Book.Shred(ctx, entry)
		}
	case o.Erased:
		err = r.Book.Shred(ctx, entry)
	default:
		err = r.Book.EraseNow(ctx, By, o.Contact)
	}
	if errors.Is(err, contact.ErrKeep) || errors.Is(err, contact.ErrState) {
		return nil // held since, or erased by herself
	}
	return err
}

// Finish does the second half of an erasure that a crash cut short: it destroys an
// entry that a job names. Whoever can write such a job cannot destroy what lives by
// it, nor many at once: what is not erased stays, the alarm rings, and the job goes.
func (r *Retention) Finish(ctx context.Context, entry string) error {
	kind, err := r.Shred.Kind(ctx, entry)
	if errors.Is(err, shred.ErrShredded) {
		return r.Book.Shred(ctx, entry)
	}
	if err != nil {
		return err
	}
	if kind == vault.ShredSituation {
		owned, err := situation.Owned(ctx, r.Main, entry)
		if err != nil {
			return err
		}
		if owned[entry] {
			r.Alarm(fmt.Errorf("retention: a job would destroy what lives: %w", contact.ErrState))
			return nil
		}
		if err := r.allow(ctx, 1); err != nil {
			return err
		}
	}
	if kind == "contact" {
		owners, err := r.Book.Owners(ctx, entry)
		if err != nil {
			return err
		}
		if o, ok := owners[entry]; ok && !o.Gone {
			r.Alarm(fmt.Errorf("retention: a job would destroy what lives: %w", contact.ErrState))
			return nil
		}
		clock, err := r.Shred.Clock(ctx, entry)
		if err != nil {
			return err
		}
		if clock.Hold {
			return contact.ErrKeep
		}
		if err := r.allow(ctx, 1); err != nil {
			return err
		}
	}
	return r.Book.Shred(ctx, entry)
}

// Sweep destroys entries older than a day on which nothing depends: what lost a race
// for a cookie, and what a crash left between the two stores. That nothing depends
// on one is asked of the main database for each; an error means that nothing is
// known, and nothing destroyed.
func (r *Retention) Sweep(ctx context.Context) error {
	for _, kind := range []string{"contact", "code", "slot", "session", vault.ShredSituation, consent.ShredLedger, consent.ShredConsent} {
		orphans, err := r.orphans(ctx, kind)
		if err != nil {
			return err
		}
		if len(orphans) == 0 {
			continue
		}
		if err := r.allow(ctx, len(orphans)); err != nil {
			return err
		}
		if err := r.Shred.Destroy(ctx, orphans...); err != nil {
			return err
		}
	}
	return nil
}

func (r *Retention) orphans(ctx context.Context, kind string) (out []string, err error) {
	after := ""
	for len(out) < most {
		old, err := r.Shred.Old(ctx, kind, r.set.Orphan, after, portion)
		if err != nil || len(old) == 0 {
			return out, err
		}
		after = old[len(old)-1]
		known, err := r.known(ctx, kind, old)
		if err != nil {
			return nil, err
		}
		for _, id := range old {
			if known[id] {
				continue
			}
			clock, err := r.Shred.Clock(ctx, id)
			if errors.Is(err, shred.ErrShredded) || err == nil && clock.Hold {
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, id)
		}
	}
	return out, nil
}

// known asks the main database which entries something depends on.
func (r *Retention) known(ctx context.Context, kind string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	if kind == "contact" {
		owners, err := r.Book.Owners(ctx, ids...)
		for id := range owners {
			out[id] = true
		}
		return out, err
	}
	switch kind {
	case vault.ShredSituation:
		return situation.Owned(ctx, r.Main, ids...)
	case consent.ShredLedger, consent.ShredConsent:
		return consent.Owned(ctx, r.Main, r.Shred, kind, ids...)
	}
	table := map[string]string{"code": "return_code", "slot": "slot", "session": "session"}[kind]
	return out, r.Main.Read(ctx, func(tx db.Tx) error {
		places, args := db.List(ids)
		owned, err := db.Values[string](tx, `SELECT shred FROM `+table+` WHERE shred IN (`+places+`)`, args...)
		for _, id := range owned {
			out[id] = true
		}
		return err
	})
}
