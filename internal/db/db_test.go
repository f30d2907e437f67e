package db_test

import (
	"errors"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

func put(tx db.Tx, key string) error {
	_, err := tx.Exec(`INSERT INTO job (kind, key, run_at) VALUES ($1, $2, 0)`, "test", key)
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.One(t.Context(), `SELECT count(*) FROM job`, nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		for _, d := range []*db.DB{e.Main, e.Shred} {
			err := d.Read(t.Context(), func(tx db.Tx) error {
				_, err := tx.Exec(`DELETE FROM migration`)
				return err
			})
			if err == nil {
				t.Errorf("%s: Read wrote", d.Store())
			}
		}
	})
}

func TestWriteIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, "a") }); err != nil {
			t.Fatal(err)
		}
		refused := errors.New("refused")
		err := e.Main.Write(t.Context(), func(tx db.Tx) error { return errors.Join(put(tx, "b"), refused) })
		if !errors.Is(err, refused) {
			t.Errorf("got %v, want %v", err, refused)
		}
		e.Reopen(t)
		if got := count(t, e.Main); got != 1 {
			t.Errorf("%d rows, want 1", got)
		}
	})
}
