package desk

// Version is the number every frame carries; a desk and a server of different numbers do not
// talk, the desk loads itself anew.
const Version = 1

// The frames of the console's socket. These structs, and those of the other files of frames,
// are the source: the files app/frames*.ts are made from them, and a test fails on a difference. On the wire a frame is one JSON object with two fields
// more, "v" (the version) and "t" (its kind). Times are Unix milliseconds of the server's clock.

// Frames from the desk.
type (
	// Hello opens the talk: what the desk already holds, by contact, so that only what is
	// missing comes. It is sent again whenever a sequence has a gap.
	Hello struct {
		Have   map[string]int64 `json:"have"`           // contact: newest seq
		Drafts map[string]int64 `json:"drafts"`         // contact: number of the newest draft in the composer
		Lang   string           `json:"lang,omitempty"` // that the desk speaks
		Forms  []string         `json:"forms"`          // those that the desk has: name/number/lang
	}
	// Send is a message to a caller. The id is made by the desk and is the message's own: a
	// resending is harmless.
	Send struct {
		ID      string `json:"id"`
		Contact string `json:"contact"`
		Text    string `json:"text"`
		Phrase  string `json:"phrase,omitempty"`  // code of the approved phrase that stands in it
		Edition int64  `json:"edition,omitempty"` // of the phrases
		Lang    string `json:"lang,omitempty"`    // of the phrases
		Of      string `json:"of,omitempty"`      // the translation that it is
		Read    bool   `json:"read,omitempty"`    // a machine wrote it, and I have read it
	}
	// Undo takes back a message that has not left yet.
	Undo struct {
		ID string `json:"id"`
	}
	// Draft is what stands in a field now; the server answers with the same frame without a
	// text once it is durable.
	Draft struct {
		Contact string `json:"contact"`
		Place   string `json:"place"` // composer, note
		N       int64  `json:"n"`
		Text    string `json:"text,omitempty"`
	}
	// Take asks for a contact that waits. With Next set another one may be given if this one
	// has gone: the one that is next for this person.
	Take struct {
		Contact string `json:"contact"`
		Next    bool   `json:"next,omitempty"`
	}
	// Accept takes what is offered, if the offer is still that one.
	Accept struct {
		Offer string `json:"offer"`
		Epoch int64  `json:"epoch"`
	}
	// Decline passes an offer on.
	Decline struct {
		Offer string `json:"offer"`
	}
	// HandBack puts a contact back among those that wait, with its place.
	HandBack struct {
		Contact string `json:"contact"`
		Note    string `json:"note"`
	}
	// HandOver offers a contact to a colleague; it stays here until she accepts.
	HandOver struct {
		Contact string `json:"contact"`
		To      string `json:"to"`
		Note    string `json:"note"`
	}
	// Join lets a supervisor read along, visibly; Leave ends it.
	Join struct {
		Contact string `json:"contact"`
		Leave   bool   `json:"leave,omitempty"`
	}
	// Assign gives a waiting contact to a person.
	Assign struct {
		Contact string `json:"contact"`
		To      string `json:"to"`
	}
	// End closes a contact: without an outcome the wrap-up begins, with one it is over.
	End struct {
		Contact string `json:"contact"`
		Outcome string `json:"outcome,omitempty"`
		KeepOut bool   `json:"keep_out,omitempty"` // an abusive caller is kept out for a while
	}
	// Extend gives the wrap-up three more minutes.
	Extend struct {
		Contact string `json:"contact"`
	}
	// Sleep lets a quiet contact sleep: from then on only the caller can write first.
	Sleep struct {
		Contact string `json:"contact"`
	}
	// Typing says that the advocate is writing.
	Typing struct {
		Contact string `json:"contact"`
	}
	// State is what the person says of herself: ready, break or away.
	State struct {
		State string `json:"state"`
	}
	// Mark sets or lifts the danger mark.
	Mark struct {
		Contact string `json:"contact"`
		Danger  bool   `json:"danger"`
	}
	// Seen acknowledges an alert.
	Seen struct {
		Alert string `json:"alert"`
		LetIn bool   `json:"let_in,omitempty"` // and whoever was kept out is let in again
	}
	// Cover locks the desk at once.
	Cover struct{}
	// Unlock opens a locked desk within the hours of its session.
	Unlock struct {
		Passphrase string `json:"passphrase"`
	}
	// Ping is the beat; it also says how long nobody has touched the desk.
	Ping struct {
		Idle int64 `json:"idle"` // ms
	}
)

