package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// drawLegal draws an act that may or may not be taken.
func drawLegal(r *rand.Rand, l policy.Legal, at int64) policy.LegalAct {
	pick := func(n int) int { return r.IntN(n) }
	kinds := []policy.LegalKind{
		policy.Received, policy.Another, policy.ToldCounsel, policy.Neither, policy.Searches, policy.Finds, policy.Holds, policy.Lifts, policy.Names, policy.Produces,
		policy.Hands, policy.Empties, policy.Declines, policy.Tells, policy.Closes,
	}
	people := []hotline.PersonID{"pat", "sue", "tom"}
	a := policy.LegalAct{
		Kind: kinds[pick(len(kinds))], At: at, By: people[pick(3)], Paper: policy.Papers()[pick(4)], On: "2026-11-30", Due: int64(pick(2)) * (at + 5), From: seal.Conceal("a court"), Words: seal.Conceal("a reason"),
		Counsel: []policy.CounselWord{policy.NoWord, policy.MayProduce, policy.MustNotYield}[pick(3)], To: people[pick(3)], Told: policy.LegalTolds()[pick(3)], Statement: "{}",
	}
	if len(l.Acts) == 0 {
		a.Kind = policy.Received
	}
	switch a.Kind {
	case policy.Searches:
		a.Search = hotline.NewID()
	case policy.Finds:
		a.Search = l.Running
		if pick(3) > 0 {
			a.IDs = []hotline.ContactID{"a", "b"}[:1+pick(2)]
		}
	case policy.Holds:
		a.IDs = l.Found
	case policy.Lifts:
		a.IDs = l.Held
	case policy.Produces:
		for _, id := range l.Held {
			a.Objects = append(a.Objects, policy.LegalObject{Contact: id, Record: true})
		}
	case policy.Received, policy.Another, policy.ToldCounsel, policy.Neither, policy.Names, policy.Hands, policy.Empties, policy.Declines, policy.Tells, policy.Closes:
	}
	return a
}

// legalStory is what must be true of any course of acts, read from the acts alone.
func legalStory(t *testing.T, acts []policy.LegalAct) {
	t.Helper()
	paper, word := -1, policy.NoWord
	var named, namer hotline.PersonID
	told, counsel, answered, produced := false, false, false, false
	var held []hotline.ContactID
	for i, a := range acts {
		open := word != policy.MustNotYield && (paper >= policy.Order.Weight() || paper == policy.Subpoena.Weight() && word == policy.MayProduce)
		switch a.Kind {
		case policy.Received, policy.Another:
			paper, answered = max(paper, a.Paper.Weight()), false
		case policy.ToldCounsel:
			counsel = true
			if a.Counsel != policy.NoWord {
				word = a.Counsel
			}
		case policy.Neither:
			answered = answered || paper == policy.Question.Weight()
		case policy.Holds:
			held = append(held, a.IDs...)
		case policy.Lifts:
			held = slices.DeleteFunc(held, func(id hotline.ContactID) bool { return slices.Contains(a.IDs, id) })
		case policy.Names:
			named, namer = a.To, a.By
			if !open || named == namer {
				t.Fatalf("act %d names somebody", i)
			}
		case policy.Produces:
			produced = true
			if !open || a.By != named || a.By == namer {
				t.Fatalf("act %d produces, by one person or without a paper", i)
			}
		case policy.Hands:
			answered = true
			if !open || !produced || a.By == named {
				t.Fatalf("act %d hands over", i)
			}
		case policy.Empties, policy.Declines:
			answered = true
		case policy.Tells:
			told = true
		case policy.Closes:
			if !answered || paper > 0 && !counsel || produced && !told || len(held) > 0 {
				t.Fatalf("act %d closes what is not over", i)
			}
			if i != len(acts)-1 {
				t.Fatal("something was done after the end")
			}
		case policy.Searches, policy.Finds:
		}
		if a.Kind != policy.Produces && named != "" && a.By == named && a.Kind != policy.Names {
			t.Fatalf("act %d is %s, by who was named", i, a.Kind)
		}
	}
}

// Whatever course a request takes: nothing is handed over without a paper that has us do
// so, by one person alone, or while counsel opposes; and none is closed that is not over.
func TestNothingIsSimplyHandedOver(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	seen := map[policy.LegalKind]int{}
	for range 5000 {
		l := policy.Legal{ID: "request"}
		for at := range int64(90) {
			if next, err := l.After(drawLegal(r, l, at+1)); err == nil {
				l = next
			}
		}
		legalStory(t, l.Acts)
		for _, a := range l.Acts {
			seen[a.Kind]++
		}
	}
	for _, kind := range []policy.LegalKind{policy.Produces, policy.Hands, policy.Closes, policy.Empties, policy.Lifts} {
		if seen[kind] < 50 {
			t.Errorf("%s was taken %d times in all: the draw shows nothing", kind, seen[kind])
		}
	}
}

// What comes as a statement from outside is one of the line's, or none; whatever is typed
// to be looked for is a few lines, and the same when it is read again.
func FuzzStatement(f *testing.F) {
	f.Add([]byte(`{"statement":"{\"line\":\"x\"}","signature":"AA==","manifest":"{}","signatures":"{}"}`), "Rosa\n+1 555 0100")
	f.Add([]byte(`{}`), "\n \n")
	root := box.VerifierFrom(box.Random(box.Size))
	f.Fuzz(func(t *testing.T, file []byte, typed string) {
		for _, need := range []int{0, 1} {
			if _, err := policy.VerifyStatement(file, root, need, typed); err == nil && need > 0 {
				t.Errorf("%q verifies", file)
			}
		}
		lines, err := policy.Sought(typed)
		if err != nil {
			return
		}
		if len(lines) == 0 || len(lines) > 20 {
			t.Errorf("%d lines", len(lines))
		}
		again := ""
		for _, l := range lines {
			again += l + "\n"
		}
		if got, err := policy.Sought(again); err != nil || !slices.Equal(got, lines) {
			t.Errorf("%q became %q, %v", lines, got, err)
		}
	})
}
