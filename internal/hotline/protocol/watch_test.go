package protocol_test

import (
	"slices"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// waits is a protocol that waits for ten minutes after its first step, and then asks a
// supervisor and counsel.
func waits(rings hotline.Role) protocol.Protocol {
	words := map[string]form.Words{"en": {Label: "Any"}}
	return protocol.Protocol{Words: words, Steps: []protocol.Step{
		{ID: "hello", Kind: protocol.Do, Words: words, Sign: protocol.Counsel},
		{ID: "quiet", Kind: protocol.Wait, Words: words, Minutes: 10, Rings: rings, Skip: true},
		{ID: "may", Kind: protocol.SignOff, Words: words, Sign: hotline.Supervisor},
	}}
}

// rings are what rings for a contact, by kind.
func rings(t *testing.T, w *hotlinetest.World, id hotline.ContactID) (out []string) {
	t.Helper()
	all, err := w.Book.Alerts(t.Context())
	hotlinetest.Must(t, err)
	for _, a := range all {
		if a.Contact == id {
			out = append(out, a.Kind)
		}
	}
	slices.Sort(out)
	return out
}

// A clock that has run out rings for the supervisors with nobody looking, on any node and
// after a restart: at once where the step says so, else when nobody has gone on for five
// minutes. It rings once; what is done or closed rings no more.
func TestAClockRingsWithNobodyLooking(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, _, hers := line(t, e)
		others := map[string]hotline.ContactID{"hers": hers.Contact}
		for _, name := range []string{"advocate's", "done", "closed"} {
			c := w.Arrive(t, "her words")
			w.Take(t, ana, c.Contact)
			others[name] = c.Contact
		}
		for name, id := range others {
			of := hotline.Supervisor
			if name != "hers" {
				of = hotline.Advocate
			}
			hotlinetest.Must(t, w.StepAt(t, ana, protocol.Place{Contact: id, Name: "any", Edition: 3, Protocol: waits(of)}, mark("hello"), func() {}))
		}
		if n := w.Count(t, `SELECT count(*) FROM following WHERE rings_at > 0`); n != 4 {
			t.Fatalf("%d clocks run", n)
		}
		after := func(by time.Duration) {
			t.Helper()
			w.Advance(t, by)
			w.Restart(t)
			for range 2 {
				hotlinetest.Must(t, w.Procedures.Ring(t.Context()))
			}
		}
		after(9 * time.Minute)
		if n := w.Count(t, `SELECT count(*) FROM alert`); n != 0 {
			t.Errorf("%d ring too early", n)
		}
		after(time.Minute + time.Second)
		hotlinetest.Same(t, rings(t, w, others["hers"]), contact.Clock)
		hotlinetest.Same(t, rings(t, w, others["advocate's"]))
		hotlinetest.Must(t, w.StepAt(t, ana, protocol.Place{Contact: others["done"], Name: "any", Edition: 3, Protocol: waits(hotline.Advocate)}, mark("quiet"), func() {}))
		w.SQL(t, `UPDATE contact SET state = 'closed' WHERE id = $1`, string(others["closed"]))
		after(5 * time.Minute)
		hotlinetest.Same(t, rings(t, w, others["advocate's"]), contact.Clock)
		hotlinetest.Same(t, rings(t, w, others["done"]))
		hotlinetest.Same(t, rings(t, w, others["closed"]))

		// Seen, and looked at: that clock is not set again.
		w.SQL(t, `UPDATE alert SET acknowledged_at = 1, acknowledged_by = 'sue'`)
		f, err := w.Followed(t, ana, others["hers"])
		hotlinetest.Must(t, err)
		hotlinetest.Must(t, w.Watch(t, ana, others["hers"], f.Version, hotlinetest.Watched(waits(hotline.Supervisor), f)))
		after(time.Hour)
		hotlinetest.Same(t, rings(t, w, others["hers"]))
		for _, word := range []string{"quiet", "any"} {
			if got := w.Holding(t, word); slices.Contains(got, "main following.sealed") {
				t.Errorf("%s stands readable in %v", word, got)
			}
		}
	})
}

