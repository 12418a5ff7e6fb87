// Package metrics tells Prometheus how the server does.
//
// A metric is a row of a table: its name, what it means, and where it is read. Nothing
// is counted here, and nothing is read before somebody asks: whoever does the work
// counts, and what is counted costs the work as little as an addition. The table is the
// reference, and a test holds the dashboard of the manual against it.
//
// https://prometheus.io/docs/practices/naming/
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// prefix begins the names of all metrics of the server.
const prefix = "parley_"

// A Metric is one figure, or one for each value of its labels.
type Metric struct {
	Name    string // with the prefix
	Counter bool   // it only grows; else it is a gauge
	Help    string
	Labels  []string
	// read tells the values. Those of labels are in their order.
	read func(s *Source, tell func(value float64, labels ...string))
}

// Kind returns what Prometheus calls it.
func (m *Metric) Kind() string {
	if m.Counter {
		return "counter"
	}
	return "gauge"
}

// All returns the metrics. There are besides them those that every program in Go has, by
// the names go_ and process_.
func All() []Metric { return all }

// collector implements prometheus.Collector.
type collector struct {
	source *Source
	descs  []*prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	for i := range all {
		kind := prometheus.GaugeValue
		if all[i].Counter {
			kind = prometheus.CounterValue
		}
		all[i].read(c.source, func(value float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(c.descs[i], kind, value, labels...)
		})
	}
}

// Registry returns what gathers the metrics of a source.
func Registry(s *Source) *prometheus.Registry {
	c := &collector{source: s}
	for i := range all {
		c.descs = append(c.descs, prometheus.NewDesc(all[i].Name, all[i].Help, all[i].Labels, nil))
	}
	r := prometheus.NewRegistry()
	r.MustRegister(c, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector(
		collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsScheduler),
	))
	return r
}

// Handler answers the requests of Prometheus.
func Handler(s *Source) http.Handler {
	return promhttp.HandlerFor(Registry(s), promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}
