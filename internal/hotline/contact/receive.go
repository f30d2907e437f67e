package contact

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
)

// Incoming is what an adapter or page hands in.
type Incoming struct {
	ID      string // of the message; made by the page, so that a double tap writes once
	Channel hotline.Channel
	Lang    string          // chosen by her, or empty
	By      seal.CallerWrap // empty where no cookie came
	Text    seal.Text
	Codes   Codes     // what she said by choosing: danger, wishes
	Privacy Privacy   // chosen by her, or empty
	Told    Told      // what her page told her before; its number is 0 where nothing did
	Seen    bool      // she has a page open
	From    seal.Text // the address that she is answered at; empty on our own page
	As      seal.Text // the vendor's name for it, so that a repetition is dropped; empty where it has none
}

// check is what every message must be: an id, words, not too many.
func check(id string, t seal.Text) error {
	if !hotline.IsID(id) {
		return ErrID
	}
	words := t.Reveal()
	switch {
	case len(words) > MaxMessage:
		return ErrLong
	case strings.TrimSpace(words) == "" || !utf8.ValidString(words):
		return ErrEmpty
	}
	return nil
}

// Receive takes in what somebody says who has no contact on a page of ours, and returns once
// it is durable: only then is whoever brought it answered. What comes from an address goes
// on in the contact that it has, wherever that stands, as long as it is neither closed nor
// erased and the address was heard of in the last days; else it makes a new one, of
// somebody who returns where there was one. What the vendor says twice changes nothing, and
// is no error; where her words are erased, what is returned says so and names no contact.
//
// Keys are made and everything is sealed before the one transaction begins. A second
// request of the same cookie is ErrRace: it finds the contact now.
func (b *Book) Receive(ctx context.Context, in Incoming) (Contact, error) {
	if err := check(in.ID, in.Text); err != nil {
		return Contact{}, err
	}
	by, err := b.cameBy(ctx, in.Channel, in.From, in.As)
	if err != nil {
		return Contact{}, err
	}
	for range 5 { // somebody else may be faster, and whoever is found may just have closed
		k, err := b.known(ctx, by)
		if err != nil || k.repeated {
			return k.c, err
		}
		if k.goes {
			err = b.say(ctx, k.c.ID, Words{ID: in.ID, Text: in.Text, Seen: in.Seen}, by)
			if errors.Is(err, ErrOver) {
				continue
			}
			if err != nil {
				return Contact{}, err
			}
			return b.Find(ctx, k.c.ID)
		}
		c, err := b.first(ctx, in, by, k.before)
		if errors.Is(err, errRepeated) || errors.Is(err, ErrRace) && len(by.from) > 0 {
			continue
		}
		return c, err
	}
	return Contact{}, ErrRace
}

// first makes a new contact of her first words.
func (b *Book) first(ctx context.Context, in Incoming, by came, before []hotline.ContactID) (Contact, error) {
	codes, err := b.look(ctx, in, before)
	if err != nil {
		return Contact{}, err
	}
	placed, err := b.place.At(ctx, in.Channel, codes)
	if err != nil {
		return Contact{}, err
	}
	k, err := b.sealer.Prepare(ctx, placed.Queue, in.By)
	if err != nil {
		return Contact{}, err
	}
	now, err := b.now(ctx)
	if err != nil {
		return Contact{}, err
	}
	words := k.K.Message(in.ID, seal.Caller, now, in.Text)
	head := firstHead(in, now)
	sealedHead, err := head.seal(k.S, k.Columns.ID)
	if err != nil {
		return Contact{}, err
	}
	way, err := sealWay(k.K, k.Columns.ID, in.From)
	if err != nil {
		return Contact{}, err
	}
	return b.begin(ctx, arrival{in, by, codes, placed, k, words, sealedHead, way}, now)
}

// begin writes a new contact. also is done in the same transaction.
func (b *Book) begin(ctx context.Context, a arrival, now int64, also ...func(db.Tx) error) (c Contact, err error) {
	for range 5 { // two who arrive at once may have drawn the same handle
		err = b.db.Write(ctx, func(tx db.Tx) error {
			if err := b.insert(tx, a, now); err != nil {
				return err
			}
			for _, f := range also {
				if err := f(tx); err != nil {
					return err
				}
			}
			c, err = find(tx, a.keys.Columns.ID)
			return err
		})
		if !db.Unique(err) {
			break
		}
	}
	if err != nil {
		return Contact{}, err
	}
	b.told(c.ID, c.LastSeq, true)
	return c, nil
}

