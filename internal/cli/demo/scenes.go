package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A scene is something in the middle of its life when the demo opens.
type scene struct {
	what string
	play func(context.Context, *stage) error
}

func scenes() []scene {
	return []scene{
		{"the written procedures, in force as drafts", procedures},
		{"what the law asks, in force as drafts", laws},
		{"a procedure that waits for the survivors' council", council},
		{"a near miss, reported by whoever it happened to", harmed},
		{"a mother and her daughter, one situation", motherAndDaughter},
		{"a promise with a day", promise},
		{"a translator at work", translated},
		{"a report that may be due, to be decided", dutyDue},
		{"help called from outside, on its way", helped},
		{"a tip, closed and counted", tip},
		{"a subpoena that waits for an answer", subpoena},
	}
}

// procedures puts in force what came with the program, which a true line does once
// somebody has read it: here nobody has, and every page says so.
func procedures(ctx context.Context, s *stage) error {
	return s.as(ctx, "Ines", func(r *vault.Ring) (err error) {
		for name, body := range protocol.Shipped() {
			err = errors.Join(err, s.line.Editions.Begin(ctx, r.Me(), protocol.Key(name), body))
		}
		return err
	})
}

// one is a chosen answer.
func one(code string) form.Value { return form.Value{Codes: []string{code}} }

// motherAndDaughter is two callers of one situation: what each may know differs, a task
// is overdue, and a message that her rules forbid was refused.
func motherAndDaughter(ctx context.Context, s *stage) error {
	mother, first, err := s.talk(ctx, "es", "hola, es sobre mi hija. no la dejan salir de la casa donde trabaja", "Mateo")
	if err != nil {
		return err
	}
	defer mother.Close()
	var sit situation.Situation
	she := hotline.NewID()
	if err := all(
		func() error { return first.say(ctx, "Hola, soy Mateo. ¿Puede escribir ahora sin peligro?") },
		func() error {
			return first.head(ctx, func(h *contact.Head) {
				h.Privacy = contact.Confidential
				h.Safety.Safe, h.Safety.MayKnow = contact.Yes, "What her daughter allows, no more"
			})
		},
		func() error { return first.whom(ctx, hotline.Other) },
		func() error {
			return first.fill(ctx, "other", map[string]form.Value{"safe_now": one("yes"), "type": one("crisis")})
		},
		func() error {
			return s.as(ctx, "Mateo", func(r *vault.Ring) (err error) {
				sit, err = s.line.Situations.Create(ctx, r, first.id)
				return err
			})
		},
		func() error { return first.allows(ctx, she) },
		func() error { return first.note(ctx, "She cried, and wants to call the house. Asked her not to.") },
		func() error { return first.end(ctx, "plan", nil) },
	); err != nil {
		return err
	}
	return wroteToo(ctx, s, sit.ID, first.id, she)
}

// wroteToo is the daughter, whose rules are stricter than her mother's hopes.
func wroteToo(ctx context.Context, s *stage, sit hotline.SituationID, mother hotline.ContactID, she string) error {
	daughter, second, err := s.talk(ctx, "en", "hi. my mother wrote to you. can you not call here please", "Noor")
	if err != nil {
		return err
	}
	defer daughter.Close()
	overdue, err := s.day(ctx, -2)
	if err != nil {
		return err
	}
	soon, err := s.day(ctx, 2)
	if err != nil {
		return err
	}
	return all(
		func() error { return second.say(ctx, "Nobody will call. Is it safe for you to write now?") },
		func() error { return daughter.Press(ctx, "send", "yes until 3. he sleeps") },
		func() error {
			return second.head(ctx, func(h *contact.Head) {
				h.Privacy = contact.Confidential
				h.Safety = contact.Safety{
					Safe: contact.Yes, Cover: "the library", Promised: "A place for two, found before Friday. Nobody rings.", MayKnow: "Her mother: that she is alive, no more",
					Name: "Elena", Distress: "the book is late", Ways: map[contact.Way]contact.Terms{contact.ByCall: {May: contact.No}, contact.ByText: {May: contact.No}},
				}
			})
		},
		// The first look took "my mother" for somebody she is worried about.
		func() error { return second.whom(ctx, hotline.Self) },
		func() error { return situate(ctx, s, sit, second.id, overdue, soon) },
		func() error { return second.speaks(ctx, sit, mother, she) },
		func() error { return second.refused(ctx, sit) },
		func() error {
			return second.fill(ctx, "self", map[string]form.Value{"safe_now": one("no"), "type": one("crisis")})
		},
	)
}

