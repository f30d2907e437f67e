//go:build !race

package voice_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/voice"
)

// stages is how many callers are where when the line dies: the short form, or with
// FREELINE_TEST_SOAK the twenty.
type stages struct {
	talk, wait, choose int
	leave              int // of those who wait: they put the receiver down meanwhile
	kills              int
	within             time.Duration // how soon they hear something again
}

func stagesOf() stages {
	if os.Getenv("FREELINE_TEST_SOAK") != "" {
		return stages{talk: 8, wait: 7, choose: 5, leave: 2, kills: 3, within: 5 * time.Second}
	}
	return stages{talk: 2, wait: 2, choose: 1, leave: 1, kills: 1, within: time.Minute} // a slow machine says nothing of the program
}

// A killed line comes back to its callers: whoever talked talks with the same advocate,
// whoever waits does at her place, whoever chose goes on choosing. Who has given up
// meanwhile is no ghost, and at the end nothing is left of anybody.
func TestKilledWithCallsUp(t *testing.T) {
	t.Parallel()
	z := stagesOf()
	k := newKilled(t, "sqlite", z)
	talking, waiting := k.calls(z.talk), []*telephone.Call(nil)
	for _, c := range talking {
		k.queued(c)
		must(t, c.Hears(k.ctx, telephone.Tone(advocates, -20)))
	}
	for range z.wait {
		c := k.call()
		k.queued(c)
		waiting = append(waiting, c)
	}
	choosing := k.calls(z.choose) // last: silence comes into the queue too
	leaving := waiting[len(waiting)-z.leave:]
	waiting = waiting[:len(waiting)-z.leave]
	for n := range z.kills {
		all := slices.Concat(talking, waiting, choosing)
		k.counts("dialog", len(all)+len(leaving))
		live, queue := k.rows(`SELECT id || advocate FROM contact WHERE state = 'live' ORDER BY id`), k.queue()
		k.node.Kill()
		died := time.Now()
		for _, c := range leaving {
			c.Vanish()
			queue = queue[:len(queue)-1]
		}
		back := k.back(all, died)
		k.together(talking, back)
		k.counts("dialog", len(all)) // nobody is held who is not there
		if again := k.rows(`SELECT id || advocate FROM contact WHERE state = 'live' ORDER BY id`); !slices.Equal(again, live) {
			t.Errorf("after kill %d %d talk, or with others; %d talked", n+1, len(again), len(live))
		}
		for _, c := range choosing {
			k.queued(c)
		}
		if again := k.queue(); len(again) != len(waiting)+len(choosing) || !slices.Equal(again[:len(waiting)], queue[:len(waiting)]) {
			t.Errorf("after kill %d %d wait, want %d and the first ones at their places", n+1, len(again), len(waiting)+len(choosing))
		}
		waiting, choosing, leaving = append(waiting, choosing...), nil, nil
	}
	for _, c := range slices.Concat(waiting, talking) {
		must(t, c.HangUp(k.ctx))
	}
	k.counts("dialog", 0)
	k.counts("contact WHERE state IN ('waiting', 'offered', 'live')", 0)
	if n := k.node.Figure("freeline_calls"); n != 0 {
		t.Errorf("%v calls are held after the end of all", n)
	}
}

// killed is a line in a process of its own, and who is at it.
type killed struct {
	*voice.Line
	t       *testing.T
	z       stages
	ctx     context.Context //nolint:containedctx // the test's
	flags   []string
	mu      sync.Mutex
	node    *load.Node // where desks are
	desks   []*voice.Desk
	network *telephone.Phone
	dialled int
}

func newKilled(t *testing.T, engine string, z stages, flags ...string) *killed {
	t.Helper()
	var people []staff.Person
	for i := range z.talk {
		people = append(people, voice.Hand(fmt.Sprintf("Advocate %d", i), hotline.Advocate))
	}
	k := &killed{Line: voice.FoundOn(t, engine, loopback(), netip.PrefixFrom(loopback(), 32), people...), t: t, z: z, flags: flags}
	built.Store(true)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(k.Log())
		}
	})
	k.node = k.Node(flags...)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	k.ctx = ctx
	for _, who := range k.Cast.Actors[2:] {
		d := voice.Sit(t, who, k.at, nil)
		d.Connect(ctx)
		d.Browser.Say(advocates)
		k.desks = append(k.desks, d)
	}
	k.network = open(t)
	return k
}

