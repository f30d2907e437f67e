package seal

import (
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
)

// A Line is the name of the hotline, which stands in every context.
type Line string

// A Scope is how much a grant gives.
type Scope string

// Head is derived from body and never the other way.
const (
	Body Scope = "body"
	Head Scope = "head"
)

// Sides and forms of a message.
const (
	Caller    = "caller"
	Program   = "line" // the program itself: "Are you still there?"
	Advocate  = "advocate"
	CallBack  = "call back" // hers, of where she may be called back; no message of a thread
	Public    = "p"         // sealed to the contact's public key
	Symmetric = "s"         // sealed under K
)

func (l Line) context(domain string, parts ...string) box.Context {
	return box.NewContext(string(l), domain, parts...)
}

// Message is what a message is bound to.
func (l Line) Message(object, id, side, form string) box.Context {
	return l.context("message", object, id, side, form)
}

// Row is what any other sealed column is bound to.
func (l Line) Row(object, table, column, row string, version int64) box.Context {
	return l.context("row", object, table, column, row, strconv.FormatInt(version, 10))
}

// Grant is what a grant is bound to.
func (l Line) Grant(g Grant) box.Context {
	return l.context("grant", g.Object, g.Grantee, strconv.FormatInt(g.Epoch, 10), string(g.Scope), g.Kind)
}

// Member is what a member row is bound to.
func (l Line) Member(team hotline.TeamID, epoch int64, person hotline.PersonID) box.Context {
	return l.context("member", string(team), strconv.FormatInt(epoch, 10), string(person))
}

// Wrap is what a caller's wrap of K is bound to: by says whether a cookie or a
// code opens it.
func (l Line) Wrap(by, object string, lookup []byte) box.Context {
	return l.context("wrap", by, object).With(lookup)
}

// Other is for contexts that one package makes and opens alone.
func (l Line) Other(domain string, parts ...string) box.Context { return l.context(domain, parts...) }

// HeadSecret is what a head grant holds.
func (l Line) HeadSecret(object string, secret []byte) []byte {
	return box.Derive(secret, l.context("head", object))
}

// ObjectKey makes the key of a scope. secret is that scope's own: for Head, the
// head secret. Each takes the shred secret, so that destroying it closes both.
func (l Line) ObjectKey(object string, scope Scope, secret, shredSecret []byte) ([]byte, error) {
	return box.Salted(secret, shredSecret, l.context("object", object, string(scope)))
}

// Commit commits to a key without giving it away. It is made of the head secret,
// so that whoever holds only a head can check it too.
func (l Line) Commit(object string, headSecret []byte) []byte {
	return l.context("commit", object).With(headSecret).Hash()
}
