package desk

// The frames of the duty to report: what the law may ask of what stands in a record, what it
// would ask before she has said anything, and what people decided about it.

// Frames from the desk.
type (
	// PutLearned says what only the law asks, and no form: where it happens as exactly as is
	// known, what was learned beside what stands in the record, how surely, what else is so,
	// and what lifts a duty. Empty leaves what the record says.
	PutLearned struct {
		Contact    string   `json:"contact"`
		Where      string   `json:"where"` // a place by its code
		Harms      []string `json:"harms"`
		Degree     string   `json:"degree"`
		Conditions []string `json:"conditions"`
		Excuses    []string `json:"excuses"`
	}
	// AskBefore asks what would have to be reported of somebody of an age group in a place.
	AskBefore struct {
		Contact string `json:"contact"`
		Where   string `json:"where"`
		Age     string `json:"age"` // under_18, adult, not_said
	}
	// BeginDecision notes that something may be due, by the rules of a place as they stand.
	BeginDecision struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Where   string `json:"where"`
	}
	// PutAct adds an act to a decision of which somebody has seen so many. Whom is whom a
	// report went to.
	PutAct struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Seen    int64  `json:"seen"`
		Kind    string `json:"kind"` // decide, counsel, confirm, contest, send, prove, feedback
		Report  bool   `json:"report,omitempty"`
		Ground  string `json:"ground,omitempty"`
		How     string `json:"how,omitempty"` // print, read_back
		Name    string `json:"name,omitempty"`
		Note    string `json:"note,omitempty"`
	}
	// OpenDecisions opens what was decided about a contact that this desk does not show, for
	// a reason that stands in the log; Leave shuts it.
	OpenDecisions struct {
		Contact string `json:"contact"`
		Why     string `json:"why"` // second, due, asked, other
		Leave   bool   `json:"leave,omitempty"`
	}
)

// Frames from the server.
type (
	// DutyFrame is what the law may ask: of hers first, then of the line's place where it is
	// another. Countries are those of which the line has rules; the other lists are what can
	// be said beside the record, as codes.
	DutyFrame struct {
		Contact    string      `json:"contact"`
		Where      string      `json:"where"`             // hers, as it is taken; "" where nobody has said it
		Said       bool        `json:"said,omitempty"`    // somebody has said it here, and not the record
		Unknown    bool        `json:"unknown,omitempty"` // the record names a country of which there are no rules
		Countries  []Choice    `json:"countries"`
		Learned    PutLearned  `json:"learned"` // as it was said here
		Record     []string    `json:"record"`  // harms that the record tells of
		Degree     string      `json:"degree"`  // as it is taken
		Harms      []string    `json:"harms"`
		Degrees    []string    `json:"degrees"`
		Conditions []string    `json:"conditions"`
		Excuses    []string    `json:"excuses"`
		Places     []DutyPlace `json:"places"`
	}
	// BeforeFrame answers [AskBefore]. Say is what may be said to her, in her language.
	BeforeFrame struct {
		Contact   string       `json:"contact"`
		Where     string       `json:"where"`
		Name      string       `json:"name"`
		Age       string       `json:"age"`
		Reports   []DutyReport `json:"reports"`
		Childhood bool         `json:"childhood,omitempty"`
		Parts     []Choice     `json:"parts"`
		Say       string       `json:"say"`
		SayLang   string       `json:"say_lang"`
		Rules     bool         `json:"rules"` // there are some of the place
		Draft     bool         `json:"draft,omitempty"`
	}
	// DecisionsFrame is what was decided about a contact, the first one first. With Broken
	// set nothing of it is shown: it is not as it was written.
	DecisionsFrame struct {
		Contact string         `json:"contact"`
		Handle  string         `json:"handle"`
		All     []DecisionView `json:"all"`
		Broken  bool           `json:"broken,omitempty"`
		Gone    bool           `json:"gone,omitempty"` // it does not open to this person
	}
	// ClocksFrame are the decisions whose clock runs, or has run out, for who may be a second
	// person.
	ClocksFrame struct {
		Rows []ClockRow `json:"rows"`
	}
)

