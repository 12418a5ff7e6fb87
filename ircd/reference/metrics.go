package reference

import (
	"strings"

	"github.com/parley-irc/parley/ircd/metrics"
)

func metricsPage() string {
	p := newPage("Metrics", "What the server tells Prometheus at `/metrics`, besides what every program in Go does (`go_…`, `process_…`). [How to use them](../manual/monitoring.md).")
	p.table("metric", "kind", "labels", "meaning")
	for _, m := range metrics.All() {
		labels := make([]string, len(m.Labels))
		for i, l := range m.Labels {
			labels[i] = code(l)
		}
		p.row(code(m.Name), m.Kind(), strings.Join(labels, ", "), m.Help)
	}
	return p.String()
}
