package crash

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestSlowDisk: when a disk takes half a second for an fsync, or a quarter for a write to the
// history, others hear what is said at once, and whoever pings is answered. Only what promises
// to be on the disk, an echo and the end of a registration, waits for it; and it is there when
// the server is killed then. The disk is made slow by strace.
func TestSlowDisk(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	for _, tt := range []struct {
		call  string
		slow  time.Duration
		of    string // a file; "" is all
		waits bool   // registrations do, too
	}{
		{"fsync", 500 * time.Millisecond, "", true},
		{"write", 250 * time.Millisecond, "history.db", false},
	} {
		t.Run(tt.call, func(t *testing.T) {
			s := newServer(t)
			s.start() // so that what is made only once is there
			s.connect(t, nickOf(0), true).Close()
			s.connect(t, nickOf(1), true).Close()
			s.end(syscall.SIGTERM)
			// With -D the server is our child, and strace is not.
			s.through = []string{strace, "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=" + tt.call,
				"-e", fmt.Sprintf("inject=%s:delay_enter=%d", tt.call, tt.slow.Microseconds())}
			if tt.of != "" {
				found, err := filepath.Glob(filepath.Join(s.dir, "*", tt.of))
				if err != nil || len(found) != 1 {
					t.Fatal(found, err)
				}
				s.through = append(s.through, "-P", found[0])
			}
			s.start()
			slowly(t, s, tt.slow, tt.waits)
		})
	}
}

// slowly lets people talk and register at a server whose disk is slow, and kills it.
func slowly(t *testing.T, s *server, slow time.Duration, waits bool) {
	const rounds = 5
	alice, bob := s.connect(t, nickOf(0), false), s.connect(t, nickOf(1), false)
	var heard, answered, echoed []time.Duration
	for i := range rounds {
		begun := time.Now()
		alice.send("PRIVMSG #tea :%d", i)
		bob.await(t, "PRIVMSG")
		heard = append(heard, time.Since(begun))
		bob.send("PING %d", i)
		bob.await(t, "PONG")
		answered = append(answered, time.Since(begun))
		alice.await(t, "PRIVMSG")
		echoed = append(echoed, time.Since(begun))
	}
	carol := s.visit(t, "carol")
	begun := time.Now()
	carol.send("REGISTER * * %s", password)
	carol.await(t, "900")
	registered := time.Since(begun)
	slices.Sort(heard)
	slices.Sort(answered)
	slices.Sort(echoed)
	t.Logf("with a disk that takes %v, others hear after %v (median; at most %v) and have a PONG after %v, the echo comes after %v, an account is registered after %v",
		slow, heard[rounds/2], heard[rounds-1], answered[rounds/2], echoed[rounds/2], registered)
	if heard[rounds/2] > slow/5 || answered[rounds/2] > slow/5 {
		t.Errorf("others wait for the disk: %v, %v", heard, answered)
	}
	if echoed[0] < slow || waits && registered < slow {
		t.Errorf("what is acknowledged does not wait for the disk: %v, %v", echoed, registered)
	}
	s.end(syscall.SIGKILL)
	s.through = nil
	s.start()
	bob = s.connect(t, nickOf(1), false)
	if n := len(bob.history(t, "#tea", "")); n != rounds {
		t.Errorf("%d of %d echoed messages are there", n, rounds)
	}
	s.connect(t, "carol", false)
}
