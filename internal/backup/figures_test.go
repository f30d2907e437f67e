package backup_test

import (
	"bytes"
	"testing"

	"github.com/freeline-org/freeline/internal/backup"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

// Figures, and what waits to be counted, come back: nobody has them a second time.
func TestFiguresComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, from *dbtest.Engine) {
		id, to := keys(t)
		must(t, from.Main.Write(t.Context(), func(tx db.Tx) error {
			for _, q := range []string{
				`INSERT INTO fact (month, codes, n) VALUES ('2026-11', 'type=tip', -2)`,
				`INSERT INTO tally (month, weekday, hour, channel, lang, counter, n) VALUES ('2026-11', 1, 2, 'chat', 'fil', 'received', 3)`,
			} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`INSERT INTO fact_pending (id, sealed) VALUES ('random', $1)`, []byte{1, 0, 255})
			return err
		}))
		file := write(t, from.Main, to)
		dbtest.Each(t, func(t *testing.T, into *dbtest.Engine) {
			b, err := backup.Open(bytes.NewReader(file), []backup.Identity{id})
			must(t, err)
			must(t, b.Into(t.Context(), into.Main, nil))
			var n int
			must(t, into.Main.One(t.Context(), `SELECT count(*) FROM fact, tally, fact_pending
				WHERE fact.month = '2026-11' AND codes = 'type=tip' AND fact.n = -2 AND hour = 2 AND lang = 'fil' AND tally.n = 3 AND id = 'random' AND sealed = $1`, []any{[]byte{1, 0, 255}}, &n))
			if n != 1 {
				t.Errorf("%d rows came back as they were, want one of each table", n)
			}
		})
	})
}
