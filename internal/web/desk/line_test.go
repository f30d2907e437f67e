package desk_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// A line is a whole one, with its desk on a loopback address.
type line struct {
	*hotlinetest.World
	url      string
	mux      *http.ServeMux
	editions *edition.Book
}

func open(t *testing.T, e *dbtest.Engine) *line {
	t.Helper()
	return openAs(t, e, desk.Config{Node: "test"})
}

func openAs(t *testing.T, e *dbtest.Engine, cfg desk.Config) *line {
	t.Helper()
	return openWith(t, e, cfg)
}

// openWith changes what the desk stands on.
func openWith(t *testing.T, e *dbtest.Engine, cfg desk.Config, set ...func(*desk.Parts)) *line {
	t.Helper()
	l := &line{World: hotlinetest.New(t, e)}
	quiet := slog.New(slog.DiscardHandler)
	editions, err := edition.New(t.Context(), e.Main, l.Bus, time.Now, append(routing.Kinds(),
		edition.Kind{Name: interpret.KindPhrases, Check: interpret.Check}, edition.Kind{Name: form.Kind, Check: form.Check}, edition.Kind{Name: protocol.Kind, Check: protocol.Check},
		edition.Kind{Name: policy.KindDuty, Check: policy.CheckDuty}, edition.Kind{Name: policy.KindOurs, Check: policy.CheckOurs},
		edition.Kind{Name: emergency.Kind, Check: emergency.Check},
		edition.Kind{Name: safety.KindWords, Check: safety.CheckWords}, edition.Kind{Name: safety.KindCover, Check: safety.CheckCover})...)
	hotlinetest.Must(t, err)
	for lang, body := range interpret.Shipped() {
		hotlinetest.Must(t, editions.Begin(t.Context(), l.First.ID, interpret.PhrasesKey(lang), body))
	}
	for name, body := range form.Shipped() {
		hotlinetest.Must(t, editions.Begin(t.Context(), l.First.ID, form.Key(name), body))
	}
	for k, body := range safety.Shipped() {
		hotlinetest.Must(t, editions.Begin(t.Context(), l.First.ID, k, body))
	}
	place, err := routing.NewPlace(t.Context(), e.Main, editions, quiet)
	hotlinetest.Must(t, err)
	files, err := packed()
	hotlinetest.Must(t, err)
	parts := desk.Parts{
		DB: e.Main, Book: l.Book, Record: l.Record, Staff: l.Staff, Keeper: l.Keeper, Accounts: l.Accounts, Classes: place, Bus: l.Bus,
		Door: session.NewDoor(l.Keeper, l.Staff, nil, time.Now), Editions: editions, Translators: l.Translators, Situations: l.Situations, Procedures: l.Procedures, Emergencies: l.Emergencies, Decisions: l.Decisions(), Consents: l.Consents, Phrases: safety.NewPhrases(e.Main, l.Log, editions), Page: files.page, Log: quiet,
	}
	for _, f := range set {
		f(&parts)
	}
	d := desk.New(cfg, parts)
	mux := http.NewServeMux()
	d.Mount(mux, func(w http.ResponseWriter, _ *http.Request, err error) { w.WriteHeader(problem.Of(err).Kind.Status()) })
	mux.Handle("GET "+ui.Prefix, files.assets)
	mux.HandleFunc("GET /in", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: session.Cookie, Value: r.URL.Query().Get("as"), Path: "/", Secure: true, HttpOnly: true})
		http.Redirect(w, r, desk.PagePath, http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	runner := jobs.New(e.Main, l.Bus, quiet)
	runner.Handle(contact.JobSend, func(ctx context.Context, j jobs.Job) error {
		id, message, _ := strings.Cut(j.Body, " ")
		return l.Book.Send(ctx, hotline.ContactID(id), message)
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		runner.Run(ctx)
	}()
	t.Cleanup(func() {
		d.Close()
		server.Close()
		cancel()
		<-done
	})
	l.url, l.editions, l.mux = server.URL, editions, mux
	return l
}

// taken is a line on which somebody has just taken a caller's chat.
func taken(t *testing.T, e *dbtest.Engine) (*line, *hotlinetest.Person, *hotlinetest.Caller) {
	t.Helper()
	l := open(t, e)
	ana := l.Hire(t, hotline.Advocate)
	c := l.Arrive(t, "her words")
	l.Take(t, ana, c.Contact)
	return l, ana, c
}

// asksOf is the field of a contact's form in force.
func (l *line) asksOf(t *testing.T, name, code string) string {
	t.Helper()
	e, err := l.editions.Current(t.Context(), form.Key(name))
	hotlinetest.Must(t, err)
	f, err := form.Parse(e.Body)
	hotlinetest.Must(t, err)
	for _, field := range f.Fields {
		if field.Code == code {
			return field.ID
		}
	}
	t.Fatalf("the form %s does not ask %s", name, code)
	return ""
}

// packed is what every line here serves; packing it takes longer than all else that a line needs.
var packed = sync.OnceValues(func() (served, error) {
	assets, err := ui.New()
	if err != nil {
		return served{}, err
	}
	words, err := i18n.Load()
	if err != nil {
		return served{}, err
	}
	page, err := desk.NewPage(assets, words, "/signout")
	return served{assets, page}, err
})

type served struct {
	assets *ui.Assets
	page   *desk.Page
}

// Offer rings for one person, as routing does.
func (l *line) Offer(t *testing.T, id hotline.ContactID, p *hotlinetest.Person) {
	t.Helper()
	c := l.Find(t, id)
	hotlinetest.Must(t, l.Engine.Main.Write(t.Context(), func(tx db.Tx) error { return l.Book.OfferTo(tx, c, p.ID) }))
	l.Book.Told(id)
}

// A console is a desk without a browser: it speaks the frames.
type console struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan map[string]json.RawMessage
	closed chan error
}

