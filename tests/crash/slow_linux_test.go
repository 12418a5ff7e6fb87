package crash

import (
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestSlowDisk: when an fsync takes half a second, others hear what is said at once. Only
// what promises to be on the disk, an echo and the end of a registration, waits for it; and it
// is there when the server is killed then. The disk is made slow by strace.
func TestSlowDisk(t *testing.T) {
	const slow, rounds = 500 * time.Millisecond, 5
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	s := newServer(t)
	s.start() // so that what is made only once is there
	s.connect(t, nickOf(0), true).Close()
	s.connect(t, nickOf(1), true).Close()
	s.end(syscall.SIGTERM)

	// With -D the server is our child, and strace is not.
	s.through = []string{strace, "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
		"-e", "trace=fsync", "-e", fmt.Sprintf("inject=fsync:delay_enter=%d", slow.Microseconds())}
	s.start()
	alice, bob := s.connect(t, nickOf(0), false), s.connect(t, nickOf(1), false)
	var heard, echoed []time.Duration
	for i := range rounds {
		begun := time.Now()
		alice.send("PRIVMSG #tea :%d", i)
		bob.await(t, "PRIVMSG")
		heard = append(heard, time.Since(begun))
		bob.send("PING %d", i)
		bob.await(t, "PONG")
		alice.await(t, "PRIVMSG")
		echoed = append(echoed, time.Since(begun))
	}
	carol := s.visit(t, "carol")
	begun := time.Now()
	carol.send("REGISTER * * %s", password)
	carol.await(t, "900")
	registered := time.Since(begun)
	slices.Sort(heard)
	slices.Sort(echoed)
	t.Logf("with an fsync of %v, others hear after %v (median; at most %v), the echo comes after %v, an account is registered after %v",
		slow, heard[rounds/2], heard[rounds-1], echoed[rounds/2], registered)
	if heard[rounds/2] > slow/5 {
		t.Errorf("others wait for the disk: %v", heard)
	}
	if echoed[0] < slow || registered < slow {
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
