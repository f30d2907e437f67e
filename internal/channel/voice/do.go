package voice

import (
	"cmp"
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// do does what the flow asks for, in its order. What comes of it is told to the flow, which
// knows what she hears then.
func (c *call) do(ctx context.Context, all []flow.Do) {
	for len(all) > 0 {
		d := all[0]
		all = all[1:]
		switch d := d.(type) {
		case flow.Act:
			c.act(ctx, d)
		case flow.Speak:
			c.speak(ctx, d)
		case flow.Sing:
			c.air.sings, c.air.music = true, d.Music
		case flow.Wait:
			c.rings = d.N
			c.timer.Reset(d.After)
		case flow.Speaks:
			c.speaks(ctx, d.Lang)
		case flow.Join:
			c.join(ctx, d)
		case flow.Told:
			c.desk.told(d.Key)
		case flow.FindPlace:
			c.findPlace(ctx, d.Digits)
		case flow.CallBack:
			c.callBack(ctx, d)
		case flow.PassOn:
			c.passOn(d.Key)
		case flow.PutThrough:
			c.putThrough(ctx, d.Dial)
		}
		came := c.came
		c.came = nil
		for _, e := range came {
			all = append(all, c.m.Step(e)...)
		}
	}
}

// act does what says all by its name.
func (c *call) act(ctx context.Context, a flow.Act) {
	switch a {
	case flow.Alert:
		c.alert(ctx)
	case flow.KeepPlace:
		c.keepPlace(ctx)
	case flow.Leave:
		c.letGo(ctx)
	case flow.Forget:
		c.forgotten(ctx)
	case flow.HangUp:
		c.hangUp("flow")
	case flow.BreakOff:
		c.breakOff(ctx)
	}
}

// join puts her into the queue, at the place that is kept for her where one is. A second
// time it changes how she stands there: danger, which is told by the Alert that follows.
func (c *call) join(ctx context.Context, j flow.Join) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := c.enters(ctx, j); err != nil {
		c.fault(ctx, "join", err)
		c.came = append(c.came, flow.Failed)
	}
}

// enters makes her a contact, unless she is one.
func (c *call) enters(ctx context.Context, j flow.Join) error {
	if c.contact != "" {
		return nil
	}
	row, err := c.back(ctx)
	if errors.Is(err, contact.ErrState) || errors.Is(err, contact.ErrMissing) {
		row, err = c.v.Book.Call(ctx, contact.Calling{
			Lang: c.m.State().Lang, From: c.d.From(), Editions: map[string]int64{flow.Kind: c.edition},
			Codes: contact.Codes{Danger: j.Danger, Wishes: contact.Wishes{Gender: genderOf(j.Wish)}},
		})
	}
	if err != nil {
		return err
	}
	c.contact, c.handed, c.row, c.joined = row.ID, "", row, c.v.cfg.Clock()
	c.v.known(row.ID, c)
	c.keep(ctx)
	c.v.Book.Told(row.ID) // who offers asks who holds her line, and from here on this process does
	c.poke()
	return nil
}

// back gives her the place that is kept for her.
func (c *call) back(ctx context.Context) (contact.Contact, error) {
	if c.kept == "" {
		return contact.Contact{}, contact.ErrMissing
	}
	return c.v.Book.BackOnLine(ctx, c.kept, c.d.From())
}

// genderOf is a wish of the flow's in the words of contacts.
func genderOf(wish string) string {
	switch wish {
	case flow.Woman:
		return "woman"
	case flow.Man:
		return "man"
	}
	return ""
}

// alert puts her before all others and rings for the supervisors.
func (c *call) alert(ctx context.Context) {
	if c.contact == "" {
		return // joining has failed, and was said
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := c.v.Book.Mark(ctx, hotline.PersonID(hotline.Machine), c.contact, true); err != nil {
		c.fault(ctx, "danger", err)
	}
}

// speaks changes the language of a contact that waits already.
func (c *call) speaks(ctx context.Context, lang string) {
	if c.contact == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := c.v.Book.Change(ctx, c.contact, lang); err != nil {
		c.fault(ctx, "language", err)
	}
}

func (c *call) keepPlace(ctx context.Context) {
	var kept flow.Kept
	if c.contact != "" {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		var err error
		if kept.Digits, err = c.v.Book.SpokenDigits(ctx, c.contact); err != nil {
			c.fault(ctx, "digits", err)
			kept = flow.Kept{}
		}
	}
	c.came = append(c.came, kept)
}

func (c *call) findPlace(ctx context.Context, digits seal.Text) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	was, err := c.v.Book.Kept(ctx, seal.Text{}, digits)
	if err != nil && !errors.Is(err, contact.ErrMissing) {
		c.fault(ctx, "find", err)
	}
	if err == nil {
		c.kept = was.ID
	}
	c.came = append(c.came, flow.Found{OK: err == nil})
}

// forgotten has her place and what she left forgotten. Where the law holds it, it ends at
// least.
func (c *call) forgotten(ctx context.Context) {
	c.left = "forgotten"
	id := cmp.Or(c.contact, c.handed)
	if id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := c.v.Book.EraseNow(ctx, hotline.Machine, id)
	if errors.Is(err, contact.ErrKeep) {
		err = c.v.Book.EndNow(ctx, hotline.Machine, id)
	}
	if err != nil && !errors.Is(err, contact.ErrState) && !errors.Is(err, contact.ErrMissing) {
		c.fault(ctx, "forget", err)
	}
}

// fault says in the log that a part of a call failed; the call goes on.
func (c *call) fault(ctx context.Context, part string, err error) {
	c.v.Log.ErrorContext(ctx, "a part of a call failed, and the call goes on", "part", part, "err", err, "contact", c.contact)
}
