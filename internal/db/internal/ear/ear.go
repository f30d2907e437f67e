// Package ear lets a test hear which statements a database runs. Go lets nobody import
// it but package db, which speaks into it, and db/dbtest, which alone listens: so no
// path of production can.
package ear

import "sync/atomic"

// Ear hears statements, as the program writes them and without what is put into them.
// It has no methods, so that whoever gets hold of one can do nothing with it.
type Ear struct{ to atomic.Pointer[func(string)] }

// Listen has each statement told from here on; nil tells nobody.
func Listen(e *Ear, f func(statement string)) {
	if f == nil {
		e.to.Store(nil)
		return
	}
	e.to.Store(&f)
}

// Tell is called for each statement.
func Tell(e *Ear, statement string) {
	if f := e.to.Load(); f != nil {
		(*f)(statement)
	}
}
