package retention_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
)

// court is a line with its legal requests and the people who have to do with them.
type court struct {
	*house
	law                *retention.Legal
	ana, sue, tom, pat *hotlinetest.Person
}

func courts(t *testing.T, f func(t *testing.T, c *court)) {
	t.Helper()
	lines(t, func(t *testing.T, h *house) { f(t, newCourt(t, h)) })
}

func newCourt(t *testing.T, h *house) *court {
	t.Helper()
	desk := policy.NewLegalDesk(h.Engine.Main, h.World.Log, contact.Bell{Kind: contact.Law})
	return &court{h, retention.NewLegal(h.r, desk), h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.Supervisor), h.Hire(t, hotline.PrivacyOfficer)}
}

func conceal(s string) seal.Text { return seal.Conceal(s) }

// received is a paper as it comes.
func received(p policy.Paper, due int64) policy.LegalAct {
	return policy.LegalAct{Paper: p, Due: due, On: "2026-11-30", From: conceal("County court"), Words: conceal("Everything about Rosa Quispe.")}
}

// in does something in somebody's session.
func (c *court) in(t *testing.T, p *hotlinetest.Person, do func(r *vault.Ring) error) error {
	t.Helper()
	return c.Keeper.With(t.Context(), p.Token, do)
}

func (c *court) begin(t *testing.T, p policy.Paper, due int64) (id string) {
	t.Helper()
	must(t, c.in(t, c.pat, func(r *vault.Ring) error {
		req, err := c.law.Begin(t.Context(), r, received(p, due))
		id = req.ID
		return err
	}))
	return id
}

func (c *court) read(t *testing.T, p *hotlinetest.Person, id string) (l policy.Legal) {
	t.Helper()
	must(t, c.in(t, p, func(r *vault.Ring) (err error) {
		l, _, err = c.law.Read(t.Context(), r, id, "read")
		return err
	}))
	return l
}

// act is one that changes nothing but the request.
func (c *court) act(t *testing.T, id string, a policy.LegalAct) error {
	t.Helper()
	seen := len(c.read(t, c.pat, id).Acts)
	return c.in(t, c.pat, func(r *vault.Ring) error { return c.law.Act(t.Context(), r, id, seen, a) })
}

func (c *court) ask(t *testing.T, id, typed string) (search string) {
	t.Helper()
	sought, err := policy.Sought(typed)
	must(t, err)
	must(t, c.in(t, c.pat, func(r *vault.Ring) error {
		return c.law.Search(t.Context(), r, id, len(c.read(t, c.pat, id).Acts), conceal(typed), sought)
	}))
	return c.read(t, c.pat, id).Running
}

// works does what waits in a session.
func (c *court) works(t *testing.T, p *hotlinetest.Person, search string) {
	t.Helper()
	must(t, c.in(t, p, func(r *vault.Ring) error { return c.law.Work(t.Context(), r, jobs.Job{Body: search}) }))
}

func (c *court) collect(t *testing.T, id string) error {
	t.Helper()
	seen := len(c.read(t, c.pat, id).Acts)
	return c.in(t, c.pat, func(r *vault.Ring) error { return c.law.Collect(t.Context(), r, id, seen) })
}

func (c *court) hold(t *testing.T, id string, ids ...hotline.ContactID) error {
	t.Helper()
	seen := len(c.read(t, c.pat, id).Acts)
	return c.in(t, c.pat, func(r *vault.Ring) error {
		return c.law.Keep(t.Context(), r, id, seen, ids, conceal("the subpoena"), "the subpoena")
	})
}

func (c *court) lift(t *testing.T, id string, ids ...hotline.ContactID) error {
	t.Helper()
	seen := len(c.read(t, c.pat, id).Acts)
	return c.in(t, c.pat, func(r *vault.Ring) error {
		return c.law.Release(t.Context(), r, id, seen, ids, conceal("it ended"), "it ended")
	})
}

// named is a closed contact whose head says what to call her.
func (c *court) named(t *testing.T, name string) hotline.ContactID {
	t.Helper()
	who := c.Arrive(t, "her words")
	c.Take(t, c.ana, who.Contact)
	must(t, c.PutHead(t, c.ana, who.Contact, func(h *contact.Head) { h.Safety.Name = name }))
	c.Note(t, c.ana, who.Contact, "our note")
	c.Close(t, c.ana, who.Contact)
	must(t, c.r.Carry(t.Context(), who.Contact))
	return who.Contact
}

