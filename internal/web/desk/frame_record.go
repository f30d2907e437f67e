package desk

// The frames of a contact's record: the form that it is written by, and its fields, each
// of which is saved for itself.

// Frames from the desk.
type (
	// Field saves an answer. Base is the version that it was made from, 0 where nothing
	// stood: if somebody else has saved since, a clash comes back, and hers stays.
	Field struct {
		Contact string `json:"contact"`
		Field   string `json:"field"`
		Base    int64  `json:"base"`
		Value   Answer `json:"value"`
	}
	// Level is how much of her may be kept, as she has chosen: share, confidential or
	// anonymous. A stricter one deletes what it forbids.
	Level struct {
		Contact string `json:"contact"`
		Level   string `json:"level"`
	}
	// SetPath puts right for whom somebody writes: self, other or tip. A record in which
	// nothing stands yet goes on under the form for that.
	SetPath struct {
		Contact string `json:"contact"`
		Path    string `json:"path"`
	}
	// Reveal opens an answer that is kept apart, for a reason that stands in the log.
	Reveal struct {
		Contact string `json:"contact"`
		Field   string `json:"field"`
		Note    string `json:"note"`
	}
	// AskExport asks that one record may leave the house, and why.
	AskExport struct {
		Contact string `json:"contact"`
		Reason  string `json:"reason"`
		Code    string `json:"code"` // of her second factor
	}
	// ApproveExport is the second person's word.
	ApproveExport struct {
		ID   string `json:"id"`
		Code string `json:"code"`
	}
	// FetchExport takes the record that was asked for, once.
	FetchExport struct {
		ID string `json:"id"`
	}
	// Written is a note that is saved: its draft is over.
	Written struct {
		Contact string `json:"contact"`
		Note    string `json:"note"`
	}
)

// Frames from the server.
type (
	// FormFrame is a form, once for each edition that the desk shows, in the language
	// that the desk speaks.
	FormFrame struct {
		Name   string  `json:"name"`
		Number int64   `json:"number"`
		Lang   string  `json:"lang"`
		Fields []Asked `json:"fields"`
		Draft  bool    `json:"draft,omitempty"` // nobody has reviewed it
	}
	// RecordFrame is all that stands in a contact's record.
	RecordFrame struct {
		Contact string     `json:"contact"`
		Name    string     `json:"name"` // of the form
		Number  int64      `json:"number"`
		Begun   bool       `json:"begun,omitempty"` // it stays under this form
		Privacy string     `json:"privacy"`         // share, confidential, anonymous, or nobody has asked
		Values  []FieldSet `json:"values"`
		// How each level is explained to her, in her language.
		Say     map[string]string `json:"say"`
		SayLang string            `json:"say_lang"`
	}
	// Saved says that an answer of this desk's is durable.
	Saved struct {
		Contact string `json:"contact"`
		Field   string `json:"field"`
		Version int64  `json:"version"`
		At      int64  `json:"at"`
	}
	// Clash says that somebody else has saved the field meanwhile, and what.
	Clash struct {
		Contact string `json:"contact"`
		Field   string `json:"field"`
		Version int64  `json:"version"`
		Value   Answer `json:"value"`
		By      string `json:"by"`
		At      int64  `json:"at"`
	}
	// FieldSet is an answer that somebody has saved, or, without a version, one that the
	// program knows without anybody asking.
	FieldSet struct {
		Contact string `json:"contact"`
		Field   string `json:"field"`
		Version int64  `json:"version"`
		Value   Answer `json:"value"`
		By      string `json:"by"`
		At      int64  `json:"at"`
		Held    bool   `json:"held,omitempty"` // kept apart: it opens for a reason
	}
)

// What a supervisor is told of records that are to leave.
type (
	// ExportsFrame lists the requests that stand.
	ExportsFrame struct {
		Requests []Export `json:"requests"`
	}
	// Export is one request.
	Export struct {
		ID       string `json:"id"`
		Contact  string `json:"contact"`
		Handle   string `json:"handle"`
		By       string `json:"by"`
		Mine     bool   `json:"mine"`
		Here     bool   `json:"here"` // the contact stands on this desk
		Why      string `json:"why,omitempty"`
		At       int64  `json:"at"`
		Approved bool   `json:"approved"`
	}
	// ExportFrame is the record that leaves.
	ExportFrame struct {
		ID   string `json:"id"`
		File string `json:"file"`
	}
)

// Parts of frames.
type (
	// Answer is what stands in a field: why there is none, options, or a text.
	Answer struct {
		State string   `json:"state"` // "", unknown, not_asked, declined
		Codes []string `json:"codes"`
		Text  string   `json:"text"`
	}
	// Asked is one field of a form.
	Asked struct {
		ID       string   `json:"id"`
		Code     string   `json:"code"`
		Block    string   `json:"block"`
		Kind     string   `json:"kind"` // one, many, text, long, number, day
		Label    string   `json:"label"`
		Help     string   `json:"help,omitempty"`
		Choices  []Choice `json:"choices,omitempty"`
		When     []When   `json:"when,omitempty"`
		Class    int64    `json:"class"`
		Required bool     `json:"required,omitempty"`
	}
	// Choice is one option.
	Choice struct {
		Code  string `json:"code"`
		Label string `json:"label"`
	}
	// When shows a field by the answer of one above it.
	When struct {
		Field  string   `json:"field"` // its code
		Is     string   `json:"is"`    // is, is_not, one_of
		Values []string `json:"values"`
	}
)
