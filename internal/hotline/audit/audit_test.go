package audit_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

func lines(t *testing.T, f func(t *testing.T, w *hotlinetest.World)) {
	t.Helper()
	hotlinetest.Lines(t, f)
}

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// write puts n leaves of transitions into the log, and gives them their places.
func write(t testing.TB, w *hotlinetest.World, n int) audit.Head {
	t.Helper()
	must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
		for i := range n {
			if err := w.Log.Public(audit.Act{By: "ana", What: fmt.Sprintf("act %d", i), Object: fmt.Sprintf("object-%d", i), Why: "a reason"}).Insert(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	return sequence(t, w)
}

func sequence(t testing.TB, w *hotlinetest.World) audit.Head {
	t.Helper()
	must(t, w.Log.Sequence(t.Context()))
	size, hash, err := w.Log.Verify(t.Context())
	must(t, err)
	return audit.Head{N: size, Hash: hash}
}

// However many leaves wait, all get their places in one call, in portions; later ones
// follow, and what was is not changed by it.
func TestSequence(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		var heads []audit.Head
		total := w.Count(t, `SELECT count(*) FROM leaf`)
		for _, n := range []int{0, 1, 2, 5, 1203, 500, 1} {
			heads = append(heads, write(t, w, n))
			if total += n; heads[len(heads)-1].N != int64(total) {
				t.Errorf("%d leaves have places, want %d", heads[len(heads)-1].N, total)
			}
		}
		_, _, err := w.Log.Verify(t.Context(), heads...)
		must(t, err)
	})
}

// Two who sequence at once do not spoil it.
func TestSequenceAtOnce(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		there := w.Node(t)
		for range 4 {
			must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
				for range 100 {
					if err := w.Log.Public(audit.Act{What: "act"}).Insert(tx); err != nil {
						return err
					}
				}
				return nil
			}))
			var all sync.WaitGroup
			for _, l := range []*audit.Log{w.Log, there.Log} {
				all.Go(func() {
					if err := l.Sequence(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		if h := sequence(t, w); h.N < 400 {
			t.Errorf("%d leaves have places, want all", h.N)
		}
	})
}

// A changed, exchanged, added or dropped leaf, a changed opening and a changed tree
// are seen.
func TestForgedLogIsSeen(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		write(t, w, 20)
		was := w.Backup(t)
		for name, q := range map[string]string{
			"a leaf is another":        `UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE n = 3) WHERE n = 2`,
			"a leaf is dropped":        `DELETE FROM leaf WHERE n = 2`,
			"the last is dropped":      `DELETE FROM leaf WHERE n = (SELECT max(n) FROM leaf)`,
			"a leaf is added":          `INSERT INTO leaf (id, n, hash, opening, object) SELECT 'x', (SELECT max(n) + 1 FROM leaf), hash, NULL, '' FROM leaf WHERE n = 2`,
			"a leaf loses its place":   `UPDATE leaf SET n = NULL WHERE n = 2`,
			"a leaf leaves a gap":      `UPDATE leaf SET n = 1000 WHERE n = (SELECT max(n) FROM leaf)`,
			"an opening is another's":  `UPDATE leaf SET opening = (SELECT opening FROM leaf WHERE n = 3) WHERE n = 2`,
			"an opening's object":      `UPDATE leaf SET object = 'another' WHERE n = 2`,
			"a node of the tree":       `UPDATE tree SET hash = (SELECT hash FROM tree WHERE i = 0) WHERE i = 9`,
			"a node is dropped":        `DELETE FROM tree WHERE i = 9`,
			"a node is added":          `INSERT INTO tree (i, hash) SELECT (SELECT max(i) + 1 FROM tree), hash FROM tree WHERE i = 0`,
			"leaf and its node":        `UPDATE leaf SET hash = (SELECT hash FROM tree WHERE i = 0) WHERE n = 2`,
			"openings may go with her": ``,
		} {
			if q == "" {
				w.SQL(t, `UPDATE leaf SET opening = NULL`)
				_, _, err := w.Log.Verify(t.Context())
				must(t, err)
			} else {
				w.SQL(t, q)
				_, _, err := w.Log.Verify(t.Context())
				if !errors.Is(err, audit.ErrBroken) && !errors.Is(err, db.ErrNoRows) {
					t.Errorf("%s: got %v, want %v", name, err, audit.ErrBroken)
				}
			}
			for _, table := range []string{"leaf", "tree"} {
				w.SQL(t, `DELETE FROM `+table)
			}
			w.PutBackMain(t, was)
		}
	})
}

