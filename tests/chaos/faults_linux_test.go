package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A fault is something that happens to servers. It returns to which, and how to end it.
type fault struct {
	name  string
	begin func(c *chaos) (what string, end func())
}

// faults are what docs/manual/reliability.md has a line for each of.
var faults = []fault{
	{"kill", func(c *chaos) (string, func()) {
		s := c.some()
		s.end(syscall.SIGKILL)
		return s.name, s.launch
	}},
	{"kill two", func(c *chaos) (string, func()) {
		a, b := c.two()
		a.end(syscall.SIGKILL)
		b.end(syscall.SIGKILL)
		return a.name + " " + b.name, func() {
			a.launch()
			b.launch()
		}
	}},
	{"kill all", func(c *chaos) (string, func()) {
		for _, s := range c.servers {
			s.end(syscall.SIGKILL)
		}
		return "all", func() {
			for _, s := range c.servers {
				s.launch()
			}
		}
	}},
	{"stop", func(c *chaos) (string, func()) {
		s := c.some()
		s.end(syscall.SIGTERM)
		return s.name, s.launch
	}},
	{"freeze", func(c *chaos) (string, func()) {
		s := c.some()
		s.signal(syscall.SIGSTOP)
		return s.name, func() { s.signal(syscall.SIGCONT) }
	}},
	{"isolate", func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		return c.servers[i].name, c.cut(func(from, to int) bool { return (from == i) != (to == i) })
	}},
	{"split", func(c *chaos) (string, func()) {
		half := len(c.servers) / 2
		return fmt.Sprint("the first ", half), c.cut(func(from, to int) bool { return (from < half) != (to < half) })
	}},
	{"shatter", func(c *chaos) (string, func()) {
		return "all from all", c.cut(func(from, to int) bool { return true })
	}},
	{"one way", func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		j := (i + 1 + c.random.IntN(len(c.servers)-1)) % len(c.servers)
		return c.servers[i].name + " to " + c.servers[j].name, c.cut(func(from, to int) bool { return from == i && to == j })
	}},
	{"mute", func(c *chaos) (string, func()) {
		i := c.random.IntN(len(c.servers))
		return c.servers[i].name, c.cut(func(from, to int) bool { return from == i })
	}},
	{"slow", func(c *chaos) (string, func()) {
		i, by := c.random.IntN(len(c.servers)), time.Duration(50+c.random.IntN(450))*time.Millisecond
		c.wires.slow(i, by)
		return fmt.Sprint(c.servers[i].name, ", ", by, " each way"), func() { c.wires.slow(i, 0) }
	}},
	{"clock", func(c *chaos) (string, func()) {
		s := c.some()
		by := []string{"+1h", "-1h", "+3s", "-3s", "+20s", "-20s"}[c.random.IntN(6)]
		s.setClock(by)
		return s.name + " " + by, func() { s.setClock("+0s") }
	}},
	{"full disk", func(c *chaos) (string, func()) {
		s := c.some()
		s.limit(s.leastFile())
		return s.name, func() { s.limit(unix.RLIM_INFINITY) }
	}},
}

func (c *chaos) some() *server { return c.servers[c.random.IntN(len(c.servers))] }

func (c *chaos) two() (a, b *server) {
	order := c.random.Perm(len(c.servers))
	return c.servers[order[0]], c.servers[order[1]]
}

// cut cuts servers off, and returns how to end that.
func (c *chaos) cut(cuts func(from, to int) bool) (end func()) {
	set := func(held bool) {
		for from := range c.servers {
			for to := range c.servers {
				if from != to && cuts(from, to) {
					c.wires.hold(from, to, held)
				}
			}
		}
	}
	set(true)
	return func() { set(false) }
}

func (s *server) clockFile() string { return filepath.Join(s.dir, "clock") }

// setClock lets the wall clock of a server jump.
func (s *server) setClock(by string) {
	s.Helper()
	path := s.clockFile()
	if err := os.WriteFile(path+".new", []byte(by), 0o600); err != nil {
		s.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		s.Fatal(err)
	}
}

// limit lets no file of the server grow beyond a size, as if the disk were full.
func (s *server) limit(bytes uint64) {
	s.Helper()
	if err := unix.Prlimit(s.pid(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		s.Fatal(err)
	}
}

// leastFile returns the size of the smallest file that the server appends to.
func (s *server) leastFile() uint64 {
	s.Helper()
	least := uint64(1 << 40)
	for _, pattern := range []string{"data/parley.db", "data/history.db", "data/link/jetstream/*/*/*/msgs/*.blk"} {
		files, _ := filepath.Glob(filepath.Join(s.dir, pattern))
		for _, f := range files {
			if fi, err := os.Stat(f); err == nil && fi.Size() > 0 {
				least = min(least, uint64(fi.Size()))
			}
		}
	}
	return least
}