// Parts of frames.
type (
	// DutyPlace is what the rules of one place say.
	DutyPlace struct {
		Code      string      `json:"code"`
		Name      string      `json:"name"`
		Of        string      `json:"of"`    // her, line, both
		Rules     bool        `json:"rules"` // there are some
		Parts     []Choice    `json:"parts"` // that have rules of their own
		First     int64       `json:"first,omitempty"`
		Childhood bool        `json:"childhood,omitempty"`
		Entries   []DutyEntry `json:"entries"`
	}
	// DutyEntry is a rule that fits, in the words of whoever read it.
	DutyEntry struct {
		List     string    `json:"list"` // due, unclear, may, limits, anonymity, warnings, check, counsel, lifted
		Rule     string    `json:"rule"`
		Kind     string    `json:"kind"`
		Country  string    `json:"country"`
		Number   int64     `json:"number"` // of the edition
		Reviewed bool      `json:"reviewed,omitempty"`
		To       []string  `json:"to"`
		Soon     string    `json:"soon"`
		SoonIn   string    `json:"soon_in,omitempty"` // in words of the source
		Urgent   bool      `json:"urgent,omitempty"`
		Latest   int64     `json:"latest,omitempty"`
		Ours     int64     `json:"ours,omitempty"` // the line's own time
		Then     string    `json:"then,omitempty"`
		ThenBy   int64     `json:"then_by,omitempty"`
		What     string    `json:"what,omitempty"`
		Who      string    `json:"who,omitempty"`
		Whom     string    `json:"whom,omitempty"`
		Form     string    `json:"form"`
		Without  []string  `json:"without"` // what may stay out of a report
		Consent  string    `json:"consent,omitempty"`
		Penalty  string    `json:"penalty,omitempty"`
		Conflict string    `json:"conflict,omitempty"`
		Notes    string    `json:"notes,omitempty"`
		Source   string    `json:"source"`
		Quality  string    `json:"quality"`
		NotSeen  []string  `json:"not_seen"`
		Why      []DutyWhy `json:"why"`
		Lifts    []string  `json:"lifts"` // what was given that lifts it
	}
	// DutyWhy is one condition that fitted.
	DutyWhy struct {
		Why  string `json:"why"`
		Is   string `json:"is,omitempty"`
		Asks string `json:"asks,omitempty"`
	}
	// DutyReport is what could have to go to somebody.
	DutyReport struct {
		List     string   `json:"list"` // must, unclear, may, limits, anonymity, warnings, check
		To       []string `json:"to"`
		Soon     string   `json:"soon"`
		Within   string   `json:"within,omitempty"` // the time in hours, or days
		Urgent   bool     `json:"urgent,omitempty"`
		Harms    []string `json:"harms"`
		Under    int64    `json:"under,omitempty"`
		From     int64    `json:"from,omitempty"`
		Requires []string `json:"requires"`
		Unless   []string `json:"unless"`
		Consent  bool     `json:"consent,omitempty"`
		Rules    []string `json:"rules"`
		Number   int64    `json:"number"`
		Reviewed bool     `json:"reviewed,omitempty"`
	}
	// DecisionView is a decision, and what this person may do with it now.
	DecisionView struct {
		ID       string      `json:"id"`
		State    string      `json:"state"`             // due, decided, confirmed, contested, sent, proven
		Demands  bool        `json:"demands,omitempty"` // the law demands an act at once: help may be called on it
		Due      int64       `json:"due,omitempty"`
		SecondBy int64       `json:"second_by,omitempty"`
		Report   bool        `json:"report,omitempty"`
		Ground   string      `json:"ground,omitempty"`
		By       string      `json:"by,omitempty"`
		Second   string      `json:"second,omitempty"`
		Entries  []DutyEntry `json:"entries"`
		Acts     []ActView   `json:"acts"`
		May      []string    `json:"may"`             // kinds of acts
		Grounds  []string    `json:"grounds"`         // to report
		Others   []string    `json:"others"`          // not to
		Alone    bool        `json:"alone,omitempty"` // what is sent now is sent before a second person agrees
	}
	// ActView is one act of a decision.
	ActView struct {
		Kind   string `json:"kind"`
		At     int64  `json:"at"`
		By     string `json:"by"`
		Report bool   `json:"report,omitempty"`
		Ground string `json:"ground,omitempty"`
		How    string `json:"how,omitempty"`
		To     string `json:"to,omitempty"`
		Words  string `json:"words,omitempty"`
	}
	// ClockRow is a decision as the server knows it without a key.
	ClockRow struct {
		ID       string `json:"id"`
		Contact  string `json:"contact"`
		Handle   string `json:"handle,omitempty"`
		With     string `json:"with,omitempty"`
		Here     bool   `json:"here,omitempty"` // it is shown on this desk
		Due      int64  `json:"due,omitempty"`
		SecondBy int64  `json:"second_by,omitempty"`
	}
)
