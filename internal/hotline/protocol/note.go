package protocol

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Noting is whose sign-off the privacy officer gives or notes without opening a contact:
// her own, and what counsel said over the telephone.
func Noting() []hotline.Role { return []hotline.Role{hotline.PrivacyOfficer, Counsel} }

// Trust has the book know whose signatures hold. Without it nothing that is noted counts.
func (b *Book) Trust(line seal.Line, a *seal.Authority) { b.line, b.authority = line, a }

func (b *Book) noted(n Noted) box.Context {
	return b.line.Other("step signoff", n.ask, n.Answer, string(n.By), strconv.FormatInt(n.At, 10))
}

// Note writes yes or no to a sign-off that is waited for, signed by the session of whoever
// notes it. It is taken over as the contact is next looked at, by whoever can open it, also
// when she who noted it has left the line by then.
// What was answered already, or is not asked any more, is [ErrMoved].
func (b *Book) Note(ctx context.Context, by hotline.PersonID, ask, answer string, sign func(box.Context) []byte) error {
	if answer != Yes && answer != No {
		return ErrAnswer
	}
	var id hotline.ContactID
	err := b.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var role hotline.Role
		var asked hotline.PersonID
		err = tx.QueryRow(`SELECT contact, role, asked_by FROM to_sign WHERE id = $1 AND answer = ''`, ask).Scan(&id, &role, &asked)
		switch {
		case errors.Is(err, db.ErrNoRows):
			return ErrMoved
		case err != nil:
			return err
		case !slices.Contains(Noting(), role) || asked == by:
			return ErrSign
		}
		n := Noted{ask: ask, Answer: answer, By: by, At: now}
		changed, err := tx.Exec(`UPDATE to_sign SET answer = $1, answered_by = $2, answered_at = $3, sig = $4 WHERE id = $5 AND answer = ''`, answer, by, now, sign(b.noted(n)), ask)
		if err == nil && changed == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		return b.log.Public(audit.Act{By: hotline.Actor(by), What: "note sign-off", Object: string(id)}).Insert(tx)
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: Topic, ID: string(id)})
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
	return err
}

// heard parts the notes of rows: those that somebody signed who is or was of the line, and
// those that count for nothing.
func (b *Book) heard(v *seal.Verified, rows []row) (out, void []Noted) {
	for _, r := range rows {
		n := r.Noted
		n.Asked = r.Asked
		switch {
		case n.Answer == "":
		case r.Step == "" || v == nil || !v.Signed(string(n.By), b.noted(n), n.sig):
			void = append(void, n)
		default:
			out = append(out, n)
		}
	}
	return out, void
}

// LetGo takes notes off that nobody can take over: the sign-off is waited for as before,
// and can be noted again.
func (b *Book) LetGo(ctx context.Context, id hotline.ContactID, all ...Noted) error {
	if len(all) == 0 {
		return nil
	}
	err := b.db.Write(ctx, func(tx db.Tx) error {
		for _, n := range all {
			gone, err := tx.Exec(`UPDATE to_sign SET answer = '', answered_by = '', answered_at = 0, sig = NULL WHERE id = $1 AND answered_by = $2 AND answered_at = $3 AND answer = $4`, n.ask, n.By, n.At, n.Answer)
			if err != nil {
				return err
			}
			if gone == 0 {
				continue // answered anew, or not asked any more
			}
			if err := b.log.Public(audit.Act{By: hotline.Machine, What: "sign-off let go", Object: string(id)}).Insert(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		b.bus.Publish(bus.Hint{Topic: contact.TopicAlert, ID: string(id)})
	}
	return err
}
