package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"reflect"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// shown is a contact on this desk, with the keys that open it.
type shown struct {
	row     contact.Contact
	words   *vault.Key        // of what was said
	record  *vault.Key        // of what we wrote
	seq     int64             // newest message that the desk has
	read    int64             // newest of ours that she has read
	ours    map[string]string // how far each of ours got
	readers []hotline.PersonID
	notes   []Note
	over    *Over
	safety  *Safety
	heard   *safety.Heard // what her words have found
	overTo  hotline.PersonID
	leaving string // what this desk asked for: how it will leave
	note    writtenNote
	ask     ask             // of hers, the newest
	tells   []contact.Told  // by messages that have left, not noted yet
	limits  *Told           // of confidentiality: when she was told them
	filed   *record         // nil where there is no form
	guided  ProceduresFrame // the line's procedures, as the desk was told
	guidedN int64           // how far what was done of them had come
	opened  string          // the procedure whose steps it shows
	asks    DutyFrame       // what the law may ask, as the desk was told
	law     lawSaid         // what somebody has said here for it
	decided deciding
	passed  consentsShown    // what may be passed on
	machine map[string]bool  // what a machine wrote for it
	spoke   int64            // number of the newest translation that the desk has
	view    Contact          // as the desk was told
	helped  EmergenciesFrame // what stands of her emergencies, as the desk was told
}

// writtenNote makes a repetition of the same note harmless.
type writtenNote struct{ id, text string }

const (
	mostNewest = 500 // messages that a desk begins with
	portion    = 200
	lookBack   = 50 // messages whose reading may have changed
)

// browserKey is the key of what her browser keeps.
func browserKey(r *vault.Ring) string { return base64.StdEncoding.EncodeToString(r.BrowserKey()) }

// plain is where this package reads words: to show them to whom they are opened for.
func plain(t seal.Text) string { return t.Reveal() }

// over tells that a contact has gone in a way that is nobody's fault.
func over(err error) bool {
	return errors.Is(err, contact.ErrMissing) || errors.Is(err, shred.ErrShredded) || errors.Is(err, vault.ErrGrant)
}

// openContact opens both keys of a contact once; have is what the desk has of it. Nothing comes
// back where it cannot be opened: it is not shown, and the log says so.
func (c *console) openContact(ctx context.Context, id hotline.ContactID, have int64) (*shown, error) {
	if s, ok := c.shown[id]; ok {
		s.seq = min(s.seq, have)
		return s, nil
	}
	row, err := c.d.Book.Find(ctx, id)
	if err != nil {
		return nil, pass(err)
	}
	if at, tried := c.shut[id]; tried && at == row.Epoch {
		return nil, nil //nolint:nilnil // told already that it does not open
	}
	s := &shown{row: row, seq: max(have, row.LastSeq-mostNewest), ours: map[string]string{}}
	if s.words, err = c.ring.Open(ctx, vault.Ref{Contact: id}, "desk"); err == nil {
		s.record, err = c.ring.Open(ctx, vault.Ref{Contact: id, Record: true}, "desk")
	}
	if err != nil {
		c.shut[id] = row.Epoch
		if !errors.Is(err, shred.ErrShredded) {
			c.d.Log.ErrorContext(ctx, "a contact does not open on its desk", "contact", id, "err", err)
		}
		return nil, nil //nolint:nilnil // the desk goes on without it
	}
	if err := c.takesUp(ctx, s); err != nil {
		c.d.Log.ErrorContext(ctx, "what came with a contact is not taken up: with its next opening", "contact", id, "err", err)
	}
	c.shown[id] = s
	return s, nil
}

// takesUp does what only a session can with a contact that it opens: her wish to be called
// back moves from where the telephone has put it into the head, and her address, or the number
// from which she calls, is held against those that are known. Whom that finds is not said: she
// returns, or a telephone does. What was before is hers to open, by her phrase.
func (c *console) takesUp(ctx context.Context, s *shown) error {
	var moved error
	if s.row.Channel == hotline.Call {
		moved = c.ring.TakeCallBack(ctx, c.d.Book, s.words, s.record)
	}
	if s.row.State == contact.Closed || c.d.Situations == nil || !c.ring.Holds(hotline.Desk) {
		return moved
	}
	from, known := c.number(s.row.ID)
	if s.row.Addressed {
		var err error
		if from, err = s.words.Way(ctx); err != nil {
			return errors.Join(moved, err)
		}
		known = true
	}
	if !known {
		return moved
	}
	_, err := c.d.Situations.Recognise(ctx, c.ring, s.row.ID, from)
	return errors.Join(moved, err)
}

// pass takes what has gone for nothing, and a head that was put back: the card says so, and
// the desk goes on.
func pass(err error) error {
	if over(err) || errors.Is(err, vault.ErrOldHead) {
		return nil
	}
	return err
}

