package seal

// Parts gives what an issue would insert.
func (i Issue) Parts() (body, roster, sigs []byte) { return i.body, i.roster, i.sigs }

// Check verifies a statement as the authority does.
func (a *Authority) Check(body, sigs, roster []byte) (*Verified, error) {
	return a.check(body, sigs, roster)
}

// PackOutgoing is the plaintext of what leaves.
func PackOutgoing(to, text Text) ([]byte, error) { return packOutgoing(to, text) }

// Pack is the plaintext of words.
func Pack(at int64, t Text) []byte { return pack(at, t) }
