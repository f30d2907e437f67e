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
	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
)

// lines is what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// careless is an adapter that breaks its contract: its error quotes what it was given.
type careless struct{}

func (careless) Send(context.Context, channel.Outgoing) (channel.Accepted, error) {
	return channel.Accepted{}, errors.New("send " + reply + " to " + address + ": broken pipe")
}

// Whatever an adapter's error says, the log says only that it failed.
func TestTheLogQuotesNoVendor(t *testing.T) {
	offices(t, func(t *testing.T, o *office) {
		var log lines
		o.post = app.NewPost(o.Book, o.Shred, app.Ways{hotline.Text: careless{}}, slog.New(slog.NewTextHandler(&log, nil)))
		m := o.Draft(t, o.ana, o.id, reply)
		o.later(t, 4*time.Second)
		o.sent(t, m, contact.Unsure)
		if said := log.String(); !strings.Contains(said, "nobody knows") || strings.Contains(said, address) || strings.Contains(said, reply) {
			t.Errorf("the log says %s", said)
		}
	})
}
