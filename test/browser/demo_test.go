package browser_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/test/browser"
)

// binary is the program itself, built once for all tests that run it.
var binary struct {
	once sync.Once
	dir  string
	path string
	err  error
	out  []byte
}

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if shared.run != nil {
		if err := shared.run.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if binary.dir != "" {
		_ = os.RemoveAll(binary.dir)
	}
	os.Exit(code)
}

func freeline(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		binary.dir, binary.err = os.MkdirTemp("", "freeline-test-") //nolint:usetesting // it outlives the test
		if binary.err != nil {
			return
		}
		binary.path = filepath.Join(binary.dir, "freeline")
		binary.out, binary.err = exec.Command("go", "build", "-o", binary.path, "../../cmd/freeline").CombinedOutput()
	})
	if binary.err != nil {
		t.Fatalf("build: %v\n%s", binary.err, binary.out)
	}
	return binary.path
}

// A demo is a whole line that runs, without callers of its own.
type demo struct{ line, desk string }

// shared is the demo of all tests that only visit.
var shared struct {
	once sync.Once
	run  *running
	err  error
}

// visited gives a line that other tests visit too.
func visited(t *testing.T) demo {
	t.Helper()
	program := freeline(t)
	shared.once.Do(func() { shared.run, shared.err = begin(program, "-empty") })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.run.demo
}

// ours gives a line that nobody else visits, with a staff that nobody else plays.
func ours(t *testing.T) demo {
	t.Helper()
	return begun(t, "-empty")
}

// begun gives a line that nobody else visits, with or without what a demo begins with.
func begun(t *testing.T, as string) demo {
	t.Helper()
	run, err := begin(freeline(t), as)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.stop(); err != nil {
			t.Error(err)
		}
	})
	return run.demo
}

// running is the program as somebody runs it who tries it.
type running struct {
	demo
	home string
	cmd  *exec.Cmd
	said *log
	gone chan error
}

func begin(program, as string) (*running, error) {
	home, err := os.MkdirTemp("", "freeline-test-")
	if err != nil {
		return nil, err
	}
	r := &running{home: home, cmd: exec.Command(program, "demo", "-port", "0", as), said: &log{}, gone: make(chan error, 1)}
	r.cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home)
	r.cmd.Stderr = r.said
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	found := make(chan demo, 1)
	go func() {
		read(out, r.said, found)
		r.gone <- r.cmd.Wait()
	}()
	select {
	case r.demo = <-found:
		return r, nil
	case err := <-r.gone:
		return nil, fmt.Errorf("the demo ended: %w\n%s", err, r.said)
	case <-time.After(4 * time.Minute):
		return nil, errors.Join(fmt.Errorf("the demo does not stand after four minutes\n%s", r.said), r.stop())
	}
}

// stop ends it as she would, with Ctrl-C.
func (r *running) stop() error {
	defer os.RemoveAll(r.home)
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("the demo was gone: %w\n%s", err, r.said)
	}
	select {
	case err := <-r.gone:
		if err != nil {
			return fmt.Errorf("the demo ended: %w\n%s", err, r.said)
		}
	case <-time.After(30 * time.Second):
		_ = r.cmd.Process.Kill()
		return fmt.Errorf("the demo did not stop by Ctrl-C within 30 s: %w\n%s", <-r.gone, r.said)
	}
	if left, err := os.ReadDir(r.home); err != nil || len(left) > 0 {
		return fmt.Errorf("the demo left behind: %v %w", left, err)
	}
	return nil
}

// read looks for the two addresses in what the demo prints.
func read(out io.Reader, said io.Writer, found chan<- demo) {
	address := regexp.MustCompile(`http://(line|desk)\.localhost:\d+`)
	var d demo
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, _ = said.Write(append(lines.Bytes(), '\n'))
		switch m := address.FindStringSubmatch(lines.Text()); {
		case m == nil:
		case m[1] == "line":
			d.line = m[0]
		default:
			d.desk = m[0]
		}
		if d.line != "" && d.desk != "" {
			select {
			case found <- d:
			default:
			}
		}
	}
}

// log keeps what the demo says, for whoever looks for the cause of a failure.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
