// Command tally reads what go test -json writes and prints what go test would:
// a line for each package, the output of what failed, and at the end what was
// skipped and why. With -keep it leaves its counts in a file, so that several runs
// can be added up; with -sum it adds up such files and prints the last line.
//
//	go test -json ./... | tally -keep test.tally
//	tally -sum *.tally
//
// It fails where a test failed; and, in -strict, where one was skipped, since
// under CI everything that tests need has been installed.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	keep := flag.String("keep", "", "leave the counts in this `file`")
	sum := flag.Bool("sum", false, "add up the files that are named")
	strict := flag.Bool("strict", false, "a skipped test is a failure")
	flag.Parse()
	var c counts
	var err error
	if *sum {
		c, err = add(flag.Args())
	} else {
		c, err = read(os.Stdin, os.Stdout)
	}
	if err == nil && *keep != "" {
		err = c.write(*keep)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(2)
	}
	if *sum {
		c.print(os.Stdout)
	}
	if c.Failed > 0 || *strict && len(c.Skipped) > 0 {
		os.Exit(1)
	}
}

// counts is what became of the tests.
type counts struct {
	Passed  int
	Failed  int
	Skipped []string // test and reason
}

// print ends with the line that whoever watches looks for.
func (c counts) print(w io.Writer) {
	for _, s := range c.Skipped {
		fmt.Fprintln(w, "skipped:", s)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", c.Passed, c.Failed, len(c.Skipped))
}

func (c counts) write(name string) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o600)
}

func add(names []string) (counts, error) {
	var all counts
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return all, err
		}
		var c counts
		if err := json.Unmarshal(b, &c); err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		all.Passed += c.Passed
		all.Failed += c.Failed
		all.Skipped = append(all.Skipped, c.Skipped...)
	}
	return all, nil
}

// An event is a line of go test -json.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

// A run collects the output of tests until it is known how they end.
type run struct {
	counts
	out    io.Writer
	output map[string]*strings.Builder // by package and test
	failed map[string]bool             // packages with a test that failed
}

func read(in io.Reader, out io.Writer) (counts, error) {
	r := &run{out: out, output: map[string]*strings.Builder{}, failed: map[string]bool{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			fmt.Fprintln(out, lines.Text()) // from the go command itself
			continue
		}
		r.take(e)
	}
	return r.counts, lines.Err()
}

func (r *run) take(e event) {
	at := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if r.output[at] == nil {
			r.output[at] = &strings.Builder{}
		}
		r.output[at].WriteString(e.Output)
	case "build-fail":
		r.Failed++
		fmt.Fprint(r.out, r.text(at))
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
	}
}

func (r *run) text(at string) string {
	if r.output[at] == nil {
		return ""
	}
	return r.output[at].String()
}

func (r *run) endTest(e event) {
	at := e.Package + " " + e.Test
	switch e.Action {
	case "pass":
		r.Passed++
	case "fail":
		r.Failed++
		r.failed[e.Package] = true
		fmt.Fprint(r.out, r.text(at))
	case "skip":
		r.Skipped = append(r.Skipped, fmt.Sprintf("%s.%s: %s", e.Package, e.Test, reason(r.text(at))))
	}
	delete(r.output, at)
}

// unfinished prints what tests of a package said that never ended: what panicked, or took too
// long, is told in the output of whichever ran.
func (r *run) unfinished(pkg string) {
	for _, at := range slices.Sorted(maps.Keys(r.output)) {
		if test, ok := strings.CutPrefix(at, pkg+" "); ok && test != "" {
			fmt.Fprint(r.out, r.text(at))
			delete(r.output, at)
		}
	}
}

// reason is what a test gave when it skipped.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			if _, after, ok := strings.Cut(line, ".go:"); ok {
				_, line, _ = strings.Cut(after, ": ")
			}
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

// endPackage prints the package's line. A package that fails without a test that
// failed did so outside of them, and counts for itself.
func (r *run) endPackage(e event) {
	took := fmt.Sprintf("%.3fs", e.Elapsed)
	switch e.Action {
	case "pass":
		fmt.Fprintf(r.out, "ok  \t%s\t%s\n", e.Package, took)
	case "skip":
		fmt.Fprintf(r.out, "?   \t%s\t[no test files]\n", e.Package)
	case "fail":
		if !r.failed[e.Package] {
			r.Failed++
			fmt.Fprint(r.out, r.text(e.Package+" "))
		}
		r.unfinished(e.Package)
		fmt.Fprintf(r.out, "FAIL\t%s\t%s\n", e.Package, took)
	}
}
