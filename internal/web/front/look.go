package front

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/i18n"
)

// look shows the one page there is: home, or the step that her cookie says.
func (f *Front) look(w http.ResponseWriter, r *http.Request) {
	if covered(r) {
		f.cover(w, r)
		return
	}
	ctx := r.Context()
	t, known := ticketOf(r)
	l := f.language(r)
	if !known {
		f.home(ctx, w, r, l)
		return
	}
	http.SetCookie(w, cookie(herCookie, t.String(), herTime))
	if err := f.step(ctx, w, r, l, t); errors.Is(err, errNothing) {
		f.home(ctx, w, r, l) // nothing tells whoever holds the phone that there was more
	} else if err != nil {
		f.fail(w, r, err, form{})
	}
}

// step shows the page of a step; errNothing says that it has none any more.
func (f *Front) step(ctx context.Context, w http.ResponseWriter, r *http.Request, l *i18n.Language, t ticket) error {
	switch t.Step {
	case returning, refused:
		return f.page(ctx, w, r, l, "return", func(_ context.Context, fr frame) (any, error) {
			return returnView{frame: fr, Nothing: t.Step == refused}, nil
		})
	case choosing:
		return f.page(ctx, w, r, l, "languages", plain)
	case erased:
		return f.page(ctx, w, r, l, "gone", plain)
	case expecting:
		return f.expect(ctx, w, r, l, t)
	case answered:
		return f.answers(ctx, w, r, l, t)
	case chatting, writing, shownCode, erasing, asking, requesting, noStep:
	}
	p, err := f.callers.find(ctx, t.Token)
	if err != nil {
		return err
	}
	if err := f.callers.book.See(ctx, p.Contact.ID); err != nil {
		return err
	}
	if aside := map[step]string{erasing: "erase", asking: "privacy", requesting: "ask"}[t.Step]; aside != "" {
		return f.page(ctx, w, r, l, aside, plain)
	}
	if code, err := r.Cookie(codeCookie); err == nil && t.Step == shownCode && isCode(code.Value) {
		return f.page(ctx, w, r, l, "code", func(_ context.Context, fr frame) (any, error) { return codeView{fr, groups(code.Value)}, nil })
	}
	if p.Contact.State == contact.Parked && t.Step != writing {
		return f.page(ctx, w, r, l, "parked", func(ctx context.Context, fr frame) (any, error) {
			s, err := f.Line.Stands(ctx, l.Tag())
			fr.Refresh = 60
			return parkedView{fr, closed(l, s)}, err
		})
	}
	return f.page(ctx, w, r, l, "chat", func(ctx context.Context, fr frame) (any, error) {
		s, err := f.Line.Stands(ctx, l.Tag())
		v := chatOf(fr, p.Contact)
		v.Promised = promised(l, p.Contact, s.Now.Location())
		return v, err
	})
}

func chatOf(fr frame, c contact.Contact) chatView {
	return chatView{
		frame: fr, Ended: over(c.State), Anew: c.State == contact.Closed, Same: met(c),
		Wish: c.State == contact.Waiting && c.Wishes.Any(),
	}
}

// met reports whether somebody of the line had a contact.
func met(c contact.Contact) bool { return c.Advocate != "" }

// page shows a page of hers.
func (f *Front) page(ctx context.Context, w http.ResponseWriter, r *http.Request, l *i18n.Language, name string, view func(context.Context, frame) (any, error)) error {
	fr, err := f.begin(ctx, name, l)
	if err != nil {
		return err
	}
	v, err := view(ctx, fr)
	if err != nil {
		return err
	}
	f.show(w, r, http.StatusOK, name, v)
	return nil
}

func plain(_ context.Context, fr frame) (any, error) { return plainView{fr}, nil }

// over reports whether a contact has ended: the next word goes on with it or
// begins another.
func over(s contact.State) bool { return s == contact.Closing || s == contact.Closed }

// home is the page of whoever has not chosen yet. It sets no cookie.
func (f *Front) home(ctx context.Context, w http.ResponseWriter, r *http.Request, l *i18n.Language) {
	err := f.page(ctx, w, r, l, "home", func(ctx context.Context, fr frame) (any, error) {
		s, err := f.Line.Stands(ctx, l.Tag())
		return homeView{fr, s.Open, hours(l, s), wait(l, "front.home.chat", s), s.Disturbed}, err
	})
	if err != nil {
		f.fail(w, r, err, form{})
	}
}

// expect stands before the first word. Where there is a contact already, since the
// answer to the first word was lost on the way, it is shown instead.
func (f *Front) expect(ctx context.Context, w http.ResponseWriter, r *http.Request, l *i18n.Language, t ticket) error {
	p, err := f.callers.find(ctx, t.Token)
	if err == nil && !over(p.Contact.State) {
		t = t.to(chatting)
		http.SetCookie(w, cookie(herCookie, t.String(), herTime))
		return f.step(ctx, w, r, l, t)
	}
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	return f.page(ctx, w, r, l, "expect", func(ctx context.Context, fr frame) (any, error) {
		s, err := f.Line.Stands(ctx, l.Tag())
		if err != nil {
			return nil, err
		}
		e, err := f.Line.Expect(ctx, l.Tag())
		if err != nil {
			return nil, err
		}
		told := f.pages.told(e)
		fr.Draft = fr.Draft || told.Draft
		return expectView{fr, wait(l, "front.expect.next", s), told, met(p.Contact)}, nil
	})
}

// answers shows what she has not read yet.
func (f *Front) answers(ctx context.Context, w http.ResponseWriter, r *http.Request, l *i18n.Language, t ticket) error {
	p, said, err := f.callers.read(ctx, t.Token, 0)
	if err != nil {
		return err
	}
	if err := f.callers.book.See(ctx, p.Contact.ID); err != nil {
		return err
	}
	s, err := f.Line.Stands(ctx, l.Tag())
	if err != nil {
		return err
	}
	return f.page(ctx, w, r, l, "answers", func(_ context.Context, fr frame) (any, error) {
		v := answersView{frame: fr, Promised: promised(l, p.Contact, s.Now.Location())}
		for _, m := range said {
			if !hers(m) {
				v.Replies, v.Last = append(v.Replies, row(l, m, s.Now)), m.Seq
			}
		}
		return v, nil
	})
}

// info is public information.
func (f *Front) info(w http.ResponseWriter, r *http.Request) {
	if covered(r) {
		f.cover(w, r)
		return
	}
	slug, l := r.PathValue("slug"), f.language(r)
	if !slices.Contains(slugs(), slug) {
		f.trouble(w, r, notHere, form{})
		return
	}
	if err := f.page(r.Context(), w, r, l, slug, f.about(slug, l)); err != nil {
		f.fail(w, r, err, form{})
	}
}

// about makes the view of a page of public information.
func (f *Front) about(slug string, l *i18n.Language) func(context.Context, frame) (any, error) {
	return func(ctx context.Context, fr frame) (any, error) {
		switch slug {
		case "scope":
			s, err := f.Line.Scope(ctx, l.Tag())
			return f.pages.scope(fr, s), err
		case "who", "keep":
			r, err := f.Line.Readers(ctx)
			return readersView{fr, r}, err
		}
		return plainView{fr}, nil
	}
}
