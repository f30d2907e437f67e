package seal

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/freeline-org/freeline/internal/box"
)

// Said is what the line signs of what it says to those outside, in a domain.
func (l Line) Said(domain string, body []byte) box.Context {
	return l.context("said", domain).With(body)
}

// A Proof is what somebody outside needs to know that the line has said something: the
// newest manifest, which the administrators have signed and the root has vouched for. It
// names nobody of the staff by her name.
type Proof struct {
	Manifest   []byte
	Signatures []byte
}

// Vouch checks a manifest by the root's public key alone, as somebody outside does.
func (l Line) Vouch(root []byte, need int, p Proof) (Manifest, error) {
	var m Manifest
	var signed Signatures
	if err := errors.Join(json.Unmarshal(p.Manifest, &m), json.Unmarshal(p.Signatures, &signed)); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", ErrUnvouched)
	}
	good := 0
	for person, admin := range m.Admins {
		if !box.Verify(root, l.Cert(person, admin.Key), admin.Cert) {
			return Manifest{}, fmt.Errorf("administrator: %w", ErrUnvouched)
		}
		if box.Verify(admin.Key, l.Statement(p.Manifest), signed[person]) {
			good++
		}
	}
	if good < need || m.Line != l {
		return Manifest{}, fmt.Errorf("manifest: %w", ErrUnvouched)
	}
	return m, nil
}

// Verify checks that the line has said something: by the proof, and the root alone.
func (l Line) Verify(root []byte, need int, p Proof, domain string, body, sig []byte) error {
	m, err := l.Vouch(root, need, p)
	if err != nil {
		return err
	}
	if !box.Verify(m.Intake, l.Said(domain, body), sig) {
		return fmt.Errorf("said: %w", ErrUnvouched)
	}
	return nil
}
