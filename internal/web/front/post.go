package front

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/i18n"
)

// A press is a button of hers, with what her page said.
type press struct {
	f     *Front
	w     http.ResponseWriter
	r     *http.Request
	l     *i18n.Language
	t     ticket
	known bool // she has a ticket
	form  form
}

// acts lists every button there is. Each returns the ticket that the next page is
// shown by, or a failure.
func acts() map[string]func(*press) (ticket, error) {
	return map[string]func(*press) (ticket, error){
		"chat":     (*press).chat,
		"return":   (*press).comeBack,
		"send":     (*press).send,
		"hello":    (*press).hello,
		"here":     (*press).here,
		"more":     (*press).more,
		"plain":    (*press).plain,
		"code":     (*press).code,
		"kept":     (*press).kept,
		"open":     (*press).open,
		"read":     (*press).read,
		"erase":    (*press).askErase,
		"gone":     (*press).erase,
		"end":      (*press).end,
		"privacy":  (*press).askPrivacy,
		"asks":     (*press).asks,
		"ask":      (*press).ask,
		"nowait":   (*press).noWait,
		"level":    (*press).level,
		"anybody":  (*press).anybody,
		"language": (*press).languages,
		"speak":    (*press).speak,
		"back":     (*press).back,
	}
}

// post answers every form but the one that leaves: what was asked is done, and the
// same address is shown again.
func (f *Front) post(w http.ResponseWriter, r *http.Request) {
	posted, whole := f.read(w, r)
	if !f.limits.pass(r.Context(), f.Address(r), aPost) {
		f.trouble(w, r, tooFast, posted)
		return
	}
	if !whole || len(posted.text()) > contact.MaxMessage {
		f.trouble(w, r, tooLong, posted)
		return
	}
	p := &press{f: f, w: w, r: r, form: posted}
	p.t, p.known = ticketOf(r)
	p.l = f.language(r, posted.Lang)
	if p.outside(r.Context()) {
		f.trouble(w, r, keptOut, posted)
		return
	}
	switch posted.Do {
	case "start", "uncover":
		for _, name := range []string{herCookie, codeCookie, coverCookie} {
			http.SetCookie(w, cookie(name, "", 0))
		}
		f.again(w)
		return
	case "typing":
		f.typing(w, r, p)
		return
	}
	act := acts()[posted.Do]
	if act == nil || !p.known && !begins(posted.Do) {
		f.again(w)
		return
	}
	if !p.known {
		if keepsNoCookie(r) {
			f.trouble(w, r, notSafe, posted)
			return
		}
		p.t = ticket{Step: expecting, From: noStep, Lang: p.l.Tag(), Token: newToken()}
	}
	next, err := act(p)
	var refusal refusedError
	switch {
	case errors.As(err, &refusal):
		f.trouble(w, r, refusal.trouble, posted)
	case isNothing(err):
		http.SetCookie(w, cookie(herCookie, "", 0))
		f.again(w)
	case err != nil:
		f.fail(w, r, err, posted)
	case next.Step == 0: // answered already
	default:
		http.SetCookie(w, cookie(herCookie, next.String(), herTime))
		f.again(w)
	}
}

// outside reports whether somebody would begin or go on whose browser is kept out
// after an abusive chat. Leaving, deleting and reading always work.
func (p *press) outside(ctx context.Context) bool {
	switch p.form.Do {
	case "chat", "start", "send", "hello", "open":
		return p.known && p.f.Outside != nil && p.f.Outside.Is(ctx, p.f.Own.Caller(p.t.Token[:]).Lookup)
	}
	return false
}

// begins reports whether a button can be pressed without a ticket. Words can: her
// cookie may have ended while she wrote.
func begins(do string) bool { return do == "chat" || do == "return" || do == "send" || do == "hello" }

// keepsNoCookie reports whether her browser would throw our cookies away: over
// plain http it keeps them for this machine's own names and onion addresses alone.
func keepsNoCookie(r *http.Request) bool {
	from, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || from.Scheme != "http" {
		return false
	}
	host := "." + from.Hostname()
	for _, safe := range []string{".localhost", ".onion", ".127.0.0.1", ".::1"} {
		if strings.HasSuffix(host, safe) {
			return false
		}
	}
	return true
}

