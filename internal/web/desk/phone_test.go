package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// rings is a line with a telephone.
func rings(t *testing.T, e *dbtest.Engine) (*line, *switchboard) {
	t.Helper()
	b := newSwitchboard(t)
	return openWith(t, e, desk.Config{Node: "test"}, func(p *desk.Parts) { p.Phone = b }), b
}

// dials is somebody who has called and waits for a person, whose telephone may ring.
func (l *line) dials(t *testing.T, p *hotlinetest.Person) contact.Contact {
	t.Helper()
	l.Phones.Connect(p)
	return l.Call(t, "+15550100")
}

// sound is what a browser would offer.
const sound = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 8\r\nc=IN IP4 0.0.0.0\r\n" +
	"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
	"a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"

func TestABrowserBecomesATelephone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, b := rings(t, e)
		ana := l.Hire(t, hotline.Advocate)
		c, snap := l.at(t, ana)
		if !snap.Me.Phone {
			t.Fatal("she has no telephone")
		}
		await(c, "phone", func(f desk.PhoneFrame) bool { return f.Generation == 0 && !f.Fresh && len(f.Calls) == 0 })
		c.say("phone_offer", desk.PhoneOffer{N: 7, SDP: sound})
		a := await[desk.PhoneAnswer](c, "phone_answer", nil)
		if a.N != 7 || a.Generation == 0 || !strings.Contains(a.SDP, "a=ice-lite") {
			t.Errorf("answered %d, generation %d", a.N, a.Generation)
		}
		await(c, "phone", func(f desk.PhoneFrame) bool { return f.Generation == a.Generation })

		// Another tab takes it over, and the first is told.
		other, _ := l.at(t, ana)
		other.say("phone_offer", desk.PhoneOffer{N: 1, SDP: sound})
		second := await[desk.PhoneAnswer](other, "phone_answer", nil)
		await(c, "phone", func(f desk.PhoneFrame) bool { return f.Generation == second.Generation })
		c.say("phone_bye", desk.PhoneBye{Generation: a.Generation})
		c.pinged()
		if got := b.Telephone(ana.ID).Generation; got != second.Generation {
			t.Errorf("the bye of the first left generation %d", got)
		}

		// What is none is refused without a word of it, and whoever covers her desk keeps her call.
		c.say("phone_offer", desk.PhoneOffer{N: 2, SDP: "v=0 canary"})
		if no := await[desk.Refused](c, "refused", nil); no.Key != "desk.problem.phone_offer" || no.Why != "invalid" || strings.Contains(asJSON(no), "canary") {
			t.Errorf("refused as %+v", no)
		}
		c.say("cover", desk.Cover{})
		await[desk.Lock](c, "lock", nil)
		c.say("phone_offer", desk.PhoneOffer{N: 3, SDP: sound})
		if a := await[desk.PhoneAnswer](c, "phone_answer", nil); a.N != 3 || a.Generation <= second.Generation {
			t.Errorf("covered: answered %d, generation %d", a.N, a.Generation)
		}
	})
}

// Whoever answers nobody has no telephone, and a line without one says so.
func TestNoTelephone(t *testing.T) {
	t.Parallel()
	l, _ := rings(t, dbtest.New(t))
	eve := l.Hire(t, hotline.Translator)
	c, snap := l.at(t, eve)
	c.say("phone_offer", desk.PhoneOffer{N: 1, SDP: sound})
	if no := await[desk.Refused](c, "refused", nil); no.Why != "denied" || snap.Me.Phone {
		t.Errorf("a translator is refused as %+v, her telephone is %v", no, snap.Me.Phone)
	}
	plain := open(t, dbtest.New(t))
	c, snap = plain.at(t, plain.Hire(t, hotline.Advocate))
	c.say("phone_offer", desk.PhoneOffer{N: 1, SDP: sound})
	if no := await[desk.Refused](c, "refused", nil); no.Key != "desk.problem.phone" || snap.Me.Phone {
		t.Errorf("a line without one refuses as %+v, her telephone is %v", no, snap.Me.Phone)
	}
}

