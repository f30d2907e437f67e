package edition

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

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
