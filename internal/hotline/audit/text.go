package audit

import (
	"encoding/binary"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/hotline"
)

// nonceSize is the length of what keeps an act from being guessed from its leaf.
const nonceSize = 16

// text is what an opening says, padded, since its length would tell the act; hash is
// the leaf's commitment to it.
func (l *Log) text(a Act) (text, hash []byte) {
	nonce := box.Random(nonceSize)
	return pack(a, nonce), l.commit(a, nonce)
}

func (l *Log) commit(a Act, nonce []byte) []byte {
	return l.line.Other("leaf text", string(a.By), a.What, a.Object, a.Why).With(nonce).Hash()
}

func pack(a Act, nonce []byte) []byte {
	var b []byte
	for _, part := range []string{string(a.By), a.What, a.Object, a.Why, string(nonce)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part))) //nolint:gosec // words of ours
		b = append(b, part...)
	}
	return box.Pad(b)
}

func unpack(text []byte) (a Act, nonce []byte, err error) {
	b, err := box.Unpad(text)
	if err != nil {
		return Act{}, nil, err
	}
	var parts [5]string
	for i := range parts {
		if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) { //nolint:gosec // at least 4 by then
			return Act{}, nil, box.ErrOpen
		}
		n := 4 + binary.BigEndian.Uint32(b)
		parts[i], b = string(b[4:n]), b[n:]
	}
	if len(b) > 0 || len(parts[4]) != nonceSize {
		return Act{}, nil, box.ErrOpen
	}
	return Act{hotline.Actor(parts[0]), parts[1], parts[2], parts[3]}, []byte(parts[4]), nil
}

// borneOut reads a text that must be what a leaf commits to.
func (l *Log) borneOut(text, hash []byte) (Act, error) {
	a, nonce, err := unpack(text)
	if err != nil {
		return Act{}, err
	}
	if !box.Equal(l.commit(a, nonce), hash) {
		return Act{}, ErrBroken
	}
	return a, nil
}
