package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/desk"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// An Advocate is at a desk without a browser: she signs in through the page, speaks
// the frames, comes back when the connection goes, and sends again what was not
// acknowledged.
type Advocate struct {
	Name   string
	Answer func(contact, heard string) string // what she replies to a line; empty = nothing
	Heard  func(contact, text string, took time.Time)

	Trace func(string) // what happens, for who looks for a fault

	at     func() string
	cookie string
	tb     testing.TB

	mu      sync.Mutex
	have    map[string]int64             // contact: newest seq
	said    map[string][]desk.Message    // contact: in order
	unacked map[string]desk.Send         // by id
	Acked   map[string]map[string]string // contact: id: text
	replied map[string]bool              // message of hers: answered
	mine    map[string]bool              // contacts
	conn    *websocket.Conn              // of now
	phones  chan desk.PhoneAnswer
	greeted bool // the desk has answered her hello
	again   int  // how often the connection was made
}

// Sign signs somebody in through the page of a node.
func Sign(tb testing.TB, a *cast.Actor, at func() string) *Advocate {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	must(tb, err)
	client := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at())
		},
	}}
	defer client.CloseIdleConnections()
	code, err := account.CodeAt(seal.Conceal(a.Secret), time.Now())
	must(tb, err)
	form := url.Values{"name": {a.Name}, "passphrase": {a.Passphrase}, "code": {code}}
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, "http://desk.localhost/signin", strings.NewReader(form.Encode()))
	must(tb, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	must(tb, err)
	must(tb, res.Body.Close())
	if res.StatusCode != http.StatusSeeOther {
		tb.Fatalf("sign-in of %s: status %d", a.Name, res.StatusCode)
	}
	adv := &Advocate{
		Name: a.Name, at: at, tb: tb, have: map[string]int64{}, said: map[string][]desk.Message{}, unacked: map[string]desk.Send{},
		Acked: map[string]map[string]string{}, replied: map[string]bool{}, mine: map[string]bool{},
		phones: make(chan desk.PhoneAnswer, 1),
	}
	for _, c := range res.Cookies() {
		adv.cookie = c.Name + "=" + c.Value
	}
	return adv
}

// Work is at the desk until ctx ends.
func (a *Advocate) Work(ctx context.Context) {
	for ctx.Err() == nil {
		if err := a.sit(ctx); err != nil && ctx.Err() == nil {
			a.trace(err.Error())
			time.Sleep(50 * time.Millisecond) // the desk's own pause before it connects again
		}
	}
}

func (a *Advocate) dial(ctx context.Context) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, a.at())
		},
	}}
	conn, res, err := websocket.Dial(ctx, "ws://desk.localhost"+desk.SocketPath, &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: http.Header{"Cookie": {a.cookie}, "Origin": {"http://desk.localhost"}},
	})
	if err != nil {
		if res != nil && res.StatusCode == http.StatusUnauthorized {
			a.tb.Errorf("%s is signed out", a.Name)
		}
		return nil, err
	}
	conn.SetReadLimit(8 << 20)
	return conn, nil
}

// sit is one connection.
func (a *Advocate) sit(ctx context.Context) error {
	conn, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	a.mu.Lock()
	a.again++
	a.conn, a.greeted = conn, false
	have := map[string]int64{}
	for c, n := range a.have {
		have[c] = n
	}
	a.mu.Unlock()
	say := func(kind string, frame any) error { return put(ctx, conn, kind, frame) }
	if err := say("hello", desk.Hello{Have: have, Drafts: map[string]int64{}}); err != nil {
		return err
	}
	beat, stop := context.WithCancel(ctx)
	defer stop()
	go func() { // ends with the connection
		t := time.NewTicker(5 * time.Second)
		defer t.Stop()
		for {
			select {
			case <-beat.Done():
				return
			case <-t.C:
				_ = put(beat, conn, "ping", desk.Ping{})
			}
		}
	}()
	for {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := a.take(b, say); err != nil {
			return err
		}
	}
}

func put(ctx context.Context, conn *websocket.Conn, kind string, frame any) error {
	b, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	head := fmt.Sprintf(`{"v":%d,"t":%q`, desk.Version, kind)
	if len(b) > 2 {
		head += ","
	}
	return conn.Write(ctx, websocket.MessageText, append([]byte(head), b[1:]...))
}

