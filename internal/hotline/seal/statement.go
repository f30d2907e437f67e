package seal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// ErrUnvouched says that nobody with the right to vouches for a key.
var ErrUnvouched = problem.New(problem.Internal, "seal.unvouched")

// A Manifest says which keys are the line's. Administrators sign it.
type Manifest struct {
	Line   Line
	Serial int64
	Admins map[hotline.PersonID]Admin
	Intake []byte // verifies what the server made at Receive
	Queues map[hotline.QueueID]hotline.TeamID
	Teams  map[hotline.TeamID]Team
	Roster []byte // hash of the roster of the same serial
}

// Admin is an administrator's signing key, certified by the root.
type Admin struct{ Key, Cert []byte }

// Team is what the public may know of a team.
type Team struct {
	Epoch int64
	Pub   []byte
	Index []byte // commitment to its index key
}

// A Roster lists all persons who ever had keys. Who has left stays, so that what
// she signed for others still verifies; Former says that nothing opens for her.
type Roster map[hotline.PersonID]Person

// Person is what the others may know of a person's keys.
type Person struct {
	Pub, Sig []byte
	Past     [][]byte // verifying keys she had before
	Teams    []hotline.TeamID
	Former   bool
}

// Signatures of a statement, by administrator.
type Signatures map[hotline.PersonID][]byte

// Verified is a manifest and roster that passed every check. Only this package
// makes one.
type Verified struct {
	Manifest Manifest
	Roster   Roster
	hash     []byte
	proof    Proof
}

// Team returns a team's public key.
func (v *Verified) Team(t hotline.TeamID) (PublicKey, int64, error) {
	team, ok := v.Manifest.Teams[t]
	if !ok {
		return PublicKey{}, 0, ErrUnvouched
	}
	k, err := box.ParsePublic(team.Pub)
	return PublicKey{k}, team.Epoch, err
}

// Signed reports whether signer, now or formerly of the line, signed c. The name
// "intake" is the server's own key.
func (v *Verified) Signed(signer string, c box.Context, sig []byte) bool {
	if signer == Intake {
		return box.Verify(v.Manifest.Intake, c, sig)
	}
	who := v.Roster[hotline.PersonID(signer)]
	return box.Verify(who.Sig, c, sig) || slices.ContainsFunc(who.Past, func(key []byte) bool { return box.Verify(key, c, sig) })
}

// Intake is the server's name as a signer.
const Intake = "intake"

// Cert is what the root signs of an administrator.
func (l Line) Cert(p hotline.PersonID, key []byte) box.Context {
	return l.context("administrator", string(p)).With(key)
}

// Statement is what administrators sign.
func (l Line) Statement(body []byte) box.Context { return l.context("manifest").With(body) }

// Authority finds the manifest in force.
type Authority struct {
	line  Line
	db    *db.DB
	shred *shred.Store
	root  []byte
	need  int
	alarm func(error)

	mu    sync.Mutex
	last  *Verified
	until time.Time // last is asked for again after it
	clock func() time.Time
}

// fresh is how long a manifest serves before the database is asked again. A removed
// person is gone within it, on every node.
const fresh = time.Second

// IsRoot reports whether pub is the root that the configuration pins.
func (a *Authority) IsRoot(pub []byte) bool { return box.Equal(pub, a.root) }

// Again makes the next Current ask the database.
func (a *Authority) Again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.until = time.Time{}
}

// NewAuthority returns an Authority. The root's public key and the number of
// signatures come from the configuration file, never from the database.
func NewAuthority(l Line, d *db.DB, s *shred.Store, root []byte, need int, clock func() time.Time, alarm func(error)) *Authority {
	return &Authority{line: l, db: d, shred: s, root: root, need: need, clock: clock, alarm: alarm}
}

// Current returns the newest manifest. When what stands in the database does not
// verify, or is older than one seen, the alarm rings and the last good one goes
// on; without one it is an error.
func (a *Authority) Current(ctx context.Context) (*Verified, error) {
	now := a.clock()
	a.mu.Lock()
	if a.last != nil && now.Before(a.until) {
		defer a.mu.Unlock()
		return a.last, nil
	}
	a.mu.Unlock()
	v, err := a.load(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.until = now.Add(fresh)
	if err != nil {
		a.alarm(err)
		if a.last == nil {
			return nil, err
		}
		return a.last, nil
	}
	a.last = v
	return v, nil
}

func (a *Authority) load(ctx context.Context) (*Verified, error) {
	var body, sigs, roster []byte
	err := a.db.One(ctx, `SELECT m.body, m.signatures, r.body FROM statement m JOIN statement r ON r.kind = 'roster' AND r.serial = m.serial
		WHERE m.kind = 'manifest' ORDER BY m.serial DESC LIMIT 1`, nil, &body, &sigs, &roster)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	hash := a.line.Statement(body).Hash()
	a.mu.Lock()
	last := a.last
	a.mu.Unlock()
	v := last
	if last == nil || !box.Equal(last.hash, hash) {
		if v, err = a.check(body, sigs, roster); err != nil {
			return nil, err
		}
		v.hash = hash
	}
	// Asked each time: another node may have seen a newer one.
	return v, a.shred.Raise(ctx, "manifest", v.Manifest.Serial, hash)
}

func (a *Authority) check(body, sigs, roster []byte) (*Verified, error) {
	var v Verified
	var err error
	if v.Manifest, err = a.line.Vouch(a.root, a.need, Proof{body, sigs}); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(roster, &v.Roster); err != nil {
		return nil, err
	}
	if !box.Equal(v.Manifest.Roster, a.line.context("roster").With(roster).Hash()) {
		return nil, fmt.Errorf("manifest: %w", ErrUnvouched)
	}
	v.proof = Proof{body, sigs}
	return &v, nil
}

// Proof is what shows somebody outside which keys are the line's.
func (v *Verified) Proof() Proof { return v.proof }

// Issue is a new manifest and roster, ready to be inserted.
type Issue struct {
	serial             int64
	body, roster, sigs []byte
}

// NewIssue puts the next manifest together and has it signed.
func NewIssue(m Manifest, r Roster, sign map[hotline.PersonID]box.Signer) (Issue, error) {
	roster, err := json.Marshal(r)
	if err != nil {
		return Issue{}, err
	}
	m.Roster = m.Line.context("roster").With(roster).Hash()
	body, err := json.Marshal(m)
	if err != nil {
		return Issue{}, err
	}
	sigs := Signatures{}
	for p, s := range sign {
		sigs[p] = s(m.Line.Statement(body))
	}
	packed, err := json.Marshal(sigs)
	return Issue{m.Serial, body, roster, packed}, err
}

// Insert writes it. Of two with the same serial the second fails.
func (i Issue) Insert(tx db.Tx) error {
	if _, err := tx.Exec(`INSERT INTO statement (kind, serial, body, signatures) VALUES ('roster', $1, $2, '')`, i.serial, i.roster); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO statement (kind, serial, body, signatures) VALUES ('manifest', $1, $2, $3)`, i.serial, i.body, i.sigs)
	return err
}
