package edition

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
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

// Some notes that a list has no row, or more than most.
func (fs *Faults) Some(field string, n, most int) bool {
	switch {
	case n == 0:
		fs.Add(0, field, "edition.fault.empty", "0")
	case n > most:
		fs.Add(0, field, "edition.fault.many", strconv.Itoa(n))
	default:
		return true
	}
	return false
}

// Rows reads a list of a body, each row for itself, so that what is wrong is told with the
// row that it is in. It reports whether all were read: what one row is cannot be said without
// those that it leads to.
func Rows[T any](fs *Faults, field string, rows []json.RawMessage, most int) ([]T, bool) {
	if !fs.Some(field, len(rows), most) {
		return nil, false
	}
	out, before := make([]T, len(rows)), len(*fs)
	for i, row := range rows {
		if err := Strict(row, &out[i]); err != nil {
			fs.Unread(i+1, err)
		}
	}
	return out, len(*fs) == before
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
