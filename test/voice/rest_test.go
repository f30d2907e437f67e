//go:build !race

package voice_test

import (
	"bytes"
	"context"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/voicetest"
	"github.com/freeline-org/freeline/internal/cli/telephone"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/test/load"
	"github.com/freeline-org/freeline/test/voice"
)

// marked is a number that belongs to nobody, and is looked for.
const marked = "+15550142"

// Who takes everything that a line has written finds neither the number of somebody who
// has called nor a sound that she has made, in no form: not from a call that lives, and not
// from one that was killed in the middle or has ended.
func TestNothingOfACallIsLeft(t *testing.T) {
	l := voice.Found(t, loopback(), netip.PrefixFrom(loopback(), 32), voice.Hand("Amina", hotline.Advocate))
	tmp := filepath.Join(l.Dir, "tmp")
	must(t, os.Mkdir(tmp, 0o700))
	built.Store(true)
	must(t, load.Build()) // beside what the line writes
	t.Setenv("TMPDIR", tmp)
	n := l.Node("-operator.log_level", "debug")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	who, _ := l.Cast.Find("Amina")
	amina := voice.Sit(t, who, func() string { return n.At }, nil)
	amina.Connect(ctx)
	network := open(t)
	call := func() *telephone.Call {
		c, err := network.Call(ctx, telephone.Dial{Line: l.SIP, Number: voice.Number, From: marked})
		must(t, err)
		c.Begin(voice.Tone(hers))
		l.Queue(func() { must(t, c.Press(ctx, "1")) })
		must(t, amina.Hears(ctx, voicetest.Only(hers, advocates)))
		return c
	}
	first := call()
	search(t, l, "of a call that lives")
	n.Kill()
	search(t, l, "of a call that was up when the line was killed")
	n.Start()
	must(t, first.HangUp(ctx))
	n.Stop()
	search(t, l, "of a call that has ended")
}

// search looks through all that the line has written.
func search(t *testing.T, l *voice.Line, what string) {
	t.Helper()
	files := 0
	sounds := pattern()
	must(t, filepath.WalkDir(l.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "cast.json" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, word := range []string{marked[1:], marked[2:]} {
			for _, form := range load.Search(b, word) {
				t.Errorf("%s holds the number %s, as %s", filepath.Base(path), what, form)
			}
		}
		for name, sound := range sounds {
			if bytes.Contains(b, sound) {
				t.Errorf("%s holds her voice %s, as %s", filepath.Base(path), what, name)
			}
		}
		return nil
	}))
	if files < 4 {
		t.Errorf("only %d files were searched", files)
	}
}

// pattern is a piece of what she says, as it is sent and as it would be kept.
func pattern() map[string][]byte {
	f := make([]int16, audio.FrameSize)
	tone := voice.Tone(hers)
	for range 10 {
		tone.Next(f)
	}
	u, a, pcm := make([]byte, len(f)), make([]byte, len(f)), []byte{}
	audio.PCMU.Encode(u, f)
	audio.PCMA.Encode(a, f)
	back := make([]int16, len(f))
	audio.PCMU.Decode(back, u)
	for _, v := range back {
		pcm = append(pcm, byte(v), byte(v>>8))
	}
	const piece = 40 // samples
	return map[string][]byte{"PCMU": u[:piece], "PCMA": a[:piece], "PCM": pcm[:2*piece]}
}