// Whoever writes the log anew from the start, shorter or with another act in it, has
// a log that holds together; a head that somebody has kept gives it away.
func TestForkedAndTruncatedLogIsSeen(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		kept := write(t, w, 20)
		for name, q := range map[string]string{
			"truncated": `DELETE FROM leaf WHERE n >= 12`,
			"forked":    `DELETE FROM leaf WHERE n = 5`,
		} {
			was := w.Backup(t)
			w.SQL(t, q)
			w.SQL(t, `DELETE FROM tree`)
			w.SQL(t, `UPDATE leaf SET n = NULL`)
			if name == "forked" { // and goes on
				write(t, w, 30)
			}
			must(t, w.Log.Sequence(t.Context()))
			_, _, err := w.Log.Verify(t.Context())
			must(t, err)
			_, _, err = w.Log.Verify(t.Context(), kept)
			refused(t, err, audit.ErrBroken)
			w.SQL(t, `DELETE FROM leaf`)
			w.SQL(t, `DELETE FROM tree`)
			w.PutBackMain(t, was)
		}
		later := write(t, w, 7)
		_, _, err := w.Log.Verify(t.Context(), kept, later)
		must(t, err)
	})
}

// What is prepared for the privacy team is read by nobody else, in its place alone,
// as the leaf commits to it, and dies with its object.
func TestPreparedLeaf(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		pat := w.Hire(t, hotline.PrivacyOfficer)
		es, err := w.Shred.Create(t.Context(), "contact", 0, "object", "other")
		must(t, err)
		for i, object := range []string{"object", "other"} {
			leaf, err := w.Log.Prepare(t.Context(), audit.Act{By: "ana", What: "open", Object: object, Why: "her question"}, es[i].Secret)
			must(t, err)
			must(t, w.Engine.Main.Write(t.Context(), leaf.Insert))
		}
		_, err = w.Log.Prepare(t.Context(), audit.Act{What: "open", Object: "object"}, nil)
		refused(t, err, box.ErrSalt)
		id := w.One(t, `SELECT id FROM leaf WHERE object = 'object'`)
		read := func() (a audit.Act, err error) {
			err = w.Keeper.With(t.Context(), pat.Token, func(r *vault.Ring) (err error) { a, err = r.Leaf(t.Context(), id); return err })
			return a, err
		}
		if a, err := read(); err != nil || a != (audit.Act{By: "ana", What: "open", Object: "object", Why: "her question"}) {
			t.Errorf("got %v, %v", a, err)
		}
		if n := len(w.Holding(t, "her question")); n != 0 {
			t.Errorf("the reason stands readable in %d columns", n)
		}
		was := w.Backup(t)
		for name, q := range map[string]string{
			"another's opening": `UPDATE leaf SET opening = (SELECT opening FROM leaf WHERE object = 'other') WHERE object = 'object'`,
			"another's hash":    `UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE object = 'other') WHERE object = 'object'`,
			"another object":    `UPDATE leaf SET object = CASE object WHEN 'object' THEN 'other' WHEN 'other' THEN 'object' ELSE object END`,
			"no opening":        `UPDATE leaf SET opening = NULL`,
		} {
			w.SQL(t, q)
			if a, err := read(); err == nil {
				t.Errorf("%s: reads %v", name, a)
			}
			w.SQL(t, `DELETE FROM leaf`)
			w.PutBackMain(t, was)
		}
		must(t, w.Shred.Destroy(t.Context(), "object"))
		_, err = read()
		refused(t, err, shred.ErrShredded)
	})
}

// The length of an opening does not tell the act.
func TestOpeningsAreOfOneLength(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		must(t, w.Engine.Main.Write(t.Context(), func(tx db.Tx) error {
			for _, what := range []string{"take", "hand over to somebody else"} {
				if err := w.Log.Public(audit.Act{By: "ana", What: what, Object: "length"}).Insert(tx); err != nil {
					return err
				}
			}
			return nil
		}))
		if n := w.Count(t, `SELECT count(DISTINCT length(opening)) FROM leaf WHERE object = 'length'`); n != 1 {
			t.Errorf("%d lengths, want 1", n)
		}
	})
}
