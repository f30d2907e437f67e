package desk

import (
	"cmp"
	"context"
	"reflect"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	errNoPhone = problem.New(problem.Missing, "desk.problem.phone")
	errListen  = problem.New(problem.Conflict, "desk.problem.listen")
)

// call does what a frame asks of the telephone. It reports whether it was such a frame.
func (c *console) call(ctx context.Context, frame any) (id string, ours bool, err error) {
	switch f := frame.(type) {
	case PhoneOffer:
		return "", true, c.phoning(func(p Phone) error { return c.connect(ctx, p, f) })
	case PhoneBye:
		return "", true, c.phoning(func(p Phone) error {
			if f.Generation == 0 { // "any" is the server's own word
				return errFrame
			}
			p.Disconnect(c.me.ID, f.Generation)
			return nil
		})
	case AskNumber:
		return f.Contact, true, c.showNumber(ctx, f)
	case CallBack:
		return f.Contact, true, c.callBack(ctx, f)
	case Mute:
		return f.Contact, true, c.phoning(func(p Phone) error { return p.Mute(ctx, c.me.ID, hotline.ContactID(f.Contact), f.On) })
	case Hold:
		return f.Contact, true, c.phoning(func(p Phone) error { return p.Hold(ctx, c.me.ID, hotline.ContactID(f.Contact), f.On) })
	case Digit:
		return f.Contact, true, c.phoning(func(p Phone) error {
			if len(f.Digit) != 1 || !strings.Contains("0123456789*#", f.Digit) {
				return errFrame
			}
			return p.Digit(ctx, c.me.ID, hotline.ContactID(f.Contact), f.Digit[0])
		})
	case Listen:
		return f.Contact, true, c.may(func() error {
			return c.phoning(func(p Phone) error { return c.listen(ctx, p, f) })
		})
	}
	return "", false, nil
}

// phoning does something with the telephone, and tells the desk how it stands then, done or not.
func (c *console) phoning(do func(Phone) error) error {
	if !c.phones() {
		return errNoPhone
	}
	err := do(c.d.Phone)
	c.told.phone = PhoneFrame{}
	c.phone()
	return err
}

// phones reports whether this person has a telephone.
func (c *console) phones() bool { return c.d.Phone != nil && takes(c.me) }

func (c *console) connect(ctx context.Context, p Phone, f PhoneOffer) error {
	answer, generation, err := p.Connect(ctx, c.me.ID, f.SDP)
	if err != nil {
		return err
	}
	c.d.hub.plug(c)
	c.push(PhoneAnswer{N: f.N, Generation: generation, SDP: answer})
	return nil
}

// listen lets a supervisor into a call. What is said there is opened to her as the words of it
// are: she reads along for as long as she listens.
func (c *console) listen(ctx context.Context, p Phone, f Listen) error {
	how := Presence(f.How)
	switch how {
	case Listens, Whispers, Joins:
		if s, ok := c.shown[hotline.ContactID(f.Contact)]; !ok || s.view.Mine {
			return errListen
		}
	case Leaves:
	case Talks: // an advocate's
		return errFrame
	default:
		return errFrame
	}
	return p.Listen(ctx, c.me.ID, hotline.ContactID(f.Contact), how)
}

// phone tells the desk how its telephone stands, if that has changed.
func (c *console) phone() {
	if !c.phones() {
		return
	}
	f := c.telephone(c.d.Phone.Telephone(c.me.ID))
	if reflect.DeepEqual(f, c.told.phone) {
		return
	}
	c.told.phone = f
	c.push(f)
}

// telephone is how it stands, with names for those who are in a call.
func (c *console) telephone(is Telephone) PhoneFrame {
	f := PhoneFrame{Generation: is.Generation, Fresh: is.Fresh, Quality: string(cmp.Or(is.Quality, Unknown)), Calls: []CallView{}}
	for _, call := range is.Calls {
		v := CallView{
			Contact: string(call.Contact), How: string(call.How), Since: call.Answered, Rang: call.Rang.Milliseconds(),
			Muted: call.Muted, Held: call.Held, Quality: string(cmp.Or(call.Quality, Unknown)), Silent: call.Silent, Ears: []EarView{},
		}
		if c.greeted { // a covered desk knows nothing of what she says
			v.Keys = call.Keys
		}
		for _, e := range call.Ears {
			name := ""
			if c.pic != nil {
				name = c.pic.people[e.Person].Pseudonym
			}
			v.Ears = append(v.Ears, EarView{Name: name, How: string(e.How)})
		}
		f.Calls = append(f.Calls, v)
	}
	return f
}

// hangUp ends the call of a contact that has just been ended here.
func (c *console) hangUp(ctx context.Context, s *shown) error {
	if c.d.Phone == nil || s.row.Channel != hotline.Call {
		return nil
	}
	return c.d.Phone.End(ctx, c.me.ID, s.row.ID)
}
