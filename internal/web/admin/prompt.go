package admin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/session"
)

// Sounds is what the pages read and change of the sound of the words that are said on
// the telephone. A sound belongs to words: those of a draft can be spoken before it is
// in force.
type Sounds interface {
	// Sounds tells of the sounds of a language, by their words.
	Sounds(ctx context.Context, lang string) (map[string]flow.Sound, error)
	// Wave is the sound of words as a WAV file.
	Wave(ctx context.Context, lang, words string) ([]byte, error)
	// Keep takes the sound of words, as a WAV file. What is wrong with the file is an
	// error of the kind Invalid, whose key says it.
	Keep(ctx context.Context, by hotline.PersonID, lang, words string, wav io.Reader, longest time.Duration) error
	// Drop lets go of it.
	Drop(ctx context.Context, lang, words string) error
}

// promptsView lists what is said in a language, and what of it has a sound.
type promptsView struct {
	frame
	Of     ofLanguage
	Langs  []promptLang
	Rows   []promptRow
	Silent int  // how many have no sound
	Drafts int  // how many a machine has spoken
	Mute   bool // some have no sound, and no machine here can make a draft
}

func (*promptsView) name() string { return "prompts" }

// A promptLang is a language of the telephone.
type promptLang struct {
	Of      ofLanguage
	Path    string
	Current bool
}

// A promptRow is some words, and their sound.
type promptRow struct {
	Name, Words, Path string
	Sound             flow.Sound
	Has               bool
}

// Seconds is how long the sound lasts.
func (r promptRow) Seconds() int { return int((r.Sound.Length + time.Second/2) / time.Second) }

// promptView is some words, their sound, and how to bring another.
type promptView struct {
	frame
	promptRow
	Of      ofLanguage
	Back    string
	Who     string // who has brought it
	Longest int    // seconds
	Mute    bool   // there is no sound, and no machine here can make a draft
	Script  string
}

func (*promptView) name() string { return "prompt" }

const promptPath = "/prompts/"

func (a *Admin) promptRoutes() []route {
	admin := adminRoles()
	return []route{
		{method: "GET", path: "/prompts", roles: admin, nav: "admin.nav.prompts", serve: a.promptsFirst},
		{method: "GET", path: "/prompts/{lang}", roles: admin, serve: a.prompts},
		{method: "GET", path: "/prompts/{lang}/{name}", roles: admin, stepUp: true, serve: a.promptPage},
		{method: "POST", path: "/prompts/{lang}/{name}", roles: admin, stepUp: true, file: "sound", serve: a.promptChange},
		{method: "GET", path: callPath, roles: admin, nav: "admin.nav.call", serve: a.flowCall},
		{method: "GET", path: "/prompts/{lang}/{name}/sound", roles: admin, serve: a.promptSound},
	}
}

// promptsFirst leads to the first language of the line.
func (a *Admin) promptsFirst(v *visit) error {
	langs, err := a.promptLangs(v.r.Context(), nil)
	if err != nil {
		return err
	}
	return v.to(promptPath + langs[0])
}

// promptLangs are the languages of the telephone: the line's, and what else is said.
func (a *Admin) promptLangs(ctx context.Context, all []flow.Saying) ([]string, error) {
	langs, err := a.Parts.Line.Languages(ctx)
	if err != nil {
		return nil, err
	}
	langs = slices.Clone(langs)
	for _, s := range all {
		if !slices.Contains(langs, s.Lang) {
			langs = append(langs, s.Lang)
		}
	}
	return langs, nil
}

// sayings are all that is said, as it is being edited: the draft's words, else those
// that are in force.
func (a *Admin) sayings(v *visit, lang string) ([]flow.Saying, error) {
	f, err := a.flowNow(v)
	if err != nil {
		return nil, err
	}
	body, _, err := a.base(v, a.shapeOf(flow.KindPieces), flow.PiecesKey(lang))
	if err != nil {
		return nil, err
	}
	pieces, err := flow.ParsePieces(body)
	if err != nil {
		pieces = nil // none of this language yet, or not whole
	}
	return flow.Sayings(f, map[string]map[string]string{lang: pieces}), nil
}

func (a *Admin) prompts(v *visit) error {
	lang := v.r.PathValue("lang")
	all, err := a.sayings(v, lang)
	if err != nil {
		return err
	}
	langs, err := a.promptLangs(v.r.Context(), all)
	if err != nil {
		return err
	}
	if !slices.Contains(langs, lang) {
		return ErrPage
	}
	sounds, err := a.Sounds.Sounds(v.r.Context(), lang)
	if err != nil {
		return err
	}
	view := &promptsView{Of: a.languageOf(lang)}
	for _, l := range langs {
		view.Langs = append(view.Langs, promptLang{a.languageOf(l), promptPath + l, l == lang})
	}
	for _, s := range all {
		if s.Lang != lang {
			continue
		}
		row := rowOfPrompt(s, sounds)
		view.Rows = append(view.Rows, row)
		switch {
		case !row.Has:
			view.Silent++
		case row.Sound.Machine:
			view.Drafts++
		}
	}
	view.Mute = view.Silent > 0 && !a.drafted(v.r.Context(), lang)
	return a.show(v, http.StatusOK, view)
}

