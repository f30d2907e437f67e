package desk_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// held is a list of so many contacts that a desk says it holds.
func held(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = `"` + hotline.NewID() + `":1`
	}
	return strings.Join(ids, ",")
}

func TestDecodeTakesFramesAndNothingElse(t *testing.T) {
	c, id := desk.NewCodec(), hotline.NewID()
	card := func(ways string) string {
		return `{"v":1,"t":"safety","contact":"` + id + `","n":1,"card":{"ways":[` + ways + `]}}`
	}
	good := map[string]any{
		`{"v":1,"t":"hello","have":{"` + id + `":3},"drafts":{}}`:                  desk.Hello{Have: map[string]int64{id: 3}, Drafts: map[string]int64{}},
		`{"v":1,"t":"send","id":"` + id + `","contact":"` + id + `","text":"<b>"}`: desk.Send{ID: id, Contact: id, Text: "<b>"},
		`{"v":1,"t":"take","contact":"` + id + `","next":true}`:                    desk.Take{Contact: id, Next: true},
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":2,"value":{"state":"","codes":["a","b"],"text":""}}`: desk.Field{
			Contact: id, Field: id, Base: 2, Value: desk.Answer{Codes: []string{"a", "b"}},
		},
		card(`{"way":"text","days":[0,6]}`): desk.PutSafety{Contact: id, N: 1, Card: desk.Card{Ways: []desk.Terms{{Way: "text", Days: []int64{0, 6}}}}},
		`{"v":1,"t":"cover"}`:               desk.Cover{},
		`{"v":1,"t":"ping","idle":12}`:      desk.Ping{Idle: 12},
	}
	for text, want := range good {
		_, got, err := c.Decode([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %#v and %v, want %#v", text, got, err, want)
		}
	}
	bad := []string{
		``, `null`, `[]`, `{}`, `{"v":1}`, `{"v":2,"t":"ping","idle":1}`, `{"v":1,"t":"nothing"}`,
		`{"v":1,"t":"ping","idle":-1}`, `{"v":1,"t":"ping","idle":1,"more":1}`, `{"v":1,"t":"ping","idle":1} {"v":1}`,
		`{"v":1,"t":"undo","id":"short"}`, `{"v":1,"t":"send","id":"` + id + `","contact":"","text":"x"}`,
		`{"v":1,"t":"draft","contact":"` + id + `","place":"elsewhere","n":1}`,
		`{"v":1,"t":"hello","have":{"x":1},"drafts":{}}`,
		`{"v":1,"t":"send","id":"` + id + `","contact":"` + id + `","text":"` + strings.Repeat("x", desk.MaxText+1) + `"}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"short","base":0,"value":{"state":"","codes":[],"text":""}}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":-1,"value":{"state":"","codes":[],"text":""}}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":0,"value":{"state":"","codes":[],"text":"","more":1}}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":0,"value":{"state":"","codes":[],"text":"` + strings.Repeat("x", desk.MaxText+1) + `"}}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":0,"value":{"state":"","codes":["` + strings.Repeat("x", 65) + `"],"text":""}}`,
		"{\"v\":1,\"t\":\"state\",\"state\":\"\xff\"}",
		`{"v":1,"t":"ping","idle":1` + strings.Repeat(" ", desk.MaxFrame) + `}`,
		`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":0,"value":{"state":"","codes":["` + strings.Repeat(`a","`, 100) + `a"],"text":""}}`,
		`{"v":1,"t":"hello","have":{` + held(401) + `},"drafts":{}}`,
		`{"v":1,"t":"unlock","passphrase":"` + strings.Repeat("x", 1025) + `"}`,
		`{"v":1,"t":"send","id":"` + id + `","contact":"` + id + `","text":"x","of":"short"}`,
		card(`{"way":"text","days":[-1]}`),
		card(`{"way":"text","say":"` + strings.Repeat("x", desk.MaxText+1) + `"}`),
		card(strings.Repeat(`{"way":"text"},`, 100) + `{"way":"text"}`),
	}
	for _, text := range bad {
		if _, got, err := c.Decode([]byte(text)); err == nil {
			t.Errorf("%.80q is taken as %#v", text, got)
		} else if p := problem.Of(err); p == nil || p.Kind != problem.Invalid {
			t.Errorf("%.80q is refused with %v, want a problem of kind Invalid", text, err)
		}
	}
}

func TestEveryFrameOfTheServerSaysItsKind(t *testing.T) {
	c := desk.NewCodec()
	for kind, frame := range desk.Outward() {
		b, err := c.Encode(frame)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			V int    `json:"v"`
			T string `json:"t"`
		}
		if err := json.Unmarshal(b, &got); err != nil || got.T != kind || got.V != desk.Version {
			t.Errorf("%s is written as %s: %v", kind, b, err)
		}
	}
	if _, err := c.Encode(desk.Send{}); err == nil {
		t.Error("a frame of the desk is written by the server")
	}
}

// A frame that is taken can be written as it was read, and holds to its limits.
func FuzzDecode(f *testing.F) {
	c, id := desk.NewCodec(), hotline.NewID()
	for kind, frame := range desk.Inward() {
		b, _ := json.Marshal(frame)
		f.Add([]byte(`{"v":1,"t":"` + kind + `",` + string(b[1:])))
	}
	f.Add([]byte(`{"v":1,"t":"field","contact":"` + id + `","field":"` + id + `","base":3,"value":{"state":"declined","codes":["yes","no"],"text":"\u0627\u0644"}}`))
	f.Add([]byte(`{"v":1,"t":"safety","contact":"` + id + `","n":1,"card":{"safe":"no","ways":[{"way":"text","may":"no","days":[0,6]}],"name":"","cover":"","may_know":"","promised":"","distress":""}}`))
	f.Add([]byte(`{"v":1,"t":"send","id":"` + id + `","contact":"` + id + `","text":"\u0000\ud800"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, frame, err := c.Decode(data)
		if err != nil {
			var p *problem.Error
			if !errors.As(err, &p) {
				t.Errorf("refused with %v, which is no problem", err)
			}
			return
		}
		if want := reflect.TypeOf(desk.Inward()[kind]); reflect.TypeOf(frame) != want {
			t.Errorf("%s gives %T", kind, frame)
		}
		if s, ok := frame.(desk.Send); ok && (len(s.Text) > desk.MaxText || !hotline.IsID(s.ID) || !hotline.IsID(s.Contact)) {
			t.Errorf("taken beyond its limits: %d bytes", len(s.Text))
		}
		b, err := json.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		again := append([]byte(`{"v":1,"t":"`+kind+`"`), ',')
		if string(b) == "{}" {
			again = again[:len(again)-1]
		}
		_, back, err := c.Decode(append(again, b[1:]...))
		if err != nil || !reflect.DeepEqual(back, frame) {
			t.Errorf("%s does not survive: %v", kind, err)
		}
	})
}
