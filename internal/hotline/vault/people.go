package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
)

// Founding is what init leaves: the root sheet to print, the public half for the
// configuration file, and what the two administrators sign in with.
type Founding struct {
	Root, RootPub         []byte
	Intake                []byte // sealed: operational key
	First, Second         hotline.PersonID
	FirstSlot, SecondSlot string
	Code                  []byte // the second's, once
}

// CodeSize is the length of a one-time code: 80 bits, 16 characters.
const CodeSize = 10

// Found makes the line's keys: the root, two administrators, the teams, the intake
// key. The first administrator holds all teams until each has two holders. more
// returns what belongs to the same moment and is written in the same transaction.
func (k *Keeper) Found(ctx context.Context, queues map[hotline.QueueID]hotline.TeamID, secret []byte, more func(*Founding) (func(db.Tx) error, error)) (*Founding, error) {
	root, intake := box.Random(box.Size), box.Random(box.Size)
	f := &Founding{
		Root: root, RootPub: box.VerifierFrom(root), Intake: k.shred.Seal(intake, "intake", string(k.line)),
		First: hotline.PersonID(hotline.NewID()), Second: hotline.PersonID(hotline.NewID()), Code: box.Random(CodeSize),
	}
	first, second := newKeys(), newKeys()
	m := seal.Manifest{Line: k.line, Serial: 1, Intake: box.VerifierFrom(intake), Queues: queues, Admins: map[hotline.PersonID]seal.Admin{}, Teams: map[hotline.TeamID]seal.Team{}}
	roster := seal.Roster{}
	all := hotline.Teams()
	for p, ks := range map[hotline.PersonID]keys{f.First: first, f.Second: second} {
		pub := box.VerifierFrom(ks.Seed)
		m.Admins[p] = seal.Admin{Key: pub, Cert: box.SignerFrom(root)(k.line.Cert(p, pub))}
		var teams []hotline.TeamID
		if p == f.First {
			teams = all
		}
		var err error
		if roster[p], err = ks.person(teams); err != nil {
			return nil, err
		}
	}
	sign := box.SignerFrom(first.Seed)
	var writes []func(db.Tx) error
	for _, t := range all {
		private := box.Generate()
		tk := teamKeys{1, private.Bytes(), box.Random(box.Size)}
		m.Teams[t] = seal.Team{Epoch: 1, Pub: private.Public().Bytes(), Index: k.indexCommit(t, tk)}
		w, err := k.member(t, tk, f.First, roster[f.First].Pub, f.First, sign)
		if err != nil {
			return nil, err
		}
		writes = append(writes, w)
	}
	a, err := k.makeSlot(ctx, f.First, Passphrase, secret, first)
	if err != nil {
		return nil, err
	}
	b, err := k.makeSlot(ctx, f.Second, Once, f.Code, second)
	if err != nil {
		return nil, err
	}
	f.FirstSlot, f.SecondSlot = a.id, b.id
	issue, err := seal.NewIssue(m, roster, map[hotline.PersonID]box.Signer{f.First: sign})
	if err != nil {
		return nil, err
	}
	rest, err := more(f)
	if err != nil {
		return nil, err
	}
	return f, k.db.Write(ctx, func(tx db.Tx) error { return each(tx, append(writes, a.insert, b.insert, issue.Insert, rest)) })
}

func each(tx db.Tx, fs []func(db.Tx) error) error {
	for _, f := range fs {
		if err := f(tx); err != nil {
			return err
		}
	}
	return nil
}

// invited is what the inviter keeps for herself.
type invited struct {
	Code  []byte
	Teams []hotline.TeamID
}

// JobMember is the kind of the team job that writes a member row which waits for a
// holder of the team.
const JobMember = "member"