// From the subpoena to the order, and to the end: the machine finds her in a supervisor's
// session, she is held, a second person opens what must be produced, and when all is over
// nothing of it is open or held any more.
func TestALegalRequestFromBeginningToEnd(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa, other := c.named(t, "Rosa Quispe"), c.named(t, "Hanan")
		due := c.Now(t) + 7*day.Milliseconds()
		id := c.begin(t, policy.Subpoena, due)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Neither}))
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.ToldCounsel, Words: conceal("she looks at it")}))
		search := c.ask(t, id, "rosa  QUISPÉ")
		refused(t, c.collect(t, id), retention.ErrSearching)
		refused(t, c.in(t, c.ana, func(r *vault.Ring) error { return c.law.Work(t.Context(), r, jobs.Job{Body: search}) }), vault.ErrGrant)
		refused(t, c.in(t, c.pat, func(r *vault.Ring) error { return c.law.Work(t.Context(), r, jobs.Job{Body: search}) }), vault.ErrGrant)
		c.works(t, c.sue, search)
		must(t, c.collect(t, id))
		req := c.read(t, c.pat, id)
		if len(req.Found) != 1 || req.Found[0] != rosa {
			t.Fatalf("found %d, want hers alone", len(req.Found))
		}
		refused(t, c.hold(t, id, other), policy.ErrLegalAct)
		must(t, c.hold(t, id, rosa))
		if !c.Find(t, rosa).Hold || c.Find(t, other).Hold {
			t.Error("held is not who was found")
		}

		name := func(to *hotlinetest.Person) error {
			seen := len(c.read(t, c.pat, id).Acts)
			return c.in(t, c.pat, func(r *vault.Ring) error {
				return c.law.Name(t.Context(), r, id, seen, to.ID, conceal("what the order lists"))
			})
		}
		produce := func(p *hotlinetest.Person) error {
			seen := len(c.read(t, c.pat, id).Acts)
			return c.in(t, p, func(r *vault.Ring) error {
				return c.law.Produce(t.Context(), r, id, seen, []policy.LegalObject{{Contact: rosa, Record: true}}, conceal("the order"), "the order")
			})
		}
		refused(t, name(c.sue), policy.ErrLegalPaper) // a subpoena is no order
		order := received(policy.Order, due)
		order.Kind = policy.Another
		must(t, c.act(t, id, order))
		refused(t, name(c.ana), policy.ErrLegalRole)
		refused(t, name(c.pat), policy.ErrLegalRole)
		refused(t, c.in(t, c.sue, func(r *vault.Ring) error { _, _, err := c.law.Read(t.Context(), r, id, "read"); return err }), retention.ErrRole)
		must(t, name(c.tom))
		must(t, name(c.sue)) // another one: the first does not read it any more
		refused(t, c.in(t, c.tom, func(r *vault.Ring) error { _, _, err := c.law.Read(t.Context(), r, id, "read"); return err }), retention.ErrRole)
		_, err := c.Notes(t, c.pat, rosa)
		refused(t, err, vault.ErrGrant)
		refused(t, produce(c.pat), policy.ErrLegalRole)
		refused(t, c.act(t, id, policy.LegalAct{Kind: policy.Hands, Words: conceal("a copy")}), policy.ErrLegalAct)
		must(t, produce(c.sue))
		if got, err := c.Notes(t, c.pat, rosa); err != nil || strings.Join(got, "") != "our note" {
			t.Errorf("the privacy officer reads %q, %v", got, err)
		}
		_, err = c.Desk(t, c.pat, rosa) // her words were not asked for
		refused(t, err, vault.ErrGrant)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Hands, Words: conceal("one note, to the clerk")}))
		end := func() error {
			seen := len(c.read(t, c.pat, id).Acts)
			return c.in(t, c.pat, func(r *vault.Ring) error { return c.law.End(t.Context(), r, id, seen, conceal("over")) })
		}
		refused(t, end(), policy.ErrLegalTell)
		refused(t, c.act(t, id, policy.LegalAct{Kind: policy.Tells, Told: policy.NotPossible}), policy.ErrLegalWords)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Tells, Told: policy.NotPossible, Words: conceal("no safe way")}))
		refused(t, end(), policy.ErrLegalHeld)
		must(t, c.lift(t, id, rosa))
		must(t, end())
		if c.Find(t, rosa).Hold {
			t.Error("held for nothing")
		}
		_, err = c.Notes(t, c.pat, rosa)
		refused(t, err, vault.ErrGrant)
		refused(t, c.in(t, c.sue, func(r *vault.Ring) error { _, _, err := c.law.Read(t.Context(), r, id, "read"); return err }), retention.ErrRole)
		c.rang(t, nil)
	})
}

