package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/stats"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// A spy has the whole database at every moment, its files and its log, and keeps all of
// it. With the key of the team of figures she also opens what waits to be counted. She
// wants to know which contact a fact is of.
type spy struct {
	w      *hotlinetest.World
	key    *hotlinetest.Person // of the figures
	rows   map[hotline.ContactID]string
	known  map[string][]hotline.ContactID // pending: whose it may be, by the moment
	facts  map[string]int64
	closed []hotline.ContactID          // in the order in which they closed
	whose  map[string]hotline.ContactID // what is true: codes of a fact, which no two share
	ranks  map[string][]float64         // how well one order tells another, in each batch
	wrong  []string
}

func newSpy(t *testing.T, w *hotlinetest.World, key *hotlinetest.Person) *spy {
	t.Helper()
	s := &spy{w: w, key: key, whose: map[string]hotline.ContactID{}, known: map[string][]hotline.ContactID{}, ranks: map[string][]float64{}}
	s.rows, s.facts = s.contacts(t), s.released(t)
	for id := range s.pending(t) {
		s.known[id] = nil
	}
	return s
}

func (s *spy) found(format string, args ...any) {
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// contacts is everything that stands of each contact.
func (s *spy) contacts(t *testing.T) map[hotline.ContactID]string {
	t.Helper()
	out := map[hotline.ContactID]string{}
	s.each(t, `SELECT c.id, CAST(c.head_n AS TEXT) || c.state || CAST(c.epoch AS TEXT) || CAST(c.facts_wait AS TEXT) ||
		CAST((SELECT count(*) FROM leaf l WHERE l.object = c.id) AS TEXT) FROM contact c`, func(id, row string) { out[hotline.ContactID(id)] = row })
	return out
}

func (s *spy) each(t *testing.T, q string, f func(a, b string)) {
	t.Helper()
	hotlinetest.Must(t, s.w.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(q)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, b string
			if err := rows.Scan(&a, &b); err != nil {
				return err
			}
			f(a, b)
		}
		return rows.Err()
	}))
}

func (s *spy) released(t *testing.T) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	s.each(t, `SELECT codes, CAST(n AS TEXT) FROM fact`, func(codes, n string) { _, _ = fmt.Sscan(n, new(int64)); out[codes]++ })
	return out
}

// look compares this moment with the last one.
func (s *spy) look(t *testing.T) {
	t.Helper()
	rows := s.contacts(t)
	var touched []hotline.ContactID
	for id, row := range rows {
		if s.rows[id] != row {
			touched = append(touched, id)
		}
	}
	s.rows = rows
	pending := s.pending(t)
	var fresh []string
	for id := range pending {
		if _, was := s.known[id]; !was {
			fresh, s.known[id] = append(fresh, id), touched
		}
	}
	if len(fresh) > 0 {
		s.came(t, pending, fresh, touched)
	}
	gone := 0
	for id := range s.known {
		if _, is := pending[id]; !is {
			gone++
			delete(s.known, id)
		}
	}
	facts := s.released(t)
	if more := len(facts) - len(s.facts); gone != 0 && gone < stats.Lot || more > gone {
		s.found("%d facts of %d waiting ones were released at once", more, gone)
	}
	s.facts = facts
}

// pending is what waits, sealed.
func (s *spy) pending(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	hotlinetest.Must(t, s.w.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(`SELECT id, sealed FROM fact_pending`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var b []byte
			if err := rows.Scan(&id, &b); err != nil {
				return err
			}
			out[id] = b
		}
		return rows.Err()
	}))
	return out
}

// came looks at facts that have just left their heads.
func (s *spy) came(t *testing.T, pending map[string][]byte, fresh []string, touched []hotline.ContactID) {
	t.Helper()
	if len(touched) < stats.Lot {
		s.found("%d facts came at a moment at which only %d contacts changed", len(fresh), len(touched))
	}
	size := len(pending[fresh[0]])
	truth := map[string]hotline.ContactID{}
	s.w.With(t, s.key, func(r *vault.Ring) error {
		opened, err := r.Facts(t.Context(), pending)
		for _, id := range fresh {
			if len(pending[id]) != size {
				s.found("a fact is known by its length")
			}
			var f map[string]json.RawMessage
			hotlinetest.Must(t, json.Unmarshal([]byte(opened[id]), &f))
			if keys := slices.Sorted(maps.Keys(f)); !slices.Equal(keys, []string{"facts", "month"}) {
				s.found("a fact says %q", keys)
			}
			var of stats.Fact
			hotlinetest.Must(t, json.Unmarshal([]byte(opened[id]), &of))
			truth[id] = s.whose[of.Facts["region"][0]]
		}
		return err
	})
	if len(fresh) < 3 {
		return
	}
	contacts := s.orders(t, touched, false, nil)
	for a, of := range s.orders(t, nil, true, pending) {
		of = slices.DeleteFunc(of, func(id string) bool { return !slices.Contains(fresh, id) })
		for b, in := range contacts {
			s.ranks[a+" / "+b] = append(s.ranks[a+" / "+b], rank(of, in, truth))
		}
	}
	for _, id := range fresh {
		if got := s.w.Holding(t, id); !slices.Equal(got, []string{"main fact_pending.id"}) {
			s.found("the name of a fact stands in %q", got)
		}
	}
}