// Invite makes a one-time code for a person who is to hold the teams. The code also
// guards her enrolment: nobody else who writes the database can put keys in her
// place. For somebody who has keys already it is the way to new ones: what opened
// with the old ones ends at once, and nobody who is a team's last holder is invited
// again. more writes what belongs to the same moment.
func (r *Ring) Invite(ctx context.Context, p hotline.PersonID, teams []hotline.TeamID, more func(db.Tx) error) ([]byte, error) {
	if !r.Admin() {
		return nil, ErrDenied
	}
	code := box.Random(CodeSize)
	plain, err := json.Marshal(invited{code, teams})
	if err != nil {
		return nil, err
	}
	if who, known := r.v.Roster[p]; known {
		if err := r.notLast(ctx, p, who); err != nil {
			return nil, err
		}
		if err := r.cut(ctx, p); err != nil {
			return nil, err
		}
	}
	sealed := box.Seal(r.self, plain, r.k.line.Other("invitation", string(p)))
	did := r.Did("invite", string(p))
	return code, r.k.db.Write(ctx, func(tx db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM invitation WHERE person = $1`, p); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO invitation (person, lookup, inviter, sealed) VALUES ($1, $2, $3, $4)`, p, r.k.codeLookup(code), r.me, sealed); err != nil {
			return err
		}
		return each(tx, []func(db.Tx) error{did, more})
	})
}

// notLast refuses what would leave a team without a holder.
func (r *Ring) notLast(ctx context.Context, p hotline.PersonID, who seal.Person) error {
	for _, t := range who.Teams {
		all, err := r.holders(ctx, t)
		if err != nil {
			return err
		}
		if len(all) == 1 && all[0] == p {
			return ErrLast
		}
	}
	return nil
}

// holders lists who can open a team's keys: not who is to hold them and still waits
// for her member row, nor who was invited again and has lost what her row is sealed to.
func (r *Ring) holders(ctx context.Context, t hotline.TeamID) (out []hotline.PersonID, err error) {
	return out, r.k.db.Read(ctx, func(tx db.Tx) error {
		all, err := db.Values[hotline.PersonID](tx, `SELECT person FROM member WHERE team = $1 AND epoch = $2
			AND EXISTS (SELECT 1 FROM slot WHERE slot.person = member.person) AND NOT EXISTS (SELECT 1 FROM invitation WHERE invitation.person = member.person)`, t, r.v.Manifest.Teams[t].Epoch)
		out = slices.DeleteFunc(all, func(p hotline.PersonID) bool {
			who := r.v.Roster[p]
			return who.Former || !slices.Contains(who.Teams, t)
		})
		return err
	})
}

// cut ends what a person signs in with: entries first, so that a crash leaves her
// without.
func (r *Ring) cut(ctx context.Context, p hotline.PersonID) error {
	return r.k.destroy(ctx, `SELECT shred FROM slot WHERE person = $1 UNION SELECT shred FROM session WHERE person = $1`, p)
}

func (k *Keeper) codeLookup(code []byte) []byte {
	return box.Derive(code, k.line.Other("invitation lookup"))[:16]
}

func (k *Keeper) codeMAC(code []byte, p hotline.PersonID, keys []byte) []byte {
	return box.MAC(box.Derive(code, k.line.Other("invitation key")), k.line.Other("enrolment", string(p)).With(keys))
}

// Enrol makes an invited person's keys, on her side of the code.
//
// more writes what belongs to the same moment.
func (k *Keeper) Enrol(ctx context.Context, code, secret []byte, more func(db.Tx, hotline.PersonID) error) (hotline.PersonID, string, error) {
	var p hotline.PersonID
	if err := k.db.One(ctx, `SELECT person FROM invitation WHERE lookup = $1 AND keys IS NULL`, []any{k.codeLookup(code)}, &p); err != nil {
		return "", "", errors.Join(ErrDenied, err)
	}
	ks := newKeys()
	s, err := k.makeSlot(ctx, p, Passphrase, secret, ks)
	if err != nil {
		return "", "", err
	}
	who, err := ks.person(nil)
	if err != nil {
		return "", "", err
	}
	public, err := json.Marshal(who)
	if err != nil {
		return "", "", err
	}
	mac := k.codeMAC(code, p, public)
	return p, s.id, k.db.Write(ctx, func(tx db.Tx) error {
		if n, err := tx.Exec(`UPDATE invitation SET keys = $1, mac = $2 WHERE person = $3 AND keys IS NULL`, public, mac, p); err != nil || n == 0 {
			return errors.Join(err, ErrDenied)
		}
		if _, err := tx.Exec(`DELETE FROM slot WHERE person = $1`, p); err != nil {
			return err
		}
		if err := s.insert(tx); err != nil {
			return err
		}
		return more(tx, p)
	})
}

