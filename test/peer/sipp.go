package peer

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sounds is where the sounds that come with sipp lie.
const sounds = "/usr/share/sip-tester"

// Sipp says how sipp calls the line.
type Sipp struct {
	Scenario *Scenario  // one of ours,
	Shipped  string     // or one that comes with sipp: "uac", "regexp", "uac_pcap"
	To       string     // host and port
	At       netip.Addr // her own address
	Dialled  string     // number that is called; default +15550109
	TCP      bool
	Calls    int           // default 1
	Rate     int           // calls that begin in a second; default 10
	AtOnce   int           // calls that are up at the same time, at most; default all
	Most     time.Duration // for all of it; default 30 s
	Echo     bool          // says back what is said to her
	In       *Namespace
	Args     []string // further ones
}

// A Sipping is a run of sipp.
type Sipping struct {
	*Program
	tb  testing.TB
	dir string
}

// Outcome is what became of the calls.
type Outcome struct {
	Good, Bad int
	Again     int           // messages that were sent again
	Answered  time.Duration // from call to answer, the mean
	Why       string        // what was not as the scenario wants it
	Err       error         // sipp itself failed, or was ended
}

// Start begins the calls.
func (s Sipp) Start(tb testing.TB) *Sipping {
	tb.Helper()
	program := Need(tb, "sipp", telephones)
	dir := tb.TempDir()
	must(tb, os.Symlink(sounds, filepath.Join(dir, "pcap"))) // where the shipped scenarios look for them
	most := cmp.Or(s.Most, 30*time.Second)
	args := []string{
		s.To, "-i", s.At.String(), "-p", strconv.Itoa(freePort(tb, s.At)), "-mi", s.At.String(), "-mp", strconv.Itoa(freePort(tb, s.At)),
		"-s", cmp.Or(s.Dialled, "+15550109"), "-m", strconv.Itoa(max(s.Calls, 1)), "-r", strconv.Itoa(cmp.Or(s.Rate, 10)),
		"-l", strconv.Itoa(cmp.Or(s.AtOnce, max(s.Calls, 1))), "-nostdin", "-skip_rlimit", "-ci", "127.0.0.1",
		"-trace_stat", "-stf", filepath.Join(dir, "figures.csv"), "-fd", "1",
		"-trace_err", "-error_file", filepath.Join(dir, "why.txt"),
		"-timeout", fmt.Sprintf("%dms", most.Milliseconds()), "-timeout_error",
	}
	if s.TCP {
		args = append(args, "-t", "t1")
	}
	if s.Echo {
		args = append(args, "-rtp_echo")
	}
	if s.Scenario != nil {
		file := filepath.Join(dir, "scenario.xml")
		must(tb, os.WriteFile(file, []byte(s.Scenario.Text()), 0o600))
		args = append(args, "-sf", file)
	} else {
		args = append(args, "-sn", s.Shipped)
	}
	p := run(tb, most+5*time.Second, s.In, dir, program, append(args, s.Args...)...)
	return &Sipping{Program: p, tb: tb, dir: dir}
}

// Run makes the calls and waits for their end.
func (s Sipp) Run(tb testing.TB) Outcome {
	tb.Helper()
	return s.Start(tb).Wait()
}

// Wait waits for the end, which the deadline brings.
func (s *Sipping) Wait() Outcome {
	s.tb.Helper()
	<-s.Gone()
	out, err := figures(filepath.Join(s.dir, "figures.csv"))
	if err != nil && s.err == nil {
		s.tb.Fatalf("what sipp counted cannot be read: %v", err)
	}
	if exit := new(exec.ExitError); !errors.As(s.err, &exit) || exit.ExitCode() != 1 { // 1: a call failed
		out.Err = s.err
	}
	if errors.Is(s.err, context.DeadlineExceeded) {
		out.Err = s.err
	}
	if out.Bad > 0 || out.Err != nil {
		for _, name := range []string{"why.txt", "printed.txt"} {
			b, err := os.ReadFile(filepath.Join(s.dir, name))
			if err == nil {
				out.Why += string(b[max(0, len(b)-3000):])
			}
		}
	}
	return out
}

// Calls tells how many calls are up, as last written: once a second.
func (s *Sipping) Calls() int {
	b, err := os.ReadFile(filepath.Join(s.dir, "figures.csv"))
	if err != nil {
		return 0
	}
	last, err := lastRow(string(b))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(last["CurrentCall"])
	return n
}

// figures reads the last row of what sipp counted.
func figures(path string) (Outcome, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Outcome{}, err
	}
	last, err := lastRow(string(b))
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	for name, into := range map[string]*int{"SuccessfulCall(C)": &out.Good, "FailedCall(C)": &out.Bad, "Retransmissions(C)": &out.Again} {
		n, err := strconv.Atoi(last[name])
		if err != nil {
			return Outcome{}, fmt.Errorf("%s is no number: %w", name, err)
		}
		*into = n
	}
	for name, v := range last {
		if strings.HasPrefix(name, "ResponseTime") && strings.HasSuffix(name, "(C)") {
			out.Answered = max(out.Answered, clock(v))
		}
	}
	return out, nil
}

// clock reads 00:00:00:015000.
func clock(v string) time.Duration {
	var h, m, s, us time.Duration
	if _, err := fmt.Sscanf(v, "%d:%d:%d:%d", &h, &m, &s, &us); err != nil {
		return 0
	}
	return h*time.Hour + m*time.Minute + s*time.Second + us*time.Microsecond
}

func lastRow(text string) (map[string]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, errors.New("nothing was counted")
	}
	last := map[string]string{}
	for i, name := range rows[0] {
		if i < len(rows[len(rows)-1]) {
			last[name] = rows[len(rows)-1][i]
		}
	}
	return last, nil
}

// String says what became of the calls, for a test that is disappointed.
func (o Outcome) String() string {
	return fmt.Sprintf("%d good, %d bad, %d sent again, %v: %s", o.Good, o.Bad, o.Again, o.Err, o.Why)
}
