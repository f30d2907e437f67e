package desk_test

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/retention"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/desk"
)

var (
	anID   = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`)
	aTime  = regexp.MustCompile(`\b1[0-9]{12}\b`)
	aMoved = regexp.MustCompile(`"(open|n|seq|epoch)":[0-9]+`)
)

// told reads what a desk was sent until it has done all that was asked, as far as two
// lines can say the same: without ids, moments and handles.
func (c *console) told(handles *strings.Replacer) (out []string) {
	c.t.Helper()
	c.say("ping", desk.Ping{})
	late := time.After(patience)
	for {
		select {
		case f := <-c.frames:
			kind := strings.Trim(string(f["t"]), `"`)
			if kind == "pong" {
				slices.Sort(out)
				return slices.Compact(out)
			}
			// What speaks of contacts and situations; the rest is the same for every contact.
			if !slices.Contains([]string{"situation", "situations", "words", "names", "did", "refused", "contact", "queue", "alert", "show_her"}, kind) {
				continue
			}
			text := aMoved.ReplaceAllString(aTime.ReplaceAllString(anID.ReplaceAllString(handles.Replace(asJSON(f)), "ID"), "T"), `"$1":0`)
			out = append(out, text)
		case <-late:
			c.t.Fatal("the desk does not answer")
		}
	}
}

// asks lists the statements by which a desk does something, as it mostly does it: now and
// then it looks at something else in between.
func (c *console) asks(e *dbtest.Engine, handles *strings.Replacer, do func()) []string {
	c.t.Helper()
	often := map[string]int{}
	for range 9 {
		often[strings.Join(e.Statements(c.t, func() { do(); c.told(handles) }), "\n")]++
	}
	mostly := slices.MaxFunc(slices.Sorted(maps.Keys(often)), func(a, b string) int { return cmp.Compare(often[a], often[b]) })
	return strings.Split(mostly, "\n")
}

