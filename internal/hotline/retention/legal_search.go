package retention

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/situation"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/jobs"
	"github.com/freeline-org/freeline/internal/problem"
)

// JobSearch is the kind of the supervisors' job that looks for what a legal request asks
// after. It names the search alone.
const JobSearch = "legal search"

// ErrSearching says that the search has not ended yet.
var ErrSearching = problem.New(problem.Conflict, "legal.searching")

const (
	atOnce = 200 // contacts of one portion
	around = 20  // situations of one
	spell  = 25  // portions that one session does before others have their turn
)

// Stages of a search.
const (
	inContacts   = "contacts"
	inSituations = "situations"
	searched     = "done"
)

// search is its row.
type search struct {
	id, legal, stage, after string
	at, n                   int64
	by                      hotline.PersonID
	sealed                  []byte
}

// portionFound is what one portion of a search found, as its session seals it to the
// privacy team.
type portionFound struct {
	Contacts   int64                 `json:"contacts"`
	Situations int64                 `json:"situations"`
	Gone       int64                 `json:"gone"`
	Shut       int64                 `json:"shut"`
	Found      []hotline.ContactID   `json:"found,omitempty"`
	Around     []hotline.SituationID `json:"around,omitempty"` // situations in which somebody or something fits
	Last       bool                  `json:"last,omitempty"`
}

