// Package offset holds how far a test has moved the clock of a database. Go lets
// nobody import it but package db, which reads it, and db/dbtest, which alone
// moves it: so no path of production can.
package offset

import (
	"sync/atomic"
	"time"
)

// Offset is added to the engine's clock. It has no methods, so that whoever gets
// hold of one can do nothing with it.
type Offset struct{ ms atomic.Int64 }

// Advance moves the clock on.
func Advance(o *Offset, by time.Duration) { o.ms.Add(by.Milliseconds()) }

// Milliseconds is the sum of all moves.
func Milliseconds(o *Offset) int64 { return o.ms.Load() }
