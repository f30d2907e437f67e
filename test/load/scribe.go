package load

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/web/desk"
)

// A Scribe writes in the record of one contact, as a desk does: what is not acknowledged
// stays with her, is held against what stands, and is sent again; where somebody was
// faster, she writes hers behind it. What she writes are marks of her own, so that each
// can be followed.
type Scribe struct {
	*Advocate
	Contact string
	Joins   bool // she reads along

	mu    sync.Mutex
	conn  *websocket.Conn
	asked []string // fields that take a line
	cells map[string]desk.FieldSet
	mine  map[string]*typed
	n     int
	Marks map[string]time.Time     // each mark: when it was typed
	Took  map[string]time.Duration // until it was durable
	Saves []Save
	Tries []Save // that may have arrived: no answer came
	Clash int
	Shown time.Time // when the record first stood on the desk
}

// A Save is an answer that was acknowledged.
type Save struct {
	Field   string
	Version int64
	Value   string
	Tidy    bool // a new text, written by somebody who saw the old one
}

// typed is what stands in a field of hers and is not acknowledged.
type typed struct {
	base  int64
	value string
	marks []string // not durable yet
	tidy  bool
	tried *Save
	on    *websocket.Conn // by which it went: its answer comes there, or never
}

// NewScribe is a scribe for a contact.
func NewScribe(a *Advocate, contact string, joins bool) *Scribe {
	return &Scribe{
		Advocate: a, Contact: contact, Joins: joins, cells: map[string]desk.FieldSet{}, mine: map[string]*typed{},
		Marks: map[string]time.Time{}, Took: map[string]time.Duration{},
	}
}

// Sit is at the desk until ctx ends.
func (s *Scribe) Sit(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.serve(ctx); err != nil && ctx.Err() == nil {
			s.trace(err.Error())
			time.Sleep(50 * time.Millisecond) // the desk's own pause before it connects again
		}
	}
}

// Cut loses the link.
func (s *Scribe) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.CloseNow()
	}
}

func (s *Scribe) serve(ctx context.Context) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	if err := put(ctx, conn, "hello", desk.Hello{Have: map[string]int64{}, Drafts: map[string]int64{}}); err != nil {
		return err
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	for {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := s.heard(ctx, conn, b); err != nil {
			return err
		}
	}
}

func (s *Scribe) heard(ctx context.Context, conn *websocket.Conn, b []byte) error {
	var head struct{ T string }
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	s.trace(string(b))
	s.mu.Lock()
	defer s.mu.Unlock()
	switch head.T {
	case "snapshot":
		if s.Joins {
			return put(ctx, conn, "join", desk.Join{Contact: s.Contact})
		}
	case "form":
		var f desk.FormFrame
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
		for _, a := range f.Fields {
			if a.Kind == "text" && len(a.When) <= 1 && len(s.asked) < 3 {
				s.asked = append(s.asked, a.ID)
			}
		}
	case "record":
		var f desk.RecordFrame
		if err := json.Unmarshal(b, &f); err != nil || f.Contact != s.Contact {
			return err
		}
		if s.Shown.IsZero() {
			s.Shown = time.Now()
		}
		s.cells = map[string]desk.FieldSet{}
		for _, v := range f.Values {
			s.cells[v.Field] = v
		}
		for field := range s.mine {
			s.again(field)
		}
		return s.send(ctx)
	case "saved":
		var f desk.Saved
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
		t := s.mine[f.Field]
		if t == nil || t.tried == nil {
			return nil
		}
		s.durable(f.Field, t, f.Version)
		return s.send(ctx)
	case "clash", "fieldset":
		var f desk.FieldSet
		if err := json.Unmarshal(b, &f); err != nil || f.Contact != s.Contact {
			return err
		}
		s.cells[f.Field] = f
		if t := s.mine[f.Field]; t != nil && (head.T == "clash" || t.tried == nil) {
			if head.T == "clash" {
				s.Clash++
			}
			t.tried = nil
			s.behind(f.Field, t)
		}
		return s.send(ctx)
	case "refused":
		var f desk.Refused
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
		if f.Of == "field" {
			_, field, _ := strings.Cut(f.ID, "/")
			for name, t := range s.mine {
				if field == "" || name == field { // without a name: nothing was taken yet
					t.tried = nil
				}
			}
			time.AfterFunc(time.Second, func() { // as a desk does
				s.mu.Lock()
				defer s.mu.Unlock()
				_ = s.send(ctx)
			})
		}
	}
	return nil
}