// Search has the supervisors' sessions look for words. They are sealed for the machine in
// those sessions alone; a search of the same request that has not ended ends here.
func (l *Legal) Search(ctx context.Context, ring *vault.Ring, id string, seen int, typed seal.Text, words []string) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Searches)
	if err != nil {
		return err
	}
	key, put, err := ring.NewSearch(ctx)
	if err != nil {
		return err
	}
	var now int64
	if err := l.Main.Read(ctx, func(tx db.Tx) (err error) { now, err = db.Now(tx); return err }); err != nil {
		return err
	}
	search := key.Object
	salt := box.Random(16)
	s := policy.Statement{Line: l.Line, Request: id, Search: search, Salt: salt, Sought: policy.Commit(l.Line, salt, words), Until: now, Where: policy.LegalWhere()}
	sealed := key.Seal().Row("legal_search", "sealed", search, 1, typed)
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, policy.LegalAct{Kind: policy.Searches, Search: search, Statement: s.JSON()}, func(tx db.Tx) error {
		if req.Running != "" {
			if err := dropSearch(tx, req.Running); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO legal_search (id, legal, at, stage, after, n, contacts, situations, gone, shut, by_person, sealed) VALUES ($1, $2, $3, $4, '', 0, 0, 0, 0, 0, '', $5)`, search, id, now, inContacts, sealed); err != nil {
			return err
		}
		return jobs.Enqueue(tx, jobs.Job{Kind: JobSearch, Key: search, Body: search, Team: string(hotline.Supervisors)})
	}, put)
	if err == nil && req.Running != "" {
		err = l.Shred.Destroy(ctx, req.Running)
	}
	return err
}

// dropSearch deletes a search and what it found.
func dropSearch(tx db.Tx, id string) error {
	for _, q := range []string{`DELETE FROM legal_found WHERE search = $1`, `DELETE FROM legal_search WHERE id = $1`, `DELETE FROM key_grant WHERE object = $1`} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return jobs.Cancel(tx, JobSearch, id)
}

// Work does some portions of a search in a supervisor's session: the jobs of [JobSearch].
func (l *Legal) Work(ctx context.Context, ring *vault.Ring, j jobs.Job) error {
	for range spell {
		done, err := l.Portion(ctx, ring, j.Body)
		if done || err != nil {
			return err
		}
	}
	return jobs.Again(time.Second)
}

// Portion looks at the next contacts, or situations, of a search, and reports whether it
// has ended. What it found is kept with how far it came, or neither is: a session that
// ends in between leaves the rest to another. Of two at once one counts.
func (l *Legal) Portion(ctx context.Context, ring *vault.Ring, id string) (bool, error) {
	s := search{id: id}
	err := l.Main.One(ctx, `SELECT legal, stage, after, at, n, by_person, sealed FROM legal_search WHERE id = $1`, []any{id}, &s.legal, &s.stage, &s.after, &s.at, &s.n, &s.by, &s.sealed)
	if errors.Is(err, db.ErrNoRows) || err == nil && s.stage == searched {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	key, err := ring.Seeking(ctx, id, s.by == ring.Me())
	if err != nil {
		return false, err
	}
	typed, err := key.Row("legal_search", "sealed", id, 1, s.sealed)
	if err != nil {
		return false, err
	}
	match, err := matcher(typed)
	if err != nil {
		return false, err
	}
	look := l.lookAtContacts
	if s.stage == inSituations {
		look = l.lookAtSituations
	}
	found, next, err := look(ctx, ring, s, match)
	if err != nil {
		return false, err
	}
	return found.Last, l.saw(ctx, ring, s, found, next)
}

// saw keeps what a portion found, and how far the search is. When it has ended, what it
// looked for is destroyed.
func (l *Legal) saw(ctx context.Context, ring *vault.Ring, s search, found portionFound, next search) error {
	plain, err := json.Marshal(found)
	if err != nil {
		return fmt.Errorf("legal search: %w", err)
	}
	f, err := ring.Find(s.id, s.n+1, plain)
	if err != nil {
		return err
	}
	err = l.Main.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(`UPDATE legal_search SET stage = $3, after = $4, n = n + 1, contacts = contacts + $5, situations = situations + $6, gone = gone + $7, shut = shut + $8, by_person = $9 WHERE id = $1 AND n = $2`,
			s.id, s.n, next.stage, next.after, found.Contacts, found.Situations, found.Gone, found.Shut, ring.Me())
		if err != nil || n == 0 {
			return err // another session was first
		}
		if _, err := tx.Exec(`INSERT INTO legal_found (search, n, sealed, signer, sig) VALUES ($1, $2, $3, $4, $5)`, s.id, s.n+1, f.Sealed, f.Signer, f.Sig); err != nil {
			return err
		}
		if !found.Last {
			return nil
		}
		now, err := db.Now(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE legal_search SET done_at = $2, sealed = NULL WHERE id = $1`, s.id, now); err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM key_grant WHERE object = $1`, s.id)
		return err
	})
	if err == nil && found.Last {
		err = l.Shred.Destroy(ctx, s.id)
	}
	return err
}

func (l *Legal) lookAtContacts(ctx context.Context, ring *vault.Ring, s search, match func(vault.Sealed, seal.Text) bool) (f portionFound, next search, err error) {
	var all []contact.Searched
	err = l.Main.Read(ctx, func(tx db.Tx) (err error) {
		all, err = contact.SearchPortion(tx, hotline.ContactID(s.after), s.at, atOnce)
		return err
	})
	if err != nil {
		return f, next, err
	}
	rows := make([]vault.Sealed, 0, 2*len(all))
	for _, c := range all {
		rows = append(rows,
			vault.Sealed{Object: c.ShredS, Head: true, Table: "contact", Column: "head", Row: string(c.ID), Version: c.HeadN, Bytes: c.Head},
			vault.Sealed{Object: c.ShredK, Table: "contact", Column: "way", Row: string(c.ID), Version: c.WayN, Bytes: c.Way})
	}
	sights, err := ring.Seek(ctx, nil, rows, match)
	if err != nil {
		return f, next, err
	}
	next = search{stage: inContacts}
	for i, c := range all {
		head, way := sights[2*i], sights[2*i+1]
		next.after = string(c.ID)
		f.Contacts++
		if head == vault.Gone && way == vault.Gone {
			f.Gone++
		}
		for _, sight := range []vault.Sight{head, way} {
			if sight == vault.Shut {
				f.Shut++
			}
		}
		if head == vault.Hit || way == vault.Hit {
			f.Found = append(f.Found, c.ID)
		}
	}
	if len(all) < atOnce {
		next = search{stage: inSituations}
	}
	return f, next, nil
}

func (l *Legal) lookAtSituations(ctx context.Context, ring *vault.Ring, s search, match func(vault.Sealed, seal.Text) bool) (f portionFound, next search, err error) {
	var ids []hotline.SituationID
	var of map[hotline.SituationID][]vault.Sealed
	err = l.Main.Read(ctx, func(tx db.Tx) (err error) {
		ids, of, err = situation.SearchPortion(tx, hotline.SituationID(s.after), around)
		return err
	})
	if err != nil {
		return f, next, err
	}
	var rows []vault.Sealed
	var owner []hotline.SituationID
	for _, id := range ids {
		for _, row := range of[id] {
			rows, owner = append(rows, row), append(owner, id)
		}
	}
	sights, err := ring.Seek(ctx, ids, rows, match)
	if err != nil {
		return f, next, err
	}
	hit := map[hotline.SituationID]bool{}
	for i, sight := range sights {
		switch {
		case sight == vault.Shut:
			f.Shut++
		case sight == vault.Hit && !hit[owner[i]]:
			hit[owner[i]] = true
			f.Around = append(f.Around, owner[i])
		}
	}
	f.Situations = int64(len(ids))
	next = search{stage: inSituations}
	if len(ids) > 0 {
		next.after = string(ids[len(ids)-1])
	}
	if len(ids) < around {
		next.stage, f.Last = searched, true
	}
	return f, next, nil
}

// A Progress is how far a search is.
type Progress struct {
	Contacts, Of int64
	Done         bool
}

// Progress reads how far a search is. One that is lost, since an older database was brought
// back, has not begun: another one takes its place.
func (l *Legal) Progress(ctx context.Context, search string) (p Progress, err error) {
	return p, l.Main.Read(ctx, func(tx db.Tx) error {
		var stage string
		err := tx.QueryRow(`SELECT stage, contacts FROM legal_search WHERE id = $1`, search).Scan(&stage, &p.Contacts)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return err
		}
		p.Done = stage == searched
		p.Of, err = contact.CountContacts(tx)
		return err
	})
}

// Collect takes in what a search found. It says what was searched, and when, in a
// statement that the line signs; what the sessions left for it is deleted.
func (l *Legal) Collect(ctx context.Context, ring *vault.Ring, id string, seen int) error {
	req, k, err := l.begun(ctx, ring, id, seen, policy.Finds)
	if err != nil {
		return err
	}
	if req.Running == "" {
		return policy.ErrLegalAct
	}
	s, found, err := l.collected(ctx, ring, req)
	if err != nil {
		return err
	}
	body := s.JSON()
	sig := l.Intake(l.Line.Said(policy.LegalDomain, []byte(body)))
	_, err = l.Desk.Take(ctx, ring.Me(), k, id, seen, policy.LegalAct{Kind: policy.Finds, Search: req.Running, IDs: found, Statement: body, Sig: sig},
		func(tx db.Tx) error { return dropSearch(tx, req.Running) })
	if err == nil {
		err = l.Shred.Destroy(ctx, req.Running) // where the session that ended it could not
	}
	return err
}

// collected opens what all portions found: each signed by a session of a supervisor's,
// none missing, the last of them the last.
func (l *Legal) collected(ctx context.Context, ring *vault.Ring, req policy.Legal) (s policy.Statement, found []hotline.ContactID, err error) {
	for _, a := range req.Acts {
		if a.Kind == policy.Searches && a.Search == req.Running {
			if s, err = policy.ParseStatement(a.Statement); err != nil {
				return s, nil, err
			}
		}
	}
	var sealed []vault.Finding
	err = l.Main.Read(ctx, func(tx db.Tx) error {
		sealed = nil
		if err := tx.QueryRow(`SELECT done_at FROM legal_search WHERE id = $1`, req.Running).Scan(&s.Ended); err != nil {
			return err
		}
		if s.Ended == 0 {
			return ErrSearching
		}
		rows, err := tx.Query(`SELECT sealed, signer, sig FROM legal_found WHERE search = $1 ORDER BY n`, req.Running)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var f vault.Finding
			if err := rows.Scan(&f.Sealed, &f.Signer, &f.Sig); err != nil {
				return err
			}
			sealed = append(sealed, f)
		}
		return rows.Err()
	})
	if err != nil {
		return s, nil, err
	}
	last := false
	seen := map[hotline.ContactID]bool{}
	add := func(ids ...hotline.ContactID) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				found = append(found, id)
			}
		}
	}
	for i, f := range sealed {
		plain, err := ring.Found(req.Running, int64(i+1), f)
		if err != nil {
			return s, nil, err
		}
		var p portionFound
		if err := json.Unmarshal(plain, &p); err != nil || last {
			return s, nil, fmt.Errorf("legal search: %w", seal.ErrUnvouched)
		}
		last = p.Last
		s.Contacts, s.Situations, s.Gone, s.Shut = s.Contacts+p.Contacts, s.Situations+p.Situations, s.Gone+p.Gone, s.Shut+p.Shut
		add(p.Found...)
		for _, around := range p.Around {
			var in []hotline.ContactID
			if err := l.Main.Read(ctx, func(tx db.Tx) (err error) { in, err = situation.Contacts(tx, around); return err }); err != nil {
				return s, nil, err
			}
			add(in...)
		}
	}
	if !last {
		return s, nil, fmt.Errorf("legal search: %w", seal.ErrUnvouched)
	}
	s.Found = int64(len(found))
	return s, found, nil
}

// Signed is the newest statement of a request with what proves it to whoever has the
// public half of the line's root.
func (l *Legal) Signed(ctx context.Context, req policy.Legal) (policy.Signed, error) {
	body, sig := req.Statement()
	if body == "" {
		return policy.Signed{}, policy.ErrLegal
	}
	v, err := l.Authority.Current(ctx)
	if err != nil {
		return policy.Signed{}, err
	}
	return policy.NewSigned(body, sig, v.Proof()), nil
}
