// Package demo runs a whole made-up line on one machine: fictional staff, and
// callers who come through the real pages. It is for looking and trying; nothing of
// it is in a real line.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/cli/cast"
	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/account"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/observe"
)

// Options are what the command line says.
type Options struct {
	Port  int     // 0 = one that is free
	Speed float64 // 1 = a human pace
	Quiet bool    // no callers come by themselves
	Empty bool    // and nothing stands
	Keep  string  // directory that stays; empty = a scratch one that goes
}

// Run runs the demo until ctx ends.
func Run(ctx context.Context, o Options, out io.Writer, log *slog.Logger, metrics *observe.Metrics) (err error) {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	if err := free(ctx, o.Port); err != nil {
		return err
	}
	dir := o.Keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "freeline-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	say("Making a made-up line …")
	cfg, err := settings(dir, o)
	if err != nil {
		return err
	}
	people, cfg, err := found(ctx, cfg, o.Keep)
	if err != nil {
		return err
	}
	door := &door{people}
	a, err := app.New(ctx, cfg, log, metrics, door)
	if err != nil {
		return err
	}
	say("Hiring its people …")
	port := strconv.Itoa(a.Addr().(*net.TCPAddr).Port) //nolint:errcheck,forcetypeassert // the demo listens on TCP
	run, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(run) }() // waited for below
	begun := people.Hired               // a line that was kept has its scenes already
	if err := people.Hire(ctx, a.Line); err != nil {
		stop()
		return errors.Join(err, <-ended)
	}
	var there sync.WaitGroup // made-up people, who go with the demo
	if !o.Quiet && !o.Empty {
		there.Go(func() { ring(run, a, o.Speed, log) })
	}
	if !begun && !o.Empty {
		say("Setting its scenes …") // before anybody can enter, to whom their callers would be offered
		s := &stage{line: a.Line, people: people, port: port, rings: map[string]vault.Token{}, seen: map[hotline.ContactID]bool{}}
		for _, name := range []string{"Noor", "Mateo"} {
			there.Go(func() {
				if err := s.stay(run, "demo", name); err != nil && run.Err() == nil {
					say("(%s has left the desk: %v)", name, err)
				}
			})
		}
		play(run, s, say)
	}
	greet(say, port, o)
	if !o.Quiet && !o.Empty {
		there.Go(func() {
			trickle(run, port, pace{between: 40 * time.Second, types: 9 * time.Second, speed: o.Speed, most: 8}, log)
		})
	}
	err = <-ended
	stop()
	there.Wait()
	return err
}

// free says plainly that a port is taken.
func free(ctx context.Context, port int) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d is taken by another program: stop it, or say another one with -port", port)
	}
	return l.Close()
}

func greet(say func(string, ...any), port string, o Options) {
	say("")
	say("Harbour Line is open. Nothing of it is real.")
	say("")
	say("  A caller's page     http://line.localhost:%s", port)
	say("  The advocates' desk http://desk.localhost:%s", port)
	say("")
	say("What to try:")
	say("  1. Open the desk and enter as Amina, advocate: one click.")
	say("  2. In another window (a private one, or a phone's size) open the caller's page and write.")
	say("  3. Take it at the desk and answer. Enter as Sana, supervisor, and look at the board.")
	say("  4. On the caller's page press Leave now, and then Back.")
	say("  5. At a contact: type / for phrases, F8 if somebody is with her, and fill the call form.")
	say("  6. Enter as Mirela, translator, and translate for Noor. Enter as Ines and change a form tonight.")
	if !o.Empty {
		say("  7. As Noor: Situations, a mother and her daughter; a task is overdue, and no call may leave.")
	}
	if !o.Empty {
		say("  8. As Noor: What the law asks, beside the one who is 16. A decision waits, and its clock runs.")
		say("  9. As Mateo: help is called from outside, and on its way; Sana sees its clock on the board. F9 calls it for anybody.")
		say(" 10. As Ines: All that is edited, the procedure for who says nothing. It is not put in force before Joy, of the council, has signed it.")
		say(" 11. As Lena: What went wrong. Noor has reported a near miss of her own; nobody puts it right yet.")
		say(" 12. As Oskar, privacy officer: Legal requests, a subpoena waits for an answer, and the search for it has ended.")
	}
	switch {
	case o.Empty:
		say("Nothing stands, and no callers come by themselves (-empty).")
	case o.Quiet:
		say("No callers come by themselves (-quiet).")
	default:
		say("Made-up callers come by themselves, in five languages; some are in danger. One telephones every minute or so:")
		say("the desk rings once you have tried your microphone there. A machine speaks for who calls, or hums; nobody is there.")
	}
	say("Stop it with Ctrl-C.")
}

