package shred_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/shred"
)

// Each night all secrets are wrapped anew, while others come and go; a node that
// dies in the middle leaves nothing lost and nothing back from the dead.
func TestTurnLosesNothingAndLeavesNothing(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		var ids []string
		for i := range 1500 {
			ids = append(ids, fmt.Sprintf("old-%d", i))
		}
		want := map[string][]byte{}
		for _, e := range create(t, s, ids...) {
			want[e.ID] = e.Secret
		}
		before, err := s.Keys(t.Context())
		must(t, err)
		var oldRow []byte
		must(t, h.e.Shred.One(t.Context(), `SELECT wrapped FROM entry WHERE id = 'old-7'`, nil, &oldRow))

		must(t, s.Turn(t.Context()))
		if done, err := s.Portion(t.Context()); err != nil || done {
			t.Fatalf("after one portion: done %v, %v", done, err)
		}
		h.e.Reopen(t) // the node dies
		s = h.open(t)
		must(t, s.Turn(t.Context())) // goes on with the unfinished one
		if n, err := s.Generation(t.Context()); err != nil || n != 2 {
			t.Errorf("generation %d, %v; want 2", n, err)
		}
		comeAndGo(t, s, want)
		for id, secret := range want {
			if got, err := s.Get(t.Context(), id); err != nil || !bytes.Equal(got[0], secret) {
				t.Fatalf("%s: %v", id, err)
			}
		}
		_, err = s.Get(t.Context(), "old-101")
		refused(t, err, shred.ErrShredded)
		if keys, stale := h.count(t, `SELECT count(*) FROM generation`), h.count(t, `SELECT count(*) FROM entry WHERE generation < 4`); keys != 1 || stale != 0 {
			t.Errorf("%d keys and %d stale rows, want 1 and 0", keys, stale)
		}
		if h.e.Name == string(db.SQLite) {
			for _, file := range []string{h.e.ShredURL, h.e.ShredURL + "-journal", h.file} {
				b, err := os.ReadFile(file)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				if bytes.Contains(b, before[1]) || bytes.Contains(b, oldRow) {
					t.Errorf("%s still holds an old key or row", filepath.Base(file))
				}
			}
		}
	})
}

// comeAndGo makes and destroys entries on four goroutines while two more nights go
// by, and keeps in want what is there.
func comeAndGo(t *testing.T, s *shred.Store, want map[string][]byte) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 12 {
				es, err := s.Create(t.Context(), "contact", 0, fmt.Sprintf("new-%d-%d", i, j))
				if err != nil {
					t.Error(err)
					return
				}
				gone := fmt.Sprintf("old-%d", 100*i+j)
				if err := s.Destroy(t.Context(), gone); err != nil {
					t.Error(err)
				}
				held := fmt.Sprintf("old-%d", 100*i+50+j)
				if err := s.Set(t.Context(), held, shred.Clock{Hold: true}); err != nil {
					t.Error(err)
				}
				if _, err := s.Get(t.Context(), held, es[0].ID); err != nil {
					t.Error(err)
				}
				mu.Lock()
				want[es[0].ID] = es[0].Secret
				delete(want, gone)
				mu.Unlock()
			}
		})
	}
	for night := range 3 {
		portions(t, s)
		if night < 2 {
			must(t, s.Turn(t.Context()))
		}
	}
	all.Wait()
	portions(t, s)
}

// A node reads the newest generation; before it has written, another node has begun
// the next one and overwritten the old key. What it writes must not need it.
func TestCreateAcrossATurn(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		there := h.e.Node(t)
		next := &house{there, h.op, h.file}
		other := next.open(t)
		var all sync.WaitGroup
		for n := range 12 {
			all.Go(func() {
				if _, err := s.Create(t.Context(), "contact", 0, fmt.Sprintf("a-%d", n)); err != nil {
					t.Error(err)
				}
			})
			must(t, other.Turn(t.Context()))
			portions(t, other)
		}
		all.Wait()
		must(t, other.Turn(t.Context()))
		portions(t, other)
		for n := range 12 {
			_, err := s.Get(t.Context(), fmt.Sprintf("a-%d", n))
			must(t, err)
		}
	})
}

// No node keeps a generation key beyond one request: what another has turned counts
// at once.
func TestNoKeyIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		h := &house{e, box.Random(box.Size), filepath.Join(t.TempDir(), "generation.keys")}
		s := h.open(t)
		stale := h.open(t)
		must(t, s.Turn(t.Context()))
		portions(t, s)
		create(t, stale, "a")
		if n := h.count(t, `SELECT generation FROM entry WHERE id = 'a'`); n != 2 {
			t.Errorf("it is of generation %d, want 2", n)
		}
	})
}

// A backup of the keys brings a store back, also on the other engine.
func TestKeysComeBack(t *testing.T) {
	stores(t, func(t *testing.T, h *house, s *shred.Store) {
		create(t, s, "a")
		must(t, s.Turn(t.Context())) // two generations are named
		keys, err := s.Keys(t.Context())
		must(t, err)
		if len(keys) != 2 {
			t.Fatalf("%d keys, want 2", len(keys))
		}
		file := filepath.Join(t.TempDir(), "restored.keys")
		must(t, shred.PutKeys(t.Context(), h.e.Shred, file, keys))
		h.file = file
		_, err = h.open(t).Get(t.Context(), "a")
		must(t, err)
	})
}
