package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/i18n"
)

// answers are what init asks for, by flag or by question.
type answers struct {
	dir, name, languages, zone, hours, emergency, phone string
	front, staff, partner, listen                       string
	first, second                                       string
}

// question is one thing that init asks.
type question struct {
	flag, ask, usual string
	into             *string
	must             bool
}

func (a *answers) questions() []question {
	return []question{
		{"dir", "Directory that the line lives in", "/var/lib/freeline", &a.dir, true},
		{"name", "Name of the line, as callers know it", "", &a.name, true},
		{"languages", "Languages of its pages, by their codes", "en,es,fr,ar", &a.languages, true},
		{"zone", "Its time zone", "UTC", &a.zone, true},
		{"hours", "When it answers, each day: 24h, or like 08:00-23:00", "24h", &a.hours, true},
		{"emergency", "The emergency number of the place", "112", &a.emergency, false},
		{"phone", "Its own telephone number, if it has one", "", &a.phone, false},
		{"front-host", "Host name of the public pages", "", &a.front, true},
		{"staff-host", "Host name of the staff's pages, another one", "", &a.staff, true},
		{"partner-host", "Host name of the partners' pages, a third one", "", &a.partner, false},
		{"listen", "Address to serve on", ":443", &a.listen, true},
		{"first", "First administrator: the name that colleagues use, not the real one", "", &a.first, true},
		{"second", "Second administrator: a line never has one alone", "", &a.second, true},
	}
}

func initLine(ctx context.Context, w World, args []string) error {
	set := flag.NewFlagSet("freeline init", flag.ContinueOnError)
	var a answers
	for _, q := range a.questions() {
		set.StringVar(q.into, q.flag, "", q.ask)
	}
	yes := set.Bool("yes", false, "ask nothing: what no flag says is as usual")
	if err := parse(w, set, args); err != nil {
		return err
	}
	if err := a.complete(w, *yes); err != nil {
		return err
	}
	dir, err := filepath.Abs(a.dir) // the settings are read from anywhere
	if err != nil {
		return err
	}
	a.dir = dir
	s, err := a.setup()
	if err != nil {
		return err
	}
	file := filepath.Join(a.dir, "freeline.toml")
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s is there already: this directory has a line, and init does not touch it", file)
	}
	f, cfg, err := app.Found(ctx, s)
	if errors.Is(err, app.ErrThere) {
		return fmt.Errorf("%s holds a line already, and init does not touch it", a.dir)
	}
	if err != nil {
		return err
	}
	text, err := config.File(cfg)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	return printFounding(w.Out, file, a, f)
}

// complete asks what no flag said, or takes what is usual.
func (a *answers) complete(w World, yes bool) error {
	in := bufio.NewReader(io.LimitReader(w.In, 1<<16))
	for _, q := range a.questions() {
		for *q.into == "" {
			if yes {
				*q.into = q.usual
				if q.must && q.usual == "" {
					return fmt.Errorf("-%s is missing: %s", q.flag, strings.ToLower(q.ask[:1])+q.ask[1:])
				}
				break
			}
			if q.usual != "" {
				fmt.Fprintf(w.Out, "%s [%s]: ", q.ask, q.usual)
			} else {
				fmt.Fprintf(w.Out, "%s: ", q.ask)
			}
			line, err := in.ReadString('\n')
			if *q.into = strings.TrimSpace(line); *q.into == "" {
				*q.into = q.usual
			}
			if err != nil && *q.into == "" && q.must {
				return fmt.Errorf("-%s is missing, and nobody answers", q.flag)
			}
			if !q.must {
				break
			}
		}
	}
	return nil
}

func (a *answers) setup() (app.Setup, error) {
	if err := a.check(); err != nil {
		return app.Setup{}, err
	}
	flags := &config.Flags{}
	for name, v := range map[string]string{
		"dir": a.dir, "web.front_host": a.front, "web.staff_host": a.staff, "web.partner_host": a.partner, "web.listen": a.listen,
	} {
		flags.Set(name, v)
	}
	if a.partner == "" {
		flags.Set("web.faces", "front,staff")
	}
	cfg, err := config.Load("", nil, flags)
	if err != nil {
		return app.Setup{}, err
	}
	s := app.Setup{
		Config: cfg, Name: a.name, Hours: routing.Hours{Zone: a.zone, Week: everyDay(a.hours)}, Abouts: map[string]string{},
		Queues: []account.Queue{{ID: "main", Name: a.name, Team: hotline.Desk}},
		First:  staff.Person{Pseudonym: a.first}, Second: staff.Person{Pseudonym: a.second},
	}
	for l := range strings.SplitSeq(a.languages, ",") {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(s.Languages, l) {
			s.Languages = append(s.Languages, l)
		}
	}
	for _, l := range s.Languages {
		about := policy.About{Name: a.name}
		if a.emergency != "" {
			about.Emergency = policy.Number{Dial: dialled(a.emergency), Shown: a.emergency}
		}
		if a.phone != "" {
			about.Phone = policy.Number{Dial: dialled(a.phone), Shown: a.phone}
		}
		b, err := json.Marshal(about)
		if err != nil {
			return app.Setup{}, err
		}
		s.Abouts[l] = string(b)
	}
	return s, nil
}

// check says what of the answers cannot be, before anything is made.
func (a *answers) check() error {
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	var errs []error
	for l := range strings.SplitSeq(a.languages, ",") {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(words.Tags(), l) {
			errs = append(errs, fmt.Errorf("-languages: there are no pages in %q; there are %s", l, strings.Join(words.Tags(), ",")))
		}
	}
	hours := func(zone, each string) error {
		b, err := json.Marshal(routing.Hours{Zone: zone, Week: everyDay(each)})
		return errors.Join(err, routing.CheckHours(string(b)))
	}
	if hours("UTC", a.hours) != nil {
		errs = append(errs, fmt.Errorf("-hours: %q are no hours; say 24h, or like 08:00-23:00, or like 08:00-12:00,14:00-23:00", a.hours))
	}
	if hours(a.zone, "24h") != nil {
		errs = append(errs, fmt.Errorf("-zone: there is no time zone %q; say one like Europe/Madrid, or UTC", a.zone))
	}
	if a.first == a.second {
		errs = append(errs, errors.New("-second: the two administrators need two names"))
	}
	return errors.Join(errs...)
}

// dialled is a number without what only the eye needs.
func dialled(shown string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' {
			return r
		}
		return -1
	}, shown)
}

func everyDay(hours string) map[string][]string {
	week := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week[d] = strings.Split(hours, ",")
	}
	return week
}

// printFounding prints what is shown once and kept nowhere.
func printFounding(out io.Writer, file string, a answers, f account.Founding) error {
	_, err := fmt.Fprintf(out, `
%[1]s is made. Its settings are in %[2]s.

THE ROOT SHEET. Print it, lock it away, and let nobody photograph it. Without it no
administrator can be added; with it somebody could add one.

    %[3]s

%[4]s signs in with

    passphrase      %[5]s
    second factor   %[6]s
                    (type it into an authenticator app)

%[7]s has this one-time code. She gives it at https://%[8]s/code and is shown a
passphrase of her own there, which you never see:

    %[9]s

None of this is kept anywhere, and none of it can be shown again. Next:

    freeline check -config %[2]s
    freeline serve -config %[2]s
`, a.name, file, f.Root.Reveal(), a.first, f.First.Passphrase.Reveal(), f.First.Second.Secret.Reveal(), a.second, a.staff, f.Code.Reveal())
	return err
}
