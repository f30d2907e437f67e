package situation

import (
	"context"
	"maps"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A Whole situation is one as it is opened: heads, roles, what happened, tasks. What
// was said and written stays closed.
type Whole struct {
	Situation
	Key        *vault.Situation
	Parts      []Part
	Happenings []Happening // newest first
	Tasks      []Task
	Knows      []hotline.PersonID // to whom it is closed

	heads map[string]consent.Opened
}

// Heads are the opened heads under which consents stand, by whose they are: those of the
// contacts that are in it, and the situation's own.
func (w *Whole) Heads() map[string]consent.Opened { return w.heads }

// A Part is a contact, a person or a place in a situation.
type Part struct {
	Of       string
	Kind     string
	About    hotline.ContactID
	At       int64
	By       hotline.PersonID
	Version  int64
	Role     seal.Text // empty where nobody wrote one
	Detailed bool      // there are names or addresses
	Gone     bool      // its key is
	Contact  contact.Contact
	Head     *contact.Head // of a contact; nil where it does not open
}

// A Happening is one thing we did or wrote.
type Happening struct {
	ID      string
	Contact hotline.ContactID
	Kind    string
	At      int64
	By      hotline.PersonID
	Text    seal.Text
	Gone    bool
}

// Open opens a situation for a person: one leaf for the situation, and one for the page
// of heads in it.
func (b *Book) Open(ctx context.Context, r *vault.Ring, id hotline.SituationID, why string) (*Whole, error) {
	key, err := r.Situation(ctx, id, why)
	if err != nil {
		return nil, err
	}
	return b.load(ctx, r.Me(), key)
}

// Around opens a situation as [Book.Open] does, for somebody who talks with one in it and
// looks at something beside that: what she has not read of it stays unread.
func (b *Book) Around(ctx context.Context, r *vault.Ring, id hotline.SituationID, why string) (*Whole, error) {
	key, err := r.Situation(ctx, id, why)
	if err != nil {
		return nil, err
	}
	return b.look(ctx, key)
}

// load reads what an opened situation holds, for somebody who reads it.
func (b *Book) load(ctx context.Context, reader hotline.PersonID, key *vault.Situation) (*Whole, error) {
	w, err := b.look(ctx, key)
	if err != nil {
		return nil, err
	}
	return w, b.read(ctx, reader, key.ID)
}

func (b *Book) look(ctx context.Context, key *vault.Situation) (*Whole, error) {
	w, id := &Whole{Key: key}, key.ID
	var all []part
	var did []happening
	var todo []task
	var rows map[hotline.ContactID]contact.Contact
	err := b.db.Read(ctx, func(tx db.Tx) (err error) {
		if w.Situation, err = scan(tx.QueryRow(`SELECT `+columns+` FROM situation WHERE id = $1`, id)); err != nil {
			return err
		}
		if all, err = parts(tx, id); err != nil {
			return err
		}
		if did, err = happenings(tx, id); err != nil {
			return err
		}
		if todo, err = tasks(tx, `situation = $1 ORDER BY due LIMIT 1000`, id); err != nil {
			return err
		}
		if w.Knows, err = contact.Blocked(tx, id); err != nil {
			return err
		}
		if all, did, todo, err = forgottenHere(tx, id, all, did, todo); err != nil {
			return err
		}
		rows, err = contact.Some(tx, contactsOf(all)...)
		if err == nil {
			err = b.contacts.AsForgotten(tx, rows)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return w, b.fill(ctx, w, all, did, todo, rows)
}

// read takes the unread line from whoever has looked.
func (b *Book) read(ctx context.Context, p hotline.PersonID, id hotline.SituationID) error {
	var unread int
	if err := b.db.One(ctx, `SELECT count(*) FROM news WHERE person = $1 AND situation = $2`, []any{p, id}, &unread); err != nil || unread == 0 {
		return err
	}
	return b.db.Write(ctx, func(tx db.Tx) error { return seen(tx, p, id) })
}

func contactsOf(all []part) (ids []hotline.ContactID) {
	for _, p := range all {
		if p.Kind == ContactPart {
			ids = append(ids, hotline.ContactID(p.Of))
		}
	}
	return ids
}

// fill opens what stands under heads.
func (b *Book) fill(ctx context.Context, w *Whole, all []part, did []happening, todo []task, rows map[hotline.ContactID]contact.Contact) error {
	var here []hotline.ContactID
	objects := map[string]bool{}
	objectOf := map[hotline.ContactID]string{}
	for _, p := range all {
		if p.Object != w.Key.Object() {
			objects[p.Object] = true
		}
		if p.Kind == ContactPart {
			objectOf[hotline.ContactID(p.Of)] = p.Object
			if c, ok := rows[hotline.ContactID(p.Of)]; ok && c.State != contact.Erased {
				here = append(here, c.ID)
			}
		}
	}
	views, held, err := w.Key.Page(ctx, here, slices.Sorted(maps.Keys(objects)))
	if err != nil {
		return err
	}
	heads := headsOf(views)
	held[w.Key.Object()] = w.Key.Own()
	w.heads = map[string]consent.Opened{string(w.ID): w.Key.Own()}
	for c, object := range objectOf {
		if h, ok := held[object]; ok {
			w.heads[string(c)] = h
		}
	}
	for _, p := range all {
		w.Parts = append(w.Parts, partOf(w.ID, p, held, rows, heads))
	}
	object := func(c hotline.ContactID) string {
		if c == "" {
			return w.Key.Object()
		}
		return objectOf[c]
	}
	for _, h := range did {
		v := Happening{ID: h.ID, Contact: h.Contact, Kind: h.Kind, At: h.At, By: h.By}
		// That a contact came or went stands under nobody's key.
		if len(h.Sealed) > 0 {
			v.Text, v.Gone = openRow(held, object(h.Contact), "happening", h.ID, 1, h.Sealed)
		}
		w.Happenings = append(w.Happenings, v)
	}
	for _, t := range todo {
		w.Tasks = append(w.Tasks, taskOf(t, held, object(t.Contact)))
	}
	return nil
}

func headsOf(views []vault.View) map[hotline.ContactID]contact.Head {
	heads := map[hotline.ContactID]contact.Head{}
	for _, v := range views {
		if v.Err == nil {
			heads[v.Contact] = v.Head
		}
	}
	return heads
}

func partOf(id hotline.SituationID, p part, held map[string]vault.Held, rows map[hotline.ContactID]contact.Contact, heads map[hotline.ContactID]contact.Head) Part {
	v := Part{Of: p.Of, Kind: p.Kind, About: p.About, At: p.At, By: p.By, Version: p.Version, Detailed: len(p.Detail) > 0}
	if p.Kind == ContactPart {
		v.Contact = rows[hotline.ContactID(p.Of)]
		if h, ok := heads[v.Contact.ID]; ok {
			v.Head = &h
		}
	}
	_, ok := held[p.Object]
	v.Gone = !ok
	if len(p.Sealed) > 0 {
		v.Role, v.Gone = openRow(held, p.Object, "part", string(id)+" "+p.Of, p.Version, p.Sealed)
	}
	return v
}

func taskOf(t task, held map[string]vault.Held, object string) Task {
	v := Task{ID: t.ID, In: t.In, Contact: t.Contact, Due: t.Due, Person: t.Person, At: t.At, By: t.By, DoneAt: t.DoneAt, DoneBy: t.DoneBy}
	v.Text, v.Gone = openRow(held, object, "task", t.ID, 1, t.Sealed)
	return v
}

// openRow opens one sealed text; what does not open is gone.
func openRow(held map[string]vault.Held, object, table, row string, version int64, sealed []byte) (seal.Text, bool) {
	h, ok := held[object]
	if !ok {
		return seal.Text{}, true
	}
	text, err := h.Row(table, "sealed", row, version, sealed)
	return text, err != nil
}

// Again reads an opened situation anew, without a new leaf for what is open already.
// One that was closed, or closed to the reader, since then is opened as it stands.
func (b *Book) Again(ctx context.Context, r *vault.Ring, was *Whole) (*Whole, error) {
	var now Situation
	var knows bool
	err := b.db.Read(ctx, func(tx db.Tx) (err error) {
		if now, err = scan(tx.QueryRow(`SELECT `+columns+` FROM situation WHERE id = $1`, was.ID)); err != nil {
			return err
		}
		knows, err = contact.Knows(tx, was.ID, r.Me())
		return err
	})
	if err != nil {
		return nil, err
	}
	if knows || now.State != was.State || now.ShredS != was.ShredS {
		return b.Open(ctx, r, was.ID, "desk")
	}
	return b.load(ctx, r.Me(), was.Key)
}
