package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/db"
)

// keypairCmd: keypair NAME makes a key pair for backups, as age-keygen -pq does: the
// private half in NAME.key, the public one in the variable NAME.
func keypairCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	id, err := age.GenerateHybridIdentity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".key"), []byte("# made for a test\n"+id.String()+"\n"), 0o600))
	ts.Setenv(args[0], id.Recipient().String())
}

// cutCmd: cut FILE BYTES takes bytes off the end of a file.
func cutCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 2)
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()-n))
}

// inside opens a line's stores beside the program.
func inside(ts *testscript.TestScript, dir string, do func(*app.Stores) error) {
	cfg, err := config.Load(ts.MkAbs(filepath.Join(dir, "freeline.toml")), nil, nil)
	ts.Check(err)
	s, err := app.OpenStores(context.Background(), app.WhereOf(cfg), "")
	ts.Check(err)
	ts.Check(do(s))
	ts.Check(s.Close())
}

// leafCmd: leaf DIR changes an entry of the log, as somebody with the database might.
func leafCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	inside(ts, args[0], func(s *app.Stores) error {
		return s.Main.Write(context.Background(), func(tx db.Tx) error {
			changed, err := tx.Exec(`UPDATE leaf SET hash = $1 WHERE n = 0`, make([]byte, 32))
			if err == nil && changed != 1 {
				ts.Fatalf("%d entries were changed, want 1", changed)
			}
			return err
		})
	})
}

// tablesCmd: tables DIR wants each table of a line in what was just printed.
func tablesCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	printed, seen := ts.ReadFile("stdout"), 0
	inside(ts, args[0], func(s *app.Stores) error {
		for store, d := range map[string]*db.DB{"main": s.Main, "shred": s.Store} {
			var names string
			if err := d.One(context.Background(), `SELECT group_concat(name, ' ') FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`, nil, &names); err != nil {
				return err
			}
			for name := range strings.FieldsSeq(names) {
				seen++
				if !regexp.MustCompile(`(?m)^` + store + ` +` + name + ` `).MatchString(printed) {
					ts.Fatalf("table %s of store %s is not there", name, store)
				}
			}
		}
		return nil
	})
	if seen < 20 {
		ts.Fatalf("the line has %d tables", seen)
	}
}

// turnCmd: turn DIR begins a new generation of secrets, as each night does.
func turnCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	inside(ts, args[0], func(s *app.Stores) error {
		ctx := context.Background()
		if err := s.Shred.Turn(ctx); err != nil {
			return err
		}
		for done := false; !done; {
			var err error
			if done, err = s.Shred.Portion(ctx); err != nil {
				return err
			}
		}
		n, err := s.Shred.Generation(ctx)
		if err != nil {
			return err
		}
		return s.Main.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(`UPDATE line SET generation = $1`, n)
			return err
		})
	})
}

// certificateCmd: certificate NAME makes NAME.crt and NAME.pem, for front.localhost.
func certificateCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 1)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: args[0]}, DNSNames: []string{"front.localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, like, like, &key.PublicKey, key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}

// noCanaryCmd fails if the word CANARY stands in anything that the program wrote.
func noCanaryCmd(ts *testscript.TestScript, neg bool, args []string) {
	refuseNeg(ts, neg, args, 0)
	search(ts, ".", "CANARY")
	for _, printed := range []string{"stdout", "stderr"} {
		if bytes.Contains([]byte(ts.ReadFile(printed)), []byte("CANARY")) {
			ts.Fatalf("CANARY in %s", printed)
		}
	}
}

// search fails if a text stands in a file of a directory, or in a file's name.
func search(ts *testscript.TestScript, dir, text string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if bytes.Contains([]byte(d.Name()), []byte(text)) {
			ts.Fatalf("a file is called by what must be nowhere")
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			ts.Fatalf("what must be nowhere stands in %s", path)
		}
		return err
	}))
}
