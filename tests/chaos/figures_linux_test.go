package chaos

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/tests/profile"
)

var (
	figures  = flag.Bool("figures", false, "measure what linking costs")
	profiles = flag.String("profiles", "", "the folder for profiles of the servers while they deliver")
)

// TestFigures measures what docs/manual/performance.md says of linked servers.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("it runs by -figures")
	}
	alone := newNetwork(t, 1).servers[0]
	alone.profiled()
	alone.write("") // without links
	alone.start()
	n := newNetwork(t, 3)
	for _, s := range n.servers {
		s.profiled()
		s.configure()
		s.launch()
	}
	for _, s := range n.servers {
		until(t, s.name+" runs", func() bool { return s.linked() >= 0 })
	}
	n.together()
	time.Sleep(3 * time.Second)

	t.Run("idle", func(t *testing.T) {
		cpu, begin := n.servers[1].cpu(), time.Now()
		single := alone.cpu()
		time.Sleep(20 * time.Second)
		took := time.Since(begin).Seconds()
		t.Logf("a linked server takes %.2f %% of a core, one alone %.2f %%", 100*(n.servers[1].cpu()-cpu).Seconds()/took, 100*(alone.cpu()-single).Seconds()/took)
		t.Logf("resident memory: linked %.1f MB, alone %.1f MB", n.servers[1].rss(), alone.rss())
	})
	t.Run("latency", func(t *testing.T) {
		one := latency(t, alone, alone)
		same := latency(t, n.servers[0], n.servers[0])
		across := latency(t, n.servers[0], n.servers[1])
		t.Logf("a message to another client: one server %v, the same of three %v, another of three %v", one, same, across)
	})
	t.Run("throughput", func(t *testing.T) {
		rate, cpu := throughput(t, n.servers[0], n.servers[1])
		t.Logf("%.0f messages a second from one server to another; %.1f and %.1f µs of CPU a message", rate, cpu[0], cpu[1])
		rate, cpu = throughput(t, alone, alone)
		t.Logf("%.0f messages a second on one server; %.1f µs of CPU a message", rate, cpu[0])
	})
	t.Run("cost", func(t *testing.T) {
		one := cost(t, "alone", alone, alone)
		three := cost(t, "linked", n.servers[0], n.servers...)
		t.Logf("a delivery to one of 99 members: %.2f µs of CPU on one server, %.2f on three together", one, three)
	})
	t.Run("catching up", func(t *testing.T) {
		const missed = 100_000
		n.servers[2].end(syscall.SIGKILL)
		before := len(n.servers[1].connect("before", false).joined("#missed").history("#missed"))
		talk(t, n.servers[0], "#missed", missed)
		begin := time.Now()
		n.servers[2].start()
		up := time.Since(begin)
		reader := n.servers[2].connect("reader", false).joined("#missed")
		last := fmt.Sprintf("message %d of many", missed-1)
		for !reader.latest("#missed", last) {
			if time.Since(begin) > time.Minute {
				t.Fatal("it does not catch up")
			}
		}
		took := time.Since(begin)
		if got := len(reader.history("#missed")); got != before+missed {
			t.Errorf("it has %d messages of %d", got, before+missed)
		}
		t.Logf("a server that missed %d messages serves clients after %v and has all after %v", missed, up.Round(time.Millisecond), took.Round(time.Millisecond))
	})
	t.Run("kill", func(t *testing.T) {
		n.together()
		for _, s := range n.servers {
			stall, noticed, registered := kill(t, n, s)
			t.Logf("%s is killed: chat on another server waits for %v at most, it is noticed after %v, accounts can be registered after %v", s.name, stall, noticed, registered)
			s.launch()
			until(t, s.name+" runs", func() bool { return s.linked() >= 0 })
			n.together()
		}
	})
	t.Run("partition", func(t *testing.T) {
		c := newChaos(t, 3, 1)
		for _, f := range faults {
			if f.name == "isolate" {
				i := c.troubleFor(f, time.Minute)
				t.Logf("after a partition of a minute: linked after %v, all have the same after %v", i.linked.Round(time.Millisecond), i.whole.Round(time.Millisecond))
			}
		}
		c.dismiss()
		c.verify()
	})
}

