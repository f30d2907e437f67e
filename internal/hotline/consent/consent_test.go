package consent_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/consent"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

const (
	minute = int64(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

// to is what may go to a house, for a bed, for an hour from a minute on.
func to(until int64, what ...consent.Scope) consent.Terms {
	return consent.Terms{What: what, To: "North house", Purpose: "shelter", Until: until}
}

// asks is whether it may go there.
func asks(about string, now int64, what ...consent.Scope) consent.Question {
	return consent.Question{About: about, What: what, To: "north  House", Purpose: "shelter", Now: now}
}

// by is an act of somebody, at a moment.
func by(who string, at int64, a consent.Act) consent.Act {
	a.By, a.At, a.Lead = hotline.PersonID(who), at, who == "sol" || who == "sun"
	return a
}

func gives(id string, t consent.Terms) consent.Act {
	return consent.Act{Kind: consent.Give, ID: id, Terms: t, How: "chat"}
}

func refuses(id string, t consent.Terms) consent.Act {
	t.Until = 0
	return consent.Act{Kind: consent.Refuse, ID: id, Terms: t, How: "chat"}
}

func overrides(id string, g policy.Ground, t consent.Terms) consent.Act {
	a := consent.Act{Kind: consent.Override, ID: id, Ground: g, Terms: t, Words: "a court wants it"}
	if g == policy.DutyAtOnce {
		a.Duty = hotlinetest.AtOnce
	}
	return a
}

func on(id string, k consent.Kind) consent.Act {
	return consent.Act{Kind: k, ID: id, Words: "she said so"}
}

// took is a ledger after acts.
func took(t testing.TB, l consent.Ledger, acts ...consent.Act) consent.Ledger {
	t.Helper()
	for i, a := range acts {
		next, err := l.After(a)
		if err != nil {
			t.Fatalf("act %d, %s: %v", i, a.Kind, err)
		}
		l = next
	}
	return l
}

// A consent allows what it says, to whom it says, for what it says, until then, and nothing
// else; of each part her newest word counts.
func TestAConsentAllowsWhatItSays(t *testing.T) {
	t.Parallel()
	a, b, c := hotline.NewID(), hotline.NewID(), hotline.NewID()
	l := took(t, consent.Ledger{}, by("ana", minute, gives(a, to(hour, "needs", "place"))))
	w := consent.Whole{"her": l}
	other := asks("her", 2*minute, "needs")
	other.Purpose = "police"
	elsewhere := asks("her", 2*minute, "needs")
	elsewhere.To = "South house"
	somebody := asks("her", 2*minute, "needs")
	somebody.Whom = hotline.ContactID(hotline.NewID())
	for name, x := range map[string]struct {
		q    consent.Question
		ok   bool
		want string
	}{
		"it":           {asks("her", 2*minute, "needs", "place"), true, consent.ByConsent},
		"a part":       {asks("her", 2*minute, "place"), true, consent.ByConsent},
		"more":         {asks("her", 2*minute, "needs", "name"), false, consent.Nobody},
		"nothing":      {asks("her", 2*minute), false, consent.Nobody},
		"ended":        {asks("her", hour, "needs"), false, consent.Ended},
		"for another":  {other, false, consent.Nobody},
		"to another":   {elsewhere, false, consent.Nobody},
		"to somebody":  {somebody, false, consent.Nobody},
		"of another's": {asks("she", 2*minute, "needs"), false, consent.Nobody},
	} {
		if got := w.Allows(x.q); got.OK != x.ok || got.Why != x.want {
			t.Errorf("%s: %v %s, want %v %s", name, got.OK, got.Why, x.ok, x.want)
		}
	}
	l = took(t, l, by("ana", 3*minute, refuses(b, to(0, "place"))))
	w["her"] = l
	if got := w.Allows(asks("her", 4*minute, "needs", "place")); got.OK || got.Why != consent.Refused {
		t.Errorf("what she has refused since goes: %s", got.Why)
	}
	if got := w.Allows(asks("her", 4*minute, "needs")); !got.OK {
		t.Errorf("what she has not refused does not go: %s", got.Why)
	}
	w["her"] = took(t, l, by("bea", 5*minute, gives(c, to(hour, "place"))), by("bea", 6*minute, on(c, consent.Revoke)))
	if got := w.Allows(asks("her", 7*minute, "place")); got.OK || got.Why != consent.Revoked || got.Item != c {
		t.Errorf("what she has taken back goes: %s", got.Why)
	}
	if got := w["her"].Items()[2].Ended; got.By != "bea" || got.At != 6*minute {
		t.Errorf("taken back by %s at %d", got.By, got.At)
	}
}

// What a mother allows for her daughter counts until the daughter speaks for herself; from
// then on never again, also after she has taken her own consent back. Before anybody has
// said whether it is she who writes, it does not count either.
func TestHerOwnConsentReplacesAnothers(t *testing.T) {
	t.Parallel()
	const mother, daughter, niece = "mother", "0000000000000000000000DA0G", "000000000000000000000N1ECE"
	she := hotline.NewID()
	hers := func(a consent.Act) consent.Act { a.For, a.Label = she, "my daughter"; return a }
	l := took(t, consent.Ledger{}, by("ana", minute, hers(gives(hotline.NewID(), to(day, "place")))))
	q := asks(mother, 2*minute, "place")
	q.For = she
	w := consent.Whole{mother: l}
	if got := w.Allows(q); !got.OK {
		t.Fatalf("as long as she has not written: %s", got.Why)
	}
	if got := w.Allows(asks(mother, 2*minute, "place")); got.OK {
		t.Error("a consent for another counts for the mother")
	}
	own := hotline.NewID()
	w[niece] = took(t, consent.Ledger{}, by("ana", 2*minute, refuses(hotline.NewID(), to(0, "name"))))
	if got := w.Allows(q); got.OK || got.Why != consent.Unsure {
		t.Errorf("somebody writes who may be she: %v %s", got.OK, got.Why)
	}
	apart := hers(consent.Act{Kind: consent.Apart, Who: niece})
	w[mother] = took(t, w[mother], by("ana", 3*minute, apart))
	if got := w.Allows(q); !got.OK {
		t.Errorf("it is the niece, and yet: %s", got.Why)
	}
	w[daughter] = took(t, consent.Ledger{}, by("ana", 4*minute, gives(own, to(day, "well"))))
	if got := w.Allows(asks(daughter, 5*minute, "place")); got.OK {
		t.Error("what the mother allowed counts for her who writes")
	}
	w[mother] = took(t, w[mother], by("ana", 5*minute, hers(consent.Act{Kind: consent.Herself, Who: daughter})))
	if got := w.Allows(q); got.OK || got.Why != consent.Replaced {
		t.Errorf("she speaks for herself, and the mother's counts: %s", got.Why)
	}
	w[daughter] = took(t, w[daughter], by("ana", 6*minute, on(own, consent.Revoke)))
	if got := w.Allows(q); got.OK || got.Why != consent.Replaced {
		t.Errorf("hers is taken back, and the mother's counts: %s", got.Why)
	}
	delete(w, daughter) // taken out of the situation again
	if got := w.Allows(q); got.OK || got.Why != consent.Replaced {
		t.Errorf("she is not in it any more, and the mother's counts: %s", got.Why)
	}
	for name, a := range map[string]consent.Act{
		"consents": hers(gives(hotline.NewID(), to(day, "place"))), "refuses": hers(refuses(hotline.NewID(), to(0, "place"))),
	} {
		if _, err := w[mother].After(by("ana", 7*minute, a)); !errors.Is(err, consent.ErrHerself) {
			t.Errorf("the mother still %s for her: %v", name, err)
		}
	}
	if got := w[mother].Others(); len(got) != 1 || got[0].Herself != daughter || got[0].Label != "my daughter" {
		t.Error("it is not known who she is")
	}
}

// What is passed on without her wish takes a second person, among the two a supervisor,
// before it goes. Two grounds take her within a day; a third one would be seen here.
func TestAnOverrideTakesTwo(t *testing.T) {
	t.Parallel()
	var alone []policy.Ground
	for _, g := range consent.Grounds() {
		id := hotline.NewID()
		l := took(t, consent.Ledger{}, by("ana", minute, overrides(id, g, to(30*day, "place"))))
		w := consent.Whole{"her": l}
		if got := w.Allows(asks("her", 2*minute, "place")); got.OK {
			if alone = append(alone, g); got.Why != string(g) || got.SecondBy != minute+day || got.Second != "" {
				t.Errorf("%s: %s, second by %d", g, got.Why, got.SecondBy)
			}
			if got := w.Allows(asks("her", minute+day, "place")); got.OK || got.Why != consent.Late {
				t.Errorf("%s: nobody answered, and after a day: %v %s", g, got.OK, got.Why)
			}
		} else if got.Why != consent.Waits {
			t.Errorf("%s: %s", g, got.Why)
		}
		for who, want := range map[string]error{"ana": consent.ErrSecond, "bea": consent.ErrSecond, "sol": nil} {
			if _, err := l.After(by(who, 2*minute, on(id, consent.Approve))); !errors.Is(err, want) {
				t.Errorf("%s: %s approves: %v", g, who, err)
			}
		}
		w["her"] = took(t, l, by("sol", 2*day, on(id, consent.Approve)))
		if got := w.Allows(asks("her", 3*day, "place")); !got.OK || got.Why != string(g) || got.By != "ana" || got.Second != "sol" || got.SecondBy != 0 {
			t.Errorf("%s: approved by %q, and %v %s", g, got.Second, got.OK, got.Why)
		}
		if got := w.Allows(asks("her", 3*day, "place", "name")); got.OK {
			t.Errorf("%s: more goes than was approved", g)
		}
		if got := w.Allows(asks("her", 31*day, "place")); got.OK || got.Why != consent.Ended {
			t.Errorf("%s: it does not end: %s", g, got.Why)
		}
		if _, err := w["her"].After(by("sun", 3*day, on(id, consent.Contest))); !errors.Is(err, consent.ErrAct) {
			t.Errorf("%s: answered twice: %v", g, err)
		}
		w["her"] = took(t, l, by("sol", 2*minute, on(id, consent.Contest)))
		if got := w.Allows(asks("her", 3*minute, "place")); got.OK || got.Why != consent.Against {
			t.Errorf("%s: contested, and %v %s", g, got.OK, got.Why)
		}
	}
	if !slices.Equal(alone, []policy.Ground{policy.DangerNow, policy.DutyAtOnce}) {
		t.Errorf("one person alone may on %v", alone)
	}
	bare := overrides(hotline.NewID(), policy.DutyAtOnce, to(day, "place"))
	bare.Duty = ""
	if _, err := (consent.Ledger{}).After(by("ana", minute, bare)); !errors.Is(err, consent.ErrGround) {
		t.Errorf("no decision is named: %v", err)
	}
	if _, err := (consent.Ledger{}).After(by("ana", minute, overrides(hotline.NewID(), policy.ByWish, to(day, "place")))); !errors.Is(err, consent.ErrGround) {
		t.Errorf("her wish is no ground against it: %v", err)
	}
}

// What a colleague has contested, or what nobody has answered for in a day, is not done once
// more by one person alone: to the same, for the same, it takes two first.
func TestNobodyOverridesAgainAlone(t *testing.T) {
	t.Parallel()
	first, again := hotline.NewID(), hotline.NewID()
	over := overrides(first, policy.DangerNow, to(5*day, "place"))
	allowed := func(l consent.Ledger, now int64) consent.Answer {
		return consent.Whole{"her": l}.Allows(asks("her", now, "place"))
	}
	l := took(t, consent.Ledger{}, by("ana", minute, over))
	anew := func(at int64) consent.Act {
		return by("ana", at, overrides(again, policy.DutyAtOnce, to(30*day, "place")))
	}
	contested := took(t, l, by("sol", hour, on(first, consent.Contest)))
	for name, c := range map[string]struct {
		l    consent.Ledger
		at   int64
		goes bool
	}{
		"within its day":              {l, day, true},
		"unanswered":                  {l, 2 * day, false},
		"unanswered, and over":        {l, 6 * day, false},
		"approved":                    {took(t, l, by("sol", hour, on(first, consent.Approve))), 6 * day, true},
		"contested":                   {contested, 2 * hour, false},
		"contested, and long over":    {contested, 6 * day, true},
		"contested, and taken back":   {took(t, contested, by("ana", hour, on(first, consent.Revoke))), 2 * hour, false},
		"late, and then it was right": {took(t, l, by("sol", 2*day, on(first, consent.Approve))), 6 * day, true},
	} {
		next := took(t, c.l, anew(c.at))
		got := allowed(next, c.at+minute)
		item, _ := next.Item(again)
		if got.OK != c.goes || !c.goes && got.Why != consent.Waits || (item.SecondBy() > 0) != c.goes {
			t.Errorf("%s: %v %s, second by %d", name, got.OK, got.Why, item.SecondBy())
		}
		if two := took(t, next, by("sol", c.at+hour, on(again, consent.Approve))); !allowed(two, c.at+2*hour).OK {
			t.Errorf("%s: it does not go by two", name)
		}
	}
	other := overrides(again, policy.DangerNow, consent.Terms{What: []consent.Scope{"place"}, To: "Ambulance", Purpose: "medical", Until: 5 * day})
	q := consent.Question{About: "her", What: other.Terms.What, To: "Ambulance", Purpose: "medical", Now: 2 * hour}
	if got := (consent.Whole{"her": took(t, contested, by("ana", hour, other))}).Allows(q); !got.OK {
		t.Errorf("another is not called for another danger: %s", got.Why)
	}
}

// What is left open is refused.
func TestWhatIsLeftOpenIsRefused(t *testing.T) {
	t.Parallel()
	good := gives(hotline.NewID(), to(day, "place"))
	with := func(change func(*consent.Act)) consent.Act {
		a := good
		a.Terms.What = slices.Clone(a.Terms.What)
		change(&a)
		return by("ana", minute, a)
	}
	for name, x := range map[string]struct {
		a    consent.Act
		want error
	}{
		"good":        {with(func(*consent.Act) {}), nil},
		"no end":      {with(func(a *consent.Act) { a.Terms.Until = 0 }), consent.ErrTerms},
		"over":        {with(func(a *consent.Act) { a.Terms.Until = minute }), consent.ErrTerms},
		"for ever":    {with(func(a *consent.Act) { a.Terms.Until = 400 * day }), consent.ErrTerms},
		"no part":     {with(func(a *consent.Act) { a.Terms.What = nil }), consent.ErrTerms},
		"twice":       {with(func(a *consent.Act) { a.Terms.What = append(a.Terms.What, "place") }), consent.ErrTerms},
		"unknown":     {with(func(a *consent.Act) { a.Terms.What[0] = "all" }), consent.ErrTerms},
		"to nobody":   {with(func(a *consent.Act) { a.Terms.To = " " }), consent.ErrTerms},
		"for nothing": {with(func(a *consent.Act) { a.Terms.Purpose = "" }), consent.ErrTerms},
		"somehow":     {with(func(a *consent.Act) { a.How = "" }), consent.ErrTerms},
		"no id":       {with(func(a *consent.Act) { a.ID = "x" }), consent.ErrAct},
		"by nobody":   {by("", minute, good), consent.ErrAct},
		"nothing":     {with(func(a *consent.Act) { a.Kind = "erase" }), consent.ErrAct},
		"nameless":    {with(func(a *consent.Act) { a.For = hotline.NewID() }), consent.ErrWords},
		"no words":    {by("ana", minute, consent.Act{Kind: consent.SignOff, ID: hotline.NewID()}), consent.ErrWords},
		"taken back":  {by("ana", minute, on(hotline.NewID(), consent.Revoke)), consent.ErrAct},
		"approved":    {by("sol", minute, on(hotline.NewID(), consent.Approve)), consent.ErrAct},
		"nobody's":    {by("ana", minute, consent.Act{Kind: consent.Herself, For: hotline.NewID(), Label: "she", Who: hotline.ContactID(hotline.NewID())}), consent.ErrAct},
	} {
		if _, err := (consent.Ledger{}).After(x.a); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	l := took(t, consent.Ledger{}, by("ana", 2*minute, good))
	again := on(good.ID, consent.Revoke)
	again.Words = ""
	for name, x := range map[string]struct {
		a    consent.Act
		want error
	}{
		"the same id": {by("ana", 3*minute, good), consent.ErrAct},
		"earlier":     {by("ana", minute, gives(hotline.NewID(), to(day, "place"))), consent.ErrAct},
		"without why": {by("ana", 3*minute, again), consent.ErrWords},
	} {
		if _, err := l.After(x.a); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
}

// However much was written, she takes back and refuses.
func TestThereIsAlwaysRoomForANo(t *testing.T) {
	t.Parallel()
	given := hotline.NewID()
	l := took(t, consent.Ledger{}, by("ana", minute, gives(given, to(day, "place"))))
	for err := error(nil); err == nil; {
		l, err = l.After(by("ana", minute, gives(hotline.NewID(), to(day, "needs"))))
		if len(l.Acts) > 1000 {
			t.Fatal("it grows without an end")
		}
	}
	l = took(t, l, by("ana", 2*minute, on(given, consent.Revoke)), by("ana", 3*minute, refuses(hotline.NewID(), to(0, "needs"))))
	for _, what := range []consent.Scope{"place", "needs"} {
		if got := (consent.Whole{"her": l}).Allows(asks("her", 4*minute, what)); got.OK {
			t.Errorf("%s still goes", what)
		}
	}
}

// may is what the acts alone say, by another way than the program's.
func may(all map[string][]consent.Act, ends map[string]int64, q consent.Question) bool {
	acts := all[q.About]
	has := func(k consent.Kind, id string, more func(consent.Act) bool) bool {
		return slices.ContainsFunc(acts, func(a consent.Act) bool { return a.Kind == k && a.ID == id && (more == nil || more(a)) })
	}
	over := func(a consent.Act) bool {
		return has(consent.Revoke, a.ID, nil) || a.Terms.Until <= q.Now || ends[a.ID] <= q.Now
	}
	fits := func(a consent.Act) bool {
		return a.For == q.For && a.Terms.Purpose == q.Purpose && a.Terms.To == q.To
	}
	consented := true
	for _, s := range q.What {
		var last consent.Act
		for _, a := range acts {
			if (a.Kind == consent.Give || a.Kind == consent.Refuse) && fits(a) && slices.Contains(a.Terms.What, s) {
				last = a
			}
		}
		consented = consented && last.Kind == consent.Give && !over(last)
	}
	if q.For != "" {
		for _, a := range acts {
			consented = consented && (a.Kind != consent.Herself || a.For != q.For)
		}
		for who, others := range all {
			speaks := slices.ContainsFunc(others, func(a consent.Act) bool {
				return a.For == "" && (a.Kind == consent.Give || a.Kind == consent.Refuse)
			})
			if who == q.About || !speaks {
				continue
			}
			consented = consented && slices.ContainsFunc(acts, func(a consent.Act) bool {
				return a.Kind == consent.Apart && a.For == q.For && string(a.Who) == who
			})
		}
	}
	alone := func(a consent.Act) bool {
		return a.Kind == consent.Override && (a.Ground == "danger_now" || a.Ground == "duty_at_once")
	}
	for n, o := range acts {
		if o.Kind != consent.Override || !fits(o) || over(o) || slices.ContainsFunc(q.What, func(s consent.Scope) bool { return !slices.Contains(o.Terms.What, s) }) {
			continue
		}
		two := has(consent.Approve, o.ID, func(a consent.Act) bool { return a.By != o.By && (a.Lead || o.Lead) })
		urgent := alone(o) && q.Now < o.At+day && !has(consent.Contest, o.ID, nil)
		for i, p := range acts[:n] {
			if !alone(p) || !fits(p) {
				continue
			}
			answer := slices.IndexFunc(acts[i:n], func(a consent.Act) bool {
				return a.ID == p.ID && (a.Kind == consent.Approve || a.Kind == consent.Contest)
			})
			if answer < 0 && o.At >= p.At+day || answer >= 0 && acts[i+answer].Kind == consent.Contest && o.At < p.Terms.Until {
				urgent = false
			}
		}
		if two || urgent {
			return true
		}
	}
	return consented
}

// draw is a random act.
func draw(r *rand.Rand, at int64, acts []consent.Act, owners, shes []string) consent.Act {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	a := consent.Act{ID: hotline.NewID(), How: "chat", Words: "why"}
	if len(acts) > 0 && r.IntN(2) == 0 {
		a.ID = acts[r.IntN(len(acts))].ID
	}
	a.Kind = consent.Kind(pick("give", "give", "refuse", "revoke", "override", "approve", "contest", "sign", "herself", "apart"))
	if a.Kind == consent.Approve || a.Kind == consent.Contest {
		for _, o := range acts {
			if o.Kind == consent.Override {
				a.ID = o.ID
			}
		}
	}
	a.Terms = drawn(r)
	if a.Terms.Until = at + int64(1+r.IntN(60))*hour; a.Kind == consent.Refuse {
		a.Terms.Until = 0
	}
	if r.IntN(2) == 0 || a.Kind == consent.Herself || a.Kind == consent.Apart {
		a.For, a.Label = shes[r.IntN(len(shes))], "she"
	}
	if a.Kind == consent.SignOff {
		a.For, a.Label = "", "the plan"
	}
	a.Who = hotline.ContactID(owners[r.IntN(len(owners))])
	if a.Ground = consent.Grounds()[r.IntN(len(consent.Grounds()))]; a.Ground == policy.DutyAtOnce {
		a.Duty = hotlinetest.AtOnce
	}
	return by(pick("ana", "bea", "sol", "sun"), at, a)
}

func drawn(r *rand.Rand) consent.Terms {
	what := slices.Clone([]consent.Scope{"needs", "place", "name"})
	r.Shuffle(len(what), func(i, j int) { what[i], what[j] = what[j], what[i] })
	return consent.Terms{
		What: what[:1+r.IntN(3)], To: []string{"North house", "Police"}[r.IntN(2)],
		Purpose: []consent.Purpose{"shelter", "police"}[r.IntN(2)],
	}
}

// Over thousands of courses of events nothing is allowed without a consent that stands, or
// a recorded ground with two approvers, but on two grounds for a day; and what may go, may.
func TestNothingIsAllowedWithoutConsentOrGround(t *testing.T) {
	t.Parallel()
	yes, no := map[string]int{}, map[string]int{}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 6))
		owners, shes := []string{hotline.NewID(), hotline.NewID()}, []string{hotline.NewID(), hotline.NewID()}
		w, all, ends := consent.Whole{}, map[string][]consent.Act{}, map[string]int64{}
		for step := range int64(24) {
			at := (step + 1) * 3 * hour
			o := owners[r.IntN(2)]
			if next, err := w[o].After(draw(r, at, all[o], owners, shes)); err == nil {
				a := next.Acts[len(next.Acts)-1]
				w[o], all[o], ends[a.ID] = next, next.Acts, max(ends[a.ID], a.Terms.Until)
			}
			if r.IntN(6) == 0 && len(all[o]) > 0 { // the readable end is shortened
				a := all[o][r.IntN(len(all[o]))]
				ends[a.ID] = min(ends[a.ID], at)
			}
			q := consent.Question{About: o, Now: at + int64(r.IntN(6))*hour}
			d := drawn(r)
			if r.IntN(2) == 0 {
				q.For = shes[r.IntN(2)]
			}
			for _, a := range all[o] {
				if a.Kind == consent.Override && r.IntN(3) == 0 { // what somebody has overridden
					d, q.For = a.Terms, a.For
				}
			}
			q.What, q.To, q.Purpose = d.What, d.To, d.Purpose
			ended := consent.Whole{}
			for k, l := range w {
				ended[k] = l.Ending(maps.Clone(ends))
			}
			got, want := ended.Allows(q), may(all, ends, q)
			if got.OK != want {
				t.Fatalf("seed %d, step %d: %v because of %s, want %v", seed, step, got.OK, got.Why, want)
			}
			if got.OK {
				yes[got.Why]++
			} else {
				no[got.Why]++
			}
		}
	}
	for _, why := range []string{consent.ByConsent, "danger_now", "duty_at_once", "duty", "may_report", "order"} {
		if yes[why] < 20 {
			t.Errorf("allowed %d times because of %s", yes[why], why)
		}
	}
	for _, why := range []string{consent.Nobody, consent.Refused, consent.Revoked, consent.Ended, consent.Replaced, consent.Unsure, consent.Waits, consent.Late, consent.Against} {
		if no[why] < 20 {
			t.Errorf("not allowed %d times because of %s", no[why], why)
		}
	}
	if t.Failed() {
		t.Log(fmt.Sprint(yes, no))
	}
}
