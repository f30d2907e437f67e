package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/observe"
)

func serve(ctx context.Context, w World, args []string) error {
	set, file, settings := flags(w, "serve")
	faces := set.String("faces", "", "which pages this process serves: front, staff, partner or all")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *faces != "" && *faces != "all" {
		settings.Set("web.faces", *faces)
	}
	cfg, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	if refused := report(w.Err, config.Check(cfg)); refused {
		return errUnsafe
	}
	if err := app.Harden(); err != nil {
		fmt.Fprintln(w.Err, "warn  this process can be read by others of its account:", plain(err))
	}
	metrics := observe.NewMetrics()
	log := observe.NewLog(w.Err, cfg.Operator.LogLevel, metrics)
	a, err := app.New(ctx, cfg, log, metrics, nil)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "serving", "listen", a.Addr().String(), "pid", os.Getpid())
	return a.Run(ctx)
}
