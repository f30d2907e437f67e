package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/freeline-org/freeline/internal/backup"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
)

func keys(t testing.TB) (*age.HybridIdentity, []backup.Recipient) {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	must(t, err)
	to, err := backup.Recipients(id.Recipient().String())
	must(t, err)
	return id, to
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fill writes rows of every type of value, among them a session and what waits to leave.
func fill(t testing.TB, d *db.DB, rows int) {
	t.Helper()
	must(t, d.Write(t.Context(), func(tx db.Tx) error {
		for i := range rows {
			if _, err := tx.Exec(`INSERT INTO leaf (id, n, hash, opening, object) VALUES ($1, $2, $3, $4, $5)`,
				fmt.Sprintf("leaf-%04d", i), i, []byte{0, byte(i), 255}, []byte(nil), "öbject\n"); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO outbox (contact, id, channel, shred, sealed, state, not_before, not_after) VALUES ('c', 'm', 'text', 'outbox-1', $1, 'waiting', 1, 1)`, []byte("CANARY")); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO dialog (id, contact, node, lease_until, began, shred, sealed) VALUES ('d', 'c', 'n', 1, 1, 'dialog-1', $1)`, []byte("CANARY")); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO recent (kind, hash, contact, until) VALUES ('from', $1, 'c', 1)`, []byte("CANARY")); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO session (id, lookup, person, slot, shred, blob, began, totp_at, abs_at) VALUES ('s', $1, 'p', 'x', 'y', $1, 1, 1, 1)`, []byte("CANARY"))
		return err
	}))
}

func write(t testing.TB, d *db.DB, to []backup.Recipient) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := backup.Write(t.Context(), d, db.Main, map[string][]byte{"a": []byte("file")}, to, &b, nil)
	must(t, err)
	return b.Bytes()
}

// What is written on one engine comes back on either, but for sessions, what waits to leave, living
// calls and who came lately.
func TestThereAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, from *dbtest.Engine) {
		id, to := keys(t)
		fill(t, from.Main, 1203)
		file := write(t, from.Main, to)
		dbtest.Each(t, func(t *testing.T, into *dbtest.Engine) {
			b, err := backup.Open(bytes.NewReader(file), []backup.Identity{id})
			must(t, err)
			if got := string(b.Files["a"]); got != "file" || b.Store != db.Main || b.At == 0 {
				t.Errorf("got file %q of store %s", got, b.Store)
			}
			must(t, b.Into(t.Context(), into.Main, nil))
			got, want := dump(t, into.Main), dump(t, from.Main)
			if got != want {
				t.Errorf("got %d bytes of rows, want the same %d", len(got), len(want))
			}
			for _, left := range []string{"session", "outbox", "dialog", "recent"} {
				var n int
				must(t, into.Main.One(t.Context(), `SELECT count(*) FROM `+left, nil, &n))
				if n != 0 {
					t.Errorf("a row of %s came back", left)
				}
			}
		})
	})
}

func dump(t testing.TB, d *db.DB) string {
	t.Helper()
	var out strings.Builder
	must(t, d.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, n, hash, opening, object FROM leaf ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, object string
			var n int64
			var hash, opening []byte
			if err := rows.Scan(&id, &n, &hash, &opening, &object); err != nil {
				return err
			}
			fmt.Fprintf(&out, "%s %d %x %v %q\n", id, n, hash, opening == nil, object)
		}
		return rows.Err()
	}))
	return out.String()
}

// A file that was cut short, changed, or is for somebody else brings nothing back.
func TestBrokenFilesBringNothingBack(t *testing.T) {
	t.Parallel()
	e := dbtest.New(t)
	id, to := keys(t)
	stranger, _ := keys(t)
	fill(t, e.Main, 700)
	file := write(t, e.Main, to)
	if _, err := backup.Open(bytes.NewReader(file), []backup.Identity{stranger}); !errors.Is(err, backup.ErrIdentity) {
		t.Errorf("a stranger's key: got %v, want %v", err, backup.ErrIdentity)
	}
	for name, bad := range map[string][]byte{
		"cut":     file[:len(file)-40],
		"half":    file[:len(file)/2],
		"changed": append(bytes.Clone(file[:len(file)-9]), append([]byte{file[len(file)-9] ^ 1}, file[len(file)-8:]...)...),
		"longer":  append(bytes.Clone(file), "more"...),
		"none":    nil,
	} {
		into := dbtest.New(t)
		b, err := backup.Open(bytes.NewReader(bad), []backup.Identity{id})
		if err == nil {
			err = b.Into(t.Context(), into.Main, nil)
		}
		if !errors.Is(err, backup.ErrBroken) {
			t.Errorf("%s: got %v, want %v", name, err, backup.ErrBroken)
		}
	}
	b, err := backup.Open(bytes.NewReader(file), []backup.Identity{id})
	must(t, err)
	if err := b.Into(t.Context(), e.Main, nil); !errors.Is(err, backup.ErrFull) {
		t.Errorf("into a line that is there: got %v, want %v", err, backup.ErrFull)
	}
}

func TestRecipientsAreHybrid(t *testing.T) {
	t.Parallel()
	old, err := age.GenerateX25519Identity()
	must(t, err)
	for _, bad := range []string{"", "age1pqnothing", old.Recipient().String()} {
		if _, err := backup.Recipients(bad); !errors.Is(err, backup.ErrRecipient) {
			t.Errorf("%.6q: got %v, want %v", bad, err, backup.ErrRecipient)
		}
	}
}

// FuzzInto feeds rows that somebody with the recipient's public key made up.
func FuzzInto(f *testing.F) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format":1,"store":"main","release":1,"at":1}` + "\n" + `{"table":"leaf","columns":["id","hash","object"]}` + "\n" + `[{"t":"a"},{"b":"AA=="},{"t":"o"}]` + "\n" + `{"rows":1}` + "\n"))
	e := dbtest.New(f)
	f.Fuzz(func(t *testing.T, plain []byte) {
		var file bytes.Buffer
		if err := backup.Pack(&file, id.Recipient(), plain); err != nil {
			t.Fatal(err)
		}
		b, err := backup.Open(&file, []backup.Identity{id})
		if err != nil {
			return
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_ = b.Into(ctx, e.Main, nil)
	})
}