// look takes the first look at her words, in memory. What she chose outweighs what
// they seem to say; a code can only be added.
func (b *Book) look(ctx context.Context, in Incoming, before []hotline.ContactID) (Codes, error) {
	c := b.place.Look(in.Text, in.Lang)
	c.Danger, c.Minor = c.Danger || in.Codes.Danger, c.Minor || in.Codes.Minor
	if in.Codes.Path != "" && in.Codes.Path != hotline.Unknown {
		c.Path = in.Codes.Path
	}
	c.Wishes = in.Codes.Wishes.clean()
	if in.By.Lookup == nil {
		return c, b.returns(ctx, &c, before)
	}
	var n int
	err := b.db.One(ctx, `SELECT count(*) FROM caller WHERE lookup = $1`, []any{in.By.Lookup}, &n)
	c.Returned = n > 0
	if err == nil && c.Wishes.Same {
		c.Wishes.With, err = b.lastWith(ctx, in.By.Lookup)
	}
	return c, err
}

type arrival struct {
	in               Incoming
	by               came
	codes            Codes
	placed           Placed
	keys             *seal.ContactKeys
	words, head, way []byte // without words it is a call
}

func (b *Book) insert(tx db.Tx, a arrival, now int64) error {
	c := a.keys.Columns
	state, seenUntil := Parked, int64(0)
	if a.placed.Open {
		state = Waiting
	}
	if a.in.Seen {
		seenUntil = now + b.there(a.in.Channel)
	}
	wishes, _ := json.Marshal(a.codes.Wishes)                        // strings and booleans always marshal
	editions, _ := json.Marshal(under(a.placed.Editions, a.in.Told)) // and numbers
	handle, err := newHandle(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO contact (id, handle, channel, queue, lang, urgency, path, danger, minor, returned, waits, wishes, state, last_seq, began, seen_until, seen,
			quiet_at, state_at, editions, pub, pub_secret, commit_k, commit_s, intake_sig, head, head_n, shred_k, shred_s, way)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $27, $14, $15, $16, $14, $14, $17, $18, $19, $20, $21, $22, $23, 1, $24, $25, $26)`,
		c.ID, handle, a.in.Channel, a.placed.Queue, a.codes.Lang, a.placed.Urgency, a.codes.Path, flag(a.codes.Danger), flag(a.codes.Minor), flag(a.codes.Returned),
		0, string(wishes), state, now, seenUntil, flag(a.in.Seen), string(editions), c.Pub, c.PubSecret, c.CommitK, c.CommitS, c.Sig, a.head, c.ShredK, c.ShredS, a.way, flag(a.words != nil))
	if err != nil {
		return err
	}
	if a.keys.Wrap != nil {
		n, err := tx.Exec(`INSERT INTO caller (lookup, contact, wrap, from_seq, current) VALUES ($1, $2, $3, 0, 1)
			ON CONFLICT (lookup) WHERE current = 1 DO NOTHING`, a.in.By.Lookup, c.ID, a.keys.Wrap)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrRace
		}
	}
	if err := a.keys.Insert(tx); err != nil {
		return err
	}
	if a.words != nil {
		if _, err := tx.Exec(`INSERT INTO message (contact, id, seq, at, side, form, sealed, sent) VALUES ($1, $2, 1, $3, 'caller', 's', $4, 'delivered')`,
			c.ID, a.in.ID, now, a.words); err != nil {
			return err
		}
		if err := arrived(tx, c.ID, a.by); err != nil {
			return err
		}
		if err := takesOver(tx, c.ID, a.by); err != nil {
			return err
		}
	}
	if a.codes.Danger {
		if _, err := raise(tx, c.ID, Danger, now); err != nil {
			return err
		}
	}
	if err := b.log.Public(audit.Act{By: hotline.Machine, What: "receive", Object: string(c.ID)}).Insert(tx); err != nil {
		return err
	}
	return b.count(tx, Contact{Channel: a.in.Channel, Lang: a.codes.Lang}, now, Received)
}

// Words are what is said in a contact that exists.
type Words struct {
	ID   string
	Text seal.Text
	Key  *seal.Key // her request's own; nil where no cookie came, then it is sealed to pub
	Seen bool
}

// Say adds words of hers and returns once they are durable. A repetition of the
// same id changes nothing. In a closed or erased contact it is ErrOver. Whoever
// sleeps, was interrupted or is closing is woken by it.
func (b *Book) Say(ctx context.Context, id hotline.ContactID, w Words) error {
	return b.say(ctx, id, w, came{})
}

// say is Say for what came by a channel.
func (b *Book) say(ctx context.Context, id hotline.ContactID, w Words, by came) error {
	if err := check(w.ID, w.Text); err != nil {
		return err
	}
	now, err := b.now(ctx)
	if err != nil {
		return err
	}
	form, sealed := seal.Symmetric, []byte(nil)
	if w.Key != nil {
		sealed = w.Key.Message(w.ID, seal.Caller, now, w.Text)
	} else {
		cols, err := b.Columns(ctx, id)
		if err != nil {
			return err
		}
		form = seal.Public
		if sealed, err = b.sealer.Message(ctx, cols, w.ID, seal.Caller, now, w.Text); err != nil {
			return err
		}
	}
	codes := b.place.Look(w.Text, "")
	var seq int64
	err = b.db.Write(ctx, func(tx db.Tx) error {
		c, err := b.heard(tx, id, now, w.Seen)
		if errors.Is(err, ErrMissing) { // closed, erased, or never there: nothing is added
			return known(tx, id, w.ID)
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO message (contact, id, seq, at, side, form, sealed, sent) VALUES ($1, $2, $3, $4, 'caller', $5, $6, 'delivered') ON CONFLICT DO NOTHING`,
			id, w.ID, c.LastSeq, now, form, sealed)
		if err != nil {
			return err
		}
		if n == 0 {
			return errRepeated
		}
		if err := arrived(tx, id, by); err != nil {
			return err
		}
		if err := goesOn(tx, id, by); err != nil {
			return err
		}
		seq = c.LastSeq
		return b.understood(tx, c, now, codes)
	})
	if errors.Is(err, errRepeated) {
		return nil
	}
	if err == nil {
		b.told(id, seq, true)
	}
	return err
}

