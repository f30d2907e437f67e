package promise_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// P7: on the staff side nothing opens without a leaf.
func TestNothingOpensWithoutALeaf(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana := w.Hire(t, hotline.Advocate)
		id := w.Arrive(t, "her words").Contact
		for _, doing := range []func(*vault.Ring) error{
			func(r *vault.Ring) error { _, err := r.Open(t.Context(), vault.Ref{Contact: id}, "why"); return err },
			func(r *vault.Ring) error {
				_, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: true}, "why")
				return err
			},
			func(r *vault.Ring) error { _, err := r.Heads(t.Context(), []hotline.ContactID{id}); return err },
		} {
			before := w.Count(t, `SELECT count(*) FROM leaf`)
			w.With(t, ana, doing)
			if n := w.Count(t, `SELECT count(*) FROM leaf`) - before; n != 1 {
				t.Errorf("%d leaves for one opening", n)
			}
		}
		w.SQL(t, `ALTER TABLE leaf RENAME TO down`)
		w.With(t, ana, func(r *vault.Ring) error {
			for _, record := range []bool{false, true} {
				if k, err := r.Open(t.Context(), vault.Ref{Contact: id, Record: record}, "why"); err == nil || k != nil {
					t.Errorf("opened without a leaf (record: %v)", record)
				}
			}
			vs, err := r.Heads(t.Context(), []hotline.ContactID{id})
			if err == nil {
				t.Error("a page of heads opened without a leaf")
			}
			for _, v := range vs {
				if !reflect.DeepEqual(v.Head, contact.Head{}) {
					t.Error("a head was handed out beside the error")
				}
			}
			return nil
		})
		w.SQL(t, `ALTER TABLE down RENAME TO leaf`)
		// The privacy team's key gone from the manifest is no way round it either.
		w.SQL(t, `ALTER TABLE statement RENAME TO down`)
		w.Restart(t)
		if _, err := w.Desk(t, ana, id); err == nil {
			t.Error("opened without anybody to write the leaf for")
		}
	})
}

// An object of the matrix, and who is to open it: by the teams her role comes with,
// or because it was granted to her.
type object struct {
	name string
	open func(p *hotlinetest.Person) error
	may  func(role hotline.Role, own bool) bool
}

func holds(teams ...hotline.TeamID) func(hotline.Role, bool) bool {
	return func(role hotline.Role, _ bool) bool {
		return slices.ContainsFunc(teams, func(t hotline.TeamID) bool { return slices.Contains(role.Holds(), t) })
	}
}

func orOwn(f func(hotline.Role, bool) bool) func(hotline.Role, bool) bool {
	return func(role hotline.Role, own bool) bool { return own || f(role, own) }
}

// P8: no role opens an object without a grant. Every role, on every kind of object.
func TestNoRoleOpensWithoutAGrant(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		people := map[hotline.Role]*hotlinetest.Person{}
		for _, role := range hotline.Roles() {
			people[role] = w.Hire(t, role)
		}
		other := w.Hire(t, hotline.Advocate)
		ana := people[hotline.Advocate]
		live, hers, others := w.Arrive(t, "live").Contact, w.Arrive(t, "hers").Contact, w.Arrive(t, "other's").Contact
		for id, p := range map[hotline.ContactID]*hotlinetest.Person{hers: ana, others: other} {
			w.Take(t, p, id)
			w.Note(t, p, id, "our note")
			w.Close(t, p, id)
		}
		going, over := situations(t, w, other)
		leaf := w.One(t, `SELECT l.id FROM leaf l JOIN contact c ON l.object = c.shred_k WHERE c.id = $1 LIMIT 1`, hers)
		words := func(id hotline.ContactID) func(*hotlinetest.Person) error {
			return func(p *hotlinetest.Person) error { _, err := w.Desk(t, p, id); return err }
		}
		record := func(id hotline.ContactID) func(*hotlinetest.Person) error {
			return func(p *hotlinetest.Person) error { _, err := w.Notes(t, p, id); return err }
		}
		heads := func(id hotline.ContactID) func(*hotlinetest.Person) error {
			return func(p *hotlinetest.Person) error {
				return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
					vs, err := r.Heads(t.Context(), []hotline.ContactID{id})
					return errors.Join(err, vs[0].Err)
				})
			}
		}
		team, super := holds(hotline.Desk, hotline.Supervisors), holds(hotline.Supervisors)
		objects := []object{
			{"words of a living contact", words(live), team},
			{"record of a living contact", record(live), team},
			{"head of a living contact", heads(live), team},
			{"words of a closed contact", words(hers), orOwn(super)},
			{"record of a closed contact", record(hers), orOwn(super)},
			{"head of a closed contact", heads(hers), orOwn(team)},
			{"words of another's closed contact", words(others), super},
			{"record of another's closed contact", record(others), super},
			{"head of another's closed contact", heads(others), team},
			{"situation that is open", situated(t, w, going, true), team},
			{"head of a closed situation", situated(t, w, over, false), team},
			{"body of a closed situation", situated(t, w, over, true), super},
			{"record of a closed contact, through its situation", through(t, w, going), team},
			{"record of a closed contact, through a closed situation", through(t, w, over), super},
			{"opening of the log", func(p *hotlinetest.Person) error {
				return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error { _, err := r.Leaf(t.Context(), leaf); return err })
			}, holds(hotline.Privacy)},
		}
		for _, o := range objects {
			for _, role := range hotline.Roles() {
				err := o.open(people[role])
				if o.may(role, role == hotline.Advocate) {
					if err != nil {
						t.Errorf("%s does not open the %s: %v", role, o.name, err)
					}
				} else {
					if !errors.Is(err, vault.ErrGrant) {
						t.Errorf("%s, the %s: got %v, want %v", role, o.name, err, vault.ErrGrant)
					}
				}
			}
		}
	})
}

// A role that a row says somebody has opens nothing: an ACL's fault shows ciphertext.
func TestRowsGiveNoKeys(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		dora := w.Hire(t, hotline.Director)
		id := w.Arrive(t, "her words").Contact
		w.SQL(t, `UPDATE person SET roles = '["advocate","supervisor","privacy","administrator"]' WHERE id = $1`, dora.ID)
		w.SQL(t, `UPDATE contact SET advocate = $1, state = 'live' WHERE id = $2`, dora.ID, id)
		must(t, w.Keeper.End(t.Context(), dora.Token))
		w.SignIn(t, dora)
		_, err := w.Desk(t, dora, id)
		refused(t, err, vault.ErrGrant)
		w.With(t, dora, func(r *vault.Ring) error {
			if r.Admin() || len(r.Teams()) > 0 {
				t.Error("a row made her an administrator, or gave her a team")
			}
			return nil
		})
	})
}
