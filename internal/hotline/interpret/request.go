package interpret

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that nobody asks for a translator there, or not for her.
	ErrMissing = problem.New(problem.Missing, "interpret.missing")
	// ErrTaken says that another translator was faster.
	ErrTaken = problem.New(problem.Conflict, "interpret.taken")
	// ErrUnfit says that she may not translate there: her languages, her role, the
	// caller's wish about a community, or she is the advocate herself.
	ErrUnfit = problem.New(problem.Denied, "interpret.unfit")
)

// Skill is the skill of an advocate or a supervisor who translates too.
const Skill = "translates"

// A Request is a contact for which a translator is asked, or works. It stands as long as
// she is needed, and says to whom the contact's words are open.
type Request struct {
	ID         string
	Contact    hotline.ContactID
	Lang       string // the caller's
	Ours       string // the advocate's; empty until somebody has the contact
	AskedBy    hotline.PersonID
	AskedAt    int64
	Translator hotline.PersonID // empty until somebody comes
	TakenAt    int64
	GivenAt    int64 // since when the words are open to her
	N          int64 // of the newest translation
	Passed     []hotline.PersonID
}

// Translators keeps the requests and what the translators write.
type Translators struct {
	db   *db.DB
	book *contact.Book
	log  *audit.Log
	bus  bus.Bus
}

// New returns the translators of a line, and ties what it keeps to the contacts.
func New(d *db.DB, book *contact.Book, log *audit.Log, b bus.Bus) *Translators {
	t := &Translators{d, book, log, b}
	book.Tie(t)
	return t
}

// told has the desks look.
func (t *Translators) told(id hotline.ContactID) {
	t.bus.Publish(bus.Hint{Topic: contact.TopicContact, ID: string(id)})
}

const requestColumns = `id, contact, lang, ours, asked_by, asked_at, translator, taken_at, given_at, n, passed`

func scanRequest(row interface{ Scan(...any) error }) (r Request, err error) {
	var passed string
	err = row.Scan(&r.ID, &r.Contact, &r.Lang, &r.Ours, &r.AskedBy, &r.AskedAt, &r.Translator, &r.TakenAt, &r.GivenAt, &r.N, &passed)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrMissing
	}
	if err == nil {
		err = json.Unmarshal([]byte(passed), &r.Passed)
	}
	return r, err
}

// of reads a request under the lock of its contact: nobody locks a request first.
func of(tx db.Tx, id string) (Request, contact.Contact, error) {
	const q = `SELECT ` + requestColumns + ` FROM translator_request WHERE id = $1`
	r, err := scanRequest(tx.QueryRow(q, id))
	if err != nil {
		return r, contact.Contact{}, err
	}
	c, err := contact.Lock(tx, r.Contact)
	if err != nil {
		return r, c, err
	}
	r, err = scanRequest(tx.QueryRow(q, id))
	return r, c, err
}

// most is how many requests desks look at.
const most = 500

// Requests lists all that stand, oldest first.
func (t *Translators) Requests(ctx context.Context) (out []Request, err error) {
	return out, t.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT `+requestColumns+` FROM translator_request ORDER BY asked_at, id LIMIT $1`, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRequest(rows)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
}

// Of reads the request of a contact; ErrMissing where nobody asks.
func (t *Translators) Of(ctx context.Context, id hotline.ContactID) (r Request, err error) {
	return r, t.db.Read(ctx, func(tx db.Tx) error {
		r, err = scanRequest(tx.QueryRow(`SELECT `+requestColumns+` FROM translator_request WHERE contact = $1`, id))
		return err
	})
}

// Coming says who is about to translate for a contact, or does; nobody is empty.
func Coming(tx db.Tx, id hotline.ContactID) (p hotline.PersonID, err error) {
	err = tx.QueryRow(`SELECT translator FROM translator_request WHERE contact = $1`, id).Scan(&p)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, err
}

// Translates reports whether somebody of the staff translates at all.
func Translates(p staff.Person) bool {
	return p.State == staff.Active &&
		(p.Is(hotline.Translator) || (p.Is(hotline.Advocate) || p.Is(hotline.Supervisor)) && slices.Contains(p.Skills, Skill))
}

// Fits reports whether a person may translate for a contact. Her wish about a community
// holds for whoever reads her words: where few speak a language, many know each other.
func Fits(r Request, c contact.Contact, p staff.Person) bool {
	var communities []string
	for _, s := range p.Skills {
		if name, ok := strings.CutPrefix(s, "community:"); ok {
			communities = append(communities, name)
		}
	}
	switch wish := c.Wishes.NotCommunity; {
	case !Translates(p), c.Advocate == p.ID && c.State != contact.Waiting, slices.Contains(r.Passed, p.ID):
		return false
	case wish == contact.AnyCommunity && len(communities) > 0, wish != "" && slices.Contains(communities, wish):
		return false
	}
	return slices.Contains(p.Languages, r.Lang) && (r.Ours == "" || slices.Contains(p.Languages, r.Ours))
}

// Ask asks for a translator from lang into ours. by is the contact's advocate, or empty
// where the line itself asks for somebody who waits. What stands already is returned as
// it is; where the line has asked, or nobody has come yet, the advocate's languages
// count.
func (t *Translators) Ask(ctx context.Context, by hotline.PersonID, id hotline.ContactID, lang, ours string) (r Request, err error) {
	err = t.db.Write(ctx, func(tx db.Tx) error {
		c, err := contact.Lock(tx, id)
		if err != nil {
			return err
		}
		switch {
		case c.State == contact.Closed || c.State == contact.Erased:
			return contact.ErrOver
		case by != "" && c.Advocate != by:
			return contact.ErrNotYours
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		var newest int64
		if err := tx.QueryRow(`SELECT coalesce(max(n), 0) FROM translation WHERE contact = $1`, id).Scan(&newest); err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO translator_request (id, contact, lang, ours, asked_by, asked_at, n) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (contact) DO NOTHING`,
			hotline.NewID(), id, lang, ours, by, now, newest)
		if err == nil && n == 0 && by != "" {
			_, err = tx.Exec(`UPDATE translator_request SET asked_by = $1, ours = $2, lang = CASE WHEN translator = '' THEN $3 ELSE lang END WHERE contact = $4`, by, ours, lang, id)
		}
		if err != nil {
			return err
		}
		if r, err = scanRequest(tx.QueryRow(`SELECT `+requestColumns+` FROM translator_request WHERE contact = $1`, id)); err != nil || n == 0 {
			return err
		}
		return t.leaf(tx, by, "ask for a translator", id)
	})
	if err == nil {
		t.told(id)
	}
	return r, err
}

