package prompt_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/channel/voice/prompt"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// tone is a WAV file of a tone.
func tone(t testing.TB, hz float64, length time.Duration) []byte {
	t.Helper()
	samples := make([]int16, audio.Samples(length))
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/audio.Rate))
	}
	var b bytes.Buffer
	if err := audio.NewClip(samples).WriteWAV(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const person hotline.PersonID = "0123456789ABCDEFGHJKMNPQRS"

// A sound belongs to words in a language, whatever step says them.
func TestASoundBelongsToItsWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		ctx, l := t.Context(), prompt.New(e.Main)
		if _, err := l.Clip(ctx, "en", "You are next."); !errors.Is(err, prompt.ErrMissing) {
			t.Fatalf("before anybody has spoken: %v", err)
		}
		first, second := tone(t, 440, time.Second), tone(t, 880, 2*time.Second)
		for _, wav := range [][]byte{first, second} {
			if err := l.Keep(ctx, person, "en", "You are next.", bytes.NewReader(wav), flow.Longest); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := l.Wave(ctx, "en", " You are\nnext. "); err != nil || !bytes.Equal(got, second) {
			t.Errorf("the newest sound does not come back: %d bytes, %v", len(got), err)
		}
		if c, err := l.Clip(ctx, "en", "You are next."); err != nil || c.Length() != 2*time.Second {
			t.Errorf("the clip lasts %v, %v", c.Length(), err)
		}
		for _, other := range [][2]string{{"fr", "You are next."}, {"en", "You are next!"}} {
			if _, err := l.Wave(ctx, other[0], other[1]); !errors.Is(err, prompt.ErrMissing) {
				t.Errorf("%v has that sound too: %v", other, err)
			}
		}
		all, err := l.Sounds(ctx, "en")
		s := all["You are next."]
		if err != nil || len(all) != 1 || s.Length != 2*time.Second || s.Machine || s.By != person || s.At == 0 {
			t.Errorf("told is %+v, %v", all, err)
		}
		if err := l.Drop(ctx, "en", "You are next."); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Wave(ctx, "en", "You are next."); !errors.Is(err, prompt.ErrMissing) {
			t.Errorf("it is still there: %v", err)
		}
	})
}

// A machine's draft takes nobody's place, and whoever speaks takes the machine's.
func TestAVoiceTakesTheMachinesPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		ctx, l := t.Context(), prompt.New(e.Main)
		machine, voice := tone(t, 440, time.Second), tone(t, 880, time.Second)
		draft := func() {
			if err := l.Draft(ctx, "en", "Hello.", bytes.NewReader(machine)); err != nil {
				t.Fatal(err)
			}
		}
		draft()
		if all, _ := l.Sounds(ctx, "en"); !all["Hello."].Machine || all["Hello."].By != "" {
			t.Errorf("the draft is not marked: %+v", all)
		}
		if err := l.Keep(ctx, person, "en", "Hello.", bytes.NewReader(voice), flow.Longest); err != nil {
			t.Fatal(err)
		}
		draft()
		all, _ := l.Sounds(ctx, "en")
		if got, err := l.Wave(ctx, "en", "Hello."); err != nil || !bytes.Equal(got, voice) || all["Hello."].Machine {
			t.Errorf("the machine took the voice's place: %v", err)
		}
	})
}

