package edition_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
)

const amina, berta hotline.PersonID = "amina", "berta"

var errBad = errors.New("not a good body")

// kinds are two kinds of editions: texts, in languages, and rules, which are checked.
func kinds() []edition.Kind {
	return []edition.Kind{{Name: "text"}, {
		Name: "rules",
		Check: func(body string) error {
			if strings.Contains(body, "bad") {
				return errBad
			}
			return nil
		},
		Preview: func(_ context.Context, draft, present string) (any, error) { return present + " -> " + draft, nil },
	}}
}

// clock is a node's clock that a test moves.
type clock struct{ ns atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()) }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// node is a book on one node of a line.
type node struct {
	*edition.Book
	clock *clock
}

func open(tb testing.TB, e *dbtest.Engine, b bus.Bus) node {
	tb.Helper()
	c := new(clock)
	book, err := edition.New(tb.Context(), e.Main, b, c.now, kinds()...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(book.Follow())
	return node{book, c}
}

func rules() edition.Key { return edition.Key{Kind: "rules", Name: "line"} }

// publish writes and publishes a body.
func (n node) publish(tb testing.TB, k edition.Key, body string) int64 {
	tb.Helper()
	v, err := n.Write(tb.Context(), amina, k, body, 0)
	if err != nil {
		tb.Fatal(err)
	}
	number, err := n.Publish(tb.Context(), amina, k, v)
	if err != nil {
		tb.Fatal(err)
	}
	return number
}

// body is what is in force, "" where nothing is.
func (n node) body(tb testing.TB, k edition.Key) string {
	tb.Helper()
	e, err := n.Current(tb.Context(), k)
	if err != nil && !errors.Is(err, edition.ErrMissing) {
		tb.Fatal(err)
	}
	return e.Body
}

func TestDraftIsNotInForceUntilPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		v, err := n.Write(ctx, amina, rules(), `{"a":1}`, 0)
		if err != nil || v != 1 {
			t.Fatalf("Write = %d, %v", v, err)
		}
		if got := n.body(t, rules()); got != "" {
			t.Errorf("a draft is in force: %s", got)
		}
		number, err := n.Publish(ctx, berta, rules(), v)
		if err != nil || number != 1 {
			t.Fatalf("Publish = %d, %v", number, err)
		}
		got, err := n.Current(ctx, rules())
		if err != nil || got.Body != `{"a":1}` || got.Number != 1 || got.By != berta || got.At == 0 || got.State != edition.Published {
			t.Errorf("Current = %+v, %v; want number 1, by berta", got, err)
		}
		if got.Mark() != "edition.not_reviewed" {
			t.Errorf("what nobody has reviewed is marked %q", got.Mark())
		}
		if _, err := n.Publish(ctx, berta, rules(), v); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("publishing a draft twice: %v, want %v", err, edition.ErrMoved)
		}
	})
}

func TestTwoWhoWriteLearnOfEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		v, err := n.Write(ctx, amina, rules(), `1`, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Write(ctx, berta, rules(), `2`, 0); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("a second new draft: %v, want %v", err, edition.ErrMoved)
		}
		if v, err = n.Write(ctx, berta, rules(), `3`, v); err != nil || v != 2 {
			t.Fatalf("Write = %d, %v; want version 2", v, err)
		}
		for _, other := range []int64{1, 3} {
			if _, err := n.Write(ctx, amina, rules(), `4`, other); !errors.Is(err, edition.ErrMoved) {
				t.Errorf("writing upon version %d: %v, want %v", other, err, edition.ErrMoved)
			}
		}
		if _, err := n.Publish(ctx, amina, rules(), 1); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("publishing an old version: %v, want %v", err, edition.ErrMoved)
		}
		if err := n.Drop(ctx, rules(), 1); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("dropping an old version: %v, want %v", err, edition.ErrMoved)
		}
		if err := n.Drop(ctx, rules(), v); err != nil {
			t.Error(err)
		}
		if all, err := n.All(ctx, rules()); err != nil || len(all) != 0 {
			t.Errorf("a dropped draft leaves %v, %v", all, err)
		}
	})
}

