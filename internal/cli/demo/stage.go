package demo

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A stage is the line as the people of the scenes use it: callers through its pages,
// the staff in sessions of their own. Nothing is written past the packages that the
// desk goes through.
type stage struct {
	line   *app.Line
	people *cast.Cast
	port   string
	rings  map[string]vault.Token
	seen   map[hotline.ContactID]bool
	number int
}

// as does something in somebody's session.
func (s *stage) as(ctx context.Context, name string, do func(*vault.Ring) error) error {
	tok, ok := s.rings[name]
	if !ok {
		var err error
		if tok, err = s.people.SignIn(ctx, s.line, name); err != nil {
			return err
		}
		s.rings[name] = tok
	}
	return s.line.Keeper.With(ctx, tok, do)
}

// leave ends the sessions of the scenes.
func (s *stage) leave(ctx context.Context) (err error) {
	for _, tok := range s.rings {
		err = errors.Join(err, s.line.Keeper.End(ctx, tok))
	}
	return err
}

// arrive is a caller who writes her first words on the line's page.
func (s *stage) arrive(ctx context.Context, lang, words string) (*caller.Caller, hotline.ContactID, error) {
	s.number++
	c, err := caller.New("line.localhost:"+s.port, lang, 500+s.number, func() string { return net.JoinHostPort("127.0.0.1", s.port) })
	if err != nil {
		return nil, "", err
	}
	err = c.Open(ctx)
	if err == nil {
		err = c.Press(ctx, "chat", "")
	}
	if err == nil {
		err = c.Press(ctx, "send", words)
	}
	if err != nil {
		return c, "", err
	}
	all, err := s.line.Book.List(ctx, 100, contact.Waiting, contact.Offered)
	if err != nil {
		return c, "", err
	}
	slices.SortFunc(all, func(a, b contact.Contact) int { return int(b.Began - a.Began) })
	for _, one := range all {
		if !s.seen[one.ID] && one.Lang == lang && one.Channel == hotline.Chat {
			s.seen[one.ID] = true
			return c, one.ID, nil
		}
	}
	return c, "", contact.ErrMissing
}

// A talk is a contact that somebody of the staff has.
type talk struct {
	*stage
	by string
	id hotline.ContactID
}

// with opens both keys of the contact in its advocate's session.
func (t talk) with(ctx context.Context, do func(r *vault.Ring, words, record *vault.Key, head contact.Head) error) error {
	return t.as(ctx, t.by, func(r *vault.Ring) error {
		words, err := r.Open(ctx, vault.Ref{Contact: t.id}, "demo")
		if err != nil {
			return err
		}
		record, err := r.Open(ctx, vault.Ref{Contact: t.id, Record: true}, "demo")
		if err != nil {
			return err
		}
		head, err := record.Head(ctx)
		if err != nil {
			return err
		}
		return do(r, words, record, head)
	})
}

// talk is a caller who writes to the line, and is answered by one of the staff; her page is
// closed by whoever asks for it.
func (s *stage) talk(ctx context.Context, lang, words, by string) (*caller.Caller, talk, error) {
	c, id, err := s.arrive(ctx, lang, words)
	if err == nil {
		err = s.as(ctx, by, func(r *vault.Ring) error { return s.line.Book.Take(ctx, r.Me(), id, r.Me()) })
	}
	if err != nil {
		if c != nil {
			c.Close()
		}
		return nil, talk{}, err
	}
	return c, talk{s, by, id}, nil
}

// say answers, at once on her page.
func (t talk) say(ctx context.Context, words string) error {
	return t.with(ctx, func(r *vault.Ring, k, _ *vault.Key, head contact.Head) error {
		id := hotline.NewID()
		if err := t.line.Book.Reply(ctx, t.id, contact.Reply{ID: id, By: r.Me(), Key: k.Seal(), Text: seal.Conceal(words), Head: &head}); err != nil {
			return err
		}
		return t.line.Book.Send(ctx, t.id, id)
	})
}

// head writes what must be known before anybody speaks to her.
func (t talk) head(ctx context.Context, change func(*contact.Head)) error {
	now, err := t.day(ctx, 0)
	if err != nil {
		return err
	}
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, head contact.Head) error {
		if change(&head); head.Safety.Safe != "" {
			head.Safety.SafeAt = now
		}
		return t.line.Book.PutHead(ctx, hotline.Actor(r.Me()), t.id, head, record.HeadKey(), "safety")
	})
}

// whom puts right for whom she writes.
func (t talk) whom(ctx context.Context, path hotline.Path) error {
	return t.as(ctx, t.by, func(r *vault.Ring) error { return t.line.Book.SetPath(ctx, r.Me(), t.id, path) })
}

// fill answers fields of the call form, by code.
func (t talk) fill(ctx context.Context, name string, answers map[string]form.Value) error {
	e, err := t.line.Editions.Current(ctx, edition.Key{Kind: form.Kind, Name: name})
	if err != nil {
		return err
	}
	f, err := form.Parse(e.Body)
	if err != nil {
		return err
	}
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, head contact.Head) error {
		if _, _, err := t.line.Book.Under(ctx, t.id, form.Kind, name, e.Number); err != nil {
			return err
		}
		for _, field := range f.Fields {
			v, ok := answers[field.Code]
			if !ok {
				continue
			}
			if err := f.Check(field.ID, v); err != nil {
				return err
			}
			owner := situation.OfContact(t.id, record, head.N)
			if _, err := t.line.Record.Put(ctx, r.Me(), owner, record, field.ID, 0, seal.Conceal(v.JSON())); err != nil {
				return err
			}
		}
		return nil
	})
}

// note leaves a note for whoever comes next.
func (t talk) note(ctx context.Context, words string) error {
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, _ contact.Head) error {
		return t.line.Book.AddNote(ctx, r.Me(), t.id, hotline.NewID(), record.Seal(), seal.Conceal(words))
	})
}

// end closes a contact with its outcome and its facts.
func (t talk) end(ctx context.Context, outcome string, facts hotline.Facts) error {
	c, err := t.line.Book.Find(ctx, t.id)
	if err != nil {
		return err
	}
	return t.with(ctx, func(r *vault.Ring, words, record *vault.Key, head contact.Head) error {
		if err := t.line.Book.EndNow(ctx, hotline.Actor(r.Me()), t.id); err != nil {
			return err
		}
		swap, err := r.Settle(words, record, r.Me())
		if err != nil {
			return err
		}
		head.Outcome, head.Facts = outcome, form.Closing(facts, c.Channel, c.Lang)
		return t.line.Book.CloseNow(ctx, t.id, contact.Outcome{By: r.Me(), Head: head, Key: record.HeadKey(), Swap: swap})
	})
}

// day is a moment some days from now, by the line's clock.
func (s *stage) day(ctx context.Context, days int) (ms int64, err error) {
	return ms, s.line.Main.Read(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		ms = now + (time.Duration(days) * 24 * time.Hour).Milliseconds()
		return err
	})
}

// stay keeps somebody of the scenes at her desk until ctx ends, busy with what she has:
// else her contacts would be given to others after two minutes.
func (s *stage) stay(ctx context.Context, node, name string) error {
	p, err := s.line.Staff.ByName(ctx, name)
	if err != nil {
		return err
	}
	if err := s.line.Staff.Enter(ctx, p.ID, node, staff.Busy); err != nil {
		return err
	}
	for sleep(ctx, 10*time.Second) {
		if err := s.line.Staff.Beat(ctx, node, p.ID); err != nil {
			return err
		}
	}
	return nil
}
