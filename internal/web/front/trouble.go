package front

import "net/http"

// A trouble is a way in which a request fails. Whatever it is, her words come back.
type trouble string

// The troubles, by the key of their sentence.
const (
	tooLong  trouble = "front.error.long"
	tooFast  trouble = "front.error.fast"
	tooBusy  trouble = "front.error.busy"
	notHere  trouble = "front.error.missing"
	notOurs  trouble = "front.error.foreign"
	mustKeep trouble = "front.error.keep"
	notSafe  trouble = "front.error.plain"
	keptOut  trouble = "front.error.outside"
)

// status is the HTTP status of a trouble.
func (t trouble) status() int {
	switch t {
	case tooLong:
		return http.StatusRequestEntityTooLarge
	case tooFast:
		return http.StatusTooManyRequests
	case notHere:
		return http.StatusNotFound
	case notOurs, mustKeep, keptOut, notSafe:
		return http.StatusForbidden
	case tooBusy:
	}
	return http.StatusServiceUnavailable
}

// view says what went wrong. A sentence about her words would be odd where there
// are none.
func (t trouble) view(f frame, words string) troubleView {
	key := string(t)
	if words == "" && (t == tooFast || t == tooBusy) {
		key += ".page"
	}
	return troubleView{frame: f, Title: f.T(key + ".title"), Text: f.T(key), Words: words}
}
