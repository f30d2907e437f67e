package edition_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// signed is a line on which rules need the council, which has no account, and counsel,
// who has one.
type signed struct {
	*hotlinetest.World
	book                   *edition.Book
	first, second, counsel *hotlinetest.Person
}

func sign(t *testing.T, e *dbtest.Engine) signed {
	t.Helper()
	s := signed{World: hotlinetest.New(t, e)}
	s.first, s.second, s.counsel = s.First, s.Hire(t, hotline.PrivacyOfficer), s.Hire(t, hotline.Reviewer)
	var err error
	s.book, err = edition.New(t.Context(), e.Main, bus.Memory(), time.Now, append(kinds(), edition.Kind{Name: edition.KindReviewers, Check: edition.CheckReviewers})...)
	hotlinetest.Must(t, err)
	s.book.Trust(s.Line, s.Authority)
	s.asks(t, `{"rows":[{"kind":"rules","who":"council","name":"Women of the coast"},{"kind":"rules","who":"counsel","name":"A. Counsel","account":"`+string(s.counsel.ID)+`"}]}`)
	return s
}

// asks publishes whose sign-off is needed.
func (s signed) asks(t *testing.T, body string) {
	t.Helper()
	v, err := s.book.Write(t.Context(), s.first.ID, edition.ReviewersKey(), body, 0)
	hotlinetest.Must(t, err)
	_, err = s.book.Publish(t.Context(), s.first.ID, edition.ReviewersKey(), v)
	hotlinetest.Must(t, err)
}

// signs is a sign-off in somebody's session.
func (s signed) signs(t *testing.T, p *hotlinetest.Person, version int64, of edition.Signoff) error {
	t.Helper()
	return s.Keeper.With(t.Context(), p.Token, func(r *vault.Ring) error {
		return s.book.Sign(t.Context(), rules(), version, of, edition.Signature{By: p.ID, Sign: r.Sign, Did: r.Did("sign edition", "rules")})
	})
}

func council() edition.Signoff {
	return edition.Signoff{Reviewer: edition.Reviewer{Who: edition.Council, Name: "Women of the coast"}, Day: "2026-11-30", How: "By letter"}
}

func counsel() edition.Signoff {
	return edition.Signoff{Reviewer: edition.Reviewer{Who: edition.Counsel, Name: "A. Counsel"}}
}

// draft writes one, and expects that it cannot be published as it is.
func (s signed) draft(t *testing.T, body string, version int64) int64 {
	t.Helper()
	v, err := s.book.Write(t.Context(), s.first.ID, rules(), body, version)
	hotlinetest.Must(t, err)
	s.refused(t, v)
	return v
}

func (s signed) refused(t *testing.T, v int64) {
	t.Helper()
	if _, err := s.book.Publish(t.Context(), s.first.ID, rules(), v); !errors.Is(err, edition.ErrUnsigned) {
		t.Fatalf("published, %v", err)
	}
}

// What somebody must sign is in force once each of them has signed it as it is: whoever
// has an account in her own session, of others somebody notes it who has not written it.
func TestWhatMustBeSignedIsSigned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s := sign(t, e)
		v := s.draft(t, `["one"]`, 0)
		hasty := council()
		hasty.Day = "yesterday"
		for _, c := range []struct {
			by   *hotlinetest.Person
			at   int64
			of   edition.Signoff
			want error
		}{
			{s.first, v, council(), edition.ErrOwnDraft},
			{s.second, v, hasty, edition.ErrNote},
			{s.second, v, counsel(), edition.ErrNotAsked},
			{s.second, v, edition.Signoff{Reviewer: edition.Reviewer{Who: edition.Council, Name: "Nobody"}, Day: "2026-11-30", How: "x"}, edition.ErrNotAsked},
			{s.second, v + 1, council(), edition.ErrMoved},
		} {
			hotlinetest.Refused(t, s.signs(t, c.by, c.at, c.of), c.want)
		}
		hotlinetest.Must(t, s.signs(t, s.second, v, council()))
		hotlinetest.Refused(t, s.signs(t, s.second, v, council()), edition.ErrSigned)
		s.refused(t, v)
		hotlinetest.Must(t, s.signs(t, s.counsel, v, counsel()))
		n, err := s.book.Publish(t.Context(), s.first.ID, rules(), v)
		hotlinetest.Must(t, err)
		got, err := s.book.Current(t.Context(), rules())
		hotlinetest.Must(t, err)
		if got.Number != n || got.ReviewedBy != "Women of the coast, A. Counsel" {
			t.Errorf("in force is %d, reviewed by %q", got.Number, got.ReviewedBy)
		}
		if leaves := s.Count(t, `SELECT count(*) FROM leaf WHERE object = 'rules'`); leaves != 2 {
			t.Errorf("%d leaves of two sign-offs", leaves)
		}

		v = s.draft(t, `["two"]`, 0) // what was signed was one
		hotlinetest.Must(t, s.signs(t, s.second, v, council()))
		hotlinetest.Must(t, s.signs(t, s.counsel, v, counsel()))
		s.draft(t, `["two", "more"]`, v)
		if _, err := s.book.Back(t.Context(), s.first.ID, rules(), n); err != nil {
			t.Errorf("what was signed is not put back: %v", err)
		}
	})
}