// orders are the orders in which rows stand, however one comes by them: of facts that
// wait, or of contacts.
func (s *spy) orders(t *testing.T, only []hotline.ContactID, facts bool, pending map[string][]byte) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	read := func(name, q string) {
		t.Helper()
		var all []string
		s.each(t, q, func(id, _ string) {
			if facts || slices.Contains(only, hotline.ContactID(id)) {
				all = append(all, id)
			}
		})
		out[name] = all
	}
	lite := s.w.Engine.Name == string(db.SQLite)
	if facts {
		read("as they stand", `SELECT id, '' FROM fact_pending`)
		if lite {
			out["in the files"] = s.inFiles(t, maps.Keys(pending), func(id string) []byte { return pending[id][len(pending[id])-32:] })
			out["names in the files"] = s.inFiles(t, maps.Keys(pending), func(id string) []byte { return []byte(id) })
		} else {
			read("by place", `SELECT id, '' FROM fact_pending ORDER BY ctid`)
			read("by command", `SELECT id, '' FROM fact_pending ORDER BY xmin::text::bigint, cmin::text::bigint`)
		}
		return out
	}
	read("by id", `SELECT id, '' FROM contact ORDER BY id`)
	read("by closing", `SELECT id, '' FROM contact ORDER BY state_at, id`)
	read("by arrival", `SELECT id, '' FROM contact ORDER BY began, id`)
	if lite {
		read("by row", `SELECT id, '' FROM contact ORDER BY rowid`)
		read("by the log", `SELECT object, '' FROM leaf ORDER BY rowid`)
		heads := map[string][]byte{}
		hotlinetest.Must(t, s.w.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
			for _, id := range only {
				var b []byte
				if err := tx.QueryRow(`SELECT head FROM contact WHERE id = $1`, id).Scan(&b); err != nil {
					return err
				}
				heads[string(id)] = b[:32]
			}
			return nil
		}))
		out["in the files"] = s.inFiles(t, maps.Keys(heads), func(id string) []byte { return heads[id] })
	} else {
		read("by place", `SELECT id, '' FROM contact ORDER BY ctid`)
		read("by command", `SELECT id, '' FROM contact ORDER BY xmin::text::bigint, cmin::text::bigint`)
		read("by the log", `SELECT object, '' FROM leaf ORDER BY ctid`)
	}
	for name, all := range out { // what was done last counts
		slices.Reverse(all)
		var once []string
		for _, id := range all {
			if !slices.Contains(once, id) {
				once = append(once, id)
			}
		}
		slices.Reverse(once)
		out[name] = once
	}
	return out
}

// inFiles orders things by where they stand last in the database's file and its log.
func (s *spy) inFiles(t *testing.T, ids func(func(string) bool), of func(string) []byte) []string {
	t.Helper()
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(s.w.Engine.MainURL + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	at := map[string]int{}
	for id := range ids {
		at[id] = bytes.LastIndex(all, of(id))
	}
	out := slices.Sorted(maps.Keys(at))
	slices.SortStableFunc(out, func(a, b string) int { return at[a] - at[b] })
	return out
}

// rank says how well the order of contacts tells that of facts: 1 or -1 where it does.
func rank(facts, contacts []string, truth map[string]hotline.ContactID) float64 {
	var sum float64
	for i, f := range facts {
		d := float64(i - slices.Index(contacts, string(truth[f])))
		sum += d * d
	}
	n := float64(len(facts))
	return 1 - 6*sum/(n*(n*n-1))
}

// most is how well an order may tell another, in the middle of all batches, before it
// is no chance any more: more than five deviations.
const most = 0.65

// says is all that the spy has found out.
func (s *spy) says() []string {
	out := slices.Clone(s.wrong)
	for name, all := range s.ranks {
		var sum float64
		for _, r := range all {
			sum += r
		}
		if math.Abs(sum/float64(len(all))) > most {
			out = append(out, fmt.Sprintf("facts by order: %s, %.2f", name, all))
		}
	}
	slices.Sort(out)
	return out
}

// close closes contacts with facts that no two of them share.
func (s *spy) close(t *testing.T, ana *hotlinetest.Person, n int) {
	t.Helper()
	codes := rand.Perm(n)
	for i := range n {
		region := fmt.Sprintf("x_%c%c%c", 'a'+len(s.closed)/n%26, 'a'+codes[i]/26, 'a'+codes[i]%26)
		id := closeAs(t, s.w, ana, hotline.Facts{"type": {"tip"}, "region": {region}})
		s.whose[region], s.closed = id, append(s.closed, id)
		s.look(t)
	}
}

// P12: with everything that the databases, their files and the log say at every moment,
// and with the key of the figures, no time, order, row, lot or page leads from a fact to
// its contact.
func TestFactsLeadToNobody(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, sue, ina := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Supervisor), w.Hire(t, hotline.Analyst)
		f, s := figuresOf(w), newSpy(t, w, ina)
		for range 3 {
			s.close(t, ana, stats.Lot)
			tell(t, w, f, ana)
			s.look(t)
			draw(t, w, f, sue)
			s.look(t)
		}
		for _, what := range s.says() {
			t.Error(what)
		}
		if len(s.ranks) < 10 || len(s.facts) == 0 {
			t.Errorf("the spy has looked at %d orders and %d facts", len(s.ranks), len(s.facts))
		}
		for _, id := range s.closed {
			for _, at := range w.Holding(t, string(id)) {
				if strings.Contains(at, "fact") || strings.Contains(at, "tally") {
					t.Errorf("a contact is named in %s", at)
				}
			}
		}
	})
}

