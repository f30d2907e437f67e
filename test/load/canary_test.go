package load_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/cli/caller"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/load"
)

// The search itself sees a word in each form.
func TestSearchSeesEachForm(t *testing.T) {
	const word = "CANARYwords"
	for form, b := range load.Forms(word) {
		if len(load.Search(append([]byte("before "), append(b, " after"...)...), word)) == 0 {
			t.Errorf("%s was not seen", form)
		}
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write([]byte("xx" + word))
	must(t, w.Close())
	if len(load.Search(append([]byte("before"), z.Bytes()...), word)) == 0 {
		t.Error("a word inside gzip was not seen")
	}
	if got := load.Search([]byte("nothing of the kind"), word); len(got) > 0 {
		t.Errorf("seen where there is none: %v", got)
	}
}

// Who takes everything a stopped line has written finds no word of anybody, no
// return code and no address; and none of the server's own keys opens a message.
func TestNothingIsLeftToRead(t *testing.T) {
	const hers, ours, note = "CANARYhers kept in a flat", "CANARYours we are here", "CANARYnote she sounded afraid"
	h := load.New(t, "sqlite", 1, 3)
	tmp := filepath.Join(h.Dir, "tmp")
	must(t, os.Mkdir(tmp, 0o700))
	t.Setenv("TMPDIR", tmp)
	n := h.Node("-operator.log_level", "debug")
	at := func() string { return n.At }
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lines := &heard{when: map[string]time.Time{}}
	adv := load.Sign(t, h.Cast.Actors[2], at)
	frames := &frames{last: map[string]string{}}
	adv.Trace = frames.note
	adv.Heard, adv.Answer = lines.note, func(_, heard string) string { return ours }
	desks, leave := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { adv.Work(desks) })
	// 127.9.8.7 is the address that is looked for.
	c, err := caller.NewFrom("line.localhost", "en", "127.9.8.7", at)
	must(t, err)
	must(t, c.Open(ctx))
	must(t, c.Press(ctx, "chat", ""))
	must(t, c.Press(ctx, "send", hers))
	lines.wait(t, hers, 20*time.Second)
	must(t, c.Press(ctx, "code", ""))
	digits := digitsOf(c.Page)
	if len(digits) != 16 {
		t.Fatalf("a code of %d digits is shown, want 16", len(digits))
	}
	waitFor(t, 20*time.Second, "the answer on her page", func() bool {
		_, said, err := c.Said(ctx, 2, 2*time.Second)
		return err == nil && len(said) > 0
	})
	var id string
	for contact := range adv.Said() {
		id = contact
	}
	must(t, adv.Say(ctx, "draft", desk.Draft{Contact: id, Place: "composer", N: 1, Text: note}))
	writtenDown(ctx, t, h, adv, frames, id)
	must(t, adv.Say(ctx, "handback", desk.HandBack{Contact: id, Note: note}))
	waitFor(t, 20*time.Second, "the note to be kept", func() bool {
		kept := 0
		h.Inside(func(l *app.Line) { must(t, l.Main.One(ctx, `SELECT count(*) FROM note`, nil, &kept)) })
		return kept > 0
	})
	res := oversize(ctx, t, n.At, hers) // errors are written down, words are not
	if res < 400 {
		t.Errorf("a request that makes no sense was taken: %d", res)
	}
	leave()
	work.Wait()
	c.Close()
	n.Stop()
	files := 0
	must(t, filepath.WalkDir(h.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "cast.json" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, word := range []string{"CANARYhers", "CANARYours", "CANARYnote", "CANARYform", "CANARYsafety", "CANARYtask", "CANARYwhole", frames.phrase(t), digits, "127.9.8.7"} {
			if got := load.Search(b, word); len(got) > 0 {
				t.Errorf("%s holds a word that should be nowhere, as %s", filepath.Base(path), strings.Join(got, ", "))
			}
		}
		return nil
	}))
	if files < 4 {
		t.Errorf("only %d files were searched", files)
	}
	h.Inside(func(l *app.Line) { openWithEverything(t, h, l) })
}

// frames are the last of each kind that a desk was told.
type frames struct {
	mu   sync.Mutex
	last map[string]string
}

func (f *frames) note(frame string) {
	var head struct{ T string }
	if json.Unmarshal([]byte(frame), &head) == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.last[head.T] = frame
	}
}

// read gives the last of a kind, once there is one.
func (f *frames) read(t *testing.T, kind string, into any) {
	t.Helper()
	waitFor(t, 20*time.Second, "the desk to be told of "+kind, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return json.Unmarshal([]byte(f.last[kind]), into) == nil
	})
}

