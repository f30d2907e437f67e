package trunk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
)

func TestWhatIsRefused(t *testing.T) {
	l := serve(t, func(_ context.Context, d *trunk.Dialog) { t.Errorf("%v: it was taken", d) }, config())
	for name, c := range map[string]struct {
		method, body string
		headers      []string
		inside       bool
		want         int
		header       string // in the answer
	}{
		"reliable provisional answers": {method: "INVITE", body: offer("sendrecv"), headers: []string{"Require: 100rel"}, want: 420, header: "Unsupported: 100rel"},
		"a session of a minute":        {method: "INVITE", body: offer("sendrecv"), headers: []string{"Session-Expires: 60", "Supported: timer"}, want: 422, header: "Min-SE: 90"},
		"no codec of ours":             {method: "INVITE", body: strings.Replace(offer("sendrecv"), "8 0 101", "18", 1), want: 488},
		"no description at all":        {method: "INVITE", body: "hello", want: 400},
		"packed":                       {method: "INVITE", body: offer("sendrecv"), headers: []string{"Content-Encoding: gzip"}, want: 415},
		"a transfer":                   {method: "REFER", headers: []string{"Refer-To: <sip:x@example.org>"}, want: 603},
		"a transfer of a call":         {method: "REFER", inside: true, want: 481},
		"a BYE of no call":             {method: "BYE", inside: true, want: 481},
		"an INFO of no call":           {method: "INFO", want: 481},
		"an INVITE of no call":         {method: "INVITE", body: offer("sendrecv"), inside: true, want: 481},
		"a message":                    {method: "MESSAGE", want: 405, header: "Allow: INVITE, ACK"},
		"a registration":               {method: "REGISTER", want: 405},
		"another kind of address":      {method: "OPTIONS", headers: []string{"X: urn"}, want: 416},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, l.Addr("udp"))
			if c.inside {
				p.theirs = "nobody"
			}
			if c.want == 416 {
				p.target = "urn:service:sos"
			}
			p.send(c.method, c.body, c.headers...)
			res := p.want(sip.RequestMethod(c.method), c.want)
			if c.header != "" && !strings.Contains(res.String(), c.header) {
				t.Errorf("no %q in\n%s", c.header, res)
			}
			if c.method == "INVITE" {
				p.send("ACK", "")
			}
		})
	}
	l.empty(t)
}

// What came by two ways is one call.
func TestMergedInvite(t *testing.T) {
	begun, end := make(chan bool, 2), make(chan bool)
	l := serve(t, func(context.Context, *trunk.Dialog) { begun <- true; <-end }, config())
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"))
	await(t, begun)
	p.branch = sip.GenerateBranchN(16)
	p.raw(p.text("INVITE", offer("sendrecv")))
	p.want("INVITE", 482)
	close(end)
}

func TestAnsweredOptions(t *testing.T) {
	l := serve(t, answering(t, nil), config())
	p := newPeer(t, l.Addr("udp"))
	p.send("OPTIONS", "")
	if got := p.want("OPTIONS", 200).GetHeader("Allow"); got == nil || !strings.Contains(got.Value(), "UPDATE") {
		t.Errorf("got %v", got)
	}
}

// A request of a call that has older ones behind it is not taken twice.
func TestOldRequestsAreRefused(t *testing.T) {
	_, p, _ := talking(t, config())
	p.seq = 0
	p.send("INFO", "")
	p.want("INFO", 500)
	p.seq = 5
	p.down()
}

func TestAccountsAreDemanded(t *testing.T) {
	seen := make(chan trunk.Event, 8)
	l := serve(t, answering(t, seen), config(func(c *trunk.Config) {
		c.Trunks[0].Demand = map[string]string{"exchange": "secret"}
		c.Trunks[0].Domain = "line.example.org"
	}))
	p := newPeer(t, l.Addr("udp"))
	p.send("INVITE", offer("sendrecv"))
	res := p.want("INVITE", 401)
	p.send("ACK", "")
	challenges := res.GetHeaders("WWW-Authenticate")
	if len(challenges) != 2 {
		t.Fatalf("got %v", challenges)
	}
	p.send("INVITE", offer("sendrecv"), "Authorization: "+credentials(t, challenges[0].Value(), "INVITE", p.target, "exchange", "wrong"))
	p.want("INVITE", 401)
	p.send("ACK", "")
	right := credentials(t, challenges[1].Value(), "INVITE", p.target, "exchange", "secret")
	p.up("Authorization: " + right)
	await(t, seen)
	p.down()

	q := newPeer(t, l.Addr("udp"))
	q.send("INVITE", offer("sendrecv"), "Authorization: "+right)
	if res := q.want("INVITE", 401); !strings.Contains(res.GetHeader("WWW-Authenticate").Value(), "stale=true") {
		t.Error("who shows what was shown before is to be asked anew, without being asked for a password")
	}
	q.send("ACK", "")
	l.empty(t)
}

// quiet fails where a mark is in what was put out.
func quiet(t *testing.T, out string, marks ...string) {
	t.Helper()
	for _, m := range marks {
		if i := strings.Index(out, m); i >= 0 {
			t.Errorf("a mark was put out: %.300s", out[max(0, i-120):])
		}
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); time.Now().Before(end); {
		if holds() {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Errorf("never: %s", what)
}
