package channeltest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A Writer is the other side of a way in: somebody at an address who writes, and the vendor
// that brings it.
type Writer interface {
	// Come brings words in from an address, under the vendor's own name for them, and
	// waits for the answer: nil where the vendor was told that we have them.
	Come(ctx context.Context, from, name, words string) error
}

// An Entrance is a way in that sits the examination.
type Entrance struct {
	Channel hotline.Channel
	From    [2]string // addresses of two people, as they come
	Kept    [2]string // as they are kept: canonical
	Open    func(t testing.TB, line Line) Writer
}

// ExamineReceiving holds an adapter's way in against what package contact promises to whoever
// writes: each word is kept once, as it was written, in the contact of its address, before
// the vendor is told so; and her address stands readable nowhere.
func ExamineReceiving(t *testing.T, e Entrance) {
	t.Helper()
	for _, i := range receiving() {
		t.Run(i.name, func(t *testing.T) {
			hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
				i.sit(t, &exam{e, w, func(what string) { t.Error(what) }})
			})
		})
	}
}

// item is one question of an examination.
type item struct {
	name string
	sit  func(t testing.TB, x *exam)
}

type exam struct {
	Entrance
	w   *hotlinetest.World
	say func(string) // complains
}

const canary = "Zwergkanarie, as written: äé😀"

// down is a line whose databases do not answer, as often as it is told.
type down struct {
	Line
	times int
}

var errDown = errors.New("channeltest: the line is down")

// Receive implements Line.
func (d *down) Receive(ctx context.Context, in contact.Incoming) (contact.Contact, error) {
	if d.times > 0 {
		d.times--
		return contact.Contact{}, errDown
	}
	return d.Line.Receive(ctx, in)
}

// come is words that must be taken.
func (x *exam) come(t testing.TB, by Writer, from int, name, words string) {
	t.Helper()
	if err := by.Come(t.Context(), x.From[from], name, words); err != nil {
		x.say("the vendor is not told that we have it")
	}
}

// contacts lists the contacts that there are, the oldest first.
func (x *exam) contacts(t testing.TB) []contact.Contact {
	t.Helper()
	all, err := x.w.Book.List(t.Context(), 50, contact.Waiting, contact.Parked, contact.Offered, contact.Live, contact.Sleeping, contact.Interrupted, contact.Closing, contact.Closed)
	hotlinetest.Must(t, err)
	slices.SortFunc(all, func(a, b contact.Contact) int { return int(a.Began - b.Began) })
	return all
}

// words are what a session reads of a contact; nothing where there is none.
func (x *exam) words(t testing.TB, p *hotlinetest.Person, all []contact.Contact, i int) []string {
	t.Helper()
	if i >= len(all) {
		x.say("a contact is missing")
		return nil
	}
	got, err := x.w.Desk(t, p, all[i].ID)
	hotlinetest.Must(t, err)
	return got
}

func (x *exam) reads(t testing.TB, p *hotlinetest.Person, i int, want ...string) {
	t.Helper()
	if got := x.words(t, p, x.contacts(t), i); !slices.Equal(got, want) {
		x.say("what is read is not what was written, once each and in order")
	}
}

