package shred_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/shred"
)

const line = "line"

// house is a store as an operator has it: database, operational key, key file.
type house struct {
	e    *dbtest.Engine
	op   []byte
	file string
}

// stores runs a test on a store of its own on each engine.
func stores(t *testing.T, f func(t *testing.T, h *house, s *shred.Store)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		h := &house{e, box.Random(box.Size), filepath.Join(t.TempDir(), "generation.keys")}
		f(t, h, h.open(t))
	})
}

func (h *house) open(t testing.TB) *shred.Store {
	t.Helper()
	s, err := shred.New(t.Context(), h.e.Shred, line, h.op, h.file)
	must(t, err)
	return s
}

func (h *house) count(t testing.TB, q string) (n int) {
	t.Helper()
	must(t, h.e.Shred.One(t.Context(), q, nil, &n))
	return n
}

func (h *house) sql(t testing.TB, q string, args ...any) {
	t.Helper()
	must(t, h.e.Shred.Write(t.Context(), func(tx db.Tx) error { _, err := tx.Exec(q, args...); return err }))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func create(t testing.TB, s *shred.Store, ids ...string) []shred.Entry {
	t.Helper()
	es, err := s.Create(t.Context(), "contact", 0, ids...)
	must(t, err)
	return es
}

func portions(t testing.TB, s *shred.Store) {
	t.Helper()
	for done := false; !done; {
		var err error
		done, err = s.Portion(t.Context())
		must(t, err)
	}
}

// A secret is there once made, is never overwritten, and once destroyed is an error:
// there is no stand-in for it.
func TestThereOrGone(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		made := create(t, s, "a", "b")
		if _, err := s.Create(t.Context(), "contact", 0, "a"); !db.Unique(err) {
			t.Errorf("got %v, want that it is there already", err)
		}
		if _, err := s.Create(t.Context(), "contact", 0, "c", "b"); err == nil || h.count(t, `SELECT count(*) FROM entry WHERE id = 'c'`) != 0 {
			t.Error("of several one was there, and the others were made")
		}
		again := h.open(t) // another process
		got, err := again.Get(t.Context(), "b", "a", "b")
		must(t, err)
		if !bytes.Equal(got[0], made[1].Secret) || !bytes.Equal(got[1], made[0].Secret) || !bytes.Equal(got[2], got[0]) || bytes.Equal(got[0], got[1]) {
			t.Error("the secrets are not those that were made, in the order asked for")
		}
		for range 2 {
			must(t, s.Destroy(t.Context(), "a", "never was"))
		}
		_, err = s.Get(t.Context(), "b", "a")
		refused(t, err, shred.ErrShredded)
		_, err = s.Get(t.Context(), "never was")
		refused(t, err, shred.ErrShredded)
		refused(t, s.Set(t.Context(), "a", shred.Clock{}), shred.ErrShredded)
		_, err = s.Clock(t.Context(), "a")
		refused(t, err, shred.ErrShredded)
		some, err := s.Some(t.Context(), "a", "b", "never was")
		must(t, err)
		if len(some) != 1 || !bytes.Equal(some["b"], made[1].Secret) {
			t.Errorf("%d are said to be there, want b alone", len(some))
		}
		if some, err = s.Some(t.Context()); err != nil || len(some) != 0 {
			t.Errorf("of none there are %d, %v", len(some), err)
		}
	})
}

