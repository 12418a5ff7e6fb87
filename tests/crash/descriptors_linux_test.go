package crash

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestDescriptors: when a server has no descriptors left, those who are there talk on, read
// the history and register; the operator finds a line in the log, and not thousands; the
// server does not turn in a circle. Who waits at the door is let in when somebody leaves, and
// all are when there are descriptors again.
func TestDescriptors(t *testing.T) {
	s := newServer(t)
	s.start()
	alice, bob := s.connect(t, nickOf(0), true), s.connect(t, nickOf(1), true)
	said := 0
	say := func() {
		t.Helper()
		said++
		alice.send("PRIVMSG #tea :%d", said)
		for _, c := range []*client{alice, bob} {
			if got := c.await(t, "PRIVMSG").Params[1]; got != fmt.Sprint(said) {
				t.Errorf("%s hears %s instead of %d", c.nick, got, said)
			}
		}
	}
	say()

	const room, crowd = 6, 16
	restore := s.leave(t, room)
	v := s.crowd(t, crowd)
	inside := v.enter(t, room)
	before := s.cpu(t)
	const while = time.Second
	time.Sleep(while)
	if used := s.cpu(t) - before; used > while/4 {
		t.Errorf("without descriptors, it works for %v in %v", used, while)
	}
	select {
	case c := <-v:
		t.Errorf("%s is let in, where there is no descriptor", c.nick)
	default:
	}
	say()
	if n := len(bob.history(t, "#tea", "")); n != said {
		t.Errorf("%d of %d messages can be read", n, said)
	}
	inside[0].send("REGISTER * * %s", password)
	inside[0].await(t, "900")
	inside[1].send("QUIT")
	inside[2].Close()
	v.enter(t, 2)
	say()
	restore()
	v.enter(t, crowd-room-2)
	say()

	_ = s.process.End(os.Kill)
	if n := strings.Count(s.process.Log.String(), "cannot accept connections"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, s.process.Log)
	}
}

// visitors are clients that connect, as soon as they are welcomed.
type visitors chan *client

// crowd lets so many clients connect.
func (s *server) crowd(t *testing.T, count int) visitors {
	t.Helper()
	v := make(visitors, count)
	for i := range count {
		conn, err := s.dial()
		if err != nil {
			t.Fatal(err) // the kernel holds them, as many as the backlog has room for
		}
		t.Cleanup(func() { conn.Close() })
		c := newClient(conn, fmt.Sprint("visitor", i))
		c.send("NICK %s\r\nUSER %s 0 * :%s", c.nick, c.nick, c.nick)
		go v.await(c)
	}
	return v
}

func (v visitors) await(c *client) {
	for {
		if m, err := c.next(); err != nil {
			return
		} else if m.Command == "001" {
			v <- c
			return
		}
	}
}

// enter waits until so many more are let in, and returns them.
func (v visitors) enter(t *testing.T, n int) (all []*client) {
	t.Helper()
	late := time.After(patience)
	for len(all) < n {
		select {
		case c := <-v:
			all = append(all, c)
		case <-late:
			t.Fatalf("%d of %d are let in", len(all), n)
		}
	}
	return all
}

// leave leaves the server room for so many descriptors, until the function is called.
func (s *server) leave(t *testing.T, room int) (restore func()) {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var open []int
	for _, e := range entries {
		n, _ := strconv.Atoi(e.Name())
		open = append(open, n)
	}
	limit, free := 0, 0 // the limit is one of numbers: what is open above it stays so
	for ; free < room; limit++ {
		if !slices.Contains(open, limit) {
			free++
		}
	}
	var old unix.Rlimit
	set := func(to, old *unix.Rlimit) {
		if err := unix.Prlimit(s.process.Pid, unix.RLIMIT_NOFILE, to, old); err != nil {
			t.Fatal(err)
		}
	}
	set(nil, &old)
	set(&unix.Rlimit{Cur: uint64(limit), Max: old.Max}, nil)
	return func() { set(&old, nil) }
}

// cpu returns how long the server has worked.
func (s *server) cpu(t *testing.T) time.Duration {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.process.Pid), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	user, _ := strconv.Atoi(string(fields[11]))
	system, _ := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * time.Second / 100
}
