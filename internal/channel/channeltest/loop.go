// Package channeltest has a way in and out that only tests have, and the examination
// that every adapter sits.
package channeltest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Line is what a vendor reaches of a line.
type Line interface {
	Receive(ctx context.Context, in contact.Incoming) (contact.Contact, error)
	Report(ctx context.Context, s contact.Status) error
}

// Loop stands for a vendor and for whoever holds the telephones behind it: it brings
// words in, takes what leaves, and reports late.
type Loop struct {
	line    Line
	channel hotline.Channel

	mu    sync.Mutex
	next  []answer // for what comes next, in this order; then Accept
	got   []Message
	calls int
}

// A Message is what arrived at the vendor.
type Message struct {
	To, Text, Ref, Receipt string
}

// answer is how the vendor behaves once.
type answer struct {
	take, tell bool // it takes the message; it says so
	err        error
	entered    chan struct{} // closed when it has the message in hand
	wait       chan struct{} // before it answers
}

// NewLoop returns a vendor of a channel that takes everything.
func NewLoop(line Line, ch hotline.Channel) *Loop {
	return &Loop{line: line, channel: ch}
}

// Write is somebody at an address who writes: her first words make a contact.
func (l *Loop) Write(ctx context.Context, from, words string) (hotline.ContactID, error) {
	return l.Come(ctx, from, hotline.NewID(), words)
}

// Come brings words in under the vendor's own name for them. A vendor that is not told that
// they are kept says them again, under the same name.
func (l *Loop) Come(ctx context.Context, from, name, words string) (hotline.ContactID, error) {
	c, err := l.line.Receive(ctx, contact.Incoming{
		ID: hotline.NewID(), Channel: l.channel, Lang: "en", Text: seal.Conceal(words), From: seal.Conceal(from), As: seal.Conceal(name),
	})
	return c.ID, err
}

func (l *Loop) plan(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = append(l.next, a)
}

// Fail has it be out of reach once.
func (l *Loop) Fail() { l.plan(answer{err: channel.ErrDown}) }

// Refuse has it refuse once.
func (l *Loop) Refuse() { l.plan(answer{err: channel.ErrRefused}) }

// errLost is a connection that broke before the answer came.
var errLost = errors.New("loop: the answer is lost")

// Lose has it take a message once, and its answer be lost.
func (l *Loop) Lose() { l.plan(answer{take: true, err: errLost}) }

// Delay has it take a message once, and answer only when release is called. entered is
// closed as soon as it has it in hand.
func (l *Loop) Delay() (entered <-chan struct{}, release func()) {
	a := answer{take: true, tell: true, entered: make(chan struct{}), wait: make(chan struct{})}
	l.plan(a)
	return a.entered, sync.OnceFunc(func() { close(a.wait) })
}

// Send implements channel.Sender.
func (l *Loop) Send(ctx context.Context, out channel.Outgoing) (channel.Accepted, error) {
	l.mu.Lock()
	l.calls++
	a := answer{take: true, tell: true}
	if len(l.next) > 0 {
		a, l.next = l.next[0], l.next[1:]
	}
	m := Message{To: plain(out.To), Text: plain(out.Text), Ref: plain(out.Ref), Receipt: hotline.NewID()}
	if a.take {
		l.got = append(l.got, m)
	}
	l.mu.Unlock()
	if a.wait != nil {
		close(a.entered)
		select {
		case <-a.wait:
		case <-ctx.Done():
			return channel.Accepted{}, ctx.Err()
		}
	}
	if !a.tell {
		return channel.Accepted{}, a.err
	}
	return channel.Accepted{Receipt: seal.Conceal(m.Receipt)}, nil
}

func plain(t seal.Text) string { return t.Reveal() }

// Got is what arrived, in order.
func (l *Loop) Got() []Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}

// Calls is how often something was handed over, whatever became of it.
func (l *Loop) Calls() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// Report says late how a message ended, by the vendor's name for it or by ours.
func (l *Loop) Report(ctx context.Context, name, sent string) error {
	return l.line.Report(ctx, contact.Status{Channel: l.channel, Name: seal.Conceal(name), Sent: sent})
}

// loopWriter is a Loop as whoever writes meets it.
type loopWriter struct{ *Loop }

// Come implements Writer.
func (l loopWriter) Come(ctx context.Context, from, name, words string) error {
	_, err := l.Loop.Come(ctx, from, name, words)
	return err
}

// LoopEntrance is the tests' own way in, for the examination.
func LoopEntrance() Entrance {
	return Entrance{
		Channel: hotline.Text, From: [2]string{"+15550101", "+15550102"}, Kept: [2]string{"+15550101", "+15550102"},
		Open: func(_ testing.TB, line Line) Writer { return loopWriter{NewLoop(line, hotline.Text)} },
	}
}
