package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long something may take on a machine that has much else to do.
const patience = time.Minute

// A server is the program while it serves.
type server struct {
	cmd   *exec.Cmd
	pages string
	gone  chan error
}

// foundCmd: found DIR [FLAGS] makes a line, quietly.
func foundCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	usual := []string{
		"init", "-yes", "-dir", args[0], "-name", "Made Up", "-languages", "en", "-front-host", "front.localhost", "-staff-host", "staff.localhost",
		"-listen", "127.0.0.1:0", "-first", "Ines", "-second", "Tomas",
	}
	ts.Check(ts.Exec("freeline", append(usual, args[1:]...)...))
}

// onceCmd: once DIR looks at what init has just printed: each secret stands there
// once, and in no file of the line.
func onceCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	printed := ts.ReadFile("stdout")
	for what, shape := range map[string]string{
		"root sheet":    `\n    ([0-9A-Z]{4}(?: [0-9A-Z]{4}){12,})\n`,
		"passphrase":    `passphrase +([a-z]+(?: [a-z]+){5})\n`,
		"second factor": `second factor +([A-Z2-7]{32})\n`,
		"one-time code": `\n    ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\n`,
	} {
		m := regexp.MustCompile(shape).FindStringSubmatch(printed)
		if m == nil {
			ts.Fatalf("no %s was printed", what)
		}
		if n := strings.Count(printed, m[1]); n != 1 {
			ts.Fatalf("the %s was printed %d times, want once", what, n)
		}
		search(ts, args[0], m[1])
	}
}

// serveCmd: serve DIR [FLAGS] starts a line, waits until it is ready and puts its
// addresses in PAGES and HEALTH. What it prints goes to files.
func serveCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	st := of(ts)
	pages, health := free(ts), free(ts)
	ts.Setenv("PAGES", pages)
	ts.Setenv("HEALTH", health)
	log := filepath.Join(ts.Getenv("WORK"), args[0]+".log")
	out, err := os.OpenFile(log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	ts.Check(err)
	cmd := exec.Command("freeline", append([]string{
		"serve", "-config", filepath.Join(args[0], "freeline.toml"), "-web.listen", pages, "-operator.listen", health, "-operator.log_level", "debug",
	}, args[1:]...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.Getenv("WORK"), out, out
	ts.Check(cmd.Start())
	s := &server{cmd: cmd, pages: pages, gone: make(chan error, 1)}
	go func() { s.gone <- cmd.Wait() }() // ends with the process
	st.server = s
	ts.Defer(func() {
		if st.server == s {
			_ = cmd.Process.Kill()
			<-s.gone
		}
		_ = out.Close()
	})
	poll(ts, "the line is not ready", func() bool {
		select {
		case err := <-s.gone:
			st.server = nil
			ts.Fatalf("the line did not start: %v\n%s", err, ts.ReadFile(log))
		default:
		}
		res, err := http.Get("http://" + health + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// haltCmd asks the server to end, as Ctrl-C does, and waits for it.
func haltCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 0)
	s := of(ts).server
	ts.Check(s.cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-s.gone:
		of(ts).server = nil
		ts.Check(err)
	case <-time.After(20 * time.Second): // it drains for ten at most
		ts.Fatalf("the line did not end")
	}
}

// awaitCmd: await REGEXP PROGRAM [ARGS] runs a program until it prints what fits.
func awaitCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 2)
	shape := regexp.MustCompile(args[0])
	poll(ts, "it never printed "+args[0], func() bool {
		cmd := exec.Command(args[1], args[2:]...)
		cmd.Dir = ts.Getenv("WORK")
		out, err := cmd.CombinedOutput()
		return err == nil && shape.Match(out)
	})
}

// requestCmd: request METHOD URL STATUS [HOST] [WORDS] asks the server, and wants an
// answer that has these words.
func requestCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 3)
	req, err := http.NewRequestWithContext(context.Background(), args[0], args[1], http.NoBody)
	ts.Check(err)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if len(args) > 3 {
		req.Host = args[3]
	}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	res, err := client.Do(req)
	ts.Check(err)
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if got := strconv.Itoa(res.StatusCode); got != args[2] {
		ts.Fatalf("%s %s: status %s, want %s", args[0], args[1], got, args[2])
	}
	if len(args) > 4 && !strings.Contains(string(body), args[4]) {
		ts.Fatalf("the answer has no %q:\n%s", args[4], body)
	}
}

// poll asks again until something is so.
func poll(ts *testscript.TestScript, otherwise string, is func() bool) {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	ts.Fatalf("%s in %s", otherwise, patience)
}

// free finds a port below those that outgoing connections take.
func free(ts *testscript.TestScript) string {
	for range 200 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+time.Now().UnixNano()/1000%12000)
		l, err := net.Listen("tcp", address)
		if err == nil && l.Close() == nil {
			return address
		}
	}
	ts.Fatalf("no port is free")
	return ""
}
