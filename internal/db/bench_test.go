package db_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// message is a transaction of the size of a message's: one row in, one changed.
func message(tx db.Tx, body string) error {
	if _, err := tx.Exec(`UPDATE job SET attempt = attempt + 1 WHERE kind = $1 AND key = $2`, "counter", ""); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO job (kind, key, body, run_at) VALUES ($1, $2, $3, $4)`, "message", rand.Text(), body, int64(1)<<50)
	return err
}

func benchmarkWrite(b *testing.B, writers int) {
	b.Helper()
	body := string(bytes.Repeat([]byte("x"), 1024))
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		b.SetParallelism(writers) // times GOMAXPROCS
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := e.Main.Write(b.Context(), func(tx db.Tx) error { return message(tx, body) }); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

func BenchmarkWriteAlone(b *testing.B) {
	body := string(bytes.Repeat([]byte("x"), 1024))
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		for b.Loop() {
			if err := e.Main.Write(b.Context(), func(tx db.Tx) error { return message(tx, body) }); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkWriteGrouped(b *testing.B) { benchmarkWrite(b, 32) }

func BenchmarkRead(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		err := e.Main.Write(b.Context(), func(tx db.Tx) error {
			for n := range 1000 {
				if err := put(tx, fmt.Sprint(n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		var at int64
		for b.Loop() {
			if err := e.Main.One(b.Context(), `SELECT run_at FROM job WHERE kind = $1 AND key = $2`, []any{"test", "500"}, &at); err != nil {
				b.Fatal(err)
			}
		}
	})
}
