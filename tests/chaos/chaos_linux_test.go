package chaos

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

var (
	duration = flag.Duration("duration", 0, "how long servers are given trouble; 0 leaves TestChaos out")
	count    = flag.Int("servers", 3, "how many servers there are")
	seed     = flag.Uint64("seed", 0, "what decides which trouble; 0 takes the time")
	only     = flag.String("faults", "", "which trouble, separated by commas; all if there is none")
)

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
	c := newChaos(t, *count, *seed)
	r := newReport(chosen(t))
	for end := time.Now().Add(*duration); time.Now().Before(end) && !t.Failed(); {
		r.add(c.trouble(r.next(c.random)))
		time.Sleep(time.Second) // some peace
	}
	c.dismiss()
	t.Logf("%d servers, %v, seed %d\n%s", *count, *duration, *seed, r)
	c.verify()
}

// TestFaults lets some faults happen once, for a moment.
func TestFaults(t *testing.T) {
	t.Parallel()
	c := newChaos(t, 3, 1)
	c.brief = true
	var opers []*client
	for i, s := range c.servers {
		opers = append(opers, s.connect(fmt.Sprint("oper", i), false).oper())
	}
	for _, f := range faults {
		switch f.name {
		case "one way", "clock", "full disk":
			c.trouble(f)
		}
	}
	for _, text := range []string{"The clock of this machine differs by ", "The clock of this machine is right again"} {
		until(t, "an operator is told: "+text, func() bool {
			return slices.ContainsFunc(opers, func(o *client) bool {
				_, _, told := o.find(func(m wire.Message) bool { return m.Command == "NOTICE" && strings.Contains(m.Params[1], text) })
				return told
			})
		})
	}
	c.dismiss()
	c.verify()
}

// chosen returns the faults that the command line names.
func chosen(t *testing.T) (some []fault) {
	names := strings.Split(*only, ",")
	for _, f := range faults {
		if *only == "" || slices.Contains(names, f.name) {
			some = append(some, f)
		}
	}
	if len(some) == 0 {
		t.Fatalf("there is no fault %q", *only)
	}
	return some
}

// A chaos is a network in trouble.
type chaos struct {
	*network
	random  *rand.Rand
	wires   *wires
	witness *witness
	writers []*writer
	brief   bool // trouble lasts a moment
}

// newChaos makes a network on which clients talk, and returns when its servers are linked.
func newChaos(t *testing.T, servers int, seed uint64) *chaos {
	t.Helper()
	c := &chaos{
		network: newNetwork(t, servers), random: rand.New(rand.NewPCG(seed, 0)),
		witness: &witness{messages: map[string]string{}, doubt: map[string]bool{}},
	}
	c.wires = newWires(t, c.servers)
	for _, s := range c.servers[1:] {
		s.peers = []string{c.servers[0].advertise}
	}
	for _, s := range c.servers {
		s.setClock("+0s")
		s.env = []string{"PARLEY_TEST_CLOCK=@" + s.clockFile()}
		s.configure()
		s.launch()
	}
	for _, s := range c.servers {
		until(t, s.name+" runs", func() bool { return s.linked() >= 0 })
	}
	c.together()
	for i, s := range c.servers {
		c.writers = append(c.writers, c.witness.hire(s, i))
	}
	until(t, "all talk", func() bool { return len(c.witness.lastSaid()) == servers })
	return c
}

// dismiss lets the clients stop.
func (c *chaos) dismiss() {
	for _, p := range c.writers {
		p.fire()
	}
	c.writers = nil
}

// trouble lets a fault happen, and returns what became of it.
func (c *chaos) trouble(f fault) incident {
	c.Helper()
	if c.brief {
		return c.troubleFor(f, 4*time.Second)
	}
	return c.troubleFor(f, time.Duration(c.random.IntN(12000))*time.Millisecond)
}

