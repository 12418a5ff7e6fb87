package bunt

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

const crashPath = "PARLEY_TEST_CRASH" // the file a helper process writes to

// TestCrash kills a process that writes, at random moments. Nothing it was told
// is done may be lost, nothing may be half done, and nothing may look damaged.
func TestCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	acked, total := map[string]int{}, 0
	for range rounds {
		total += crash(t, path, acked)
		s := open(t, path)
		if s.Damage() != nil {
			t.Fatal(s.Damage())
		}
		for user, n := range acked {
			var got [3]int
			for i := range got {
				r, err := s.Get(context.Background(), "bans", fmt.Sprint(user, "/", i))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Sscan(string(r.Value), &got[i])
			}
			if got[0] < n || got[1] != got[0] || got[2] != got[0] {
				t.Errorf("user %s was told %d; the store has %d", user, n, got)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d commits acknowledged", total)
}

// crash runs the helper, kills it, and notes what it was told.
func crash(t *testing.T, path string, acked map[string]int) (n int) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashHelper$")
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var user string
		var i int
		if _, err := fmt.Sscanf(lines.Text(), "ack %s %d", &user, &i); err != nil {
			continue // a line that was cut, or one of the testing package
		}
		acked[user] = max(acked[user], i)
		if n++; timer == nil {
			timer = time.AfterFunc(rand.N(150*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait()
	if n == 0 {
		t.Fatal("the helper wrote nothing")
	}
	return n
}

// TestCrashHelper is the process that TestCrash kills. Its commits are larger
// than a page, so that the kernel may interrupt them, and soon make the file
// long enough to be compacted.
func TestCrashHelper(t *testing.T) {
	path := os.Getenv(crashPath)
	if path == "" {
		t.Skip("runs as a part of TestCrash")
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for user := range 4 {
		go func() {
			for {
				if err := increment(s, fmt.Sprint("user", user)); err != nil {
					fmt.Println("failed:", err)
					os.Exit(1)
				}
			}
		}()
	}
	time.Sleep(time.Minute)
}

// increment adds one to each of a user's three records, at once.
func increment(s *Store, user string) error {
	n := 0
	var ops []store.Op
	for i := range 3 {
		op := store.Op{Shelf: "bans", Key: fmt.Sprint(user, "/", i)}
		if r, err := s.Get(context.Background(), op.Shelf, op.Key); err == nil {
			fmt.Sscan(string(r.Value), &n)
			op.Rev = r.Rev
		}
		op.Value = fmt.Appendf(nil, "%-8000d", n+1)
		ops = append(ops, op)
	}
	if _, err := s.Commit(context.Background(), ops...); err != nil {
		return err
	}
	_, err := fmt.Println("ack", user, n+1)
	return err
}
