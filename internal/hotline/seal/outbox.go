package seal

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/problem"
)

// ErrAddress says that an address is longer than any is.
var ErrAddress = problem.New(problem.Invalid, "seal.address")

// OutboxHour is the kind of the entries that open what waits to leave.
const OutboxHour = "outbox"

// Waiting is what waits to leave by a channel: sealed under the entry of its hour,
// which the server itself can open until NotAfter and nobody afterwards.
type Waiting struct {
	Entry    string
	NotAfter int64
	Sealed   []byte
}

// OutgoingParts bind what waits to its row.
func OutgoingParts(contact hotline.ContactID, id string, ch hotline.Channel) []string {
	return []string{"outbox", string(contact), id, string(ch)}
}

// Outgoing seals where to and what. The entry is durable when it returns.
func (s *Sealer) Outgoing(ctx context.Context, now int64, contact hotline.ContactID, id string, ch hotline.Channel, to, text Text) (Waiting, error) {
	plain, err := packOutgoing(to, text)
	if err != nil {
		return Waiting{}, err
	}
	entry, ends, err := s.shred.Hour(ctx, OutboxHour, now)
	if err != nil {
		return Waiting{}, err
	}
	sealed, err := s.shred.SealUnder(ctx, entry, plain, OutgoingParts(contact, id, ch)...)
	return Waiting{entry, ends, sealed}, err
}

// packOutgoing puts length of the address, address and text into one padded plaintext.
func packOutgoing(to, text Text) ([]byte, error) {
	address := to.Reveal()
	if len(address) > math.MaxUint16 {
		return nil, ErrAddress
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(len(address))) //nolint:gosec // checked above
	return box.Pad(append(append(b, address...), text.Reveal()...)), nil
}

// UnpackOutgoing is the inverse, for whoever delivers.
func UnpackOutgoing(plain []byte) (to, text Text, err error) {
	b, err := box.Unpad(plain)
	if err != nil || len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		return Text{}, Text{}, box.ErrOpen
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return Conceal(string(b[2:n])), Conceal(string(b[n:])), nil
}