func (c *chaos) troubleFor(f fault, lasts time.Duration) incident {
	c.Helper()
	begun := time.Now()
	what, end := f.begin(c)
	time.Sleep(lasts)
	said := c.witness.lastSaid()
	end()
	ended := time.Now()
	i := incident{name: f.name, lasted: lasts}
	c.together()
	i.linked = time.Since(ended)
	for _, s := range c.servers {
		c.has(s, said)
	}
	i.whole = time.Since(ended)
	for ok := false; !ok; time.Sleep(20 * time.Millisecond) {
		if i.registered, ok = c.witness.registeredAfter(begun, ended); !ok && time.Since(ended) > patience {
			c.Fatalf("after %s %s no account can be registered: %q", f.name, what, c.witness.lastReplies())
		}
	}
	c.Logf("%s %s for %v: linked after %v, complete after %v, registrations after %v", f.name, what, lasts.Round(time.Millisecond),
		i.linked.Round(time.Millisecond), i.whole.Round(time.Millisecond), i.registered.Round(time.Millisecond))
	return i
}

// has waits until a server has these messages.
func (c *chaos) has(s *server, ids []string) {
	c.Helper()
	var reader *client
	defer func() {
		if reader != nil {
			reader.Close()
		}
	}()
	for _, id := range ids {
		until(c.T, s.name+" has "+id, func() bool {
			if reader == nil || reader.ended() {
				reader = s.connect(fmt.Sprintf("reader%d", c.random.IntN(1e6)), false).joined(channel)
			}
			return reader.holds(channel, id)
		})
	}
}

// verify checks that all that clients were told is so, on all servers.
func (c *chaos) verify() {
	w := c.witness
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Logf("%d messages echoed, %d accounts registered, %d registrations refused for want of a majority or of space, %d unanswered",
		len(w.messages), len(w.accounts), w.refused, len(w.doubt))
	for _, text := range w.doubled {
		c.Errorf("a client heard %q twice", text)
	}
	c.agree()
	for i, s := range c.servers {
		watcher := s.connect(fmt.Sprint("watcher", i), false)
		until(c.T, "all have left the channel at "+s.name, func() bool { return len(watcher.names(channel)) == 0 })
		for _, account := range w.accounts {
			if err := s.login(account); err != nil {
				c.Errorf("%s: account %s was registered, and: %v", s.name, account, err)
			}
		}
	}
}

// agree checks that all servers come to have the same history, with all that was echoed.
func (c *chaos) agree() {
	readers := make([]*client, len(c.servers))
	for i, s := range c.servers {
		readers[i] = s.connect(fmt.Sprint("reader", i), false).joined(channel)
	}
	all := make([][]string, len(c.servers))
	same := false
	for end := time.Now().Add(patience); !same && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		same = true
		for i, r := range readers {
			all[i] = r.history(channel)
			same = same && slices.Equal(all[i], all[0])
		}
	}
	for i, s := range c.servers {
		if !slices.Equal(all[i], all[0]) {
			c.Errorf("the history of %s is not that of %s: %s", s.name, c.servers[0].name, difference(all[i], all[0]))
		}
		c.compare(s, all[i], c.witness.messages)
		readers[i].send("PART %s", channel)
	}
}

// difference describes where two histories begin to differ.
func difference(a, b []string) string {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("%d and %d messages; from %d on %q and %q", len(a), len(b), i, a[i:min(i+3, len(a))], b[min(i, len(b)):min(i+3, len(b))])
		}
	}
	return fmt.Sprintf("%d and %d messages, of which the first are the same", len(a), len(b))
}

// login logs in to an account.
func (s *server) login(account string) error {
	c, err := s.dial(account)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.register(true)
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
	var missing []string
	for text, id := range echoed {
		if times[text] == 0 {
			missing = append(missing, id+" "+text)
		}
	}
	slices.Sort(missing)
	for text, n := range times {
		if n > 1 {
			c.Errorf("%s: %q is there %d times", s.name, text, n)
		}
	}
	if len(missing) > 0 {
		c.Errorf("%s: %d of %d messages that were echoed are missing: %q", s.name, len(missing), len(echoed), missing[:min(len(missing), 30)])
	}
}