// life is all that the desks are shown of one caller's contact and its situation, from its
// closing to long after it should be gone; held or not. With wish she has asked that what
// we wrote be deleted, and a supervisor does it.
func life(t *testing.T, e *dbtest.Engine, held, wish bool) map[string][]string {
	t.Helper()
	l := open(t, e)
	ana, sue, pat := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor), l.Hire(t, hotline.PrivacyOfficer)
	r := retention.New(retention.Parts{
		Line: l.Line, Main: e.Main, Store: e.Shred, Shred: l.Shred, Book: l.Book, Authority: l.Authority, Log: l.Log, Intake: l.Intake, Alarm: func(err error) { t.Error(err) },
	}, retention.Defaults())
	her, again := l.Arrive(t, "hello"), l.Arrive(t, "me again")
	l.Take(t, ana, her.Contact)
	l.Take(t, ana, again.Contact)
	hotlinetest.Must(t, l.PutHead(t, ana, her.Contact, func(h *contact.Head) { h.Safety.Name = "Rosa" }))
	l.Note(t, ana, her.Contact, "our note")
	l.Reply(t, ana, her.Contact, "an answer")
	var s situation.Situation
	l.With(t, ana, func(r *vault.Ring) (err error) {
		if s, err = l.Situations.Create(t.Context(), r, her.Contact); err != nil {
			return err
		}
		detail := seal.Conceal("his name")
		return l.Situations.Say(t.Context(), r, s.ID, situation.Said{Of: hotline.NewID(), Kind: situation.PersonPart, About: her.Contact, Role: seal.Conceal("the driver"), Detail: &detail})
	})
	handles := strings.NewReplacer(`"`+l.Find(t, her.Contact).Handle+`"`, `"HERS"`, `"`+l.Find(t, again.Contact).Handle+`"`, `"AGAIN"`, `"`+s.Handle+`"`, `"SITUATION"`, ana.Name, "ANA", sue.Name, "SUE")
	l.Close(t, ana, her.Contact)
	hotlinetest.Must(t, r.Carry(t.Context(), her.Contact))
	if wish {
		hotlinetest.Must(t, l.Book.AskUs(t.Context(), contact.Request{ID: hotline.NewID(), Contact: again.Contact, About: her.Contact, Kind: "erase"}))
	}
	out := map[string][]string{}
	list := func(c *console) { c.say("situations", desk.AskSituations{}) }
	enter := func(c *console) { c.say("situation", desk.OpenSituation{ID: string(s.ID)}) }
	read := func(c *console) {
		c.say("read", desk.Read{Contact: string(her.Contact), Situation: string(s.ID), Why: "a reason"})
	}
	ask := func(c *console) {
		for _, do := range []func(*console){list, enter, read, enter} {
			do(c)
		}
	}
	look := func(stage string, during func(consoles ...*console)) {
		t.Helper()
		a, _ := l.at(t, ana)
		b, _ := l.at(t, sue)
		for who, c := range map[string]*console{"ana": a, "sue": b} {
			ask(c)
			out[stage+" "+who] = c.told(handles)
			for what, do := range map[string]func(*console){"the list": list, "the situation": enter, "the words": read} {
				out[stage+" "+who+", asks for "+what] = c.asks(e, handles, func() { do(c) })
			}
		}
		if during == nil {
			return
		}
		during(a, b)
		for who, c := range map[string]*console{"ana": a, "sue": b} {
			if came := c.told(handles); !wish { // without asking; after a wish it may come twice
				out[stage+", then "+who] = came
			}
			ask(c)
			out[stage+", after "+who] = c.told(handles)
		}
	}
	look("closed", func(...*console) {
		if held {
			l.With(t, pat, func(ring *vault.Ring) error {
				return errors.Join(r.Hold(t.Context(), ring, her.Contact, "an order"), r.Hold(t.Context(), ring, again.Contact, "an order"))
			})
		}
	})
	pass := func(by time.Duration) {
		t.Helper()
		l.Advance(t, by)
		if by > 12*time.Hour {
			for _, p := range []*hotlinetest.Person{ana, sue, pat} {
				l.SignIn(t, p)
			}
		}
		hotlinetest.Must(t, r.Carry(t.Context(), her.Contact))
		hotlinetest.Must(t, r.Forget(t.Context()))
		hotlinetest.Must(t, r.Sweep(t.Context()))
		hotlinetest.Must(t, r.Round(t.Context()))
	}
	if wish {
		look("she asked", func(consoles ...*console) {
			consoles[1].say("forget", desk.Forget{Contact: string(her.Contact)})
			for _, c := range consoles {
				await(c, "situations", func(f desk.SituationsFrame) bool { return len(f.Requests) == 1 && f.Requests[0].Erased })
			}
			entry := l.One(t, `SELECT shred_s FROM contact WHERE id = $1`, her.Contact)
			hotlinetest.Must(t, r.CarryRecord(t.Context(), entry))
		})
	}
	pass(2 * time.Hour)
	look("two hours later", nil)
	pass(23 * time.Hour)
	look("past its hour", nil)
	pass(8 * 24 * time.Hour)
	look("destroyed", nil)
	pass(40 * 24 * time.Hour)
	look("long ago", nil)
	if still := l.Count(t, `SELECT count(*) FROM message WHERE contact = $1`, her.Contact) > 0; still != held {
		t.Errorf("held %v: her words are there: %v", held, still)
	}
	return out
}

// Nobody on the desk can tell: all that it is sent about a contact is the same with a hold
// and without, at each time of its life, also where she has asked to be forgotten. The same
// statements bring it, so that no clock tells either.
func TestNobodyAtTheDeskCanTellAHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		fresh := dbtest.New
		if e.Name == string(db.Postgres) {
			fresh = dbtest.NewPostgres
		}
		for _, wish := range []bool{false, true} {
			without, with := life(t, fresh(t), false, wish), life(t, fresh(t), true, wish)
			for stage := range without {
				if diff := gocmp.Diff(without[stage], with[stage]); diff != "" {
					t.Errorf("she asked to be forgotten: %v; %s: without (-) and with (+) a hold:\n%s", wish, stage, diff)
				}
				if len(without[stage]) == 0 && !strings.Contains(stage, "then") {
					t.Errorf("%s: nothing came", stage)
				}
			}
		}
	})
}
