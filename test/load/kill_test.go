package load_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/test/browser"
	"github.com/freeline-org/freeline/test/load"
)

func TestMain(m *testing.M) {
	if err := load.Build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := browser.Main(m)
	load.Forget()
	os.Exit(code)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// size is how much is done: the short form, or with FREELINE_TEST_SOAK the long one.
type size struct {
	callers, advocates, kills int
	pause                     time.Duration // between two kills
	every                     time.Duration // between two lines of one caller
}

func sizeOf() size {
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		return size{callers: 50, advocates: 5, kills: 50, pause: 4 * time.Second, every: 2500 * time.Millisecond}
	}
	return size{callers: 10, advocates: 2, kills: 5, pause: 1500 * time.Millisecond, every: 500 * time.Millisecond}
}

// A stranger is one conversation.
type stranger struct {
	*caller.Caller
	n     int
	acked []string // what the line took, in order
}

// talk writes lines until stop is closed. A line that got no good answer is pressed
// again with the same page, as an impatient thumb does, until it is taken.
func (s *stranger) talk(ctx context.Context, every time.Duration, stop <-chan struct{}) error {
	if err := again(ctx, func() error { return s.Open(ctx) }); err != nil {
		return err
	}
	if err := again(ctx, func() error { return s.Press(ctx, "chat", "") }); err != nil {
		return err
	}
	for k := 0; ; k++ {
		words := fmt.Sprintf("line %d of caller %d", k, s.n)
		if err := again(ctx, func() error { return s.Press(ctx, "send", words) }); err != nil {
			return err
		}
		s.acked = append(s.acked, words)
		select {
		case <-stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(float64(every) * (0.5 + rand.Float64()))):
		}
	}
}

