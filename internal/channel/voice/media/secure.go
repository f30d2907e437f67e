package media

import (
	"crypto/rand"
	"fmt"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// secrets encrypts what a leg sends and opens what comes, with the keys that two
// descriptions named (RFC 3711, RFC 4568). Sound and reports have contexts of their
// own, since they are used by different goroutines.
type secrets struct {
	theirs sdp.Key

	in, out               *srtp.Context
	inHeader, outHeader   rtp.Header // written over for each packet
	inReports, outReports *srtp.Context
}

const (
	masterKey    = 16
	replayWindow = 128 // packets
)

func newKey() (k sdp.Key) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

func newSecrets(theirs, ours sdp.Key) (*secrets, error) {
	s := &secrets{theirs: theirs}
	for _, c := range []struct {
		to  **srtp.Context
		key sdp.Key
	}{{&s.in, theirs}, {&s.inReports, theirs}, {&s.out, ours}, {&s.outReports, ours}} {
		var err error
		*c.to, err = srtp.CreateContext(c.key[:masterKey], c.key[masterKey:], srtp.ProtectionProfileAes128CmHmacSha1_80,
			srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
		if err != nil {
			return nil, fmt.Errorf("media: keys: %w", err)
		}
	}
	return s, nil
}

// open opens a packet of sound into dst; false where it is not from who has the key, or
// came before. A nil s is no encryption.
func (s *secrets) open(dst, b []byte) ([]byte, bool) {
	if s == nil {
		return b, true
	}
	clear, err := s.in.DecryptRTP(dst, b, &s.inHeader)
	return clear, err == nil
}

func (s *secrets) openReport(b []byte) ([]byte, bool) {
	if s == nil {
		return b, true
	}
	clear, err := s.inReports.DecryptRTCP(nil, b, nil)
	return clear, err == nil
}

// seal encrypts a packet of sound into dst.
func (s *secrets) seal(dst, b []byte) ([]byte, bool) {
	if s == nil {
		return b, true
	}
	sealed, err := s.out.EncryptRTP(dst, b, &s.outHeader)
	return sealed, err == nil
}

func (s *secrets) sealReport(b []byte) ([]byte, bool) {
	if s == nil {
		return b, true
	}
	sealed, err := s.outReports.EncryptRTCP(nil, b, nil)
	return sealed, err == nil
}
