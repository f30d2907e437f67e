package media

import (
	"context"
	"errors"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

var (
	// ErrKey says that a telephone has no such key. It does not say which.
	ErrKey = errors.New("media: no key of a telephone")
	// ErrDialing says that keys are being pressed already.
	ErrDialing = errors.New("media: keys are being pressed")
)

// dial presses keys.
func (s *sending) dial(ctx context.Context, l *RTP, digits string) error {
	for _, key := range []byte(digits) {
		if !isKey(key) {
			return ErrKey
		}
	}
	source := NewSource() | 1
	if !s.dialing.CompareAndSwap(0, source) {
		return ErrDialing
	}
	defer s.dialing.Store(0)
	s.mu.Lock()
	inband := s.event == sdp.NoEvent
	s.mu.Unlock()
	if inband {
		return s.dialTones(ctx, l, digits, source)
	}
	beat := newBeat()
	defer beat.stop()
	p := Packet{Source: source}
	for _, key := range []byte(digits) {
		p.Mark = true
		for i := 1; i <= eventFrames; i++ {
			ends := 1
			if i == eventFrames {
				ends = eventEnds
			}
			for range ends {
				s.putEvent(l, p, key, i*audio.FrameSize, i == eventFrames)
				p.Seq, p.Mark = p.Seq+1, false
			}
			if _, ok := beat.wait(ctx); !ok {
				return ctx.Err()
			}
		}
		for range eventPause {
			if _, ok := beat.wait(ctx); !ok {
				return ctx.Err()
			}
		}
		p.At += (eventFrames + eventPause) * audio.FrameSize
	}
	return nil
}

// dialTones plays the tones of keys.
func (s *sending) dialTones(ctx context.Context, l *RTP, digits string, source uint32) error {
	var parts []audio.Source
	for _, key := range []byte(digits) {
		parts = append(parts, audio.NewDigit(key, eventFrames*audio.FrameLength), audio.NewSilence(eventPause*audio.FrameLength))
	}
	if !play(ctx, l, audio.NewSequence(parts...), source) {
		return ctx.Err()
	}
	return nil
}