// errRepeated undoes what a message changed that is there already.
var errRepeated = errors.New("contact: the message is there already")

// heard notes that she has spoken and is there, and takes the next number, all under
// the row's lock. It returns the contact as it is then; one that is closed or erased
// is ErrMissing.
func (b *Book) heard(tx db.Tx, id hotline.ContactID, now int64, seen bool) (Contact, error) {
	return scan(tx.QueryRow(`UPDATE contact SET last_seq = last_seq + 1, quiet_at = $1, asked_at = 0, gone = 0,
			seen = CASE WHEN $2 = 1 THEN 1 ELSE seen END, seen_until = CASE WHEN $2 = 1 THEN $3 ELSE seen_until END
		WHERE id = $4 AND state NOT IN ('closed', 'erased') RETURNING `+columns, now, int64(flag(seen)), now+b.set.Seen.Milliseconds(), id))
}

// understood takes up what a first look at her words has found: it may raise the
// urgency, never lower it. Whoever sleeps, was interrupted or is closing wakes.
func (b *Book) understood(tx db.Tx, c Contact, now int64, codes Codes) error {
	if codes.Minor && !c.Minor {
		if _, err := tx.Exec(`UPDATE contact SET minor = 1 WHERE id = $1`, c.ID); err != nil {
			return err
		}
		c.Minor = true
		if err := b.rank(tx, c); err != nil {
			return err
		}
	}
	if codes.Danger && !c.Danger {
		if err := b.endanger(tx, c, now); err != nil {
			return err
		}
	}
	return b.back(tx, c, now)
}

// rank writes the class that the rules give a contact now, if it is more urgent.
func (b *Book) rank(tx db.Tx, c Contact) error {
	_, err := tx.Exec(`UPDATE contact SET urgency = $1 WHERE id = $2 AND urgency > $1`, b.place.Urgency(c), c.ID)
	return err
}

// back wakes a contact whose caller is there again: to the same advocate if she is
// present and has room, else to the queue.
func (b *Book) back(tx db.Tx, c Contact, now int64) error {
	if c.State != Sleeping && c.State != Interrupted && c.State != Closing {
		return nil
	}
	knows := unknown(tx, c, c.Advocate)
	if knows != nil && !errors.Is(knows, ErrConflict) {
		return knows
	}
	if c.Advocate != "" && knows == nil {
		if err := staff.Hold(tx, c.Advocate); err != nil {
			return err
		}
		p, err := staff.Of(tx, c.Advocate)
		if err != nil {
			return err
		}
		counted := c.State == Closing && c.WrapUntil > now
		if p.Here(now) && p.State != staff.Locked && (p.Load < p.Capacity || counted) {
			_, err := b.move(tx, c.ID, step{move: Resume, by: hotline.Machine, epoch: c.Epoch})
			return err
		}
	}
	if _, err := b.move(tx, c.ID, step{move: Rejoin, by: hotline.Machine, epoch: c.Epoch}); err != nil {
		return err
	}
	return b.again(tx, c)
}

// again notes that she has to wait once more: she comes before those who are new.
func (b *Book) again(tx db.Tx, c Contact) error {
	if _, err := tx.Exec(`UPDATE contact SET returned = 1, waits = waits + 1 WHERE id = $1`, c.ID); err != nil {
		return err
	}
	c.Returned, c.Waits = true, c.Waits+1
	return b.rank(tx, c)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
