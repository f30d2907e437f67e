package desk

// Frames about languages, from the desk.
type (
	// AskPhrases asks for the approved phrases in a contact's language. In is the language
	// of the desk, in which it is told what they say.
	AskPhrases struct {
		Contact string `json:"contact"`
		In      string `json:"in"`
	}
)

// Frames about languages, from the server.
type (
	// PhrasesFrame is all phrases in one language, and what they say in another.
	PhrasesFrame struct {
		Lang    string   `json:"lang"`    // that was asked for
		Of      string   `json:"of"`      // that they are in: another one where there are none in hers; "" = there are none
		In      string   `json:"in"`      // of the desk
		Number  int64    `json:"number"`  // of the edition
		Draft   bool     `json:"draft"`   // nobody has reviewed them
		Phrases []Phrase `json:"phrases"` // in the order of the edition
	}
	// Phrase is one of them.
	Phrase struct {
		Code  string `json:"code"`
		Group string `json:"group"`
		Text  string `json:"text"`
		Says  string `json:"says,omitempty"` // what it says, in the language of the desk
	}
	// Told is what the caller was told, by which edition, when and by whom.
	Told struct {
		Kind   string `json:"kind"`
		Number int64  `json:"number"`
		Lang   string `json:"lang"`
		At     int64  `json:"at"`
		By     string `json:"by,omitempty"` // empty where our page said it
	}
	// MessageMark is what the staff know of a message beside its words.
	MessageMark struct {
		Phrase  string `json:"phrase,omitempty"`
		By      string `json:"by,omitempty"`      // pseudonym of whose translation it is
		Machine bool   `json:"machine,omitempty"` // a machine's, that an advocate has read
		Said    string `json:"said,omitempty"`    // what the advocate wrote
	}
)
