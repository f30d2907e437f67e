package voice

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
)

// saved is what another process needs to go on with a call. It is secret: it is only ever
// stored under the key of its day.
type saved struct {
	Dialog []byte            `json:"dialog"`
	Flow   flow.State        `json:"flow"`
	Kept   hotline.ContactID `json:"kept,omitempty"`
	Handed hotline.ContactID `json:"handed,omitempty"`
	Other  []byte            `json:"other,omitempty"` // the dialog of the line that is with her
}

// keep stores the call as it stands. A fault costs the call its next process, and nothing
// now.
func (c *call) keep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	b, err := json.Marshal(saved{c.d.Saved(), c.m.State(), c.kept, c.handed, c.other.saved()})
	if err == nil {
		err = c.v.Dialogs.Put(ctx, dialog.Dialog{ID: c.d.ID(), Contact: c.contact, Saved: b})
	}
	switch {
	case err == nil:
		c.stored.Store(true)
	case errors.Is(err, dialog.ErrTaken):
		c.taken()
	case err != nil && ctx.Err() == nil:
		c.fault(ctx, "keep", err)
	}
}

// forget takes the row away: the call is over.
func (c *call) forget(ctx context.Context) {
	if err := c.v.Dialogs.Ends(ctx, c.d.ID()); err != nil && !errors.Is(err, dialog.ErrTaken) {
		c.fault(ctx, "row", err)
	}
}

// taken ends the call here without a word: another process has it.
func (c *call) taken() { c.d.LetGo() }

// holdOn says that this process holds its calls, and lets go of those that it lost.
func (v *Voice) holdOn(ctx context.Context) {
	before := v.all()
	held, err := v.Dialogs.Beat(ctx)
	if err != nil {
		if ctx.Err() == nil {
			v.Log.ErrorContext(ctx, "it cannot be said that calls are held here", "err", err, "again_in", leaseBeat)
		}
		return
	}
	for _, c := range before {
		if c.stored.Load() && !slices.Contains(held, c.d.ID()) {
			v.Log.WarnContext(ctx, "a call was taken over by another process")
			c.taken()
		}
	}
}

// complain is how often it is said that a call cannot be gone on with: it is tried all the time.
const complain = time.Minute

// takeOver goes on with calls that no process holds any more. all takes every call, for a
// line whose only process has just begun.
func (v *Voice) takeOver(ctx context.Context, all bool) {
	if v.drains.Load() {
		return
	}
	found, err := v.Dialogs.Claim(ctx, all)
	if now := v.cfg.Clock(); err != nil && ctx.Err() == nil && now.Sub(v.complained) > complain {
		v.complained = now
		v.Log.ErrorContext(ctx, "calls of a process that ended cannot be gone on with", "err", err, "again_in", leaseBeat)
	}
	if len(found) > 0 {
		v.Bus.Publish(bus.Hint{Topic: dialog.Topic}) // whoever gave them away lets go
	}
	for _, row := range found {
		var was saved
		err := json.Unmarshal(row.Saved, &was)
		if err == nil {
			err = v.trunks.Restore(ctx, was.Dialog, func(ctx context.Context, d *trunk.Dialog) { v.goOn(ctx, d, row, was) })
		}
		if err != nil && ctx.Err() == nil {
			v.lost(ctx, row, was)
		}
	}
}

// goOn goes on with one call: her end is told where its sound goes from here on.
func (v *Voice) goOn(ctx context.Context, d *trunk.Dialog, row dialog.Dialog, was saved) {
	c, first, err := v.resume(ctx, d, row, was)
	if err != nil {
		switch by, over := endOf(d); {
		case over && by == trunk.Nobody: // this process ends, and another one goes on
		case over && by == trunk.Peer:
			v.Figures.hungUp()
			v.gone(ctx, row, was, v.Book.HungUp)
		default:
			v.lost(ctx, row, was)
		}
		return
	}
	v.Figures.goneOn()
	c.keep(ctx)
	c.do(ctx, first)
	c.look(ctx)
	c.run(ctx)
}

// endOf is who has ended a call of which nobody has read an event; false where it is up.
func endOf(d *trunk.Dialog) (by trunk.Side, over bool) {
	select {
	case <-d.Done():
	default:
		return trunk.Nobody, false
	}
	for e := range d.Events() {
		if end, ok := e.(trunk.Ended); ok {
			by = end.By
		}
	}
	return by, true
}

// resume has the call as it was.
func (v *Voice) resume(ctx context.Context, d *trunk.Dialog, row dialog.Dialog, was saved) (*call, []flow.Do, error) {
	f, number, err := v.Script.Flow(ctx)
	if err != nil {
		return nil, nil, err
	}
	leg, err := v.open(d.Trunk()) //nolint:contextcheck // ports outlive whoever opens them
	if err != nil {
		return nil, nil, err
	}
	if err := v.reach(ctx, d, leg); err != nil {
		leg.Close()
		return nil, nil, err
	}
	c := v.newCall(d, leg)
	var first []flow.Do
	c.m, first = flow.Resume(f, was.Flow)
	c.edition, c.kept, c.handed, c.contact = number, was.Kept, was.Handed, row.Contact
	c.stored.Store(true)
	c.air.sings, c.air.music = c.contact != "", !was.Flow.Mute
	if c.contact != "" {
		v.known(c.contact, c)
	}
	if was.Flow.Phase == flow.Through {
		if c.other = c.regain(ctx, was.Other); c.other == nil {
			first = append(first, c.m.Step(flow.Failed)...)
		}
	}
	return c, first, nil
}

// reach sends her end a re-INVITE with where we are now.
func (v *Voice) reach(ctx context.Context, d *trunk.Dialog, leg *media.RTP) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	can := v.ours(d, leg)
	if len(d.Remote().Crypto) == 0 && !can.Secure {
		can.Key = nil // it was not encrypted before: her end may not know how
	}
	ours, err := sdp.Offer(can)
	if err != nil {
		return err
	}
	theirs, err := d.Reinvite(ctx, ours)
	if err != nil {
		return err
	}
	if theirs, err = sdp.Accept(ours, theirs); err != nil {
		return err
	}
	return leg.Peer(theirs)
}

// lost takes leave of a call that cannot be gone on with: her place is kept.
func (v *Voice) lost(ctx context.Context, d dialog.Dialog, was saved) {
	v.Log.WarnContext(ctx, "a call could not be gone on with", "contact", d.Contact)
	v.Figures.lost()
	v.gone(ctx, d, was, v.Book.Dropped)
}

// gone notes in a contact that nobody is on its line any more, hangs up on a line that was
// with her, and takes the call's row away.
func (v *Voice) gone(ctx context.Context, d dialog.Dialog, was saved, note func(context.Context, hotline.ContactID) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if len(was.Other) > 0 {
		_ = v.trunks.Restore(ctx, was.Other, func(context.Context, *trunk.Dialog) {}) // it hangs up
	}
	if d.Contact != "" {
		if err := note(ctx, d.Contact); err != nil && !errors.Is(err, contact.ErrMissing) {
			v.Log.ErrorContext(ctx, "it could not be noted that a caller is gone", "err", err, "contact", d.Contact)
		}
	}
	if err := v.Dialogs.Ends(ctx, d.ID); err != nil {
		v.Log.ErrorContext(ctx, "what a call left behind could not be taken away", "err", err)
	}
}