func TestWhatIsNoSoundOfWordsIsRefused(t *testing.T) {
	t.Parallel()
	ctx, l := t.Context(), prompt.New(dbtest.New(t).Main)
	for name, c := range map[string]struct {
		lang, words string
		wav         []byte
		want        error
	}{
		"no words":    {"en", " ", tone(t, 440, time.Second), prompt.ErrWords},
		"no language": {"", "Hello.", tone(t, 440, time.Second), prompt.ErrWords},
		"too long":    {"en", "Hello.", tone(t, 440, 21*time.Second), prompt.ErrLong},
		"no WAV":      {"en", "Hello.", []byte("ID3 something else"), audio.ErrNotWAV},
		"nothing":     {"en", "Hello.", nil, audio.ErrNotWAV},
	} {
		if err := l.Keep(ctx, person, c.lang, c.words, bytes.NewReader(c.wav), flow.LongestExpect); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if all, err := l.Sounds(ctx, "en"); err != nil || len(all) > 0 {
		t.Errorf("kept is %v, %v", all, err)
	}
}

// What has a sound is not spoken again, and a language that the machine does not speak
// stays without, as do words that it speaks for too long: they keep no others from theirs.
func TestDraftsFillInWhatIsMissing(t *testing.T) {
	t.Parallel()
	ctx, l := t.Context(), prompt.New(dbtest.New(t).Main)
	all := []flow.Saying{{Name: "a", Lang: "en", Words: "Hello."}, {Name: "b", Lang: "fil", Words: "Hello."}, {Name: "l", Lang: "en", Words: "And so on."}, {Name: "c", Lang: "en", Words: "Bye."}, {Name: "d", Lang: "fil", Words: "Paalam."}}
	var spoken []string
	voice := func(_ context.Context, lang, words string) ([]byte, error) {
		spoken = append(spoken, lang+" "+words)
		if lang == "fil" {
			return nil, prompt.ErrMissing
		}
		if words == "And so on." {
			return tone(t, 440, flow.Longest+time.Second), nil
		}
		return tone(t, 440, time.Second), nil
	}
	if err := l.Keep(ctx, person, "en", "Hello.", bytes.NewReader(tone(t, 880, time.Second)), flow.Longest); err != nil {
		t.Fatal(err)
	}
	for want := 1; want >= 0; want-- {
		if n, err := l.DraftAll(ctx, voice, all); n != want || err != nil {
			t.Errorf("drafted %d, %v; want %d", n, err, want)
		}
	}
	if got := strings.Join(spoken, ", "); got != "fil Hello., en And so on., en Bye., fil Hello., en And so on." {
		t.Errorf("spoken is %s", got)
	}
}

// The machine that speaks drafts is a real program: it is heard, and says that it does
// not speak a language.
func TestEspeakSpeaks(t *testing.T) {
	t.Parallel()
	voice := prompt.Espeak()
	if voice == nil {
		t.Skip("no espeak-ng: it is not installed")
	}
	for _, lang := range []string{"en", "es", "fr", "ar"} {
		words := flow.ShippedPieces()[lang]
		pieces, err := flow.ParsePieces(words)
		if err != nil {
			t.Fatal(err)
		}
		wav, err := voice(t.Context(), lang, pieces["place.next"])
		if err != nil {
			t.Errorf("%s: %v", lang, err)
			continue
		}
		clip, err := audio.ReadWAV(bytes.NewReader(wav))
		if err != nil || clip.Length() < 300*time.Millisecond || clip.Length() > 10*time.Second {
			t.Errorf("%s: it lasts %v, %v", lang, clip.Length(), err)
		}
		loudest := int16(0)
		for _, s := range clip.Samples() {
			loudest = max(loudest, s)
		}
		if loudest < 2000 {
			t.Errorf("%s: nothing is heard: %d", lang, loudest)
		}
	}
	if _, err := voice(t.Context(), "xx", "Hello."); !errors.Is(err, prompt.ErrMissing) {
		t.Errorf("a language of nobody: %v", err)
	}
	if !voice.Speaks(t.Context(), "en") || voice.Speaks(t.Context(), "xx") || prompt.Voice(nil).Speaks(t.Context(), "en") {
		t.Error("which languages are spoken is not told")
	}
}

// What is published is heard: in her language, else in the one to fall back to, else not
// at all. What was uploaded a moment ago is heard on the next call.
func TestTheScriptIsWhatIsPublished(t *testing.T) {
	t.Parallel()
	ctx, e := t.Context(), dbtest.New(t)
	book, err := edition.New(ctx, e.Main, bus.Memory(), time.Now, edition.Kind{Name: flow.Kind, Check: flow.Check}, edition.Kind{Name: flow.KindNumbers, Check: flow.CheckNumbers}, edition.Kind{Name: flow.KindPieces, Check: flow.CheckPieces})
	if err != nil {
		t.Fatal(err)
	}
	l := prompt.New(e.Main)
	s := prompt.NewScript(flow.NewReader(book), l)
	f, number, err := s.Flow(ctx)
	if err != nil || number != 0 || f.Body() != flow.Shipped() {
		t.Fatalf("without an edition: number %d, %v", number, err)
	}
	if n, err := s.Number(ctx, "+15550109"); err != nil || n.Dial != "" {
		t.Errorf("a number of nobody is %+v, %v", n, err)
	}
	if err := book.Begin(ctx, person, flow.NumbersKey(), `{"rows":[{"dial":"+15550109","lang":"fr","cost":"free","bill":"open"}]}`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Number(ctx, "0015550109"); err != nil || n.Lang != "fr" {
		t.Errorf("the number is %+v, %v", n, err)
	}
	heard := func(name, lang string) time.Duration {
		clip, ok := s.Sound(ctx, flow.Prompt{Name: name, Lang: lang})
		if ok != (clip.Length() > 0) {
			t.Errorf("%s in %s: %v, and %v long", name, lang, ok, clip.Length())
		}
		return clip.Length()
	}
	keep := func(name, lang string, length time.Duration) {
		words := f.Steps[0].Words[lang]
		if name != "greeting" {
			all, err := flow.ParsePieces(flow.ShippedPieces()[lang])
			if err != nil {
				t.Fatal(err)
			}
			words = all[name]
		}
		if err := l.Keep(ctx, person, lang, words, bytes.NewReader(tone(t, 440, length)), flow.Longest); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"greeting", "place.next"} {
		if got := heard(name, "fr"); got != 0 {
			t.Errorf("%s: before anybody has spoken, %v are heard", name, got)
		}
		keep(name, "en", time.Second)
		if got := heard(name, "fr"); got != time.Second {
			t.Errorf("%s: heard are %v, not the English", name, got)
		}
		keep(name, "fr", 2*time.Second)
		if got := heard(name, "fr"); got != 2*time.Second {
			t.Errorf("%s: heard are %v, not the French", name, got)
		}
	}
	if got := heard("nothing", "fr"); got != 0 {
		t.Errorf("what nobody says is %v long", got)
	}
	music, ok := s.Music(ctx)
	loudest := int16(0)
	for _, v := range music.Samples() {
		loudest = max(loudest, v)
	}
	if !ok || music.Length() != 16*time.Second || loudest < 500 || loudest > 6000 {
		t.Errorf("the music lasts %v and is as loud as %d", music.Length(), loudest)
	}
}
