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
	"strings"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/backup"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/shred"
)

// Files that go with the shred store's backup.
const (
	fileKey         = "operational.key"
	fileSettings    = "freeline.toml"
	fileGenerations = "generations.json"
)

// keepShred is how long a backup of the shred store may lie about. It is what makes
// a deletion final.
const keepShred = 7 * 24 * time.Hour

func backupLine(ctx context.Context, w World, args []string) error {
	set, file, settings := flags("backup")
	if err := parse(w, set, args); err != nil {
		return err
	}
	cfg, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	if cfg.Backup.Dir == "" {
		return errors.New("say where to: backup.dir in the settings, or -backup.dir")
	}
	return writeBackup(ctx, w.Out, cfg)
}

func writeBackup(ctx context.Context, out io.Writer, cfg config.Config) (err error) {
	recipients, err := backup.Recipients(cfg.Backup.Recipients...)
	if err != nil {
		return err
	}
	s, err := app.OpenStores(ctx, app.WhereOf(cfg), "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := os.MkdirAll(cfg.Backup.Dir, 0o700); err != nil {
		return err
	}
	// The main store first: of what comes in meanwhile, the entry is there and the
	// words are not. The other way round the newest words would have no entry.
	stamp := time.Now().UTC().Format("20060102T150405Z")
	at, err := writeStore(ctx, out, filepath.Join(cfg.Backup.Dir, "main-"+stamp+".age"), s.Main, db.Main, nil, recipients)
	if err != nil {
		return err
	}
	files, err := filesOf(ctx, s, cfg)
	if err != nil {
		return err
	}
	if _, err := writeStore(ctx, out, filepath.Join(cfg.Backup.Dir, "shred-"+stamp+".age"), s.Store, db.Shred, files, recipients); err != nil {
		return err
	}
	gone, err := prune(cfg.Backup.Dir, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The line as it was at %s is in %s. Removed %d backups of the shred store that were older than 7 days.\n",
		time.UnixMilli(at).UTC().Format(time.RFC3339), cfg.Backup.Dir, gone)
	return err
}

// filesOf is what a new machine needs beside the rows.
func filesOf(ctx context.Context, s *app.Stores, cfg config.Config) (map[string][]byte, error) {
	key, err := os.ReadFile(cfg.Keys.Operational)
	if err != nil {
		return nil, errors.New("the operational key cannot be read")
	}
	generations, err := s.Shred.Keys(ctx)
	if err != nil {
		return nil, err
	}
	packed, err := json.Marshal(generations)
	if err != nil {
		return nil, err
	}
	text, err := config.File(cfg)
	return map[string][]byte{fileKey: key, fileSettings: []byte(text), fileGenerations: packed}, err
}

// writeStore writes one file, whole or not at all.
func writeStore(ctx context.Context, out io.Writer, path string, d *db.DB, store db.Store, files map[string][]byte, to []backup.Recipient) (at int64, err error) {
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path+".part"))
		}
	}()
	at, err = backup.Write(ctx, d, store, files, to, f, func(rows int64) { fmt.Fprintf(out, "%s: %d rows\n", store, rows) })
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return at, os.Rename(path+".part", path)
}

// prune removes backups of the shred store that are older than they may be.
func prune(dir string, now time.Time) (gone int, err error) {
	found, err := filepath.Glob(filepath.Join(dir, "shred-*.age"))
	if err != nil {
		return 0, err
	}
	for _, path := range found {
		stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "shred-"), ".age")
		at, err := time.Parse("20060102T150405Z", stamp)
		if err != nil || now.Sub(at) <= keepShred {
			continue
		}
		if err := os.Remove(path); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

func restoreLine(ctx context.Context, w World, args []string) error {
	set := flag.NewFlagSet("freeline restore", flag.ContinueOnError)
	dir := set.String("dir", "", "empty directory that the line comes back to")
	mainFile := set.String("main", "", "backup of the main store")
	shredFile := set.String("shred", "", "backup of the shred store, of the same moment or later")
	tombs := set.String("tombstones", "", "the newest list of what was erased, "+app.TombstoneFile)
	key := set.String("key", "", "file of the offline key")
	mainURL := set.String("store.main", "", "another place for the main database")
	shredURL := set.String("store.shred", "", "another place for the shred store")
	if err := parse(w, set, args); err != nil {
		return err
	}
	if *dir == "" || *mainFile == "" || *shredFile == "" || *key == "" {
		return errors.New("say -dir, -main, -shred and -key")
	}
	whole, err := filepath.Abs(*dir) // the settings are read from anywhere
	if err != nil {
		return err
	}
	return restore(ctx, w.Out, restoring{whole, *mainFile, *shredFile, *tombs, *key, *mainURL, *shredURL})
}

