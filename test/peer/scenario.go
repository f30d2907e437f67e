package peer

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A Scenario is what one of sipp's callers does, step by step. Its text is what sipp
// reads.
type Scenario struct {
	name    string
	offer   Offer
	steps   strings.Builder
	cseq    int
	version int // of her session description
	checks  int
}

// An Offer is what she says of herself as she calls.
type Offer struct {
	From     string // the number that is shown; empty: [Nobody]
	Formats  string // payload types, such as "0 101"; empty: PCMU and DTMF
	Expires  int    // seconds of a session timer, 0 = none
	Require  string
	Extra    []string // further header lines
	Mediated string   // media address, where it is not her own
}

// Nobody is a number that belongs to nobody.
const Nobody = "+15550123"

// Dial begins a scenario with a call.
func Dial(name string, o Offer) *Scenario {
	o.From, o.Formats = cmp.Or(o.From, Nobody), cmp.Or(o.Formats, "0 101")
	s := &Scenario{name: name, offer: o}
	head := []string{}
	if o.Expires > 0 {
		head = append(head, "Supported: timer", fmt.Sprintf("Session-Expires: %d;refresher=uac", o.Expires), "Min-SE: 90")
	}
	if o.Require != "" {
		head = append(head, "Require: "+o.Require)
	}
	s.invite("sendrecv", append(head, o.Extra...)...)
	return s
}

// Text is the scenario as sipp reads it.
func (s *Scenario) Text() string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n<scenario name=\"" + s.name + "\">\n" + s.steps.String() + "</scenario>\n"
}

func (s *Scenario) add(format string, args ...any) *Scenario {
	fmt.Fprintf(&s.steps, format+"\n", args...)
	return s
}

// A request is what she sends: inside the dialog, or before there is one.
type request struct {
	method  string
	inside  bool
	via     string   // empty: a transaction of its own
	head    []string // further header lines
	body    string
	retrans bool
}

// sameVia is that of the transaction that the last answer belongs to, as CANCEL and the
// ACK of a refusal want it.
const sameVia = "[last_Via:]"

func (s *Scenario) send(r request) *Scenario {
	uri, to := "sip:[service]@[remote_ip]:[remote_port]", ""
	if r.inside {
		uri = "[next_url]"
	}
	if r.inside || r.method == "ACK" {
		to = "[peer_tag_param]"
	}
	if r.via == "" {
		r.via = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
	}
	lines := append([]string{
		r.method + " " + uri + " SIP/2.0",
		r.via,
		"Max-Forwards: 70",
		"From: <sip:" + s.offer.From + "@[local_ip]>;tag=[pid]x[call_number]",
		"To: <sip:[service]@[remote_ip]>" + to,
		"Call-ID: [call_id]",
		fmt.Sprintf("CSeq: %d %s", s.cseq, r.method),
		"Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>",
	}, r.head...)
	if r.body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	again := ""
	if r.retrans {
		again = ` retrans="500"`
	}
	return s.add("<send%s><![CDATA[\n%s\n]]></send>", again, strings.Join(append(lines, "Content-Length: [len]", "", r.body), "\n"))
}

// description is her side of the sound.
func (s *Scenario) description(direction string) string {
	s.version++
	lines := []string{
		"v=0", fmt.Sprintf("o=- 1 %d IN IP[local_ip_type] [local_ip]", s.version), "s=-",
		"c=IN IP4 " + cmp.Or(s.offer.Mediated, "[media_ip]"), "t=0 0", "m=audio [auto_media_port] RTP/AVP " + s.offer.Formats,
	}
	for _, f := range strings.Fields(s.offer.Formats) {
		switch f {
		case "0":
			lines = append(lines, "a=rtpmap:0 PCMU/8000")
		case "8":
			lines = append(lines, "a=rtpmap:8 PCMA/8000")
		default:
			lines = append(lines, "a=rtpmap:"+f+" telephone-event/8000", "a=fmtp:"+f+" 0-16")
		}
	}
	return strings.Join(append(lines, "a=ptime:20", "a="+direction, ""), "\n")
}

func (s *Scenario) invite(direction string, head ...string) *Scenario {
	s.cseq++
	return s.send(request{method: "INVITE", inside: s.cseq > 1, body: s.description(direction), head: head, retrans: true})
}

// Rings waits until it rings, or until what was said to be sound before the answer.
func (s *Scenario) Rings() *Scenario {
	return s.add(`<recv response="100" optional="true"/>`).add(`<recv response="180"/>`)
}

// Answered waits for the answer, which must hold what these expressions look for.
func (s *Scenario) Answered(holds ...string) *Scenario {
	for _, early := range []int{100, 180, 183} {
		s.add(`<recv response="%d" optional="true"/>`, early)
	}
	return s.accepted(true, holds...).send(request{method: "ACK", inside: true})
}