// take takes a frame up.
func (a *Advocate) take(b []byte, say func(string, any) error) error {
	now := time.Now()
	var head struct{ T string }
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	a.trace(string(b))
	read := func(into any) error { return json.Unmarshal(b, into) }
	switch head.T {
	case "snapshot":
		var f desk.Snapshot
		if err := read(&f); err != nil {
			return err
		}
		a.mu.Lock()
		a.greeted = true
		a.mu.Unlock()
		if f.Me.State == "away" {
			if err := say("state", desk.State{State: "ready"}); err != nil {
				return err
			}
		}
		for _, s := range a.waiting() {
			if err := say("send", s); err != nil {
				return err
			}
		}
		for _, o := range f.Offers {
			if err := say("accept", desk.Accept{Offer: o.ID, Epoch: o.Epoch}); err != nil {
				return err
			}
		}
		for _, c := range f.Contacts {
			if err := a.contact(c, now, say); err != nil {
				return err
			}
		}
	case "offer":
		var f desk.OfferFrame
		if err := read(&f); err != nil || f.Ended != "" {
			return err
		}
		return say("accept", desk.Accept{Offer: f.Offer.ID, Epoch: f.Offer.Epoch})
	case "contact":
		var f desk.ContactFrame
		if err := read(&f); err != nil || f.Gone != "" {
			return err
		}
		return a.contact(f.Contact, now, say)
	case "message":
		var f desk.MessageFrame
		if err := read(&f); err != nil {
			return err
		}
		return a.message(f.Contact, f.Message, now, say)
	case "ack":
		var f desk.Ack
		if err := read(&f); err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if s, ok := a.unacked[f.ID]; ok {
			delete(a.unacked, f.ID)
			if a.Acked[s.Contact] == nil {
				a.Acked[s.Contact] = map[string]string{}
			}
			a.Acked[s.Contact][f.ID] = s.Text
		}
	case "phone_answer":
		var f desk.PhoneAnswer
		if err := read(&f); err != nil {
			return err
		}
		select { // only the newest counts, and nobody may be waiting for it
		case <-a.phones:
		default:
		}
		a.phones <- f
	case "refused":
		var f desk.Refused
		if err := read(&f); err != nil {
			return err
		}
		if f.Of == "send" {
			return errors.New("refused") // connects again, and sends again
		}
	}
	return nil
}

func (a *Advocate) contact(c desk.Contact, now time.Time, say func(string, any) error) error {
	a.mu.Lock()
	a.mine[c.ID] = true
	a.mu.Unlock()
	for _, m := range c.Messages {
		if err := a.message(c.ID, m, now, say); err != nil {
			return err
		}
	}
	return nil
}

func (a *Advocate) message(contact string, m desk.Message, now time.Time, say func(string, any) error) error {
	if m.Seq == 0 {
		return nil
	}
	a.mu.Lock()
	if m.Seq <= a.have[contact] {
		a.mu.Unlock()
		return nil
	}
	if m.Seq > a.have[contact]+1 {
		have := map[string]int64{}
		for c, n := range a.have {
			have[c] = n
		}
		a.mu.Unlock()
		return say("hello", desk.Hello{Have: have, Drafts: map[string]int64{}})
	}
	a.have[contact] = m.Seq
	a.said[contact] = append(a.said[contact], m)
	a.mu.Unlock()
	if m.Side != "caller" {
		return nil
	}
	if a.Heard != nil {
		a.Heard(contact, m.Text, now)
	}
	if a.Answer == nil {
		return nil
	}
	text := a.Answer(contact, m.Text)
	if text == "" {
		return nil
	}
	s := desk.Send{ID: hotline.NewID(), Contact: contact, Text: text}
	a.mu.Lock()
	a.unacked[s.ID] = s
	a.mu.Unlock()
	return say("send", s)
}

// Said is what her desk shows of each contact.
func (a *Advocate) Said() map[string][]desk.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string][]desk.Message{}
	for c, ms := range a.said {
		out[c] = append([]desk.Message(nil), ms...)
	}
	return out
}

// Say sends a frame of any kind on the connection of now.
func (a *Advocate) Say(ctx context.Context, kind string, frame any) error {
	a.mu.Lock()
	conn := a.conn
	a.mu.Unlock()
	return put(ctx, conn, kind, frame)
}

// A Browser is the end of her telephone at which she sits: one that says tones, or one that
// measures.
type Browser interface {
	// Offer is what it says to be joined.
	Offer() (string, error)
	// Join takes the line's answer, and returns when sound can go.
	Join(ctx context.Context, answer string) error
}

// Phone joins a browser to her desk, which is her telephone from then on. Her desk must be
// open, and she has one telephone at a time.
func (a *Advocate) Phone(ctx context.Context, b Browser) error {
	offer, err := b.Offer()
	if err != nil {
		return err
	}
	if err := a.Say(ctx, "phone_offer", desk.PhoneOffer{N: 1, SDP: offer}); err != nil {
		return err
	}
	select {
	case f := <-a.phones:
		return b.Join(ctx, f.SDP)
	case <-time.After(time.Minute):
		return errors.New("no answer to a browser's offer in a minute")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// At tells whether her desk is open: before it was greeted it does nothing for her.
func (a *Advocate) At() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conn != nil && a.greeted
}

// waiting are her messages that were not acknowledged yet.
func (a *Advocate) waiting() (out []desk.Send) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.unacked {
		out = append(out, s)
	}
	return out
}

// Cookie is what her browser carries.
func (a *Advocate) Cookie() string { return a.cookie }

// Owing is how many of her messages were not acknowledged yet.
func (a *Advocate) Owing() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.unacked)
}

func (a *Advocate) trace(what string) {
	if a.Trace != nil {
		a.Trace(what)
	}
}
