package audit

import "github.com/freeline-org/freeline/internal/hotline/seal"

// Fixed is what an opening says and its leaf, for a nonce that is given.
func Fixed(line seal.Line, a Act, nonce []byte) (text, hash []byte) {
	return pack(a, nonce), (&Log{line: line}).commit(a, nonce)
}
