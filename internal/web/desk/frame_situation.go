package desk

// The frames of situations: what contacts are about, what is to be done, what waits for
// somebody's answer. Situations and parts are named by ids that the server checks.

// Frames from the desk.
type (
	// AskSituations shows the list of situations and of tasks, and keeps it up to date.
	AskSituations struct {
		Leave bool `json:"leave,omitempty"`
	}
	// OpenSituation shows one situation, and keeps it up to date; the desk shows one at a time.
	OpenSituation struct {
		ID    string `json:"id"`
		Leave bool   `json:"leave,omitempty"`
	}
	// Attach puts a contact into a situation; without one, into a new one.
	Attach struct {
		Contact   string `json:"contact"`
		Situation string `json:"situation,omitempty"`
	}
	// Unlink takes a contact out of its situation, for a reason.
	Unlink struct {
		Contact   string `json:"contact"`
		Situation string `json:"situation"`
		Note      string `json:"note"`
	}
	// PutPart says what a contact, a person or a place is in a situation. Version is the one that
	// was read, 0 for a new one.
	PutPart struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
		Kind      string `json:"kind"`            // contact, person, place
		Whom      string `json:"about,omitempty"` // the contact who told it, or whom it is about
		Version   int64  `json:"version"`
		Text      string `json:"text"`
		Named     bool   `json:"named,omitempty"` // names come with it
		Note      string `json:"note,omitempty"`  // names and addresses
	}
	// DropPart takes a person or a place out of a situation.
	DropPart struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
	}
	// AskNames opens the names and addresses of a part, for a reason.
	AskNames struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
		Why       string `json:"why"` // now, due, asked, other
	}
	// Write adds a note, or a summary made for whoever goes on.
	Write struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
		Kind      string `json:"kind"` // note, summary
		Text      string `json:"text"`
	}
	// PutTask adds something to be done.
	PutTask struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
		Whom      string `json:"about,omitempty"` // the contact whom it is about
		Due       int64  `json:"due"`
		Person    string `json:"person,omitempty"`
		Text      string `json:"text"`
	}
	// DoTask ends a task, or takes that back.
	DoTask struct {
		ID    string `json:"id"`
		Again bool   `json:"again,omitempty"`
	}
	// TurnSituation closes a situation with what became of it, or opens it again.
	TurnSituation struct {
		ID   string `json:"id"`
		Open bool   `json:"open,omitempty"`
		Text string `json:"text"`
	}
	// Knows says that this person knows somebody in a situation: it is closed to her. A
	// supervisor lifts it.
	Knows struct {
		ID     string `json:"id"`
		Person string `json:"person,omitempty"` // whose is lifted
	}
	// AskReading asks for the words of a closed contact, for a reason. A supervisor gives them, and
	// never to herself: what her team's key opens she reads at once ([Read]), for a reason too.
	AskReading struct {
		Contact   string `json:"contact"`
		Situation string `json:"situation"`
		Why       string `json:"why"` // now, due, asked, other
		Note      string `json:"note,omitempty"`
	}
	// GiveReading is the supervisor's answer.
	GiveReading struct {
		ID string `json:"id"`
		No bool   `json:"no,omitempty"`
	}
	// ShowHer asks for what we have written down about a caller who wants to see it.
	ShowHer struct {
		ID string `json:"id"`
	}
	// Answered ends a request of hers: she has been told what became of it.
	Answered struct {
		ID string `json:"id"`
	}
	// PutPromise lets her wait for our word, at her wish, until a day; 0 takes it back, or says
	// that it was kept.
	PutPromise struct {
		Contact string `json:"contact"`
		Until   int64  `json:"until"`
	}
	// Forget destroys what we wrote about a closed contact, at her request: a supervisor's.
	Forget struct {
		Contact string `json:"contact"`
	}
	// Read shows what was said and written in a closed contact that is open to this person.
	Read struct {
		Contact   string `json:"contact"`
		Situation string `json:"situation"`
		Why       string `json:"why"`
	}
)

// Frames from the server.
type (
	// SituationsFrame is the list, whole.
	SituationsFrame struct {
		Rows     []SituationRow `json:"rows"`
		Tasks    []TaskRow      `json:"tasks"`
		Requests []RequestRow   `json:"requests"`
		Readings []ReadingRow   `json:"readings"`
	}
	// SituationFrame is one situation as it stands, or, with Gone, why it is not shown.
	SituationFrame struct {
		ID        string         `json:"id"`
		Situation *SituationView `json:"situation,omitempty"`
		Gone      string         `json:"gone,omitempty"` // knows, closed, missing
	}
	// NamesFrame are the names and addresses of a part.
	NamesFrame struct {
		ID        string `json:"id"`
		Situation string `json:"situation"`
		Text      string `json:"text"`
	}
	// WordsFrame is what was said and written in a closed contact.
	WordsFrame struct {
		Contact  string    `json:"contact"`
		Messages []Message `json:"messages"`
		Notes    []Note    `json:"notes"`
	}
	// ShowHerFrame is what we have written down about her, in her language, for the composer.
	ShowHerFrame struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Text    string `json:"text"`
	}
	// DoneFrame answers what was asked about situations and changed something: of is the kind of
	// the frame, id what it was about.
	DoneFrame struct {
		Of        string `json:"of"`
		ID        string `json:"id"`
		Situation string `json:"situation,omitempty"`
	}
)

