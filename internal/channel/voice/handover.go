package voice

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
)

// taking is how long the other processes are given to take a call. They look every second, and
// at once when they are told.
const taking = 3 * time.Second

// HandOver gives the calls that live to the other processes of the line. One is taken before
// the next is given, so that they come to whoever has room, and not all to whoever is first.
// It returns when all are gone, or nobody takes one. What stays sounds on until Run ends, and
// is then had by whoever begins next. New calls are taken no more.
//
// The only process of a line has nobody to give to, and leaves its calls at its end.
func (v *Voice) HandOver(ctx context.Context) {
	v.Drain()
	if v.cfg.First {
		return
	}
	for taken := true; ; {
		c := v.next()
		if c == nil {
			return
		}
		if err := v.Dialogs.Give(ctx, c.d.ID()); err != nil {
			v.Log.ErrorContext(ctx, "a call cannot be given to another process", "err", err)
			return
		}
		c.given.Store(true)
		if taken { // else nobody is there: whoever begins next need not wait for a lease
			v.Bus.Publish(bus.Hint{Topic: dialog.Topic})
			taken = c.goes(ctx)
		}
	}
}

// next is a call that may be given away, and was not yet.
func (v *Voice) next() *call {
	for _, c := range v.all() {
		if c.stored.Load() && !c.given.Load() {
			return c
		}
	}
	return nil
}

// goes waits until another process has the call, or it has ended.
func (c *call) goes(ctx context.Context) bool {
	late := time.NewTimer(taking)
	defer late.Stop()
	select {
	case <-c.d.Done():
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}
