// Package cli is what the operator types. Each subcommand says what it did, or in
// plain words why it did not and what to do.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/observe"
)

// World is what the program sees of the machine it runs on.
type World struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
}

// A command is one thing that the program can be told to do.
type command struct {
	name, does string
	run        func(ctx context.Context, w World, args []string) error
}

func commands() []command {
	return []command{
		{"demo", "a made-up line to try, on this machine alone", runDemo},
		{"init", "make a new line: keys, databases, two administrators", initLine},
		{"serve", "run the line", serve},
		{"check", "look for unsafe settings and say what to do", check},
		{"config", "config print: the settings in force; config sample: all of them, explained", configure},
		{"backup", "write both stores, sealed to an offline key", backupLine},
		{"restore", "bring a line back from its backup", restoreLine},
		{"log", "log verify: recompute the whole log of who opened what", logVerify},
		{"legal", "legal verify: check a signed statement of what was searched for a legal request", legalVerify},
		{"data", "data inventory: what the server can read, and why", dataInventory},
		{"version", "say which build this is", version},
	}
}

// Run does what args ask for.
func Run(ctx context.Context, args []string, w World) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		return help(w.Out)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return spoken(c.run(ctx, w, args[1:]))
		}
	}
	return fmt.Errorf("there is no %q; freeline help lists what there is", args[0])
}

func help(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "freeline runs a hotline. Say what to do:")
	for _, c := range commands() {
		fmt.Fprintf(t, "  %s\t%s\n", c.name, c.does)
	}
	fmt.Fprintln(t, "\nfreeline COMMAND -h lists the flags of a command.")
	return t.Flush()
}

// flags begins the flags of a command. file names the file of settings.
func flags(name string) (set *flag.FlagSet, file *string, settings *config.Flags) {
	set = flag.NewFlagSet("freeline "+name, flag.ContinueOnError)
	file = set.String("config", "", "file of settings; FREELINE_CONFIG names it too, and freeline.toml here is found by itself")
	return set, file, config.Register(set)
}

// parse reads the flags of a command that takes nothing else.
func parse(w World, set *flag.FlagSet, args []string) error {
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(w.Out, "The flags of %s:\n", set.Name())
		set.SetOutput(w.Out)
		set.PrintDefaults()
		return err
	}
	if err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: "); ok {
			return fmt.Errorf("there is no flag %s; %s -h lists them", name, set.Name())
		}
		return err
	}
	if set.NArg() > 0 {
		return fmt.Errorf("%q is one word too many: %s takes flags alone, and -h lists them", set.Arg(0), set.Name())
	}
	return nil
}

// load reads the settings of a command that works on a line.
func load(w World, file string, settings *config.Flags) (config.Config, error) {
	if file == "" {
		file = found(w.Environ)
	}
	return config.Load(file, w.Environ, settings)
}

func version(_ context.Context, w World, _ []string) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this build does not say which it is")
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = " " + s.Value
		}
	}
	_, err := fmt.Fprintf(w.Out, "freeline %s%s %s\n", info.Main.Version, revision, info.GoVersion)
	return err
}

func configure(_ context.Context, w World, args []string) error {
	set, file, settings := flags("config")
	what := "print"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		what, args = args[0], args[1:]
	}
	if err := parse(w, set, args); err != nil {
		return err
	}
	if what == "sample" {
		text, err := config.Sample()
		if err == nil {
			_, err = io.WriteString(w.Out, text)
		}
		return err
	}
	if what != "print" {
		return fmt.Errorf("config %s is not there: say print or sample", what)
	}
	c, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	text, err := config.Print(c)
	if err == nil {
		_, err = io.WriteString(w.Out, text)
	}
	return err
}

// errUnsafe ends a command whose settings are refused; what is wrong was printed.
var errUnsafe = errors.New("the line does not start on these settings; what to do stands above")

func check(ctx context.Context, w World, args []string) error {
	set, file, settings := flags("check")
	if err := parse(w, set, args); err != nil {
		return err
	}
	c, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	if refused := report(w.Out, config.Check(c)); refused {
		return errUnsafe
	}
	if refused := report(w.Out, app.CheckVoice(ctx, c)); refused {
		return errUnsafe
	}
	if c.Voice.On() {
		fmt.Fprintln(w.Out, "Sound passes both ways between two of the telephone's ports.")
	}
	_, err = fmt.Fprintln(w.Out, "A line may start on these settings.")
	return err
}

// report prints findings, and tells whether one of them keeps the line from
// starting.
func report(out io.Writer, all []config.Finding) (refused bool) {
	for _, f := range all {
		refused = refused || f.Grade == config.Refuse
		fmt.Fprintf(out, "%s  %s: %s\n        why:  %s\n        do:   %s\n", f.Grade, f.Setting, f.What, f.Why, f.Do)
	}
	return refused
}

// plain says an error as the operator may read it.
func plain(err error) string { return observe.Fault(err) }