// Confirm signs the next manifest with the person in it, and writes her member
// rows of the teams in the ring; a job asks for the others. An administrator needs
// the root, which certifies her signing key; for everybody else root is nil. Only
// the inviter confirms. more writes what belongs to the same moment.
func (r *Ring) Confirm(ctx context.Context, p hotline.PersonID, root []byte, more func(db.Tx) error) error {
	var sealed, public, mac []byte
	err := r.k.db.One(ctx, `SELECT sealed, keys, mac FROM invitation WHERE person = $1 AND keys IS NOT NULL`, []any{p}, &sealed, &public, &mac)
	if err != nil {
		return err
	}
	plain, err := box.Open(r.self, sealed, r.k.line.Other("invitation", string(p)))
	if err != nil {
		return err
	}
	var in invited
	var who seal.Person
	if err := errors.Join(json.Unmarshal(plain, &in), json.Unmarshal(public, &who)); err != nil {
		return err
	}
	if !box.Equal(mac, r.k.codeMAC(in.Code, p, public)) {
		return seal.ErrUnvouched
	}
	who.Teams, who.Former, who.Past = in.Teams, false, nil
	roster := maps.Clone(r.v.Roster)
	if old, ok := roster[p]; ok {
		who.Past = append(slices.Clone(old.Past), old.Sig)
	}
	roster[p] = who
	admins, err := r.certify(p, who, root)
	if err != nil {
		return err
	}
	writes := []func(db.Tx) error{func(tx db.Tx) error {
		_, err := tx.Exec(`DELETE FROM member WHERE person = $1`, p)
		return err
	}}
	for _, t := range in.Teams {
		held, ok := r.teams[t]
		if !ok {
			writes = append(writes, func(tx db.Tx) error {
				return jobs.Enqueue(tx, jobs.Job{Kind: JobMember, Key: string(p) + " " + string(t), Body: string(p), Team: string(t)})
			})
			continue
		}
		w, err := r.k.member(t, held.teamKeys, p, who.Pub, r.me, r.sign)
		if err != nil {
			return err
		}
		writes = append(writes, w)
	}
	return r.issue(ctx, roster, admins, append(writes, func(tx db.Tx) error {
		_, err := tx.Exec(`DELETE FROM invitation WHERE person = $1`, p)
		return err
	}, r.Did("confirm", string(p)), more))
}

// certify makes the administrators of the next manifest. Without a root they stay
// as they are, but for one whose keys were replaced: she is none until the root
// says so again.
func (r *Ring) certify(p hotline.PersonID, who seal.Person, root []byte) (map[hotline.PersonID]seal.Admin, error) {
	admins := maps.Clone(r.v.Manifest.Admins)
	if root == nil {
		delete(admins, p)
		return admins, nil
	}
	if !r.k.authority.IsRoot(box.VerifierFrom(root)) {
		return nil, ErrDenied
	}
	admins[p] = seal.Admin{Key: who.Sig, Cert: box.SignerFrom(root)(r.k.line.Cert(p, who.Sig))}
	return admins, nil
}

func (r *Ring) issue(ctx context.Context, roster seal.Roster, admins map[hotline.PersonID]seal.Admin, writes []func(db.Tx) error) error {
	m := r.v.Manifest
	m.Admins = admins
	return r.next(ctx, m, roster, writes)
}

// next signs a manifest as the one after what is in force, and writes it with what
// belongs to the same moment.
func (r *Ring) next(ctx context.Context, m seal.Manifest, roster seal.Roster, writes []func(db.Tx) error) error {
	if _, ok := r.v.Manifest.Admins[r.me]; !ok {
		return ErrDenied
	}
	m.Serial = r.v.Manifest.Serial + 1
	issue, err := seal.NewIssue(m, roster, map[hotline.PersonID]box.Signer{r.me: r.sign})
	if err != nil {
		return err
	}
	if err := r.k.db.Write(ctx, func(tx db.Tx) error { return each(tx, append(writes, issue.Insert)) }); err != nil {
		return err
	}
	r.k.authority.Again()
	r.v, err = r.k.authority.Current(ctx)
	return err
}