// phrase is the one that was drawn for her.
func (f *frames) phrase(t *testing.T) string {
	t.Helper()
	var drawn desk.PhraseFrame
	f.read(t, "phrase", &drawn)
	return drawn.Text
}

// writtenDown writes all that can be written of a contact: its form, what keeps her safe,
// drafts of a note and of a field, a phrase, a situation with its summary and a task.
func writtenDown(ctx context.Context, t *testing.T, h *load.House, adv *load.Advocate, told *frames, id string) {
	t.Helper()
	kept := func(table string, least int) {
		t.Helper()
		waitFor(t, 20*time.Second, table+" to be kept", func() bool {
			n := 0
			h.Inside(func(l *app.Line) { must(t, l.Main.One(ctx, `SELECT count(*) FROM `+table, nil, &n)) })
			return n >= least
		})
	}
	var form desk.FormFrame
	told.read(t, "form", &form)
	i := slices.IndexFunc(form.Fields, func(f desk.Asked) bool { return f.Kind == "text" || f.Kind == "long" })
	if i < 0 {
		t.Fatalf("no field of %d takes words", len(form.Fields))
	}
	field := form.Fields[i].ID
	must(t, adv.Say(ctx, "draft", desk.Draft{Contact: id, Place: "note", N: 2, Text: "CANARYnote typed"}))
	must(t, adv.Say(ctx, "draft", desk.Draft{Contact: id, Place: field, N: 1, Text: "CANARYform typed"}))
	must(t, adv.Say(ctx, "field", desk.Field{Contact: id, Field: field, Value: desk.Answer{Codes: []string{}, Text: "CANARYform the house by the canal"}}))
	kept("record_field", 1)
	must(t, adv.Say(ctx, "safety", desk.PutSafety{Contact: id, N: 1, Card: desk.Card{
		Ways: []desk.Terms{{Way: "call", May: "yes", Days: []int64{}, Say: "CANARYsafety say"}},
		Name: "CANARYsafety name", Cover: "CANARYsafety cover", MayKnow: "CANARYsafety sister", Promised: "CANARYsafety bed", Distress: "CANARYsafety rain",
	}}))
	kept("contact WHERE head_n > 1", 1)
	must(t, adv.Say(ctx, "phrase", desk.MakePhrase{Contact: id}))
	kept("thread", 1)
	must(t, adv.Say(ctx, "link", desk.Attach{Contact: id}))
	kept("situation", 1)
	var whole string
	h.Inside(func(l *app.Line) { must(t, l.Main.One(ctx, `SELECT id FROM situation`, nil, &whole)) })
	must(t, adv.Say(ctx, "write", desk.Write{ID: hotline.NewID(), Situation: whole, Kind: "summary", Text: "CANARYwhole mother and daughter"}))
	must(t, adv.Say(ctx, "part", desk.PutPart{ID: hotline.NewID(), Situation: whole, Kind: "person", Text: "CANARYwhole the man", Named: true, Note: "CANARYwhole his name"}))
	must(t, adv.Say(ctx, "task", desk.PutTask{ID: hotline.NewID(), Situation: whole, Whom: id, Due: time.Now().UnixMilli(), Text: "CANARYtask ask her on Friday"}))
	kept("task", 1)
	kept("part", 2)
}

// openWithEverything tries each secret of the server's on each message.
func openWithEverything(t *testing.T, h *load.House, l *app.Line) {
	t.Helper()
	key, err := app.ReadKey(h.Config.Keys.Operational)
	must(t, err)
	secrets := [][]byte{key}
	var ids []string
	must(t, l.Store.Read(t.Context(), func(tx db.Tx) (err error) {
		ids, err = db.Values[string](tx, `SELECT id FROM entry`)
		return err
	}))
	some, err := l.Shred.Some(t.Context(), ids...)
	must(t, err)
	for _, s := range some {
		secrets = append(secrets, s)
	}
	tried := 0
	must(t, l.Main.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT m.id, m.side, m.form, m.sealed, c.shred_k FROM message m JOIN contact c ON c.id = m.contact`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, side, form, shredK string
			var sealed []byte
			if err := rows.Scan(&id, &side, &form, &sealed, &shredK); err != nil {
				return err
			}
			for _, s := range secrets {
				tried++
				if _, err := box.Open(s, sealed, l.ID.Message(shredK, id, side, form)); err == nil {
					t.Error("a key of the server's opens a message")
				}
			}
		}
		return rows.Err()
	}))
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

// digitsOf reads the return code of a page.
func digitsOf(page string) string {
	_, after, _ := strings.Cut(page, `class="code`)
	var out strings.Builder
	for _, r := range after {
		if r >= '0' && r <= '9' && out.Len() < 16 {
			out.WriteRune(r)
		}
		if out.Len() == 16 {
			break
		}
	}
	return out.String()
}
