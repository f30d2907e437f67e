package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/i18n"
)

// queuesView lists the queues: what each is called, who can open what waits in it.
type queuesView struct {
	frame
	Rows []queueRow
}

func (*queuesView) name() string { return "queues" }

type queueRow struct {
	ID, Name, Team string
	Holders        int
	Rules          string // where its rules stand
	Lines          []aloudLine
}

func (a *Admin) queues(v *visit) error {
	ctx := v.r.Context()
	all, err := a.Queue.Queues(ctx)
	if err != nil {
		return err
	}
	teams, err := a.Keeper.Queues(ctx)
	if err != nil {
		return err
	}
	people, err := a.Staff.People(ctx)
	if err != nil {
		return err
	}
	s := a.shapeOf(routing.KindQueue)
	view := &queuesView{}
	for _, q := range all {
		e, err := a.present(ctx, s, routing.QueueKey(q.ID))
		if err != nil {
			return err
		}
		t := teams[q.ID]
		view.Rows = append(view.Rows, queueRow{
			string(q.ID), q.Name, wordOr(v.l, "admin.serving.", string(t)), holders(people, t), s.at(routing.QueueKey(q.ID)), onPages(a.aloud(v.l, s, e.Body)),
		})
	}
	return a.show(v, http.StatusOK, view)
}

// queueView asks what a queue is called and who can open what waits in it.
type queueView struct {
	frame
	queueInput
	ID    string // "" for a new one
	Was   string // its team now, in words
	Teams []choice
	Rules string
}

func (*queueView) name() string { return "queue" }

// Title is that of the form about a queue, or of a new one.
func (q *queueView) Title() string {
	title := q.T("admin.queue.title.new")
	if q.ID != "" {
		title = q.T("admin.queue.title")
	}
	if len(q.Faults) > 0 {
		return q.T("admin.faults.title", "title", title)
	}
	return title
}

// queueInput is the form of a queue.
type queueInput struct {
	Name string
	Team hotline.TeamID
}

// readQueue reads the form.
func readQueue(form url.Values, serving []hotline.TeamID) (in queueInput, fs faults) {
	in.Name = strings.Join(strings.Fields(strings.Map(printing, form.Get("name"))), " ")
	switch {
	case in.Name == "":
		fs.add("name", "admin.fault.queue")
	case len([]rune(in.Name)) > 40:
		fs.add("name", "admin.fault.queue.long")
	}
	in.Team = hotline.TeamID(form.Get("team"))
	if !slices.Contains(serving, in.Team) {
		in.Team = ""
		fs.add("team", "admin.fault.team")
	}
	return in, fs
}

// queueOf reads the queue that a page is about.
func (a *Admin) queueOf(v *visit) (q routing.Queue, t hotline.TeamID, err error) {
	all, err := a.Queue.Queues(v.r.Context())
	if err != nil {
		return q, t, err
	}
	i := slices.IndexFunc(all, func(q routing.Queue) bool { return string(q.ID) == v.r.PathValue("id") })
	if i < 0 {
		return q, t, ErrPage
	}
	teams, err := a.Keeper.Queues(v.r.Context())
	return all[i], teams[all[i].ID], err
}

func (a *Admin) queueForm(v *visit) error {
	q, t, err := a.queueOf(v)
	if err != nil {
		return err
	}
	return a.askQueue(v, q.ID, t, queueInput{q.Name, t})
}

func (a *Admin) queueNewForm(v *visit) error {
	return a.askQueue(v, "", "", queueInput{Team: hotline.Desk})
}

func (a *Admin) askQueue(v *visit, id hotline.QueueID, is hotline.TeamID, in queueInput) error {
	ctx := v.r.Context()
	serving, err := a.Keeper.Serving(ctx)
	if err != nil {
		return err
	}
	people, err := a.Staff.People(ctx)
	if err != nil {
		return err
	}
	view := &queueView{queueInput: in, ID: string(id)}
	if id != "" {
		view.Was, view.Rules = wordOr(v.l, "admin.serving.", string(is)), a.shapeOf(routing.KindQueue).at(routing.QueueKey(id))
	}
	for _, t := range serving {
		view.Teams = append(view.Teams, choice{
			Value: string(t), Label: wordOr(v.l, "admin.serving.", string(t)), Hint: v.l.N("admin.queue.holders", holders(people, t)), On: t == in.Team,
		})
	}
	return a.show(v, v.status(), view)
}

