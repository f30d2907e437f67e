package dialog_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline/dialog"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/shred"
)

const secret = "From: <sip:+15550101@example.org>"

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

// put keeps a dialog.
func put(t testing.TB, b *dialog.Book, id, saved string) {
	t.Helper()
	must(t, b.Put(t.Context(), dialog.Dialog{ID: id, Contact: "c-1", Saved: []byte(saved)}))
}

// claim takes over what nobody holds.
func claim(t testing.TB, b *dialog.Book, all bool) []dialog.Dialog {
	t.Helper()
	got, err := b.Claim(t.Context(), all)
	must(t, err)
	return got
}

// A process that is killed loses no call: another one has it within the lease, as it was
// last kept, and only one of several has.
func TestAnotherProcessGoesOn(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		one, two, three := w.Dialogs, w.Node(t).Dialogs, w.Node(t).Dialogs
		put(t, one, "a", "older")
		put(t, one, "a", secret)
		put(t, one, "b", "other")
		w.Advance(t, dialog.Lease-time.Second)
		held, err := one.Beat(t.Context())
		must(t, err)
		if len(held) != 2 || len(claim(t, two, false)) != 0 {
			t.Error("a living process loses its calls")
		}
		w.Advance(t, dialog.Lease)
		got := claim(t, two, false)
		if len(got) != 2 || got[0].ID != "a" || string(got[0].Saved) != secret || got[0].Contact != "c-1" {
			t.Fatalf("%d calls go on, or not as they were kept", len(got))
		}
		if len(claim(t, three, false)) != 0 {
			t.Error("two have one call")
		}
		// The first was only held up: it learns that it has lost them, and changes nothing.
		refused(t, one.Put(t.Context(), dialog.Dialog{ID: "a", Saved: []byte("late")}), dialog.ErrTaken)
		refused(t, one.Ends(t.Context(), "a"), dialog.ErrTaken)
		if held, err := one.Beat(t.Context()); err != nil || len(held) != 0 {
			t.Errorf("it holds %d, %v", len(held), err)
		}
		must(t, two.Ends(t.Context(), "a"))
		must(t, two.Ends(t.Context(), "a"))
		if n := w.Count(t, `SELECT count(*) FROM dialog`); n != 1 {
			t.Errorf("%d rows, want that of the other call", n)
		}
		if node, held, err := two.Of(t.Context(), "c-1"); err != nil || !held || node == "" {
			t.Errorf("held %v, %v", held, err)
		}
		if _, held, err := two.Of(t.Context(), "c-2"); err != nil || held {
			t.Errorf("held %v, %v", held, err)
		}
		// The one process of a line waits for no lease.
		if len(claim(t, three, true)) != 1 {
			t.Error("a line that has just begun waits for a lease")
		}
	})
}

// A call that is given away is had at once by one other process, and held until then.
func TestACallIsGiven(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		one, two := w.Dialogs, w.Node(t).Dialogs
		put(t, one, "a", secret)
		put(t, one, "b", secret)
		must(t, one.Give(t.Context(), "a"))
		put(t, one, "a", "newer")
		held, err := one.Beat(t.Context())
		must(t, err)
		if len(held) != 2 {
			t.Errorf("it holds %d calls, want both until somebody has one", len(held))
		}
		got := claim(t, two, false)
		if len(got) != 1 || got[0].ID != "a" || string(got[0].Saved) != "newer" {
			t.Fatalf("%d calls are had, or not as they were kept last", len(got))
		}
		held, err = one.Beat(t.Context())
		must(t, err)
		hotlinetest.Same(t, held, "b")
		must(t, two.Give(t.Context(), "b")) // it is not its to give
		if len(claim(t, two, false)) != 0 {
			t.Error("a call is had that nobody has given")
		}
	})
}

