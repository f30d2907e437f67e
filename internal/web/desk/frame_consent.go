package desk

// The frames of what may be passed on: who has agreed to what, and what stands in the place of an
// agreement. Of is the contact or situation that it is shown beside; whose it is, the server checks.

// Frames from the desk.
type (
	// PutConsent is one act: she says yes or no, it is taken back, she writes herself, something is
	// passed on without her wish, a second person answers, somebody signs.
	PutConsent struct {
		Of      string   `json:"of"`    // the contact or situation that it is shown beside
		Owner   string   `json:"owner"` // whose it is
		N       int64    `json:"n"`     // of what was read
		Kind    string   `json:"kind"`  // give, refuse, revoke, herself, apart, override, approve, contest, sign
		ID      string   `json:"id"`    // made by the desk for what begins, else of what it is about
		For     string   `json:"for"`   // somebody another speaks for
		Say     string   `json:"say"`   // what she is called, or what is signed
		Who     string   `json:"who"`   // the contact by which she writes herself
		What    []string `json:"what"`
		Name    string   `json:"name"` // to whom
		Whom    string   `json:"whom"` // a contact of the situation, in a partner's place
		Purpose string   `json:"purpose"`
		Until   int64    `json:"until"`
		How     string   `json:"how"`
		Ground  string   `json:"ground"`
		Text    string   `json:"text"` // her own words, or why
		Code    string   `json:"code"` // the second factor, of an override and its answer
	}
	// SayConsent asks for the question in her language, for the composer.
	SayConsent struct {
		Contact string   `json:"contact"`
		What    []string `json:"what"`
		Name    string   `json:"name"`
		Purpose string   `json:"purpose"`
		Until   int64    `json:"until"`
	}
	// AskAround shows beside a conversation what the others of its situation have said.
	AskAround struct {
		Contact string `json:"contact"`
	}
	// MendConsents has her asked anew: older ones were put back, and nothing of them is believed.
	MendConsents struct {
		Of     string `json:"of"`
		Owner  string `json:"owner"`
		Reason string `json:"reason"`
		Code   string `json:"code"`
	}
)

// Frames from the server.
type (
	// ConsentsFrame is all that was said beside a contact or in a situation, whole.
	ConsentsFrame struct {
		Of  string         `json:"of"`
		All []ConsentGroup `json:"all"`
	}
	// ConsentWords is how she is asked, in her language.
	ConsentWords struct {
		Contact string `json:"contact"`
		Text    string `json:"text"`
	}
)

// Parts of frames.
type (
	// ConsentGroup is what one contact has said, or what belongs to a situation alone.
	ConsentGroup struct {
		Owner  string           `json:"owner"`
		Handle string           `json:"handle"`
		N      int64            `json:"n"`
		Old    bool             `json:"old,omitempty"` // older ones were put back: nothing counts
		Items  []Consent        `json:"items"`         // newest first
		Others []ConsentSomeone `json:"others"`
	}
	// ConsentSomeone is somebody another has spoken for.
	ConsentSomeone struct {
		ID      string            `json:"id"`
		Label   string            `json:"label"`
		Herself string            `json:"herself,omitempty"` // the contact by which she writes
		MayBe   []ConsentMaybeShe `json:"may_be"`
	}
	// ConsentMaybeShe is a contact that may be she.
	ConsentMaybeShe struct {
		Contact string `json:"contact"`
		Handle  string `json:"handle"`
	}
	// Consent is a consent, a refusal, an override or a sign-off, as it stands.
	Consent struct {
		ID       string   `json:"id"`
		Kind     string   `json:"kind"`  // give, refuse, override, sign
		State    string   `json:"state"` // holds, refused, revoked, ended, replaced, unsure, waits, late, against, signed
		For      string   `json:"for,omitempty"`
		Say      string   `json:"say,omitempty"`
		What     []string `json:"what"`
		Name     string   `json:"name,omitempty"`
		Purpose  string   `json:"purpose,omitempty"`
		Until    int64    `json:"until,omitempty"`
		How      string   `json:"how,omitempty"`
		Ground   string   `json:"ground,omitempty"`
		Text     string   `json:"text,omitempty"`
		By       string   `json:"by"`
		At       int64    `json:"at"`
		Second   string   `json:"second,omitempty"` // who has answered
		SecondAt int64    `json:"second_at,omitempty"`
		SecondBy int64    `json:"second_by,omitempty"` // until when somebody must
		May      bool     `json:"may,omitempty"`       // whoever reads this may answer
		EndedBy  string   `json:"ended_by,omitempty"`
		EndedAt  int64    `json:"ended_at,omitempty"`
		Why      string   `json:"why,omitempty"` // why it was taken back, or how it was answered
	}
)

// consentsIn are the frames of the desk about consents, by their kind.
func consentsIn() map[string]any {
	return map[string]any{"consent": PutConsent{}, "consent_say": SayConsent{}, "consent_around": AskAround{}, "consent_mend": MendConsents{}}
}

// consentsOut are those of the server.
func consentsOut() map[string]any {
	return map[string]any{"consents": ConsentsFrame{}, "consent_words": ConsentWords{}}
}