// TestOnePublishes has several who publish one draft, while somebody goes on writing
// it: one number comes of it, and no words are lost.
func TestOnePublishes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		for round := range 10 {
			k := edition.Key{Kind: "rules", Name: "n" + strconv.Itoa(round)}
			v, err := n.Write(ctx, amina, k, `1`, 0)
			if err != nil {
				t.Fatal(err)
			}
			var published, written atomic.Int64
			var all sync.WaitGroup
			for i := range 5 {
				all.Go(func() {
					var err error
					if i == 0 {
						if _, err = n.Write(ctx, berta, k, `2`, v); err == nil {
							written.Add(1)
						}
					} else if _, err = n.Publish(ctx, berta, k, v); err == nil {
						published.Add(1)
					}
					if err != nil && !errors.Is(err, edition.ErrMoved) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			versions, err := n.All(ctx, k)
			if err != nil {
				t.Fatal(err)
			}
			if published.Load()+written.Load() != 1 || len(versions) != 1 {
				t.Fatalf("%d published, %d written, %d versions; want one of all", published.Load(), written.Load(), len(versions))
			}
		}
	})
}

func TestBackIsANewNumber(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		n.publish(t, rules(), `"one"`)
		n.publish(t, rules(), `"two"`)
		number, err := n.Back(ctx, berta, rules(), 1)
		if err != nil || number != 3 {
			t.Fatalf("Back = %d, %v; want number 3", number, err)
		}
		if got := n.body(t, rules()); got != `"one"` {
			t.Errorf("in force is %s", got)
		}
		all, err := n.All(ctx, rules())
		if err != nil || len(all) != 3 {
			t.Fatalf("All = %v, %v", all, err)
		}
		for i, want := range []struct {
			number      int64
			state, body string
		}{{3, edition.Published, `"one"`}, {2, edition.Withdrawn, `"two"`}, {1, edition.Withdrawn, `"one"`}} {
			if all[i].Number != want.number || all[i].State != want.state || all[i].Body != want.body {
				t.Errorf("version %d is %+v, want %v", i, all[i], want)
			}
		}
		// A contact of long ago is read under the number it was handled under.
		if old, err := n.Number(ctx, rules(), 2); err != nil || old.Body != `"two"` {
			t.Errorf("Number(2) = %+v, %v", old, err)
		}
		if _, err := n.Back(ctx, berta, rules(), 9); !errors.Is(err, edition.ErrMissing) {
			t.Errorf("back to what never was: %v", err)
		}
		if err := n.Withdraw(ctx, rules(), 2); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("withdrawing what is not in force: %v", err)
		}
		if err := n.Withdraw(ctx, rules(), 3); err != nil {
			t.Error(err)
		}
		if got := n.body(t, rules()); got != "" {
			t.Errorf("withdrawn, and in force: %s", got)
		}
	})
}

func TestReviewIsOfTheseWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		ar := edition.Key{Kind: "text", Name: "hello", Lang: "ar"}
		fr := edition.Key{Kind: "text", Name: "hello", Lang: "fr"}
		v, _ := n.Write(ctx, amina, ar, `"a"`, 0)
		if err := n.Review(ctx, ar, v, "berta"); err != nil {
			t.Fatal(err)
		}
		v2, err := n.Write(ctx, amina, ar, `"b"`, v)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Review(ctx, ar, v, "berta"); !errors.Is(err, edition.ErrMoved) {
			t.Errorf("reviewing what has changed: %v, want %v", err, edition.ErrMoved)
		}
		if _, err := n.Publish(ctx, amina, ar, v2); err != nil {
			t.Fatal(err)
		}
		if got, _ := n.Current(ctx, ar); got.ReviewedBy != "" {
			t.Errorf("words that changed are reviewed by %q", got.ReviewedBy)
		}
		if err := n.Accept(ctx, ar, 1, "berta"); err != nil {
			t.Fatal(err)
		}
		if got, _ := n.Current(ctx, ar); got.ReviewedBy != "berta" || got.Mark() != "" {
			t.Errorf("accepted words are reviewed by %q, marked %q", got.ReviewedBy, got.Mark())
		}
		// French has nothing of its own: it falls back.
		if got, err := n.In(ctx, "text", "hello", "fr", "ar"); err != nil || got.Lang != "ar" {
			t.Errorf("In = %+v, %v; want Arabic", got, err)
		}
		n.publish(t, fr, `"c"`)
		if got, err := n.In(ctx, "text", "hello", "fr", "ar"); err != nil || got.Lang != "fr" {
			t.Errorf("In = %+v, %v; want French", got, err)
		}
		if _, err := n.In(ctx, "text", "hello"); !errors.Is(err, edition.ErrMissing) {
			t.Errorf("In no language: %v", err)
		}
		if names := n.Names("text"); len(names) != 2 || names[0] != ar || names[1] != fr {
			t.Errorf("Names = %v", names)
		}
	})
}

func TestBadBodiesAreNotPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		v, err := n.Write(ctx, amina, rules(), `"bad"`, 0)
		if err != nil {
			t.Fatalf("a draft may be wrong: %v", err)
		}
		if _, err := n.Publish(ctx, amina, rules(), v); !errors.Is(err, errBad) {
			t.Errorf("Publish = %v, want %v", err, errBad)
		}
		for name, c := range map[string]struct {
			key  edition.Key
			body string
			want error
		}{
			"too large":     {rules(), strings.Repeat(" ", edition.Limit+1), edition.ErrLarge},
			"no text":       {rules(), "\xff", edition.ErrInvalid},
			"a zero":        {rules(), "a\x00b", edition.ErrInvalid},
			"no such kind":  {edition.Key{Kind: "poem", Name: "line"}, `1`, edition.ErrKind},
			"no name":       {edition.Key{Kind: "text"}, `1`, edition.ErrInvalid},
			"a long name":   {edition.Key{Kind: "text", Name: strings.Repeat("n", 65)}, `1`, edition.ErrInvalid},
			"a broken name": {edition.Key{Kind: "text", Name: "\x00"}, `1`, edition.ErrInvalid},
		} {
			if _, err := n.Write(ctx, amina, c.key, c.body, 0); !errors.Is(err, c.want) {
				t.Errorf("%s: Write = %v, want %v", name, err, c.want)
			}
			if err := n.Begin(ctx, amina, c.key, c.body); !errors.Is(err, c.want) {
				t.Errorf("%s: Begin = %v, want %v", name, err, c.want)
			}
		}
		if err := n.Check("text", `{"a":`); !errors.Is(err, edition.ErrInvalid) {
			t.Errorf("what is not JSON: %v", err)
		}
		text := edition.Key{Kind: "text", Name: "largest", Lang: "en"}
		if n.publish(t, text, `"`+strings.Repeat("x", edition.Limit-2)+`"`) != 1 {
			t.Error("the largest body is not kept")
		}
		// What an older release has published, a newer one may find wrong.
		newer, err := edition.New(ctx, e.Main, bus.Memory(), time.Now, edition.Kind{Name: "text", Check: func(string) error { return errBad }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newer.Back(ctx, amina, text, 1); !errors.Is(err, errBad) {
			t.Errorf("Back = %v, want %v", err, errBad)
		}
	})
}

func TestBeginOnlyOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		for _, body := range []string{`"shipped"`, `"newer"`} {
			if err := n.Begin(ctx, amina, rules(), body); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.body(t, rules()); got != `"shipped"` {
			t.Errorf("in force is %s", got)
		}
	})
}

func TestPreviewShowsDraftBesideWhatIsInForce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		n.publish(t, rules(), `1`)
		if got, err := n.Preview(ctx, rules(), `2`); err != nil || got != "1 -> 2" {
			t.Errorf("Preview = %v, %v", got, err)
		}
		if _, err := n.Preview(ctx, rules(), `"bad"`); !errors.Is(err, errBad) {
			t.Errorf("Preview of a bad draft = %v", err)
		}
		if got, err := n.Preview(ctx, edition.Key{Kind: "text", Name: "x"}, `2`); got != nil || err != nil {
			t.Errorf("Preview of a kind without one = %v, %v", got, err)
		}
	})
}

func TestOtherNodesFollowTheBus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		b := bus.Memory()
		here, there := open(t, e, b), open(t, e.Node(t), b)
		told := make(chan struct{}, 8)
		t.Cleanup(b.Subscribe(func(h bus.Hint) { // after there's own
			if h.Topic == edition.Topic {
				told <- struct{}{}
			}
		}))
		before := there.Counter(t.Context())
		here.publish(t, rules(), `1`)
		<-told
		// Each subscriber has a queue of its own: ask until the hint has come.
		for there.Counter(t.Context()) == before {
			if t.Context().Err() != nil {
				t.Fatal("the hint never came")
			}
		}
		if got := there.body(t, rules()); got != `1` {
			t.Errorf("the other node has %q in force", got)
		}
	})
}