func (k *killed) at() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.node.At
}

// moves has desks come to another process from now on.
func (k *killed) moves(to *load.Node) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.node = to
}

func (k *killed) call() *telephone.Call {
	k.t.Helper()
	c, err := k.network.Call(k.ctx, telephone.Dial{Line: k.SIP, Number: voice.Number, From: fmt.Sprintf("+155501%02d", 10+k.dialled)})
	must(k.t, err)
	k.dialled++
	c.Begin(voice.Tone(hers))
	return c
}

func (k *killed) calls(n int) (out []*telephone.Call) {
	k.t.Helper()
	for range n {
		out = append(out, k.call())
	}
	return out
}

// queued brings a call through the menus.
func (k *killed) queued(c *telephone.Call) {
	k.t.Helper()
	k.Queue(func() { must(k.t, c.Press(k.ctx, "1")) })
}

// back has the line begin again, and waits until every caller hears something of it.
func (k *killed) back(all []*telephone.Call, died time.Time) (back time.Time) {
	k.t.Helper()
	var hearing sync.WaitGroup
	took := make([]time.Duration, len(all))
	for i, c := range all {
		hearing.Go(func() {
			soon, cancel := context.WithTimeout(k.ctx, k.z.within)
			defer cancel()
			if err := c.Hears(soon, something); err != nil {
				k.t.Errorf("call %d of %d hears nothing in %s: %v", i, len(all), k.z.within, err)
			}
			took[i] = time.Since(died)
		})
	}
	k.node.Start()
	back = time.Now()
	k.t.Logf("the line is back after %s", back.Sub(died))
	hearing.Wait()
	slices.Sort(took)
	k.t.Logf("%d callers hear something after %s to %s", len(took), took[0], took[len(took)-1])
	return back
}

// together has the advocates' browsers be telephones again, and waits until everybody hears
// who was with her.
func (k *killed) together(talking []*telephone.Call, back time.Time) {
	k.t.Helper()
	var work sync.WaitGroup
	for i, c := range talking {
		work.Go(func() {
			if err := c.Hears(k.ctx, telephone.Tone(advocates, -20)); err != nil {
				k.t.Errorf("call %d is not with an advocate again: %v", i, err)
			}
		})
	}
	for _, d := range k.desks {
		work.Go(func() {
			d.Reconnect(k.ctx)
			d.Browser.Say(advocates)
			if err := d.Hears(k.ctx, voicetest.Only(hers, advocates)); err != nil {
				k.t.Errorf("%s does not hear her again: %v", d.Name, err)
			}
		})
	}
	work.Wait()
	took := time.Since(back)
	if took > k.z.within {
		k.t.Errorf("it took %s until all talk again, want %s", took, k.z.within)
	}
	k.t.Logf("%d talk again %s later", len(talking), took)
}

// queue lists those who wait, in their order.
func (k *killed) queue() []string {
	k.t.Helper()
	return k.rows(`SELECT id FROM contact WHERE state IN ('waiting', 'offered') ORDER BY urgency, began`)
}

// rows is what a query finds.
func (k *killed) rows(query string) (out []string) {
	k.t.Helper()
	must(k.t, k.Beside().Main.Read(k.ctx, func(tx db.Tx) (err error) {
		out, err = db.Values[string](tx, query)
		return err
	}))
	return out
}

// counts waits until so many rows are there.
func (k *killed) counts(of string, want int) {
	k.t.Helper()
	n := -1
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) { // rows come and go, and tell nobody
		must(k.t, k.Beside().Main.One(k.ctx, `SELECT count(*) FROM `+of, nil, &n))
		if n == want {
			return
		}
	}
	k.t.Errorf("%d of %s, want %d", n, of, want)
}

// something is any sound: a prompt, music, comfort noise.
func something(since []int16) bool {
	return len(since) >= audio.Rate/5 && audio.Level(since[len(since)-audio.Rate/5:]) > -75
}