// Frames from the server.
type (
	// Snapshot is all that the desk shows. What it does not name is not there.
	Snapshot struct {
		Now      int64     `json:"now"`
		Me       Me        `json:"me"`
		Queue    []Row     `json:"queue"`
		Contacts []Contact `json:"contacts"`
		People   []Person  `json:"people"`
		Offers   []Offer   `json:"offers"`
		Alerts   []Alert   `json:"alerts"`
		Board    *Board    `json:"board,omitempty"`
	}
	// MessageFrame is one message more of a contact that is shown.
	MessageFrame struct {
		Contact string  `json:"contact"`
		Message Message `json:"message"`
	}
	// Ack says that a message is durable and when it leaves.
	Ack struct {
		ID    string `json:"id"`
		Until int64  `json:"until"`
	}
	// Undone says that a message was taken back.
	Undone struct {
		ID string `json:"id"`
	}
	// Refused says that something was not done, and why. Of is the kind of the frame that was
	// refused, ID what it was about (a message, else an offer, else a contact).
	Refused struct {
		Of  string `json:"of"`
		ID  string `json:"id"`
		Why string `json:"why"` // invalid, denied, missing, conflict, later, internal
		Key string `json:"key"` // of a text in area problem or desk
	}
	// OfferFrame begins an offer, or ends it when Ended is set.
	OfferFrame struct {
		Offer Offer  `json:"offer"`
		Ended string `json:"ended,omitempty"` // accepted, declined, late, gone
	}
	// QueueFrame changes the rows of those that wait.
	QueueFrame struct {
		Set  []Row    `json:"set"`
		Gone []string `json:"gone"`
	}
	// ContactFrame is a contact as it stands now, or, with Gone, one that leaves this desk.
	ContactFrame struct {
		Contact Contact `json:"contact"`
		Gone    string  `json:"gone,omitempty"` // back, over, lapsed, closed, left, erased
	}
	// PeopleFrame is who is here, whole.
	PeopleFrame struct {
		People []Person `json:"people"`
	}
	// MeFrame is the person herself, when something about her has changed.
	MeFrame struct {
		Me Me `json:"me"`
	}
	// AlertFrame is a new alert, or an old one that somebody has seen.
	AlertFrame struct {
		Alert Alert `json:"alert"`
	}
	// BoardFrame is the supervisor's view, whole.
	BoardFrame struct {
		Board Board `json:"board"`
	}
	// CallerTyping says that the caller is writing.
	CallerTyping struct {
		Contact string `json:"contact"`
	}
	// Lock covers the desk. Ring is set while a caller has written to this advocate.
	Lock struct {
		Ring bool `json:"ring,omitempty"`
	}
	// Pong answers the beat.
	Pong struct {
		Now int64 `json:"now"`
	}
)