// cost returns the CPU time, in µs, of all servers together for a delivery of a message from
// a client of one to one of 99 members, who are spread evenly. Profiles of it have the name.
func cost(t *testing.T, name string, from *server, over ...*server) (each float64) {
	t.Helper()
	const members, many = 99, 10_000
	rounds := 1
	if *profiles != "" { // which want more than a tenth of a second
		rounds = 20
	}
	sender := raw(t, from, "sender")
	sender.line("JOIN #cost")
	sender.wait(" 366 ")
	var hearers []*line
	for i := range members {
		m := raw(t, over[i%len(over)], fmt.Sprint("m", i, "x"))
		m.line("JOIN #cost")
		m.wait(" 366 ")
		hearers = append(hearers, m)
	}
	time.Sleep(500 * time.Millisecond)
	look(t, name, over, func() {
		var before, after time.Duration
		for _, s := range over {
			before += s.cpu()
		}
		for range rounds { // after each, all have heard all
			var done sync.WaitGroup
			for _, m := range hearers[1:] {
				done.Go(func() {
					for range many {
						m.wait(" PRIVMSG ")
					}
				})
			}
			sender.flood(hearers[0], many, func(i int) string { return fmt.Sprintf("PRIVMSG #cost :%0100d", i) })
			done.Wait()
		}
		for _, s := range over {
			after += s.cpu()
		}
		each = (after - before).Seconds() * 1e6 / float64(rounds*members*many)
	})
	return each
}

// profiled makes a server answer those who take profiles, if somebody wants to.
func (s *server) profiled() {
	if *profiles != "" {
		s.figures, s.env = clustertest.FreeAddress(s.T), append(s.env, profile.Environment)
	}
}

// span is how long they are taken: the servers wait most of it for those who read.
const span = 20 * time.Second

// look does something, and takes profiles of all servers meanwhile, if they are wanted.
func look(t *testing.T, name string, at []*server, do func()) {
	t.Helper()
	if *profiles == "" || len(at) == 0 {
		do()
		return
	}
	s := profile.Server{Pid: at[0].pid(), Address: at[0].figures, Span: span}
	set, err := s.During(func() error {
		look(t, name, at[1:], do)
		return nil
	})
	if err == nil {
		err = set.Save(filepath.Join(*profiles, name+"-"+at[0].name))
	}
	if err != nil {
		t.Error(err)
	}
}

// kill kills a server, and returns for how long chat on another one waits at most in the
// seconds after that, when the others know, and when accounts can be registered.
func kill(t *testing.T, n *network, s *server) (stall, noticed, registered time.Duration) {
	t.Helper()
	other := n.servers[0]
	if other == s {
		other = n.servers[1]
	}
	a, b := raw(t, other, "talker"), raw(t, other, "hearer")
	name := "#kill" + strconv.Itoa(int(time.Now().UnixNano()%1e6))
	for _, l := range []*line{a, b} {
		l.line("JOIN %s", name)
		l.wait(" 366 ")
	}
	lost := strings.Count(other.log.String(), "server out of reach")
	killed := time.Now()
	s.end(syscall.SIGKILL)
	newcomer := other.connect(fmt.Sprint("new", time.Now().UnixNano()%1e6), false)
	var done sync.WaitGroup
	done.Go(func() {
		for newcomer.registerAccount() != "" {
			time.Sleep(20 * time.Millisecond)
		}
		registered = time.Since(killed)
	})
	done.Go(func() {
		until(t, "it is noticed", func() bool { return strings.Count(other.log.String(), "server out of reach") > lost })
		noticed = time.Since(killed)
	})
	for i := 0; time.Since(killed) < 10*time.Second; i++ {
		begin := time.Now()
		a.line("PRIVMSG %s :number %d", name, i)
		b.wait(fmt.Sprintf("number %d", i))
		stall = max(stall, time.Since(begin))
		time.Sleep(time.Millisecond)
	}
	done.Wait()
	return stall.Round(time.Millisecond), noticed.Round(time.Millisecond), registered.Round(time.Millisecond)
}

// cpu returns the time the process has computed.
func (s *server) cpu() time.Duration {
	s.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid()))
	if err != nil {
		s.Fatal(err)
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// rss returns the resident memory of the process in MB.
func (s *server) rss() float64 {
	s.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.pid()))
	if err != nil {
		s.Fatal(err)
	}
	pages, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return float64(pages) * float64(os.Getpagesize()) / 1e6
}

