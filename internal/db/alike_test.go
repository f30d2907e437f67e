package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/problem"
)

// scratch makes a table of all types.
func scratch(t *testing.T, d *db.DB) {
	t.Helper()
	blob, float, serial := "BLOB", "REAL", "INTEGER PRIMARY KEY"
	if d.Engine() == db.Postgres {
		blob, float, serial = "BYTEA", "DOUBLE PRECISION", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	}
	err := d.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE scratch (id ` + serial + `, word TEXT UNIQUE, yes INTEGER, at BIGINT, f ` + float + `, b ` + blob + `)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type word string

// What is written comes back the same, of every type, on both engines.
func TestValuesAreAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		scratch(t, e.Main)
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			var id int64
			err := tx.QueryRow(`INSERT INTO scratch (word, yes, at, f, b) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
				word("ﻢﺴﺗﺸﻔﻯ '$1' ?1"), true, int64(1)<<52+1, 0.1, []byte{0, 1, 255}).Scan(&id)
			if err != nil {
				return err
			}
			n, err := tx.Exec(`INSERT INTO scratch (word, yes, at, f, b) VALUES ($2, $1, $3, NULL, $4), ($3, $1, $3, NULL, $5)`,
				false, nil, nil, []byte(nil), []byte{})
			if err != nil || n != 2 {
				t.Errorf("%d rows, %v; want 2", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var w word
		var yes bool
		var at int64
		var f float64
		var b []byte
		err = e.Main.One(t.Context(), `SELECT word, yes, at, f, b FROM scratch WHERE id = 1 AND word = $1`,
			[]any{"ﻢﺴﺗﺸﻔﻯ '$1' ?1"}, &w, &yes, &at, &f, &b)
		if err != nil || w != "ﻢﺴﺗﺸﻔﻯ '$1' ?1" || !yes || at != 1<<52+1 || f != 0.1 || !bytes.Equal(b, []byte{0, 1, 255}) {
			t.Errorf("got %q %t %d %g %x, %v", w, yes, at, f, b, err)
		}
		for id, isNull := range map[int]bool{2: true, 3: false} {
			var null bool
			var null2 sql.NullString
			err := e.Main.One(t.Context(), `SELECT b IS NULL, word, yes FROM scratch WHERE id = $1`, []any{id}, &null, &null2, &yes)
			if err != nil || null != isNull || null2.Valid || yes {
				t.Errorf("row %d: null %t, %v; want %t", id, null, err, isNull)
			}
		}
	})
}

// What one engine would refuse, the other refuses as well.
func TestFaultsAreAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		scratch(t, e.Main)
		write := func(f func(tx db.Tx) error) error { return e.Main.Write(t.Context(), f) }
		add := func(tx db.Tx, w string) error {
			_, err := tx.Exec(`INSERT INTO scratch (word) VALUES ($1)`, w)
			return err
		}
		if err := write(func(tx db.Tx) error { return add(tx, "once") }); err != nil {
			t.Fatal(err)
		}
		err := write(func(tx db.Tx) error { return add(tx, "once") })
		if !db.Unique(err) || problem.Of(err).Kind != problem.Internal {
			t.Errorf("the same key: got %v", err)
		}
		if strings.Contains(err.Error(), "once") {
			t.Errorf("the error tells the value: %v", err)
		}
		err = write(func(tx db.Tx) error {
			err := tx.QueryRow(`INSERT INTO scratch (word) VALUES ('once') RETURNING id`).Scan(new(int))
			if err == nil {
				t.Error("the same key was taken")
			}
			if err := add(tx, "after"); err == nil {
				t.Error("a statement after a failed one was run")
			}
			return nil // passed over
		})
		if !db.Unique(err) {
			t.Errorf("passed over: got %v", err)
		}
		err = write(func(tx db.Tx) error {
			rows, err := tx.Query(`SELECT id FROM scratch`) //nolint:rowserrcheck // not read
			if err != nil {
				return err
			}
			defer rows.Close()
			return add(tx, "while rows are open")
		})
		if err == nil || db.Unique(err) || problem.Of(err).Kind != problem.Internal {
			t.Errorf("rows open: got %v", err)
		}
		if err := write(func(tx db.Tx) error { _, err := tx.Query(`SELECT 1`); return err }); err == nil { //nolint:sqlclosecheck,rowserrcheck // the fault
			t.Error("rows may be left open")
		}
		if err := write(func(tx db.Tx) error {
			_, err := tx.Exec(`INSERT INTO scratch (at) VALUES ($1)`, time.Unix(0, 0))
			return err
		}); err == nil {
			t.Error("a time.Time was taken")
		}
		if err := e.Main.One(t.Context(), `SELECT id FROM scratch WHERE word = 'nobody'`, nil, new(int)); !errors.Is(err, db.ErrNoRows) {
			t.Errorf("got %v, want %v", err, db.ErrNoRows)
		}
		var n int
		if err := e.Main.One(t.Context(), `SELECT count(*) FROM scratch`, nil, &n); err != nil || n != 1 {
			t.Errorf("%d rows, %v; want 1", n, err)
		}
	})
}

// SQLite on its own takes capitals for small letters, and a name it does not know
// for text.
func TestTextIsAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		var same, other bool
		err := e.Main.One(t.Context(), `SELECT 'Abc' LIKE 'A%', 'Abc' LIKE 'a%'`, nil, &same, &other)
		if err != nil || !same || other {
			t.Errorf("got %t %t, %v", same, other, err)
		}
		if err := e.Main.One(t.Context(), `SELECT "nowhere"`, nil, new(string)); err == nil {
			t.Error("a name that is not there is taken for text")
		}
	})
}

// Locking reads are the same text on both.
func TestLockingReads(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		err := e.Main.Write(t.Context(), func(tx db.Tx) error {
			if err := put(tx, "a"); err != nil {
				return err
			}
			for _, lock := range []string{
				"FOR UPDATE", "FOR UPDATE SKIP LOCKED", "FOR  NO KEY UPDATE NOWAIT", "\n\tfor update of job skip locked",
			} {
				var key string
				if err := tx.QueryRow(`SELECT key FROM job WHERE kind = $1 `+lock, "test").Scan(&key); err != nil {
					t.Errorf("%s: %v", lock, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestReadSeesOneMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		err := e.Main.Read(t.Context(), func(tx db.Tx) error {
			for n := range 3 {
				var got int
				if err := tx.QueryRow(`SELECT count(*) FROM job`).Scan(&got); err != nil || got != 0 {
					t.Errorf("%d rows, %v; want 0", got, err)
				}
				if err := e.Main.Write(t.Context(), func(tx db.Tx) error { return put(tx, string(rune('a'+n))) }); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWatchersAreToldOfWhatIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		told := 0
		stop := e.Main.Watch("word", func() {
			told++
			if got := count(t, e.Main); got != 1 {
				t.Errorf("told when %d rows were there, want 1", got)
			}
		})
		write := func(topic string, err error) {
			t.Helper()
			got := e.Main.Write(t.Context(), func(tx db.Tx) error {
				tx.Notify(topic)
				tx.Notify(topic)
				if err != nil || topic != "word" {
					return err
				}
				return put(tx, "a")
			})
			if !errors.Is(got, err) {
				t.Error(got)
			}
		}
		write("word", errors.New("refused"))
		write("other", nil)
		write("word", nil)
		stop()
		write("other", nil)
		if told != 1 {
			t.Errorf("told %d times, want 1", told)
		}
	})
}
