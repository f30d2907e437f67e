package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrThere says that the directory holds a line already.
var ErrThere = problem.New(problem.Conflict, "app.there")

// A Setup is what a new line begins with.
type Setup struct {
	Config        config.Config // dir, stores, hosts; the rest as shipped
	Name          string
	Languages     []string
	Hours         routing.Hours
	Abouts        map[string]string // bodies of the texts about the line, by language
	Queues        []account.Queue
	Places        string // body of the table of places; empty: the operator writes it
	First, Second staff.Person
}

// Found makes a line: directory, operational key, databases, keys, administrators,
// first editions. It returns what is printed once, and the configuration with the
// root pinned; writing its file is left to the caller. A directory that holds a
// line already is ErrThere, and is not touched.
func Found(ctx context.Context, s Setup) (_ account.Founding, _ config.Config, err error) {
	cfg := s.Config
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return account.Founding{}, cfg, fmt.Errorf("directory: %w", err)
	}
	files := filesOf(WhereOf(cfg))
	for _, path := range files {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			return account.Founding{}, cfg, ErrThere
		}
	}
	defer func() {
		if err != nil { // half a line would be in the way of a whole one
			err = errors.Join(err, remove(files))
		}
	}()
	if err := os.MkdirAll(filepath.Dir(cfg.Keys.Operational), 0o700); err != nil {
		return account.Founding{}, cfg, fmt.Errorf("directory: %w", err)
	}
	if err := NewKey(cfg.Keys.Operational); err != nil {
		return account.Founding{}, cfg, err
	}
	id := hotline.NewID()
	stores, err := OpenStores(ctx, WhereOf(cfg), id)
	if err != nil {
		return account.Founding{}, cfg, err
	}
	defer func() { err = errors.Join(err, stores.Close()) }()
	words, err := i18n.Load()
	if err != nil {
		return account.Founding{}, cfg, err
	}
	f, err := accountsOf(stores).Found(ctx, account.Setup{Name: s.Name, Queues: s.Queues, First: s.First, Second: s.Second})
	if err != nil {
		return account.Founding{}, cfg, err
	}
	cfg.Keys.Root = f.RootPub
	editions, err := NewEditions(ctx, stores.Main, bus.Memory(), words)
	if err != nil {
		return account.Founding{}, cfg, err
	}
	hours, err := json.Marshal(s.Hours)
	if err != nil {
		return account.Founding{}, cfg, err
	}
	languages, err := json.Marshal(s.Languages)
	if err != nil {
		return account.Founding{}, cfg, err
	}
	begin := map[string]string{KindLanguages: string(languages), routing.KindHours: string(hours), routing.KindUrgency: routing.ShippedRules}
	for kind, body := range begin {
		if err := editions.Begin(ctx, f.First.Person, routing.LineKey(kind), body); err != nil {
			return account.Founding{}, cfg, err
		}
	}
	for lang, body := range s.Abouts {
		if err := editions.Begin(ctx, f.First.Person, policy.AboutKey(lang), body); err != nil {
			return account.Founding{}, cfg, err
		}
	}
	if s.Places != "" {
		if err := editions.Begin(ctx, f.First.Person, emergency.Key(), s.Places); err != nil {
			return account.Founding{}, cfg, err
		}
	}
	for k, body := range shipped(s.Languages) {
		if err := editions.Begin(ctx, f.First.Person, k, body); err != nil {
			return account.Founding{}, cfg, err
		}
	}
	return f, cfg, nil
}

// filesOf are the files that a line of files consists of.
func filesOf(w Where) []string {
	all := []string{w.Key}
	for _, url := range []string{w.Main, w.Shred} {
		if path, ok := fileOf(url); ok {
			all = append(all, path, path+"-wal", path+"-shm", path+"-journal")
		}
	}
	if _, ok := fileOf(w.Shred); ok {
		all = append(all, w.ShredKeys)
	}
	return all
}

// fileOf is the file of a database that is one.
func fileOf(url string) (string, bool) {
	return strings.TrimPrefix(url, "sqlite:"), !strings.Contains(url, "://")
}

func remove(files []string) (err error) {
	for _, path := range files {
		if e := os.Remove(path); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// accountsOf are the accounts of a line that has no manifest yet.
func accountsOf(s *Stores) *account.Accounts {
	authority := seal.NewAuthority(s.ID, s.Main, s.Shred, nil, 1, time.Now, func(error) {})
	log := audit.New(s.ID, s.Main, authority)
	return account.New(s.ID, s.Main, s.Shred, vault.New(s.ID, s.Main, s.Shred, authority, log), staff.New(s.Main))
}