// A sign-off that is put to other words, to another reviewer or to another person holds
// for nobody; and where nobody's signatures are known, none does.
func TestAnOldSignoffHoldsForNothingElse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		t.Parallel()
		s := sign(t, e)
		v := s.draft(t, `["one"]`, 0)
		hotlinetest.Must(t, s.signs(t, s.second, v, council()))
		hotlinetest.Must(t, s.signs(t, s.counsel, v, counsel()))
		holds := func() (n int) {
			t.Helper()
			d, err := s.book.All(t.Context(), rules())
			hotlinetest.Must(t, err)
			all, err := s.book.Asks(t.Context(), rules(), d[len(d)-1].Body)
			hotlinetest.Must(t, err)
			for _, a := range all {
				if a.Signed {
					n++
				}
			}
			return n
		}
		if n := holds(); n != 2 {
			t.Fatalf("%d sign-offs hold", n)
		}
		for _, change := range []string{
			`UPDATE signoff SET by_person = '` + string(s.first.ID) + `' WHERE who = 'council'`,
			`UPDATE signoff SET how = 'Over the phone' WHERE who = 'council'`,
			`UPDATE signoff SET day = '2025-01-01' WHERE who = 'council'`,
			`UPDATE signoff SET at = at + 1 WHERE who = 'council'`,
		} {
			was := s.Backup(t)
			s.SQL(t, change)
			if n := holds(); n != 1 {
				t.Errorf("%s: %d sign-offs hold", change, n)
			}
			s.refused(t, v)
			for _, column := range []string{"by_person", "how", "day", "at"} {
				s.SQL(t, `UPDATE signoff SET `+column+` = $1 WHERE who = 'council'`, was.Cell("signoff", column, "who", "council"))
			}
		}
		v = s.draft(t, `["other words"]`, v)
		s.SQL(t, `UPDATE signoff SET digest = $1`, edition.Digest(`["other words"]`))
		if n := holds(); n != 0 {
			t.Errorf("%d sign-offs hold for other words", n)
		}
		s.refused(t, v)
		// What does not hold is in nobody's way.
		hotlinetest.Must(t, s.signs(t, s.second, v, council()))
		hotlinetest.Must(t, s.signs(t, s.counsel, v, counsel()))
		s.book.Trust(s.Line, nil)
		s.refused(t, v)
		s.book.Trust(s.Line, s.Authority)
		_, err := s.book.Publish(t.Context(), s.first.ID, rules(), v)
		hotlinetest.Must(t, err)
	})
}

// Who signs can be signed for too: then nobody takes the list away, or changes it alone.
func TestWhoSignsIsSigned(t *testing.T) {
	t.Parallel()
	s := sign(t, dbtest.New(t))
	k := edition.ReviewersKey()
	s.asks(t, `{"rows":[{"kind":"rules","who":"council","name":"Women of the coast"},{"kind":"reviewers","who":"council","name":"Women of the coast"}]}`)
	now, err := s.book.Current(t.Context(), k)
	hotlinetest.Must(t, err)
	hotlinetest.Refused(t, s.book.Withdraw(t.Context(), k, now.Number), edition.ErrUnsigned)
	_, err = s.book.Back(t.Context(), s.first.ID, k, now.Number-1)
	hotlinetest.Refused(t, err, edition.ErrUnsigned)
	v, err := s.book.Write(t.Context(), s.first.ID, k, `{"rows":[]}`, 0)
	hotlinetest.Must(t, err)
	_, err = s.book.Publish(t.Context(), s.first.ID, k, v)
	hotlinetest.Refused(t, err, edition.ErrUnsigned)
}

// What is wrong with the list is told at its row.
func TestReviewersAreChecked(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"rows":[{"kind":"rules","who":"council","name":"A"},{"kind":"rules","who":"council","name":"A"}]}`: `row 2: name: edition.fault.twice ("A")`,
		`{"rows":[{"kind":"","who":"mayor","name":" "}]}`:                                                    `row 1: kind: edition.fault.empty; row 1: who: edition.fault.unknown ("mayor"); row 1: name: edition.fault.empty`,
		`{"rows":[],"more":1}`: `more: edition.fault.unknown ("more")`,
	} {
		if err := edition.CheckReviewers(body); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// Whatever is published as the list, nothing falls over it, and what is taken is taken
// again as it stands.
func FuzzReviewers(f *testing.F) {
	f.Add(`{"rows":[{"kind":"rules","who":"council","name":"Women of the coast"}]}`)
	f.Add(`{"rows":[{"kind":"rules","who":"counsel","name":"A","account":"0123456789ABCDEFGHJKMNPQRS"},{}]}`)
	f.Add(`{"rows":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		rs, err := edition.ParseReviewers(body)
		if err != nil {
			if !errors.Is(err, edition.ErrInvalid) {
				t.Errorf("refused by %v", err)
			}
			return
		}
		b, err := json.Marshal(rs)
		if err != nil {
			t.Fatal(err)
		}
		again, err := edition.ParseReviewers(string(b))
		if err != nil || len(again.Rows) != len(rs.Rows) {
			t.Errorf("%d rows come back as %d: %v", len(rs.Rows), len(again.Rows), err)
		}
	})
}
