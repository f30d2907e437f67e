// Package session is the staff's door on the web. It carries half of a session of
// the vault in a cookie, says who may pass to which page, slows down who guesses,
// and has the work done that waits for a team's keys.
//
// What it promises: nobody passes whose session is not in the database, who is
// locked, removed or lacks the role; a stranger learns nothing from how she is
// turned away; and no address of anybody is kept longer than an hour, nor outside
// this process's memory.
package session

import (
	"encoding/base64"
	"net/http"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrRole says that none of the person's roles leads to the page.
var ErrRole = problem.New(problem.Denied, "admin.trouble.role")

// Cookie is the name of the cookie. Browsers take one of this name only over a safe
// connection, for the whole host and for nobody else.
const Cookie = "__Host-desk"

// A Session is somebody of the staff who is signed in and unlocked.
type Session struct {
	Person staff.Person
	Token  vault.Token
}

// Is reports whether she has one of the roles.
func (s Session) Is(roles ...hotline.Role) bool {
	for _, r := range roles {
		if s.Person.Is(r) {
			return true
		}
	}
	return false
}

// Put gives the browser its half of a session, until the browser is closed. The
// session itself ends after 12 hours, whatever the browser does.
func Put(w http.ResponseWriter, tok vault.Token) {
	http.SetCookie(w, &http.Cookie{
		Name: Cookie, Value: base64.RawURLEncoding.EncodeToString(tok),
		Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// Drop takes it back.
func Drop(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: Cookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// size is the length of a token in bytes.
const size = 64

// Token reads the cookie of a request. One that is not ours is no token.
func Token(r *http.Request) (vault.Token, bool) {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return nil, false
	}
	return parse(c.Value)
}

func parse(value string) (vault.Token, bool) {
	if len(value) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, false
	}
	tok, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(tok) != size { // the decoder passes over line ends
		return nil, false
	}
	return tok, true
}