// What is searched for is read by the machine alone, and destroyed with its end; what was
// found shows to nobody but the privacy officer, not by its size either; and one leaf says
// whose session it was.
func TestASearchShowsNothing(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		c.named(t, "Rosa Quispe")
		id := c.begin(t, policy.Subpoena, 0)
		search := c.ask(t, id, "Rosa Quispe")
		leaves := c.Count(t, `SELECT count(*) FROM leaf`)
		c.works(t, c.sue, search)
		if got := c.Count(t, `SELECT count(*) FROM leaf`) - leaves; got != 1 {
			t.Errorf("%d leaves, want the one of the search", got)
		}
		sizes := c.Count(t, `SELECT count(DISTINCT length(sealed)) FROM legal_found WHERE search = $1`, search)
		if n := c.Count(t, `SELECT count(*) FROM legal_found WHERE search = $1`, search); n < 2 || sizes != 1 {
			t.Errorf("%d findings of %d sizes", n, sizes)
		}
		if c.there(t, search) || c.Count(t, `SELECT count(*) FROM legal_search WHERE sealed IS NOT NULL`) != 0 || c.Count(t, `SELECT count(*) FROM key_grant WHERE object = $1`, search) != 0 {
			t.Error("what was searched for is still there")
		}
		refused(t, c.in(t, c.sue, func(r *vault.Ring) error { _, err := r.Found(search, 1, vault.Finding{}); return err }), vault.ErrGrant)
		must(t, c.collect(t, id))
		for _, table := range []string{"legal_search", "legal_found"} {
			if n := c.Count(t, `SELECT count(*) FROM `+table); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if held := c.Holding(t, "Quispe"); len(held) > 0 {
			t.Errorf("her name stands readable in %v", held)
		}
	})
}

// Whoever writes the database cannot say that nothing was found, nor leave a portion out.
func TestFindingsAreSigned(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		c.named(t, "Rosa Quispe")
		id := c.begin(t, policy.Subpoena, 0)
		search := c.ask(t, id, "Rosa Quispe")
		c.works(t, c.sue, search)
		old := c.Backup(t)
		for _, sql := range []string{
			`DELETE FROM legal_found WHERE n = 1`,
			`DELETE FROM legal_found WHERE n = 2`,
			`UPDATE legal_found SET sealed = (SELECT sealed FROM legal_found WHERE n = 2), sig = (SELECT sig FROM legal_found WHERE n = 2) WHERE n = 1`,
			`UPDATE legal_found SET signer = 'intake'`,
		} {
			c.SQL(t, sql)
			if err := c.collect(t, id); err == nil {
				t.Errorf("taken after %s", sql)
			}
			c.SQL(t, `DELETE FROM legal_found`)
			c.PutBackMain(t, old)
		}
		must(t, c.collect(t, id))
	})
}

// A name that was never kept: the line says in a signed statement what was searched and
// when, and whoever has the root verifies it, and that it is about this name. One that was
// changed, or is about another name, is none.
func TestTheEmptyAnswerIsProven(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		c.named(t, "Hanan")
		id := c.begin(t, policy.Subpoena, c.Now(t)+day.Milliseconds())
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe\n+1 555 0199"))
		must(t, c.collect(t, id))
		req := c.read(t, c.pat, id)
		if !req.Empty() {
			t.Fatalf("found %d", len(req.Found))
		}
		signed, err := c.law.Signed(t.Context(), req)
		must(t, err)
		file := []byte(signed.JSON())
		if strings.Contains(string(file), "Rosa") || strings.Contains(string(file), "Hanan") {
			t.Error("the statement names somebody")
		}
		root := c.Founding.RootPub
		s, err := policy.VerifyStatement(file, root, 1, "Rosa Quispe\n+1 555 0199")
		must(t, err)
		if s.Found != 0 || s.Contacts != 1 || s.Shut != 0 || s.Until == 0 || s.Ended < s.Until {
			t.Errorf("it says %+v", s)
		}
		_, err = policy.VerifyStatement(file, root, 1, "Rosa Mamani")
		refused(t, err, policy.ErrStatement)
		_, err = policy.VerifyStatement([]byte(strings.Replace(string(file), `\"contacts\":1`, `\"contacts\":2`, 1)), root, 1, "")
		refused(t, err, policy.ErrStatement)
		_, err = policy.VerifyStatement(file, root, 2, "")
		refused(t, err, policy.ErrStatement) // one administrator of the two that it needs
		_, err = policy.VerifyStatement(file, box.VerifierFrom(box.Random(box.Size)), 1, "")
		refused(t, err, policy.ErrStatement)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Empties}))
		if req := c.read(t, c.pat, id); req.State != policy.LegalAnswered || req.DueBy() != 0 {
			t.Error("whoever asked still waits")
		}
	})
}