// again does something until it succeeds.
func again(ctx context.Context, f func() error) error {
	for {
		err := f()
		if err == nil || !errors.Is(err, caller.ErrAnswer) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Killed at any moment, under load, the line has every acknowledged line once and in
// order, on her page and on the desk, and every conversation goes on where it was.
func TestKilledUnderLoad(t *testing.T) {
	load.Engines(t, func(t *testing.T, engine string) { killed(t, engine, sizeOf()) })
}

func killed(t *testing.T, engine string, z size) {
	h := load.New(t, engine, z.advocates, z.callers/z.advocates+1)
	n := h.Node()
	at := func() string { return n.At }
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	desks, leave := context.WithCancel(ctx)
	var work sync.WaitGroup
	var advocates []*load.Advocate
	for _, a := range h.Cast.Actors[2 : 2+z.advocates] {
		adv := load.Sign(t, a, at)
		adv.Answer = func(_, heard string) string {
			if strings.HasSuffix(strings.Split(heard, " of")[0], "0") { // every tenth line
				return "answer to " + heard
			}
			return ""
		}
		advocates = append(advocates, adv)
		work.Go(func() { adv.Work(desks) })
	}
	stop := make(chan struct{})
	strangers := make([]*stranger, z.callers)
	var talks sync.WaitGroup
	for i := range strangers {
		c, err := caller.New("line.localhost", "en", i, at)
		must(t, err)
		strangers[i] = &stranger{Caller: c, n: i}
		talks.Go(func() {
			if err := strangers[i].talk(ctx, z.every, stop); err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	settled(t, h, z.callers) // every conversation has its advocate before the first kill
	for k := range z.kills {
		time.Sleep(time.Duration(float64(z.pause) * (0.3 + rand.Float64()))) // the moment of a power cut is nobody's choice
		n.Kill()
		n.Start()
		if t.Failed() {
			t.Fatalf("after kill %d", k+1)
		}
	}
	time.Sleep(z.pause)
	close(stop)
	talks.Wait()
	waitFor(t, 20*time.Second, "every answer to be acknowledged", func() bool {
		return !slices.ContainsFunc(advocates, func(a *load.Advocate) bool { return a.Owing() > 0 })
	})
	total := 0
	for _, s := range strangers {
		total += len(s.acked)
		mine, _, err := s.Said(ctx, len(s.acked), 10*time.Second)
		must(t, err)
		if !slices.Equal(mine, s.acked) {
			t.Errorf("caller %d sees %d lines on her page, %d were acknowledged: %s", s.n, len(mine), len(s.acked), differ(mine, s.acked))
		}
		s.Close()
	}
	onDesks(t, advocates, strangers)
	leave()
	work.Wait()
	n.Stop()
	h.Inside(func(l *app.Line) {
		var offers, contacts, doubled, answers int
		must(t, l.Main.One(ctx, `SELECT (SELECT count(*) FROM offer WHERE outcome = 'accepted'), (SELECT count(*) FROM contact),
			(SELECT count(*) FROM (SELECT contact, seq FROM message GROUP BY contact, seq HAVING count(*) > 1) AS d), (SELECT count(*) FROM message WHERE side = 'advocate' AND seq IS NOT NULL)`,
			nil, &offers, &contacts, &doubled, &answers))
		if contacts != z.callers || offers != z.callers || doubled != 0 {
			t.Errorf("%d contacts, %d times taken, %d doubled numbers; want %d, %d and 0", contacts, offers, doubled, z.callers, z.callers)
		}
		gapless(t, l)
		t.Logf("%d kills, %d lines acknowledged, %d answers", z.kills, total, answers)
	})
}

// settled waits until every conversation has an advocate.
func settled(t *testing.T, h *load.House, want int) {
	t.Helper()
	waitFor(t, 60*time.Second, "every conversation to have its advocate", func() bool {
		live := 0
		h.Inside(func(l *app.Line) {
			must(t, l.Main.One(t.Context(), `SELECT count(*) FROM contact WHERE state = 'live'`, nil, &live))
		})
		return live == want
	})
}

func waitFor(t *testing.T, most time.Duration, what string, f func() bool) {
	t.Helper()
	for until := time.Now().Add(most); !f(); {
		if time.Now().After(until) {
			t.Fatalf("waited %s in vain for %s", most, what)
		}
		time.Sleep(50 * time.Millisecond) // asked again; another process shows no event
	}
}

// onDesks checks that the desks show each caller's lines once and in order.
func onDesks(t *testing.T, advocates []*load.Advocate, strangers []*stranger) {
	t.Helper()
	waitFor(t, 10*time.Second, "the desks to show every line", func() bool {
		shown := 0
		for _, a := range advocates {
			for _, ms := range a.Said() {
				for _, m := range ms {
					if m.Side == "caller" {
						shown++
					}
				}
			}
		}
		want := 0
		for _, s := range strangers {
			want += len(s.acked)
		}
		return shown >= want
	})
	for _, a := range advocates {
		for id, ms := range a.Said() {
			var heard []string
			for _, m := range ms {
				if m.Side == "caller" {
					heard = append(heard, m.Text)
				}
			}
			i := slices.IndexFunc(strangers, func(s *stranger) bool { return len(heard) > 0 && len(s.acked) > 0 && s.acked[0] == heard[0] })
			if i < 0 || !slices.Equal(heard, strangers[i].acked) {
				t.Errorf("a desk shows other lines than were acknowledged for contact %.4s: %d", id, len(heard))
			}
		}
	}
}

func gapless(t *testing.T, l *app.Line) {
	t.Helper()
	must(t, l.Main.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT c.last_seq, count(m.seq), coalesce(max(m.seq), 0) FROM contact c LEFT JOIN message m ON m.contact = c.id GROUP BY c.id, c.last_seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var last, n, most int64
			if err := rows.Scan(&last, &n, &most); err != nil {
				return err
			}
			if last != n || n != most {
				t.Errorf("a contact counts to %d, has %d lines, the highest %d", last, n, most)
			}
		}
		return rows.Err()
	}))
}

// differ names the first line in which two lists differ.
func differ(a, b []string) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return "they differ at " + strconv.Itoa(i)
		}
	}
	return "they are the same"
}
