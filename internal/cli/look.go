package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// found is the file of settings where none is named: FREELINE_CONFIG, or
// freeline.toml in the working directory, or none.
func found(environ []string) string {
	for _, e := range environ {
		if path, ok := strings.CutPrefix(e, "FREELINE_CONFIG="); ok && path != "" {
			return path
		}
	}
	if _, err := os.Stat("freeline.toml"); err == nil {
		return "freeline.toml"
	}
	return ""
}

// openLine opens a line's stores for a command that looks at them.
func openLine(ctx context.Context, cfg config.Config) (*app.Stores, *seal.Authority, error) {
	s, err := app.OpenStores(ctx, app.WhereOf(cfg), "")
	if err != nil {
		return nil, nil, err
	}
	a := seal.NewAuthority(s.ID, s.Main, s.Shred, cfg.Keys.Root, cfg.Keys.Signatures, time.Now, func(error) {})
	return s, a, nil
}

func logVerify(ctx context.Context, w World, args []string) error {
	set, file, settings := flags("log verify")
	if len(args) == 0 || args[0] != "verify" {
		return errors.New("say what to do with the log: freeline log verify")
	}
	if err := parse(w, set, args[1:]); err != nil {
		return err
	}
	cfg, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	s, authority, err := openLine(ctx, cfg)
	if err != nil {
		return err
	}
	n, hash, err := audit.New(s.ID, s.Main, authority).Verify(ctx)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.Out, "%d entries hold together; the head is %s\n", n, hash)
	return err
}

func dataInventory(_ context.Context, w World, args []string) error {
	if len(args) == 0 || args[0] != "inventory" {
		return errors.New("say what to do with the data: freeline data inventory")
	}
	columns, err := db.Columns()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "STORE\tTABLE\tCOLUMN\tTHE SERVER CAN READ IT\tWHY, OR WHAT OPENS IT")
	for _, c := range columns {
		yes := "yes"
		if c.Sealed {
			yes = "no, sealed"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", c.Store, c.Table, c.Name, yes, c.Why)
	}
	return t.Flush()
}
