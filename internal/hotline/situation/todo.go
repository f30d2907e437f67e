package situation

import (
	"context"
	"slices"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A ToDo is a task of any situation, with the head that says how she may be reached.
type ToDo struct {
	Task
	Handle string
	Head   *contact.Head
}

// ToDo lists what is to be done in all situations that are open to a person, what is
// due first, at most 200. It is one page: a leaf for the situations and one for what
// they hold, however many they are.
func (b *Book) ToDo(ctx context.Context, r *vault.Ring) (out []ToDo, err error) {
	var all []task
	var handles map[hotline.SituationID]string
	var rows map[hotline.ContactID]contact.Contact
	err = b.db.Read(ctx, func(tx db.Tx) (err error) {
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		all, err = tasks(tx, `done_at = 0 AND contact NOT IN (`+heldBack("$2")+`) AND situation IN (SELECT id FROM situation WHERE state = 'open') AND situation NOT IN (SELECT situation FROM conflict WHERE person = $1)
			ORDER BY due, id LIMIT 200`, r.Me(), now)
		if err != nil {
			return err
		}
		if handles, err = Handles(tx); err != nil {
			return err
		}
		rows, err = contact.Some(tx, each(all, func(t task) hotline.ContactID { return t.Contact })...)
		if err == nil {
			err = b.contacts.AsForgotten(tx, rows)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	in, err := r.Situations(ctx, each(all, func(t task) hotline.SituationID { return t.In })...)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t task) bool { return in.Open[t.In] == nil })
	var about []hotline.ContactID
	for _, id := range each(all, func(t task) hotline.ContactID { return t.Contact }) {
		if _, ok := rows[id]; ok {
			about = append(about, id)
		}
	}
	views, held, err := in.Page(ctx, about, each(about, func(id hotline.ContactID) string { return rows[id].ShredS }))
	if err != nil {
		return nil, err
	}
	heads := headsOf(views)
	for _, t := range all {
		object := rows[t.Contact].ShredS
		if t.Contact == "" {
			own := in.Open[t.In].Own()
			object, held[own.Object] = own.Object, own
		}
		v := ToDo{Task: taskOf(t, held, object), Handle: handles[t.In]}
		if h, ok := heads[t.Contact]; ok {
			v.Head = &h
		}
		out = append(out, v)
	}
	return out, nil
}

// each lists what several things name, each name once.
func each[T any, N ~string](all []T, of func(T) N) (out []N) {
	for _, t := range all {
		if n := of(t); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
