package desk

// The frames of the telephone: how a browser becomes one, what its keys do, and how it stands.
// Answering and ending are those of every contact (accept, end); the sound goes beside the socket.

// Frames from the desk.
type (
	// PhoneOffer is the browser's offer of a connection for sound. N comes back with the answer:
	// one that is late belongs to an offer that nobody holds any more. A newer connection takes the
	// place of an older one, in this tab or another.
	PhoneOffer struct {
		N   int64  `json:"n"`
		SDP string `json:"sdp"`
	}
	// PhoneBye lets the connection of this generation go; a newer one stays.
	PhoneBye struct {
		Generation int64 `json:"generation"`
	}
	// Mute lets her hear nothing of me until I say otherwise.
	Mute struct {
		Contact string `json:"contact"`
		On      bool   `json:"on"`
	}
	// Hold lets her hear a comfort tone, and me nothing of her.
	Hold struct {
		Contact string `json:"contact"`
		On      bool   `json:"on"`
	}
	// Digit presses a key of the telephone towards the other end.
	Digit struct {
		Contact string `json:"contact"`
		Digit   string `json:"digit"` // 0 to 9, *, #
	}
	// Listen lets a supervisor into a call, which the advocate sees.
	Listen struct {
		Contact string `json:"contact"`
		How     string `json:"how"` // listens, whispers (to the advocate alone), joins; leaves
	}
)

// Frames from the server.
type (
	// PhoneAnswer answers the offer of the same number.
	PhoneAnswer struct {
		N          int64  `json:"n"`
		Generation int64  `json:"generation"`
		SDP        string `json:"sdp"`
	}
	// PhoneFrame is how my telephone stands, whole.
	PhoneFrame struct {
		Generation int64      `json:"generation"` // of the connection that counts; 0: there is none
		Fresh      bool       `json:"fresh"`      // my sound arrives: a call may ring here
		Quality    string     `json:"quality"`    // of my line: unknown, clear, weak, bad
		Calls      []CallView `json:"calls"`
	}
)

// Parts of frames.
type (
	// CallView is one call that I hear.
	CallView struct {
		Contact string    `json:"contact"`
		How     string    `json:"how"`   // talks (the advocate), listens, whispers, joins
		Since   int64     `json:"since"` // answered
		Rang    int64     `json:"rang"`  // ms, before that
		Muted   bool      `json:"muted"`
		Held    bool      `json:"held"`
		Quality string    `json:"quality"` // of her line: unknown, clear, weak, bad, gone (nothing comes)
		Silent  bool      `json:"silent"`  // she chose to answer by keys: 1 yes, 2 no
		Keys    string    `json:"keys"`    // that she pressed lately, the newest last; none at a covered desk
		Ears    []EarView `json:"ears"`    // who of us hears it beside the advocate
	}
	// EarView is somebody of ours in a call.
	EarView struct {
		Name string `json:"name"`
		How  string `json:"how"` // listens, whispers, joins
	}
)

// AskNumber asks for a caller's number: of her call, or where she may be called back. It takes
// a reason, and the second factor anew; the log and the supervisors know of it before it is shown.
type AskNumber struct {
	Contact string `json:"contact"`
	Why     string `json:"why"`
	Code    string `json:"code"`
}

// CallBack notes that she may be called back at the number of her call, and on which terms;
// which way and whether stands in the act itself.
type CallBack struct {
	Contact string `json:"contact"`
	Terms   Terms  `json:"terms"`
}

// NumberFrame shows a caller's number, once.
type NumberFrame struct {
	Contact string `json:"contact"`
	Number  string `json:"number"`
}

func phoneIn() map[string]any {
	return map[string]any{
		"phone_offer": PhoneOffer{}, "phone_bye": PhoneBye{}, "mute": Mute{}, "hold": Hold{}, "digit": Digit{}, "listen": Listen{}, "number": AskNumber{}, "call_back": CallBack{},
	}
}

func phoneOut() map[string]any {
	return map[string]any{"phone_answer": PhoneAnswer{}, "phone": PhoneFrame{}, "number": NumberFrame{}}
}
