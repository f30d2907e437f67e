package shred

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
)

// HourLife is how long the entry of an hour lives, from the hour's beginning.
const HourLife = 72 * time.Hour

// Hour names the entry of the hour in which a moment lies, and says when it ends:
// what the server itself must read for a while is sealed under it, and opens nowhere
// once it is destroyed. The first who asks makes it.
func (s *Store) Hour(ctx context.Context, kind string, at int64) (entry string, ends int64, err error) {
	return s.span(ctx, kind, at, time.Hour, HourLife)
}

// Day is [Store.Hour] for a whole day in UTC, whose entry lives for [DayLife].
func (s *Store) Day(ctx context.Context, kind string, at int64) (entry string, ends int64, err error) {
	return s.span(ctx, kind, at, 24*time.Hour, DayLife)
}

func (s *Store) span(ctx context.Context, kind string, at int64, length, life time.Duration) (entry string, ends int64, err error) {
	n := at / length.Milliseconds()
	entry, ends = kind+"-"+strconv.FormatInt(n, 10), n*length.Milliseconds()+life.Milliseconds()
	if _, err = s.Kept(ctx, entry); !errors.Is(err, ErrShredded) {
		return entry, ends, err
	}
	if _, err = s.Create(ctx, kind, ends, entry); db.Unique(err) {
		err = nil // somebody else was first
	}
	return entry, ends, err
}

// SealUnder seals under an entry's secret. An entry that is gone, or past its time, is
// ErrShredded.
func (s *Store) SealUnder(ctx context.Context, entry string, plain []byte, parts ...string) ([]byte, error) {
	secret, err := s.Kept(ctx, entry)
	if err != nil {
		return nil, err
	}
	return box.Seal(secret[0], plain, s.under(entry, parts)), nil
}

// OpenUnder is the inverse of SealUnder. A test pins who calls it.
func (s *Store) OpenUnder(ctx context.Context, entry string, sealed []byte, parts ...string) ([]byte, error) {
	secret, err := s.Kept(ctx, entry)
	if err != nil {
		return nil, err
	}
	return box.Open(secret[0], sealed, s.under(entry, parts))
}

func (s *Store) under(entry string, parts []string) box.Context {
	return box.NewContext(s.line, "under", append([]string{entry}, parts...)...)
}
