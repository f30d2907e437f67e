package routing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
)

func rules(tb testing.TB, body string) *routing.Rules {
	tb.Helper()
	r, err := routing.ParseRules(body)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestShippedRules(t *testing.T) {
	t.Parallel()
	r := rules(t, routing.ShippedRules)
	if r.Note != "draft, not reviewed" {
		t.Errorf("what is shipped is marked %q", r.Note)
	}
	for _, c := range []struct {
		name   string
		f      routing.Facts
		class  hotline.Urgency
		reason string
	}{
		{"danger comes before everything", routing.Facts{Danger: true, Path: hotline.Tip}, 0, "danger"},
		{"a minor for herself", routing.Facts{Minor: true, Path: hotline.Self}, 1, "minor"},
		{"a minor who said nothing else", routing.Facts{Minor: true, Path: hotline.Unknown}, 1, "minor"},
		{"a tip about a minor is a tip", routing.Facts{Minor: true, Path: hotline.Tip}, 6, "tip"},
		{"back after a drop", routing.Facts{Returning: true, Path: hotline.Self}, 2, "back"},
		{"for herself", routing.Facts{Path: hotline.Self}, 3, "self"},
		{"nobody knows: as for herself", routing.Facts{Path: hotline.Unknown}, 3, "self"},
		{"worried about someone", routing.Facts{Path: hotline.Other}, 4, "other"},
		{"information", routing.Facts{Path: routing.Info}, 5, "info"},
		{"tip", routing.Facts{Path: hotline.Tip}, 6, "tip"},
	} {
		if got := r.Class(c.f); got.Urgency != c.class || got.Now != c.class || got.Reason != c.reason {
			t.Errorf("%s: %+v, want class %d for %s", c.name, got, c.class, c.reason)
		}
	}
}

func TestWaitingRaisesNeverIntoDanger(t *testing.T) {
	t.Parallel()
	r := rules(t, routing.ShippedRules)
	for _, c := range []struct {
		waited time.Duration
		now    hotline.Urgency
		rises  time.Duration
	}{
		{0, 6, 15 * time.Minute},
		{15*time.Minute - time.Millisecond, 6, 15 * time.Minute},
		{15 * time.Minute, 5, 30 * time.Minute},
		{29 * time.Minute, 5, 30 * time.Minute},
		{30 * time.Minute, 4, 0},
		{100 * time.Hour, 4, 0}, // and never among those who write for themselves
	} {
		got := r.Class(routing.Facts{Path: hotline.Tip, Waited: c.waited})
		if got.Urgency != 6 || got.Now != c.now || got.Rises != c.rises || got.Raised != int(6-c.now) {
			t.Errorf("a tip that waited %v: %+v, want class %d, rising at %v", c.waited, got, c.now, c.rises)
		}
	}
	for _, waited := range []time.Duration{29 * time.Minute, 30 * time.Minute, 100 * time.Hour} {
		want := hotline.Urgency(2)
		if waited >= 30*time.Minute {
			want = 1
		}
		if got := r.Class(routing.Facts{Path: hotline.Self, Waited: waited}); got.Now != want {
			t.Errorf("who writes for herself and waited %v: class %d, want %d", waited, got.Now, want)
		}
	}
	if got := r.Class(routing.Facts{Danger: true, Waited: time.Hour}); got.Now != 0 || got.Rises != 0 {
		t.Errorf("danger that waited: %+v", got)
	}
}

func TestFirstRowThatHoldsDecides(t *testing.T) {
	t.Parallel()
	r := rules(t, `{"rows":[
		{"class":2,"reason":"self","language":["ar","fr"],"channel":["chat"],"waits":2},
		{"class":4,"reason":"other","waited":10},
		{"class":7,"reason":"tip","path":["tip"],"minor":false}
	],"default":9}`)
	for _, c := range []struct {
		name string
		f    routing.Facts
		row  int
	}{
		{"all hold", routing.Facts{Language: "ar", Channel: "chat", Waits: 2}, 1},
		{"waited too seldom", routing.Facts{Language: "ar", Channel: "chat", Waits: 1}, 0},
		{"other channel", routing.Facts{Language: "ar", Channel: "call", Waits: 3}, 0},
		{"waited long", routing.Facts{Language: "en", Waited: 10 * time.Minute}, 2},
		{"a tip", routing.Facts{Path: hotline.Tip}, 3},
		{"a tip about a minor", routing.Facts{Path: hotline.Tip, Minor: true}, 0},
	} {
		if got := r.Class(c.f); got.Row != c.row {
			t.Errorf("%s: row %d decides, want %d", c.name, got.Row, c.row)
		}
	}
	if got := r.Class(routing.Facts{Path: hotline.Tip}); got.Rises != 10*time.Minute {
		t.Errorf("a row that will hold at 10 minutes is announced for %v", got.Rises)
	}
}

func TestRulesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]edition.Fault{
		`{"rows":[{"class":0,"reason":"self"}],"default":3}`:                                                                                       {{Row: 1, Field: "class", Key: "edition.fault.class_danger", Given: "0"}},
		`{"rows":[{"class":10,"reason":"self","danger":true}],"default":3}`:                                                                        {{Row: 1, Field: "class", Key: "edition.fault.class", Given: "10"}},
		`{"rows":[{"class":3,"reason":"because","path":["me"]}],"default":3}`:                                                                      {{Row: 1, Field: "reason", Key: "edition.fault.unknown", Given: "because"}, {Row: 1, Field: "path", Key: "edition.fault.unknown", Given: "me"}},
		`{"rows":[],"default":0}`:                                                                                                                  {{Field: "default", Key: "edition.fault.class", Given: "0"}},
		`{"rows":[{"class":3,"reason":"self"},{"class":4,"reason":"tip","path":["tip"]}],"default":3}`:                                             {{Row: 2, Key: "edition.fault.unreachable", Given: "1"}},
		`{"rows":[{"class":3,"reason":"self","path":["self","tip"],"waited":5},{"class":4,"reason":"tip","path":["tip"],"waited":9}],"default":3}`: {{Row: 2, Key: "edition.fault.unreachable", Given: "1"}},
		`{"rows":[{"class":3,"reason":"self","language":["English!"],"channel":["Chat"],"waits":-1,"waited":-1}],"default":3}`: {
			{Row: 1, Field: "language", Key: "edition.fault.language", Given: "English!"},
			{Row: 1, Field: "channel", Key: "edition.fault.unknown", Given: "Chat"},
			{Row: 1, Field: "waits", Key: "edition.fault.number", Given: "-1"},
			{Row: 1, Field: "waited", Key: "edition.fault.number", Given: "-1"},
		},
		`{"rows":[{"class":3,"reason":"self","urgent":true}],"default":3}`: {{Field: "urgent", Key: "edition.fault.unknown", Given: "urgent"}},
	} {
		_, err := routing.ParseRules(body)
		var got edition.Faults
		if !errors.As(err, &got) || !slices.Equal(got, want) {
			t.Errorf("ParseRules(%s) = %v, want %v", body, err, want)
		}
	}
	// A row that asks for less than the one above it is not covered by it.
	rules(t, `{"rows":[{"class":3,"reason":"self","path":["tip"],"minor":true},{"class":4,"reason":"tip","path":["tip"]},{"class":2,"reason":"self","minor":true}],"default":3}`)
}

