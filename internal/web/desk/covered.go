package desk

import (
	"context"
	"errors"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

const (
	tries    = 5 // wrong passphrases before a pause
	pause    = 30 * time.Second
	mostMine = 20
)

var errTries = problem.New(problem.Later, "desk.problem.tries")

// cover ends the ring: what is shown goes, the session stays and opens nothing.
func (c *console) cover(ctx context.Context) error {
	if err := c.d.Keeper.Lock(ctx, c.token); err != nil {
		return err
	}
	c.d.hub.check(c.me.ID, c)
	return errCovered
}

// asleep is what a covered desk remembers: no words, only how far each contact had come.
type asleep struct {
	had    map[hotline.ContactID]int64
	words  map[hotline.ContactID]bool // she has written since
	wrong  int
	barred bool
}

// covered serves a desk without a ring: it rings when somebody writes, gives her contact to a
// colleague when nobody comes for a minute, and is opened by the passphrase. It returns nil
// once it is open again.
func (c *console) covered(ctx context.Context) error {
	c.hello, c.greeted = nil, false
	a, err := c.fallAsleep(ctx)
	if err != nil {
		return err
	}
	c.push(Lock{})
	c.told.phone = PhoneFrame{}
	c.phone()
	checks := paced(poll)
	defer checks.Stop()
	beats := paced(beat)
	defer beats.Stop()
	late := time.NewTimer(c.d.cfg.Wait)
	late.Stop()
	defer late.Stop()
	again := time.NewTimer(pause)
	again.Stop()
	defer again.Stop()
	for {
		looked := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.slow:
			return errSlow
		case f, ok := <-c.in:
			if !ok {
				return errGone
			}
			open := c.knock(ctx, a, f)
			if open {
				return c.wakeUp(ctx)
			}
			if a.wrong == tries && !a.barred {
				a.barred = true
				again.Reset(pause)
			}
		case h := <-c.hints:
			if c.written(ctx, a, hotline.ContactID(h.ID)) {
				late.Reset(c.d.cfg.Wait)
			}
		case p := <-c.pictures:
			c.pic = p
			c.phone()
		case <-c.phoned:
			c.phone()
		case <-late.C:
			c.giveBack(ctx, a)
		case <-again.C:
			a.barred, a.wrong = false, 0
		case <-c.checks:
			looked, err = true, c.look(ctx)
		case <-checks.C:
			checks.Reset(poll)
			looked, err = true, c.look(ctx)
			for id := range a.had { // a hint may have been lost
				if c.written(ctx, a, id) {
					late.Reset(c.d.cfg.Wait)
				}
			}
		case <-beats.C:
			beats.Reset(beat)
			c.push(Pong{Now: c.now(ctx)})
		}
		switch {
		case errors.Is(err, vault.ErrLocked):
			err = nil
		case err != nil:
			return err
		case looked && c.failed == 0: // another tab has opened the session
			return c.wakeUp(ctx)
		}
	}
}

// fallAsleep makes the presence that of somebody who does not see her desk.
func (c *console) fallAsleep(ctx context.Context) (*asleep, error) {
	a := &asleep{had: map[hotline.ContactID]int64{}, words: map[hotline.ContactID]bool{}}
	if err := c.d.Staff.Enter(ctx, c.me.ID, c.d.cfg.Node, staff.Locked); err != nil {
		return a, err
	}
	c.d.hub.wake()
	mine, err := c.d.Book.Of(ctx, c.me.ID)
	for _, row := range mine {
		if row.Advocate == c.me.ID && row.State == contact.Live && len(a.had) < mostMine {
			a.had[row.ID] = row.LastSeq
		}
	}
	return a, err
}

// wakeUp gives the presence back that the desk had before.
func (c *console) wakeUp(ctx context.Context) error {
	state := staff.Ready
	if c.state == staff.Break || c.state == staff.Away {
		state = c.state
	}
	c.hello = &Hello{}
	c.d.hub.check(c.me.ID, c)
	c.d.hub.wake()
	return c.d.Staff.Enter(ctx, c.me.ID, c.d.cfg.Node, state)
}

// knock answers a frame at a covered desk. It reports whether the desk is open now.
func (c *console) knock(ctx context.Context, a *asleep, f inbound) bool {
	switch frame := f.frame.(type) {
	case Unlock:
		if a.barred {
			c.refuse(ctx, "unlock", "", errTries)
			return false
		}
		if err := c.d.Accounts.Unlock(ctx, c.token, seal.Conceal(frame.Passphrase)); err != nil {
			a.wrong++
			c.refuse(ctx, "unlock", "", err)
			return false
		}
		c.d.Door.Stir(c.token)
		return true
	case Hello:
		c.push(Lock{Ring: len(a.words) > 0})
	case Ping:
		c.push(Pong{Now: c.now(ctx)})
	case Cover:
	case PhoneOffer, PhoneBye, Mute, Hold: // a call goes on while the screen is covered
		if id, _, err := c.call(ctx, frame); err != nil {
			c.refuse(ctx, f.kind, id, err)
		}
	default:
		c.refuse(ctx, f.kind, "", vault.ErrLocked)
	}
	return false
}

// written looks whether a caller has written to this desk since it was covered, and rings. It
// reports whether that is the first word.
func (c *console) written(ctx context.Context, a *asleep, id hotline.ContactID) bool {
	had, mine := a.had[id]
	if !mine || a.words[id] {
		return false
	}
	rows, err := c.d.Book.Thread(ctx, id, had, mostMine)
	if err != nil {
		return false
	}
	for _, row := range rows {
		if row.Side != seal.Caller {
			continue
		}
		first := len(a.words) == 0
		a.words[id] = true
		c.push(Lock{Ring: true})
		return first
	}
	return false
}

// giveBack puts those who have written back among those that wait.
func (c *console) giveBack(ctx context.Context, a *asleep) {
	for id := range a.words {
		err := c.d.Book.HandBackNow(ctx, c.me.ID, id)
		if err != nil && !errors.Is(err, contact.ErrState) && !errors.Is(err, contact.ErrNotYours) && ctx.Err() == nil {
			c.d.Log.ErrorContext(ctx, "a covered desk keeps a contact that should wait again", "contact", id, "err", err)
		}
		delete(a.had, id)
		delete(a.words, id)
	}
	c.push(Lock{})
}