func TestOtherNodesFollowWithinTwoSecondsWithoutTheBus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		here, there := open(t, e, bus.Memory()), open(t, e.Node(t), bus.Memory())
		here.publish(t, rules(), `1`)
		there.clock.advance(2*time.Second - 1)
		if got := there.body(t, rules()); got != "" {
			t.Errorf("before two seconds it asked the database for %q", got)
		}
		there.clock.advance(1)
		if got := there.body(t, rules()); got != `1` {
			t.Errorf("after two seconds the other node has %q in force", got)
		}
		if got := here.body(t, rules()); got != `1` {
			t.Errorf("the node that published has %q in force", got)
		}
	})
}

func TestListHasNoBodies(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		n, ctx := open(t, e, bus.Memory()), t.Context()
		n.publish(t, rules(), `1`)
		n.publish(t, rules(), `2`)
		if _, err := n.Write(ctx, berta, rules(), `3`, 0); err != nil {
			t.Fatal(err)
		}
		list, err := n.List(ctx, "rules")
		if err != nil || len(list) != 2 || list[0].Number != 2 || list[1].State != edition.Draft || list[1].By != berta {
			t.Errorf("List = %+v, %v; want number 2 and the draft", list, err)
		}
		for _, e := range list {
			if e.Body != "" {
				t.Errorf("a list carries the body %s", e.Body)
			}
		}
	})
}

func TestDiff(t *testing.T) {
	t.Parallel()
	show := func(lines []edition.Line) string {
		var b strings.Builder
		for _, l := range lines {
			b.WriteByte(l.Op)
			b.WriteString(strings.TrimSpace(l.Text))
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", `{"a":1}`, `{"a":1}`, " {\n \"a\": 1\n }\n"},
		{"order and spaces are no change", `{"b":[1,2],"a":1.50}`, "{\n\"a\": 1.50, \"b\": [1,2]}", " {\n \"a\": 1.50,\n \"b\": [\n 1,\n 2\n ]\n }\n"},
		{"a row more", `[1,3]`, `[1,2,3]`, " [\n 1,\n+2,\n 3\n ]\n"},
		{"a row less", `[1,2,3]`, `[1,3]`, " [\n 1,\n-2,\n 3\n ]\n"},
		{"a row changed", `[1,2,3]`, `[1,4,3]`, " [\n 1,\n-2,\n+4,\n 3\n ]\n"},
		{"rows moved", `["a","b","c","d"]`, `["b","c","d","a"]`, " [\n-\"a\",\n \"b\",\n \"c\",\n-\"d\"\n+\"d\",\n+\"a\"\n ]\n"},
		{"from nothing", ``, `1`, "-\n+1\n"},
		{"not JSON", "x\ny", "x\nz", " x\n-y\n+z\n"},
		{"letters stay readable", `"<b>"`, `"<b>"`, " \"<b>\"\n"},
	} {
		if got := show(edition.Diff(c.from, c.to)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestDiffIsBounded compares the largest bodies that have nothing in common.
func TestDiffIsBounded(t *testing.T) {
	t.Parallel()
	a := "[" + strings.Repeat("1,", edition.Limit/2-2) + "1]"
	b := "[" + strings.Repeat("2,", edition.Limit/2-2) + "2]"
	began := time.Now()
	if n := len(edition.Diff(a, b)); n < edition.Limit/2 {
		t.Errorf("%d lines", n)
	}
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	if got := edition.Canonical(deep); got != deep {
		t.Error("what is nested too deep is not left as it is")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add(`{"a":[1,2,3]}`, `{"a":[1,3],"b":null}`)
	f.Add("x\ny\nz", "y\nz\nx")
	f.Add(`{"a":1,"a":2}`, `[1e999]`)
	f.Fuzz(func(t *testing.T, from, to string) {
		if len(from)+len(to) > 1<<14 {
			return
		}
		var a, b []string
		for _, l := range edition.Diff(from, to) {
			if l.Op != '+' {
				a = append(a, l.Text)
			}
			if l.Op != '-' {
				b = append(b, l.Text)
			}
		}
		if strings.Join(a, "\n") != edition.Canonical(from) || strings.Join(b, "\n") != edition.Canonical(to) {
			t.Errorf("the lines of Diff(%q, %q) do not make both up", from, to)
		}
		if json.Valid([]byte(from)) && edition.Canonical(edition.Canonical(from)) != edition.Canonical(from) {
			t.Errorf("%q has two canonical forms", from)
		}
	})
}
