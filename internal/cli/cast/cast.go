// Package cast is a made-up staff with what its people sign in with, which on a real
// line nobody but themselves has. The demo and the tests play them; everybody goes
// through the same doors as on a real line.
package cast

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A Cast is the staff of a made-up line.
type Cast struct {
	Root   []byte // public half, pinned
	Sheet  string // the root sheet
	Code   string // the second administrator's
	Actors []*Actor
	Hired  bool

	mu   sync.Mutex
	file string
}

// An Actor is one of them.
type Actor struct {
	Name, Passphrase, Secret string
	Person                   staff.Person
	Last                     int64 // the last step whose code was used
}

// New returns a cast of every role, which is kept in a file. Nobody is hired yet.
func New(file string) *Cast {
	c := &Cast{file: file}
	add := func(name, gender string, languages []string, roles ...hotline.Role) {
		c.Actors = append(c.Actors, &Actor{Name: name, Person: staff.Person{Pseudonym: name, Roles: roles, Languages: languages, Gender: gender}})
	}
	add("Ines", "woman", []string{"en"}, hotline.Administrator)
	add("Tomas", "man", []string{"en"}, hotline.Administrator)
	add("Amina", "woman", []string{"ar", "en", "fr"}, hotline.Advocate)
	add("Noor", "woman", []string{"en", "ar"}, hotline.Advocate)
	add("Mateo", "man", []string{"es", "en"}, hotline.Advocate)
	add("Chloe", "woman", []string{"fr", "en"}, hotline.Advocate)
	add("Sana", "woman", []string{"en", "ar", "fr"}, hotline.Supervisor, hotline.Advocate)
	add("Lena", "woman", []string{"en", "es"}, hotline.Supervisor)
	add("Oskar", "man", []string{"en"}, hotline.PrivacyOfficer)
	add("Pia", "woman", []string{"en"}, hotline.PrivacyOfficer)
	add("Rafael", "man", []string{"en", "es"}, hotline.Analyst)
	add("Dina", "woman", []string{"en"}, hotline.Director)
	add("Yusuf", "man", []string{"en", "ar"}, hotline.Trainer)
	add("Mirela", "woman", []string{"en", "fr"}, hotline.Translator)
	add("Joy", "woman", []string{"en"}, hotline.Reviewer)
	return c
}

// Founded takes what founding the line has shown.
func (c *Cast) Founded(f account.Founding) {
	c.Root = f.RootPub
	c.Sheet, c.Code = f.Root.Reveal(), f.Code.Reveal()
	c.Actors[0].Passphrase, c.Actors[0].Secret = f.First.Passphrase.Reveal(), f.First.Second.Secret.Reveal()
}

// Again reads a cast that was kept.
func Again(file string) (*Cast, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Cast{file: file}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, errors.New("cast: the file is not a cast's")
	}
	return c, nil
}

// Hire has everybody invited, enrolled and confirmed, by the same steps as on a real
// line.
func (c *Cast) Hire(ctx context.Context, l *app.Line) error {
	if c.Hired {
		return nil
	}
	second, err := l.Accounts.Redeem(ctx, "Tomas", seal.Conceal(c.Code))
	if err != nil {
		return err
	}
	c.Actors[1].Passphrase, c.Actors[1].Secret = second.Passphrase.Reveal(), second.Second.Secret.Reveal()
	tok, err := c.SignIn(ctx, l, "Ines")
	if err != nil {
		return err
	}
	for _, a := range c.Actors[2:] {
		var id hotline.PersonID
		var code seal.Text
		err := l.Keeper.With(ctx, tok, func(r *vault.Ring) (err error) {
			id, code, err = l.Accounts.Invite(ctx, r, a.Person)
			return err
		})
		if err != nil {
			return fmt.Errorf("invite: %w", err)
		}
		e, err := l.Accounts.Redeem(ctx, a.Name, code)
		if err != nil {
			return fmt.Errorf("redeem: %w", err)
		}
		a.Passphrase, a.Secret = e.Passphrase.Reveal(), e.Second.Secret.Reveal()
		err = l.Keeper.With(ctx, tok, func(r *vault.Ring) error { return l.Accounts.Confirm(ctx, r, id, seal.Text{}) })
		if err != nil {
			return fmt.Errorf("confirm: %w", err)
		}
	}
	if err := l.Keeper.With(ctx, tok, func(r *vault.Ring) error { return l.Accounts.GiveBack(ctx, r) }); err != nil {
		return err
	}
	if err := l.Keeper.End(ctx, tok); err != nil {
		return err
	}
	c.Hired = true
	return c.keep()
}

// keep writes the cast down.
func (c *Cast) keep() error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(c.file, b, 0o600)
}

// Find finds somebody by her name.
func (c *Cast) Find(name string) (*Actor, bool) {
	for _, a := range c.Actors {
		if a.Name == name {
			return a, true
		}
	}
	return nil, false
}

// SignIn goes through the true sign-in, with the code that an app would show. A code
// is good once: this half minute's is taken, or the next one's.
func (c *Cast) SignIn(ctx context.Context, l *app.Line, name string) (vault.Token, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.Find(name)
	if !ok {
		return nil, account.ErrSignIn
	}
	now := time.Now().Unix() / 30
	step := max(now, a.Last+1)
	if step > now+1 {
		return nil, ErrWait
	}
	code, err := account.CodeAt(seal.Conceal(a.Secret), time.Unix(step*30, 0))
	if err != nil {
		return nil, err
	}
	a.Last = step
	tok, err := l.Accounts.SignIn(ctx, a.Name, seal.Conceal(a.Passphrase), code)
	if !errors.Is(err, vault.ErrDevices) {
		return tok, err
	}
	// Two windows were closed without signing out: the older ones end.
	p, err := l.Staff.ByName(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	if err := l.Keeper.EndAll(ctx, p.ID); err != nil {
		return nil, err
	}
	return l.Accounts.SignIn(ctx, a.Name, seal.Conceal(a.Passphrase), code)
}

// ErrWait says that all codes of this half minute are used.
var ErrWait = errors.New("the codes of this half minute are used; wait a little and try again")
