package policy

import (
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrLegal says that there is no such legal request.
	ErrLegal = problem.New(problem.Missing, "legal.missing")
	// ErrLegalAct says that the act is none that can be taken where the request stands.
	ErrLegalAct = problem.New(problem.Conflict, "legal.act")
	// ErrLegalMoved says that somebody has added an act meanwhile: look again.
	ErrLegalMoved = problem.New(problem.Conflict, "legal.moved")
	// ErrLegalRole says that the act is somebody else's.
	ErrLegalRole = problem.New(problem.Denied, "legal.role")
	// ErrLegalSecond says that it takes two people.
	ErrLegalSecond = problem.New(problem.Denied, "legal.second")
	// ErrLegalPaper says that no paper that is there has us hand anything over.
	ErrLegalPaper = problem.New(problem.Denied, "legal.paper")
	// ErrLegalCounsel says that counsel was not told yet.
	ErrLegalCounsel = problem.New(problem.Conflict, "legal.counsel")
	// ErrLegalHeld says that something is still held by it.
	ErrLegalHeld = problem.New(problem.Conflict, "legal.held")
	// ErrLegalTell says that nobody has said yet whether she was told.
	ErrLegalTell = problem.New(problem.Conflict, "legal.tell")
	// ErrLegalAnswer says that whoever asked has had no answer yet.
	ErrLegalAnswer = problem.New(problem.Conflict, "legal.answer")
	// ErrLegalWords says that words are missing, or too long.
	ErrLegalWords = problem.New(problem.Invalid, "legal.words")
	// ErrLegalType says that it is no paper that there is.
	ErrLegalType = problem.New(problem.Invalid, "legal.type")
)

// The codes of a legal request. What people wrote stands beside them, sealed.
type (
	// Paper is what somebody of the law came with.
	Paper string
	// LegalKind is what was done about a request.
	LegalKind string
	// LegalState is how far it is.
	LegalState string
	// CounselWord is what counsel said of handing over.
	CounselWord string
	// LegalTold is what became of telling whom it concerns.
	LegalTold string
)

// Papers, from the weakest.
const (
	Question Paper = "question" // asked, on no paper
	Subpoena Paper = "subpoena" // signed by a clerk or a prosecutor: no judge has weighed it
	Order    Paper = "order"    // of a court
	Warrant  Paper = "warrant"
)

// Papers lists them.
func Papers() []Paper { return []Paper{Question, Subpoena, Order, Warrant} }

// Weight orders them.
func (p Paper) Weight() int { return slices.Index(Papers(), p) }

// Kinds of acts. All are the privacy officer's, but for Produce.
const (
	Received    LegalKind = "received" // the first of every request
	Another     LegalKind = "paper"    // one more paper in the same matter
	ToldCounsel LegalKind = "counsel"  // counsel was told, and what she said
	Neither     LegalKind = "neither"  // the fixed answer was given: we neither confirm nor deny
	Searches    LegalKind = "search"   // a search has begun
	Finds       LegalKind = "found"    // it has ended, with what it found
	Holds       LegalKind = "hold"     // these stay
	Lifts       LegalKind = "lift"     // these need not stay any more
	Names       LegalKind = "name"     // the supervisor who opens what must be produced
	Produces    LegalKind = "produce"  // she has opened it, and given it
	Hands       LegalKind = "hand"     // what was handed over
	Empties     LegalKind = "empty"    // the signed statement was handed over: nothing was found
	Declines    LegalKind = "decline"  // answered without handing over anything
	Tells       LegalKind = "tell"     // whether whom it concerns was told
	Closes      LegalKind = "close"
)

// States of a request.
const (
	LegalOpen     LegalState = "open"     // whoever asked waits
	LegalAnswered LegalState = "answered" // and does not any more
	LegalClosed   LegalState = "closed"
)