// From its hour an entry opens nothing; a hold opens it; whoever writes the store
// without the operational key changes neither.
func TestClockDecides(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		opens := func(want error) {
			t.Helper()
			_, err := s.Kept(t.Context(), "a")
			refused(t, err, want)
		}
		var now int64
		must(t, h.e.Shred.Read(t.Context(), func(tx db.Tx) (err error) { now, err = db.Now(tx); return err }))
		_, err := s.Create(t.Context(), "contact", now+time.Hour.Milliseconds(), "a")
		must(t, err)
		opens(nil)
		h.e.Advance(t, time.Hour)
		opens(shred.ErrShredded)
		c := shred.Clock{NotAfter: now + time.Hour.Milliseconds(), Hold: true, Signer: "ana", Sig: []byte("signature")}
		must(t, s.Set(t.Context(), "a", c))
		opens(nil) // by the law, and not else
		_, err = s.Get(t.Context(), "a")
		refused(t, err, shred.ErrShredded)
		if got, err := s.Clock(t.Context(), "a"); err != nil || got.NotAfter != c.NotAfter || !got.Hold || got.Signer != "ana" || string(got.Sig) != "signature" {
			t.Errorf("the clock is %v, %v; want %v", got, err, c)
		}
		c.Hold = false
		must(t, s.Set(t.Context(), "a", c))
		opens(shred.ErrShredded)
		for _, q := range []string{
			`UPDATE entry SET not_after = 0`, `UPDATE entry SET hold = 1`, `UPDATE entry SET kind = 'session', not_after = 0`, `UPDATE entry SET id = 'a', not_after = not_after + 99999999999`,
		} {
			h.sql(t, `CREATE TABLE was AS SELECT * FROM entry`)
			h.sql(t, q)
			opens(box.ErrOpen)
			h.sql(t, `DELETE FROM entry`)
			h.sql(t, `INSERT INTO entry SELECT * FROM was`)
			h.sql(t, `DROP TABLE was`)
		}
		must(t, s.Set(t.Context(), "a", shred.Clock{}))
		opens(nil)
	})
}

// Who sets a clock sees the one before: a hold is not undone unseen.
func TestClockIsNotOverwrittenUnseen(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		create(t, s, "a")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := s.Adjust(t.Context(), "a", func(c shred.Clock) (shred.Clock, bool) {
					c.NotAfter++
					c.Hold = c.Hold || i == 3
					return c, true
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if c, err := s.Clock(t.Context(), "a"); err != nil || c.NotAfter != 8 || !c.Hold {
			t.Errorf("the clock is %v, %v; want all eight, and the hold", c, err)
		}
		must(t, s.Adjust(t.Context(), "a", func(c shred.Clock) (shred.Clock, bool) { return shred.Clock{}, false }))
		if c, err := s.Clock(t.Context(), "a"); err != nil || c.NotAfter != 8 {
			t.Errorf("the clock is %v, %v; want no change", c, err)
		}
	})
}

// What is due is listed oldest first, what is held or young is not.
func TestDueAndOld(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		var now int64
		must(t, h.e.Shred.Read(t.Context(), func(tx db.Tx) (err error) { now, err = db.Now(tx); return err }))
		for id, after := range map[string]time.Duration{"later": 48 * time.Hour, "second": 2 * time.Hour, "first": time.Hour, "held": time.Hour} {
			_, err := s.Create(t.Context(), "contact", now+after.Milliseconds(), id)
			must(t, err)
		}
		create(t, s, "endless")
		must(t, s.Set(t.Context(), "held", shred.Clock{NotAfter: now + 1, Hold: true}))
		due := func(grace time.Duration, limit int) (out []string) {
			t.Helper()
			all, err := s.Due(t.Context(), "contact", grace, limit)
			must(t, err)
			for _, d := range all {
				out = append(out, d.ID)
			}
			return out
		}
		h.e.Advance(t, 24*time.Hour)
		for want, got := range map[string][]string{
			"[first second]": due(0, 9), "[first]": due(0, 1), "[]": due(24*time.Hour, 9),
		} {
			if fmt.Sprint(got) != want {
				t.Errorf("due are %v, want %s", got, want)
			}
		}
		if all, err := s.Due(t.Context(), "session", 0, 9); err != nil || len(all) != 0 {
			t.Errorf("due of another kind are %v, %v", all, err)
		}
		create(t, s, "young")
		old, err := s.Old(t.Context(), "contact", 23*time.Hour, "first", 2)
		must(t, err)
		if !slices.Equal(old, []string{"held", "later"}) {
			t.Errorf("old are %v, want the next two after the first", old)
		}
	})
}