// at opens a desk for a person, and waits for what it shows.
func (l *line) at(t *testing.T, p *hotlinetest.Person) (*console, desk.Snapshot) {
	t.Helper()
	c := l.dial(t, p)
	c.say("hello", desk.Hello{Have: map[string]int64{}, Drafts: map[string]int64{}})
	return c, await[desk.Snapshot](c, "snapshot", nil)
}

func (l *line) dial(t *testing.T, p *hotlinetest.Person) *console {
	t.Helper()
	conn, answer, err := websocket.Dial(t.Context(), l.url+desk.SocketPath, &websocket.DialOptions{HTTPHeader: cookie(p)})
	if err != nil {
		t.Fatalf("dial: %v %v", err, answer)
	}
	conn.SetReadLimit(8 << 20)
	c := &console{t: t, conn: conn, frames: make(chan map[string]json.RawMessage, 1000), closed: make(chan error, 1)}
	go func() { // ends with the connection
		for {
			_, b, err := conn.Read(context.Background())
			if err != nil {
				c.closed <- err
				close(c.frames)
				return
			}
			var f map[string]json.RawMessage
			if err := json.Unmarshal(b, &f); err != nil {
				t.Error(err)
			}
			c.frames <- f
		}
	}()
	t.Cleanup(func() { _ = conn.CloseNow() })
	return c
}

func cookie(p *hotlinetest.Person) http.Header {
	return http.Header{"Cookie": {session.Cookie + "=" + base64.RawURLEncoding.EncodeToString(p.Token)}}
}

// say sends a frame.
func (c *console) say(kind string, frame any) {
	c.t.Helper()
	b, err := json.Marshal(frame)
	if err != nil {
		c.t.Fatal(err)
	}
	text := `{"v":1,"t":"` + kind + `"`
	if string(b) != "{}" {
		text += "," + string(b[1:])
	} else {
		text += "}"
	}
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

const patience = 20 * time.Second

// await reads frames until one of a kind fits; those before it are passed over.
func await[T any](c *console, kind string, fits func(T) bool) T {
	c.t.Helper()
	var seen []string
	late := time.After(patience)
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				c.t.Fatalf("the socket closed before %s came; came: %v", kind, seen)
			}
			seen = append(seen, string(f["t"]))
			if string(f["t"]) != `"`+kind+`"` {
				continue
			}
			var frame T
			if err := json.Unmarshal([]byte(asJSON(f)), &frame); err != nil {
				c.t.Fatal(err)
			}
			if fits == nil || fits(frame) {
				return frame
			}
		case <-late:
			c.t.Fatalf("%s did not come; came: %v", reflect.TypeFor[T](), seen)
		}
	}
}

// none reads until a frame of another kind comes, and fails on one of this kind.
func (c *console) none(kind, until string) {
	c.t.Helper()
	late := time.After(patience)
	for {
		select {
		case f := <-c.frames:
			switch string(f["t"]) {
			case `"` + kind + `"`:
				c.t.Fatalf("%s came: %s", kind, asJSON(f))
			case `"` + until + `"`:
				return
			}
		case <-late:
			c.t.Fatalf("%s did not come", until)
		}
	}
}

// pinged is a way to wait until the desk has done what was said before.
func (c *console) pinged() {
	c.say("ping", desk.Ping{})
	await[desk.Pong](c, "pong", nil)
}