// latency sends messages one at a time between clients of two servers.
func latency(t *testing.T, from, to *server) string {
	t.Helper()
	a, b := raw(t, from, "talker"), raw(t, to, "hearer")
	name := "#latency" + strconv.Itoa(int(time.Now().UnixNano()%1e6))
	a.line("JOIN %s", name)
	b.line("JOIN %s", name)
	a.wait("JOIN " + name)
	b.wait("JOIN " + name)
	time.Sleep(200 * time.Millisecond)
	var took []time.Duration
	for i := range 2000 {
		begin := time.Now()
		a.line("PRIVMSG %s :number %d", name, i)
		b.wait(fmt.Sprintf("number %d", i))
		took = append(took, time.Since(begin))
		time.Sleep(time.Millisecond)
	}
	slices.Sort(took)
	return fmt.Sprintf("p50 %v p99 %v", took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond))
}

// throughput sends as many messages as possible to a channel with one member on the other
// server, and returns the messages a second and the CPU in µs a message on both.
func throughput(t *testing.T, from, to *server) (rate float64, cpu [2]float64) {
	t.Helper()
	const many = 300_000
	a, b := raw(t, from, "sender"), raw(t, to, "receiver")
	a.line("JOIN #through")
	b.line("JOIN #through")
	a.wait("JOIN #through")
	b.wait("JOIN #through")
	time.Sleep(200 * time.Millisecond)
	begin, cpuFrom, cpuTo := time.Now(), from.cpu(), to.cpu()
	a.flood(b, many, func(i int) string { return fmt.Sprintf("PRIVMSG #through :%0100d", i) })
	took := time.Since(begin)
	cpu[0] = (from.cpu() - cpuFrom).Seconds() * 1e6 / many
	cpu[1] = (to.cpu() - cpuTo).Seconds() * 1e6 / many
	return many / took.Seconds(), cpu
}

// talk says so much in a channel, and returns when all of it has been echoed.
func talk(t *testing.T, s *server, channel string, many int) {
	t.Helper()
	c := raw(t, s, "talkative")
	c.line("CAP REQ echo-message")
	c.line("JOIN %s", channel)
	c.wait("JOIN " + channel)
	c.flood(c, many, func(i int) string { return fmt.Sprintf("PRIVMSG %s :message %d of many", channel, i) })
}

// flood sends so many messages, never far ahead of what another connection has heard, and
// returns when it has heard all.
func (l *line) flood(other *line, many int, text func(i int) string) {
	l.Helper()
	const portion = 1000
	ahead := make(chan bool, 4)
	go func() {
		w := bufio.NewWriterSize(l.Conn, 64<<10)
		for i := range many {
			if i%portion == 0 {
				_ = w.Flush()
				ahead <- true
			}
			fmt.Fprintf(w, "%s\r\n", text(i))
		}
		_ = w.Flush()
	}()
	for n := 0; n < many; n++ {
		other.wait(" PRIVMSG ")
		if n%portion == 0 {
			<-ahead
		}
	}
}

// A line is a connection that reads only what it waits for.
type line struct {
	*testing.T
	net.Conn
	lines *bufio.Scanner
}

func raw(t *testing.T, s *server, nick string) *line {
	t.Helper()
	conn, err := net.Dial("tcp", s.listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	l := &line{t, conn, bufio.NewScanner(conn)}
	l.lines.Buffer(nil, 1<<20)
	l.line("NICK %[1]s%[2]d\r\nUSER %[1]s 0 * :%[1]s", nick, time.Now().UnixNano()%1e6)
	l.wait(" 001 ")
	return l
}

func (l *line) line(format string, args ...any) { fmt.Fprintf(l.Conn, format+"\r\n", args...) }

func (l *line) wait(text string) {
	l.Helper()
	for l.lines.Scan() {
		if bytes.Contains(l.lines.Bytes(), []byte(text)) {
			return
		}
	}
	l.Fatalf("the connection ends before %q", text)
}

// latest reports whether the latest message that is kept of a target is this.
func (c *client) latest(target, text string) bool {
	c.forget()
	c.send("CHATHISTORY LATEST %s * 1", target)
	c.send("PING latest")
	c.expect("PONG")
	_, ok := c.said(text)
	return ok
}
