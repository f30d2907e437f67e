package shred_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/shred"
)

// A changed vector means that a store that is kept does not open any more. See
// docs/formats.md.
func TestVectors(t *testing.T) {
	t.Parallel()
	v := hotlinetest.ReadVectors(t)
	op, generation, secret := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), bytes.Repeat([]byte{3}, 32)
	e := dbtest.New(t)
	file := filepath.Join(t.TempDir(), "keys")
	v.Is(t, "what a clock's signer signs", shred.Signed(line, "entry", shred.Clock{NotAfter: 1700000000000, Hold: true}).Hash())

	// The parts as the paper has them, by hand.
	ofGeneration := box.NewContext(line, "shred generation", "5")
	ofEntry := box.NewContext(line, "shred entry", "entry", "contact", "5", "99999999999999", "true")
	v.Opens(t, "generation key", generation, func() []byte { return box.Seal(op, generation, ofGeneration) },
		func(b []byte) ([]byte, error) { return box.Open(op, b, ofGeneration) })
	v.Opens(t, "entry", secret, func() []byte { return box.Seal(generation, secret, ofEntry) }, func(b []byte) ([]byte, error) {
		// The store opens what was put together so.
		must(t, shred.WriteSlot(t.Context(), file, 5, box.Seal(op, generation, ofGeneration)))
		h := &house{e: e, op: op, file: file}
		for _, q := range []string{`DELETE FROM entry`, `DELETE FROM generation`, `INSERT INTO generation (n) VALUES (5)`} {
			h.sql(t, q)
		}
		h.sql(t, `INSERT INTO entry (id, kind, wrapped, generation, created_at, not_after, hold) VALUES ('entry', 'contact', $1, 5, 0, 99999999999999, 1)`, b)
		got, err := h.open(t).Get(t.Context(), "entry")
		if err != nil {
			return nil, err
		}
		return got[0], nil
	})
	s := (&house{e: e, op: op, file: file}).open(t)
	v.Opens(t, "operational", []byte("seed"), func() []byte { return s.Seal([]byte("seed"), "totp", "ana") },
		func(b []byte) ([]byte, error) { return s.Open(b, "totp", "ana") })

	newest := s.Head("entry", 7, []byte("sealed"))
	v.Is(t, "newest head", newest.Hash)

	slots := filepath.Join(t.TempDir(), "slots")
	must(t, shred.WriteSlot(t.Context(), slots, 4, bytes.Repeat([]byte{4}, 61)))
	must(t, shred.WriteSlot(t.Context(), slots, 5, bytes.Repeat([]byte{5}, 61)))
	b, err := os.ReadFile(slots)
	must(t, err)
	v.Is(t, "file of two slots", b)

	must(t, e.Shred.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO entry (id, kind, wrapped, generation, created_at, not_after, hold) VALUES ('outbox-480000', 'outbox', $1, 5, 0, 1728259200000, 1)`,
			box.Seal(generation, secret, box.NewContext(line, "shred entry", "outbox-480000", "outbox", "5", "1728259200000", "true")))
		return err
	}))
	hour, ends, err := s.Hour(t.Context(), "outbox", 480000*3600000+5)
	if err != nil || hour != "outbox-480000" || ends != 1728259200000 {
		t.Errorf("the hour is %s until %d, %v", hour, ends, err)
	}
	v.Opens(t, "under an hour's entry", []byte("words"), func() []byte {
		b, err := s.SealUnder(t.Context(), hour, []byte("words"), "outbox", "contact", "message", "text")
		must(t, err)
		return b
	}, func(b []byte) ([]byte, error) {
		return s.OpenUnder(t.Context(), hour, b, "outbox", "contact", "message", "text")
	})

	day := int64(20000)
	ends = time.UnixMilli(day * 86400000).Add(72 * time.Hour).UnixMilli()
	must(t, e.Shred.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO entry (id, kind, wrapped, generation, created_at, not_after, hold) VALUES ('day-20000', 'day', $1, 5, 0, $2, 1)`,
			box.Seal(generation, secret, box.NewContext(line, "shred entry", "day-20000", "day", "5", "1728259200000", "true")), ends)
		return err
	}))
	mac, err := s.MAC(t.Context(), day, "text", "+1 555 0101")
	must(t, err)
	v.Is(t, "hash of a day", mac)
}