// Whose sign-off is waited for is known without a key, with who came to the step and since
// when: before an act and afterwards, by role, and nothing of what it is about. It ends
// with the sign-off, or with an answer in the record that leads past it.
func TestWhoHasToSignIsKnown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, sue, c := line(t, e)
		at := protocol.Place{Contact: c.Contact, Name: "any", Edition: 3, Protocol: waits(hotline.Advocate)}
		do := func(p *hotlinetest.Person, d protocol.Deed) {
			t.Helper()
			hotlinetest.Must(t, w.StepAt(t, p, at, d, func() {}))
		}
		waiting := func() (out []string) {
			t.Helper()
			all, err := w.Procedures.Waiting(t.Context())
			hotlinetest.Must(t, err)
			for _, s := range all {
				if s.Contact != c.Contact || s.By != ana.ID || s.Since == 0 || s.Handle == "" {
					t.Errorf("%s waits since %d, asked by %s", s.Role, s.Since, s.By)
				}
				out = append(out, string(s.Role))
			}
			slices.Sort(out)
			return out
		}
		hotlinetest.Same(t, waiting())
		do(ana, mark("hello"))
		hotlinetest.Same(t, waiting(), "counsel")
		do(ana, mark("quiet"))
		hotlinetest.Same(t, waiting(), "counsel", "supervisor")
		do(sue, protocol.Deed{Kind: protocol.Signing, Step: "may", Answer: protocol.No, Roles: []hotline.Role{hotline.Supervisor}})
		hotlinetest.Same(t, waiting(), "counsel")
		f, err := w.Followed(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		hotlinetest.Must(t, w.Watch(t, ana, c.Contact, f.Version-1, protocol.Watch{}))
		hotlinetest.Same(t, waiting(), "counsel") // that one had not seen the newest
		hotlinetest.Must(t, w.Watch(t, ana, c.Contact, f.Version, protocol.Watch{}))
		hotlinetest.Same(t, waiting())
	})
}

// An older state that is put back is refused, and rings: a sign-off that was taken away, a
// step that was done, and all of it. What is begun anew stands above.
func TestOldStepsPutBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, sue, c := line(t, e)
		id := c.Contact
		var alarms []error
		w.Procedures.Alarm(func(err error) { alarms = append(alarms, err) })
		hotlinetest.Must(t, w.Step(t, ana, id, "heron", mark("call")))
		old := w.Backup(t)
		hotlinetest.Must(t, w.Step(t, sue, id, "heron", protocol.Deed{Kind: protocol.Signing, Step: "call", Answer: protocol.No, Roles: []hotline.Role{hotline.Supervisor}}))
		newest := w.Backup(t)
		put := func(from hotlinetest.Copy) {
			t.Helper()
			w.SQL(t, `UPDATE following SET version = $1, sealed = $2 WHERE contact = $3`, from.Cell("following", "version", "contact", string(id)), from.Cell("following", "sealed", "contact", string(id)), string(id))
		}
		put(old)
		for range 2 {
			_, err := w.Followed(t, ana, id)
			hotlinetest.Refused(t, err, protocol.ErrPutBack)
		}
		hotlinetest.Refused(t, w.Step(t, ana, id, "heron", mark("hello")), protocol.ErrPutBack)
		hotlinetest.Same(t, rings(t, w, id), contact.OldSteps)
		if len(alarms) != 1 {
			t.Errorf("%d alarms", len(alarms))
		}
		put(newest)
		f, err := w.Followed(t, ana, id)
		hotlinetest.Must(t, err)
		if f.Of["heron"].Steps["call"].Signed.Answer != protocol.No {
			t.Error("the newest lacks what was signed")
		}
		w.SQL(t, `DELETE FROM following WHERE contact = $1`, string(id))
		_, err = w.Followed(t, ana, id)
		hotlinetest.Refused(t, err, protocol.ErrPutBack)

		anew := func() error { return w.Anew(t, sue, id) }
		hotlinetest.Must(t, anew())
		hotlinetest.Refused(t, anew(), protocol.ErrMoved) // it is the newest
		f, err = w.Followed(t, ana, id)
		hotlinetest.Must(t, err)
		if len(f.Of) != 0 {
			t.Error("begun anew, something is done")
		}
		hotlinetest.Must(t, w.Step(t, ana, id, "heron", mark("hello")))
		w.SQL(t, `UPDATE following SET version = $1, sealed = $2 WHERE contact = $3`, newest.Cell("following", "version", "contact", string(id)), newest.Cell("following", "sealed", "contact", string(id)), string(id))
		_, err = w.Followed(t, ana, id)
		hotlinetest.Refused(t, err, protocol.ErrPutBack)
	})
}

