package trunk

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// byeOf says who ended a call with a BYE: she, or her network since her line broke, as it
// does for a battery that is empty or a train in a tunnel. Networks that know say so in
// the header Reason (RFC 3326); where nothing is said, she has hung up.
func byeOf(req *sip.Request) Side {
	for _, h := range req.GetHeaders("Reason") {
		for _, said := range strings.Split(h.Value(), ",") {
			if broke(said) {
				return Lost
			}
		}
	}
	return Peer
}

// broke reads one reason: a cause of ITU-T Q.850 other than a receiver that was put down,
// or a failure of SIP.
func broke(said string) bool {
	protocol, rest, _ := strings.Cut(said, ";")
	for _, p := range strings.Split(rest, ";") {
		name, v, _ := strings.Cut(p, "=")
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || !strings.EqualFold(strings.TrimSpace(name), "cause") {
			continue
		}
		switch strings.ToUpper(strings.TrimSpace(protocol)) {
		case "Q.850":
			const normal, unspecified = 16, 31
			return n > 0 && n != normal && n != unspecified
		case "SIP":
			return n >= 400 && n < 600 && n != 487
		}
	}
	return false
}