// situate writes what her advocate knows for whoever goes on.
func situate(ctx context.Context, s *stage, sit hotline.SituationID, id hotline.ContactID, overdue, soon int64) error {
	return s.as(ctx, "Noor", func(r *vault.Ring) error {
		b := s.line.Situations
		say := func(kind, role string) error {
			return b.Say(ctx, r, sit, situation.Said{Of: hotline.NewID(), Kind: kind, About: id, Role: seal.Conceal(role)})
		}
		return all(
			func() error { return b.Link(ctx, r, sit, id) },
			func() error { return say(situation.PersonPart, "One child, under 6, with her") },
			func() error { return say(situation.PersonPart, "A man who keeps her papers and her pay") },
			func() error { return say(situation.PlacePart, "Harbour district, a flat") },
			func() error {
				return b.Write(ctx, r, sit, hotline.NewID(), situation.Summary, seal.Conceal("Mother and daughter wrote. She wants a place for herself and the child. No calls. Next: the shelters."))
			},
			func() error {
				return b.Assign(ctx, r, sit, situation.Task{ID: hotline.NewID(), Contact: id, Due: overdue, Text: seal.Conceal("Tell her how to get new papers")})
			},
			func() error {
				return b.Assign(ctx, r, sit, situation.Task{ID: hotline.NewID(), Contact: id, Due: soon, Text: seal.Conceal("Confirm the place for two")})
			},
		)
	})
}

// refused tries to write to her when it is not safe: nothing leaves, and the situation
// says so.
func (t talk) refused(ctx context.Context, sit hotline.SituationID) error {
	if err := t.head(ctx, func(h *contact.Head) { h.Safety.Safe = contact.No }); err != nil {
		return err
	}
	if err := t.say(ctx, "Are you still there?"); err == nil {
		return errors.New("a message left although it was not safe")
	}
	return t.as(ctx, t.by, func(r *vault.Ring) error {
		return t.line.Situations.Write(ctx, r, sit, hotline.NewID(), situation.Note, seal.Conceal("A message to her was refused: not safe now. Nothing left the house."))
	})
}

// promise is somebody who waits asleep for our word, at the latest on a day.
func promise(ctx context.Context, s *stage) error {
	c, t, err := s.talk(ctx, "fr", "je voudrais savoir si je peux récupérer mon passeport", "Chloe")
	if err != nil {
		return err
	}
	defer c.Close()
	until, err := s.day(ctx, 9)
	if err != nil {
		return err
	}
	return all(
		func() error {
			return t.say(ctx, "Oui, c'est possible. Nous demandons, et la réponse sera ici, sur cette page.")
		},
		func() error {
			return t.head(ctx, func(h *contact.Head) {
				h.Privacy = contact.Anonymous
				h.Safety.Safe, h.Safety.Promised = contact.Yes, "An answer about the passport, on our page"
			})
		},
		func() error {
			return s.as(ctx, "Chloe", func(r *vault.Ring) error {
				return s.line.Book.Promise(ctx, hotline.Actor(r.Me()), t.id, until)
			})
		},
		func() error {
			return s.as(ctx, "Chloe", func(r *vault.Ring) error { return s.line.Book.Rest(ctx, r.Me(), t.id) })
		},
	)
}

// translated is a contact whose advocate does not speak her language: somebody else of
// the staff reads along and translates.
func translated(ctx context.Context, s *stage) error {
	c, t, err := s.talk(ctx, "fr", "bonsoir, la dame garde mon argent depuis janvier", "Noor")
	if err != nil {
		return err
	}
	defer c.Close()
	var asked interpret.Request
	return all(
		func() error {
			return t.head(ctx, func(h *contact.Head) { h.Privacy = contact.Share; h.Safety.Safe = contact.Yes })
		},
		func() error {
			return s.as(ctx, "Noor", func(r *vault.Ring) (err error) {
				asked, err = s.line.Translators.Ask(ctx, r.Me(), t.id, "fr", "en")
				return err
			})
		},
		func() error {
			return s.as(ctx, "Mirela", func(r *vault.Ring) error {
				me, err := s.line.Staff.Person(ctx, r.Me())
				if err != nil {
					return err
				}
				return s.line.Translators.Take(ctx, me, asked.ID)
			})
		},
	)
}

