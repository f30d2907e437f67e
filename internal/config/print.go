package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Print returns the settings as a file, without comments and without passwords.
func Print(c Config) (string, error) {
	mask(reflect.ValueOf(&c).Elem())
	text, err := write(c)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String(), nil
}

// mask writes of every secret what may be shown. Lists are copied first: the settings
// that are printed are still to be used.
func mask(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := v.Interface().(interface {
			Plain() string
			String() string
		}); ok {
			v.SetString(s.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				mask(f)
			}
		}
	case reflect.Slice:
		if !isTables(v) {
			return
		}
		v.Set(reflect.AppendSlice(reflect.Zero(v.Type()), v))
		for i := range v.Len() {
			mask(v.Index(i))
		}
	default:
	}
}

// Sample returns a file that says of each setting what it does, and what it is
// when nobody sets it.
func Sample() (string, error) { return File(Default()) }

// File returns a file with these settings, passwords included, and the comments of
// all: what stands at its default is commented out.
func File(c Config) (string, error) {
	text, err := write(c)
	if err != nil {
		return "", err
	}
	plain, err := write(Default())
	if err != nil {
		return "", err
	}
	section, defaults := "", map[string]bool{}
	for line := range strings.Lines(plain) {
		section = sectionOf(line, section)
		defaults[section+line] = true
	}
	var b strings.Builder
	b.WriteString(head)
	section = ""
	for line := range strings.Lines(text) {
		section = sectionOf(line, section)
		if isSetting(line) && defaults[section+line] {
			b.WriteString("#")
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

const head = "# Settings of a Freeline line. What is commented out stands at its default.\n" +
	"# Each can be given as an environment variable too (web.listen: FREELINE_WEB_LISTEN)\n" +
	"# and as a flag of freeline serve (-web.listen=…), which count more than this file.\n\n"

func isSetting(line string) bool {
	return strings.Contains(line, " = ") && !strings.HasPrefix(line, "#")
}

func sectionOf(line, before string) string {
	if strings.HasPrefix(line, "[") {
		return line
	}
	return before
}

func write(c Config) (string, error) {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(c); err != nil {
		return "", fmt.Errorf("config: write: %w", err)
	}
	return b.String(), nil
}
