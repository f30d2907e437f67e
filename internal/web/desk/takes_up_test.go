package desk_test

import (
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// The first desk that opens a contact takes up what came with it: her wish to be called back
// goes into the head, and whoever wrote, or calls, from a number of long ago returns. No frame says
// the number, nor anything of what was before.
func TestADeskTakesUpWhatCameWithAContact(t *testing.T) {
	t.Parallel()
	const number = "+15550101"
	l, b := rings(t, dbtest.New(t))
	amina := l.Hire(t, hotline.Advocate)
	loop := channeltest.NewLoop(l.Book, hotline.Text)
	text := func(words string) hotline.ContactID {
		id, err := loop.Write(t.Context(), number, words)
		hotlinetest.Must(t, err)
		l.Take(t, amina, id)
		return id
	}
	first := text("the green door")
	l.at(t, amina)
	if l.Find(t, first).Returned {
		t.Error("somebody new returns")
	}
	l.Close(t, amina, first)
	l.SQL(t, `DELETE FROM recent`) // a week later
	call := l.Call(t, number)
	hotlinetest.Must(t, l.Book.WishCallBack(t.Context(), call.ID, contact.CallBack{Number: seal.Conceal(number)}))
	b.from(call.ID, number)
	l.Phones.Connect(amina)
	l.Enter(t, "ready", amina)
	l.Take(t, amina, call.ID)
	again := text("hello")
	_, snap := l.at(t, amina)
	if len(snap.Contacts) != 2 {
		t.Fatalf("the desk begins with %d contacts", len(snap.Contacts))
	}
	if all := asJSON(snap); strings.Contains(all, "15550101") || strings.Contains(all, "green door") || strings.Contains(all, string(first)) {
		t.Error("the desk is told the number, or what was before")
	}
	if !l.Find(t, call.ID).Returned || !l.Find(t, again).Returned {
		t.Error("whoever wrote from this number before does not return")
	}
	h, err := l.Head(t, amina, call.ID)
	hotlinetest.Must(t, err)
	if h.Number != number || h.Safety.Ways[contact.ByCall].May != contact.Yes || l.Count(t, `SELECT count(*) FROM call_back`) != 0 {
		t.Error("her wish is not in the head, or stays beside it")
	}
}
