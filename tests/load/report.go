//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// A report gathers the figures of a run.
type report struct {
	Machine  machine   `json:"machine"`
	Results  []*result `json:"results"`
	Failures []failure `json:"failures"`
}

type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Load   string `json:"load_before"` // what else ran when this began
	Pinned bool   `json:"pinned"`
}

// A result is one case of a scenario on one server.
type result struct {
	Scenario  string    `json:"scenario"`
	Case      string    `json:"case"`
	Server    string    `json:"server"`
	Median    metrics   `json:"median"`
	Least     metrics   `json:"least"`
	Most      metrics   `json:"most"`
	Runs      []metrics `json:"runs"`
	LimitedBy string    `json:"limited_by,omitempty"` // "generator": the server could have done more
}

type failure struct {
	Scenario string `json:"scenario"`
	Server   string `json:"server"`
	Error    string `json:"error"`
}

func newReport(p pins) *report {
	return &report{
		Machine: machine{
			CPU: cpuModel(), Cores: runtime.NumCPU(), Kernel: firstLine("/proc/sys/kernel/osrelease"),
			Go: runtime.Version(), Load: firstLine("/proc/loadavg"), Pinned: p.server >= 0,
		},
		Failures: []failure{},
	}
}

func firstLine(path string) string {
	b, _ := os.ReadFile(path)
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

func (r *report) add(scenario, name, server string, m metrics) {
	i := slices.IndexFunc(r.Results, func(x *result) bool {
		return x.Scenario == scenario && x.Case == name && x.Server == server
	})
	if i < 0 {
		i = len(r.Results)
		r.Results = append(r.Results, &result{Scenario: scenario, Case: name, Server: server})
	}
	x := r.Results[i]
	x.Runs = append(x.Runs, m)
	x.Least, x.Median, x.Most = spread(x.Runs)
	x.LimitedBy = ""
	if x.Median["generator_busy"] > 0.95 && x.Median["server_busy"] < 0.9 {
		x.LimitedBy = "generator"
	}
}

func (r *report) fail(scenario, server string, err error) {
	fmt.Fprintf(os.Stderr, "  failed: %v\n", err)
	r.Failures = append(r.Failures, failure{scenario, server, err.Error()})
}

func (r *report) failure() error {
	if len(r.Failures) == 0 {
		return nil
	}
	return fmt.Errorf("%d runs failed; the report names them", len(r.Failures))
}

func (r *report) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// save writes the report to a file, in place of what it said before.
func (r *report) save(path string) error {
	var b bytes.Buffer
	if err := r.json(&b); err != nil {
		return err
	}
	next := path + ".next"
	if err := os.WriteFile(next, b.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// table prints the figures of one scenario, a line for each case and server: medians, and
// from the least to the most where runs differ.
func (r *report) table(w io.Writer, scenario string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var last string
	rows := slices.Clone(r.Results)
	slices.SortStableFunc(rows, func(a, b *result) int { return strings.Compare(r.order(a), r.order(b)) })
	for _, x := range rows {
		if x.Scenario != scenario {
			continue
		}
		keys := columns(x.Median)
		if head := strings.Join(keys, "\t"); head != last {
			fmt.Fprintf(tw, "%s\tserver\t%s\n", scenario, head)
			last = head
		}
		fmt.Fprintf(tw, "%s\t%s", x.Case, x.Server)
		for _, k := range keys {
			fmt.Fprintf(tw, "\t%s", x.figure(k))
		}
		if x.LimitedBy != "" {
			fmt.Fprintf(tw, "\tlimited by the %s", x.LimitedBy)
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
}

// order keeps the cases of a scenario together, in the order they were first recorded.
func (r *report) order(x *result) string {
	i := slices.IndexFunc(r.Results, func(y *result) bool { return y.Scenario == x.Scenario && y.Case == x.Case })
	return fmt.Sprintf("%06d", i)
}

// columns are the metrics worth a look; the rest is in the JSON.
func columns(m metrics) []string {
	var out []string
	for k := range m {
		if k != "wall_s" && k != "count" && k != "server_cpu_s" && k != "user_share" {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// figure returns a metric as the table has it.
func (x *result) figure(key string) string {
	least, most := short(x.Least[key]), short(x.Most[key])
	if least == most {
		return least
	}
	return fmt.Sprintf("%s (%s–%s)", short(x.Median[key]), least, most)
}

func short(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
