package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/observe"
)

// lean is how much garbage a line may hold, in percent of what it needs: a quarter of what is
// usual. At 100 calls that is a third less memory for some percent more work (make bench shows
// both). The variable GOGC says another.
const lean = 25

func serve(ctx context.Context, w World, args []string) error {
	set, file, settings := flags("serve")
	faces := set.String("faces", "", "which pages this process serves: front, staff, partner or all")
	if err := parse(w, set, args); err != nil {
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
	if !slices.ContainsFunc(w.Environ, func(v string) bool { return strings.HasPrefix(v, "GOGC=") }) {
		debug.SetGCPercent(lean)
	}
	metrics := observe.NewMetrics()
	log := observe.NewLog(w.Err, cfg.Operator.LogLevel, metrics)
	a, err := app.New(ctx, cfg, log, metrics, nil)
	if taken, ok := errors.AsType[*net.OpError](err); ok && errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("the address %s is taken by another program, or by this line itself: stop that, or say another one in web.listen or operator.listen", taken.Addr)
	}
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "serving", "listen", a.Addr().String(), "pid", os.Getpid())
	return a.Run(ctx)
}
