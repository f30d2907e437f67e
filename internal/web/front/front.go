// Package front is the face that a caller sees: number and hours, what to expect,
// the chat, coming back by a code, deleting, leaving. It promises that
//
//   - every page works without script, in one request of at most 14 KB, on an old
//     phone, and her script only makes the same pages live;
//   - there is one address and one title, and after she has left no Back shows
//     anything (see leave.go);
//   - words that the line has taken are never lost, words that it has not taken come
//     back to her, and the same words are written once however often they are sent;
//   - a wrong, an expired and an erased code look the same and take the same time;
//   - nothing is kept of her before her first word, and nothing of her address ever.
package front

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/own"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/i18n"
)

// Line is what is said of the line itself. Its answers may be a few seconds old.
type Line interface {
	// About says it in a language that the line offers.
	About(ctx context.Context, lang string) (About, error)
	// Stands tells how the line stands for whoever would write now in a language.
	Stands(ctx context.Context, lang string) (Standing, error)
	// Waits tells how long a waiting contact still waits that has so many before it.
	Waits(ctx context.Context, c contact.Contact, before int) (Wait, error)
	// Expect is what she is told before her first word, in a language or in one that
	// has it.
	Expect(ctx context.Context, lang string) (Expect, error)
	// Scope is what the line is for, in a language or in one that has it.
	Scope(ctx context.Context, lang string) (Scope, error)
	// Readers tells who can read what she writes, and for how long.
	Readers(ctx context.Context) (Readers, error)
}

// Outside tells whose browser is kept out for a while after an abusive chat.
type Outside interface {
	Is(ctx context.Context, lookup []byte) bool
}

// Config is what a line may change.
type Config struct {
	// Languages are those of the pages; the first is for whoever wants none of
	// them. Empty: all that have a catalogue.
	Languages []string
	// Harmless is where leaving leads, by language: a large site that says nothing
	// of help. The empty language is for the rest.
	Harmless map[string]string
	// Limits are those of one client; none at all are [DefaultLimits].
	Limits Limits
}

// Parts are what the pages need.
type Parts struct {
	Words *i18n.Catalogue
	Line  Line
	Own   *own.Own
	Book  *contact.Book
	Staff *staff.Staff
	Bus   bus.Bus
	// Outside tells whose browser is kept out; nil where nobody is.
	Outside Outside
	Clock   func() time.Time
	// Address is the client's, as far as trusted proxies vouch for it. It is hashed
	// at once and kept nowhere; where it is not known it is not valid.
	Address func(*http.Request) netip.Addr
	Log     *slog.Logger
}

// Front serves a caller's pages.
type Front struct {
	Parts
	harmless map[string]string
	pages    *pages
	match    *i18n.Matcher
	policy   string
	origins  []string
	callers  callers
	limits   *limiter
	codes    *once
	streams  *streams
	cross    *http.CrossOriginProtection
	mux      *http.ServeMux
	unlisten func()
	ended    chan struct{}
	end      sync.Once
}

// New returns the pages of a line. Close ends what they hold open.
func New(c Config, p Parts) (*Front, error) {
	pages, err := newPages(p.Words, c.Languages)
	if err != nil {
		return nil, err
	}
	f := &Front{Parts: p, harmless: c.Harmless, pages: pages, cross: http.NewCrossOriginProtection(), ended: make(chan struct{})}
	if f.origins, err = origins(c.Harmless); err != nil {
		return nil, err
	}
	if f.harmlessFor("") == "" {
		return nil, fmt.Errorf("front: there is no harmless site to leave to")
	}
	if f.Clock == nil || f.Address == nil || f.Log == nil {
		return nil, fmt.Errorf("front: a part is missing")
	}
	var tags []string
	for _, l := range pages.offered {
		tags = append(tags, l.Tag())
	}
	f.match = p.Words.Matcher(tags...)
	f.policy = contentPolicy(pages.hashes, f.origins, "")
	f.callers = callers{p.Own, p.Book, p.Staff}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	f.limits = newLimiter(c.Limits, p.Clock)
	f.codes = &once{clock: p.Clock, made: map[string]*making{}}
	f.streams = newStreams()
	f.unlisten = p.Bus.Subscribe(f.streams.hear)
	f.mux = http.NewServeMux()
	for _, r := range f.routes() {
		f.mux.HandleFunc(r.pattern, r.serve)
	}
	return f, nil
}

type route struct {
	pattern string
	serve   http.HandlerFunc
}

// routes lists every address there is.
func (f *Front) routes() []route {
	return []route{
		{"GET /{$}", f.look},
		{"POST /{$}", f.post},
		{"GET /log", f.log},
		{"GET /leave", f.covered},
		{"POST /leave", f.leave},
		{"GET /p/{slug}", f.info},
		{"GET /robots.txt", robots},
		{"GET /favicon.ico", icon},
		{"/", func(w http.ResponseWriter, r *http.Request) { f.trouble(w, r, notHere, form{}) }},
	}
}

// Routes lists the patterns of every address, for tests that look at all of them.
func (f *Front) Routes() []string {
	var all []string
	for _, r := range f.routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Close ends every open log. The pages themselves can still be asked for.
func (f *Front) Close() {
	f.end.Do(func() {
		close(f.ended)
		f.unlisten()
	})
}

// ServeHTTP answers a request.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if err := f.cross.Check(r); err != nil {
		f.trouble(w, r, notOurs, form{})
		return
	}
	if r.Method != http.MethodPost && r.URL.Path != "/log" && !f.limits.pass(r.Context(), f.Address(r), aPage) {
		f.trouble(w, r, tooFast, form{})
		return
	}
	f.mux.ServeHTTP(w, r)
}

func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /log\nDisallow: /leave\n"))
}

// icon is no icon: a browser that asks for one shows its own plain sheet.
func icon(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// harmlessFor is where leaving leads in a language.
func (f *Front) harmlessFor(lang string) string {
	for _, l := range []string{lang, "", f.pages.offered[0].Tag()} {
		if site := f.harmless[l]; site != "" {
			return site
		}
	}
	for _, l := range f.pages.offered {
		if site := f.harmless[l.Tag()]; site != "" {
			return site
		}
	}
	return ""
}

// language is that of a page: what she chose, else what her browser asks for.
func (f *Front) language(r *http.Request, chosen ...string) *i18n.Language {
	if t, ok := ticketOf(r); ok {
		chosen = append(chosen, t.Lang)
	}
	chosen = append(chosen, r.URL.Query().Get("l"))
	for _, tag := range chosen {
		if l := f.offers(tag); l != nil {
			return l
		}
	}
	return f.Words.For(f.match.Match(r.Header.Get("Accept-Language")))
}

// offers returns a language of the line by its tag, or nil.
func (f *Front) offers(tag string) *i18n.Language {
	for _, l := range f.pages.offered {
		if l.Tag() == tag {
			return l
		}
	}
	return nil
}
