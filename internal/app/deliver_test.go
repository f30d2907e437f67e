package app_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/shred"
)

func must(t testing.TB, err error) { t.Helper(); hotlinetest.Must(t, err) }

func refused(t testing.TB, err, want error) { t.Helper(); hotlinetest.Refused(t, err, want) }

const (
	address = "+15550101"
	reply   = "Zwergkanarie at ten"
)

// office is a line with one way out that only tests have, and somebody who has written
// by it and is answered by ana.
type office struct {
	*hotlinetest.World
	loop *channeltest.Loop
	ana  *hotlinetest.Person
	id   hotline.ContactID
	post *app.Post
}

func offices(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		o := &office{World: w, loop: channeltest.NewLoop(w.Book, hotline.Text), ana: w.Hire(t, hotline.Advocate)}
		var err error
		o.id, err = o.loop.Write(t.Context(), address, "hello")
		must(t, err)
		w.Take(t, o.ana, o.id)
		o.open()
		f(t, o)
	})
}

func (o *office) open() {
	o.post = app.NewPost(o.Book, o.Shred, app.Ways{hotline.Text: o.loop}, slog.New(slog.DiscardHandler))
}

// work does what is due, or is within a second, as a node does, until nothing is.
func (o *office) work(t *testing.T) {
	t.Helper()
	r := jobs.New(o.Engine.Main, bus.Memory(), slog.New(slog.DiscardHandler))
	r.Handle(contact.JobDeliver, o.post.Deliver)
	r.Handle(contact.JobSend, func(ctx context.Context, j jobs.Job) error {
		id, message, _ := strings.Cut(j.Body, " ")
		return o.Book.Send(ctx, hotline.ContactID(id), message)
	})
	ctx, cancel := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() { r.Run(ctx) })
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for o.Count(t, `SELECT count(*) FROM job WHERE kind IN ('send', 'deliver') AND (claim <> '' OR run_at <= $1)`, o.Now(t)+time.Second.Milliseconds()) > 0 {
		select {
		case <-tick.C:
		case <-patience.C:
			t.Fatal("the work does not end")
		}
	}
	cancel()
	ended.Wait()
}

// later moves the clock and does what is due then.
func (o *office) later(t *testing.T, by time.Duration) {
	t.Helper()
	o.Advance(t, by)
	o.work(t)
}

// sent is how far a message got.
func (o *office) sent(t *testing.T, message, want string) {
	t.Helper()
	if got := o.One(t, `SELECT sent FROM message WHERE contact = $1 AND id = $2`, o.id, message); got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
}

func (o *office) rows(t *testing.T, want int) {
	t.Helper()
	if n := o.Count(t, `SELECT count(*) FROM outbox WHERE contact = $1`, o.id); n != want {
		t.Errorf("%d rows in the outbox, want %d", n, want)
	}
}

func (o *office) arrived(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, m := range o.loop.Got() {
		if m.To != address {
			t.Errorf("something went to %q", m.To)
		}
		got = append(got, m.Text)
	}
	hotlinetest.Same(t, got, want...)
}

// Words to somebody who came by a channel leave by it after the undo time, in their
// order; the vendor's late word is taken, and never backwards.
func TestWordsLeaveByTheirChannel(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, reply)
		second := o.Draft(t, o.ana, o.id, "and this")
		o.work(t)
		o.arrived(t)
		o.sent(t, m, contact.NotSent)
		for _, secret := range []string{address, reply} {
			if got := o.Holding(t, secret); len(got) > 0 {
				t.Errorf("it stands readable in %q", got)
			}
		}
		o.later(t, 4*time.Second)
		o.arrived(t, reply, "and this")
		o.sent(t, m, contact.Accepted)
		if n := o.Count(t, `SELECT count(*) FROM outbox WHERE sealed IS NOT NULL`); n != 0 {
			t.Errorf("%d texts are kept although the vendor has them", n)
		}
		must(t, o.Answer(t, o.ana, o.id, m, reply)) // the desk says it again
		o.later(t, time.Minute)
		if n := o.loop.Calls(); n != 2 {
			t.Errorf("%d were handed over, want 2", n)
		}

		got := o.loop.Got()
		receipt := got[0].Receipt
		for _, name := range []string{receipt, got[0].Ref} {
			if in := o.Holding(t, name); len(in) > 0 {
				t.Errorf("a vendor's name for it stands readable in %q", in)
			}
		}
		o.Advance(t, 24*time.Hour) // another day's key
		must(t, o.loop.Report(t.Context(), receipt, contact.Unsure))
		o.sent(t, m, contact.Accepted)
		must(t, o.loop.Report(t.Context(), receipt, contact.Delivered))
		o.sent(t, m, contact.Delivered)
		refused(t, o.loop.Report(t.Context(), receipt, contact.Failed), contact.ErrMissing)
		o.sent(t, m, contact.Delivered)
		must(t, o.loop.Report(t.Context(), got[1].Ref, contact.Failed)) // by the name that we gave
		o.sent(t, second, contact.Failed)
		o.SignIn(t, o.ana)
		must(t, o.Answer(t, o.ana, o.id, m, reply)) // and once more, when nothing is left of it
		o.rows(t, 0)
		refused(t, o.loop.Report(t.Context(), "of somebody else", contact.Delivered), contact.ErrMissing)
		refused(t, o.loop.Report(t.Context(), receipt, "queued"), contact.ErrStatus)
		elsewhere := channeltest.NewLoop(o.Book, hotline.Mail)
		refused(t, elsewhere.Report(t.Context(), receipt, contact.Delivered), contact.ErrMissing)
	})
}

