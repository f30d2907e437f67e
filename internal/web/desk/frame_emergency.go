package desk

// The frames of a danger now: where she is and who answers there, what is read out to them,
// who of us calls, who of theirs was sent, and the second person. Each act names the version
// that was read; of two who write at once, one is shown what the other wrote.

// Frames from the desk.
type (
	// AskPlaces asks which places rough words may mean. N comes back, so that an answer which is
	// late is passed over.
	AskPlaces struct {
		Contact string `json:"contact"`
		N       int64  `json:"n"`
		Text    string `json:"text"`
	}
	// OpenEmergency begins one. Without a code she is where the table has no place, and her words
	// alone say it.
	OpenEmergency struct {
		ID       string `json:"id"`
		Contact  string `json:"contact"`
		Code     string `json:"code,omitempty"`
		Text     string `json:"text"`               // her words of where she is
		Ground   string `json:"ground"`             // wish, danger, duty
		Decision string `json:"decision,omitempty"` // about the duty
		Reason   string `json:"reason"`
	}
	// PutSheet writes lines of what there is to say; those that are not named stay. Code is the
	// place as it shall stand.
	PutSheet struct {
		ID      string  `json:"id"`
		Contact string  `json:"contact"`
		Version int64   `json:"version"`
		Code    string  `json:"code,omitempty"`
		Lines   []ToSay `json:"lines"`
		Agreed  bool    `json:"agreed,omitempty"` // she has said that her name may be told to them
	}
	// ToSay is one line, by what it is.
	ToSay struct {
		Kind string `json:"kind"` // words, happens, people, children, weapons, hurt, looks, language, careful, name, reach
		Text string `json:"text"`
	}
	// Calls says that I call them.
	Calls struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Version int64  `json:"version"`
	}
	// PutDispatch notes somebody whom they have sent.
	PutDispatch struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Version int64  `json:"version"`
		Of      string `json:"of"` // its own id
		Unit    string `json:"unit"`
		Number  string `json:"number,omitempty"` // that was called
		Ref     string `json:"ref,omitempty"`    // theirs
	}
	// PutCame notes what came of a dispatch.
	PutCame struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Version int64  `json:"version"`
		Of      string `json:"of"`
		Came    string `json:"came"` // arrived, not_found, refused
		Note    string `json:"note"`
	}
	// EndEmergency says how it ended.
	EndEmergency struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Version int64  `json:"version"`
		Outcome string `json:"outcome"`
		Note    string `json:"note"`
	}
	// PutSecond is the second person's answer, of what was done without her wish: a supervisor's.
	PutSecond struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Version int64  `json:"version"`
		Says    string `json:"says"` // confirmed, contested
		Reason  string `json:"reason"`
	}
	// LookEmergency shows a supervisor the emergencies of a contact, whoever has it.
	LookEmergency struct {
		Contact string `json:"contact"`
	}
)

