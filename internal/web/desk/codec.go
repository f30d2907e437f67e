package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

// Limits of what a desk may send.
const (
	MaxFrame = 64 << 10 // bytes of a frame
	MaxText  = 8 << 10  // bytes of a message, a draft or a note
	maxHeld  = 400      // contacts that a desk says it holds
	maxWord  = 64       // bytes of a code
	maxWords = 100      // of a list
	MaxOffer = 16 << 10 // bytes of a browser's offer of sound
)

var (
	errFrame   = problem.New(problem.Invalid, "desk.problem.frame")
	errVersion = problem.New(problem.Invalid, "desk.problem.version")
	errLong    = problem.New(problem.Invalid, "desk.problem.long")
)

// Inward lists the frames of a desk by their kind.
func Inward() map[string]any {
	return joined(situationsIn(), consentsIn(), emergencyIn(), phoneIn(), map[string]any{
		"hello": Hello{}, "send": Send{}, "undo": Undo{}, "draft": Draft{}, "take": Take{},
		"accept": Accept{}, "decline": Decline{}, "handback": HandBack{}, "handover": HandOver{},
		"join": Join{}, "assign": Assign{}, "end": End{}, "extend": Extend{}, "sleep": Sleep{},
		"typing": Typing{}, "state": State{}, "mark": Mark{}, "seen": Seen{}, "cover": Cover{},
		"unlock": Unlock{}, "ping": Ping{},
		"phrases": AskPhrases{}, "translator": AskTranslator{}, "notranslator": EndTranslator{}, "come": Come{}, "pass": Pass{},
		"sentence": PutSentence{}, "machine": AskMachine{}, "translate": PutTranslation{},
		"safety": PutSafety{}, "alone": Alone{}, "override": Override{}, "askin": AskIn{}, "mend": Mend{},
		"field": Field{}, "privacy": Level{}, "path": SetPath{}, "reveal": Reveal{}, "note": Written{},
		"ask_export": AskExport{}, "approve_export": ApproveExport{}, "fetch_export": FetchExport{},
		"procedure": OpenProcedure{}, "step": PutStep{},
		"learned": PutLearned{}, "before": AskBefore{}, "decision": BeginDecision{}, "act": PutAct{}, "open_decisions": OpenDecisions{},
		"phrase": MakePhrase{}, "says": SheSays{}, "join_found": JoinFound{}, "cover_words": AskCover{},
	})
}

// Outward lists the frames of the server by their kind.
func Outward() map[string]any {
	return joined(situationsOut(), consentsOut(), emergencyOut(), phoneOut(), map[string]any{
		"snapshot": Snapshot{}, "message": MessageFrame{}, "ack": Ack{}, "undone": Undone{},
		"refused": Refused{}, "offer": OfferFrame{}, "queue": QueueFrame{}, "contact": ContactFrame{},
		"people": PeopleFrame{}, "me": MeFrame{}, "alert": AlertFrame{}, "board": BoardFrame{},
		"phrase": PhraseFrame{}, "said": SaidFrame{}, "found": FoundFrame{}, "cover_words": CoverFrame{},
		"draft": Draft{}, "typing": CallerTyping{}, "lock": Lock{}, "pong": Pong{},
		"phrases": PhrasesFrame{}, "asks": AsksFrame{}, "machine": MachineFrame{}, "thread": ThreadFrame{}, "translation": TranslationFrame{},
		"form": FormFrame{}, "record": RecordFrame{}, "saved": Saved{}, "clash": Clash{}, "fieldset": FieldSet{},
		"procedures": ProceduresFrame{},
		"duty":       DutyFrame{}, "beforehand": BeforeFrame{}, "decisions": DecisionsFrame{}, "clocks": ClocksFrame{},
		"exports": ExportsFrame{}, "export": ExportFrame{},
	})
}

// joined is all of several lists.
func joined(lists ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, list := range lists {
		maps.Copy(all, list)
	}
	return all
}

// A Codec reads and writes frames.
type Codec struct {
	in  map[string]reflect.Type // as they come: with version and kind
	out map[reflect.Type]string
}

