package desk

// Frames about languages, from the desk.
type (
	// AskPhrases asks for the approved phrases in a contact's language. In is the language
	// of the desk, in which it is told what they say.
	AskPhrases struct {
		Contact string `json:"contact"`
		In      string `json:"in"`
	}
	// AskTranslator asks for somebody who translates for a contact of this person's. Lang is
	// the caller's language, Ours this person's.
	AskTranslator struct {
		Contact string `json:"contact"`
		Lang    string `json:"lang"`
		Ours    string `json:"ours"`
	}
	// EndTranslator ends it: she is not needed, or not any more.
	EndTranslator struct {
		Contact string `json:"contact"`
	}
	// Come says that this person translates where she was asked.
	Come struct {
		Contact string `json:"contact"`
	}
	// Pass says that she cannot, or goes; others are asked. She need not say why.
	Pass struct {
		Contact string `json:"contact"`
	}
	// PutSentence is an advocate's sentence, to be translated. Its id is made by the desk.
	PutSentence struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Text    string `json:"text"`
	}
	// PutTranslation is a translator's: of a message or of a sentence.
	PutTranslation struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		About   string `json:"about"`
		Text    string `json:"text"`
	}
)

// AskMachine asks the operator's machine to translate a message of the caller's (About) or a
// text of this person's.
type AskMachine struct {
	ID      string `json:"id"`
	Contact string `json:"contact"`
	Of      string `json:"of,omitempty"` // a message of hers
	Text    string `json:"text,omitempty"`
}

// Frames about languages, from the server.
type (
	// MachineFrame is what the machine made of it. Nobody has read it, and nothing keeps it.
	MachineFrame struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Of      string `json:"of,omitempty"`
		Text    string `json:"text"`
	}
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
	// AsksFrame is where this person is asked to translate, whole: with what she needs to
	// know before she comes, and nothing of what was said.
	AsksFrame struct {
		Asks []Ask `json:"asks"`
	}
	// Ask is one of them.
	Ask struct {
		Contact string `json:"contact"`
		Lang    string `json:"lang"`
		Ours    string `json:"ours,omitempty"`
		Channel string `json:"channel"`
		Since   int64  `json:"since"`
		By      string `json:"by,omitempty"` // pseudonym of the advocate; "" = nobody has her yet
		Mine    bool   `json:"mine"`         // I come; the words open once an advocate's desk has granted them
		Danger  bool   `json:"danger"`
	}
	// ThreadFrame is a contact that this person translates: its messages alone. With Whole it
	// begins anew, else it adds. Gone ends it.
	ThreadFrame struct {
		Contact      string        `json:"contact"`
		Handle       string        `json:"handle"`
		Lang         string        `json:"lang"`
		Ours         string        `json:"ours"`
		Advocate     string        `json:"advocate"`
		State        string        `json:"state"`
		Messages     []Message     `json:"messages"`
		Translations []Translation `json:"translations"`
		Whole        bool          `json:"whole,omitempty"`
		Gone         bool          `json:"gone,omitempty"`
	}
	// TranslationFrame is one text more about a contact that this desk shows.
	TranslationFrame struct {
		Contact     string      `json:"contact"`
		Translation Translation `json:"translation"`
	}
	// Translation is a sentence to be translated (of kind sentence), its translation (answer),
	// or that of a message (said). A later one about the same replaces an earlier one.
	Translation struct {
		ID    string `json:"id"`
		N     int64  `json:"n"`
		Kind  string `json:"kind"`
		About string `json:"about,omitempty"`
		By    string `json:"by"`
		At    int64  `json:"at"`
		Text  string `json:"text"`
	}
	// Interpreter is who translates for a contact, or is asked.
	Interpreter struct {
		State string `json:"state"`          // asked, coming, here
		Name  string `json:"name,omitempty"` // her pseudonym
		By    string `json:"by,omitempty"`   // who asks; "" = the line itself
		Lang  string `json:"lang"`
		Ours  string `json:"ours,omitempty"`
		Since int64  `json:"since"`
		Able  int64  `json:"able"` // how many are here who could come
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
