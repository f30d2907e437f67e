package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/web/session"
)

// callView is a test call: the call flow as it is being edited, gone through key by key.
// The whole call stands in the page's address, so that nothing of it is kept anywhere.
type callView struct {
	frame
	Starts []choice // how the line stands
	Start  string
	Said   []callLine
	Keys   []callKey
	Next   []callKey // what else may happen
	Over   bool
	Back   string
}

func (*callView) name() string { return "flowcall" }

// A callLine is something that was said, done or pressed.
type callLine struct {
	Did   string // in words of the page; else something is said
	Words string
	Of    ofLanguage
	Sound string // where it can be heard
}

// A callKey is something that can happen next, and the page that shows it.
type callKey struct{ Name, Path string }

// What may happen in a test call, beside keys; each is one letter of the address.
const (
	callNothing  = 'n' // she presses nothing
	callAnswered = 'a'
	callOver     = 'o'
	callCloses   = 'c'
	callReached  = 'r'
)

// mostEvents is how long a test call may be.
const mostEvents = 120

// callStarts are the ways in which a test call begins.
func callStarts() map[string]flow.Start {
	opens := flow.Opening{Day: "tomorrow", Hour: 8}
	return map[string]flow.Start{
		"open": {Open: true, Opens: opens}, "closed": {Opens: opens}, "full": {Open: true, Full: true, Opens: opens},
	}
}

const callPath = "/flow/call"

// flowCall goes through the flow with the events of its address.
func (a *Admin) flowCall(v *visit) error {
	f, err := a.flowNow(v)
	if err != nil {
		return err
	}
	start, events := v.r.URL.Query().Get("start"), v.r.URL.Query().Get("e")
	if _, ok := callStarts()[start]; !ok {
		start = "open"
	}
	c := &testCall{a: a, v: v, m: flow.New(f, callStarts()[start]), f: f}
	view := &callView{Start: start, Back: a.shapeOf(flow.Kind).at(flow.Key())}
	for _, s := range []string{"open", "closed", "full"} {
		view.Starts = append(view.Starts, choice{Value: callPath + "?start=" + s, Label: v.l.T("admin.call.start." + s), On: s == start})
	}
	c.note(c.m.Step(flow.Began))
	taken := 0
	for i := range min(len(events), mostEvents) {
		if c.m.Ended() || !c.on(events[i]) {
			break
		}
		taken = i + 1
	}
	if c.err != nil {
		return c.err
	}
	view.Said, view.Over = c.lines, c.m.Ended()
	to := func(name string, e byte) callKey {
		return callKey{name, callPath + "?" + url.Values{"start": {start}, "e": {events[:taken] + string(e)}}.Encode() + "#now"}
	}
	if !view.Over && taken < mostEvents {
		for _, k := range []byte("123456789*0#") {
			view.Keys = append(view.Keys, to(string(k), k))
		}
		for _, e := range c.may() {
			view.Next = append(view.Next, to(v.l.T("admin.call.next."+string(e)), e))
		}
	}
	v.w.Header().Set("Content-Security-Policy", session.Policy+"; media-src 'self'")
	return a.show(v, http.StatusOK, view)
}

// flowNow is the flow as it is being edited; what is no flow yet is not gone through.
func (a *Admin) flowNow(v *visit) (flow.Flow, error) {
	body, _, err := a.base(v, a.shapeOf(flow.Kind), flow.Key())
	if err != nil {
		return flow.Flow{}, err
	}
	f, err := flow.Parse(body)
	if err == nil {
		return f, nil
	}
	now, err := a.present(v.r.Context(), a.shapeOf(flow.Kind), flow.Key())
	if err != nil {
		return flow.Flow{}, err
	}
	return flow.Parse(now.Body)
}

// A testCall is a machine that an administrator leads, and what came of it.
type testCall struct {
	a     *Admin
	v     *visit
	m     *flow.Machine
	f     flow.Flow
	lines []callLine
	texts map[string]map[string]string     // pieces, by language
	heard map[string]map[string]flow.Sound // by language and words
	err   error
}

