package edition

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Read reads a body that is one JSON value without a member that v lacks, and notes why
// it is not.
func (fs *Faults) Read(body string, v any) bool {
	if !utf8.ValidString(body) {
		fs.Add(0, "", "edition.fault.encoding", "")
		return false
	}
	err := Strict([]byte(body), v)
	if err != nil {
		fs.Unread(0, err)
	}
	return err == nil
}

// Strict reads one JSON value that has no member that v lacks.
func Strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// Unread notes why [Strict] could not read a row, or the whole.
func (fs *Faults) Unread(row int, err error) {
	var wrong *json.UnmarshalTypeError
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		fs.Add(row, strings.Trim(name, `"`), "edition.fault.unknown", strings.Trim(name, `"`))
		return
	}
	if errors.As(err, &wrong) {
		fs.Add(row, wrong.Field, "edition.fault.json", wrong.Value)
		return
	}
	fs.Add(row, "", "edition.fault.json", strings.TrimPrefix(err.Error(), "json: "))
}
