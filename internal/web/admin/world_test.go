package admin_test

import (
	"context"
	"image"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/outage"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/web/admin"
	"github.com/freeline-org/freeline/internal/web/session"
	"github.com/freeline-org/freeline/internal/web/ui"
)

// world is a line with its pages on a real server.
type world struct {
	*hotlinetest.World
	*admin.Admin
	line     *line
	editions *edition.Book
	law      *retention.Legal
	work     *session.Work
	place    *routing.Place
	srv      *httptest.Server
	log      *logged
	gave     chan struct{} // a job that gives a team's key was done
	searched chan struct{} // a session has searched for a legal request
}

// line is what app joins to the pages.
type line struct {
	mu     sync.Mutex
	tags   []string
	backup time.Time
}

func (l *line) Languages(context.Context) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.tags), nil
}

func (l *line) SetLanguages(_ context.Context, _ hotline.PersonID, tags []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tags = tags
	return nil
}

func (l *line) Kept(context.Context) (admin.Kept, error) {
	const day = 24 * time.Hour
	return admin.Kept{Readable: day, Destroyed: 7 * day, Unread: 7 * day, Parked: 36 * time.Hour, Signatures: 1}, nil
}

func (l *line) BackedUp(context.Context) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.backup, nil
}

// logged keeps what was written to the log.
type logged struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func picture(address seal.Text) (image.Image, error) {
	key, err := otp.NewKeyFromURL(address.Reveal())
	if err != nil {
		return nil, err
	}
	return key.Image(240, 240)
}

func newWorld(t *testing.T, e *dbtest.Engine) *world {
	t.Helper()
	w := &world{World: hotlinetest.New(t, e), line: &line{tags: []string{"en", "ar"}}, log: new(logged), gave: make(chan struct{}, 9), searched: make(chan struct{}, 9)}
	words, err := i18n.Load()
	hotlinetest.Must(t, err)
	assets, err := ui.New()
	hotlinetest.Must(t, err)
	kinds := append(routing.Kinds(), edition.Kind{Name: policy.KindAbout, Check: policy.CheckAbout}, edition.Kind{Name: "languages"},
		edition.Kind{Name: form.Kind, Check: form.Check}, edition.Kind{Name: interpret.KindPhrases, Check: interpret.Check},
		edition.Kind{Name: protocol.Kind, Check: protocol.Check}, edition.Kind{Name: policy.KindHarm, Check: policy.CheckHarmDeadlines}, edition.Kind{Name: emergency.Kind, Check: emergency.Check},
		edition.Kind{Name: policy.KindDuty, Check: policy.CheckDuty}, edition.Kind{Name: edition.KindReviewers, Check: edition.CheckReviewers},
		edition.Kind{Name: policy.KindOurs, Check: policy.CheckOurs},
		edition.Kind{Name: flow.Kind, Check: flow.Check}, edition.Kind{Name: flow.KindNumbers, Check: flow.CheckNumbers}, edition.Kind{Name: flow.KindPieces, Check: flow.CheckPieces},
		edition.Kind{Name: policy.KindExpect, Check: policy.CheckExpect}, edition.Kind{Name: policy.KindScope, Check: policy.CheckScope},
		edition.Kind{Name: safety.KindWords, Check: safety.CheckWords}, edition.Kind{Name: safety.KindCover, Check: safety.CheckCover})
	w.editions, err = edition.New(t.Context(), e.Main, bus.Memory(), w.Clock, kinds...)
	hotlinetest.Must(t, err)
	w.editions.Trust(w.Line, w.Authority)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	runner := jobs.New(e.Main, w.Bus, log)
	w.work = session.NewWork(w.Keeper, runner, log)
	members := session.Members()
	w.work.Handle(vault.JobMember, func(ctx context.Context, r *vault.Ring, j jobs.Job) error {
		defer func() { w.gave <- struct{}{} }()
		return members(ctx, r, j)
	})
	w.place, err = routing.NewPlace(t.Context(), e.Main, w.editions, log)
	hotlinetest.Must(t, err)
	w.law = retention.NewLegal(retention.New(retention.Parts{
		Line: w.Line, Main: e.Main, Store: e.Shred, Shred: w.Shred, Book: w.Book, Authority: w.Authority, Log: w.Log, Intake: w.Intake, Alarm: func(err error) { t.Error(err) },
	}, retention.Defaults()), policy.NewLegalDesk(e.Main, w.Log, contact.Bell{Kind: contact.Law}))
	w.work.Handle(retention.JobSearch, func(ctx context.Context, r *vault.Ring, j jobs.Job) error {
		defer func() { w.searched <- struct{}{} }()
		return w.law.Work(ctx, r, j)
	})
	w.Admin, err = admin.New(admin.Parts{
		DB: e.Main, Keeper: w.Keeper, Accounts: w.Accounts, Staff: w.Staff, Editions: w.editions, Line: w.line, Queue: w.place, Sounds: prompt.New(e.Main), Outages: outage.New(e.Main, w.Bus),
		Drafts:     func(_ context.Context, lang string) bool { return lang != "fil" },
		Procedures: w.Procedures,
		Harm:       policy.NewHarmRegister(e.Main, w.Log, w.editions, contact.Bell{Kind: contact.Harm}), Legal: w.law,
		Door: session.NewDoor(w.Keeper, w.Staff, w.work, w.time), Limits: session.NewLimits(w.time),
		Client: func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() },
		Assets: assets, Words: words, Picture: picture, Log: log, Clock: w.time,
	})
	hotlinetest.Must(t, err)
	mux := http.NewServeMux()
	w.Mount(mux)
	mux.Handle("GET "+ui.Prefix, assets)
	w.srv = httptest.NewTLSServer(session.Safe(mux, http.HandlerFunc(w.Foreign)))
	t.Cleanup(w.srv.Close)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { // ends with the test, which waits for it
		defer close(done)
		w.work.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-done })
	return w
}

