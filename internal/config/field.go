package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A field is one setting, found by its tags.
type field struct {
	name  string // as in the file, its sections before it: web.listen
	value reflect.Value
	open  bool   // takes any last name: decoys.es
	table bool   // a list of tables, which only the file can hold
	says  string // its comment
}

// env is the name of the environment variable.
func (f field) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(f.name, ".", "_"), "-", "_"))
}

const envPrefix = "FREELINE_"

// fields lists the settings of a struct, in its order. A part adds a section by a
// struct with toml tags; nothing else is needed.
func fields(c *Config) []field {
	var all []field
	var walk func(name, says string, v reflect.Value)
	walk = func(name, says string, v reflect.Value) {
		if v.Kind() == reflect.Struct && !isText(v) {
			for i := range v.NumField() {
				key := v.Type().Field(i).Tag.Get("toml")
				if name != "" {
					key = name + "." + key
				}
				walk(key, v.Type().Field(i).Tag.Get("comment"), v.Field(i))
			}
			return
		}
		all = append(all, field{name: name, value: v, open: v.Kind() == reflect.Map, table: isTables(v), says: says})
	}
	walk("", "", reflect.ValueOf(c).Elem())
	return all
}

// isTables reports whether a setting is a list of structs that are no texts.
func isTables(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && !isText(reflect.New(v.Type().Elem()).Elem())
}

func isText(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}

// set reads a text into the setting, as the environment and the command line have
// it: a list's values are parted by commas. last is the last name of an open one.
func (f field) set(last, text string) error {
	if f.table {
		return errors.New("it has tables of its own, which stand in the file alone")
	}
	if f.open {
		if f.value.IsNil() {
			f.value.Set(reflect.MakeMap(f.value.Type()))
		}
		f.value.SetMapIndex(reflect.ValueOf(last), reflect.ValueOf(text))
		return nil
	}
	return setValue(f.value, text)
}

func setValue(v reflect.Value, text string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New(`want "true" or "false"`)
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("want a whole number")
		}
		v.SetInt(int64(n))
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), 0, 1)
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			e := reflect.New(v.Type().Elem()).Elem()
			if err := setValue(e, one); err != nil {
				return err
			}
			list = reflect.Append(list, e)
		}
		v.Set(list)
	default:
		return fmt.Errorf("a setting cannot be a %s", v.Type())
	}
	return nil
}

// find returns the setting of a name, and the last name of an open one.
func find(all []field, name string) (field, string, error) {
	for _, f := range all {
		if f.name == name && !f.open {
			return f, "", nil
		}
		if last, ok := strings.CutPrefix(name, f.name+"."); ok && f.open && last != "" {
			return f, last, nil
		}
	}
	return field{}, "", fmt.Errorf("there is no such setting%s", meant(all, name))
}

// meant names the setting that was probably meant.
func meant(all []field, name string) string {
	best, least := "", 4
	for _, f := range all {
		if d := distance(f.name, name); d < least {
			best, least = f.name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance counts the letters to change from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left, diagonal := i+1, row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j+1], left)
			}
			diagonal, row[j+1], left = row[j+1], cost, cost
		}
	}
	return row[len(b)]
}
