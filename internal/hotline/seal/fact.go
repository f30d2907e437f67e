package seal

import (
	"bytes"
	"context"
	"strconv"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrFact says that a fact is longer than any is.
var ErrFact = problem.New(problem.Internal, "seal.fact")

// factSize is what every fact is filled up to, so that none is known by its length.
const factSize = 4092

// Fact is what a fact on its way to the figures is bound to: the name that was made
// for it, and the epoch of the team.
func (l Line) Fact(id string, epoch int64) box.Context {
	return l.context("fact", id, strconv.FormatInt(epoch, 10))
}

// Fact seals a fact to the team of figures, under a new name. Nothing in it, its
// length included, tells of which contact it is.
func (s *Sealer) Fact(ctx context.Context, body string) (id string, sealed []byte, err error) {
	v, err := s.authority.Current(ctx)
	if err != nil {
		return "", nil, err
	}
	pub, epoch, err := v.Team(hotline.Stats)
	if err != nil {
		return "", nil, err
	}
	plain, err := PackFact(body)
	if err != nil {
		return "", nil, err
	}
	id = hotline.NewID()
	sealed, err = To(pub, s.line.Fact(id, epoch), plain)
	return id, sealed, err
}

// PackFact makes the plaintext of a fact.
func PackFact(body string) ([]byte, error) {
	if len(body) > factSize {
		return nil, ErrFact
	}
	return box.Pad(append([]byte(body), bytes.Repeat([]byte(" "), factSize-len(body))...)), nil
}

// UnpackFact is the inverse.
func UnpackFact(plain []byte) (string, error) {
	b, err := box.Unpad(plain)
	return string(bytes.TrimRight(b, " ")), err
}