// whole is a contact with everything the desk lacks of it.
func (c *console) whole(ctx context.Context, s *shown, drafts []Draft) (Contact, error) {
	fresh, err := c.fresh(ctx, s)
	if err != nil {
		return Contact{}, err
	}
	if err := c.beside(ctx, s); err != nil {
		return Contact{}, err
	}
	if _, err := c.heed(ctx, s); err != nil {
		return Contact{}, err
	}
	unsent, err := c.unsent(ctx, s)
	if err != nil {
		return Contact{}, err
	}
	s.view = c.viewOf(s)
	v := s.view
	s.spoke = 0
	if v.Translations, err = c.translations(ctx, s); err != nil {
		return Contact{}, err
	}
	v.Messages, v.Drafts = append(fresh, unsent...), drafts
	if v.Messages == nil {
		v.Messages = []Message{}
	}
	return v, nil
}

// fresh reads and opens the messages that the desk does not have.
func (c *console) fresh(ctx context.Context, s *shown) ([]Message, error) {
	return c.since(ctx, s.row.ID, &s.seq, func(row seal.Sealed) (Message, error) { return c.message(s, row) })
}

// since opens what was said in a contact after a number, which follows what is read. What has
// not left yet has none.
func (c *console) since(ctx context.Context, id hotline.ContactID, seq *int64, read func(seal.Sealed) (Message, error)) (out []Message, err error) {
	for {
		rows, err := c.d.Book.Thread(ctx, id, *seq, portion)
		if err != nil {
			return out, err
		}
		sent := 0
		for _, row := range rows {
			if row.Seq == 0 {
				continue
			}
			sent++
			m, err := read(row)
			if err != nil {
				return out, err
			}
			out = append(out, m)
			*seq = row.Seq
		}
		if sent < portion {
			return out, nil
		}
	}
}

// message opens one.
func (c *console) message(s *shown, row seal.Sealed) (Message, error) {
	o, err := s.words.Read(row)
	if err != nil {
		return Message{}, err
	}
	said := o.Text
	if o.Side == seal.Caller {
		said = s.asked(row, said)
	}
	m := Message{ID: row.ID, Seq: row.Seq, Side: o.Side, Text: plain(said), At: row.At}
	if o.Side == seal.Advocate {
		m.By, m.Sent = c.pic.name(row.Author), row.Sent
		s.ours[row.ID] = row.Sent
		if row.Read {
			s.read = max(s.read, row.Seq)
		}
	}
	m.Mark, err = c.marked(s, row)
	return m, err
}

// unsent are this person's own messages that can still be taken back.
func (c *console) unsent(ctx context.Context, s *shown) ([]Message, error) {
	rows, err := c.d.Book.Thread(ctx, s.row.ID, s.seq, portion)
	if err != nil {
		return nil, err
	}
	var out []Message
	for _, row := range rows {
		if row.Seq != 0 || row.Author != c.me.ID {
			continue
		}
		o, err := s.words.Read(row)
		if err != nil {
			return nil, err
		}
		out = append(out, Message{
			ID: row.ID, Side: o.Side, By: c.me.Pseudonym, Text: plain(o.Text), At: row.At, Until: row.At + c.d.Book.Settings().Undo.Milliseconds(),
		})
	}
	return out, nil
}

// beside reads what stands beside the messages: who reads along, notes, what she has read.
func (c *console) beside(ctx context.Context, s *shown) error {
	var err error
	if s.readers, err = c.d.Book.Joined(ctx, s.row.ID); err != nil {
		return err
	}
	notes, err := c.d.Book.Notes(ctx, s.row.ID)
	if err != nil {
		return err
	}
	for _, n := range notes[min(len(s.notes), len(notes)):] {
		text, err := s.record.Note(n)
		if err != nil {
			return err
		}
		s.notes = append(s.notes, Note{At: n.At, By: c.pic.name(n.By), Text: plain(text)})
	}
	back, err := c.d.Book.Thread(ctx, s.row.ID, max(0, s.seq-lookBack), lookBack)
	if err != nil {
		return err
	}
	for _, row := range back {
		if row.Read && row.Side == seal.Advocate {
			s.read = max(s.read, row.Seq)
		}
	}
	if err := c.noteTold(ctx, s); err != nil {
		return err
	}
	if err := c.lookSafe(ctx, s); err != nil {
		return err
	}
	if err := c.became(s, back); err != nil {
		return err
	}
	if err := c.leveled(ctx, s); err != nil {
		return err
	}
	return c.ringsElsewhere(ctx, s)
}

// became tells what has become, meanwhile, of messages that the desk has.
func (c *console) became(s *shown, rows []seal.Sealed) error {
	for _, row := range rows {
		was, known := s.ours[row.ID]
		if !known || was == row.Sent || row.Seq == 0 || row.Seq > s.seq {
			continue
		}
		m, err := c.message(s, row)
		if err != nil {
			return err
		}
		c.push(MessageFrame{Contact: string(s.row.ID), Message: m})
	}
	return nil
}