// drafted reports whether a machine here can draft words in a language.
func (a *Admin) drafted(ctx context.Context, lang string) bool {
	return a.Drafts != nil && a.Drafts(ctx, lang)
}

func rowOfPrompt(s flow.Saying, sounds map[string]flow.Sound) promptRow {
	sound, has := sounds[s.Words]
	return promptRow{Name: s.Name, Words: s.Words, Path: promptPath + s.Lang + "/" + s.Name, Sound: sound, Has: has}
}

// languageOf is a language as its readers see it.
func (a *Admin) languageOf(tag string) ofLanguage {
	if info, ok := a.Words.Info(tag); ok {
		return ofLanguage{tag, info.Own, info.Dir}
	}
	return ofLanguage{tag, tag, "auto"}
}

// saying is the words that a page is about.
func (a *Admin) saying(v *visit) (flow.Saying, error) {
	lang, name := v.r.PathValue("lang"), v.r.PathValue("name")
	all, err := a.sayings(v, lang)
	if err != nil {
		return flow.Saying{}, err
	}
	i := slices.IndexFunc(all, func(s flow.Saying) bool { return s.Name == name && s.Lang == lang })
	if i < 0 {
		return flow.Saying{}, ErrPage
	}
	return all[i], nil
}

func (a *Admin) promptPage(v *visit) error {
	s, err := a.saying(v)
	if err != nil {
		return err
	}
	return a.askPrompt(v, s)
}

func (a *Admin) askPrompt(v *visit, s flow.Saying) error {
	sounds, err := a.Sounds.Sounds(v.r.Context(), s.Lang)
	if err != nil {
		return err
	}
	longest, err := a.longest(v, s)
	if err != nil {
		return err
	}
	view := &promptView{promptRow: rowOfPrompt(s, sounds), Of: a.languageOf(s.Lang), Back: promptPath + s.Lang, Longest: int(longest / time.Second), Script: stylePath + a.scripts.record.name}
	view.Who, view.Mute = a.names(v.r.Context())(view.Sound.By), !view.Has && !a.drafted(v.r.Context(), s.Lang)
	v.w.Header().Set("Content-Security-Policy", session.Policy+"; script-src 'self'; media-src 'self' blob:")
	return a.show(v, v.status(), view)
}

// longest is how long the sound of words may be.
func (a *Admin) longest(v *visit, s flow.Saying) (time.Duration, error) {
	f, err := a.flowNow(v)
	if err != nil {
		return 0, err
	}
	if step, ok := f.Step(s.Name); ok && step.Kind == flow.Expect {
		return flow.LongestExpect, nil
	}
	return flow.Longest, nil
}

// promptChange keeps the sound that was sent, or lets go of the one that is there.
// Callers hear it at once where its words are in force.
func (a *Admin) promptChange(v *visit) error {
	s, err := a.saying(v)
	if err != nil {
		return err
	}
	drop := v.get("do") == "drop"
	if len(v.file) == 0 && !drop {
		v.faults.add("sound", "admin.fault.prompt.none")
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.askPrompt(v, s)
	}
	if drop {
		if err := a.Sounds.Drop(v.r.Context(), s.Lang, s.Words); err != nil {
			return err
		}
		return v.to(promptPath + s.Lang + "?done=prompt.gone")
	}
	longest, err := a.longest(v, s)
	if err != nil {
		return err
	}
	err = a.Sounds.Keep(v.r.Context(), v.me(), s.Lang, s.Words, bytes.NewReader(v.file), longest)
	if p := problem.Of(err); err != nil && p.Kind == problem.Invalid {
		v.faults.add("sound", p.Key, "seconds", strconv.Itoa(int(longest/time.Second)))
		return a.askPrompt(v, s)
	}
	if err != nil {
		return err
	}
	return v.to(promptPath + s.Lang + "?done=prompt")
}

// promptSound is the sound itself.
func (a *Admin) promptSound(v *visit) error {
	s, err := a.saying(v)
	if err != nil {
		return err
	}
	wave, err := a.Sounds.Wave(v.r.Context(), s.Lang, s.Words)
	if p := problem.Of(err); err != nil && p.Kind == problem.Missing {
		err = ErrPage
	}
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(wave))
	return nil
}

// largestFile is how many bytes a form may have that brings a file.
const largestFile = 16 << 20

// readFile takes a form that brings a file: into memory, and never into a file of ours.
func (v *visit) readFile() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, largestFile)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return ErrForm
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrForm
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return ErrForm
		}
		if p.FormName() == v.route.file {
			v.file = b
		} else if err := v.take(p.FormName(), string(b)); err != nil {
			return err
		}
	}
}
