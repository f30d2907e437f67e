package account

import (
	"context"
	"strings"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrRoot says that what was typed is not a root sheet.
	ErrRoot = problem.New(problem.Invalid, "account.root")
	// ErrFounded says that the database holds a line already.
	ErrFounded = problem.New(problem.Conflict, "account.founded")
	// ErrSetup says that a line needs a name, a language, a queue and two administrators.
	ErrSetup = problem.New(problem.Invalid, "account.setup")
)

// A Queue is an order of waiting contacts and the team that can open them.
type Queue struct {
	ID   hotline.QueueID
	Name string
	Team hotline.TeamID
}

// A Setup is what init asks for.
type Setup struct {
	Name   string
	Queues []Queue
	First  staff.Person // administrators; never one alone
	Second staff.Person
}

// A Founding is what init prints, once.
type Founding struct {
	RootPub   []byte    // for the configuration file
	Root      seal.Text // the root sheet
	First     Enrolment
	SecondWho hotline.PersonID
	Code      seal.Text // the second administrator's, once
}

// Found makes a line: keys, manifest, queues and the two administrators.
func (a *Accounts) Found(ctx context.Context, s Setup) (Founding, error) {
	s.First.Pseudonym, s.Second.Pseudonym = strings.TrimSpace(s.First.Pseudonym), strings.TrimSpace(s.Second.Pseudonym)
	if s.Name == "" || len(s.Queues) == 0 || s.First.Pseudonym == "" || s.Second.Pseudonym == "" || s.First.Pseudonym == s.Second.Pseudonym {
		return Founding{}, ErrSetup
	}
	if there, err := Exists(ctx, a.db); err != nil || there {
		if err == nil {
			err = ErrFounded
		}
		return Founding{}, err
	}
	queues := map[hotline.QueueID]hotline.TeamID{}
	for _, q := range s.Queues {
		queues[q.ID] = q.Team
	}
	generation, err := a.shred.Generation(ctx)
	if err != nil {
		return Founding{}, err
	}
	if err := a.shred.Found(ctx); err != nil {
		return Founding{}, err
	}
	words := NewPassphrase()
	var first, second staff.Person
	var factor Second
	f, err := a.keeper.Found(ctx, queues, tidy(words), func(f *vault.Founding) (func(db.Tx) error, error) {
		first, second = s.First, s.Second
		first.ID, second.ID = f.First, f.Second
		first.State, second.State = staff.Active, staff.Active
		for _, p := range []*staff.Person{&first, &second} {
			if !p.Is(hotline.Administrator) {
				p.Roles = append(p.Roles, hotline.Administrator)
			}
		}
		var write func(db.Tx) error
		var err error
		if factor, write, err = a.newSecond(first); err != nil {
			return nil, err
		}
		pepper := a.shred.Seal(box.Random(box.Size), "pepper", string(a.line))
		return func(tx db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO line (id, name, generation, intake, pepper) VALUES ($1, $2, $3, $4, $5)`,
				string(a.line), s.Name, generation, f.Intake, pepper); err != nil {
				return err
			}
			for _, q := range s.Queues {
				if _, err := tx.Exec(`INSERT INTO queue (id, name) VALUES ($1, $2)`, q.ID, q.Name); err != nil {
					return err
				}
			}
			if err := staff.Add(tx, first); err != nil {
				return err
			}
			if err := staff.Add(tx, second); err != nil {
				return err
			}
			return write(tx)
		}, nil
	})
	if err != nil {
		return Founding{}, err
	}
	return Founding{f.RootPub, showRoot(f.Root), Enrolment{f.First, words, factor}, f.Second, showCode(f.Code)}, nil
}

// showRoot writes the root key as lines of groups, to be printed and locked away.
func showRoot(root []byte) seal.Text {
	s := encoding().EncodeToString(root)
	var groups []string
	for len(s) > 4 {
		groups, s = append(groups, s[:4]), s[4:]
	}
	return seal.Conceal(strings.Join(append(groups, s), " "))
}

// ParseRoot reads a typed root sheet.
func ParseRoot(t seal.Text) ([]byte, error) {
	b, err := parseCode(t)
	if err != nil || len(b) != box.Size {
		return nil, ErrRoot
	}
	return b, nil
}