// The spy sees each fault that is planted.
func TestTheSpyBarks(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, ina, f := w.Hire(t, hotline.Advocate), w.Hire(t, hotline.Analyst), figuresOf(w)
		barks := func(name, want string, plant func(s *spy)) {
			t.Helper()
			s := newSpy(t, w, ina)
			plant(s)
			s.look(t)
			if got := s.says(); !slices.ContainsFunc(got, func(what string) bool { return strings.Contains(what, want) }) {
				t.Errorf("%s: the spy has found %q", name, got)
			}
		}
		barks("written at closing", "only 1 contacts changed", func(s *spy) {
			s.close(t, ana, 1)
			s.leak(t, ana, f, s.closed)
		})
		barks("in the order of the contacts", "facts by order", func(s *spy) {
			s.close(t, ana, stats.Lot)
			s.leak(t, ana, f, s.closed)
		})
		barks("a lot of one", "1 facts of 1 waiting ones", func(s *spy) {
			s.close(t, ana, stats.Lot)
			tell(t, w, f, ana)
			s.look(t)
			id := slices.Min(slices.Collect(maps.Keys(s.pending(t))))
			w.SQL(t, `DELETE FROM fact_pending WHERE id = $1`, id)
			w.SQL(t, `INSERT INTO fact (month, codes, n) VALUES ('2026-11', 'region=x_lone', 1)`)
		})
		barks("a row that names a fact", "the name of a fact stands in", func(s *spy) {
			s.close(t, ana, stats.Lot)
			tell(t, w, f, ana)
			id := s.fresh(t)
			w.SQL(t, `UPDATE contact SET handle = $1 WHERE id = (SELECT min(id) FROM contact)`, id)
		})
	})
}

// fresh is the name of a fact that the spy has not seen yet.
func (s *spy) fresh(t *testing.T) string {
	t.Helper()
	for id := range s.pending(t) {
		if _, was := s.known[id]; !was {
			return id
		}
	}
	t.Fatal("no fact has come")
	return ""
}

// leak moves facts as nobody should: one contact after the other, each fact beside its
// head, in the order in which they closed.
func (s *spy) leak(t *testing.T, p *hotlinetest.Person, f *app.Figures, of []hotline.ContactID) {
	t.Helper()
	s.w.With(t, p, func(r *vault.Ring) error {
		views, err := r.Heads(t.Context(), of)
		hotlinetest.Must(t, err)
		heads := make([]contact.Untold, len(views))
		rows := make([]stats.Pending, len(views))
		for i, v := range views {
			hotlinetest.Must(t, v.Err)
			heads[i] = contact.Untold{ID: v.Contact, Head: v.Head, Key: v.Key}
			rows[i].ID, rows[i].Sealed, err = f.Sealer.Fact(t.Context(), stats.Fact{Month: f.Stats.Month(s.w.Now(t)), Facts: v.Head.Facts}.JSON())
			hotlinetest.Must(t, err)
		}
		return f.Book.Untell(t.Context(), "leak", heads, func(tx db.Tx) error {
			for _, row := range rows {
				if _, err := tx.Exec(`INSERT INTO fact_pending (id, sealed) VALUES ($1, $2)`, row.ID, row.Sealed); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Where fewer close than hide each other, their facts stay in the heads as long as her
// words do, and go then.
func TestFewWaitAsLongAsTheyCan(t *testing.T) {
	hotlinetest.Lines(t, func(t *testing.T, w *hotlinetest.World) {
		ana, f := w.Hire(t, hotline.Advocate), figuresOf(w)
		for range 3 {
			closeAs(t, w, ana, hotline.Facts{"type": {"tip"}})
		}
		n := func() int { return w.Count(t, `SELECT count(*) FROM fact_pending`) }
		w.Advance(t, 5*24*time.Hour)
		w.SignIn(t, ana)
		tell(t, w, f, ana)
		if n() != 0 {
			t.Error("few went although more could have come")
		}
		w.Advance(t, 25*time.Hour)
		w.SignIn(t, ana)
		tell(t, w, f, ana)
		if n() != 3 {
			t.Errorf("%d facts left their heads before these go, want 3", n())
		}
	})
}