// leaf notes what was done; nobody is the line itself.
func (t *Translators) leaf(tx db.Tx, by hotline.PersonID, what string, id hotline.ContactID) error {
	who := hotline.Actor(by)
	if by == "" {
		who = hotline.Machine
	}
	return t.log.Public(audit.Act{By: who, What: what, Object: string(id)}).Insert(tx)
}

// Take makes a request a translator's. The words are open to her once the advocate's
// session has granted them.
func (t *Translators) Take(ctx context.Context, by staff.Person, request string) error {
	return t.change(ctx, request, func(tx db.Tx, r Request, c contact.Contact) error {
		blocked, err := contact.Blocked(tx, c.Situation)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(blocked, by.ID): // she knows the person
			return ErrUnfit
		case r.Translator == by.ID:
			return nil
		case r.Translator != "":
			return ErrTaken
		case !Fits(r, c, by):
			return ErrUnfit
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE translator_request SET translator = $1, taken_at = $2 WHERE id = $3`, by.ID, now, r.ID); err != nil {
			return err
		}
		return t.leaf(tx, by.ID, "translate", r.Contact)
	})
}

// Pass says that a translator cannot come, or goes: the words close to her, and others
// are asked. She need not say why: she may know the caller.
func (t *Translators) Pass(ctx context.Context, by hotline.PersonID, request string) error {
	return t.change(ctx, request, func(tx db.Tx, r Request, c contact.Contact) error {
		passed, _ := json.Marshal(append(slices.DeleteFunc(r.Passed, func(p hotline.PersonID) bool { return p == by }), by)) // names always marshal
		if _, err := tx.Exec(`UPDATE translator_request SET passed = $1 WHERE id = $2`, string(passed), r.ID); err != nil {
			return err
		}
		if r.Translator != by {
			return nil
		}
		if err := t.shut(tx, r, c); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE translator_request SET translator = '', taken_at = 0, given_at = 0 WHERE id = $1`, r.ID); err != nil {
			return err
		}
		return t.leaf(tx, by, "translator goes", r.Contact)
	})
}

// End ends a request, and closes the words to whoever translated. by is the contact's
// advocate, or somebody who may end it for her.
func (t *Translators) End(ctx context.Context, by hotline.PersonID, request string) error {
	return t.change(ctx, request, func(tx db.Tx, r Request, c contact.Contact) error {
		if err := t.end(tx, r, c); err != nil {
			return err
		}
		return t.leaf(tx, by, "no translator", r.Contact)
	})
}

func (t *Translators) change(ctx context.Context, request string, do func(db.Tx, Request, contact.Contact) error) error {
	var r Request
	err := t.db.Write(ctx, func(tx db.Tx) error {
		var c contact.Contact
		var err error
		if r, c, err = of(tx, request); err != nil {
			return err
		}
		return do(tx, r, c)
	})
	if err == nil {
		t.told(r.Contact)
	}
	return err
}

func (t *Translators) end(tx db.Tx, r Request, c contact.Contact) error {
	if err := t.shut(tx, r, c); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM translator_request WHERE id = $1`, r.ID)
	return err
}

// shut takes the grant back that opened a contact's words to its translator. Whoever has
// become its advocate keeps what is hers as that.
func (t *Translators) shut(tx db.Tx, r Request, c contact.Contact) error {
	if r.Translator == "" || c.Advocate == r.Translator {
		return nil
	}
	return seal.Swap{Drop: []seal.Grant{{Object: c.ShredK, Grantee: "person/" + string(r.Translator), Scope: seal.Body}}}.Apply(tx)
}

// Given notes, in the transaction of the grant, that the words are open to the
// translator. Who has gone meanwhile is ErrMissing, and gets no grant.
func Given(tx db.Tx, request string, to hotline.PersonID) error {
	r, _, err := of(tx, request)
	if err == nil && r.Translator != to {
		err = ErrMissing
	}
	if err != nil {
		return err
	}
	now, err := db.Now(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE translator_request SET given_at = $1 WHERE id = $2`, now, request)
	return err
}

// Granted tells the desks that a translator can read.
func (t *Translators) Granted(id hotline.ContactID) { t.told(id) }

// Closed implements [contact.Tie]: a closed contact has no translator.
func (t *Translators) Closed(tx db.Tx, c contact.Contact) error {
	r, err := scanRequest(tx.QueryRow(`SELECT `+requestColumns+` FROM translator_request WHERE contact = $1`, c.ID))
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err == nil {
		err = t.end(tx, r, c)
	}
	if err != nil || r.Translator == "" {
		return err
	}
	return t.leaf(tx, "", "no translator", c.ID)
}

// Erased implements [contact.Tie]: what was translated goes with her words.
func (t *Translators) Erased(tx db.Tx, c contact.Contact) error {
	if err := t.Closed(tx, c); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM translation WHERE contact = $1`, c.ID)
	return err
}
