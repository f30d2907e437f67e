// Package staff keeps the people of a line as the program knows them: under a
// pseudonym, with roles, languages and skills, and whether they are there.
package staff

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrMissing says that there is no such person.
	ErrMissing = problem.New(problem.Missing, "staff.missing")
	// ErrTaken says that somebody has the pseudonym already.
	ErrTaken = problem.New(problem.Conflict, "staff.taken")
	// ErrFull says that a person has as much as she can, and one more.
	ErrFull = problem.New(problem.Conflict, "staff.full")
	// ErrName says that a pseudonym is empty or longer than 40 characters.
	ErrName = problem.New(problem.Invalid, "staff.name")
)

// How far a person's account has come.
const (
	Invited  = "invited"  // has a one-time code
	Enrolled = "enrolled" // made her keys, waits to be confirmed
	Active   = "active"
	Former   = "former"
)

// A Person is somebody on the staff.
type Person struct {
	ID        hotline.PersonID
	Pseudonym string
	Roles     []hotline.Role
	Languages []string
	Skills    []string
	Gender    string // "woman", "man" or nothing
	Locale    string // language of her pages
	Capacity  int    // written contacts at once
	State     string
}

// Is reports whether she has a role.
func (p Person) Is(r hotline.Role) bool { return slices.Contains(p.Roles, r) }

// Staff keeps persons and their presence.
type Staff struct{ db *db.DB }

// New returns the staff of a line.
func New(d *db.DB) *Staff { return &Staff{d} }

// Add writes a new person. A pseudonym in use is ErrTaken.
func Add(tx db.Tx, p Person) error {
	if p.Pseudonym == "" || len([]rune(p.Pseudonym)) > 40 {
		return ErrName
	}
	if p.Capacity == 0 {
		p.Capacity = 3
	}
	var taken int
	err := tx.QueryRow(`SELECT 1 FROM person WHERE pseudonym = $1`, p.Pseudonym).Scan(&taken)
	if err == nil {
		return ErrTaken
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.Exec(`INSERT INTO person (id, pseudonym, roles, languages, skills, gender, locale, capacity, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Pseudonym, list(p.Roles), list(p.Languages), list(p.Skills), p.Gender, p.Locale, p.Capacity, p.State)
	return err
}

// Change writes what an administrator may change of a person: roles, languages,
// skills, gender and capacity.
func Change(tx db.Tx, p Person) error {
	n, err := tx.Exec(`UPDATE person SET roles = $1, languages = $2, skills = $3, gender = $4, capacity = $5 WHERE id = $6`,
		list(p.Roles), list(p.Languages), list(p.Skills), p.Gender, p.Capacity, p.ID)
	if err == nil && n == 0 {
		err = ErrMissing
	}
	return err
}

// SetLocale writes in which language a person reads her pages.
func (s *Staff) SetLocale(ctx context.Context, id hotline.PersonID, tag string) error {
	return s.db.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`UPDATE person SET locale = $1 WHERE id = $2`, tag, id)
		return err
	})
}

// SetState writes how far an account has come.
func SetState(tx db.Tx, id hotline.PersonID, state string) error {
	n, err := tx.Exec(`UPDATE person SET state = $1 WHERE id = $2`, state, id)
	if err == nil && n == 0 {
		err = ErrMissing
	}
	return err
}

const columns = `id, pseudonym, roles, languages, skills, gender, locale, capacity, state`

// Person reads one person.
func (s *Staff) Person(ctx context.Context, id hotline.PersonID) (p Person, err error) {
	return p, s.db.Read(ctx, func(tx db.Tx) error { p, err = Find(tx, id); return err })
}

// Find reads one person.
func Find(tx db.Tx, id hotline.PersonID) (Person, error) {
	p, err := scan(tx.QueryRow(`SELECT `+columns+` FROM person WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return p, err
}

// ByName finds a person by her pseudonym.
func (s *Staff) ByName(ctx context.Context, pseudonym string) (p Person, err error) {
	return p, s.db.Read(ctx, func(tx db.Tx) error {
		p, err = scan(tx.QueryRow(`SELECT `+columns+` FROM person WHERE pseudonym = $1`, pseudonym))
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrMissing
		}
		return err
	})
}

// most is how many persons one line lists.
const most = 2000

// People lists the staff by pseudonym, at most 2,000.
func (s *Staff) People(ctx context.Context) (out []Person, err error) {
	return out, s.db.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT `+columns+` FROM person ORDER BY pseudonym LIMIT $1`, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := scan(rows)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	})
}

func scan(row interface{ Scan(...any) error }) (p Person, err error) {
	var roles, languages, skills string
	if err := row.Scan(&p.ID, &p.Pseudonym, &roles, &languages, &skills, &p.Gender, &p.Locale, &p.Capacity, &p.State); err != nil {
		return p, err
	}
	return p, errors.Join(json.Unmarshal([]byte(roles), &p.Roles), json.Unmarshal([]byte(languages), &p.Languages), json.Unmarshal([]byte(skills), &p.Skills))
}

func list[T ~string](of []T) string {
	if of == nil {
		return "[]"
	}
	b, _ := json.Marshal(of) // strings always marshal
	return string(b)
}
