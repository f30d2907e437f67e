package contact

import (
	"database/sql"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// A State says where a contact stands.
type State string

// The states. From none to Waiting or Parked a contact comes by Receive.
const (
	Waiting     State = "waiting"
	Parked      State = "parked"
	Offered     State = "offered"
	Live        State = "live"
	Sleeping    State = "sleeping"
	Interrupted State = "interrupted"
	Closing     State = "closing"
	Closed      State = "closed"
	Erased      State = "erased"
)

// A Move is a transition: what may happen to a contact.
type Move string

// The moves.
const (
	Park     Move = "park"      // closing hour, and nobody ready any more; or nobody came back in 60 minutes
	Unpark   Move = "unpark"    // opening hour
	Miss     Move = "miss"      // its keeping time is over and nobody had it
	Offer    Move = "offer"     // rings for one advocate
	Accept   Move = "accept"    // that advocate, that epoch
	Unoffer  Move = "unoffer"   // declined, or nobody answered
	Take     Move = "take"      // somebody takes it, or a supervisor assigns it
	HandBack Move = "hand back" // or the advocate's presence lapsed
	HandOver Move = "hand over" // another advocate has accepted it
	Sleep    Move = "sleep"     // quiet for the channel's quiet time, or lost while a promise is open
	Lose     Move = "lose"      // her connection was lost, or she left
	Resume   Move = "resume"    // she is back, and so is her advocate
	Rejoin   Move = "rejoin"    // she is back, and waits for somebody
	End      Move = "end"       // wrap-up begins
	Close    Move = "close"     // outcome saved, or left as is
	Erase    Move = "erase"     // her words are destroyed
)

// A Rule says from where to where a move leads.
type Rule struct {
	Move Move
	From []State
	To   State
}

// Rules is the one table of transitions. No other code writes a state.
func Rules() []Rule {
	return []Rule{
		{Park, []State{Waiting, Interrupted}, Parked},
		{Unpark, []State{Parked}, Waiting},
		{Miss, []State{Waiting, Parked}, Closed},
		{Offer, []State{Waiting}, Offered},
		{Accept, []State{Offered}, Live},
		{Unoffer, []State{Offered}, Waiting},
		{Take, []State{Waiting, Parked, Interrupted, Sleeping}, Live},
		{HandBack, []State{Live}, Waiting},
		{HandOver, []State{Live}, Live},
		{Sleep, []State{Live, Interrupted}, Sleeping},
		{Lose, []State{Offered, Live, Waiting}, Interrupted},
		{Resume, []State{Sleeping, Interrupted, Closing}, Live},
		{Rejoin, []State{Sleeping, Interrupted, Closing}, Waiting},
		{End, []State{Parked, Waiting, Offered, Live, Sleeping, Interrupted}, Closing},
		{Close, []State{Closing}, Closed},
		{Erase, []State{Parked, Waiting, Offered, Live, Sleeping, Interrupted, Closing, Closed}, Erased},
	}
}

func ruleOf(m Move) Rule {
	rules := Rules()
	return rules[slices.IndexFunc(rules, func(r Rule) bool { return r.Move == m })]
}

// step is one move about to be made.
type step struct {
	move     Move
	by       hotline.Actor
	epoch    int64            // the epoch the mover saw; below 0 = whatever it is
	advocate hotline.PersonID // whose it becomes; empty = stays
	hers     bool             // the caller herself does it
}

// move makes a transition: one conditional UPDATE, the load of the persons it
// touches, one leaf. What has moved on meanwhile is ErrState. It returns the
// contact as it was before.
func (b *Book) move(tx db.Tx, id hotline.ContactID, s step) (Contact, error) {
	rule := ruleOf(s.move)
	was, err := lock(tx, id)
	if err != nil {
		return was, err
	}
	if !slices.Contains(rule.From, was.State) || s.epoch >= 0 && s.epoch != was.Epoch {
		return was, ErrState
	}
	advocate := was.Advocate
	if s.advocate != "" {
		advocate = s.advocate
	} else if was.State == Offered && s.move != Accept {
		if advocate, err = giver(tx, was); err != nil { // it was never hers who let it ring
			return was, err
		}
	}
	if err := staff.Hold(tx, persons(was.Advocate, advocate)...); err != nil {
		return was, err
	}
	now, err := db.Now(tx)
	if err != nil {
		return was, err
	}
	err = tx.QueryRow(`UPDATE contact SET state = $1, epoch = epoch + 1, advocate = $2, state_at = $3 WHERE id = $4 AND state = $5 AND epoch = $6 RETURNING epoch`,
		rule.To, advocate, now, id, was.State, was.Epoch).Scan(new(int64))
	if errors.Is(err, sql.ErrNoRows) {
		return was, ErrState
	}
	if err != nil {
		return was, err
	}
	if err := leave(tx, was, s.move, now); err != nil {
		return was, err
	}
	if err := b.wrapUp(tx, was, rule.To, now); err != nil {
		return was, err
	}
	for _, p := range persons(was.Advocate, advocate) {
		if err := reload(tx, p, now); err != nil {
			return was, err
		}
	}
	if err := b.log.Public(audit.Act{By: s.by, What: string(s.move), Object: string(id)}).Insert(tx); err != nil {
		return was, err
	}
	return was, b.tally(tx, was, s, now)
}

// leave ends what belonged to the state that a contact leaves: an offer, or a
// hand-over that rings. What somebody accepts is ended by whoever accepts it. Whose
// page was not open when the line was closed, or when nobody was there, counts as
// unseen from then on: she need not be there.
func leave(tx db.Tx, was Contact, m Move, now int64) error {
	if was.State == Offered && m != Accept || was.State == Live && m != HandOver {
		if err := endOffer(tx, was.ID, outcomeOf(m), now); err != nil {
			return err
		}
	}
	if was.State != Parked || !was.Seen || was.SeenUntil > now {
		return nil
	}
	_, err := tx.Exec(`UPDATE contact SET seen = 0 WHERE id = $1`, was.ID)
	return err
}

// giver says who had an offered contact before it was offered.
func giver(tx db.Tx, c Contact) (p hotline.PersonID, err error) {
	err = tx.QueryRow(`SELECT giver FROM offer WHERE contact = $1 AND epoch = $2 AND kind = 'offer'`, c.ID, c.Epoch).Scan(&p)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, err
}

func persons(ids ...hotline.PersonID) []hotline.PersonID {
	return slices.DeleteFunc(slices.Compact(ids), func(p hotline.PersonID) bool { return p == "" })
}

// wrapUp begins the three minutes that count, for a closing that comes from live.
func (b *Book) wrapUp(tx db.Tx, was Contact, to State, now int64) error {
	if to != Closing {
		return nil
	}
	var until int64
	if was.State == Live {
		until = now + b.set.WrapUp.Milliseconds()
	}
	_, err := tx.Exec(`UPDATE contact SET wrap_until = $1 WHERE id = $2`, until, was.ID)
	return err
}

// reload counts anew what a person has: offered, live, and closing while it counts.
// Her presence is locked by then.
func reload(tx db.Tx, p hotline.PersonID, now int64) error {
	var load int
	err := tx.QueryRow(`SELECT count(*) FROM contact WHERE advocate = $1 AND (state IN ('offered', 'live') OR state = 'closing' AND wrap_until > $2)`, p, now).Scan(&load)
	if err != nil {
		return err
	}
	return staff.SetLoad(tx, p, load)
}

func outcomeOf(m Move) string {
	if m == Unoffer {
		return "late"
	}
	return "gone"
}

func endOffer(tx db.Tx, id hotline.ContactID, outcome string, now int64) error {
	_, err := tx.Exec(`UPDATE offer SET ended_at = $1, outcome = $2 WHERE contact = $3 AND ended_at IS NULL`, now, outcome, id)
	return err
}
