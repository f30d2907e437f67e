package contact

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Head is what must be known before anybody speaks to her, and how it ended. It is
// sealed under the head of S; N is its counter, which stands in the sealing context.
type Head struct {
	N       int64         `json:"-"`
	Place   string        `json:"place,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
	Privacy Privacy       `json:"privacy,omitempty"`
	Safety  Safety        `json:"safety,omitzero"`
	Told    []Told        `json:"told,omitempty"`   // what she was told before she told us anything
	Facts   hotline.Facts `json:"facts,omitempty"`  // until they are counted apart
	Promise Promise       `json:"promise,omitzero"` // what she waits for
	Number  string        `json:"number,omitempty"` // where she may be called back, as long as she is to be
	Asked   int64         `json:"asked,omitempty"`  // number of the message up to which is done what she asked for on her page
}

// Privacy is how much of her she lets us keep and pass on; "" as long as nobody has
// asked.
type Privacy string

// The levels, from the widest.
const (
	Share        Privacy = "share"        // may be passed on, each time with her consent
	Confidential Privacy = "confidential" // kept, and opened with a reason
	Anonymous    Privacy = "anonymous"    // nothing that names her is kept
)

// An Answer is what somebody said, "" where nobody asked.
type Answer string

// Answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown" // asked, and not known
)

// A Way is how something would reach her.
type Way string

// The ways. What is kept on our own page, for her to fetch, does not leave the house.
const (
	OnPage      Way = "page"
	ByText      Way = "text"
	ByCall      Way = "call"
	ByVoicemail Way = "voicemail"
	ByMail      Way = "mail"
	BySocial    Way = "social"
)

// Ways lists the ways, our own page first.
func Ways() []Way { return []Way{OnPage, ByText, ByCall, ByVoicemail, ByMail, BySocial} }

// Safety is what she has said of when, how and under which name she can be reached.
type Safety struct {
	Safe     Answer        `json:"safe,omitempty"`     // safe to talk, when it was last asked
	SafeAt   int64         `json:"safe_at,omitempty"`  // when that was
	Ways     map[Way]Terms `json:"ways,omitempty"`     // what she has said of each way
	Name     string        `json:"name,omitempty"`     // what to call her
	Cover    string        `json:"cover,omitempty"`    // who we are, if someone asks
	MayKnow  string        `json:"may_know,omitempty"` // who may be told, and what
	Promised string        `json:"promised,omitempty"` // what she was promised last time
	Distress string        `json:"distress,omitempty"` // what she would say if someone listens
	Phrase   bool          `json:"phrase,omitempty"`   // she has a phrase that says that it is she
	Given    bool          `json:"given,omitempty"`    // and has given it in this contact
	Turn     int           `json:"turn,omitempty"`     // how often she had come back by then, which counts for a call
	Heard    bool          `json:"heard,omitempty"`    // somebody is with her
}

// Gives is her safety once she has given her phrase, or has just got it.
func (s Safety) Gives(c Contact) Safety {
	s.Phrase, s.Given, s.Turn = true, true, c.Waits
	return s
}

// Knows reports whether she who is there now has given her phrase. A call that was cut off is
// found again by a number or by four digits, and anybody may hold a telephone: who is back has
// to give it again.
func (s Safety) Knows(c Contact) bool {
	return s.Given && (c.Channel != hotline.Call || s.Turn == c.Waits)
}

// Terms are what she has said of one way.
type Terms struct {
	May   Answer `json:"may,omitempty"`
	Days  []int  `json:"days,omitempty"`  // 0 = Sunday; none = every day
	From  int    `json:"from,omitempty"`  // minutes of the day, in the line's time zone
	To    int    `json:"to,omitempty"`    // until then; 0 and 0 = all day; To < From goes over midnight
	Leave Answer `json:"leave,omitempty"` // a message may be left
	Say   string `json:"say,omitempty"`   // what may be said in it
}

// Told says what she was told, under which edition, when and by whom; By is empty
// where our page said it.
type Told struct {
	Kind   string           `json:"kind"`
	Number int64            `json:"number"`
	Lang   string           `json:"lang"`
	At     int64            `json:"at"`
	By     hotline.PersonID `json:"by,omitempty"`
}

// A Promise is that there will be word for her on our page, at the latest then.
type Promise struct {
	Until int64 `json:"until,omitempty"` // ms; 0 = none
	Kept  bool  `json:"kept,omitempty"`
}

// seal packs and seals a head.
func (h Head) seal(k seal.Key, id hotline.ContactID) ([]byte, error) {
	b, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	return k.Row("contact", "head", string(id), h.N, seal.Conceal(string(b))), nil
}

// ParseHead reads an opened head.
func ParseHead(t seal.Text, n int64) (Head, error) {
	var h Head
	if err := json.Unmarshal([]byte(t.Reveal()), &h); err != nil {
		return Head{}, fmt.Errorf("head %d: not readable", n) // the parser's error may quote it
	}
	h.N = n
	return h, nil
}

// Format keeps a head out of logs and errors: it may lead to her.
func (Head) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[head]") }

// Format keeps what is known of her safety out of logs and errors.
func (Safety) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[safety]") }
