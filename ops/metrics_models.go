package ops

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// modelMetrics count what language models, searches and the taking in of documents do. Every label has few values: names
// of workspaces, credentials, collections and of models that nobody has heard of are in none.
type modelMetrics struct {
	calls     *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	tokens    *prometheus.CounterVec
	cost      *prometheus.CounterVec
	unpriced  *prometheus.CounterVec
	cache     *prometheus.CounterVec
	breakers  *prometheus.CounterVec
	retrieval *prometheus.HistogramVec
	ingestion *prometheus.HistogramVec
}

// stageBuckets are for stages from a search by words, some 50 µs, to a document of thousands of pages.
var stageBuckets = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

func newModelMetrics(r prometheus.Registerer) modelMetrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := modelMetrics{
		calls: counter("atelier_model_calls_total", "Calls of language models, embedding models and rerankers, by how they ended; a call that a budget refused is \"spent\".", "provider", "model", "result"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_model_call_duration_seconds", Help: "Time until a model had answered in full, with its retries.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60, 120, 300},
		}, []string{"provider", "model"}),
		tokens:   counter("atelier_model_tokens_total", "Tokens that models read (input, and cached: the part of it that the provider had) and wrote (output).", "provider", "model", "kind"),
		cost:     counter("atelier_model_cost_dollars_total", "What the calls cost whose price is known, in US dollars.", "provider", "model"),
		unpriced: counter("atelier_model_unpriced_calls_total", "Calls whose price is not known, which the cost lacks.", "provider", "model"),
		cache:    counter("atelier_model_cache_requests_total", "Requests that may be answered from the cache of replies: hit or miss.", "result"),
		breakers: counter("atelier_model_breaker_changes_total", "Endpoints of models that were left alone after failures (open), and used again (closed).", "state"),
		retrieval: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_retrieval_stage_duration_seconds", Help: "Time of each stage of searches and answers. The result is ok, or without when the model that the stage wanted did not answer; of answers it is model, extract or none.",
			Buckets: stageBuckets,
		}, []string{"stage", "result"}),
		ingestion: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "atelier_ingestion_stage_duration_seconds", Help: "Time of each stage of taking a document in.", Buckets: stageBuckets,
		}, []string{"stage", "result"}),
	}
	r.MustRegister(m.calls, m.latency, m.tokens, m.cost, m.unpriced, m.cache, m.breakers, m.retrieval, m.ingestion)
	return m
}

// ModelCall is a call that ended.
type ModelCall struct {
	Provider string // the protocol
	Model    string // one of a known few, or "other"
	Result   string // "ok", or why it failed
	Took     time.Duration

	Input, Output, Cached int
	Dollars               float64
	Priced                bool // Dollars is known
}

// ModelCall counts a call of a model.
func (m *Metrics) ModelCall(c ModelCall) {
	m.models.calls.WithLabelValues(c.Provider, c.Model, c.Result).Inc()
	if c.Took > 0 {
		m.models.latency.WithLabelValues(c.Provider, c.Model).Observe(c.Took.Seconds())
	}
	for kind, n := range map[string]int{"input": c.Input, "output": c.Output, "cached": c.Cached} {
		if n > 0 {
			m.models.tokens.WithLabelValues(c.Provider, c.Model, kind).Add(float64(n))
		}
	}
	switch {
	case c.Priced:
		m.models.cost.WithLabelValues(c.Provider, c.Model).Add(max(0, c.Dollars))
	case c.Input+c.Output > 0:
		m.models.unpriced.WithLabelValues(c.Provider, c.Model).Inc()
	}
}

// ModelCache counts a request that might have been answered from the cache of replies.
func (m *Metrics) ModelCache(found bool) {
	result := "miss"
	if found {
		result = "hit"
	}
	m.models.cache.WithLabelValues(result).Inc()
}

// ModelBreaker counts an endpoint that is left alone from now on, or used again.
func (m *Metrics) ModelBreaker(open bool) {
	state := "closed"
	if open {
		state = "open"
	}
	m.models.breakers.WithLabelValues(state).Inc()
}

// Retrieval counts a stage of a search or an answer.
func (m *Metrics) Retrieval(stage, result string, took time.Duration) {
	m.models.retrieval.WithLabelValues(stage, result).Observe(took.Seconds())
}

// Ingestion counts a stage of taking a document in.
func (m *Metrics) Ingestion(stage, result string, took time.Duration) {
	m.models.ingestion.WithLabelValues(stage, result).Observe(took.Seconds())
}
