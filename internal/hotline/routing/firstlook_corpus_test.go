package routing_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

var misses = flag.Bool("misses", false, "print each miss of the messages that the lists were tuned on")

// sample is a labelled message.
type sample struct {
	line          int
	danger, minor bool
	path          hotline.Path
	text          string
}

func samples(tb testing.TB, set, lang string) []sample {
	tb.Helper()
	f, err := os.Open(filepath.Join("testdata", "firstlook", set+"-"+lang+".txt"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []sample
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if lines.Text() == "" || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		part := strings.SplitN(lines.Text(), "|", 3)
		if len(part) != 3 || strings.Trim(part[0], "dm-") != "" {
			tb.Fatalf("%s, line %d is not codes|path|message", f.Name(), n)
		}
		path := hotline.Path(part[1])
		switch path {
		case hotline.Self, hotline.Other, hotline.Tip, routing.Info, hotline.Unknown:
		default:
			tb.Fatalf("%s, line %d: path %q", f.Name(), n, path)
		}
		out = append(out, sample{n, strings.Contains(part[0], "d"), strings.Contains(part[0], "m"), path, part[2]})
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

// score counts what a list found, missed and raised for nothing.
type score struct{ hit, missed, false int }

func (s *score) add(got, want bool) {
	switch {
	case got && want:
		s.hit++
	case want:
		s.missed++
	case got:
		s.false++
	}
}

func (s score) recall() float64    { return float64(s.hit) / float64(max(1, s.hit+s.missed)) }
func (s score) precision() float64 { return float64(s.hit) / float64(max(1, s.hit+s.false)) }

func (s score) String() string {
	return fmt.Sprintf("found %3d  missed %2d  false %2d  recall %.2f  precision %.2f", s.hit, s.missed, s.false, s.recall(), s.precision())
}

// figures are the score of one set of messages.
type figures struct {
	danger, minor score
	path          int // right
	tipped        int // people who speak of themselves, taken for a tip
	lang          int // language guessed right
	langWrong     int // language guessed wrong; the rest is no guess
	of            int
}

func judge(t *testing.T, look *routing.FirstLook, set, lang string, show bool) figures {
	t.Helper()
	var f figures
	for _, s := range samples(t, set, lang) {
		got := look.Look(seal.Conceal(s.text), "")
		f.of++
		f.danger.add(got.Danger, s.danger)
		f.minor.add(got.Minor, s.minor)
		switch {
		case got.Path == s.path:
			f.path++
		case s.path == hotline.Self && got.Path == hotline.Tip:
			f.tipped++
		}
		switch got.Lang {
		case lang:
			f.lang++
		case "":
		default:
			f.langWrong++
		}
		if show && (got.Danger != s.danger || got.Minor != s.minor || got.Path != s.path) {
			t.Logf("%s:%d danger %v/%v minor %v/%v path %s/%s: %s", lang, s.line, got.Danger, s.danger, got.Minor, s.minor, got.Path, s.path, s.text)
		}
	}
	return f
}

// TestFirstLookMissesFew prints how often the shipped lists miss and how often they
// are alarmed by nothing. "tuned" are the messages the lists were made with;
// "held" are messages they were never tuned on: the honest figure, though the same
// hand wrote both. A list that falls below its floor fails.
func TestFirstLookMissesFew(t *testing.T) {
	look := shipped(t)
	type floor struct{ recall, precision, minorRecall, minorPrecision, path float64 }
	floors := map[string]floor{
		"tune": {0.95, 0.93, 0.93, 0.88, 0.85},
		"held": {0.18, 0.75, 0.70, 0.70, 0.30},
	}
	for _, lang := range []string{"en", "es", "fr", "ar"} {
		messages := 0
		for _, set := range []string{"tune", "held"} {
			f := judge(t, look, set, lang, *misses && set == "tune")
			messages += f.of
			path, guess := float64(f.path)/float64(f.of), float64(f.lang)/float64(f.of)
			t.Logf("%s %s %3d messages  danger: %v", lang, set, f.of, f.danger)
			t.Logf("%s %s               minor:  %v", lang, set, f.minor)
			t.Logf("%s %s               path right %.2f, herself taken for a tip %d; language right %.2f, wrong %d", lang, set, path, f.tipped, guess, f.langWrong)
			least := floors[set]
			if f.danger.recall() < least.recall || f.danger.precision() < least.precision {
				t.Errorf("%s %s: danger is below its floor %+v", lang, set, least)
			}
			if f.minor.recall() < least.minorRecall || f.minor.precision() < least.minorPrecision {
				t.Errorf("%s %s: minor is below its floor %+v", lang, set, least)
			}
			if path < least.path {
				t.Errorf("%s %s: path is below its floor %+v", lang, set, least)
			}
			if f.tipped > 2 {
				t.Errorf("%s %s: %d people who speak of themselves are taken for tips", lang, set, f.tipped)
			}
		}
		if messages < 150 {
			t.Errorf("%s: %d messages, want at least 150", lang, messages)
		}
	}
}

// shipped is the first look with the lists that come with the program.
func shipped(tb testing.TB) *routing.FirstLook {
	tb.Helper()
	var lists []routing.WordList
	for lang, body := range routing.ShippedWordLists() {
		l, err := routing.ParseWordList(body)
		if err != nil {
			tb.Fatalf("%s: %v", lang, err)
		}
		lists = append(lists, l)
	}
	look, err := routing.NewFirstLook(lists...)
	if err != nil {
		tb.Fatal(err)
	}
	return look
}