// helped is somebody in danger now: by her wish help was called, the first who were sent
// found nobody, and others are on the way. She stays anonymous, so that no name is said.
func helped(ctx context.Context, s *stage) error {
	c, t, err := s.talk(ctx, "en", "please send somebody. we are locked in by the blue crane, second door", "Mateo")
	if err != nil {
		return err
	}
	defer c.Close()
	places, err := emergency.Parse(emergency.Shipped())
	if err != nil {
		return err
	}
	where, err := places.Where("harbour_district", 1)
	if err != nil {
		return err
	}
	return all(
		func() error { return t.say(ctx, "I am calling them now. Stay away from the door.") },
		func() error {
			return t.head(ctx, func(h *contact.Head) {
				h.Privacy, h.Safety.Safe, h.Safety.MayKnow = contact.Anonymous, contact.No, "Nobody at the yard"
			})
		},
		func() error { return t.calls(ctx, where) },
	)
}

// calls is the emergency from its first minute to the second dispatch.
func (t talk) calls(ctx context.Context, where emergency.Where) error {
	return t.with(ctx, func(r *vault.Ring, _, record *vault.Key, head contact.Head) error {
		b, of := t.line.Emergencies, emergency.Of{By: r.Me(), Contact: t.id, Key: record, Head: head}
		e, err := b.Open(ctx, of, emergency.Emergency{
			ID: hotline.NewID(), Ground: emergency.Wish, Reason: "She wrote: please send somebody.", Words: "By the blue crane, second door", Where: where,
			Told: emergency.Told{Happens: "Two women are locked in a container office", People: "Two, and a guard outside", Children: "None", Hurt: "Nobody yet", Language: "English", Careful: "Use a siren, or call back"},
		})
		first, second := hotline.NewID(), hotline.NewID()
		return errors.Join(err, all(
			func() (err error) { e, err = b.Call(ctx, of, e.ID, e.Version); return err },
			func() (err error) {
				e, err = b.Send(ctx, of, e.ID, e.Version, emergency.Dispatch{ID: first, Unit: where.Who.Police.Name, Number: where.Who.Call, Ref: "W-17"})
				return err
			},
			func() (err error) {
				e, err = b.Came(ctx, of, e.ID, e.Version, first, emergency.NotFound, "Gate B was locked, they turned back")
				return err
			},
			func() (err error) {
				e, err = b.Send(ctx, of, e.ID, e.Version, emergency.Dispatch{ID: second, Unit: where.Who.Police.Name, Number: where.Who.Call, Ref: "W-18, gate C"})
				return err
			},
		))
	})
}

// tip is over: what it was about stands in codes.
func tip(ctx context.Context, s *stage) error {
	c, t, err := s.talk(ctx, "en", "there is a car wash near the station, the workers sleep there, six of them i think", "Amina")
	if err != nil {
		return err
	}
	defer c.Close()
	return all(
		func() error { return t.say(ctx, "Thank you. Please do not go near again. You did well to tell us.") },
		func() error {
			return t.fill(ctx, "tip", map[string]form.Value{"safe_now": one("yes"), "type": one("tip")})
		},
		func() error { return t.end(ctx, "informed", hotline.Facts{form.FactExploitation: {"forced_labour"}}) },
	)
}

// play plays the scenes one after the other. One that fails is said, and the rest goes
// on: it is a demo.
func play(ctx context.Context, s *stage, say func(string, ...any)) {
	for _, one := range scenes() {
		if err := one.play(ctx, s); err != nil && ctx.Err() == nil {
			say("(a scene is not there: %s: %v)", one.what, err)
		}
		if ctx.Err() != nil {
			return
		}
	}
	if err := s.leave(ctx); err != nil && ctx.Err() == nil {
		say("(the scenes' sessions did not end: %v)", err)
	}
}

// all does one after the other until something fails.
func all(steps ...func() error) error {
	for i, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}