// again holds what is not acknowledged against what stands.
func (s *Scribe) again(field string) {
	t, is := s.mine[field], s.cells[field]
	if t.tried != nil && t.on == s.conn {
		return
	}
	switch tried := t.tried; {
	case tried != nil && is.Version >= tried.Version && is.Value.Text == tried.Value:
		s.durable(field, t, is.Version) // it had arrived
	case is.Version == t.base:
		t.tried = nil
	default:
		// It may have arrived and been written on since: then its marks are there.
		if tried != nil {
			s.Tries = append(s.Tries, *tried)
		}
		t.tried = nil
		s.behind(field, t)
	}
}

// behind writes what is hers behind what somebody else has written.
func (s *Scribe) behind(field string, t *typed) {
	is := s.cells[field]
	has := strings.Fields(is.Value.Text)
	t.marks = slices.DeleteFunc(t.marks, func(m string) bool { return slices.Contains(has, m) })
	t.base, t.tidy = is.Version, false
	t.value = strings.Join(append(has, t.marks...), " ")
	t.tidies()
	if len(t.marks) == 0 {
		delete(s.mine, field)
	}
}

// tidies writes a text anew that is long, for somebody who has read it: a field takes a
// line. What is hers and not durable stays.
func (t *typed) tidies() {
	if len(t.value) > 120 {
		t.value, t.tidy = strings.Join(t.marks, " "), true
	}
}

// durable notes that what was on its way stands.
func (s *Scribe) durable(field string, t *typed, version int64) {
	save := *t.tried
	save.Version = version
	s.Saves = append(s.Saves, save)
	has := strings.Fields(save.Value)
	for _, m := range has {
		if at, ok := s.Marks[m]; ok && s.Took[m] == 0 {
			s.Took[m] = time.Since(at)
		}
	}
	t.marks = slices.DeleteFunc(t.marks, func(m string) bool { return slices.Contains(has, m) })
	t.base, t.tidy = version, false
	s.cells[field] = desk.FieldSet{Contact: s.Contact, Field: field, Version: version, Value: desk.Answer{Text: save.Value}}
	t.tried = nil
	if t.value == save.Value {
		delete(s.mine, field)
	}
}

// Type presses keys: a mark more in the nth field. A text that is long is written anew by
// who has read it.
func (s *Scribe) Type(ctx context.Context, nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == 0 {
		return
	}
	field := s.asked[nth%len(s.asked)]
	s.n++
	mark := strings.ReplaceAll(s.Name, " ", "") + "-" + strconv.Itoa(s.n)
	s.Marks[mark] = time.Now()
	t := s.mine[field]
	if t == nil {
		is := s.cells[field]
		t = &typed{base: is.Version, value: is.Value.Text}
		s.mine[field] = t
	}
	if t.tried == nil {
		t.tidies()
	}
	t.marks = append(t.marks, mark)
	t.value = strings.TrimSpace(t.value + " " + mark)
	_ = s.send(ctx)
}

// send sends what is not on its way.
func (s *Scribe) send(ctx context.Context) error {
	if s.conn == nil {
		return nil
	}
	for _, field := range slices.Sorted(maps.Keys(s.mine)) {
		t := s.mine[field]
		if t.tried != nil {
			continue
		}
		err := put(ctx, s.conn, "field", desk.Field{Contact: s.Contact, Field: field, Base: t.base, Value: desk.Answer{Codes: []string{}, Text: t.value}})
		t.tried, t.on = &Save{Field: field, Version: t.base + 1, Value: t.value, Tidy: t.tidy}, s.conn
		if err != nil { // it may have arrived all the same
			return err
		}
	}
	return nil
}

// Owes is how many marks of hers are not durable.
func (s *Scribe) Owes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mine)
}

// Ready reports whether the form and the record stand on her desk.
func (s *Scribe) Ready() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.Shown.IsZero() && len(s.asked) > 0
}

// Figures tell when the record first stood there, and how long each mark took to be
// durable.
func (s *Scribe) Figures() (shown time.Time, took []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Shown, slices.Collect(maps.Values(s.Took))
}
