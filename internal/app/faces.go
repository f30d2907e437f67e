package app

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/web/front"
)

// A Door is another way in for the staff host. Only the demo has one.
type Door interface {
	Wrap(line *Line, staff http.Handler) http.Handler
}

// faces are the pages that this process serves.
type faces struct {
	public *public
	staff  http.Handler
	hosts  map[string]http.Handler
	routes *listing // of the staff's host
	ends   []func()
	works  []func(context.Context) // run as long as the app does
}

func newFaces(ctx context.Context, a *App, words *i18n.Catalogue, door Door) (_ *faces, err error) {
	trusted := proxies(prefixes(a.cfg.Web.Proxies))
	f := &faces{hosts: map[string]http.Handler{}}
	if a.serves(config.Front) {
		f.public = &public{languages: a.Line.Languages, counter: a.Line.Editions.Counter, make: func(languages []string) (*front.Front, error) {
			return front.New(front.Config{Languages: languages, Harmless: a.cfg.Decoys}, front.Parts{
				Words: words, Line: saidLine{a.Line, words}, Own: a.Line.Own, Book: a.Line.Book, Staff: a.Line.Staff, Bus: a.bus, Outside: a.Line.Outside,
				Clock: time.Now, Address: trusted.Client, Log: a.log,
			})
		}}
		languages, err := a.Line.Languages(ctx)
		if err != nil {
			return nil, err
		}
		if f.public.made, err = f.public.make(languages); err != nil {
			return nil, err
		}
		f.public.of = languages
		f.ends = append(f.ends, f.public.close)
	}
	if a.serves(config.Staff) {
		if f.staff, err = f.newStaff(a, words, trusted); err != nil {
			return nil, err
		}
		if door != nil {
			f.staff = door.Wrap(a.Line, f.staff)
		}
		f.hosts[a.cfg.Web.Staff] = f.staff
	}
	return f, nil
}

// handler sends each request to its face. A process without the public face
// answers other names with nothing.
func (f *faces) handler() http.Handler {
	h := hosts{front: http.NotFoundHandler(), faces: f.hosts}
	if f.public != nil {
		h.front = f.public
	}
	return h
}

// stop ends streams and sockets.
func (f *faces) stop() {
	for _, end := range f.ends {
		end()
	}
}

func prefixes(of []config.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, len(of))
	for i, p := range of {
		out[i] = p.Prefix
	}
	return out
}

// saidLine is what is said of the line, for the public pages.
type saidLine struct {
	line  *Line
	words *i18n.Catalogue
}

// About says it in a language, or in one that the line has said it in.
func (s saidLine) About(ctx context.Context, lang string) (front.About, error) {
	e, err := s.line.Editions.Current(ctx, policy.AboutKey(lang))
	if errors.Is(err, edition.ErrMissing) {
		for _, other := range append([]string{"en"}, s.words.Tags()...) {
			if e, err = s.line.Editions.Current(ctx, policy.AboutKey(other)); err == nil {
				break
			}
		}
	}
	if errors.Is(err, edition.ErrMissing) { // it has said nothing of itself, and may have numbers nevertheless
		out := front.About{Name: s.line.Name, KeepDays: s.keepDays()}
		out.Phones, err = s.phones(ctx, policy.Number{})
		return out, err
	}
	if err != nil {
		return front.About{}, err
	}
	a, err := policy.ParseAbout(e.Body)
	if err != nil {
		return front.About{}, err
	}
	out := front.About{
		Name: a.Name, RunBy: a.RunBy, Text: front.Number(a.Text), Emergency: front.Number(a.Emergency), KeepDays: s.keepDays(),
	}
	if out.Phones, err = s.phones(ctx, a.Phone); err != nil {
		return front.About{}, err
	}
	for _, h := range a.Night {
		out.Night = append(out.Night, front.Help{Number: front.Number(h.Number), Why: h.Why})
	}
	return out, nil
}

// keepDays is how long words can be opened after a talk ends, in whole days.
func (s saidLine) keepDays() int {
	const day = 24 * time.Hour
	return int((s.line.Book.Settings().KeepWords + day - 1) / day)
}

// Stands tells how the line stands.
func (s saidLine) Stands(ctx context.Context, _ string) (front.Standing, error) {
	p, err := s.line.Place.Standing(ctx, hotline.Chat)
	if err != nil {
		return front.Standing{}, err
	}
	down, err := s.line.Outages.Now(ctx)
	return front.Standing{
		Disturbed: len(down) > 0,
		Now:       p.Now, Open: p.Open, Always: p.Open && p.Turns.IsZero(), Turns: p.Turns,
		Wait: front.Wait{Known: p.Known, Minutes: p.Minutes},
	}, err
}

// Waits guesses how long somebody still waits who has so many before her.
func (s saidLine) Waits(ctx context.Context, c contact.Contact, before int) (front.Wait, error) {
	p, err := s.line.Place.Standing(ctx, hotline.Chat)
	if err != nil {
		return front.Wait{}, err
	}
	w := front.Wait{Known: p.Known, Minutes: p.Minutes}
	if before > 0 && p.Ahead > 0 && w.Minutes > 0 {
		w.Minutes = max(1, w.Minutes*(before+1)/(p.Ahead+1))
	}
	w.Held, err = s.held(ctx, c)
	return w, err
}