// She is found by who is in a situation, and by the number that she is answered at; never
// by the codes of a head.
func TestWhereASearchLooks(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		who := c.Arrive(t, "her words")
		c.Take(t, c.ana, who.Contact)
		c.With(t, c.ana, func(r *vault.Ring) error {
			s, err := c.Situations.Create(t.Context(), r, who.Contact)
			if err != nil {
				return err
			}
			detail := conceal("Édgar Mamani, Calle 5")
			return c.Situations.Say(t.Context(), r, s.ID, situation.Said{Of: hotline.NewID(), Kind: situation.PersonPart, Role: conceal("the driver"), Detail: &detail})
		})
		c.Close(t, c.ana, who.Contact)
		in := c.Incoming(c.Browser(), "hello")
		in.From = conceal("+1 555 0142")
		in.Channel = hotline.Text
		texted, err := c.Book.Receive(t.Context(), in)
		must(t, err)
		for typed, want := range map[string]hotline.ContactID{
			"edgar mamani": who.Contact, "mamani edgar": who.Contact, "the driver": who.Contact, "0155550142": "", "555 0142 99": "",
			"(555) 0142": texted.ID, "+15550142": texted.ID, "safety": "", "helped": "", "Rosa Mamani": "",
		} {
			id := c.begin(t, policy.Warrant, 0)
			c.works(t, c.sue, c.ask(t, id, typed))
			must(t, c.collect(t, id))
			found := c.read(t, c.pat, id).Found
			if want == "" && len(found) != 0 || want != "" && (len(found) != 1 || found[0] != want) {
				t.Errorf("%q finds %d contacts", typed, len(found))
			}
		}
	})
}

// Who is named produces, and nothing else: a privacy officer who is the supervisor named
// lets nothing go either, not even before she is refused.
func TestWhoIsNamedLetsNothingGo(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		both := c.Hire(t, hotline.Supervisor, hotline.PrivacyOfficer)
		id := c.begin(t, policy.Warrant, 0)
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		must(t, c.hold(t, id, rosa))
		seen := func() int { return len(c.read(t, c.pat, id).Acts) }
		must(t, c.in(t, c.pat, func(r *vault.Ring) error {
			return c.law.Name(t.Context(), r, id, seen(), both.ID, conceal("she opens it"))
		}))
		refused(t, c.in(t, both, func(r *vault.Ring) error {
			return c.law.Release(t.Context(), r, id, seen(), []hotline.ContactID{rosa}, conceal("it ended"), "it ended")
		}), policy.ErrLegalRole)
		if !c.Find(t, rosa).Hold {
			t.Error("she was refused, and it is let go")
		}
		refused(t, c.in(t, c.pat, func(r *vault.Ring) error {
			return c.law.Release(t.Context(), r, id, seen(), []hotline.ContactID{rosa}, seal.Text{}, "it ended")
		}), policy.ErrLegalWords)
		if !c.Find(t, rosa).Hold {
			t.Error("nobody said why, and it is let go")
		}
	})
}

