package observe

import (
	"net/http"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are a program's figures, in the text form of Prometheus. Names get the
// prefix freeline_. A label has the values that were listed when it was made, and
// "other": nothing from outside becomes one. A name asked for again gives the same
// figures.
type Metrics struct {
	registry *prometheus.Registry
	mu       sync.Mutex
	made     map[string]any
}

// NewMetrics returns figures that hold those of the Go runtime and the process.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), made: map[string]any{}}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return m
}

// Handler serves the figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

const prefix, other = "freeline_", "other"

// once makes and registers what has not been asked for before.
func once[C prometheus.Collector](m *Metrics, name string, make func() C) C {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.made[name].(C); ok {
		return c
	}
	c := make()
	m.registry.MustRegister(c)
	m.made[name] = c
	return c
}

// known keeps a label's value to those that are listed.
type labelled []string

func (l labelled) value(v string) string {
	if slices.Contains(l, v) {
		return v
	}
	return other
}

// A Counter only grows.
type Counter struct{ c prometheus.Counter }

// Add counts n more.
func (c Counter) Add(n int) { c.c.Add(float64(n)) }

// Counter returns a count without labels.
func (m *Metrics) Counter(name, help string) Counter {
	return Counter{once(m, name, func() prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + name, Help: help})
	})}
}

// Counters is a count for each value of a label.
type Counters struct {
	vec    *prometheus.CounterVec
	values labelled
}

// Counters returns a count for each of a label's values, and for "other".
func (m *Metrics) Counters(name, help, label string, values ...string) Counters {
	vec := once(m, name, func() *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, []string{label})
	})
	for _, v := range values {
		vec.WithLabelValues(v)
	}
	return Counters{vec, values}
}

// Of returns the count of one value.
func (c Counters) Of(value string) Counter {
	return Counter{c.vec.WithLabelValues(c.values.value(value))}
}

// A Gauge goes up and down.
type Gauge struct{ g prometheus.Gauge }

// Set sets the figure.
func (g Gauge) Set(v float64) { g.g.Set(v) }

// Add changes it.
func (g Gauge) Add(v float64) { g.g.Add(v) }

// Gauge returns a figure without labels.
func (m *Metrics) Gauge(name, help string) Gauge {
	return Gauge{once(m, name, func() prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + name, Help: help})
	})}
}

// GaugeFunc serves what f returns each time somebody asks. The first f of a name
// stays.
func (m *Metrics) GaugeFunc(name, help string, f func() float64) {
	once(m, name, func() prometheus.GaugeFunc {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + name, Help: help}, f)
	})
}

// Gauges is a figure for each value of a label.
type Gauges struct {
	vec    *prometheus.GaugeVec
	values labelled
}

// Gauges returns a figure for each of a label's values, and for "other".
func (m *Metrics) Gauges(name, help, label string, values ...string) Gauges {
	vec := once(m, name, func() *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, []string{label})
	})
	for _, v := range values {
		vec.WithLabelValues(v)
	}
	return Gauges{vec, values}
}

// Of returns the figure of one value.
func (g Gauges) Of(value string) Gauge { return Gauge{g.vec.WithLabelValues(g.values.value(value))} }

// A Histogram counts measurements by size.
type Histogram struct{ h prometheus.Observer }

// Observe counts one measurement, in seconds or bytes as its name says.
func (h Histogram) Observe(v float64) { h.h.Observe(v) }

// Histograms is a histogram for each value of a label.
type Histograms struct {
	vec    *prometheus.HistogramVec
	values labelled
}

// Histograms returns a histogram for each of a label's values, and for "other".
// Without bounds they are those of answers in seconds, 5 ms to 10 s.
func (m *Metrics) Histograms(name, help string, bounds []float64, label string, values ...string) Histograms {
	if bounds == nil {
		bounds = prometheus.DefBuckets
	}
	vec := once(m, name, func() *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: bounds}, []string{label})
	})
	for _, v := range values {
		vec.WithLabelValues(v)
	}
	return Histograms{vec, values}
}

// Of returns the histogram of one value.
func (h Histograms) Of(value string) Histogram {
	return Histogram{h.vec.WithLabelValues(h.values.value(value))}
}
