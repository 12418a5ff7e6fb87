package bunt

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

const crashPath = "PARLEY_TEST_CRASH" // the file a helper process writes to

var kills = flag.Int("kills", 20, "how often TestCrash kills a process")

// A ledger is what the helper was told is durable.
type ledger struct {
	said    map[string]int             // by buffer, the last number
	removed map[string]map[string]bool // by buffer, the texts
}

// TestCrash kills a process that writes, at random moments. What it was told is durable must
// be there once, in order; what it was told is removed must not; and nothing may look damaged.
func TestCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	rounds := *kills
	if testing.Short() {
		rounds = 3
	}
	acked := ledger{map[string]int{}, map[string]map[string]bool{}}
	total, compactions := 0, 0
	for range rounds {
		n, c := crash(t, path, &acked)
		total, compactions = total+n, compactions+c
		l := open(t, path, Options{})
		if l.Damage() != nil {
			t.Fatal(l.Damage())
		}
		for buffer, n := range acked.said {
			verifyBuffer(t, l, buffer, n, acked.removed[buffer])
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d changes acknowledged, %d compactions", total, compactions)
	if compactions == 0 && !testing.Short() {
		t.Error("no compaction was under way")
	}
}

func verifyBuffer(t *testing.T, l *Log, buffer string, n int, removed map[string]bool) {
	list, err := l.Query(context.Background(), buffer, history.Latest(history.Point{}, 1<<30))
	if err != nil {
		t.Fatal(err)
	}
	next := 1
	for _, e := range list {
		text := e.Body.(event.MessageSent).Text
		if removed[text] {
			t.Errorf("%s: %s is back", buffer, text)
		}
		got, _ := strconv.Atoi(text)
		for next < got && next%10 == 0 { // may have been removed
			next++
		}
		if got != next {
			t.Fatalf("%s: %d comes after %d", buffer, got, next-1)
		}
		next++
	}
	if next <= n {
		t.Errorf("%s: %d was acknowledged; there are %d", buffer, n, next-1)
	}
}

// crash runs the helper, kills it, and notes what it was told.
func crash(t *testing.T, path string, acked *ledger) (n, compactions int) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashHelper$")
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 1 && f[0] == "compacted":
			compactions++
			continue
		case len(f) != 4 || f[3] != "end": // cut, or of the testing package
			continue
		case f[0] == "said":
			i, _ := strconv.Atoi(f[2])
			acked.said[f[1]] = max(acked.said[f[1]], i)
		case f[0] == "removed":
			if acked.removed[f[1]] == nil {
				acked.removed[f[1]] = map[string]bool{}
			}
			acked.removed[f[1]][f[2]] = true
		}
		if n++; timer == nil {
			timer = time.AfterFunc(rand.N(200*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // it was killed
	if n == 0 {
		t.Fatal("the helper wrote nothing")
	}
	return n, compactions
}

// TestCrashHelper is the process that TestCrash kills.
func TestCrashHelper(t *testing.T) {
	path := os.Getenv(crashPath)
	if path == "" {
		t.Skip("runs as a part of TestCrash")
	}
	l, err := Open(path, Options{Options: history.Options{BlockSize: 8}, Window: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c := event.NewClock("ua", time.Now)
	for i := range 4 {
		go func() {
			for {
				if err := talk(l, c, fmt.Sprint("#", i)); err != nil {
					fmt.Println("failed:", err)
					os.Exit(1)
				}
			}
		}()
	}
	go func() {
		for l.Compact(context.Background()) == nil {
			fmt.Println("compacted")
		}
	}()
	time.Sleep(time.Minute)
}

// talk says the next number, and sometimes removes one that was said long ago.
func talk(l *Log, c *event.Clock, buffer string) error {
	ctx := context.Background()
	last, err := l.Query(ctx, buffer, history.Latest(history.Point{}, 2))
	if err != nil {
		return err
	}
	n := 1
	if len(last) > 0 {
		i, _ := strconv.Atoi(last[len(last)-1].Body.(event.MessageSent).Text)
		n = i + 1
	}
	for ; ; n++ {
		e := message(c, strconv.Itoa(n))
		ticket := l.Append(buffer, e)
		if n%10 == 0 {
			// What is removed may have been sealed, or not.
			if ticket, err = l.Rewrite(buffer, e.ID(), func(*event.Event) *event.Event { return nil }); err != nil {
				return err
			}
		}
		if err := l.Wait(ctx, ticket); err != nil {
			return err
		}
		what := "said"
		if n%10 == 0 {
			what = "removed"
		}
		fmt.Println(what, buffer, n, "end")
	}
}