func settings(dir string, o Options) (config.Config, error) {
	flags := &config.Flags{}
	for name, v := range map[string]string{
		"dir": dir, "web.listen": net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)), "web.front_host": "line.localhost", "web.staff_host": "desk.localhost",
		"web.partner_host": "partner.localhost", "operator.listen": "", "web.faces": "front,staff",
	} {
		flags.Set(name, v)
	}
	cfg, err := config.Load("", nil, flags)
	if err != nil || o.Quiet || o.Empty { // where nobody calls, no desk asks for a microphone
		return cfg, err
	}
	return withTelephone(cfg)
}

// found makes the line, or finds one that was kept.
func found(ctx context.Context, cfg config.Config, keep string) (*cast.Cast, config.Config, error) {
	file := filepath.Join(cfg.Dir, "demo.json")
	if keep != "" {
		c, err := cast.Again(file)
		if err == nil {
			cfg.Keys.Root = c.Root
		}
		if !errors.Is(err, os.ErrNotExist) {
			return c, cfg, err
		}
	}
	c := cast.New(file)
	abouts, err := abouts()
	if err != nil {
		return nil, cfg, err
	}
	f, cfg, err := app.Found(ctx, app.Setup{
		Config: cfg, Name: "Harbour Line", Languages: []string{"en", "es", "fr", "ar", "fil"},
		Hours:  routing.Hours{Zone: "UTC", Week: everyDay("24h")},
		Abouts: abouts,
		Places: emergency.Shipped(),
		Queues: []account.Queue{{ID: "main", Name: "Harbour Line", Team: hotline.Desk}},
		First:  staff.Person{Pseudonym: "Ines", Languages: []string{"en"}}, Second: staff.Person{Pseudonym: "Tomas", Languages: []string{"en"}},
	})
	if err != nil {
		return nil, cfg, err
	}
	c.Founded(f)
	return c, cfg, nil
}

func everyDay(hours string) map[string][]string {
	week := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week[d] = []string{hours}
	}
	return week
}

func abouts() (map[string]string, error) {
	runBy := map[string]string{
		"en":  "Harbour Line is run by Open Hand, a charity. This one is made up, and nobody real answers.",
		"es":  "Harbour Line es de Open Hand, una organización benéfica. Es inventada, y no responde nadie real.",
		"fr":  "Harbour Line est tenue par Open Hand, une association. Elle est inventée, et personne de réel ne répond.",
		"ar":  "\u200fHarbour Line تديره جمعية Open Hand الخيرية. هذا الخط مخترع، ولا يجيب فيه أحد حقيقي.",
		"fil": "Ang Harbour Line ay pinapatakbo ng Open Hand, isang kawanggawa. Gawa-gawa lang ang linyang ito, at walang totoong sumasagot.",
	}
	out := map[string]string{}
	for lang, text := range runBy {
		b, err := json.Marshal(policy.About{
			Name: "Harbour Line", RunBy: text, Phone: policy.Number{Dial: "+15550109", Shown: "+1 555 0109"},
			Emergency: policy.Number{Dial: "112", Shown: "112"},
		})
		if err != nil {
			return nil, err
		}
		out[lang] = string(b)
	}
	return out, nil
}