// Parts of frames.
type (
	// SituationRow is one line of the list.
	SituationRow struct {
		ID       string `json:"id"`
		Handle   string `json:"handle"`
		State    string `json:"state"` // open, closed
		Began    int64  `json:"began"`
		At       int64  `json:"at"` // since when it stands so
		Contacts int64  `json:"contacts"`
		Tasks    int64  `json:"tasks"`
		Next     int64  `json:"next,omitempty"` // when the first task is due
		News     bool   `json:"news,omitempty"` // something has become of it, for who took the first call
		Knows    bool   `json:"knows,omitempty"`
	}
	// TaskRow is something to be done.
	TaskRow struct {
		ID        string    `json:"id"`
		Situation string    `json:"situation"`
		Handle    string    `json:"handle"`
		About     string    `json:"about,omitempty"`
		Due       int64     `json:"due"`
		Person    string    `json:"person,omitempty"`
		By        string    `json:"by"`
		Text      string    `json:"text"`
		DoneAt    int64     `json:"done_at,omitempty"`
		DoneBy    string    `json:"done_by,omitempty"`
		Gone      bool      `json:"gone,omitempty"`
		Safe      []SafeWay `json:"safe"`
	}
	// SafeWay is a way by which she may be reached, and when.
	SafeWay struct {
		Way  string  `json:"way"`
		May  string  `json:"may"`
		Days []int64 `json:"days"`
		From int64   `json:"from"`
		To   int64   `json:"to"`
	}
	// RequestRow is a request of hers: to be shown, corrected, erased, kept longer.
	RequestRow struct {
		ID        string `json:"id"`
		Kind      string `json:"kind"`
		Contact   string `json:"contact"` // in which she asked
		About     string `json:"about"`   // the contact that it is about
		Handle    string `json:"handle"`
		Situation string `json:"situation,omitempty"`
		State     string `json:"state"`
		Mine      bool   `json:"mine"`
		Erased    bool   `json:"erased,omitempty"` // what we wrote about it is gone
		At        int64  `json:"at"`
		Due       int64  `json:"due"`
	}
	// ReadingRow is somebody who asks for the words of a closed contact.
	ReadingRow struct {
		ID        string `json:"id"`
		Contact   string `json:"contact"`
		Situation string `json:"situation"`
		Handle    string `json:"handle"`
		By        string `json:"by"`
		At        int64  `json:"at"`
		Why       string `json:"why"`
	}
	// SituationView is a situation as it is shown. What was said and written stays closed.
	SituationView struct {
		ID       string          `json:"id"`
		Handle   string          `json:"handle"`
		State    string          `json:"state"`
		Began    int64           `json:"began"`
		At       int64           `json:"at"`
		Whole    bool            `json:"whole"` // else the head alone is open
		Parts    []PartView      `json:"parts"`
		Timeline []HappeningView `json:"timeline"` // newest first
		Tasks    []TaskRow       `json:"tasks"`
		Knows    []Person        `json:"knows"` // to whom it is closed
	}
	// PartView is a contact, a person or a place.
	PartView struct {
		ID      string    `json:"id"`
		Kind    string    `json:"kind"`
		About   string    `json:"about,omitempty"`
		At      int64     `json:"at"`
		By      string    `json:"by"`
		Version int64     `json:"version"`
		Role    string    `json:"role"`
		Names   bool      `json:"names,omitempty"`
		Gone    bool      `json:"gone,omitempty"` // its words do not open any more
		Contact *PastView `json:"contact,omitempty"`
	}
	// PastView is a contact by its head.
	PastView struct {
		Handle    string    `json:"handle,omitempty"`
		Channel   string    `json:"channel"`
		Lang      string    `json:"lang"`
		State     string    `json:"state"`
		Danger    bool      `json:"danger,omitempty"`
		Emergency int64     `json:"emergency,omitempty"` // help is called from outside, since then
		Began     int64     `json:"began"`
		At        int64     `json:"at"` // since when it stands so
		Advocate  string    `json:"advocate,omitempty"`
		Outcome   string    `json:"outcome,omitempty"`
		Privacy   string    `json:"privacy,omitempty"`
		Promised  string    `json:"promised,omitempty"`
		Until     int64     `json:"until,omitempty"` // she waits for our word until then
		Cover     string    `json:"cover,omitempty"`
		Phrase    bool      `json:"phrase,omitempty"`
		Given     bool      `json:"given,omitempty"`
		Safe      []SafeWay `json:"safe"`
		Here      bool      `json:"here,omitempty"` // on this desk
		Reading   string    `json:"reading"`        // of a closed one: open, asked, shut
		OpenTill  int64     `json:"open_till,omitempty"`
	}
	// HappeningView is one thing we did or wrote.
	HappeningView struct {
		ID   string `json:"id"`
		Kind string `json:"kind"`
		At   int64  `json:"at"`
		By   string `json:"by"`
		Text string `json:"text,omitempty"`
		Gone bool   `json:"gone,omitempty"`
	}
)

// situationsIn are the frames of the desk about situations, by their kind.
func situationsIn() map[string]any {
	return map[string]any{
		"situations": AskSituations{}, "situation": OpenSituation{}, "link": Attach{}, "unlink": Unlink{}, "part": PutPart{}, "drop": DropPart{},
		"names": AskNames{}, "write": Write{}, "task": PutTask{}, "done": DoTask{}, "turn": TurnSituation{}, "knows": Knows{},
		"reading": AskReading{}, "give": GiveReading{}, "read": Read{},
		"answered": Answered{}, "show_her": ShowHer{}, "promise": PutPromise{}, "forget": Forget{},
	}
}

// situationsOut are those of the server.
func situationsOut() map[string]any {
	return map[string]any{"situations": SituationsFrame{}, "situation": SituationFrame{}, "names": NamesFrame{}, "words": WordsFrame{}, "did": DoneFrame{}, "show_her": ShowHerFrame{}}
}
