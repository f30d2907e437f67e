package desk_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// A script plays the server's side of the socket for the pages: it keeps what a line would keep
// and answers each frame as MODEL 8 says. The tests move it.
type script struct {
	tb    testing.TB
	url   string
	codec *desk.Codec

	mu      sync.Mutex
	me      desk.Me
	queue   []desk.Row
	held    []*desk.Contact
	people  []desk.Person
	alerts  []desk.Alert
	offers  []desk.Offer
	board   *desk.Board
	unsent  map[string]time.Time
	drafts  map[string]desk.Draft
	got     []any
	sockets map[*websocket.Conn]bool
	locked  bool
	down    bool
	refuse  map[string]desk.Refused // by kind: answered once
	quiet   bool                    // sends are not acknowledged
	near    bool                    // what comes later does not
}

const undoFor = 4 * time.Second

func play(tb testing.TB) *script {
	tb.Helper()
	s := &script{
		tb: tb, codec: desk.NewCodec(), unsent: map[string]time.Time{}, drafts: map[string]desk.Draft{},
		sockets: map[*websocket.Conn]bool{}, refuse: map[string]desk.Refused{},
	}
	s.night()
	assets, err := ui.New()
	if err != nil {
		tb.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		tb.Fatal(err)
	}
	page, err := desk.NewPage(assets, words, "/out")
	if err != nil {
		tb.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, assets)
	mux.HandleFunc("GET "+desk.FilesPath, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		near := s.near
		s.mu.Unlock()
		if near && isLater(r.URL.Path) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		page.Files(w, r)
	})
	mux.Handle("GET "+desk.PagePath, page)
	mux.HandleFunc("GET "+desk.SessionPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET "+desk.SocketPath, s.socket)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /out", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("signed out")) })
	server := httptest.NewServer(mux)
	tb.Cleanup(func() {
		s.drop()
		server.Close()
	})
	s.url = server.URL
	return s
}

// isLater reports whether a file belongs to what comes later.
func isLater(url string) bool {
	return strings.HasPrefix(path.Base(url), "far-") || strings.HasPrefix(path.Base(url), "telephone-") || strings.HasPrefix(path.Base(url), "more.")
}

func (s *script) socket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	s.mu.Lock()
	s.sockets[c] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.sockets, c)
		s.mu.Unlock()
		_ = c.CloseNow()
	}()
	for {
		_, b, err := c.Read(r.Context())
		if err != nil {
			return
		}
		kind, frame, err := s.codec.Decode(b)
		if err != nil {
			s.tb.Errorf("the desk sent %s, which is refused: %v", kind, err)
			continue
		}
		s.answer(c, kind, frame)
	}
}

