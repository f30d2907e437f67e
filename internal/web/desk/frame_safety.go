package desk

// The frames of her safety: the card beside a conversation, and what is done with it.

// Frames from the desk.
type (
	// PutSafety writes the card. N is the number of the one that was read: if another one was
	// written since, it is refused, and the newest comes with the contact.
	PutSafety struct {
		Contact string `json:"contact"`
		N       int64  `json:"n"`
		Card    Card   `json:"card"`
	}
	// Alone says whether somebody is with her: the desk turns to yes and no.
	Alone struct {
		Contact string `json:"contact"`
		Heard   bool   `json:"heard"`
	}
	// Override is a supervisor's word that a message leaves although the rules forbid it.
	Override struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Text    string `json:"text"`
		Reason  string `json:"reason"`
		Code    string `json:"code"` // the second factor, anew
	}
	// Mend has her rules asked anew where an older head was put back. It is a supervisor's.
	Mend struct {
		Contact string `json:"contact"`
		Reason  string `json:"reason"`
		Code    string `json:"code"`
	}
	// AskIn asks a supervisor in.
	AskIn struct {
		Contact string `json:"contact"`
	}
)

// Parts of frames.
type (
	// Safety is the card as it stands. With Old set nothing is shown and nothing leaves: an
	// older one was put back in the database.
	Safety struct {
		N      int64  `json:"n"`
		Old    bool   `json:"old,omitempty"`
		Card   Card   `json:"card"`
		Heard  bool   `json:"heard,omitempty"`  // somebody is with her
		Phrase string `json:"phrase,omitempty"` // "set", "given"; "" where she has none
		Number bool   `json:"number,omitempty"` // one is kept, to call her back
	}
	// Card is what she has said of when, how and under which name she can be reached.
	Card struct {
		Safe     string  `json:"safe"`              // safe to talk: yes, no, unknown, "" where nobody asked
		SafeAt   int64   `json:"safe_at,omitempty"` // when that was
		Ways     []Terms `json:"ways"`
		Name     string  `json:"name"`     // what to call her
		Cover    string  `json:"cover"`    // who we are, if someone asks
		MayKnow  string  `json:"may_know"` // who may be told, and what
		Promised string  `json:"promised"` // what she was promised last time
		Distress string  `json:"distress"` // what she would say if someone listens
	}
	// Terms are what she has said of one way.
	Terms struct {
		Way   string  `json:"way"`            // page, text, call, voicemail, mail, social
		May   string  `json:"may"`            // yes, no, unknown, ""
		Days  []int64 `json:"days"`           // 0 = Sunday; none = every day
		From  int64   `json:"from,omitempty"` // minutes of the line's day
		To    int64   `json:"to,omitempty"`
		Leave string  `json:"leave"` // a message may be left
		Say   string  `json:"say"`   // what may be said in it
	}
)