// refusedError is a trouble that is not a failure of the line.
type refusedError struct{ trouble trouble }

func (e refusedError) Error() string { return string(e.trouble) }

func isNothing(err error) bool { return errors.Is(err, errNothing) }

// drained is how much of a form that is too long is read to its end, so that the
// browser waits for the answer.
const (
	drained  = 16 << 20
	draining = 10 * time.Second
)

// read reads a form. whole is false where it is too long; what was read comes back
// all the same.
func (f *Front) read(w http.ResponseWriter, r *http.Request) (posted form, whole bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, longestForm+1))
	if len(body) > longestForm {
		body = body[:longestForm]
		_ = http.NewResponseController(w).SetReadDeadline(f.Clock().Add(draining)) // where it cannot be set, the server's own holds
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, drained))
		w.Header().Set("Connection", "close")
		return decode(body), false
	}
	return decode(body), err == nil
}

// again shows the one address again.
func (f *Front) again(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", f.policy)
	w.Header().Set("Location", "/")
	w.WriteHeader(http.StatusSeeOther)
}

// chat begins, or goes on where she is.
func (p *press) chat() (ticket, error) {
	found, err := p.f.callers.find(p.r.Context(), p.t.Token)
	switch {
	case isNothing(err) || err == nil && over(found.Contact.State):
		t := p.t.to(expecting)
		t.Lang = p.l.Tag()
		return t, nil
	case err != nil:
		return ticket{}, err
	}
	return p.t.to(chatting), nil
}

// send takes her words.
func (p *press) send() (ticket, error) {
	if p.form.text() == "" {
		return p.t, nil
	}
	return p.put(p.form)
}

// hello says for her that she does not know how to begin.
func (p *press) hello() (ticket, error) {
	if p.form.text() == "" {
		p.form.Words = seal.Conceal(p.l.T("front.expect.hello"))
	}
	return p.put(p.form)
}

// put hands her words to the line and returns once they are durable.
func (p *press) put(words form) (ticket, error) {
	ctx := p.r.Context()
	got, err := p.f.callers.write(ctx, p.t.Token, words.message(), p.t.Lang, words, func() error {
		if !p.f.limits.pass(ctx, p.f.Address(p.r), aContact) {
			return refusedError{tooFast}
		}
		return nil
	})
	switch {
	case errors.Is(err, contact.ErrLong):
		return ticket{}, refusedError{tooLong}
	case errors.Is(err, contact.ErrEmpty):
		return p.t, nil
	case err != nil:
		return ticket{}, err
	}
	next := p.t
	if p.t.Step != writing || got.New {
		next = p.t.to(chatting)
	}
	if !wantsJSON(p.r) {
		return next, nil
	}
	s, err := p.f.Line.Stands(ctx, p.l.Tag())
	if err != nil {
		return ticket{}, err
	}
	http.SetCookie(p.w, cookie(herCookie, next.String(), herTime))
	answer := reply{Go: got.New}
	if got.Seq > 0 {
		answer = reply{S: got.Seq, K: "me", B: stamp(p.l, p.l.T("front.chat.you"), got.At, s.Now), T: words.text(), Go: got.New}
	}
	answerJSON(p.w, http.StatusOK, answer)
	return ticket{}, nil
}

// here answers "Are you still there?".
func (p *press) here() (ticket, error) {
	return p.with(chatting, func(found contact.Page) error { return p.f.callers.book.Here(p.r.Context(), found.Contact.ID) })
}

// with does something with her contact and shows a step.
func (p *press) with(next step, do func(contact.Page) error) (ticket, error) {
	found, err := p.f.callers.find(p.r.Context(), p.t.Token)
	if err == nil {
		err = do(found)
	}
	if errors.Is(err, contact.ErrState) || errors.Is(err, contact.ErrOver) {
		err = nil // it has moved on by itself; the page shows where to
	}
	return p.t.to(next), err
}

// more shows the chat although the line is closed.
func (p *press) more() (ticket, error) { return p.t.to(writing), nil }

// plain turns the stream off for a browser that does not show it.
func (p *press) plain() (ticket, error) {
	t := p.t.to(chatting)
	t.Plain = true
	return t, nil
}

