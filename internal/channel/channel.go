// Package channel is the contract between the hotline and the ways out. A way in needs
// none: an adapter hands what comes to package contact. A way out is a [Sender], which
// app alone calls: nothing reaches a caller but what passed the gate and waited in the
// outbox.
package channel

import (
	"context"

	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrDown says that the vendor surely has not got it: it may be tried again.
	ErrDown = problem.New(problem.Later, "channel.down")
	// ErrRefused says that the vendor will never take it.
	ErrRefused = problem.New(problem.Denied, "channel.refused")
)

// Outgoing is what leaves to a caller.
type Outgoing struct {
	Ref  seal.Text // our name for this try, for vendors who take one; random
	To   seal.Text // the address
	Text seal.Text
}

// Accepted says that a vendor has taken it, and by which name it will speak of it.
type Accepted struct {
	Receipt seal.Text // empty where the vendor gives none; then it speaks of the Ref
}

// Sender is a way out.
type Sender interface {
	// Send hands one message to the vendor, once, and waits for its answer. It does
	// not try again by itself and keeps nothing. ErrDown is for what surely was not
	// taken; ErrRefused for what never will be; after any other error, the end of ctx
	// among them, nobody knows whether it left, and it is not sent again. No error
	// quotes address or text, nor what the vendor said. It may be called from several
	// goroutines at once.
	Send(ctx context.Context, out Outgoing) (Accepted, error)
}
