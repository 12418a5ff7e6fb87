package bunt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

const fullPath = "PARLEY_TEST_FULL"

// TestDiskFull runs TestDiskFullHelper in a process whose files cannot grow.
func TestDiskFull(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFullHelper$", "-test.v")
	cmd.Env = append(os.Environ(), fullPath+"="+filepath.Join(t.TempDir(), "db"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDiskFullHelper tests that without space chat goes on in memory, somebody is told, and
// everything is written when there is space again.
func TestDiskFullHelper(t *testing.T) {
	path := os.Getenv(fullPath)
	if path == "" {
		t.Skip("runs as a part of TestDiskFull")
	}
	signal.Ignore(syscall.SIGXFSZ)
	var o Options
	var told atomic.Int64
	failed, recovered := make(chan struct{}, 1), make(chan struct{}, 1)
	o.Notify = func(err error) {
		if told.Add(1); err == nil {
			recovered <- struct{}{}
		} else {
			failed <- struct{}{}
		}
	}
	await := func(what string, told <-chan struct{}) {
		t.Helper()
		select {
		case <-told:
		case <-time.After(30 * time.Second):
			t.Fatal("nobody is told that it has " + what)
		}
	}
	l := open(t, path, o)
	ctx := context.Background()
	c := event.NewClock("ua", time.Now)
	say := func(n int, want error) (last history.Ticket) {
		t.Helper()
		for i := range n {
			last = l.Append("#c", message(c, fmt.Sprint(i)))
			if err := l.Wait(ctx, last); !errors.Is(err, want) {
				t.Fatalf("Wait: %v, want %v", err, want)
			}
		}
		return last
	}
	say(10, nil)
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	limit(t, uint64(fi.Size())+100)
	last := say(30, history.ErrNotDurable)
	await("failed", failed)
	if n := count(t, l); n != 40 {
		t.Errorf("%d messages can be read", n)
	}
	if s := l.Stats(); told.Load() != 1 || !s.Degraded {
		t.Errorf("told %d times; %+v", told.Load(), s)
	}
	limit(t, 1<<30)
	await("recovered", recovered)
	if err := l.Wait(ctx, last); err != nil {
		t.Errorf("Wait after there was space: %v", err)
	}
	say(5, nil)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if l = open(t, path, o); l.Damage() != nil || count(t, l) != 45 {
		t.Errorf("after opening again: %d messages, %v", count(t, l), l.Damage())
	}
}

func count(t *testing.T, l *Log) int {
	list, err := l.Query(context.Background(), "#c", history.Latest(history.Point{}, 1<<30))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func limit(t *testing.T, bytes uint64) {
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: 1 << 40}); err != nil {
		t.Fatal(err)
	}
}
