// Package prompt keeps the sound of what the line says on the telephone. A sound
// belongs to words in a language and not to a place in the call flow: whoever changes
// the words must speak them anew, and whoever puts an earlier edition back finds its
// sound there. Everything in it is the line's own, and nothing a caller's.
package prompt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that these words have no sound.
	ErrMissing = problem.New(problem.Missing, "prompt.missing")
	// ErrLong says that a sound is longer than its words may be.
	ErrLong = problem.New(problem.Invalid, "prompt.long")
	// ErrWords says that there are no words to which it would belong.
	ErrWords = problem.New(problem.Invalid, "prompt.words")
)

// Library keeps sounds.
type Library struct {
	db *db.DB
}

// New returns the library of a line.
func New(d *db.DB) *Library { return &Library{d} }

// said names words: the same ones in the same language have one sound.
func said(words string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(words), " ")))
	return hex.EncodeToString(sum[:])
}

// Keep takes the sound of words that somebody has spoken, as a WAV file. It takes the
// place of any other.
func (l *Library) Keep(ctx context.Context, by hotline.PersonID, lang, words string, wav io.Reader, longest time.Duration) error {
	clip, wave, err := read(lang, words, wav, longest)
	if err != nil {
		return err
	}
	return l.put(ctx, flow.Sound{Lang: lang, Words: words, Length: clip.Length(), By: by}, wave)
}

// Draft takes the sound of words that a machine has spoken, where there is none.
func (l *Library) Draft(ctx context.Context, lang, words string, wav io.Reader) error {
	clip, wave, err := read(lang, words, wav, flow.Longest)
	if err != nil {
		return err
	}
	return l.put(ctx, flow.Sound{Lang: lang, Words: words, Machine: true, Length: clip.Length()}, wave)
}

// read brings a file into the one form that is kept.
func read(lang, words string, wav io.Reader, longest time.Duration) (audio.Clip, []byte, error) {
	if lang == "" || strings.TrimSpace(words) == "" {
		return audio.Clip{}, nil, ErrWords
	}
	clip, err := audio.ReadWAV(wav)
	if err != nil {
		return audio.Clip{}, nil, err
	}
	if clip.Length() > longest {
		return audio.Clip{}, nil, ErrLong
	}
	var wave bytes.Buffer
	err = clip.WriteWAV(&wave)
	return clip, wave.Bytes(), err
}

func (l *Library) put(ctx context.Context, s flow.Sound, wave []byte) error {
	id := said(s.Words)
	return l.db.Write(ctx, func(tx db.Tx) error {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		const row = `INSERT INTO prompt (lang, said, words, machine, millis, at, by_person, sound) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (lang, said) DO `
		machine, rest := 0, `UPDATE SET words = $3, machine = $4, millis = $5, at = $6, by_person = $7, sound = $8`
		if s.Machine {
			machine, rest = 1, `NOTHING`
		}
		_, err = tx.Exec(row+rest, s.Lang, id, s.Words, machine, s.Length.Milliseconds(), now, s.By, wave)
		return err
	})
}

// Drop lets go of the sound of words.
func (l *Library) Drop(ctx context.Context, lang, words string) error {
	return l.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`DELETE FROM prompt WHERE lang = $1 AND said = $2`, lang, said(words))
		return err
	})
}

// Sounds tells of the sounds of a language, by their words.
func (l *Library) Sounds(ctx context.Context, lang string) (map[string]flow.Sound, error) {
	out := map[string]flow.Sound{}
	return out, l.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT words, machine, millis, at, by_person FROM prompt WHERE lang = $1 LIMIT 5000`, lang)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			s, machine, millis := flow.Sound{Lang: lang}, int64(0), int64(0)
			if err := rows.Scan(&s.Words, &machine, &millis, &s.At, &s.By); err != nil {
				return err
			}
			s.Machine, s.Length = machine == 1, time.Duration(millis)*time.Millisecond
			out[s.Words] = s
		}
		return rows.Err()
	})
}

// Wave returns the sound of words as a WAV file: 8000 samples a second, mono, 16 bit.
func (l *Library) Wave(ctx context.Context, lang, words string) (wave []byte, err error) {
	err = l.db.One(ctx, `SELECT sound FROM prompt WHERE lang = $1 AND said = $2`, []any{lang, said(words)}, &wave)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrMissing
	}
	return wave, err
}

// Clip returns the sound of words; ErrMissing where nobody has spoken them yet.
func (l *Library) Clip(ctx context.Context, lang, words string) (audio.Clip, error) {
	wave, err := l.Wave(ctx, lang, words)
	if err != nil {
		return audio.Clip{}, err
	}
	return audio.ReadWAV(bytes.NewReader(wave))
}