// GiveBack takes back from an administrator the teams that init gave her, once each
// has two other holders. keep are those that her roles come with. It reports
// whether anything changed.
func (r *Ring) GiveBack(ctx context.Context, keep []hotline.TeamID) (bool, error) {
	me := r.v.Roster[r.me]
	if !r.Admin() || len(me.Teams) <= len(keep) {
		return false, nil
	}
	for _, t := range hotline.Teams() {
		all, err := r.holders(ctx, t)
		if others := slices.DeleteFunc(all, func(p hotline.PersonID) bool { return p == r.me }); err != nil || len(others) < 2 {
			return false, err
		}
	}
	roster := maps.Clone(r.v.Roster)
	gone := slices.DeleteFunc(slices.Clone(me.Teams), func(t hotline.TeamID) bool { return slices.Contains(keep, t) })
	if len(gone) == 0 {
		return false, nil
	}
	me.Teams = slices.DeleteFunc(slices.Clone(me.Teams), func(t hotline.TeamID) bool { return !slices.Contains(keep, t) })
	roster[r.me] = me
	did := r.Did("give back teams", string(r.me))
	return true, r.issue(ctx, roster, r.v.Manifest.Admins, []func(db.Tx) error{func(tx db.Tx) error {
		for _, t := range gone {
			if _, err := tx.Exec(`DELETE FROM member WHERE person = $1 AND team = $2`, r.me, t); err != nil {
				return err
			}
		}
		return did(tx)
	}})
}

// Members writes the member rows that wait for a holder. The job only says where
// to look: what counts is the roster.
func (r *Ring) Members(ctx context.Context) error {
	for p, who := range r.v.Roster {
		for _, t := range who.Teams {
			held, ok := r.teams[t]
			if !ok || who.Former {
				continue
			}
			var there int
			err := r.k.db.One(ctx, `SELECT 1 FROM member WHERE team = $1 AND epoch = $2 AND person = $3`, []any{t, held.Epoch, p}, &there)
			if !errors.Is(err, sql.ErrNoRows) {
				if err != nil {
					return err
				}
				continue
			}
			w, err := r.k.member(t, held.teamKeys, p, who.Pub, r.me, r.sign)
			if err != nil {
				return err
			}
			err = r.k.db.Write(ctx, func(tx db.Tx) error {
				if _, err := tx.Exec(`DELETE FROM job WHERE kind = $1 AND key = $2`, JobMember, string(p)+" "+string(t)); err != nil {
					return err
				}
				return w(tx)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove ends a person at once: first what her credentials depend on, so that a
// crash leaves her without, then the rows and the manifest that says so. A team's
// last holder is ErrLast. more writes what belongs to the same moment.
func (r *Ring) Remove(ctx context.Context, p hotline.PersonID, more func(db.Tx) error) error {
	if !r.Admin() || p == r.me {
		return ErrDenied
	}
	if err := r.notLast(ctx, p, r.v.Roster[p]); err != nil {
		return err
	}
	if err := r.cut(ctx, p); err != nil {
		return err
	}
	roster, admins := maps.Clone(r.v.Roster), maps.Clone(r.v.Manifest.Admins)
	if who, ok := roster[p]; ok {
		who.Former, who.Teams = true, nil
		roster[p] = who
	}
	delete(admins, p)
	var writes []func(db.Tx) error
	for _, q := range []string{`DELETE FROM slot WHERE person = $1`, `UPDATE session SET ended = 1 WHERE person = $1`, `DELETE FROM member WHERE person = $1`, `DELETE FROM invitation WHERE person = $1`, `DELETE FROM totp WHERE person = $1`} {
		writes = append(writes, func(tx db.Tx) error { _, err := tx.Exec(q, p); return err })
	}
	return r.issue(ctx, roster, admins, append(writes, r.Did("remove", string(p)), more))
}

// Teams lists what the ring opens.
func (r *Ring) Teams() []hotline.TeamID { return slices.Sorted(maps.Keys(r.teams)) }