// What is taken back in its undo time leaves neither, and nothing of it stays.
func TestUndoBeforeItLeaves(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, "too fast")
		o.rows(t, 1)
		o.later(t, 2*time.Second)
		if l, again, err := o.Book.Leave(t.Context(), o.id, m); l != nil || again <= 0 || err != nil { // a hasty node
			t.Errorf("it may leave in its undo time: %v, %v, %v", l != nil, again, err)
		}
		must(t, o.Book.Undo(t.Context(), o.ana.ID, o.id, m))
		o.rows(t, 0)
		o.later(t, time.Minute)
		o.arrived(t)
		if n := o.Count(t, `SELECT count(*) FROM job WHERE kind IN ('send', 'deliver')`); n != 0 {
			t.Errorf("%d jobs are left", n)
		}

		// Taken back and handed over at once: one of the two, never both, never neither.
		for range 6 {
			m := o.Draft(t, o.ana, o.id, "now")
			o.Advance(t, 4*time.Second)
			had := o.loop.Calls()
			var undone error
			var both sync.WaitGroup
			both.Go(func() { undone = o.Book.Undo(t.Context(), o.ana.ID, o.id, m) })
			both.Go(func() { o.work(t) })
			both.Wait()
			o.work(t)
			if left := o.loop.Calls() > had; left == (undone == nil) {
				t.Errorf("it left: %v, taken back: %v", left, undone)
			}
		}
	})
}

// Whatever takes a contact from its advocate lets leave at once what waits.
func TestEndingLetsItLeaveAtOnce(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.Draft(t, o.ana, o.id, reply)
		must(t, o.Book.EndNow(t.Context(), hotline.Actor(o.ana.ID), o.id))
		o.work(t)
		o.arrived(t, reply)
		o.Close(t, o.ana, o.id)
		refused(t, o.Answer(t, o.ana, o.id, hotline.NewID(), "too late"), contact.ErrGate)
	})
}

// A vendor that is down is asked again, later and later; what comes after waits for its
// turn. After its hours it has failed, and the entry that opened it is gone.
func TestAVendorThatIsDown(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		for range 3 {
			o.loop.Fail()
		}
		m := o.Draft(t, o.ana, o.id, reply)
		second := o.Draft(t, o.ana, o.id, "and this")
		o.later(t, 4*time.Second)
		o.sent(t, m, contact.Queued)
		if n := o.loop.Calls(); n != 1 {
			t.Errorf("it was tried %d times, want once", n)
		}
		for range 3 {
			o.later(t, time.Minute)
		}
		o.arrived(t, reply, "and this")
		o.sent(t, m, contact.Accepted)
		o.sent(t, second, contact.Accepted)

		for range 500 {
			o.loop.Fail()
		}
		m = o.Draft(t, o.ana, o.id, "never")
		entry := o.One(t, `SELECT shred FROM outbox WHERE contact = $1 AND id = $2`, o.id, m)
		_, err := o.Shred.Get(t.Context(), entry)
		must(t, err)
		o.later(t, 4*time.Second)
		for range 5 {
			o.later(t, 15*time.Minute)
		}
		o.sent(t, m, contact.Queued)
		tried := o.loop.Calls()
		o.later(t, 72*time.Hour)
		o.sent(t, m, contact.Failed)
		if n := o.loop.Calls(); n != tried {
			t.Error("it was tried after its time")
		}
		_, err = o.Shred.Get(t.Context(), entry)
		refused(t, err, shred.ErrShredded)
		must(t, o.Book.SweepOutbox(t.Context())) // what the vendor has taken is forgotten too
		o.rows(t, 0)
		must(t, o.forgets().Forget(t.Context()))
		if n := o.inStore(t, entry); n != 0 {
			t.Error("the entry of the hour is still there")
		}
	})
}

