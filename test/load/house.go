// Package load puts a whole line under load and kills it: real processes of the
// program, callers who come through the pages, advocates who sign in and speak the
// desk's frames, both engines. Everything is on loopback and stops by itself.
package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/cli"
	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/i18n"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// program is built once for a test binary.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "freeline-load-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "freeline")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/freeline").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// Build builds it; TestMain calls it first.
func Build() error { _, err := program(); return err }

// Forget removes it; TestMain calls it last.
func Forget() {
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
}

// Engines does the same on each, on both at once: most of it waits.
func Engines(t *testing.T, do func(t *testing.T, engine string)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			do(t, engine)
		})
	}
}

// A House is a line that was founded, with its staff hired, and no process yet.
type House struct {
	Dir    string
	Config config.Config
	Cast   *cast.Cast
	file   string // settings
	tb     testing.TB
}

// New founds a line on an engine and hires so many advocates, each with room for so
// many contacts.
func New(tb testing.TB, engine string, advocates, room int) *House {
	tb.Helper()
	var people []staff.Person
	add := func(name string, room int, role hotline.Role) {
		people = append(people, staff.Person{Pseudonym: name, Roles: []hotline.Role{role}, Languages: []string{"en", "ar", "es", "fr"}, Capacity: room})
	}
	for i := range advocates {
		add(fmt.Sprintf("Advocate %d", i), room, hotline.Advocate)
	}
	add("Supervisor", 3, hotline.Supervisor)
	return With(tb, engine, []string{"en", "es", "fr", "ar"}, people...)
}

// With founds a line on an engine, whose pages are in these languages, and hires these
// people.
func With(tb testing.TB, engine string, languages []string, people ...staff.Person) *House {
	tb.Helper()
	h := &House{Dir: tb.TempDir(), tb: tb}
	must(tb, os.Chmod(h.Dir, 0o700))
	h.file = filepath.Join(h.Dir, "freeline.toml")
	flags := &config.Flags{}
	set := map[string]string{
		"dir": h.Dir, "web.listen": "127.0.0.1:0", "web.front_host": "line.localhost", "web.staff_host": "desk.localhost", "web.faces": "front,staff",
		"desk.undo": "1s",
	}
	if engine == "postgres" {
		if os.Getenv("FREELINE_TEST_POSTGRES") == "" {
			tb.Skip("FREELINE_TEST_POSTGRES names no server")
		}
		e := dbtest.NewPostgres(tb)
		set["store.main"], set["store.shred"] = e.MainURL, e.ShredURL
	}
	for name, v := range set {
		flags.Set(name, v)
	}
	cfg, err := config.Load("", nil, flags)
	must(tb, err)
	h.Cast = cast.New(filepath.Join(h.Dir, "cast.json"))
	h.Cast.Actors = h.Cast.Actors[:2]
	for _, p := range people {
		h.Cast.Actors = append(h.Cast.Actors, &cast.Actor{Name: p.Pseudonym, Person: p})
	}
	all := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		all[d] = []string{"24h"}
	}
	f, cfg, err := app.Found(tb.Context(), app.Setup{
		Config: cfg, Name: "Load", Languages: languages, Hours: routing.Hours{Zone: "UTC", Week: all},
		Queues: []account.Queue{{ID: "main", Name: "Load", Team: hotline.Desk}},
		First:  h.Cast.Actors[0].Person, Second: h.Cast.Actors[1].Person,
	})
	must(tb, err)
	h.Cast.Founded(f)
	h.Set(func(c *config.Config) { *c = cfg })
	h.Inside(func(l *app.Line) { must(tb, h.Cast.Hire(tb.Context(), l)) })
	return h
}

// Set changes the line's settings, for processes that begin from now on.
func (h *House) Set(change func(*config.Config)) {
	h.tb.Helper()
	change(&h.Config)
	text, err := config.File(h.Config)
	must(h.tb, err)
	must(h.tb, os.WriteFile(h.file, []byte(text), 0o600))
}

// Inside opens the line's stores in this process, while no other serves it or
// beside one.
func (h *House) Inside(f func(*app.Line)) { h.tb.Helper(); Inside(h.tb, h.Config, f) }

// Inside opens a line's stores in this process.
func Inside(tb testing.TB, cfg config.Config, f func(*app.Line)) {
	tb.Helper()
	l, shut := opened(tb, cfg)
	f(l)
	shut()
}

// Beside opens the line's stores in this process until the test ends.
func (h *House) Beside() *app.Line {
	h.tb.Helper()
	l, shut := opened(h.tb, h.Config)
	h.tb.Cleanup(shut)
	return l
}

