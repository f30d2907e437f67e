package routing_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

func amina() routing.Can {
	return routing.Can{Person: "amina", Languages: []string{"ar", "en"}, Skills: []string{"minors"}, Gender: "woman", Communities: []string{"C1"}, Capacity: 3, Since: 10}
}

func TestWhoFits(t *testing.T) {
	t.Parallel()
	busy := func(load, calls int) routing.Can {
		c := amina()
		c.Load, c.Calls = load, calls
		return c
	}
	interprets := amina()
	interprets.Interprets = true
	for _, c := range []struct {
		name string
		need routing.Need
		can  routing.Can
		rank int
		why  routing.Misfit
	}{
		{"nothing asked", routing.Need{}, amina(), 0, routing.Fits},
		{"her language", routing.Need{Language: "ar"}, amina(), 0, routing.Fits},
		{"not her language", routing.Need{Language: "th"}, amina(), 0, routing.NoLanguage},
		{"with an interpreter", routing.Need{Language: "th"}, interprets, 2, routing.Fits},
		{"spoken goes before interpreted", routing.Need{Language: "ar"}, interprets, 0, routing.Fits},
		{"the skill", routing.Need{Skills: []string{"minors"}}, amina(), 0, routing.Fits},
		{"one skill of two", routing.Need{Skills: []string{"minors", "legal"}}, amina(), 0, routing.NoSkill},
		{"a woman", routing.Need{Gender: "woman"}, amina(), 0, routing.Fits},
		{"a man", routing.Need{Gender: "man"}, amina(), 0, routing.NoWish},
		{"nobody of her community", routing.Need{NotCommunity: "C1"}, amina(), 0, routing.NoWish},
		{"another community", routing.Need{NotCommunity: "C2"}, amina(), 0, routing.Fits},
		{"the same person", routing.Need{Same: "amina"}, amina(), 0, routing.Fits},
		{"not the same person", routing.Need{Same: "berta"}, amina(), 1, routing.Fits},
		{"a conflict", routing.Need{Blocked: []hotline.PersonID{"amina"}, Same: "amina"}, amina(), 0, routing.Conflict},
		{"just declined", routing.Need{Declined: []hotline.PersonID{"amina"}}, amina(), 0, routing.JustAsked},

		{"a third written one", routing.Need{}, busy(2, 0), 0, routing.Fits},
		{"a fourth", routing.Need{}, busy(3, 0), 0, routing.NoRoom},
		{"one chat beside a call", routing.Need{}, busy(1, 1), 0, routing.Fits},
		{"two chats beside a call", routing.Need{}, busy(2, 1), 0, routing.NoRoom},
		{"a call beside a chat", routing.Need{Call: true}, busy(1, 0), 0, routing.Fits},
		{"a call beside two chats", routing.Need{Call: true}, busy(2, 0), 0, routing.NoRoom},
		{"a second call", routing.Need{Call: true}, busy(1, 1), 0, routing.NoRoom},
		{"somebody who takes none", routing.Need{Call: true}, routing.Can{Person: "amina"}, 0, routing.NoRoom},

		{"the gender is let go", routing.Need{Gender: "man", Let: routing.LetGender}, amina(), 0, routing.Fits},
		{"the language is let go", routing.Need{Language: "th", Let: routing.LetLanguage}, amina(), 4, routing.Fits},
		{"an interpreter still goes first", routing.Need{Language: "th", Let: routing.LetLanguage}, interprets, 2, routing.Fits},
		{"the skill is let go", routing.Need{Skills: []string{"legal"}, Let: routing.LetSkills}, amina(), 0, routing.Fits},
		{"a conflict is never let go", routing.Need{Blocked: []hotline.PersonID{"amina"}, Let: 255}, amina(), 0, routing.Conflict},
		{"nor the community", routing.Need{NotCommunity: "C1", Let: 255}, amina(), 0, routing.NoWish},
		{"nor room", routing.Need{Let: 255}, busy(3, 0), 0, routing.NoRoom},
		{"nor a decline", routing.Need{Declined: []hotline.PersonID{"amina"}, Let: 255}, amina(), 0, routing.JustAsked},
	} {
		if rank, why := routing.Fit(c.need, c.can, false); rank != c.rank || why != c.why {
			t.Errorf("%s: Fit = %d, %q; want %d, %q", c.name, rank, why, c.rank, c.why)
		}
	}
	if _, why := routing.Fit(routing.Need{Language: "th", Gender: "man"}, amina(), true); why != routing.Fits {
		t.Errorf("widened: %q", why)
	}
}

