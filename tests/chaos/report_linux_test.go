package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// An incident is a fault that has happened. Times are from its end.
type incident struct {
	name   string
	lasted time.Duration
	// linked is when all servers were linked to each other again, and whole when each had
	// all that had been said on any.
	linked, whole time.Duration
	// registered is when an account could be registered, 0 if that was so during the fault.
	registered time.Duration
}

// A report collects incidents.
type report struct {
	faults []fault
	deck   []fault // what is still to come of this round
	all    map[string][]incident
}

func newReport(faults []fault) *report { return &report{faults: faults, all: map[string][]incident{}} }

// next returns a fault: all come equally often.
func (r *report) next(random *rand.Rand) fault {
	if len(r.deck) == 0 {
		for _, i := range random.Perm(len(r.faults)) {
			r.deck = append(r.deck, r.faults[i])
		}
	}
	f := r.deck[0]
	r.deck = r.deck[1:]
	return f
}

func (r *report) add(i incident) { r.all[i.name] = append(r.all[i.name], i) }

// String returns a table: median and most of each time.
func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, "| fault | times | linked again | complete again | registrations again |")
	fmt.Fprintln(&b, "|---|---|---|---|---|")
	total := 0
	for _, f := range r.faults {
		all := r.all[f.name]
		total += len(all)
		if len(all) == 0 {
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", f.name, len(all),
			spread(all, func(i incident) time.Duration { return i.linked }),
			spread(all, func(i incident) time.Duration { return i.whole }),
			spread(all, func(i incident) time.Duration { return i.registered }))
	}
	fmt.Fprintf(&b, "%d faults", total)
	return b.String()
}

func spread(all []incident, of func(incident) time.Duration) string {
	var times []time.Duration
	for _, i := range all {
		times = append(times, of(i))
	}
	slices.Sort(times)
	return fmt.Sprintf("%.1f s, at most %.1f s", times[len(times)/2].Seconds(), times[len(times)-1].Seconds())
}
