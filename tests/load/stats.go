//go:build linux

package main

import (
	"slices"
	"time"
)

// Metrics are the figures of one run of a case, by name; the name ends in the unit.
type metrics map[string]float64

// spread returns the least, the median and the most of each metric over the runs that have it.
func spread(runs []metrics) (least, median, most metrics) {
	all := map[string][]float64{}
	for _, m := range runs {
		for k, v := range m {
			all[k] = append(all[k], v)
		}
	}
	least, median, most = metrics{}, metrics{}, metrics{}
	for k, v := range all {
		slices.Sort(v)
		least[k], most[k] = v[0], v[len(v)-1]
		median[k] = (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	}
	return least, median, most
}

// A sample is a set of durations.
type sample []time.Duration

// quantile returns the smallest value that at least the share q of the sample
// does not exceed. It sorts the sample.
func (s sample) quantile(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	i := int(q*float64(len(s))+0.999999) - 1
	return s[min(max(i, 0), len(s)-1)]
}

// into records p50, p99 and the largest, in milliseconds, under a prefix.
func (s sample) into(m metrics, prefix string) {
	m[prefix+"p50_ms"] = ms(s.quantile(0.50))
	m[prefix+"p99_ms"] = ms(s.quantile(0.99))
	m[prefix+"max_ms"] = ms(s.quantile(1))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// into records what a usage cost, in all and for each of n things of a kind.
func (u usage) into(m metrics, n int, each string) {
	m["wall_s"], m["count"] = u.wall.Seconds(), float64(n)
	m["generator_busy"] = u.generator.Seconds() / u.wall.Seconds()
	if u.server == 0 {
		return
	}
	m["server_cpu_s"] = u.server.Seconds()
	m["server_busy"] = u.server.Seconds() / u.wall.Seconds()
	if n > 0 {
		m["cpu_us_per_"+each] = float64(u.server.Nanoseconds()) / 1e3 / float64(n)
	}
	if t := u.user + u.sys; t > 0 {
		m["user_share"] = u.user.Seconds() / t.Seconds()
	}
}