// time is the engine's, which a test can move.
func (w *world) time() (t time.Time) {
	_ = w.Engine.Main.Read(context.Background(), func(tx db.Tx) error {
		ms, err := db.Now(tx)
		t = time.UnixMilli(ms)
		return err
	})
	return t
}

// client is one browser of somebody's.
type client struct {
	*http.Client
	w *world
	t testing.TB
}

func (w *world) browser(t testing.TB) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	hotlinetest.Must(t, err)
	return &client{&http.Client{
		Jar: jar, Timeout: 20 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: w.srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, w, t}
}

// an answer, read to its end.
type answer struct {
	*http.Response
	body string
}

func (b *client) get(path string) answer {
	b.t.Helper()
	return b.do("GET", path, nil)
}

func (b *client) post(path string, in url.Values) answer {
	b.t.Helper()
	return b.do("POST", path, in)
}

func (b *client) do(method, path string, in url.Values) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.w.srv.URL+path, strings.NewReader(in.Encode()))
	hotlinetest.Must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	return b.sent(r)
}

// sent is the answer to a request, read to its end.
func (b *client) sent(r *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(r)
	hotlinetest.Must(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	hotlinetest.Must(b.t, err)
	return answer{res, string(body)}
}

// signIn goes through the page.
func (b *client) signIn(p *hotlinetest.Person) answer {
	b.t.Helper()
	return b.post("/signin", url.Values{"name": {p.Name}, "passphrase": {p.Passphrase.Reveal()}, "code": {b.w.Code(b.t, p)}})
}

// as gives a browser somebody's newest session.
func (w *world) as(t testing.TB, p *hotlinetest.Person) *client {
	t.Helper()
	b := w.browser(t)
	b.give(p.Token)
	return b
}

func (b *client) give(tok vault.Token) {
	rec := httptest.NewRecorder()
	session.Put(rec, tok)
	at, _ := url.Parse(b.w.srv.URL)
	b.Jar.SetCookies(at, rec.Result().Cookies())
}

// went fails unless an answer leads to a path.
func (a answer) went(t testing.TB, path string) {
	t.Helper()
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Fatalf("the answer is %d to %q, want to be led to %s\n%s", a.StatusCode, a.Header.Get("Location"), path, a.told())
	}
}

// told is what a page says went wrong.
func (a answer) told() string {
	_, rest, ok := strings.Cut(a.body, `role="alert"`)
	if !ok {
		return ""
	}
	told, _, _ := strings.Cut(rest, "</div>")
	return told
}

// is fails unless an answer has a status and some words.
func (a answer) is(t testing.TB, status int, words ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("the answer is %d, want %d\n%s", a.StatusCode, status, a.told())
	}
	for _, s := range words {
		if !strings.Contains(a.body, s) {
			t.Errorf("the page does not say %q\n%s", s, a.told())
		}
	}
}
