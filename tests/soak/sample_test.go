package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A sample is how a server is at a moment.
type sample struct {
	at          time.Duration // since the first client
	clients     int
	rss         int // bytes
	heap        int // bytes that are in use after a garbage collection
	goroutines  int
	descriptors int
	cpu         float64 // seconds since the start
}

// look takes a sample. The heap is read after a garbage collection that reading it causes,
// else it would say mostly when the last one was.
func (s *server) look(t *testing.T, at time.Duration) sample {
	t.Helper()
	heap := s.fetch(t, "/debug/pprof/heap?gc=1&debug=1")
	text := s.fetch(t, "/metrics")
	return sample{
		at: at, heap: int(figure(t, heap, "# HeapAlloc =")),
		clients: int(figure(t, text, `parley_clients{state="registered"}`)),
		rss:     int(figure(t, text, "process_resident_memory_bytes")), goroutines: int(figure(t, text, "go_goroutines")),
		descriptors: int(figure(t, text, "process_open_fds")), cpu: figure(t, text, "process_cpu_seconds_total"),
	}
}

// figure returns what follows a name at the beginning of a line.
func figure(t *testing.T, text, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%s is missing in\n%s", name, text)
	}
	value, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// settle waits until the server has noticed that all have left, and takes a sample.
func (s *server) settle(t *testing.T, before sample, begun time.Time) (x sample) {
	t.Helper()
	for end := time.Now().Add(settling); ; time.Sleep(50 * time.Millisecond) {
		x = s.look(t, time.Since(begun))
		still := x.clients > 0 || x.goroutines > before.goroutines || x.descriptors > before.descriptors
		if !still || time.Now().After(end) {
			return x
		}
	}
}

// profile keeps a profile of the heap, if that is wanted. What has grown is what
// "go tool pprof -base warm.pb.gz end.pb.gz" shows.
func (s *server) profile(t *testing.T, name string) {
	t.Helper()
	if *profiles == "" {
		return
	}
	text := s.fetch(t, "/debug/pprof/heap?gc=1")
	if err := os.WriteFile(filepath.Join(*profiles, name+".pb.gz"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// table shows samples in lines. CPU is what was used of one core since the line before.
func table(series []sample) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%9s %8s %8s %9s %11s %12s %6s\n", "after", "clients", "RSS MiB", "heap MiB", "goroutines", "descriptors", "CPU %")
	const mib = 1 << 20
	for i, x := range series {
		cpu := 0.0
		if i > 0 && x.at > series[i-1].at {
			cpu = 100 * (x.cpu - series[i-1].cpu) / (x.at - series[i-1].at).Seconds()
		}
		fmt.Fprintf(&b, "%9s %8d %8.1f %9.2f %11d %12d %6.1f\n", x.at.Round(time.Second), x.clients,
			float64(x.rss)/mib, float64(x.heap)/mib, x.goroutines, x.descriptors, cpu)
	}
	return b.String()
}
