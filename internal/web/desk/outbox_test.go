package desk_test

import (
	"log/slog"
	"testing"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// What an advocate writes to somebody who came by a channel leaves by it, and her desk
// shows how far it got, whatever is said of it later.
func TestTheDeskShowsHowFarItGot(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	amina, loop := l.Hire(t, hotline.Advocate), channeltest.NewLoop(l.Book, hotline.Text)
	id, err := loop.Write(t.Context(), "+15550101", "hello")
	hotlinetest.Must(t, err)
	l.Take(t, amina, id)
	c, snap := l.at(t, amina)
	if len(snap.Contacts) != 1 || snap.Contacts[0].Channel != "text" {
		t.Fatalf("the desk begins with %+v", snap.Contacts)
	}
	m := hotline.NewID()
	c.say("send", desk.Send{ID: m, Contact: string(id), Text: "I am here."})
	await[desk.Ack](c, "ack", nil)
	shows := func(want string) {
		t.Helper()
		await(c, "message", func(f desk.MessageFrame) bool {
			return f.Message.ID == m && f.Message.Sent == want && f.Message.Text == "I am here."
		})
	}
	shows(contact.Queued)
	leave(t, l, loop, id, m)
	shows(contact.Accepted)
	hotlinetest.Must(t, loop.Report(t.Context(), loop.Got()[0].Receipt, contact.Delivered))
	shows(contact.Delivered)
	if got := loop.Got(); len(got) != 1 || got[0].To != "+15550101" || got[0].Text != "I am here." {
		t.Errorf("%d arrived, or not as it was written", len(got))
	}
}

// leave delivers one message, as a node does.
func leave(t *testing.T, l *line, s channel.Sender, id hotline.ContactID, message string) {
	t.Helper()
	post := app.NewPost(l.Book, l.Shred, app.Ways{hotline.Text: s}, slog.New(slog.DiscardHandler))
	hotlinetest.Must(t, post.Deliver(t.Context(), jobs.Job{Body: string(id) + " " + message}))
}
