package situation_test

import (
	"slices"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// The list of what is to be done is one page: it asks the log and the databases as often
// for five situations as for one. Whoever may not open one of them sees the others, and
// nothing of that one.
func TestToDoIsOnePage(t *testing.T) {
	lines(t, func(t *testing.T, h *line) {
		ana, bea := h.Hire(t, hotline.Advocate), h.Hire(t, hotline.Advocate)
		var all []situation.Situation
		more := func(name string) {
			t.Helper()
			s := h.create(t, ana, h.live(t, ana, "words").Contact)
			all = append(all, s)
			c := hotline.ContactID(h.One(t, `SELECT of FROM part WHERE situation = $1`, s.ID))
			h.task(t, ana, s.ID, c, name+", of her")
			h.task(t, ana, s.ID, "", name+", of the situation")
			h.Close(t, ana, c)
		}
		leaves := func(f func()) int {
			t.Helper()
			before := h.Count(t, `SELECT count(*) FROM leaf`)
			f()
			return h.Count(t, `SELECT count(*) FROM leaf`) - before
		}
		cost := func() (log, asked int) {
			t.Helper()
			h.todo(t, ana) // what is slow once has been
			return leaves(func() { h.todo(t, ana) }), len(h.Engine.Statements(t, func() { h.todo(t, ana) }))
		}
		more("1")
		log, asked := cost()
		if log != 2 {
			t.Errorf("%d leaves, want one for the situations and one for what they hold", log)
		}
		for _, name := range []string{"2", "3", "4", "5"} {
			more(name)
		}
		if l, a := cost(); l != log || a != asked {
			t.Errorf("five situations cost %d leaves and %d statements, one %d and %d", l, a, log, asked)
		}
		var want []string
		for _, name := range []string{"1", "2", "3", "4", "5"} {
			want = append(want, name+", of her, safe", name+", of the situation")
		}
		same(t, h.todo(t, bea), want...)

		must(t, h.s.Conflict(t.Context(), bea.ID, all[1].ID))
		h.SQL(t, `DELETE FROM key_grant WHERE grantee = 'team/desk' AND object = (SELECT shred_s FROM situation WHERE id = $1)`, all[3].ID)
		same(t, h.todo(t, bea), slices.Concat(want[:2], want[4:6], want[8:])...)
		must(t, h.with(t, bea, func(r *vault.Ring) error {
			in, err := r.Situations(t.Context(), all[1].ID, all[2].ID, all[3].ID)
			if err == nil && (len(in.Open) != 1 || in.Open[all[2].ID] == nil) {
				t.Errorf("%d of them open, want the one that she may", len(in.Open))
			}
			return err
		}))
		if n := leaves(func() {
			_, err := h.open(t, ana, all[0].ID)
			must(t, err)
		}); n != 2 {
			t.Errorf("a situation is opened by %d leaves, want 2", n)
		}
	})
}

func (h *line) task(t testing.TB, p *hotlinetest.Person, s hotline.SituationID, c hotline.ContactID, text string) {
	t.Helper()
	must(t, h.with(t, p, func(r *vault.Ring) error {
		return h.s.Assign(t.Context(), r, s, situation.Task{ID: hotline.NewID(), Contact: c, Due: h.Now(t), Text: say(text)})
	}))
}

// todo is what a person reads of what is to be done, in no order, and whether how to
// reach her safely stands beside it.
func (h *line) todo(t testing.TB, p *hotlinetest.Person) (out []string) {
	t.Helper()
	must(t, h.with(t, p, func(r *vault.Ring) error {
		all, err := h.s.ToDo(t.Context(), r)
		for _, v := range all {
			text := v.Text.Reveal()
			if v.Head != nil {
				text += ", safe"
			}
			if v.Gone || v.Handle == "" {
				t.Error("a task that does not open, or of no situation")
			}
			out = append(out, text)
		}
		return err
	}))
	slices.Sort(out)
	return out
}
