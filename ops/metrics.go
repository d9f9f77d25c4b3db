package ops

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is one studio's registry and what the studio counts. It is a value: two studios in a process share nothing.
type Metrics struct {
	Registry *prometheus.Registry

	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	runs     *prometheus.CounterVec
	runTime  *prometheus.HistogramVec
	steps    *prometheus.CounterVec
	stepTime *prometheus.HistogramVec
	signIns  *prometheus.CounterVec
	models   modelMetrics
}

// NewMetrics returns a registry with the process's own figures in it.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atelier_http_requests_total", Help: "HTTP requests answered.",
		}, []string{"method", "route", "code"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_http_request_duration_seconds", Help: "Time until an HTTP request was answered.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route"}),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atelier_runs_total", Help: "Runs that ended.",
		}, []string{"trigger", "status"}),
		runTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_run_duration_seconds", Help: "Time from the start to the end of a run.",
			Buckets: prometheus.ExponentialBuckets(.001, 4, 12),
		}, []string{"trigger"}),
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atelier_steps_total", Help: "Steps that ended.",
		}, []string{"kind", "status"}),
		stepTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_step_duration_seconds", Help: "Time that a step took.",
			Buckets: prometheus.ExponentialBuckets(.0001, 4, 12),
		}, []string{"kind"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atelier_sign_ins_total", Help: "Attempts to sign in.",
		}, []string{"result"}),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "atelier_build_info", Help: "The running version.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	m.Registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build,
		m.requests, m.latency, m.runs, m.runTime, m.steps, m.stepTime, m.signIns,
	)
	m.models = newModelMetrics(m.Registry)
	return m
}

// Gauge adds a figure that is asked for when metrics are read.
func (m *Metrics) Gauge(name, help string, value func() float64) error {
	return m.Registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Request counts an HTTP request. The route is its pattern, never its path, so that strangers cannot grow the registry.
func (m *Metrics) Request(method, route string, code int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(code)).Inc()
	m.latency.WithLabelValues(method, route).Observe(took.Seconds())
}

// Run counts a run that ended.
func (m *Metrics) Run(trigger, status string, took time.Duration) {
	m.runs.WithLabelValues(trigger, status).Inc()
	m.runTime.WithLabelValues(trigger).Observe(took.Seconds())
}

// Step counts a step that ended.
func (m *Metrics) Step(kind, status string, took time.Duration) {
	m.steps.WithLabelValues(kind, status).Inc()
	m.stepTime.WithLabelValues(kind).Observe(took.Seconds())
}

// SignIn counts an attempt to sign in: "ok", "wrong" or "refused".
func (m *Metrics) SignIn(result string) { m.signIns.WithLabelValues(result).Inc() }

// Handler writes the metrics in the form that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}