func receiving() []item {
	return []item{
		{"it arrives as written, and can be answered", func(t testing.TB, x *exam) {
			ana, by := x.w.Hire(t, hotline.Advocate), x.Open(t, x.w.Book)
			x.come(t, by, 0, "a", canary)
			x.reads(t, ana, 0, canary)
			all := x.contacts(t)
			if len(all) != 1 || all[0].Channel != x.Channel || !all[0].Addressed {
				x.say("there is not one contact of this channel, with an address")
				return
			}
			x.w.With(t, ana, func(r *vault.Ring) error {
				k, err := r.Open(t.Context(), vault.Ref{Contact: all[0].ID}, "examination")
				if err != nil {
					return err
				}
				if to, err := k.Way(t.Context()); err != nil || plain(to) != x.Kept[0] {
					x.say("the address is not the one that she came from")
				}
				return nil
			})
		}},
		{"her next words go on, wherever it stands", func(t testing.TB, x *exam) {
			ana, by := x.w.Hire(t, hotline.Advocate), x.Open(t, x.w.Book)
			x.w.Enter(t, "ready", ana)
			x.come(t, by, 0, "a", "one")
			x.come(t, by, 0, "b", "two")
			all := x.contacts(t)
			if len(all) != 1 {
				x.say("she has more than one contact, or none")
				return
			}
			x.w.Take(t, ana, all[0].ID)
			x.come(t, by, 0, "c", "three")
			hotlinetest.Must(t, x.w.Book.Rest(t.Context(), ana.ID, all[0].ID))
			x.come(t, by, 0, "d", "four")
			x.reads(t, ana, 0, "one", "two", "three", "four")
			if got := x.w.Find(t, all[0].ID); got.State != contact.Live {
				x.say("her word does not wake it")
			}
		}},
		{"somebody else is somebody else", func(t testing.TB, x *exam) {
			ana, by := x.w.Hire(t, hotline.Advocate), x.Open(t, x.w.Book)
			x.come(t, by, 0, "a", "hers")
			x.w.Advance(t, time.Second)
			x.come(t, by, 1, "b", "theirs")
			x.reads(t, ana, 0, "hers")
			x.reads(t, ana, 1, "theirs")
		}},
		{"what is closed begins anew", func(t testing.TB, x *exam) {
			ana, by := x.w.Hire(t, hotline.Advocate), x.Open(t, x.w.Book)
			x.come(t, by, 0, "a", "one")
			for _, c := range x.contacts(t) {
				x.w.Take(t, ana, c.ID)
				x.w.Close(t, ana, c.ID)
			}
			x.w.Advance(t, time.Second)
			x.come(t, by, 0, "b", "two")
			if all := x.contacts(t); len(all) != 2 || !all[1].Returned {
				x.say("there is no second contact, of somebody who returns")
			}
			x.reads(t, ana, 1, "two")
		}},
		{"what is said twice is once", func(t testing.TB, x *exam) {
			ana, by := x.w.Hire(t, hotline.Advocate), x.Open(t, x.w.Book)
			x.come(t, by, 0, "a", "one")
			x.come(t, by, 0, "b", "one") // which she has written twice
			x.come(t, by, 0, "a", "one")
			x.w.Advance(t, 25*time.Hour)
			x.w.SignIn(t, ana)
			x.come(t, by, 0, "b", "one")
			x.reads(t, ana, 0, "one", "one")
		}},
		{"it is answered once it is kept", func(t testing.TB, x *exam) {
			ana := x.w.Hire(t, hotline.Advocate)
			line := &down{x.w.Book, 1}
			by := x.Open(t, line)
			err := by.Come(t.Context(), x.From[0], "a", canary)
			if err == nil {
				x.say("the vendor is told that we have what nobody has")
			} else if strings.Contains(err.Error(), "Zwergkanarie") || strings.Contains(err.Error(), x.From[0]) || strings.Contains(err.Error(), x.Kept[0]) {
				x.say("the error quotes what came")
			}
			line.times = 0
			x.come(t, by, 0, "a", canary) // it says it again
			x.reads(t, ana, 0, canary)
		}},
		{"nothing of her stands readable", func(t testing.TB, x *exam) {
			by := x.Open(t, x.w.Book)
			x.come(t, by, 0, "vendor-0123456789", canary)
			x.come(t, by, 0, "vendor-9876543210", canary)
			if x.w.Count(t, `SELECT count(*) FROM message`) == 0 {
				x.say("nothing came")
			}
			for _, secret := range []string{canary, x.From[0], x.Kept[0], "vendor-0123456789", "vendor-9876543210"} {
				if len(x.w.Holding(t, secret)) > 0 {
					x.say("her words, her address or the vendor's name for them stand readable")
				}
			}
		}},
	}
}
