package front

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// Her cookies. Their names say nothing, and __Host- keeps every other host from
// setting or reading them.
const (
	herCookie   = "__Host-w" // her ticket
	coverCookie = "__Host-n" // shows the cover page
	codeCookie  = "__Host-k" // a code that was just made, until she has kept it
)

// How long a browser keeps them. Hers is renewed by every answer: it lasts as long
// as her place does, and who finds the phone later finds the home page.
const (
	herTime   = time.Hour
	coverTime = 10 * time.Minute
	codeTime  = 5 * time.Minute
)

// A token is the random half of her cookie: whoever has it is her.
type token [32]byte

func newToken() (t token) {
	_, _ = rand.Read(t[:]) // never fails
	return t
}

// A step says which page of hers is open.
type step byte

// The steps. They stand in a cookie and cannot be renamed.
const (
	expecting  step = 'e'
	chatting   step = 'c' // the chat, or what stands in its place while the line is closed
	writing    step = 'm' // the chat although the line is closed
	returning  step = 'r'
	refused    step = 'n' // a code opened nothing
	answered   step = 'a' // a code opened something
	shownCode  step = 'k'
	erasing    step = 'x'
	erased     step = 'd'
	choosing   step = 'l' // of a language
	asking     step = 'p' // what may be kept of her
	requesting step = 'q' // something about what is kept of her
	noStep     step = '-'
)

func (s step) known() bool { return strings.IndexByte("ecmrnakxdlpq-", byte(s)) >= 0 }

// A ticket is what her cookie says: who she is, and where. Nothing of it is stored
// before her first word.
type ticket struct {
	Step  step
	From  step // where "back" leads
	Plain bool // her browser shows no stream
	Lang  string
	Token token
}

// to returns the ticket for another page.
func (t ticket) to(s step) ticket {
	t.Step, t.From = s, noStep
	return t
}

// aside returns the ticket for a page that leads back to this one.
func (t ticket) aside(s step) ticket {
	if t.Step != s {
		t.From, t.Step = t.Step, s
	}
	return t
}

// back returns the ticket for the page that this one stands beside.
func (t ticket) back() ticket {
	if t.From == noStep {
		return t.to(chatting)
	}
	return t.to(t.From)
}

func (t ticket) String() string {
	plain := "s"
	if t.Plain {
		plain = "p"
	}
	return string([]byte{byte(t.Step), byte(t.From)}) + plain + "." + t.Lang + "." + base64.RawURLEncoding.EncodeToString(t.Token[:])
}

// parseTicket reads a cookie. What is not exactly a ticket is none.
func parseTicket(s string) (t ticket, ok bool) {
	flags, rest, ok1 := strings.Cut(s, ".")
	lang, random, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || len(flags) != 3 || !isTag(lang) {
		return ticket{}, false
	}
	t = ticket{Step: step(flags[0]), From: step(flags[1]), Plain: flags[2] == 'p', Lang: lang}
	if t.Step == noStep || !t.Step.known() || !t.From.known() || flags[2] != 'p' && flags[2] != 's' {
		return ticket{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(random)
	if err != nil || len(b) != len(t.Token) || len(random) != base64.RawURLEncoding.EncodedLen(len(b)) { // it skips line breaks
		return ticket{}, false
	}
	copy(t.Token[:], b)
	return t, true
}

// isTag reports whether s looks like a language tag.
func isTag(s string) bool {
	if len(s) < 2 || len(s) > 16 {
		return false
	}
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return true
}

// ticketOf reads her ticket from a request.
func ticketOf(r *http.Request) (ticket, bool) {
	c, err := r.Cookie(herCookie)
	if err != nil {
		return ticket{}, false
	}
	return parseTicket(c.Value)
}

// cookie is one of ours; a life of 0 ends it.
func cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if life <= 0 {
		c.MaxAge = -1
	}
	return c
}