// code makes a return code.
func (p *press) code() (ticket, error) {
	id := p.form.ID
	if id == "" {
		id = hotline.NewID()
	}
	made, err := p.f.codes.do(p.r.Context(), id+string(p.t.Token[:]), func() (seal.Text, error) {
		return p.f.callers.makeCode(p.r.Context(), p.t.Token)
	})
	if err != nil {
		return ticket{}, err
	}
	http.SetCookie(p.w, cookie(codeCookie, made.Reveal(), codeTime))
	return p.t.aside(shownCode), nil
}

// kept forgets the code that was shown.
func (p *press) kept() (ticket, error) {
	http.SetCookie(p.w, cookie(codeCookie, "", 0))
	return p.t.back(), nil
}

// comeBack asks for a code.
func (p *press) comeBack() (ticket, error) {
	return ticket{Step: returning, From: noStep, Lang: p.l.Tag(), Token: newToken()}, nil
}

// tick is the grain of the time that a code's answer takes.
const tick = 250 * time.Millisecond

// open tries a code. Every code that opens nothing gets the same answer, and every
// answer comes on a tick of the clock.
func (p *press) open() (ticket, error) {
	begun := p.f.Clock()
	if !p.f.limits.try(p.f.Address(p.r)) {
		return ticket{}, refusedError{tooFast}
	}
	t := ticket{Step: answered, From: noStep, Lang: p.t.Lang, Token: newToken()}
	typed, ok := digits(p.form.Code)
	err := error(errNothing)
	if ok {
		err = p.f.callers.join(p.r.Context(), t.Token, typed)
	}
	if isNothing(err) {
		t, err = p.t.to(refused), nil
	}
	if err != nil {
		return ticket{}, err
	}
	took := p.f.Clock().Sub(begun)
	rest := time.NewTimer(tick - took%tick)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-p.r.Context().Done():
	}
	return t, nil
}

// read hides the answers that were shown.
func (p *press) read() (ticket, error) {
	return p.with(p.t.Step, func(found contact.Page) error {
		upTo := p.form.UpTo
		if upTo <= 0 {
			upTo = found.Contact.LastSeq
		}
		return p.f.callers.book.MarkRead(p.r.Context(), found.Contact.ID, upTo)
	})
}

// askErase asks whether she means it.
func (p *press) askErase() (ticket, error) { return p.t.aside(erasing), nil }

// erase destroys her words, and answers when that is done. The law may forbid it.
func (p *press) erase() (ticket, error) {
	p.f.streams.leave(p.t.Token)
	_, err := p.with(erased, func(found contact.Page) error {
		return p.f.callers.book.EraseNow(p.r.Context(), hotline.Machine, found.Contact.ID)
	})
	if errors.Is(err, contact.ErrKeep) {
		return ticket{}, refusedError{mustKeep}
	}
	if err != nil && !isNothing(err) {
		return ticket{}, err
	}
	http.SetCookie(p.w, cookie(codeCookie, "", 0))
	t := p.t.to(erased)
	t.Token = newToken()
	return t, nil
}

// end ends the chat. She may write again.
func (p *press) end() (ticket, error) {
	return p.with(chatting, func(found contact.Page) error {
		return p.f.callers.book.EndNow(p.r.Context(), hotline.Machine, found.Contact.ID)
	})
}

// languages asks for the language.
func (p *press) languages() (ticket, error) { return p.t.aside(choosing), nil }

// speak changes the language and keeps everything else.
func (p *press) speak() (ticket, error) {
	next := p.t.back()
	l := p.f.offers(p.form.Lang)
	if l == nil {
		return next, nil
	}
	next.Lang = l.Tag()
	_, err := p.with(next.Step, func(found contact.Page) error {
		return p.f.callers.book.Change(p.r.Context(), found.Contact.ID, l.Tag())
	})
	if isNothing(err) {
		err = nil // she has not written yet
	}
	return next, err
}

// back leads to the page that this one stands beside.
func (p *press) back() (ticket, error) { return p.t.back(), nil }

// typing tells the desk that she is writing.
func (f *Front) typing(w http.ResponseWriter, r *http.Request, p *press) {
	if p.known {
		if found, err := f.callers.find(r.Context(), p.t.Token); err == nil && found.Contact.State == contact.Live {
			f.callers.book.Typing(found.Contact.ID, true)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
