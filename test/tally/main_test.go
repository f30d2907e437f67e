package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const stream = `{"Action":"start","Package":"p/a"}
{"Action":"run","Package":"p/a","Test":"TestGood"}
{"Action":"output","Package":"p/a","Test":"TestGood","Output":"noise\n"}
{"Action":"pass","Package":"p/a","Test":"TestGood","Elapsed":0.1}
{"Action":"output","Package":"p/a","Test":"TestSkip","Output":"=== RUN   TestSkip\n"}
{"Action":"output","Package":"p/a","Test":"TestSkip","Output":"    x_test.go:9: no PostgreSQL\n"}
{"Action":"output","Package":"p/a","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"p/a","Test":"TestSkip"}
{"Action":"pass","Package":"p/a","Elapsed":0.2}
{"Action":"output","Package":"p/b","Test":"TestBad","Output":"    x_test.go:3: got 1, want 2\n"}
{"Action":"fail","Package":"p/b","Test":"TestBad"}
{"Action":"output","Package":"p/b","Test":"TestHangs","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p/b","Elapsed":1}
{"Action":"output","Package":"p/c","Output":"panic: in TestMain\n"}
{"Action":"fail","Package":"p/c","Elapsed":1}
{"Action":"skip","Package":"p/d"}
go: a word from the go command
`

func TestTallyCountsAndShowsWhatFailed(t *testing.T) {
	var out strings.Builder
	c, err := read(strings.NewReader(stream), &out)
	if err != nil {
		t.Fatal(err)
	}
	if c.Passed != 1 || c.Failed != 2 || len(c.Skipped) != 1 || c.Skipped[0] != "p/a.TestSkip: no PostgreSQL" {
		t.Errorf("counts are %+v", c)
	}
	for _, want := range []string{"ok  \tp/a\t0.200s", "got 1, want 2", "FAIL\tp/b", "panic: test timed out", "panic: in TestMain", "[no test files]", "a word from the go command"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "noise") {
		t.Errorf("what passed is shown:\n%s", &out)
	}
}

func TestTalliesAddUp(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for name, c := range map[string]counts{a: {2, 0, []string{"p.X: why"}}, b: {3, 1, nil}} {
		if err := c.write(name); err != nil {
			t.Fatal(err)
		}
	}
	c, err := add([]string{a, b})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c.print(&out)
	if got, want := out.String(), "skipped: p.X: why\n5 passed, 1 failed, 1 skipped\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := add([]string{filepath.Join(dir, "none")}); err == nil {
		t.Error("a part that left no counts is taken for one without tests")
	}
}
