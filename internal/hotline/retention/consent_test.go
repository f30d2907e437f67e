package retention_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// A consent's entry is destroyed in the hour in which it ends. What knows the newest lives
// until what we wrote is forgotten: that the row was taken away is also noticed a day later.
func TestConsentsEndAndAreForgotten(t *testing.T) {
	lines(t, func(t *testing.T, h *house) {
		ana := h.Hire(t, hotline.Advocate)
		c := h.told(t, ana, "self")
		var now int64
		must(t, h.Engine.Main.Read(t.Context(), func(tx db.Tx) (err error) { now, err = db.Now(tx); return err }))
		a := consent.Act{
			Kind: consent.Give, ID: hotline.NewID(), How: "chat",
			Terms: consent.Terms{What: []consent.Scope{"place"}, To: "North house", Purpose: "shelter", Until: now + time.Hour.Milliseconds()},
		}
		_, err := h.Consent(t, ana, c.Contact, a)
		must(t, err)
		entry := h.One(t, `SELECT entry FROM consent WHERE owner = $1`, c.Contact)
		there := func(id string) bool {
			t.Helper()
			var n int
			must(t, h.Engine.Shred.One(t.Context(), `SELECT count(*) FROM entry WHERE id = $1`, []any{id}, &n))
			return n == 1
		}
		must(t, h.r.Forget(t.Context()))
		if !there(a.ID) || !there(entry) {
			t.Error("it is gone before its time")
		}
		h.Advance(t, 2*time.Hour)
		must(t, h.r.Forget(t.Context()))
		if there(a.ID) {
			t.Error("it has ended, and its entry stands")
		}
		h.Advance(t, 48*time.Hour)
		must(t, h.r.Sweep(t.Context()))
		if !there(entry) {
			t.Error("what knows the newest was swept")
		}
		row := h.Backup(t)
		h.SQL(t, `DELETE FROM consent WHERE owner = $1`, c.Contact)
		must(t, h.r.Sweep(t.Context()))
		if !there(entry) {
			t.Error("nobody notices any more that the row was taken away")
		}
		h.SQL(t, `INSERT INTO consent (owner, entry, n, sealed) VALUES ($1, $2, $3, $4)`, c.Contact, entry, row.Cell("consent", "n", "owner", string(c.Contact)), row.Cell("consent", "sealed", "owner", string(c.Contact)))
		must(t, h.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return consent.Forget(tx, string(c.Contact)) }))
		must(t, h.r.Finish(t.Context(), entry))
		if there(entry) {
			t.Error("what is forgotten leaves its entry")
		}
		hotlinetest.Same(t, h.Holding(t, "North house"))
	})
}
