package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"freeline": main})
}

// The stories in testdata/script run the real program and talk to it as the world
// does. What callers write begins with CANARY: it must stand in no file, whatever
// the program wrote.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Values[inStory{}] = &story{callers: map[string]*somebody{}}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"found":       foundCmd,
			"once":        onceCmd,
			"serve":       serveCmd,
			"halt":        haltCmd,
			"await":       awaitCmd,
			"request":     requestCmd,
			"says":        saysCmd,
			"shows":       showsCmd,
			"erases":      erasesCmd,
			"keypair":     keypairCmd,
			"cut":         cutCmd,
			"leaf":        leafCmd,
			"tables":      tablesCmd,
			"twin":        twinCmd,
			"turn":        turnCmd,
			"certificate": certificateCmd,
			"nocanary":    noCanaryCmd,
		},
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// A story is what one script has running: at most one server, and callers by name.
type story struct {
	server  *server
	callers map[string]*somebody
}

// inStory is where a script keeps its story.
type inStory struct{}

func of(ts *testscript.TestScript) *story {
	s, ok := ts.Value(inStory{}).(*story)
	if !ok {
		ts.Fatalf("the script has no story")
	}
	return s
}

func refuseNeg(ts *testscript.TestScript, neg bool, args []string, least int) {
	if neg || len(args) < least {
		ts.Fatalf("used wrongly")
	}
}