func TestACallIsHeldMutedAndEnded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, b := rings(t, e)
		ana := l.Hire(t, hotline.Advocate)
		her := l.dials(t, ana)
		id := string(her.ID)
		c, _ := l.at(t, ana)
		l.Offer(t, her.ID, ana)
		o := await(c, "offer", func(f desk.OfferFrame) bool { return f.Ended == "" && f.Offer.Channel == "call" }).Offer
		c.say("accept", desk.Accept{Offer: o.ID, Epoch: o.Epoch})
		await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.ID == id && f.Contact.State == "live" })
		c.say("mute", desk.Mute{Contact: id, On: true})
		if no := await[desk.Refused](c, "refused", nil); no.ID != id || no.Why != "missing" {
			t.Errorf("without a call: %+v", no)
		}
		b.begin(ana.ID, desk.PhoneCall{Contact: her.ID, How: desk.Talks, Answered: time.Now().UnixMilli(), Rang: 3 * time.Second, Quality: desk.Bad})
		got := await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 }).Calls[0]
		if got.Contact != id || got.How != "talks" || got.Rang != 3000 || got.Quality != "bad" || got.Muted || got.Held {
			t.Errorf("the call is %+v", got)
		}
		c.say("mute", desk.Mute{Contact: id, On: true})
		await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].Muted })
		c.say("hold", desk.Hold{Contact: id, On: true})
		await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].Held })
		c.say("hold", desk.Hold{Contact: id})
		await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && !f.Calls[0].Held })
		c.say("digit", desk.Digit{Contact: id, Digit: "#"})
		for _, none := range []string{"x", "12", ""} {
			c.say("digit", desk.Digit{Contact: id, Digit: none})
			if no := await[desk.Refused](c, "refused", nil); no.Why != "invalid" {
				t.Errorf("the key %q is refused as %+v", none, no)
			}
		}
		c.say("end", desk.End{Contact: id})
		await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.State == "closing" })
		await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 0 })
		if got, want := b.done(), []string{"mute", "hold", "hold", "digit #", "end"}; !slices.Equal(got, want) {
			t.Errorf("it did %q, want %q", got, want)
		}
	})
}

// What changes on the line is on the desk at once, not with the next poll.
func TestWhatChangesOnTheLineIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	her := l.dials(t, ana)
	c, _ := l.at(t, ana)
	begun := time.Now()
	b.begin(ana.ID, desk.PhoneCall{Contact: her.ID, How: desk.Talks})
	await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 })
	for _, quality := range []desk.Quality{desk.Clear, desk.Weak, desk.Gone} {
		hotlinetest.Must(t, b.change(ana.ID, her.ID, "", func(c *desk.PhoneCall) { c.Quality = quality }))
		await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].Quality == string(quality) })
	}
	// What she presses too; a covered desk is told nothing of it.
	hotlinetest.Must(t, b.change(ana.ID, her.ID, "", func(c *desk.PhoneCall) { c.Silent, c.Keys = true, "21" }))
	await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].Silent && f.Calls[0].Keys == "21" })
	if took := time.Since(begun); took > 4*time.Second { // four polls take six at least
		t.Errorf("four changes took %v", took)
	}
	c.say("cover", desk.Cover{})
	await(c, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].Keys == "" })
}

// A chat that ends hangs nothing up.
func TestOnlyACallIsHungUp(t *testing.T) {
	t.Parallel()
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	her := l.Arrive(t, "her words")
	l.Take(t, ana, her.Contact)
	c, _ := l.at(t, ana)
	c.say("end", desk.End{Contact: string(her.Contact)})
	await(c, "contact", func(f desk.ContactFrame) bool { return f.Contact.State == "closing" })
	if got := b.done(); len(got) > 0 {
		t.Errorf("it did %q", got)
	}
}