// Parts of frames.
type (
	// Me is the person at the desk.
	Me struct {
		ID         string   `json:"id"`
		Name       string   `json:"name"`
		Roles      []string `json:"roles"`
		Languages  []string `json:"languages"`
		State      string   `json:"state"` // ready, busy, break, away, locked
		Load       int64    `json:"load"`
		Capacity   int64    `json:"capacity"`
		Line       string   `json:"line"`
		Zone       string   `json:"zone"`      // time zone of the line
		Spoken     []string `json:"spoken"`    // languages of the line
		DraftKey   string   `json:"draft_key"` // base64, for what this browser keeps
		Outcomes   []string `json:"outcomes"`
		Links      []Link   `json:"links"`
		Limits     Limits   `json:"limits"`
		Machine    bool     `json:"machine,omitempty"` // there is one that translates
		Translates bool     `json:"translates"`        // may be asked to
		Phone      bool     `json:"phone,omitempty"`   // this browser may be her telephone
	}
	// Link is a page outside the desk that this person may open.
	Link struct {
		Key  string `json:"key"` // of a text in area desk
		Href string `json:"href"`
	}
	// Limits are the line's settings that the desk keeps to, in milliseconds and bytes.
	Limits struct {
		Beat int64 `json:"beat"`
		Undo int64 `json:"undo"`
		Ask  int64 `json:"ask"`  // "Still here?"
		Lock int64 `json:"lock"` // no answer
		Wrap int64 `json:"wrap"`
		Text int64 `json:"text"` // bytes of a message
	}
	// Row is one contact that waits, as far as those who do not hold it may know it.
	Row struct {
		Contact  string   `json:"contact"`
		Channel  string   `json:"channel"`
		Lang     string   `json:"lang"`
		Urgency  int64    `json:"urgency"`
		Reason   string   `json:"reason"` // danger, minor, back, self, other, info, tip, unknown
		Why      []string `json:"why"`    // codes, the strongest first
		State    string   `json:"state"`  // waiting, offered, parked
		Since    int64    `json:"since"`
		Fits     bool     `json:"fits"`              // may come to me by "Take next"
		Offered  string   `json:"offered,omitempty"` // pseudonym of who is asked now
		OfferEnd int64    `json:"offer_end,omitempty"`
	}
	// Contact is one that this desk holds or reads along.
	Contact struct {
		ID        string    `json:"id"`
		Handle    string    `json:"handle"`
		Channel   string    `json:"channel"`
		Lang      string    `json:"lang"`
		Urgency   int64     `json:"urgency"`
		Reason    string    `json:"reason"`
		Path      string    `json:"path"`  // for whom she writes: self, other, tip, info, unknown
		State     string    `json:"state"` // live, closing, sleeping, interrupted
		Danger    bool      `json:"danger"`
		Minor     bool      `json:"minor"`
		Returning bool      `json:"returning"`
		Wishes    []string  `json:"wishes,omitempty"` // of whoever answers: woman, man, people, same
		Page      string    `json:"page"`             // open, left (by the button) or closed
		Mine      bool      `json:"mine"`             // false: read along
		Advocate  string    `json:"advocate"`
		Readers   []string  `json:"readers"` // pseudonyms of who reads along
		Began     int64     `json:"began"`
		QuietAt   int64     `json:"quiet_at,omitempty"` // when it falls asleep, if nothing is said
		KeptUntil int64     `json:"kept_until,omitempty"`
		WrapUntil int64     `json:"wrap_until,omitempty"`
		Situation string    `json:"situation,omitempty"`
		Of        string    `json:"of,omitempty"`        // the situation's handle
		Promised  int64     `json:"promised,omitempty"`  // she waits for our word until then
		Emergency int64     `json:"emergency,omitempty"` // help is called from outside, since then
		LastSeq   int64     `json:"last_seq"`
		ReadSeq   int64     `json:"read_seq,omitempty"` // how far she has read ours
		Over      *Over     `json:"over,omitempty"`
		Limits    *Told     `json:"limits,omitempty"` // of confidentiality: when she was told them
		Safety    *Safety   `json:"safety,omitempty"`
		Notes     []Note    `json:"notes,omitempty"`
		Messages  []Message `json:"messages,omitempty"` // those the desk lacks, and its own unsent
		Drafts    []Draft   `json:"drafts,omitempty"`

		Interpreter  *Interpreter  `json:"interpreter,omitempty"`
		Translations []Translation `json:"translations,omitempty"` // those the desk lacks
	}
	// Over is a hand-over that the colleague has not answered yet.
	Over struct {
		To    string `json:"to"`
		Until int64  `json:"until"`
	}
	// Note is what an advocate left for the next one.
	Note struct {
		At   int64  `json:"at"`
		By   string `json:"by"`
		Text string `json:"text"`
	}
	// Message is one thing that was said. Without a seq it has not left yet.
	Message struct {
		ID    string       `json:"id"`
		Seq   int64        `json:"seq,omitempty"`
		Side  string       `json:"side"` // caller, line, advocate
		By    string       `json:"by,omitempty"`
		Text  string       `json:"text"`
		At    int64        `json:"at"`
		Sent  string       `json:"sent,omitempty"` // queued, accepted, unknown, delivered, failed, blocked
		Until int64        `json:"until,omitempty"`
		Mark  *MessageMark `json:"mark,omitempty"`
	}
	// Person is a colleague, as all colleagues see her.
	Person struct {
		ID        string   `json:"id"`
		Name      string   `json:"name"`
		Languages []string `json:"languages"`
		Takes     bool     `json:"takes"` // answers callers
		State     string   `json:"state"`
		Load      int64    `json:"load"`
		Capacity  int64    `json:"capacity"`
		Since     int64    `json:"since,omitempty"`
	}
	// Offer is a contact that is offered to this person.
	Offer struct {
		ID      string   `json:"id"`
		Contact string   `json:"contact"`
		Kind    string   `json:"kind"` // offer, handover
		Epoch   int64    `json:"epoch"`
		Until   int64    `json:"until"`
		Channel string   `json:"channel"`
		Lang    string   `json:"lang"`
		Urgency int64    `json:"urgency"`
		Reason  string   `json:"reason"`
		Why     []string `json:"why"`
		Since   int64    `json:"since"`
		From    string   `json:"from,omitempty"` // who hands over
		Note    string   `json:"note,omitempty"`
	}
	// Alert asks a supervisor to look.
	Alert struct {
		ID      string `json:"id"`
		Kind    string `json:"kind"` // danger, nobody, widened, outside, help, guesses, old_head, emergency, unconfirmed, sent_alone, duty_overdue, passed_on, put_back, clock, old_steps, revealed
		Contact string `json:"contact"`
		Handle  string `json:"handle,omitempty"`
		Lang    string `json:"lang,omitempty"`
		Channel string `json:"channel,omitempty"`
		With    string `json:"with,omitempty"`
		At      int64  `json:"at"`
		SeenAt  int64  `json:"seen_at,omitempty"` // 0: by nobody yet
		SeenBy  string `json:"seen_by,omitempty"` // where it is known
	}
	// Board is who is with whom, for supervisors.
	Board struct {
		With        []With         `json:"with"`
		Emergencies []EmergencyRow `json:"emergencies"`
		Signs       []ToSign       `json:"signs,omitempty"`
		Today       Today          `json:"today"`
	}
	// With is one contact that somebody holds.
	With struct {
		Contact     string       `json:"contact"`
		Handle      string       `json:"handle"`
		Advocate    string       `json:"advocate"` // pseudonym
		Channel     string       `json:"channel"`
		Lang        string       `json:"lang"`
		Urgency     int64        `json:"urgency"`
		Reason      string       `json:"reason"`
		State       string       `json:"state"`
		Danger      bool         `json:"danger"`
		Since       int64        `json:"since"`
		Waits       int64        `json:"waits,omitempty"`    // since when the caller waits for an answer
		QuietAt     int64        `json:"quiet_at,omitempty"` // when it falls asleep
		Readers     []string     `json:"readers"`
		Joined      bool         `json:"joined"` // by me
		Interpreter *Interpreter `json:"interpreter,omitempty"`
	}
	// Today counts since the line's day began.
	Today struct {
		Since    int64 `json:"since"`
		Answered int64 `json:"answered"`
		Missed   int64 `json:"missed"`
		Middle   int64 `json:"middle"` // ms of the middle wait, -1: none yet
	}
)