func (o *office) forgets() *retention.Retention {
	return retention.New(retention.Parts{
		Line: o.Line, Main: o.Engine.Main, Store: o.Engine.Shred, Shred: o.Shred, Book: o.Book, Authority: o.Authority, Log: o.Log, Intake: o.Intake, Alarm: func(error) {},
	}, retention.Defaults())
}

func (o *office) inStore(t *testing.T, entry string) (n int) {
	t.Helper()
	must(t, o.Engine.Shred.One(t.Context(), `SELECT count(*) FROM entry WHERE id = $1`, []any{entry}, &n))
	return n
}

// A text whose hour is destroyed opens nowhere: not for the server with all its keys,
// and not out of an old copy of the database.
func TestADestroyedHourOpensNothing(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, reply)
		var entry string
		var sealed []byte
		must(t, o.Engine.Main.One(t.Context(), `SELECT shred, sealed FROM outbox WHERE id = $1`, []any{m}, &entry, &sealed))
		parts := seal.OutgoingParts(o.id, m, hotline.Text)
		plain, err := o.Shred.OpenUnder(t.Context(), entry, sealed, parts...)
		must(t, err)
		if to, text, err := seal.UnpackOutgoing(plain); err != nil || to.Reveal() != address || text.Reveal() != reply {
			t.Errorf("it opens as something else, %v", err)
		}
		for _, other := range [][]string{seal.OutgoingParts(o.id, m, hotline.Mail), seal.OutgoingParts("x", m, hotline.Text), seal.OutgoingParts(o.id, "x", hotline.Text)} {
			if _, err := o.Shred.OpenUnder(t.Context(), entry, sealed, other...); err == nil {
				t.Errorf("it opens as %q", other)
			}
		}
		must(t, o.Shred.Destroy(t.Context(), entry))
		_, err = o.Shred.OpenUnder(t.Context(), entry, sealed, parts...)
		refused(t, err, shred.ErrShredded)
		o.later(t, 4*time.Second)
		o.arrived(t)
		o.sent(t, m, contact.Failed)
	})
}

// What a vendor refuses has failed. What nobody knows of is not sent again by itself,
// and a late word may still say that it arrived.
func TestRefusedAndLost(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.loop.Refuse()
		m := o.Draft(t, o.ana, o.id, "refused")
		o.later(t, 4*time.Second)
		o.sent(t, m, contact.Failed)
		o.rows(t, 0)

		o.loop.Lose()
		m = o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		o.sent(t, m, contact.Unsure)
		if n := o.Count(t, `SELECT count(*) FROM outbox WHERE sealed IS NOT NULL`); n != 0 {
			t.Errorf("%d texts are kept that are not sent again", n)
		}
		o.later(t, time.Hour)
		o.arrived(t, reply)
		must(t, o.loop.Report(t.Context(), o.loop.Got()[0].Ref, contact.Delivered))
		o.sent(t, m, contact.Delivered)
	})
}

// A vendor's late word that it has it after all ends the tries.
func TestALateWordEndsTheTries(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.loop.Fail()
		m := o.Draft(t, o.ana, o.id, reply)
		l := o.claim(t, m)
		_, err := o.Book.Left(t.Context(), *l, contact.Departure{Sent: contact.Queued})
		must(t, err)
		must(t, o.loop.Report(t.Context(), l.Ref.Reveal(), contact.Accepted))
		o.later(t, time.Hour)
		o.sent(t, m, contact.Accepted)
		if n := o.loop.Calls(); n != 0 {
			t.Errorf("it was handed over %d times more", n)
		}
	})
}

// claim is a node that has claimed a message and not handed it over yet.
func (o *office) claim(t *testing.T, message string) *contact.Leaving {
	t.Helper()
	o.Advance(t, 4*time.Second)
	l, _, err := o.Book.Leave(t.Context(), o.id, message)
	must(t, err)
	if l == nil {
		t.Fatal("it was not claimed")
	}
	return l
}