// NewCodec knows every kind of frame.
func NewCodec() *Codec {
	c := &Codec{in: map[string]reflect.Type{}, out: map[reflect.Type]string{}}
	for kind, frame := range Inward() {
		typ := reflect.TypeOf(frame)
		c.in[kind] = reflect.StructOf([]reflect.StructField{
			{Name: "V", Type: reflect.TypeFor[int](), Tag: `json:"v"`},
			{Name: "T", Type: reflect.TypeFor[string](), Tag: `json:"t"`},
			{Name: typ.Name(), Type: typ, Anonymous: true},
		})
	}
	for kind, frame := range Outward() {
		c.out[reflect.TypeOf(frame)] = kind
	}
	return c
}

// Decode reads one frame of a desk. It refuses what is not exactly a frame: another version, an
// unknown kind or field, an id that is none, a text that is too long or not UTF-8.
func (c *Codec) Decode(data []byte) (kind string, frame any, err error) {
	if len(data) > MaxFrame {
		return "", nil, errLong
	}
	if !utf8.Valid(data) {
		return "", nil, errFrame
	}
	var head struct {
		V int    `json:"v"`
		T string `json:"t"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return "", nil, errFrame
	}
	if head.V != Version {
		return head.T, nil, errVersion
	}
	typ, ok := c.in[head.T]
	if !ok {
		return "", nil, errFrame
	}
	value := reflect.New(typ)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(value.Interface()); err != nil {
		return head.T, nil, errFrame
	}
	frame = value.Elem().Field(2).Interface()
	if err := checked(reflect.ValueOf(frame)); err != nil {
		return head.T, nil, err
	}
	return head.T, frame, nil
}

// Encode writes one frame of the server.
func (c *Codec) Encode(frame any) ([]byte, error) {
	kind, ok := c.out[reflect.TypeOf(frame)]
	if !ok {
		return nil, fmt.Errorf("desk: %T is no frame", frame)
	}
	body, err := json.Marshal(frame)
	if err != nil {
		return nil, fmt.Errorf("desk: frame %s: %w", kind, err)
	}
	head := fmt.Appendf(nil, `{"v":%d,"t":%q`, Version, kind)
	if len(body) > 2 {
		head = append(head, ',')
	}
	return append(head, body[1:]...), nil
}

// checked holds each field of a frame against what its name promises.
func checked(frame reflect.Value) error {
	for i := range frame.NumField() {
		name, field := frame.Type().Field(i).Name, frame.Field(i)
		var err error
		switch field.Kind() {
		case reflect.String:
			err = checkedString(name, field.String())
		case reflect.Int64:
			if field.Int() < 0 {
				err = errFrame
			}
		case reflect.Map:
			err = checkedMap(field)
		case reflect.Slice:
			err = checkedList(field)
		case reflect.Struct:
			err = checked(field)
		default: // a bool is always right
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkedString(name, s string) error {
	switch name {
	case "ID", "Contact", "Field", "Offer", "Alert", "To", "About":
		if !hotline.IsID(s) {
			return errFrame
		}
	case "Of":
		if s != "" && !hotline.IsID(s) {
			return errFrame
		}
	case "Text", "Note", "Reason", "Name", "Cover", "MayKnow", "Promised", "Distress", "Say", "Unit", "Ref":
		if len(s) > MaxText {
			return errLong
		}
	case "Place":
		if s != "composer" && s != "note" {
			return errFrame
		}
	case "SDP":
		if len(s) > MaxOffer {
			return errLong
		}
	case "Passphrase":
		if len(s) > 1024 {
			return errLong
		}
	default:
		if len(s) > maxWord {
			return errFrame
		}
	}
	return nil
}

func checkedMap(m reflect.Value) error {
	if m.Len() > maxHeld {
		return errFrame
	}
	for it := m.MapRange(); it.Next(); {
		if !hotline.IsID(it.Key().String()) || it.Value().Int() < 0 {
			return errFrame
		}
	}
	return nil
}

// checkedList holds each of a list against its limits.
func checkedList(list reflect.Value) error {
	if list.Len() > maxWords {
		return errFrame
	}
	for i := range list.Len() {
		var err error
		switch each := list.Index(i); each.Kind() {
		case reflect.String:
			err = checkedString("", each.String())
		case reflect.Int64:
			if each.Int() < 0 {
				err = errFrame
			}
		case reflect.Struct:
			err = checked(each)
		default:
			err = errFrame
		}
		if err != nil {
			return err
		}
	}
	return nil
}