func TestPreviewShowsBothOrders(t *testing.T) {
	t.Parallel()
	present := rules(t, routing.ShippedRules)
	draft := rules(t, `{"rows":[{"class":1,"reason":"other","path":["other"]},{"class":5,"reason":"tip","path":["tip"]}],"default":3}`)
	got := routing.Preview([]routing.Waiting{
		{ID: "self", Facts: routing.Facts{Path: hotline.Self, Waited: time.Minute}},
		{ID: "other", Facts: routing.Facts{Path: hotline.Other, Waited: 2 * time.Minute}},
		{ID: "tip", Facts: routing.Facts{Path: hotline.Tip, Waited: 14 * time.Minute}},
		{ID: "older", Facts: routing.Facts{Path: hotline.Self, Waited: 3 * time.Minute}},
	}, present, draft)
	type place struct {
		id        hotline.ContactID
		now, then int
	}
	var places []place
	for _, m := range got {
		places = append(places, place{m.ID, m.Place, m.Then})
	}
	if want := []place{{"other", 3, 1}, {"older", 1, 2}, {"self", 2, 3}, {"tip", 4, 4}}; !slices.Equal(places, want) {
		t.Errorf("Preview = %v, want %v", places, want)
	}
}

func FuzzRules(f *testing.F) {
	f.Add(routing.ShippedRules, uint16(0))
	f.Add(`{"rows":[{"class":0,"reason":"danger","danger":true,"waited":15}],"default":9}`, uint16(30))
	f.Add(`{"rows":[{"class":1,"reason":"self","waits":1e3}],"default":1}`, uint16(7))
	f.Fuzz(func(t *testing.T, body string, n uint16) {
		r, err := routing.ParseRules(body)
		if err != nil {
			return
		}
		facts := routing.Facts{Danger: n&1 != 0, Minor: n&2 != 0, Returning: n&4 != 0, Waited: time.Duration(n) * time.Minute, Path: hotline.Tip}
		c := r.Class(facts)
		if c.Now < 0 || c.Now > 9 || c.Now > c.Urgency || c.Now == 0 && !facts.Danger {
			t.Errorf("%+v under %s: %+v", facts, strings.TrimSpace(body), c)
		}
		if c.Rises > 0 {
			later := facts
			later.Waited = c.Rises
			if c.Rises <= facts.Waited || r.Class(later).Now == c.Now && r.Class(later).Row == c.Row {
				t.Errorf("%+v under %s: nothing changes after %v", facts, body, c.Rises)
			}
		}
	})
}
