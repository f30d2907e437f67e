package edition

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/problem"
)

var (
	// ErrUnsigned says that a reviewer whom the line has named has not signed these words.
	ErrUnsigned = problem.New(problem.Denied, "edition.unsigned")
	// ErrNotAsked says that nobody asks for this sign-off, or that it is somebody else's.
	ErrNotAsked = problem.New(problem.Denied, "edition.not_asked")
	// ErrOwnDraft says that who has written at a draft does not sign it, nor for others.
	ErrOwnDraft = problem.New(problem.Denied, "edition.own_draft")
	// ErrSigned says that it is signed already.
	ErrSigned = problem.New(problem.Conflict, "edition.signed")
	// ErrNote says that a sign-off is noted without its day, or without how it was given.
	ErrNote = problem.New(problem.Invalid, "edition.note")
)

// KindReviewers is the edition kind of who must have signed what before it is in force.
const KindReviewers = "reviewers"

// ReviewersKey names it: a line has one.
func ReviewersKey() Key { return Key{Kind: KindReviewers, Name: "line"} }

// Who reviews.
const (
	Council = "council" // of survivors
	Counsel = "counsel" // for the law
)

// Reviewers says whose sign-off a kind of edition needs. Each of those who are named for
// a kind must have signed.
type Reviewers struct {
	Rows []Reviewer `json:"rows"`
}

// A Reviewer signs editions of a kind. Who has an account signs herself, and nobody
// notes it for her.
type Reviewer struct {
	Kind    string           `json:"kind"`
	Who     string           `json:"who"`
	Name    string           `json:"name"`
	Account hotline.PersonID `json:"account,omitempty"`
}

func (r Reviewer) same(o Reviewer) bool { return r.Who == o.Who && r.Name == o.Name }

