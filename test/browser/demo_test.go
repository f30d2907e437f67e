package browser_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
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
	if binary.dir != "" {
		_ = os.RemoveAll(binary.dir)
	}
	os.Exit(code)
}

func freeline(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		if binary.dir, binary.err = os.MkdirTemp("", "freeline-test-"); binary.err != nil {
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

// startDemo starts the program as somebody would who tries it, and stops it as
// she would, with Ctrl-C.
func startDemo(t *testing.T) demo {
	t.Helper()
	cmd := exec.Command(freeline(t), "demo", "-port", "0", "-quiet")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said := &log{}
	cmd.Stderr = said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	found := make(chan demo, 1)
	go func() {
		read(out, said, found)
		gone <- cmd.Wait()
	}()
	t.Cleanup(func() { stop(t, cmd.Process, gone, said) })
	select {
	case d := <-found:
		t.Logf("the demo stood after %v", time.Since(began).Round(time.Millisecond))
		return d
	case err := <-gone:
		gone <- err
		t.Fatalf("the demo ended: %v\n%s", err, said)
	case <-time.After(time.Minute):
		t.Fatalf("the demo did not stand within a minute\n%s", said)
	}
	return demo{}
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

func stop(t *testing.T, p *os.Process, gone <-chan error, said *log) {
	_ = p.Signal(os.Interrupt)
	select {
	case err := <-gone:
		if err != nil {
			t.Errorf("the demo ended with %v\n%s", err, said)
		}
	case <-time.After(20 * time.Second):
		_ = p.Kill()
		<-gone
		t.Errorf("the demo did not stop by Ctrl-C within 20 s\n%s", said)
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
