package peer

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/pion/srtp/v3"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

// secure takes her key and gives ours.
func (a *Answerer) secure(hers string) string {
	if k, err := base64.StdEncoding.DecodeString(hers); err == nil && len(k) == 30 {
		a.seen.Secured = true
		a.in, _ = srtp.CreateContext(k[:16], k[16:], srtp.ProtectionProfileAes128CmHmacSha1_80)
	}
	ours := make([]byte, 30)
	_, _ = rand.Read(ours)
	a.out, _ = srtp.CreateContext(ours[:16], ours[16:], srtp.ProtectionProfileAes128CmHmacSha1_80)
	return base64.StdEncoding.EncodeToString(ours)
}

// hear keeps what comes.
func (a *Answerer) hear() {
	b := make([]byte, 2048)
	for {
		n, _, err := a.sound.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		p := b[:n]
		a.mu.Lock()
		if a.in != nil {
			if p, err = a.in.DecryptRTP(nil, p, nil); err != nil {
				a.mu.Unlock()
				continue
			}
		}
		if len(p) > 12 && p[0] == 0x80 {
			a.packet(p)
			a.stir()
		}
		a.mu.Unlock()
	}
}

func (a *Answerer) packet(p []byte) {
	switch stamp := binary.BigEndian.Uint32(p[4:]); p[1] & 0x7f {
	case byte(audio.PCMU), byte(audio.PCMA):
		f := make([]int16, len(p)-12)
		audio.Codec(p[1]&0x7f).Decode(f, p[12:])
		a.seen.Heard = append(a.seen.Heard, f...)
	case 101:
		if p[13]&0x80 != 0 && stamp != a.lastKey && p[12] < 12 { // the end of a key, which is sent three times
			a.lastKey = stamp
			a.seen.Keys += string("0123456789*#"[p[12]])
		}
	}
}

// speak says a tone.
func (a *Answerer) speak(done chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	f, p := make([]int16, audio.FrameSize), make([]byte, 12+audio.FrameSize)
	tone := audio.NewTone(0, ToneLevel, a.hz)
	for n := 0; ; n++ {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		tone.Next(f)
		p[0] = 0x80
		binary.BigEndian.PutUint16(p[2:], uint16(n))
		binary.BigEndian.PutUint32(p[4:], uint32(n*audio.FrameSize))
		audio.PCMU.Encode(p[12:], f)
		a.mu.Lock()
		out := p
		if a.out != nil {
			out, _ = a.out.EncryptRTP(nil, p, nil)
		}
		if a.to.IsValid() {
			_, _ = a.sound.WriteToUDPAddrPort(out, a.to)
		}
		a.mu.Unlock()
	}
}
