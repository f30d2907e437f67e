package seal

import (
	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
)

// SituationColumns are the key columns of a situation. They say nothing of anybody.
type SituationColumns struct {
	ID      hotline.SituationID
	ShredS  string
	CommitS []byte
	Signer  string // the person who made it
	Sig     []byte
}

// Founded is what the person signs who makes a situation.
func (l Line) Founded(c SituationColumns) box.Context {
	return l.context("situation", string(c.ID), c.ShredS).With(c.CommitS)
}

// ObjectGrantee names an object as the grantee of another's key.
func ObjectGrantee(object string) string { return "object/" + object }

// ObjectWrap is the key under which an object holds the keys of others, by scope: it
// takes the object's own key of that scope, and with it the entry of the shred store.
func (l Line) ObjectWrap(object string, scope Scope, key []byte) []byte {
	return box.Derive(key, l.context("object wrap", object, string(scope)))
}
