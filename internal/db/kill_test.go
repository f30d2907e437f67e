package db_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

const (
	childURL = "FREELINE_DB_CHILD_URL"
	childRun = "FREELINE_DB_CHILD_RUN"
)

// TestChild is not a test: it is the process that the next one kills. It writes
// without pause and says what was acknowledged.
func TestChild(t *testing.T) {
	url := os.Getenv(childURL)
	if url == "" {
		t.Skip("only as a child of TestKilled")
	}
	d, err := db.Open(t.Context(), url, db.Main)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				ctx, hangUp := context.WithCancel(t.Context())
				what := fmt.Sprintf("%s.%d.%d", os.Getenv(childRun), i, n)
				err := d.Write(ctx, func(tx db.Tx) error {
					if i == 0 {
						hangUp() // costs nobody a write
					}
					for _, kind := range []string{"a", "b"} { // both or neither
						_, err := tx.Exec(`INSERT INTO job (kind, key, body, run_at) VALUES ($1, $2, $3, 0)`, kind, rand.Text(), what)
						if err != nil {
							return err
						}
					}
					return nil
				})
				hangUp()
				if err != nil {
					fmt.Println("failed", err)
					return
				}
				fmt.Println(what)
			}
		})
	}
	wg.Wait()
}

// Killed at any moment, all that was acknowledged is there once, nothing is there
// by half, and the next one goes on.
func TestKilled(t *testing.T) {
	t.Parallel()
	const kills = 5
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		var acknowledged []string
		for k := range kills {
			child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
			child.Env = append(os.Environ(), childURL+"="+e.MainURL, fmt.Sprintf("%s=%d", childRun, k))
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			n, until := 0, 20+int(rand.Text()[0])*2
			for lines.Scan() {
				var run, i, m int
				if _, err := fmt.Sscanf(lines.Text(), "%d.%d.%d", &run, &i, &m); err != nil {
					if len(lines.Text()) > 6 && lines.Text()[:6] == "failed" {
						t.Error(lines.Text())
					}
					continue
				}
				acknowledged = append(acknowledged, lines.Text())
				if n++; n == until {
					_ = child.Process.Kill()
				}
			}
			_ = child.Wait()
			if n < until {
				t.Fatalf("the child ended after %d writes", n)
			}
		}
		kept := map[string]int{}
		err := e.Main.Read(t.Context(), func(tx db.Tx) error {
			rows, err := tx.Query(`SELECT kind, body FROM job`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var kind, body string
				if err := rows.Scan(&kind, &body); err != nil {
					return err
				}
				kept[kind+body]++
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range acknowledged {
			if kept["a"+what] != 1 || kept["b"+what] != 1 {
				t.Errorf("%s is there %d and %d times", what, kept["a"+what], kept["b"+what])
			}
		}
		for what, n := range kept {
			if n != 1 || kept["a"+what[1:]] != kept["b"+what[1:]] {
				t.Errorf("%s is there %d times, or by half", what, n)
			}
		}
		if e.Name == string(db.SQLite) {
			var said string
			if err := e.Main.One(t.Context(), `PRAGMA integrity_check`, nil, &said); err != nil || said != "ok" {
				t.Errorf("integrity: %s, %v", said, err)
			}
		}
		t.Logf("%d acknowledged, %d kept, %d kills", len(acknowledged), len(kept)/2, kills)
	})
}
