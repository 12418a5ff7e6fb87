package soak

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// measures are what must not grow, and by how much the median of the last third must be
// above that of the first before it counts. What grows more slowly than that in the time of a
// run is not noticed; a longer run notices it.
var measures = []struct {
	name  string
	of    func(sample) int
	least float64
}{
	{"the heap", func(x sample) int { return x.heap }, 512 << 10},
	{"the number of goroutines", func(x sample) int { return x.goroutines }, 4},
	{"the number of descriptors", func(x sample) int { return x.descriptors }, 4},
}

// warmUp is which part of a run lists fill in that have a bound.
const warmUp = 4

// fewest is how many samples a trend is seen in, after the warm-up.
const fewest = 9

// judge says what grows steadily in a series.
//
// The first quarter is a warm-up: lists that have a bound fill, and BuntDB's trees find
// their shape. In the rest two things must come together, because each alone is common by
// chance. The level must be higher at the end than at the beginning (see measures). And the
// rise must run through all of it: of all pairs of samples so many must be in rising order
// that it would happen in one of 200 series without a trend (the test of Mann and Kendall).
// RSS is shown, but not judged, since Go gives memory back when it likes. A series that is
// too short is not judged.
func judge(series []sample) (faults []string) {
	series = series[len(series)/warmUp:]
	if len(series) < fewest {
		return nil
	}
	for _, m := range measures {
		values := make([]float64, len(series))
		for i, x := range series {
			values[i] = float64(m.of(x))
		}
		third := len(values) / 3
		first, last := median(values[:third]), median(values[len(values)-third:])
		if rise := last - first; rise > m.least && trend(values) > 2.576 {
			faults = append(faults, fmt.Sprintf("%s grows steadily: from %.0f to %.0f", m.name, first, last))
		}
	}
	return faults
}

// trend returns by how many standard deviations more pairs are in rising order than in
// falling. https://en.wikipedia.org/wiki/Mann-Kendall_test
func trend(values []float64) float64 {
	score := 0
	for i, x := range values {
		for _, y := range values[i+1:] {
			switch {
			case y > x:
				score++
			case y < x:
				score--
			}
		}
	}
	n := float64(len(values))
	return float64(score) / math.Sqrt(n*(n-1)*(2*n+5)/18)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// TestJudge: what leaks is noticed, and what only goes up and down is not.
func TestJudge(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	series := func(of func(i int) sample) (all []sample) {
		for i := range 60 {
			all = append(all, of(i))
		}
		return all
	}
	noise := func() int { return chance.IntN(13) }
	for _, test := range []struct {
		what, want string
		of         func(i int) sample
	}{
		{"noise", "", func(int) sample {
			return sample{heap: 20<<20 + noise()<<16, goroutines: 60 + noise(), descriptors: 90 + noise()}
		}},
		{"one goroutine in three samples", "goroutines", func(i int) sample { return sample{goroutines: 60 + noise() + i/3} }},
		{"one descriptor in four samples", "descriptors", func(i int) sample { return sample{descriptors: 40 + noise() + i/4} }},
		{"a heap that grows by 100 KiB a sample", "heap", func(i int) sample { return sample{heap: 20<<20 + noise()<<16 + i*100<<10} }},
		{"a heap that grows only in the warm-up", "", func(i int) sample { return sample{heap: 20<<20 + noise()<<16 + min(i, 14)<<20} }},
	} {
		got := strings.Join(judge(series(test.of)), ", ")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q", test.what, got)
		}
	}
}
