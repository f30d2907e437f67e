package stats

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// A Pending is a fact on its way: sealed to the team of figures, under a name that was
// made for it alone.
type Pending struct {
	ID     string
	Sealed []byte
}

// Pend keeps what a batch of contacts held. It writes the rows in the order of their
// names, whatever the order of the contacts was.
func Pend(tx db.Tx, batch []Pending) error {
	batch = slices.Clone(batch)
	slices.SortFunc(batch, func(a, b Pending) int { return strings.Compare(a.ID, b.ID) })
	for _, p := range batch {
		if _, err := tx.Exec(`INSERT INTO fact_pending (id, sealed) VALUES ($1, $2)`, p.ID, p.Sealed); err != nil {
			return err
		}
	}
	return nil
}

// Pending counts what waits to be released.
func (b *Book) Pending(ctx context.Context) (n int, err error) {
	return n, b.db.One(ctx, `SELECT count(*) FROM fact_pending`, nil, &n)
}

// most is how much one lot looks at.
const most = 500

// Waiting reads what waits, in the order of the names.
func (b *Book) Waiting(ctx context.Context) (out []Pending, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT id, sealed FROM fact_pending ORDER BY id LIMIT $1`, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p Pending
			if err := rows.Scan(&p.ID, &p.Sealed); err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	})
}

// A Fact is what one contact was about, by codes, and the month in which it closed.
type Fact struct {
	Month string        `json:"month"`
	Facts hotline.Facts `json:"facts"`
}

// JSON is how a fact is sealed.
func (f Fact) JSON() string {
	b, _ := json.Marshal(f) // strings always can be
	return string(b)
}

// ParseFact reads an opened fact.
func ParseFact(body string) (Fact, error) {
	var f Fact
	if json.Unmarshal([]byte(body), &f) != nil {
		return Fact{}, ErrCode // the parser's error may quote it
	}
	return f, f.check()
}

var months = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

// check holds a fact against the closed list: nobody's words reach a figure.
func (f Fact) check() error {
	if !months.MatchString(f.Month) || len(f.Facts) == 0 {
		return ErrCode
	}
	for fact, codes := range f.Facts {
		for i, code := range codes {
			if !form.Counts(fact, code) || slices.Contains(codes[:i], code) {
				return ErrCode
			}
		}
	}
	return nil
}

// codes is how a fact is counted: the same answers are the same text.
func (f Fact) codes() string {
	var out []string
	for _, fact := range slices.Sorted(maps.Keys(f.Facts)) {
		if codes := slices.Sorted(slices.Values(f.Facts[fact])); len(codes) > 0 {
			out = append(out, fact+"="+strings.Join(codes, ","))
		}
	}
	return strings.Join(out, ";")
}

// Pick chooses by lot what may be released, of all that waits: so many that at least
// a lot of them goes and as many stay behind, so that what a month has left is never
// one alone who came late; and everything of a month for which nothing is to come.
// Chance decides who goes.
func (b *Book) Pick(all map[string]Fact, now int64) (chosen []string) {
	var rest []string
	for id, f := range all {
		if b.over(f.Month, now) {
			chosen = append(chosen, id)
		} else {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	rand.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] }) //nolint:gosec // seeded by the system
	if len(rest) >= 2*Lot {
		chosen = append(chosen, rest[:len(rest)-Lot]...)
	}
	slices.Sort(chosen)
	return chosen
}

// Release takes facts from those that wait and counts them, all or none. A lot is at
// least [Lot], or all that waits of a month that is over.
func (b *Book) Release(tx db.Tx, lot map[string]Fact, now int64) error {
	going := 0
	facts := make([]Fact, 0, len(lot))
	for _, f := range lot {
		if !b.over(f.Month, now) {
			going++
		}
		facts = append(facts, f)
	}
	if going > 0 && going < Lot {
		return ErrFew
	}
	places, args := db.List(slices.Sorted(maps.Keys(lot)))
	n, err := tx.Exec(`DELETE FROM fact_pending WHERE id IN (`+places+`)`, args...)
	if err != nil {
		return err
	}
	if n != int64(len(lot)) {
		return ErrMoved
	}
	slices.SortFunc(facts, func(a, b Fact) int { return strings.Compare(a.Month+a.codes(), b.Month+b.codes()) })
	for _, f := range facts {
		if err := Add(tx, f, 1); err != nil {
			return err
		}
	}
	return nil
}

// Drop takes away what waits and cannot be read.
func Drop(tx db.Tx, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	places, args := db.List(ids)
	_, err := tx.Exec(`DELETE FROM fact_pending WHERE id IN (`+places+`)`, args...)
	return err
}

// Add counts a fact n times; a correction takes it away with a negative n and adds the
// right one.
func Add(tx db.Tx, f Fact, n int64) error {
	if err := f.check(); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO fact (month, codes, n) VALUES ($1, $2, $3) ON CONFLICT (month, codes) DO UPDATE SET n = fact.n + excluded.n`, f.Month, f.codes(), n)
	return err
}

// A Counted is a fact and how often it stands.
type Counted struct {
	Fact
	N int64
}

// Facts reads what is counted of a month.
func (b *Book) Facts(ctx context.Context, of string) (out []Counted, err error) {
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT codes, n FROM fact WHERE month = $1 AND n <> 0 ORDER BY codes`, of)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var codes string
			c := Counted{Fact: Fact{Month: of, Facts: hotline.Facts{}}}
			if err := rows.Scan(&codes, &c.N); err != nil {
				return err
			}
			for part := range strings.SplitSeq(codes, ";") {
				fact, of, _ := strings.Cut(part, "=")
				c.Facts[fact] = strings.Split(of, ",")
			}
			out = append(out, c)
		}
		return rows.Err()
	})
}