func opened(tb testing.TB, cfg config.Config) (l *app.Line, shut func()) {
	tb.Helper()
	s, err := app.OpenStores(context.Background(), app.WhereOf(cfg), "")
	must(tb, err)
	words, err := i18n.Load()
	must(tb, err)
	pin := app.Pin{Root: cfg.Keys.Root, Need: cfg.Keys.Signatures}
	l, err = app.OpenLine(context.Background(), s, pin, bus.Memory(), app.Settings(cfg), app.Forgetting(cfg), words, time.Now, quiet())
	must(tb, err)
	return l, func() { must(tb, s.Close()) }
}

// A Node is one process of the program.
type Node struct {
	At     string // address of its pages
	health string
	house  *House
	extra  []string
	cmd    *exec.Cmd
	gone   chan struct{}
}

// Command does one of the program's commands on the line's settings, and gives what it
// printed.
func (h *House) Command(args ...string) (string, error) {
	var out bytes.Buffer
	err := cli.Run(context.Background(), append(args, "-config", h.file), cli.World{In: strings.NewReader(""), Out: &out, Err: &out})
	return out.String(), err
}

// Node begins a process on ports of its own. extra are further flags.
func (h *House) Node(extra ...string) *Node {
	h.tb.Helper()
	n := &Node{At: Free(h.tb), health: Free(h.tb), house: h, extra: extra}
	n.Start()
	h.tb.Cleanup(n.Kill)
	return n
}

// Start begins the process again on the same ports, and waits until it is ready.
func (n *Node) Start() {
	n.house.tb.Helper()
	path, err := program()
	must(n.house.tb, err)
	args := append([]string{"serve", "-config", n.house.file, "-web.listen", n.At, "-operator.listen", n.health, "-operator.log_level", "warn"}, n.extra...)
	n.cmd = exec.Command(path, args...)
	out, err := os.OpenFile(filepath.Join(n.house.Dir, "log.txt"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	must(n.house.tb, err)
	n.cmd.Stdout, n.cmd.Stderr = out, out
	must(n.house.tb, n.cmd.Start())
	n.gone = make(chan struct{})
	go func() { // ends with the process
		_ = n.cmd.Wait()
		_ = out.Close()
		close(n.gone)
	}()
	until := time.Now().Add(time.Minute)
	for time.Now().Before(until) {
		select {
		case <-n.gone:
			n.house.tb.Fatalf("the node ended: %s", n.house.Log())
		default:
		}
		res, err := http.Get("http://" + n.health + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond) // a process shows in no other way that it is not ready yet
	}
	n.house.tb.Fatalf("the node is not ready in a minute: %s", n.house.Log())
}

// Kill ends the process at once, as a power cut does.
func (n *Node) Kill() {
	_ = n.cmd.Process.Kill()
	<-n.gone
}

// Stop asks the process to end, and waits for it.
func (n *Node) Stop() {
	n.house.tb.Helper()
	must(n.house.tb, n.cmd.Process.Signal(os.Interrupt))
	select {
	case <-n.gone:
	case <-time.After(20 * time.Second):
		n.Kill()
		n.house.tb.Error("the node did not stop in 20 seconds")
	}
}

// Figure is what one of the process's figures says; 0 where it says nothing.
func (n *Node) Figure(name string) (is float64) {
	n.house.tb.Helper()
	res, err := http.Get("http://" + n.health + "/metrics")
	must(n.house.tb, err)
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	must(n.house.tb, err)
	for line := range strings.Lines(string(all)) {
		if word, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && word == name {
			is, err = strconv.ParseFloat(value, 64)
			must(n.house.tb, err)
		}
	}
	return is
}

// Memory is what the process holds, in bytes.
func (n *Node) Memory() int64 { return n.holds("VmRSS") }

// Own is what of it is in no file: what grows with what the process has to do, and not as it
// touches more of its program.
func (n *Node) Own() int64 { return n.holds("RssAnon") }

func (n *Node) holds(what string) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kb int64
	for line := range strings.Lines(string(b)) {
		if _, err := fmt.Sscanf(line, what+": %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}

// CPU is how long the process has been at work, on all processors together.
func (n *Node) CPU() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // behind its name, which may hold anything
	const user, system, perSecond = 11, 12, 100
	var sum time.Duration
	for i, field := range strings.Fields(rest) {
		if n, err := strconv.Atoi(field); err == nil && (i == user || i == system) {
			sum += time.Duration(n) * time.Second / perSecond
		}
	}
	return sum
}

// Log is what the processes have written.
func (h *House) Log() string {
	b, err := os.ReadFile(filepath.Join(h.Dir, "log.txt"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	if len(b) > 4000 {
		b = b[len(b)-4000:]
	}
	return string(b)
}

// Free finds a port that nobody listens on, below those that outgoing connections
// take.
func Free(tb testing.TB) string {
	tb.Helper()
	for range 200 {
		port := 20000 + int(time.Now().UnixNano()/1000%12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if l.Close() == nil {
			return fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
	tb.Fatal("no port is free")
	return ""
}

// Port is the port of its pages.
func (n *Node) Port() string {
	_, port, _ := net.SplitHostPort(n.At)
	return port
}
