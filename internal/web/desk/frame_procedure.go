package desk

// The frames of the line's written procedures, which stand beside the conversation and
// follow the record.

// Frames from the desk.
type (
	// OpenProcedure opens a procedure of a contact, so that its steps come; without a name none is
	// open.
	OpenProcedure struct {
		Contact string `json:"contact"`
		Name    string `json:"name"`
	}
	// PutStep does something with a step: mark it as done, with the answer where it asks for
	// one, skip it for a reason, or sign it with yes or no. Where an older state was put back, a
	// supervisor has all of them begin anew.
	PutStep struct {
		Contact   string `json:"contact"`
		Procedure string `json:"procedure"`
		Step      string `json:"step"`
		Kind      string `json:"kind"` // mark, skip, sign, anew
		Answer    string `json:"answer"`
		Reason    string `json:"reason"`
	}
)

// Frames from the server.
type (
	// ProceduresFrame lists the line's procedures for a contact: first those that fit it,
	// the most urgent at the top, then those that were begun, then the others.
	ProceduresFrame struct {
		Contact string      `json:"contact"`
		All     []Procedure `json:"all"`
		Old     bool        `json:"old,omitempty"`  // an older state was put back, and is not shown
		Anew    bool        `json:"anew,omitempty"` // whoever reads this may begin anew
	}
	// Procedure is one of them. What it is next stands there where it fits or was begun,
	// its steps where the desk has opened it.
	Procedure struct {
		Name  string `json:"name"`
		Label string `json:"label"`
		Help  string `json:"help,omitempty"`
		Draft bool   `json:"draft,omitempty"` // nobody has reviewed it
		Fits  bool   `json:"fits,omitempty"`
		Begun int64  `json:"begun,omitempty"` // when; 0 = it was not
		Next  string `json:"next,omitempty"`  // label of the step
		Due   int64  `json:"due,omitempty"`   // where that one is waited for
		Over  bool   `json:"over,omitempty"`
		Open  int64  `json:"open,omitempty"` // sign-offs that somebody has to give
		Steps []Step `json:"steps,omitempty"`
	}
	// ToSign is a sign-off that a contact waits for, on the supervisors' board.
	ToSign struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Handle  string `json:"handle"`
		Role    string `json:"role"` // supervisor, privacy, counsel
		By      string `json:"by"`   // who asks
		Since   int64  `json:"since"`
		May     bool   `json:"may,omitempty"` // it is for whoever reads this
	}
	// Step is a step as it stands.
	Step struct {
		ID       string   `json:"id"`
		Kind     string   `json:"kind"` // say, ask, do, check, wait
		Label    string   `json:"label"`
		Help     string   `json:"help,omitempty"`
		State    string   `json:"state"`            // next, waiting, done, skipped, ahead, off
		Phrase   string   `json:"phrase,omitempty"` // code of the approved one
		Field    string   `json:"field,omitempty"`  // id of the form's field that answers it
		Options  []Choice `json:"options,omitempty"`
		Due      int64    `json:"due,omitempty"`
		Skip     bool     `json:"skip,omitempty"` // it may be skipped
		Sign     string   `json:"sign,omitempty"` // the role that signs
		May      bool     `json:"may,omitempty"`  // whoever reads this may sign it now
		At       int64    `json:"at,omitempty"`   // when it was done or skipped
		By       string   `json:"by,omitempty"`
		Answer   string   `json:"answer,omitempty"`
		Skipped  string   `json:"skipped,omitempty"` // why
		Signed   string   `json:"signed,omitempty"`  // yes or no
		SignedBy string   `json:"signed_by,omitempty"`
		SignedAt int64    `json:"signed_at,omitempty"`
	}
)