// The hash of a day cannot be made again once the day's key is gone, 72 hours after
// it began.
func TestDayHash(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		var now int64
		must(t, h.e.Shred.Read(t.Context(), func(tx db.Tx) (err error) { now, err = db.Now(tx); return err }))
		day := now / (24 * time.Hour).Milliseconds()
		var all sync.WaitGroup
		got := make([][]byte, 4)
		for i := range got {
			all.Go(func() {
				var err error
				if got[i], err = s.MAC(t.Context(), day, "text", "+1 555 0101"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, g := range got {
			if !bytes.Equal(g, got[0]) || len(g) != 16 {
				t.Errorf("got %x, want the same 128 bits for all", g)
			}
		}
		for _, other := range []func() ([]byte, error){
			func() ([]byte, error) { return s.MAC(t.Context(), day-1, "text", "+1 555 0101") },
			func() ([]byte, error) { return s.MAC(t.Context(), day, "mail", "+1 555 0101") },
			func() ([]byte, error) { return s.MAC(t.Context(), day, "text", "+1 555 0102") },
		} {
			if m, err := other(); err != nil || bytes.Equal(m, got[0]) {
				t.Errorf("another day, domain or id has the same hash: %x, %v", m, err)
			}
		}
		h.e.Advance(t, 72*time.Hour)
		_, err := s.MAC(t.Context(), day, "text", "+1 555 0101")
		refused(t, err, shred.ErrShredded)
		must(t, s.Destroy(t.Context(), fmt.Sprintf("day-%d", day)))
		_, err = s.MAC(t.Context(), day, "text", "+1 555 0101")
		refused(t, err, shred.ErrShredded)
	})
}

// A statement older than one seen, or another of the same number, is refused.
func TestMarkOnlyRises(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		raise := func(serial int64, hash string, want error) {
			t.Helper()
			refused(t, s.Raise(t.Context(), "manifest", serial, []byte(hash)), want)
		}
		raise(2, "two", nil)
		raise(2, "two", nil)
		raise(1, "one", shred.ErrSerial)
		raise(2, "another two", shred.ErrSerial)
		raise(3, "three", nil)
		raise(2, "two", shred.ErrSerial)
		must(t, s.Raise(t.Context(), "other", 1, []byte("one")))
		var all sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			all.Go(func() { errs[i] = s.Raise(t.Context(), "manifest", 4, []byte{byte(i)}) })
		}
		all.Wait()
		if won := len(slices.DeleteFunc(errs, func(err error) bool { return err != nil })); won != 1 {
			t.Errorf("%d of another number 4 each were taken, want 1", won)
		}
	})
}

// The operational key opens what it sealed, of that kind and for that id alone, and
// no other key opens the store.
func TestOperationalKey(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		sealed := s.Seal([]byte("seed"), "totp", "ana")
		if got, err := s.Open(sealed, "totp", "ana"); err != nil || string(got) != "seed" {
			t.Errorf("got %q, %v", got, err)
		}
		for _, other := range [][2]string{{"totp", "bea"}, {"intake", "ana"}} {
			_, err := s.Open(sealed, other[0], other[1])
			refused(t, err, box.ErrOpen)
		}
		_, err := shred.New(t.Context(), h.e.Shred, line, box.Random(box.Size), h.file)
		refused(t, err, box.ErrOpen)
		_, err = shred.New(t.Context(), h.e.Shred, "another line", h.op, h.file)
		refused(t, err, box.ErrOpen)
	})
}

// A store that was lost, is another line's or is older than what depends on it is
// found out at boot.
func TestOldStoreIsSeen(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		refused(t, s.Check(t.Context(), 1), shred.ErrOld) // empty: nobody founded a line on it
		must(t, s.Found(t.Context()))
		must(t, s.Check(t.Context(), 1))
		refused(t, s.Check(t.Context(), 2), shred.ErrOld)
		create(t, s, "a")
		must(t, s.Turn(t.Context()))
		portions(t, s)
		must(t, s.Check(t.Context(), 2))
	})
}

// Without its generation key the store says so, and does not ask for ever.
func TestLostKey(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		create(t, s, "a")
		if h.e.Name == string(db.SQLite) {
			must(t, os.Remove(h.file))
		} else {
			h.sql(t, `UPDATE generation SET wrapped = NULL`)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for name, err := range map[string]error{
			"create": second(s.Create(ctx, "contact", 0, "b")), "get": second(s.Get(ctx, "a")),
			"set": s.Set(ctx, "a", shred.Clock{Hold: true}), "boot": second(shred.New(ctx, h.e.Shred, line, h.op, h.file)),
		} {
			if err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, shred.ErrShredded) {
				t.Errorf("%s: got %v, want that the store is not whole", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