// Of are those who sign for a kind.
func (rs Reviewers) Of(kind string) (out []Reviewer) {
	for _, r := range rs.Rows {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

const longestName = 60

// ParseReviewers reads them. What is wrong comes as [Faults].
func ParseReviewers(body string) (Reviewers, error) {
	var rs Reviewers
	var fs Faults
	if !fs.Read(body, &rs) {
		return Reviewers{}, fs
	}
	if len(rs.Rows) > 100 {
		fs.Add(0, "rows", "edition.fault.many", strconv.Itoa(len(rs.Rows)))
	}
	for i, r := range rs.Rows {
		switch {
		case r.Kind == "":
			fs.Add(i+1, "kind", "edition.fault.empty", "")
		case len(r.Kind) > longest:
			fs.Add(i+1, "kind", "edition.fault.long", r.Kind)
		}
		if r.Who != Council && r.Who != Counsel {
			fs.Add(i+1, "who", "edition.fault.unknown", r.Who)
		}
		switch {
		case strings.TrimSpace(r.Name) == "":
			fs.Add(i+1, "name", "edition.fault.empty", "")
		case utf8.RuneCountInString(r.Name) > longestName:
			fs.Add(i+1, "name", "edition.fault.long", r.Name)
		}
		if slices.ContainsFunc(rs.Rows[:i], func(o Reviewer) bool { return o.Kind == r.Kind && o.same(r) }) {
			fs.Add(i+1, "name", "edition.fault.twice", r.Name)
		}
	}
	if err := fs.Err(); err != nil {
		return Reviewers{}, err
	}
	return rs, nil
}

// CheckReviewers is the check of the edition kind "reviewers".
func CheckReviewers(body string) error { _, err := ParseReviewers(body); return err }

// A Signoff says that a reviewer stands for words. Who signs for herself leaves Day and
// How empty.
type Signoff struct {
	Reviewer
	By  hotline.PersonID
	At  int64
	Day string // on which it was signed outside, as 2026-11-30
	How string // and how
	sig []byte
}

// Asked is a sign-off that the line asks for, and whether it is there for these words.
type Asked struct {
	Reviewer
	Signed bool
	Off    Signoff // where it is
}

// digest names the words: a sign-off holds for no others.
func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// signed is what a signature is over: the edition, its words, who stands for them, and
// who says so.
func (b *Book) signed(k Key, words string, s Signoff) box.Context {
	return b.line.Other("edition signoff", k.Kind, k.Name, k.Lang, words, s.Who, s.Name, string(s.By), strconv.FormatInt(s.At, 10), s.Day, s.How)
}

// Trust has the book know whose signatures hold. Without it nothing that somebody must
// sign is put in force.
func (b *Book) Trust(line seal.Line, a *seal.Authority) { b.line, b.authority = line, a }

// trusted is who signs for the line at this moment; nil where nobody is known. It is read
// before a transaction, since it reads the database itself.
func (b *Book) trusted(ctx context.Context) (*seal.Verified, error) {
	if b.authority == nil {
		return nil, nil //nolint:nilnil // then no signature holds
	}
	return b.authority.Current(ctx)
}

// Asks lists the sign-offs that the line asks for before this body is in force.
func (b *Book) Asks(ctx context.Context, k Key, body string) (out []Asked, err error) {
	v, err := b.trusted(ctx)
	if err != nil {
		return nil, err
	}
	return out, b.db.Read(ctx, func(tx db.Tx) error {
		out, err = b.asks(tx, v, k, body)
		return err
	})
}

func (b *Book) asks(tx db.Tx, v *seal.Verified, k Key, body string) (out []Asked, err error) {
	rs, err := reviewers(tx)
	if err != nil {
		return nil, err
	}
	asked := rs.Of(k.Kind)
	if len(asked) == 0 {
		return nil, nil
	}
	words := digest(body)
	there, err := signoffs(tx, k, words)
	if err != nil {
		return nil, err
	}
	for _, r := range asked {
		a := Asked{Reviewer: r}
		for _, s := range there {
			own := r.Account == "" && s.How != "" || r.Account != "" && r.Account == s.By
			if s.same(r) && own && v != nil && v.Signed(string(s.By), b.signed(k, words, s), s.sig) {
				a.Signed, a.Off = true, s
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// reviewers are those in force.
func reviewers(tx db.Tx) (Reviewers, error) {
	found, err := read(tx, ofKey+` AND state = 'published'`, KindReviewers, "line", "")
	if err != nil || len(found) == 0 {
		return Reviewers{}, err
	}
	return ParseReviewers(found[0].Body)
}

func signoffs(tx db.Tx, k Key, words string) (out []Signoff, err error) {
	rows, err := tx.Query(`SELECT who, called, by_person, at, day, how, sig FROM signoff WHERE `+ofKey+` AND digest = $4 LIMIT 200`, k.Kind, k.Name, k.Lang, words)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s := Signoff{Reviewer: Reviewer{Kind: k.Kind}}
		if err := rows.Scan(&s.Who, &s.Name, &s.By, &s.At, &s.Day, &s.How, &s.sig); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// A Signature is somebody's session, which signs, and what it writes down beside.
type Signature struct {
	By   hotline.PersonID
	Sign func(box.Context) []byte
	Did  func(db.Tx) error
}

// Sign writes that a reviewer stands for the draft as it is in that version. A reviewer
// with an account signs herself; of another it is noted when she signed and how. Nobody
// who has written at the draft does either.
func (b *Book) Sign(ctx context.Context, k Key, version int64, s Signoff, by Signature) error {
	s.Day, s.How, s.By = strings.TrimSpace(s.Day), strings.TrimSpace(s.How), by.By
	if !text(s.Day+s.How) || len(s.Day) > longest || utf8.RuneCountInString(s.How) > 240 {
		return ErrNote
	}
	v, err := b.trusted(ctx)
	if err != nil {
		return err
	}
	return b.db.Write(ctx, func(tx db.Tx) (err error) {
		body, editors, err := drafted(tx, k, version)
		if err != nil {
			return err
		}
		asked, err := b.asks(tx, v, k, body)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(asked, func(a Asked) bool { return a.same(s.Reviewer) })
		switch {
		case i < 0 || asked[i].Account != "" && asked[i].Account != by.By:
			return ErrNotAsked
		case slices.Contains(editors, by.By):
			return ErrOwnDraft
		case asked[i].Signed:
			return ErrSigned
		case asked[i].Account == "" && (!isDay(s.Day) || s.How == ""), asked[i].Account != "" && s.Day+s.How != "":
			return ErrNote
		}
		if s.At, err = db.Now(tx); err != nil {
			return err
		}
		words := digest(body)
		// What stands there and does not hold makes room.
		if _, err := tx.Exec(`DELETE FROM signoff WHERE `+ofKey+` AND digest = $4 AND who = $5 AND called = $6`, k.Kind, k.Name, k.Lang, words, s.Who, s.Name); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO signoff (kind, name, lang, digest, who, called, by_person, at, day, how, sig) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			k.Kind, k.Name, k.Lang, words, s.Who, s.Name, s.By, s.At, s.Day, s.How, by.Sign(b.signed(k, words, s))); err != nil {
			return err
		}
		return by.Did(tx)
	})
}

func isDay(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil }

// drafted is a draft in that version, and who has written at it.
func drafted(tx db.Tx, k Key, version int64) (body string, editors []hotline.PersonID, err error) {
	var all string
	err = tx.QueryRow(`SELECT body, editors FROM edition WHERE `+ofKey+` AND number = 0 AND version = $4`, k.Kind, k.Name, k.Lang, version).Scan(&body, &all)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil, ErrMoved
	}
	return body, people(all), err
}

// Editors are those who have written at a draft.
func (b *Book) Editors(ctx context.Context, k Key) ([]hotline.PersonID, error) {
	var all string
	err := b.db.One(ctx, `SELECT editors FROM edition WHERE `+ofKey+` AND number = 0`, []any{k.Kind, k.Name, k.Lang}, &all)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return people(all), err
}

func people(all string) (out []hotline.PersonID) {
	for id := range strings.FieldsSeq(all) {
		out = append(out, hotline.PersonID(id))
	}
	return out
}

// stands refuses words that a reviewer whom the line has named has not signed, and tells
// who has. None of those who wrote them signs for others.
func (b *Book) stands(tx db.Tx, v *seal.Verified, k Key, body string, editors []hotline.PersonID) (names string, err error) {
	all, err := b.asks(tx, v, k, body)
	for i, a := range all {
		if !a.Signed || slices.Contains(editors, a.Off.By) {
			return "", ErrUnsigned
		}
		if i > 0 {
			names += ", "
		}
		names += a.Name
	}
	return names, err
}