func (s *script) tell(c *websocket.Conn, frame any) {
	b, err := s.codec.Encode(frame)
	if err != nil {
		s.tb.Error(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.Write(ctx, websocket.MessageText, b)
}

// all sends to every open desk.
func (s *script) all(frame any) {
	s.mu.Lock()
	to := make([]*websocket.Conn, 0, len(s.sockets))
	for c := range s.sockets {
		to = append(to, c)
	}
	s.mu.Unlock()
	for _, c := range to {
		s.tell(c, frame)
	}
}

// drop cuts every connection; with down set none comes back.
func (s *script) drop() {
	s.mu.Lock()
	to := make([]*websocket.Conn, 0, len(s.sockets))
	for c := range s.sockets {
		to = append(to, c)
	}
	s.mu.Unlock()
	for _, c := range to {
		_ = c.CloseNow()
	}
}

func (s *script) setDown(down bool) {
	s.mu.Lock()
	s.down = down
	s.mu.Unlock()
	if down {
		s.drop()
	}
}

func now() int64 { return time.Now().UnixMilli() }

func (s *script) find(id string) *desk.Contact {
	i := slices.IndexFunc(s.held, func(c *desk.Contact) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return s.held[i]
}

func (s *script) snapshot(have map[string]int64) desk.Snapshot {
	snap := desk.Snapshot{
		Now: now(), Me: s.me, Queue: slices.Clone(s.queue), People: s.people, Offers: slices.Clone(s.offers),
		Alerts: slices.Clone(s.alerts), Board: s.board, Contacts: []desk.Contact{},
	}
	for _, c := range s.held {
		shown := *c
		shown.Messages = slices.DeleteFunc(slices.Clone(c.Messages), func(m desk.Message) bool { return m.Seq > 0 && m.Seq <= have[c.ID] })
		if d, ok := s.drafts[c.ID]; ok {
			shown.Drafts = []desk.Draft{d}
		}
		snap.Contacts = append(snap.Contacts, shown)
	}
	return snap
}

func (s *script) answer(c *websocket.Conn, kind string, frame any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, frame)
	if no, ok := s.refuse[kind]; ok {
		delete(s.refuse, kind)
		no.Of, no.ID = kind, about(frame)
		go s.tell(c, no)
		return
	}
	switch f := frame.(type) {
	case desk.Hello:
		if s.locked {
			go s.tell(c, desk.Lock{})
			return
		}
		s.tell(c, s.snapshot(f.Have))
	case desk.Ping:
		s.tell(c, desk.Pong{Now: now()})
	case desk.Draft:
		s.drafts[f.Contact] = f
		s.tell(c, desk.Draft{Contact: f.Contact, Place: f.Place, N: f.N})
	case desk.Send:
		s.send(c, f)
	case desk.Undo:
		s.undo(c, f)
	case desk.Take:
		s.queue = slices.DeleteFunc(s.queue, func(r desk.Row) bool { return r.Contact == f.Contact })
		fresh := madeUp(f.Contact, "Linden", "en", "other", 4)
		fresh.Messages = []desk.Message{{ID: hotline.NewID(), Seq: 1, Side: "caller", Text: "hello, is somebody there", At: now() - 4*60000}}
		fresh.LastSeq = 1
		s.held = append(s.held, &fresh)
		s.me.Load++
		s.tell(c, desk.QueueFrame{Set: []desk.Row{}, Gone: []string{f.Contact}})
		s.tell(c, desk.ContactFrame{Contact: fresh})
		s.tell(c, desk.MeFrame{Me: s.me})
	case desk.State:
		s.me.State = f.State
		s.tell(c, desk.MeFrame{Me: s.me})
	case desk.Mark:
		if h := s.find(f.Contact); h != nil {
			h.Danger = f.Danger
			s.tell(c, desk.ContactFrame{Contact: bare(h)})
		}
	case desk.Accept:
		s.accept(c, f)
	case desk.Decline:
		s.offers = slices.DeleteFunc(s.offers, func(o desk.Offer) bool { return o.ID == f.Offer })
		s.tell(c, desk.OfferFrame{Offer: desk.Offer{ID: f.Offer, Why: []string{}}, Ended: "declined"})
	case desk.HandBack:
		s.leaves(c, f.Contact, "back")
	case desk.Sleep:
		if h := s.find(f.Contact); h != nil {
			h.State = "sleeping"
			s.tell(c, desk.ContactFrame{Contact: bare(h)})
		}
	case desk.HandOver:
		if h := s.find(f.Contact); h != nil {
			h.Over = &desk.Over{To: "Wren", Until: now() + 20000}
			s.tell(c, desk.ContactFrame{Contact: bare(h)})
		}
	case desk.End:
		s.end(c, f)
	case desk.Extend:
		if h := s.find(f.Contact); h != nil {
			h.WrapUntil += s.me.Limits.Wrap
			s.tell(c, desk.ContactFrame{Contact: bare(h)})
		}
	case desk.Seen:
		for i := range s.alerts {
			if s.alerts[i].ID == f.Alert {
				s.alerts[i].SeenBy, s.alerts[i].SeenAt = s.me.Name, now()
				s.tell(c, desk.AlertFrame{Alert: s.alerts[i]})
			}
		}
	case desk.Assign:
		s.queue = slices.DeleteFunc(s.queue, func(r desk.Row) bool { return r.Contact == f.Contact })
		s.tell(c, desk.QueueFrame{Set: []desk.Row{}, Gone: []string{f.Contact}})
	case desk.Join:
		for i := range s.board.With {
			if s.board.With[i].Contact == f.Contact {
				s.board.With[i].Joined = !f.Leave
				s.board.With[i].Readers = []string{s.me.Name}
			}
		}
		s.tell(c, desk.BoardFrame{Board: *s.board})
		seen := madeUp(f.Contact, "Walnut", "ar", "self", 31)
		seen.Mine, seen.Advocate, seen.Readers = false, "Amina", []string{s.me.Name}
		seen.Messages = []desk.Message{{ID: hotline.NewID(), Seq: 1, Side: "caller", Text: "hello", At: now()}}
		s.tell(c, desk.ContactFrame{Contact: seen})
	case desk.Cover:
		s.locked = true
		s.tell(c, desk.Lock{})
	case desk.Unlock:
		if f.Passphrase != "right" {
			s.tell(c, desk.Refused{Of: "unlock", ID: "", Why: "denied", Key: "problem.denied"})
			return
		}
		s.locked = false
		s.tell(c, s.snapshot(map[string]int64{}))
	case desk.AskPhrases:
		s.tell(c, s.phrases(f))
	case desk.Typing, desk.PhoneBye, desk.PhoneOffer, desk.Mute, desk.Hold, desk.Digit, desk.Listen:
	default:
		s.languages(c, f)
	}
}

// about is what a frame is about.
func about(frame any) string {
	var f struct{ ID, Offer, Alert, Contact string }
	_ = json.Unmarshal([]byte(asJSON(frame)), &f)
	return cmp.Or(f.ID, f.Offer, f.Alert, f.Contact)
}

func (s *script) send(c *websocket.Conn, f desk.Send) {
	if s.quiet {
		return
	}
	h := s.find(f.Contact)
	if h == nil {
		s.tell(c, desk.Refused{Of: "send", ID: f.ID, Why: "missing", Key: "problem.missing"})
		return
	}
	if i := slices.IndexFunc(h.Messages, func(m desk.Message) bool { return m.ID == f.ID }); i >= 0 {
		s.tell(c, desk.Ack{ID: f.ID, Until: h.Messages[i].Until})
		return
	}
	until := time.Now().Add(undoFor)
	s.unsent[f.ID] = until
	h.Messages = append(h.Messages, desk.Message{ID: f.ID, Side: "advocate", By: s.me.Name, Text: f.Text, At: now(), Until: until.UnixMilli()})
	s.tell(c, desk.Ack{ID: f.ID, Until: until.UnixMilli()})
	time.AfterFunc(undoFor, func() { s.leave(f.Contact, f.ID) })
}

// leave gives an unsent message its number.
func (s *script) leave(contact, id string) {
	s.mu.Lock()
	h := s.find(contact)
	if h == nil {
		s.mu.Unlock()
		return
	}
	i := slices.IndexFunc(h.Messages, func(m desk.Message) bool { return m.ID == id && m.Seq == 0 })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	h.LastSeq++
	m := h.Messages[i]
	m.Seq, m.Until = h.LastSeq, 0
	h.Messages = append(slices.Delete(h.Messages, i, i+1), m)
	delete(s.unsent, id)
	s.mu.Unlock()
	s.all(desk.MessageFrame{Contact: contact, Message: m})
}

func (s *script) undo(c *websocket.Conn, f desk.Undo) {
	for _, h := range s.held {
		i := slices.IndexFunc(h.Messages, func(m desk.Message) bool { return m.ID == f.ID })
		if i < 0 {
			continue
		}
		if h.Messages[i].Seq > 0 {
			s.tell(c, desk.Refused{Of: "undo", ID: f.ID, Why: "conflict", Key: "problem.conflict"})
			return
		}
		h.Messages = slices.Delete(h.Messages, i, i+1)
		s.tell(c, desk.Undone(f))
		return
	}
	s.tell(c, desk.Refused{Of: "undo", ID: f.ID, Why: "missing", Key: "problem.missing"})
}

func (s *script) accept(c *websocket.Conn, f desk.Accept) {
	i := slices.IndexFunc(s.offers, func(o desk.Offer) bool { return o.ID == f.Offer })
	if i < 0 {
		s.tell(c, desk.Refused{Of: "accept", ID: f.Offer, Why: "conflict", Key: "problem.conflict"})
		return
	}
	o := s.offers[i]
	s.offers = slices.Delete(s.offers, i, i+1)
	fresh := madeUp(o.Contact, "Poplar", o.Lang, o.Reason, 1)
	fresh.Messages, fresh.LastSeq = []desk.Message{{ID: hotline.NewID(), Seq: 1, Side: "caller", Text: "estoy aquí", At: now()}}, 1
	s.held = append(s.held, &fresh)
	s.tell(c, desk.OfferFrame{Offer: o, Ended: "accepted"})
	s.tell(c, desk.ContactFrame{Contact: fresh})
}

func (s *script) end(c *websocket.Conn, f desk.End) {
	if f.Outcome != "" {
		s.leaves(c, f.Contact, "closed")
		return
	}
	if h := s.find(f.Contact); h != nil {
		h.State, h.WrapUntil = "closing", now()+s.me.Limits.Wrap
		s.tell(c, desk.ContactFrame{Contact: bare(h)})
	}
}

func (s *script) leaves(c *websocket.Conn, id, why string) {
	h := s.find(id)
	if h == nil {
		return
	}
	s.held = slices.DeleteFunc(s.held, func(x *desk.Contact) bool { return x.ID == id })
	s.tell(c, desk.ContactFrame{Contact: bare(h), Gone: why})
}

// bare is a contact without its messages: what has changed is something else.
func bare(c *desk.Contact) desk.Contact {
	b := *c
	b.Messages, b.Drafts = nil, nil
	return b
}

// say lets a caller write.
func (s *script) say(contact, text string) {
	s.mu.Lock()
	h := s.find(contact)
	h.LastSeq++
	m := desk.Message{ID: hotline.NewID(), Seq: h.LastSeq, Side: "caller", Text: text, At: now()}
	h.Messages = append(h.Messages, m)
	s.mu.Unlock()
	s.all(desk.MessageFrame{Contact: contact, Message: m})
}

// offer rings.
func (s *script) offer(o desk.Offer) desk.Offer {
	o.ID, o.Contact, o.Epoch = hotline.NewID(), hotline.NewID(), 1
	if o.Until == 0 {
		o.Until = now() + 20000
	}
	s.mu.Lock()
	s.offers = append(s.offers, o)
	s.mu.Unlock()
	s.all(desk.OfferFrame{Offer: o})
	return o
}

// sent lists the frames of one type that have come, as JSON.
func sent[T any](s *script) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []T
	for _, f := range s.got {
		if t, ok := f.(T); ok {
			all = append(all, t)
		}
	}
	return all
}

// come waits until so many have come; a key shows on the page before its frame is here.
func come[T any](s *script, n int) []T {
	for late := time.After(patience); ; {
		if all := sent[T](s); len(all) >= n {
			return all
		}
		select {
		case <-late:
			return sent[T](s)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func madeUp(id, handle, lang, reason string, minutes int64) desk.Contact {
	return desk.Contact{
		ID: id, Handle: handle, Channel: "chat", Lang: lang, Urgency: 3, Reason: reason, State: "live", Page: "open", Mine: true,
		Advocate: "Amina", Readers: []string{}, Began: now() - minutes*60000,
	}
}

func draftKey() string { return base64.StdEncoding.EncodeToString(make([]byte, 32)) }

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
