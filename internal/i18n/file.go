package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// Forms holds the texts of one message by CLDR plural category. A message that
// counts nothing has Other alone.
type Forms struct {
	Zero  string `json:"zero,omitempty"`
	One   string `json:"one,omitempty"`
	Two   string `json:"two,omitempty"`
	Few   string `json:"few,omitempty"`
	Many  string `json:"many,omitempty"`
	Other string `json:"other"`
}

// byName lists the forms that have a text.
func (f Forms) byName() map[string]string {
	all := map[string]string{"zero": f.Zero, "one": f.One, "two": f.Two, "few": f.Few, "many": f.Many, "other": f.Other}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

func (f Forms) message(key string) *goi18n.Message {
	return &goi18n.Message{ID: key, Zero: f.Zero, One: f.One, Two: f.Two, Few: f.Few, Many: f.Many, Other: f.Other}
}

// each returns the forms with every text changed.
func (f Forms) each(change func(string) string) Forms {
	for _, text := range []*string{&f.Zero, &f.One, &f.Two, &f.Few, &f.Many, &f.Other} {
		if *text != "" {
			*text = change(*text)
		}
	}
	return f
}

// A file is one catalogue as it was written.
type file struct {
	reviewedBy string
	messages   map[string]Forms
}

// reviewedBy is the one key of a catalogue that is not a message.
const reviewedBy = "reviewed_by"

// parse reads one catalogue. It refuses what a translator's slip makes: a key
// twice, a form that is none, a brace that is not a placeholder's, an empty text.
func parse(area string, b []byte) (file, error) {
	f := file{messages: map[string]Forms{}}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return f, errors.New("a catalogue is one JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return f, at(b, d, err)
		}
		key, ok := t.(string)
		if !ok {
			return f, at(b, d, errors.New("a key is a string"))
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return f, at(b, d, err)
		}
		if key == reviewedBy {
			if err := json.Unmarshal(raw, &f.reviewedBy); err != nil {
				return f, at(b, d, fmt.Errorf("%s: %w", key, err))
			}
			continue
		}
		if _, twice := f.messages[key]; twice {
			return f, at(b, d, fmt.Errorf("%s stands twice", key))
		}
		if err := fitsArea(area, key); err != nil {
			return f, at(b, d, err)
		}
		forms, err := parseForms(raw)
		if err != nil {
			return f, at(b, d, fmt.Errorf("%s: %w", key, err))
		}
		f.messages[key] = forms
	}
	if _, err := d.Token(); err != nil {
		return f, at(b, d, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, at(b, d, errors.New("there is something after the object"))
	}
	return f, nil
}

// at names the line where reading stopped.
func at(b []byte, d *json.Decoder, err error) error {
	read := min(int(d.InputOffset()), len(b))
	return fmt.Errorf("line %d: %w", 1+bytes.Count(b[:read], []byte("\n")), err)
}

// fitsArea keeps the areas' keys apart, so that no two files define one.
func fitsArea(area, key string) error {
	first, rest, ok := strings.Cut(key, ".")
	if !ok || first == "" || rest == "" {
		return fmt.Errorf("%s: a key is dotted", key)
	}
	if area == "problem" {
		if first != "problem" && slices.Contains(areas(), first) {
			return fmt.Errorf("%s belongs to the area %s", key, first)
		}
		return nil
	}
	if first != area {
		return fmt.Errorf("%s: keys of this file begin with %s", key, area)
	}
	return nil
}

func parseForms(raw json.RawMessage) (Forms, error) {
	var f Forms
	if err := json.Unmarshal(raw, &f.Other); err != nil {
		f = Forms{}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&f); err != nil {
			return f, errors.New("a message is a text, or an object of zero, one, two, few, many and other")
		}
	}
	if strings.TrimSpace(f.Other) == "" {
		return f, errors.New("the text is empty")
	}
	for form, text := range f.byName() {
		if _, err := Placeholders(text); err != nil {
			return f, fmt.Errorf("%s: %w", form, err)
		}
	}
	return f, nil
}

// collected is what the files of one language say together.
type collected struct {
	messages map[string]Forms
	area     map[string]string // by key
	reviewed map[string]string // by area
}

func newCollected() *collected {
	return &collected{messages: map[string]Forms{}, area: map[string]string{}, reviewed: map[string]string{}}
}

func (c *collected) add(area string, f file) error {
	c.reviewed[area] = f.reviewedBy
	for key, forms := range f.messages {
		if other, twice := c.area[key]; twice {
			return fmt.Errorf("%s stands in the area %s too", key, other)
		}
		c.messages[key], c.area[key] = forms, area
	}
	return nil
}
