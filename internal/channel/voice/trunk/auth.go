package trunk

import (
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// show adds our account to a request that was answered by a challenge. It reports
// whether there is sense in sending it again: not where the account was shown before,
// but for a challenge that had only grown old.
func (l *link) show(req *sip.Request, res *sip.Response, before bool) bool {
	asks, answers := "WWW-Authenticate", "Authorization"
	if res.StatusCode == 407 {
		asks, answers = "Proxy-Authenticate", "Proxy-Authorization"
	}
	if l.User == "" {
		return false
	}
	for _, h := range res.GetHeaders(asks) {
		c, err := digest.ParseChallenge(h.Value())
		if err != nil {
			continue
		}
		c.Algorithm = strings.ToUpper(c.Algorithm)
		for i := range c.QOP {
			c.QOP[i] = strings.TrimSpace(c.QOP[i])
		}
		if !digest.CanDigest(c) || before && !c.Stale {
			continue
		}
		cred, err := digest.Digest(c, digest.Options{
			Method: string(req.Method), URI: req.Recipient.String(), Username: l.User, Password: l.Password,
		})
		if err != nil {
			continue
		}
		req.RemoveHeader(answers)
		req.AppendHeader(sip.NewHeader(answers, cred.String()))
		return true
	}
	return false
}

// nonces are the challenges that we gave, each good for one answer.
type nonces struct {
	now   func() time.Time
	mu    sync.Mutex
	given map[string]time.Time
}

const (
	nonceLife  = 30 * time.Second
	noncesMost = 4096
)

func (n *nonces) give() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	if len(n.given) >= noncesMost {
		for k, at := range n.given {
			if now.Sub(at) > nonceLife {
				delete(n.given, k)
			}
		}
	}
	nonce := random()
	if len(n.given) < noncesMost {
		n.given[nonce] = now
	}
	return nonce
}

func (n *nonces) take(nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.given[nonce]
	delete(n.given, nonce)
	return ok && n.now().Sub(at) <= nonceLife
}

// shown reports whether a request shows one of the accounts that a trunk demands.
// Where it does not, challenge asks for it: once in SHA-256 and once, for those who
// know nothing else, in MD5.
func (l *link) shown(req *sip.Request) (ok bool, challenge []sip.Header) {
	if len(l.Demand) == 0 {
		return true, nil
	}
	stale := false
	for _, h := range req.GetHeaders("Authorization") {
		got, err := digest.ParseCredentials(h.Value())
		if err != nil {
			continue
		}
		password, known := l.Demand[got.Username]
		want, err := digest.Digest(&digest.Challenge{
			Realm: l.realm(), Nonce: got.Nonce, Algorithm: strings.ToUpper(got.Algorithm), QOP: qop(got.QOP),
		}, digest.Options{
			Method: string(req.Method), URI: got.URI, Username: got.Username, Password: password, Cnonce: got.Cnonce, Count: got.Nc,
		})
		if err != nil || got.QOP == "auth-int" {
			continue
		}
		if !known || subtle.ConstantTimeCompare([]byte(want.Response), []byte(got.Response)) != 1 {
			continue
		}
		if l.s.nonces.take(got.Nonce) {
			return true, nil
		}
		stale = true
	}
	for _, algorithm := range []string{"SHA-256", "MD5"} {
		c := digest.Challenge{Realm: l.realm(), Nonce: l.s.nonces.give(), Algorithm: algorithm, QOP: []string{"auth"}, Stale: stale}
		challenge = append(challenge, sip.NewHeader("WWW-Authenticate", c.String()))
	}
	return false, challenge
}

func qop(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (l *link) realm() string {
	if l.Domain != "" {
		return l.Domain
	}
	return "line"
}
