package front

import "github.com/freeline-org/freeline/internal/i18n"

// An About is what a line says of itself, in the reader's language.
type About struct {
	Name      string
	RunBy     string  // a sentence: who runs it, and when it is open; may be empty
	Phones    []Phone // none where nobody can call
	Text      Number  // empty where nobody can text
	Emergency Number  // the local one
	Night     []Help  // who answers while the line is closed
	KeepDays  int     // how long words can be opened after a talk ends
}

// A Phone is a number on which the line can be called, what a call costs her, and what
// is left of it on a bill. What nobody knows is said to be so.
type Phone struct {
	Number
	Lang     string // what is spoken on it, where that is one language
	Cost     string // a code whose words stand under front.cost
	Bill     string // a code whose words stand under front.bill
	Networks []Network
}

// A Network is one on which a number costs otherwise than on others.
type Network struct{ Name, Cost string }

// A Number is dialled in one form and shown in another.
type Number struct{ Dial, Shown string }

// A Help is somebody else who can be called.
type Help struct {
	Number
	Why string
}

// homeView is the page of whoever has not chosen yet.
type homeView struct {
	frame
	Open        bool
	Hours, Wait string
	Disturbed   bool // the telephone
}

// expectView says what to expect before the first word.
type expectView struct {
	frame
	Wait string
	Told toldView
	Same bool // there is somebody from last time
}

// chatView is the page around the log: everything that posts stands here.
type chatView struct {
	frame
	Ended    bool
	Anew     bool   // the next words begin another contact, with wishes of its own
	Same     bool   // there is somebody from last time
	Wish     bool   // she waits with a wish that she may let go
	Promised string // until when she waits for a word
}

// logView is what was said.
type logView struct {
	frame
	Rows []rowView
	Now  nowView // only where the log is complete
}

// A rowView is one line of the log.
type rowView struct {
	Mine, Line  bool // Line: the line itself speaks
	Stamp, Text string
}

// A nowView says how things stand; only the newest is shown.
type nowView struct {
	*i18n.Language
	ID          string
	Count       int
	Title, More string
	Here        bool // ask whether she is still there
}

// parkedView is what she sees while the line is closed.
type parkedView struct {
	frame
	Title string
}

// codeView shows a return code.
type codeView struct {
	frame
	Groups [4]string
}

// returnView asks for a return code. Nothing is the one answer to every code that
// opens nothing, whatever the reason.
type returnView struct {
	frame
	Nothing bool
	Digits  string
}

// answersView shows what she has not read yet, and never her own words.
type answersView struct {
	frame
	Replies  []rowView
	Last     int64
	Promised string
}

// plainView is a page that needs no more than its frame.
type plainView struct{ frame }

// troubleView is a page that says what went wrong, and gives her words back.
type troubleView struct {
	frame
	Title, Text, Words string
	Picks              []pair // what she chose beside them
}