// What counsel said.
const (
	NoWord       CounselWord = ""        // she was told, and has not answered
	MayProduce   CounselWord = "produce" // what the paper asks for may be handed over
	MustNotYield CounselWord = "oppose"  // it is fought, and nothing is handed over
)

// What became of telling her.
const (
	SheWasTold  LegalTold = "told"
	NotPossible LegalTold = "not_possible" // not safely, or not at all
	Forbidden   LegalTold = "forbidden"    // the order forbids it
)

// LegalTolds lists them.
func LegalTolds() []LegalTold { return []LegalTold{SheWasTold, NotPossible, Forbidden} }

// A LegalObject is what of a contact was produced.
type LegalObject struct {
	Contact hotline.ContactID `json:"contact"`
	Words   bool              `json:"words,omitempty"`  // what was written between her and us
	Record  bool              `json:"record,omitempty"` // what we wrote about it
}

// A LegalAct is one thing that somebody did about a request. It is never changed.
type LegalAct struct {
	Kind LegalKind
	At   int64
	By   hotline.PersonID

	Paper     Paper               // of Received and Another
	Due       int64               // of both: when an answer is due, Unix ms; 0 = no day stands in it
	On        string              // of both: the day it was received
	From      seal.Text           // of both: who issued it
	Counsel   CounselWord         // of ToldCounsel
	Search    string              // of Searches and Finds
	IDs       []hotline.ContactID // of Finds, Holds and Lifts
	Objects   []LegalObject       // of Produces
	To        hotline.PersonID    // of Names
	Told      LegalTold           // of Tells
	Statement string              // of Finds: what was searched and when
	Sig       []byte              // the line's, over the statement
	Words     seal.Text
}

// A Legal is a request by the law, act by act.
type Legal struct {
	ID    string
	Acts  []LegalAct
	State LegalState
	Paper Paper // the strongest that came
	Due   int64
	Word  CounselWord // what counsel said last

	Running  string // a search that has not ended
	Searched int    // how many have
	Found    []hotline.ContactID
	Held     []hotline.ContactID
	Named    hotline.PersonID
	Given    []LegalObject
	Told     LegalTold

	counsel bool // she knows of it
}

// DueBy is when an answer is due, as long as whoever asked waits for one; 0 is none.
func (l *Legal) DueBy() int64 {
	if l.State != LegalOpen {
		return 0
	}
	return l.Due
}

// Producible says why nothing may be handed over; nil where it may. It is the one place
// that knows what a paper has us do: a court's order or warrant, or a subpoena of which
// counsel says so; a question never; and nothing that counsel fights.
func (l *Legal) Producible() error {
	switch {
	case l.Word == MustNotYield:
		return ErrLegalPaper
	case l.Paper == Order, l.Paper == Warrant, l.Paper == Subpoena && l.Word == MayProduce:
		return nil
	}
	return ErrLegalPaper
}

// Statement is the newest statement of a search, with its signature; "" before there is
// one.
func (l *Legal) Statement() (body string, sig []byte) {
	for _, a := range slices.Backward(l.Acts) {
		if a.Kind == Finds {
			return a.Statement, a.Sig
		}
	}
	return "", nil
}

// Empty reports whether all was searched, and nothing found.
func (l *Legal) Empty() bool { return l.Running == "" && l.Searched > 0 && len(l.Found) == 0 }

// May reports whether somebody can take an act as the request stands. What it also takes,
// its words, is not looked at.
func (l *Legal) May(kind LegalKind, by hotline.PersonID) bool {
	return l.stands(LegalAct{Kind: kind, By: by}) == nil
}

const mostLegal = 400 // acts of a request

// MostLegalWords is how many bytes the words of an act may have.
const MostLegalWords = longestAct

func worthSaying(t seal.Text, must bool) error {
	if t.Len() == 0 && !must {
		return nil
	}
	if err := said(t); err != nil {
		return ErrLegalWords
	}
	return nil
}

// isDay checks a day as it is typed.
func isDay(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && strings.Trim(s, "0123456789-") == ""
}
