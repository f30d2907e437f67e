package contact

import (
	"errors"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

func states() []State {
	return []State{Waiting, Parked, Offered, Live, Sleeping, Interrupted, Closing, Closed, Erased}
}

// Every move from every state does what the table says or is [ErrState], changes the
// state once, and stands in the log.
func TestMovesFollowTheTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := &Book{db: e.Main, log: audit.New(seal.Line("line"), e.Main, nil), set: Defaults()}
		for _, r := range Rules() {
			for _, from := range states() {
				b.walk(t, r, from)
			}
		}
	})
}

func (b *Book) walk(t *testing.T, r Rule, from State) {
	t.Helper()
	id := hotline.ContactID(hotline.NewID())
	var after Contact
	var leaves int
	var moved error
	err := b.db.Write(t.Context(), func(tx db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO contact (id, channel, state, advocate, epoch, began, state_at) VALUES ($1, 'chat', $2, 'ana', 7, 0, 0)`, id, from); err != nil {
			return err
		}
		var was Contact
		if was, moved = b.move(tx, id, step{move: r.Move, by: "test", epoch: 7}); moved == nil && was.State != from {
			t.Errorf("%s from %s: it is said to have been %s", r.Move, from, was.State)
		}
		var err error
		if after, err = find(tx, id); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM leaf WHERE object = $1`, id).Scan(&leaves)
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(r.From, from) {
		if moved != nil || after.State != r.To || after.Epoch != 8 || leaves != 1 {
			t.Errorf("%s from %s: got %s, epoch %d, %d leaves, %v; want %s, epoch 8, one leaf", r.Move, from, after.State, after.Epoch, leaves, moved, r.To)
		}
	} else if !errors.Is(moved, ErrState) || after.State != from || after.Epoch != 7 || leaves != 0 {
		t.Errorf("%s from %s: got %s, epoch %d, %d leaves, %v; want %v and no change", r.Move, from, after.State, after.Epoch, leaves, moved, ErrState)
	}
}

// Who saw an older epoch moves nothing.
func TestMoveOfAnotherEpoch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := &Book{db: e.Main, log: audit.New(seal.Line("line"), e.Main, nil), set: Defaults()}
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO contact (id, channel, state, epoch, began, state_at) VALUES ('c', 'chat', 'waiting', 7, 0, 0)`); err != nil {
				return err
			}
			_, err := b.move(tx, "c", step{move: Take, by: "test", epoch: 6, advocate: "ana"})
			return err
		})
		if !errors.Is(err, ErrState) {
			t.Errorf("got %v, want %v", err, ErrState)
		}
	})
}

// The table holds each move once, leads out of every state but the last, and names
// no other states.
func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[Move]bool{}
	left := map[State]bool{}
	for _, r := range Rules() {
		if seen[r.Move] {
			t.Errorf("%s stands twice", r.Move)
		}
		seen[r.Move] = true
		for _, s := range append(slices.Clone(r.From), r.To) {
			if !slices.Contains(states(), s) {
				t.Errorf("%s names %q, which is no state", r.Move, s)
			}
		}
		for _, s := range r.From {
			left[s] = true
		}
	}
	for _, s := range states() {
		if left[s] == (s == Erased) {
			t.Errorf("%s: a way out %v", s, left[s])
		}
	}
}