// After a kill between the claim and the sending nothing is sent twice: the desk says
// that nobody knows.
func TestAKillBetweenClaimAndSending(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, reply)
		l := o.claim(t, m)
		o.Restart(t) // the node is gone, and another begins
		o.open()
		o.work(t)
		o.arrived(t)
		o.sent(t, m, contact.Unsure)
		// The one that was thought dead comes back: what it knows is better, and counts.
		_, err := o.Book.Left(t.Context(), *l, contact.Departure{Sent: contact.Queued})
		must(t, err)
		o.sent(t, m, contact.Unsure)
		_, err = o.Book.Left(t.Context(), *l, contact.Departure{Sent: contact.Accepted, Receipt: seal.Conceal("r")})
		must(t, err)
		o.sent(t, m, contact.Accepted)
		must(t, o.loop.Report(t.Context(), "r", contact.Delivered))
		o.sent(t, m, contact.Delivered)
		o.later(t, time.Hour)
		o.arrived(t)
	})
}

// What a node says of a try that another one has overtaken settles nothing.
func TestWhoWasOvertakenSettlesNothing(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, reply)
		first := o.claim(t, m)
		_, err := o.Book.Left(t.Context(), *first, contact.Departure{Sent: contact.Queued})
		must(t, err)
		o.Advance(t, time.Minute)
		second := o.claim(t, m)
		for _, late := range []string{contact.Accepted, contact.Failed, contact.Queued} {
			_, err = o.Book.Left(t.Context(), *first, contact.Departure{Sent: late})
			must(t, err)
			o.sent(t, m, contact.Queued)
			o.rows(t, 1)
		}
		_, err = o.Book.Left(t.Context(), *second, contact.Departure{Sent: contact.Accepted})
		must(t, err)
		o.sent(t, m, contact.Accepted)
	})
}

// A node that is told to stop while the vendor has something in hand stores that nobody
// knows, before it ends.
func TestANodeThatStopsMeanwhile(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		entered, release := o.loop.Delay()
		defer release()
		m := o.Draft(t, o.ana, o.id, reply)
		o.Advance(t, 4*time.Second)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- o.post.Deliver(ctx, jobs.Job{Body: string(o.id) + " " + m}) }()
		<-entered
		o.sent(t, m, contact.Queued)
		stop()
		must(t, <-done)
		o.sent(t, m, contact.Unsure)
		o.later(t, time.Hour)
		if n := o.loop.Calls(); n != 1 {
			t.Errorf("it was handed over %d times", n)
		}
	})
}

// What waits goes with her words, at once.
func TestErasedWhileItWaits(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.Draft(t, o.ana, o.id, reply)
		second := o.Draft(t, o.ana, o.id, "in hand")
		l := o.claimSecond(t, second)
		must(t, o.Book.EraseNow(t.Context(), "test", o.id))
		o.rows(t, 0)
		if l != nil { // what a vendor had in hand changes nothing any more
			_, err := o.Book.Left(t.Context(), *l, contact.Departure{Sent: contact.Accepted})
			must(t, err)
		}
		o.later(t, time.Hour)
		o.arrived(t)
		if n := o.Count(t, `SELECT count(*) FROM contact WHERE way IS NOT NULL`) + o.Count(t, `SELECT count(*) FROM job WHERE kind = 'deliver'`); n != 0 {
			t.Error("her address, or a job, is still there")
		}
	})
}

// claimSecond finds that the second waits for its turn.
func (o *office) claimSecond(t *testing.T, message string) *contact.Leaving {
	t.Helper()
	o.Advance(t, 4*time.Second)
	l, again, err := o.Book.Leave(t.Context(), o.id, message)
	must(t, err)
	if l != nil || again == 0 {
		t.Error("the second did not wait for the first")
	}
	return l
}

// A rule that forbids it takes from the outbox what waits; what stays is said on the
// desk, and nothing leaves.
func TestForbiddenWhileItWaits(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.loop.Fail()
		first := o.Draft(t, o.ana, o.id, "in its second try")
		o.later(t, 4*time.Second)
		m := o.Draft(t, o.ana, o.id, reply)
		never := errors.New("the rule is not written")
		withhold := func(fail error) (n int, err error) {
			err = o.Engine.Main.Write(t.Context(), func(tx db.Tx) (err error) {
				if n, err = o.Book.Withhold(tx, o.id); err != nil {
					return err
				}
				return fail
			})
			return n, err
		}
		_, err := withhold(never)
		refused(t, err, never)
		o.rows(t, 2)
		n, err := withhold(nil)
		must(t, err)
		if n != 2 {
			t.Errorf("%d were withheld, want 2", n)
		}
		o.later(t, time.Hour)
		o.arrived(t)
		o.sent(t, m, contact.Withheld)
		o.sent(t, first, contact.Withheld)
	})
}

