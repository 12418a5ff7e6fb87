package bunt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

const fullPath = "PARLEY_TEST_FULL"

// TestDiskFull runs TestDiskFullHelper in a process whose files cannot grow.
func TestDiskFull(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFullHelper$")
	cmd.Env = append(os.Environ(), fullPath+"="+filepath.Join(t.TempDir(), "db"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDiskFullHelper tests that without space writes are refused, reads go on,
// and that writing goes on when there is space again.
func TestDiskFullHelper(t *testing.T) {
	path := os.Getenv(fullPath)
	if path == "" {
		t.Skip("runs as a part of TestDiskFull")
	}
	signal.Ignore(syscall.SIGXFSZ)
	s := open(t, path)
	ctx := context.Background()
	value := make([]byte, 10_000)
	if _, err := s.Put(ctx, "bans", "before", value, 0); err != nil {
		t.Fatal(err)
	}
	limit(t, 15_000)
	for range 3 {
		if _, err := s.Put(ctx, "bans", "during", value, 0); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("Put on a full disk: %v", err)
		}
	}
	if _, err := s.Get(ctx, "bans", "during"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what could not be written is there: %v", err)
	}
	if _, err := s.Get(ctx, "bans", "before"); err != nil {
		t.Errorf("Get on a full disk: %v", err)
	}
	limit(t, 1<<30)
	if _, err := s.Put(ctx, "bans", "after", value, 0); err != nil {
		t.Errorf("Put when there is space again: %v", err)
	}
	s.Close()
	if s = open(t, path); s.Damage() != nil || len(contents(t, s)) != 2 {
		t.Errorf("after reopening: %d records, %v", len(contents(t, s)), s.Damage())
	}
}

func limit(t *testing.T, bytes uint64) {
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: 1 << 40}); err != nil {
		t.Fatal(err)
	}
}