type restoring struct{ dir, main, shred, tombs, key, mainURL, shredURL string }

func restore(ctx context.Context, out io.Writer, r restoring) (err error) {
	f, err := os.Open(r.key)
	if err != nil {
		return errors.New("the file of the offline key cannot be read")
	}
	ids, err := backup.Identities(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	mainBackup, closeMain, err := openBackup(r.main, ids, db.Main)
	if err != nil {
		return err
	}
	defer closeMain()
	shredBackup, closeShred, err := openBackup(r.shred, ids, db.Shred)
	if err != nil {
		return err
	}
	defer closeShred()
	if shredBackup.At < mainBackup.At {
		return errors.New("the backup of the shred store is older than that of the main store: the newest words would not open. Take one of the same moment or later")
	}
	if err := r.empty(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.sweep())
		}
	}()
	cfg, err := r.place(shredBackup.Files)
	if err != nil {
		return err
	}
	where := app.WhereOf(cfg)
	progress := func(store db.Store) func(int64) {
		return func(rows int64) { fmt.Fprintf(out, "%s: %d rows\n", store, rows) }
	}
	for _, b := range []struct {
		*backup.Backup
		url string
	}{{mainBackup, where.Main}, {shredBackup, where.Shred}} {
		d, err := db.Open(ctx, b.url, b.Store)
		if err != nil {
			return err
		}
		err = b.Into(ctx, d, progress(b.Store))
		if err == nil && b.Store == db.Shred {
			var generations map[int64][]byte
			if err = json.Unmarshal(b.Files[fileGenerations], &generations); err == nil {
				err = shred.PutKeys(ctx, d, where.ShredKeys, generations)
			}
		}
		if err := errors.Join(err, d.Close()); err != nil {
			return err
		}
	}
	return r.bury(ctx, out, cfg, mainBackup.At)
}

func openBackup(path string, ids []backup.Identity, want db.Store) (*backup.Backup, func(), error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	b, err := backup.Open(bufio.NewReaderSize(f, 1<<20), ids)
	if err == nil && b.Store != want {
		err = fmt.Errorf("%s is a backup of the other store", filepath.Base(path))
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return b, func() { _ = f.Close() }, nil
}

// empty makes the directory that the line comes back to. One that holds anything is
// not touched.
func (r restoring) empty() error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	have, err := os.ReadDir(r.dir)
	if err == nil && len(have) > 0 {
		err = fmt.Errorf("there is something in %s already: restore into an empty directory", r.dir)
	}
	return err
}

// sweep takes half a restore away again.
func (r restoring) sweep() error {
	have, err := os.ReadDir(r.dir)
	for _, e := range have {
		err = errors.Join(err, os.RemoveAll(filepath.Join(r.dir, e.Name())))
	}
	return err
}

// place writes settings and key where the line comes back to.
func (r restoring) place(files map[string][]byte) (config.Config, error) {
	old := filepath.Join(r.dir, fileSettings)
	if err := os.WriteFile(old, files[fileSettings], 0o600); err != nil {
		return config.Config{}, err
	}
	flags := &config.Flags{}
	for name, v := range map[string]string{
		"dir": r.dir, "store.main": r.mainURL, "store.shred": r.shredURL, "keys.operational_key_file": filepath.Join(r.dir, fileKey),
	} {
		flags.Set(name, v)
	}
	cfg, err := config.Load(old, nil, flags)
	if err != nil {
		return cfg, err
	}
	if err := os.WriteFile(cfg.Keys.Operational, files[fileKey], 0o600); err != nil {
		return cfg, err
	}
	text, err := config.File(cfg)
	if err != nil {
		return cfg, err
	}
	return cfg, os.WriteFile(old, []byte(text), 0o600)
}

// bury erases again what was erased after the backup was made, as far as the list of
// tombstones reaches, and says what may have come back.
func (r restoring) bury(ctx context.Context, out io.Writer, cfg config.Config, at int64) error {
	reaches := at
	again := 0
	if r.tombs != "" {
		list, err := app.ReadTombstones(r.tombs)
		if err != nil {
			return err
		}
		s, err := app.OpenStores(ctx, app.WhereOf(cfg), "")
		if err != nil {
			return err
		}
		again, err = app.Bury(ctx, s, list)
		if err := errors.Join(err, s.Close()); err != nil {
			return err
		}
		for _, t := range list {
			reaches = max(reaches, t.At)
		}
	}
	hour := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04 MST") }
	_, err := fmt.Fprintf(out, `The line is back as it was at %s, with %d erasures done again.
What callers erased after %s may have come back: have them done again if you know of any,
and tell whoever asks. Nobody is signed in. Next: freeline check -config %s
`, hour(at), again, hour(reaches), filepath.Join(r.dir, fileSettings))
	return err
}