// on lets something happen. It reports whether it is something that may.
func (c *testCall) on(e byte) bool {
	switch {
	case strings.IndexByte("0123456789*#", e) >= 0:
		c.did("admin.call.pressed", "key", string(e))
		c.note(c.m.Step(flow.Pressed{Key: e}))
	case !slices.Contains(c.may(), e):
		return false
	case e == callNothing:
		c.did("admin.call.nothing")
		for n := len(c.lines); len(c.lines) == n && !c.m.Ended() && c.err == nil; {
			c.note(c.m.Nothing())
		}
	case e == callAnswered:
		c.note(c.m.Step(flow.Answered))
	case e == callOver:
		c.note(c.m.Step(flow.Over))
	case e == callReached:
		c.did("admin.call.next.r")
		c.note(c.m.Step(flow.Connected))
	case e == callCloses:
		c.did("admin.call.closes")
		c.note(c.m.Step(flow.Closed))
	}
	return true
}

// may lists what can happen next, beside keys.
func (c *testCall) may() []byte {
	switch c.m.State().Phase {
	case flow.Talking, flow.Through:
		return []byte{callOver}
	case flow.Waiting, flow.Offered:
		return []byte{callNothing, callAnswered, callCloses}
	case flow.Dialing:
		return []byte{callNothing, callReached}
	case flow.Walking, flow.Wishing:
		return []byte{callNothing}
	case flow.Ended:
	}
	return nil
}

func (c *testCall) did(key string, args ...any) {
	c.lines = append(c.lines, callLine{Did: c.v.l.T(key, args...)})
}

// note writes down what is done, and answers what the line would look up.
func (c *testCall) note(all []flow.Do) {
	for _, d := range all {
		switch d := d.(type) {
		case flow.Speak:
			for _, p := range d.Prompts {
				c.say(p)
			}
		case flow.Act:
			c.act(d)
		case flow.Join:
			c.did("admin.call.join")
			c.m.Step(flow.Place{Before: 2, Known: true, Wait: 8 * time.Minute})
		case flow.Sing:
			c.did(map[bool]string{true: "admin.call.music", false: "admin.call.quiet"}[d.Music])
		case flow.Speaks:
			c.did("admin.call.speaks", "language", c.a.tongue(d.Lang))
		case flow.FindPlace:
			c.note(c.m.Step(flow.Found{OK: true}))
		case flow.PutThrough:
			c.did("admin.call.through")
		case flow.CallBack:
			c.did("admin.call.back")
			c.note(c.m.Step(flow.Noted{OK: true}))
		case flow.Told:
			c.did("admin.call.told")
		case flow.PassOn:
			c.did("admin.call.passed")
		case flow.Wait:
		}
	}
	if c.m.State().Phase == flow.Talking && len(all) > 0 && len(c.lines) > 0 && !c.m.Ended() {
		if talk := c.v.l.T("admin.call.talk"); !slices.ContainsFunc(c.lines, func(l callLine) bool { return l.Did == talk }) {
			c.did("admin.call.talk")
		}
	}
}

func (c *testCall) act(act flow.Act) {
	switch act {
	case flow.Alert:
		c.did("admin.call.alert")
	case flow.KeepPlace:
		c.note(c.m.Step(flow.Kept{Digits: seal.Conceal("4071")})) // made up: nobody's place
	case flow.Forget:
		c.did("admin.call.forget")
	case flow.HangUp:
		c.did("admin.call.end")
	case flow.BreakOff, flow.Leave:
	}
}

// say writes down a prompt, in the words and with the sound that it has.
func (c *testCall) say(p flow.Prompt) {
	words, lang := c.words(p)
	if words == "" || c.err != nil {
		return
	}
	line := callLine{Words: words, Of: c.a.languageOf(lang)}
	if c.heard[lang] == nil {
		if c.heard == nil {
			c.heard = map[string]map[string]flow.Sound{}
		}
		if c.heard[lang], c.err = c.a.Sounds.Sounds(c.v.r.Context(), lang); c.err != nil {
			return
		}
	}
	if _, ok := c.heard[lang][words]; ok {
		line.Sound = promptPath + lang + "/" + p.Name + "/sound"
	}
	c.lines = append(c.lines, line)
}

// words are those of a prompt, as they are being edited.
func (c *testCall) words(p flow.Prompt) (words, lang string) {
	if c.texts == nil {
		c.texts = map[string]map[string]string{}
	}
	for _, l := range []string{p.Lang, flow.Fallback} {
		if c.texts[l] != nil {
			continue
		}
		body, _, err := c.a.base(c.v, c.a.shapeOf(flow.KindPieces), flow.PiecesKey(l))
		if err != nil {
			c.err = err
			return "", ""
		}
		if c.texts[l], err = flow.ParsePieces(body); err != nil {
			c.texts[l] = map[string]string{} // none of this language yet, or not whole
		}
	}
	return (&flow.InForce{Flow: c.f, Pieces: c.texts}).Text(p)
}
