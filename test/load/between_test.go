package load_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/test/load"
)

// TestChild is the process that is killed between the two stores. Another test
// starts it.
func TestChild(t *testing.T) {
	dir := os.Getenv("FREELINE_TEST_CHILD_DIR")
	if dir == "" {
		t.Skip("another test starts it")
	}
	cfg, err := config.Load(filepath.Join(dir, "freeline.toml"), nil, nil)
	must(t, err)
	load.Inside(t, cfg, func(l *app.Line) {
		switch os.Getenv("FREELINE_TEST_CHILD_DOES") {
		case "begin": // the entries of a new contact are durable, its rows are not
			cookie := box.Random(box.Size)
			_, err := l.Sealer.Prepare(t.Context(), "main", l.Own.Caller(cookie))
			must(t, err)
		case "forget": // her rows are gone, the entry that opens them is not
			_, err := l.Book.Forget(t.Context(), hotline.Machine, hotline.ContactID(os.Getenv("FREELINE_TEST_CHILD_CONTACT")))
			must(t, err)
		}
		must(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
		select {} // until the signal comes
	})
}

// Killed between the commits of the two stores, in either order, the line starts,
// serves, and has forgotten what it was asked to forget.
func TestKilledBetweenTheStores(t *testing.T) {
	load.Engines(t, func(t *testing.T, engine string) {
		h := load.New(t, engine, 1, 3)
		child(t, h, "begin", "")
		var entries, contacts int
		h.Inside(func(l *app.Line) {
			must(t, l.Store.One(t.Context(), `SELECT count(*) FROM entry WHERE kind = 'contact'`, nil, &entries))
			must(t, l.Main.One(t.Context(), `SELECT count(*) FROM contact`, nil, &contacts))
		})
		if entries != 2 || contacts != 0 {
			t.Fatalf("%d entries and %d contacts, want two entries that nothing needs", entries, contacts)
		}
		n := h.Node()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		her, err := caller.New("line.localhost", "en", 1, func() string { return n.At })
		must(t, err)
		defer her.Close()
		must(t, her.Open(ctx))
		must(t, her.Press(ctx, "chat", ""))
		must(t, her.Press(ctx, "send", "words to be forgotten"))
		n.Stop()
		var id, entry string
		h.Inside(func(l *app.Line) {
			must(t, l.Main.One(t.Context(), `SELECT id, shred_k FROM contact`, nil, &id, &entry))
		})
		child(t, h, "forget", id)
		there := func() (n int) {
			h.Inside(func(l *app.Line) {
				must(t, l.Store.One(t.Context(), `SELECT count(*) FROM entry WHERE id = $1`, []any{entry}, &n))
			})
			return n
		}
		if there() != 1 {
			t.Fatal("the entry went with the rows, and nothing is tested")
		}
		n.Start()
		waitFor(t, 20*time.Second, "the entry to be destroyed", func() bool { return there() == 0 })
	})
}

func child(t *testing.T, h *load.House, does, contact string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "FREELINE_TEST_CHILD_DIR="+h.Dir, "FREELINE_TEST_CHILD_DOES="+does, "FREELINE_TEST_CHILD_CONTACT="+contact)
	out, err := cmd.CombinedOutput()
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); err == nil || !ok || s.Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
}