// A supervisor listens to what she may read along, and the advocate sees who it is, and how.
func TestASupervisorListensVisibly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		l, b := rings(t, e)
		ana, sue := l.Hire(t, hotline.Advocate), l.Hire(t, hotline.Supervisor)
		her := l.dials(t, ana)
		id := string(her.ID)
		l.Take(t, ana, her.ID)
		a, _ := l.at(t, ana)
		s, _ := l.at(t, sue)
		a.say("listen", desk.Listen{Contact: id, How: "listens"})
		if no := await[desk.Refused](a, "refused", nil); no.Why != "denied" {
			t.Errorf("an advocate is refused as %+v", no)
		}
		s.say("listen", desk.Listen{Contact: id, How: "listens"})
		if no := await[desk.Refused](s, "refused", nil); no.Key != "desk.problem.listen" {
			t.Errorf("who does not read along is refused as %+v", no)
		}
		s.say("join", desk.Join{Contact: id})
		await(s, "contact", func(f desk.ContactFrame) bool { return f.Contact.ID == id && !f.Contact.Mine })
		s.say("listen", desk.Listen{Contact: id, How: "talks"})
		if no := await[desk.Refused](s, "refused", nil); no.Why != "invalid" {
			t.Errorf("another way to listen is refused as %+v", no)
		}
		s.say("listen", desk.Listen{Contact: id, How: "whispers"})
		await(s, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 && f.Calls[0].How == "whispers" })
		b.begin(ana.ID, desk.PhoneCall{Contact: her.ID, How: desk.Talks, Ears: []desk.Ear{{Person: sue.ID, How: desk.Whispers}}})
		got := await(a, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 1 }).Calls[0].Ears
		if len(got) != 1 || got[0].Name != sue.Name || got[0].How != "whispers" {
			t.Errorf("the advocate sees %+v", got)
		}
		s.say("listen", desk.Listen{Contact: id, How: "leaves"})
		await(s, "phone", func(f desk.PhoneFrame) bool { return len(f.Calls) == 0 })

		// Where the advocate's telephone is gone, she is asked to take the call over, and from whom.
		l.Phones.Connect(sue)
		hotlinetest.Must(t, l.Book.Mark(t.Context(), sue.ID, her.ID, true))
		of := l.Find(t, her.ID)
		hotlinetest.Must(t, e.Main.Write(t.Context(), func(tx db.Tx) error { return l.Book.RelieveBy(tx, of, sue.ID) }))
		l.Book.Told(her.ID)
		o := await(s, "offer", func(f desk.OfferFrame) bool { return f.Ended == "" }).Offer
		if o.Kind != "relief" || o.From != ana.Name || !slices.Contains(o.Why, "danger_call") {
			t.Errorf("she is asked %+v", o)
		}
	})
}

// Who may not read may not hear: with the session ends the telephone.
func TestTheTelephoneEndsWithTheSession(t *testing.T) {
	t.Parallel()
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	c, _ := l.at(t, ana)
	c.say("phone_offer", desk.PhoneOffer{N: 1, SDP: sound})
	await[desk.PhoneAnswer](c, "phone_answer", nil)
	_ = c.conn.CloseNow() // a line that breaks takes no call with it
	again, _ := l.at(t, ana)
	if b.Telephone(ana.ID).Generation == 0 {
		t.Fatal("a broken line took the telephone")
	}
	ended := time.Now()
	hotlinetest.Must(t, l.Keeper.EndAll(t.Context(), ana.ID))
	select {
	case <-again.closed:
	case <-time.After(patience):
		t.Fatal("the desk is still open")
	}
	b.until(t, "the telephone has ended", ana.ID, func(is desk.Telephone) bool { return is.Generation == 0 })
	if took := time.Since(ended); took > patience/2 { // a browser that never comes is given up too, later
		t.Errorf("the telephone went on for %v", took)
	}
}
