package desk_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// Each frame is refused to whoever may not send it, for her role and before anything in it
// is looked at: who translates answers nobody, and an advocate supervises nobody. Whoever
// adds a frame says here whose it is, unless it is of everybody who answers.
func TestFramesAreOfRoles(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.New(t))
	mira := l.HireBy(t, l.First, staff.Person{Roles: []hotline.Role{hotline.Translator}, Languages: []string{"en"}})
	m, _ := l.at(t, mira)
	ana := l.Hire(t, hotline.Advocate)
	if key := l.dial(t, ana).refusal("take", filled(desk.Take{})); key != "desk.problem.early" {
		t.Errorf("before a word of greeting it is answered with %q", key)
	}
	a, _ := l.at(t, ana)
	s, _ := l.at(t, l.Hire(t, hotline.Supervisor))
	const role = "desk.problem.role"
	asked := func(who string, c *console, kind string, frame any, may bool) {
		t.Helper()
		if key := c.refusal(kind, frame); (key == role) == may {
			t.Errorf("%s of %s is answered with %q", kind, who, key)
		}
	}
	before := []string{"hello", "ping", "cover", "unlock"} // whoever has a desk
	translates := []string{"come", "pass", "translate", "state"}
	supervises := []string{"join", "assign", "seen", "override", "mend", "ask_export", "approve_export", "fetch_export", "give", "forget", "second", "look", "consent_mend", "listen"}
	for kind, frame := range desk.Inward() {
		if slices.Contains(before, kind) {
			continue
		}
		frame = filled(frame)
		asked("a translator", m, kind, frame, slices.Contains(translates, kind))
		asked("an advocate", a, kind, frame, !slices.Contains(supervises, kind))
		asked("a supervisor", s, kind, frame, true)
	}
	lift := desk.Knows{ID: hotline.NewID(), Person: hotline.NewID()}
	asked("an advocate, of somebody else", a, "knows", lift, false)
	asked("a supervisor, of somebody else", s, "knows", lift, true)
}

// filled is a frame that speaks of things that there are not.
func filled(frame any) any {
	v := reflect.New(reflect.TypeOf(frame)).Elem()
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; name {
		case "ID", "Contact", "Field", "Offer", "Alert", "To", "About", "Of":
			v.Field(i).SetString(hotline.NewID())
		case "Place":
			v.Field(i).SetString("composer")
		}
	}
	return v.Interface()
}

// refusal is the key by which a frame is refused, empty where it is not.
func (c *console) refusal(kind string, frame any) (key string) {
	c.t.Helper()
	c.say(kind, frame)
	c.say("ping", desk.Ping{})
	for f := range c.frames {
		switch string(f["t"]) {
		case `"refused"`:
			var no desk.Refused
			if err := json.Unmarshal([]byte(asJSON(f)), &no); err != nil {
				c.t.Fatal(err)
			}
			if no.Of == kind {
				key = no.Key
			}
		case `"pong"`:
			return key
		}
	}
	c.t.Fatalf("the socket closed after %s", kind)
	return key
}