// Frames from the server.
type (
	// PlacesFrame is what words may mean, the best first; the last is where all of it lies.
	PlacesFrame struct {
		Contact string      `json:"contact"`
		N       int64       `json:"n"`
		All     []PlaceView `json:"all"`
		None    bool        `json:"none,omitempty"` // the line has no table of places
	}
	// PlaceView is a place, and who answers there.
	PlaceView struct {
		Code string   `json:"code"`
		Name string   `json:"name"`
		In   []string `json:"in"`             // where it lies, the nearest first
		Fit  string   `json:"fit,omitempty"`  // exact, spelt, part, wider
		By   string   `json:"by,omitempty"`   // what of the table it was found by
		Near bool     `json:"near,omitempty"` // which is a landmark
		Who  Answers  `json:"who"`
	}
	// Answers is who answers in a place, and what they take.
	Answers struct {
		Call      string   `json:"call,omitempty"`
		Text      string   `json:"text,omitempty"` // yes, no; empty where nobody has said
		Police    string   `json:"police,omitempty"`
		Number    string   `json:"number,omitempty"`
		Form      string   `json:"form,omitempty"`
		Hours     string   `json:"hours,omitempty"`
		Languages []string `json:"languages"`
		Takes     []string `json:"takes"`             // call, text, form
		Medical   string   `json:"medical,omitempty"` // where it is another number
		Fire      string   `json:"fire,omitempty"`
		Notes     string   `json:"notes,omitempty"`
		MadeUp    bool     `json:"made_up,omitempty"` // nobody answers these numbers
	}
	// EmergenciesFrame is what stands of a contact's emergencies, the newest first. Trouble says why
	// nothing of it is shown.
	EmergenciesFrame struct {
		Contact string          `json:"contact"`
		All     []EmergencyView `json:"all"`
		Trouble string          `json:"trouble,omitempty"`
	}
	// EmergencyView is one, as what is known of her safety lets it be read out now.
	EmergencyView struct {
		ID         string         `json:"id"`
		Version    int64          `json:"version"`
		State      string         `json:"state"` // open, calling, sent, ended
		Ground     string         `json:"ground"`
		Reason     string         `json:"reason"`
		OpenedAt   int64          `json:"opened_at"`
		OpenedBy   string         `json:"opened_by"`
		Calls      string         `json:"calls,omitempty"`
		CalledAt   int64          `json:"called_at,omitempty"`
		Place      *PlaceView     `json:"place,omitempty"`
		Lines      []SheetLine    `json:"lines"`
		Stays      string         `json:"stays,omitempty"` // why what names her is not said
		Agreed     bool           `json:"agreed,omitempty"`
		MayKnow    string         `json:"may_know,omitempty"` // for whoever reads, not read out
		Heard      bool           `json:"heard,omitempty"`    // somebody is with her
		Dispatches []DispatchView `json:"dispatches"`
		ConfirmBy  int64          `json:"confirm_by,omitempty"`
		May        bool           `json:"may,omitempty"`    // I may be the second person
		Second     string         `json:"second,omitempty"` // confirmed, contested
		SecondBy   string         `json:"second_by,omitempty"`
		SecondAt   int64          `json:"second_at,omitempty"`
		SecondWhy  string         `json:"second_why,omitempty"`
		EndedAt    int64          `json:"ended_at,omitempty"`
		Outcome    string         `json:"outcome,omitempty"`
		Note       string         `json:"note,omitempty"`
	}
	// SheetLine is one line of what there is to say, in the order of reading, empty ones too.
	SheetLine struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
		Back bool   `json:"back,omitempty"` // they must read it back
		Kept bool   `json:"kept,omitempty"` // written down and not said: its text is not here
	}
	// DispatchView is somebody who was sent.
	DispatchView struct {
		ID     string `json:"id"`
		Unit   string `json:"unit"`
		Number string `json:"number,omitempty"`
		Ref    string `json:"ref,omitempty"`
		At     int64  `json:"at"`
		By     string `json:"by"`
		Came   string `json:"came,omitempty"`
		CameAt int64  `json:"came_at,omitempty"`
		Note   string `json:"note,omitempty"`
	}
	// EmergencyRow is one that goes on or waits for a second person, on the supervisors' board.
	EmergencyRow struct {
		ID        string `json:"id"`
		Contact   string `json:"contact"`
		Handle    string `json:"handle,omitempty"`
		With      string `json:"with,omitempty"` // who has the contact
		State     string `json:"state"`
		Ground    string `json:"ground"`
		OpenedAt  int64  `json:"opened_at"`
		OpenedBy  string `json:"opened_by"`
		Calls     string `json:"calls,omitempty"`
		ConfirmBy int64  `json:"confirm_by,omitempty"` // a second person answers until then
		Mine      bool   `json:"mine,omitempty"`       // I have opened it, or call
		Version   int64  `json:"version"`
	}
)

// emergencyIn are the frames of the desk about emergencies, by their kind.
func emergencyIn() map[string]any {
	return map[string]any{
		"places": AskPlaces{}, "emergency": OpenEmergency{}, "sheet": PutSheet{}, "calls": Calls{}, "dispatch": PutDispatch{}, "came": PutCame{},
		"end_emergency": EndEmergency{}, "second": PutSecond{}, "look": LookEmergency{},
	}
}

// emergencyOut are those of the server.
func emergencyOut() map[string]any {
	return map[string]any{"places": PlacesFrame{}, "emergencies": EmergenciesFrame{}}
}