// Who does not open the contact notes a yes or no: her own, and counsel's. It is taken
// over by whoever looks next, for the step that was asked about and for no other, also once
// she has left the line. A note that nobody has signed who is or was of the line counts for
// nothing, and is in nobody's way.
func TestASignoffIsNotedWithoutOpeningTheContact(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		w, ana, _, c := line(t, e)
		officer := w.Hire(t, hotline.PrivacyOfficer)
		at := protocol.Place{Contact: c.Contact, Name: "any", Edition: 3, Protocol: waits(hotline.Advocate)}
		hotlinetest.Must(t, w.StepAt(t, ana, at, mark("hello"), func() {}))
		hotlinetest.Must(t, w.StepAt(t, ana, at, mark("quiet"), func() {}))
		ask := map[hotline.Role]string{}
		all, err := w.Procedures.Waiting(t.Context())
		hotlinetest.Must(t, err)
		for _, s := range all {
			ask[s.Role] = s.ID
		}
		note := func(p *hotlinetest.Person, id, answer string) error {
			return w.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
				return w.Procedures.Note(t.Context(), p.ID, id, answer, r.Sign)
			})
		}
		noted := func() []protocol.Noted {
			t.Helper()
			f, err := w.Followed(t, ana, c.Contact)
			hotlinetest.Must(t, err)
			return f.Noted
		}
		hotlinetest.Refused(t, note(officer, ask[protocol.Counsel], "perhaps"), protocol.ErrAnswer)
		hotlinetest.Refused(t, note(officer, hotline.NewID(), protocol.Yes), protocol.ErrMoved)
		hotlinetest.Refused(t, note(officer, ask[hotline.Supervisor], protocol.Yes), protocol.ErrSign)
		hotlinetest.Refused(t, note(ana, ask[protocol.Counsel], protocol.Yes), protocol.ErrSign) // she asks
		hotlinetest.Must(t, note(officer, ask[protocol.Counsel], protocol.No))
		hotlinetest.Refused(t, note(officer, ask[protocol.Counsel], protocol.Yes), protocol.ErrMoved)
		got := noted()
		if len(got) != 1 || got[0].Asked != (protocol.Asked{Role: protocol.Counsel, Name: "any", Step: "hello"}) || got[0].Answer != protocol.No || got[0].By != officer.ID {
			t.Fatalf("noted are %d", len(got))
		}
		for _, change := range []string{`UPDATE to_sign SET answer = 'yes' WHERE answer <> ''`, `UPDATE to_sign SET answered_by = '` + string(w.First.ID) + `' WHERE answer <> ''`, `UPDATE to_sign SET answered_at = 1 WHERE answer <> ''`} {
			w.SQL(t, change)
			if n := len(noted()); n != 0 {
				t.Errorf("%s: it counts", change)
			}
			if _, waits, err := w.Procedures.Version(t.Context(), c.Contact); err != nil || waits {
				t.Errorf("%s: it waits to be taken over, %v", change, err)
			}
			hotlinetest.Must(t, note(officer, ask[protocol.Counsel], protocol.No)) // let go, it is noted again
		}
		w.With(t, w.First, func(r *vault.Ring) error { return w.Accounts.Remove(t.Context(), r, officer.ID) })
		w.Restart(t)
		n := noted()[0]
		hotlinetest.Must(t, w.StepAt(t, inFor(ana, n.By), at, protocol.Deed{Kind: protocol.Signing, Step: n.Asked.Step, Answer: n.Answer, Roles: protocol.Noting()}, func() {}))
		if left := noted(); len(left) != 0 {
			t.Errorf("taken over, %d are left", len(left))
		}
		f, err := w.Followed(t, ana, c.Contact)
		hotlinetest.Must(t, err)
		if s := f.Of["any"].Steps["hello"].Signed; s.By != officer.ID || s.Answer != protocol.No {
			t.Errorf("signed %s by %s", s.Answer, s.By)
		}
	})
}

// inFor acts in somebody's session for another, as a desk does that takes a note over.
func inFor(session *hotlinetest.Person, by hotline.PersonID) *hotlinetest.Person {
	p := *session
	p.ID = by
	return &p
}
