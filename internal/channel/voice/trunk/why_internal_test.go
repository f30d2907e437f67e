package trunk

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

// A line that broke is told from a receiver that was put down, where the network says it.
func TestANetworkSaysThatALineBroke(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]Side{
		"":                                    Peer,
		`Q.850;cause=16;text="Terminated"`:    Peer,
		"Q.850 ; cause=31":                    Peer,
		"Q.850;cause=41":                      Lost,
		`q.850;text="x";cause=27`:             Lost,
		"SIP;cause=200, Q.850;cause=38":       Lost,
		`SIP;cause=503;text="Radio"`:          Lost,
		"SIP;cause=487":                       Peer,
		"Q.850;cause=":                        Peer,
		"Q.850":                               Peer,
		"FREESWITCH;cause=41":                 Peer,
		"Q.850;cause=99999999999999999999999": Peer,
	} {
		req := sip.NewRequest(sip.BYE, sip.Uri{Host: "example.org"})
		if said != "" {
			req.AppendHeader(sip.NewHeader("Reason", said))
		}
		if got := byeOf(req); got != want {
			t.Errorf("%q is taken for %d, want %d", said, got, want)
		}
	}
}
