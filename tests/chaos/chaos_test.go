package chaos

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	duration = flag.Duration("duration", 0, "how long servers are given trouble; 0 leaves TestChaos out")
	count    = flag.Int("servers", 3, "how many servers there are")
	seed     = flag.Uint64("seed", 0, "what decides which trouble; 0 takes the time")
)

// A fault is something that happens to servers. It returns how to end it.
type fault struct {
	name  string
	needs bool // a ground
	begin func(c *chaos) (what string, end func())
}

var faults = []fault{
	{"kill", false, func(c *chaos) (string, func()) {
		s := c.some()
		s.end(syscall.SIGKILL)
		return s.name, s.start
	}},
	{"stop", false, func(c *chaos) (string, func()) {
		s := c.some()
		s.end(syscall.SIGTERM)
		return s.name, s.start
	}},
	{"freeze", false, func(c *chaos) (string, func()) {
		s := c.some()
		s.signal(syscall.SIGSTOP)
		return s.name, func() { s.signal(syscall.SIGCONT) }
	}},
	{"kill two", false, func(c *chaos) (string, func()) {
		a, b := c.some(), c.some()
		a.end(syscall.SIGKILL)
		b.end(syscall.SIGKILL)
		return a.name + " " + b.name, func() {
			a.launch()
			if b != a {
				b.launch()
			}
		}
	}},
	{"isolate", true, func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		return c.servers[i].name, c.cut(func(from, to int) bool { return (from == i) != (to == i) })
	}},
	{"split", true, func(c *chaos) (string, func()) {
		half := len(c.servers) / 2
		return fmt.Sprint("the first ", half), c.cut(func(from, to int) bool { return (from < half) != (to < half) })
	}},
	{"one way", true, func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		j := (i + 1 + c.random.IntN(len(c.servers)-1)) % len(c.servers)
		return c.servers[i].name + " to " + c.servers[j].name, c.cut(func(from, to int) bool { return from == i && to == j })
	}},
	{"slow", true, func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		if !c.ground.slow(i, "300ms") {
			return c.servers[i].name + " (not in this kernel)", func() {}
		}
		return c.servers[i].name, func() { c.ground.fast(i) }
	}},
}

// A chaos is a network in trouble.
type chaos struct {
	*network
	random *rand.Rand
}

func (c *chaos) some() *server { return c.servers[c.random.IntN(len(c.servers))] }

// cut cuts servers off, and returns how to end that.
func (c *chaos) cut(cuts func(from, to int) bool) (end func()) {
	var mend []func()
	for from := range c.servers {
		for to := range c.servers {
			if from != to && cuts(from, to) {
				c.ground.cut(from, to)
				mend = append(mend, func() { c.ground.mend(from, to) })
			}
		}
	}
	return func() {
		for _, f := range mend {
			f()
		}
	}
}

// TestChaos gives servers trouble, one fault after the other, while clients talk on all of
// them and register accounts. After each the servers have to be together again, with the same
// history; in the end everything that clients were told has to be so, everywhere.
func TestChaos(t *testing.T) {
	if *duration == 0 {
		t.Skip("it runs by \"make chaos\"")
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", *seed)
	var g *ground
	t.Run("ground", func(sub *testing.T) { // is skipped where there can be none
		probe := newGround(sub)
		_ = probe
		g = &ground{}
	})
	if g != nil {
		g = newGround(t)
	}
	c := &chaos{network: newNetwork(t, *count, g), random: rand.New(rand.NewPCG(*seed, 0))}
	for _, s := range c.servers {
		s.launch()
	}
	for _, s := range c.servers {
		until(t, s.name+" runs", func() bool { return s.linked() >= 0 })
	}
	c.together()
	w := &witness{messages: map[string]string{}, doubt: map[string]bool{}}
	var writers []*writer
	for i, s := range c.servers {
		writers = append(writers, w.hire(s, i))
	}
	slowest := map[string]time.Duration{}
	for end := time.Now().Add(*duration); time.Now().Before(end) && !t.Failed(); {
		name, took := c.trouble()
		slowest[name] = max(slowest[name], took)
		time.Sleep(time.Second) // some peace
	}
	for _, p := range writers {
		p.fire()
	}
	messages, accounts, refused := w.counts()
	t.Logf("%d messages echoed, %d accounts registered, %d registrations refused for want of a majority", messages, accounts, refused)
	for name, took := range slowest {
		t.Logf("%s: together again after %v at most", name, took.Round(time.Millisecond))
	}
	c.verify(w)
}

// trouble lets one fault happen, and returns how long it took after its end until the
// servers were together again.
func (c *chaos) trouble() (name string, took time.Duration) {
	f := faults[c.random.IntN(len(faults))]
	for f.needs && c.ground == nil {
		f = faults[c.random.IntN(len(faults))]
	}
	what, end := f.begin(c)
	lasts := time.Duration(c.random.IntN(12000)) * time.Millisecond
	time.Sleep(lasts)
	end()
	ended := time.Now()
	c.together()
	took = time.Since(ended)
	c.Logf("%s %s for %v: together after %v", f.name, what, lasts.Round(time.Millisecond), took.Round(time.Millisecond))
	return f.name, took
}

// verify checks that all that clients were told is so, on all servers.
func (c *chaos) verify(w *witness) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var first []string
	for i, s := range c.servers {
		reader := s.connect(fmt.Sprint("reader", i), false)
		reader.join(channel)
		var all []string
		until(c.T, "the history of "+s.name+" is that of the first", func() bool {
			all = reader.history(channel)
			return i == 0 || slices.Equal(all, first)
		})
		if i == 0 {
			first = all
		}
		c.compare(s, all, w.messages)
		for _, account := range w.accounts {
			reader, err := s.dial(account)
			if err == nil {
				err = reader.register(true)
				reader.Close()
			}
			if err != nil {
				c.Errorf("%s: account %s was registered, and: %v", s.name, account, err)
			}
		}
	}
}

// compare checks that each message that was echoed is in the history once.
func (c *chaos) compare(s *server, history []string, echoed map[string]string) {
	times := map[string]int{}
	for _, line := range history {
		id, rest, _ := strings.Cut(line, " ")
		_, text, _ := strings.Cut(rest, " ")
		times[text]++
		if want, ok := echoed[text]; ok && want != id {
			c.Errorf("%s: %q has the identifier %s and was echoed with %s", s.name, text, id, want)
		}
	}
	missing := 0
	for text := range echoed {
		if times[text] == 0 {
			missing++
		}
	}
	for text, n := range times {
		if n > 1 {
			c.Errorf("%s: %q is there %d times", s.name, text, n)
		}
	}
	if missing > 0 {
		c.Errorf("%s: %d of %d messages that were echoed are missing", s.name, missing, len(echoed))
	}
}