// The same by a change of her head, as the desk makes it: what it forbids goes, what it
// allows stays, and saving the outcome takes nothing back.
func TestNeverWhileItWaits(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		say := func(a contact.Answer) {
			t.Helper()
			must(t, o.PutHead(t, o.ana, o.id, func(h *contact.Head) {
				h.Safety.Ways = map[contact.Way]contact.Terms{contact.ByText: {May: a}}
			}))
		}
		o.loop.Fail()
		m := o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		say(contact.Yes)
		o.rows(t, 1)
		o.Close(t, o.ana, o.id)
		o.rows(t, 1)
		say(contact.No)
		o.rows(t, 0)
		o.later(t, time.Hour)
		o.arrived(t)
		o.sent(t, m, contact.Withheld)
	})
}

// The sweep ends what no job has ended: what waited has failed, of what was handed over
// nobody will hear any more.
func TestTheSweepEndsWhatItsHoursHave(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		taken := o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		lost := o.Draft(t, o.ana, o.id, "in hand when its node died")
		o.claim(t, lost)
		waits := o.Draft(t, o.ana, o.id, "never tried")
		o.Advance(t, 71*time.Hour)
		must(t, o.Book.SweepOutbox(t.Context()))
		o.rows(t, 3)
		o.Advance(t, time.Hour)
		must(t, o.Book.SweepOutbox(t.Context()))
		o.rows(t, 0)
		o.sent(t, taken, contact.Accepted)
		o.sent(t, lost, contact.Unsure)
		o.sent(t, waits, contact.Failed)
		o.work(t)
		o.arrived(t, reply)
	})
}

// A line that was brought back from a backup sends nothing once more.
func TestARestoredLineSendsNothingTwice(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		m := o.Draft(t, o.ana, o.id, reply)
		o.SQL(t, `DELETE FROM outbox`) // it is in no backup
		o.later(t, 4*time.Second)
		o.arrived(t)
		o.sent(t, m, contact.Unsure)
		o.SQL(t, `UPDATE message SET sent = 'queued' WHERE id = $1`, m)
		must(t, o.Book.SweepOutbox(t.Context()))
		o.sent(t, m, contact.Unsure)
	})
}

// Whoever is answered at an address is not asked whether she is there, is not thought
// away for having no page, and sleeps after a while; the address opens by her words'
// key alone.
func TestAnAddressIsNoPage(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		if c := o.Find(t, o.id); c.State != contact.Live || !c.Addressed {
			t.Errorf("it is %s after one reply", c.State)
		}
		o.Advance(t, 11*time.Minute)
		if ask, err := o.Book.ToAsk(t.Context()); err != nil || len(ask) != 0 {
			t.Errorf("%d would be asked, %v", len(ask), err)
		}
		o.Advance(t, 5*time.Minute)
		_, err := o.Book.Sweep(t.Context())
		must(t, err)
		if c := o.Find(t, o.id); c.State != contact.Sleeping {
			t.Errorf("it is %s, want sleeping", c.State)
		}
		refused(t, o.Answer(t, o.ana, o.id, hotline.NewID(), "unasked"), contact.ErrGate)
		_, err = o.loop.Write(t.Context(), address, "hello again")
		must(t, err)
		if c := o.Find(t, o.id); c.State == contact.Sleeping {
			t.Error("her word does not wake it")
		}
		o.noAddress(t)
	})
}

// noAddress says words without an address where one is needed, and the other way round.
func (o *office) noAddress(t *testing.T) {
	t.Helper()
	c := o.Arrive(t, "by page")
	o.Take(t, o.ana, c.Contact)
	key := seal.NewKey(o.Line, o.Find(t, c.Contact).ShredK, make([]byte, 32))
	r := contact.Reply{ID: hotline.NewID(), By: o.ana.ID, Key: key, Text: seal.Conceal("x"), To: seal.Conceal(address)}
	refused(t, o.Book.Reply(t.Context(), c.Contact, r), contact.ErrWay)
	r.Key, r.To = seal.NewKey(o.Line, o.Find(t, o.id).ShredK, make([]byte, 32)), seal.Text{}
	refused(t, o.Book.Reply(t.Context(), o.id, r), contact.ErrWay)
}