// What is kept stands readable nowhere, opens only where it stands, and not once the entry
// of its day is gone; then the row goes. It is under another entry on another day.
func TestADialogIsSealed(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		put(t, w.Dialogs, "a", secret)
		put(t, w.Dialogs, "b", secret+"b")
		hotlinetest.Same(t, w.Holding(t, "+15550101"))
		hotlinetest.Same(t, w.Holding(t, secret))
		next := w.Node(t).Dialogs
		for _, moved := range []string{
			`UPDATE dialog SET sealed = (SELECT sealed FROM dialog WHERE id = 'b') WHERE id = 'a'`,
			`UPDATE dialog SET contact = 'c-2' WHERE id = 'a'`,
		} {
			put(t, w.Dialogs, "a", secret)
			w.SQL(t, moved)
			w.SQL(t, `UPDATE dialog SET lease_until = 0 WHERE id = 'a'`)
			_, err := next.Claim(t.Context(), false)
			refused(t, err, box.ErrOpen)
			must(t, w.Dialogs.Ends(t.Context(), "a"))
		}
		w.Advance(t, 24*time.Hour)
		put(t, w.Dialogs, "b", "newer")
		if n := w.Count(t, `SELECT count(*) FROM dialog WHERE shred = $1`, entryOf(t, w)); n != 1 {
			t.Error("the new day has no entry of its own")
		}
		w.Advance(t, shred.DayLife)
		if got := claim(t, next, false); len(got) != 0 || w.Count(t, `SELECT count(*) FROM dialog`) != 0 {
			t.Error("it opens after its day is gone, or its row stays")
		}
	})
}

// A call that does not open keeps no other from going on, and nobody holds it: it is tried
// again, and goes after a day.
func TestWhatDoesNotOpenHidesNothing(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		put(t, w.Dialogs, "a", secret)
		put(t, w.Dialogs, "b", secret)
		w.SQL(t, `UPDATE dialog SET contact = 'c-2' WHERE id = 'a'`)
		w.Advance(t, 2*dialog.Lease)
		next := w.Node(t).Dialogs
		got, err := next.Claim(t.Context(), false)
		refused(t, err, box.ErrOpen)
		if len(got) != 1 || got[0].ID != "b" || string(got[0].Saved) != secret {
			t.Errorf("%d calls go on, want the one that opens", len(got))
		}
		held, err := next.Beat(t.Context())
		must(t, err)
		hotlinetest.Same(t, held, "b")
		_, err = next.Claim(t.Context(), false)
		refused(t, err, box.ErrOpen)
		w.Advance(t, dialog.Longest)
		_, err = next.Beat(t.Context())
		must(t, err)
		must(t, next.Sweep(t.Context()))
		if n := w.Count(t, `SELECT count(*) FROM dialog`); n != 1 {
			t.Errorf("%d rows, want that of the call that goes on", n)
		}
	})
}

func entryOf(t *testing.T, w *hotlinetest.World) string {
	t.Helper()
	entry, ends, err := w.Shred.Day(t.Context(), dialog.Shred, w.Now(t))
	must(t, err)
	if ends <= w.Now(t) || ends > w.Now(t)+shred.DayLife.Milliseconds() {
		t.Error("the entry of a day ends at another time")
	}
	return entry
}

// What nobody has held for a day goes, whoever has it still keeps it.
func TestSweep(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		put(t, w.Dialogs, "a", secret)
		put(t, w.Node(t).Dialogs, "b", secret)
		w.Advance(t, dialog.Longest)
		must(t, w.Dialogs.Sweep(t.Context()))
		if n := w.Count(t, `SELECT count(*) FROM dialog`); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
		_, err := w.Dialogs.Beat(t.Context())
		must(t, err)
		w.Advance(t, dialog.Lease)
		must(t, w.Dialogs.Sweep(t.Context()))
		if n := w.Count(t, `SELECT count(*) FROM dialog WHERE id = 'a'`); n != 1 || w.Count(t, `SELECT count(*) FROM dialog`) != 1 {
			t.Error("what nobody holds stays, or what somebody holds goes")
		}
	})
}

// Of many who claim at once each call has one.
func TestClaimRace(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		const calls = 20
		for i := range calls {
			put(t, w.Dialogs, string(rune('a'+i)), secret)
		}
		w.Advance(t, 2*dialog.Lease)
		nodes := []*dialog.Book{w.Node(t).Dialogs, w.Node(t).Dialogs, w.Node(t).Dialogs}
		got := make(chan []dialog.Dialog, len(nodes))
		for _, n := range nodes {
			go func() {
				all, err := n.Claim(t.Context(), false)
				if err != nil {
					t.Error(err)
				}
				got <- all
			}()
		}
		seen := map[string]int{}
		for range nodes {
			for _, d := range <-got {
				seen[d.ID]++
				if !bytes.Equal(d.Saved, []byte(secret)) {
					t.Error("it is another one")
				}
			}
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%d have call %s", n, id)
			}
		}
		for _, n := range nodes { // who was passed over goes on
			for _, d := range claim(t, n, false) {
				seen[d.ID]++
			}
		}
		if len(seen) != calls {
			t.Errorf("%d calls go on, want %d", len(seen), calls)
		}
	})
}
