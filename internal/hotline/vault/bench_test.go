package vault_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/opened"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// words is about as much as one writes at once.
const words = "I do not know whom else to write to. He comes home at six. I have about an hour, and my phone may be looked at."

func BenchmarkSealMessage(b *testing.B) {
	k := seal.NewKey(hotlinetest.Line, "object", box.Random(box.Size))
	text := seal.Conceal(words)
	for b.Loop() {
		k.Message("id", seal.Caller, 5, text)
	}
}

func BenchmarkOpenMessage(b *testing.B) {
	k := opened.Key{Line: hotlinetest.Line, Object: "object", Key: box.Random(box.Size)}
	m := seal.Sealed{ID: "id", Side: seal.Caller, Form: seal.Symmetric}
	m.Sealed = k.Seal().Message(m.ID, m.Side, 5, seal.Conceal(words))
	for b.Loop() {
		_, err := k.Message(nil, seal.Columns{}, m)
		must(b, err)
	}
}

// BenchmarkFirstWords is a stranger's first message, to the end of the commit.
func BenchmarkFirstWords(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		w := hotlinetest.New(b, e)
		patient(b, w)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := w.Book.Receive(b.Context(), w.Incoming(w.Browser(), words)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkPrepare is the part of it that makes the keys.
func BenchmarkPrepare(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		w := hotlinetest.New(b, e)
		patient(b, w)
		by := w.Browser().By
		for b.Loop() {
			_, err := w.Sealer.Prepare(b.Context(), hotlinetest.Night, by)
			must(b, err)
		}
	})
}

// patient gives a line a clock that stands still: the manifest is checked once, as
// within a second in earnest.
func patient(b *testing.B, w *hotlinetest.World) {
	b.Helper()
	now := w.Clock()
	w.Clock = func() time.Time { return now }
	w.Restart(b)
}

// BenchmarkHeads is a page of 200 heads with its leaf: sealed to the team's public
// key as intake made it, and as every later page has it.
func BenchmarkHeads(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		w := hotlinetest.New(b, e)
		ana := w.Hire(b, hotline.Advocate)
		var ids []hotline.ContactID
		for range 200 {
			ids = append(ids, w.Arrive(b, words).Contact)
		}
		patient(b, w)
		page := func(b *testing.B) {
			w.With(b, ana, func(r *vault.Ring) error {
				vs, err := r.Heads(b.Context(), ids)
				for _, v := range vs {
					must(b, v.Err)
				}
				return err
			})
		}
		untouched := w.Backup(b)
		b.Run("untouched", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w.SQL(b, `DELETE FROM key_grant`)
				w.PutBackMain(b, untouched)
				b.StartTimer()
				page(b)
			}
		})
		b.Run("promoted", func(b *testing.B) {
			page(b)
			for b.Loop() {
				page(b)
			}
		})
	})
}

// BenchmarkSignIn is a sign-in with the slow hash as it is.
func BenchmarkSignIn(b *testing.B) {
	dbtest.EachBench(b, func(b *testing.B, e *dbtest.Engine) {
		w := hotlinetest.New(b, e)
		patient(b, w)
		keeper := vault.New(w.Line, e.Main, w.Shred, w.Authority, w.Log) // not weakened
		accounts := account.New(w.Line, e.Main, w.Shred, keeper, w.Staff)
		p, code := w.Invite(b, w.First, staff.Person{Roles: []hotline.Role{hotline.Supervisor}})
		enrolled, err := accounts.Redeem(b.Context(), p.Name, code)
		must(b, err)
		p.Passphrase, p.Second = enrolled.Passphrase, enrolled.Second
		w.Confirm(b, w.First, p)
		for b.Loop() {
			b.StopTimer()
			must(b, e.Main.Write(b.Context(), func(tx db.Tx) error {
				_, err := tx.Exec(`UPDATE totp SET last_step = 0 WHERE person = $1`, p.ID)
				return err
			}))
			now := w.CodeNow(b, p)
			b.StartTimer()
			tok, err := accounts.SignIn(b.Context(), p.Name, p.Passphrase, now)
			must(b, err)
			b.StopTimer()
			must(b, keeper.End(b.Context(), tok))
			b.StartTimer()
		}
	})
}