// accepted receives the 200.
func (s *Scenario) accepted(routes bool, holds ...string) *Scenario {
	attributes := `response="200"`
	if routes {
		attributes += ` rrs="true" rtd="true"`
	}
	return s.add(`<recv %s>%s</recv>%s`, attributes, s.look(holds), s.reference(len(holds)))
}

// look is the actions that look for expressions in what came.
func (s *Scenario) look(holds []string) string {
	if len(holds) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<action>")
	for _, h := range holds {
		s.checks++
		fmt.Fprintf(&b, `<ereg regexp="%s" search_in="msg" check_it="true" assign_to="%d"/>`, strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;").Replace(h), s.checks)
	}
	return b.String() + "</action>"
}

// reference uses variables, since sipp refuses those that nothing uses.
func (s *Scenario) reference(n int) string {
	if n == 0 {
		return ""
	}
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(s.checks-n+1+i))
	}
	return "\n" + `<Reference variables="` + strings.Join(all, ",") + `"/>`
}

// Refused waits for a refusal with a code.
func (s *Scenario) Refused(code int) *Scenario {
	s.add(`<recv response="100" optional="true"/>`).add(`<recv response="%d"/>`, code)
	return s.send(request{method: "ACK", via: sameVia})
}

// Wait lets time pass.
func (s *Scenario) Wait(d time.Duration) *Scenario {
	return s.add(`<pause milliseconds="%d"/>`, d.Milliseconds())
}

// Press presses keys, as RFC 4733 has it, each with the time that it takes.
func (s *Scenario) Press(keys string) *Scenario {
	for _, k := range keys {
		name := string(k)
		switch k {
		case '*':
			name = "star"
		case '#':
			name = "pound"
		}
		s.add(`<nop><action><exec play_pcap_audio="%s/dtmf_2833_%s.pcap"/></action></nop>`, sounds, name).Wait(600 * time.Millisecond)
	}
	return s
}

// Speak plays the eight seconds of speech that come with sipp, as PCMA, and does not
// wait for their end.
func (s *Scenario) Speak() *Scenario {
	return s.add(`<nop><action><exec play_pcap_audio="%s/g711a.pcap"/></action></nop>`, sounds)
}

// Again renegotiates: she holds ("sendonly"), or takes the line up again ("sendrecv"). The
// answer must hold what is looked for.
func (s *Scenario) Again(direction string, holds ...string) *Scenario {
	s.invite(direction).add(`<recv response="100" optional="true"/>`).accepted(false, holds...)
	return s.send(request{method: "ACK", inside: true})
}

// Update refreshes the session by UPDATE.
func (s *Scenario) Update(expires int, holds ...string) *Scenario {
	s.cseq++
	s.send(request{method: "UPDATE", inside: true, retrans: true, head: []string{"Supported: timer", fmt.Sprintf("Session-Expires: %d;refresher=uac", expires)}})
	return s.accepted(false, holds...)
}

// Offered waits until the line renegotiates, by INVITE, and agrees.
func (s *Scenario) Offered(holds ...string) *Scenario {
	s.add(`<recv request="INVITE">%s</recv>%s`, s.look(holds), s.reference(len(holds)))
	return s.respond("200 OK", s.description("sendrecv")).add(`<recv request="ACK"/>`)
}

// Refreshed waits until the line refreshes the session by UPDATE, and agrees.
func (s *Scenario) Refreshed() *Scenario {
	return s.add(`<recv request="UPDATE"/>`).respond("200 OK", "")
}

// respond answers the last request.
func (s *Scenario) respond(status, body string) *Scenario {
	lines := []string{"SIP/2.0 " + status, "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]"}
	if body != "" {
		lines = append(lines, "Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>", "Content-Type: application/sdp")
	}
	return s.add("<send><![CDATA[\n%s\n]]></send>", strings.Join(append(lines, "Content-Length: [len]", "", body), "\n"))
}

// HangUp ends the call from her side.
func (s *Scenario) HangUp() *Scenario {
	s.cseq++
	return s.send(request{method: "BYE", inside: true, retrans: true}).add(`<recv response="200"/>`)
}

// HungUp waits until the line ends the call.
func (s *Scenario) HungUp() *Scenario {
	return s.add(`<recv request="BYE"/>`).respond("200 OK", "")
}

// GivesUp ends the call before it is answered.
func (s *Scenario) GivesUp() *Scenario {
	s.send(request{method: "CANCEL", via: sameVia, retrans: true}).add(`<recv response="200"/>`)
	return s.add(`<recv response="487"/>`).send(request{method: "ACK", via: sameVia})
}

// Vanishes ends the scenario with the call up: no more is sent, as from a battery that
// is empty.
func (s *Scenario) Vanishes() *Scenario { return s.add(`<nop/>`) }