// A request outlives the contact: what is gone cannot be held, its id leads nowhere, and a
// later search says how much was gone.
func TestARequestOutlivesAContact(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		id := c.begin(t, policy.Subpoena, 0)
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		must(t, c.Book.EraseNow(t.Context(), "caller", rosa))
		_, s := c.entries(t, rosa)
		must(t, c.Book.ForgetRecord(t.Context(), retention.By, rosa))
		must(t, c.Book.Shred(t.Context(), s))
		refused(t, c.hold(t, id, rosa), contact.ErrMissing)
		if got := c.read(t, c.pat, id).Found; len(got) != 1 {
			t.Errorf("%d found", len(got))
		}
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		req := c.read(t, c.pat, id)
		body, _ := req.Statement()
		st, err := policy.ParseStatement(body)
		must(t, err)
		if st.Found != 0 || st.Gone != 1 || st.Contacts != 1 {
			t.Errorf("it says %+v", st)
		}
	})
}

// A search over many goes on where the last session left it, in whoever's comes next, and
// misses none and counts none twice.
func TestASearchIsResumed(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		c.SQL(t, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
			INSERT INTO contact (id, handle, channel, queue, lang, urgency, state, state_at, began, shred_k, shred_s)
			SELECT 'M' || CAST(10000000000 + i AS TEXT), '', 'chat', '', '', 9, 'erased', 0, 0, '', '' FROM n`)
		id := c.begin(t, policy.Subpoena, 0)
		search := c.ask(t, id, "Rosa Quispe")
		step := func(p *hotlinetest.Person) (done bool) {
			t.Helper()
			must(t, c.in(t, p, func(r *vault.Ring) (err error) {
				done, err = c.law.Portion(t.Context(), r, search)
				return err
			}))
			return done
		}
		for range 7 {
			step(c.sue)
		}
		c.Restart(t) // killed
		next := newHouse(c.World)
		c2 := &court{next, retention.NewLegal(next.r, policy.NewLegalDesk(c.Engine.Main, c.World.Log, contact.Bell{Kind: contact.Law})), c.ana, c.sue, c.tom, c.pat}
		p, err := c2.law.Progress(t.Context(), search)
		must(t, err)
		if p.Contacts != 1400 || p.Of != 10000 || p.Done {
			t.Errorf("it is at %+v", p)
		}
		n := 7
		for done := false; !done; n++ {
			must(t, c2.in(t, c.tom, func(r *vault.Ring) (err error) {
				done, err = c2.law.Portion(t.Context(), r, search)
				return err
			}))
		}
		must(t, c2.collect(t, id))
		req := c2.read(t, c.pat, id)
		body, _ := req.Statement()
		st, err := policy.ParseStatement(body)
		must(t, err)
		if st.Contacts != 10000 || st.Gone != 9999 || st.Found != 1 || req.Found[0] != rosa {
			t.Errorf("after %d portions it says %+v", n, st)
		}
	})
}

// A search whose rows are lost is begun anew.
func TestALostSearchIsBegunAnew(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		id := c.begin(t, policy.Subpoena, 0)
		lost := c.ask(t, id, "Rosa Quispe")
		c.SQL(t, `DELETE FROM legal_search`)
		if p, err := c.law.Progress(t.Context(), lost); err != nil || p.Done || p.Contacts != 0 {
			t.Errorf("it is at %+v, %v", p, err)
		}
		c.works(t, c.sue, lost) // nothing to do
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		if got := c.read(t, c.pat, id).Found; len(got) != 1 || got[0] != rosa || c.there(t, lost) {
			t.Errorf("found %d, and the lost one is there: %v", len(got), c.there(t, lost))
		}
	})
}

// It rings once when the day is over and nobody has answered, and is silent once somebody
// has.
func TestALegalDayRings(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		id := c.begin(t, policy.Question, c.Now(t)+day.Milliseconds())
		rings := func(want int) {
			t.Helper()
			must(t, c.law.Desk.Turn(t.Context()))
			if n := c.Count(t, `SELECT count(*) FROM alert WHERE kind = 'law' AND acknowledged_at IS NULL`); n != want {
				t.Errorf("%d ring, want %d", n, want)
			}
		}
		rings(0)
		c.Advance(t, day+time.Minute)
		rings(1)
		rings(1)
		c.SignIn(t, c.pat)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Neither}))
		rings(0)
	})
}

// An older state that is put back is refused: an act, the row, or both.
func TestAnOldLegalRequestIsRefused(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		id := c.begin(t, policy.Subpoena, c.Now(t)+day.Milliseconds())
		old := c.Backup(t)
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.ToldCounsel, Counsel: policy.MustNotYield, Words: conceal("we fight it")}))
		must(t, c.act(t, id, policy.LegalAct{Kind: policy.Declines, Words: conceal("objected")}))
		reads := func() error {
			return c.in(t, c.pat, func(r *vault.Ring) error { _, _, err := c.law.Read(t.Context(), r, id, "read"); return err })
		}
		now := c.Backup(t)
		again := func() {
			t.Helper()
			c.SQL(t, `DELETE FROM legal_act`)
			c.SQL(t, `DELETE FROM legal`)
			c.PutBackMain(t, now)
		}
		for _, sql := range []string{
			`DELETE FROM legal_act WHERE n = 3`,
			`UPDATE legal SET state = 'open'`,
			`UPDATE legal SET due_by = 1`,
			`UPDATE legal SET named = 'somebody'`,
			`UPDATE legal SET paper = 'order'`,
		} {
			c.SQL(t, sql)
			refused(t, reads(), policy.ErrPutBack)
			again()
		}
		c.SQL(t, `DELETE FROM legal_act WHERE n > 1`)
		c.SQL(t, `UPDATE legal SET state = $1, due_by = $2`, old.Cell("legal", "state", "id", id), old.Cell("legal", "due_by", "id", id))
		refused(t, reads(), policy.ErrPutBack)
		again()
		must(t, reads())
	})
}

// Each act is its role's alone: no advocate, and no supervisor who is not named, takes any
// of them, and who is named takes none but hers.
func TestEachLegalActIsItsRolesAlone(t *testing.T) {
	courts(t, func(t *testing.T, c *court) {
		rosa := c.named(t, "Rosa Quispe")
		id := c.begin(t, policy.Warrant, 0)
		c.works(t, c.sue, c.ask(t, id, "Rosa Quispe"))
		must(t, c.collect(t, id))
		must(t, c.hold(t, id, rosa))
		why, ids := conceal("a reason"), []hotline.ContactID{rosa}
		seen := func() int { return len(c.read(t, c.pat, id).Acts) }
		must(t, c.in(t, c.pat, func(r *vault.Ring) error { return c.law.Name(t.Context(), r, id, seen(), c.sue.ID, why) }))
		n := seen()
		acts := map[string]func(*vault.Ring) error{
			"begin": func(r *vault.Ring) error {
				_, err := c.law.Begin(t.Context(), r, received(policy.Order, 0))
				return err
			},
			"search":  func(r *vault.Ring) error { return c.law.Search(t.Context(), r, id, n, why, []string{"a reason"}) },
			"collect": func(r *vault.Ring) error { return c.law.Collect(t.Context(), r, id, n) },
			"keep":    func(r *vault.Ring) error { return c.law.Keep(t.Context(), r, id, n, ids, why, "a reason") },
			"release": func(r *vault.Ring) error { return c.law.Release(t.Context(), r, id, n, ids, why, "a reason") },
			"name":    func(r *vault.Ring) error { return c.law.Name(t.Context(), r, id, n, c.tom.ID, why) },
			"end":     func(r *vault.Ring) error { return c.law.End(t.Context(), r, id, n, why) },
		}
		for _, kind := range []policy.LegalKind{policy.Another, policy.ToldCounsel, policy.Neither, policy.Hands, policy.Empties, policy.Declines, policy.Tells} {
			acts[string(kind)] = func(r *vault.Ring) error {
				a := received(policy.Order, 0)
				a.Kind, a.Told = kind, policy.Forbidden
				return c.law.Act(t.Context(), r, id, n, a)
			}
		}
		for name, act := range acts {
			for _, p := range []*hotlinetest.Person{c.ana, c.sue, c.tom} {
				if err := c.in(t, p, act); !errors.Is(err, retention.ErrRole) {
					t.Errorf("%s by %s: %v", name, p.Name, err)
				}
			}
		}
		produce := func(r *vault.Ring) error {
			return c.law.Produce(t.Context(), r, id, n, []policy.LegalObject{{Contact: rosa, Words: true}}, why, "a reason")
		}
		for who, want := range map[*hotlinetest.Person]error{c.ana: retention.ErrRole, c.tom: retention.ErrRole, c.pat: policy.ErrLegalRole} {
			if err := c.in(t, who, produce); !errors.Is(err, want) {
				t.Errorf("produced by %s: %v", who.Name, err)
			}
		}
		must(t, c.in(t, c.sue, produce))
		if got := seen(); got != n+1 {
			t.Errorf("%d acts, want one more than %d", got, n)
		}
	})
}
