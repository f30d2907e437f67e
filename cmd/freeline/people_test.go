package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/freeline-org/freeline/internal/cli/caller"
)

// somebody is a caller who keeps her cookie while servers come and go.
type somebody struct{ *caller.Caller }

// named finds a caller, or makes one.
func named(ts *testscript.TestScript, name string) *somebody {
	st := of(ts)
	if c, ok := st.callers[name]; ok {
		return c
	}
	c, err := caller.New("front.localhost", "en", len(st.callers)+1, func() string { return st.server.pages })
	ts.Check(err)
	ts.Defer(c.Close)
	st.callers[name] = &somebody{c}
	return st.callers[name]
}

// saysCmd: says NAME WORDS… writes to the line, and returns when the line has it.
func saysCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 2)
	her, ctx := named(ts, args[0]), context.Background()
	her.Close() // the server may be another one
	ts.Check(her.Open(ctx))
	if strings.Contains(her.Page, `value="chat"`) {
		ts.Check(her.Press(ctx, "chat", ""))
	}
	ts.Check(her.Press(ctx, "send", strings.Join(args[1:], " ")))
}

// twinCmd: twin NAME OTHER keeps her browser as it is now, under another name.
func twinCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 2)
	c, err := named(ts, args[0]).Twin()
	ts.Check(err)
	of(ts).callers[args[1]] = &somebody{c}
}

// showsCmd: shows NAME WORDS… wants what she wrote on her page.
func showsCmd(ts *testscript.TestScript, neg bool, args []string) {
	her, ctx, words := named(ts, args[0]), context.Background(), strings.Join(args[1:], " ")
	her.Close()
	ts.Check(her.Open(ctx))
	hoped, while := 1<<10, 300*time.Millisecond
	if neg {
		hoped, while = 1, 2*time.Second
	}
	for until := time.Now().Add(patience); ; {
		mine, _, err := her.Said(ctx, hoped, while)
		ts.Check(err)
		switch {
		case neg && slices.Contains(mine, words):
			ts.Fatalf("her page has %q", words)
		case neg || slices.Contains(mine, words):
			return
		case time.Now().After(until):
			ts.Fatalf("her page has %q, and not %q", mine, words)
		}
	}
}

// erasesCmd: erases NAME has her delete everything.
func erasesCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	her, ctx := named(ts, args[0]), context.Background()
	ts.Check(her.Open(ctx))
	ts.Check(her.Press(ctx, "erase", ""))
	ts.Check(her.Press(ctx, "gone", ""))
}
