package contact

import (
	"context"
	"maps"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrPhone says that a call would not be heard: the person's telephone does not answer
// here, or the caller's line is not held here.
var ErrPhone = problem.New(problem.Conflict, "contact.phone")

// Telephones says what of calls this process holds. Its methods read memory alone, since
// they are asked inside transactions, and may be called from several goroutines.
type Telephones interface {
	// Holds reports whether a caller's line ends in this process.
	Holds(call hotline.ContactID) bool
	// Fresh reports whether a person's telephone is connected to this process, and was
	// heard within the last second.
	Fresh(p hotline.PersonID) bool
}

// Telephones says who holds the telephones, while the line is built. Without any, no call
// is given to anybody.
func (b *Book) Telephones(t Telephones) { b.phones = t }

// Holds reports whether this process can give a contact to somebody: a call only where her
// line ends here, so that each process of a line offers its own.
func (b *Book) Holds(c Contact) bool {
	return c.Channel != hotline.Call || b.phones != nil && b.phones.Holds(c.ID)
}

// Reaches reports whether a person would hear a contact, or read it.
func (b *Book) Reaches(c Contact, p hotline.PersonID) bool {
	return c.Channel != hotline.Call || b.Holds(c) && b.phones.Fresh(p)
}

// hears refuses to give a call to whoever would not hear it, or who speaks already.
func (b *Book) hears(tx db.Tx, c Contact, p hotline.PersonID, now int64) error {
	if c.Channel != hotline.Call {
		return nil
	}
	if !b.Reaches(c, p) {
		return ErrPhone
	}
	return alone(tx, c, p, now)
}

// alone refuses a second call: nobody speaks to two at once.
func alone(tx db.Tx, c Contact, p hotline.PersonID, now int64) error {
	if c.Channel != hotline.Call {
		return nil
	}
	n, err := calls(tx, ` AND advocate = $2 AND id <> $3`, now, p, c.ID)
	if err == nil && n[p] > 0 {
		err = staff.ErrFull
	}
	return err
}

// Calls counts, for each person, how many of the contacts that count against her are
// spoken.
func Calls(tx db.Tx, now int64) (map[hotline.PersonID]int, error) { return calls(tx, "", now) }

func calls(tx db.Tx, where string, args ...any) (map[hotline.PersonID]int, error) {
	rows, err := tx.Query(`SELECT advocate, count(*) FROM contact WHERE channel = 'call' AND advocate <> ''
		AND (state IN ('offered', 'live') OR state = 'closing' AND wrap_until > $1)`+where+` GROUP BY advocate`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[hotline.PersonID]int{}
	for rows.Next() {
		var p hotline.PersonID
		var n int
		if err := rows.Scan(&p, &n); err != nil {
			return nil, err
		}
		out[p] = n
	}
	return out, rows.Err()
}

// room reports whether a person has room for one more like c.
func room(tx db.Tx, c Contact, p staff.Presence, now int64) (bool, error) {
	spoken, err := calls(tx, ` AND advocate = $2 AND id <> $3`, now, p.Person, c.ID)
	return staff.Room(p.Load, spoken[p.Person], p.Capacity, c.Channel == hotline.Call), err
}

// A Calling is somebody on the telephone, when the call flow has asked her all that it
// asks.
type Calling struct {
	Lang     string
	Codes    Codes            // what she chose by keys: danger, path, wishes
	From     seal.Text        // her number as +1555…; empty where it is withheld
	Told     Told             // what she was told; its number is 0 where nothing was
	Editions map[string]int64 // what the call was handled under, beside what routing says
}

// Call makes a contact of a call: with keys and a head as any other, a place in the queue,
// and no words. Of her number there is nothing in it but a hash under the day's key, by
// which [Book.Kept] finds her place again. Whoever called from it in the last days returns.
// Her line is taken to be up from then on; [Book.OnLine] says that it still is.
func (b *Book) Call(ctx context.Context, in Calling) (Contact, error) {
	by, err := b.cameBy(ctx, hotline.Call, in.From, seal.Text{})
	if err != nil {
		return Contact{}, err
	}
	codes := in.Codes
	codes.Lang, codes.Wishes = in.Lang, codes.Wishes.clean()
	if codes.Path == "" {
		codes.Path = hotline.Unknown
	}
	var before []hotline.ContactID
	phrase := false
	err = b.db.Read(ctx, func(tx db.Tx) (err error) {
		if before, err = lately(tx, cameByCall, by.from); err == nil {
			phrase, err = phrased(tx, before)
		}
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	if err := b.returns(ctx, &codes, before); err != nil {
		return Contact{}, err
	}
	placed, err := b.place.At(ctx, hotline.Call, codes)
	if err != nil {
		return Contact{}, err
	}
	placed.Editions = both(placed.Editions, in.Editions)
	k, err := b.sealer.Prepare(ctx, placed.Queue, seal.CallerWrap{})
	if err != nil {
		return Contact{}, err
	}
	now, err := b.now(ctx)
	if err != nil {
		return Contact{}, err
	}
	first := Incoming{Channel: hotline.Call, Lang: in.Lang, Told: in.Told, Seen: true}
	h := firstHead(first, now)
	h.Safety.Phrase = phrase
	head, err := h.seal(k.S, k.Columns.ID)
	if err != nil {
		return Contact{}, err
	}
	a := arrival{in: first, codes: codes, placed: placed, keys: k, head: head}
	return b.begin(ctx, a, now, func(tx db.Tx) error { return calledFrom(tx, k.Columns.ID, by) })
}

// phrased reports whether somebody of those who called before has a phrase: whoever answers
// sees that one is set, and that it was not given.
func phrased(tx db.Tx, before []hotline.ContactID) (bool, error) {
	if len(before) == 0 {
		return false, nil
	}
	places, args := db.List(before)
	return one(tx, `SELECT 1 FROM thread WHERE contact IN (`+places+`) AND kind = 'phrase' LIMIT 1`, args...)
}

// calledFrom notes from which number somebody has called. Others may have called from it
// too, and at the same time.
func calledFrom(tx db.Tx, id hotline.ContactID, by came) error {
	if len(by.from) == 0 {
		return nil
	}
	_, err := remember(tx, cameByCall, by.from[0], id, by.until)
	return err
}

// both puts two lists of editions together.
func both(a, b map[string]int64) map[string]int64 {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]int64{}
	}
	maps.Copy(all, b)
	return all
}