// way opens the address that she is answered at; nothing where our own page is the way.
func (s *shown) way(ctx context.Context) (seal.Text, error) {
	if !s.row.Addressed {
		return seal.Text{}, nil
	}
	return s.words.Way(ctx)
}

// ringsElsewhere looks whether a hand-over still rings at the colleague's desk.
func (c *console) ringsElsewhere(ctx context.Context, s *shown) error {
	if s.overTo == "" {
		return nil
	}
	rings, err := c.d.Book.Rings(ctx, s.overTo)
	if err != nil {
		return err
	}
	s.over = nil
	for _, r := range rings {
		if r.Contact == s.row.ID && r.Kind == "handover" {
			s.over = &Over{To: c.pic.name(s.overTo), Until: r.Until}
		}
	}
	if s.over == nil {
		s.overTo = ""
	}
	return nil
}

func (c *console) viewOf(s *shown) Contact {
	v := c.pic.contactOf(s.row, c.me.ID, s.readers, c.d.Book.Settings())
	v.ReadSeq, v.Notes, v.Over, v.Limits, v.Safety = s.read, s.notes, s.over, s.limits, s.safety
	v.Interpreter = c.pic.interpreter(s.row)
	if e, ok := c.pic.goesOn(s.row.ID); ok {
		v.Emergency = e.OpenedAt
	}
	return v
}

// update tells the desk of a contact whose row has changed.
func (c *console) update(s *shown) {
	v := c.viewOf(s)
	if same(v, s.view) {
		return
	}
	s.view = v
	c.push(ContactFrame{Contact: v})
}

// differs reports whether a row of the picture shows what the desk was not told. The picture may
// be older than what the desk knows: it only says where to look.
func (c *console) differs(s *shown, row contact.Contact) bool {
	now := *s
	now.row = row
	return !same(c.viewOf(&now), s.view)
}

// same compares without how far the thread has come: its messages tell that.
func same(a, b Contact) bool {
	a.LastSeq = b.LastSeq
	return reflect.DeepEqual(a, b)
}

// refresh reads a shown contact anew: messages first, then what stands beside them. One that is
// no longer this desk's leaves it, and its keys with it.
func (c *console) refresh(ctx context.Context, s *shown, wide bool) error {
	if !c.greeted {
		return nil
	}
	row, err := c.d.Book.Find(ctx, s.row.ID)
	if err != nil {
		if over(err) {
			c.leave(s, "left")
			return nil
		}
		return err
	}
	if why, gone := c.gone(ctx, s, row); gone {
		c.leave(s, why)
		return nil
	}
	s.row = row
	fresh, err := c.fresh(ctx, s)
	for _, m := range fresh {
		c.push(MessageFrame{Contact: string(row.ID), Message: m})
	}
	if err == nil && wide {
		err = c.beside(ctx, s)
	} else if err == nil && len(s.tells) > 0 {
		err = c.noteTold(ctx, s)
	}
	if err != nil {
		return pass(err)
	}
	c.update(s)
	if wide {
		if err := c.emergent(ctx, s); err != nil {
			return err
		}
	}
	if heeded, err := c.heed(ctx, s); err != nil || !heeded {
		return pass(err)
	}
	return c.file(ctx, s)
}

// gone says whether and why a contact is no longer this desk's.
func (c *console) gone(ctx context.Context, s *shown, row contact.Contact) (why string, yes bool) {
	switch row.State {
	case contact.Erased:
		return "erased", true
	case contact.Closed:
		return "closed", true
	case contact.Live, contact.Closing, contact.Sleeping, contact.Interrupted:
		if row.Advocate == c.me.ID {
			return "", false
		}
	case contact.Waiting, contact.Offered, contact.Parked:
		switch {
		case !s.view.Mine:
			return "left", true
		case s.leaving == "":
			return "lapsed", true
		default:
			return s.leaving, true
		}
	}
	if readers, err := c.d.Book.Joined(ctx, row.ID); err != nil || slices.Contains(readers, c.me.ID) {
		return "", false
	}
	if s.view.Mine {
		return "over", true
	}
	return "left", true
}

// leave takes a contact, and the keys that opened it, from the desk.
func (c *console) leave(s *shown, why string) {
	delete(c.shown, s.row.ID)
	v := s.view
	v.Notes = nil
	c.push(ContactFrame{Contact: v, Gone: why})
}

// drafts opens what the person has typed and not sent, by contact.
func (c *console) drafts(ctx context.Context) (map[hotline.ContactID][]Draft, error) {
	rows, err := c.d.Book.Drafts(ctx, c.me.ID)
	if err != nil {
		return nil, err
	}
	out := map[hotline.ContactID][]Draft{}
	for _, row := range rows {
		text, err := c.ring.OpenDraft(row)
		if err != nil {
			continue // sealed under keys she no longer has
		}
		out[row.Contact] = append(out[row.Contact], Draft{Contact: string(row.Contact), Place: row.Place, N: row.N, Text: plain(text)})
	}
	return out, nil
}
