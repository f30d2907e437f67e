package desk

// The frames by which she is found again, and of what can be said while somebody listens.

// Frames from the desk.
type (
	// MakePhrase draws a phrase for her. It comes once.
	MakePhrase struct {
		Contact string `json:"contact"`
	}
	// SheSays looks up what she says of who she is.
	SheSays struct {
		Contact string `json:"contact"`
		Text    string `json:"text"`
	}
	// JoinFound joins a contact to those that her words have found.
	JoinFound struct {
		Contact string `json:"contact"`
	}
	// AskCover asks for what can be said while somebody listens.
	AskCover struct {
		Contact string `json:"contact"`
	}
)

// Frames from the server.
type (
	// PhraseFrame is a phrase that was drawn, shown once.
	PhraseFrame struct {
		Contact string `json:"contact"`
		Text    string `json:"text"`
	}
	// SaidFrame answers what she says. It is the same for a stranger, for a name that nobody
	// knows and for somebody whose words are others.
	SaidFrame struct {
		Contact string `json:"contact"`
		Found   bool   `json:"found"`
		Left    int64  `json:"left"` // tries
	}
	// FoundFrame is what was known of her before.
	FoundFrame struct {
		Contact string    `json:"contact"`
		Earlier []Earlier `json:"earlier"`
	}
	// CoverFrame is what can be said while somebody listens.
	CoverFrame struct {
		Contact   string   `json:"contact"`
		Lang      string   `json:"lang"`
		Draft     bool     `json:"draft,omitempty"` // nobody has reviewed it
		Questions []string `json:"questions"`
		Stories   []string `json:"stories"`
		Endings   []string `json:"endings"`
	}
)

// Earlier is an earlier contact of hers, as far as its head says it.
type Earlier struct {
	Contact  string `json:"contact"`
	Began    int64  `json:"began"`
	Channel  string `json:"channel"`
	Outcome  string `json:"outcome,omitempty"`
	Promised string `json:"promised,omitempty"`
}
