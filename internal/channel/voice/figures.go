package voice

import (
	"time"

	"github.com/freeline-org/freeline/internal/observe"
)

// Figures counts calls. Nothing in them leads to a caller.
type Figures struct {
	living  observe.Gauge
	ends    observe.Counters
	wait    observe.Histograms
	loss    observe.Histograms
	jitter  observe.Histograms
	carried observe.Counters
}

// NewFigures returns the figures of a process.
func NewFigures(m *observe.Metrics) Figures {
	return Figures{
		living:  m.Gauge("calls", "Calls that this process holds."),
		ends:    m.Counters("calls_ended_total", "Calls that ended, by how.", "how", "hung_up", "dropped", "ended", "flow", "put_through", "forgotten", "left_over", "refused"),
		wait:    m.Histograms("call_wait_seconds", "From the queue to an advocate.", []float64{1, 5, 10, 20, 30, 60, 120, 300, 600, 1800}, "channel", "call"),
		loss:    m.Histograms("call_loss_ratio", "Packets lost of a call, from her and to her.", []float64{0, .001, .005, .01, .02, .05, .1, .2}, "way", "in", "out"),
		jitter:  m.Histograms("call_jitter_seconds", "How unevenly the sound of a call came.", []float64{.001, .005, .01, .02, .04, .08, .16}, "way", "in", "out"),
		carried: m.Counters("calls_taken_over_total", "Calls of a process that ended, by what became of them.", "outcome", "gone_on", "hung_up", "lost"),
	}
}

func (f Figures) began()                      { f.living.Add(1) }
func (f Figures) refused()                    { f.ends.Of("refused").Add(1) }
func (f Figures) answered(wait time.Duration) { f.wait.Of("call").Observe(wait.Seconds()) }
func (f Figures) goneOn()                     { f.carried.Of("gone_on").Add(1) }
func (f Figures) hungUp()                     { f.carried.Of("hung_up").Add(1) }
func (f Figures) lost()                       { f.carried.Of("lost").Add(1) }

func (f Figures) ended(c *call) {
	f.living.Add(-1)
	f.ends.Of(c.left).Add(1)
	q := c.leg.Quality()
	if q.Received == 0 {
		return
	}
	f.loss.Of("in").Observe(float64(q.Lost) / float64(q.Received+q.Lost))
	f.loss.Of("out").Observe(q.LossOut)
	f.jitter.Of("in").Observe(q.JitterIn.Seconds())
	f.jitter.Of("out").Observe(q.JitterOut.Seconds())
}
