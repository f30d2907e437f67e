package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// Of many who write together, one fails, one panics, one ends her goroutine, one
// hangs up in line and one in the middle: the others' work is kept, and so is
// hers who hung up too late.
func TestOneWritersTroubleIsNobodyElses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		const (
			fails = iota
			panics
			exits
			leaves
			hangsUp
			writers = 40
		)
		d := e.Main
		held, free := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		// As many as write at the same time keep all others in line.
		for i := range map[string]int{"sqlite": 1, "postgres": 10}[e.Name] {
			wg.Go(func() {
				err := d.Write(t.Context(), func(db.Tx) error {
					if i == 0 {
						close(held)
					}
					<-free
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		<-held
		refused := errors.New("refused")
		late, hangUp := context.WithCancel(t.Context())
		defer hangUp()
		early, leave := context.WithCancel(t.Context())
		defer leave()
		errs := make([]error, writers)
		threw := false
		left := make(chan struct{})
		for i := range writers {
			wg.Go(func() {
				ctx := t.Context()
				switch i {
				case panics:
					defer func() { threw = recover() == "thrown" }()
				case exits:
					errs[i] = refused // stays, if Write does not return
				case leaves:
					ctx = early
					defer close(left)
				case hangsUp:
					ctx = late
				}
				errs[i] = d.Write(ctx, func(tx db.Tx) error {
					if err := put(tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i {
					case fails:
						return refused
					case panics:
						panic("thrown")
					case exits:
						runtime.Goexit()
					case hangsUp:
						hangUp()
						return put(tx, "her own context has ended by now")
					}
					return nil
				})
			})
		}
		leave()
		<-left
		close(free)
		wg.Wait()
		kept := 1 // of her who hung up: the second row
		for i, err := range errs {
			switch i {
			case fails, exits:
				if !errors.Is(err, refused) {
					t.Errorf("writer %d: got %v", i, err)
				}
			case panics:
				if !threw {
					t.Error("the panic did not reach its own caller")
				}
			case leaves:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("who left the line: got %v", err)
				}
			default:
				if err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
				kept++
			}
		}
		if got := count(t, d); got != kept {
			t.Errorf("%d rows, want %d", got, kept)
		}
	})
}

// A group that SQLite itself ends is undone, and nobody is told otherwise.
func TestGroupUndone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t).Main
	err := d.Write(t.Context(), func(tx db.Tx) error {
		if err := put(tx, "x"); err != nil {
			return err
		}
		// Ends the transaction, as a full disk may.
		_, err := tx.Exec(`INSERT OR ROLLBACK INTO job (kind, key, run_at) VALUES ('test', 'x', 0)`)
		return err
	})
	if !errors.Is(err, db.ErrGroup) {
		t.Errorf("got %v, want %v", err, db.ErrGroup)
	}
	if err := d.Write(t.Context(), func(tx db.Tx) error { return put(tx, "y") }); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
	if got := count(t, d); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
}

func TestWritersGiveNoGaps(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		const writers, each = 8, 25
		if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "counter") }); err != nil {
			t.Fatal(err)
		}
		nodes := []*db.DB{e.Main, e.Node(t).Main}
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				for range each {
					var seq int64
					err := nodes[i%2].Write(t.Context(), func(tx db.Tx) error {
						err := tx.QueryRow(`UPDATE job SET attempt = attempt + 1 WHERE key = $1 RETURNING attempt`, "counter").Scan(&seq)
						if err != nil {
							return err
						}
						return put(tx, fmt.Sprint(seq))
					})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					seen[seq] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for n := range int64(writers * each) {
			if !seen[n+1] {
				t.Errorf("nobody got %d", n+1)
			}
		}
		if got := count(t, e.Main); got != writers*each+1 {
			t.Errorf("%d rows, want %d", got, writers*each+1)
		}
	})
}

// Two that lock each other out are run again, one after the other.
func TestDeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		err := e.Main.Write(t.Context(), func(tx db.Tx) error { return errors.Join(put(tx, "a"), put(tx, "b")) })
		if err != nil {
			t.Fatal(err)
		}
		bump := `UPDATE job SET attempt = attempt + 1 WHERE key = $1`
		meet := make(chan struct{})
		var wg sync.WaitGroup
		for i, keys := range [][]string{{"a", "b"}, {"b", "a"}} {
			wg.Go(func() {
				first := true
				err := e.Main.Write(t.Context(), func(tx db.Tx) error {
					if _, err := tx.Exec(bump, keys[0]); err != nil {
						return err
					}
					if first && e.Name == "postgres" { // on SQLite they come one after the other
						first = false
						if i == 0 {
							meet <- struct{}{}
						} else {
							<-meet
						}
					}
					_, err := tx.Exec(bump, keys[1])
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var sum int
		if err := e.Main.One(t.Context(), `SELECT sum(attempt) FROM job`, nil, &sum); err != nil || sum != 4 {
			t.Errorf("%d changes, %v; want 4", sum, err)
		}
	})
}

func TestClosed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		begun, free := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			err := e.Main.Write(t.Context(), func(tx db.Tx) error {
				close(begun)
				<-free
				return put(tx, "a")
			})
			if err != nil {
				t.Errorf("a write under way: %v", err)
			}
		})
		<-begun
		wg.Go(func() {
			if err := e.Main.Close(); err != nil {
				t.Error(err)
			}
		})
		close(free)
		wg.Wait()
		if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "b") }); !errors.Is(err, db.ErrClosed) {
			t.Errorf("got %v, want %v", err, db.ErrClosed)
		}
		if err := e.Main.One(t.Context(), `SELECT 1`, nil, new(int)); !errors.Is(err, db.ErrClosed) {
			t.Errorf("got %v, want %v", err, db.ErrClosed)
		}
		e.Reopen(t)
		if got := count(t, e.Main); got != 1 {
			t.Errorf("%d rows, want 1", got)
		}
	})
}