func TestBestIsLongestFree(t *testing.T) {
	t.Parallel()
	all := []routing.Can{
		{Person: "late", Languages: []string{"ar"}, Capacity: 1, Since: 30},
		{Person: "with interpreter", Interprets: true, Capacity: 1, Since: 1},
		{Person: "b", Languages: []string{"ar"}, Capacity: 1, Since: 20},
		{Person: "a", Languages: []string{"ar"}, Capacity: 1, Since: 20},
	}
	for range len(all) {
		all = append(all[1:], all[0]) // whatever their order
		if best, ok := routing.Best(routing.Need{Language: "ar"}, all, false); !ok || best.Person != "a" {
			t.Errorf("Best = %v, %v; want a", best, ok)
		}
		if best, _ := routing.Best(routing.Need{Language: "ar", Same: "late"}, all, false); best.Person != "late" {
			t.Errorf("Best = %v, want the same person as before", best)
		}
	}
	if _, ok := routing.Best(routing.Need{Gender: "man"}, all, false); ok {
		t.Error("somebody is the best who does not fit")
	}
}

func TestWidestLetsGoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	man, woman := routing.Can{Person: "man", Gender: "man", Languages: []string{"ar"}, Capacity: 1}, routing.Can{Person: "woman", Gender: "woman", Capacity: 1}
	need := routing.Need{Language: "ar", Gender: "woman"}
	for list, want := range map[string]struct {
		person hotline.PersonID
		let    routing.Let
	}{
		"gender":   {"man", routing.LetGender},
		"language": {"woman", routing.LetLanguage},
		"":         {"man", routing.LetGender},
	} {
		steps, ok := routing.Lets(slices.DeleteFunc([]string{list}, func(s string) bool { return s == "" }))
		if !ok {
			t.Fatalf("Lets(%q) is not understood", list)
		}
		got, let, ok := routing.Widest(need, []routing.Can{woman, man}, steps)
		if !ok || got.Person != want.person || let != want.let {
			t.Errorf("letting go %q: %v, %v; want %v", list, got.Person, let, want)
		}
	}
	need.Gender = "man"
	if got, let, ok := routing.Widest(need, []routing.Can{woman, man}, nil); !ok || got.Person != "man" || let != 0 {
		t.Errorf("who fits is passed over: %v, %v", got, let)
	}
	if _, ok := routing.Lets([]string{"community"}); ok {
		t.Error("the wish about a community may be let go")
	}
}

func TestDemanded(t *testing.T) {
	t.Parallel()
	one := 1
	demands := []routing.Demand{{Skills: []string{"basic"}}, {Channels: []string{"call"}, Skills: []string{"voice"}}, {Urgent: &one, Skills: []string{"crisis"}}}
	for _, c := range []struct {
		channel hotline.Channel
		class   hotline.Urgency
		want    []string
	}{
		{"chat", 3, []string{"basic"}},
		{"chat", 1, []string{"basic", "crisis"}},
		{"call", 0, []string{"basic", "voice", "crisis"}},
	} {
		if got := routing.Demanded(demands, c.channel, c.class); !slices.Equal(got, c.want) {
			t.Errorf("%s, class %d: %v, want %v", c.channel, c.class, got, c.want)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	need := routing.Need{Language: "ar", Skills: []string{"minors"}, Gender: "woman", NotCommunity: "C9", Declined: []hotline.PersonID{"x"}}
	can := amina()
	b.ReportAllocs()
	for b.Loop() {
		if _, why := routing.Fit(need, can, false); why != routing.Fits {
			b.Fatal(why)
		}
	}
}

func BenchmarkBestOf200(b *testing.B) {
	all := make([]routing.Can, 200)
	for i := range all {
		all[i] = amina()
		all[i].Person, all[i].Since = hotline.PersonID(strconv.Itoa(i)), int64(i%17)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := routing.Best(routing.Need{Language: "ar"}, all, false); !ok {
			b.Fatal("nobody fits")
		}
	}
}
