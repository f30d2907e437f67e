package media_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/media"
)

func TestReceptionCountsWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		seqs           []uint16
		received, lost uint64
	}{
		"all":                {[]uint16{1, 2, 3, 4, 5}, 5, 0},
		"one missing":        {[]uint16{1, 2, 4, 5}, 4, 1},
		"out of order":       {[]uint16{1, 3, 2, 4}, 4, 0},
		"over the end":       {[]uint16{65534, 65535, 1, 2}, 4, 1},
		"doubled":            {[]uint16{1, 2, 2, 3}, 4, 0},
		"from before begun":  {[]uint16{5, 4, 6}, 3, 0},
		"a leap begins anew": {[]uint16{1, 2, 4, 40000, 40001, 40003}, 6, 2},
	} {
		var r media.Reception
		for _, s := range c.seqs {
			r.Take(1, s, time.Unix(0, 0))
		}
		if r.Received() != c.received || r.Lost() != c.lost {
			t.Errorf("%s: %d received and %d lost, want %d and %d", name, r.Received(), r.Lost(), c.received, c.lost)
		}
	}
}

func TestReceptionReportsEachInterval(t *testing.T) {
	var r media.Reception
	if _, ok := r.Report(); ok {
		t.Error("it reports of nobody")
	}
	at := time.Unix(1000, 0)
	for seq := range uint16(200) {
		at = at.Add(20 * time.Millisecond)
		late := time.Duration(0)
		if seq%2 == 1 {
			late = 10 * time.Millisecond
		}
		if seq < 100 && seq%4 == 3 {
			continue // a quarter of the first half
		}
		r.Take(9, seq, at.Add(late))
		r.Time(uint32(seq)*160, at.Add(late))
		if seq == 98 {
			if b, ok := r.Report(); !ok || b.Source != 9 || b.Fraction < 60 || b.Fraction > 65 || b.Lost != 24 || b.Highest != 98 {
				t.Errorf("after the first half: %+v", b)
			}
		}
	}
	b, _ := r.Report()
	if b.Fraction > 3 || b.Lost != 25 || b.Highest != 199 {
		t.Errorf("after the second half: %+v", b)
	}
	if j := r.Jitter(); j < 9*time.Millisecond || j > 11*time.Millisecond {
		t.Errorf("jitter of 10 ms is measured as %v", j)
	}
}

func TestTimelineGoesOnWhateverTheSource(t *testing.T) {
	var l media.Timeline
	now := time.Unix(1000, 0)
	payload := make([]byte, 160)
	next := func(after time.Duration, source uint32, seq uint16, at uint32, wantSeq uint16, wantAt uint32, wantMark bool) {
		t.Helper()
		now = now.Add(after)
		s, a, m := l.Next(media.Packet{Source: source, Seq: seq, At: at, Payload: payload}, now)
		if s != wantSeq || a != wantAt || m != wantMark {
			t.Errorf("got %d, %d, %v, want %d, %d, %v", s, a, m, wantSeq, wantAt, wantMark)
		}
	}
	const frame = 20 * time.Millisecond
	next(0, 1, 500, 90000, 1, 0, true)
	next(frame, 1, 501, 90160, 2, 160, false)
	next(frame, 1, 503, 90480, 4, 480, false) // one was lost before us, and is missed after us
	next(frame, 1, 502, 90320, 3, 320, false) // or only came late
	next(frame, 2, 65535, 4294967136, 5, 640, true)
	next(frame, 2, 0, 0, 6, 800, false) // counters of the source turn over
	next(25*time.Millisecond, 3, 7, 7, 7, 960, true)
	next(time.Second, 1, 9, 9, 8, 960+8000, true) // after a pause
	next(frame, 2, 1, 160, 9, 960+8000+160, true)
}
