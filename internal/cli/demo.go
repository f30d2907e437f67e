package cli

import (
	"context"
	"errors"
	"flag"
	"log/slog"

	"github.com/freeline-org/freeline/internal/cli/demo"
	"github.com/freeline-org/freeline/internal/observe"
)

func runDemo(ctx context.Context, w World, args []string) error {
	set := flag.NewFlagSet("freeline demo", flag.ContinueOnError)
	var o demo.Options
	set.IntVar(&o.Port, "port", 8080, "port to listen on, on this machine alone; 0 takes one that is free")
	set.Float64Var(&o.Speed, "speed", 1, "how fast the made-up callers are; 1 is a human pace")
	set.BoolVar(&o.Quiet, "quiet", false, "no callers come by themselves; what the demo begins with stands all the same")
	set.BoolVar(&o.Empty, "empty", false, "no callers come by themselves, and the demo begins with nothing")
	set.StringVar(&o.Keep, "keep", "", "directory that stays, and is gone on with the next time")
	if err := parse(w, set, args); err != nil {
		return err
	}
	if o.Speed <= 0 || o.Speed > 100 {
		return errors.New("-speed is between 0 and 100")
	}
	metrics := observe.NewMetrics()
	return demo.Run(ctx, o, w.Out, observe.NewLog(w.Err, slog.LevelWarn, metrics), metrics)
}