// queueChange renames a queue and sets its team. The team stands in the manifest,
// which the administrator's session signs.
func (a *Admin) queueChange(v *visit) error {
	q, is, err := a.queueOf(v)
	if err != nil {
		return err
	}
	return a.saveQueue(v, q.ID, is, func(in queueInput) func(db.Tx) error {
		return func(tx db.Tx) error { return routing.RenameQueue(tx, routing.Queue{ID: q.ID, Name: in.Name}) }
	})
}

// queueNew adds a queue behind those that are there, so that it takes nothing before
// its rules, or theirs, say so.
func (a *Admin) queueNew(v *visit) error {
	id := hotline.QueueID(hotline.NewID())
	return a.saveQueue(v, "", "", func(in queueInput) func(db.Tx) error {
		return func(tx db.Tx) error { return routing.AddQueue(tx, routing.Queue{ID: id, Name: in.Name}) }
	}, id)
}

func (a *Admin) saveQueue(v *visit, id hotline.QueueID, is hotline.TeamID, more func(queueInput) func(db.Tx) error, fresh ...hotline.QueueID) error {
	ctx := v.r.Context()
	serving, err := a.Keeper.Serving(ctx)
	if err != nil {
		return err
	}
	in, wrong := readQueue(v.form, serving)
	v.faults = append(v.faults, wrong...)
	if err := a.alone(ctx, v, in.Team); err != nil {
		return err
	}
	all, err := a.Queue.Queues(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(q routing.Queue) bool { return q.ID != id && strings.EqualFold(q.Name, in.Name) }) {
		v.faults.add("name", "admin.fault.queue.taken")
	}
	ok, err := a.stepped(v)
	if err != nil {
		return err
	}
	if !ok || len(v.faults) > 0 {
		return a.askQueue(v, id, is, in)
	}
	of := id
	if len(fresh) > 0 {
		of = fresh[0]
		if err := a.behind(ctx, v.me(), of, len(all)); err != nil {
			return err
		}
	}
	err = a.with(v, func(ctx context.Context, r *vault.Ring) error { return r.Queue(ctx, of, in.Team, more(in)) })
	if errors.Is(err, routing.ErrQueues) {
		v.faults.add("", "admin.fault.queues")
		return a.askQueue(v, id, is, in)
	}
	if err != nil {
		return err
	}
	return v.to("/queues?done=queue")
}

// alone refuses a team that nobody who is active holds: what arrives would open for
// nobody.
func (a *Admin) alone(ctx context.Context, v *visit, t hotline.TeamID) error {
	people, err := a.Staff.People(ctx)
	if err != nil || t == "" {
		return err
	}
	if holders(people, t) == 0 && slices.ContainsFunc(people, func(p staff.Person) bool { return p.State == staff.Active && !p.Is(hotline.Administrator) }) {
		v.faults.add("team", "admin.fault.team.empty")
	}
	return nil
}

// behind publishes the rules of a new queue: it is asked after the others.
func (a *Admin) behind(ctx context.Context, by hotline.PersonID, id hotline.QueueID, after int) error {
	body, err := marshal(map[string]int{"order": after})
	if err != nil {
		return err
	}
	return a.Editions.Begin(ctx, by, routing.QueueKey(id), body)
}

// queueNames lists the queues for the pages of their rules.
func (a *Admin) queueNames(ctx context.Context) (out []string, err error) {
	all, err := a.Queue.Queues(ctx)
	for _, q := range all {
		out = append(out, string(q.ID))
	}
	return out, err
}

// queueName is what a queue is called.
func (a *Admin) queueName(ctx context.Context, _ *i18n.Language, id string) string {
	all, err := a.Queue.Queues(ctx)
	if i := slices.IndexFunc(all, func(q routing.Queue) bool { return string(q.ID) == id }); err == nil && i >= 0 {
		return all[i].Name
	}
	return id
}

func queueParts() []part {
	ways := part{name: "channels", look: many, choices: ruleChannels(), words: "desk.channel."}
	return []part{
		{name: "order", look: number, may: true},
		ways,
		{name: "languages", look: words, may: true, code: true},
		{name: "paths", look: many, choices: rulePaths(), words: "admin.path."},
		{name: "skills", look: words, may: true},
		{name: "let", look: ranked, choices: []string{"gender", "language", "skills"}, words: "admin.let."},
		{name: "widen", look: number, may: true},
		{name: "demands", look: rows, parts: []part{ways, {name: "urgent", look: number, may: true}, {name: "skills", look: words}}},
	}
}
