package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Load returns the defaults, over them the file's settings where a file is named,
// over them those of the environment (as from os.Environ), over them the flags.
// Everything that is wrong is in the error, each with where it stands.
func Load(file string, environ []string, flags *Flags) (Config, error) {
	c := Default()
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("config: read file: %w", err)
		}
		if err := c.parse(filepath.Base(file), b); err != nil {
			return c, err
		}
	}
	all := fields(&c)
	errs := []error{fromEnvironment(all, environ)}
	if flags != nil {
		errs = append(errs, flags.apply(all))
	}
	c.complete()
	return c, errors.Join(errs...)
}

// parse reads the file's text over what is there.
func (c *Config) parse(file string, b []byte) error {
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	err := d.Decode(c)
	if err == nil {
		return nil
	}
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		var errs []error
		for _, e := range unknown.Errors {
			name := strings.Join(e.Key(), ".")
			line, _ := e.Position()
			errs = append(errs, fmt.Errorf("%s:%d: %s: there is no such setting%s", file, line, name, meant(fields(c), name)))
		}
		return errors.Join(errs...)
	}
	if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := bad.Position()
		where := ""
		if len(bad.Key()) > 0 {
			where = strings.Join(bad.Key(), ".") + ": "
		}
		return fmt.Errorf("%s:%d: %s%s", file, line, where, strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "toml: "))
}

// notSettings are variables of ours that are none: for tests, and the file itself.
func notSettings(name string) bool {
	return strings.HasPrefix(name, envPrefix+"TEST_") || name == envPrefix+"CONFIG"
}

func fromEnvironment(all []field, environ []string) error {
	var errs []error
	for _, pair := range environ {
		name, text, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || notSettings(name) {
			continue
		}
		f, last, ok := byEnv(all, name)
		if !ok {
			errs = append(errs, fmt.Errorf("environment: %s: there is no such setting", name))
			continue
		}
		if err := f.set(last, text); err != nil {
			errs = append(errs, fmt.Errorf("environment: %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func byEnv(all []field, name string) (f field, last string, ok bool) {
	for _, f := range all {
		if !f.open && f.env() == name {
			return f, "", true
		}
		if last, ok := strings.CutPrefix(name, f.env()+"_"); ok && f.open && last != "" {
			return f, strings.ToLower(strings.ReplaceAll(last, "_", "-")), true
		}
	}
	return field{}, "", false
}

// Flags are the settings that the command line changes.
type Flags struct {
	given []pair
}

type pair struct{ name, text string }

// Register adds a flag for each setting to a set, by its name in the file:
// -web.listen=:8443. It must be parsed before Load.
func Register(set *flag.FlagSet) *Flags {
	flags := &Flags{}
	c := Default()
	for _, f := range fields(&c) {
		if f.open || f.table {
			continue
		}
		set.Func(f.name, strings.ReplaceAll(f.says, "\n", " "), func(text string) error {
			if err := f.set("", text); err != nil {
				return err
			}
			flags.given = append(flags.given, pair{f.name, text})
			return nil
		})
	}
	return flags
}

// Set adds one setting, as from the command line.
func (f *Flags) Set(name, text string) { f.given = append(f.given, pair{name, text}) }

func (f *Flags) apply(all []field) error {
	var errs []error
	for _, p := range f.given {
		to, last, err := find(all, p.name)
		if err == nil {
			err = to.set(last, p.text)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("flag: -%s: %w", p.name, err))
		}
	}
	return errors.Join(errs...)
}

// complete fills in what follows from dir.
func (c *Config) complete() {
	if c.Store.Main == "" {
		c.Store.Main = Secret("sqlite:" + filepath.Join(c.Dir, "main.db"))
	}
	if c.Store.Shred == "" {
		c.Store.Shred = Secret("sqlite:" + filepath.Join(c.Dir, "shred.db"))
	}
	if c.Keys.Operational == "" {
		c.Keys.Operational = filepath.Join(c.Dir, "operational.key")
	}
}
