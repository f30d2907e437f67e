package load_test

import (
	"context"
	"encoding/base64"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/test/load"
)

// Two write in one record while the line is killed and links are lost. Whatever either of
// them typed stands in the record, once; nothing is written over what its writer had not
// seen.
func TestTwoWriteInOneRecord(t *testing.T) {
	most := 10 * time.Second
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		most = 5 * time.Minute
	}
	load.Engines(t, func(t *testing.T, engine string) { twoWrite(t, engine, most) })
}

func twoWrite(t *testing.T, engine string, most time.Duration) {
	h := load.New(t, engine, 1, 3)
	n := h.Node()
	at := func() string { return n.At }
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	desks, leave := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer func() {
		leave()
		work.Wait()
	}()

	// The advocate takes the chat, as one does; then she and a supervisor write.
	takes, stop := context.WithCancel(ctx)
	adv := load.Sign(t, h.Cast.Actors[2], at)
	var taking sync.WaitGroup
	taking.Go(func() { adv.Work(takes) })
	c, err := caller.New("line.localhost", "en", 0, at)
	must(t, err)
	defer c.Close()
	must(t, again(ctx, func() error { return c.Open(ctx) }))
	must(t, again(ctx, func() error { return c.Press(ctx, "chat", "") }))
	must(t, again(ctx, func() error { return c.Press(ctx, "send", "hello") }))
	settled(t, h, 1)
	stop()
	taking.Wait()
	var id string
	h.Inside(func(l *app.Line) { must(t, l.Main.One(ctx, `SELECT id FROM contact`, nil, &id)) })
	two := []*load.Scribe{load.NewScribe(adv, id, false), load.NewScribe(load.Sign(t, h.Cast.Actors[3], at), id, true)}
	for _, s := range two {
		work.Go(func() { s.Sit(desks) })
	}

	writing, done := context.WithTimeout(ctx, most)
	defer done()
	var typing sync.WaitGroup
	for _, s := range two {
		typing.Go(func() {
			for writing.Err() == nil {
				s.Type(ctx, rand.IntN(3))
				time.Sleep(time.Duration(40+rand.IntN(160)) * time.Millisecond) // between two keys
				if rand.IntN(40) == 0 {
					s.Cut()
				}
			}
		})
	}
	kills := 0
	for writing.Err() == nil {
		time.Sleep(time.Duration(1500+rand.IntN(2500)) * time.Millisecond) // the moment of a power cut is nobody's choice
		n.Kill()
		n.Start()
		kills++
	}
	typing.Wait()
	waitFor(t, 30*time.Second, "all that was typed to be saved", func() bool { return two[0].Owes()+two[1].Owes() == 0 })
	leave()
	work.Wait()
	n.Stop()
	stands := map[string]string{}
	h.Inside(func(l *app.Line) { stands = record(t, l, two[0], id) })
	examine(t, two, stands)
	t.Logf("%d kills, %d and %d marks, %d and %d clashes, %d saves, 99 of 100 marks durable in %s",
		kills, len(two[0].Marks), len(two[1].Marks), two[0].Clash, two[1].Clash, len(two[0].Saves)+len(two[1].Saves), p99(two))
}

// record reads what stands, with the advocate's own session.
func record(t *testing.T, l *app.Line, s *load.Scribe, id string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, l.Keeper.With(t.Context(), token(t, s), func(r *vault.Ring) error {
		k, err := r.Open(t.Context(), vault.Ref{Contact: hotline.ContactID(id), Record: true}, "test")
		if err != nil {
			return err
		}
		all, err := l.Record.Fields(t.Context(), id, k)
		for _, f := range all {
			out[f.Field] = valueOf(t, f)
		}
		return err
	}))
	return out
}

// examine follows each field from version to version.
func examine(t *testing.T, two []*load.Scribe, stands map[string]string) {
	t.Helper()
	by := map[string]map[int64]load.Save{}
	for _, s := range two {
		for _, save := range s.Saves {
			if by[save.Field] == nil {
				by[save.Field] = map[int64]load.Save{}
			}
			if was, ok := by[save.Field][save.Version]; ok && was.Value != save.Value {
				t.Errorf("version %d of a field was acknowledged with two texts", save.Version)
			}
			by[save.Field][save.Version] = save
		}
	}
	ever := map[string]bool{}
	for field, versions := range by {
		last := int64(0)
		for v := range versions {
			last = max(last, v)
		}
		for v := int64(1); v <= last; v++ {
			save, ok := versions[v]
			if !ok {
				if save, ok = tried(two, field, v, versions[v+1]); !ok {
					t.Errorf("version %d of %d is nobody's", v, last)
					continue
				}
				versions[v] = save
			}
			marks := strings.Fields(save.Value)
			for i, m := range marks {
				ever[m] = true
				if slices.Contains(marks[:i], m) {
					t.Errorf("%s stands twice", m)
				}
			}
			for _, m := range strings.Fields(versions[v-1].Value) {
				if !save.Tidy && !slices.Contains(marks, m) {
					t.Errorf("%s is gone from version %d, whose writer had not seen it", m, v)
				}
			}
		}
		if stands[field] != versions[last].Value {
			t.Errorf("a field ends as %q, acknowledged last was %q", stands[field], versions[last].Value)
		}
	}
	for _, s := range two {
		for m := range s.Marks {
			if !ever[m] {
				t.Errorf("%s was typed and never stood", m)
			}
		}
		if len(s.Marks) < 20 {
			t.Errorf("%s typed %d marks only", s.Name, len(s.Marks))
		}
	}
}

// tried finds the answer that must have been a version of which nobody was told: the next
// one was written by somebody who had seen it.
func tried(two []*load.Scribe, field string, v int64, next load.Save) (load.Save, bool) {
	for _, s := range two {
		for _, save := range s.Tries {
			seen := strings.Fields(next.Value)
			if save.Field == field && save.Version == v && (next.Tidy || !slices.ContainsFunc(strings.Fields(save.Value), func(m string) bool { return !slices.Contains(seen, m) })) {
				return save, true
			}
		}
	}
	return load.Save{}, false
}

func p99(two []*load.Scribe) time.Duration {
	var all []time.Duration
	for _, s := range two {
		for _, d := range s.Took {
			all = append(all, d)
		}
	}
	slices.Sort(all)
	return all[len(all)*99/100].Round(time.Millisecond)
}

// token is what her browser carries.
func token(t *testing.T, s *load.Scribe) vault.Token {
	t.Helper()
	tok, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(s.Cookie(), session.Cookie+"="))
	must(t, err)
	return tok
}

func valueOf(t *testing.T, f situation.Field) string {
	t.Helper()
	v, err := form.ParseValue(f.Value.Reveal())
	must(t, err)
	return v.Text
}
